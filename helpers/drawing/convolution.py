"""The picture of a convolution: input, kernel and feature map, for pictures and for sequences.

A `Snapshot` says what is shown; `convolution_scene` lays it out: pictures side by side, sequences
one above another.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count, zip_longest

import numpy as np

from helpers.convolution import Plan
from helpers.drawing.arrays import (
    checked_image,
    checked_limit,
    drawable,
    index_texts,
    rows_in_column,
)
from helpers.drawing.colours import CASING, INK, QUIET, SIGNED
from helpers.drawing.letters import ARITHMETIC, BODY, SMALLEST_LETTERS, text_width
from helpers.drawing.paint import Picture, render
from helpers.drawing.scene import (
    AREA,
    KERNEL_AREA,
    LARGEST_CELL,
    LINE,
    MARGIN,
    SCALE_ROW,
    SIGN_GAP,
    TOP,
    WIDTH,
    Grid,
    Mark,
    Scene,
    Text,
    cell_texts,
    common_cells,
    photograph_look,
)
from helpers.drawing.snapshots import (
    Snapshot,
    as_cell,
    padded_place,
    padding_mask,
    snapshot,
    unused_mask,
    window_marks,
)
from helpers.drawing.words import (
    HIDDEN,
    number_text,
    per_axis_text,
    place_text,
    product_texts,
    size_formula,
    size_text,
    weight_texts,
)

KERNEL_X = MARGIN + AREA + SIGN_GAP
MAP_X = KERNEL_X + KERNEL_AREA + SIGN_GAP
HEIGHT_STEP = AREA // 6
SMALL_WINDOW = 24  # pixels; a window with a shorter side is shown enlarged, too
LEAST_ENLARGED, ENLARGED_GAP = 28, 68  # cells of that window; room for the kernel's title below it
CONVOLVED, CORRELATED, EQUALS = "∗", "⋆", "="
AXES = ("rows", "columns")
MOST_PRODUCTS, MOST_TERMS = 64, 8  # written out, in all and in one line
QUESTION = "Which number belongs in the orange cell?"


def show_convolution(
    image,
    kernel,
    *,
    position=None,
    limit: float | None = None,
    stride=1,
    padding="valid",
    dilation=1,
    border="zeros",
    flip=True,
) -> Picture:
    """Return the picture of input, kernel and feature map, with one window written out.

    Parameters
    ----------
    image : array_like, (H, W), (N,), or uint8 (H, W, 3)
        uint8 is a photograph; its colour channels are convolved one by one.
    kernel, stride, padding, dilation, border, flip : as in `helpers.convolution.convolve`
    position : cell of the feature map whose window is shown, or None
    limit : end of the feature map's colour scale; None chooses one that suits the kernel

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.

    Examples
    --------
    >>> show_convolution([1, 2, 3], [1, 1], position=0).description[-24:]
    'Window for n = 0: sum 3.'
    """
    options = {"stride": stride, "padding": padding, "dilation": dilation}
    image, kernel = checked_image(image), drawable("kernel", kernel)
    shown = snapshot(image, kernel, border=border, flip=flip, **options)
    position = as_cell("position", position, shown.sliding.shape)
    limits = replace(shown.limits, map=checked_limit(limit) or shown.limits.map)
    return render(convolution_scene(replace(shown, limits=limits, position=position)))


def input_subtitle(sliding: Plan) -> str:
    """Write the input's size, and the size with padding if there is any."""
    subtitle = size_text(sliding.x.shape)
    if sliding.padded.shape != sliding.x.shape:
        subtitle += f", padded to {size_text(sliding.padded.shape)}"
    return subtitle


def lines_below(shown: Snapshot, top: int, *notes: str) -> list[Text]:
    """Write output sizes and notes below the feature map, and what the window comes to beside."""
    formulas = [size_formula(shown.sliding, axis) for axis in range(shown.sliding.x.ndim)]
    if len(set(formulas)) == 2:
        formulas = [f"{axis}: {text}" for axis, text in zip(AXES, formulas, strict=True)]
    texts = [*dict.fromkeys(formulas), *notes]
    x = min(MAP_X, WIDTH - MARGIN - int(max(map(text_width, texts))))
    lines = [Text(x, top, "Output size", BODY, QUIET, True)]
    lines += [Text(x, top + n * LINE, text) for n, text in enumerate(texts, 1)]
    return lines if shown.position is None else lines + _arithmetic(shown, top, lines)


