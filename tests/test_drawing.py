"""What is on a picture, before a pixel is drawn: numbers, words, colours, places, the sentence."""

import itertools
import math
import re
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import matplotlib
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reference import convolved
from scipy import signal as scipy_signal

from helpers.convolution import BORDERS, plan, window_at
from helpers.drawing import (
    Grid,
    Limits,
    Mark,
    arrays_scene,
    canvas,
    checked_image,
    convolution_scene,
    limits_for,
    nice_limit,
    snapshot,
)
from helpers.drawing import (
    scene as scene_module,
)
from helpers.drawing.scene import (
    BODY,
    COLOUR,
    GREY,
    INK,
    MARGIN,
    QUIET,
    SHORT_MINUS,
    SIGNED,
    SMALLEST_DIGIT,
    STEPS,
    WIDTH,
    cell_texts,
    colour_steps,
    digit_size,
    ink_on,
    scale_colours,
    text_width,
    typeface,
)
from helpers.drawing.words import (
    HIDDEN,
    number_text,
    per_axis_text,
    place_text,
    product_texts,
    range_sentence,
    rows_text,
    size_formula,
    size_text,
    weight_text,
)
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, sample

SIXTEEN_PIXELS = 16  # 12 points
RAMP = np.arange(1, 26).reshape(5, 5)


def value_of(text):
    """Return the number that a text says: a true minus, fractions and decimals."""
    return float(Fraction(text.replace("−", "-")))


def evaluated(term):
    """Return what a product such as "2·(−1/9)" comes to."""
    return math.prod(value_of(factor.strip("()")) for factor in term.removeprefix("+ ").split("·"))


def drawn(image, weights, *, position=None, pointed=None, hidden=None, **options):
    """Return what is shown, and its scene."""
    marks = {"position": position, "pointed": pointed, "hidden": hidden}
    shown = snapshot(image, weights, marks=marks, **options)
    return shown, convolution_scene(shown)


# --- Numbers -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (-7, "−7"),
        (100, "100"),
        (100.0, "100"),
        (-1530, "−1530"),
        (0.5, "0.5"),
        (-0.25, "−0.25"),
        (1 / 3, "0.33"),
        (2.999, "3"),
        (-0.004, "0"),
        (0.1 + 0.2, "0.3"),
        (1e6, "1000000"),
        (np.int64(-3), "−3"),
        (np.uint8(255), "255"),
        (np.float32(0.1), "0.1"),
        (np.float64(-12.5), "−12.5"),
    ],
)
def test_numbers_in_cells(value, text):
    assert number_text(value) == text


