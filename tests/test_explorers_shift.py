"""The explorer of shifts: every setting against SciPy, and what it claims about moving along."""

import itertools

import numpy as np
from scipy.signal import correlate2d

from helpers.explorers import explore_shift, show_shift
from helpers.explorers.shift import MOST_VALUES, compare_shift, max_pool, shift_array

RANDOM = np.random.default_rng(5)
IMAGE = RANDOM.integers(-4, 5, size=(8, 9))
EVEN = RANDOM.integers(-4, 5, size=(8, 12))
KERNEL = np.array([[1, 2, 0], [-1, 0, 3], [0, 0, -2]])
CHOICES = {
    "rows": range(-3, 4),
    "columns": range(-3, 4),
    "stride": (1, 2),
    "padding": ("same", "valid"),
    "border": ("zeros", "edge", "wrap"),
    "pooling": (False, True),
}
START = {name: choices[0] for name, choices in CHOICES.items()} | {"rows": 0, "columns": 0}
ALL = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]
ALL = ALL[::5]  # 5 divides the number of choices of none: every choice meets every other
MODES = {"zeros": "constant", "edge": "edge", "wrap": "wrap"}
SHIFTS = list(itertools.product(CHOICES["rows"], CHOICES["columns"]))


def in_place(x, place, border):
    """Return what stands at a place, which may lie outside."""
    if border == "wrap":
        return x[place[0] % x.shape[0], place[1] % x.shape[1]]
    near = tuple(min(max(p, 0), n - 1) for p, n in zip(place, x.shape, strict=True))
    return x[near] if border == "edge" or near == tuple(place) else 0


def moved_by(x, shift, border):
    """Move an array cell by cell."""
    cells = [in_place(x, (r - shift[0], c - shift[1]), border) for r, c in np.ndindex(*x.shape)]
    return np.array(cells).reshape(x.shape)


