"""The explorer of the output's size: every window drawn, and the formula with its numbers."""

from collections.abc import Mapping

import numpy as np

from helpers.arguments import brief, whole
from helpers.convolution import Plan, output_size, plan
from helpers.drawing import (
    BODY,
    LINE,
    MARGIN,
    QUIET,
    WIDTH,
    Grid,
    Mark,
    Picture,
    Scene,
    Text,
    padding_mask,
    render,
    unused_mask,
)
from helpers.explorers.controls import whole_slider
from helpers.explorers.settings import Built, SettingsExplorer
from helpers.explorers.sizes_wording import formula_steps, span_note, told

RANGES = {  # lowest and highest value, and what the slider says
    "size": (1, 240, "W  input"),
    "kernel_size": (1, 11, "F  kernel"),
    "padding": (0, 8, "P  padding"),
    "stride": (1, 8, "S  stride"),
    "dilation": (1, 3, "D  dilation"),
}
LARGE, LARGE_LINE = 30, 44  # letters of the formula, and from one of its lines to the next
LEFT_SIDE, EQUALS_X, FORMULA_TOP = "W_out", 130, 44
INPUT_TOP = 268
WINDOWS_BELOW, ROW_GAP = 48, 4  # from the input to the windows, and from row to row
LARGEST_CELL, NUMBERED = 44, 18
ROOM = 216  # height of the input and the staggered windows, in pixels
WEIGHT = 0.35  # share of the scale's end that colours the samples under a weight