@given(st.floats(-1e6, 1e6) | st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_a_number_says_what_it_is(value, decimals):
    text = number_text(value, decimals)
    assert abs(value_of(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-6)
    assert "-" not in text  # a hyphen is shorter than a minus sign
    assert text != "−0"
    assert not ("." in text and text.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (1 / 9, "1/9"),
        (-1 / 9, "−1/9"),
        (2 / 3, "2/3"),
        (1 / 16, "1/16"),
        (1 / 49, "1/49"),
        (0.25, "0.25"),
        (0.2, "0.2"),
        (-0.5, "−0.5"),
        (3, "3"),
        (-8.0, "−8"),
        (0.0, "0"),
        (math.pi, "3.14"),
        (0.001, "0.001"),
        (-4e-6, "−4e−06"),
    ],
)
def test_weights_as_fractions_where_decimals_would_not_be_exact(value, text):
    assert weight_text(value) == text


@given(st.integers(-30, 30), st.integers(1, 16))
def test_a_weight_says_exactly_what_it_is(over, under):
    assert abs(value_of(weight_text(over / under)) - over / under) < 1e-9


@given(st.floats(-100, 100))
def test_any_weight_is_told_to_two_decimals(value):
    assert abs(value_of(weight_text(value)) - value) <= 0.005 * (1 + 1e-6)


def test_every_weight_of_every_named_kernel_is_told_exactly():
    for name in KERNELS:
        for size in sizes(name):
            for weight in kernel(name, size).ravel().tolist():
                if weight == 0 or abs(weight) > 0.01:  # the corners of a large Gaussian are less
                    assert abs(value_of(weight_text(weight)) - weight) < 0.005


def test_shapes_and_places_in_words():
    assert size_text((16, 8)) == "16 × 8"
    assert size_text((4, 5, 3)) == "4 × 5"
    assert size_text((7,)) == "7 values"
    assert place_text((2,)) == "n = 2"
    assert place_text((2, 3)) == "row 2, column 3"
    assert place_text((np.int64(2), np.int64(3), np.int64(0))) == "row 2, column 3, channel 0"
    assert per_axis_text((3,)) == per_axis_text((3, 3)) == "3"
    assert per_axis_text((3, 1)) == "3 by 1"
    assert rows_text(np.array([1, -2])) == "[1 −2]"


@given(
    st.integers(1, 300),
    st.integers(1, 9),
    st.integers(1, 5),
    st.integers(1, 4),
    st.tuples(st.integers(0, 9), st.integers(0, 9)),
)
def test_the_size_formula_comes_out(size, kernel_size, stride, dilation, amounts):
    if dilation * (kernel_size - 1) + 1 > size + sum(amounts):
        return
    sliding = plan(
        np.zeros(size),
        np.ones(kernel_size),
        stride=stride,
        dilation=dilation,
        padding=[amounts],
    )
    left, right = size_formula(sliding, 0).split(" = ")
    code = left.replace("⌊", "math.floor(").replace("⌋", ")").replace("−", "-").replace("·", "*")
    assert eval(code) == int(right) == sliding.feature_map().size
    assert str(size) in left


@pytest.mark.parametrize("flip", [True, False])
def test_products_written_out_add_up(flip):
    weights = np.array([[1 / 9, -2, 0.5], [0, -0.25, 8]])
    x = np.array([[3, -1.5, 2], [-7, 0, 255]])
    window = window_at(x, weights, (0, 0), flip=flip)
    texts = product_texts(window)
    assert [len(row) for row in texts] == [3, 3]
    for row, products in zip(texts, window.products.tolist(), strict=True):
        assert [evaluated(term) for term in row] == pytest.approx(products)
    assert all("·−" not in term and not term.startswith("−") for row in texts for term in row)


# --- The sentence --------------------------------------------------------------------------------


def check_range(sentence, name, values):
    """Compare the numbers of a sentence about an array with NumPy's."""
    if values.min() == values.max():
        low, total = re.fullmatch(rf"{name} .*, every value (\S+), sum (\S+)\.", sentence).groups()
        high, place = low, None
    else:
        pattern = rf"{name} .*, from (\S+) to (\S+), largest at (.*), sum (\S+)\."
        low, high, place, total = re.fullmatch(pattern, sentence).groups()
    for said, expected in ((low, values.min()), (high, values.max()), (total, values.sum())):
        assert value_of(said) == pytest.approx(float(expected), abs=0.0005001)
    if place is not None:
        index = tuple(int(n) for n in re.findall(r"\d+", place))
        assert values[index] == values.max()
        assert index == np.unravel_index(values.argmax(), values.shape)  # the first of them


@given(st.integers(0, 10**6), st.sampled_from([int, float, np.uint8]), st.integers(1, 2))
def test_the_range_of_an_array_is_numpys(seed, dtype, axes):
    rng = np.random.default_rng(seed)
    shape = rng.integers(1, 6, axes)
    values = rng.integers(0, 200, shape).astype(dtype)
    if dtype is float:
        values = values / 8 - 10
    if dtype is int:
        values = values - 100
    sentence = range_sentence("Input", values)
    check_range(sentence, "Input", values)
    assert f"Input {size_text(values.shape)}," in sentence


SENTENCE = re.compile(
    r"(?P<input>Input .*?\.)( Padded (?P<border>.*) to (?P<padded>[^.]*)\.)?"
    r" Kernel (?P<size>.*?), (?P<flip>flipped|not flipped): (?P<rows>.*\])\."
    r"( Stride (?P<stride>.*?)\.)?( Dilation (?P<dilation>.*?)\.)?"
    r" (?P<map>Feature map .*?\.)"
    r" Output size (?P<formulas>.*?)\. Colours of the feature map end at (?P<limit>\S+)\."
    r"( Window for (?P<place>.*?): sum (?P<total>\S+)\.)?"
    r"( Input (?P<pointed>.*?) feeds (?P<fed>\d+) of (?P<every>\d+) outputs\.)?"
)


def check_formulas(said, stride, shape):
    """Compare the ends of the size formulas, one for both axes or one each, with the shape."""
    formulas = said.split(" and ")
    sizes = shape if len(formulas) > 1 else set(shape)
    for formula, size in zip(formulas, sizes, strict=True):
        assert formula.endswith(f") / {stride}⌋ + 1 = {size}")


@pytest.mark.parametrize("seed", range(60))
def test_the_sentence_says_what_numpy_says(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(-9, 10, rng.integers(4, 9, 2))
    weights = rng.integers(-4, 5, rng.integers(1, 4, 2))
    flip, stride, amount = bool(rng.integers(2)), int(rng.integers(1, 3)), int(rng.integers(0, 3))
    border = sorted(BORDERS)[rng.integers(4)]
    padded = np.pad(x, amount, mode="constant" if border == "zeros" else border)
    expected = scipy_signal.convolve2d(padded, weights if flip else np.flip(weights), "valid")
    expected = expected[::stride, ::stride]
    position = tuple(int(rng.integers(n)) for n in expected.shape)
    pointed = tuple(int(rng.integers(n)) for n in x.shape)
    shown, scene = drawn(
        x,
        weights,
        position=position,
        pointed=pointed,
        **{"stride": stride, "padding": amount, "border": border, "flip": flip},
    )
    assert scene.description == shown.sentence
    said = SENTENCE.fullmatch(scene.description)
    for part, name, values in (("input", "Input", x), ("map", "Feature map", expected)):
        check_range(said[part], name, values)
    assert (said["padded"] or size_text(x.shape)) == size_text(padded.shape)
    assert said["flip"] == ("flipped" if flip else "not flipped")
    rows = [[value_of(w) for w in row.split()] for row in re.findall(r"\[(.*?)\]", said["rows"])]
    assert rows == (np.flip(weights) if flip else weights).tolist()
    assert said["stride"] == (None if stride == 1 else str(stride))
    check_formulas(said["formulas"], stride, expected.shape)
    assert value_of(said["limit"]) == scene.grids[-1].limit
    assert said["place"] == place_text(position)
    assert value_of(said["total"]) == expected[position]
    fed = feeds(x.shape, weights.shape, stride, amount, pointed)
    assert (int(said["every"]), int(said["fed"])) == (expected.size, len(fed))


def feeds(shape, kernel_shape, stride, amount, place):
    """Return the outputs that a cell of the input feeds, by asking every window."""
    sizes_ = [(n + 2 * amount - k) // stride + 1 for n, k in zip(shape, kernel_shape, strict=True)]
    return [
        cell
        for cell in np.ndindex(*sizes_)
        if all(
            0 <= p + amount - n * stride < k
            for p, n, k in zip(place, cell, kernel_shape, strict=True)
        )
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"padding": 1}, "Padded with zeros to 7 × 7."),
        ({"padding": 1, "border": "edge"}, "Padded by repeating the edge to 7 × 7."),
        ({"padding": 1, "border": "reflect"}, "Padded by reflection to 7 × 7."),
        ({"padding": 1, "border": "wrap"}, "Padded by wrapping around to 7 × 7."),
        ({"padding": ((0, 1), (2, 0))}, "to 6 × 7."),
        ({"stride": 2}, "Stride 2."),
        ({"stride": (1, 2)}, "Stride 1 by 2."),
        ({"dilation": 2}, "Dilation 2."),
        ({"dilation": (2, 1)}, "Dilation 2 by 1."),
        ({"flip": False}, "Kernel 2 × 2, not flipped: [1 2] [3 4]."),
        ({}, "Kernel 2 × 2, flipped: [4 3] [2 1]."),
    ],
)
def test_the_sentence_names_every_setting(options, words):
    assert words in drawn(RAMP, [[1, 2], [3, 4]], **options)[1].description


