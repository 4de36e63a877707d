"""What is on a picture, before a pixel is drawn: numbers, words, places, the sentence."""

import math
import re
from fractions import Fraction

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
    checked_image,
    convolution_scene,
    limits_for,
    nice_limit,
    show_arrays,
    show_convolution,
    side_by_side,
    snapshot,
)
from helpers.drawing.colours import COLOUR, GREY, SIGNED
from helpers.drawing.letters import (
    NUMBERED_CELL,
    SMALLEST_DIGIT,
    digit_size,
    number,
    number_width,
    text_width,
    typeface,
)
from helpers.drawing.scene import (
    BODY,
    MARGIN,
    cell_texts,
    common_cells,
    grid_texts,
    scale_box,
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
    weight_texts,
)
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, sample
from tests.overlaps import collisions

SIXTEEN_PIXELS = 16  # 12 points
RAMP = np.arange(1, 26).reshape(5, 5)


def value_of(text):
    """Return the number that a text says: a true minus, fractions and decimals."""
    return float(Fraction(text.replace("−", "-")))


def evaluated(term):
    """Return what a product such as "2·(−1/9)" comes to."""
    return math.prod(value_of(factor.strip("()")) for factor in term.removeprefix("+ ").split("·"))


def drawn(image, weights, **options):
    """Return what is shown, and its scene."""
    shown = snapshot(checked_image(image), np.array(weights), **options)
    return shown, convolution_scene(shown)


def taps_of(sliding, cell):
    """Return the cells of the padded input that have a weight in the window of an output."""
    starts = [n * s for n, s in zip(cell, sliding.stride, strict=True)]
    return {
        tuple(a + t * d for a, t, d in zip(starts, tap, sliding.dilation, strict=True))
        for tap in np.ndindex(*sliding.kernel.shape)
    }


def fed_by(shown):
    """Return the outputs that the pointed cell feeds, by asking every window."""
    sides = zip(shown.pointed, shown.sliding.amounts, strict=True)
    place = tuple(p + before for p, (before, _) in sides)
    return {c for c in np.ndindex(*shown.sliding.shape) if place in taps_of(shown.sliding, c)}


# --- Numbers -------------------------------------------------------------------------------------


@given(st.floats(-1e6, 1e6) | st.integers(-(10**9), 10**9), st.integers(1, 4))
def test_a_number_says_what_it_is(value, decimals):
    text = number_text(value, decimals)
    assert number_text(np.array([value])[0], decimals) == text
    assert abs(value_of(text) - value) <= 0.5 * 10**-decimals * (1 + 1e-6)
    assert "-" not in text  # a hyphen is shorter than a minus sign
    assert text != "−0"
    assert not ("." in text and text.endswith(("0", ".")))


@pytest.mark.parametrize(
    ("weights", "texts"),
    [
        ([1 / 9, -2 / 3, 0.0, -8.0], ["1/9", "−2/3", "0", "−8"]),
        ([1 / 16, 1 / 8, 1 / 4], ["1/16", "1/8", "1/4"]),  # never two styles in one kernel
        ([0.25, 0.2, -0.5, 3], ["0.25", "0.2", "−0.5", "3"]),
        ([math.pi, 1 / 3], ["3.14", "0.33"]),
        ([0.001, -4e-6, 0.0], ["0.001", "−4e−06", "0"]),
        ([3, -7], ["3", "−7"]),
    ],
)
def test_weights_are_fractions_where_decimals_would_not_be_exact(weights, texts):
    assert weight_texts(np.array(weights)) == [texts]


@given(st.lists(st.integers(-30, 30), min_size=1), st.integers(1, 16))
def test_fractions_with_one_denominator_are_written_exactly(over, under):
    weights = np.array(over) / under
    for text, weight in zip(weight_texts(weights)[0], weights, strict=True):
        assert abs(value_of(text) - weight) < 1e-9


