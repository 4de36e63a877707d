"""The explorer of fair shares: counts against windows laid down one by one."""

import itertools

import numpy as np
import pytest

from helpers.explorers import explore_usage
from helpers.explorers.usage import MOST_DILATION, MOST_KERNEL, MOST_STRIDE
from tests.explorers import put
from tests.overlaps import collisions
from tests.pointer import point_at


def windows_over(size, kernel_size, padding, stride, dilation):
    """Lay every window on a padded square; return which ones have a weight on each pixel."""
    side, reach = size + 2 * padding, dilation * (kernel_size - 1)
    starts = range(0, side - reach, stride)
    over = {place: [] for place in itertools.product(range(size), repeat=2)}
    for (row, top), (column, left) in itertools.product(enumerate(starts), repeat=2):
        for i, j in itertools.product(range(kernel_size), repeat=2):
            pixel = top + i * dilation - padding, left + j * dilation - padding
            if pixel in over:
                over[pixel].append((row, column))
    return over


def check_screen(e, size):
    """Compare the counts and the framed windows with what the controls say."""
    settings = e.settings
    cell = settings.pop("cell")
    over = windows_over(size, **settings)
    wanted = np.array([len(found) for found in over.values()]).reshape(size, size)
    assert e.feature_map.tolist() == wanted.tolist()
    assert e.feature_map.dtype == np.int64
    padding, (uses, windows) = settings["padding"], e.scene.grids
    inside = np.s_[padding : padding + size]
    assert np.array_equal(uses.values[inside, inside], wanted)
    texts = np.full(uses.values.shape, "", dtype="<U2")
    texts[inside, inside] = wanted
    assert uses.texts == texts.tolist()
    assert np.array_equal(uses.unused, np.pad(wanted == 0, padding))
    assert uses.limit == settings["kernel_size"] ** 2  # each weight once: the scale stays
    pixel = divmod(cell - 1, size)
    framed = over[pixel] if cell else []
    assert [mark[:] for mark in windows.marks] == [(*place, 1, 1, "pointed") for place in framed]
    assert np.argwhere(windows.values > 0).tolist() == [list(place) for place in framed]
    followed = [(pixel[0] + padding, pixel[1] + padding, 1, 1, "pointed")] if cell else []
    assert list(uses.marks) == followed


def test_the_border_is_used_less():
    e = explore_usage(8, padding=1)
    assert sorted(np.unique(e.feature_map, return_counts=True)[1].tolist()) == [4, 24, 36]
    assert "Corner 4, middle of the upper edge 6, middle 9, 484 uses in all." in e.description
    assert "8 × 8 windows" in e.description
    assert "The least used pixel is in 4 windows, the most used in 9 windows." in e.description
    put(e, padding=0)
    assert "Corner 1, middle of the upper edge 3, middle 9," in e.description
    put(e, padding=2)
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
        full = min(dilation, fits) * (kernel_size - 1)
        assert (e.controls["dilation"].max, e.controls["padding"].max) == (fits, full)
        assert e.controls["dilation"].value == min(dilation, fits)
        for padding in range(full + 1):
            put(e, padding=padding)
            check_screen(e, size)
        assert collisions(e.scene) == ([], [])
        assert stride > 1 or (e.feature_map == kernel_size**2).all()  # full padding, stride 1


def test_following_every_pixel():
    e = explore_usage(5, padding=1, stride=2)
    for cell in range(26):
        put(e, cell=cell)
        check_screen(e, 5)
        said = "No pixel is followed."
        if cell:
            row, column = divmod(cell - 1, 5)
            count = e.feature_map[row, column]
            said = f"Row {row}, column {column} is in {count} window{'s' if count > 1 else ''}."
        assert said in e.description


def test_pointing_follows_a_pixel():
    e = explore_usage(8, padding=1)
    for place, cell in (
        ((4, 6), 3 * 8 + 5 + 1),
        ((0, 3), 0),
        ((1, 1), 1),
        ((9, 8), 0),
        ((8, 8), 64),
    ):
        point_at(e, 0, *place)  # the padding is one row and one column wide
        assert e.controls["cell"].value == cell
    point_at(e, 1, 2, 2)
    assert e.controls["cell"].value == 0


def test_what_no_window_reaches():
    e = explore_usage(8, stride=2)
    assert (e.feature_map[7] == 0).all()
    assert "15 of 64 pixels are never used." in e.description
    put(e, cell=64)
    assert "Row 7, column 7 is in no window." in e.description
