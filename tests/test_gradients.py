"""Backward passes beside nested loops, SciPy, and the change of the loss when a value is moved."""

import copy
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import convolve as scipy_convolve
from scipy.signal import correlate as scipy_correlate

from helpers.layers import (
    SGD,
    Activation,
    AveragePooling1D,
    AveragePooling2D,
    CategoricalCrossentropy,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling1D,
    MaxPooling2D,
    MeanSquaredError,
    Sequential,
    SparseCategoricalCrossentropy,
    activations,
    arithmetic,
    pooling,
)
from tests.reference import first_samples

MOVED = 1e-5  # by so much, up and down
CLOSE = {"rtol": 1e-6, "atol": 1e-7}
ACTIVATIONS = sorted(activations.ACTIVATIONS)


def random_values(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


def by_moving(total, values):
    """How `total()` changes with each of the values, by moving it up and down in place."""
    slopes = np.empty(values.shape)
    for index in np.ndindex(values.shape):
        start, ends = values[index], []
        for end in (start + MOVED, start - MOVED):
            values[index] = end
            ends.append(total())
        values[index] = start
        slopes[index] = (ends[0] - ends[1]) / (2 * MOVED)
    return slopes


# -------------------------------------------------------------------------- beside nested loops


def looped(x, kernel, gradient, strides, padding, dilation):
    """The gradients of input, kernel and bias: what every product of the convolution adds."""
    of_x, of_kernel = np.zeros_like(x), np.zeros_like(kernel)
    starts = [
        first_samples(x.shape[a + 1], kernel.shape[a], strides[a], dilation[a], padding, False)
        for a in (0, 1)
    ]
    taps = list(np.ndindex(kernel.shape[:2]))
    for n, (i, top), (j, left) in itertools.product(range(len(x)), *map(enumerate, starts)):
        for a, b in taps:
            row, column = top + a * dilation[0], left + b * dilation[1]
            if 0 <= row < x.shape[1] and 0 <= column < x.shape[2]:
                of_x[n, row, column] += kernel[a, b] @ gradient[n, i, j]
                of_kernel[a, b] += np.outer(x[n, row, column], gradient[n, i, j])
    return of_x, of_kernel, gradient.sum(axis=(0, 1, 2))


def widest(columns, *_):
    """As many outputs at once as there may be."""
    return max(t for t in range(1, arithmetic.MOST_AT_ONCE + 1) if columns % t == 0)


AT_ONCE = {"chosen": arithmetic._outputs_at_once, "one": lambda *_: 1, "widest": widest}
PORTIONS = {  # WORK_BYTES, ONE_THREAD, SMALL_IN_ALL
    "chosen": (arithmetic.WORK_BYTES, arithmetic.ONE_THREAD, arithmetic.SMALL_IN_ALL),
    "row by row": (1, 1, 0),
    "a few rows": (3000, 1, 0),
    "one thread": (2**30, 500, 2**60),
    "all": (2**30, 1, 0),
}


@pytest.mark.parametrize("at_once", AT_ONCE)
@pytest.mark.parametrize("portions", PORTIONS)
@settings(max_examples=25)
@given(data=st.data())
def test_convolution_sends_back_what_nested_loops_send_back(at_once, portions, data):
    """Exactly, with whole numbers: every size, stride, padding and dilation, in all portions."""
    pair = lambda low, high: data.draw(st.tuples(*[st.integers(low, high)] * 2))  # noqa: E731
    size, strides, dilation, more = pair(1, 4), pair(1, 3), pair(1, 3), pair(0, 7)
    padding = data.draw(st.sampled_from(["valid", "same"]))
    spans = [(f - 1) * d + 1 for f, d in zip(size, dilation, strict=True)]
    least = spans if padding == "valid" else (1, 1)
    samples, channels, filters = (data.draw(st.integers(1, most)) for most in (3, 3, 4))
    rows, columns = (a + b for a, b in zip(least, more, strict=True))
    how = {"strides": strides, "padding": padding, "dilation": dilation}
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = random.integers(-9, 10, (samples, rows, columns, channels))
    kernel = random.integers(-9, 10, (*size, channels, filters))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(arithmetic, "_outputs_at_once", AT_ONCE[at_once])
        for name, value in zip(
            ("WORK_BYTES", "ONE_THREAD", "SMALL_IN_ALL"), PORTIONS[portions], strict=True
        ):
            patch.setattr(arithmetic, name, value)
        shape = arithmetic.correlate(x, kernel, **how).shape
        gradient = random.integers(-9, 10, shape)
        of_kernel, of_bias = arithmetic.kernel_gradient(x, gradient, kernel.shape, **how)
        of_x = arithmetic.input_gradient(gradient, kernel, x.shape, **how)
    expected = looped(x, kernel, gradient, strides, padding, dilation)
    for ours, theirs in zip((of_x, of_kernel, of_bias), expected, strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("columns", [6, 7, 30])
@pytest.mark.parametrize(("channels", "filters"), [(1, 1), (1, 32), (8, 16)])
def test_without_strides_both_gradients_are_what_scipy_computes(columns, channels, filters):
    x = random_values(2, 9, columns, channels)
    kernel = random_values(3, 2, channels, filters, seed=1)
    gradient = random_values(2, 7, columns - 1, filters, seed=2)
    of_kernel, _ = arithmetic.kernel_gradient(x, gradient, kernel.shape)
    of_x = arithmetic.input_gradient(gradient, kernel, x.shape)
    for c, f in np.ndindex(channels, filters):
        by_scipy = sum(
            scipy_correlate(x[n, :, :, c], gradient[n, :, :, f], "valid") for n in (0, 1)
        )
        np.testing.assert_allclose(of_kernel[:, :, c, f], by_scipy, rtol=1e-9, atol=1e-9)
    for n, c in np.ndindex(2, channels):
        by_scipy = sum(
            scipy_convolve(gradient[n, :, :, f], kernel[:, :, c, f], "full") for f in range(filters)
        )
        np.testing.assert_allclose(of_x[n, :, :, c], by_scipy, rtol=1e-9, atol=1e-9)


def test_the_ways_to_compute_are_all_taken():
    """What is compared above are different ways, not one way under several names."""
    assert AT_ONCE["chosen"](30, 3, 1, 1) > 1  # few filters: several outputs of a row at once
    assert AT_ONCE["chosen"](30, 3, 1, 32 * 32) == 1
    windows, shape, dtype = np.zeros((4, 6, 5, 3, 1), np.dtype((np.void, 24))), (10, 4), float
    counts = []
    for work_bytes, one_thread, small in PORTIONS.values():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(arithmetic, "WORK_BYTES", work_bytes)
            patch.setattr(arithmetic, "ONE_THREAD", one_thread)
            patch.setattr(arithmetic, "SMALL_IN_ALL", small)
            portions = arithmetic._portions(windows, shape, np.dtype(dtype))
            counts.append(sum(1 for _ in portions))
    assert counts == [1, 24, 4, 12, 1]


# ------------------------------------------------------------------------------------- pooling


def pooled_back(kind, x, gradient, size, strides, padding):
    """What every window of a pooling layer gives back, window by window."""
    back = np.zeros_like(x)
    starts = [first_samples(x.shape[a + 1], size[a], strides[a], 1, padding, False) for a in (0, 1)]
    samples, channels = range(len(x)), range(x.shape[3])
    for (i, top), (j, left) in itertools.product(*map(enumerate, starts)):
        rows = [r for r in range(top, top + size[0]) if 0 <= r < x.shape[1]]
        columns = [c for c in range(left, left + size[1]) if 0 <= c < x.shape[2]]
        places = list(itertools.product(rows, columns))
        for n, c in itertools.product(samples, channels):
            value = gradient[n, i, j, c]
            if kind == "max":
                row, column = max(places, key=lambda p: x[n, p[0], p[1], c])  # the first of equals
                back[n, row, column, c] += value
            else:
                for row, column in places:
                    back[n, row, column, c] += value / len(places)
    return back


@pytest.mark.parametrize("kind", ["max", "average"])
@settings(max_examples=60)
@given(data=st.data())
def test_pooling_sends_back_what_nested_loops_send_back(kind, data):
    """Also where windows overlap or leave gaps, and where several values are the largest."""
    pair = lambda low, high: data.draw(st.tuples(*[st.integers(low, high)] * 2))  # noqa: E731
    size, strides, more = pair(1, 4), pair(1, 4), pair(0, 5)
    padding = data.draw(st.sampled_from(["valid", "same"]))
    least = size if padding == "valid" else (1, 1)
    rows, columns = (a + b for a, b in zip(least, more, strict=True))
    random = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = random.integers(-3, 1, (2, rows, columns, 2)).astype(float)  # padding of zeros would win
    how = (size, strides, padding)
    result = (pooling.max_pool if kind == "max" else pooling.average_pool)(x, *how)
    gradient = random.integers(1, 10, result.shape).astype(float)
    if kind == "max":
        back = pooling.max_pool_gradient(x, result, gradient, *how)
    else:
        back = pooling.average_pool_gradient(gradient, x.shape, *how)
    np.testing.assert_allclose(back, pooled_back(kind, x, gradient, *how), rtol=1e-12, atol=1e-12)


# --------------------------------------------------------------------- beside finite differences


def check_layer(layer, *shape, seed=0):
    """Compare all gradients of a layer with what moving its input and its weights does."""
    x = random_values(*shape, seed=seed)
    layer.build((None, *shape[1:]))
    for values in layer.weights:
        values[...] = random_values(*values.shape, seed=seed + 1)
    y = layer.call(x)
    upstream = random_values(*y.shape, seed=seed + 2)
    kept = x.copy(), y.copy(), upstream.copy()
    before = layer.before_activation(y, upstream)
    back, to_weights = layer.backward(x, y, before)
    for now, then in zip((x, y, upstream), kept, strict=True):
        np.testing.assert_array_equal(now, then)  # nothing is overwritten
    total = lambda: float((layer.call(x) * upstream).sum())  # noqa: E731
    np.testing.assert_allclose(back, by_moving(total, x), **CLOSE)
    assert len(to_weights) == len(layer.weights)
    for values, slopes in zip(layer.weights, to_weights, strict=True):
        np.testing.assert_allclose(slopes, by_moving(total, values), **CLOSE)
    nothing, same = layer.backward(x, y, before, to_input=False)
    assert nothing is None or not layer.weights
    for slopes, again in zip(to_weights, same, strict=True):
        np.testing.assert_array_equal(slopes, again)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dilation", [1, (2, 1), (1, 3)])
@pytest.mark.parametrize("strides", [1, 2, (1, 3)])
def test_conv2d_by_moving_every_value(strides, dilation, padding, use_bias):
    options = {"dilation_rate": dilation, "use_bias": use_bias, "dtype": "float64"}
    check_layer(Conv2D(2, (3, 2), strides, padding, **options), 2, 6, 5, 2)


@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("strides", [1, 2, 4])
def test_conv1d_by_moving_every_value(strides, dilation, padding, use_bias):
    options = {"dilation_rate": dilation, "use_bias": use_bias, "dtype": "float64"}
    check_layer(Conv1D(3, 3, strides, padding, **options), 2, 9, 2)


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("kind", ["Activation", "Dense", "Conv1D", "Conv2D"])
def test_every_activation_by_moving_every_value(kind, name):
    make = {
        "Activation": (lambda **o: Activation(name), (3, 4)),
        "Dense": (lambda **o: Dense(3, **o), (3, 4)),
        "Conv1D": (lambda **o: Conv1D(3, 2, **o), (2, 5, 2)),
        "Conv2D": (lambda **o: Conv2D(3, 2, **o), (2, 4, 4, 2)),
    }
    layer, shape = make[kind]
    check_layer(layer(activation=name, dtype="float64"), *shape)


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 3, 2, 4)])
@pytest.mark.parametrize("use_bias", [True, False])
def test_dense_on_two_to_four_axes(shape, use_bias):
    check_layer(Dense(3, "tanh", use_bias, dtype="float64"), *shape)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("kind", [MaxPooling1D, AveragePooling1D, MaxPooling2D, AveragePooling2D])
