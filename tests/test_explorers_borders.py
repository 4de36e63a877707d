"""The explorer of the border: every setting against SciPy, one frame for each, what it says."""

import itertools

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.explorers import explore_borders
from helpers.explorers.borders import GIVEN
from helpers.kernels import KERNELS, kernel
from helpers.samples import sample
from tests.explorers import put
from tests.pointer import point_at

MODES = {"zeros": "constant", "edge": "edge", "reflect": "reflect", "wrap": "wrap"}
BORDERS, PADDINGS = tuple(MODES), ("same", 1, 2, 3)
DIGITS = np.random.default_rng(5).integers(-3, 8, size=(7, 8))
UNEVEN = np.array([[1, 2, 0], [-1, 0, 3], [0, 4, -2]])
MEAN = np.full((3, 3), 1 / 9)


def expected(image, weights, border, padding):
    """Return the feature map of an odd kernel as SciPy computes it on what NumPy pads."""
    amounts = [(n // 2,) * 2 if padding == "same" else (padding,) * 2 for n in weights.shape]
    padded = np.pad(np.asarray(image, dtype=float), amounts, mode=MODES[border])
    return correlate2d(padded, weights, "valid")


def check_screen(e, image, weights):
    """Compare the four grids with what the controls say."""
    settings = e.settings
    zeros = expected(image, weights, "zeros", settings["padding"])
    chosen = expected(image, weights, settings["border"], settings["padding"])
    np.testing.assert_allclose(e.feature_map, chosen, atol=1e-7)
    shown = [grid.values for grid in e.scene.grids]
    assert shown[0].shape == tuple(
        n + k - 1 for n, k in zip(chosen.shape, weights.shape, strict=True)
    )
    for values, wanted in zip(shown[1:], (zeros, chosen, chosen - zeros), strict=True):
        np.testing.assert_allclose(values, wanted, atol=1e-7)
    assert e.controls["step"].max == chosen.size - 1
    row, column = np.unravel_index(settings["step"], chosen.shape)
    for grid in e.scene.grids[1:]:
        assert [(m.row, m.column, m.role) for m in grid.marks] == [(row, column, "window")]
    (window,) = e.scene.grids[0].marks
    assert (window.row, window.column) == (row, column)
    assert (window.height, window.width) == weights.shape


@pytest.mark.parametrize("padding", PADDINGS)
@pytest.mark.parametrize("border", BORDERS)
def test_every_border_and_padding(border, padding):
    e = explore_borders(DIGITS, UNEVEN)
    put(e, padding=padding)
    put(e, border=border)
    check_screen(e, DIGITS, UNEVEN)
    put(e, step=e.controls["step"].max)
    check_screen(e, DIGITS, UNEVEN)


def test_every_kernel():
    e = explore_borders(DIGITS, UNEVEN, border="reflect")
    known = {name: kernel(name) for name in KERNELS}
    for name, size in itertools.product(("box blur", "Gaussian blur"), (5, 7)):
        known[f"{name}, {size} × {size}"] = kernel(name, size)
    assert set(e.controls["preset"].options) == {GIVEN, *known}
    for name, weights in known.items():
        put(e, preset=name)
        check_screen(e, DIGITS, weights)
    put(e, preset=GIVEN)
    check_screen(e, DIGITS, UNEVEN)


def test_a_window_beyond_the_last_one_moves_there_in_one_frame():
    e = explore_borders(DIGITS, UNEVEN, padding=3)
    put(e, step=e.controls["step"].max)
    put(e, padding=1)
    assert e.controls["step"].value == e.controls["step"].max == DIGITS.size - 1
    check_screen(e, DIGITS, UNEVEN)


def test_pointing_at_a_feature_map_selects_its_window():
    e = explore_borders(DIGITS, UNEVEN)
    for grid, (row, column) in ((1, (2, 3)), (2, (6, 7)), (3, (0, 1))):
        frames = e.frames
        point_at(e, grid, row, column)
        assert e.frames == frames + 1
        assert e.controls["step"].value == row * 8 + column
    frames = e.frames
    point_at(e, 0, 4, 4)
    point_at(e, 3, 0, 1)
    assert e.frames == frames


def test_the_mean_of_ones_fades_towards_zeros():
    e = explore_borders(np.ones((5, 5), dtype=int), MEAN)
    zeros, difference = e.scene.grids[1].values, e.scene.grids[3].values
    assert np.round(zeros, 3)[0].tolist() == [0.444, 0.667, 0.667, 0.667, 0.444]
    assert (zeros[1:-1, 1:-1] == 1).all()
    assert (e.feature_map == 1).all()
    assert np.count_nonzero(difference) == 16
    assert "With zeros 5 × 5, from 0.444 to 1," in e.description
    assert "With edge 5 × 5, every value 1, sum 25." in e.description
    assert "5 of 9 values are in the padding. With zeros 0.444, with edge 1" in e.description
    assert "changes 16 of 25 outputs" in e.description
    for border in ("reflect", "wrap"):
        put(e, border=border)
        assert (e.feature_map == 1).all()
    put(e, border="zeros")
    assert "Difference 5 × 5, every value 0, sum 0." in e.description
    assert "changes 0 of 25 outputs" in e.description


@pytest.mark.parametrize("step", range(DIGITS.size))
def test_the_sentence_counts_what_is_made_up(step):
    e = explore_borders(DIGITS, UNEVEN, border="wrap")
    put(e, step=step)
    row, column = divmod(step, 8)
    places = itertools.product(range(row - 1, row + 2), range(column - 1, column + 2))
    outside = sum(not (0 <= r < 7 and 0 <= c < 8) for r, c in places)
    said = f"Window for row {row}, column {column}: {outside} of 9 values are in the padding."
    assert said in e.description
    assert said in [text.text for text in e.scene.texts]
    chosen = expected(DIGITS, UNEVEN, "wrap", "same")[row, column]
    zeros = expected(DIGITS, UNEVEN, "zeros", "same")[row, column]
    numbers = f"With zeros {zeros:g}, with wrap {chosen:g}: difference {chosen - zeros:g}."
    assert numbers.replace("-", "−") in e.description


def test_the_sentence_has_the_numbers_of_all_four():
    e = explore_borders(DIGITS, UNEVEN, border="reflect", padding=2)
    chosen = expected(DIGITS, UNEVEN, "reflect", 2)
    assert f"Input 7 × 8, from {DIGITS.min()} to {DIGITS.max()}".replace("-", "−") in e.description
    assert "Padded by reflection to 11 × 12." in e.description
    said = f"With reflect 9 × 10, from {chosen.min():g} to {chosen.max():g}"
    assert said.replace("-", "−") in e.description
    assert f"sum {chosen.sum():g}." in e.description
    assert "Kernel 3 × 3, not flipped: [1 2 0] [−1 0 3] [0 4 −2]." in e.description


def test_padding_same_is_one_two_or_three_on_each_side():
    for size, amount in ((3, 1), (5, 2), (7, 3)):
        weights = kernel("box blur", size)
        same = explore_borders(DIGITS, weights, padding="same")
        other = explore_borders(DIGITS, weights, padding=amount)
        assert np.array_equal(same.feature_map, other.feature_map)
        assert same.description == other.description


def test_a_photograph_is_grey_and_its_difference_is_signed():
    picture = sample("photograph: camera")[:40, :60]
    e = explore_borders(picture, MEAN)
    assert [grid.look for grid in e.scene.grids] == ["grey", "grey", "grey", "signed"]
    put(e, preset="Sobel x")
    assert [grid.look for grid in e.scene.grids] == ["grey", "signed", "signed", "signed"]
    check_screen(e, picture, kernel("Sobel x"))


def test_everything_fits_on_the_picture():
    for image in (DIGITS, np.ones((5, 5), dtype=int), sample("photograph: camera")):
        for padding in PADDINGS:
            e = explore_borders(image, kernel("box blur", 5), padding=padding)
            assert e.scene.height <= 620
            for left, right in itertools.pairwise(e.scene.grids):
                assert left.x + left.width < right.x
            assert e.scene.grids[-1].x + e.scene.grids[-1].width <= 980


@pytest.mark.parametrize(
    ("sign", "preset"),
    [(1, GIVEN), (1, "box blur"), (1, "Sobel x"), (-1, "box blur, 7 × 7")],
)
def test_colours_keep_their_meaning_whatever_the_border(sign, preset):
    e = explore_borders(sign * DIGITS, UNEVEN)
    put(e, preset=preset)
    limits = [grid.limit for grid in e.scene.grids]
    assert limits[1] == limits[2] == limits[3]
    largest = 0
    for border, padding in itertools.product(BORDERS, PADDINGS):
        put(e, border=border)
        put(e, padding=padding)
        assert [grid.limit for grid in e.scene.grids] == limits
        largest = max(largest, *(np.abs(grid.values).max() for grid in e.scene.grids[1:]))
    assert largest <= limits[1] <= largest + 1


def test_a_difference_larger_than_both_maps_is_on_the_scale():
    weights = np.zeros((7, 7), int)
    weights[3] = [2, 2, 2, -3, 0, 0, 0]
    e = explore_borders(np.ones((7, 7), int), weights)
    assert [grid.limit for grid in e.scene.grids[1:]] == [6, 6, 6]  # 3 − (−3)


def test_only_kernels_that_fit_are_offered():
    assert explore_borders([[1, 2], [3, 4]], np.ones((4, 4))).feature_map.shape == (2, 2)
    e = explore_borders([[1, 2], [3, 4]], [[1]])
    assert "box blur, 5 × 5" not in e.controls["preset"].options
    for name in e.controls["preset"].options:
        for padding in PADDINGS:
            put(e, preset=name)
            put(e, padding=padding)