def amounts(n, window, stride):
    """Return the padding that Keras calls "same"."""
    total = max((-(-n // stride) - 1) * stride + window - n, 0)
    return total // 2, total - total // 2


def map_of(x, *, stride, padding, border, pooling, **_):
    """Return a feature map as SciPy and loops compute it."""
    if padding == "same":
        sides = [amounts(n, 3, stride) for n in x.shape]
        x = np.pad(x, sides, mode=MODES[border])
    result = correlate2d(x, KERNEL, "valid")[::stride, ::stride]
    if not pooling:
        return result
    size = [n // 2 for n in result.shape]
    blocks = [result[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max() for r, c in np.ndindex(*size)]
    return np.array(blocks).reshape(size)


def inputs_seen(cell, n, stride, padding, pooling):
    """Return along one axis the first input that a cell sees, and the one after the last."""
    before = amounts(n, 3, stride)[0] if padding == "same" else 0
    cells = (2 * cell, 2 * cell + 1) if pooling else (cell, cell)
    return cells[0] * stride - before, cells[-1] * stride - before + 3


def clear(n, count, shift, cells, *, stride, padding, pooling):
    """Return along one axis which cells compare inputs with inputs."""
    result = []
    for cell in range(count):
        first, last = inputs_seen(cell, n, stride, padding, pooling)
        own = first - max(shift, 0) >= 0 and last - min(shift, 0) <= n
        old = 0 <= cell - cells < count
        if old:
            first, last = inputs_seen(cell - cells, n, stride, padding, pooling)
            old = first >= 0 and last <= n
        result.append(own and first >= 0 and last <= n and old)
    return result


def set_to(e, **values):
    """Set controls, and check that each makes one frame."""
    for name, value in values.items():
        before, same = e.frames, e.controls[name].value == value
        e.controls[name].value = value
        assert (e.frames, e.message) == (before + (not same), "")


def test_every_setting_against_scipy():
    for now in ALL:
        shift, step = (now["rows"], now["columns"]), now["stride"] * (1 + now["pooling"])
        result = compare_shift(IMAGE, KERNEL, **now)
        before = map_of(IMAGE, **now)
        assert np.array_equal(result.before, before)
        assert np.array_equal(result.after, map_of(moved_by(IMAGE, shift, now["border"]), **now))
        assert np.array_equal(result.along, moved_by(before, result.cells, now["border"]))
        assert np.array_equal(result.differs, result.after != result.along)
        assert all(abs(n - step * cell) < step for n, cell in zip(shift, result.cells, strict=True))


def test_no_other_whole_move_fits_better():
    for now in ALL:
        result = compare_shift(IMAGE, KERNEL, **now)
        near = [{n // result.step, -(-n // result.step)} for n in result.shift]
        for cells in itertools.product(*near):
            other = moved_by(result.before, cells, now["border"])
            assert result.differs.sum() <= (result.after != other).sum()


def test_what_counts_as_away_from_the_border():
    for now in ALL:
        result = compare_shift(IMAGE, KERNEL, **now)
        kind = {name: now[name] for name in ("stride", "padding", "pooling")}
        each = [
            clear(n, count, shift, cells, **kind)
            for n, count, shift, cells in zip(
                IMAGE.shape, result.after.shape, result.shift, result.cells, strict=True
            )
        ]
        assert np.array_equal(result.inner, np.logical_and.outer(*each))


def test_equivariant_away_from_the_border_for_whole_steps():
    seen = 0
    for now in ALL:
        result = compare_shift(EVEN, KERNEL, **now)
        if not any(n % result.step for n in result.shift):
            assert not (result.differs & result.inner).any()
            seen += result.inner.any()
    assert seen > 60


def test_stride_2_carries_even_shifts_only():
    for rows, columns in SHIFTS:
        settings = START | {"rows": rows, "columns": columns, "stride": 2}
        result = compare_shift(EVEN, KERNEL, **settings)
        odd = bool(rows % 2 or columns % 2)
        assert (result.differs & result.inner).any() == (odd and result.inner.any())


def test_the_border_breaks_it_and_going_round_mends_it():
    for rows, columns in SHIFTS:
        settings = START | {"rows": rows, "columns": columns}
        assert compare_shift(EVEN, KERNEL, **settings).differs.any() == bool(rows or columns)
        assert not compare_shift(EVEN, KERNEL, **settings | {"border": "wrap"}).differs.any()


def test_pooling_forgets_a_small_shift_of_a_lonely_activation():
    dot = np.zeros((8, 8), int)
    dot[4, 4] = 1
    one = np.ones((1, 1), int)
    right = START | {"columns": 1, "pooling": True}
    for change, count in (({}, 0), ({"pooling": False}, 2), ({"columns": -1}, 2)):
        result = compare_shift(dot, one, **right | change)
        assert (result.after != result.before).sum() == count


def test_a_control_without_effect_is_off():
    e = explore_shift(IMAGE, KERNEL)
    for padding, rows, off in [("same", 0, False), ("valid", 0, True), ("valid", 2, False)]:
        set_to(e, padding=padding, rows=rows)
        assert e.controls["border"].disabled == off
        assert not e.controls["padding"].disabled
    e = explore_shift(EVEN, np.ones((2, 2), int))
    set_to(e, stride=2)
    assert e.controls["padding"].disabled
    set_to(e, stride=1)
    assert not e.controls["padding"].disabled


def test_orange_is_the_largest_activation_of_both_maps_and_its_window():
    kept = 0
    for now in ALL[::7]:
        scene = explore_shift(IMAGE, KERNEL, **now).scene
        shifted_input, its, old, _ = scene.grids
        (mark,) = its.marks
        values = its.values[mark.row, mark.column], old.values[mark.row, mark.column]
        assert max(values) == max(its.values.max(), old.values.max())
        assert {grid.marks for grid in scene.grids[1:]} == {(mark,)}
        (window,) = shifted_input.marks
        patch = shifted_input.values[
            window.row : window.row + window.height, window.column : window.column + window.width
        ]
        seen = correlate2d(patch, KERNEL, "valid")[:: now["stride"], :: now["stride"]]
        assert seen.max() == values[0]
        kept += values[0] == values[1]
    assert 0 < kept < len(ALL[::7])


def test_what_came_in_is_hatched():
    e = explore_shift(IMAGE, KERNEL, rows=2, columns=-1)
    own = np.zeros((10, 11), bool)
    own[3:9, 1:9] = True
    assert np.array_equal(e.scene.grids[0].hatched, ~own)
    inner = np.zeros(IMAGE.shape, bool)
    inner[3:7, 1:7] = True
    assert np.array_equal(e.scene.grids[3].hatched, ~inner)
    assert "away from the border 0 of 24" in e.description


def test_a_shift_that_is_no_whole_step_is_told():
    for settings, said in [
        ({"rows": 1, "stride": 2}, "One cell is 2 pixels, so the shift is no whole number"),
        (
            {"rows": 2, "stride": 2, "pooling": True},
            "One cell is 4 pixels, so the shift is no whole number",
        ),
        ({"columns": 3, "pooling": True}, "One cell is 2 pixels, so the shift is no whole number"),
    ]:
        assert said in show_shift(IMAGE, KERNEL, **settings).description
    for settings in ({"rows": 1}, {"columns": -2, "stride": 2}):
        assert "no whole number" not in show_shift(IMAGE, KERNEL, **settings).description


def test_the_fixed_picture_is_the_one_of_the_explorer():
    settings = {"rows": -1, "columns": 2, "stride": 2, "padding": "valid", "border": "edge"}
    e, picture = explore_shift(IMAGE, KERNEL, **settings), show_shift(IMAGE, KERNEL, **settings)
    assert (picture.description, picture.png) == (e.description, bytes(e.picture.value))


def test_floats_that_differ_by_rounding_are_the_same():
    x = RANDOM.random((9, 9))
    e = explore_shift(x, np.full((3, 3), 1 / 9), rows=1, columns=2, border="wrap")
    assert "moved along: 0 of 81 cells" in e.description


def test_moving_and_pooling_alone():
    for shift, border in itertools.product(SHIFTS, MODES):
        assert np.array_equal(shift_array(IMAGE, shift, border), moved_by(IMAGE, shift, border))
    assert max_pool(np.arange(20).reshape(4, 5)).tolist() == [[6, 8], [16, 18]]
    assert max_pool(-np.ones((3, 2))).tolist() == [[-1]]


def test_24_values_along_a_side_are_shown():
    large = show_shift(np.ones((MOST_VALUES, 9)), KERNEL)
    assert f"{MOST_VALUES} × 9" in large.description