def test_every_weight_of_every_named_kernel_is_written_exactly():
    for name in KERNELS:
        for size in sizes(name):
            weights = kernel(name, size)
            said = [[value_of(text) for text in row] for row in weight_texts(weights)]
            np.testing.assert_allclose(said, weights, atol=0.005)


def test_shapes_and_places_in_words():
    assert size_text((4, 5, 3)) == "4 × 5"
    assert place_text((np.int64(2), np.int64(3), np.int64(0))) == "row 2, column 3, channel 0"
    assert per_axis_text((3,)) == "3"
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
    r" Output size (?P<formulas>.*?)\. The colours of the feature map end at (?P<limit>\S+)\."
    r"( Window for (?P<place>.*?): sum (?P<total>\S+)\.)?"
    r"( Input (?P<pointed>.*?) feeds (?P<fed>\d+) of (?P<every>\d+) outputs\.)?"
)


WORDS = {
    "zeros": "with zeros",
    "edge": "by repeating the edge",
    "reflect": "by reflection",
    "wrap": "by wrapping around",
}


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
    assert said["border"] == (WORDS[border] if amount else None)
    assert said["flip"] == ("flipped" if flip else "not flipped")
    rows = [[value_of(w) for w in row.split()] for row in re.findall(r"\[(.*?)\]", said["rows"])]
    assert rows == (np.flip(weights) if flip else weights).tolist()
    assert said["stride"] == (None if stride == 1 else str(stride))
    check_formulas(said["formulas"], stride, expected.shape)
    assert value_of(said["limit"]) == scene.grids[-1].limit
    assert said["place"] == place_text(position)
    assert value_of(said["total"]) == expected[position]
    assert (int(said["every"]), int(said["fed"])) == (expected.size, len(fed_by(shown)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"padding": ((0, 1), (2, 0))}, "to 6 × 7."),
        ({"stride": (1, 2)}, "Stride 1 by 2."),
        ({"dilation": 2}, "Dilation 2."),
        ({"dilation": (2, 1)}, "Dilation 2 by 1."),
    ],
)
def test_the_sentence_names_what_differs_between_axes_and_dilation(options, words):
    assert words in drawn(RAMP, [[1, 2], [3, 4]], **options)[1].description


def test_the_sentence_leaves_out_what_does_nothing():
    description = drawn(RAMP, [[1]])[1].description
    for word in ("Padded", "Stride", "Dilation", "Window", "feeds", "hidden"):
        assert word not in description


# --- Scales and digits ---------------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("values", "look", "ends"),
    [
        ([-4, 4], SIGNED, ("−4", "4")),
        ([-5, 4], SIGNED, ("≤ −4", "4")),
        ([-4, 5], SIGNED, ("−4", "≥ 4")),
        ([0, 4], GREY, ("0", "4")),
        ([-1, 4], GREY, ("≤ 0", "4")),
    ],
)
def test_the_ends_of_a_scale_tell_where_values_are_beyond_them(values, look, ends):
    grid = Grid(np.array([values]), "", y=60, look=look, limit=4.0)
    assert tuple(text.text for text in grid_texts(grid)) == ends


@pytest.mark.parametrize("size", range(SMALLEST_DIGIT, 60, 5))
def test_digits_are_at_least_nine_pixels_high_and_as_wide_as_announced(size):
    for text in ("0", "−8", "−3.25", "1/9", "0.67"):
        coverage, _ = number(text, size)
        rows = np.flatnonzero(coverage.any(axis=1))
        assert rows[-1] - rows[0] + 1 >= 9
        assert coverage.shape[1] == number_width(text, size)


@pytest.mark.parametrize("cell", range(NUMBERED_CELL, 67, 3))
def test_numbers_leave_room_for_the_frame_between_two_cells(cell):
    for texts in (["0"], ["8", "−8"], ["−3.25"], ["1/9", "0"], ["255"], ["−1530"], ["0.6", "12"]):
        size = digit_size(texts, cell)
        if size:
            assert size >= SMALLEST_DIGIT
            assert max(number_width(text, size) for text in texts) <= cell - 3
            assert number("8", size)[0].shape[0] <= cell - 3