def test_the_sentence_leaves_out_what_does_nothing():
    description = drawn(RAMP, [[1]])[1].description
    for word in ("Padded", "Stride", "Dilation", "Window", "feeds", "hidden"):
        assert word not in description


# --- Colours and letters -------------------------------------------------------------------------


def luminance(colour):
    """Relative luminance after WCAG 2."""
    parts = np.asarray(colour, dtype=float) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def contrast(one, other):
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def rgb(colour):
    return [round(255 * part) for part in matplotlib.colors.to_rgb(colour)]


def test_positive_is_blue_and_negative_is_red_and_zero_is_white():
    colours = scale_colours(SIGNED).astype(int)
    steps = colour_steps(np.array([-5.0, -2.5, 0.0, 2.5, 5.0]), 5.0)
    strong_red, red, white, blue, strong_blue = colours[steps]
    assert red[0] > red[2] + 50
    assert strong_red[0] > strong_red[2] + 50
    assert blue[2] > blue[0] + 50
    assert strong_blue[2] > strong_blue[0] + 50
    assert min(white) > 240
    assert luminance(strong_red) < luminance(red) < luminance(white)
    assert luminance(strong_blue) < luminance(blue) < luminance(white)


@pytest.mark.parametrize(("look", "name"), [(SIGNED, "RdBu"), (GREY, "gray")])
def test_colours_are_those_of_matplotlib(look, name):
    theirs = matplotlib.colormaps[name](np.linspace(0, 1, STEPS))[:, :3]
    assert np.array_equal(scale_colours(look), np.round(255 * theirs))


def test_typefaces_are_found_with_and_without_asking_matplotlib(monkeypatch, tmp_path):
    told = Path(matplotlib.get_data_path(), "fonts/ttf")
    assert scene_module._typefaces() == told
    moved = SimpleNamespace(origin=str(tmp_path / "__init__.py"))
    monkeypatch.setattr(scene_module, "find_spec", lambda name: moved)
    assert scene_module._typefaces() == told


def test_only_zero_and_what_is_next_to_it_gets_the_middle_colour():
    middle = (STEPS - 1) // 2
    assert STEPS % 2 == 1
    values = np.linspace(-1, 1, 2 * 1009 + 1)  # a prime: no value lies between two colours
    steps = colour_steps(values, 1.0)
    assert steps[1009] == middle
    assert np.array_equal(steps, STEPS - 1 - steps[::-1])  # symmetric
    assert (np.diff(steps) >= 0).all()
    assert set(steps.tolist()) == set(range(STEPS))


def test_beyond_the_limit_the_last_colour_stays():
    steps = colour_steps(np.array([-1e9, -3, 3, 1e9]), 3.0)
    assert steps[-1] == steps[-2] == STEPS - 1
    assert steps[0] == steps[1] == 0


def test_greys_run_from_black_to_white():
    greys = scale_colours(GREY).astype(int)
    assert greys[0].tolist() == [0, 0, 0]
    assert greys[-1].tolist() == [255, 255, 255]
    assert (np.diff(greys[:, 0]) > 0).all()
    assert (greys == greys[:, :1]).all()


def test_text_on_white_stands_out():
    for colour in (INK, QUIET):
        assert contrast(rgb(colour), (255, 255, 255)) >= 7


@pytest.mark.parametrize("look", [SIGNED, GREY])
def test_numbers_take_the_ink_that_stands_out_more(look):
    for colour in scale_colours(look):
        ink = ink_on(colour)
        other = (255, 255, 255) if max(ink) < 128 else (17, 17, 17)
        assert contrast(colour, ink) >= contrast(colour, other) - 0.5
        assert contrast(colour, ink) >= 4.5


@pytest.mark.parametrize(
    ("bound", "limit"),
    [
        (0, 1),
        (-3, 1),
        (0.01, 0.1),
        (0.1, 0.1),
        (0.11, 0.2),
        (1, 1),
        (1.01, 2),
        (9, 9),
        (254.2, 255),
    ],
)
def test_ends_of_colour_scales(bound, limit):
    assert nice_limit(bound) == limit


