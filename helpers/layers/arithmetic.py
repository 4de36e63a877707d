"""The arithmetic of convolution, forward and backward: arrays in, arrays out.

A batch of pictures is (N, H, W, C): samples, rows, columns, channels. A kernel is (kh, kw, C, F):
rows, columns, channels of the input, filters. A sequence is a picture with a single row.
"""

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

# What it costs to copy one run of neighbouring values, in multiplications that take as long
# (measured with OpenBLAS on two cores). It decides how many outputs are computed at once.
COPY_COST = 400
MOST_AT_ONCE = 32  # outputs along a row

# Windows are copied in portions of about this size. They are large, because every matrix product
# may have to wait for a second processor that is busy elsewhere.
WORK_BYTES = 6 * 2**20

# OpenBLAS gives a product of up to so many multiplications to one thread, a larger one to all.
# While others use the processors, waiting for a second thread takes a thousand times as long as a
# small product. So what is small in all is cut into pieces that one thread computes.
ONE_THREAD = 2**18
SMALL_IN_ALL = 2**22


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
    x, out_shape, at_once = _prepared(x, kernel.shape, strides, padding, dilation)
    out = np.empty(out_shape, dtype=x.dtype)
    windows = _windows(x, kernel.shape, out_shape, at_once, strides, dilation)
    weights = _weights(kernel, bias, at_once, strides[1], dilation[1])
    for rows, where in _portions(windows, weights.shape, x.dtype):
        np.matmul(rows, weights, out=out[where].reshape(-1, weights.shape[1]))
    return out


def kernel_gradient(
    x: np.ndarray,
    gradient: np.ndarray,
    kernel_shape: tuple[int, ...],
    *,
    strides: tuple[int, int] = (1, 1),
    padding: str = "valid",
    dilation: tuple[int, int] = (1, 1),
) -> tuple[np.ndarray, np.ndarray]:
    """Return how the loss changes with every weight of the kernel, and with every bias.

    A weight meets one value of `x` in every window, and each product goes into one output. So its
    gradient is the sum of these values, each times the gradient of that output: without strides,
    the cross-correlation of `x` with `gradient`.

    Parameters
    ----------
    x : ndarray, (N, H, W, C)
    gradient : ndarray, (N, OH, OW, F)
        How the loss changes with every output.
    kernel_shape : (kh, kw, C, F)
    strides, dilation : int per axis (rows, columns), in pixels
    padding : "valid" or "same"

    Returns
    -------
    ndarray, (kh, kw, C, F), and ndarray, (F,)

    Examples
    --------
    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> of_kernel, of_bias = kernel_gradient(x, np.ones((1, 2, 2, 1), dtype=int), (2, 2, 1, 1))
    >>> of_kernel[:, :, 0, 0], of_bias
    (array([[12, 16],
           [24, 28]]), array([4]))
    """
    x, out_shape, at_once = _prepared(x, kernel_shape, strides, padding, dilation)
    windows = _windows(x, kernel_shape, out_shape, at_once, strides, dilation)
    gradient = np.ascontiguousarray(gradient)
    outputs = at_once * kernel_shape[3]
    values = math.prod(windows.shape[3:]) * windows.itemsize // x.itemsize
    matrix = np.zeros((values + 1, at_once, kernel_shape[3]), dtype=x.dtype)
    for rows, where in _portions(windows, (values + 1, outputs), x.dtype):
        matrix += (rows.T @ gradient[where].reshape(-1, outputs)).reshape(matrix.shape)
    if at_once == 1:
        return matrix[:-1].reshape(kernel_shape), matrix[-1, 0]
    diagonal = _diagonal(matrix, kernel_shape, strides[1], dilation[1])
    return diagonal.sum(axis=0), matrix[-1].sum(axis=0)


def input_gradient(
    gradient: np.ndarray,
    kernel: np.ndarray,
    input_shape: tuple[int, ...],
    *,
    strides: tuple[int, int] = (1, 1),
    padding: str = "valid",
    dilation: tuple[int, int] = (1, 1),
) -> np.ndarray:
    """Return how the loss changes with every value of the input of `correlate`.

    What one output tells goes back to all values of its window, each times its weight. That is a
    convolution: the kernel, turned by 180 degrees, slides over the gradient, in which the outputs
    that a stride left out are zeros.

    Parameters
    ----------
    gradient : ndarray, (N, OH, OW, F)
    kernel : ndarray, (kh, kw, C, F)
    input_shape : (N, H, W, C)
    strides, padding, dilation
        As in `correlate`.

    Returns
    -------
    ndarray, (N, H, W, C)

    Examples
    --------
    >>> kernel = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1)
    >>> input_gradient(np.ones((1, 2, 2, 1), dtype=int), kernel, (1, 3, 3, 1))[0, :, :, 0]
    array([[ 1,  3,  2],
           [ 4, 10,  6],
           [ 3,  7,  4]])
    """
    spans = spans_of(kernel.shape, dilation)
    before, size = (0, 0), input_shape[1:3]
    if padding == "same":
        sides = [same_padding(*each) for each in zip(size, spans, strides, strict=True)]
        before = tuple(first for first, _ in sides)
        size = tuple(n + sum(both) for n, both in zip(size, sides, strict=True))
    spread = [n + span - 1 for n, span in zip(size, spans, strict=True)]
    frame = np.zeros((len(gradient), *spread, gradient.shape[3]), dtype=gradient.dtype)
    reached = tuple(
        slice(span - 1, span + (n - 1) * stride, stride)
        for n, span, stride in zip(gradient.shape[1:3], spans, strides, strict=True)
    )
    frame[:, *reached] = gradient
    turned = np.ascontiguousarray(kernel[::-1, ::-1].transpose(0, 1, 3, 2))
    everything = correlate(frame, turned, dilation=dilation)
    rows, columns = (slice(b, b + n) for b, n in zip(before, input_shape[1:3], strict=True))
    return everything[:, rows, columns]


