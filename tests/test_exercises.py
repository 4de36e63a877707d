"""Verdicts on answers: every slip is named, no right answer is accused, nothing raises."""

import math
import re
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from test_colours import contrast, rgb

from helpers.convolution import convolve, output_size
from helpers.exercises import (
    MISTAKES,
    Mistake,
    check,
    check_convolution,
    check_size,
)

X = [[1, 2, 3, 0], [4, 5, 6, 1], [7, 8, 9, 5], [2, 0, 1, 3]]
KERNEL = [[1, 2], [3, 4]]
SLOPE = [[1, 2, 0], [0, 3, 1], [5, 0, 1]]
SIGNAL = [1, 2, 3, 5, 8, 2, 7]
NUMBERS = np.array([[11, 25, 31], [42, 53, 67]])
SQUARE = np.array([[11, 25, 31], [42, 53, 67], [75, 88, 92]])
ROW = [3, 1, 4, 15, 9]


def moved(values):
    """The values one position to the right, with something else coming in."""
    return [99, *values[:-1]]


def without(x, kernel, changed, **options):
    """A verdict on the answer that comes of other options than those asked for."""
    return check_convolution(convolve(x, kernel, **options | changed), x, kernel, **options)


LATER = (
    "counted_a_filter_per_channel",
    "number_of_filters_for_filter_size",
    "invariance_for_equivariance",
    "same_values",
    "along_the_gradient",
    "forgot_learning_rate",
    "gave_the_gradient",
    "forgot_factor_two",
    "forgot_mean",
)
CASES = {
    # check_convolution
    "forgot_to_flip": [
        check_convolution([[37, 47], [67, 77]], np.arange(1, 10).reshape(3, 3), KERNEL),
        check_convolution(np.convolve(SIGNAL, [2, 1], "same"), SIGNAL, [1, 2], padding="same"),
        without(SIGNAL, [1, 2], {"flip": False}, padding="same"),
        check(32, 28, forgot_to_flip=32),
    ],
    "flipped_when_not": [
        check_convolution([[23, 33], [53, 63]], np.arange(1, 10).reshape(3, 3), KERNEL, flip=False),
        without(SIGNAL, [1, 2, 3], {"flip": True}, flip=False, padding="same", stride=2),
    ],
    "flipped_one_axis": [
        check_convolution(convolve(X, np.flipud(SLOPE)), X, SLOPE),
        check_convolution(convolve(X, np.fliplr(SLOPE)), X, SLOPE),
    ],
    "transposed_kernel": [
        check_convolution(convolve(X, [[1], [2]], padding=1), X, [[1, 2]], padding=1)
    ],
    "ignored_stride": [
        without(SIGNAL, [1, 2, 4], {"stride": 1}, stride=2),
        check_size(26, 28, 3, stride=2),
    ],
    "ignored_dilation": [
        without(SIGNAL, [1, 2, 4], {"dilation": 1}, dilation=2),
        check_size(6, 8, 3, dilation=2),
    ],
    "forgot_padding": [
        without(SIGNAL, [1, 2, 4], {"padding": "valid"}, padding="same"),
        check_size(14, 16, 3, padding=1),
    ],
    "padded_one_side": [
        without(SIGNAL, [1, 2, 4], {"padding": [(1, 0)]}, padding=1),
        without(SIGNAL, [1, 2, 4], {"padding": [(0, 1)]}, padding="same"),
        without(X, SLOPE, {"padding": [(2, 0), (2, 0)]}, padding=1),
        without(X, SLOPE, {"padding": [(0, 2), (0, 2)]}, padding=1),
        check_size(15, 16, 3, padding=1),
    ],
    "other_mode": [
        without(SIGNAL, [1, 2, 4], {"padding": "full"}),
        without(SIGNAL, [1, 2, 4], {"padding": "same"}),
    ],
    "wrong_border": [
        without(X, SLOPE, {"border": "zeros"}, padding=1, border="edge"),
        without(X, SLOPE, {"border": "wrap"}, padding=1),
        without(X, SLOPE, {"border": "reflect"}, padding="same", border="edge"),
    ],
    "forgot_sum": [
        check_convolution([4, 10, 18], [1, 2, 3], [4, 5, 6]),
        check_convolution([[4, 6], [8, 5]], X, KERNEL),
    ],
    "matrix_product": [
        check_convolution(np.matmul(SQUARE, SLOPE), SQUARE, SLOPE),
        check_convolution(np.matmul(SLOPE, SQUARE), SQUARE, SLOPE, padding=1),
    ],
    # check_size
    "swapped_axes": [
        check_size([6, 4], (4, 6), 3, padding=1),
        check_size([8, 6, 4], (4, 6, 8), 3, padding=1),
    ],
    "forgot_floor": [
        check_size(13.5, 28, 3, stride=2),
        check_size(12.5, 28, 3, stride=2),
        check_size(13.33, 40, 3, stride=3),
        check_size(6.4, 28, 2, stride=5, padding=1),
        check_size(6.2, 28, 2, stride=5, padding=1),
        check_size((13.5, 13), (28, 28), 3, stride=2),
    ],
    "rounded_up": [check_size(14, 28, 3, stride=2), check_size((2, 14), (5, 28), 3, stride=2)],
    "gave_padded_size": [check_size(18, 16, 5, padding=1)],
    "gave_input_size": [check_size(16, 16, 5, padding=1), check_size(28, 28, 3, stride=2)],
    "forgot_plus_one": [check_size(12, 28, 3, stride=2), check_size(5, 8, 3)],
    "counted_weights": [
        check_size(9, 28, 3, stride=2),
        check_size(3, 28, 3, stride=2),
        check_size(9, (28, 28), 3, stride=2),
    ],
    # what later notebooks ask
    **{name: [check(7, 3, **{name: 7})] for name in LATER},
    # found in any answer
    "wrong_sign": [check(-3, 3), check([-3, 1, 0], [3, -1, 0]), check(-0.44, 4 / 9)],
    "off_by_one": [check(12, 13), check([2, 3, 6], [3, 4, 7]), check(1.44, 4 / 9)],
    "reversed": [check(ROW[::-1], ROW), check(["b", "a"], ["a", "b"])],
    "transposed": [check(NUMBERS.T, NUMBERS), check(SQUARE.T, SQUARE)],
    "mirrored": [check(np.fliplr(NUMBERS), NUMBERS)],
    "upside_down": [check(np.flipud(NUMBERS), NUMBERS)],
    "rotated": [
        check(np.rot90(NUMBERS, 2), NUMBERS),
        check(np.rot90(NUMBERS), NUMBERS),
        check(np.rot90(SQUARE, -1), SQUARE),
    ],
    "nested_too_deep": [
        check([13], 13),
        check([[n] for n in ROW], ROW),
        check(NUMBERS[None], NUMBERS),
    ],
    "flattened": [check(NUMBERS.ravel(), NUMBERS), check(13, [13]), check([13], [[13]])],
    "shifted": [
        check(moved(ROW), ROW),
        check([*ROW[1:], 99], ROW),
        check(np.roll(SQUARE, 1, axis=1), SQUARE),
        check(np.roll(SQUARE, (1, 1), axis=(0, 1)), SQUARE),
        without(SIGNAL, [1, 2, 4], {"padding": [(1, 0)]}, flip=False, stride=1, padding=[(0, 1)]),
    ],
    "order_wrong": [
        check([1, 3, 4, 15, 9], ROW),
        check([[25, 11, 31], [67, 42, 53]], NUMBERS),
        check(["a", "c", "b"], ["a", "b", "c"]),
    ],
    "rounded": [check(0.4, 4 / 9), check([0.6, 0.3], [2 / 3, 1 / 3]), check(0.66, 2 / 3)],
    "one_wrong_entry": [check([3, 1, 4, 16, 9], ROW), check([True, True], [True, False])],
    "several_wrong_entries": [
        check([3, 2, 4, 16, 9], ROW),
        check(SQUARE % 5, SQUARE),
        check([2, 2, 2, 9], [1, 2, 2, 2]),
    ],
    # another kind of answer
    "wrong_shape": [
        check(13, ROW),
        check([], ROW),
        check(NUMBERS.reshape(3, 2), NUMBERS),
        check([ROW[::-1]], ROW),
    ],
    "ragged": [check([[1, 2], [3]], [[1, 2], [3, 4]])],
    "wrong_type": [
        check("thirteen", 13),
        check("13 apples", 13),
        check(1, True),
        check(3, "three"),
        check([True, False], [1, 0]),
        check(np.array([13 + 0j]), [13]),
        check(object(), 13),
        check(b"13", 13),
        check(10**400, 13),
    ],
    "in_quotes": [
        check("13", 13),
        check("[3, 1, 4, 15, 9]", ROW),
        check(["3", "1"], [3, 1]),
        check("True", True),
        check("-1.5e3", 13),
    ],
    "function_itself": [check(convolve, ROW), check(int, 13), check([max, min], [1, 2])],
    "generator": [check((n for n in ROW), ROW), check(map(int, ROW), ROW)],
    "unordered": [check({13}, ROW), check({0: 13}, ROW), check({0: 13}.keys(), ROW)],
    "not_finite": [check(math.nan, 13), check([3, 1, 4, 15, math.inf], ROW)],
}