@given(st.floats(1e-6, 1e6))
def test_an_end_of_a_scale_is_the_next_round_number(bound):
    limit = nice_limit(bound)
    step = 1 if bound > 1 else 0.1
    assert bound - 1e-5 <= limit < bound + step + 1e-5
    assert limit / step == pytest.approx(round(limit / step))


@given(st.integers(0, 10**6))
def test_the_scale_of_the_map_is_wide_enough(seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(rng.choice([-9, 0]), 10, (6, 6)) * rng.choice([-1, 1])
    weights = rng.integers(-5, 6, (3, 2))
    limits = limits_for(x, weights)
    for border in BORDERS:
        shown = snapshot(x, weights, padding="full", border=border)
        assert np.abs(shown.feature_map).max() <= limits.map
    assert np.abs(x).max() <= limits.input
    assert np.abs(weights).max() <= limits.kernel


def test_the_scale_of_a_photograph_stays_from_black_to_white():
    photograph = sample("photograph: camera")
    assert limits_for(photograph, np.ones((3, 3)) / 9) == Limits(255.0, 0.2, pytest.approx(255))
    assert limits_for(photograph, KERNELS["Sobel x"]).map == 255
    assert limits_for(photograph, np.ones((2, 2))).map == 4 * 255


def ink_box(text, size):
    """Return width and height of what the letters of a text cover."""
    shown = text.replace("−", SHORT_MINUS)
    left, top, right, bottom = typeface(size).getbbox(shown, anchor="ls")
    return right - left, bottom - top


@pytest.mark.parametrize("cell", range(12, 67, 3))
def test_digits_fit_into_their_cells(cell):
    for texts in (["0"], ["8", "−8"], ["−3.25"], ["1/9", "0"], ["255"], ["−1530"], ["0.67", "12"]):
        size = digit_size(texts, cell)
        if size < SMALLEST_DIGIT:
            continue
        for text in texts:
            width, height = ink_box(text, size)
            assert width <= cell - 1, (text, size)
            assert height <= cell - 1


def test_digits_are_as_large_as_their_cell_allows():
    for cell in (20, 40, 66):
        size = digit_size(["−25"], cell)
        assert size >= 0.35 * cell
        assert ink_box("−25", size)[0] > 0.6 * cell or size >= 0.4 * cell


def test_cells_too_small_for_two_decimals_show_one_and_then_none():
    values = np.array([-0.123, 0.456])
    wide = cell_texts(Grid(values, "", cell=60), values)
    assert wide[0] == ["−0.12", "0.46"]
    narrow = cell_texts(Grid(values, "", cell=21), values)
    assert narrow[0] == ["−0.1", "0.5"]
    assert narrow[1] >= SMALLEST_DIGIT
    assert cell_texts(Grid(values, "", cell=12), values) == ([], 0)
    assert cell_texts(Grid(values, "", cell=16), np.array([1234567])) == ([], 0)


def test_text_width_is_that_of_the_typeface():
    for text in ("Feature map", "⌊(5 − 3 + 2·1) / 2⌋ + 1 = 3", "row 1, column 2"):
        for size in (18, BODY, 24):
            exact = typeface(size).getlength(text)
            assert text_width(text, size) == pytest.approx(exact, rel=0.05)


# --- Cells and places ----------------------------------------------------------------------------


SIDES = st.integers(1, 9)


@given(SIDES, SIDES, st.integers(1, 60), st.integers(0, 700), st.integers(0, 99))
def test_every_pixel_of_a_cell_is_in_that_cell(rows, columns, cell, x, y):
    grid = Grid(np.zeros((rows, columns)), "", x=x, y=y, cell=cell)
    assert (grid.width, grid.height) == (columns * cell, rows * cell)
    for row, column in np.ndindex(rows, columns):
        left, top = x + column * cell, y + row * cell
        for right, down in ((0, 0), (cell - 0.01, 0), (0, cell - 0.01), (cell / 2, cell / 2)):
            assert grid.cell_at(left + right, top + down) == (row, column)
    for outside in (
        (x - 0.01, y),
        (x, y - 0.01),
        (x + grid.width, y),
        (x, y + grid.height),
        (-1, -1),
    ):
        assert grid.cell_at(*outside) is None


def random_picture(rng):
    """Return an input and a kernel that an explorer can reach."""
    image = sample(SAMPLES[rng.integers(len(SAMPLES))])
    name = list(KERNELS)[rng.integers(len(KERNELS))]
    weights = kernel(name, int(rng.choice(sizes(name))))
    if rng.random() < 0.4:
        weights = rng.integers(-16, 17, (rng.integers(1, 8),) * 2) / 2
    return image, weights


def random_signal(rng):
    """Return a sequence and a kernel."""
    x = rng.integers(-20, 21, rng.integers(1, 60))
    return x, rng.integers(-8, 9, rng.integers(1, 8))


def random_options(rng):
    return {
        "stride": int(rng.integers(1, 5)),
        "dilation": int(rng.integers(1, 4)),
        "padding": ["valid", "same", "full", 1, 2, 3][rng.integers(6)],
        "border": sorted(BORDERS)[rng.integers(4)],
        "flip": bool(rng.integers(2)),
    }


def random_scene(make, seed):
    """Return what is shown, and its scene, for random settings under which the kernel fits."""
    rng = np.random.default_rng(seed)
    while True:
        image, weights = make(rng)
        options = random_options(rng)
        try:
            sliding = snapshot(image, weights, **options).sliding
            break
        except ValueError:
            continue
    position = tuple(int(rng.integers(n)) for n in sliding.shape)
    pointed = tuple(int(rng.integers(n)) for n in sliding.x.shape)
    marks = {"position": position, "pointed": pointed if rng.random() < 0.5 else None}
    return drawn(image, weights, **marks, **options)


def covered(sliding):
    """Return which cells of the padded input some window has a weight on, by visiting them all."""
    mask = np.zeros(sliding.padded.shape, dtype=bool)
    for cell in np.ndindex(*sliding.shape):
        starts = [n * s for n, s in zip(cell, sliding.stride, strict=True)]
        cut = zip(starts, sliding.kernel.shape, sliding.dilation, strict=True)
        mask[tuple(slice(a, a + d * (k - 1) + 1, d) for a, k, d in cut)] = True
    return mask


@pytest.mark.parametrize("seed", range(40))
def test_the_three_arrays_of_a_picture(seed):
    shown, scene = random_scene(random_picture, seed)
    sliding, (left, middle, right) = shown.sliding, scene.grids
    assert [grid.title for grid in scene.grids] == ["Input", "Kernel", "Feature map"]
    assert left.x < left.x + left.width <= middle.x < middle.x + middle.width <= right.x
    assert left.y == middle.y == right.y
    if shown.photograph is None:
        mode = "constant" if sliding.border == "zeros" else sliding.border
        assert np.array_equal(left.values, np.pad(sliding.x, sliding.amounts, mode=mode))
    as_it_lies = np.flip(sliding.kernel) if sliding.flip else sliding.kernel
    assert np.array_equal(middle.values, as_it_lies)
    said = [[value_of(text) for text in row] for row in middle.texts]
    np.testing.assert_allclose(said, middle.values, atol=0.00501)
    assert np.array_equal(right.values, shown.feature_map)
    padding = np.ones(left.values.shape[:2], dtype=bool)
    sides = zip(sliding.amounts, sliding.x.shape, strict=True)
    padding[tuple(slice(before, before + n) for (before, _), n in sides)] = False
    assert np.array_equal(left.hatched if left.hatched is not None else padding & False, padding)
    unused = ~covered(sliding)
    assert np.array_equal(left.unused if left.unused is not None else unused & False, unused)


@pytest.mark.parametrize("seed", range(40))
def test_frames_stand_where_window_and_output_are(seed):
    shown, scene = random_scene(random_picture, seed)
    sliding, (left, middle, right) = shown.sliding, scene.grids
    starts = [n * s for n, s in zip(shown.position, sliding.stride, strict=True)]
    spans = [(k - 1) * d + 1 for k, d in zip(sliding.kernel.shape, sliding.dilation, strict=True)]
    assert left.marks[0] == Mark(*starts, *spans)
    assert middle.marks == (Mark(0, 0, *sliding.kernel.shape),)
    assert right.marks[0] == Mark(*shown.position, 1, 1)
    pointed = [mark for mark in (*left.marks, *right.marks) if mark.role == "pointed"]
    assert len(left.marks) + len(right.marks) == len(pointed) + 2
    if shown.pointed is None:
        assert not pointed
        return
    place = [p + b for p, (b, _) in zip(shown.pointed, sliding.amounts, strict=True)]
    assert pointed[0] == Mark(*place, 1, 1, "pointed")
    fed = {(mark.row, mark.column) for mark in pointed[1:]}
    for cell in np.ndindex(*sliding.shape):
        offsets = [p - n * s for p, n, s in zip(place, cell, sliding.stride, strict=True)]
        inside = all(
            0 <= o < span and o % d == 0
            for o, span, d in zip(offsets, spans, sliding.dilation, strict=True)
        )
        assert (cell in fed) == inside


def test_without_a_position_nothing_is_framed_or_written_out():
    _, scene = drawn(RAMP, [[1, 2]])
    assert not any(grid.marks for grid in scene.grids)
    assert not any("·" in text.text and "⌊" not in text.text for text in scene.texts)


@pytest.mark.parametrize("make", [random_picture, random_signal])
@pytest.mark.parametrize("seed", range(40))
def test_the_arithmetic_on_the_picture_comes_out(make, seed):
    shown, scene = random_scene(make, seed)
    terms = [t for t in scene.texts if "·" in t.text and "⌊" not in t.text]
    assert terms == sorted(terms, key=lambda term: (term.y, term.x))  # in reading order
    terms = [term.text for term in terms]
    assert len(terms) == shown.sliding.kernel.size
    signs = [t for t in scene.texts if t.text == "+"]
    assert len(signs) == len(terms) - 1
    (total,) = [t.text for t in scene.texts if t.text.startswith("=  ")]
    assert value_of(total.removeprefix("=  ")) == pytest.approx(shown.window.total, abs=0.00501)
    weights = np.abs(shown.window.values).sum() * 0.005 + len(terms) * 0.01
    assert sum(map(evaluated, terms)) == pytest.approx(shown.window.total, abs=weights)
    formulas = [t.text for t in scene.texts if "⌊" in t.text]
    wanted = [size_formula(shown.sliding, axis) for axis in range(shown.sliding.x.ndim)]
    if len(set(wanted)) == 2:
        wanted = [f"rows: {wanted[0]}", f"columns: {wanted[1]}"]
    assert formulas == list(dict.fromkeys(wanted))


@pytest.mark.parametrize(
    ("options", "subtitles"),
    [
        ({}, ("5 × 5", "2 × 3, flipped", "4 × 3, stride 1")),
        ({"flip": False}, ("5 × 5", "2 × 3, not flipped", "4 × 3, stride 1")),
        ({"padding": 1}, ("5 × 5, padded to 7 × 7", "2 × 3, flipped", "6 × 5, stride 1")),
        ({"dilation": 2}, ("5 × 5", "2 × 3, spans 3 × 5", "3 × 1, stride 1")),
        ({"stride": (1, 2)}, ("5 × 5", "2 × 3, flipped", "4 × 2, stride 1 by 2")),
    ],
)
def test_subtitles_tell_sizes_and_settings(options, subtitles):
    _, scene = drawn(RAMP, np.ones((2, 3), int), **options)
    assert tuple(grid.subtitle for grid in scene.grids) == subtitles


@pytest.mark.parametrize(("shape", "written"), [((8, 8), 64), ((5, 13), 1)])
def test_up_to_64_products_are_written_and_more_are_counted(shape, written):
    _, scene = drawn(np.ones(shape, int), np.ones(shape, int), position=(0, 0))
    products = [text.text for text in scene.texts if text.text in ("1·1", "65 products")]
    assert len(products) == written


@pytest.mark.parametrize(("flip", "sign"), [(True, "∗"), (False, "⋆")])
def test_the_sign_of_the_operation_stands_before_the_kernel(flip, sign):
    _, scene = drawn(RAMP, [[1, 2]], flip=flip)
    image, weights, feature_map = scene.grids
    before, equals = [text for text in scene.texts if text.text in "∗⋆="]
    assert (before.text, equals.text) == (sign, "=")
    assert image.x + image.width < before.x < weights.x
    assert weights.x + weights.width < equals.x < feature_map.x


def test_the_sums_of_a_colour_photograph_are_those_of_its_channels():
    cat = sample("photograph: cat (colour)")
    shown, scene = drawn(cat, KERNELS["sharpen"], position=(3, 4), flip=False)
    for channel in range(3):
        grey = cat[:, :, channel].astype(int)
        expected = scipy_signal.correlate2d(grey, KERNELS["sharpen"], "valid")
        assert np.array_equal(shown.feature_map[:, :, channel], expected)
    assert any("first channel" in text.text for text in scene.texts)
    assert shown.window.total == shown.feature_map[3, 4, 0]
    assert [grid.look for grid in scene.grids] == [COLOUR, SIGNED, COLOUR]


def test_looks_of_photographs():
    camera = sample("photograph: camera")
    assert [g.look for g in drawn(camera, KERNELS["box blur"])[1].grids] == [GREY, SIGNED, GREY]
    assert [g.look for g in drawn(camera, KERNELS["Sobel x"])[1].grids] == [GREY, SIGNED, SIGNED]
    assert [g.look for g in drawn(RAMP, KERNELS["box blur"])[1].grids] == [SIGNED] * 3
    assert drawn(camera, KERNELS["box blur"])[1].grids[0].limit == 255


def test_the_padding_of_a_photograph_shows_its_border():
    camera = sample("photograph: camera")
    _, scene = drawn(camera, KERNELS["box blur"], padding=2, border="edge")
    assert np.array_equal(scene.grids[0].values, np.pad(camera, 2, mode="edge"))


# --- Hidden numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "weights", "hidden"),
    [
        (np.array([[0, 3, 0], [5, 0, 0], [0, 0, 7]]), [[211, 100], [30, 0]], (0, 0)),
        (np.array([1, 0, 2, 5]), [200, 31, 7], (1,)),
        (np.array([[0.5, 3, 0], [5, 0, 0.25], [0, 0, 7]]), [[0.25, 100], [30, 0]], (0, 0)),
    ],
)
def test_a_hidden_number_is_told_nowhere(image, weights, hidden):
    shown, scene = drawn(image, weights, position=hidden, hidden=hidden)
    secret = number_text(shown.feature_map[hidden].item())
    assert len(secret) > 2
    grid = scene.grids[-1]
    cell = (0, *hidden)[-2:]
    assert grid.texts[cell[0]][cell[1]] == HIDDEN
    assert grid.values[cell] == 0  # its colour tells nothing either
    everything = [t.text for t in scene.texts] + [g.subtitle for g in scene.grids]
    everything += [text for g in scene.grids if g.texts for row in g.texts for text in row]
    assert not any(secret in text for text in everything)
    assert secret not in scene.description
    assert "hidden" in scene.description
    assert not any("=  " in text for text in everything)
    others = [(r, c) for r, c in np.ndindex(*np.shape(grid.texts)) if (r, c) != cell]
    values = np.atleast_2d(shown.feature_map)
    for place in others:
        said = value_of(grid.texts[place[0]][place[1]])
        assert said == pytest.approx(values[place], abs=0.0051)
    assert shown.feature_map[hidden] != 0  # the array itself is not blanked out


