"""The arithmetic of layers: arrays in, arrays out, no names and no weights to look after.

A batch of pictures is (N, H, W, C): samples, rows, columns, channels. A kernel is (kh, kw, C, F):
rows, columns, channels of the input, filters. A sequence is a picture with a single row.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache

import numpy as np

# What it costs to copy one run of neighbouring values, in multiplications that take as long
# (measured with OpenBLAS on two cores). It decides how many outputs are computed at once.
COPY_COST = 400
MOST_AT_ONCE = 32  # outputs along a row

# Windows are copied in portions of about this size. They are large, because every matrix product
# may have to wait for a second processor that is busy elsewhere.
WORK_BYTES = 6 * 2**20


def output_length(size: int, span: int, stride: int, padding: str) -> int:
    """Count the windows along one axis; a `span` is what one window covers, in samples.

    Examples
    --------
    >>> output_length(8, 3, 1, "valid"), output_length(8, 3, 2, "same")
    (6, 4)
    """
    if padding == "same":
        return -(-size // stride)
    return (size - span) // stride + 1


def same_padding(size: int, span: int, stride: int) -> tuple[int, int]:
    """Return what "same" adds before and after one axis: the odd sample stands at the end.

    Examples
    --------
    >>> same_padding(8, 3, 1), same_padding(8, 3, 2)
    ((1, 1), (0, 1))
    """
    total = max((-(-size // stride) - 1) * stride + span - size, 0)
    return total // 2, total - total // 2


def padded(x: np.ndarray, spans, strides, fill: float = 0) -> np.ndarray:
    """Put the padding of "same" around rows and columns; without any, `x` itself comes back."""
    n, h, w, c = x.shape
    above, below = same_padding(h, spans[0], strides[0])
    left, right = same_padding(w, spans[1], strides[1])
    if above + below + left + right == 0:
        return x
    frame = np.full((n, above + h + below, left + w + right, c), fill, dtype=x.dtype)
    frame[:, above : above + h, left : left + w] = x
    return frame


def correlate(
    x: np.ndarray,
    kernel: np.ndarray,
    bias: np.ndarray | None = None,
    *,
    strides: tuple[int, int] = (1, 1),
    padding: str = "valid",
    dilation: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Cross-correlate every sample with every filter, summed over the channels.

    All windows become the rows of one matrix, and one matrix product does the rest. Copying the
    windows is the slow part. So a row of that matrix may hold several neighbouring windows, which
    share most of their values; the weights then stand once per window, each time further down.

    Parameters
    ----------
    x : ndarray, (N, H, W, C)
    kernel : ndarray, (kh, kw, C, F), of the type of `x`
    bias : ndarray, (F,), or None
    strides, dilation : int per axis (rows, columns), in pixels
    padding : "valid" or "same"

    Returns
    -------
    ndarray, (N, OH, OW, F), of the type of `x`

    Examples
    --------
    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> correlate(x, np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1))[0, :, :, 0]
    array([[37, 47],
           [67, 77]])
    """
    high = (kernel.shape[0] - 1) * dilation[0] + 1
    wide = (kernel.shape[1] - 1) * dilation[1] + 1
    if padding == "same":
        x = padded(x, (high, wide), strides)
    x = np.ascontiguousarray(x)
    samples, rows, columns, channels = x.shape
    rows, columns = (rows - high) // strides[0] + 1, (columns - wide) // strides[1] + 1
    filters = kernel.shape[3]
    at_once = _outputs_at_once(columns, wide, strides[1], channels * filters)
    if at_once > 1 and not np.isfinite(np.vdot(x, x)):
        at_once = 1  # 0 times infinity is not a number: no window may meet another one's values
    out = np.empty((samples, rows, columns, filters), dtype=x.dtype)
    windows = _windows(x, kernel.shape, out.shape, at_once, strides, dilation)
    _multiply(windows, _weights(kernel, bias, at_once, strides[1], dilation[1]), out)
    return out


@lru_cache
def _outputs_at_once(columns: int, wide: int, stride: int, products: int) -> int:
    """Choose how many outputs of a row to compute at once: the cheapest divisor of `columns`.

    A window is `wide` columns wide, and a column of it takes part in so many `products`.
    """
    choices = [t for t in range(1, min(columns, MOST_AT_ONCE) + 1) if columns % t == 0]
    return min(choices, key=lambda t: COPY_COST / t + (wide + (t - 1) * stride) * products)


