"""How a step is taken: stochastic gradient descent, with momentum."""

import math
from numbers import Real

import numpy as np

from helpers.arguments import brief
from helpers.layers.checks import refuse


class DivergedError(ArithmeticError, ValueError):
    """The loss, or a weight, is no longer a number."""


class SGD:
    """Step against the gradient, and keep some of the speed of the steps before.

    velocity = momentum * velocity - learning_rate * gradient; weights = weights + velocity

    Parameters
    ----------
    learning_rate : float, above 0
        How far one step goes.
    momentum : float, 0 to below 1
        How much of the last step goes into the next.
    nesterov : False

    Examples
    --------
    >>> weights, optimizer = np.array([4.0]), SGD(learning_rate=0.5)
    >>> optimizer.step(weights, np.array([2.0]))
    >>> weights
    array([3.])
    """

    def __init__(self, learning_rate=0.01, momentum=0.0, nesterov=False) -> None:
        self.learning_rate = checked_rate("learning_rate", learning_rate)
        self.momentum = checked_rate("momentum", momentum, lowest=0.0, below=1.0)
        refuse("nesterov", nesterov, allowed=(False,))
        self.velocity: np.ndarray | None = None

    def __repr__(self) -> str:
        return f"SGD(learning_rate={self.learning_rate}, momentum={self.momentum})"

    def step(self, weights: np.ndarray, gradient: np.ndarray) -> None:
        """Change `weights`, in one operation that no interruption can split."""
        velocity = gradient * np.asarray(-self.learning_rate, dtype=gradient.dtype)
        if self.momentum and self.velocity is not None and self.velocity.shape == weights.shape:
            velocity += self.velocity * np.asarray(self.momentum, dtype=gradient.dtype)
        moved = weights + velocity
        if not np.isfinite(moved).all():
            raise self.diverged("a weight became infinite")
        weights[...] = moved
        self.velocity = velocity

    def diverged(self, what: str) -> DivergedError:
        """Make the error for steps that lead nowhere."""
        return DivergedError(
            f"{what} with {self!r}: its steps are too large. Allowed is a smaller learning_rate: "
            f"try {self.learning_rate / 10:g}, and x and y that are not much larger than 1. "
            "The weights are those after the last whole step"
        )


def checked_rate(
    name: str, value, *, lowest: float | None = None, below: float = math.inf
) -> float:
    """Return a number above 0, or from `lowest` on, and smaller than `below`."""
    bounds = "above 0" if lowest is None else f"from {lowest:g}"
    bounds += "" if below == math.inf else f" to below {below:g}"
    strangers = bool | np.bool_ | np.timedelta64  # numbers by descent only
    if isinstance(value, strangers) or not isinstance(value, Real):
        raise TypeError(f"{name}={brief(value)}: allowed are numbers {bounds}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    high_enough = number > 0 if lowest is None else number >= lowest
    if not (high_enough and number < below):  # not a number is neither
        raise ValueError(f"{name}={brief(value)}: allowed are numbers {bounds}")
    return number


def checked_optimizer(optimizer) -> SGD:
    """Return an optimizer, given as an object or as "sgd"."""
    if isinstance(optimizer, SGD):
        return optimizer
    if not isinstance(optimizer, str) or optimizer.lower() != "sgd":
        raise ValueError(
            f'optimizer={brief(optimizer)} is not supported here: allowed are "sgd" and '
            "SGD(learning_rate=..., momentum=...)"
        )
    return SGD()