def test_another_number_may_be_hidden_than_the_one_that_is_written_out():
    _, scene = drawn(RAMP, [[1, 2], [3, 4]], position=(0, 0), hidden=(1, 1))
    assert [text.text for text in scene.texts if text.text.startswith("=  ")] == [
        "=  29"
    ]  # 4 + 6 + 12 + 7


def test_hiding_leaves_the_room_for_the_arithmetic():
    for weights in ([[1, 2, 3]] * 3, [[1]], [[1, 2]] * 4):
        open_, closed = (
            drawn(RAMP, weights, position=(0, 0), hidden=hidden)[1] for hidden in (None, (0, 0))
        )
        assert open_.height == closed.height  # the picture does not jump when it is revealed


# --- Sequences -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(40))
def test_a_sequence_stands_above_its_kernel_products_and_sums(seed):
    shown, scene = random_scene(random_signal, seed)
    sliding = shown.sliding
    assert [g.title for g in scene.grids] == ["Input", "Kernel", "Products", "Feature map"]
    signal_row, taps, products, output = scene.grids
    assert len({grid.cell for grid in scene.grids}) == 1
    cell, step = signal_row.cell, sliding.dilation[0]
    start = shown.position[0] * sliding.stride[0]
    assert taps.x == products.x == signal_row.x + start * cell  # window under window
    assert signal_row.marks[0] == Mark(0, start, 1, taps.values.shape[1])
    assert output.marks[0] == Mark(0, shown.position[0], 1, 1)
    under = signal_row.values[0, start : start + taps.values.shape[1]]
    assert np.array_equal(taps.values[0, ::step], shown.window.weights)
    assert np.array_equal(products.values[0], under * taps.values[0])
    assert output.values[0, shown.position[0]] == products.values.sum()
    assert not taps.values[0][np.arange(taps.values.size) % step != 0].any()
    assert [text for n, text in enumerate(taps.texts[0]) if n % step] == [""] * (
        taps.values.size - sliding.kernel.size
    )
    lead = (taps.values.size - 1) // 2 if sliding.stride == (1,) else 0
    assert output.x == signal_row.x + lead * cell
    assert (taps.limit, products.limit) == (shown.limits.kernel, shown.limits.map)