@pytest.mark.parametrize(
    ("name", "verdict"), [(name, verdict) for name, all_ in CASES.items() for verdict in all_]
)
def test_names_the_slip(name, verdict):
    assert verdict.mistake == name
    assert verdict.correct is False
    assert verdict.text.startswith("Not yet. ")
    assert MISTAKES[name] in verdict.text
    assert "  " not in verdict.text


def test_every_slip_that_has_a_sentence_is_reached():
    assert set(CASES) == set(MISTAKES)


def test_sentences_hold_no_numbers_and_end_in_a_stop():
    for sentence in MISTAKES.values():
        assert sentence.endswith(".")
        assert not re.search(r"\d", sentence.replace("+ 1 ", ""))


# --- Right answers -------------------------------------------------------------------------------

WHOLE = st.integers(-1000, 1000)
SHAPES = hnp.array_shapes(min_dims=0, max_dims=3, max_side=4)
ARRAYS = hnp.arrays(np.int64, SHAPES, elements=WHOLE)
CONTAINERS = [
    np.ndarray.tolist,
    lambda a: a,
    lambda a: a.astype(np.float64),
    lambda a: a.astype(np.float32),
    lambda a: a.astype(np.int16),
    lambda a: a.astype(object),
    lambda a: (a * np.float64(0.1)) * 10,
    lambda a: nested(a, tuple, int),
    lambda a: nested(a, list, float),
    lambda a: nested(a, list, Fraction),
    lambda a: nested(a, list, np.int32),
    lambda a: list(a) if a.ndim else a[()],
    lambda a: PandasLike(a),
]


