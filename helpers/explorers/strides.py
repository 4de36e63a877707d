"""The explorer of strides: a larger step computes nothing new, it leaves windows out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helpers.arguments import per_axis
from helpers.drawing import (
    AREA,
    AXES,
    LINE,
    MARGIN,
    Grid,
    Mark,
    Picture,
    Scene,
    Snapshot,
    bottom_of,
    drawable,
    input_subtitle,
    lines_below,
    padding_mask,
    per_axis_text,
    range_sentence,
    side_by_side,
    size_text,
    snapshot,
    unused_mask,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import PLAY_INTERVAL, Whole
from helpers.explorers.declaration import Built, Declaration

MOST_STRIDE = 4
STRIDE = Whole("stride, rows", 1, MOST_STRIDE)
MOST_VALUES = 24  # along a side of the input; in a larger one the frames are hard to tell apart
EVERY_STEP, STRIDED = 1, 2  # the numbers of the two feature maps in the scene
LOW_GRIDS = 260  # pixels; leaves room for the arithmetic of kernels with more than four rows


def explore_strides(image, kernel, padding="valid", *, stride=2) -> Explorer:
    """Compare a feature map with the one at stride 1, from which it keeps some cells.

    Parameters
    ----------
    image : array_like, (H, W), up to 24 values along a side
    kernel : array_like, (h, w); not flipped, as in a layer
    padding : "valid", "full", int, one int per axis, or one (before, after) pair per axis
    stride : int or one int per axis, from 1 to 4
        Where the controls stand first.

    The controls are "stride_rows" (how far the window moves down, in pixels), "stride_columns" (to
    the right) and "step" (which window, with a play button). Shown are the input, where rows and
    columns that no window reaches are cross-hatched; the feature map at stride 1, where the cells
    that are kept have black frames; and the feature map at the chosen stride.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed. `padding="same"` is refused: it pads
        differently at different strides, so that the maps would have little in common.
    """
    return _declaration(image, kernel, padding).explorer(**_steps(stride))


def show_strides(image, kernel, padding="valid", *, stride=2, step: int = 0) -> Picture:
    """Return the picture that `explore_strides` shows, for one stride and one window."""
    return _declaration(image, kernel, padding).picture(**_steps(stride), step=step)


def _steps(stride) -> dict[str, int]:
    rows, columns = (STRIDE.checked("stride", n) for n in per_axis("stride", stride, 2, lowest=1))
    return {"stride_rows": rows, "stride_columns": columns}


def _declaration(image, kernel, padding) -> Declaration:
    x, weights = drawable("image", image).copy(), drawable("kernel", kernel).copy()
    if x.ndim != 2 or max(x.shape) > MOST_VALUES:
        raise ValueError(
            f"image has shape {x.shape}: allowed is (H, W), up to {MOST_VALUES} along a side"
        )
    if isinstance(padding, str) and padding == "same":
        raise ValueError(
            "padding='same' pads differently at different strides: allowed are "
            "'valid', 'full', an int, one int per axis, or one (before, after) pair per axis"
        )
    dense = snapshot(x, weights, padding=padding, flip=False)  # at stride 1
    options = {"padding": dense.sliding.amounts, "flip": False}

    def build(*, stride_rows: int, stride_columns: int, step: int) -> Built:
        stride = stride_rows, stride_columns
        shown = snapshot(x, weights, dense.limits, stride=stride, **options)
        last = shown.feature_map.size - 1
        position = divmod(min(step, last), shown.feature_map.shape[1])
        scene = _scene(replace(shown, position=position), dense.feature_map)
        return Built(shown.feature_map, scene, {"step": last})

    controls = {
        "stride_rows": STRIDE,
        "stride_columns": replace(STRIDE, label="columns"),
        "step": Whole("window", 0, interval=PLAY_INTERVAL),
    }
    return Declaration(controls, build, _point)


def _point(explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    """Choose the window of the cell under the pointer, if that is one that is kept."""
    stride = explorer.settings["stride_rows"], explorer.settings["stride_columns"]
    steps = stride if number == EVERY_STEP else (1, 1)
    if number not in (EVERY_STEP, STRIDED) or any(np.mod(cell, steps)):
        return {}
    place = np.floor_divide(cell, steps)
    return {"step": int(np.ravel_multi_index(place, explorer.feature_map.shape))}


def _scene(shown: Snapshot, dense: np.ndarray) -> Scene:
    sliding, kept = shown.sliding, ", ".join(f"::{step}" for step in shown.sliding.stride)
    grids = _grids(shown, dense, f"[{kept}]")
    lost = [  # rows and columns of the input, without padding, that no window reaches
        np.flatnonzero(~mask[before : before + n]).tolist()
        for mask, (before, _), n in zip(
            sliding.reached, sliding.amounts, sliding.x.shape, strict=True
        )
    ]
    height, width = (n - len(lines) for n, lines in zip(sliding.x.shape, lost, strict=True))
    waste = f"Never used: {sliding.x.size - height * width} of {sliding.x.size} inputs"
    below = bottom_of(grids) + LINE
    texts = lines_below(shown, below, waste)
    never = ", ".join(f"{axis} {n or 'none'}" for axis, n in zip(AXES, lost, strict=True))
    sentence = (
        f"{shown.sentence} {range_sentence('Stride 1', dense)} "
        f"The last is [{kept}] of stride 1. Never used: {never}."
    )
    return Scene(grids, tuple(texts), max(text.y for text in texts) + MARGIN, sentence)


def _grids(shown: Snapshot, dense: np.ndarray, kept: str) -> tuple[Grid, ...]:
    """Place the input and both feature maps so that the text below is in one place."""
    sliding, limits, result = shown.sliding, shown.limits, shown.feature_map
    place = tuple(n * step for n, step in zip(shown.position, sliding.stride, strict=True))
    grids = [
        Grid(
            sliding.padded,
            "Input",
            input_subtitle(sliding),
            limit=limits.input,
            hatched=padding_mask(sliding),
            unused=unused_mask(sliding),
            marks=(Mark(*place, *sliding.span),),
        ),
        Grid(
            dense,
            "Stride 1",
            f"{size_text(dense.shape)}, framed: {kept}",
            limit=limits.map,
            marks=(*kept_frames(dense.shape, sliding.stride), Mark(*place, 1, 1)),
        ),
        Grid(
            result,
            f"Stride {per_axis_text(sliding.stride)}",
            f"{size_text(result.shape)}, = the framed cells",
            limit=limits.map,
            marks=(Mark(*shown.position, 1, 1),),
        ),
    ]
    height = AREA if sliding.kernel.shape[0] <= 4 else LOW_GRIDS
    height = max(grid.height for grid in side_by_side(grids, height=height)[:2])
    return side_by_side(grids, height=height)


def kept_frames(shape: Sequence[int], stride: Sequence[int]) -> list[Mark]:
    """Return black frames around the cells [::s, ::t]; neighbours that are kept share one.

    >>> [tuple(mark)[:4] for mark in kept_frames((3, 3), (1, 2))]
    [(0, 0, 3, 1), (0, 2, 3, 1)]
    """
    runs = [
        [(0, n)] if step == 1 else [(start, 1) for start in range(0, n, step)]
        for n, step in zip(shape, stride, strict=True)
    ]
    return [Mark(r, c, h, w, "pointed") for r, h in runs[0] for c, w in runs[1]]
