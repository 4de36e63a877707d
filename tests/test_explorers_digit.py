"""The explorer of one digit: drawing with mouse and keyboard, and what the network says of it."""

import re

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.drawing.scene import WIDTH, text_width
from helpers.explorers import explore_digit
from helpers.explorers.digit import BLANK
from helpers.explorers.network import steps
from helpers.layers import Conv2D, Dense, Flatten, Sequential
from tests.digit_network import ten_digits, trained, untrained
from tests.explorers import put
from tests.pointer import draw

PICTURES, LABELS = ten_digits()
MOVES = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


def made():
    return explore_digit(trained(), PICTURES, LABELS)


def answers(picture):
    """Compute the probabilities with SciPy and plain sums."""
    kernel, bias, dense, dense_bias = (w.astype(float) for w in trained().get_weights())
    maps = maps_of(picture, kernel, bias)
    pooled = maps.reshape(-1, 4, 2, 4, 2).max(axis=(2, 4))
    scores = np.moveaxis(pooled, 0, 2).ravel() @ dense + dense_bias
    powers = np.exp(scores - scores.max())
    return powers / powers.sum()


def maps_of(picture, kernel, bias):
    maps = [
        correlate2d(picture, kernel[:, :, 0, f], mode="same") + bias[f]
        for f in range(kernel.shape[3])
    ]
    return np.maximum(maps, 0)


def check_screen(e, wanted):
    """Compare all that is on screen with the digit that should be there."""
    np.testing.assert_allclose(e.drawn, wanted, atol=1e-12)
    kernel, bias = (w.astype(float) for w in trained().get_weights()[:2])
    np.testing.assert_allclose(e.feature_map, maps_of(wanted, kernel, bias), atol=1e-5)
    expected = answers(wanted)
    np.testing.assert_allclose(e.probabilities, expected, atol=1e-5)
    digit, bars, *small = e.scene.grids
    np.testing.assert_array_equal(digit.values, e.drawn)
    assert digit.texts == [[str(round(16 * v)) for v in row] for row in wanted.tolist()]
    lengths = (bars.values.reshape(10, -1, bars.values.shape[1]) > 0).any(axis=1).sum(axis=1)
    np.testing.assert_allclose(lengths / bars.values.shape[1], expected, atol=0.011)
    np.testing.assert_array_equal([grid.values for grid in small], e.feature_map)
    best = int(expected.argmax())
    assert f"The network answers {best} with " in e.description
    assert f" {(e.feature_map > 0).sum()} of {e.feature_map.size} cells above 0." in e.description
    assert any(text.text == str(best) and text.size > 100 for text in e.scene.texts)
    check_controls(e, wanted)


def check_controls(e, wanted):
    row, column = e.controls["row"].value, e.controls["column"].value
    assert e.controls["ink"].value == round(16 * wanted[row, column])
    (mark,) = e.scene.grids[0].marks
    assert mark == (row, column, 1, 1, "window")
    blank = not wanted.any()
    assert (BLANK in e.description) == blank
    assert all(e.controls[name].disabled == blank for name in ("clear", *MOVES))
    loaded = PICTURES[e.controls["sample"].value, :, :, 0]
    assert e.controls["load again"].disabled == np.array_equal(wanted, loaded)
    here = f"{steps(wanted[row, column])} at row {row}, column {column}."
    assert f"ink {steps(wanted.sum())} in all, {here}" in e.description
    assert e.message == ""


def press(e, name):
    frames = e.frames
    e.controls[name].click()
    assert e.frames == frames + 1


# --- Sliders and buttons --------------------------------------------------------------------------


def test_every_control_says_what_it_does():
    ways = ("left", "right", "up", "down")
    plain = ("sample", "row", "column", "ink", "clear", "invert", "load again")
    said = {name: control.description for name, control in made().controls.items()}
    assert said == {name: name for name in plain} | {way: f"move {way}" for way in ways}


def test_every_sample_loads():
    e = made()
    assert e.frames == 1
    for number, label in enumerate(LABELS):
        put(e, sample=number)
        check_screen(e, PICTURES[number, :, :, 0])
        assert e.description.startswith(f"Sample {number}: a {label}. ")


def test_every_cell_and_every_ink_can_be_set_by_sliders():
    e = made()
    wanted = e.drawn.copy()
    for row in range(8):
        put(e, row=row)
        for column in range(8):
            put(e, column=column)
            ink = (5 * row + 3 * column) % 17
            put(e, ink=ink)
            wanted[row, column] = ink / 16
            check_controls(e, wanted)
        check_screen(e, wanted)
    for ink in range(17):
        put(e, ink=ink)
        wanted[7, 7] = ink / 16
        check_screen(e, wanted)


def test_clear_invert_and_load_again():
    e = made()
    put(e, sample=4)
    four = PICTURES[4, :, :, 0]
    press(e, "invert")
    check_screen(e, 1 - four)
    assert "Sample 4: a 4, changed." in e.description
    press(e, "load again")
    check_screen(e, four)
    press(e, "clear")
    check_screen(e, np.zeros((8, 8)))
    assert BLANK in [text.text for text in e.scene.texts]
    np.testing.assert_allclose(e.probabilities.sum(), 1, atol=1e-6)
    press(e, "invert")
    check_screen(e, np.ones((8, 8)))


