"""An office that orders."""

import pytest

from tests.factories import Office
from tests.purchasing.buying import Buying


@pytest.fixture
def buying(office: Office) -> Buying:
    """The installed office, with short words for ordering."""
    return Buying(office)


@pytest.fixture
def either_buying(either_office: Office) -> Buying:
    """The same on each database in turn."""
    return Buying(either_office)
