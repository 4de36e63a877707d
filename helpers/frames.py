"""The fast path: scenes to PNG, cell by cell from a store of ready-made tiles.

Drawing a number is slow, copying a small picture of it is fast. Each kind of cell (its text, its
colour, its size) is drawn once and then copied wherever it occurs, so a frame of several hundred
numbers costs about as much as its PNG encoding.
"""

import io
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from helpers.drawing.grids import (
    BODY,
    CASING,
    COLOUR,
    GREY,
    INK,
    MARGIN,
    ORANGE,
    QUIET,
    SHORT_MINUS,
    SIGNED,
    TITLE,
    WIDTH,
    Grid,
    Mark,
    Scene,
    cell_texts,
    colour_steps,
    digit_size,
    ink_on,
    palette,
    typeface,
)
from helpers.drawing.scenes import arrays_scene, convolution_scene
from helpers.drawing.shown import checked_image, shown_convolution
from helpers.drawing.wording import number_text

GRID_LINE, EDGE, HATCH = (205, 205, 205), (110, 110, 110), (120, 120, 120)
LINED_CELL = 6  # cells smaller than this have no line between them
TILES_KEPT = 20_000
STORED_COLOURS = 256
PLAIN, PADDING, UNUSED = 0, 1, 2  # variants of a cell
SCALE_BAR = 14  # height of a colour scale
LEAST_SCALE, MOST_SCALE = 150, 220  # its width with both ends
TITLE_RISE, SUBTITLE_RISE = 38, 11  # baselines above a grid


class Picture:
    """A finished picture: PNG bytes and the sentence that says what is on it."""

    def __init__(self, png: bytes, description: str) -> None:
        self.png = png
        self.description = description

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return bundle(self.png, self.description)


