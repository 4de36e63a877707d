"""The explorer of stacked layers: maps layer by layer, what a cell sees against changed pixels."""

import itertools

import numpy as np
import pytest

from helpers.drawing import number_text, range_sentence
from helpers.explorers import explore_stack
from helpers.kernels import KERNELS
from helpers.samples import sample
from tests.explorers import put, put_at_once, slide
from tests.overlaps import collisions
from tests.pointer import leave, point_at

RANDOM = np.random.default_rng(12)
IMAGE = RANDOM.integers(-4, 5, size=(17, 20))
EDGES = ("Sobel x", "Sobel y", "box blur")
BLURS = ("box blur",) * 3  # no weight of 0: every pixel of a field counts
SETTINGS = [
    {"stride": stride, "padding": padding, "relu": relu}
    for stride, padding, relu in itertools.product((1, 2), ("valid", "same"), (False, True))
]


def layers(image, presets, *, stride=1, padding="valid", relu=False):
    """Return the output of every layer."""
    outputs, x = [], image
    for number, name in enumerate(presets):
        x = slide(x, KERNELS[name], stride=1 if number else stride, padding=padding)
        x = np.maximum(x, 0) if relu else x
        outputs.append(x)
    return outputs


def changed(image, presets, **options):
    """Return, per layer, which outputs change with which pixel: (rows, columns, H, W) of bool."""
    before = layers(image, presets, **options)
    found = [np.zeros((*m.shape, *image.shape), dtype=bool) for m in before]
    for pixel in np.ndindex(image.shape):
        other = image.copy()
        other[pixel] += 1000
        for table, old, new in zip(found, before, layers(other, presets, **options), strict=True):
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


def check_all(e, image, presets):
    """Compare every array, the frame of the cell and the sentence with layers by hand."""
    now = e.settings
    options = {name: now[name] for name in SETTINGS[0]}
    outputs = layers(image, presets, **options)
    titles = ["Input", *(f"Layer {number + 1}" for number in range(len(presets)))]
    assert [grid.title for grid in e.scene.grids] == titles
    for grid, wanted in zip(e.scene.grids, [image, *outputs], strict=True):
        np.testing.assert_allclose(grid.values, wanted, atol=1e-9)
        assert np.abs(wanted).max() <= grid.limit + 1e-9
        assert range_sentence(grid.title, grid.values) in e.description
    traced, place = e.scene.grids[now["layer"]].values, (now["row"], now["column"])
    assert (e.controls["row"].max, e.controls["column"].max) == tuple(n - 1 for n in traced.shape)
    assert f"Row {place[0]}, column {place[1]} of layer {now['layer']} sees" in e.description
    assert e.description.endswith(f"Its value is {number_text(traced[place].item())}.")
    assert frames_on(e)[now["layer"] :] == [
        [(*place, 1, 1)],
        *[[]] * (len(presets) - now["layer"]),
    ]
    assert collisions(e.scene) == ([], [])


@pytest.mark.parametrize("presets", [EDGES, ("emboss", "outline"), ("Laplacian",)])
def test_every_setting_of_every_layer(presets):
    e = explore_stack(IMAGE, presets)
    assert (e.settings["layer"], e.settings["relu"]) == (len(presets), True)
    assert e.controls["layer"].disabled == (len(presets) == 1)
    limits, pictures = [grid.limit for grid in e.scene.grids], set()
    for options, layer in itertools.product(SETTINGS, range(len(presets), 0, -1)):
        put_at_once(e, **options, layer=layer)
        check_all(e, IMAGE, presets)
        assert [grid.limit for grid in e.scene.grids] == limits
        lowest = min(grid.values.min() for grid in e.scene.grids[1:])
        assert (lowest < 0) == (not options["relu"])
        pictures.add(e.picture.value)
    assert len(pictures) == len(SETTINGS) * len(presets)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("stride", [1, 2])
