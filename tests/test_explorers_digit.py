"""The explorer of one digit: drawing with mouse and keyboard, and what the network says of it."""

import numpy as np
import pytest

from helpers.explorers import explore_digit
from helpers.explorers.digit import BLANK
from tests.digit_network import ten_digits, trained, untrained
from tests.explorers import put
from tests.overlaps import collisions
from tests.pointer import draw

PICTURES, LABELS = ten_digits()
MOVES = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


@pytest.fixture
def e():
    return explore_digit(trained(), PICTURES, LABELS)


@pytest.fixture
def empty(e):
    press(e, "clear")
    return e


def answers(maps):
    """Compute the probabilities of ten digits from the feature maps with plain sums."""
    dense, bias = (weights.astype(float) for weights in trained().get_weights()[2:])
    pooled = maps.reshape(-1, 4, 2, 4, 2).max(axis=(2, 4))
    powers = np.exp(np.moveaxis(pooled, 0, 2).ravel() @ dense + bias)
    return powers / powers.sum()


def check_screen(e, wanted):
    """Compare all that is on screen with the digit that should be there."""
    np.testing.assert_allclose(e.drawn, wanted, atol=1e-12)
    expected = answers(e.feature_map)
    np.testing.assert_allclose(e.probabilities, expected, atol=1e-5)
    digit, bars, *small = e.scene.grids
    np.testing.assert_array_equal(digit.values, e.drawn)
    assert digit.texts == [[str(round(16 * v)) for v in row] for row in wanted.tolist()]
    lengths = (bars.values.reshape(10, -1, bars.values.shape[1]) > 0).any(axis=1).sum(axis=1)
    np.testing.assert_allclose(lengths / bars.values.shape[1], expected, atol=0.011)
    np.testing.assert_array_equal([grid.values for grid in small], e.feature_map)
    best = int(expected.argmax())
    assert [text.text for text in e.scene.texts if text.size > 100] == [str(best)]
    assert f"The network answers {best} with " in e.description
    above = (e.feature_map > 0).sum(), e.feature_map.size
    assert f", {above[0]} of {above[1]} cells above 0." in e.description
    check_controls(e, wanted)


def check_controls(e, wanted):
    """Compare the place that is chosen, and what can be pressed, with the digit."""
    row, column = e.controls["row"].value, e.controls["column"].value
    here = round(16 * wanted[row, column])
    assert e.controls["ink"].value == here
    assert e.scene.grids[0].marks == ((row, column, 1, 1, "window"),)
    ink = f"ink {round(16 * wanted.sum())} in all, {here} at row {row}, column {column}."
    assert ink in e.description
    blank = not wanted.any()
    assert (BLANK in e.description) == blank == (BLANK in [text.text for text in e.scene.texts])
    assert all(e.controls[name].disabled == blank for name in ("clear", *MOVES))
    sample = e.controls["sample"].value
    same = np.array_equal(wanted, PICTURES[sample, :, :, 0])
    origin = f"Sample {sample}: a {LABELS[sample]}{'' if same else ', changed'}."
    assert e.description.startswith(origin)
    assert e.controls["load again"].disabled == same


def press(e, name):
    frames = e.frames
    e.controls[name].click()
    assert e.frames == frames + 1


# --- Sliders and buttons --------------------------------------------------------------------------


def test_every_control_says_what_it_does(e):
    plain = ("sample", "row", "column", "ink", "clear", "invert", "load again")
    labels = {name: control.description for name, control in e.controls.items()}
    assert labels == {name: name for name in plain} | {way: f"move {way}" for way in MOVES}


def test_every_sample_loads(e):
    for number in range(10):
        put(e, sample=number)
        check_screen(e, PICTURES[number, :, :, 0])


def test_every_cell_and_every_ink_can_be_set_by_sliders(e):
    wanted = e.drawn.copy()
    for number, (row, column) in enumerate(np.ndindex(8, 8)):
        put(e, row=row, column=column, ink=5 * number % 17)
        wanted[row, column] = 5 * number % 17 / 16
        if column == 7:
            check_screen(e, wanted)


def test_clear_invert_and_load_again(e):
    put(e, sample=4)
    four = PICTURES[4, :, :, 0]
    buttons = ("invert", "load again", "clear", "invert")
    for name, wanted in zip(buttons, (1 - four, four, 0 * four, 0 * four + 1), strict=True):
        press(e, name)
        check_screen(e, wanted)


@pytest.mark.parametrize("name", MOVES)
def test_moves_push_the_digit_out_of_the_picture(e, name):
    down, right = MOVES[name]
    wanted = e.drawn
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


def test_a_press_fills_a_cell_and_another_one_empties_it(empty):
    wanted = np.zeros((8, 8))
    for ink in (1, 0):
        frames = empty.frames
        draw(empty, (2, 5))
        wanted[2, 5] = ink
        check_screen(empty, wanted)
        assert (empty.settings["row"], empty.settings["column"]) == (2, 5)
        assert empty.frames == frames + 1


def test_dragging_leaves_no_gaps_and_rubs_out_when_begun_on_ink(empty):
    frames = empty.frames
    draw(empty, (0, 0))
    draw(empty, (7, 7), (7, 4), begins=False)
    assert empty.frames == frames + 2
    wanted = np.eye(8)
    wanted[7, 4:] = 1
    check_screen(empty, wanted)
    draw(empty, (3, 3), (5, 5))
    wanted[[3, 4, 5], [3, 4, 5]] = 0
    check_screen(empty, wanted)
    draw(empty, (5, 7), begins=False)
    assert (empty.settings["row"], empty.settings["column"]) == (5, 7)
    check_screen(empty, wanted)  # still rubbing out, also where there is no ink


def test_a_press_on_light_grey_draws(empty):
    put(empty, ink=4)
    draw(empty, (empty.settings["row"], empty.settings["column"]))
    assert empty.drawn.sum() == 1


# --- The picture ----------------------------------------------------------------------------------


def test_there_is_room_for_as_many_maps_as_are_allowed():
    e = explore_digit(untrained(filters=64), PICTURES[:1], LABELS[:1])
    assert len(e.scene.grids) == 2 + 64
    assert e.scene.height <= 680
    assert collisions(e.scene) == ([], [])