def _arithmetic(shown: Snapshot, top: int, beside: Sequence[Text]) -> list[Text]:
    """Write out every product of the window in the kernel's shape, and their sum.

    What is too wide to end before other lines begins below them. Of a hidden number only the room
    for its arithmetic is left.
    """
    window, edge = shown.window, beside[0].x
    heading = f"Window for {place_text(window.position)}{shown.channel}"
    lines = [Text(MARGIN, top, heading, BODY, CASING, True)]
    total = f"=  {number_text(window.total)}"
    taken = 2 * MARGIN + text_width(total, ARITHMETIC, True)
    rows, size, slots = _fitted(product_texts(window), edge - taken, WIDTH - taken)
    if sum(slots) > edge - taken:
        top += len(beside) * LINE
    if shown.hidden == shown.position:
        room = Text(MARGIN, top + len(rows) * LINE, "")
        return [*lines, Text(MARGIN, top + LINE, QUESTION), room]
    for y, row in zip(count(top + LINE, LINE), rows, strict=False):
        right = MARGIN
        for term, slot in zip(row, slots, strict=False):
            if len(lines) > 1:
                lines.append(Text(right + size // 2, y, "+", size))
            right += slot
            lines.append(Text(right, y, term, size, anchor="r"))
    return [*lines, Text(right + 14, y, total, ARITHMETIC, CASING, True)]


def _fitted(rows: list[list[str]], beside: float, below: float) -> tuple:
    """Return lines of products, letter height and slots: beside other text, below it, or broken."""
    if sum(map(len, rows)) > MOST_PRODUCTS:
        rows = [[f"{sum(map(len, rows))} products"]]
    for most, room in ((MOST_TERMS, beside), *((n, below) for n in (MOST_TERMS, 4, 2, 1))):
        lines = [row[n : n + most] for row in rows for n in range(0, len(row), most)]
        for size in range(ARITHMETIC, SMALLEST_LETTERS - 1, -1):
            slots = [
                int(max(text_width("+ " + term, size) for term in column) + size // 2)
                for column in zip_longest(*lines, fillvalue="")
            ]
            if sum(slots) <= room:
                return lines, size, slots
    return lines, size, slots


# --- Scenes --------------------------------------------------------------------------------------


def convolution_scene(shown: Snapshot) -> Scene:
    """Lay out a convolution of pictures or of sequences."""
    lay_out = _sequence_parts if shown.sliding.x.ndim == 1 else _picture_parts
    grids, texts, below = lay_out(shown)
    lines = lines_below(shown, below)
    height = max(text.y for text in lines) + MARGIN
    return Scene(tuple(grids), (*texts, *lines), height, shown.sentence)


def _mark(cell: Sequence[int], role: str) -> Mark:
    """Frame one cell of a picture or of a sequence."""
    return Mark(*(0, *cell)[-2:], 1, 1, role)


def _input_grid(shown: Snapshot) -> Grid:
    sliding, marks = shown.sliding, ()
    if shown.position is not None:
        marks = window_marks(sliding, shown.position)
    if shown.pointed is not None:
        marks += (_mark(padded_place(sliding, shown.pointed), "pointed"),)
    return Grid(
        np.atleast_2d(sliding.padded) if shown.photograph is None else shown.photograph,
        "Input",
        input_subtitle(sliding),
        look=photograph_look(shown.photograph),
        limit=shown.limits.input,
        hatched=padding_mask(sliding),
        unused=unused_mask(sliding),
        marks=marks,
    )


def _kernel_grid(shown: Snapshot) -> Grid:
    sliding = shown.sliding
    weights, size = np.atleast_2d(sliding.weights), size_text(sliding.kernel.shape)
    kind = "flipped" if sliding.flip else "not flipped"
    if sliding.span != sliding.kernel.shape:
        kind = f"spans {size_text(sliding.span)}"
    return Grid(
        weights,
        "Kernel",
        f"{size}, {kind}",
        limit=shown.limits.kernel,
        texts=weight_texts(weights),
        marks=() if shown.position is None else (Mark(0, 0, *weights.shape),),
    )


def _map_grid(shown: Snapshot) -> Grid:
    """Place the feature map, with a hidden number blanked out."""
    values, texts, look = shown.feature_map, None, SIGNED
    if shown.hidden is not None:
        written = np.vectorize(number_text, otypes=[object])(values)
        written[shown.hidden], values = HIDDEN, values.copy()
        values[shown.hidden] = 0
        texts = np.atleast_2d(written).tolist()
    if shown.photograph is not None and (values.ndim == 3 or shown.sliding.kernel.sum() > 0):
        look = photograph_look(shown.photograph)
    marks = [] if shown.position is None else [_mark(shown.position, "window")]
    if shown.pointed is not None:
        marks += [_mark(cell, "pointed") for cell in shown.sliding.fed_by(shown.pointed)]
    subtitle, stride = size_text(values.shape), shown.sliding.stride
    if set(stride) != {1}:
        subtitle += f", stride {per_axis_text(stride)}"
    return Grid(
        np.atleast_2d(values),
        "Feature map",
        subtitle,
        look=look,
        limit=shown.limits.map,
        texts=texts,
        marks=tuple(marks),
    )


def _picture_parts(shown: Snapshot) -> tuple[list[Grid], list[Text], int]:
    """Place input, kernel and feature map side by side, a small window enlarged above the kernel.

    Returns grids, the signs between them, and where the text below begins.
    """
    image, kernel, feature_map = _input_grid(shown), _kernel_grid(shown), _map_grid(shown)
    sides = [max(grid.values.shape[:2]) for grid in (image, feature_map)]
    cells = common_cells([image, feature_map], [min(AREA // n, LARGEST_CELL) for n in sides])
    image = replace(image, x=MARGIN, y=TOP, cell=cells[0])
    feature_map = replace(feature_map, x=MAP_X, y=TOP, cell=cells[1])
    rows, columns = kernel.values.shape
    largest = max(min(KERNEL_AREA // max(rows, columns), LARGEST_CELL), 1)
    kernel = replace(kernel, x=KERNEL_X, y=TOP, cell=largest)
    grids, middle = [image, kernel, feature_map], kernel.y + kernel.height // 2
    if shown.position is not None and min(shown.sliding.span) * image.cell < SMALL_WINDOW:
        least = min(largest, max((AREA - ENLARGED_GAP) // (2 * rows), LEAST_ENLARGED))
        sizes = range(least, largest + 1)  # the first with which the weights can be read
        cell = next((size for size in sizes if cell_texts(kernel, size)[2]), least)
        window = replace(_window_grid(shown, image), x=KERNEL_X, y=TOP, cell=cell)
        below = window.y + window.height + ENLARGED_GAP
        kernel = replace(kernel, y=below, cell=cell)
        grids = [image, kernel, window, feature_map]
        middle = TOP + min(image.height, feature_map.height) // 2
    tallest = max(grid.y + grid.height for grid in grids) - TOP
    room = -(-tallest // HEIGHT_STEP) * HEIGHT_STEP  # in steps: a new border does not move the text
    sign, size = (CONVOLVED, 32) if shown.sliding.flip else (CORRELATED, 44)
    signs = [
        Text(KERNEL_X - SIGN_GAP // 2 - 3, middle + 12, sign, size, INK, False, "m"),
        Text(MAP_X - SIGN_GAP // 2 - 3, middle + 12, EQUALS, 30, INK, False, "m"),
    ]
    return grids, signs, TOP + room + SCALE_ROW + LINE


def _window_grid(shown: Snapshot, image: Grid) -> Grid:
    """Return the values under the window, of a colour photograph those of its first channel."""
    sliding, window = shown.sliding, shown.window
    starts = padded_place(sliding, window.corner)
    under = tuple(
        slice(start, start + span, step)
        for start, span, step in zip(starts, sliding.span, sliding.dilation, strict=True)
    )
    colourful = image.values.ndim == 3
    return Grid(
        window.values,
        "Window",
        "first channel" if colourful else place_text(window.position),
        look=photograph_look(None if shown.photograph is None else window.values),
        limit=image.limit,
        hatched=None if image.hatched is None else image.hatched[under],
        marks=(Mark(0, 0, *window.values.shape),),
        scale=False,
    )


def _sequence_parts(shown: Snapshot) -> tuple[list[Grid], list[Text], int]:
    """Place signal, kernel, products and output one above another, window under window.

    Returns grids, the indices, and where the text below begins.
    """
    sliding, limits = shown.sliding, shown.limits
    (before, _), (span,), (spread,) = sliding.amounts[0], sliding.span, sliding.dilation
    lead = 0
    if sliding.stride == (1,):  # output n under input n if there are enough, else under its window
        lead = before if sliding.shape[0] >= sliding.x.size else (span - 1) // 2
    start = 0 if shown.position is None else shown.position[0] * sliding.stride[0]
    kernel = _kernel_grid(shown)
    rows = [_input_grid(shown), _spread(kernel, spread)]
    places = [0, start]
    if shown.position is not None and shown.hidden is None:
        products = replace(
            kernel,
            values=shown.window.products[np.newaxis],
            title="Products",
            subtitle="input times weight, one by one",
            limit=limits.map,
            texts=weight_texts(shown.window.products),
            marks=(),
        )
        rows.append(_spread(products, spread))
        places.append(start)
    rows.append(_map_grid(shown))
    places.append(lead)
    longest = max(sliding.padded.size, sliding.shape[0] + lead)
    grids = rows_in_column(rows, places, longest)
    texts = index_texts(grids[0], before, sliding.x.size) + index_texts(grids[-1])
    return grids, texts, grids[-1].y + grids[-1].cell + 2 * LINE


def _spread(grid: Grid, step: int) -> Grid:
    """Return a row with its cells `step` apart, and nothing between them."""
    count = grid.values.shape[1]
    values = np.zeros((1, (count - 1) * step + 1), dtype=grid.values.dtype)
    texts = [[""] * values.size]
    values[0, ::step], texts[0][::step] = grid.values[0], grid.texts[0]
    marks = tuple(Mark(0, 0, 1, values.size) for _ in grid.marks)
    return replace(grid, values=values, texts=texts, marks=marks)
