"""The explorer of training: a random kernel finds the hidden one, step by step."""

from functools import lru_cache
from numbers import Real

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, is_whole
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
    Scene,
    Text,
    bottom_of,
    drawable,
    log_curve,
    nice_limit,
    number_text,
    power_text,
    side_by_side,
    size_text,
)
from helpers.explorers.controls import NUMBER_WIDTH, whole_slider
from helpers.explorers.learning import (
    MOST_SEED,
    RATES,
    STEPS,
    Task,
    Training,
    gradient_of,
    task_of,
    trained,
)
from helpers.explorers.settings import Built, SettingsExplorer
from helpers.explorers.training_wording import lines_of, sentence_of, warning_of

INTERVAL = 150  # milliseconds from one step to the next while it plays
MOST_VALUES, MOST_WEIGHTS = 12, 5  # along a side of the input, of the kernel
LARGEST = 255  # number in input or kernel
SHOWN = 9  # decimals kept of what is shown: below them is what rounding leaves over
MOST_WEIGHT = 1e5  # written in full
MOST_OUTPUT = 100  # value of a feature map that has room in its cell
HEIGHT, SECOND_ROW = 169, 62  # of the arrays; what titles need above the second row, in pixels
TITLE_RISE = 38  # of the baseline above the loss, as above a grid
LABEL_WIDTH = "120px"  # of a longer label than others
BESIDE = 18  # from the last point to what is said of it
AXIS = 76  # room for the numbers beside the axis of the loss


def explore_training(x, hidden, *, learning_rate: float = 0.1, seed: int = 0) -> SettingsExplorer:
    """Watch a random kernel learn a hidden one from input and output alone.

    Parameters
    ----------
    x : array_like, (H, W), up to 12 along a side, numbers from -255 to 255
    hidden : array_like, (h, w), up to 5 along a side and no larger than `x`
    learning_rate : one of `RATES`, where its slider stands first
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
    task = task_of(*_checked(x, hidden))
    if not is_whole(seed) or not 0 <= seed <= MOST_SEED:
        raise ValueError(f"seed={brief(seed)}: allowed are 0 to {MOST_SEED}")
    first_rate = _checked_rate(learning_rate)
    train = lru_cache(maxsize=32)(lambda rate, start: trained(task, rate, start))
    controls = {
        "step": whole_slider("step", 0, 0, STEPS),
        "learning_rate": widgets.SelectionSlider(
            options=[(f"{rate:g}", rate) for rate in RATES],
            value=first_rate,
            description="learning rate",
            style={"description_width": LABEL_WIDTH},
            layout={"width": NUMBER_WIDTH},
        ),
        "seed": whole_slider("seed", int(seed), 0, MOST_SEED),
    }

    def build(step: int, learning_rate: float, seed: int) -> Built:
        rate = _checked_rate(learning_rate)  # a slider of choices can be left without any
        return training_built(task, train(rate, seed), step, rate, seed)

    return SettingsExplorer(controls, build, play="step", interval=INTERVAL)


def _checked_rate(rate) -> float:
    if isinstance(rate, bool) or not isinstance(rate, Real) or rate not in RATES:
        raise ValueError(f"learning_rate={brief(rate)}: allowed are {list(RATES)}")
    return RATES[RATES.index(rate)]  # a float32 equals one of them, and is not that number


def _checked(x, hidden) -> tuple[np.ndarray, np.ndarray]:
    """Return input and hidden kernel as floats, or say what is wrong with them."""
    arrays = []
    for name, value, most in (("x", x, MOST_VALUES), ("hidden", hidden, MOST_WEIGHTS)):
        array = drawable(name, value)
        if array.ndim != 2 or max(array.shape) > most:
            allowed = f"allowed are (rows, columns), up to {most} along a side"
            raise ValueError(f"{name} has shape {array.shape}: {allowed}")
        if abs(array.astype(float)).max() > LARGEST:
            allowed = f"allowed are numbers from {-LARGEST} to {LARGEST}"
            raise ValueError(f"{name} holds numbers beyond {LARGEST}: {allowed}")
        arrays.append(array.astype(float) if array.dtype == np.uint8 else array.copy())
    return arrays[0], arrays[1]


def training_built(task: Task, training: Training, step: int, rate: float, seed: int) -> Built:
    """Show one step of a training."""
    last = len(training.losses) - 1
    step = min(step, last)
    kernel = training.kernels[step]
    feature_map = convolve(task.x, kernel, flip=False)
    error = np.round(feature_map - task.target, SHOWN) + 0.0
    gradient = np.round(gradient_of(task.x, error), SHOWN) + 0.0
    grids = _grids(task, kernel, feature_map, error, gradient, step)
    strokes, texts = _loss(task, training, step, grids[2].x, grids[-1].y)
    lines = lines_of(task, training, step, rate)
    below = grids[-1].y + HEIGHT + 2 * LINE
    texts += [
        Text(MARGIN, below + n * LINE, line, BODY, CASING, n == 0) for n, line in enumerate(lines)
    ]
    head = f"Step {step} of {last}, learning rate {rate:g}, seed {seed}."
    description = " ".join([head, sentence_of(grids), *lines])
    scene = Scene(grids, tuple(texts), below + LINE + MARGIN, description, tuple(strokes))
    return Built(feature_map, scene, {"step": last}, warning_of(task, training, rate))


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
    return strokes, texts


def _grids(task: Task, kernel, feature_map, error, gradient, step: int) -> tuple[Grid, ...]:
    """Place five arrays in a row; gradient and hidden kernel below input and kernel."""
    ends = {"limit": nice_limit(max(1.0, float(abs(task.hidden).max())))}
    outputs = {"limit": nice_limit(float(abs(task.target).max()))}
    x = task.x
    top = [
        Grid(x, "Input", size_text(x.shape), limit=nice_limit(float(abs(x).max()))),
        Grid(kernel, "Kernel", f"after step {step}", texts=_weights(kernel), **ends),
        Grid(feature_map, "Feature map", "of this kernel", texts=_outputs(feature_map), **outputs),
        Grid(task.target, "Target", "of the hidden one", texts=_outputs(task.target), **outputs),
        Grid(error, "Error", "map − target", texts=_outputs(error), **outputs),
    ]
    first = side_by_side(top, height=HEIGHT)
    low = bottom_of(first) + SECOND_ROW
    both = [
        Grid(gradient, "Gradient", "input ⋆ error", texts=_weights(gradient), scale=False, **ends),
        Grid(
            task.hidden, "Hidden", "to be found", texts=_weights(task.hidden), scale=False, **ends
        ),
    ]
    second = side_by_side(both, top=low, height=HEIGHT, width=first[2].x - GAP - MARGIN)
    return (*first, *second)


def _weights(weights: np.ndarray) -> list[list[str]]:
    """Write weights with two decimals, fewer where they are large, none where they are huge."""
    if abs(weights).max() >= MOST_WEIGHT:
        return [[power_text(float(w)) for w in row] for row in weights]
    decimals = int(np.clip(3 - np.log10(max(abs(weights).max(), 1)), 0, 2))
    return [[number_text(float(w), decimals) for w in row] for row in weights]


def _outputs(values: np.ndarray) -> list[list[str]] | None:
    """Write values with one decimal; beyond a hundred there is no room for them."""
    if abs(values).max() >= MOST_OUTPUT:
        return None
    return [[number_text(float(v), 1) for v in row] for row in values]
