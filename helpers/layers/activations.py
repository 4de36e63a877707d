"""Activations, which overwrite the sums they are given, and their slopes."""

from collections.abc import Callable

import numpy as np


def linear(x: np.ndarray) -> np.ndarray:
    """Leave the sums as they are."""
    return x


def relu(x: np.ndarray) -> np.ndarray:
    """Return max(x, 0).

    >>> relu(np.array([-2, 3]))
    array([0, 3])
    """
    return np.maximum(x, 0, out=x)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """Return 1 / (1 + exp(-x)), computed so that no exponential overflows.

    >>> sigmoid(np.array([-1000.0, 0.0, 1000.0]))
    array([0. , 0.5, 1. ])
    """
    small = np.exp(-np.abs(x))  # between 0 and 1
    return np.divide(np.where(x < 0, small, 1), 1 + small, out=x)


def tanh(x: np.ndarray) -> np.ndarray:
    """Return the hyperbolic tangent.

    >>> tanh(np.array([-1000.0, 0.0, 1000.0]))
    array([-1.,  0.,  1.])
    """
    return np.tanh(x, out=x)


def softmax(x: np.ndarray) -> np.ndarray:
    """Return exp(x) divided by its sum over the last axis.

    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]]))
    array([[0.5, 0.5],
           [1. , 0. ]])
    """
    powers = np.exp(x - x.max(axis=-1, keepdims=True))
    return np.divide(powers, powers.sum(axis=-1, keepdims=True), out=x)


ACTIVATIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "linear": linear,
    "relu": relu,
    "sigmoid": sigmoid,
    "tanh": tanh,
    "softmax": softmax,
}


def slope(name: str, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
    """Return how the loss changes with what went into an activation.

    `y` is what came out of it, from which these five slopes follow, and `gradient` how the loss
    changes with that. ReLU has slope 0 at 0.

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
