"""Layers whose window slides over the input, convolution and pooling, and their arithmetic.

A batch is (N, H, W, C) for pictures: samples, rows, columns, channels; and (N, L, C) for sequences.
A kernel is (kh, kw, C, F) or (size, C, F): the window, channels of the input, filters. Strides are
one per axis of the window, and `gradient` is how the loss changes with every output, (N, ..., F).
The arithmetic is the same for any number of axes.
"""

import math
from collections.abc import Iterator
from functools import reduce

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.arguments import brief, listing, per_axis, whole
from helpers.layers.layer import Layer, Shape, Weighted

PADDINGS = ("valid", "same")

# OpenBLAS gives a matrix product of up to so many multiplications to one thread, a larger one to
# all. While others use the processors, waiting for a second thread takes a thousand times as long
# as such a product. So the windows go into products of this size, which also keeps them in cache.
ONE_THREAD = 2**18


# ----------------------------------------------------------------------------- arithmetic


def correlate(x: np.ndarray, kernel: np.ndarray, strides: tuple[int, ...]) -> np.ndarray:
    """Cross-correlate every sample with every filter, summed over the channels.

    The windows become the rows of a matrix, and one matrix product does the rest.

    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> correlate(x, np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1), (1, 1))[0, :, :, 0]
    array([[37, 47],
           [67, 77]])
    """
    seen, filters = windows(x, kernel.shape[:-2], strides), kernel.shape[-1]
    matrix = kernel.reshape(-1, filters)
    sums = np.empty((*seen.shape[: x.ndim - 1], filters), dtype=kernel.dtype)
    for part in parts(seen.shape, filters):
        rows = seen[part].reshape(-1, len(matrix))
        np.matmul(rows, matrix, out=sums[part].reshape(-1, filters))
    return sums


def kernel_gradient(
    x: np.ndarray, gradient: np.ndarray, size: tuple[int, ...], strides: tuple[int, ...]
) -> np.ndarray:
    """Return how the loss changes with every weight of the kernel of `correlate`.

    A weight meets one value of `x` in every window, and each product goes into one output. So its
    gradient is the sum of these values, each times the gradient of that output.

    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> kernel_gradient(x, np.ones((1, 2, 2, 1), dtype=int), (2, 2), (1, 1))[:, :, 0, 0]
    array([[12, 16],
           [24, 28]])
    """
    seen, filters = windows(x, size, strides), gradient.shape[-1]
    total = np.zeros((math.prod(size) * x.shape[-1], filters), dtype=gradient.dtype)
    for part in parts(seen.shape, filters):
        total += seen[part].reshape(-1, len(total)).T @ gradient[part].reshape(-1, filters)
    return total.reshape(*size, x.shape[-1], filters)


def input_gradient(
    gradient: np.ndarray, kernel: np.ndarray, lengths: tuple[int, ...], strides: tuple[int, ...]
) -> np.ndarray:
    """Return how the loss changes with every value of an input of `correlate` of these lengths.

    Every output sends its gradient back to the values of its window, each times its weight. That is
    a convolution: the kernel, turned by 180 degrees, slides over the gradient, in which the outputs
    that a stride left out are zeros.

    >>> kernel = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1)
    >>> input_gradient(np.ones((1, 2, 2, 1), dtype=int), kernel, (3, 3), (1, 1))[0, :, :, 0]
    array([[ 1,  3,  2],
           [ 4, 10,  6],
           [ 3,  7,  4]])
    """
    size = kernel.shape[:-2]
    spread = (n + side - 1 for n, side in zip(lengths, size, strict=True))
    frame = np.zeros((len(gradient), *spread, gradient.shape[-1]), dtype=kernel.dtype)
    ends = zip(size, gradient.shape[1:-1], strides, strict=True)
    places = (slice(side - 1, side + (n - 1) * stride, stride) for side, n, stride in ends)
    frame[(slice(None), *places)] = gradient
    turned = np.flip(kernel, range(len(size))).swapaxes(-1, -2)
    return correlate(frame, np.ascontiguousarray(turned), (1,) * len(size))


def windows(x: np.ndarray, size: tuple[int, ...], strides: tuple[int, ...]) -> np.ndarray:
    """View all windows of a batch, without copying them: (N, OH, OW, kh, kw, C).

    >>> windows(np.arange(9).reshape(1, 3, 3, 1), (2, 2), (1, 1))[0, 1, 1, :, :, 0]
    array([[4, 5],
           [7, 8]])
    """
    every = sliding_window_view(x, (1, *size, x.shape[-1]))  # each in one sample, in all channels
    return every[(slice(None), *(slice(None, None, stride) for stride in strides), 0, 0)]


