"""Scenes: input, kernel and feature map in a row, and plain arrays side by side.

What is shown is one `Snapshot`; everything here turns it into a `Scene` and its sentence.
Nothing is drawn.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np

from helpers.arguments import brief
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
from helpers.drawing.scene import (
    AREA,
    INK,
    KERNEL_AREA,
    KERNEL_X,
    LARGEST_CELL,
    LINE,
    MAP_X,
    MARGIN,
    NUMBERED_CELL,
    SCALE_ROW,
    SIGNED,
    TOP,
    WIDTH,
    Grid,
    Mark,
    Scene,
    Text,
    nice_limit,
    photograph_look,
)
from helpers.drawing.sequences import rows_scene, sequence_scene
from helpers.drawing.snapshots import LIGHTEST, Snapshot, checked_image, checked_limit
from helpers.drawing.words import range_sentence, size_formula, size_text

CONVOLVED, CORRELATED, EQUALS = "∗", "⋆", "="
AXES = ("rows", "columns")
HEIGHT_STEP = AREA // 6
MOST_ARRAYS, LONGEST_NAME = 5, 100
GAP = 28  # between arrays that stand side by side


def convolution_scene(shown: Snapshot) -> Scene:
    """Lay out a convolution of pictures or of sequences."""
    if not isinstance(shown, Snapshot):
        raise TypeError(f"shown={brief(shown)}: allowed is what snapshot returns")
    if shown.sliding.x.ndim == 1:
        return sequence_scene(shown)
    grids = (_input_grid(shown), _kernel_grid(shown), _map_grid(shown))
    below = TOP + _room_for(grids) + SCALE_ROW + LINE
    formula = _size_lines(shown, below)
    texts = [*_signs(shown, grids[1]), *formula]
    if shown.position is not None:
        texts += arithmetic_lines(shown, below, formula[0].x, len(formula))
    height = max(text.y for text in texts) + MARGIN
    return Scene(grids, tuple(texts), height, shown.sentence)


def _input_grid(shown: Snapshot) -> Grid:
    sliding = shown.sliding
    marks = []
    if shown.position is not None:
        marks.append(Mark(*padded_place(sliding, shown.window.corner), *sliding.span))
    if shown.pointed is not None:
        marks.append(Mark(*padded_place(sliding, shown.pointed), 1, 1, "pointed"))
    return Grid(
        sliding.padded if shown.photograph is None else shown.photograph,
        "Input",
        input_subtitle(sliding),
        look=photograph_look(shown.photograph),
        limit=shown.limits.input,
        x=MARGIN,
        y=TOP,
        cell=_cell_size(sliding.padded.shape),
        hatched=padding_mask(sliding),
        unused=unused_mask(sliding),
        marks=tuple(marks),
    )


def _kernel_grid(shown: Snapshot) -> Grid:
    shape = shown.sliding.weights.shape
    return Grid(
        shown.sliding.weights,
        "Kernel",
        kernel_subtitle(shown.sliding),
        limit=shown.limits.kernel,
        x=KERNEL_X,
        y=TOP,
        cell=max(min(KERNEL_AREA // max(shape), LARGEST_CELL), 1),
        texts=weight_texts(shown.sliding.weights),
        marks=() if shown.position is None else (Mark(0, 0, *shape),),
    )


def _map_grid(shown: Snapshot) -> Grid:
    values, texts = told(shown)
    look = SIGNED
    colourful = shown.feature_map.ndim == 3
    if shown.photograph is not None and (colourful or shown.sliding.kernel.sum() > 0):
        look = photograph_look(shown.photograph)
    return Grid(
        values,
        "Feature map",
        map_subtitle(shown),
        look=look,
        limit=shown.limits.map,
        x=MAP_X,
        y=TOP,
        cell=_cell_size(values.shape),
        texts=texts if _cell_size(values.shape) >= NUMBERED_CELL else None,
        marks=tuple(Mark(*cell, 1, 1, role) for cell, role in marked_outputs(shown)),
    )


def _signs(shown: Snapshot, kernel: Grid) -> list[Text]:
    """Write the sign of the operation before the kernel, and "=" before the feature map."""
    middle = kernel.y + kernel.height // 2 + 12
    sign, size = (CONVOLVED, 34) if shown.sliding.flip else (CORRELATED, 52)
    return [
        Text(KERNEL_X - 26, middle, sign, size, INK, False, "m"),
        Text(MAP_X - 28, middle, EQUALS, 34, INK, False, "m"),
    ]


def _room_for(grids: Sequence[Grid]) -> int:
    """Return the height kept for grids, in steps, so that a new border does not move the text."""
    tallest = max(grid.height for grid in grids)
    return -(-tallest // HEIGHT_STEP) * HEIGHT_STEP


def _size_lines(shown: Snapshot, top: int) -> list[Text]:
    """Write the output-size formula with its numbers, once if both axes agree."""
    formulas = [size_formula(shown.sliding, axis) for axis in range(2)]
    if formulas[0] == formulas[1]:
        formulas = formulas[:1]
    else:
        formulas = [
            f"{name}: {text}" for name, text in zip(("rows", "columns"), formulas, strict=True)
        ]
    return formula_lines(formulas, top)


def _cell_size(shape: Sequence[int]) -> int:
    return max(min(AREA // max(shape[:2]), LARGEST_CELL), 1)


def side_by_side(
    grids: Sequence[Grid], *, top: int = TOP, height: int = AREA, left: int = MARGIN, width: int = 0
) -> tuple[Grid, ...]:
    """Place grids in columns of equal width, with cells as large as the room allows.

    `top` is the upper edge of the grids, `height` the largest height of one; `width` the room for
    all of them, from `left` to the right edge unless told otherwise. All in pixels.
    """
    width = width or WIDTH - MARGIN - left
    room = (width - GAP * (len(grids) - 1)) // len(grids)
    placed = []
    for number, grid in enumerate(grids):
        rows, columns = grid.values.shape[:2]
        cell = max(min(room // columns, height // rows, LARGEST_CELL), 1)
        placed.append(replace(grid, x=left + number * (room + GAP), y=top, cell=cell))
    return tuple(placed)


def bottom_of(grids: Sequence[Grid]) -> int:
    """Return where the next thing can stand below grids and their scales, in pixels."""
    return max(grid.y + grid.height + (SCALE_ROW if grid.scale else 0) for grid in grids)


def arrays_scene(
    arrays: Mapping[str, Any], *, limit: float | None = None, subtitles: Sequence[str] = ()
) -> Scene:
    """Put up to five named arrays side by side, sequences one above another, on one colour scale.

    uint8 arrays are shown as photographs.
    """
    arrays, limit = _checked_arrays(arrays), checked_limit(limit)
    known = isinstance(subtitles, list | tuple) and len(subtitles) in (0, len(arrays))
    if not known or not all(isinstance(text, str) for text in subtitles):
        raise TypeError(f"subtitles={brief(subtitles)}: allowed are texts, one for each array")
    signed = [a for a in arrays.values() if a.dtype != np.uint8]
    if limit is None and signed:
        limit = nice_limit(max(float(np.abs(a).max()) for a in signed))
    grids = []
    for index, (name, array) in enumerate(arrays.items()):
        photograph = array if array.dtype == np.uint8 else None
        subtitle = subtitles[index] if subtitles else size_text(array.shape)
        end = limit if photograph is None else LIGHTEST
        look = photograph_look(photograph)
        grids.append(Grid(np.atleast_2d(array), name, subtitle, look=look, limit=end))
    description = " ".join(range_sentence(name, array) for name, array in arrays.items())
    if all(array.ndim == 1 for array in arrays.values()):
        return replace(rows_scene(grids), description=description)
    placed = side_by_side(grids)
    if any(a.x + a.width > b.x for a, b in pairwise(placed)):
        raise ValueError(
            f"arrays has {len(placed)} arrays up to {max(g.values.shape[1] for g in grids)} wide: "
            "allowed are those that fit side by side; show fewer, or every second column"
        )
    return Scene(placed, (), bottom_of(placed) + MARGIN // 2, description)


def _checked_arrays(arrays) -> dict[str, np.ndarray]:
    """Return arrays that can be shown, by their names, or say what is wrong."""
    if not isinstance(arrays, Mapping) or not 0 < len(arrays) <= MOST_ARRAYS:
        given = list(arrays) if isinstance(arrays, Mapping) else arrays
        raise ValueError(f"arrays={brief(given)}: allowed are one to five arrays by their names")
    for name in arrays:
        if not isinstance(name, str) or len(name) > LONGEST_NAME:
            raise TypeError(
                f"arrays has the name {brief(name)}: allowed are texts of up to {LONGEST_NAME} "
                "letters"
            )
    return {name: checked_image(array, f"arrays[{name!r}]") for name, array in arrays.items()}
