"""The explorer of learned filters: every setting against SciPy, and what a filter is most like."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.drawing.scene import WIDTH, text_width
from helpers.drawing.words import number_text, range_sentence
from helpers.explorers import explore_filters
from helpers.explorers.network import end_of_scale
from helpers.kernels import KERNELS, kernel
from tests.digit_network import ten_digits, trained, untrained
from tests.explorers import put
from tests.pointer import point_at

PICTURES, LABELS = ten_digits()
COUNT = 6  # filters of the network


def made(model=None):
    return explore_filters(model or trained(), PICTURES, LABELS)


def check_screen(e, model=None):
    """Compare the maps, the sum that is written down and the marks with SciPy."""
    weights, bias = (w.astype(float) for w in (model or trained()).get_weights()[:2])
    chosen = e.settings
    picture = PICTURES[chosen["sample"], :, :, 0].astype(float)
    sums = np.array(
        [correlate2d(picture, weights[:, :, 0, f], mode="same") for f in range(len(bias))]
    )
    maps = np.maximum(sums + bias[:, None, None], 0)
    number, place = chosen["filter"], (chosen["row"], chosen["column"])
    np.testing.assert_allclose(e.feature_map, maps[number], atol=1e-5)
    first, learned, map_grid, _, *small = e.scene.grids
    np.testing.assert_allclose(first.values, picture)
    np.testing.assert_allclose(learned.values, weights[:, :, 0, number])
    assert np.array_equal(map_grid.values, e.feature_map)
    np.testing.assert_allclose([g.values for g in small[len(bias) :]], maps, atol=1e-5)
    np.testing.assert_allclose(
        [g.values for g in small[: len(bias)]], weights[:, :, 0].T.swapaxes(1, 2)
    )
    framed = [n for n, grid in enumerate(small) if grid.marks]
    assert framed == [number, len(bias) + number]
    check_sentence(e, sums[(number, *place)], bias[number])


def check_sentence(e, total, bias):
    row, column = e.settings["row"], e.settings["column"]
    (line,) = [t.text for t in e.scene.texts if t.text.startswith("Row ")]
    assert line in e.description
    assert line.startswith(f"Row {row}, column {column}: ")
    ascii_line = line.replace("−", "-").replace("- ", "-").replace("+ ", "")
    numbers = [
        float(part.split(" ")[-1])
        for part in (
            ascii_line.split(";")[0],
            ascii_line.split(" (bias)")[0],
            ascii_line.split(";")[1],
            ascii_line[:-1],
        )
    ]
    expected = [total, bias, total + bias, max(total + bias, 0)]
    np.testing.assert_allclose(numbers, expected, atol=0.0051)
    assert range_sentence("Feature map", e.feature_map) in e.description


def test_every_value_of_every_control():
    e = made()
    assert e.frames == 1
    for name, control in e.controls.items():
        for value in range(control.max + 1):
            put(e, **{name: value})
            check_screen(e)


def test_pointing_at_the_map_chooses_the_window_and_at_small_pictures_the_filter():
    e = made()
    for row, column in ((0, 0), (7, 7), (2, 5)):
        frames = e.frames
        point_at(e, 2, row, column)
        assert e.frames == frames + 1
        assert (e.settings["row"], e.settings["column"]) == (row, column)
        check_screen(e)
    for number in (3, 0, 5):
        for block in (0, COUNT):
            put(e, filter=1)
            point_at(e, 4 + block + number, 1, 1)
            assert e.settings["filter"] == number
            check_screen(e)
    frames = e.frames
    for number in (0, 1, 3):
        point_at(e, number, 1, 1)
    assert e.frames == frames


def test_the_window_is_framed_where_it_lies_inside():
    e = made()
    for (row, column), frame in {
        (0, 0): (0, 0, 2, 2),
        (7, 4): (6, 3, 2, 3),
        (3, 5): (2, 4, 3, 3),
    }.items():
        put(e, row=row)
        put(e, column=column)
        (mark,) = e.scene.grids[0].marks
        assert mark[:4] == frame


def test_the_window_of_an_even_filter_begins_where_keras_puts_it():
    e = made(untrained(size=2))
    for name in ("row", "column"):
        put(e, **{name: 3})
    assert e.scene.grids[0].marks[0][:4] == (3, 3, 2, 2)  # its padding is at the end


def test_a_handcrafted_filter_is_recognised():
    model = untrained(filters=4, size=5)
    weights = model.get_weights()
    for number, (name, sign) in enumerate(
        [("Sobel x", 3.0), ("Gaussian blur", 1.0), ("Prewitt y", -0.5), ("horizontal line", 2.0)]
    ):
        size = 5 if number in (1, 3) else 3
        weights[0][:, :, 0, number] = 0
        weights[0][:size, 5 - size :, 0, number] = sign * kernel(name, size)
    model.set_weights(weights)
    e = made(model)
    for number, (name, similarity) in enumerate(
        [("Sobel x", 1), ("Gaussian blur", 1), ("Prewitt y", -1), ("horizontal line", 1)]
    ):
        put(e, filter=number)
        turned = " with its sign reversed" if similarity < 0 else ""
        assert f"Most like “{name}”{turned}: similarity {number_text(similarity)}." in e.description
        check_screen(e, model)


def test_maps_that_answer_are_counted():
    model = untrained(filters=3)
    weights = model.get_weights()
    weights[0][..., 0] = -1
    weights[0][..., 1:] = 1
    weights[1][:] = [0, 0, 0.5]
    model.set_weights(weights)
    e = made(model)
    assert "2 of 3 feature maps are not all 0 for sample 0, a 0." in e.description


@pytest.mark.parametrize("filters", [1, 16, 17, 32])
def test_everything_fits_into_the_picture(filters):
    e = made(untrained(filters=filters, size=5))
    assert e.controls["filter"].disabled == (filters == 1)
    assert e.scene.height <= 640
    longest = max(KERNELS, key=len)
    for text in e.scene.texts:
        assert text.x + text_width(text.text, text.size, text.bold) <= WIDTH
        assert 0 < text.y < e.scene.height
    assert (
        text_width(f"Most like “{longest}” with its sign reversed: similarity −0.88.", 20) < WIDTH
    )
    for grid in e.scene.grids:
        assert grid.x + max(grid.width, text_width(grid.subtitle)) <= WIDTH
        assert grid.y + grid.height < e.scene.height


@pytest.mark.parametrize("sign", [1, -1])
def test_a_scale_ends_above_nearly_all_values_whatever_their_sign(sign):
    assert end_of_scale(sign * np.array([0.25] * 199 + [9])) == 0.3


def test_up_to_64_filters_can_be_chosen():
    assert made(untrained(filters=64)).controls["filter"].max == 63
    with pytest.raises(ValueError, match="up to 64 filters"):
        made(untrained(filters=65))