def _weights(kernel, bias, at_once: int, stride: int, dilation: int) -> np.ndarray:
    """Return the kernel as a matrix with a column per output; the bias is its last row."""
    kh, kw, channels, filters = kernel.shape
    if at_once == 1:
        matrix = kernel.reshape(-1, filters)
        return matrix if bias is None else np.concatenate((matrix, bias[None]))
    wide = (at_once - 1) * stride + (kw - 1) * dilation + 1
    rows = kh * wide * channels
    matrix = np.zeros((rows + (bias is not None), at_once, filters), dtype=kernel.dtype)
    per_output, per_channel = matrix.strides[1], matrix.strides[0]
    per_column = channels * per_channel
    diagonal = np.ndarray(  # one output further, the same weights stand `stride` columns further
        (at_once, *kernel.shape),
        kernel.dtype,
        matrix,
        strides=(
            stride * per_column + per_output,
            wide * per_column,
            dilation * per_column,
            per_channel,
            matrix.itemsize,
        ),
    )
    diagonal[...] = kernel
    if bias is not None:
        matrix[rows] = bias
    return matrix.reshape(len(matrix), -1)


def _windows(x, kernel_shape, out_shape, at_once: int, strides, dilation) -> np.ndarray:
    """View `x` as the values that each group of `at_once` windows needs, without copying it.

    The view is (N, OH, OW / at_once, kh, pieces). A piece is a run of neighbouring values, seen as
    one item of so many bytes: like that NumPy copies it in one go.
    """
    high, wide, channels, _ = kernel_shape
    per_column = channels * x.itemsize
    per_row = x.shape[2] * per_column
    if at_once == 1 and dilation[1] > 1:  # only the columns under a weight
        pieces, columns = wide, 1
    else:  # from the first weight of the first window to the last weight of the last
        pieces, columns = 1, (at_once - 1) * strides[1] + (wide - 1) * dilation[1] + 1
    return np.ndarray(
        (out_shape[0], out_shape[1], out_shape[2] // at_once, high, pieces),
        np.dtype((np.void, columns * per_column)),
        x,
        strides=(
            x.shape[1] * per_row,
            strides[0] * per_row,
            at_once * strides[1] * per_column,
            dilation[0] * per_row,
            dilation[1] * per_column,
        ),
    )


def _multiply(windows: np.ndarray, weights: np.ndarray, out: np.ndarray) -> None:
    """Copy the windows, a portion at a time, into rows of a matrix; multiply; store in `out`."""
    samples, rows, groups, high, pieces = windows.shape
    item, line = windows.itemsize, len(weights) * out.itemsize  # bytes of a piece, of a row
    portion = max(WORK_BYTES // (groups * line), 1)  # in rows of outputs
    many, few = min(max(portion // rows, 1), samples), min(portion, rows)
    work = np.empty((many * few * groups, len(weights)), dtype=out.dtype)
    work[:, high * pieces * item // out.itemsize :] = 1  # what the bias is multiplied with
    copies = np.ndarray(
        (many, few, groups, high, pieces),
        windows.dtype,
        work,
        strides=(few * groups * line, groups * line, line, pieces * item, item),
    )
    for sample in range(0, samples, many):
        for row in range(0, rows, few):
            some = windows[sample : sample + many, row : row + few]
            copies[: some.shape[0], : some.shape[1]] = some
            result = out[sample : sample + many, row : row + few].reshape(-1, weights.shape[1])
            np.matmul(work[: len(result)], weights, out=result)


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


# ------------------------------------------------------------------------------- activations
# Every activation takes `out`, so that a layer can overwrite what it has just computed.


def linear(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return x as it is.

    >>> linear(np.array([-2, 3]))
    array([-2,  3])
    """
    return x


def relu(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return max(x, 0).

    >>> relu(np.array([-2, 3]))
    array([0, 3])
    """
    return np.maximum(x, 0, out=out)


def sigmoid(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return 1 / (1 + exp(-x)), computed so that no exponential overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))  # between 0 and 1
    return np.divide(np.where(x < 0, small, 1), 1 + small, out=out)


def tanh(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return the hyperbolic tangent.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(x, out=out)


def softmax(x: np.ndarray, out: np.ndarray | None = None) -> np.ndarray:
    """Return exp(x) divided by its sum over the last axis.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.divide(powers, powers.sum(axis=-1, keepdims=True), out=out)


ACTIVATIONS: dict[str, Callable[..., np.ndarray]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
}
