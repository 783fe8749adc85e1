"""PURE: how long a supplier really takes: what was seen of it, held back by what the supplier says.

>>> round(lead_time_of([9, 11, 10], quoted=7).mean, 1)
9.2
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from supply.errors import Invalid

KEPT = 30  # latest deliveries


@dataclass(frozen=True)
class LeadTime:
    """Days from order to receipt: mean and standard deviation as learnt, the longest, what the supplier quotes."""

    mean: float
    deviation: float
    longest: int
    quoted: int
    deliveries: int


def lead_time_of(samples: Sequence[int], *, quoted: int) -> LeadTime:
    """The lead time behind these deliveries in days, oldest first, of which the last 30 count.

    The quoted days are always counted in as three deliveries more, two on time and one half as long again, so that a
    new supplier has a lead time, and a lucky one keeps some doubt. Raises Invalid (bad_lead_time) below 0.
    """
    kept = list(samples)[-KEPT:]
    days = [*kept, quoted, quoted, math.ceil(1.5 * quoted)]
    if min(days) < 0:
        raise Invalid("A lead time is a whole number of days that is not negative.", code="bad_lead_time")
    known = np.asarray(days, dtype=float)
    return LeadTime(float(known.mean()), float(known.std()), int(known.max()), quoted, len(kept))
