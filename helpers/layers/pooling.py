"""The arithmetic of pooling, forward and backward: arrays in, arrays out.

A batch of pictures is (N, H, W, C): samples, rows, columns, channels.
"""

from collections.abc import Iterator

import numpy as np

from helpers.layers.arithmetic import padded, same_padding


def max_pool(x: np.ndarray, size, strides, padding: str = "valid") -> np.ndarray:
    """Keep the largest value of every window, per channel; padding never is the largest.

    Examples
    --------
    >>> max_pool(np.arange(16).reshape(1, 4, 4, 1), (2, 2), (2, 2))[0, :, :, 0]
    array([[ 5,  7],
           [13, 15]])
    """
    if padding == "same":
        x = padded(x, size, strides, fill=-np.inf)
    rows = _reduce_axis(np.maximum, x, 1, size[0], strides[0])
    return _reduce_axis(np.maximum, rows, 2, size[1], strides[1])


def max_pool_gradient(x, result, gradient, size, strides, padding: str = "valid") -> np.ndarray:
    """Give the gradient of every window to its largest value, the first where several are.

    `result` is what `max_pool` returned for `x`, and `gradient` how the loss changes with it.

    Examples
    --------
    >>> x = np.array([[1, 4], [4, 2]]).reshape(1, 2, 2, 1)
    >>> one = np.ones((1, 1, 1, 1), dtype=int)
    >>> max_pool_gradient(x, 4 * one, 7 * one, (2, 2), (2, 2))[0, :, :, 0]
    array([[0, 7],
           [0, 0]])
    """
    shape = x.shape
    if padding == "same":
        x = padded(x, size, strides, fill=-np.inf)
    back = np.zeros(x.shape, dtype=gradient.dtype)
    open_ = np.ones(result.shape, dtype=bool)  # the windows whose largest is yet to come
    for values, place in zip(_places(x, size, strides), _places(back, size, strides), strict=True):
        largest = values == result
        largest &= open_
        open_ ^= largest
        place += gradient * largest
    return _without_padding(back, shape, size, strides, padding)


def average_pool(x: np.ndarray, size, strides, padding: str = "valid") -> np.ndarray:
    """Average every window, per channel; padding does not count.

    Examples
    --------
    >>> average_pool(np.arange(16.0).reshape(1, 4, 4, 1), (2, 2), (2, 2))[0, :, :, 0]
    array([[ 2.5,  4.5],
           [10.5, 12.5]])
    """
    counts = _window_counts(x.shape[1:3], size, strides, padding).astype(x.dtype)
    if padding == "same":
        x = padded(x, size, strides)
    rows = _reduce_axis(np.add, x, 1, size[0], strides[0])
    totals = _reduce_axis(np.add, rows, 2, size[1], strides[1])
    totals /= counts[:, :, None]
    return totals


def average_pool_gradient(gradient, shape, size, strides, padding: str = "valid") -> np.ndarray:
    """Share the gradient of every window equally among its values; `shape` is the input's.

    Examples
    --------
    >>> average_pool_gradient(np.full((1, 1, 1, 1), 8.0), (1, 2, 2, 1), (2, 2), (2, 2))[0, :, :, 0]
    array([[2., 2.],
           [2., 2.]])
    """
    counts = _window_counts(shape[1:3], size, strides, padding).astype(gradient.dtype)
    back = np.zeros(shape, dtype=gradient.dtype)
    if padding == "same":
        back = padded(back, size, strides)
    share = gradient / counts[:, :, None]
    for place in _places(back, size, strides):
        place += share
    return _without_padding(back, shape, size, strides, padding)


def _places(x: np.ndarray, size, strides) -> Iterator[np.ndarray]:
    """Yield the first value of every window as a view of `x`, then the second, and so on."""
    for row in _shifted(x, 1, size[0], strides[0]):
        yield from _shifted(row, 2, size[1], strides[1])


def _without_padding(x: np.ndarray, shape, size, strides, padding: str) -> np.ndarray:
    """Return the part of `x` that is not padding; `shape` is that of the input."""
    if padding == "valid":
        return x
    above, left = (same_padding(shape[n + 1], size[n], strides[n])[0] for n in (0, 1))
    return x[:, above : above + shape[1], left : left + shape[2]]


def _window_counts(shape, size, strides, padding: str) -> np.ndarray:
    """Count the values in each window of a picture, padding left out."""
    counts = np.ones((1, *shape, 1), dtype=int)
    if padding == "same":
        counts = padded(counts, size, strides)
    rows = _reduce_axis(np.add, counts, 1, size[0], strides[0])
    return _reduce_axis(np.add, rows, 2, size[1], strides[1])[0, :, :, 0]


def _reduce_axis(
    operation: np.ufunc, x: np.ndarray, axis: int, size: int, stride: int
) -> np.ndarray:
    """Combine the `size` values of every window along one axis."""
    first, *others = _shifted(x, axis, size, stride)
    if not others:
        return first.copy()
    result = operation(first, others[0])
    for values in others[1:]:
        operation(result, values, out=result)
    return result


def _shifted(x: np.ndarray, axis: int, size: int, stride: int) -> Iterator[np.ndarray]:
    """Yield the first value of every window along one axis, then the second, and so on."""
    reach = (x.shape[axis] - size) // stride * stride + 1
    before = (slice(None),) * axis
    for start in range(size):
        yield x[(*before, slice(start, start + reach, stride))]
