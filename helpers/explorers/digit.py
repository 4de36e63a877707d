"""The explorer of one digit: draw it, and watch what a trained network makes of it."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np

from helpers.drawing import (
    BODY,
    CASING,
    INK,
    MARGIN,
    QUIET,
    TITLE,
    TOP,
    WIDTH,
    Grid,
    Mark,
    Picture,
    Scene,
    Text,
    bars,
    number_text,
    percent,
    render,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Push, Whole
from helpers.explorers.declaration import Built, Declaration
from helpers.explorers.network import (
    DARKEST,
    NAMES,
    PER_ROW,
    SIDE,
    checked_digits,
    checked_network,
    feature_maps,
    ink_texts,
    map_limit,
    steps,
    thumbnails,
)
from helpers.explorers.widget import Cell

SHIFTS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}
CELL = 36  # of the digit, in pixels
BARS = {"x": 364, "y": TOP, "width": 220, "line": 28}
MIDDLE, HUGE = 850, 170  # of the answer, and its height
MAPS_TOP, PITCH = 412, 62  # of the feature maps
BLANK = "Nothing drawn, yet it answers"
PANELS, MOST_PANELS = 5, 15  # of `show_answers`, at most in a row and in all
LIKELIEST = 3  # answers to each of its digits
PANEL_CELL, PANEL_BARS = 16, {"width": 60, "line": 26}
INDENT, BELOW = 22, 12  # of the bars, in their panel
PANEL_HEIGHT = TOP + SIDE * PANEL_CELL + BELOW + LIKELIEST * PANEL_BARS["line"]


def explore_digit(model, pictures, labels) -> "DigitExplorer":
    """Draw a digit, or change a given one, and see at once what a network makes of it.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same".
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Ink from 0 (none) to 1: the digits that can be loaded.
    labels : N whole numbers from 0 to 9

    Press on a cell to fill it, or to empty it where it is dark, and drag to go on. With the
    keyboard: "row" and "column" choose a cell, "ink" (0 to 16) fills it. "sample" loads one of the
    pictures; the buttons are "clear", "invert", "left", "right", "up", "down" (by one pixel) and
    "load again". `feature_map` holds the maps of the first layer, (filters, 8, 8); `drawn` the
    digit, (8, 8); `probabilities` the ten answers.
    """
    model = deepcopy(checked_network(model))  # what it learns later is not shown here
    pictures, labels = checked_digits(pictures, labels)
    limit = map_limit(model, pictures)

    def build(*, drawn: np.ndarray, sample: int, row: int, column: int, ink: int) -> Built:
        maps, chances = feature_maps(model, drawn), model(drawn[None])[0]
        same = np.array_equal(drawn, pictures[sample])
        origin = f"Sample {sample}: a {labels[sample]}{'' if same else ', changed'}"
        scene = digit_scene(drawn, chances, maps, limit, (row, column), origin)
        idle = ["load again"] * same + ["clear", *SHIFTS] * (not drawn.any())
        return Built(maps, scene, values={"ink": steps(drawn[row, column])}, idle=idle)

    def load(explorer: Explorer) -> dict:
        return {"drawn": pictures[explorer.settings["sample"]].copy()}

    def fill(explorer: DigitExplorer) -> dict:
        drawn, now = explorer.drawn.copy(), explorer.settings
        drawn[now["row"], now["column"]] = now["ink"] / DARKEST
        return {"drawn": drawn}

    controls = {
        "sample": Whole("sample", 0, len(pictures) - 1, change=load),
        "row": Whole("row", 0, SIDE - 1),
        "column": Whole("column", 0, SIDE - 1),
        "ink": Whole("ink", 0, DARKEST, change=fill),
        "clear": Push("clear", change=lambda e: {"drawn": np.zeros_like(e.drawn)}),
        "invert": Push("invert", change=lambda e: {"drawn": 1 - e.drawn}),
        **{name: Push(f"move {name}", change=_shift(*by)) for name, by in SHIFTS.items()},
        "load again": Push("load again", change=load),
    }
    first = pictures[0].copy()
    declaration = Declaration(
        controls, build, state={"drawn": first}, kind=partial(DigitExplorer, model)
    )
    ink = steps(first[SIDE // 2, SIDE // 2])
    return declaration.explorer(row=SIDE // 2, column=SIDE // 2, ink=ink)


def _shift(down: int, right: int) -> Callable[[Explorer], dict]:
    """Return what moves everything by one pixel; what leaves is lost."""

    def change(explorer: DigitExplorer) -> dict:
        framed = np.pad(explorer.drawn, 1)
        rows, columns = slice(1 - down, 1 - down + SIDE), slice(1 - right, 1 - right + SIDE)
        return {"drawn": framed[rows, columns].copy()}

    return change


class DigitExplorer(Explorer):
    """See `explore_digit`."""

    def __init__(self, model, declaration: Declaration, settings: dict) -> None:
        self._model, self._erasing = model, False
        super().__init__(declaration, settings)

    def _use(self, number: int) -> str:
        return "draw" if number == 0 else ""

    @property
    def drawn(self) -> np.ndarray:
        """The digit on screen, (8, 8), ink from 0 to 1."""
        return self.settings["drawn"]

    @property
    def probabilities(self) -> np.ndarray:
        """The ten answers to it."""
        return self._model(self.drawn[None])[0]

    def _draw(self, cells: list[Cell], begins: bool) -> None:
        """Follow the pointer; a press on a dark cell begins to rub out."""
        if begins:
            self._erasing = bool(self.drawn[cells[0]] > 1 / 2)
        drawn = self.drawn.copy()
        for cell in cells:
            drawn[cell] = 0.0 if self._erasing else 1.0
        row, column = cells[-1]
        self._act(self._put, {"drawn": drawn, "row": row, "column": column})


def digit_scene(drawn, chances, maps, limit: float, cursor: tuple[int, int], origin: str) -> Scene:
    """Lay out a digit, the bars of the ten answers, the best one in large, and the maps.

    Parameters
    ----------
    drawn : ndarray, (8, 8), ink from 0 to 1
    chances : ndarray, (10,)
    maps : ndarray, (filters, 8, 8), and `limit`, the end of their colour scale
    cursor : (row, column) of the framed cell
    origin : what was loaded, in words
    """
    digit = Grid(
        drawn,
        "Your digit",
        f"ink from 0 to {DARKEST}",
        x=MARGIN,
        y=TOP,
        cell=CELL,
        texts=ink_texts(drawn),
        marks=(Mark(*cursor, 1, 1),),
        scale=False,
    )
    chart = bars(chances, NAMES, **BARS)
    shares = replace(chart.grid, title="Probabilities", subtitle="of the ten digits")
    tops = [MAPS_TOP + PITCH * row for row in range(-(-len(maps) // PER_ROW))]
    small = thumbnails(maps, limit=limit, tops=tops)
    best = int(chances.argmax())
    share = f"with {percent(float(chances[best]))}"
    texts = (
        *chart.texts,
        Text(MIDDLE, TOP - 38, "It answers", TITLE, INK, True, "m"),
        Text(MIDDLE, TOP + 150, NAMES[best], HUGE, CASING, True, "m"),
        Text(MIDDLE, TOP + 206, share, TITLE, CASING, True, "m"),
        Text(MIDDLE, TOP + 260, origin if drawn.any() else BLANK, BODY - 2, QUIET, False, "m"),
        Text(MARGIN, MAPS_TOP - 14, f"The {len(small)} feature maps, after ReLU", TITLE, INK, True),
    )
    sentence = _sentence(drawn, chances, maps, cursor, origin)
    return Scene((digit, shares, *small), texts, tops[-1] + PITCH + MARGIN // 2, sentence)


def _sentence(drawn, chances, maps, cursor: tuple[int, int], origin: str) -> str:
    """Describe the digit, its three best answers and the maps in words and numbers."""
    row, column = cursor
    blank = "" if drawn.any() else f" {BLANK}."
    return (
        f"{origin}.{blank} Digit 8 × 8, ink {steps(drawn.sum())} in all, "
        f"{steps(drawn[row, column])} at row {row}, column {column}. "
        f"The network answers {_answers(chances, ' with ')}. {len(maps)} feature maps, up to "
        f"{number_text(float(maps.max()))}, {int((maps > 0).sum())} of {maps.size} cells above 0."
    )


def _answers(chances: np.ndarray, between: str) -> str:
    """Write the likeliest answers and their probabilities."""
    best = _likeliest(chances)
    return ", ".join(f"{n}{between}{percent(float(min(chances[n], 1)))}" for n in best)


def _likeliest(chances: np.ndarray) -> list[int]:
    return np.argsort(-chances, kind="stable")[:LIKELIEST].tolist()


def show_answers(model, pictures, labels) -> Picture:
    """Return a picture of up to 15 digits with the three likeliest answers to each.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same" and
        ReLU.
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Ink from 0 (none) to 1.
    labels : N whole numbers from 0 to 9
        What the digits are.
    """
    model = checked_network(model)
    pictures, labels = checked_digits(pictures, labels, most=MOST_PANELS)
    every = model(pictures)
    rows = -(-len(pictures) // PANELS)
    per_row = -(-len(pictures) // rows)  # no row much shorter than the others
    places = (divmod(number, per_row) for number in range(len(pictures)))
    panels = [_panel(*each) for each in zip(places, pictures, labels, every, strict=True)]
    grids = [grid for grids, _ in panels for grid in grids]
    texts = [text for _, texts in panels for text in texts]
    named = zip(labels, every, strict=True)
    sentence = " ".join(f"A {label}: {_answers(chances, ' ')}." for label, chances in named)
    height = rows * PANEL_HEIGHT + MARGIN // 2
    return render(Scene(tuple(grids), tuple(texts), height, sentence))


def _panel(place: tuple[int, int], picture, label: int, chances: np.ndarray) -> tuple:
    """Place one digit above its likeliest answers; return grids and texts."""
    room = (WIDTH - 2 * MARGIN) // PANELS
    x, y = MARGIN + place[1] * room, TOP + place[0] * PANEL_HEIGHT
    best = _likeliest(chances)
    blank = [[""] * SIDE] * SIDE  # too small for numbers of use
    digit = Grid(
        picture,
        f"A {label}",
        f"answer: {best[0]}",
        x=x,
        y=y,
        cell=PANEL_CELL,
        texts=blank,
        scale=False,
    )
    shares, names = np.clip(chances[best].astype(float), 0, 1), [NAMES[n] for n in best]
    chart = bars(shares, names, x=x + INDENT, y=y + digit.height + BELOW, **PANEL_BARS)
    return [digit, chart.grid], chart.texts