def test_a_number_that_is_the_widest_only_in_larger_digits_fits_into_its_cell():
    small, large = (number_width(text, SMALLEST_DIGIT) for text in ("4.44", "2.02"))
    assert small <= large
    assert number_width("4.44", digit_size(["2.02", "4.44"], 31)) <= 31


def test_digits_are_as_large_as_their_cell_allows():
    for cell in (25, 40, 66):
        size = digit_size(["−25"], cell)
        assert size >= 0.4 * cell
        assert number_width("−25", size) > 0.6 * cell


def test_cells_too_small_for_two_decimals_show_one_and_then_none():
    grid = Grid(np.array([[-0.123, 0.456]]), "", cell=60)
    assert cell_texts(grid)[0] == ["−0.12", "0.46"]
    assert cell_texts(grid, 33)[0] == ["−0.1", "0.5"]
    assert cell_texts(grid, 18)[2] == 0
    assert cell_texts(Grid(np.array([[1234567]]), "", cell=30))[2] == 0
    texts, which, _ = cell_texts(Grid(np.array([[7, 1], [1, 7]]), "", cell=30))
    assert [texts[n] for n in which.ravel()] == ["7", "1", "1", "7"]


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
    right, bottom = x + grid.width, y + grid.height
    for place in ((x - 0.01, y), (x, y - 0.01), (right, y), (x, bottom), (-1, -1)):
        assert grid.cell_at(*place) is None


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
    return rng.integers(-20, 21, rng.integers(1, 60)), rng.integers(-8, 9, rng.integers(1, 8))


def random_scene(make, seed):
    """Return what is shown, and its scene, for random settings under which the kernel fits."""
    rng = np.random.default_rng(seed)
    while True:
        image, weights = make(rng)
        options = {
            "stride": int(rng.integers(1, 5)),
            "dilation": int(rng.integers(1, 4)),
            "padding": ["valid", "same", "full", 1, 2, 3][rng.integers(6)],
            "border": sorted(BORDERS)[rng.integers(4)],
            "flip": bool(rng.integers(2)),
        }
        try:
            sliding = snapshot(image, weights, **options).sliding
            break
        except ValueError:
            continue
    position = tuple(int(rng.integers(n)) for n in sliding.shape)
    pointed = tuple(int(rng.integers(n)) for n in sliding.x.shape)
    marks = {"position": position, "pointed": pointed if rng.random() < 0.5 else None}
    return drawn(image, weights, **marks, **options)


@pytest.mark.parametrize("seed", range(40))
def test_the_arrays_of_a_picture(seed):
    shown, scene = random_scene(random_picture, seed)
    sliding, (image, weights, *_, feature_map) = shown.sliding, scene.grids
    assert [grid.title for grid in (image, weights, feature_map)] == [
        "Input",
        "Kernel",
        "Feature map",
    ]
    assert image.x + image.width < weights.x < weights.x + weights.width < feature_map.x
    if shown.photograph is None:
        mode = "constant" if sliding.border == "zeros" else sliding.border
        assert np.array_equal(image.values, np.pad(sliding.x, sliding.amounts, mode=mode))
    turned = np.flip(sliding.kernel) if sliding.flip else sliding.kernel
    assert np.array_equal(weights.values, turned)
    said = [[value_of(text) for text in row] for row in weights.texts]
    np.testing.assert_allclose(said, weights.values, atol=0.00501)
    assert np.array_equal(feature_map.values, shown.feature_map)
    padding = np.ones(image.values.shape[:2], dtype=bool)
    sides = zip(sliding.amounts, sliding.x.shape, strict=True)
    padding[tuple(slice(before, before + n) for (before, _), n in sides)] = False
    unused = np.ones_like(padding)
    for cell in np.ndindex(*sliding.shape) if unused.size < 2000 else ():
        for tap in taps_of(sliding, cell):
            unused[tap] = False
    assert np.array_equal(image.hatched if image.hatched is not None else padding & False, padding)
    if unused.size < 2000:
        mask = image.unused if image.unused is not None else unused & False
        assert np.array_equal(mask, unused)


