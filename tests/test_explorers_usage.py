"""The explorer of fair shares: counts against windows laid down one by one."""

import itertools

import numpy as np
import pytest

from helpers.explorers import explore_usage
from helpers.explorers.usage import MOST_DILATION, MOST_KERNEL, MOST_STRIDE
from tests.explorers import put
from tests.pointer import point_at


def counted(size, kernel_size, padding, stride, dilation):
    """Lay every window on a padded square, count, and cut the padding off."""
    side, reach = size + 2 * padding, dilation * (kernel_size - 1)
    uses = np.zeros((side, side), dtype=int)
    for top in range(0, side - reach, stride):
        for left in range(0, side - reach, stride):
            for i, j in itertools.product(range(kernel_size), repeat=2):
                uses[top + i * dilation, left + j * dilation] += 1
    return uses[padding : padding + size, padding : padding + size]


def check_screen(e, size):
    """Compare the counts and the framed windows with what the controls say."""
    settings = e.settings
    cell = settings.pop("cell")
    wanted = counted(size, **settings)
    assert e.feature_map.tolist() == wanted.tolist()
    assert e.feature_map.dtype == np.int64
    padding, uses, windows = settings["padding"], *e.scene.grids
    inside = np.s_[padding : padding + size]
    assert np.array_equal(uses.values[inside, inside], wanted)
    texts = [row[inside] for row in uses.texts[inside]]
    assert texts == [[str(n) for n in row] for row in wanted.tolist()]
    assert np.array_equal(uses.unused, np.pad(wanted == 0, padding))
    assert uses.limit == settings["kernel_size"] ** 2  # each weight once: the scale stays
    framed = {(mark.row, mark.column) for mark in windows.marks}
    assert all(mark.role == "pointed" for mark in (*uses.marks, *windows.marks))
    if cell == 0:
        assert not uses.marks
        assert not framed
        return
    row, column = divmod(cell - 1, size)
    assert [(mark.row, mark.column) for mark in uses.marks] == [(row + padding, column + padding)]
    assert len(framed) == len(windows.marks) == wanted[row, column]
    assert framed == {(a, b) for a, b in np.argwhere(windows.values > 0).tolist()}


def ranges_of(e):
    return {name: (c.min, c.max, c.disabled) for name, c in e.controls.items()}


def test_the_border_is_used_less():
    e = explore_usage(8, padding=1)
    assert (e.feature_map[0, 0], e.feature_map[0, 4], e.feature_map[4, 4]) == (4, 6, 9)
    assert sorted(np.unique(e.feature_map, return_counts=True)[1].tolist()) == [4, 24, 36]
    assert "Corner 4, middle of the upper edge 6, middle 9, 484 uses in all." in e.description
    assert "8 × 8 windows" in e.description
    assert "The least used pixel is in 4 windows, the most used in 9 windows." in e.description
    put(e, padding=0)
    assert (e.feature_map[0, 0], e.feature_map[0, 4], e.feature_map[4, 4]) == (1, 3, 9)
    put(e, padding=2)
    assert (e.feature_map == 9).all()
    assert "Every pixel is in 9 windows: all are used alike." in e.description
    assert "10 × 10 windows" in e.description


@pytest.mark.parametrize("size", [3, 9])
def test_every_setting(size):
    e = explore_usage(size)
    kernel_sizes = range(1, min(MOST_KERNEL, size) + 1)
    strides, dilations = range(1, MOST_STRIDE + 1), range(1, MOST_DILATION + 1)
    for kernel_size, dilation, stride in itertools.product(kernel_sizes, dilations, strides):
        put(e, kernel_size=kernel_size, dilation=dilation, stride=stride)
        fits = min(MOST_DILATION, (size - 1) // (kernel_size - 1) if kernel_size > 1 else 1)
        full = e.controls["dilation"].value * (kernel_size - 1)
        assert e.controls["dilation"].value == min(dilation, fits)
        assert ranges_of(e)["dilation"] == (1, fits, fits == 1)
        assert ranges_of(e)["padding"] == (0, full, full == 0)
        for padding in range(full + 1):
            put(e, padding=padding)
            check_screen(e, size)


def test_full_padding_makes_all_equal_at_stride_one_only():
    e = explore_usage(7)
    for kernel_size, dilation in itertools.product(range(1, 6), (1, 2)):
        put(e, kernel_size=kernel_size, dilation=dilation, stride=1, padding=100)
        assert (e.feature_map == kernel_size**2).all()
        if kernel_size > 1:
            put(e, padding=e.controls["padding"].max - 1)
            assert e.feature_map.min() < e.feature_map.max()
    put(e, kernel_size=3, dilation=1, padding=2, stride=2)
    assert e.feature_map.min() < e.feature_map.max()


def test_following_every_pixel():
    e = explore_usage(5, padding=1, stride=2)
    for cell in range(26):
        put(e, cell=cell)
        check_screen(e, 5)
        if cell:
            row, column = divmod(cell - 1, 5)
            count = e.feature_map[row, column]
            words = "1 window." if count == 1 else f"{count} windows."
            assert f"Row {row}, column {column} is in {words}" in e.description
    put(e, cell=0)
    assert "No pixel is followed." in e.description


def test_pointing_follows_a_pixel():
    e = explore_usage(8, padding=1)
    frames = e.frames
    point_at(e, 0, 4, 6)  # the padding is one row and one column wide
    assert e.controls["cell"].value == 3 * 8 + 5 + 1
    point_at(e, 0, 4, 6)
    assert e.frames == frames + 1
    check_screen(e, 8)
    point_at(e, 0, 0, 3)
    assert e.controls["cell"].value == 0
    point_at(e, 0, 1, 1)
    point_at(e, 1, 2, 2)
    assert (e.controls["cell"].value, e.frames) == (0, frames + 4)


def test_what_no_window_reaches():
    e = explore_usage(8, stride=2)
    assert (e.feature_map[7] == 0).all()
    assert (e.feature_map[:, 7] == 0).all()
    assert "15 of 64 pixels are never used." in e.description
    put(e, cell=64)
    assert "Row 7, column 7 is in no window." in e.description