class PandasLike:
    """An object that NumPy can read, without being an array."""

    def __init__(self, values):
        self.values = values

    def __repr__(self):  # names of tests must be the same in every process
        return f"PandasLike({self.values!r})"

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype=dtype)


def nested(array, container, entry):
    """The array as containers in containers, with entries of one type."""
    if array.ndim == 0:
        return entry(int(array))
    return container(nested(row, container, entry) for row in array)


@given(ARRAYS, st.sampled_from(CONTAINERS))
def test_a_right_answer_is_right_in_any_container(right, container):
    assert check(container(right), right).correct is True
    assert check(container(right), right.tolist(), forgot_to_flip=right.tolist()).correct is True


@given(
    hnp.arrays(np.float64, SHAPES, elements=st.floats(-100, 100)), st.sampled_from((2, 3, 6, 12))
)
def test_a_float_may_be_rounded_to_two_decimals(right, decimals):
    assume(np.abs(right).max() >= 0.1)
    assert check(np.round(right, decimals).tolist(), right).correct is True


@pytest.mark.parametrize(
    ("answer", "right", "correct"),
    [
        (13, 13, True),
        (13.0, 13, True),
        (13.001, 13, False),
        (1_000_000.5, 1_000_000, False),
        (2**60 + 1, 2**60, False),
        (0.1 * 30, 3, True),
        (0.44, 4 / 9, True),
        (0.449, 4 / 9, True),
        (0.45, 4 / 9, False),
        (0, 0.003, False),
        (0.0105, 0.01, True),
        (0.011, 0.01, False),
        (1_000_000.5, 1_000_000.0, True),
        (1_000_002.0, 1_000_000.0, False),
        (3 + 1e-12, 3, True),
        (3 + 1e-8, 3, False),
        (np.float32(0.2), 0.2, True),
        (1e-17, 0.0, True),
        ([], [], True),
        ([True, False], np.array([True, False]), True),
        ("Cross - Correlation", "cross-correlation", True),
        (["yes", np.str_("no")], ["Yes", "No"], True),
        (np.array([200, 8], dtype=np.uint8), [200, 8], True),
        (np.array([255, 8], dtype=np.uint8), [-1, 8], False),
        (2**64, 2**64, True),
    ],
)
def test_how_answers_are_compared(answer, right, correct):
    assert check(answer, right).correct is correct


