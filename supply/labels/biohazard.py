"""PURE: the biohazard symbol, drawn from its geometry at any size in dots.

Must keep the proportions of the standard figure (29 CFR 1910.1030(g)(1)(i)(B); the letters are those of its drawing).
"""

from functools import lru_cache
from typing import Final

import numpy as np

from supply.labels.modules import Bits

# in units of the drawing: A slit, B ring, C opening of the horns, D middle, E and H blades, F and G their inside
A, B, C, D, E, F, G, H = 1.0, 3.5, 4.0, 6.0, 11.0, 15.0, 21.0, 30.0
RING: Final = 10.0  # inner radius of the ring
REACH: Final = E + H / 2  # how far a blade reaches from the middle
ANGLES: Final = (90.0, 210.0, 330.0)
FINER: Final = 4  # points for each dot and direction


@lru_cache(maxsize=8)
def trefoil(size: int) -> Bits:
    """A square of `size` dots with the symbol in ink, one blade upward."""
    points = size * FINER
    step = 2 * REACH / points
    along = (np.arange(points) + 0.5) * step - REACH
    x, y = np.meshgrid(along, -along)
    fine = _ink(x, y + (REACH - E / 2 - H / 2) / 2)
    share = fine.reshape(size, FINER, size, FINER).mean(axis=(1, 3))
    bits: Bits = share < 0.5
    return bits


def _ink(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where ink stands: three blades with their insides, slits and middle cut out, and the ring in the insides."""
    blades = np.zeros(x.shape, dtype=bool)
    insides, inner, cuts = blades.copy(), blades.copy(), blades.copy()
    for angle in np.deg2rad(ANGLES):
        along, across = x * np.cos(angle) + y * np.sin(angle), np.abs(y * np.cos(angle) - x * np.sin(angle))
        to_inside = np.hypot(along - F, across)
        blades |= np.hypot(along - E, across) <= H / 2
        insides |= to_inside <= G / 2
        inner |= to_inside <= G / 2 - A
        cuts |= (across <= A / 2) & (along > 0) & (along < F)
        cuts |= (across <= C / 2) & (along > F)
    away = np.hypot(x, y)
    shape = blades & ~insides & ~cuts & (away > D / 2)
    ring = inner & (away >= RING) & (away <= RING + B)
    found: np.ndarray = shape | ring
    return found