@pytest.mark.parametrize("seed", range(40))
def test_a_window_too_small_to_be_seen_is_shown_enlarged_with_its_numbers(seed):
    shown, scene = random_scene(random_picture, seed)
    sliding, image, weights = shown.sliding, scene.grids[0], scene.grids[1]
    side = min((k - 1) * d + 1 for k, d in zip(sliding.kernel.shape, sliding.dilation, strict=True))
    assert (len(scene.grids) == 4) == (side * image.cell < 24)
    if len(scene.grids) < 4:
        return
    window = scene.grids[2]
    assert (window.title, window.cell, window.x) == ("Window", weights.cell, weights.x)
    assert window.y + window.height < weights.y  # each value above its weight
    first = image.values[..., 0] if image.values.ndim == 3 else image.values
    taps = sorted(taps_of(sliding, shown.position))
    assert window.values.ravel().tolist() == [first[tap] for tap in taps]
    assert cell_texts(window)[2] > 0
    if image.hatched is not None:
        assert window.hatched.ravel().tolist() == [image.hatched[tap] for tap in taps]
    assert (window.look, window.limit) == (SIGNED if image.look == SIGNED else GREY, image.limit)


@pytest.mark.parametrize("seed", range(40))
def test_frames_are_where_window_and_output_are(seed):
    shown, scene = random_scene(random_picture, seed)
    sliding, (image, weights, *_, feature_map) = shown.sliding, scene.grids
    starts = [n * s for n, s in zip(shown.position, sliding.stride, strict=True)]
    spans = [(k - 1) * d + 1 for k, d in zip(sliding.kernel.shape, sliding.dilation, strict=True)]
    frames = [mark for mark in image.marks if mark.role == "window"]
    assert frames == [Mark(*starts, *spans)]
    spread = {(mark.row, mark.column) for mark in image.marks if mark.role == "weight"}
    taps = taps_of(sliding, shown.position)
    assert spread == (taps if spans != list(sliding.kernel.shape) else set())
    assert weights.marks == (Mark(0, 0, *sliding.kernel.shape),)
    assert feature_map.marks[0] == Mark(*shown.position, 1, 1)
    followed = [mark for mark in image.marks if mark.role == "pointed"]
    fed = {(m.row, m.column) for m in feature_map.marks if m.role == "pointed"}
    if shown.pointed is None:
        assert not followed
        assert not fed
        return
    place = tuple(p + b for p, (b, _) in zip(shown.pointed, sliding.amounts, strict=True))
    assert followed == [Mark(*place, 1, 1, "pointed")]
    assert fed == fed_by(shown)


def test_without_a_position_nothing_is_framed_or_written_out():
    _, scene = drawn(RAMP, [[1, 2]])
    assert len(scene.grids) == 3
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
    assert len([t for t in scene.texts if t.text == "+"]) == len(terms) - 1
    (total,) = [t.text for t in scene.texts if t.text.startswith("=  ")]
    assert value_of(total.removeprefix("=  ")) == pytest.approx(shown.window.total, abs=0.00501)
    rounding = np.abs(shown.window.values).sum() * 0.005 + len(terms) * 0.01
    assert sum(map(evaluated, terms)) == pytest.approx(shown.window.total, abs=rounding)
    formulas = [t.text for t in scene.texts if "⌊" in t.text]
    wanted = [size_formula(shown.sliding, axis) for axis in range(shown.sliding.x.ndim)]
    if len(set(wanted)) == 2:
        wanted = [f"rows: {wanted[0]}", f"columns: {wanted[1]}"]
    assert formulas == list(dict.fromkeys(wanted))