@pytest.mark.parametrize("name", MOVES)
def test_moves_push_the_digit_out_of_the_picture(name):
    e, (down, right) = made(), MOVES[name]
    wanted = e.drawn.copy()
    for _ in range(8):
        press(e, name)
        moved = np.zeros((8, 8))
        for row, column in np.ndindex(8, 8):
            if 0 <= row - down < 8 and 0 <= column - right < 8:
                moved[row, column] = wanted[row - down, column - right]
        wanted = moved
        check_screen(e, wanted)
    assert not e.drawn.any()


# --- The mouse ------------------------------------------------------------------------------------


def test_a_press_fills_a_cell_and_another_one_empties_it():
    e = made()
    press(e, "clear")
    frames = e.frames
    draw(e, (2, 5))
    wanted = np.zeros((8, 8))
    wanted[2, 5] = 1
    check_screen(e, wanted)
    assert (e.controls["row"].value, e.controls["column"].value) == (2, 5)
    draw(e, (2, 5))
    check_screen(e, np.zeros((8, 8)))
    assert e.frames == frames + 2


def test_dragging_leaves_no_gaps_and_rubs_out_when_begun_on_ink():
    e = made()
    press(e, "clear")
    frames = e.frames
    draw(e, (0, 0))
    draw(e, (7, 7), (7, 4), begins=False)
    assert e.frames == frames + 2
    wanted = np.eye(8)
    wanted[7, 4:] = 1
    check_screen(e, wanted)
    draw(e, (3, 3), (5, 5))
    wanted[[3, 4, 5], [3, 4, 5]] = 0
    check_screen(e, wanted)
    draw(e, (5, 7), begins=False)
    assert (e.controls["row"].value, e.controls["column"].value) == (5, 7)
    check_screen(e, wanted)  # still rubbing out, also where there is no ink


def test_a_press_on_light_grey_draws():
    e = made()
    press(e, "clear")
    e.controls["ink"].value = 4
    draw(e, (e.controls["row"].value, e.controls["column"].value))
    assert e.drawn.sum() == 1


# --- The picture, and what is refused -------------------------------------------------------------


def test_everything_written_fits_into_the_picture():
    e = made()
    for action in (lambda: None, e.controls["clear"].click, e.controls["invert"].click):
        action()
        assert e.scene.height <= 620
        for text in e.scene.texts:
            width = text_width(text.text, text.size, text.bold)
            left = text.x - width * {"l": 0, "m": 0.5, "r": 1}[text.anchor]
            assert left >= 0
            assert left + width <= WIDTH, text.text
            assert 0 < text.y < e.scene.height
        assert all(g.x + g.width <= WIDTH for g in e.scene.grids)
        assert all(g.y + g.height < e.scene.height for g in e.scene.grids)


def test_one_picture_has_nothing_to_choose_from():
    e = explore_digit(trained(), PICTURES[:1], LABELS[:1])
    assert e.controls["sample"].disabled
    assert not made().controls["sample"].disabled


def dense_first():
    return Sequential([Flatten(input_shape=(8, 8, 1)), Dense(10, activation="softmax")])


def without_softmax():
    first = Conv2D(2, 3, padding="same", activation="relu", input_shape=(8, 8, 1))
    return Sequential([first, Flatten(), Dense(10)])


@pytest.mark.parametrize(
    ("model", "pictures", "labels", "said"),
    [
        (3, PICTURES, LABELS, "model=3.*allowed is a Sequential"),
        (dense_first(), PICTURES, LABELS, "model.*first layer is a Conv2D"),
        (without_softmax(), PICTURES, LABELS, "model.*softmax"),
        (untrained(padding="valid"), PICTURES, LABELS, "model.*same"),
        (untrained(activation="tanh"), PICTURES, LABELS, "model.*ReLU"),
        (untrained(filters=65), PICTURES, LABELS, "model.*64 filters"),
        (trained(), PICTURES[:, :7], LABELS, r"\(10, 7, 8, 1\).*allowed are numbers of shape"),
        (trained(), PICTURES[:0], LABELS[:0], "pictures.*N from 1"),
        (trained(), 2 * PICTURES, LABELS, "pictures.*allowed is ink from 0 to 1"),
        (trained(), PICTURES * np.nan, LABELS, "pictures.*allowed is ink from 0 to 1"),
        (trained(), [["a"]], LABELS, "pictures.*allowed are numbers"),
        (trained(), [[1], [1, 2]], LABELS, "pictures is not a regular array"),
        (trained(), PICTURES * 1j, LABELS, "pictures.*complex.*allowed are numbers"),
        (trained(), None, LABELS, "pictures.*allowed are numbers"),
        (trained(), PICTURES, None, "labels=None.*allowed"),
        (trained(), PICTURES, [[1], [1, 2]], "labels is not a regular array"),
        (trained(), PICTURES, LABELS[:9], "labels.*allowed is one"),
        (trained(), PICTURES, LABELS + 1, "labels.*0 to 9"),
        (trained(), PICTURES, LABELS * 0.5, "labels.*whole"),
    ],
)
def test_what_cannot_be_shown_is_refused_by_name(model, pictures, labels, said):
    with pytest.raises((TypeError, ValueError), match=re.compile(said, re.S)):
        explore_digit(model, pictures, labels)
