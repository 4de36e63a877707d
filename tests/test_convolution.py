"""The operation: compared with NumPy, SciPy, TensorFlow's numbers, and plain nested loops."""

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import DoesNotFit, convolved, first_samples, value_at
from scipy import ndimage, signal

from helpers.convolution import (
    BORDERS,
    convolve,
    output_size,
    pad,
    padding_amounts,
    plan,
    window_at,
    windows,
)

MODES = ("valid", "same", "full")
EIGHT, FOUR, IMPULSE = list(range(1, 9)), [4, 5, 6, 7], [0, 0, 1, 0, 0]
NINE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
BRIGHT = [[0, 1, 0, 1, 1, 0]] * 6
VERTICAL = [[0, 1, 0]] * 3
DTYPES = (np.uint8, np.int8, np.bool_, np.int64, np.float32, np.float64)


def whole_array(shape, seed=0):
    return np.random.default_rng(seed).integers(-9, 10, size=shape)


# --- Numbers worked out by hand, or printed in the notebooks -------------------------------------


@pytest.mark.parametrize(
    ("x", "kernel", "options", "expected"),
    [
        (FOUR, [1, 2, 3], {}, [28, 34]),
        (FOUR, [1, 2, 3], {"padding": "same"}, [13, 28, 34, 32]),
        (NINE, [[1, 2], [3, 4]], {}, [[23, 33], [53, 63]]),
        (NINE, [[1, 2], [3, 4]], {"flip": False}, [[37, 47], [67, 77]]),
        # an impulse and an even kernel with "same": where it lands is a convention
        (IMPULSE, [1, 2], {"padding": "same"}, [0, 0, 1, 2, 0]),
        (IMPULSE, [1, 2], {"padding": "same", "flip": False}, [0, 2, 1, 0, 0]),
        # "same" with a stride, as TensorFlow pads it, and symmetrically
        (EIGHT, [1, 2, 3], {"padding": "same", "stride": 2, "flip": False}, [14, 26, 38, 23]),
        (EIGHT, [1, 2, 3], {"padding": 1, "stride": 2, "flip": False}, [8, 20, 32, 44]),
        # the two worked examples of a layer
        ([0, 0, 0, 1, 1, 0, 0, 0], [-1, 2, -1], {"flip": False}, [0, -1, 1, 1, -1, 0]),
        (
            BRIGHT,
            VERTICAL,
            {"flip": False, "padding": "same"},
            [[0, 2, 0, 2, 2, 0], *[[0, 3, 0, 3, 3, 0]] * 4, [0, 2, 0, 2, 2, 0]],
        ),
        # borders, by hand
        ([1, 2, 3], [1, 0, 0], {"padding": 1, "border": "zeros", "flip": False}, [0, 1, 2]),
        ([1, 2, 3], [1, 0, 0], {"padding": 1, "border": "edge", "flip": False}, [1, 1, 2]),
        ([1, 2, 3], [1, 0, 0], {"padding": 1, "border": "reflect", "flip": False}, [2, 1, 2]),
        ([1, 2, 3], [1, 0, 0], {"padding": 1, "border": "wrap", "flip": False}, [3, 1, 2]),
        # dilation: 1 + 3 + 5, 2 + 4 + 6
        (EIGHT[:6], [1, 1, 1], {"dilation": 2}, [9, 12]),
        # one value, one weight
        ([5], [-3], {}, [-15]),
        ([[5]], [[-3]], {"padding": 1}, [[0, 0, 0], [0, -15, 0], [0, 0, 0]]),
    ],
)
def test_known_numbers(x, kernel, options, expected):
    result = convolve(x, kernel, **options)
    assert result.dtype == np.int64
    assert result.tolist() == expected


def test_numpy_same_gives_as_many_values_as_the_longer_one_and_we_do_not():
    assert np.convolve([1, 2, 3], [4, 5, 6, 7], "same").tolist() == [13, 28, 34, 32]
    assert convolve([1, 2, 3], [4, 5, 6, 7], padding="same").size == 3


def test_cross_correlation_does_not_commute_but_turns_around():
    a, b = [1, 2, 3], [4, 5, 7]
    forth = convolve(a, b, padding="full", flip=False).tolist()
    back = convolve(b, a, padding="full", flip=False).tolist()
    assert forth != back
    assert forth == back[::-1]