@pytest.mark.parametrize(
    ("answer", "right", "text"),
    [
        ([1, 2], [1, 2], "Right. Every entry is correct."),
        ([1], [1], "Right."),
        ([0.44, 0.333], [4 / 9, 1 / 3], "Right, up to rounding."),
        ("yes", "yes", "Right."),
    ],
)
def test_praise_is_exact(answer, right, text):
    assert check(answer, right).text == text


SMALL = {"elements": st.integers(-9, 9), "dtype": np.int64}


@st.composite
def convolutions(draw):
    """An input, a kernel and options under which the kernel fits."""
    axes = draw(st.sampled_from((1, 2)))
    sides = st.lists(st.integers(4, 7), min_size=axes, max_size=axes)
    x = draw(hnp.arrays(shape=sides.map(tuple), **SMALL))
    small = st.lists(st.integers(1, 3), min_size=axes, max_size=axes)
    kernel = draw(hnp.arrays(shape=small.map(tuple), **SMALL))
    options = st.fixed_dictionaries(
        {
            "stride": st.integers(1, 2),
            "padding": st.sampled_from(("valid", "same", "full", 0, 1, 2)),
            "dilation": st.integers(1, 2) if max(kernel.shape) < 3 else st.just(1),
            "border": st.sampled_from(("zeros", "edge", "reflect", "wrap")),
            "flip": st.booleans(),
        }
    )
    return x, kernel, draw(options)


@given(convolutions(), st.sampled_from((np.ndarray.tolist, np.asarray, np.float64)))
def test_the_result_of_convolve_is_never_accused(case, container):
    x, kernel, options = case
    answer = container(convolve(x, kernel, **options))
    assert check_convolution(answer, x.tolist(), kernel, **options).correct is True


@given(convolutions(), convolutions())
def test_a_feature_map_is_right_exactly_if_it_equals_the_right_one(case, other):
    x, kernel, options = case
    answer = convolve(x, kernel, **other[2]) if max(kernel.shape) < 3 else convolve(*other[:2])
    same = np.array_equal(answer, convolve(x, kernel, **options))
    verdict = check_convolution(answer, x, kernel, **options)
    assert verdict.correct is same
    assert (verdict.mistake is None) or not same


SIZES = st.tuples(
    st.integers(5, 300), st.integers(1, 5), st.integers(1, 4), st.integers(0, 3), st.integers(1, 2)
)


@given(SIZES, st.integers(-5, 320) | st.floats(-5, 320).map(lambda n: round(n, 1)))
def test_a_size_is_right_exactly_if_it_equals_output_size(sizes, answer):
    size, kernel_size, stride, padding, dilation = sizes
    assume(size >= 2 * kernel_size)
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    right = output_size(size, kernel_size, **options)
    assert check_size(right, size, kernel_size, **options).correct is True
    assert check_size(answer, size, kernel_size, **options).correct is (answer == right)
    assert check_size([right], [size], kernel_size, **options).correct is True
    pair = (np.array([right, right]), (size, size), kernel_size)
    assert check_size(*pair, **options).correct is True