@pytest.mark.parametrize(("size", "lead"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
def test_the_output_of_a_sequence_stands_under_the_middle_of_windows(size, lead):
    signal_row, *_, output = drawn(np.arange(9), np.ones(size, int))[1].grids
    assert output.x == signal_row.x + lead * signal_row.cell


def test_the_pointed_sample_of_a_sequence_is_framed_behind_the_padding():
    _, scene = drawn(np.arange(5), [1, 2], pointed=(3,), padding=1)
    assert scene.grids[0].marks == (Mark(0, 4, 1, 1, "pointed"),)


def test_products_are_not_shown_without_a_window_or_for_a_hidden_number():
    titles = [g.title for g in drawn(np.arange(5), [1, 2])[1].grids]
    assert titles == ["Input", "Kernel", "Feature map"]
    titles = [g.title for g in drawn(np.arange(5), [1, 2], position=(1,), hidden=(1,))[1].grids]
    assert titles == ["Input", "Kernel", "Feature map"]


# --- Arrays side by side -------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_arrays_share_one_scale(count):
    rng = np.random.default_rng(count)
    arrays = {f"A{n}": rng.integers(-9 - n, 9, (n + 2, 5)) for n in range(count)}
    scene = arrays_scene(arrays)
    assert [grid.title for grid in scene.grids] == list(arrays)
    for grid, array in zip(scene.grids, arrays.values(), strict=True):
        assert np.array_equal(grid.values, array)
        assert grid.subtitle == size_text(array.shape)
        assert not grid.marks
    largest = max(np.abs(array).max() for array in arrays.values())
    assert {grid.limit for grid in scene.grids} == {float(largest)}
    assert {grid.limit for grid in arrays_scene(arrays, limit=3).grids} == {3}


def test_every_array_has_its_sentence():
    arrays = {"before": RAMP, "after": -2.5 * RAMP[:2]}
    first, second = re.findall(r"[a-z]+ \d.*?sum \S+\.(?= |$)", arrays_scene(arrays).description)
    check_range(first, "before", arrays["before"])
    check_range(second, "after", arrays["after"])


def test_photographs_among_arrays_keep_their_own_scale():
    scene = arrays_scene({"photo": sample("photograph: camera"), "map": RAMP - 30})
    photograph, signed = scene.grids
    assert (photograph.look, photograph.limit) == (GREY, 255)
    assert (signed.look, signed.limit) == (SIGNED, 29)


# --- Nothing runs into anything ------------------------------------------------------------------


def boxes(scene, monkeypatch):
    """Return the box of every text, every grid and every colour scale that is drawn."""
    found = []

    def write(_, text):
        left, top, right, bottom = typeface(text.size, text.bold).getbbox(text.text, anchor="ls")
        start = text.x - {"l": 0, "m": (right - left) // 2, "r": right - left}[text.anchor]
        if text.text:
            found.append((text.text, start + left, text.y + top, start + right, text.y + bottom))

    def outline(_, x, y, width, height, line, colour):
        if colour == canvas.EDGE:
            found.append(("box", x, y, x + width, y + height))

    monkeypatch.setattr(canvas, "write", write)
    monkeypatch.setattr(canvas, "_outline", outline)
    canvas.paint(scene)
    assert len(found) > len(scene.grids) + len([t for t in scene.texts if t.text])
    return found


def collisions(scene, monkeypatch):
    """Return what leaves the picture and what overlaps."""
    found = boxes(scene, monkeypatch)
    outside = [
        name
        for name, left, top, right, bottom in found
        if left < 0 or top < 0 or right > WIDTH or bottom > scene.height
    ]
    overlaps = [
        (a[0], b[0])
        for a, b in itertools.combinations(found, 2)
        if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4]
    ]
    return outside, overlaps


@pytest.mark.parametrize("make", [random_picture, random_signal])
def test_grids_never_overlap_and_stay_inside(make):
    for seed in range(200):
        scene = random_scene(make, seed)[1]
        for grid in scene.grids:
            assert grid.cell >= 1
            assert grid.x >= MARGIN
            assert grid.y > 0
            assert grid.x + grid.width <= WIDTH - MARGIN // 2
            assert grid.y + grid.height < scene.height
        for one, other in itertools.combinations(scene.grids, 2):
            beside = one.x + one.width < other.x or other.x + other.width < one.x
            below = one.y + one.height < other.y or other.y + other.height < one.y
            assert beside or below


@pytest.mark.parametrize("make", [random_picture, random_signal])
def test_text_never_runs_into_anything(make, monkeypatch):
    for seed in range(300):
        scene = random_scene(make, seed)[1]
        assert collisions(scene, monkeypatch) == ([], []), seed


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_arrays_side_by_side_do_not_run_into_each_other(count, monkeypatch):
    names = ["Input", "Kernel", "zeros", "edge", "wrap"]
    for seed in range(30):
        rng = np.random.default_rng(seed)
        arrays = {name: rng.integers(-9, 10, rng.integers(1, 17, 2)) for name in names[:count]}
        assert collisions(arrays_scene(arrays), monkeypatch) == ([], []), seed


def test_arrays_that_would_overlap_are_refused():
    arrays_scene({name: np.zeros((2, 247), int) for name in "abcd"})
    with pytest.raises(ValueError, match="up to 248 wide: allowed are those that fit"):
        arrays_scene({name: np.zeros((2, 248), int) for name in "abcd"})


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (5, 5), (1, 5)])
def test_arrays_of_one_row_do_not_run_into_anything(shape, monkeypatch):
    """A kernel of one row, and a feature map of one row, beside arrays with several."""
    for flip in (True, False):
        weights = np.ones(shape, dtype=int)
        scene = drawn(RAMP, weights, position=(0, 0), flip=flip)[1]
        assert collisions(scene, monkeypatch) == ([], [])


