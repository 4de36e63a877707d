"""What the explorer of training says: how far the kernel is, and what to change."""

import numpy as np

from helpers.drawing import Grid, number_text, power_text, range_sentence
from helpers.explorers.learning import POWERS, RATES, STEPS, Task, Training

ENOUGH = 0.0005  # right to three decimals
OF_WEIGHTS = ("Kernel", "Gradient", "Hidden")


def lines_of(task: Task, training: Training, step: int, rate: float) -> tuple[str, str]:
    """Say how far the kernel is, and what becomes of it."""
    loss = training.losses[step]
    told = power_text(loss) if loss >= 10.0 ** POWERS[0] else "below 10⁻⁹"
    apart = abs(training.kernels - task.hidden).max(axis=(1, 2))
    first = f"Loss after step {step}: {told}. Weights off by up to {distance_text(apart[step])}."
    far = np.flatnonzero(apart >= ENOUGH)
    if rate >= task.bound:
        second = f"Every step overshoots. With this input, rates below {_below(task.bound)} settle."
    elif task.free:
        second = (
            f"The input leaves {task.free} of {task.hidden.size} directions open: "
            "other kernels have the same feature map."
        )
    elif far.size and far[-1] == len(apart) - 1:
        second = f"After step {STEPS}, weights are still off by up to {distance_text(apart[-1])}."
    else:
        found = far[-1] + 1 if far.size else 0
        second = f"From step {found} on, all weights are right to three decimals."
    return first, second


def _below(bound: float) -> str:
    """Write a bound with two digits, rounded down: what is said of it stays true."""
    digit = 10.0 ** (np.floor(np.log10(bound)) - 1)
    return power_text(float(np.floor(bound / digit) * digit))


def distance_text(value: float) -> str:
    """Write how far a weight is off, or a weight, with three decimals."""
    return number_text(float(value), 3)


def warning_of(task: Task, training: Training, rate: float) -> str:
    """Say what to change where the loss grows."""
    if rate < task.bound:
        return ""
    last = len(training.losses) - 1
    what = "grows" if training.losses[-1] > training.losses[0] else "will grow"
    if last < STEPS:
        what += f", and leaves its scale after step {last}"
    good = [other for other in RATES if other < task.bound]
    change = "divide the input by its largest value"
    if good:
        change = f"choose a learning rate of {good[-1]:g} or less"
    return (
        f"With a learning rate of {rate:g} the loss {what}: each step goes so far past the lowest "
        f"point that it ends higher up on the other side. To change that, {change}."
    )


def sentence_of(grids: tuple[Grid, ...]) -> str:
    """Describe all arrays: those of weights by their weights, the others by their range."""
    parts = []
    for grid in grids:
        if grid.title not in OF_WEIGHTS:
            parts.append(range_sentence(grid.title, grid.values))
        else:
            rows = (" ".join(distance_text(w) for w in row) for row in grid.values)
            parts.append(f"{grid.title} {' '.join(f'[{row}]' for row in rows)}.")
    return " ".join(parts)
