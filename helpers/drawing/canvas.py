"""From a scene to an array of pixels, and from there to PNG."""

import io

import numpy as np
from PIL import Image, ImageColor

from helpers.drawing.scene import (
    BODY,
    COLOUR,
    INK,
    MARGIN,
    NUMBERED_CELL,
    QUIET,
    SIGNED,
    TITLE,
    WIDTH,
    Grid,
    Mark,
    Scene,
    Text,
    cell_texts,
    digit_size,
)
from helpers.drawing.tiles import (
    BLACK,
    CASING_NUMBER,
    EDGE,
    HATCH,
    HOLE,
    ORANGE_NUMBER,
    PADDING,
    UNUSED,
    WHITE,
    blend,
    colours,
    letters,
    numbers_of,
    scale_numbers,
    stroked,
    tile,
)
from helpers.drawing.words import number_text

SCALE_BAR = 14  # height of a colour scale
LEAST_SCALE, MOST_SCALE = 150, 220  # its width with both ends
LARGE = 1e6  # limits from here on are written with an exponent
LEAST_BAR = 30  # and without them
TITLE_RISE, SUBTITLE_RISE = 38, 11  # baselines above a grid
MOST_NUMBERS = 4096  # grids with more different values show none
SMALL_MARK = 16  # pixels; smaller frames are drawn thinner


def encode(scene: Scene, scale: int) -> bytes:
    """Draw a scene and return it as PNG, fast rather than small."""
    canvas = paint(scene)
    colourful = [grid for grid in scene.grids if grid.look == COLOUR]
    if colourful:
        picture = Image.fromarray(_with_photographs(canvas, colourful))
    else:
        picture = Image.frombuffer("P", canvas.shape[::-1], canvas, "raw", "P", 0, 1)
        picture.putpalette(colours().tobytes())
    if scale > 1:
        picture = picture.resize((scale * picture.width, scale * picture.height), 0)
    buffer = io.BytesIO()
    picture.save(buffer, "png", compress_level=1)
    return buffer.getvalue()


def paint(scene: Scene) -> np.ndarray:
    """Draw a scene, (height, width) uint8: the number of every pixel's colour.

    Where a colour photograph belongs is a hole.
    """
    canvas = np.full((scene.height, WIDTH), WHITE, dtype=np.uint8)
    for grid in scene.grids:
        box = canvas[grid.y : grid.y + grid.height, grid.x : grid.x + grid.width]
        box[...] = HOLE if grid.look == COLOUR else cells(grid)
        _outline(canvas, grid.x - 1, grid.y - 1, grid.width + 2, grid.height + 2, 1, EDGE)
    for grid in scene.grids:
        _titles(canvas, grid)
        if grid.scale:
            _scale(canvas, grid)
        for mark in grid.marks:
            _frame(canvas, grid, mark)
    for stroke in scene.strokes:
        coverage, left, top = stroked(stroke.points, stroke.width)
        _ink(canvas, coverage, left, top, stroke.colour)
    for text in scene.texts:
        write(canvas, text)
    return canvas


def cells(grid: Grid) -> np.ndarray:
    """Return the cells of a grid, (height, width) uint8."""
    rounded = grid.values
    if rounded.dtype.kind == "f":
        rounded = np.round(rounded, 6) + 0.0
    distinct, which = np.unique(rounded, return_inverse=True)
    which = which.reshape(grid.values.shape)
    papers = numbers_of(distinct, grid.look, grid.limit)
    texts, size = _written(grid, distinct)
    if size == 0:
        return _striped(_enlarged(papers[which], grid.cell), grid)
    if grid.texts is not None:
        texts, which, papers = _one_each(grid, papers[which])
    return _tiled(grid, texts, size, papers, which)


def _written(grid: Grid, distinct: np.ndarray) -> tuple[list[str], int]:
    """Return the texts for the distinct values, and their size; 0 for cells without numbers."""
    if grid.texts is not None:
        return [], digit_size([text for row in grid.texts for text in row], grid.cell)
    if grid.cell < NUMBERED_CELL or distinct.size > MOST_NUMBERS:
        return [], 0
    return cell_texts(grid, distinct)


