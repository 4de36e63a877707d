"""The picture of one digit: its ink, the ten answers to it, and the feature maps behind them."""

from dataclasses import dataclass, replace

import numpy as np

from helpers.drawing import (
    BODY,
    CASING,
    INK,
    MARGIN,
    QUIET,
    TITLE,
    TOP,
    Grid,
    Mark,
    Scene,
    Text,
    bars,
    number_text,
    percent,
)
from helpers.explorers.network import DARKEST, NAMES, PER_ROW, ink_texts, steps, thumbnails

CELL = 36  # of the digit, in pixels
BARS = {"x": 364, "y": TOP, "width": 220, "line": 28}
MIDDLE, HUGE = 850, 170  # of the answer, and its height
MAPS_TOP, PITCH = 412, 62  # of the feature maps
BLANK = "Nothing is drawn; answer it must"


@dataclass(frozen=True, eq=False)
class ShownDigit:
    """What one picture shows.

    Attributes
    ----------
    drawn : ndarray, (8, 8)
        Brightness from 0 to 1.
    probabilities : ndarray, (10,)
    maps : ndarray, (filters, 8, 8)
    limit : float
        End of the colour scale of the maps.
    cursor : (row, column) of the framed cell
    origin : what was loaded, in words
    """

    drawn: np.ndarray
    probabilities: np.ndarray
    maps: np.ndarray
    limit: float
    cursor: tuple[int, int]
    origin: str


def digit_scene(shown: ShownDigit) -> Scene:
    """Lay out the digit, the bars of the ten answers, the best one in large, and the maps."""
    digit = Grid(
        shown.drawn,
        "Your digit",
        f"ink from 0 to {DARKEST}",
        x=MARGIN,
        y=TOP,
        cell=CELL,
        texts=ink_texts(shown.drawn),
        marks=(Mark(*shown.cursor, 1, 1),),
        scale=False,
    )
    made = bars(shown.probabilities, NAMES, **BARS)
    chart = replace(made.grid, title="Probabilities", subtitle="of the ten digits")
    tops = [MAPS_TOP + PITCH * row for row in range(-(-len(shown.maps) // PER_ROW))]
    small = thumbnails(shown.maps, limit=shown.limit, tops=tops)
    heading = f"What the {len(small)} filters make of it, after ReLU"
    texts = (
        *made.texts,
        *_answer(shown),
        Text(MARGIN, MAPS_TOP - 14, heading, TITLE, INK, True),
    )
    height = tops[-1] + PITCH + MARGIN // 2
    return Scene((digit, chart, *small), texts, height, digit_sentence(shown))


def _answer(shown: ShownDigit) -> list[Text]:
    """Write the digit that the network takes it for in large, and what was loaded."""
    best = int(shown.probabilities.argmax())
    line = shown.origin if shown.drawn.any() else BLANK
    with_share = f"with {percent(float(shown.probabilities[best]))}"
    return [
        Text(MIDDLE, TOP - 38, "It answers", TITLE, INK, True, "m"),
        Text(MIDDLE, TOP + 150, NAMES[best], HUGE, CASING, True, "m"),
        Text(MIDDLE, TOP + 206, with_share, TITLE, CASING, True, "m"),
        Text(MIDDLE, TOP + 260, line, BODY - 2, QUIET, False, "m"),
    ]


def digit_sentence(shown: ShownDigit) -> str:
    """Describe the digit, its three best answers and the maps in words and numbers."""
    row, column = shown.cursor
    order = np.argsort(-shown.probabilities, kind="stable")[:3].tolist()
    told = ", ".join(f"{n} with {percent(float(shown.probabilities[n]))}" for n in order)
    blank = "" if shown.drawn.any() else f" {BLANK}."
    return (
        f"{shown.origin}.{blank} Digit 8 × 8, ink {steps(shown.drawn.sum())} in all, "
        f"{steps(shown.drawn[row, column])} at row {row}, column {column}. "
        f"The network answers {told}. {len(shown.maps)} feature maps, up to "
        f"{number_text(float(shown.maps.max()))}, {int((shown.maps > 0).sum())} of "
        f"{shown.maps.size} cells above 0."
    )
