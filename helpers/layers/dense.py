"""Layers without a window: flatten, dense, activation."""

import math

import numpy as np

from helpers.layers.activations import ACTIVATIONS, slope
from helpers.layers.base import Layer, Weighted
from helpers.layers.checks import Shape, checked_activation, limited, refuse


class Flatten(Layer):
    """Write all values of a sample in one row: (N, H, W, C) to (N, H * W * C)."""

    def __init__(self, data_format=None, **options) -> None:
        super().__init__(**options)
        refuse("data_format", data_format, allowed=(None, "channels_last"))

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return (N, number of values in a sample)."""
        sample = input_shape[1:]
        return (input_shape[0], None if None in sample else math.prod(sample))

    def call(self, x: np.ndarray) -> np.ndarray:
        """Rearrange, without computing anything."""
        return x.reshape(len(x), -1)

    def backward(self, x, y, gradient, to_input=True) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Rearrange the gradient like the input."""
        return gradient.reshape(x.shape), []


class Dense(Weighted):
    """Connect every input with every output: (N, ..., C) to (N, ..., units).

    The kernel is (C, units), the bias (units,). Other arguments: see `Layer`.

    Examples
    --------
    >>> Dense(2, kernel_initializer="ones")(np.array([[1, 2, 3]])).astype(int)
    array([[6, 6]])
    """

    def __init__(
        self,
        units,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **options,
    ) -> None:
        super().__init__(**options)
        self.units = limited("units", units)
        self.prepare(activation, use_bias, kernel_initializer, bias_initializer)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return (channels, units)."""
        return (channels, self.units)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape with `units` as its last entry."""
        if len(input_shape) < 2:
            raise self.wrong_shape(input_shape, "allowed is (samples, ..., values)")
        self.check_channels(input_shape)
        return (*input_shape[:-1], self.units)

    def call(self, x: np.ndarray) -> np.ndarray:
        """Multiply by the kernel, add the bias, apply the activation."""
        result = x.astype(self.dtype, copy=False) @ self.kernel
        if self.bias is not None:
            result += self.bias
        return ACTIVATIONS[self.activation](result, out=result)

    def backward(self, x, y, gradient, to_input=True) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Send the gradient back through every connection."""
        inputs, outputs = x.reshape(-1, x.shape[-1]), gradient.reshape(-1, self.units)
        to_weights = [inputs.T.astype(self.dtype, copy=False) @ outputs]
        if self.bias is not None:
            to_weights.append(outputs.sum(axis=0))
        return gradient @ self.kernel.T if to_input else None, to_weights


class Activation(Layer):
    """Apply "relu", "sigmoid", "tanh", "softmax" or "linear" to every value.

    Examples
    --------
    >>> Activation("relu")(np.array([[-2, 3]])).astype(int)
    array([[0, 3]])
    """

    def __init__(self, activation, **options) -> None:
        super().__init__(**options)
        self.activation = checked_activation(activation)

    def call(self, x: np.ndarray) -> np.ndarray:
        """Apply the activation."""
        return ACTIVATIONS[self.activation](x)

    def before_activation(self, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Multiply by the slope of the activation."""
        return slope(self.activation, y, gradient)

    def backward(self, x, y, gradient, to_input=True) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Pass the gradient on: its slope is in it already."""
        return gradient, []