def test_sizes_may_differ_by_axis():
    options = {"stride": (1, 2), "padding": (1, 0), "dilation": (1, 2)}
    assert check_size((6, 3), (6, 9), (3, 3), **options).correct is True
    assert check_size([6, 3], 6, [3, 1], padding=(1, 0), stride=(1, 2)).correct is True


def test_a_size_that_several_slips_give_names_them_all():
    verdict = check_size(2, 5, 3, stride=2, padding=1)
    assert verdict.mistake == "padded_one_side"
    for name in ("padded_one_side", "forgot_padding", "forgot_plus_one"):
        assert verdict.text.count(MISTAKES[name]) == 1
    assert verdict.text.count(" Or: ") == 2


# --- Slips that the author names -----------------------------------------------------------------


def test_the_first_slip_listed_wins():
    assert check(5, 3, wrong_sign=7, same_values=5, wrong_border=5).mistake == "same_values"


def test_a_listed_slip_comes_before_those_found_without_being_told():
    assert check([9, 15, 4, 1, 3], ROW, forgot_to_flip=[9, 15, 4, 1, 3]).mistake == "forgot_to_flip"
    assert check([3, 1], ROW, forgot_padding=[3, 1]).mistake == "forgot_padding"
    assert check(4, 3, forgot_floor=3.5).mistake == "off_by_one"


def test_a_slip_of_the_right_value_is_ignored():
    assert check(3, 3, forgot_to_flip=3).correct is True
    assert check(0.44, 4 / 9, forgot_to_flip=0.444).correct is True
    assert check(4, 3, forgot_to_flip=3).mistake == "off_by_one"
    assert check(0.451, 4 / 9, forgot_to_flip=0.447).mistake is None


def test_a_slip_may_bring_its_own_sentence():
    verdict = check(7, 3, forgot_bias=Mistake(7, "You left out the bias."))
    assert (verdict.mistake, verdict.text) == ("forgot_bias", "Not yet. You left out the bias.")
    known = check(7, 3, forgot_floor=Mistake(7, "Here, too."))
    assert (known.mistake, known.text) == ("forgot_floor", "Not yet. Here, too.")


@pytest.mark.parametrize(
    ("error", "message", "call"),
    [
        (TypeError, r"right=Ellipsis: allowed", lambda: check(1, ...)),
        (TypeError, r"forgot_floor=\{1\}: allowed", lambda: check(1, 2, forgot_floor={1})),
        (TypeError, r"own=None: allowed", lambda: check(1, 2, own=Mistake(None, "text"))),
        (ValueError, r"right=nan: allowed are finite", lambda: check(1, math.nan)),
        (ValueError, r"has 2 entries: allowed", lambda: check_size(1, (5, 5), 3, stride=(1, 2, 3))),
        (
            TypeError,
            r"padding=\(1, 0\): allowed",
            lambda: check_size(1, 5, 3, padding=[(1, 0)] * 2),
        ),
        (ValueError, r"size=\(\) has 0 entries", lambda: check_size(1, (), 3)),
        (TypeError, r"strides", lambda: check_convolution(1, [1, 2], [1], strides=2)),
    ],
)
def test_an_author_hears_of_wrong_use(error, message, call):
    with pytest.raises(error, match=message):
        call()


# --- Blanks --------------------------------------------------------------------------------------

BLANKS = [
    ...,
    None,
    [...],
    [1, ...],
    (1, [2, ...]),
    np.array([1, ...], dtype=object),
    PandasLike([..., 2]),
    "...",
    "",
    "…",
]


@pytest.mark.parametrize("blank", BLANKS, ids=repr)
def test_a_blank_is_no_mistake(blank):
    verdict = check(blank, [713, 2], forgot_to_flip=5)
    place = "None" if blank is None else "the dots"
    assert (verdict.correct, verdict.mistake, bool(verdict)) == (None, None, False)
    assert verdict.text == (
        f"Not answered yet: put a list of 2 numbers in place of {place} and run the cell again."
    )


# --- Whatever is typed ---------------------------------------------------------------------------


