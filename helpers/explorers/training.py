"""The explorer of training: a random kernel finds the hidden one, step by step."""

from functools import lru_cache, partial
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from helpers.convolution import convolve
from helpers.drawing import (
    BODY,
    CASING,
    GAP,
    LINE,
    MARGIN,
    QUIET,
    TITLE,
    WIDTH,
    Box,
    Grid,
    Text,
    bottom_of,
    drawable,
    log_curve,
    nice_limit,
    number_text,
    power_text,
    range_sentence,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Steps, Whole
from helpers.explorers.declaration import Built, Declaration, page

MOST_VALUES, MOST_WEIGHTS = 12, 5  # along a side of the input, of the kernel
LARGEST = 255  # number in input or kernel
STEPS = 60  # of one training
INTERVAL = 150  # milliseconds from one step to the next while it plays
MOST_SEED = 19
RATES = (0.001, 0.0015, 0.002, 0.003, 0.005, 0.007, 0.01, 0.015, 0.02, 0.03, 0.05, 0.07)
RATES += (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0)
POWERS = (-9, -6, -3, 0, 3, 6)  # of ten, on the axis of the loss
ROOM = 4  # powers of ten kept free above the first loss, to see it grow
FLAT = 1e-9  # curvature below this share of the largest is none
ENOUGH = 0.0005  # right to three decimals
SHOWN = 9  # decimals kept of what is shown: below them is what rounding leaves over
MOST_WEIGHT = 1e5  # written in full
MOST_OUTPUT = 100  # value of a feature map that has room in its cell
HEIGHT, SECOND_ROW = 169, 62  # of the arrays; what titles need above the second row, in pixels
TITLE_RISE = 38  # of the baseline above the loss, as above a grid
BESIDE = 18  # from the last point to its label
AXIS = 76  # room for the numbers beside the axis of the loss
OF_WEIGHTS = ("Kernel", "Gradient", "Hidden")


def explore_training(x, hidden, *, learning_rate: float = 0.1, seed: int = 0) -> Explorer:
    """Watch a random kernel learn a hidden one from input and output alone.

    Parameters
    ----------
    x : array_like, (H, W), up to 12 along a side, numbers from -255 to 255
    hidden : array_like, (h, w), up to 5 along a side and no larger than `x`
    learning_rate : one of `RATES`, the first value of its slider
    seed : int, 0 to 19: of the random start, `default_rng(seed).uniform(-1, 1, size=(h, w))`

    The controls are "step" (0 to 60, with a play button), "learning_rate" (0.001 to 2) and "seed".
    The last two train again, at once. Shown are the input, the kernel after so many steps, its
    feature map, that of the hidden kernel and their difference; below the gradient of the kernel,
    the hidden kernel, and the loss of every step. Training ends where the loss leaves its scale.
    `feature_map` is that of the kernel on screen, not flipped.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    task = task_of(_checked("x", x, MOST_VALUES), _checked("hidden", hidden, MOST_WEIGHTS))
    train = lru_cache(maxsize=32)(partial(train_kernel, task))

    def build(*, step: int, learning_rate: float, seed: int) -> Built:
        training = train(learning_rate, seed)
        last = len(training.losses) - 1
        step = min(step, last)
        kernel = training.kernels[step]
        feature_map = convolve(task.x, kernel, flip=False)
        grids = _grids(task, kernel, feature_map, step)
        strokes, texts = _loss(task, training, step, grids[2].x, grids[-1].y)
        lines = _lines(task, training, step, learning_rate)
        head = f"Step {step} of {last}, learning rate {learning_rate:g}, seed {seed}."
        sentence = " ".join([head, *map(_grid_sentence, grids), *lines])
        top = grids[-1].y + HEIGHT + 2 * LINE
        scene = page(grids, lines, sentence, top=top, texts=texts, strokes=strokes)
        return Built(feature_map, scene, {"step": last}, _warning(task, training, learning_rate))

    controls = {
        "step": Whole("step", 0, STEPS, interval=INTERVAL),
        "learning_rate": Steps("learning rate", [(f"{rate:g}", rate) for rate in RATES]),
        "seed": Whole("seed", 0, MOST_SEED),
    }
    return Declaration(controls, build).explorer(learning_rate=learning_rate, seed=seed)


def _checked(name: str, value, most: int) -> np.ndarray:
    """Return input or hidden kernel as floats, or say what is wrong with it."""
    array = drawable(name, value).astype(float)
    if array.ndim != 2 or max(array.shape) > most:
        allowed = f"allowed are (rows, columns), up to {most} along a side"
        raise ValueError(f"{name} has shape {array.shape}: {allowed}")
    if abs(array).max() > LARGEST:
        allowed = f"allowed are numbers from {-LARGEST} to {LARGEST}"
        raise ValueError(f"{name} holds numbers beyond {LARGEST}: {allowed}")
    return array


class Task(NamedTuple):
    """What is to be learned, and what follows from it before any step.

    `windows` has every window of `x` as a row. `bound` is the learning rate from which on steps
    overshoot by more than they correct. `free` is the number of directions in which the kernel can
    move without any change of its feature map. `slope` is the largest entry of all first gradients.
    `powers` of ten are the axis of the loss.
    """

    x: np.ndarray
    windows: np.ndarray
    hidden: np.ndarray
    target: np.ndarray
    bound: float
    free: int
    slope: float
    powers: tuple[int, ...]


def task_of(x: np.ndarray, hidden: np.ndarray) -> Task:
    """Work out the target, which learning rates can work, and how high the losses begin."""
    target = convolve(x, hidden, flip=False)
    windows = sliding_window_view(x, hidden.shape).reshape(-1, hidden.size)
    curvatures = np.linalg.eigvalsh(2 * windows.T @ windows / len(windows))
    steepest = float(curvatures[-1])
    bound = 2 / steepest if steepest > 0 else np.inf
    free = int((curvatures <= FLAT * steepest).sum())
    starts = np.stack([start(hidden.shape, seed).ravel() for seed in range(MOST_SEED + 1)])
    errors = windows @ starts.T - target.reshape(-1, 1)
    slope = float(abs(windows.T @ errors).max()) * 2 / target.size
    losses = (errors**2).mean(axis=0)
    highest = POWERS[-1]
    while losses.max() > 10.0 ** (highest - ROOM):
        highest += 3
    powers = tuple(range(POWERS[0], highest + 1, 3))
    return Task(x, windows, hidden, target, bound, free, slope, powers)


def start(shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Return the random kernel that a training begins with, from -1 to 1."""
    return np.random.default_rng(seed).uniform(-1, 1, size=shape)


class Training(NamedTuple):
    """One training: the kernel after every step, (T + 1, h, w), and the loss of each, (T + 1,)."""

    kernels: np.ndarray
    losses: np.ndarray


def train_kernel(task: Task, rate: float, seed: int) -> Training:
    """Take all steps, or as many as it takes the loss to leave its scale.

    With all windows as rows, the feature map and `kernel_gradient` are one matrix product each.
    """
    weights, target = start(task.hidden.shape, seed).ravel(), task.target.ravel()
    kernels, losses = [], []
    for _ in range(STEPS + 1):
        error = task.windows @ weights - target
        kernels.append(weights.reshape(task.hidden.shape))
        losses.append(np.mean(error**2))
        if losses[-1] > 10.0 ** task.powers[-1]:
            break
        weights = weights - rate * (task.windows.T @ error) * (2 / error.size)
    return Training(np.array(kernels), np.array(losses))


def kernel_gradient(x: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return how the mean squared error changes with every weight of the kernel.

    A weight meets one value of `x` in every window, times the error there: a cross-correlation.
    """
    return convolve(x, error, flip=False) * (2 / error.size)


def _grids(task: Task, kernel: np.ndarray, feature_map: np.ndarray, step: int) -> tuple[Grid, ...]:
    """Place five arrays in a row; gradient and hidden kernel below input and kernel."""
    x, hidden, target = task.x, task.hidden, task.target
    error = np.round(feature_map - target, SHOWN) + 0.0
    gradient = np.round(kernel_gradient(x, error), SHOWN) + 0.0
    end = nice_limit(max(1.0, float(abs(hidden).max())))
    steep = nice_limit(max(end, task.slope))
    outputs = {"limit": nice_limit(float(abs(target).max()))}
    top = [
        Grid(x, "Input", size_text(x.shape), limit=nice_limit(float(abs(x).max()))),
        Grid(kernel, "Kernel", f"after step {step}", texts=_weights(kernel), limit=end),
        Grid(feature_map, "Feature map", "of this kernel", texts=_outputs(feature_map), **outputs),
        Grid(target, "Target", "of the hidden one", texts=_outputs(target), **outputs),
        Grid(error, "Error", "map − target", texts=_outputs(error), **outputs),
    ]
    slopes = {"texts": _weights(gradient), "limit": steep, "scale": steep > end}
    goal = {"texts": _weights(hidden), "limit": end, "scale": False}
    below = [
        Grid(gradient, "Gradient", "2/n · input ⋆ error", **slopes),
        Grid(hidden, "Hidden", "to be found", **goal),
    ]
    first = side_by_side(top, height=HEIGHT)
    low, width = bottom_of(first) + SECOND_ROW, first[2].x - GAP - MARGIN
    return (*first, *side_by_side(below, top=low, height=HEIGHT, width=width))


def _weights(weights: np.ndarray) -> list[list[str]]:
    """Write weights with two decimals, fewer where they are large, none where they are huge."""
    largest = abs(weights).max()
    if largest >= MOST_WEIGHT:
        return [[power_text(weight) for weight in row] for row in weights]
    decimals = int(np.clip(3 - np.log10(max(largest, 1)), 0, 2))
    return [[number_text(weight, decimals) for weight in row] for row in weights]


def _outputs(values: np.ndarray) -> list[list[str]] | None:
    """Write values with one decimal; beyond a hundred there is no room for them."""
    if abs(values).max() >= MOST_OUTPUT:
        return None
    return [[number_text(value, 1) for value in row] for row in values]


def _loss(task: Task, training: Training, step: int, left: int, top: int) -> tuple[list, list]:
    """Draw the loss of every step, with its title."""
    box = Box(left + AXIS, top, WIDTH - 2 * MARGIN - left - AXIS, HEIGHT)
    strokes, texts = log_curve(training.losses, step, box, task.powers, STEPS)
    texts.append(Text(left, top - TITLE_RISE, "Loss", TITLE, bold=True))
    texts.append(Text(left + AXIS, top - TITLE_RISE, "mean squared error", BODY, QUIET))
    last = len(training.losses) - 1
    if last < STEPS:
        x = round(box.left + box.width * last / STEPS)
        texts.append(Text(x + BESIDE, top + LINE, f"off the scale at step {last}", BODY, CASING))
    small = np.flatnonzero(training.losses < 10.0 ** POWERS[0])
    if small.size:
        beyond = f"below 10⁻⁹ from step {small[0]} on"
        texts.append(Text(box.left + box.width, top + LINE, beyond, BODY, CASING, anchor="r"))
    return strokes, texts


def _lines(task: Task, training: Training, step: int, rate: float) -> tuple[str, str]:
    """Say how far the kernel is, and what becomes of it."""
    loss = training.losses[step]
    height = power_text(loss) if loss >= 10.0 ** POWERS[0] else "below 10⁻⁹"
    apart = abs(training.kernels - task.hidden).max(axis=(1, 2))
    off = f"off by up to {number_text(apart[step], 3)}"
    far = np.flatnonzero(apart >= ENOUGH)
    if rate >= task.bound:
        digit = 10.0 ** (np.floor(np.log10(task.bound)) - 1)
        below = power_text(np.floor(task.bound / digit) * digit)  # rounded down, so that it is true
        second = f"Every step overshoots. With this input, rates below {below} settle."
    elif task.free:
        second = (
            f"The input leaves {task.free} of {task.hidden.size} directions open: "
            "other kernels have the same feature map."
        )
    elif far.size and far[-1] == STEPS:
        end = number_text(apart[-1], 3)
        second = f"After step {STEPS}, weights are still off by up to {end}."
    else:
        found = far[-1] + 1 if far.size else 0
        second = f"From step {found} on, all weights are right to three decimals."
    return f"Loss after step {step}: {height}. Weights {off}.", second


def _warning(task: Task, training: Training, rate: float) -> str:
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


def _grid_sentence(grid: Grid) -> str:
    """Describe weights one by one, other arrays by their range."""
    if grid.title not in OF_WEIGHTS:
        return range_sentence(grid.title, grid.values)
    rows = (" ".join(number_text(weight, 3) for weight in row) for row in grid.values)
    return f"{grid.title} {' '.join(f'[{row}]' for row in rows)}."
