"""A falling curve as strokes and texts, for scenes that are redrawn while a slider moves.

`helpers.drawing.curves` draws finer curves, slowly; here one frame costs a few milliseconds.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from helpers.drawing.scene import BODY, CASING, INK, ORANGE, QUIET, Stroke, Text
from helpers.drawing.words import number_text

BLUE, RULE = "#0072b2", "#c8c8c8"
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST_PLAIN, MOST_PLAIN = -3, 4  # powers of ten from and to which numbers are written in full
DOT = 26  # letter height of the mark on the curve
DOT_DROP = 0.36  # of it: from the middle of the mark down to its baseline
BELOW = 24  # from the lower end of the axis to the baseline of its numbers


class Box(NamedTuple):
    """Where the curve itself is drawn, in pixels; its labels stand around it."""

    left: int
    top: int
    width: int
    height: int


def power_text(value: float) -> str:
    """Write a number with three digits, very small and large ones with a power of ten.

    Examples
    --------
    >>> [power_text(v) for v in (12.5, 0.0625, 0.00000034, -1234567, 0)]
    ['12.5', '0.0625', '3.4·10⁻⁷', '−1.23·10⁶', '0']
    """
    if value == 0 or 10.0**LEAST_PLAIN <= abs(value) < 10.0**MOST_PLAIN:
        return number_text(float(f"{value:.3g}"), 6)
    digits, power = f"{value:.2e}".split("e")
    return f"{number_text(float(digits))}·10{str(int(power)).translate(RAISED)}"


def tick_text(power: int) -> str:
    """Write a power of ten beside an axis.

    >>> [tick_text(n) for n in (-6, -3, 0, 3, 6)]
    ['10⁻⁶', '0.001', '1', '1000', '10⁶']
    """
    if LEAST_PLAIN <= power < MOST_PLAIN:
        return number_text(float(10.0**power), 3)
    return f"10{str(power).translate(RAISED)}"


def log_curve(
    values: Sequence[float], at: int, box: Box, powers: Sequence[int], last: int
) -> tuple[list[Stroke], list[Text]]:
    """Draw positive values over their numbers 0, 1, 2, ... on an axis of powers of ten.

    Parameters
    ----------
    values : (N,); those beyond an end of the axis are drawn at that end
    at : number of the value that is marked
    box : where to draw
    powers : what the axis names, from its lower to its upper end: 3 means 10**3
    last : number at the right end of the axis

    Examples
    --------
    >>> strokes, texts = log_curve([100, 1], 0, Box(50, 70, 10, 20), (0, 1, 2), 1)
    >>> strokes[-1].points
    ((50.0, 70.0), (60.0, 90.0))
    """
    left, top, width, height = box
    low, high = powers[0], powers[-1]
    rows = {n: top + height * (high - n) / (high - low) for n in powers}
    strokes = [Stroke(((left, y), (left + width, y)), 1.0, RULE) for y in rows.values()]
    strokes.append(Stroke(((left, top), (left, top + height)), 1.5, INK))
    powers_of = np.log10(np.clip(np.asarray(values, dtype=float), 10.0**low, 10.0**high))
    xs = left + width * np.arange(len(powers_of)) / last
    ys = top + height * (high - powers_of) / (high - low)
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    if len(points) > 1:
        strokes.append(Stroke(points, 3.0, BLUE))
    texts = [Text(left - 8, round(y) + 7, tick_text(n), anchor="r") for n, y in rows.items()]
    texts += _ends(box, last) + _dot(*points[at])
    return strokes, texts


def _ends(box: Box, last: int) -> list[Text]:
    y = box.top + box.height + BELOW
    return [
        Text(box.left, y, "step 0", BODY, QUIET),
        Text(box.left + box.width, y, f"{last}", BODY, QUIET, anchor="r"),
    ]


def _dot(x: float, y: float) -> list[Text]:
    """Mark a point in the colours of a current window."""
    sizes = ((DOT, CASING), (DOT - 6, ORANGE))
    return [
        Text(round(x), round(y + DOT_DROP * size), "●", size, colour, anchor="m")
        for size, colour in sizes
    ]