@pytest.mark.parametrize(
    ("options", "subtitles"),
    [
        ({}, ("5 × 5", "2 × 3, flipped", "4 × 3")),
        ({"flip": False}, ("5 × 5", "2 × 3, not flipped", "4 × 3")),
        ({"padding": 1}, ("5 × 5, padded to 7 × 7", "2 × 3, flipped", "6 × 5")),
        ({"dilation": 2}, ("5 × 5", "2 × 3, spans 3 × 5", "3 × 1")),
        ({"stride": (1, 2)}, ("5 × 5", "2 × 3, flipped", "4 × 2, stride 1 by 2")),
    ],
)
def test_subtitles_name_sizes_and_settings(options, subtitles):
    _, scene = drawn(RAMP, np.ones((2, 3), int), **options)
    assert tuple(grid.subtitle for grid in scene.grids) == subtitles


@pytest.mark.parametrize(("shape", "written"), [((8, 8), 64), ((5, 13), 1)])
def test_up_to_64_products_are_written_and_more_are_counted(shape, written):
    _, scene = drawn(np.ones(shape, int), np.ones(shape, int), position=(0, 0))
    products = [text.text for text in scene.texts if text.text in ("1·1", "65 products")]
    assert len(products) == written


@pytest.mark.parametrize(("flip", "sign"), [(True, "∗"), (False, "⋆")])
def test_the_sign_of_the_operation_is_before_the_kernel(flip, sign):
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
    assert [grid.look for grid in scene.grids] == [COLOUR, SIGNED, GREY, COLOUR]


def test_looks_of_photographs():
    camera = sample("photograph: camera")
    assert [g.look for g in drawn(camera, KERNELS["box blur"])[1].grids] == [GREY, SIGNED, GREY]
    assert [g.look for g in drawn(camera, KERNELS["Sobel x"])[1].grids] == [GREY, SIGNED, SIGNED]
    assert [g.look for g in drawn(RAMP, KERNELS["box blur"])[1].grids] == [SIGNED] * 3
    padded = drawn(camera, KERNELS["box blur"], padding=2, border="edge")[1].grids[0]
    assert np.array_equal(padded.values, np.pad(camera, 2, mode="edge"))
    assert padded.limit == 255


# --- Hidden numbers ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("image", "weights", "hidden"),
    [
        (np.array([[0, 3, 0], [5, 0, 0], [0, 0, 7]]), [[211, 100], [30, 0]], (0, 0)),
        (np.array([1, 0, 2, 5]), [200, 31, 7], (1,)),
        (np.array([[0.5, 3, 0], [5, 0, 0.25], [0, 0, 7]]), [[0.25, 100], [30, 0]], (0, 0)),
    ],
)
def test_a_hidden_number_is_written_nowhere(image, weights, hidden):
    shown, scene = drawn(image, weights, position=hidden, hidden=hidden)
    secret = number_text(shown.feature_map[hidden].item())
    assert len(secret) > 2
    grid = scene.grids[-1]
    cell = (0, *hidden)[-2:]
    assert grid.texts[cell[0]][cell[1]] == HIDDEN
    assert grid.values[cell] == 0  # its colour gives nothing away either
    everything = [t.text for t in scene.texts] + [g.subtitle for g in scene.grids]
    everything += [text for g in scene.grids if g.texts for row in g.texts for text in row]
    assert not any(secret in text for text in everything)
    assert secret not in scene.description
    assert "hidden" in scene.description
    assert not any("=  " in text for text in everything)
    values = np.atleast_2d(shown.feature_map)
    for place in np.ndindex(*values.shape):
        if place != cell:
            said = value_of(grid.texts[place[0]][place[1]])
            assert said == pytest.approx(values[place], abs=0.0051)
    assert shown.feature_map[hidden] != 0  # the array itself is not blanked out


def test_another_number_may_be_hidden_than_the_one_that_is_written_out():
    _, scene = drawn(RAMP, [[1, 2], [3, 4]], position=(0, 0), hidden=(1, 1))
    totals = [text.text for text in scene.texts if text.text.startswith("=  ")]
    assert totals == ["=  29"]  # 4 + 6 + 12 + 7