def parts(shape: tuple[int, ...], filters: int) -> Iterator[tuple[slice, slice]]:
    """Cut a batch of windows, (N, OH, ..., C), where one matrix product would be too large.

    Yields which samples, and which rows of them: several whole samples, or some rows of one.
    """
    samples, rows = shape[:2]
    at_once = max(ONE_THREAD // (math.prod(shape[2:]) * filters), 1)  # in rows of outputs
    many, few = max(at_once // rows, 1), min(at_once, rows)
    for sample in range(0, samples, many):
        for row in range(0, rows, few):
            yield slice(sample, sample + many), slice(row, row + few)


def shifted(x: np.ndarray, axis: int, size: int, stride: int) -> list[np.ndarray]:
    """View the first value of every window along one axis, then the second, and so on.

    >>> shifted(np.arange(7), 0, size=3, stride=2)
    [array([0, 2, 4]), array([1, 3, 5]), array([2, 4, 6])]
    """
    reach = (x.shape[axis] - size) // stride * stride + 1
    before = (slice(None),) * axis
    return [x[(*before, slice(start, start + reach, stride))] for start in range(size)]


# --------------------------------------------------------------------------------- layers


class Sliding(Layer):
    """What convolution and pooling share: a window that slides along the axes of a sample."""

    def set_window(self, window: tuple[int, ...], strides, padding) -> None:
        """Keep how the window slides."""
        self.window = window
        self.strides = per_axis("strides", strides, len(window), lowest=1)
        if not isinstance(padding, str) or padding.lower() not in PADDINGS:
            raise ValueError(f"padding={brief(padding)}: allowed are {listing(PADDINGS)}")
        self.padding = padding.lower()

    def lengths_after(self, input_shape: Shape) -> tuple[int, ...]:
        """Count the windows along each axis that they slide over."""
        axes = list(zip(input_shape[1:-1], self.window, self.strides, strict=True))
        if self.padding == "same":
            return tuple(-(-n // step) for n, _, step in axes)
        if any(n < side for n, side, _ in axes):
            least = (
                "at least {} rows and {} columns" if len(axes) == 2 else "a length of at least {}"
            )
            raise self.wrong_shape(
                input_shape,
                f"allowed is {least.format(*self.window)}, the size of the window, or "
                "padding='same'",
            )
        return tuple((n - side) // step + 1 for n, side, step in axes)

    def framed(self, x: np.ndarray, fill: float = 0) -> tuple[np.ndarray, tuple[slice, ...]]:
        """Return samples with their padding, and which part of the result is the samples.

        "same" pads for ceil(size / stride) outputs, the odd row or column at the end.
        """
        if self.padding == "valid":
            return x, (slice(None),)
        lengths = x.shape[1:-1]
        axes = zip(lengths, self.window, self.strides, strict=True)
        added = [max((-(-n // step) - 1) * step + side - n, 0) for n, side, step in axes]
        sides = list(zip(lengths, added, strict=True))
        padded = (n + extra for n, extra in sides)
        frame = np.full((len(x), *padded, x.shape[-1]), fill, dtype=x.dtype)
        inside = (slice(None), *(slice(extra // 2, extra // 2 + n) for n, extra in sides))
        frame[inside] = x
        return frame, inside


class Convolution(Sliding, Weighted):
    """What `Conv1D` and `Conv2D` share.

    Parameters
    ----------
    filters : int
        Number of kernels, and of feature maps.
    kernel_size : int or one int per axis
    strides : int or one int per axis
        Step between neighbouring windows.
    padding : "valid" or "same"
        Nothing, or zeros for ceil(size / stride) outputs, the odd one at the end.
    **options
        `activation`, `use_bias`, `kernel_initializer` and `bias_initializer` as in `Dense`, and the
        arguments of every `Layer`.
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", **options) -> None:
        super().__init__(**options)
        self.filters = whole("filters", filters, lowest=1)
        size = per_axis("kernel_size", kernel_size, len(self.axes) - 1, lowest=1)
        self.set_window(size, strides, padding)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return (kh, kw, channels, filters), or (size, channels, filters) for sequences."""
        return (*self.window, channels, self.filters)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the feature maps."""
        self.check_channels(input_shape)
        return (input_shape[0], *self.lengths_after(input_shape), self.filters)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Cross-correlate, add the bias, apply the activation."""
        self.frame, self.inside = self.framed(x.astype(self.dtype, copy=False))
        return self.activated(correlate(self.frame, self.kernel, self.strides))

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Send the gradient back to every weight, and to every value under a window."""
        of_kernel = kernel_gradient(self.frame, gradient, self.window, self.strides)
        self.keep_gradients(of_kernel, gradient)
        if not to_input:
            return None
        lengths = self.frame.shape[1:-1]
        return input_gradient(gradient, self.kernel, lengths, self.strides)[self.inside]


class Conv1D(Convolution):
    """Slide kernels along sequences: (N, L, C) to (N, L', filters).

    The layer cross-correlates, it does not flip. Its kernel is (size, C, filters), its bias
    (filters,). The arguments are those of `Convolution`, sizes in samples.

    Examples
    --------
    >>> layer = Conv1D(1, 2, kernel_initializer="ones")
    >>> layer(np.array([[[1], [2], [3]]])).astype(int).tolist()
    [[[3], [5]]]
    """

    axes = ("length", "channels")


class Conv2D(Convolution):
    """Slide kernels over pictures: (N, H, W, C) to (N, H', W', filters).

    The layer cross-correlates, it does not flip. Its kernel is (kh, kw, C, filters), its bias
    (filters,). The arguments are those of `Convolution`, sizes in pixels.

    Examples
    --------
    >>> layer = Conv2D(1, 2, kernel_initializer="ones")
    >>> layer(np.arange(9).reshape(1, 3, 3, 1)).astype(int)[0, :, :, 0].tolist()
    [[8, 12], [20, 24]]
    """

    axes = ("rows", "columns", "channels")


class Pooling(Sliding):
    """What the pooling layers share: they have no weights, and treat every channel alike.

    Parameters
    ----------
    pool_size : int or one int per axis
    strides : int or one int per axis, or None
        None: as large as the window, so that windows do not overlap.
    padding : "valid" or "same"
        Nothing, or enough for ceil(size / stride) outputs; what is added never counts.
    **shared
        The arguments of every `Layer`.
    """

    axes = ("rows", "columns", "channels")

    def __init__(self, pool_size, strides=None, padding="valid", **shared) -> None:
        super().__init__(**shared)
        size = per_axis("pool_size", pool_size, 2, lowest=1)
        self.set_window(size, size if strides is None else strides, padding)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the pooled feature maps; the channels stay."""
        return (input_shape[0], *self.lengths_after(input_shape), input_shape[-1])

    def combined(self, operation: np.ufunc, frame: np.ndarray) -> np.ndarray:
        """Combine the values of every window: first along the rows, then along the columns."""
        rows = reduce(operation, shifted(frame, 1, self.window[0], self.strides[0]))
        return reduce(operation, shifted(rows, 2, self.window[1], self.strides[1]))

    def places(self, frame: np.ndarray) -> list[np.ndarray]:
        """View the first value of every window, then the second, and so on, in reading order."""
        rows = shifted(frame, 1, self.window[0], self.strides[0])
        return [x for row in rows for x in shifted(row, 2, self.window[1], self.strides[1])]


class MaxPooling2D(Pooling):
    """Keep the largest value of every window: (N, H, W, C) to (N, H', W', C); see `Pooling`.

    Examples
    --------
    >>> MaxPooling2D()(np.arange(16).reshape(1, 4, 4, 1)).astype(int)[0, :, :, 0].tolist()
    [[5, 7], [13, 15]]
    """

    def __init__(self, pool_size=2, strides=None, padding="valid", **shared) -> None:
        super().__init__(pool_size, strides, padding, **shared)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Pool; padding is never the largest."""
        self.frame, self.inside = self.framed(x, fill=-np.inf)
        self.y = self.combined(np.maximum, self.frame)
        return self.y

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Send each gradient back to the largest of its window, the first where several are."""
        back = np.zeros(self.frame.shape, dtype=gradient.dtype)
        waiting = np.ones(self.y.shape, dtype=bool)  # windows whose largest is yet to come
        for values, place in zip(self.places(self.frame), self.places(back), strict=True):
            largest = values == self.y
            largest &= waiting
            waiting ^= largest
            place += gradient * largest
        return back[self.inside]


class AveragePooling2D(Pooling):
    """Average the values of every window: (N, H, W, C) to (N, H', W', C); see `Pooling`.

    With padding "same", Keras does the same on TensorFlow and JAX. On PyTorch it repeats the
    edge of the picture where one side needs more padding than the other.

    Examples
    --------
    >>> layer = AveragePooling2D(2)
    >>> layer(np.arange(0, 32, 2).reshape(1, 4, 4, 1)).astype(int)[0, :, :, 0].tolist()
    [[5, 9], [21, 25]]
    """

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Average; padding does not count."""
        self.frame, self.inside = self.framed(x)
        real, _ = self.framed(np.ones((1, *x.shape[1:3], 1), dtype=x.dtype))
        self.counts = self.combined(np.add, real)
        return self.combined(np.add, self.frame) / self.counts

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Share each gradient among the values of its window."""
        back, share = np.zeros(self.frame.shape, dtype=gradient.dtype), gradient / self.counts
        for place in self.places(back):
            place += share
        return back[self.inside]
