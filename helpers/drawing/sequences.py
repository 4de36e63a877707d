"""The scene of sequences: input, kernel, products and feature map, window under window."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from helpers.convolution import Plan
from helpers.drawing.parts import (
    arithmetic_lines,
    formula_lines,
    input_subtitle,
    kernel_subtitle,
    map_subtitle,
    marked_outputs,
    padded_place,
    padding_mask,
    told,
    unused_mask,
    weight_texts,
)
from helpers.drawing.scene import LINE, MARGIN, WIDTH, Grid, Mark, Scene
from helpers.drawing.snapshots import Snapshot
from helpers.drawing.words import size_formula

ROW_TOP, ROW_GAP, LARGEST_ROW_CELL = 40, 52, 52


def sequence_scene(shown: Snapshot) -> Scene:
    """Lay out signal, kernel, products and output one above another, window under window."""
    sliding, limits = shown.sliding, shown.limits
    longest = max(sliding.padded.size, shown.feature_map.size + _lead(sliding))
    cell = max(min((WIDTH - 2 * MARGIN) // longest, LARGEST_ROW_CELL), 1)
    start = 0 if shown.position is None else shown.position[0] * sliding.stride[0]
    rows = [_signal_row(shown, cell)]
    rows.append(_taps_row(shown, cell, start, sliding.weights, limits.kernel, "Kernel"))
    if shown.position is not None and shown.hidden is None:
        products = shown.window.products
        rows.append(_taps_row(shown, cell, start, products, limits.map, "Products"))
    rows.append(_output_row(shown, cell))
    placed = tuple(
        replace(grid, y=ROW_TOP + number * (cell + ROW_GAP)) for number, grid in enumerate(rows)
    )
    below = placed[-1].y + cell + LINE + 6
    texts = formula_lines([size_formula(sliding, 0)], below)
    if shown.position is not None:
        texts += arithmetic_lines(shown, below, texts[0].x, len(texts))
    height = max(text.y for text in texts) + MARGIN
    return Scene(placed, tuple(texts), height, shown.sentence)


def _signal_row(shown: Snapshot, cell: int) -> Grid:
    sliding = shown.sliding
    marks = []
    if shown.position is not None:
        marks.append(Mark(0, *padded_place(sliding, shown.window.corner), 1, *sliding.span))
    if shown.pointed is not None:
        marks.append(Mark(0, *padded_place(sliding, shown.pointed), 1, 1, "pointed"))
    return Grid(
        sliding.padded[np.newaxis],
        "Input",
        input_subtitle(sliding),
        limit=shown.limits.input,
        x=MARGIN,
        cell=cell,
        beside=True,
        hatched=padding_mask(sliding),
        unused=unused_mask(sliding),
        marks=tuple(marks),
    )


def _taps_row(shown: Snapshot, cell: int, start: int, values, limit: float, title: str) -> Grid:
    """Place the weights, or the products, under the window they belong to."""
    sliding = shown.sliding
    spread = np.zeros((1, sliding.span[0]), dtype=values.dtype)
    spread[0, :: sliding.dilation[0]] = values
    texts = [[""] * sliding.span[0]]
    texts[0][:: sliding.dilation[0]] = weight_texts(values)[0]
    kernel = title == "Kernel"
    return Grid(
        spread,
        title,
        kernel_subtitle(sliding) if kernel else "input times weight, one by one",
        limit=limit,
        x=MARGIN + start * cell,
        cell=cell,
        beside=True,
        texts=texts,
        marks=(Mark(0, 0, 1, sliding.span[0]),) if kernel and shown.position is not None else (),
        scale=kernel,
        title_x=MARGIN,
    )


def _lead(sliding: Plan) -> int:
    """Return how many cells the output starts to the right, to stand under the window's middle."""
    return (sliding.span[0] - 1) // 2 if sliding.stride == (1,) else 0


def _output_row(shown: Snapshot, cell: int) -> Grid:
    values, texts = told(shown)
    return Grid(
        values[np.newaxis],
        "Feature map",
        map_subtitle(shown),
        limit=shown.limits.map,
        x=MARGIN + cell * _lead(shown.sliding),
        cell=cell,
        beside=True,
        texts=texts,
        title_x=MARGIN,
        marks=tuple(Mark(0, *place, 1, 1, role) for place, role in marked_outputs(shown)),
    )


def rows_scene(rows: Sequence[Grid]) -> Scene:
    """Put sequences one above another, their first cells in one line."""
    longest = max(grid.values.shape[1] for grid in rows)
    cell = max(min((WIDTH - 2 * MARGIN) // longest, LARGEST_ROW_CELL), 1)
    placed = tuple(
        replace(grid, x=MARGIN, y=ROW_TOP + number * (cell + ROW_GAP), cell=cell, beside=True)
        for number, grid in enumerate(rows)
    )
    return Scene(placed, (), placed[-1].y + cell + MARGIN)
