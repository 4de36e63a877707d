"""Every colour of the pictures: names, scales of numbers, and the palette that they share."""

from functools import lru_cache

import numpy as np
from PIL import ImageColor

INK, QUIET, PAPER = "#1a1a1a", "#4d4d4d", "#ffffff"
ORANGE, CASING = "#f57c00", "#402000"  # of the window, and of what is written about it
BLUE, VERMILION, GREEN = "#0072b2", "#b84a00", "#00715a"  # of curves
GRID_LINE, EDGE = "#cdcdcd", "#6e6e6e"  # between cells; around grids and scales
SIGNED, GREY, COLOUR = "signed", "grey", "colour"  # the looks of a grid
# Matplotlib's "RdBu" by Cynthia Brewer (colorbrewer2.org): red below zero, white at zero, blue
# above; colour-blind readers see it too. Written here, it costs no import of Matplotlib.
RED_TO_BLUE = (
    (103, 0, 31),
    (178, 24, 43),
    (214, 96, 77),
    (244, 165, 130),
    (253, 219, 199),
    (247, 247, 247),
    (209, 229, 240),
    (146, 197, 222),
    (67, 147, 195),
    (33, 102, 172),
    (5, 48, 97),
)
STEPS = 101  # colours in a map; odd, so that zero has the middle one to itself
MIDDLE = STEPS // 2
GREYS = 128  # levels from black to white
HOLE = STEPS + GREYS + 2  # where a colour photograph belongs; white
SHADES = 7  # of each colour of curves
LEVELS = 33  # of coverage, from paper to ink


@lru_cache(maxsize=1)
def palette() -> np.ndarray:
    """Return the colours of all pictures, (253, 3) uint8: the signed map, greys, frames, curves."""
    entries = np.minimum(np.arange(STEPS) * 256 // (STEPS - 1), 255) / 255  # Matplotlib keeps 256
    places = np.linspace(0, 1, len(RED_TO_BLUE))
    parts = [np.interp(entries, places, part) for part in np.transpose(RED_TO_BLUE)]
    signed = np.stack(parts, axis=1)
    greys = np.repeat(np.round(np.linspace(0, 255, GREYS))[:, np.newaxis], 3, axis=1)
    frames = [ImageColor.getrgb(name) for name in (ORANGE, CASING, PAPER)]
    curves = np.array([ImageColor.getrgb(name) for name in (BLUE, VERMILION, GREEN)])
    shades = np.concatenate([255 - (255 - curves) * n / SHADES for n in range(1, SHADES + 1)])
    return np.round(np.concatenate([signed, greys, frames, shades])).astype(np.uint8)


def numbers_of(values: np.ndarray, look: str, limit: float) -> np.ndarray:
    """Return the number of every value's colour, uint8; beyond the scale that of its end."""
    start, least, most = (STEPS, 0, GREYS - 1) if look != SIGNED else (MIDDLE, -MIDDLE, MIDDLE)
    return (start + np.rint(np.clip(values * (most / limit), least, most))).astype(np.uint8)


@lru_cache(maxsize=64)
def colour_number(name: str) -> int:
    """Return the number of the colour of the palette that is nearest to a named one."""
    return int(_nearest(np.array([ImageColor.getrgb(name)]))[0])


def _nearest(colours: np.ndarray) -> np.ndarray:
    """Return the number of the nearest colour of the palette for (N, 3) colours, (N,) uint8."""
    known = palette().astype(float)
    distances = (known**2).sum(axis=1) - 2 * colours.astype(float) @ known.T
    distances[:, HOLE] = np.inf
    return distances.argmin(axis=1).astype(np.uint8)


def _ramp(papers: np.ndarray, inks: np.ndarray) -> np.ndarray:
    """Return for (N,) papers and (N, 3) inks the colours of every coverage, (N, 256) uint8."""
    share = np.linspace(0, 1, LEVELS)[:, np.newaxis]
    mixed = (1 - share) * palette()[papers][:, np.newaxis] + share * inks[:, np.newaxis]
    ramps = _nearest(mixed.reshape(-1, 3)).reshape(len(papers), LEVELS)
    ramps[:, 0] = papers
    return ramps[:, np.rint(np.arange(256) * ((LEVELS - 1) / 255)).astype(int)]


@lru_cache(maxsize=64)
def ink_ramp(colour: str) -> np.ndarray:
    """Return the colours of every coverage of white paper by a colour, (256,) uint8."""
    return _ramp(np.array([colour_number(PAPER)]), np.array([ImageColor.getrgb(colour)]))[0]


@lru_cache(maxsize=1)
def number_ramps() -> np.ndarray:
    """Return the colours of every coverage of every paper by its number's ink, (253, 256) uint8."""
    inks = np.array([ink_on(colour) for colour in palette()])
    return _ramp(np.arange(len(palette())), inks)


def ink_on(colour) -> tuple[int, int, int]:
    """Return black or white, whichever stands out more on an RGB colour (WCAG 2 contrast)."""
    parts = np.asarray(colour, dtype=float)[:3] / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    luminance = float(linear @ (0.2126, 0.7152, 0.0722))
    on_black, on_white = (luminance + 0.05) / 0.05, 1.05 / (luminance + 0.05)
    return (0, 0, 0) if on_black > on_white else (255, 255, 255)
