"""The explorer of the output's size: every window and every number of the formula."""

import itertools
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from helpers.drawing import MARGIN, WIDTH
from helpers.explorers import explore_sizes, show_sizes
from helpers.explorers.sizes import NUMBERED, count_windows, quotient_text
from tests.explorers import put
from tests.overlaps import collisions
from tests.pointer import point_at

EXAMPLES = {  # W, F, P, S: the size of the output
    (5, 3, 0, 1): 3,
    (8, 3, 0, 1): 6,
    (16, 3, 1, 1): 16,
    (5, 3, 1, 2): 3,
    (28, 3, 0, 2): 13,
    (224, 7, 3, 2): 112,
    (227, 11, 0, 4): 55,
}
NAMES = ("size", "kernel_size", "padding", "stride", "dilation")
SETTINGS = list(
    itertools.product((1, 2, 5, 8, 12, 28, 240), (1, 2, 3, 11), (0, 1, 8), (1, 2, 3, 8), (1, 2, 3))
)[::11]  # 11 divides the number of choices of none: every choice meets every other


def laid_down(size, kernel_size, padding, stride, dilation):
    """Return the samples under the weights of each window, laid down one after another."""
    windows, start = [], -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        windows.append([start + tap * dilation for tap in range(kernel_size)])
        start += stride
    return windows


