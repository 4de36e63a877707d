"""The layers, beside the operation that they are made of, plain loops, and the worked examples."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.convolution import convolve
from helpers.layers import (
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Input,
    MaxPooling2D,
    Sequential,
    sliding,
)
from helpers.layers.activations import ACTIVATIONS
from tests.reference import first_samples

SIZES = st.integers(1, 9)
STEPS = st.integers(1, 3)
PADDINGS = st.sampled_from(["valid", "same"])


def whole_numbers(shape, seed=0):
    """Small whole numbers, whose sums of products are exact in float32."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype("float32")


def summed_over_channels(x, kernel, bias, **options):
    """A convolutional layer, written with the operation of the first part."""
    channels, filters = map(range, kernel.shape[-2:])

    def feature_map(sample, n):
        each = (
            convolve(sample[..., c], kernel[..., c, n], flip=False, **options) for c in channels
        )
        return sum(each) + bias[n]

    return np.stack([[feature_map(sample, n) for sample in x] for n in filters], axis=-1)


# ------------------------------------------------------------------------- what is computed


@pytest.mark.parametrize("one_thread", [1, 500, sliding.ONE_THREAD])
@pytest.mark.parametrize(("layer", "rank"), [(Conv1D, 1), (Conv2D, 2)])
@given(data=st.data())
def test_a_layer_is_cross_correlation_summed_over_channels(layer, rank, one_thread, data):
    """In matrix products of any size: of one row of outputs, of a few, of several samples."""
    per_axis = lambda what: data.draw(st.tuples(*[what] * rank))  # noqa: E731
    size, strides, padding = per_axis(st.integers(1, 4)), per_axis(STEPS), data.draw(PADDINGS)
    more = per_axis(SIZES)
    shape = more if padding == "same" else [f + n for f, n in zip(size, more, strict=True)]
    channels, filters = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 5))
    x = whole_numbers((data.draw(st.integers(1, 3)), *shape, channels))
    kernel, bias = whole_numbers((*size, channels, filters), 1), whole_numbers(filters, 2)
    model = Sequential([Input(x.shape[1:]), layer(filters, size, strides, padding)])
    model.set_weights([kernel, bias])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sliding, "ONE_THREAD", one_thread)
        result = model.predict(x)
    expected = summed_over_channels(x, kernel, bias, stride=strides, padding=padding)
    np.testing.assert_array_equal(result, expected)
    assert model.output_shape == (None, *result.shape[1:])


@given(SIZES, st.integers(1, 40), st.integers(1, 40), st.integers(1, 9))
def test_parts_cover_every_row_once_and_stay_below_the_bound(samples, rows, columns, filters):
    shape = (samples, rows, columns, 5, 5, 8)
    seen, per_row = np.zeros((samples, rows), dtype=int), columns * 200 * filters
    for part in sliding.parts(shape, filters):
        seen[part] += 1
        assert seen[part].size == 1 or seen[part].size * per_row <= sliding.ONE_THREAD
    assert (seen == 1).all()


@pytest.mark.parametrize(
    ("layer", "combine"), [(MaxPooling2D, np.max), (AveragePooling2D, np.mean)]
)
@given(data=st.data())
def test_pooling_looks_at_every_window_without_its_padding(layer, combine, data):
    size = data.draw(st.tuples(*[st.integers(1, 4)] * 2))
    strides = data.draw(st.one_of(st.none(), st.tuples(*[STEPS] * 2)))
    shape, padding = tuple(f - 1 + data.draw(SIZES) for f in size), data.draw(PADDINGS)
    x = whole_numbers((2, *shape, 2)).astype("float64") - 20  # zeros would be the largest
    pool = layer(size, strides, padding, dtype="float64")
    result = pool(x)
    rows, columns = (
        first_samples(shape[a], size[a], (strides or size)[a], 1, padding, False) for a in (0, 1)
    )
    assert result.shape == pool.compute_output_shape(x.shape) == (2, len(rows), len(columns), 2)
    for i, top in enumerate(rows):
        for j, left in enumerate(columns):
            bottom, right = top + size[0], left + size[1]
            window = x[:, max(top, 0) : bottom, max(left, 0) : right]
            np.testing.assert_allclose(result[:, i, j], combine(window, axis=(1, 2)), atol=1e-12)


def test_activations_stay_in_their_range_without_a_warning():
    x = np.array([[-1e30, -100.0, -1.0, 0.0, 1.0, 100.0, 1e30]])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        results = {name: each.apply(x.copy()) for name, each in ACTIVATIONS.items()}
    np.testing.assert_array_equal(results["linear"], x)
    np.testing.assert_array_equal(results["relu"], np.maximum(x, 0))
    np.testing.assert_allclose(results["tanh"], np.tanh(x))
    np.testing.assert_allclose(results["sigmoid"][0, 2:5], [0.268941, 0.5, 0.731059], atol=1e-6)
    assert results["sigmoid"][0, [0, -1]].tolist() == [0, 1]
    assert results["softmax"].tolist() == [[0, 0, 0, 0, 0, 0, 1]]


# ----------------------------------------------------------- worked examples, written for Keras


@pytest.mark.parametrize(
    ("row", "weights", "expected"),
    [
        ([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0], [0, 0, 1, 1, 0, 0]),
        ([0, 0, 0, 1, 1, 0, 0, 0], [-1, 2, -1], [0, -1, 1, 1, -1, 0]),
        ([0, 1, 0, 1, 1, 0], [0, 1], [1, 0, 1, 1, 0]),
        ([0, 1, 0, 1, 1, 0], [-1, 1], [1, -1, 1, 0, -1]),
    ],
)
def test_the_worked_example_of_one_dimension(row, weights, expected):
    model = Sequential()
    model.add(Conv1D(1, len(weights), input_shape=(len(row), 1)))
    model.set_weights([np.asarray([[[weight]] for weight in weights]), np.asarray([0.0])])
    assert model.get_weights()[0].shape == (len(weights), 1, 1)
    assert model.get_weights()[0].ravel().tolist() == weights
    result = model.predict(np.asarray(row).reshape(1, len(row), 1))
    assert (result.shape, result.dtype) == ((1, len(expected), 1), np.float32)
    assert result.ravel().tolist() == expected


@pytest.mark.parametrize(
    ("row", "weights", "padding", "edge", "inside"),
    [
        ([0, 0, 0, 1, 1, 0, 0, 0], [0, 1, 0], "valid", [], [0, 0, 3, 3, 0, 0]),
        ([0, 1, 0, 1, 1, 0], [0, 1, 0], "same", [[0, 2, 0, 2, 2, 0]], [0, 3, 0, 3, 3, 0]),
        ([0, 1, 0, 1, 1, 0], [1, 0, 0], "same", [[0, 0, 2, 0, 2, 2]], [0, 0, 3, 0, 3, 3]),
    ],
)
def test_the_worked_example_of_two_dimensions(row, weights, padding, edge, inside):
    """A picture of equal rows under a detector of equal rows."""
    data = np.asarray([row] * len(row)).reshape(1, len(row), len(row), 1)
    detector = np.asarray([[[[weight]] for weight in weights]] * 3)
    model = Sequential([Conv2D(1, (3, 3), padding=padding, input_shape=data.shape[1:])])
    model.set_weights([detector, np.asarray([0.0])])
    assert model.predict(data)[0, :, :, 0].tolist() == [
        *edge,
        *[inside] * (6 - 2 * len(edge)),
        *edge,
    ]
