"""Layers without a window: flatten and dense."""

import math

import numpy as np

from helpers.arguments import whole
from helpers.layers.layer import Layer, Shape, Weighted


class Flatten(Layer):
    """Write all values of a sample in one row: (N, H, W, C) to (N, H * W * C).

    Examples
    --------
    >>> Flatten()(np.ones((2, 3, 4, 5))).shape
    (2, 60)
    """

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return (N, number of values in a sample)."""
        return (input_shape[0], math.prod(input_shape[1:]))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Rearrange, without computing anything."""
        self.x = x
        return x.reshape(len(x), -1)

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Rearrange the gradient like the input."""
        return gradient.reshape(self.x.shape)


class Dense(Weighted):
    """Connect every input with every output: (N, ..., C) to (N, ..., units).

    The kernel is (C, units), the bias (units,).

    Parameters
    ----------
    units : int
        The number of outputs.
    activation : "linear", "relu", "sigmoid", "tanh", "softmax" or None
    use_bias : bool
    **options
        `kernel_initializer`, `bias_initializer`: "glorot_uniform", "zeros", "ones" or a
        GlorotUniform; and the arguments of every `Layer`.

    Examples
    --------
    >>> Dense(2, kernel_initializer="ones")(np.array([[1, 2, 3]])).astype(int)
    array([[6, 6]])
    """

    def __init__(self, units, activation=None, use_bias=True, **options) -> None:
        super().__init__(activation=activation, use_bias=use_bias, **options)
        self.units = whole("units", units, lowest=1)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return (channels, units)."""
        return (channels, self.units)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape with `units` as its last entry."""
        if len(input_shape) < 2:
            raise self.wrong_shape(input_shape, "allowed is (samples, ..., values)")
        self.check_channels(input_shape)
        return (*input_shape[:-1], self.units)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Multiply by the kernel, add the bias, apply the activation."""
        self.x = x.astype(self.dtype, copy=False)
        return self.activated(self.x @ self.kernel)

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Send the gradient back through every connection."""
        inputs, outputs = self.x.reshape(-1, self.x.shape[-1]), gradient.reshape(-1, self.units)
        self.keep_gradients(inputs.T @ outputs, gradient)
        return gradient @ self.kernel.T if to_input else None
