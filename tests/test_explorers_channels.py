"""The explorer of channels: every setting against SciPy, one frame for each action, pointing."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from scipy.signal import correlate

from helpers.drawing.scene import COLOUR, GREY, text_width
from helpers.drawing.words import number_text, range_sentence
from helpers.explorers import explore_channels
from helpers.kernels import KERNELS
from helpers.samples import sample
from tests.explorers import put
from tests.pointer import leave, point, point_at

CAT = sample("photograph: cat (colour)")[::2, 2:146:2]
CHANNELS = ("red", "green", "blue")
SHARES = np.arange(-2, 2.5, 0.5).tolist()
rng = np.random.default_rng(11)
NOISE = rng.integers(0, 256, (7, 9, 3), dtype=np.uint8)


def filter_of(settings):
    """Return the whole filter, (3, 3, 3): rows, columns, channels."""
    matrix = KERNELS[settings["preset"]]
    return np.stack([matrix * settings[name] for name in CHANNELS], axis=2)


def check_screen(e, photograph):
    """Compare all that is on screen with one three-dimensional correlation by SciPy."""
    whole, chosen = filter_of(e.settings), e.settings
    image = photograph.astype(float)
    total = correlate(image, whole, mode="valid", method="direct")[:, :, 0]
    parts = [
        correlate(image[:, :, i], whole[:, :, i], mode="valid", method="direct") for i in range(3)
    ]
    np.testing.assert_allclose(e.feature_map, total, atol=1e-8)
    grids = e.scene.grids
    assert len(grids) == 11
    for i in range(3):
        np.testing.assert_array_equal(grids[i].values, photograph[:, :, i])
        np.testing.assert_allclose(grids[4 + i].values, whole[:, :, i])
        np.testing.assert_allclose(grids[7 + i].values, parts[i], atol=1e-8)
    np.testing.assert_array_equal(grids[3].values, photograph)
    assert grids[10].values is e.feature_map
    assert [g.title for g in grids[7:]] == [*(f"Part, {n}" for n in CHANNELS), "Feature map"]
    for grid in grids[7:]:
        assert range_sentence(grid.title, grid.values) in e.description
    check_sum(e, [part[chosen["row"], chosen["column"]] for part in parts])


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
    if sign == "=":
        assert sum(numbers) == pytest.approx(float(as_ascii(total)), abs=1e-9)


def as_ascii(text):
    return text.replace("−", "-").replace("+", " ")


# --- Every control through all its values ---------------------------------------------------------


def test_every_value_of_every_control():
    e = explore_channels(CAT)
    assert e.frames == 1
    check_screen(e, CAT)
    for preset in KERNELS:
        put(e, preset=preset)
        check_screen(e, CAT)
    for name in CHANNELS:
        for share in SHARES:
            put(e, **{name: share})
            check_screen(e, CAT)
    for name in ("row", "column"):
        for value in (*range(0, e.controls[name].max, 7), e.controls[name].max):
            put(e, **{name: value})
            check_sum(e, [e.scene.grids[7 + i].values[window(e)] for i in range(3)])
    check_screen(e, CAT)


def window(e):
    return e.settings["row"], e.settings["column"]


def test_one_filter_gives_one_map_with_whole_numbers():
    e = explore_channels(CAT)
    assert e.feature_map.shape == (48, 70)
    assert e.feature_map.dtype == np.int64
    assert "Row 24, column 35: 274 + 319 + 323 = 916." in e.description
    assert "3 × 3 × 3 = 27 weights and gives one feature map." in e.description


def test_a_share_of_zero_silences_its_channel():
    e = explore_channels(CAT, "identity")
    for name in ("red", "blue"):
        put(e, **{name: 0})
    np.testing.assert_array_equal(e.feature_map, CAT[1:-1, 1:-1, 1])
    assert "Part, red 48 × 70, every value 0, sum 0." in e.description


def test_opposite_shares_leave_nothing_of_grey():
    grey = np.repeat(NOISE[:, :, :1], 3, axis=2)
    e = explore_channels(grey, "sharpen")
    for name, share in zip(CHANNELS, (1, 0.5, -1.5), strict=True):
        put(e, **{name: share})
    assert not e.feature_map.any()


def test_what_is_rounded_is_said_to_be_near():
    e = explore_channels(CAT, "Gaussian blur")
    assert " ≈ " in e.scene.texts[0].text
    put(e, preset="Sobel y")
    put(e, red=0.5)
    assert " = " in e.scene.texts[0].text


# --- Pointing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [7, 8, 9, 10])
def test_pointing_at_a_map_chooses_the_window(number):
    e = explore_channels(CAT)
    for row, column in ((0, 0), (47, 69), (3, 50), (40, 2)):
        frames = e.frames
        point_at(e, number, row, column)
        assert e.frames == frames + 1
        assert window(e) == (row, column)
        for grid in e.scene.grids[:4]:
            (mark,) = grid.marks
            assert mark == (row, column, 3, 3, "window")
        for grid in e.scene.grids[7:]:
            (mark,) = grid.marks
            assert mark == (row, column, 1, 1, "window")
        point_at(e, number, row, column)
        assert e.frames == frames + 1
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


def test_the_looks_and_scales_are_fixed():
    e = explore_channels(CAT, "outline")
    for name, share in (("red", 0.5), ("green", 0), ("blue", -2)):
        put(e, **{name: share})
        assert [grid.look for grid in e.scene.grids[:4]] == [GREY] * 3 + [COLOUR]
        assert [grid.limit for grid in e.scene.grids[:4]] == [255] * 4
        assert [grid.limit for grid in e.scene.grids[4:7]] == [16] * 3
        assert [grid.limit for grid in e.scene.grids[7:]] == [765] * 4


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


@pytest.mark.parametrize("preset", KERNELS)
def test_everything_written_fits_into_the_picture(preset):
    e = explore_channels(CAT, preset)
    for name, share in zip(CHANNELS, (-1.5, -1.5, -0.5), strict=True):
        put(e, **{name: share})
    assert e.scene.height <= 640
    for text in e.scene.texts:
        width = text_width(text.text, text.size, text.bold)
        left = text.x - (width / 2 if text.anchor == "m" else 0)
        assert left >= 0
        assert left + width <= 1000, text.text
        assert 0 < text.y < e.scene.height


def test_small_and_tall_and_large_photographs():
    for shape in ((3, 3, 3), (3, 40, 3), (60, 4, 3), (128, 128, 3)):
        image = rng.integers(0, 256, shape, dtype=np.uint8)
        e = explore_channels(image)
        check_screen(e, image)
        put(e, preset="emboss")
        check_screen(e, image)
        point_at(e, 10, 0, 0)
        assert window(e) == (0, 0)


def test_numbers_are_written_as_in_the_cells():
    e = explore_channels(CAT, "Laplacian")
    put(e, green=-1)
    row, column = window(e)
    values = [e.scene.grids[n].values[row, column].item() for n in (7, 8, 9, 10)]
    for value in values:
        assert number_text(abs(value)) in e.scene.texts[0].text
