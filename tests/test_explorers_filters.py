"""The explorer of learned filters: every setting against SciPy, and what a filter is most like."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.drawing import number_text, range_sentence
from helpers.drawing.letters import text_width
from helpers.drawing.scene import WIDTH
from helpers.explorers import explore_filters
from helpers.explorers.network import end_of_scale
from helpers.kernels import KERNELS, kernel
from tests.digit_network import ten_digits, trained, untrained
from tests.explorers import put
from tests.overlaps import collisions
from tests.pointer import point_at

PICTURES, LABELS = ten_digits()
COUNT = 6  # filters of the network


def made(model=None):
    return explore_filters(model or trained(), PICTURES, LABELS)


def check_screen(e, model=None):
    """Compare the maps, the sum that is written down and the marks with SciPy."""
    weights, bias = (w.astype(float) for w in (model or trained()).get_weights()[:2])
    filters, chosen = np.moveaxis(weights[:, :, 0], 2, 0), e.settings
    picture = PICTURES[chosen["sample"], :, :, 0].astype(float)
    sums = np.array([correlate2d(picture, each, mode="same") for each in filters])
    number, place = chosen["filter"], (chosen["row"], chosen["column"])
    digit, learned, feature_map, _, *small = e.scene.grids
    np.testing.assert_array_equal(digit.values, picture)
    np.testing.assert_allclose(learned.values, filters[number])
    assert learned.title == f"Filter {number}"
    np.testing.assert_array_equal(feature_map.values, e.feature_map)
    assert feature_map.marks == ((*place, 1, 1, "window"),)
    np.testing.assert_allclose([grid.values for grid in small[: len(bias)]], filters)
    maps = np.maximum(sums + bias[:, None, None], 0)
    np.testing.assert_allclose([grid.values for grid in small[len(bias) :]], maps, atol=1e-5)
    assert {grid.limit for grid in small[: len(bias)]} == {learned.limit}
    assert {grid.limit for grid in small[len(bias) :]} == {feature_map.limit}
    framed = [n for n, grid in enumerate(small) if grid.marks]
    assert framed == [number, len(bias) + number]
    check_sum(e, sums[(number, *place)], bias[number])
    assert range_sentence("Feature map", e.feature_map) in e.description


def check_sum(e, total, bias):
    """Read the numbers in the line about the framed cell."""
    (line,) = [text.text for text in e.scene.texts if text.text.startswith("Row ")]
    assert line in e.description
    assert line.startswith(f"Row {e.settings['row']}, column {e.settings['column']}: ")
    number = r"(-? ?[\d.]+)"
    pattern = rf"sum to {number}; \+? ?{number} \(bias\) makes {number}; ReLU: {number}\.$"
    numbers = re.search(pattern, line.replace("−", "-")).groups()
    expected = [total, bias, total + bias, max(total + bias, 0)]
    np.testing.assert_allclose([float(n.replace(" ", "")) for n in numbers], expected, atol=0.0051)


def test_every_value_of_every_control():
    e = made()
    for name, control in e.controls.items():
        for value in range(control.max + 1):
            put(e, **{name: value})
            check_screen(e)


def test_pointing_at_the_map_chooses_the_window_and_at_small_pictures_the_filter():
    e = made()
    for row, column in ((0, 0), (7, 7), (2, 5)):
        point_at(e, 2, row, column)
        assert (e.settings["row"], e.settings["column"]) == (row, column)
    for number in (3, 0, 5):
        for block in (0, COUNT):
            put(e, filter=1)
            point_at(e, 4 + block + number, 1, 1)
            assert e.settings["filter"] == number
    frames = e.frames
    for number in (0, 1, 3):
        point_at(e, number, 1, 1)
    assert e.frames == frames


@pytest.mark.parametrize(
    ("size", "row", "column", "frame"),
    [
        (3, 0, 0, (0, 0, 2, 2)),
        (3, 7, 4, (6, 3, 2, 3)),
        (3, 3, 5, (2, 4, 3, 3)),
        (2, 3, 3, (3, 3, 2, 2)),  # Keras puts the padding of an even filter at the end
    ],
)
def test_the_window_is_framed_as_far_as_it_is_inside(size, row, column, frame):
    e = made(untrained(size=size))
    put(e, row=row, column=column)
    assert [mark[:4] for mark in e.scene.grids[0].marks] == [frame]


def test_a_handcrafted_filter_is_recognised():
    model = untrained(filters=4, size=5)
    weights = model.get_weights()
    names = ("Sobel x", "Gaussian blur", "Prewitt y", "horizontal line")
    sizes, factors = (3, 5, 3, 5), (3.0, 1.0, -0.5, 2.0)
    for number, (name, size, factor) in enumerate(zip(names, sizes, factors, strict=True)):
        weights[0][:, :, 0, number] = 0
        weights[0][:size, 5 - size :, 0, number] = factor * kernel(name, size)
    model.set_weights(weights)
    e = made(model)
    for number, (name, factor) in enumerate(zip(names, factors, strict=True)):
        put(e, filter=number)
        turned, one = ("", 1) if factor > 0 else (" with its sign reversed", -1)
        assert f"Most like “{name}”{turned}: similarity {number_text(one)}." in e.description
        check_screen(e, model)


def test_maps_that_answer_are_counted():
    model = untrained(filters=3)
    weights = model.get_weights()
    weights[0][..., 0], weights[0][..., 1:], weights[1][:] = -1, 1, [0, 0, 0.5]
    model.set_weights(weights)
    e = made(model)
    assert "2 of 3 feature maps are not all 0 for sample 0, a 0." in e.description


def test_a_layer_without_biases_adds_none():
    assert "; + 0 (bias) makes" in made(untrained(use_bias=False)).description


@pytest.mark.parametrize("filters", [1, 16, 17, 64])
def test_there_is_room_for_as_many_filters_as_are_allowed(filters):
    e = made(untrained(filters=filters, size=(3, 7)))
    assert e.controls["filter"].max == filters - 1
    assert collisions(e.scene) == ([], [])
    longest = f"Most like “{max(KERNELS, key=len)}” with its sign reversed: similarity −0.88."
    assert text_width(longest) < WIDTH


@pytest.mark.parametrize("sign", [1, -1])
def test_a_scale_ends_above_nearly_all_values_whatever_their_sign(sign):
    assert end_of_scale(sign * np.array([0.25] * 199 + [9])) == 0.3