def bundle(png: bytes, description: str) -> dict[str, str]:
    """Return what a notebook stores of a picture: a small PNG, and the sentence beside it."""
    with Image.open(io.BytesIO(png)) as picture:
        few = picture.convert("RGB").quantize(STORED_COLOURS, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.save(buffer, "png", optimize=True)
    return {"image/png": b64encode(buffer.getvalue()).decode("ascii"), "text/plain": description}


def render(scene: Scene) -> Picture:
    """Draw a scene."""
    return Picture(encode(paint(scene)), scene.description)


def show_convolution(
    image, kernel, *, position=None, limit: float | None = None, hidden=None, **options
) -> Picture:
    """Return the picture of input, kernel and feature map, with one window written out.

    Parameters
    ----------
    image : array_like, (H, W), (N,), or uint8 (H, W, 3)
    kernel, options : as in `helpers.convolution.convolve`
    position : cell of the feature map whose window is shown, none unless told otherwise
    limit : end of the feature map's colour scale; chosen to suit the kernel unless told otherwise
    hidden : cell of the feature map that shows "?" instead of its number
    """
    image = checked_image(image)
    marks = {"position": position, "hidden": hidden}
    shown = shown_convolution(image, kernel, marks=marks, **options)
    if limit is not None:
        shown = replace(shown, limits=replace(shown.limits, map=float(limit)))
    return render(convolution_scene(shown))


def show_arrays(arrays: Mapping[str, Any], *, limit: float | None = None) -> Picture:
    """Return the picture of up to five named arrays side by side, all on one colour scale."""
    checked = {name: checked_image(array) for name, array in arrays.items()}
    return render(arrays_scene(checked, limit=limit))


def encode(canvas: Image.Image) -> bytes:
    """Return a canvas as PNG bytes, fast rather than small."""
    buffer = io.BytesIO()
    canvas.save(buffer, "png", compress_level=1, compress_type=3)
    return buffer.getvalue()


def paint(scene: Scene) -> Image.Image:
    """Draw a scene on a new white canvas."""
    canvas = Image.new("RGB", (WIDTH, scene.height), "white")
    draw = ImageDraw.Draw(canvas)
    for grid in scene.grids:
        canvas.paste(Image.fromarray(cells(grid)), (grid.x, grid.y))
    for grid in scene.grids:
        _titles(draw, grid)
        draw.rectangle(
            (grid.x - 1, grid.y - 1, grid.x + grid.width, grid.y + grid.height), outline=EDGE
        )
        if grid.scale:
            _scale(canvas, draw, grid)
        for mark in grid.marks:
            _frame(draw, grid, mark)
    for line in scene.lines:
        draw.line(line, fill=QUIET, width=2)
    for text in scene.texts:
        face = typeface(text.size, text.bold)
        draw.text(
            (text.x, text.y), text.text, font=face, fill=text.colour, anchor=text.anchor + "s"
        )
    return canvas


def cells(grid: Grid) -> np.ndarray:
    """Return the cells of a grid as a picture, (height, width, 3) uint8."""
    if grid.look == COLOUR:
        shade = np.clip(grid.values * (255 / grid.limit), 0, 255).astype(np.uint8)
        return _veiled(_enlarged(shade, grid.cell), grid)
    rounded = grid.values
    if rounded.dtype.kind == "f":
        rounded = np.round(rounded, 6) + 0.0
    distinct, which = np.unique(rounded, return_inverse=True)
    texts, size = _written(grid, distinct)
    steps = colour_steps(distinct, grid.look, grid.limit)
    if size == 0:
        shade = palette(grid.look)[steps][which.reshape(grid.values.shape)]
        return _veiled(_enlarged(shade, grid.cell), grid)
    return _tiled(grid, texts, size, steps, which.reshape(grid.values.shape))


def _written(grid: Grid, distinct: np.ndarray) -> tuple[list[str], int]:
    """Return the texts for the distinct values, and their size; 0 for cells without numbers."""
    if grid.texts is not None:
        every = [text for row in grid.texts for text in row]
        return [], digit_size(every, grid.cell)
    if grid.cell < 2 * 6 or distinct.size > 4096:
        return [], 0
    return cell_texts(grid, distinct)


def _tiled(grid: Grid, texts, size: int, steps, which) -> np.ndarray:
    """Copy one tile into every cell."""
    variant = np.zeros(which.shape, dtype=np.intp)
    if grid.hatched is not None:
        variant[grid.hatched] = PADDING
    if grid.unused is not None:
        variant[grid.unused] = UNUSED
    if grid.texts is not None:
        rows = [
            [
                _tile(text, int(steps[which[r, c]]), grid.look, int(variant[r, c]), grid.cell, size)
                for c, text in enumerate(row)
            ]
            for r, row in enumerate(grid.texts)
        ]
        return np.concatenate([np.concatenate(row, axis=1) for row in rows])
    kinds, where = np.unique(which * 3 + variant, return_inverse=True)
    tiles = np.stack(
        [
            _tile(texts[k // 3], int(steps[k // 3]), grid.look, int(k % 3), grid.cell, size)
            for k in kinds.tolist()
        ]
    )
    height, width = which.shape
    picture = tiles[where.reshape(height, width)].transpose(0, 2, 1, 3, 4)
    return picture.reshape(height * grid.cell, width * grid.cell, 3)


@lru_cache(maxsize=TILES_KEPT)
def _tile(text: str, step: int, look: str, variant: int, cell: int, size: int) -> np.ndarray:
    """Draw one cell: colour, hatching, number, and the line to its right and lower neighbour."""
    colour = tuple(int(c) for c in palette(look)[step])
    tile = Image.new("RGB", (cell, cell), colour)
    draw = ImageDraw.Draw(tile)
    ink = ink_on(colour)
    if variant != PLAIN:
        _hatch(draw, cell, variant)
    if cell >= LINED_CELL:
        draw.line((cell - 1, 0, cell - 1, cell - 1), fill=GRID_LINE)
        draw.line((0, cell - 1, cell - 1, cell - 1), fill=GRID_LINE)
    middle = (cell - 1) / 2
    halo = 2 if variant != PLAIN else 0
    draw.text(
        (middle, middle + 0.36 * size),
        text.replace("−", SHORT_MINUS),
        font=typeface(size),
        fill=ink,
        anchor="ms",
        stroke_width=halo,
        stroke_fill=colour,
    )
    return np.asarray(tile)


def _hatch(draw: ImageDraw.ImageDraw, cell: int, variant: int) -> None:
    """Draw thin diagonals for padding, and a dense grey cross-hatching for unused cells."""
    gap = max(cell // 3, 4)
    for offset in range(-cell, cell, gap):
        draw.line((offset, cell, offset + cell, 0), fill=HATCH)
        if variant == UNUSED:
            draw.line((offset, 0, offset + cell, cell), fill=HATCH)


def _enlarged(picture: np.ndarray, cell: int) -> np.ndarray:
    """Repeat every pixel `cell` times in both directions."""
    return picture.repeat(cell, axis=0).repeat(cell, axis=1)


def _veiled(picture: np.ndarray, grid: Grid) -> np.ndarray:
    """Show padding and unused cells of a picture without numbers by stripes."""
    for mask, period in ((grid.hatched, 8), (grid.unused, 4)):
        if mask is None or not mask.any():
            continue
        rows, columns = np.indices(picture.shape[:2])
        stripes = (rows + columns) % period < 2
        picture[_enlarged(mask, grid.cell) & stripes] = HATCH
    return picture


def _titles(draw: ImageDraw.ImageDraw, grid: Grid) -> None:
    """Write title and subtitle above a grid: on two lines, or on one above a single row."""
    bold, plain = typeface(TITLE, bold=True), typeface(BODY)
    x = grid.x if grid.title_x is None else grid.title_x
    beside = grid.values.shape[0] == 1
    rise = TITLE_RISE if grid.subtitle and not beside else SUBTITLE_RISE
    draw.text((x, grid.y - rise), grid.title, font=bold, fill=INK, anchor="ls")
    if beside:
        x += int(bold.getlength(grid.title)) + 14
    draw.text((x, grid.y - SUBTITLE_RISE), grid.subtitle, font=plain, fill=QUIET, anchor="ls")


def _scale(canvas: Image.Image, draw: ImageDraw.ImageDraw, grid: Grid) -> None:
    """Draw the colour scale with its two ends: under a grid, or above a single row."""
    high = number_text(grid.limit)
    low = "−" + high if grid.look == SIGNED else "0"
    face = typeface(BODY)
    room = min(max(grid.width, LEAST_SCALE), MOST_SCALE)
    x, y = grid.x, grid.y + grid.height + 10
    if grid.values.shape[0] == 1:
        x, y = WIDTH - MARGIN - MOST_SCALE, grid.y - SUBTITLE_RISE - SCALE_BAR
        room = MOST_SCALE
    left = x + int(face.getlength(low)) + 8
    right = x + room - int(face.getlength(high)) - 8
    look = GREY if grid.look == COLOUR else grid.look
    shade = palette(look)[np.linspace(0, len(palette(look)) - 1, right - left).astype(int)]
    bar = np.broadcast_to(shade, (SCALE_BAR, *shade.shape))
    canvas.paste(Image.fromarray(np.ascontiguousarray(bar)), (left, y))
    draw.rectangle((left - 1, y - 1, right, y + SCALE_BAR), outline=EDGE)
    draw.text((x, y + SCALE_BAR), low, font=face, fill=INK, anchor="ls")
    draw.text((right + 8, y + SCALE_BAR), high, font=face, fill=INK, anchor="ls")


def _frame(draw: ImageDraw.ImageDraw, grid: Grid, mark: Mark) -> None:
    """Outline cells: a strong line between two thin ones, visible on every colour."""
    left, top = grid.x + mark.column * grid.cell, grid.y + mark.row * grid.cell
    right, bottom = left + mark.width * grid.cell - 1, top + mark.height * grid.cell - 1
    strong = 4 if min(mark.width, mark.height) * grid.cell >= 16 else 2
    colour, casing = (ORANGE, CASING) if mark.role == "window" else ("#000000", "#ffffff")
    box = (left - strong, top - strong, right + strong - 1, bottom + strong - 1)
    draw.rectangle(box, outline=casing, width=strong + 2)
    inner = (box[0] + 1, box[1] + 1, box[2] - 1, box[3] - 1)
    draw.rectangle(inner, outline=colour, width=strong)
