"""The explorer of strides: what is kept, what is never used, pointing, against plain loops."""

import itertools

import numpy as np
import pytest

from helpers.drawing import range_sentence
from helpers.explorers import explore_strides, show_strides
from helpers.explorers.strides import MOST_STRIDE, kept_frames
from tests.explorers import put, put_at_once, slide
from tests.overlaps import collisions
from tests.pointer import leave, point_at

RANDOM = np.random.default_rng(3)
IMAGE = RANDOM.integers(-4, 5, size=(8, 9))
KERNEL = np.array([[1, 2, 0], [-1, 0, 3], [0, 0, -2]])
STRIDES = list(itertools.product(range(1, MOST_STRIDE + 1), repeat=2))
AMOUNTS = {"valid": (0, 0), "full": (2, 2), 0: (0, 0), 1: (1, 1), 2: (2, 2)}


def cells_used(n, window, step, before=0, after=0):
    """Return which of n rows (or columns) some window covers, counted one window at a time."""
    used = set()
    for start in range(-before, n + after - window + 1, step):
        used |= set(range(start, start + window))
    return [i for i in range(n) if i in used]


def inside(frames):
    """Return the cells inside frames."""
    spans = [(range(m.row, m.row + m.height), range(m.column, m.column + m.width)) for m in frames]
    return sorted(place for span in spans for place in itertools.product(*span))


def of_role(e, grid, role):
    return [mark for mark in e.scene.grids[grid].marks if mark.role == role]


@pytest.mark.parametrize("padding", AMOUNTS)
def test_every_stride_keeps_cells_of_stride_1(padding):
    e = explore_strides(IMAGE, KERNEL, padding, stride=1)
    dense = slide(IMAGE, KERNEL, padding=padding)
    for rows, columns in [*STRIDES[1:], STRIDES[0]]:
        put_at_once(e, stride_rows=rows, stride_columns=columns)
        wanted = dense[::rows, ::columns]
        for values, right in zip(
            (e.feature_map, *(grid.values for grid in e.scene.grids[1:])),
            (wanted, dense, wanted),
            strict=True,
        ):
            assert np.array_equal(values, right)
        assert e.controls["step"].max == wanted.size - 1
        assert range_sentence("Stride 1", dense) in e.description
        assert f"The last is [::{rows}, ::{columns}] of stride 1." in e.description
        places = itertools.product(
            range(0, dense.shape[0], rows), range(0, dense.shape[1], columns)
        )
        assert inside(of_role(e, 1, "pointed")) == list(places)


@pytest.mark.parametrize("padding", ["valid", 1])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_what_no_window_reaches_is_cross_hatched_and_told(padding, size):
    e = explore_strides(IMAGE, np.ones((size, size), int), padding, stride=1)
    p = AMOUNTS[padding][0]
    for rows, columns in STRIDES:
        put_at_once(e, stride_rows=rows, stride_columns=columns)
        sides = zip(IMAGE.shape, (rows, columns), strict=True)
        used = [cells_used(n, size, step, p, p) for n, step in sides]
        lost = [[i for i in range(n) if i not in u] for n, u in zip(IMAGE.shape, used, strict=True)]
        said = f"Never used: rows {lost[0] or 'none'}, columns {lost[1] or 'none'}."
        assert e.description.endswith(said)
        count = IMAGE.size - len(used[0]) * len(used[1])
        assert f"Never used: {count} of 72 inputs" in [text.text for text in e.scene.texts]
        mask = e.scene.grids[0].unused
        hidden = np.zeros(IMAGE.shape, bool) if mask is None else mask[p : p + 8, p : p + 9]
        wanted = np.ones(IMAGE.shape, bool)
        wanted[np.ix_(*used)] = False
        assert np.array_equal(hidden, wanted)


def test_every_window_has_its_frames_and_its_sum():
    e = explore_strides(IMAGE, KERNEL, 1, stride=(2, 3))
    dense = slide(IMAGE, KERNEL, padding=1)
    assert np.array_equal(~e.scene.grids[0].hatched, np.pad(np.ones(IMAGE.shape, bool), 1))
    for step in (*range(1, e.feature_map.size), 0):
        put(e, step=step)
        row, column = divmod(step, 3)
        marks = [of_role(e, grid, "window") for grid in range(3)]
        cells = (2 * row, 3 * column, 3, 3), (2 * row, 3 * column, 1, 1), (row, column, 1, 1)
        assert [[mark[:4] for mark in each] for each in marks] == [[cell] for cell in cells]
        total = f"row {row}, column {column}: sum {dense[2 * row, 3 * column]:g}."
        assert total.replace("-", "−") in e.description


def test_a_window_that_is_left_out_gives_way_to_the_last_one():
    e = explore_strides(IMAGE, KERNEL, stride=1)
    put(e, step=e.controls["step"].max, stride_rows=4, stride_columns=4)
    assert e.controls["step"].value == e.controls["step"].max == 3
    assert of_role(e, 2, "window")[0][:2] == (1, 1)


def test_pointing_chooses_a_window_that_is_kept():
    e = explore_strides(IMAGE, KERNEL, stride=(2, 3))
    for grid, place, step in [(2, (2, 1), 7), (1, (2, 3), 4), (1, (4, 6), 8), (2, (0, 0), 0)]:
        point_at(e, grid, *place)
        assert e.controls["step"].value == step
    before = e.frames
    for grid, place in [(1, (1, 3)), (1, (2, 4)), (0, (3, 3)), (2, (0, 0))]:
        point_at(e, grid, *place)
    leave(e)
    assert (e.controls["step"].value, e.frames) == (0, before)


def test_the_text_stays_where_it_is_and_the_picture_fits_on_a_screen():
    e = explore_strides(RANDOM.integers(0, 9, (16, 16)), np.ones((5, 5), int))
    tops = set()
    for rows, columns in STRIDES:
        put_at_once(e, stride_rows=rows, stride_columns=columns)
        tops |= {text.y for text in e.scene.texts if text.text.startswith("Window for")}
        assert e.scene.height <= 640
        assert collisions(e.scene) == ([], [])
    assert len(tops) == 1


def test_the_fixed_picture_is_the_one_of_the_explorer():
    e = explore_strides(IMAGE, KERNEL, 1, stride=(2, MOST_STRIDE))
    put(e, step=4)
    picture = show_strides(IMAGE, KERNEL, 1, stride=(2, MOST_STRIDE), step=4)
    assert (picture.description, picture.png) == (e.description, e.picture.value)


def test_frames_of_neighbours_are_one():
    assert [len(kept_frames((5, 6), stride)) for stride in ((1, 1), (1, 2), (2, 2))] == [1, 3, 9]