def _one_each(grid: Grid, papers: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Return texts and papers of cells that say something of their own."""
    texts = [text for row in grid.texts for text in row]
    return texts, np.arange(len(texts)).reshape(papers.shape), papers.ravel()


def _tiled(grid: Grid, texts, size: int, papers, which) -> np.ndarray:
    """Copy one tile into every cell."""
    variant = np.zeros(which.shape, dtype=np.intp)
    if grid.hatched is not None:
        variant[grid.hatched] = PADDING
    if grid.unused is not None:
        variant[grid.unused] = UNUSED
    kinds, where = np.unique(which * 3 + variant, return_inverse=True)
    ready = np.stack(
        [tile(texts[k // 3], int(papers[k // 3]), k % 3, grid.cell, size) for k in kinds.tolist()]
    )
    picture = ready[where.reshape(which.shape)].transpose(0, 2, 1, 3)
    return picture.reshape(grid.height, grid.width)


def _enlarged(picture: np.ndarray, cell: int) -> np.ndarray:
    """Repeat every pixel `cell` times in both directions."""
    return picture.repeat(cell, axis=0).repeat(cell, axis=1)


def _striped(picture: np.ndarray, grid: Grid, stripe=HATCH) -> np.ndarray:
    """Show padding and unused cells of a picture without numbers by stripes."""
    for mask, period in ((grid.hatched, 8), (grid.unused, 4)):
        if mask is not None and mask.any():
            rows, columns = np.ogrid[: picture.shape[0], : picture.shape[1]]
            picture[_enlarged(mask, grid.cell) & ((rows + columns) % period < 2)] = stripe
    return picture


def _with_photographs(canvas: np.ndarray, grids: list[Grid]) -> np.ndarray:
    """Turn a canvas into red, green and blue, and put colour photographs into it."""
    picture = colours()[canvas]
    for grid in grids:
        shade = np.clip(grid.values * (255 / grid.limit), 0, 255).astype(np.uint8)
        photograph = _striped(_enlarged(shade, grid.cell), grid, colours()[HATCH])
        box = np.s_[grid.y : grid.y + grid.height, grid.x : grid.x + grid.width]
        hole = (canvas[box] == HOLE)[:, :, np.newaxis]
        picture[box] = np.where(hole, photograph, picture[box])
    return picture


def write(canvas: np.ndarray, text: Text) -> None:
    """Write a line of text; what does not fit on the canvas is cut off."""
    if not text.text:
        return
    coverage, left, top = letters(text.text, text.size, text.bold)
    width = coverage.shape[1]
    shift = {"l": 0, "m": width // 2, "r": width}[text.anchor]
    _ink(canvas, coverage, text.x + left - shift, text.y + top, text.colour)


def _ink(canvas: np.ndarray, coverage: np.ndarray, x: int, y: int, colour: str) -> None:
    """Colour white paper where something covers it; what is beyond an edge is moved or cut off."""
    height, width = coverage.shape
    x, y = max(x, 0), max(y, 0)
    box = canvas[y : y + height, x : x + width]
    coverage = coverage[: box.shape[0], : box.shape[1]]
    np.copyto(box, blend(WHITE, ImageColor.getrgb(colour))[coverage], where=coverage > 0)


def _titles(canvas: np.ndarray, grid: Grid) -> None:
    """Write title and subtitle above a grid: on two lines, or on one."""
    x = grid.x if grid.title_x is None else grid.title_x
    rise = TITLE_RISE if grid.subtitle and not grid.beside else SUBTITLE_RISE
    write(canvas, Text(x, grid.y - rise, grid.title, TITLE, INK, True))
    if grid.beside:
        x += letters(grid.title, TITLE, True)[0].shape[1] + 14
    write(canvas, Text(x, grid.y - SUBTITLE_RISE, grid.subtitle, BODY, QUIET))


def _scale(canvas: np.ndarray, grid: Grid) -> None:
    """Draw the colour scale with its two ends: under a grid, or beside its title."""
    low, high = _scale_ends(grid)
    room = min(max(grid.width, LEAST_SCALE), MOST_SCALE)
    x, y = grid.x, grid.y + grid.height + 10
    if grid.beside:
        x, y, room = WIDTH - MARGIN - MOST_SCALE, grid.y - SUBTITLE_RISE - SCALE_BAR, MOST_SCALE
    before, after = (letters(end, BODY)[0].shape[1] + 10 for end in (low, high))
    left, right = x + before, x + max(room - after, before + LEAST_BAR)
    _outline(canvas, left - 1, y - 1, right - left + 2, SCALE_BAR + 2, 1, EDGE)
    canvas[y : y + SCALE_BAR, left:right] = scale_numbers(grid.look, right - left)
    write(canvas, Text(x, y + SCALE_BAR, low))
    write(canvas, Text(right + 8, y + SCALE_BAR, high))


def _scale_ends(grid: Grid) -> tuple[str, str]:
    """Write the ends of a scale; "≤" and "≥" where values lie beyond them."""
    high = number_text(grid.limit) if grid.limit < LARGE else f"{grid.limit:.3g}"
    low = "−" + high if grid.look == SIGNED else "0"
    least = -grid.limit if grid.look == SIGNED else 0
    below, above = grid.values.min() < least, grid.values.max() > grid.limit
    return ("≤ " if below else "") + low, ("≥ " if above else "") + high


def _frame(canvas: np.ndarray, grid: Grid, mark: Mark) -> None:
    """Outline cells: a strong line between two thin ones, visible on every colour."""
    width, height = mark.width * grid.cell, mark.height * grid.cell
    strong = 4 if min(width, height) >= SMALL_MARK else 2
    colour, casing = (ORANGE_NUMBER, CASING_NUMBER) if mark.role == "window" else (BLACK, WHITE)
    x, y = grid.x + mark.column * grid.cell - strong, grid.y + mark.row * grid.cell - strong
    width, height = width + 2 * strong - 1, height + 2 * strong - 1
    _outline(canvas, x, y, width, height, strong + 2, casing)
    _outline(canvas, x + 1, y + 1, width - 2, height - 2, strong, colour)


def _outline(
    canvas: np.ndarray, x: int, y: int, width: int, height: int, line: int, colour
) -> None:
    """Draw the edge of a box, `line` pixels thick, inwards."""
    x, y = max(x, 0), max(y, 0)
    line = min(line, width, height)
    canvas[y : y + line, x : x + width] = colour
    canvas[y + height - line : y + height, x : x + width] = colour
    canvas[y : y + height, x : x + line] = colour
    canvas[y : y + height, x + width - line : x + width] = colour
