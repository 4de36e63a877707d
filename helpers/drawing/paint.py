"""From a scene to a PNG, fast and sharp.

A picture is an array with one byte a pixel, the number of a colour in one palette; only colour
photographs need red, green and blue. Cells are painted as arrays, all at once, and letters are put
together from glyphs, so that a move of a slider costs a few milliseconds. With `scale` 2, a pixel
of the scene is 2 x 2 pixels of the picture: letters and lines are drawn anew, not enlarged.
"""

import io
import struct
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache

import numpy as np
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from helpers.drawing.colours import (
    CASING,
    COLOUR,
    EDGE,
    GRID_LINE,
    HOLE,
    ORANGE,
    PAPER,
    SIGNED,
    colour_number,
    ink_ramp,
    number_ramps,
    numbers_of,
    palette,
)
from helpers.drawing.letters import NUMBERED_CELL, line, number
from helpers.drawing.scene import (
    LINED_CELL,
    WIDTH,
    Grid,
    Mark,
    Scene,
    Stroke,
    Text,
    cell_texts,
    grid_texts,
    scale_box,
)

HATCH = 84  # coverage of hatching, of 255
HATCH_STEP, CROSS_STEP, HATCH_WIDTH = 8, 6, 1.3  # from line to line, and their width, in pixels
CLEAR = 2  # pixels round a number that are free of hatching
FRAME, SMALL_FRAME, SMALL_WINDOW = 4, 2, 24  # width of frames; those around small windows
FINER = 4  # strokes are drawn so many times larger, then averaged: that makes them smooth
FEW_COLOURS = 144  # of the photographs in a stored picture, mixed from dots of these
MAXCOVERAGE = Image.Quantize.MAXCOVERAGE  # keeps rare colours, too


class Picture:
    """A scene and its PNG, which is drawn when it is asked for."""

    def __init__(self, scene: Scene, scale: int = 1) -> None:
        self.scene, self._scale = scene, scale

    @cached_property
    def png(self) -> bytes:
        """The picture on screen, fast to draw rather than small."""
        canvas, photographs = paint(self.scene, self._scale), _photographs(self.scene)
        return png_of(_developed(canvas, photographs, self._scale) if photographs else canvas)

    @property
    def description(self) -> str:
        """The sentence that says what is on the picture."""
        return self.scene.description

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        """Return what a notebook stores: a small PNG, and the sentence beside it and inside."""
        buffer, info = io.BytesIO(), PngInfo()
        info.add_itxt("Description", self.description)  # for screen readers
        _with_few_colours(self.scene).save(buffer, "png", optimize=True, pnginfo=info)
        png = b64encode(buffer.getvalue()).decode("ascii")
        return {"image/png": png, "text/plain": self.description}


def render(scene: Scene, scale: int = 1) -> Picture:
    """Return the picture of a scene, with `scale` pixels of the screen for each of its own."""
    return Picture(scene, scale)


def _photographs(scene: Scene) -> list[Grid]:
    return [grid for grid in scene.grids if grid.look == COLOUR]


def _with_few_colours(scene: Scene) -> Image.Image:
    """Draw a scene with a palette; photographs are mixed from dots, so that they show no bands."""
    canvas, photographs = paint(scene), _photographs(scene)
    if not photographs:
        picture = Image.frombytes("P", canvas.shape[::-1], canvas.tobytes())
        picture.putpalette(palette().tobytes())
        return picture
    every = np.concatenate([_shades(grid).reshape(1, -1, 3) for grid in photographs], axis=1)
    few = Image.fromarray(every).quantize(FEW_COLOURS, MAXCOVERAGE)
    dotted = []
    for grid in photographs:
        dots = Image.fromarray(_shades(grid)).quantize(palette=few)  # Floyd and Steinberg's
        dotted.append(replace(grid, values=np.asarray(dots.convert("RGB")), limit=255.0))
    return Image.fromarray(_developed(canvas, dotted, 1)).quantize(256, MAXCOVERAGE)


