"""The explorer of strides: a larger step computes nothing new, it leaves windows out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helpers.arguments import per_axis
from helpers.convolution import Plan, convolve, plan
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
    arithmetic_lines,
    bottom_of,
    drawable,
    formula_lines,
    input_subtitle,
    limits_for,
    padded_place,
    padding_mask,
    per_axis_text,
    range_sentence,
    side_by_side,
    size_formula,
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
    options = {"padding": snapshot(x, weights, padding=padding).sliding.amounts, "flip": False}
    limits = limits_for(x, weights)

    def build(*, stride_rows: int, stride_columns: int, step: int) -> Built:
        now = options | {"stride": (stride_rows, stride_columns)}
        shape = plan(x, weights, **now).shape
        last = shape[0] * shape[1] - 1
        position = divmod(min(step, last), shape[1])
        shown = snapshot(x, weights, limits, position=position, **now)
        return Built(shown.feature_map, _scene(shown), {"step": last})

    controls = {
        "stride_rows": STRIDE,
        "stride_columns": replace(STRIDE, label="columns"),
        "step": Whole("window", 0, interval=PLAY_INTERVAL),
    }
    return Declaration(controls, build, _point)


def _point(explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    stride = explorer.settings["stride_rows"], explorer.settings["stride_columns"]
    steps = stride if number == EVERY_STEP else (1, 1)
    if number not in (EVERY_STEP, STRIDED) or any(np.mod(cell, steps)):
        return {}
    place = np.floor_divide(cell, steps)
    return {"step": int(np.ravel_multi_index(place, explorer.feature_map.shape))}


def _scene(shown: Snapshot) -> Scene:
    sliding = shown.sliding
    dense = convolve(sliding.x, sliding.kernel, padding=sliding.amounts, flip=False)
    grids = [_input(shown), _dense_map(shown, dense), _strided_map(shown, dense)]
    height = AREA if sliding.kernel.shape[0] <= 4 else LOW_GRIDS
    height = max(grid.height for grid in side_by_side(grids, height=height)[:2])
    grids = side_by_side(grids, height=height)  # the text below stays where it is at any stride
    below = bottom_of(grids[:2]) + LINE
    formulas = [size_formula(sliding, axis) for axis in (0, 1)]
    if formulas[0] != formulas[1]:
        formulas = [f"{axis}: {text}" for axis, text in zip(AXES, formulas, strict=True)]
    lines = formula_lines([*dict.fromkeys(formulas), _waste(sliding)], below)
    texts = [*lines, *arithmetic_lines(shown, below, lines[0].x, len(lines))]
    return Scene(grids, tuple(texts), max(t.y for t in texts) + MARGIN, _sentence(shown, dense))


def _input(shown: Snapshot) -> Grid:
    sliding = shown.sliding
    corner = padded_place(sliding, shown.window.corner)
    return Grid(
        sliding.padded,
        "Input",
        input_subtitle(sliding),
        limit=shown.limits.input,
        hatched=padding_mask(sliding),
        unused=unused_mask(sliding),
        marks=(Mark(*corner, *sliding.span),),
    )


def _dense_map(shown: Snapshot, dense: np.ndarray) -> Grid:
    stride = shown.sliding.stride
    place = tuple(n * step for n, step in zip(shown.position, stride, strict=True))
    return Grid(
        dense,
        "Stride 1",
        f"{size_text(dense.shape)}, framed: {_slice_text(stride)}",
        limit=shown.limits.map,
        marks=(*kept_frames(dense.shape, stride), Mark(*place, 1, 1)),
    )


def _strided_map(shown: Snapshot, dense: np.ndarray) -> Grid:
    sign = "=" if _agree(shown, dense) else "≠"
    return Grid(
        shown.feature_map,
        f"Stride {per_axis_text(shown.sliding.stride)}",
        f"{size_text(shown.feature_map.shape)}, {sign} the framed cells",
        limit=shown.limits.map,
        marks=(Mark(*shown.position, 1, 1),),
    )


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


def _agree(shown: Snapshot, dense: np.ndarray) -> bool:
    rows, columns = shown.sliding.stride
    return np.array_equal(shown.feature_map, dense[::rows, ::columns])


def _slice_text(stride: Sequence[int]) -> str:
    return "[" + ", ".join(f"::{step}" for step in stride) + "]"


def _never_used(sliding: Plan) -> list[list[int]]:
    """Return the rows and the columns of the input, without padding, that no window reaches."""
    sides = zip(sliding.reached, sliding.amounts, sliding.x.shape, strict=True)
    return [np.flatnonzero(~mask[before : before + n]).tolist() for mask, (before, _), n in sides]


def _waste(sliding: Plan) -> str:
    rows, columns = map(len, _never_used(sliding))
    height, width = sliding.x.shape
    cells = height * width - (height - rows) * (width - columns)
    return f"Never used: {cells} of {height * width} inputs"


def _sentence(shown: Snapshot, dense: np.ndarray) -> str:
    verb = "is" if _agree(shown, dense) else "differs from"
    kept = f"The last {verb} {_slice_text(shown.sliding.stride)} of stride 1."
    lost = zip(AXES, _never_used(shown.sliding), strict=True)
    lines = ", ".join(f"{axis} {indices or 'none'}" for axis, indices in lost)
    return f"{shown.sentence} {range_sentence('Stride 1', dense)} {kept} Never used: {lines}."