def test_zero_padding_darkens_the_border_and_no_other_does():
    ones, mean = np.ones((5, 5)), np.full((3, 3), 1 / 9)
    by_border = {name: convolve(ones, mean, padding="same", border=name) for name in BORDERS}
    covered = np.outer([2, 3, 3, 3, 2], [2, 3, 3, 3, 2])
    np.testing.assert_allclose(by_border.pop("zeros"), covered / 9)
    np.testing.assert_allclose(list(by_border.values()), 1)


# --- NumPy and SciPy ---------------------------------------------------------------------------


@pytest.mark.parametrize("mode", MODES)
def test_sequences_against_numpy_and_scipy(mode):
    for n in range(1, 9):
        for k in range(1, 12 if mode != "valid" else n + 1):
            x, kernel = whole_array(n, n), whole_array(k, k)
            result = convolve(x, kernel, padding=mode)
            assert np.array_equal(result, signal.convolve(x, kernel, mode, method="direct"))
            if mode == "full" or n >= k:
                assert np.array_equal(result, np.convolve(x, kernel, mode))


@pytest.mark.parametrize(
    ("border", "theirs"),
    [("zeros", "constant"), ("edge", "nearest"), ("reflect", "mirror"), ("wrap", "grid-wrap")],
)
@pytest.mark.parametrize("kernel_shape", [(1, 1), (3, 3), (5, 3), (3, 7), (9, 9)])
def test_borders_against_ndimage(border, theirs, kernel_shape):
    x, kernel = whole_array((5, 4), 3), whole_array(kernel_shape, 4)
    options = {"padding": "same", "border": border}
    assert np.array_equal(convolve(x, kernel, **options), ndimage.convolve(x, kernel, mode=theirs))
    assert np.array_equal(
        convolve(x, kernel, flip=False, **options), ndimage.correlate(x, kernel, mode=theirs)
    )


@given(st.data(), st.sampled_from(MODES))
def test_pictures_of_any_size_against_scipy(data, mode):
    sides = st.integers(1, 40)
    kernel_shape = data.draw(st.tuples(sides, sides))
    shape = [n + data.draw(sides) - 1 for n in kernel_shape]
    x, kernel = whole_array(shape, 1), whole_array(kernel_shape, 2)
    options = {"padding": mode, "stride": data.draw(st.integers(1, 5))}
    every = slice(None, None, options["stride"])
    assert np.array_equal(
        convolve(x, kernel, **options), signal.convolve2d(x, kernel, mode)[every, every]
    )
    if mode == "same" and not all(n % 2 for n in kernel_shape):
        return  # SciPy's cross-correlation has another convention here than Keras
    crossed = convolve(x, kernel, padding=mode, flip=False)
    assert np.array_equal(crossed, signal.correlate2d(x, kernel, mode))
    crossed = convolve(x[0], kernel[0], padding=mode, flip=False)
    assert np.array_equal(crossed, np.correlate(x[0], kernel[0], mode))


def test_every_sum_is_numpys_or_scipys(monkeypatch):
    """Without their functions there is nothing left that could compute a feature map."""
    monkeypatch.setattr(np, "convolve", lambda x, kernel, mode: x * 7)
    monkeypatch.setattr(signal, "convolve2d", lambda x, kernel, mode: x * 9)
    assert convolve([1, 2], [1]).tolist() == [7, 14]
    assert convolve([[1, 2]], [[1]], padding=((0, 0), (1, 0))).tolist() == [[0, 9, 18]]


# --- Any setting at all, against nested loops ----------------------------------------------------

ELEMENTS = {
    np.uint8: st.integers(0, 255),
    np.int8: st.integers(-128, 127),
    np.bool_: st.booleans(),
    np.int64: st.integers(-(10**8), 10**8),
    np.float32: st.floats(-100, 100, width=32),
    np.float64: st.floats(-1e6, 1e6),
}


@st.composite
def arrays(draw, shape, dtype):
    """An array of a shape and a type."""
    count = int(np.prod(shape))
    values = draw(st.lists(ELEMENTS[dtype], min_size=count, max_size=count))
    return np.array(values, dtype=dtype).reshape(shape)


def one_or_each(entries, axes):
    """One number for all axes, or one for each, in a tuple or a list."""
    each = st.lists(entries, min_size=axes, max_size=axes)
    return entries | each | each.map(tuple)


@st.composite
def paddings(draw, axes):
    """A padding in any of its forms: by name, one number, one for each axis, one pair for each."""
    amount = st.integers(0, 4)
    pair = st.tuples(amount, amount)
    each = st.lists(amount | pair, min_size=axes, max_size=axes)
    return draw(st.sampled_from(MODES) | amount | each | each.map(tuple))