def spans_of(kernel_shape: tuple[int, ...], dilation: tuple[int, int]) -> tuple[int, int]:
    """Return how many rows and columns one window covers.

    >>> spans_of((3, 2, 1, 1), (2, 1))
    (5, 2)
    """
    return (kernel_shape[0] - 1) * dilation[0] + 1, (kernel_shape[1] - 1) * dilation[1] + 1


def _prepared(
    x: np.ndarray, kernel_shape, strides, padding: str, dilation
) -> tuple[np.ndarray, tuple[int, ...], int]:
    """Return `x` with its padding, the shape of the output, and how many outputs go at once."""
    high, wide = spans_of(kernel_shape, dilation)
    if padding == "same":
        x = padded(x, (high, wide), strides)
    x = np.ascontiguousarray(x)
    samples, rows, columns, channels = x.shape
    rows, columns = (rows - high) // strides[0] + 1, (columns - wide) // strides[1] + 1
    filters = kernel_shape[3]
    at_once = _outputs_at_once(columns, wide, strides[1], channels * filters)
    if at_once > 1 and not np.isfinite(np.vdot(x, x)):
        at_once = 1  # 0 times infinity is not a number: no window may meet another one's values
    return x, (samples, rows, columns, filters), at_once


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
    _diagonal(matrix, kernel.shape, stride, dilation)[...] = kernel
    if bias is not None:
        matrix[rows] = bias
    return matrix.reshape(len(matrix), -1)


def _diagonal(matrix: np.ndarray, kernel_shape, stride: int, dilation: int) -> np.ndarray:
    """View a matrix of weights (values, at_once, F) as (at_once, kh, kw, C, F).

    One output further, the same weights stand `stride` columns further.
    """
    _, kw, channels, _ = kernel_shape
    at_once = matrix.shape[1]
    wide = (at_once - 1) * stride + (kw - 1) * dilation + 1
    per_channel, per_output, per_filter = matrix.strides
    per_column = channels * per_channel
    return np.ndarray(
        (at_once, *kernel_shape),
        matrix.dtype,
        matrix,
        strides=(
            stride * per_column + per_output,
            wide * per_column,
            dilation * per_column,
            per_channel,
            per_filter,
        ),
    )


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
        f"V{columns * per_column}",  # np.dtype((np.void, ...)) would swallow a KeyboardInterrupt
        x,
        strides=(
            x.shape[1] * per_row,
            strides[0] * per_row,
            at_once * strides[1] * per_column,
            dilation[0] * per_row,
            dilation[1] * per_column,
        ),
    )


def _portions(windows: np.ndarray, shape, dtype) -> Iterator[tuple[np.ndarray, tuple]]:
    """Copy the windows, a portion at a time, into rows for a matrix of weights of this shape.

    Yields the rows, and which samples and rows of the output they belong to. What the windows leave
    free at the end of a row is 1: it meets the bias.
    """
    samples, rows, groups, high, pieces = windows.shape
    values, outputs = shape
    item, line = windows.itemsize, values * dtype.itemsize  # bytes of a piece, of a row
    portion = WORK_BYTES // (groups * line)  # in rows of outputs
    products = groups * values * outputs
    if samples * rows * products <= SMALL_IN_ALL:
        portion = min(portion, ONE_THREAD // products)
    portion = max(portion, 1)
    many, few = min(max(portion // rows, 1), samples), min(portion, rows)
    work = np.empty((many * few * groups, values), dtype=dtype)
    work[:, high * pieces * item // dtype.itemsize :] = 1
    copies = np.ndarray(
        (many, few, groups, high, pieces),
        windows.dtype,
        work,
        strides=(few * groups * line, groups * line, line, pieces * item, item),
    )
    for sample in range(0, samples, many):
        for row in range(0, rows, few):
            where = (slice(sample, sample + many), slice(row, row + few))
            some = windows[where]
            copies[: some.shape[0], : some.shape[1]] = some
            yield work[: some.shape[0] * some.shape[1] * groups], where
