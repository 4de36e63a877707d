"""The explorer of fair shares: how many windows each pixel of the input enters."""

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, whole
from helpers.convolution import Plan, plan
from helpers.drawing import (
    BODY,
    CASING,
    LINE,
    MARGIN,
    Grid,
    Mark,
    Scene,
    Text,
    bottom_of,
    input_subtitle,
    padded_place,
    padding_mask,
    place_text,
    side_by_side,
    size_text,
)
from helpers.explorers.controls import whole_slider
from helpers.explorers.settings import Built, SettingsExplorer

LEAST_SIZE, MOST_SIZE = 3, 10  # pixels along a side of the input
MOST_KERNEL, MOST_STRIDE, MOST_DILATION = 5, 4, 2
HEIGHT = 360  # of the input with all its padding, in pixels
FEEDS = 0.35  # share of the scale's end that colours the windows a pixel enters


def explore_usage(
    size: int = 8, *, kernel_size: int = 3, padding: int = 0, stride: int = 1, dilation: int = 1
) -> SettingsExplorer:
    """Count in how many windows each pixel of a square input stands.

    Parameters
    ----------
    size : int, 3 to 10
        Rows and columns of the input, in pixels.
    kernel_size, padding, stride, dilation : int
        Where their sliders stand at first; a value that does not fit moves to the nearest one.

    The controls are "kernel_size", "padding" (up to full), "stride", "dilation" and "cell" (the
    pixel to follow, in reading order from 1, 0 for none; pointing at the input sets it, too).
    `feature_map` holds the counts, (size, size) int64.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    size = whole("size", size, lowest=LEAST_SIZE)
    if size > MOST_SIZE:
        raise ValueError(f"size={brief(size)}: allowed are {LEAST_SIZE} to {MOST_SIZE} pixels")

    least = {"kernel_size": 1, "padding": 0, "stride": 1, "dilation": 1}
    given = zip(least, (kernel_size, padding, stride, dilation), strict=True)
    kernel_size, padding, stride, dilation = (  # all of them, before there is any widget
        whole(name, value, lowest=least[name]) for name, value in given
    )

    def build(**settings: int) -> Built:
        return count_usage(size, **settings)

    def point(number: int | None, cell: tuple[int, int] | None) -> dict[str, int]:
        if number is None:
            return {"cell": 0}
        row, column = (c - explorer.controls["padding"].value for c in cell)
        inside = number == 0 and 0 <= row < size and 0 <= column < size
        return {"cell": row * size + column + 1 if inside else 0}

    most = min(MOST_KERNEL, size)
    controls = {
        "kernel_size": _slider("kernel size", kernel_size, 1, most),
        "padding": _slider("padding", padding, 0, MOST_DILATION * (MOST_KERNEL - 1)),
        "stride": _slider("stride", stride, 1, MOST_STRIDE),
        "dilation": _slider("dilation", dilation, 1, MOST_DILATION),
        "cell": whole_slider("follow input", 1, 0, size * size),
    }
    explorer = SettingsExplorer(controls, build, point=point)
    return explorer


def _slider(text: str, value: int, least: int, most: int) -> widgets.IntSlider:
    return whole_slider(text, min(value, most), least, most)


def count_usage(
    size: int, *, kernel_size: int, padding: int, stride: int, dilation: int, cell: int = 0
) -> Built:
    """Return the counts as a picture, beside the windows that the followed pixel enters.

    `cell` counts pixels from 1 in reading order, 0 is none. A dilation with which the kernel would
    be larger than the input becomes the largest that fits, a padding beyond full becomes full.
    """
    reach = kernel_size - 1
    most_dilation = min((size - 1) // reach, MOST_DILATION) if reach else 1
    dilation = min(dilation, most_dilation)
    full = dilation * reach
    image, weights = np.zeros((size, size), dtype=int), np.ones((kernel_size,) * 2, dtype=int)
    sliding = plan(image, weights, stride=stride, padding=min(padding, full), dilation=dilation)
    along = _uses(sliding)
    counts = np.outer(along, along)
    pixel = tuple(int(i) for i in np.unravel_index(cell - 1, counts.shape)) if cell else None
    grids = [_counts_grid(sliding, counts, pixel), _windows_grid(sliding, pixel)]
    grids = side_by_side(grids, height=HEIGHT)
    lines = _lines(counts, pixel)
    top = bottom_of(grids) + LINE
    texts = [Text(MARGIN, top, lines[0], BODY, CASING, True)]
    texts += [Text(MARGIN, top + n * LINE, line) for n, line in enumerate(lines[1:], 1)]
    scene = Scene(grids, tuple(texts), top + 2 * LINE + MARGIN, _sentence(sliding, counts, lines))
    return Built(counts, scene, {"dilation": most_dilation, "padding": full})


def _uses(sliding: Plan) -> np.ndarray:
    """Count along one axis how many windows have a weight on each sample, (N,) int64."""
    before, after = sliding.amounts[0]
    uses = np.zeros(sliding.padded.shape[0], dtype=np.int64)
    starts = np.arange(sliding.shape[0]) * sliding.stride[0]
    taps = np.arange(sliding.kernel.shape[0]) * sliding.dilation[0]
    np.add.at(uses, np.add.outer(starts, taps), 1)
    return uses[before : uses.size - after]


def _counts_grid(sliding: Plan, counts: np.ndarray, pixel) -> Grid:
    """Place the counts in the input; the padding around it says nothing."""
    shown = np.pad(counts, sliding.amounts)
    padding = padding_mask(sliding)
    texts = np.char.mod("%d", shown).astype(object)
    if padding is not None:
        texts[padding] = ""
    never = shown == 0 if padding is None else (shown == 0) & ~padding
    return Grid(
        shown,
        "Uses of each pixel",
        input_subtitle(sliding),
        limit=float(sliding.kernel.size),
        texts=texts.tolist(),
        hatched=padding,
        unused=never,
        marks=() if pixel is None else (Mark(*padded_place(sliding, pixel), 1, 1, "pointed"),),
    )


def _windows_grid(sliding: Plan, pixel) -> Grid:
    """Draw the feature map, one cell for each window, and frame those that hold the pixel."""
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
    told = f" {never} of {counts.size} pixels are never used." if never else ""
    followed = "No pixel is followed."
    if pixel is not None:
        followed = f"{place_text(pixel).capitalize()} is in {_windows(int(counts[pixel]))}."
    return [
        f"Corner {corner}, middle of the upper edge {edge}, middle {inner}",
        spread,
        f"{followed}{told}",
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
