"""Activations, which overwrite the sums they are given, and their slopes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np


class Activation(NamedTuple):
    """A function of the sums x, and its slope.

    `apply(x)` returns y, in the memory of x. `slope(y, gradient)` turns how the loss changes with y
    into how it changes with x; y is enough to know it.
    """

    apply: Callable[[np.ndarray], np.ndarray]
    slope: Callable[[np.ndarray, np.ndarray], np.ndarray]


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)), computed so that no exponential overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))  # between 0 and 1
    return np.divide(np.where(x < 0, small, 1), 1 + small, out=x)


def softmax(x: np.ndarray) -> np.ndarray:
    """Return exp(x) divided by its sum over the last axis.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.divide(powers, powers.sum(axis=-1, keepdims=True), out=x)


def softmax_slope(y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Return the gradient of what went into a softmax: each sum changes all probabilities."""
    return y * (gradient - (gradient * y).sum(axis=-1, keepdims=True))


ACTIVATIONS = {
    "linear": Activation(lambda x: x, lambda y, gradient: gradient),
    "relu": Activation(lambda x: np.maximum(x, 0, out=x), lambda y, gradient: gradient * (y > 0)),
    "sigmoid": Activation(sigmoid, lambda y, gradient: gradient * (y * (1 - y))),
    "tanh": Activation(lambda x: np.tanh(x, out=x), lambda y, gradient: gradient * (1 - y * y)),
    "softmax": Activation(softmax, softmax_slope),
}