@pytest.mark.parametrize(("size", "strides"), [(2, None), (3, 2), (3, 1), (2, 3)])
def test_pooling_layers_by_moving_every_value(kind, size, strides, padding):
    shape = (2, 9, 2) if kind.rank == 1 else (2, 6, 7, 2)
    check_layer(kind(size, strides, padding), *shape)


def test_flatten_by_moving_every_value():
    check_layer(Flatten(), 2, 3, 2, 2)


def test_relu_is_flat_at_zero_and_the_first_of_equals_gets_it_all():
    zeros = np.zeros((1, 2, 2, 1))
    layer = Activation("relu")
    assert layer.before_activation(zeros, zeros + 1).tolist() == zeros.tolist()
    back, _ = MaxPooling2D(2).backward(zeros, zeros[:, :1, :1], np.full((1, 1, 1, 1), 5.0))
    assert back.ravel().tolist() == [5, 0, 0, 0]


# -------------------------------------------------------------------------------------- losses


@pytest.mark.parametrize("shape", [(5, 3), (4, 1), (2, 3, 4), (2, 2, 3, 2)])
def test_squared_error_by_moving_every_output(shape):
    loss, outputs = MeanSquaredError(), random_values(*shape)
    targets = random_values(*shape, seed=1)
    assert loss.value(outputs, targets) == pytest.approx(np.mean((outputs - targets) ** 2))
    moved = by_moving(lambda: loss.value(outputs, targets), outputs)
    np.testing.assert_allclose(loss.gradient(outputs, targets), moved, **CLOSE)