def test_hiding_leaves_the_room_for_the_arithmetic():
    for weights in ([[1, 2, 3]] * 3, [[1]], [[1, 2]] * 4):
        open_, closed = (
            drawn(RAMP, weights, position=(0, 0), hidden=hidden)[1] for hidden in (None, (0, 0))
        )
        assert open_.height == closed.height  # the picture does not jump when it is revealed


# --- Sequences -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(60))
def test_a_sequence_is_above_its_kernel_products_and_sums(seed):
    shown, scene = random_scene(random_signal, seed)
    sliding = shown.sliding
    assert [g.title for g in scene.grids] == ["Input", "Kernel", "Products", "Feature map"]
    row, taps, products, output = scene.grids
    assert len({grid.cell for grid in scene.grids}) == 1
    assert all(grid.scale for grid in scene.grids)
    cell, step = row.cell, sliding.dilation[0]
    start = shown.position[0] * sliding.stride[0]
    assert taps.x == products.x == row.x + start * cell  # window under window
    assert Mark(0, start, 1, taps.values.shape[1]) in row.marks
    assert output.marks[0] == Mark(0, shown.position[0], 1, 1)
    under = row.values[0, start : start + taps.values.shape[1]]
    assert np.array_equal(taps.values[0, ::step], shown.window.weights)
    assert np.array_equal(products.values[0], under * taps.values[0])
    assert output.values[0, shown.position[0]] == products.values.sum()
    between = np.arange(taps.values.size) % step != 0
    assert not taps.values[0][between].any()
    assert not any(np.array(taps.texts[0])[between])
    assert (taps.limit, products.limit) == (shown.limits.kernel, shown.limits.map)