def check_scene(built, settings, windows, step):
    """Compare windows, marks, cross-hatching and words with windows laid down one by one."""
    size, kernel_size, padding, *_ = settings
    assert built.feature_map.tolist() == [window[0] for window in windows]
    row, *drawn = built.scene.grids
    places = range(-padding, size + padding)
    reached = {place for window in windows for place in window}
    for mask, wanted in (
        (row.unused, [n not in reached for n in places]),
        (row.hatched, [not 0 <= n < size for n in places]),
    ):
        hidden = np.zeros((1, 1), dtype=bool) if mask is None else mask
        assert np.array_equal(np.broadcast_to(hidden, row.values.shape)[0], wanted)
    names = [str(n) if 0 <= n < size else "" for n in places]
    assert row.texts == ([names] if row.cell >= NUMBERED else None)
    (mark,) = row.marks
    assert (mark.column, mark.width) == (
        windows[step][0] + padding,
        windows[0][-1] - windows[0][0] + 1,
    )
    assert len(drawn) == len(windows)
    for n, (grid, window) in enumerate(zip(drawn, windows, strict=True)):
        first = row.x + (window[0] + padding) * row.cell
        under = first + np.flatnonzero(grid.values[0]) * grid.cell
        assert under.tolist() == [row.x + (place + padding) * row.cell for place in window]
        assert (grid.x, grid.cell) == (first, row.cell)
        assert bool(grid.marks) == (n == step)
        if grid.cell >= NUMBERED:
            assert grid.texts[0].index(str(n)) == window[kernel_size // 2] - window[0]
    assert built.scene.height <= 620
    if len(windows) < 40:
        assert collisions(built.scene) == ([], [])


def check_outline(scene, settings, windows):
    """One window more is outlined where samples are left over, clear of the others."""
    size, _, padding, stride, _ = settings
    row, *drawn = scene.grids
    more = windows[-1][-1] + stride - (size + padding - 1)
    assert bool(scene.strokes) == (more < stride)
    words = f"indow {len(windows)}, dashed, lacks {more} {'sample' if more == 1 else 'samples'}"
    for text in (scene.description, f"{drawn[0].subtitle}."):
        assert text.endswith(f"{words}.") == (more < stride) == ("dashed" in text)
    for stroke in scene.strokes:
        (left, top), (right, bottom) = min(stroke.points), max(stroke.points)
        assert left == row.x + (windows[-1][0] + stride + padding) * row.cell
        assert (right - left, bottom - top) == (drawn[0].width, drawn[0].height)
        assert right <= WIDTH - MARGIN
        assert all(grid.y != top or grid.x + grid.width <= left for grid in drawn)


def check_words(text, settings, windows, step):
    size, kernel_size, padding, stride, dilation = settings
    span = dilation * (kernel_size - 1) + 1
    room = size - span + 2 * padding
    formula = "(W − F + 2P)" if dilation == 1 else "(W + 2P − D·(F − 1) − 1)"
    fraction = f"({size} − {span} + 2·{padding}) / {stride}"
    assert f"= ⌊{formula} / S⌋ + 1 = ⌊{fraction}⌋ + 1 = ⌊{room} / {stride}⌋" in text
    count = len(windows)
    spread = f"D·(F − 1) + 1 = {dilation}·({kernel_size} − 1) + 1 = {span}, which takes the place"
    spans = f"F = {kernel_size}." if dilation == 1 else spread
    steps = floor(Fraction(room, stride))
    assert f"= {steps} + 1 = {count} D = {dilation}: the kernel spans {spans}" in text
    every = f"{count} windows, named 0 to {count - 1}." if count > 1 else " 1 window."
    first, last = windows[step][0], windows[step][-1]
    assert f"{every} Window {step} spans n = {first} to {last}.".replace("-", "−") in text
    reached = {place for window in windows for place in window}
    never = [n for n in range(size) if n not in reached]
    assert ("Every value of the input is used." in text) == (not never)
    if 0 < len(never) <= 4:
        assert f"no weight reaches n = {', '.join(map(str, never))}." in text
    elif never:
        assert f"no weight reaches {len(never)} of {size} values." in text
    beyond = {*range(-padding, 0), *range(size, size + padding)} - reached
    said = f"Of the padding, {len(beyond)} of {2 * padding} are not reached."
    assert said in text if beyond else "Of the padding" not in text


@pytest.mark.parametrize("step", [0, 3])
def test_every_number(step):
    for settings in SETTINGS:
        given = dict(zip(NAMES, settings, strict=True))
        most = 3 if given["kernel_size"] > 1 else 1
        spread = (*settings[:-1], min(settings[-1], most))
        windows = laid_down(*spread)
        if windows:
            built, last = count_windows(**given, step=step), len(windows) - 1
            check_scene(built, spread, windows, min(step, last))
            check_outline(built.scene, spread, windows)
            check_words(built.scene.description, spread, windows, min(step, last))
            assert built.most == {"step": last, "dilation": most}
        else:
            with pytest.raises(ValueError, match=r"allowed is a span of at most"):
                count_windows(**given, step=step)


@pytest.mark.parametrize(("numbers", "size"), EXAMPLES.items())
def test_the_examples(numbers, size):
    width, kernel_size, padding, stride = numbers
    e = explore_sizes(width, kernel_size, padding=padding, stride=stride)
    assert e.feature_map.size == size
    assert next(text.text for text in e.scene.texts if text.bold).endswith(f"+ 1 = {size}")
    picture = show_sizes(width, kernel_size, padding=padding, stride=stride)
    assert (picture.description, picture.png) == (e.description, e.picture.value)


def test_the_fixed_picture_has_every_window_unless_told_otherwise():
    assert "= ⌊(8 − 3 + 2·0) / 1⌋ + 1" in show_sizes(8, 3).description


def test_the_floor_is_shown():
    e = explore_sizes(28, 3, stride=2)
    assert "Cross-hatched: no weight reaches n = 27." in e.description
    assert [text.text for text in e.scene.texts if text.size >= 30] == [
        "W_out",
        "= ⌊(W − F + 2P) / S⌋ + 1",
        "= ⌊(28 − 3 + 2·0) / 2⌋ + 1",
        "= ⌊25 / 2⌋ + 1 = ⌊12.5⌋ + 1",
        "= 12 + 1 = 13",
    ]


def test_an_impossible_setting_says_why():
    e = explore_sizes(5, 3, stride=1)
    e.controls["kernel_size"].value = 7
    assert e.message.startswith("kernel_size=7 spans 7 samples and the padded input has only 5")
    put(e, padding=1)
    assert e.feature_map.tolist() == [-1]
    e.controls["dilation"].value = 2
    assert e.message.startswith("kernel_size=7 spans 13 samples and the padded input has only 7")


def test_one_weight_cannot_be_spread():
    e = explore_sizes(9, 3, stride=1, dilation=3)
    put(e, kernel_size=1)
    assert (e.controls["dilation"].value, e.controls["dilation"].disabled) == (1, True)
    put(e, kernel_size=2)
    assert (e.controls["dilation"].max, e.controls["dilation"].disabled) == (3, False)


def test_pointing_at_a_window_selects_it():
    e = explore_sizes(16, 3, padding=1, stride=2)
    for n in (5, 0, 7):
        point_at(e, n + 1, 0, 0)
        assert e.controls["step"].value == n
    frames = e.frames
    point_at(e, 0, 0, 0)
    assert (e.frames, e.controls["step"].value) == (frames, 7)


def test_quotients_are_cut_off_not_rounded():
    for number, divisor in itertools.product(range(0, 260), range(1, 9)):
        text = quotient_text(number, divisor)
        exact, shown = Fraction(number, divisor), Fraction(text.rstrip("…"))
        assert floor(shown) == floor(exact)
        assert text.endswith("…") == (shown != exact)
        assert 0 <= exact - shown < Fraction(1, 1000)