def test_a_field_is_exactly_the_pixels_that_change_the_cell(stride, padding):
    e = explore_stack(IMAGE, BLURS)
    put_at_once(e, stride=stride, padding=padding, relu=False)
    for layer, table in enumerate(changed(IMAGE, BLURS, stride=stride, padding=padding), start=1):
        places = {tuple(RANDOM.integers(table.shape[:2]).tolist()) for _ in range(4)}
        corners = itertools.product((0, table.shape[0] - 1), (0, table.shape[1] - 1))
        for row, column in sorted(places | set(corners)):
            put_at_once(e, layer=layer, row=row, column=column)
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
    tables = changed(IMAGE, EDGES)
    for layer, table in enumerate(tables, start=1):
        for row, column in ((0, 0), (5, 6), (table.shape[0] - 1, 3)):
            put_at_once(e, layer=layer, row=row, column=column)
            assert frames_on(e)[0] == [box(table[row, column])]
    assert tables[1][4, 4].sum() < 25


@pytest.mark.parametrize("options", SETTINGS[::2])
def test_frames_on_the_layers_between_are_what_the_next_layer_reads(options):
    e = explore_stack(IMAGE, BLURS)
    put_at_once(e, **options)
    middle, last = (grid.values.shape for grid in e.scene.grids[2:])
    before = 1 if options["padding"] == "same" else 0
    for row, column in itertools.product((0, 2, last[0] - 1), (0, 3, last[1] - 1)):
        put_at_once(e, row=row, column=column)
        read = np.zeros(np.add(middle, 2 * before), dtype=bool)
        read[row : row + 3, column : column + 3] = True
        inside = read[before : before + middle[0], before : before + middle[1]]
        assert frames_on(e)[2] == [box(inside)]


def test_a_cell_that_is_gone_gives_way_to_the_last_one():
    e = explore_stack(IMAGE, EDGES)
    put(e, padding="same", row=16, column=19)
    for values, last in (({"stride": 2}, (8, 9)), ({"padding": "valid"}, (3, 4))):
        put(e, **values)
        assert (e.controls["row"].value, e.controls["column"].value) == last
        check_all(e, IMAGE, EDGES)


def test_pointing_traces_any_cell_of_any_layer():
    e = explore_stack(IMAGE, EDGES)
    for grid, row, column in [(3, 10, 13), (2, 12, 15), (2, 0, 0), (1, 14, 0), (1, 14, 17)]:
        point_at(e, grid, row, column)
        assert [e.settings[name] for name in ("layer", "row", "column")] == [grid, row, column]
    before, settings = e.frames, e.settings
    point_at(e, 0, 3, 3)
    point_at(e, 1, -2, 0)
    leave(e)
    assert (e.frames, e.settings) == (before, settings)


@pytest.mark.parametrize("start", [0, 1])
def test_scales_are_as_wide_as_the_widest_setting_and_no_wider(start):
    image = np.ones((17, 19), dtype=int)
    image[start::2, start::2] = 9  # a first stride of 2 meets only these, with one of the paddings
    presets = ("identity", "box blur")
    runs = [layers(image, presets, **options) for options in SETTINGS]
    widest = [max(np.abs(run[number]).max() for run in runs) for number in (0, 1)]
    assert widest == [9, 9] > [9, max(np.abs(run[1]).max() for run in runs[:4])]
    assert [grid.limit for grid in explore_stack(image, presets).scene.grids] == [9, 9, 9]


@pytest.mark.parametrize("name", KERNELS)
def test_every_named_kernel_can_be_a_layer(name):
    check_all(explore_stack(IMAGE, (name, "box blur")), IMAGE, (name, "box blur"))


@pytest.mark.parametrize("shape", [(16, 16), (16, 200), (200, 16), (31, 44)])
def test_the_picture_fits_on_a_screen(shape):
    image = RANDOM.integers(0, 9, shape)
    e = explore_stack(image, EDGES)
    assert [e.settings[name] for name in ("row", "column")] == [n // 2 - 3 for n in shape]
    for padding, layer in itertools.product(("valid", "same"), (1, 3)):
        put_at_once(e, padding=padding, layer=layer)
        check_all(e, image, EDGES)
        assert e.scene.height <= 620


def test_a_photograph_is_shown_in_grey():
    camera = sample("photograph: camera")
    e = explore_stack(camera, EDGES)
    check_all(e, camera, EDGES)
    looks = [(grid.look, grid.limit) for grid in e.scene.grids]
    assert looks[0] == ("grey", 255)
    assert {look for look, _ in looks[1:]} == {"signed"}
