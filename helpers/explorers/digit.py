"""The explorer of one digit: draw it, and watch what a trained network makes of it."""

from copy import deepcopy
from dataclasses import replace
from functools import partial

import numpy as np

from helpers.digits import CLASSES, MOST_INK
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
    SIDE,
    checked_digits,
    checked_network,
    end_of_scale,
    feature_maps,
    ink_texts,
    steps,
    thumbnails,
)
from helpers.explorers.widget import Cell

NAMES = tuple(str(digit) for digit in range(CLASSES))
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
PANEL_WIDTH = (WIDTH - 2 * MARGIN) // PANELS
PANEL_HEIGHT = TOP + SIDE * PANEL_CELL + BELOW + LIKELIEST * PANEL_BARS["line"]


def explore_digit(model, pictures, labels) -> "DigitExplorer":
    """Draw a digit, or change a given one, and see at once what a network makes of it.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same" and
        ReLU.
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Ink from 0 (none) to 1: the digits that can be loaded.
    labels : N whole numbers from 0 to 9
        What the digits are.

    Press on a cell to fill it, or to empty it where it is dark, and drag to go on. With the
    keyboard: "row" and "column" choose a cell, "ink" (0 to 16) fills it. "sample" loads one of the
    pictures; the buttons are "clear", "invert", "left", "right", "up", "down" (by one pixel) and
    "load again". `feature_map` holds the maps of the first layer, (filters, 8, 8); `drawn` the
    digit, (8, 8); `probabilities` the ten answers.
    """
    model = deepcopy(checked_network(model))  # what it learns later is not shown here
    pictures, labels = checked_digits(pictures, labels)
    limit = end_of_scale(model.layers[0](pictures[..., None]))

    def build(*, drawn: np.ndarray, sample: int, row: int, column: int, ink: int) -> Built:
        maps = feature_maps(model, drawn)
        chances = model(drawn[None])[0].astype(float)
        same = np.array_equal(drawn, pictures[sample])
        origin = f"Sample {sample}: a {labels[sample]}{'' if same else ', changed'}"
        scene = _scene(drawn, chances, maps, limit, (row, column), origin)
        idle = ["load again"] * same + ["clear", *SHIFTS] * (not drawn.any())
        return Built(maps, scene, values={"ink": steps(drawn[row, column])}, idle=idle)

    def load(explorer: Explorer) -> dict:
        return {"drawn": pictures[explorer.settings["sample"]].copy()}

    def fill(explorer: DigitExplorer) -> dict:
        drawn, now = explorer.drawn.copy(), explorer.settings
        drawn[now["row"], now["column"]] = now["ink"] / MOST_INK
        return {"drawn": drawn}

    def move(explorer: DigitExplorer, by: tuple[int, int]) -> dict:
        """Move everything by one pixel; what leaves the frame is lost."""
        return {"drawn": np.roll(np.pad(explorer.drawn, 1), by, (0, 1))[1:-1, 1:-1].copy()}

    controls = {
        "sample": Whole("sample", 0, len(pictures) - 1, change=load),
        "row": Whole("row", 0, SIDE - 1),
        "column": Whole("column", 0, SIDE - 1),
        "ink": Whole("ink", 0, MOST_INK, change=fill),
        "clear": Push("clear", change=lambda e: {"drawn": np.zeros_like(e.drawn)}),
        "invert": Push("invert", change=lambda e: {"drawn": 1 - e.drawn}),
        **{name: Push(f"move {name}", change=partial(move, by=by)) for name, by in SHIFTS.items()},
        "load again": Push("load again", change=load),
    }
    first, kind = {"drawn": pictures[0].copy()}, partial(DigitExplorer, model)
    declaration = Declaration(controls, build, state=first, kind=kind)
    return declaration.explorer(row=SIDE // 2, column=SIDE // 2)


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
        drawn[tuple(zip(*cells, strict=True))] = 0.0 if self._erasing else 1.0
        row, column = cells[-1]
        self._act(lambda: {"drawn": drawn, "row": row, "column": column})


def _scene(drawn, chances, maps, limit: float, cursor: Cell, origin: str) -> Scene:
    """Lay out a digit, the bars of the ten answers, the best one in large, and the maps."""
    digit = Grid(
        drawn,
        "Your digit",
        f"ink from 0 to {MOST_INK}",
        x=MARGIN,
        y=TOP,
        cell=CELL,
        texts=ink_texts(drawn),
        marks=(Mark(*cursor, 1, 1),),
        scale=False,
    )
    chart = bars(chances, NAMES, **BARS)
    shares = replace(chart.grid, title="Probabilities", subtitle="of the ten digits")
    small = thumbnails(maps, limit, MAPS_TOP, PITCH)
    best = int(chances.argmax())
    note, blank = (origin, "") if drawn.any() else (BLANK, f" {BLANK}.")
    texts = (
        *chart.texts,
        Text(MIDDLE, TOP - 38, "It answers", TITLE, INK, True, "m"),
        Text(MIDDLE, TOP + 150, NAMES[best], HUGE, CASING, True, "m"),
        Text(MIDDLE, TOP + 206, f"with {percent(chances[best])}", TITLE, CASING, True, "m"),
        Text(MIDDLE, TOP + 260, note, BODY - 2, QUIET, False, "m"),
        Text(MARGIN, MAPS_TOP - 14, f"The {len(maps)} feature maps, after ReLU", TITLE, INK, True),
    )
    row, column = cursor
    sentence = (
        f"{origin}.{blank} Digit 8 × 8, ink {steps(drawn.sum())} in all, "
        f"{steps(drawn[cursor])} at row {row}, column {column}. "
        f"The network answers {_answers(chances, ' with ')}. {len(maps)} feature maps, up to "
        f"{number_text(maps.max())}, {(maps > 0).sum()} of {maps.size} cells above 0."
    )
    height = small[-1].y + PITCH + MARGIN // 2
    return Scene((digit, shares, *small), texts, height, sentence)


def _likeliest(chances: np.ndarray) -> list[int]:
    return np.argsort(-chances, kind="stable")[:LIKELIEST].tolist()


def _answers(chances: np.ndarray, between: str) -> str:
    """Write the likeliest answers and their probabilities."""
    return ", ".join(f"{n}{between}{percent(chances[n])}" for n in _likeliest(chances))


def show_answers(model, pictures, labels) -> Picture:
    """Return a picture of up to 15 digits with the three likeliest answers to each.

    The parameters are those of `explore_digit`.
    """
    model = checked_network(model)
    pictures, labels = checked_digits(pictures, labels, most=MOST_PANELS)
    rows = -(-len(pictures) // PANELS)
    per_row = -(-len(pictures) // rows)  # no row much shorter than the others
    grids, texts, sentences = [], [], []
    named = zip(pictures, labels, model(pictures).astype(float), strict=True)
    for number, (picture, label, chances) in enumerate(named):
        row, column = divmod(number, per_row)
        x, y = MARGIN + column * PANEL_WIDTH, TOP + row * PANEL_HEIGHT
        best = _likeliest(chances)
        digit = Grid(
            picture,
            f"A {label}",
            f"answer: {best[0]}",
            x=x,
            y=y,
            cell=PANEL_CELL,
            texts=[[""] * SIDE] * SIDE,  # too small for numbers of use
            scale=False,
        )
        names, below = [NAMES[n] for n in best], y + digit.height + BELOW
        chart = bars(chances[best], names, x=x + INDENT, y=below, **PANEL_BARS)
        grids += digit, chart.grid
        texts += chart.texts
        sentences.append(f"A {label}: {_answers(chances, ' ')}.")
    height = rows * PANEL_HEIGHT + MARGIN // 2
    return render(Scene(tuple(grids), tuple(texts), height, " ".join(sentences)))
