"""Parts that the scenes of pictures and of sequences share."""

from collections.abc import Sequence
from itertools import zip_longest

import numpy as np

from helpers.convolution import Plan
from helpers.drawing.scene import (
    ARITHMETIC,
    BODY,
    CASING,
    LINE,
    MAP_X,
    MARGIN,
    QUIET,
    SMALLEST_LETTERS,
    WIDTH,
    Text,
    text_width,
)
from helpers.drawing.snapshots import Snapshot
from helpers.drawing.words import (
    HIDDEN,
    number_text,
    per_axis_text,
    place_text,
    product_texts,
    size_text,
    weight_text,
)

MOST_PRODUCTS, MOST_TERMS = 64, 8  # written out, in all and in one line
QUESTION = "Which number belongs in the orange cell?"


def input_subtitle(sliding: Plan) -> str:
    """Write the input's size, and the size with padding if there is any."""
    subtitle = size_text(sliding.x.shape)
    if sliding.padded.shape != sliding.x.shape:
        subtitle += f", padded to {size_text(sliding.padded.shape)}"
    return subtitle


def kernel_subtitle(sliding: Plan) -> str:
    """Write the kernel's size, and its span if it is dilated, else whether it is flipped."""
    size = size_text(sliding.kernel.shape)
    if sliding.span != sliding.kernel.shape:
        return f"{size}, spans {size_text(sliding.span)}"
    return f"{size}, {'flipped' if sliding.flip else 'not flipped'}"


def map_subtitle(shown: Snapshot) -> str:
    """Write the feature map's size and the stride."""
    return f"{size_text(shown.feature_map.shape)}, stride {per_axis_text(shown.sliding.stride)}"


def formula_lines(formulas: Sequence[str], top: int) -> list[Text]:
    """Write output-size formulas below the feature map, further left where they are long."""
    x = min(MAP_X, WIDTH - MARGIN - int(max(text_width(text) for text in formulas)))
    heading = Text(x, top, "Output size", BODY, QUIET, True)
    return [heading, *(Text(x, top + n * LINE, text) for n, text in enumerate(formulas, 1))]


def told(shown: Snapshot) -> tuple[np.ndarray, list[list[str]] | None]:
    """Return values and texts of the feature map, with the hidden one blanked out."""
    if shown.hidden is None:
        return shown.feature_map, None
    texts = np.vectorize(number_text, otypes=[object])(shown.feature_map)
    texts[shown.hidden] = HIDDEN
    values = shown.feature_map.copy()
    values[shown.hidden] = 0
    return values, np.atleast_2d(texts).tolist()


def marked_outputs(shown: Snapshot) -> list[tuple[tuple[int, ...], str]]:
    """Return the outlined cells of the feature map and the roles of their outlines."""
    marked = [] if shown.position is None else [(shown.position, "window")]
    if shown.pointed is not None:
        marked += [(cell, "pointed") for cell in shown.sliding.fed_by(shown.pointed)]
    return marked


def weight_texts(weights: np.ndarray) -> list[list[str]]:
    """Write weights in rows, as their cells say them."""
    return [[weight_text(w) for w in row] for row in np.atleast_2d(weights).tolist()]


def arithmetic_lines(shown: Snapshot, top: int, edge: int, beside: int) -> list[Text]:
    """Write out every product of the window in the kernel's shape, and their sum.

    `beside` lines of text stand to the right of `edge`; arithmetic that is too wide to end before
    it begins below them. Of a hidden number only the room for its arithmetic is left.
    """
    window = shown.window
    heading = f"Window for {place_text(window.position)}"
    if shown.feature_map.ndim > shown.sliding.x.ndim:
        heading += ", first channel"
    lines = [Text(MARGIN, top, heading, BODY, CASING, True)]
    total = f"=  {number_text(window.total)}"
    taken = 2 * MARGIN + text_width(total, ARITHMETIC, True)
    rows, size, slots = _fitted(product_texts(window), edge - taken, WIDTH - taken)
    if sum(slots) > edge - taken:
        top += beside * LINE
    if shown.hidden == shown.position:
        return [
            *lines,
            Text(MARGIN, top + LINE, QUESTION),
            Text(MARGIN, top + len(rows) * LINE, ""),
        ]
    for number, row in enumerate(rows):
        right = MARGIN
        for column, term in enumerate(row):
            right += slots[column]
            y = top + (number + 1) * LINE
            if number or column:
                lines.append(Text(right - slots[column] + size // 2, y, "+", size))
            lines.append(Text(right, y, term, size, anchor="r"))
    return [*lines, Text(right + 14, lines[-1].y, total, ARITHMETIC, CASING, True)]


def _fitted(rows: list[list[str]], beside: float, below: float) -> tuple:
    """Return lines of products, letter height and slots: beside other text, below it, or broken."""
    if sum(map(len, rows)) > MOST_PRODUCTS:
        rows = [[f"{sum(map(len, rows))} products"]]
    for most, room in ((MOST_TERMS, beside), *((n, below) for n in (MOST_TERMS, 4, 2, 1))):
        lines = [row[n : n + most] for row in rows for n in range(0, len(row), most)]
        size, slots = _slots(lines, room)
        if sum(slots) <= room:
            break
    return lines, size, slots


def _slots(rows: Sequence[Sequence[str]], room: float) -> tuple[int, list[int]]:
    """Return the letter height and the width of every column of products."""
    for size in range(ARITHMETIC, SMALLEST_LETTERS - 1, -1):
        slots = [
            int(max(text_width("+ " + term, size) for term in column) + size // 2)
            for column in zip_longest(*rows, fillvalue="")
        ]
        if sum(slots) <= room:
            break
    return size, slots


def padded_place(sliding: Plan, place: Sequence[int]) -> tuple[int, ...]:
    """Turn a place in the input into one in the padded input."""
    return tuple(p + before for p, (before, _) in zip(place, sliding.amounts, strict=True))


def padding_mask(sliding: Plan) -> np.ndarray | None:
    """Return which cells of the padded input are padding, in rows."""
    if sliding.padded.shape == sliding.x.shape:
        return None
    inside = np.pad(np.ones(sliding.x.shape, dtype=bool), sliding.amounts)
    return np.atleast_2d(~inside)


def unused_mask(sliding: Plan) -> np.ndarray | None:
    """Return which cells of the padded input no window reaches, in rows."""
    if all(mask.all() for mask in sliding.reached):
        return None
    *rows, columns = sliding.reached
    return ~np.logical_and.outer(rows[0] if rows else [True], columns)
