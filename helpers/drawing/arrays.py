"""Pictures of plain arrays: side by side, or one above another if they are sequences."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count, pairwise
from typing import Any

import numpy as np

from helpers.arguments import as_array, brief, numbers, one_of, real, whole
from helpers.drawing.colours import GREY, QUIET, SIGNED
from helpers.drawing.letters import SMALLEST_LETTERS, text_width
from helpers.drawing.paint import Picture, render
from helpers.drawing.scene import (
    MARGIN,
    WIDTH,
    Grid,
    Scene,
    Text,
    bottom_of,
    in_columns,
    nice_limit,
    photograph_look,
)
from helpers.drawing.words import range_sentence, size_text

LIGHTEST = 255.0  # of a photograph
LARGEST_NUMBER = 1e15  # floats beyond it are no longer exact to two decimals
SMALLEST_LIMIT = 1e-9  # of a colour scale
MOST_PIXELS, MOST_SAMPLES = 288, 120  # along one side of an input; leaves room for padding
MOST_ARRAYS, LONGEST_NAME = 5, 100
OWN_SCALE = 8  # an array whose values are so many times smaller than another's
ROW_TOP, ROW_GAP, LARGEST_ROW_CELL = 40, 66, 60  # sequences one above another
INDEX_DROP = 19  # from a sequence to the baseline of its indices
INDEX_STEPS = (1, 2, 5, 10, 20, 50)


def show_arrays(
    arrays: Mapping[str, Any],
    *,
    limit: float | None = None,
    look: str = SIGNED,
    padding: int | Mapping[str, int] = 0,
) -> Picture:
    """Return the picture of up to five named arrays, all on one colour scale.

    Parameters
    ----------
    arrays : array_like by their names, (H, W), (N,), or uint8 (H, W, 3)
        uint8 arrays are photographs, from black (0) to white (255). An array whose values are an
        eighth of another's, or less, gets a scale of its own, and its subtitle says so.
    limit : end of the colour scale; None chooses one
    look : "signed", red below zero and blue above, or "grey", from black (0) to white (limit)
    padding : how many rows and columns on each side are padding, and hatched; or that by name

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.

    Examples
    --------
    >>> show_arrays({"x": [[1, 2]], "padded": [[0, 1, 2, 0]]}, padding={"padded": 1})
    x 1 × 2, from 1 to 2, largest at row 0, column 1, sum 3. padded 1 × 4, from 0 to 2, ...
    """
    checked_names("arrays", arrays, MOST_ARRAYS)
    arrays = {name: checked_image(array, f"arrays[{name!r}]") for name, array in arrays.items()}
    limit, look = checked_limit(limit), one_of("look", look, (SIGNED, GREY))
    if not isinstance(padding, Mapping):
        padding = dict.fromkeys(arrays, padding)
    for name, amount in padding.items():
        one_of("name in padding", name, arrays)
        whole("padding", amount, lowest=0)
    return render(_scene(arrays, limit, look, padding))


def _scene(arrays: Mapping, limit: float | None, look: str, padding: Mapping[str, int]) -> Scene:
    """Lay out and describe named arrays."""
    largest = {n: float(np.abs(a).max()) for n, a in arrays.items() if a.dtype != np.uint8}
    common = limit or nice_limit(max(largest.values(), default=0))
    grids, sentences = [], []
    for name, array in arrays.items():
        grid = Grid(np.atleast_2d(array), name, size_text(array.shape), look=look, limit=common)
        sentences.append(range_sentence(name, array))
        if array.dtype == np.uint8:
            grid = replace(grid, look=photograph_look(array), limit=LIGHTEST)
        elif 0 < OWN_SCALE * largest[name] <= max(largest.values()):
            own = nice_limit(largest[name])
            grid = replace(grid, subtitle=f"{grid.subtitle}, own scale", limit=own)
            sentences.append(f"Its colours end at {own:g}.")
        grids.append(replace(grid, hatched=_rim(array, padding.get(name, 0))))
    description = " ".join(sentences)
    widest = max(grid.values.shape[1] for grid in grids)
    if all(array.ndim == 1 for array in arrays.values()):
        rows = rows_in_column(grids, [0] * len(grids), widest)
        indices = [text for grid in rows for text in index_texts(grid)]
        return Scene(rows, tuple(indices), bottom_of(rows[-1:]) + MARGIN, description)
    placed = in_columns(grids)
    if any(a.x + a.width > b.x for a, b in pairwise(placed)):
        raise ValueError(
            f"arrays has {len(placed)} arrays up to {widest} wide: "
            "allowed are those that fit side by side; show fewer, or every second column"
        )
    return Scene(placed, (), bottom_of(placed) + MARGIN // 2, description)


def _rim(array: np.ndarray, amount: int) -> np.ndarray | None:
    """Return which cells are padding, in rows, or None if none are."""
    if not amount:
        return None
    rim = np.ones(array.shape[:2], dtype=bool)
    rim[(slice(amount, -amount),) * rim.ndim] = False
    return np.atleast_2d(rim)


def rows_in_column(rows: Sequence[Grid], places: Sequence[int], columns: int) -> tuple[Grid, ...]:
    """Put sequences one above another, each some cells further right, with room for `columns`."""
    cell = max(min((WIDTH - 2 * MARGIN) // columns, LARGEST_ROW_CELL), 1)
    ys = count(ROW_TOP, cell + ROW_GAP)
    return tuple(
        replace(grid, x=MARGIN + place * cell, y=y, cell=cell, beside=True)
        for grid, place, y in zip(rows, places, ys, strict=False)
    )


def index_texts(row: Grid, first: int = 0, size: int | None = None) -> list[Text]:
    """Write below a row the indices of `size` cells from its cell `first` on, from 0."""
    size = row.values.shape[1] - first if size is None else size
    room = row.cell / (text_width(str(size - 1), SMALLEST_LETTERS) + 6)
    step = next((n for n in INDEX_STEPS if n * room >= 1), INDEX_STEPS[-1])
    x, y = row.x + first * row.cell + row.cell // 2, row.y + row.cell + INDEX_DROP
    return [
        Text(x + n * row.cell, y, str(n), SMALLEST_LETTERS, QUIET, anchor="m")
        for n in range(0, size, step)
    ]


# --- What can be drawn ---------------------------------------------------------------------------


def checked_names(name: str, given, most: int) -> None:
    """Raise unless something is given for one to `most` names that can be written on a line."""
    allowed = f"allowed are one to {most} by their names, in a dict"
    if not isinstance(given, Mapping):
        raise TypeError(f"{name}={brief(given)}: {allowed}")
    if not 1 <= len(given) <= most:
        raise ValueError(f"{name} has {len(given)} entries: {allowed}")
    for key in given:
        checked_line(f"name in {name}", key)


def checked_line(name: str, value) -> str:
    """Return what can be written on a line."""
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not value.isprintable():
        raise TypeError(f"{name}={brief(value)}: allowed are lines of up to {LONGEST_NAME} letters")
    return value


def checked_limit(limit) -> float | None:
    """Return the end of a colour scale as a float; None lets the picture choose."""
    if limit is None:
        return None
    return real("limit", limit, above=SMALLEST_LIMIT, most=LARGEST_NUMBER)


def drawable(name: str, value) -> np.ndarray:
    """Return numbers that a picture has room for: uint8 as it is, others as int64 or floats."""
    array = numbers(name, value)
    largest = max(abs(array.min().item()), abs(array.max().item()))
    if largest > LARGEST_NUMBER:
        raise ValueError(
            f"{name} holds numbers up to {brief(largest)}: allowed in a picture are numbers up to "
            f"{LARGEST_NUMBER:g}"
        )
    if array.dtype == np.uint8:
        return array
    wide = np.result_type(array, np.float32) if array.dtype.kind == "f" else np.int64
    return array.astype(wide, copy=False)


def checked_image(image, name: str = "image") -> np.ndarray:
    """Return `image` as an array that can be shown, or say what is wrong with the one so named."""
    array = as_array(name, image)
    if array.ndim != 3:
        array = drawable(name, array)
    elif array.shape[2] != 3 or array.dtype != np.uint8 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and holds {array.dtype}: allowed are (H, W), (N,), "
            "and (H, W, 3) of uint8 for a colour photograph"
        )
    most = MOST_SAMPLES if array.ndim == 1 else MOST_PIXELS
    if max(array.shape[:2]) > most:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed are up to {most} values along a side; "
            f"{name}[::2, ::2] keeps every second one"
        )
    return array
