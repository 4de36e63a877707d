"""Layers whose window slides over the input: convolution and pooling.

A sequence (N, L, C) is treated as a picture (N, 1, L, C) with a single row.
"""

import numpy as np

from helpers.layers.activations import ACTIVATIONS
from helpers.layers.arithmetic import correlate, input_gradient, kernel_gradient, output_length
from helpers.layers.base import PADDINGS, Layer, Weighted
from helpers.layers.checks import (
    Fixed,
    Shape,
    check_room,
    checked_choice,
    checked_tuple,
    limited,
    refuse,
)
from helpers.layers.pooling import (
    average_pool,
    average_pool_gradient,
    max_pool,
    max_pool_gradient,
)

AXES = {1: ("length", "channels"), 2: ("rows", "columns", "channels")}


class Sliding(Layer):
    """What convolution and pooling share: a window that slides over `rank` axes."""

    rank: int
    data_format = Fixed("channels_last")

    def set_window(self, window, strides, padding, data_format, dilation_rate=1) -> None:
        """Check and keep how the window slides."""
        refuse("data_format", data_format, allowed=(None, "channels_last"))
        self.needs = AXES[self.rank]
        self.window = window
        self.strides = window if strides is None else checked_tuple("strides", strides, self.rank)
        self.padding = checked_choice("padding", padding, PADDINGS, any_case=True)
        self.dilation_rate = checked_tuple("dilation_rate", dilation_rate, self.rank)
        both = zip(window, self.dilation_rate, strict=True)
        self.spans = tuple((f - 1) * d + 1 for f, d in both)  # what one window covers
        self.one_row = (1,) * (2 - self.rank)  # what a sequence needs to be a picture

    def lengths_after(self, input_shape: Shape) -> Shape:
        """Count the windows along each axis that they slide over."""
        sizes = tuple(zip(input_shape[1:-1], self.spans, self.strides, strict=True))
        if self.padding == "valid" and any(size and size < span for size, span, _ in sizes):
            raise self.wrong_shape(
                input_shape,
                f"allowed are {' and '.join(self.needs[:-1])} of at least {self.spans}, "
                "what one window spans, or padding='same'",
            )
        if self.padding == "same":
            what = f"a window that spans {self.spans}, with the padding it needs, makes an input"
            padded = (n and n + span - 1 for n, span, _ in sizes)
            check_room(what, (None, *padded, input_shape[-1]))
        return tuple(n and output_length(n, *other, self.padding) for n, *other in sizes)

    def call(self, x: np.ndarray) -> np.ndarray:
        """Compute the output of a batch of sequences or pictures."""
        return self.slide(x) if self.rank == 2 else self.slide(x[:, None])[:, 0]

    def slide(self, x: np.ndarray) -> np.ndarray:
        """Compute the output of a batch of pictures."""
        raise NotImplementedError

    def backward(self, x, y, gradient, to_input=True) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Send the gradient back to every value under a window."""
        if self.rank == 2:
            return self.slide_back(x, y, gradient, to_input)
        back, to_weights = self.slide_back(x[:, None], y[:, None], gradient[:, None], to_input)
        return back[:, 0] if to_input else None, to_weights

    def slide_back(
        self, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, to_input: bool
    ) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Do what `backward` says, for a batch of pictures."""
        raise NotImplementedError


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
    data_format : "channels_last" or None
    dilation_rate : int or one int per axis
        Distance between the values under neighbouring weights. It may stand together with
        strides, which Keras refuses.
    groups : 1
    activation : "linear", "relu", "sigmoid", "tanh", "softmax" or None
    use_bias : bool
    kernel_initializer, bias_initializer : "glorot_uniform", "zeros" or "ones"
    **options
        The arguments of every `Layer`.
    """

    groups = Fixed(1)

    def __init__(
        self,
        filters,
        kernel_size,
        strides=1,
        padding="valid",
        data_format=None,
        dilation_rate=1,
        groups=1,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **options,
    ) -> None:
        super().__init__(**options)
        self.filters = limited("filters", filters)
        self.kernel_size = checked_tuple("kernel_size", kernel_size, self.rank)
        strides = checked_tuple("strides", strides, self.rank)
        self.set_window(self.kernel_size, strides, padding, data_format, dilation_rate)
        self.groups = groups
        self.prepare(activation, use_bias, kernel_initializer, bias_initializer)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return (kh, kw, channels, filters), or (size, channels, filters) for sequences."""
        return (*self.kernel_size, channels, self.filters)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the feature maps."""
        self.check_channels(input_shape)
        return (input_shape[0], *self.lengths_after(input_shape), self.filters)

    def slide(self, x: np.ndarray) -> np.ndarray:
        """Cross-correlate, add the bias, apply the activation."""
        x = x.astype(self.dtype, copy=False)
        feature_maps = correlate(x, self.kernel_of_pictures(), self.bias, **self.how())
        return ACTIVATIONS[self.activation](feature_maps, out=feature_maps)

    def slide_back(
        self, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, to_input: bool
    ) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Return the gradients of the pictures, the kernel and the bias."""
        kernel, how = self.kernel_of_pictures(), self.how()
        x = x.astype(self.dtype, copy=False)
        of_kernel, of_bias = kernel_gradient(x, gradient, kernel.shape, **how)
        to_weights = [of_kernel.reshape(self.kernel.shape), of_bias]
        back = input_gradient(gradient, kernel, x.shape, **how) if to_input else None
        return back, to_weights if self.use_bias else to_weights[:1]

    def kernel_of_pictures(self) -> np.ndarray:
        """Return the kernel as (kh, kw, C, filters); that of a sequence has one row."""
        return self.kernel if self.rank == 2 else self.kernel[None]

    def how(self) -> dict:
        """Return how the window slides over rows and columns."""
        return {
            "strides": self.one_row + self.strides,
            "padding": self.padding,
            "dilation": self.one_row + self.dilation_rate,
        }


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

    rank = 1


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

    rank = 2


