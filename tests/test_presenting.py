"""The larger look for a projector, as far as no browser is needed."""

import pytest

from helpers.explorers import present

DIGITS, EDGES = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]]


def test_the_look_is_in_the_output_and_ends_with_it():
    assert 'class="presentation-look"' in present().data
    assert "presentation-look" not in present(False).data


@pytest.mark.parametrize("on", [1, "no", None])
def test_the_look_is_on_or_off(on):
    with pytest.raises(TypeError, match=r"on=.*True and False"):
        present(on)
