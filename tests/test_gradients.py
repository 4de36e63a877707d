"""Backward passes beside the change of the loss when a value is moved, and plain loops."""

import copy

import numpy as np
import pytest
import scipy.special
from hypothesis import given, settings
from hypothesis import strategies as st

from helpers.layers import (
    SGD,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    MaxPooling2D,
    Sequential,
    activations,
    learning,
    sliding,
)

MOVED = 1e-5  # by so much, up and down
CLOSE = {"rtol": 1e-6, "atol": 1e-7}
ACTIVATIONS = sorted(activations.ACTIVATIONS)
EXACT = {"dtype": "float64"}


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


def check_layer(layer, *shape, seed=0):
    """Compare all gradients of a layer with what moving its input and its weights does."""
    x = random_values(*shape, seed=seed)
    layer.build((None, *shape[1:]))
    for values in layer.weights:
        values[...] = random_values(*values.shape, seed=seed + 1)
    upstream = random_values(*layer.forward(x).shape, seed=seed + 2)
    kept = x.copy(), upstream.copy()
    before = activations.ACTIVATIONS[layer.activation].slope(layer.forward(x), upstream)
    back, gradients = layer.backward(before), layer.gradients
    total = lambda: float((layer.forward(x) * upstream).sum())  # noqa: E731
    np.testing.assert_allclose(back, by_moving(total, x), **CLOSE)
    assert len(gradients) == len(layer.weights)
    for values, slopes in zip(layer.weights, gradients, strict=True):
        np.testing.assert_allclose(slopes, by_moving(total, values), **CLOSE)
    for now, then in zip((x, upstream), kept, strict=True):
        np.testing.assert_array_equal(now, then)  # nothing was overwritten
    if layer.weights:
        layer.forward(x)
        assert layer.backward(before, to_input=False) is None
        for slopes, again in zip(gradients, layer.gradients, strict=True):
            np.testing.assert_array_equal(slopes, again)


def pairs(data, low, high):
    return data.draw(st.tuples(*[st.integers(low, high)] * 2))


# -------------------------------------------------------------------------------------- layers


@pytest.mark.parametrize("one_thread", [60, sliding.ONE_THREAD])
@pytest.mark.parametrize("rank", [1, 2])
@settings(max_examples=30)
@given(data=st.data())
def test_convolution_by_moving_every_value(rank, one_thread, data):
    """Every size, stride and padding, also where windows overlap or leave gaps."""
    size, strides, more = (pairs(data, 1, 3)[:rank] for _ in range(3))
    padding, use_bias = data.draw(st.sampled_from(["valid", "same"])), data.draw(st.booleans())
    least = size if padding == "valid" else (0, 0)
    shape = [low + n for low, n in zip(least, more, strict=False)]
    samples, channels, filters = (data.draw(st.integers(1, most)) for most in (3, 2, 3))
    activation = data.draw(st.sampled_from(["linear", "tanh", "softmax"]))
    layer = {1: Conv1D, 2: Conv2D}[rank](
        filters, size, strides, padding, use_bias=use_bias, activation=activation, **EXACT
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliding, "ONE_THREAD", one_thread)
        check_layer(layer, samples, *shape, channels, seed=data.draw(st.integers(0, 99)))


@pytest.mark.parametrize("kind", [MaxPooling2D, AveragePooling2D])
@settings(max_examples=40)
@given(data=st.data())
def test_pooling_by_moving_every_value(kind, data):
    size, more = pairs(data, 1, 4), pairs(data, 0, 3)
    strides = data.draw(st.one_of(st.none(), st.tuples(*[st.integers(1, 4)] * 2)))
    padding = data.draw(st.sampled_from(["valid", "same"]))
    least = size if padding == "valid" else (1, 1)
    shape = [low + n for low, n in zip(least, more, strict=True)]
    seed = data.draw(st.integers(0, 99))
    check_layer(kind(size, strides, padding, **EXACT), 2, *shape, 2, seed=seed)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize("strides", [1, 2, 3])
