"""The layers, beside the operation that they are made of, and in the two worked examples."""

import tracemalloc
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy import asarray

from helpers.convolution import convolve, padding_amounts
from helpers.layers import (
    Activation,
    AveragePooling1D,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Dense,
    Input,
    MaxPooling1D,
    MaxPooling2D,
    Sequential,
    activations,
    arithmetic,
)

SIZES = st.integers(1, 12)
STEPS = st.integers(1, 3)
PADDINGS = st.sampled_from(["valid", "same"])


def whole_numbers(shape, seed=0):
    """Small whole numbers, whose sums of products are exact in float32."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype("float32")


def summed_over_channels(x, kernel, bias, **options):
    """A convolutional layer, written with the operation of the first part."""
    maps = []
    for n in range(kernel.shape[-1]):
        channels = range(kernel.shape[-2])
        parts = [
            [convolve(s[..., c], kernel[..., c, n], flip=False, **options) for c in channels]
            for s in x
        ]
        maps.append(np.sum(parts, axis=1) + bias[n])
    return np.stack(maps, axis=-1)


def with_weights(layer, kernel, bias, input_shape):
    """A model of one layer that has the given weights."""
    model = Sequential([Input(input_shape), layer])
    model.set_weights([kernel, bias])
    return model


# ------------------------------------------------------------------------- what is computed


@given(st.data())
@pytest.mark.parametrize(("layer", "rank"), [(Conv1D, 1), (Conv2D, 2)])
def test_a_layer_is_cross_correlation_summed_over_channels(layer, rank, data):
    per_axis = lambda what: data.draw(st.tuples(*[what] * rank))  # noqa: E731
    size, dilation = per_axis(st.integers(1, 4)), per_axis(STEPS)
    shape = tuple((f - 1) * d + n for f, d, n in zip(size, dilation, per_axis(SIZES), strict=True))
    strides, padding = per_axis(STEPS), data.draw(PADDINGS)
    channels, filters = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 40))
    x = whole_numbers((data.draw(st.integers(1, 3)), *shape, channels))
    kernel, bias = whole_numbers((*size, channels, filters), 1), whole_numbers(filters, 2)
    made = layer(filters, size, strides, padding, dilation_rate=dilation)
    result = with_weights(made, kernel, bias, x.shape[1:]).predict(x)
    options = {"stride": strides, "padding": padding, "dilation": dilation}
    np.testing.assert_array_equal(result, summed_over_channels(x, kernel, bias, **options))
    assert made.output_shape == (None, *result.shape[1:])


@given(SIZES, SIZES, STEPS)
def test_same_adds_what_the_operation_adds(size, span, stride):
    expected = padding_amounts((size,), (span,), stride=stride, padding="same", flip=False)
    assert (arithmetic.same_padding(size, span, stride),) == expected


@pytest.mark.parametrize("portion", [1, 1000, 20_000])
def test_portions_of_any_size_give_the_same_feature_maps(portion, monkeypatch):
    x, kernel = whole_numbers((5, 9, 14, 3)), whole_numbers((3, 3, 3, 4), 1)
    together = arithmetic.correlate(x, kernel, whole_numbers(4, 2))
    monkeypatch.setattr(arithmetic, "WORK_BYTES", portion)
    result = arithmetic.correlate(x, kernel, whole_numbers(4, 2))
    np.testing.assert_array_equal(result, together)


def test_the_windows_of_a_large_picture_are_never_all_in_memory(monkeypatch):
    monkeypatch.setattr(arithmetic, "WORK_BYTES", 2**20)
    x = np.ones((1, 512, 256, 3), dtype="float32")
    kernel = np.ones((3, 3, 3, 1), dtype="float32")
    tracemalloc.start()
    result = arithmetic.correlate(x, kernel)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert result.nbytes < most < result.nbytes + 2 * arithmetic.WORK_BYTES


def test_a_cut_out_of_a_larger_array_is_a_picture_like_any_other():
    large = whole_numbers((6, 9, 12, 4))
    for x in (large[::3, 1:4, 2:9:2, 1:3], large[:1, :1, 5:6, 1:3], large[:, 3:4, 4:5, 2:3]):
        kernel = whole_numbers((1, 1, x.shape[-1], 3), 1)
        np.testing.assert_array_equal(arithmetic.correlate(x, kernel), x @ kernel[0, 0])


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_value_that_is_not_finite_stays_in_its_windows(value):
    x = np.ones((1, 16, 16, 1), dtype="float32")
    x[0, 5, 6] = value
    result = arithmetic.correlate(x, np.ones((3, 3, 1, 2), dtype="float32"))
    touched = np.zeros(result.shape, dtype=bool)
    touched[0, 3:6, 4:7] = True
    np.testing.assert_array_equal(~np.isfinite(result), touched)


@given(st.data())
@pytest.mark.parametrize(
    ("layer", "rank", "combine"),
    [
        (MaxPooling1D, 1, np.max),
        (MaxPooling2D, 2, np.max),
        (AveragePooling1D, 1, np.mean),
        (AveragePooling2D, 2, np.mean),
    ],
)
def test_pooling_looks_at_every_window_without_its_padding(layer, rank, combine, data):
    size = data.draw(st.tuples(*[st.integers(1, 4)] * rank))
    strides = data.draw(st.one_of(st.none(), st.tuples(*[STEPS] * rank)))
    shape = tuple(f - 1 + data.draw(SIZES) for f in size)
    padding = data.draw(PADDINGS)
    x = whole_numbers((2, *shape, 2)).astype("float64")
    pool = layer(size, strides, padding, dtype="float64")
    options = {"stride": pool.strides, "padding": padding, "flip": False}
    numbered = np.arange(np.prod(shape)).reshape(shape)
    amounts = padding_amounts(shape, size, **options)
    frame = np.pad(numbered, amounts, constant_values=-1)
    result = pool(x)
    assert result.shape == (2, *(pool.compute_output_shape(x.shape)[1:]))
    for place in np.ndindex(result.shape[1:-1]):
        cut = tuple(
            slice(p * s, p * s + f) for p, s, f in zip(place, pool.strides, size, strict=True)
        )
        inside = frame[cut][frame[cut] >= 0]
        values = x.reshape(2, -1, 2)[:, inside]
        np.testing.assert_allclose(result[:, *place], combine(values, axis=1), atol=1e-12)


@pytest.mark.parametrize("layer", [MaxPooling2D, AveragePooling2D])
def test_windows_of_one_pixel_give_a_copy_of_a_picture_that_is_only_to_be_read(layer):
    x = whole_numbers((1, 3, 4, 2))
    x.flags.writeable = False
    result = layer(1)(x)
    np.testing.assert_array_equal(result, x)
    assert not np.may_share_memory(result, x)


def test_a_dense_layer_multiplies_and_adds():
    x, kernel, bias = whole_numbers((4, 5)), whole_numbers((5, 3), 1), whole_numbers(3, 2)
    result = with_weights(Dense(3, activation="relu"), kernel, bias, (5,)).predict(x)
    np.testing.assert_array_equal(result, np.maximum(x @ kernel + bias, 0))


def test_activations_stay_in_their_range_without_a_warning():
    x = np.array([[-1e30, -100.0, -1.0, 0.0, 1.0, 100.0, 1e30]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = {name: Activation(name)(x) for name in activations.ACTIVATIONS}
    assert results["relu"].tolist() == np.maximum(x.astype("float32"), 0).tolist()
    np.testing.assert_allclose(results["tanh"], np.tanh(x), atol=1e-6)
    np.testing.assert_allclose(results["sigmoid"][0, 2:5], [0.268941, 0.5, 0.731059], atol=1e-6)
    assert results["sigmoid"][0, [0, -1]].tolist() == [0, 1]
    assert results["softmax"].sum() == pytest.approx(1)
    assert results["softmax"].argmax() == 6
    np.testing.assert_array_equal(results["linear"], x.astype("float32"))


# ----------------------------------------------------------- worked examples, written for Keras


def one_dimension(rows, size, weights):
    data = asarray(rows)
    data = data.reshape(1, len(rows), 1)
    model = Sequential()
    model.add(Conv1D(1, size, input_shape=(len(rows), 1)))
    model.set_weights([asarray([[[weight]] for weight in weights]), asarray([0.0])])
    stored = model.get_weights()
    assert stored[0].shape == (size, 1, 1)
    assert stored[0].ravel().tolist() == weights
    assert stored[1].tolist() == [0]
    return model.predict(data)


@pytest.mark.parametrize(
    ("rows", "weights", "expected"),
    [
        ([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 1, 0, 0]),
        ([0, 0, 0, 1, 1, 0, 0, 0], [-1, 2, -1], [0, -1, 1, 1, -1, 0]),
        ([0, 1, 0, 1, 1, 0], [0, 1], [1, 0, 1, 1, 0]),
        ([0, 1, 0, 1, 1, 0], [-1, 1], [1, -1, 1, 0, -1]),
    ],
)
def test_the_worked_example_of_one_dimension(rows, weights, expected):
    result = one_dimension(rows, len(weights), weights)
    assert result.shape == (1, len(expected), 1)
    assert result.dtype == np.float32
    assert result.ravel().tolist() == expected


def two_dimensions(rows, detector, **options):
    data = asarray(rows)
    data = data.reshape(1, *data.shape, 1)
    model = Sequential()
    model.add(Conv2D(1, (3, 3), input_shape=data.shape[1:], **options))
    model.set_weights([asarray(detector), asarray([0.0])])
    return model.predict(data)


VERTICAL = [[[[0]], [[1]], [[0]]], [[[0]], [[1]], [[0]]], [[[0]], [[1]], [[0]]]]
LEFT = [[[[1]], [[0]], [[0]]], [[[1]], [[0]], [[0]]], [[[1]], [[0]], [[0]]]]


def test_the_worked_example_of_two_dimensions():
    result = two_dimensions([[0, 0, 0, 1, 1, 0, 0, 0]] * 8, VERTICAL)
    assert result.shape == (1, 6, 6, 1)
    assert result[0, :, :, 0].tolist() == [[0, 0, 3, 3, 0, 0]] * 6


@pytest.mark.parametrize(
    ("detector", "edge", "inside"),
    [
        (VERTICAL, [0, 2, 0, 2, 2, 0], [0, 3, 0, 3, 3, 0]),
        (LEFT, [0, 0, 2, 0, 2, 2], [0, 0, 3, 0, 3, 3]),
    ],
)
def test_the_worked_example_with_padding(detector, edge, inside):
    result = two_dimensions([[0, 1, 0, 1, 1, 0]] * 6, detector, padding="same")
    assert result[0, :, :, 0].tolist() == [edge, *[inside] * 4, edge]
