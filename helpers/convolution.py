"""Convolution and cross-correlation of sequences and pictures.

``convolve`` computes a whole feature map: it pads the input, lets `numpy.convolve` or
`scipy.signal.convolve2d` do the sums, and keeps every stride-th of them. ``windows`` walks through
the same sums one dot product at a time, and ``output_size`` predicts how many there are.

A *shape* is (N,) for a sequence or (H, W) for a picture; sizes are counted in samples or pixels.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import NamedTuple

import numpy as np

from helpers.arguments import (
    MOST_VALUES,
    brief,
    is_whole,
    listing,
    numbers,
    one_of,
    per_axis,
    plain,
    truth,
    whole,
)

PADDINGS = ("valid", "same", "full")
BORDERS = {"zeros": "constant", "edge": "edge", "reflect": "reflect", "wrap": "wrap"}  # of np.pad

Pairs = tuple[tuple[int, int], ...]


def convolve(
    x, kernel, *, stride=1, padding="valid", dilation=1, border="zeros", flip=True
) -> np.ndarray:
    """Slide a kernel over an input and return the feature map.

    Parameters
    ----------
    x : array_like, (N,) or (H, W)
        The input. Integers stay integers and never wrap around; floats stay floats.
    kernel : array_like with as many axes as `x`
        The weights.
    stride : int or one int per axis
        Step between neighbouring windows, in samples, at least 1.
    padding : "valid", "same", "full", int, one int per axis, or one (before, after) pair per axis
        What is added around the input: nothing; enough for ceil(N / stride) outputs; enough for
        every overlap; or that many samples.
    dilation : int or one int per axis
        Distance between the input samples under neighbouring weights, at least 1.
    border : "zeros", "edge", "reflect" or "wrap"
        What the added samples hold, with the meaning they have in `numpy.pad`.
    flip : bool
        True: convolution, as in `numpy.convolve` and `scipy.signal.convolve2d`; with a stride,
        every stride-th value of theirs. False: cross-correlation, as a convolutional layer
        computes it; "same" then puts the odd sample of padding at the end, as Keras does.

    Returns
    -------
    ndarray, one value per window, int64 or floating point

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.

    Examples
    --------
    >>> convolve([1, 2, 3], [4, 5, 6])
    array([28])
    >>> convolve([1, 2, 3], [4, 5, 6], padding="full")
    array([ 4, 13, 28, 27, 18])
    >>> convolve([1, 2, 3], [4, 5, 6], flip=False)
    array([32])
    """
    return plan(
        x, kernel, stride=stride, padding=padding, dilation=dilation, border=border, flip=flip
    ).feature_map()


def _valid(padded, kernel, stride) -> np.ndarray:
    """Convolve wherever the whole kernel fits, and keep every stride-th value along each axis."""
    if padded.ndim == 1:
        every = np.convolve(padded, kernel, mode="valid")
    else:
        from scipy.signal import convolve2d  # takes a second to load: only when it is needed

        every = convolve2d(padded, kernel, mode="valid")
    return every[tuple(slice(None, None, step) for step in stride)]


def output_size(size: int, kernel_size: int, *, stride=1, padding=0, dilation=1) -> int:
    """Count the windows along one axis: floor((W - F + 2P) / S) + 1.

    A kernel of F weights with dilation D spans D (F - 1) + 1 samples; this span takes the place
    of F. `padding` is the number of samples on each side, or a (before, after) pair.
    Source: Dumoulin and Visin, "A guide to convolution arithmetic for deep learning" (2016).

    >>> output_size(28, 3, stride=2)
    13
    >>> output_size(224, 7, stride=2, padding=3)
    112
    """
    size = whole("size", size, lowest=1)
    kernel_size = whole("kernel_size", kernel_size, lowest=1)
    stride = whole("stride", stride, lowest=1)
    before, after = _pair(padding)
    span = whole("dilation", dilation, lowest=1) * (kernel_size - 1) + 1
    if span > size + before + after:
        raise ValueError(
            f"kernel_size={brief(kernel_size)} spans {brief(span)} samples "
            f"(dilation={brief(dilation)}) and does not fit into size={brief(size)} with "
            f"padding={brief(padding)}: allowed is a span of at most {brief(size + before + after)}"
        )
    return (size + before + after - span) // stride + 1


class Window(NamedTuple):
    """One position of the kernel, and the dot product computed there.

    `position` is the cell of the feature map; `corner` is where the window's first value is in the
    input, negative inside the padding; `values`, `weights` (the kernel as it covers the values,
    flipped if it is) and `products` have the kernel's shape; `total` is the sum of the products.
    """

    position: tuple[int, ...]
    corner: tuple[int, ...]
    values: np.ndarray
    weights: np.ndarray
    products: np.ndarray
    total: int | float


def windows(x, kernel, **options) -> Iterator[Window]:
    """Yield every `Window` in reading order; takes the options of `convolve`.

    >>> for window in windows([1, 2, 3, 4], [10, 1], flip=False):
    ...     print(window.position, window.values, window.products, window.total)
    (0,) [1 2] [10  2] 12
    (1,) [2 3] [20  3] 23
    (2,) [3 4] [30  4] 34
    """
    sliding = plan(x, kernel, **options)
    return (sliding.window(position) for position in np.ndindex(*sliding.shape))


def window_at(x, kernel, position, **options) -> Window:
    """Return the `Window` that gives one cell of the feature map, counted from 0.

    >>> window_at([1, 2, 3, 4], [10, 1], 2, flip=False).total
    34
    """
    return plan(x, kernel, **options).window(position)


@dataclass(frozen=True, eq=False)
class Plan:
    """Every window of one convolution; made by `plan`, which checks the arguments.

    `amounts` is one (before, after) pair of padding per axis.
    """

    x: np.ndarray
    kernel: np.ndarray
    stride: tuple[int, ...]
    dilation: tuple[int, ...]
    amounts: Pairs
    border: str
    flip: bool

    @cached_property
    def span(self) -> tuple[int, ...]:
        """Samples from the first to the last weight, per axis."""
        return _spans(self.kernel.shape, self.dilation)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        """Shape of the feature map."""
        each = zip(self.x.shape, self.span, self.stride, self.amounts, strict=True)
        return tuple(output_size(n, span, stride=s, padding=p) for n, span, s, p in each)

    @cached_property
    def weights(self) -> np.ndarray:
        """The kernel as it covers the input: turned by 180 degrees if it is flipped."""
        return np.flip(self.kernel) if self.flip else self.kernel

    @cached_property
    def padded(self) -> np.ndarray:
        """The input with its padding around it."""
        if self.border != "zeros":
            return np.pad(self.x, self.amounts, mode=BORDERS[self.border])
        sizes = list(zip(self.x.shape, self.amounts, strict=True))
        padded = np.zeros([n + sum(both) for n, both in sizes], self.x.dtype)  # quicker than np.pad
        padded[tuple(slice(before, before + n) for n, (before, _) in sizes)] = self.x
        return padded

    @cached_property
    def reached(self) -> tuple[np.ndarray, ...]:
        """Per axis of `padded`: True where at least one window has a weight."""
        masks = []
        for axis, count in enumerate(self.shape):
            starts = range(0, count * self.stride[axis], self.stride[axis])
            taps = range(0, self.span[axis], self.dilation[axis])
            mask = np.zeros(self.padded.shape[axis], dtype=bool)
            mask[np.add.outer(starts, taps)] = True
            masks.append(mask)
        return tuple(masks)

    def fed_by(self, place) -> list[tuple[int, ...]]:
        """Return the cells of the feature map whose window has a weight on an input cell.

        >>> plan([1, 2, 3], [1, 1]).fed_by((1,))
        [(0,), (1,)]
        """
        cells = []
        for axis, (before, _) in enumerate(self.amounts):
            taps = range(0, self.span[axis], self.dilation[axis])
            starts = {place[axis] + before - tap for tap in taps}
            steps = range(self.shape[axis])
            cells.append([n for n in steps if n * self.stride[axis] in starts])
        return list(product(*cells))

    def window(self, position) -> Window:
        """Return the window that gives the cell `position` of the feature map."""
        position = per_axis("position", position, self.x.ndim, lowest=0)
        if any(p >= n for p, n in zip(position, self.shape, strict=True)):
            raise ValueError(
                f"position={brief(position)} is outside the feature map: allowed are cells of "
                f"shape {self.shape}, counted from 0"
            )
        starts = [p * step for p, step in zip(position, self.stride, strict=True)]
        cut = zip(starts, self.span, self.dilation, strict=True)
        values = self.padded[tuple(slice(a, a + span, step) for a, span, step in cut)]
        values, weights = values.copy(), self.weights.copy()
        products = values * weights
        corner = tuple(a - before for a, (before, _) in zip(starts, self.amounts, strict=True))
        return Window(position, corner, values, weights, products, products.sum().item())

    def feature_map(self) -> np.ndarray:
        """Compute the dot product of every window."""
        spread = np.zeros(self.span, dtype=self.kernel.dtype)
        # The library flips what it gets. For cross-correlation it gets a flipped kernel.
        kernel = self.kernel if self.flip else np.flip(self.kernel)
        spread[tuple(slice(None, None, step) for step in self.dilation)] = kernel
        return _valid(self.padded, spread, self.stride)


def plan(x, kernel, *, stride=1, padding="valid", dilation=1, border="zeros", flip=True) -> Plan:
    """Check the arguments of `convolve` and work out every window.

    >>> plan([1, 2, 3, 4, 5], [1, 1, 1], padding=1, stride=2).amounts
    ((1, 1),)
    """
    x, kernel = numbers("x", x), numbers("kernel", kernel)
    if kernel.ndim != x.ndim:
        raise ValueError(
            f"kernel has shape {kernel.shape} and x has shape {x.shape}: allowed is a kernel "
            f"with as many axes as x ({x.ndim})"
        )
    x, kernel = _common_type(x, kernel)
    stride = per_axis("stride", stride, x.ndim, lowest=1)
    dilation = per_axis("dilation", dilation, x.ndim, lowest=1)
    border, flip = one_of("border", border, BORDERS), _flipped(flip)
    spans = _spans(kernel.shape, dilation)
    amounts = _amounts(x.shape, spans, stride, padding, flip)
    padded = tuple(n + sum(both) for n, both in zip(x.shape, amounts, strict=True))
    if math.prod(padded) > MOST_VALUES or math.prod(spans) > MOST_VALUES:
        raise ValueError(
            f"padding={brief(padding)} and dilation={brief(dilation)} would make an input of shape "
            f"{brief(padded)}: allowed are {MOST_VALUES:,} values in all"
        )
    if any(span > n for span, n in zip(spans, padded, strict=True)):
        wider = f", spanning {brief(spans)} with dilation={brief(dilation)}"
        spread = wider if spans != kernel.shape else ""
        grown = f", {padded} with padding={brief(padding)}" if padded != x.shape else ""
        raise ValueError(
            f"kernel has shape {kernel.shape}{spread}, and x has shape {x.shape}{grown}: "
            "allowed is a kernel that fits into the padded input"
        )
    return Plan(x, kernel, stride, dilation, amounts, border, flip)


def pad(x, padding, *, border="zeros") -> np.ndarray:
    """Put samples around an input; `padding` and `border` as in `convolve`.

    >>> pad([1, 2, 3], 1, border="wrap")
    array([3, 1, 2, 3, 1])
    """
    x = numbers("x", x)
    ones = np.ones((1,) * x.ndim, dtype=x.dtype)
    return plan(x, ones, padding=padding, border=border).padded


def padding_amounts(
    shape, kernel_shape, *, stride=1, padding="valid", dilation=1, flip=True
) -> Pairs:
    """Return the (before, after) padding of every axis that a `padding` means.

    >>> padding_amounts((8,), (3,), padding="same", stride=2, flip=False)
    ((0, 1),)
    >>> padding_amounts((5, 5), (3, 3), padding="full")
    ((2, 2), (2, 2))
    """
    if not isinstance(shape, tuple | list) or len(shape) not in (1, 2):
        raise TypeError(f"shape={brief(shape)}: allowed are (N,) and (H, W), of whole numbers")
    given = {"shape": shape, "kernel_shape": kernel_shape, "stride": stride, "dilation": dilation}
    shape, kernel_shape, stride, dilation = (
        per_axis(name, value, len(shape), lowest=1) for name, value in given.items()
    )
    return _amounts(shape, _spans(kernel_shape, dilation), stride, padding, _flipped(flip))


def _amounts(shape, spans, stride, padding, flip) -> Pairs:
    """Turn any `padding` into one (before, after) pair per axis."""
    padding = plain(padding)
    if isinstance(padding, str) and padding in PADDINGS:
        sizes = zip(shape, spans, stride, strict=True)
        return tuple(_named_padding(padding, *size, flip) for size in sizes)
    if is_whole(padding):
        padding = (padding,) * len(shape)
    if not isinstance(padding, tuple | list) or len(padding) != len(shape):
        error = ValueError if isinstance(padding, str | tuple | list) else TypeError
        raise error(
            f"padding={brief(padding)}: allowed are {listing(PADDINGS)}, a whole number of at "
            f"least 0, or a number or (before, after) pair per axis ({len(shape)} here)"
        )
    return tuple(_pair(entry) for entry in padding)


def _named_padding(name, size, span, step, flip) -> tuple[int, int]:
    """Turn "valid", "same" or "full" into (before, after) along one axis."""
    if name == "valid":
        return 0, 0
    if name == "full":
        return span - 1, span - 1
    reach = (-(-size // step) - 1) * step + span  # from the first window to the last
    if flip:  # the library's "same": the kernel's middle on the first sample, whatever the stride
        return span // 2, max(reach - size - span // 2, 0)
    total = max(reach - size, 0)
    return total // 2, total - total // 2


def _pair(padding) -> tuple[int, int]:
    """Return (before, after); one number is meant for both sides."""
    both = plain(padding)
    both = (both, both) if is_whole(both) else both
    if not isinstance(both, tuple | list) or len(both) != 2:
        raise TypeError(
            f"padding={brief(padding)}: allowed are a whole number or a (before, after) pair for "
            "each axis"
        )
    return tuple(whole("padding", entry, lowest=0) for entry in both)


def _flipped(flip) -> bool:
    return truth("flip", flip, "convolution", "cross-correlation")


def _spans(kernel_shape, dilation) -> tuple[int, ...]:
    return tuple(d * (f - 1) + 1 for f, d in zip(kernel_shape, dilation, strict=True))


def _common_type(x: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give both arrays one type in which no sum of products can overflow or wrap around."""
    exact = "f" not in x.dtype.kind + kernel.dtype.kind
    dtype = np.dtype(np.int64) if exact else np.result_type(x, kernel, np.float32)
    most = 2.0**63 * (1 - 1e-9) if exact else float(np.finfo(dtype).max)
    largest = max(float(x.max()), -float(x.min()))
    with np.errstate(over="ignore"):
        weight = float(np.abs(kernel, dtype=np.float64).sum())
    if max(largest, weight, largest * weight) >= most:
        limit = "2**63; use floats for larger ones" if exact else f"{most:.2g} for {dtype}"
        raise ValueError(
            f"x and kernel hold numbers up to {largest:g} and weights of {weight:g} in all: "
            f"allowed are sums of products below {limit}"
        )
    return x.astype(dtype, copy=False), kernel.astype(dtype, copy=False)