class Pooling(Sliding):
    """What the pooling layers share: they have no weights.

    Parameters
    ----------
    pool_size : int or one int per axis
    strides : int or one int per axis, or None
        None: as large as the window, so that windows do not overlap.
    padding : "valid" or "same"
        Nothing, or enough for ceil(size / stride) outputs; what is added never counts.
    data_format : "channels_last" or None
    name : str, optional
    **options
        The arguments of every `Layer`.
    """

    def __init__(
        self, pool_size, strides=None, padding="valid", data_format=None, name=None, **options
    ) -> None:
        super().__init__(name=name, **options)
        self.pool_size = checked_tuple("pool_size", pool_size, self.rank)
        self.set_window(self.pool_size, strides, padding, data_format)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the pooled feature maps; the channels stay."""
        return (input_shape[0], *self.lengths_after(input_shape), input_shape[-1])

    def over_pictures(self) -> tuple[tuple[int, ...], tuple[int, ...], str]:
        """Return the size of a window and its steps, in rows and columns, and the padding."""
        return self.one_row + self.pool_size, self.one_row + self.strides, self.padding


class MaxPooling(Pooling):
    """Keep the largest value of every window; by default a window has 2 values along each axis."""

    def __init__(
        self, pool_size=2, strides=None, padding="valid", data_format=None, name=None, **options
    ) -> None:
        super().__init__(pool_size, strides, padding, data_format, name, **options)

    def slide(self, x: np.ndarray) -> np.ndarray:
        """Pool every channel on its own."""
        return max_pool(x, *self.over_pictures())

    def slide_back(
        self, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, to_input: bool
    ) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Send each gradient back to the largest value of its window."""
        return max_pool_gradient(x, y, gradient, *self.over_pictures()), []


class MaxPooling1D(MaxPooling):
    """Keep the largest value of every window: (N, L, C) to (N, L', C); see `Pooling`.

    Examples
    --------
    >>> MaxPooling1D()(np.array([[[1], [2], [4], [3]]])).astype(int).ravel()
    array([2, 4])
    """

    rank = 1


class MaxPooling2D(MaxPooling):
    """Keep the largest value of every window: (N, H, W, C) to (N, H', W', C); see `Pooling`.

    Examples
    --------
    >>> MaxPooling2D()(np.arange(16).reshape(1, 4, 4, 1)).astype(int)[0, :, :, 0].tolist()
    [[5, 7], [13, 15]]
    """

    rank = 2


class AveragePooling(Pooling):
    """Average the values of every window.

    With padding "same", Keras does the same on TensorFlow and JAX. On PyTorch it repeats the
    edge of the picture where one side needs more padding than the other.
    """

    def slide(self, x: np.ndarray) -> np.ndarray:
        """Pool every channel on its own."""
        return average_pool(x, *self.over_pictures())

    def slide_back(
        self, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, to_input: bool
    ) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Share each gradient among the values of its window."""
        return average_pool_gradient(gradient, x.shape, *self.over_pictures()), []


class AveragePooling1D(AveragePooling):
    """Average the values of every window: (N, L, C) to (N, L', C); see `Pooling`.

    Examples
    --------
    >>> AveragePooling1D(2)(np.array([[[1], [3], [4], [6]]])).astype(int).ravel()
    array([2, 5])
    """

    rank = 1


class AveragePooling2D(AveragePooling):
    """Average the values of every window: (N, H, W, C) to (N, H', W', C); see `Pooling`.

    Examples
    --------
    >>> AveragePooling2D(2)(np.arange(0, 32, 2).reshape(1, 4, 4, 1)).astype(int)[
    ...     0, :, :, 0
    ... ].tolist()
    [[5, 9], [21, 25]]
    """

    rank = 2