def test_the_first_of_equals_gets_the_whole_gradient(strides, padding):
    """Window by window, with many equal values, all of them below the zeros of a padding."""
    x = np.random.default_rng(0).integers(-3, 0, (2, 5, 6, 2)).astype(float)
    layer, numbers = MaxPooling2D(3, strides, padding, **EXACT), np.arange(x.size).reshape(x.shape)
    gradient = np.random.default_rng(1).integers(1, 9, layer.forward(x).shape).astype(float)
    expected = np.zeros(x.size)
    frame, inside = layer.framed(numbers.astype(float), fill=-1)
    for n, i, j, c in np.ndindex(gradient.shape):
        window = frame[n, i * strides : i * strides + 3, j * strides : j * strides + 3, c]
        places = window[window >= 0].astype(int)
        expected[places[x.ravel()[places].argmax()]] += gradient[n, i, j, c]
    np.testing.assert_array_equal(layer.backward(gradient).ravel(), expected)
    np.testing.assert_array_equal(frame[inside], numbers)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("use_bias", [True, False])
@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 4), (2, 3, 2, 4)])
def test_dense_by_moving_every_value(shape, use_bias, activation):
    check_layer(Dense(3, activation, use_bias, **EXACT), *shape)


def test_flatten_by_moving_every_value():
    check_layer(Flatten(), 2, 3, 2, 2)


def test_relu_is_flat_at_zero():
    assert activations.ACTIVATIONS["relu"].slope(np.array([0, 3]), np.ones(2)).tolist() == [0, 1]


# ---------------------------------------------------------------------- a loss, whole networks


@pytest.mark.parametrize("shape", [(5, 3), (2, 3, 4)])
def test_crossentropy_by_moving_what_goes_into_the_softmax(shape):
    before = random_values(*shape, seed=3)
    labels = np.random.default_rng(3).integers(0, shape[-1], shape[:-1])
    targets = learning.checked_targets(learning.cross_entropy, labels, shape)
    both = lambda: learning.cross_entropy(activations.softmax(before.copy()), targets)  # noqa: E731
    right = np.take_along_axis(scipy.special.softmax(before, axis=-1), labels[..., None], axis=-1)
    assert both()[0] == pytest.approx(-np.log(right).mean())
    np.testing.assert_allclose(both()[1], by_moving(lambda: both()[0], before), **CLOSE)


NETWORKS = {
    "digits": [
        Conv2D(3, 3, padding="same", activation="relu", input_shape=(6, 6, 1), **EXACT),
        MaxPooling2D(3, strides=2, **EXACT),
        Flatten(**EXACT),
        Dense(3, "softmax", **EXACT),
    ],
    "deep": [
        Conv2D(2, 3, (1, 2), activation="tanh", input_shape=(7, 8, 2), **EXACT),
        Conv2D(3, 2, padding="same", activation="sigmoid", **EXACT),
        AveragePooling2D(2, padding="same", **EXACT),
        Conv2D(2, (1, 2), use_bias=False, activation="softmax", **EXACT),
        Flatten(**EXACT),
        Dense(4, "relu", **EXACT),
        Dense(3, "softmax", **EXACT),
    ],
    "nothing to learn at the ends": [
        MaxPooling2D(2, input_shape=(6, 8, 2), **EXACT),
        Conv2D(3, 2, **EXACT),
        Flatten(**EXACT),
        Dense(3, "softmax", **EXACT),
        Flatten(**EXACT),
    ],
}


@pytest.mark.parametrize("loss", ["mse", "sparse_categorical_crossentropy"])
@pytest.mark.parametrize("name", NETWORKS)
def test_a_step_of_a_network_goes_down_the_slope_of_the_loss(name, loss):
    """The slope is taken from `evaluate`, the gradient from what a step does to the weights."""
    layers = copy.deepcopy(NETWORKS[name])
    if loss != "mse" and isinstance(layers[-1], Flatten):
        layers.pop()  # softmax has to be the last
    rate, model = 1e-3, Sequential(layers)
    for n, values in enumerate(model.weights):
        values[...] = random_values(*values.shape, seed=n) / 3
    x = random_values(3, *model.input_shape[1:], seed=9)
    y = np.random.default_rng(1).dirichlet(np.ones(3), 3) if loss == "mse" else [2, 0, 2]
    model.compile(SGD(rate), loss)
    slopes = [by_moving(lambda: model.evaluate(x, y), values) for values in model.weights]
    start, before = model.get_weights(), model.evaluate(x, y)
    assert model.train_on_batch(x, y) == pytest.approx(before, rel=1e-12)
    for was, now, slope in zip(start, model.weights, slopes, strict=True):
        np.testing.assert_allclose((was - now) / rate, slope, rtol=1e-5, atol=1e-6)