@pytest.mark.parametrize("x", [RAMP * 10**5, RAMP * 10**6, RAMP * 1000.5])
def test_large_numbers_leave_room_for_a_colour_scale(x, monkeypatch):
    for weights in ([[9, -9], [1, 0]], np.full((5, 5), 8)):  # the second gives a map of one cell
        scene = drawn(x, weights)[1]
        assert collisions(scene, monkeypatch) == ([], [])
    assert collisions(arrays_scene({"a": x}), monkeypatch) == ([], [])


@pytest.mark.parametrize("make", [random_picture, random_signal])
def test_everything_written_can_be_read_from_afar(make):
    for seed in range(60):
        scene = random_scene(make, seed)[1]
        assert all(text.size >= SIXTEEN_PIXELS for text in scene.texts)


def test_cells_are_as_large_as_the_room_allows_and_the_same_for_the_same_shape():
    small = drawn(np.ones((4, 4), int), [[1]])[1].grids[0]
    large = drawn(np.ones((40, 40), int), [[1]])[1].grids[0]
    assert small.cell > 60
    assert 300 <= large.width <= 324
    rows = drawn(np.ones((10, 40), int), [[1]])[1].grids[0]
    assert rows.cell == large.cell


# --- What can be shown ---------------------------------------------------------------------------