def numbered(scene, grid):
    """Return for each index below a row the x of the middle of its cell."""
    near = [t for t in scene.texts if grid.y + grid.cell < t.y < grid.y + grid.cell + 30]
    return {int(t.text): t.x for t in near if t.anchor == "m"}


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("padding", ["same", "full"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_output_n_is_under_input_n_and_both_are_numbered(padding, size, flip):
    shown, scene = drawn(np.arange(9), np.ones(size, int), padding=padding, flip=flip)
    above, below = (numbered(scene, grid) for grid in (scene.grids[0], scene.grids[-1]))
    assert list(above) == list(range(9))
    assert list(below) == list(range(shown.feature_map.size))
    assert all(above[n] == below[n] for n in above)
    row, before = scene.grids[0], shown.sliding.amounts[0][0]
    assert above[0] == row.x + before * row.cell + row.cell // 2


@pytest.mark.parametrize(("size", "lead"), [(1, 0), (2, 0), (3, 1), (4, 1), (5, 2)])
def test_without_padding_an_output_is_under_the_middle_of_its_window(size, lead):
    row, *_, output = drawn(np.arange(9), np.ones(size, int))[1].grids
    assert output.x == row.x + lead * row.cell


def test_long_sequences_number_every_fifth_or_tenth_cell():
    _, scene = drawn(np.arange(100), [1, 0, -1])
    indices = list(numbered(scene, scene.grids[0]))
    assert indices == list(range(0, 100, indices[1]))
    assert indices[1] in (5, 10)


def test_the_pointed_sample_of_a_sequence_is_framed_behind_the_padding():
    _, scene = drawn(np.arange(5), [1, 2], pointed=(3,), padding=1)
    assert scene.grids[0].marks == (Mark(0, 4, 1, 1, "pointed"),)


def test_products_are_not_shown_without_a_window_or_for_a_hidden_number():
    for marks in ({}, {"position": (1,), "hidden": (1,)}):
        titles = [g.title for g in drawn(np.arange(5), [1, 2], **marks)[1].grids]
        assert titles == ["Input", "Kernel", "Feature map"]


# --- Arrays side by side -------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_arrays_share_one_scale(count):
    rng = np.random.default_rng(count)
    arrays = {f"A{n}": rng.integers(-9 - n, 9, (n + 2, 5)) for n in range(count)}
    scene = show_arrays(arrays).scene
    assert [grid.title for grid in scene.grids] == list(arrays)
    for grid, array in zip(scene.grids, arrays.values(), strict=True):
        assert np.array_equal(grid.values, array)
        assert grid.subtitle == size_text(array.shape)
        assert not grid.marks
    largest = max(np.abs(array).max() for array in arrays.values())
    assert {grid.limit for grid in scene.grids} == {float(largest)}
    assert {grid.limit for grid in show_arrays(arrays, limit=3).scene.grids} == {3}


@pytest.mark.parametrize("limit", [None, 48])
def test_an_array_an_eighth_as_large_has_a_scale_of_its_own_and_says_so(limit):
    arrays = {
        "one": np.eye(3),
        "eighth": 6 * np.eye(3),
        "more": 7 * np.eye(3),
        "all": 48 * np.eye(3),
    }
    scene = show_arrays(arrays | {"none": np.zeros((3, 3))}, limit=limit).scene
    assert [grid.limit for grid in scene.grids] == [1, 6, 48, 48, 48]
    own = [grid.subtitle.endswith(", own scale") for grid in scene.grids]
    assert own == [True, True, False, False, False]
    assert re.findall(r"(\w+) 3 × 3[^.]*\. Its colours end at (\d+)", scene.description) == [
        ("one", "1"),
        ("eighth", "6"),
    ]


def test_every_array_has_its_sentence():
    arrays = {"before": RAMP, "after": -2.5 * RAMP[:2]}
    first, second = re.findall(
        r"[a-z]+ \d.*?sum \S+\.(?= |$)", show_arrays(arrays).scene.description
    )
    check_range(first, "before", arrays["before"])
    check_range(second, "after", arrays["after"])


def test_photographs_among_arrays_keep_their_own_scale():
    scene = show_arrays({"photo": sample("photograph: camera"), "map": RAMP - 30}).scene
    photograph, signed = scene.grids
    assert (photograph.look, photograph.limit) == (GREY, 255)
    assert (signed.look, signed.limit) == (SIGNED, 29)


def test_padding_is_hatched_in_the_arrays_that_are_named():
    once, twice = np.pad(RAMP, 1), np.pad(RAMP, 2)
    amounts = {"once": 1, "twice": 2}
    grids = show_arrays({"x": RAMP, "once": once, "twice": twice}, padding=amounts).scene.grids
    assert grids[0].hatched is None
    assert np.array_equal(grids[1].hatched, np.pad(np.zeros((5, 5), bool), 1, constant_values=True))
    assert np.array_equal(grids[2].hatched, np.pad(np.zeros((5, 5), bool), 2, constant_values=True))
    (row,) = show_arrays({"row": [0, 7, 0]}, padding=1).scene.grids
    assert row.hatched.tolist() == [[True, False, True]]


def test_numbers_can_be_shown_in_grey():
    grids = show_arrays({"red": [[0, 3]], "green": [[1, 2]]}, look="grey").scene.grids
    assert [(grid.look, grid.limit) for grid in grids] == [(GREY, 3), (GREY, 3)]


@pytest.mark.parametrize("sides", [(8, 6, 4, 2), (4, 6, 8), (16, 14), (7, 7, 7, 7)])
def test_arrays_side_by_side_have_cells_of_one_size(sides):
    arrays = {f"{n} ({k})": np.full((n, n), 0.25) for k, n in enumerate(sides)}
    grids = show_arrays(arrays).scene.grids
    assert len({grid.cell for grid in grids}) == 1
    assert len({grid.y for grid in grids}) == 1
    assert len({scale_box(grid).top for grid in grids}) == 1  # scales in one line
    if max(sides) < 10:
        assert all(cell_texts(grid)[2] for grid in grids)


def test_an_array_that_would_be_unreadable_has_larger_cells():
    photograph, small = show_arrays({"photo": sample("photograph: camera"), "k": RAMP}).scene.grids
    assert photograph.cell < NUMBERED_CELL < small.cell
    wide, kernel_grid = side_by_side(
        [Grid(np.zeros((8, 8), int), "x"), Grid(np.full((3, 3), -0.45), "k")], width=330
    )
    assert cell_texts(wide)[2]
    assert cell_texts(kernel_grid)[0] == ["−0.45"]
    assert kernel_grid.cell > wide.cell


def test_no_decimal_is_given_up_for_cells_of_one_size():
    eight, quarters = Grid(np.eye(8), ""), Grid(np.full((4, 4), 0.25), "")
    assert common_cells([eight, quarters], [28, 40]) == [28, 40]  # 28 pixels: room for "0.2"
    assert common_cells([eight, quarters], [34, 40]) == [34, 34]


@pytest.mark.parametrize("shape", [(7, 7), (16, 16), (9, 14), (128, 100)])
def test_input_and_feature_map_have_cells_of_one_size(shape):
    image, _, feature_map = drawn(np.zeros(shape, int), np.ones((3, 3), int), stride=2)[1].grids
    assert image.cell == feature_map.cell == min(342 // max(shape), 66)


# --- Nothing runs into anything ------------------------------------------------------------------


@pytest.mark.parametrize("make", [random_picture, random_signal])
def test_nothing_runs_into_anything_and_all_can_be_read_from_afar(make):
    for seed in range(150):
        scene = random_scene(make, seed)[1]
        assert collisions(scene) == ([], []), seed
        assert all(text.size >= SIXTEEN_PIXELS for text in scene.texts)
        assert all(grid.x >= MARGIN and grid.cell >= 1 for grid in scene.grids)


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5])
def test_arrays_side_by_side_do_not_run_into_each_other(count):
    names = ["Input", "Kernel", "Mean of 7 × 7", "edge", "wrap"]
    for seed in range(30):
        rng = np.random.default_rng(seed)
        arrays = {name: rng.integers(-9, 10, rng.integers(1, 17, 2)) for name in names[:count]}
        assert collisions(show_arrays(arrays).scene) == ([], []), seed
        rows = {name: rng.integers(-9, 10, rng.integers(1, 120)) for name in names[:count]}
        assert collisions(show_arrays(rows).scene) == ([], []), seed


def test_arrays_that_would_overlap_are_refused():
    show_arrays({name: np.zeros((2, 219), int) for name in "abcd"})
    with pytest.raises(ValueError, match="up to 248 wide: allowed are those that fit"):
        show_arrays({name: np.zeros((2, 248), int) for name in "abcd"})


@pytest.mark.parametrize("shape", [(1, 1), (1, 3), (3, 1), (5, 5), (1, 5)])
@pytest.mark.parametrize("flip", [True, False])
def test_arrays_of_one_row_do_not_run_into_anything(shape, flip):
    """A kernel of one row, and a feature map of one row, beside arrays with several."""
    assert collisions(drawn(RAMP, np.ones(shape, int), position=(0, 0), flip=flip)[1]) == ([], [])


@pytest.mark.parametrize("x", [RAMP * 10**5, RAMP * 10**6, RAMP * 1000.5])
def test_large_numbers_leave_room_for_a_colour_scale(x):
    for weights in ([[9, -9], [1, 0]], np.full((5, 5), 8)):  # the second gives a map of one cell
        assert collisions(drawn(x, weights)[1]) == ([], [])
    assert collisions(show_arrays({"a": x}).scene) == ([], [])


# --- What can be drawn ---------------------------------------------------------------------------


def test_what_is_shown_is_what_was_asked_for_and_is_left_alone():
    x, weights = RAMP.copy(), np.array([[1, -1], [2, 0]])
    before = x.copy(), weights.copy()
    options = {"stride": 2, "padding": "same", "border": "wrap", "flip": False}
    picture = show_convolution(x, weights, position=(1, 1), **options)
    expected = np.array(convolved(x.tolist(), weights.tolist(), **options))
    assert np.array_equal(picture.scene.grids[-1].values, expected)
    assert picture.scene.grids[-1].marks == (Mark(1, 1, 1, 1),)
    assert np.array_equal(x, before[0])
    assert np.array_equal(weights, before[1])
