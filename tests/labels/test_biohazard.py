"""The biohazard symbol keeps its figure at every size."""

import numpy as np
import pytest
from PIL import Image

from supply.labels.biohazard import A, D, E, F, G, H, trefoil


@pytest.mark.parametrize("size", [72, 112, 165, 400])
def test_the_symbol_is_the_same_seen_in_a_mirror(size: int) -> None:
    bits = trefoil(size)
    assert np.mean(bits != bits[:, ::-1]) < 0.01
    assert 0.25 < np.mean(~bits) < 0.45


def test_the_symbol_is_the_same_after_a_third_of_a_turn() -> None:
    size = 600
    reach = E + H / 2
    middle = (size / 2, size / 2 + (reach - E / 2 - H / 2) / 2 * size / (2 * reach))
    picture = Image.fromarray(~trefoil(size))
    turned = picture.rotate(120, center=middle)
    inside = np.hypot(*np.indices((size, size)) - np.array(middle[::-1])[:, None, None]) < size * 0.42
    assert np.mean((np.asarray(picture) != np.asarray(turned))[inside]) < 0.02


def test_the_middle_the_slits_and_the_insides_are_open() -> None:
    size = 800
    reach = E + H / 2
    bits = trefoil(size)
    down = (reach - E / 2 - H / 2) / 2

    def is_open(x: float, y: float) -> bool:
        step = size / (2 * reach)
        return bool(bits[int((reach - y + down) * step), int((x + reach) * step)])

    assert is_open(0, 0)
    assert is_open(0, D / 2 + A / 2)
    assert is_open(0, F + G / 2 - A)
    assert not is_open(0, 11.75)
    assert not is_open(G / 2 + 1.5, F)
    assert not is_open(0, -D / 2 - 2)
