"""Activations and their slopes: arrays in, arrays out.

Every activation takes `out`, so that a layer can overwrite what it has just computed.
"""

from collections.abc import Callable

import numpy as np


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


def slope(name: str, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Return how the loss changes with what went into an activation.

    Parameters
    ----------
    name : str
        A key of `ACTIVATIONS`.
    y : ndarray, (..., C)
        What came out of it. For these five, the slope follows from that; ReLU has slope 0 at 0.
    gradient : ndarray, (..., C)
        How the loss changes with `y`.

    Examples
    --------
    >>> slope("relu", np.array([0, 3]), np.array([5, 5]))
    array([0, 5])
    """
    if name == "relu":
        return gradient * (y > 0)
    if name == "sigmoid":
        return gradient * (y * (1 - y))
    if name == "tanh":
        return gradient * (1 - y * y)
    if name == "softmax":
        return y * (gradient - (gradient * y).sum(axis=-1, keepdims=True))
    return gradient
