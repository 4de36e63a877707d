"""The larger look for a projector, as far as no browser is needed."""

import pytest

from helpers.explorers import explore, present
from helpers.explorers.pointing import pixel_under

DIGITS, EDGES = [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [0, -1]]


def shown_in(width, height, x, y):
    """What the browser reports of a point of a picture whose box has this size."""
    return {"dataX": x, "dataY": y, "boundingRectWidth": width, "boundingRectHeight": height}


def test_the_look_is_in_the_output_and_ends_with_it():
    assert 'class="presentation-look"' in present().data
    assert "presentation-look" not in present(False).data


@pytest.mark.parametrize("on", [1, "no", None])
def test_the_look_is_on_or_off(on):
    with pytest.raises(TypeError, match=r"on=.*True and False"):
        present(on)


def test_every_explorer_has_one_button_with_a_name():
    values = [getattr(child, "value", "") for child in explore(DIGITS, EDGES).view.children]
    buttons = [value for value in values if isinstance(value, str) and "<button" in value]
    assert len(buttons) == 1
    assert 'aria-label="full screen, and back"' in buttons[0]


def test_pointing_allows_for_the_bands_beside_a_picture():
    scene = explore(DIGITS, EDGES).scene
    height = scene.height
    assert pixel_under(scene, {"dataX": 7, "dataY": 8}) == (7, 8)
    assert pixel_under(scene, shown_in(1000, height, 30, 40)) == (30, 40)
    assert pixel_under(scene, shown_in(500, height / 2, 30, 40)) == (30, 40)
    # Twice as wide as it needs to be: the picture stands in the middle half.
    assert pixel_under(scene, shown_in(2000, height, 250, 40)) == (0, 40)
    assert pixel_under(scene, shown_in(2000, height, 750, 40)) == (1000, 40)
    # Twice as high.
    assert pixel_under(scene, shown_in(1000, 2 * height, 30, height / 4)) == (30, 0)
