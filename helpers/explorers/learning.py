"""Learning one kernel by gradient descent: what `explore_training` shows, as numbers."""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.convolution import convolve

STEPS = 60  # of one training
MOST_SEED = 19
RATES = (0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07)
RATES += (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0)
POWERS = (-9, -6, -3, 0, 3, 6)  # of ten, on the axis of the loss
ROOM = 4  # powers of ten kept free above the first loss, to see it grow
FLAT = 1e-9  # curvature below this share of the largest is none


class Training(NamedTuple):
    """One training: the kernel after every step, (T + 1, h, w), and the loss of each, (T + 1,)."""

    kernels: np.ndarray
    losses: np.ndarray


class Task(NamedTuple):
    """What is to be learned, and what can be said of it before any step.

    `windows` has every window of `x` as a row. `bound` is the learning rate from which on steps
    overshoot by more than they correct. `free` is the number of directions in which the kernel can
    move without any change of its feature map. `powers` of ten are the axis of the loss.
    """

    x: np.ndarray
    windows: np.ndarray
    hidden: np.ndarray
    target: np.ndarray
    bound: float
    free: int
    powers: tuple[int, ...]


def task_of(x: np.ndarray, hidden: np.ndarray) -> Task:
    """Work out the target, which learning rates can work, and how high the losses begin."""
    target = convolve(x, hidden, flip=False)
    windows = sliding_window_view(x, hidden.shape).reshape(-1, hidden.size).astype(float)
    curvatures = np.linalg.eigvalsh(2 * windows.T @ windows / len(windows))
    steepest = float(curvatures[-1])
    bound = 2 / steepest if steepest > 0 else np.inf
    free = int((curvatures <= FLAT * steepest).sum())
    starts = np.stack([start(hidden.shape, seed).ravel() for seed in range(MOST_SEED + 1)])
    losses = ((windows @ starts.T - target.reshape(-1, 1)) ** 2).mean(axis=0)
    highest = POWERS[-1]
    while losses.max() > 10.0 ** (highest - ROOM):
        highest += 3
    return Task(x, windows, hidden, target, bound, free, tuple(range(POWERS[0], highest + 1, 3)))


def start(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return the random kernel that a training begins with, from -1 to 1."""
    return np.random.default_rng(seed).uniform(-1, 1, size=shape)


def gradient_of(x: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return how the mean squared error changes with every weight of the kernel.

    A weight meets one value of `x` in every window, times the error there: a cross-correlation.
    """
    return convolve(x, error, flip=False) * (2 / error.size)


def trained(task: Task, rate: float, seed: int) -> Training:
    """Take all steps, or as many as it takes the loss to leave its scale.

    With all windows as rows, the feature map and `gradient_of` are one matrix product each.
    """
    weights, target = start(task.hidden.shape, seed).ravel(), task.target.ravel()
    kernels, losses = [], []
    for _ in range(STEPS + 1):
        error = task.windows @ weights - target
        kernels.append(weights.reshape(task.hidden.shape))
        losses.append(float(np.mean(error**2)))
        if losses[-1] > 10.0 ** task.powers[-1]:
            break
        weights = weights - rate * (task.windows.T @ error) * (2 / error.size)
    return Training(np.array(kernels), np.array(losses))