def _shades(grid: Grid) -> np.ndarray:
    """Return the colours of a photograph, (H, W, 3) uint8."""
    return np.clip(grid.values * (255 / grid.limit), 0, 255).astype(np.uint8)


def png_of(pixels: np.ndarray) -> bytes:
    """Return pixels as PNG: (H, W) numbers of colours of the palette, or (H, W, 3) colours."""
    height, width, *channels = pixels.shape
    kind = 2 if channels else 3
    pixels = pixels.reshape(height, -1)
    rows = np.empty((height, 1 + pixels.shape[1]), dtype=np.uint8)
    rows[:, 0] = 2  # the filter "up": each row holds its difference from the one above
    rows[0, 1:] = pixels[0]
    np.subtract(pixels[1:], pixels[:-1], out=rows[1:, 1:])
    parts = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, kind, 0, 0, 0))]
    if not channels:
        parts.append((b"PLTE", palette().tobytes()))
    parts += [(b"IDAT", zlib.compress(rows, 1)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in parts
    )


# --- The canvas ----------------------------------------------------------------------------------


def paint(scene: Scene, scale: int = 1) -> np.ndarray:
    """Draw a scene, (height, width) uint8: the number of every pixel's colour.

    Where a colour photograph belongs is a hole.
    """
    shape = (scene.height * scale, WIDTH * scale)
    canvas = np.full(shape, colour_number(PAPER), dtype=np.uint8)
    for grid in scene.grids:
        _paint_grid(canvas, grid, scale)
    for stroke in scene.strokes:
        _ink(canvas, *_stroke(stroke, scale), stroke.colour)
    for text in scene.texts:
        _write(canvas, text, scale)
    return canvas


def _paint_grid(canvas: np.ndarray, grid: Grid, scale: int) -> None:
    """Paint cells, then frames, then numbers, so that no frame hides a number; then the rest."""
    coverage, near = _numbers(grid, scale)
    box = _box(canvas, grid.x, grid.y, grid.width, grid.height, scale)
    box[...] = HOLE if grid.look == COLOUR else _cells(grid, near, scale)
    _outline(canvas, grid.x - 1, grid.y - 1, grid.width + 2, grid.height + 2, 1, EDGE, scale)
    if coverage is not None:
        inked = coverage > 0
        numbers = number_ramps()[box[inked], coverage[inked]]
    for mark in grid.marks:
        _frame(canvas, grid, mark, scale)
    if coverage is not None:
        box[inked] = numbers
    for text in grid_texts(grid):
        _write(canvas, text, scale)
    if grid.scale:
        left, top, width, height = scale_box(grid)
        _outline(canvas, left - 1, top - 1, width + 2, height + 2, 1, EDGE, scale)
        lowest = -1 if grid.look == SIGNED else 0
        colours = numbers_of(np.linspace(lowest, 1, width * scale), grid.look, 1.0)
        _box(canvas, left, top, width, height, scale)[...] = colours


def _cells(grid: Grid, near: np.ndarray | None, scale: int) -> np.ndarray:
    """Return the cells of a grid without their numbers: colours, lines, hatching."""
    rows, columns = grid.values.shape
    side = grid.cell * scale
    papers = numbers_of(grid.values, grid.look, grid.limit)
    picture = papers.repeat(side, axis=0).repeat(side, axis=1)
    hatching = _hatching(grid, near, scale)
    if hatching is not None:
        picture[hatching] = number_ramps()[picture[hatching], HATCH]
    if grid.cell >= LINED_CELL:
        cells = picture.reshape(rows, side, columns, side)
        cells[:, -scale:] = cells[..., -scale:] = colour_number(GRID_LINE)
    return picture


def _hatching(grid: Grid, near: np.ndarray | None, scale: int) -> np.ndarray | None:
    """Return which pixels are hatched: diagonals for padding, crossed ones for unused cells."""
    if grid.hatched is None and grid.unused is None:
        return None
    none = np.zeros(grid.values.shape[:2], dtype=bool)
    unused = none if grid.unused is None else grid.unused
    padding = none if grid.hatched is None else grid.hatched & ~unused
    side, size = grid.cell * scale, (grid.height * scale, grid.width * scale)
    hatching = np.zeros(size, dtype=bool)
    for mask, step in ((padding, HATCH_STEP), (unused, CROSS_STEP)):
        if mask.any():
            lines = _diagonals(size, step * scale, round(HATCH_WIDTH * scale), step == CROSS_STEP)
            hatching |= lines & mask.repeat(side, axis=0).repeat(side, axis=1)
    return hatching if near is None else hatching & ~near


@lru_cache(maxsize=4)
def _diagonals(size: tuple[int, int], step: int, width: int, crossed: bool) -> np.ndarray:
    """Return a pattern of diagonal lines, `step` pixels from one to the next, bool."""
    rows, columns = np.ogrid[:step, :step]
    tile = (rows + columns) % step < width
    if crossed:
        tile |= (rows - columns) % step < width
    height, wide = size
    return np.tile(tile, (-(-height // step), -(-wide // step)))[:height, :wide]


def _numbers(grid: Grid, scale: int) -> tuple:
    """Return the coverage of all cells by their numbers, and which pixels are near one."""
    texts, which, size = cell_texts(grid)
    if not size:
        return None, None
    side, size = grid.cell * scale, size * scale
    coverage = np.zeros((len(texts), side, side), dtype=np.uint8)
    near = np.zeros((len(texts), side, side), dtype=bool)
    baseline = (side - scale) // 2 + round(0.36 * size)
    for index, text in enumerate(texts):
        drawn, top = number(text, size)
        height, width = drawn.shape
        left, upper = max((side - scale - width + 1) // 2, 0), max(baseline + top, 0)
        coverage[index, upper : upper + height, left : left + width] = drawn
        if text:
            clear = CLEAR * scale
            rows = slice(max(upper - clear, 0), upper + height + clear)
            near[index, rows, max(left - clear, 0) : left + width + clear] = True
    rows, columns = which.shape
    return tuple(
        blocks[which].transpose(0, 2, 1, 3).reshape(rows * side, columns * side)
        for blocks in (coverage, near)
    )


def _frame(canvas: np.ndarray, grid: Grid, mark: Mark, scale: int) -> None:
    """Outline cells: a strong line between two thin ones, visible on every colour.

    It runs along the lines between cells with numbers, and around smaller cells.
    """
    width, height = mark.width * grid.cell, mark.height * grid.cell
    x, y = grid.x + mark.column * grid.cell, grid.y + mark.row * grid.cell
    if mark.role == "weight":
        _outline(canvas, x, y, width - 1, height - 1, 2, ORANGE, scale)
        return
    strong = FRAME if min(width, height) >= SMALL_WINDOW else SMALL_FRAME
    inner, outer = (ORANGE, CASING) if mark.role == "window" else ("#000000", PAPER)
    out = strong // 2 + 1 if grid.cell >= NUMBERED_CELL else strong + 2
    more = 2 * out - (grid.cell >= LINED_CELL)  # the line to the next cell counts as outside
    x, y, width, height = x - out, y - out, width + more, height + more
    _outline(canvas, x, y, width, height, strong + 2, outer, scale)
    _outline(canvas, x + 1, y + 1, width - 2, height - 2, strong, inner, scale)


def _box(canvas: np.ndarray, x: int, y: int, width: int, height: int, scale: int) -> np.ndarray:
    """Return the part of a canvas under a box, whose lengths are those of the scene."""
    x, y, right, bottom = (max(n * scale, 0) for n in (x, y, x + width, y + height))
    return canvas[y:bottom, x:right]


def _outline(canvas, x, y, width, height, thickness: int, colour: str, scale: int) -> None:
    """Draw the edge of a box, `thickness` pixels of the scene, inwards."""
    box = _box(canvas, x, y, width, height, scale)
    inside = thickness * scale
    box[:inside] = box[-inside:] = box[:, :inside] = box[:, -inside:] = colour_number(colour)


def _write(canvas: np.ndarray, text: Text, scale: int) -> None:
    """Write a line of text; what does not fit on the canvas is cut off."""
    coverage, left, top = line(text.text, text.size * scale, text.bold)
    width = coverage.shape[1]
    shift = {"l": 0, "m": width // 2, "r": width}[text.anchor]
    _ink(canvas, coverage, text.x * scale + left - shift, text.y * scale + top, text.colour)


def _ink(canvas: np.ndarray, coverage: np.ndarray, x: int, y: int, colour: str) -> None:
    """Colour white paper where something covers it; what is beyond an edge is moved or cut off."""
    height, width = coverage.shape
    x, y = max(x, 0), max(y, 0)
    box = canvas[y : y + height, x : x + width]
    coverage = coverage[: box.shape[0], : box.shape[1]]
    np.copyto(box, ink_ramp(colour)[coverage], where=coverage > 0)


@lru_cache(maxsize=32)
def _stroke(stroke: Stroke, scale: int) -> tuple[np.ndarray, int, int]:
    """Return the coverage of a line, (h, w) uint8, and its left and upper edge in the picture."""
    points = [(x * scale, y * scale) for x, y in stroke.points]
    width = stroke.width * scale
    reach = int(width) + 1
    left, top = (int(min(values)) - reach for values in zip(*points, strict=True))
    right, bottom = (int(max(values)) + reach + 1 for values in zip(*points, strict=True))
    large = Image.new("L", ((right - left) * FINER, (bottom - top) * FINER), 0)
    path = np.array([((x - left) * FINER, (y - top) * FINER) for x, y in points])
    for piece in _dashed(path, np.array(stroke.dashes) * FINER * scale):
        ImageDraw.Draw(large).line(piece, fill=255, width=round(width * FINER), joint="curve")
    return np.asarray(large.reduce(FINER)), left, top


def _dashed(path: np.ndarray, dashes: np.ndarray) -> Iterator[list[tuple[float, float]]]:
    """Yield the pieces of a path, (N, 2), that its dashes leave."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    starts, ends = [0.0], [along[-1]]
    if dashes.size:
        turns = np.cumsum(np.tile(dashes, int(along[-1] / dashes.sum()) + 1))
        starts, ends = [0.0, *turns[1::2]], turns[::2]
    for start, end in zip(starts, ends, strict=False):
        inner = along[(along > start) & (along < end)]
        places = [start, *inner, min(end, along[-1])]
        if places[-1] > start:
            xs, ys = (np.interp(places, along, part).tolist() for part in path.T)
            yield list(zip(xs, ys, strict=True))


def _developed(canvas: np.ndarray, grids: list[Grid], scale: int) -> np.ndarray:
    """Turn a canvas into red, green and blue, and put colour photographs into its holes."""
    picture = palette()[canvas]
    for grid in grids:
        side = grid.cell * scale
        photograph = _shades(grid).repeat(side, axis=0).repeat(side, axis=1)
        hatching = _hatching(grid, None, scale)
        if hatching is not None:
            colours = photograph[hatching]
            ink = np.where(colours.mean(axis=1, keepdims=True) < 110, 255, 0)
            photograph[hatching] = colours + (ink - colours) * (HATCH / 255)
        box = _box(picture, grid.x, grid.y, grid.width, grid.height, scale)
        hole = _box(canvas, grid.x, grid.y, grid.width, grid.height, scale) == HOLE
        np.copyto(box, photograph, where=hole[..., np.newaxis])
    return picture