@st.composite
def problems(draw, dtypes=DTYPES):
    """An input, a kernel and every option of `convolve`."""
    axes = draw(st.integers(1, 2))
    shape = draw(st.tuples(*[st.integers(1, 9 if axes == 1 else 6)] * axes))
    kernel_shape = draw(st.tuples(*[st.integers(1, 4)] * axes))
    options = {
        "stride": draw(one_or_each(st.integers(1, 4), axes)),
        "dilation": draw(one_or_each(st.integers(1, 3), axes)),
        "padding": draw(paddings(axes)),
        "border": draw(st.sampled_from(sorted(BORDERS))),
        "flip": draw(st.booleans()),
    }
    x = draw(arrays(shape, draw(st.sampled_from(dtypes))))
    kernel = draw(arrays(kernel_shape, draw(st.sampled_from(dtypes))))
    return x, kernel, options


def looped(x, kernel, options):
    """The nested loops, or None for a kernel that does not fit."""
    x, kernel = (a.astype(int if a.dtype == bool else a.dtype).tolist() for a in (x, kernel))
    try:
        return convolved(x, kernel, **options)
    except DoesNotFit:
        return None


@settings(max_examples=400)
@given(problems())
def test_equals_nested_loops(problem):
    x, kernel, options = problem
    expected = looped(x, kernel, options)
    if expected is None:
        with pytest.raises(ValueError, match="allowed is a kernel that fits"):
            convolve(x, kernel, **options)
        return
    result = convolve(x, kernel, **options)
    if "f" in x.dtype.kind + kernel.dtype.kind:
        assert result.dtype.kind == "f"
        weight = np.abs(kernel.astype(float)).sum() * np.abs(x.astype(float)).max()
        precision = 1e-12 if result.dtype == np.float64 else 1e-5
        np.testing.assert_allclose(result, expected, rtol=precision, atol=precision * weight)
    else:
        assert result.dtype == np.int64
        assert result.tolist() == expected


@given(problems())
def test_windows_add_up_to_the_feature_map(problem):
    x, kernel, options = problem
    assume(looped(x, kernel, options) is not None)
    result = convolve(x, kernel, **options)
    every = list(windows(x, kernel, **options))
    assert [w.position for w in every] == list(np.ndindex(*result.shape))  # reading order
    for window in every:
        np.testing.assert_allclose(window.total, result[window.position], rtol=1e-4, atol=1e-3)
        assert np.array_equal(window.products, window.values * window.weights)
        assert window.values.shape == window.weights.shape == kernel.shape
        assert np.array_equal(window.weights, np.flip(kernel) if options["flip"] else kernel)
        assert window.total == window.products.sum()
        assert type(window.total) is (int if result.dtype == np.int64 else float)
    if result.dtype == np.int64:
        assert [w.total for w in every] == result.ravel().tolist()


@given(problems(), st.data())
def test_a_window_holds_what_lies_under_the_kernel(problem, data):
    x, kernel, options = problem
    assume(looped(x, kernel, options) is not None)
    shape = convolve(x, kernel, **options).shape
    position = data.draw(st.tuples(*[st.integers(0, n - 1) for n in shape]))
    window = window_at(x, kernel, position, **options)
    assert window.position == position
    rows = np.atleast_2d(x).tolist()
    steps = options["dilation"]
    steps = (steps,) * x.ndim if isinstance(steps, int) else tuple(steps)
    for tap in np.ndindex(*kernel.shape):
        place = [c + t * s for c, t, s in zip(window.corner, tap, steps, strict=True)]
        row, column = place if x.ndim == 2 else (0, *place)
        assert window.values[tap] == value_at(rows, row, column, options["border"])


@given(problems(), st.data())
def test_feeding_and_reaching_are_two_sides_of_the_same_windows(problem, data):
    x, kernel, options = problem
    assume(looped(x, kernel, options) is not None)
    sliding = plan(x, kernel, **options)
    place = data.draw(st.tuples(*[st.integers(0, n - 1) for n in x.shape]))
    fed = []
    covered = np.zeros(sliding.padded.shape, dtype=bool)
    offsets = [before for before, _ in sliding.amounts]
    for window in windows(x, kernel, **options):
        for tap in np.ndindex(*kernel.shape):
            taps = zip(window.corner, tap, sliding.dilation, strict=True)
            here = tuple(corner + n * step for corner, n, step in taps)
            covered[tuple(h + o for h, o in zip(here, offsets, strict=True))] = True
            if here == place:
                fed.append(window.position)
    assert sliding.fed_by(place) == fed
    masks = sliding.reached
    assert [m.size for m in masks] == list(sliding.padded.shape)
    both = masks[0] if x.ndim == 1 else np.logical_and.outer(*masks)
    assert np.array_equal(both, covered)


