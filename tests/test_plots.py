"""Curves that are redrawn with each frame: where they stand, and what reaches the picture."""

import io
import itertools

import numpy as np
import pytest
from PIL import Image, ImageColor

from helpers.drawing import Scene, Stroke, render
from helpers.drawing.plots import BLUE, Box, log_curve, power_text, tick_text
from helpers.drawing.scene import INK, WIDTH

BOX = Box(100, 60, 400, 160)
POWERS = (-6, -3, 0, 3)


def pixels(*strokes):
    """Return the picture of some lines, (300, 1000, 3)."""
    png = render(Scene((), (), 300, "lines 1", strokes)).png
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def test_a_curve_goes_through_its_values():
    values = [1e3, 1.0, 1e-6, 1e-12, 1e9]
    strokes, texts = log_curve(values, 2, BOX, POWERS, last=8)
    curve = strokes[-1]
    assert curve.colour == BLUE
    xs, ys = zip(*curve.points, strict=True)
    np.testing.assert_allclose(xs, [100, 150, 200, 250, 300])
    third = 160 / 3
    np.testing.assert_allclose(ys, [60, 60 + third, 220, 220, 60])  # cut at both ends
    dots = [text for text in texts if text.text == "●"]
    assert {dot.x for dot in dots} == {200}
    rules = {stroke.points[0][1]: stroke for stroke in strokes[:-2]}
    labels = {text.text: text.y for text in texts if text.anchor == "r" and text.y < 230}
    assert list(labels) == ["10⁻⁶", "0.001", "1", "1000"]
    assert labels["1000"] == 60 + 7
    for (y, rule), below in zip(rules.items(), labels.values(), strict=True):
        assert rule.points == ((100, y), (500, y))
        assert below == round(y) + 7


def test_a_single_value_is_a_dot():
    strokes, texts = log_curve([10.0], 0, BOX, POWERS, last=5)
    assert len(strokes) == len(POWERS) + 1
    assert sum(text.text == "●" for text in texts) == 2


@pytest.mark.parametrize(
    ("value", "text"), [(-12.5, "−12.5"), (-0.001, "−0.001"), (-0.0002, "−2·10⁻⁴")]
)
def test_a_negative_number_is_written_like_its_opposite(value, text):
    assert power_text(value) == text


@pytest.mark.parametrize("power", range(-12, 13))
def test_powers_are_written_as_they_are_read(power):
    plain = tick_text(power).replace("10", "", 1) if abs(power) > 3 else None
    if plain is None:
        assert float(tick_text(power)) == 10.0**power
    else:
        assert plain == str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert float(power_text(2.0 * 10.0**power).split("·")[0]) in (2.0, 2.0 * 10.0**power)


def test_a_line_is_drawn_where_it_stands_in_its_colour():
    shown = pixels(Stroke(((100, 50), (300, 50)), 3, BLUE))
    dark = (shown < 200).any(axis=2)
    rows, columns = np.flatnonzero(dark.any(1)), np.flatnonzero(dark.any(0))
    assert set(rows) <= {48, 49, 50, 51}
    assert columns.min() in (99, 100)
    assert columns.max() in (299, 300, 301)
    assert abs(shown[50, 200] - ImageColor.getrgb(BLUE)).max() < 40
    assert (shown[60:] == 255).all()


def test_a_slanted_line_is_smooth_and_as_long_as_it_should_be():
    shown = pixels(Stroke(((200, 20), (260, 100)), 2, INK))
    grey = (shown > 60) & (shown < 235)
    assert grey.any()  # neither jagged black nor white
    ink = (255 - shown[:, :, 0]).sum() / 255
    darkness = 1 - int(INK[1:3], 16) / 255
    assert ink == pytest.approx(2 * 100 * darkness, rel=0.15)


def test_lines_at_the_edges_stay_on_the_picture():
    ends = (0, WIDTH - 1), (0, 299)
    corners = list(itertools.product(*ends))
    for first, second in itertools.combinations(corners, 2):
        assert pixels(Stroke((first, second), 4)).shape == (300, WIDTH, 3)