def explore_sizes(
    size: int = 28, kernel_size: int = 3, *, padding: int = 0, stride: int = 2, dilation: int = 1
) -> SettingsExplorer:
    """Count the windows along one axis, with the numbers in floor((W - F + 2P) / S) + 1.

    Parameters
    ----------
    size, kernel_size, padding, stride, dilation : int
        W (1 to 240), F (1 to 11), P (0 to 8, on each side), S (1 to 8) and D (1 to 3), in samples,
        shown first. Their sliders are the controls of these names; "step" is the window that has an
        orange frame (with a play button; pointing at a window sets it, too).

    `feature_map` holds where each window begins in the input, (W_out,) int64; in the padding that
    is negative. Samples that no window reaches are cross-hatched. If the kernel does not fit, the
    message says so, and the last picture stays.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    values = {
        "size": size,
        "kernel_size": kernel_size,
        "padding": padding,
        "stride": stride,
        "dilation": dilation,
    }
    _check(values)
    controls = {
        name: whole_slider(text, values[name], least, most)
        for name, (least, most, text) in RANGES.items()
    }
    controls["step"] = whole_slider("window", 0, 0, 1)

    def point(number: int | None, cell: tuple[int, int] | None) -> dict[str, int]:
        return {"step": number - 1} if number else {}

    return SettingsExplorer(controls, count_windows, point=point, play="step")


def show_sizes(
    size: int, kernel_size: int, *, padding: int = 0, stride: int = 1, dilation: int = 1
) -> Picture:
    """Return the picture that `explore_sizes` shows for these numbers, at its first window."""
    values = {"padding": padding, "stride": stride, "dilation": dilation}
    _check(values | {"size": size, "kernel_size": kernel_size})
    return render(count_windows(size, kernel_size, **values).scene)


def count_windows(
    size: int, kernel_size: int, padding: int, stride: int, dilation: int, step: int = 0
) -> Built:
    """Return the formula and all windows as a picture; `step` beyond the last window is the last.

    Raises ValueError if the kernel spans more samples than there are.
    """
    span, padded = dilation * (kernel_size - 1) + 1, size + 2 * padding
    if span > padded:
        raise ValueError(
            f"The kernel spans {span} and the padded input has only {padded}, so no window fits: "
            f"allowed is a span of at most {padded}. Make F or D smaller, or W or P larger."
        )
    ones = np.ones(kernel_size, dtype=int)
    sliding = plan(np.zeros(size), ones, stride=stride, padding=padding, dilation=dilation)
    last = sliding.shape[0] - 1
    step = min(step, last)
    grids, formula, lines = _grids(sliding, step), formula_steps(sliding), told(sliding, step)
    below = max(grid.y + grid.height for grid in grids) + LINE + 6
    texts = [Text(MARGIN, FORMULA_TOP, LEFT_SIDE, LARGE)]
    for n, text in enumerate(formula):
        bold = n == len(formula) - 1
        texts.append(Text(EQUALS_X, FORMULA_TOP + n * LARGE_LINE, text, LARGE, bold=bold))
    texts.append(Text(MARGIN, texts[-1].y + LARGE_LINE, span_note(sliding), BODY, QUIET))
    texts += [Text(MARGIN, below + n * LINE, line) for n, line in enumerate(lines)]
    sentence = " ".join(text.text for text in texts)
    scene = Scene(grids, tuple(texts), texts[-1].y + MARGIN, sentence)
    most = {"step": last, "dilation": RANGES["dilation"][1] if kernel_size > 1 else 1}
    return Built(np.arange(last + 1) * stride - padding, scene, most)


def _check(values: Mapping[str, int]) -> None:
    for name, value in values.items():
        least, most, _ = RANGES[name]
        if whole(name, value, lowest=least) > most:
            raise ValueError(
                f"{name}={brief(value)}: allowed are whole numbers from {least} to {most}"
            )
    output_size(**values)


def _grids(sliding: Plan, step: int) -> tuple[Grid, ...]:
    """Draw the input, and below it the windows, in so many rows that they do not touch."""
    (span,), (stride,), count = sliding.span, sliding.stride, sliding.shape[0]
    rows = min(span // stride + 1, count)
    width = (WIDTH - 2 * MARGIN) // sliding.padded.size
    cell = max(min(LARGEST_CELL, width, ROOM // (rows + 1) - ROW_GAP), 1)
    top = INPUT_TOP + cell + WINDOWS_BELOW
    grids = [_input_grid(sliding, cell, step)]
    for n in range(count):
        y = top + n % rows * (cell + ROW_GAP)
        mark = (Mark(0, 0, 1, span),) if n == step else ()
        grids.append(_window_grid(sliding, n, cell, y, mark))
    return tuple(grids)


def _input_grid(sliding: Plan, cell: int, step: int) -> Grid:
    size, (before, _) = sliding.x.size, sliding.amounts[0]
    names = [""] * before + [str(n) for n in range(size)] + [""] * before
    padded = f", padded to {sliding.padded.size}" if before else ""
    return Grid(
        sliding.padded[np.newaxis],
        "Input",
        f"n = 0 to {size - 1}{padded}",
        x=MARGIN,
        y=INPUT_TOP,
        cell=cell,
        texts=[names] if cell >= NUMBERED else None,
        hatched=padding_mask(sliding),
        unused=unused_mask(sliding),
        marks=(Mark(0, step * sliding.stride[0], 1, *sliding.span),),
        scale=False,
        beside=True,
    )


def _window_grid(sliding: Plan, n: int, cell: int, y: int, marks: tuple[Mark, ...]) -> Grid:
    """Draw the samples under the weights of window `n`; the middle one tells its number."""
    (span,), (spread,) = sliding.span, sliding.dilation
    values, names = np.zeros((1, span)), [""] * span
    values[0, ::spread] = WEIGHT
    names[sliding.kernel.size // 2 * spread] = str(n) if cell >= NUMBERED else ""
    return Grid(
        values,
        "" if n else "Windows",
        "" if n else "named by the steps from the first",
        x=MARGIN + n * sliding.stride[0] * cell,
        y=y,
        cell=cell,
        texts=[names],
        marks=marks,
        scale=False,
        beside=True,
        title_x=MARGIN,
    )
