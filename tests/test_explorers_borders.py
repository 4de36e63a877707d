"""The explorer of the border: four grids and their sentence against kernels laid down by hand."""

import itertools

import numpy as np
import pytest

from helpers.drawing import number_text, range_sentence
from helpers.explorers import explore_borders
from helpers.explorers.borders import GIVEN
from helpers.kernels import KERNELS, kernel
from helpers.samples import sample
from tests.explorers import put, put_at_once, slide
from tests.overlaps import collisions
from tests.pointer import point_at

BORDERS, PADDINGS = ("zeros", "edge", "reflect", "wrap"), ("same", 1, 2, 3)
DIGITS = np.random.default_rng(5).integers(-3, 8, size=(7, 8))
UNEVEN = np.array([[1, 2, 0], [-1, 0, 3], [0, 4, -2]])
MEAN = np.full((3, 3), 1 / 9)


def check_screen(e, image, weights):
    """Compare grids, frames and words with what the controls say, for a kernel of odd size."""
    border, padding, step = (e.settings[name] for name in ("border", "padding", "step"))
    zeros, chosen = (slide(image, weights, padding=padding, border=b) for b in ("zeros", border))
    padded, *maps = e.scene.grids
    for grid, wanted in zip(maps, (zeros, chosen, chosen - zeros), strict=True):
        np.testing.assert_allclose(grid.values, wanted, atol=1e-7)
        assert range_sentence(grid.title, grid.values) in e.description
    assert [grid.title for grid in maps] == ["With zeros", f"With {border}", "Difference"]
    assert e.controls["step"].max == chosen.size - 1
    row, column = divmod(step, chosen.shape[1])
    assert padded.marks == ((row, column, *weights.shape, "window"),)
    assert {grid.marks for grid in maps} == {((row, column, 1, 1, "window"),)}
    sides = [(n // 2,) * 2 if padding == "same" else (padding,) * 2 for n in weights.shape]
    outside = np.pad(np.zeros(image.shape, dtype=bool), sides, constant_values=True)
    assert np.array_equal(padded.hatched, outside)
    made_up = outside[row : row + weights.shape[0], column : column + weights.shape[1]].sum()
    values = [number_text(round(m[row, column], 9) + 0.0, 3) for m in (zeros, chosen)]
    changed = np.count_nonzero(np.abs(chosen - zeros) > 1e-9)
    difference = number_text(round(chosen[row, column] - zeros[row, column], 9) + 0.0, 3)
    for words in (
        f"Window for row {row}, column {column}: {made_up} of {weights.size} values are in the ",
        f"With zeros {values[0]}, with {border} {values[1]}: difference {difference}.",
        f"The border changes {changed} of {chosen.size} outputs.",
        range_sentence("Input", image),
    ):
        assert words in e.description


def test_every_border_and_padding():
    e = explore_borders(DIGITS, UNEVEN, border="wrap", padding=3)
    for border, padding in itertools.product(BORDERS, PADDINGS):
        put_at_once(e, border=border, padding=padding)
        for step in (0, 5, 20, 41, e.controls["step"].max):
            put(e, step=step)
            check_screen(e, DIGITS, UNEVEN)


def test_every_kernel():
    e = explore_borders(DIGITS, UNEVEN, border="reflect")
    known = {name: kernel(name) for name in KERNELS}
    for name, size in itertools.product(("box blur", "Gaussian blur"), (5, 7)):
        known[f"{name}, {size} × {size}"] = kernel(name, size)
    assert set(e.controls["preset"].options) == {GIVEN, *known}
    for name, weights in {**known, GIVEN: UNEVEN}.items():
        put(e, preset=name)
        check_screen(e, DIGITS, weights)
    assert explore_borders(DIGITS, MEAN).controls["preset"].value == "box blur"


def test_pointing_at_a_feature_map_selects_its_window():
    e = explore_borders(DIGITS, UNEVEN)
    for grid, (row, column) in ((1, (2, 3)), (2, (6, 7)), (3, (0, 1))):
        point_at(e, grid, row, column)
        assert e.controls["step"].value == row * 8 + column
    frames = e.frames
    point_at(e, 0, 4, 4)
    assert e.frames == frames


def test_the_mean_of_ones_fades_towards_zeros():
    e = explore_borders(np.ones((5, 5), dtype=int), MEAN)
    assert np.round(e.scene.grids[1].values, 3)[0].tolist() == [0.444, 0.667, 0.667, 0.667, 0.444]
    for words in (
        "With zeros 5 × 5, from 0.444 to 1,",
        "With edge 5 × 5, every value 1, sum 25.",
        "5 of 9 values are in the padding. With zeros 0.444, with edge 1: difference 0.556.",
        "The border changes 16 of 25 outputs.",
        "Padded by repeating the edge to 7 × 7.",
    ):
        assert words in e.description
    put(e, border="zeros")
    assert "Difference 5 × 5, every value 0, sum 0." in e.description


def test_small_kernels_are_written_out():
    e = explore_borders(DIGITS, UNEVEN, border="reflect", padding=2)
    assert "Padded by reflection to 11 × 12." in e.description
    assert "Kernel 3 × 3, not flipped: [1 2 0] [−1 0 3] [0 4 −2]." in e.description
    put(e, preset="box blur, 5 × 5")
    assert "Kernel 5 × 5, its weights sum to 1." in e.description


def test_a_photograph_is_grey_and_its_difference_is_signed():
    picture = sample("photograph: camera")[:40, :60]
    e = explore_borders(picture, MEAN)
    assert [grid.look for grid in e.scene.grids] == ["grey", "grey", "grey", "signed"]
    assert {grid.limit for grid in e.scene.grids} == {255}
    put(e, preset="Sobel x")
    assert [grid.look for grid in e.scene.grids] == ["grey", "signed", "signed", "signed"]
    check_screen(e, picture, kernel("Sobel x"))


@pytest.mark.parametrize("shape", [(5, 5), (99, 99), (100, 100), (200, 200)])
def test_large_sizes_have_room_beside_each_other(shape):
    e = explore_borders(np.ones(shape, dtype=int), MEAN, padding=3)
    assert collisions(e.scene) == ([], [])


@pytest.mark.parametrize(
    ("sign", "preset"),
    [(1, GIVEN), (1, "box blur"), (1, "Sobel x"), (-1, "box blur, 7 × 7")],
)
def test_colours_keep_their_meaning_whatever_the_border(sign, preset):
    e = explore_borders(sign * DIGITS, UNEVEN)
    put(e, preset=preset)
    limits, largest = [grid.limit for grid in e.scene.grids], 0
    for border, padding in itertools.product(BORDERS, PADDINGS):
        put_at_once(e, border=border, padding=padding)
        assert [grid.limit for grid in e.scene.grids] == limits
        largest = max(largest, *(np.abs(grid.values).max() for grid in e.scene.grids[1:]))
    assert set(limits[1:]) == {np.ceil(largest)}


def test_a_difference_larger_than_both_maps_is_on_the_scale():
    weights = np.zeros((7, 7), int)
    weights[3] = [2, 2, 2, -3, 0, 0, 0]
    e = explore_borders(np.ones((7, 7), int), weights)
    assert [grid.limit for grid in e.scene.grids[1:]] == [6, 6, 6]  # 3 − (−3)


def test_the_rounding_of_tenths_is_no_difference():
    x = np.array([[10, 8, 5, 4], [9, 1, 7, 8], [8, 3, 8, 2], [4, 4, 5, 1]])
    weights = np.array([[-3, 0, 8], [-6, -2, -14], [-8, 28, 10]])
    zeros, wrapped = (slide(x, weights, padding="same", border=b) for b in ("zeros", "wrap"))
    e = explore_borders(x / 10, weights / 10, border="wrap")
    assert f"The border changes {(zeros != wrapped).sum()} of 16 outputs." in e.description


def test_only_kernels_that_fit_are_offered():
    assert "box blur, 5 × 5" in explore_borders(np.eye(3), [[1]]).controls["preset"].options
    assert explore_borders([[1, 2], [3, 4]], np.ones((4, 4))).feature_map.shape == (2, 2)
    e = explore_borders([[1, 2], [3, 4]], [[1]])
    assert set(e.controls["preset"].options) == {GIVEN, *KERNELS}
    for name, padding in itertools.product(e.controls["preset"].options, PADDINGS):
        put_at_once(e, preset=name, padding=padding)
