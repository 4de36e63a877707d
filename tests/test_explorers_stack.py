"""The explorer of stacked layers: maps against SciPy, what a cell sees against changed pixels."""

import itertools

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.explorers import explore_stack
from helpers.kernels import KERNELS, kernel
from helpers.samples import sample
from tests.explorers import put, put_at_once
from tests.pointer import leave, point_at

RANDOM = np.random.default_rng(12)
IMAGE = RANDOM.integers(-4, 5, size=(17, 20))
EDGES = ("Sobel x", "Sobel y", "box blur")
BLURS = ("box blur",) * 3  # no weight of 0: every pixel of a field counts
SETTINGS = list(itertools.product((1, 2), ("valid", "same"), (False, True)))


def padded_as_keras(x, stride):
    """Put zeros around x so that ceil(n / stride) windows of 3 fit, the odd one at the end."""
    totals = [max((-(-n // stride) - 1) * stride + 3 - n, 0) for n in x.shape]
    return np.pad(x, [(total // 2, total - total // 2) for total in totals])


def layers(image, presets, stride, padding, relu):
    """Return the output of every layer, computed with SciPy."""
    outputs, x = [], np.asarray(image, dtype=float)
    for number, name in enumerate(presets):
        step = stride if number == 0 else 1
        x = padded_as_keras(x, step) if padding == "same" else x
        x = correlate2d(x, kernel(name), "valid")[::step, ::step]
        x = np.maximum(x, 0) if relu else x
        outputs.append(x)
    return outputs


def changed(image, presets, stride, padding):
    """Return, per layer, which outputs change with which pixel: (rows, columns, H, W) of bool."""
    image = np.asarray(image, dtype=float)
    before = layers(image, presets, stride, padding, False)
    found = [np.zeros((*m.shape, *image.shape), dtype=bool) for m in before]
    for pixel in np.ndindex(image.shape):
        other = image.copy()
        other[pixel] += 1000
        after = layers(other, presets, stride, padding, False)
        for table, old, new in zip(found, before, after, strict=True):
            table[(..., *pixel)] = np.abs(new - old) > 1e-6
    return found


def frames_on(e):
    """Return (row, column, height, width) of the frames on the input and on every layer."""
    assert all(mark.role == "window" for grid in e.scene.grids for mark in grid.marks)
    return [[tuple(mark)[:4] for mark in grid.marks] for grid in e.scene.grids]


def box(mask):
    """Return (row, column, height, width) around the True cells."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    return rows[0], columns[0], rows[-1] - rows[0] + 1, columns[-1] - columns[0] + 1


def written(number):
    """Write a number as the sentences do."""
    text = f"{number:.3f}".rstrip("0").rstrip(".")
    return text.replace("-", "−") if text != "-0" else "0"


def check_all(e, image, presets):
    """Compare every array, every frame's end and the sentence with SciPy's layers."""
    now = e.settings
    outputs = layers(image, presets, now["stride"], now["padding"], now["relu"])
    assert [grid.title for grid in e.scene.grids] == [
        "Input",
        *(f"Layer {number + 1}" for number in range(len(presets))),
    ]
    for grid, wanted in zip(e.scene.grids, [np.asarray(image), *outputs], strict=True):
        np.testing.assert_allclose(grid.values, wanted, atol=1e-9)
        assert np.abs(wanted).max() <= grid.limit + 1e-9
        size = " × ".join(map(str, wanted.shape))
        assert f"{grid.title} {size}, " in e.description
        assert f"sum {written(wanted.sum())}." in e.description
    np.testing.assert_allclose(e.feature_map, outputs[-1], atol=1e-9)
    traced = outputs[now["layer"] - 1]
    assert (e.controls["row"].max, e.controls["column"].max) == tuple(n - 1 for n in traced.shape)
    place = now["row"], now["column"]
    assert f"Row {place[0]}, column {place[1]} of layer {now['layer']} sees" in e.description
    said = e.scene.texts[1].text
    assert said in e.description
    value = float(said.removeprefix("Its value is ").removesuffix(".").replace("−", "-"))
    assert value == pytest.approx(traced[place], abs=0.00501)
    assert frames_on(e)[now["layer"]] == [(*place, 1, 1)]
    assert frames_on(e)[now["layer"] + 1 :] == [[]] * (len(presets) - now["layer"])


@pytest.mark.parametrize("presets", [EDGES, BLURS, ("emboss", "outline"), ("Laplacian",)])
def test_every_setting_of_every_layer(presets):
    e = explore_stack(IMAGE, presets)
    check_all(e, IMAGE, presets)
    for stride, padding, relu in [*SETTINGS, SETTINGS[0]]:
        put(e, stride=stride, padding=padding, relu=relu)
        for layer in range(len(presets), 0, -1):
            put(e, layer=layer)
            check_all(e, IMAGE, presets)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_field_is_exactly_the_pixels_that_change_the_cell(stride, padding):
    e = explore_stack(IMAGE, BLURS)
    put_at_once(e, stride=stride, padding=padding, relu=False)
    for layer, table in enumerate(changed(IMAGE, BLURS, stride, padding), start=1):
        places = {tuple(RANDOM.integers(table.shape[:2])) for _ in range(8)}
        corners = itertools.product((0, table.shape[0] - 1), (0, table.shape[1] - 1))
        for row, column in sorted(places | set(corners)):
            put_at_once(e, layer=layer)
            put_at_once(e, row=int(row), column=int(column))
            seen = table[row, column]
            (frame,) = frames_on(e)[0]
            assert frame == box(seen)
            assert frame[2] * frame[3] == seen.sum()
            # Three layers see 7; a first stride of 2 doubles what each further layer adds.
            side = 3 + 2 * stride * (layer - 1)
            told = f"of layer {layer} sees {side} × {side} of the input"
            cut = seen.sum() < side * side
            assert told + (", part of it padding." if cut else ".") in e.description


def test_weights_of_zero_leave_holes_in_a_field_but_not_at_its_corners():
    e = explore_stack(IMAGE, EDGES)
    for layer, table in enumerate(changed(IMAGE, EDGES, 1, "valid"), start=1):
        put_at_once(e, layer=layer)
        for row, column in ((0, 0), (5, 6), (table.shape[0] - 1, 3)):
            put_at_once(e, row=row, column=column)
            assert frames_on(e)[0] == [box(table[row, column])]
    put_at_once(e, layer=2)
    put_at_once(e, row=4, column=4)
    assert changed(IMAGE, EDGES, 1, "valid")[1][4, 4].sum() < 25


def test_frames_on_the_layers_between_are_what_the_next_layer_reads():
    e = explore_stack(IMAGE, BLURS)
    for stride, padding, _ in SETTINGS[::2]:
        put_at_once(e, stride=stride, padding=padding)
        put_at_once(e, layer=3)
        sizes = [grid.values.shape for grid in e.scene.grids]
        for place in itertools.product((0, 2, sizes[3][0] - 1), (0, 3, sizes[3][1] - 1)):
            put_at_once(e, row=place[0], column=place[1])
            middle = np.zeros(sizes[2], dtype=bool)
            step = 1 if padding == "same" else 0
            for row, column in itertools.product(range(3), repeat=2):
                r, c = place[0] + row - step, place[1] + column - step
                if 0 <= r < sizes[2][0] and 0 <= c < sizes[2][1]:
                    middle[r, c] = True
            assert frames_on(e)[2] == [box(middle)]


def test_every_row_and_every_column():
    e = explore_stack(IMAGE, EDGES)
    for name in ("row", "column"):
        control = e.controls[name]
        for place in [*range(control.max + 1), 0]:
            put(e, **{name: place})
            check_all(e, IMAGE, EDGES)


def test_a_cell_that_is_gone_gives_way_to_the_last_one():
    e = explore_stack(IMAGE, EDGES)
    put_at_once(e, padding="same")
    put_at_once(e, row=16, column=19)
    put(e, stride=2)
    assert (e.controls["row"].value, e.controls["column"].value) == (8, 9)
    put(e, padding="valid")
    assert (e.controls["row"].value, e.controls["column"].value) == (3, 4)
    check_all(e, IMAGE, EDGES)


def test_pointing_traces_any_cell_of_any_layer():
    e = explore_stack(IMAGE, EDGES)
    for grid, row, column in [(1, 14, 17), (3, 10, 13), (2, 12, 15), (2, 0, 0), (1, 14, 0)]:
        before = e.frames
        point_at(e, grid, row, column)
        assert e.frames == before + 1
        assert e.settings["layer"] == grid
        assert (e.settings["row"], e.settings["column"]) == (row, column)
        check_all(e, IMAGE, EDGES)


def test_pointing_elsewhere_or_again_draws_nothing():
    e = explore_stack(IMAGE, EDGES)
    point_at(e, 1, 14, 17)
    before, settings = e.frames, e.settings
    point_at(e, 1, 14, 17)
    point_at(e, 0, 3, 3)
    point_at(e, 1, -2, 0)
    leave(e)
    assert (e.frames, e.settings) == (before, settings)


def test_relu_changes_what_is_shown_and_scales_stay():
    e = explore_stack(IMAGE, EDGES)
    limits = [grid.limit for grid in e.scene.grids]
    pictures = set()
    for stride, padding, relu in SETTINGS:
        put_at_once(e, stride=stride, padding=padding, relu=relu)
        assert [grid.limit for grid in e.scene.grids] == limits
        assert (min(grid.values.min() for grid in e.scene.grids[1:]) < 0) == (not relu)
        pictures.add(bytes(e.picture.value))
    assert len(pictures) == len(SETTINGS)


@pytest.mark.parametrize("start", [0, 1])
def test_scales_are_as_wide_as_the_widest_setting_and_no_wider(start):
    image = np.ones((17, 19), dtype=int)
    image[start::2, start::2] = 9  # a first stride of 2 meets only these, with one of the paddings
    presets = ("identity", "box blur")
    runs = [layers(image, presets, *setting) for setting in SETTINGS]
    widest = [max(np.abs(run[number]).max() for run in runs) for number in (0, 1)]
    assert widest == [9, 9] > [9, max(np.abs(run[1]).max() for run in runs[:4])]
    assert [grid.limit for grid in explore_stack(image, presets).scene.grids] == [9, 9, 9]


def test_a_layer_alone_has_no_choice_of_layer():
    assert explore_stack(IMAGE, ["Sobel x"]).controls["layer"].disabled
    assert not explore_stack(IMAGE, EDGES[:2]).controls["layer"].disabled


@pytest.mark.parametrize("name", KERNELS)
def test_every_named_kernel_can_be_a_layer(name):
    check_all(explore_stack(IMAGE, (name, "box blur")), IMAGE, (name, "box blur"))


@pytest.mark.parametrize("shape", [(16, 16), (16, 200), (200, 16), (31, 44)])
def test_the_picture_fits_on_a_screen(shape):
    image = RANDOM.integers(0, 9, shape)
    e = explore_stack(image, EDGES)
    for padding, layer in itertools.product(("valid", "same"), (1, 3)):
        put_at_once(e, padding=padding, layer=layer)
        check_all(e, image, EDGES)
        assert e.scene.height <= 620
        for left, right in itertools.pairwise(e.scene.grids):
            assert left.x + left.width < right.x
        assert e.scene.grids[-1].x + e.scene.grids[-1].width <= 1000
        lowest = max(grid.y + grid.height for grid in e.scene.grids)
        assert lowest < min(text.y for text in e.scene.texts)


def test_a_photograph_is_shown_in_grey():
    camera = sample("photograph: camera")
    e = explore_stack(camera, EDGES)
    check_all(e, camera, EDGES)
    looks = [(grid.look, grid.limit) for grid in e.scene.grids]
    assert looks[0] == ("grey", 255)
    assert {look for look, _ in looks[1:]} == {"signed"}
