"""The explorer of channels: everything on screen against SciPy, pointing, the written sum."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from scipy.signal import correlate

from helpers.drawing import COLOUR, GREY, range_sentence
from helpers.explorers import explore_channels
from helpers.kernels import KERNELS
from helpers.samples import sample
from tests.explorers import put, put_at_once
from tests.overlaps import collisions
from tests.pointer import leave, point, point_at

CAT = sample("photograph: cat (colour)")[::2, 2:146:2]
CHANNELS = ("red", "green", "blue")
RANDOM = np.random.default_rng(11)
NOISE = RANDOM.integers(0, 256, (7, 9, 3), dtype=np.uint8)


def window(e):
    return e.settings["row"], e.settings["column"]


def check_screen(e, photograph):
    """Compare all that is on screen with one three-dimensional correlation by SciPy."""
    now, image = e.settings, photograph.astype(float)
    filters = np.stack([KERNELS[now["preset"]] * now[name] for name in CHANNELS], axis=2)
    parts = [
        correlate(image[:, :, i], filters[:, :, i], mode="valid", method="direct") for i in range(3)
    ]
    total = correlate(image, filters, mode="valid", method="direct")[:, :, 0]
    arrays = [*np.moveaxis(photograph, 2, 0), photograph, *np.moveaxis(filters, 2, 0), *parts]
    for grid, wanted in zip(e.scene.grids, [*arrays, total], strict=True):
        np.testing.assert_allclose(grid.values, wanted, atol=1e-8)
    frames = [(*window(e), size, size, "window") for size in 4 * [3] + 4 * [1]]
    assert [mark for grid in e.scene.grids for mark in grid.marks] == frames
    assert [grid.look for grid in e.scene.grids[:4]] == [GREY] * 3 + [COLOUR]
    heaviest = 2 * np.abs(KERNELS[now["preset"]]).max()
    limits = [*4 * [255], *3 * [heaviest], *4 * [765]]
    np.testing.assert_allclose([grid.limit for grid in e.scene.grids], limits)
    maps = e.scene.grids[7:]
    assert [grid.title for grid in maps] == [*(f"Part, {n}" for n in CHANNELS), "Feature map"]
    for grid in maps:
        assert range_sentence(grid.title, grid.values) in e.description
    signs = sorted((text.x, text.text) for text in e.scene.texts if text.text in "+=")
    assert [sign for _, sign in signs] == ["+", "+", "="]
    assert collisions(e.scene) == ([], [])
    check_sum(e, [part[window(e)] for part in parts])


def check_sum(e, sums):
    """Read the sum that is written down back from the sentence."""
    place = f"Row {e.settings['row']}, column {e.settings['column']}: "
    written = re.search(re.escape(place) + r"(.*?)\. One filter has", e.description).group(1)
    assert any(text.text == place + written for text in e.scene.texts)
    assert "+ −" not in written
    terms, sign, total = re.fullmatch(r"(.*) ([=≈]) (.*)", written).groups()
    numbers = [float(t.replace(" ", "")) for t in re.findall(r"-? ?[\d.]+", as_ascii(terms))]
    np.testing.assert_allclose(numbers, sums, atol=0.0051)
    assert float(as_ascii(total)) == pytest.approx(sum(sums), abs=0.0051)
    if any(abs(round(value, 2) - value) > 1e-9 for value in sums):
        assert sign == "≈"
    elif all(value.is_integer() for value in sums):
        assert sign == "="


def as_ascii(text):
    return text.replace("−", "-").replace("+", " ")


# --- Controls and pointing ------------------------------------------------------------------------


@pytest.mark.parametrize("preset", KERNELS)
def test_every_kernel(preset):
    e = explore_channels(CAT, preset)
    check_screen(e, CAT)
    put_at_once(e, red=-1.5, green=0, blue=-0.5, row=47, column=RANDOM.integers(70).item())
    check_screen(e, CAT)


def test_one_filter_gives_one_map_with_whole_numbers():
    e = explore_channels(CAT)
    assert e.feature_map.shape == (48, 70)
    assert e.feature_map.dtype == np.int64
    assert "Row 24, column 35: 274 + 319 + 323 = 916." in e.description
    assert "3 × 3 × 3 = 27 weights and gives one feature map." in e.description
    assert list(e.controls["red"].options) == [
        (text, float(text.replace("−", "-")))
        for text in ("−2", "−1.5", "−1", "−0.5", "0", "0.5", "1", "1.5", "2")
    ]


def test_a_share_of_zero_silences_its_channel():
    e = explore_channels(CAT, "identity")
    put_at_once(e, red=0, blue=0)
    np.testing.assert_array_equal(e.feature_map, CAT[1:-1, 1:-1, 1])
    assert "Part, red 48 × 70, every value 0, sum 0." in e.description


def test_opposite_shares_leave_nothing_of_grey():
    e = explore_channels(np.repeat(NOISE[:, :, :1], 3, axis=2), "sharpen")
    put_at_once(e, green=0.5, blue=-1.5)
    assert not e.feature_map.any()


@pytest.mark.parametrize("number", [7, 8, 9, 10])
def test_pointing_at_a_map_chooses_the_window(number):
    e = explore_channels(CAT)
    for place in ((0, 0), (47, 69), (3, 50), (40, 2)):
        point_at(e, number, *place)
        assert window(e) == place
        check_screen(e, CAT)


def test_pointing_elsewhere_changes_nothing():
    e = explore_channels(CAT)
    before = e.frames, e.settings, e.picture.value
    for number in range(7):
        point_at(e, number, 1, 1)
    point(e, 2, 2)
    leave(e)
    assert (e.frames, e.settings, e.picture.value) == before


# --- The picture ----------------------------------------------------------------------------------


def test_the_orange_window_is_drawn_on_the_photograph_too():
    e = explore_channels(CAT)
    with Image.open(io.BytesIO(e.picture.value)) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    orange = (np.abs(pixels.astype(int) - (245, 124, 0)) <= 3).all(axis=2)
    for number in (0, 1, 2, 3, 7, 8, 9, 10):
        grid = e.scene.grids[number]
        box = orange[grid.y : grid.y + grid.height, grid.x : grid.x + grid.width]
        assert box.any(), grid.title


def test_the_weights_are_written_as_fractions():
    e = explore_channels(CAT, "box blur")
    assert {text for row in e.scene.grids[4].texts for text in row} == {"1/9"}
    put(e, red=-0.5)
    assert {text for row in e.scene.grids[4].texts for text in row} == {"−1/18"}


@pytest.mark.parametrize("shape", [(3, 3, 3), (3, 40, 3), (60, 4, 3), (128, 128, 3)])
def test_small_and_tall_and_large_photographs(shape):
    image = RANDOM.integers(0, 256, shape, dtype=np.uint8)
    e = explore_channels(image, "emboss")
    check_screen(e, image)
    assert e.scene.height <= 640
    point_at(e, 10, 0, 0)
    assert window(e) == (0, 0)