@pytest.mark.parametrize("from_logits", [True, False])
@pytest.mark.parametrize("sparse", [True, False])
@pytest.mark.parametrize("shape", [(5, 3), (4, 2), (2, 3, 4)])
def test_crossentropy_by_moving_what_goes_into_the_softmax(shape, sparse, from_logits):
    random, classes = np.random.default_rng(3), shape[-1]
    before = random.normal(size=shape)
    kind = SparseCategoricalCrossentropy if sparse else CategoricalCrossentropy
    loss = kind(from_logits=from_logits)
    labels = random.integers(0, classes, shape[:-1])
    soft = random.dirichlet(np.ones(classes), shape[:-1])
    targets = loss.targets(labels if sparse else soft, (None, *shape[1:]))
    outputs = lambda: before if from_logits else activations.softmax(before)  # noqa: E731
    powers = np.exp(before)
    chances = powers / powers.sum(axis=-1, keepdims=True)
    wanted = np.eye(classes)[labels] if sparse else soft
    expected = -(wanted * np.log(chances)).sum(axis=-1).mean()
    assert loss.value(outputs(), targets) == pytest.approx(expected)
    moved = by_moving(lambda: loss.value(outputs(), targets), before)
    np.testing.assert_allclose(loss.gradient(outputs(), targets), moved, **CLOSE)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_confident_wrong_answer_costs_much_but_not_infinitely_much(dtype):
    before = np.array([[0, 1000]], dtype=dtype)
    wanted = np.array([[1, 0]], dtype=dtype)
    loss = CategoricalCrossentropy(from_logits=True)
    assert loss.value(before, wanted) == 1000  # as in Keras, and exact
    assert loss.gradient(before, wanted).tolist() == [[-1, 1]]
    loss, sure = CategoricalCrossentropy(), activations.softmax(before)
    assert loss.value(sure, wanted) == pytest.approx(-np.log(1e-7))  # as in Keras
    assert loss.gradient(sure, wanted).tolist() == [[-1, 1]]  # and it can still learn