def test_images_come_back_as_arrays():
    assert checked_image([[1, 2]]).tolist() == [[1, 2]]
    assert checked_image(np.zeros((288, 1))).shape == (288, 1)
    assert checked_image(np.zeros(120)).shape == (120,)
    assert checked_image(np.zeros((2, 2, 3), np.uint8)).shape == (2, 2, 3)


@pytest.mark.parametrize(
    ("image", "said"),
    [
        (np.zeros((2, 2, 3)), "image has shape (2, 2, 3) and holds float64"),
        (np.zeros((2, 2, 4), np.uint8), "image has shape (2, 2, 4)"),
        (np.zeros((2, 2, 1), np.uint8), "image has shape (2, 2, 1)"),
        (np.zeros((289, 2)), "image has shape (289, 2)"),
        (np.zeros((2, 289)), "up to 288 values"),
        (np.zeros(121), "up to 120 values"),
        (np.zeros((300, 2, 3), np.uint8), "up to 288 values"),
    ],
)
def test_images_that_cannot_be_shown(image, said):
    with pytest.raises(ValueError, match="allowed are") as caught:
        checked_image(image)
    assert said in str(caught.value)


def test_what_is_shown_is_what_was_asked_for_and_is_left_alone():
    x, weights = RAMP.copy(), np.array([[1, -1], [2, 0]])
    before = x.copy(), weights.copy()
    options = {"stride": 2, "padding": "same", "border": "wrap", "flip": False}
    shown, _ = drawn(x, weights, position=(1, 1), pointed=(0, 0), hidden=(0, 0), **options)
    assert shown.feature_map.tolist() == convolved(x.tolist(), weights.tolist(), **options)
    assert np.array_equal(x, before[0])
    assert np.array_equal(weights, before[1])
