"""Ready-made tiles: cells and letters as arrays of numbers of colours from one palette.

The palette holds the signed map, the greys from black to white, and the orange of the window.
"""

from functools import lru_cache

import numpy as np
from PIL import Image, ImageColor, ImageDraw

from helpers.drawing.scene import (
    CASING,
    GREY,
    ORANGE,
    SHORT_MINUS,
    SIGNED,
    STEPS,
    colour_steps,
    ink_on,
    scale_colours,
    typeface,
)

GREYS = 128  # levels from black to white
FIRST_GREY = STEPS
ORANGE_NUMBER, CASING_NUMBER = STEPS + GREYS, STEPS + GREYS + 1
HOLE = STEPS + GREYS + 2  # where a colour photograph belongs; white
PLAIN, PADDING, UNUSED = 0, 1, 2  # variants of a cell
LINED_CELL = 6  # cells smaller than this have no line between them
TILES_KEPT = 20_000
FINER = 4  # lines are drawn so many times larger, then averaged: that makes them smooth
HALO = 2  # pixels kept free of hatching round a number


def grey(level: int) -> int:
    """Return the number of the grey that is nearest to `level`, 0 (black) to 255 (white)."""
    return FIRST_GREY + round(level * (GREYS - 1) / 255)


GRID_LINE, EDGE, HATCH, WHITE, BLACK = grey(205), grey(110), grey(120), grey(255), grey(0)


@lru_cache(maxsize=1)
def colours() -> np.ndarray:
    """Return the palette, (232, 3) uint8."""
    greys = np.repeat(np.round(np.linspace(0, 255, GREYS))[:, np.newaxis], 3, axis=1)
    extra = [ImageColor.getrgb(name) for name in (ORANGE, CASING, "white")]
    return np.concatenate([scale_colours(SIGNED), greys, extra]).astype(np.uint8)


def numbers_of(values: np.ndarray, look: str, limit: float) -> np.ndarray:
    """Return the number of every value's colour."""
    if look == SIGNED:
        return colour_steps(values, limit).astype(np.uint8)
    shade = np.clip(values * ((GREYS - 1) / limit), 0, GREYS - 1)
    return (FIRST_GREY + np.rint(shade)).astype(np.uint8)


@lru_cache(maxsize=1024)
def blend(paper: int, ink: tuple[int, int, int]) -> np.ndarray:
    """Return, for every coverage from 0 to 255, the colour between paper and ink that is nearest.

    The result has 256 numbers of colours.
    """
    share = np.linspace(0, 1, 256)[:, np.newaxis]
    wanted = (1 - share) * colours()[paper] + share * np.array(ink)
    distance = ((wanted[:, np.newaxis] - colours()[np.newaxis].astype(float)) ** 2).sum(axis=2)
    ramp = distance.argmin(axis=1).astype(np.uint8)
    ramp[0] = paper
    return ramp


@lru_cache(maxsize=4096)
def letters(text: str, size: int, bold: bool = False) -> tuple[np.ndarray, int, int]:
    """Return the coverage of a text, (h, w) uint8, and where it stands from its baseline's start.

    The second and third result are the offsets of the array's left and upper edge, in pixels.
    """
    mask, (left, top) = typeface(size, bold).getmask2(text, "L", anchor="ls")
    width, height = mask.size
    return np.frombuffer(bytes(mask), dtype=np.uint8).reshape(height, width), left, top


@lru_cache(maxsize=128)
def stroked(points: tuple[tuple[float, float], ...], width: float) -> tuple[np.ndarray, int, int]:
    """Return the coverage of a line, (h, w) uint8, and its left and upper edge in the picture."""
    reach = int(width) + 1
    left, top = (int(min(values)) - reach for values in zip(*points, strict=True))
    right, bottom = (int(max(values)) + reach + 1 for values in zip(*points, strict=True))
    large = Image.new("L", ((right - left) * FINER, (bottom - top) * FINER), 0)
    path = [((x - left) * FINER, (y - top) * FINER) for x, y in points]
    ImageDraw.Draw(large).line(path, fill=255, width=round(width * FINER), joint="curve")
    return np.asarray(large.reduce(FINER)), left, top


@lru_cache(maxsize=4096)
def _number(text: str, cell: int, size: int, halo: int) -> np.ndarray:
    """Return the coverage of a number in the middle of a cell, thickened by `halo` pixels."""
    tile = Image.new("L", (cell, cell), 0)
    middle = (cell - 1) / 2
    ImageDraw.Draw(tile).text(
        (middle, middle + 0.36 * size),
        text.replace("−", SHORT_MINUS),
        font=typeface(size),
        fill=255,
        anchor="ms",
        stroke_width=halo,
    )
    return np.asarray(tile)


@lru_cache(maxsize=64)
def _hatching(cell: int, variant: int) -> np.ndarray:
    """Return where a cell is hatched: thin diagonals for padding, crossed ones for unused cells."""
    tile = Image.new("L", (cell, cell), 0)
    draw = ImageDraw.Draw(tile)
    for offset in range(-cell, cell, max(cell // 3, 4)):
        draw.line((offset, cell, offset + cell, 0), fill=255)
        if variant == UNUSED:
            draw.line((offset, 0, offset + cell, cell), fill=255)
    return np.asarray(tile) > 0


@lru_cache(maxsize=TILES_KEPT)
def tile(text: str, paper: int, variant: int, cell: int, size: int) -> np.ndarray:
    """Draw one cell, (cell, cell) uint8: colour, hatching, number, lines to its neighbours."""
    ink = ink_on(colours()[paper])
    drawn = np.full((cell, cell), paper, dtype=np.uint8)
    if variant != PLAIN:
        near = _number(text, cell, size, HALO) if size else np.zeros((cell, cell))
        drawn[_hatching(cell, variant) & (near == 0)] = HATCH
    if size:
        coverage = _number(text, cell, size, 0)
        drawn = np.where(coverage > 0, blend(paper, ink)[coverage], drawn)
    if cell >= LINED_CELL:
        drawn[:, -1] = drawn[-1] = GRID_LINE
    return drawn


def scale_numbers(look: str, width: int) -> np.ndarray:
    """Return the colours of a scale, from its lowest to its highest value."""
    ends = (-1, 1) if look == SIGNED else (0, 1)
    return numbers_of(np.linspace(*ends, width), SIGNED if look == SIGNED else GREY, 1.0)
