"""Layers whose window slides over the input, convolution and pooling, and their arithmetic.

A batch of pictures is (N, H, W, C): samples, rows, columns, channels. A kernel is (kh, kw, C, F):
rows, columns, channels of the input, filters. A sequence is a picture with a single row. Strides
are (rows, columns), in pixels, and `gradient` is how the loss changes with every output,
(N, OH, OW, F).
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


def correlate(x: np.ndarray, kernel: np.ndarray, strides=(1, 1)) -> np.ndarray:
    """Cross-correlate every picture with every filter, summed over the channels.

    The windows become the rows of a matrix, and one matrix product does the rest.

    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> correlate(x, np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1))[0, :, :, 0]
    array([[37, 47],
           [67, 77]])
    """
    seen, filters = windows(x, kernel.shape[:2], strides), kernel.shape[3]
    matrix = kernel.reshape(-1, filters)
    sums = np.empty((*seen.shape[:3], filters), dtype=kernel.dtype)
    for part in parts(seen.shape, filters):
        rows = seen[part].reshape(-1, len(matrix))
        np.matmul(rows, matrix, out=sums[part].reshape(-1, filters))
    return sums


def kernel_gradient(x: np.ndarray, gradient: np.ndarray, size, strides=(1, 1)) -> np.ndarray:
    """Return how the loss changes with every weight of the kernel of `correlate`.

    A weight meets one value of `x` in every window, and each product goes into one output. So its
    gradient is the sum of these values, each times the gradient of that output.

    >>> x = np.arange(1, 10).reshape(1, 3, 3, 1)
    >>> kernel_gradient(x, np.ones((1, 2, 2, 1), dtype=int), (2, 2))[:, :, 0, 0]
    array([[12, 16],
           [24, 28]])
    """
    seen, filters = windows(x, size, strides), gradient.shape[3]
    total = np.zeros((math.prod(seen.shape[3:]), filters), dtype=gradient.dtype)
    for part in parts(seen.shape, filters):
        total += seen[part].reshape(-1, len(total)).T @ gradient[part].reshape(-1, filters)
    return total.reshape(*seen.shape[3:], filters)


def input_gradient(
    gradient: np.ndarray, kernel: np.ndarray, size: tuple[int, int], strides=(1, 1)
) -> np.ndarray:
    """Return how the loss changes with every value of the input of `correlate`, of this size.

    Every output sends its gradient back to the values of its window, each times its weight. That is
    a convolution: the kernel, turned by 180 degrees, slides over the gradient, in which the outputs
    that a stride left out are zeros.

    >>> kernel = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1)
    >>> input_gradient(np.ones((1, 2, 2, 1), dtype=int), kernel, (3, 3))[0, :, :, 0]
    array([[ 1,  3,  2],
           [ 4, 10,  6],
           [ 3,  7,  4]])
    """
    high, wide, _, filters = kernel.shape
    frame = np.zeros((len(gradient), size[0] + high - 1, size[1] + wide - 1, filters), kernel.dtype)
    rows, columns = (
        slice(side - 1, side + (count - 1) * stride, stride)
        for side, count, stride in zip((high, wide), gradient.shape[1:3], strides, strict=True)
    )
    frame[:, rows, columns] = gradient
    return correlate(frame, np.ascontiguousarray(kernel[::-1, ::-1].swapaxes(2, 3)))


def windows(x: np.ndarray, size: tuple[int, int], strides: tuple[int, int]) -> np.ndarray:
    """View all windows of a batch, without copying them: (N, OH, OW, kh, kw, C).

    >>> windows(np.arange(9).reshape(1, 3, 3, 1), (2, 2), (1, 1))[0, 1, 1, :, :, 0]
    array([[4, 5],
           [7, 8]])
    """
    every = sliding_window_view(x, size, axis=(1, 2))  # (N, rows, columns, C, kh, kw)
    return every[:, :: strides[0], :: strides[1]].transpose(0, 1, 2, 4, 5, 3)


def parts(shape: tuple[int, ...], filters: int) -> Iterator[tuple[slice, slice]]:
    """Cut a batch of windows, (N, OH, OW, kh, kw, C), where one matrix product would be too large.

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
    """What convolution and pooling share: a window that slides along rows and columns."""

    def set_window(self, size: tuple[int, ...], strides: tuple[int, ...], padding) -> None:
        """Keep how the window slides; that of a sequence has one row."""
        if not isinstance(padding, str) or padding.lower() not in PADDINGS:
            raise ValueError(f"padding={brief(padding)}: allowed are {listing(PADDINGS)}")
        one_row = (1,) * (2 - len(size))
        self.strides, self.padding = strides, padding.lower()
        self.window, self.steps = one_row + size, one_row + strides

    def lengths_after(self, input_shape: Shape) -> tuple[int, ...]:
        """Count the windows along each axis that they slide over."""
        sizes = input_shape[1:-1]
        window, steps = self.window[-len(sizes) :], self.steps[-len(sizes) :]
        if self.padding == "same":
            return tuple(-(-n // step) for n, step in zip(sizes, steps, strict=True))
        if any(n < side for n, side in zip(sizes, window, strict=True)):
            least = (
                "at least {} rows and {} columns" if len(sizes) == 2 else "a length of at least {}"
            )
            raise self.wrong_shape(
                input_shape,
                f"allowed is {least.format(*window)}, the size of the window, or padding='same'",
            )
        return tuple((n - f) // step + 1 for n, f, step in zip(sizes, window, steps, strict=True))

    def frame_of(self, x: np.ndarray, fill: float = 0) -> tuple[np.ndarray, tuple[slice, ...]]:
        """Return pictures with their padding, and which part of the result is the pictures.

        "same" pads for ceil(size / stride) outputs, the odd row or column at the end.
        """
        if self.padding == "valid":
            return x, (slice(None),)
        totals = [
            max((-(-n // step) - 1) * step + side - n, 0)
            for n, side, step in zip(x.shape[1:3], self.window, self.steps, strict=True)
        ]
        height, width = (n + total for n, total in zip(x.shape[1:3], totals, strict=True))
        frame = np.full((len(x), height, width, x.shape[3]), fill, dtype=x.dtype)
        sides = zip(x.shape[1:3], totals, strict=True)
        inside = (slice(None), *(slice(total // 2, total // 2 + n) for n, total in sides))
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
    activation : "linear", "relu", "sigmoid", "tanh", "softmax" or None
    use_bias : bool
    kernel_initializer, bias_initializer : "glorot_uniform", "zeros", "ones" or GlorotUniform
    **shared
        The arguments of every `Layer`.
    """

    def __init__(self, filters, kernel_size, strides=1, padding="valid", **options) -> None:
        super().__init__(**options)
        axes = len(self.axes) - 1
        self.filters = whole("filters", filters, lowest=1)
        self.kernel_size = per_axis("kernel_size", kernel_size, axes, lowest=1)
        self.set_window(self.kernel_size, per_axis("strides", strides, axes, lowest=1), padding)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return (kh, kw, channels, filters), or (size, channels, filters) for sequences."""
        return (*self.kernel_size, channels, self.filters)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the feature maps."""
        self.check_channels(input_shape)
        return (input_shape[0], *self.lengths_after(input_shape), self.filters)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Cross-correlate, add the bias, apply the activation."""
        x = x.astype(self.dtype, copy=False)
        self.frame, self.inside = self.frame_of(x if x.ndim == 4 else x[:, None])
        sums = correlate(self.frame, self.picture_kernel, self.steps)
        return self.activated(x, sums if x.ndim == 4 else sums[:, 0])

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Send the gradient back to every weight, and to every value under a window."""
        of_maps = gradient if gradient.ndim == 4 else gradient[:, None]
        of_kernel = kernel_gradient(self.frame, of_maps, self.window, self.steps)
        self.keep_gradients(of_kernel, gradient)
        if not to_input:
            return None
        size = self.frame.shape[1:3]
        back = input_gradient(of_maps, self.picture_kernel, size, self.steps)[self.inside]
        return back if gradient.ndim == 4 else back[:, 0]

    @property
    def picture_kernel(self) -> np.ndarray:
        """The kernel as (kh, kw, C, filters); that of a sequence has one row."""
        return self.kernel if self.kernel.ndim == 4 else self.kernel[None]


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
        self.pool_size = per_axis("pool_size", pool_size, 2, lowest=1)
        strides = self.pool_size if strides is None else per_axis("strides", strides, 2, lowest=1)
        self.set_window(self.pool_size, strides, padding)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the pooled feature maps; the channels stay."""
        return (input_shape[0], *self.lengths_after(input_shape), input_shape[-1])

    def combined(self, operation: np.ufunc, frame: np.ndarray) -> np.ndarray:
        """Combine the values of every window: first along the rows, then along the columns."""
        rows = reduce(operation, shifted(frame, 1, self.window[0], self.steps[0]))
        return reduce(operation, shifted(rows, 2, self.window[1], self.steps[1]))

    def places(self, frame: np.ndarray) -> list[np.ndarray]:
        """View the first value of every window, then the second, and so on, in reading order."""
        rows = shifted(frame, 1, self.window[0], self.steps[0])
        return [x for row in rows for x in shifted(row, 2, self.window[1], self.steps[1])]


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
        self.frame, self.inside = self.frame_of(x, fill=-np.inf)
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
        frame, self.inside = self.frame_of(x)
        self.shape = frame.shape
        real, _ = self.frame_of(np.ones((1, *x.shape[1:3], 1), dtype=x.dtype))
        self.counts = self.combined(np.add, real)
        return self.combined(np.add, frame) / self.counts

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Share each gradient among the values of its window."""
        back, share = np.zeros(self.shape, dtype=gradient.dtype), gradient / self.counts
        for place in self.places(back):
            place += share
        return back[self.inside]