@given(problems())
def test_output_size_and_padding_amounts_foretell_the_shape(problem):
    x, kernel, options = problem
    assume(looped(x, kernel, options) is not None)
    sizes = {name: options[name] for name in ("stride", "padding", "dilation", "flip")}
    amounts = padding_amounts(x.shape, kernel.shape, **sizes)
    for name in ("stride", "dilation"):
        if isinstance(options[name], int):
            sizes[name] = (options[name],) * x.ndim
    shape = tuple(
        output_size(n, k, stride=s, padding=p, dilation=d)
        for n, k, s, p, d in zip(
            x.shape, kernel.shape, sizes["stride"], amounts, sizes["dilation"], strict=True
        )
    )
    assert convolve(x, kernel, **options).shape == shape
    if options["padding"] == "same":
        assert shape == tuple(-(-n // s) for n, s in zip(x.shape, sizes["stride"], strict=True))


@given(problems(dtypes=(np.int64, np.int8)), st.integers(-9, 9))
def test_linear_in_the_input_and_in_the_kernel(problem, factor):
    x, kernel, options = problem
    assume(looped(x, kernel, options) is not None)
    other = np.roll(x[::-1], 1, axis=-1).astype(np.int64)
    weights = np.roll(kernel[::-1], 1, axis=-1).astype(np.int64)
    first = convolve(x, kernel, **options)
    both = convolve(x * np.int64(factor) + other, kernel, **options)
    assert np.array_equal(both, factor * first + convolve(other, kernel, **options))
    both = convolve(x, kernel * np.int64(factor) + weights, **options)
    assert np.array_equal(both, factor * first + convolve(x, weights, **options))


@given(problems(dtypes=(np.int64, np.uint8)))
def test_full_convolution_commutes(problem):
    a, b, _ = problem
    assert np.array_equal(convolve(a, b, padding="full"), convolve(b, a, padding="full"))


@given(problems(dtypes=(np.int64, np.uint8)))
def test_cross_correlation_is_convolution_with_the_kernel_turned(problem):
    x, kernel, options = problem
    assume(options["padding"] != "same")  # where an even kernel lands is a convention
    assume(looped(x, kernel, options) is not None)
    options.pop("flip")
    crossed = convolve(x, kernel, flip=False, **options)
    assert np.array_equal(crossed, convolve(x, np.flip(kernel), flip=True, **options))


@given(problems(dtypes=(np.int64, np.int8)), st.integers(0, 5), st.booleans())
def test_shifting_the_input_shifts_the_feature_map(problem, shift, flip):
    x, kernel, options = problem
    stride = options["stride"] if isinstance(options["stride"], int) else options["stride"][-1]
    moved = np.concatenate([np.zeros_like(x[..., :1])] * (shift * stride) + [x], axis=-1)
    sliding = {"padding": "full", "stride": options["stride"], "dilation": options["dilation"]}
    here = convolve(x, kernel, flip=flip, **sliding)
    there = convolve(moved, kernel, flip=flip, **sliding)
    assert there.shape[-1] == here.shape[-1] + shift
    assert not there[..., :shift].any()
    assert np.array_equal(there[..., shift:], here)


# --- Types ------------------------------------------------------------------------------------


def test_large_sums_are_exact():
    assert convolve([2**60 - 1, 1], [3, 3]).tolist() == [3 * 2**60]
    assert convolve([[2**53 + 1]], [[5]]).tolist() == [[5 * 2**53 + 5]]  # no detour over floats


@pytest.mark.parametrize(
    ("x", "kernel"),
    [
        ([2**62], [2]),
        ([1], np.array([2**64 - 1], np.uint64)),
        ([[2**31] * 3] * 3, [[2**31] * 3] * 3),
    ],
)
def test_sums_beyond_64_bits_are_refused_and_given_as_floats(x, kernel):
    with pytest.raises(ValueError, match=r"x and kernel hold .* allowed are .* below 2\*\*63"):
        convolve(x, kernel)
    assert convolve(np.asarray(x, float), np.asarray(kernel, float)).dtype == np.float64


@pytest.mark.parametrize("axes", [1, 2])
@pytest.mark.parametrize(
    "types",  # of the input, of the kernel, of the feature map
    [
        *("u1 u1 i8", "i1 ? i8", "? ? i8", "i8 u2 i8", "u8 i8 i8", ">i4 u1 i8"),
        *("f4 f4 f4", "f2 f2 f4", "f4 f2 f4", "f4 u1 f4", "f4 i2 f4"),
        *("f4 i8 f8", "f4 f8 f8", "f8 ? f8", "u1 f8 f8", ">f8 <f4 f8"),
    ],
)
def test_types_in_and_out(types, axes):
    x, kernel, expected = types.split()
    for options in ({}, {"padding": "same"}, {"padding": 1, "border": "edge", "flip": False}):
        result = convolve(np.ones((3,) * axes, x), np.ones((3,) * axes, kernel), **options)
        assert result.dtype == np.dtype(expected)
        assert result.dtype.isnative
        assert result[(result.shape[0] // 2,) * axes] == 3**axes


# --- Inputs of all sorts -------------------------------------------------------------------------

OPTIONS = (
    {},
    {"padding": "same"},
    {"padding": "full", "flip": False},
    {"padding": ((1, 2), (0, 1)), "border": "reflect", "stride": (2, 1), "dilation": (1, 2)},
)


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint8])
def test_inputs_are_never_changed(options, dtype):
    x = np.arange(30).reshape(5, 6).astype(dtype)
    kernel = np.arange(1, 7).reshape(2, 3).astype(dtype)
    before = x.copy(), kernel.copy()
    result = convolve(x, kernel, **options)
    assert not np.shares_memory(result, x)
    assert not np.shares_memory(result, kernel)
    for window in windows(x, kernel, **options):
        assert not np.shares_memory(window.values, x)
        assert not np.shares_memory(window.products, kernel)
    assert not np.shares_memory(pad(x, 0), x)
    result[:] = 0
    assert np.array_equal(x, before[0])
    assert np.array_equal(kernel, before[1])
    assert x.flags.writeable
    assert kernel.flags.writeable


@pytest.mark.parametrize("options", OPTIONS)
def test_any_layout_in_memory(options):
    x, kernel = whole_array((5, 6), 9), whole_array((2, 3), 10)
    expected = convolve(x, kernel, **options)
    wide = np.zeros((10, 18), int)
    wide[::2, ::3] = x
    locked, locked_kernel = x.copy(), kernel.copy()
    locked.flags.writeable = locked_kernel.flags.writeable = False
    for same, same_kernel in (
        (wide[::2, ::3], kernel),
        (x.T.copy().T, kernel.T.copy().T),
        (x[::-1].copy()[::-1], kernel[:, ::-1].copy()[:, ::-1]),
        (locked, locked_kernel),
        (x.tolist(), kernel.tolist()),
        (tuple(map(tuple, x.tolist())), [tuple(row) for row in kernel.tolist()]),
        (x.astype(">i2"), kernel.astype(">i4")),
        (list(x), kernel.astype(object).astype(int)),
        (x.view(np.ma.MaskedArray), kernel),
    ):
        assert np.array_equal(convolve(same, same_kernel, **options), expected)


# --- The size of the output, and padding ----------------------------------------------------------


@pytest.mark.parametrize("padding", [0, 1, 3, (0, 2), [3, 1]])
def test_output_size_counts_the_places_of_a_window(padding):
    for size, kernel_size, stride, dilation in product(
        range(1, 12), range(1, 6), range(1, 5), range(1, 4)
    ):
        options = {"stride": stride, "padding": padding, "dilation": dilation}
        try:
            starts = first_samples(size, kernel_size, stride, dilation, padding, False)
        except DoesNotFit:
            with pytest.raises(ValueError, match="does not fit"):
                output_size(size, kernel_size, **options)
        else:
            assert output_size(size, kernel_size, **options) == len(starts)


@pytest.mark.parametrize("border", sorted(BORDERS))
@pytest.mark.parametrize(
    ("amounts", "pairs"),
    [
        (0, ((0, 0), (0, 0))),
        (1, ((1, 1), (1, 1))),
        (9, ((9, 9), (9, 9))),
        ((1, 2), ((1, 1), (2, 2))),
        (((0, 3), (7, 1)), ((0, 3), (7, 1))),
    ],
)
def test_pad_means_what_numpy_means(border, amounts, pairs):
    mode = "constant" if border == "zeros" else border
    for shape in ((3, 4), (1, 1), (1, 5)):
        x = whole_array(shape, 15)
        assert np.array_equal(pad(x, amounts, border=border), np.pad(x, pairs, mode=mode))


def test_windows_refuse_at_the_call_and_not_at_the_first_window():
    with pytest.raises(ValueError, match="stride"):
        windows([1, 2], [1], stride=0)