class Hostile:
    """An object that fails when NumPy asks for its numbers."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no array")


LOOP: list = []
LOOP.append(LOOP)
ODD = [
    LOOP,
    Hostile(),
    [Hostile(), 1],
    [[1, 2], 3],
    np.array([[1, 2], [3]], dtype=object),
    [np.zeros(2), np.zeros(3)],
    np.array(["2024-01-01"], dtype="datetime64[D]"),
    np.zeros(2, dtype=[("a", int)]),
    np.broadcast_to(1, (10**6, 10**6)),
    np.array([2**64 - 1], dtype=np.uint64),
    [math.inf],
    complex("nan"),
    10**5000,
    [Fraction(1, 3), "a"],
    [1, "a", True, 2.5],
    b"bytes",
    "x" * 100_000,
    "\ud800",
    lambda: 1,
    type,
    np,
    iter([]),
    {}.values(),
    [[] for _ in range(1000)],
]
SECRET = 8_675_309


def verdicts_on(answer):
    """What the three checks say, with right answers that nobody hits by chance."""
    yield check(answer, SECRET, forgot_floor=SECRET + 0.5, same_values="no")
    yield check(answer, [[SECRET, 2], [3, 4]], forgot_to_flip=[SECRET])
    yield check(answer, SECRET + 1 / 3)
    yield check(answer, "a word that nobody types")
    yield check_size(answer, SECRET, 3, padding=1)
    yield check_size(answer, (SECRET, SECRET), 3, stride=2)
    yield check_convolution(answer, [SECRET, 1, 2, 3], [1, 2], padding=1)
    yield check_convolution(answer, np.full((4, 4), SECRET), SLOPE)


def assert_kind_and_silent(verdict):
    assert verdict.correct is False or verdict.correct is None
    assert not verdict
    assert repr(verdict).startswith(("Not yet. ", "Not answered yet: "))
    assert len(verdict.text) < 700
    assert "0x" not in verdict.text
    assert str(SECRET) not in verdict.text
    assert verdict._repr_html_().startswith("<div")


@pytest.mark.parametrize("index", range(len(ODD)))  # pytest itself trips over some of them
def test_odd_answers_get_a_sentence(index):
    for verdict in verdicts_on(ODD[index]):
        assert_kind_and_silent(verdict)


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1000, 1000),
    st.floats(width=32),
    st.complex_numbers(),
    st.text(max_size=8),
    st.binary(max_size=4),
    st.fractions(-10, 10),
    st.dates(),
    st.just(...),
    st.just(print),
    st.sets(st.integers(), max_size=3),
    hnp.arrays(hnp.scalar_dtypes(), hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)),
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.lists(inner, max_size=4).map(iter)
        | st.dictionaries(st.integers(), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(ANYTHING)
def test_no_answer_raises_or_counts_as_right_by_chance(answer):
    for verdict in verdicts_on(answer):
        assert_kind_and_silent(verdict)


@given(st.lists(WHOLE, min_size=2, max_size=5), st.data())
def test_a_wrong_answer_is_never_right(right, data):
    answer = data.draw(st.permutations(right) | st.lists(WHOLE, min_size=1, max_size=6))
    assert check(answer, right).correct is (answer == right)


# --- What the messages say, and what they keep to themselves -------------------------------------


@pytest.mark.parametrize(
    ("verdict", "part"),
    [
        (
            check([3, 1, 4, 16, 9], ROW),
            "but one are right. Look again at position 3 (counted from 0).",
        ),
        (
            check(np.where(NUMBERS == 67, 0, NUMBERS), NUMBERS),
            "row 1, column 2 (both counted from 0)",
        ),
        (
            check([3, 2, 4, 16, 9], ROW),
            "3 of 5 entries are right; the first wrong one is at position 1",
        ),
        (check(SQUARE % 5, SQUARE), "0 of 9 entries are right"),
        (
            check_convolution(np.zeros((5, 5)), X, KERNEL),
            "Yours is an array of 5 x 5 numbers (rows x columns); the question asks for an array "
            "of 3 x 3 numbers (rows x columns). That is the shape of 'full'.",
        ),
        (check_convolution(np.zeros((4, 4)), X, KERNEL), "That is the shape of 'same'."),
        (check_convolution(np.zeros((4, 5)), X, KERNEL), "3 x 3 numbers (rows x columns)."),
        (without(SIGNAL, [1, 2], {"padding": "full"}), "Yours is 'full'."),
        (check(math, 13), "Its type is module. The question asks for one number."),
        (check(1j, 13), "take their real part. The question asks for one number."),
        (check("abc", 13), "Yours is a word in quotes; the question asks for one number."),
        (check(True, 13), "Yours is True or False; the question asks for one number."),
        (check("no", "yes"), "Not yet. Read the question again."),
        (check(7, 3), "Not yet. Go through it again, one step at a time."),
        (check_size(..., 28, 3), "put one number in place of the dots and run the cell again."),
        (check_size([..., 1], (28, 28), 3), "put a list of 2 numbers in place of the dots"),
    ],
)
def test_a_message_says_where_and_of_what_kind(verdict, part):
    assert part in verdict.text
    assert not part.endswith(".") or verdict.text.endswith(part)


@given(hnp.arrays(np.int64, (3, 3), elements=st.integers(1000, 9999)), st.data())
def test_a_message_never_holds_the_right_numbers(x, data):
    right = convolve(x, SLOPE, padding=1)
    answer = data.draw(
        st.sampled_from(
            (
                *(right.T, right[::-1], -right, right + 1, right // 7, right.ravel(), right[:2]),
                *(convolve(x, SLOPE, flip=False, padding=1), np.where(right % 2, 0, right)),
                *(x, convolve(x, SLOPE), right.astype(str), right * 1j, ..., print, math.nan),
            )
        )
    )
    verdict = check_convolution(answer, x, SLOPE, padding=1)
    if verdict.correct is not True:
        assert not {str(n) for n in right.flat} & set(re.findall(r"\d+", verdict.text))


@given(SIZES, st.integers(-5, 320) | st.sampled_from((..., "13", [13, 13], 13.5, None, print)))
def test_a_message_about_a_size_holds_no_number_of_its_own(sizes, answer):
    size, kernel_size, stride, padding, dilation = sizes
    assume(size >= 2 * kernel_size)
    verdict = check_size(
        answer, size, kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    given_shape = "a list of 2 numbers" if isinstance(answer, list) else ""
    text = verdict.text.replace("+ 1 ", "").replace(given_shape, "")
    assert not re.search(r"\d", text)


# --- The verdict itself --------------------------------------------------------------------------

THREE = [check(3, 3), check(7, 3), check(..., 3)]


def test_only_a_right_answer_is_true():
    assert [bool(verdict) for verdict in THREE] == [True, False, False]
    assert [verdict.correct for verdict in THREE] == [True, False, None]
    assert [repr(v) for v in THREE] == [v.text for v in THREE]


def test_verdicts_are_stable_and_cannot_be_changed():
    assert check(print, 3) == check(print, 3)
    assert repr(check(object(), 3)) == repr(check(object(), 3))
    with pytest.raises(AttributeError):
        THREE[1].correct = True


def test_html_is_escaped():
    page = check(1, 2, own=Mistake(1, '<script>alert("1 & 2")</script>'))._repr_html_()
    assert "<script" not in page
    assert "&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;" in page


@pytest.mark.parametrize("verdict", THREE, ids=repr)
def test_html_is_readable_on_any_theme(verdict):
    page = verdict._repr_html_()
    paper = re.search(r"background:(#\w{6});", page)[1]
    ink = re.search(r"[;\"]color:(#\w{6});", page)[1]
    assert contrast(rgb(paper), rgb(ink)) >= 4.5
    assert float(re.search(r"font-size:([\d.]+)px", page)[1]) >= 16
    assert 'role="status"' in page
    assert verdict.text in page


def test_html_tells_the_three_apart_by_sign_and_by_colour():
    pages = [verdict._repr_html_() for verdict in THREE]
    assert [next(s for s in "✓✗…" if s in page) for page in pages] == ["✓", "✗", "…"]
    assert len({re.search(r"background:(#\w{6})", page)[1] for page in pages}) == 3
