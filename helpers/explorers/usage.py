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
        image, weights = (np.ones((side, side), dtype=int) for side in (size, kernel_size))
        sliding = plan(image, weights, stride=stride, padding=min(padding, full), dilation=dilation)
        uses = [len(sliding.fed_by(place)) for place in np.ndindex(size, size)]
        counts = np.array(uses, dtype=np.int64).reshape(size, size)
        pixel = divmod(cell - 1, size) if cell else None
        grids = [_counts_grid(sliding, counts, pixel), _windows_grid(sliding, pixel)]
        lines = _lines(counts, pixel)
        sentence = (
            f"Input {size_text(counts.shape)}, padding {min(padding, full)}, kernel "
            f"{size_text(weights.shape)}, stride {stride}, dilation {dilation}: "
            f"{size_text(sliding.shape)} windows. {lines[0]}, {counts.sum()} uses in all. "
            f"{lines[1]} {lines[2]}"
        )
        scene = page(side_by_side(grids, height=HEIGHT), lines, sentence)
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


def _counts_grid(sliding: Plan, counts: np.ndarray, pixel) -> Grid:
    """Place the counts in the input; nothing is counted in the padding around it."""
    padded = np.pad(counts, sliding.amounts)
    texts = np.pad(counts.astype(str), sliding.amounts, constant_values="")
    return Grid(
        padded,
        "Uses of each pixel",
        input_subtitle(sliding),
        limit=float(sliding.kernel.size),
        texts=texts.tolist(),
        hatched=padding_mask(sliding),
        unused=np.pad(counts == 0, sliding.amounts),
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
        texts=np.full(sliding.shape, "").tolist(),
        marks=tuple(Mark(*place, 1, 1, "pointed") for place in fed),
        scale=False,
    )


def _lines(counts: np.ndarray, pixel) -> list[str]:
    middle, least, most = len(counts) // 2, counts.min(), counts.max()
    corner, edge, inner = counts[0, 0], counts[0, middle], counts[middle, middle]
    spread = f"The least used pixel is in {_windows(least)}, the most used in {_windows(most)}."
    if least == most:
        spread = f"Every pixel is in {_windows(most)}: all are used alike."
    followed = "No pixel is followed."
    if pixel is not None:
        followed = f"{place_text(pixel).capitalize()} is in {_windows(counts[pixel])}."
    if never := np.count_nonzero(counts == 0):
        followed += f" {never} of {counts.size} pixels are never used."
    return [f"Corner {corner}, middle of the upper edge {edge}, middle {inner}", spread, followed]


def _windows(count: int) -> str:
    return {0: "no window", 1: "1 window"}.get(count, f"{count} windows")
