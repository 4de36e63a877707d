"""The explorer of the output's size: every window and every number of the formula."""

import itertools
from fractions import Fraction
from math import floor

import numpy as np
import pytest

from helpers.drawing import MARGIN, WIDTH
from helpers.explorers import explore_sizes, show_sizes
from helpers.explorers.sizes import NUMBERED, NUMBERS, count_windows, quotient_text
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


def laid_down(size, kernel_size, padding, stride, dilation):
    """Return the samples under the weights of each window, laid down one after another."""
    windows, start = [], -padding
    while start + dilation * (kernel_size - 1) < size + padding:
        windows.append([start + tap * dilation for tap in range(kernel_size)])
        start += stride
    return windows


def put(e, **values):
    """Set controls one after another; each makes one frame, or is refused and makes none."""
    for name, value in values.items():
        frames, shown, same = e.frames, e.description, e.controls[name].value == value
        e.controls[name].value = value
        settings = [e.controls[n].value for n in NAMES]
        if laid_down(*settings):
            assert e.message == ""
            assert e.frames == frames + (not same)
        else:
            assert "allowed is a span of at most" in e.message
            assert (e.frames, e.description) == (frames, shown)


def check_scene(built, settings, step):
    """Compare windows, marks, cross-hatching and words with windows laid down one by one."""
    size, kernel_size, padding, *_ = settings
    windows = laid_down(*settings)
    assert built.feature_map.tolist() == [window[0] for window in windows]
    row, *drawn = built.scene.grids
    assert row.values.shape == (1, size + 2 * padding)
    reached = {place for window in windows for place in window}
    missed = [n not in reached for n in range(-padding, size + padding)]
    hidden = np.zeros((1, 1), dtype=bool) if row.unused is None else row.unused
    assert np.array_equal(np.broadcast_to(hidden, row.values.shape)[0], missed)
    names = [str(n) if 0 <= n < size else "" for n in range(-padding, size + padding)]
    assert row.texts == ([names] if row.cell >= NUMBERED else None)
    assert len(drawn) == len(windows)
    for n, (grid, window) in enumerate(zip(drawn, windows, strict=True)):
        first = row.x + (window[0] + padding) * row.cell
        under = first + np.flatnonzero(grid.values[0]) * grid.cell
        assert under.tolist() == [row.x + (place + padding) * row.cell for place in window]
        assert (grid.x, grid.cell) == (first, row.cell)
        assert bool(grid.marks) == (n == step)
        if grid.cell >= NUMBERED:
            assert grid.texts[0].index(str(n)) == window[kernel_size // 2] - window[0]
    check_words(built.scene.description, settings, windows, step)
    check_outline(built.scene, settings, windows)
    assert built.scene.height <= 620


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
    steps = floor(Fraction(room, stride))
    formula = "(W − F + 2P)" if dilation == 1 else "(W + 2P − D·(F − 1) − 1)"
    fraction = f"({size} − {span} + 2·{padding}) / {stride}"
    assert f"= ⌊{formula} / S⌋ + 1 = ⌊{fraction}⌋ + 1 = ⌊{room} / {stride}⌋" in text
    assert f"= {steps} + 1 = {len(windows)} D = {dilation}: the kernel spans" in text
    count = len(windows)
    every = f"{count} windows, named 0 to {count - 1}." if count > 1 else " 1 window."
    assert f"{every} Window {step}" in text
    first, last = windows[step][0], windows[step][-1]
    assert f"Window {step} spans n = {first} to {last}.".replace("-", "−") in text
    never = set(range(size)) - {place for window in windows for place in window}
    assert ("Every value of the input is used." in text) == (not never)
    if 0 < len(never) <= 4:
        assert f"no weight reaches n = {', '.join(map(str, sorted(never)))}." in text
    elif never:
        assert f"no weight reaches {len(never)} of {size} values." in text
    beyond = {*range(-padding, 0), *range(size, size + padding)}
    beyond -= {place for window in windows for place in window}
    said = f"Of the padding, {len(beyond)} of {2 * padding} are not reached."
    assert said in text if beyond else "Of the padding" not in text


@pytest.mark.parametrize(("numbers", "size"), EXAMPLES.items())
def test_the_examples(numbers, size):
    width, kernel_size, padding, stride = numbers
    e = explore_sizes(width, kernel_size, padding=padding, stride=stride)
    assert e.feature_map.size == size
    assert f"+ 1 = {size} D = 1" in e.description
    assert next(text.text for text in e.scene.texts if text.bold).endswith(f"+ 1 = {size}")
    picture = show_sizes(width, kernel_size, padding=padding, stride=stride)
    assert picture.description == e.description
    assert picture.png == bytes(e.picture.value)


def test_the_fixed_picture_has_every_window_unless_told_otherwise():
    assert "= ⌊(8 − 3 + 2·0) / 1⌋ + 1" in show_sizes(8, 3).description
    assert "D = 1: the kernel spans" in show_sizes(8, 3).description


def test_the_floor_is_shown():
    e = explore_sizes(28, 3, stride=2)
    assert "= ⌊25 / 2⌋ + 1 = ⌊12.5⌋ + 1 = 12 + 1 = 13" in e.description
    assert "Cross-hatched: no weight reaches n = 27." in e.description
    large = [text for text in e.scene.texts if text.size >= 30]
    assert [text.text for text in large] == [
        "W_out",
        "= ⌊(W − F + 2P) / S⌋ + 1",
        "= ⌊(28 − 3 + 2·0) / 2⌋ + 1",
        "= ⌊25 / 2⌋ + 1 = ⌊12.5⌋ + 1",
        "= 12 + 1 = 13",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_slider_through_its_range(name):
    e = explore_sizes(12, 3, padding=1, stride=2, dilation=2)
    put(e, step=2)
    least, most = NUMBERS[name].least, NUMBERS[name].most
    for value in (*range(least, most + 1, max(most // 12, 1)), most):
        put(e, **{name: value})
        if e.message == "":
            settings = [e.controls[n].value for n in NAMES]
            built = count_windows(
                **dict(zip(NAMES, settings, strict=True)), step=e.controls["step"].value
            )
            assert built.scene.description == e.description
            check_scene(built, settings, e.controls["step"].value)


def test_windows_in_one_row_do_not_touch():
    settings = itertools.product((7, 20), (1, 3, 4), (0, 2), (1, 2, 3, 7), (1, 2))
    for numbers in settings:
        grids = count_windows(**dict(zip(NAMES, numbers, strict=True)), step=0).scene.grids[1:]
        for one, other in itertools.combinations(grids, 2):
            if one.y == other.y:
                assert one.x + one.width < other.x
        assert all(grid.x + grid.width <= 980 for grid in grids)


def test_an_impossible_setting_says_why_and_keeps_the_picture():
    e = explore_sizes(5, 3, stride=1)
    good = e.picture.value
    put(e, kernel_size=7)
    assert e.message.startswith("kernel_size=7 spans 7 samples and the padded input has only 5")
    assert e.picture.value == good
    put(e, padding=1)
    assert e.message == ""
    assert e.feature_map.tolist() == [-1]
    put(e, dilation=2)
    assert e.message.startswith("kernel_size=7 spans 13 samples and the padded input has only 7")


def test_dilation_spreads_the_weights():
    e = explore_sizes(9, 3, stride=1, dilation=3)
    assert "D = 3: the kernel spans D·(F − 1) + 1 = 3·(3 − 1) + 1 = 7" in e.description
    assert e.feature_map.tolist() == [0, 1, 2]
    assert np.flatnonzero(e.scene.grids[1].values[0]).tolist() == [0, 3, 6]
    put(e, kernel_size=1)
    assert (e.controls["dilation"].value, e.controls["dilation"].disabled) == (1, True)
    put(e, kernel_size=2)
    assert (e.controls["dilation"].max, e.controls["dilation"].disabled) == (3, False)


def test_the_last_window_stays_the_last_in_one_frame():
    e = explore_sizes(28, 3, stride=1)
    put(e, step=25)
    put(e, stride=4)
    assert (e.controls["step"].value, e.controls["step"].max) == (6, 6)
    assert "Window 6 spans n = 24 to 26." in e.description


def test_pointing_at_a_window_selects_it():
    e = explore_sizes(16, 3, padding=1, stride=2)
    for n in (5, 0, 7):
        frames = e.frames
        point_at(e, n + 1, 0, 0)
        assert (e.frames, e.controls["step"].value) == (frames + 1, n)
        assert e.scene.grids[0].marks[0].column == 2 * n
    point_at(e, 0, 0, 0)
    assert (e.frames, e.controls["step"].value) == (frames + 1, 7)


def test_quotients_are_cut_off_not_rounded():
    for number, divisor in itertools.product(range(0, 260), range(1, 9)):
        text = quotient_text(number, divisor)
        exact = Fraction(number, divisor)
        shown = Fraction(text.rstrip("…"))
        assert floor(shown) == floor(exact)
        assert text.endswith("…") == (shown != exact)
        assert 0 <= exact - shown < Fraction(1, 1000)