# ----------------------------------------------------------------------------- whole networks


F64 = {"dtype": "float64"}
NETWORKS = {
    "digits": [
        Conv2D(3, 3, padding="same", activation="relu", input_shape=(6, 6, 1), **F64),
        MaxPooling2D(3, strides=2),
        Flatten(),
        Dense(3, "softmax", **F64),
    ],
    "deep": [
        Conv2D(2, 3, (1, 2), activation="tanh", input_shape=(7, 8, 2), **F64),
        Conv2D(3, 2, dilation_rate=2, padding="same", activation="sigmoid", **F64),
        AveragePooling2D(2, padding="same"),
        Conv2D(2, (1, 2), use_bias=False, **F64),
        Activation("softmax"),
        Flatten(),
        Dense(4, "relu", **F64),
        Dense(3, **F64),
        Activation("softmax"),
    ],
    "sequence": [
        Conv1D(3, 4, 2, "same", activation="tanh", input_shape=(11, 2), **F64),
        MaxPooling1D(2, 1),
        Conv1D(2, 2, dilation_rate=2, **F64),
        AveragePooling1D(2),
        Dense(3, "softmax", **F64),
        Flatten(),
        Dense(3, "softmax", **F64),
    ],
}


@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy"])
@pytest.mark.parametrize("frozen", [(), (0,), (1, 3)])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_of_a_network_goes_down_the_slope_of_the_loss(name, frozen, loss):
    """The slope is taken from `evaluate`, the gradient from what a step does to the weights."""
    rate, model = 1e-3, Sequential(copy.deepcopy(NETWORKS[name]), seed=0)
    for number, layer in enumerate(model.layers):
        layer.trainable = number not in frozen
    for n, values in enumerate(model.weights):
        values[...] = random_values(*values.shape, seed=n) / 3
    x = random_values(3, *model.input_shape[1:], seed=9)
    y = np.random.default_rng(1).dirichlet(np.ones(3), 3)
    model.compile(SGD(rate), loss)
    slopes = [by_moving(lambda: model.evaluate(x, y), values) for values in model.weights]
    start = model.get_weights()
    before = model.evaluate(x, y)
    assert model.train_on_batch(x, y) == pytest.approx(before, rel=1e-12)
    learns = [layer.trainable for layer in model.layers for _ in layer.weights]
    for was, now, slope, learn in zip(start, model.weights, slopes, learns, strict=True):
        expected = slope if learn else np.zeros_like(slope)
        np.testing.assert_allclose((was - now) / rate, expected, rtol=1e-5, atol=1e-6)
