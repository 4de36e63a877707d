"""The explorer of fair shares: how many windows each pixel of the input enters."""

import numpy as np

from helpers.convolution import Plan, plan
from helpers.drawing import (
    Grid,
    Mark,
    input_subtitle,
    padded_place,
    padding_mask,
    place_text,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Whole
from helpers.explorers.declaration import Built, Declaration, page

SIZE = Whole("size", 3, 10)  # pixels along a side of the input
MOST_KERNEL, MOST_STRIDE, MOST_DILATION = 5, 4, 2
MOST_PADDING = MOST_DILATION * (MOST_KERNEL - 1)
HEIGHT = 360  # of the input with all its padding, in pixels
FEEDS = 0.35  # share of the scale's end that colours the windows a pixel enters


def explore_usage(
    size: int = 8, *, kernel_size: int = 3, padding: int = 0, stride: int = 1, dilation: int = 1
) -> Explorer:
    """Count in how many windows each pixel of a square input is.

    Parameters
    ----------
    size : int, 3 to 10
        Rows and columns of the input, in pixels.
    kernel_size, padding, stride, dilation : int
        First values: up to 5, 8, 4 and 2. A padding beyond full becomes full, and a dilation with
        which the kernel would be larger than the input becomes the largest that fits.

    The controls are "kernel_size", "padding" (up to full), "stride", "dilation" and "cell" (the
    pixel to follow, in reading order from 1, 0 for none; pointing at the input sets it, too).
    `feature_map` holds the counts, (size, size) int64.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    size = SIZE.checked("size", size)

    def build(*, kernel_size: int, padding: int, stride: int, dilation: int, cell: int) -> Built:
        reach = kernel_size - 1
        most_dilation = min((size - 1) // reach, MOST_DILATION) if reach else 1
        dilation = min(dilation, most_dilation)
        full = dilation * reach
        image, weights = np.zeros((size, size), dtype=int), np.ones((kernel_size,) * 2, dtype=int)
        sliding = plan(image, weights, stride=stride, padding=min(padding, full), dilation=dilation)
        along = _uses(sliding)
        counts = np.outer(along, along)
        pixel = divmod(cell - 1, size) if cell else None
        grids = [_counts_grid(sliding, counts, pixel), _windows_grid(sliding, pixel)]
        lines = _lines(counts, pixel)
        scene = page(side_by_side(grids, height=HEIGHT), lines, _sentence(sliding, counts, lines))
        return Built(counts, scene, {"dilation": most_dilation, "padding": full})

    def point(explorer: Explorer, number: int | None, cell) -> dict[str, int]:
        if number != 0:
            return {"cell": 0}
        row, column = (c - explorer.settings["padding"] for c in cell)
        inside = 0 <= row < size and 0 <= column < size
        return {"cell": row * size + column + 1 if inside else 0}

    controls = {
        "kernel_size": Whole("kernel size", 1, min(MOST_KERNEL, size)),
        "padding": Whole("padding", 0, MOST_PADDING),
        "stride": Whole("stride", 1, MOST_STRIDE),
        "dilation": Whole("dilation", 1, MOST_DILATION),
        "cell": Whole("follow input", 0, size * size),
    }
    first = {"kernel_size": kernel_size, "padding": padding, "stride": stride, "dilation": dilation}
    return Declaration(controls, build, point).explorer(**first)


def _uses(sliding: Plan) -> np.ndarray:
    """Count along one axis how many windows have a weight on each sample, (N,) int64."""
    before, after = sliding.amounts[0]
    uses = np.zeros(sliding.padded.shape[0], dtype=np.int64)
    starts = np.arange(sliding.shape[0]) * sliding.stride[0]
    taps = np.arange(sliding.kernel.shape[0]) * sliding.dilation[0]
    np.add.at(uses, np.add.outer(starts, taps), 1)
    return uses[before : uses.size - after]


def _counts_grid(sliding: Plan, counts: np.ndarray, pixel) -> Grid:
    """Place the counts in the input; nothing is counted in the padding around it."""
    values = np.pad(counts, sliding.amounts)
    padding = padding_mask(sliding)
    texts = np.char.mod("%d", values).astype(object)
    if padding is not None:
        texts[padding] = ""
    never = values == 0 if padding is None else (values == 0) & ~padding
    return Grid(
        values,
        "Uses of each pixel",
        input_subtitle(sliding),
        limit=float(sliding.kernel.size),
        texts=texts.tolist(),
        hatched=padding,
        unused=never,
        marks=() if pixel is None else (Mark(*padded_place(sliding, pixel), 1, 1, "pointed"),),
    )


def _windows_grid(sliding: Plan, pixel) -> Grid:
    """Draw the feature map, one cell for each window, and frame those that contain the pixel."""
    fed = [] if pixel is None else sliding.fed_by(pixel)
    values = np.zeros(sliding.shape)
    for place in fed:
        values[place] = FEEDS
    return Grid(
        values,
        "Feature map",
        f"{size_text(sliding.shape)}: one cell for each window",
        texts=[[""] * sliding.shape[1]] * sliding.shape[0],
        marks=tuple(Mark(*place, 1, 1, "pointed") for place in fed),
        scale=False,
    )


def _lines(counts: np.ndarray, pixel) -> list[str]:
    middle = counts.shape[0] // 2
    corner, edge, inner = counts[0, 0], counts[0, middle], counts[middle, middle]
    least, most = int(counts.min()), int(counts.max())
    spread = f"The least used pixel is in {_windows(least)}, the most used in {_windows(most)}."
    if least == most:
        spread = f"Every pixel is in {_windows(most)}: all are used alike."
    never = np.count_nonzero(counts == 0)
    unused = f" {never} of {counts.size} pixels are never used." if never else ""
    followed = "No pixel is followed."
    if pixel is not None:
        followed = f"{place_text(pixel).capitalize()} is in {_windows(int(counts[pixel]))}."
    return [
        f"Corner {corner}, middle of the upper edge {edge}, middle {inner}",
        spread,
        f"{followed}{unused}",
    ]


def _windows(count: int) -> str:
    """Write a number of windows.

    >>> _windows(0), _windows(1), _windows(4)
    ('no window', '1 window', '4 windows')
    """
    return {0: "no window", 1: "1 window"}.get(count, f"{count} windows")


def _sentence(sliding: Plan, counts: np.ndarray, lines: list[str]) -> str:
    """Describe the setting and the counts; all uses together are windows times weights."""
    setting = (
        f"Input {size_text(sliding.x.shape)}, padding {sliding.amounts[0][0]}, kernel "
        f"{size_text(sliding.kernel.shape)}, stride {sliding.stride[0]}, dilation "
        f"{sliding.dilation[0]}: {size_text(sliding.shape)} windows."
    )
    return f"{setting} {lines[0]}, {counts.sum()} uses in all. {' '.join(lines[1:])}"
