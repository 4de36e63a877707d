"""The explorer of shifts: every setting cell by cell, and what it claims about moving along."""

import itertools

import numpy as np

from helpers.explorers import explore_shift, show_shift
from helpers.explorers.shift import compare_shift, max_pool, shift_array
from tests.explorers import put, slide
from tests.overlaps import collisions

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
SHIFTS = list(itertools.product(CHOICES["rows"], CHOICES["columns"]))


def moved_by(x, shift, border):
    """Move an array cell by cell; what stands outside depends on the border."""
    result = np.zeros_like(x)
    for cell in np.ndindex(*x.shape):
        place = np.subtract(cell, shift)
        near = tuple(np.clip(place, 0, np.subtract(x.shape, 1)))
        if border == "wrap":
            near = tuple(place % x.shape)
        if border != "zeros" or (near == place).all():
            result[cell] = x[near]
    return result


def map_of(x, *, stride, padding, border, pooling, **_):
    """Return a feature map, the pooled one window by window."""
    result = slide(x, KERNEL, stride=stride, padding=padding, border=border)
    if not pooling:
        return result
    size = [n // 2 for n in result.shape]
    blocks = [result[2 * r : 2 * r + 2, 2 * c : 2 * c + 2].max() for r, c in np.ndindex(*size)]
    return np.array(blocks).reshape(size)


def inputs_seen(cell, n, stride, padding, pooling):
    """Return along one axis the first input that a cell sees, and the one after the last."""
    total = max((-(-n // stride) - 1) * stride + 3 - n, 0)  # the padding that Keras calls "same"
    before = total // 2 if padding == "same" else 0
    cells = (2 * cell, 2 * cell + 1) if pooling else (cell, cell)
    return cells[0] * stride - before, cells[-1] * stride - before + 3


def clear(n, count, shift, cells, *, stride, padding, pooling):
    """Return along one axis which cells compare inputs with inputs."""
    result = []
    for cell in range(count):
        first, last = inputs_seen(cell, n, stride, padding, pooling)
        own = first >= max(shift, 0) and last <= n + min(shift, 0)
        first, last = inputs_seen(cell - cells, n, stride, padding, pooling)
        old = 0 <= cell - cells < count and first >= 0 and last <= n
        result.append(own and old)
    return result


def test_every_setting_cell_by_cell():
    for now in ALL:
        shift, step = (now["rows"], now["columns"]), now["stride"] * (1 + now["pooling"])
        result = compare_shift(IMAGE, KERNEL, **now)
        before = map_of(IMAGE, **now)
        assert np.array_equal(result.before, before)
        assert np.array_equal(result.after, map_of(moved_by(IMAGE, shift, now["border"]), **now))
        assert np.array_equal(result.along, moved_by(before, result.cells, now["border"]))
        assert np.array_equal(result.differs, result.after != result.along)
        near = [{n // step, -(-n // step)} for n in shift]
        assert all(cell in both for cell, both in zip(result.cells, near, strict=True))
        for cells in itertools.product(*near):
            other = (result.after != moved_by(before, cells, now["border"])).sum()
            assert (result.differs.sum(), np.abs(result.cells).sum()) <= (
                other,
                np.abs(cells).sum(),
            )
        kind = {name: now[name] for name in ("stride", "padding", "pooling")}
        sides = zip(IMAGE.shape, result.after.shape, shift, result.cells, strict=True)
        assert np.array_equal(
            result.inner, np.logical_and.outer(*(clear(*side, **kind) for side in sides))
        )


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
    dot, one = np.zeros((8, 8), int), np.ones((1, 1), int)
    dot[4, 4] = 1
    right = START | {"columns": 1, "pooling": True}
    for change, count in (({}, 0), ({"pooling": False}, 2), ({"columns": -1}, 2)):
        result = compare_shift(dot, one, **right | change)
        assert (result.after != result.before).sum() == count


def test_a_control_without_effect_is_off():
    e = explore_shift(IMAGE, KERNEL)
    for padding, rows, off in [("same", 0, False), ("valid", 0, True), ("valid", 2, False)]:
        put(e, padding=padding, rows=rows)
        assert e.controls["border"].disabled == off
        assert not e.controls["padding"].disabled
    e = explore_shift(EVEN, np.ones((2, 2), int))
    for stride, off in ((2, True), (1, False)):
        put(e, stride=stride)
        assert e.controls["padding"].disabled == off


def test_orange_is_the_largest_activation_of_both_maps_and_its_window():
    kept = 0
    for now in ALL[::7]:
        scene = explore_shift(IMAGE, KERNEL, **now).scene
        assert collisions(scene) == ([], [])
        shifted_input, its, old, difference = scene.grids
        assert np.array_equal(difference.values, its.values - old.values)
        (mark,) = its.marks
        values = its.values[mark.row, mark.column], old.values[mark.row, mark.column]
        assert max(values) == max(its.values.max(), old.values.max())
        assert {grid.marks for grid in scene.grids[1:]} == {(mark,)}
        (window,) = shifted_input.marks
        patch = shifted_input.values[
            window.row : window.row + window.height, window.column : window.column + window.width
        ]
        assert slide(patch, KERNEL, stride=now["stride"]).max() == values[0]
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
    one = compare_shift(EVEN, np.ones((1, 1), int), **START | {"rows": 1})
    assert one.inner.sum() == 7 * 12


def test_words():
    words = "One cell is {} pixels, so the shift is no whole number"
    for settings, step in [
        ({"rows": 1, "stride": 2}, 2),
        ({"rows": 2, "stride": 2, "pooling": True}, 4),
        ({"columns": 3, "pooling": True}, 2),
        ({"rows": 1}, None),
        ({"columns": -2, "stride": 2}, None),
    ]:
        e = explore_shift(IMAGE, KERNEL, **settings)
        assert (words.format(step) in e.description) == (step is not None)
        assert ("no whole number" in e.description) == (step is not None)
        pooled = ", pooled" if settings.get("pooling") else ""
        assert e.scene.grids[1].subtitle.endswith(f"stride {settings.get('stride', 1)}{pooled}")
        unmoved = (e.feature_map != map_of(IMAGE, **START | settings)).sum()
        assert f"not moved: {unmoved} of {e.feature_map.size} cells differ." in e.description


def test_the_text_below_keeps_its_room():
    e = explore_shift(IMAGE, KERNEL, stride=2)
    height = e.scene.height
    put(e, rows=1)
    assert e.scene.height == height


def test_the_fixed_picture_is_the_one_of_the_explorer():
    settings = {"rows": -1, "columns": 2, "stride": 2, "padding": "valid", "border": "edge"}
    e, picture = explore_shift(IMAGE, KERNEL, **settings), show_shift(IMAGE, KERNEL, **settings)
    assert (picture.description, picture.png) == (e.description, e.picture.value)


def test_floats_that_differ_by_rounding_are_the_same():
    x = RANDOM.random((9, 9))
    e = explore_shift(x, np.full((3, 3), 1 / 9), rows=1, columns=2, border="wrap")
    assert "moved along: 0 of 81 cells" in e.description


def test_moving_and_pooling_alone():
    for shift, border in itertools.product(SHIFTS, CHOICES["border"]):
        assert np.array_equal(shift_array(IMAGE, shift, border), moved_by(IMAGE, shift, border))
    assert max_pool(np.arange(20).reshape(4, 5)).tolist() == [[6, 8], [16, 18]]
    assert max_pool(-np.ones((3, 2))).tolist() == [[-1]]


def test_24_values_along_a_side_are_shown():
    assert "24 × 9" in show_shift(np.ones((24, 9)), KERNEL).description
