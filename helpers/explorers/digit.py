"""The explorer of one digit: draw it, and watch what a trained network thinks of it."""

from collections.abc import Callable
from copy import deepcopy

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Scene
from helpers.explorers.base import Screen
from helpers.explorers.controls import WRAPPED, whole_slider
from helpers.explorers.digit_scene import ShownDigit, digit_scene
from helpers.explorers.network import (
    DARKEST,
    NAMES,
    SIDE,
    checked_digits,
    checked_network,
    feature_maps,
    map_limit,
    steps,
)
from helpers.explorers.widget import Cell

SHIFTS = {"left": (0, -1), "right": (0, 1), "up": (-1, 0), "down": (1, 0)}


def explore_digit(model, pictures, labels) -> "DigitExplorer":
    """Draw a digit, or change a given one, and see at once what a network thinks of it.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same".
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Brightness from 0 to 1: the digits that can be loaded.
    labels : N whole numbers from 0 to 9

    Press the mouse on a cell to fill it, or to empty it where it is dark, and drag to go on.
    With the keyboard: "row" and "column" choose a cell, "ink" (0 to 16) fills it. "sample" loads
    one of the pictures; the buttons are "clear", "invert", "left", "right", "up", "down" (by one
    pixel) and "load again". `feature_map` holds the maps of the first layer, (filters, 8, 8);
    `drawn` the digit, (8, 8); `probabilities` the ten answers.
    """
    model = deepcopy(checked_network(model))  # what it learns later is not shown here
    return DigitExplorer(model, *checked_digits(pictures, labels))


class DigitExplorer(Screen):
    """See `explore_digit`."""

    def __init__(self, model, pictures: np.ndarray, labels: list[int]) -> None:
        super().__init__()
        self._model, self._pictures, self._labels = model, pictures, labels
        self._limit = map_limit(model, pictures)
        self._erasing = False
        self.drawn = pictures[0].copy()
        self.probabilities = np.zeros(len(NAMES))
        self.controls = {
            "sample": whole_slider("sample", 0, 0, len(pictures) - 1),
            "row": whole_slider("row", SIDE // 2, 0, SIDE - 1),
            "column": whole_slider("column", SIDE // 2, 0, SIDE - 1),
            "ink": whole_slider("ink", self._ink(SIDE // 2, SIDE // 2), 0, DARKEST),
        }
        self.controls["sample"].disabled = len(pictures) == 1
        self._watch(self.controls["sample"], self._load)
        for name in ("row", "column"):
            self._watch(self.controls[name])
        self._watch(self.controls["ink"], self._fill)
        sliders = list(self.controls.values())
        buttons = [self._button(name, action) for name, action in self._actions().items()]
        rows = (widgets.HBox(part, layout=WRAPPED) for part in (sliders, buttons))
        self.view.children += tuple(rows)
        self._start()

    def _actions(self) -> dict[str, Callable[[], None]]:
        """Return what each button does."""
        actions: dict[str, Callable[[], None]] = {"clear": self._clear, "invert": self._invert}
        for name, (down, right) in SHIFTS.items():
            actions[name] = lambda down=down, right=right: self._shift(down, right)
        return actions | {"load again": self._load}

    def _button(self, name: str, action: Callable[[], None]) -> widgets.Button:
        told = f"move {name}" if name in SHIFTS else name
        button = widgets.Button(description=told, layout={"width": "auto"})
        button.on_click(lambda _: self._act(action))
        self.controls[name] = button
        return button

    # What the controls do before the picture is drawn anew

    def _load(self, number: int | None = None) -> None:
        self.drawn = self._pictures[self.controls["sample"].value].copy()

    def _fill(self, ink: int) -> None:
        self.drawn[self._cursor] = ink / DARKEST

    def _clear(self) -> None:
        self.drawn = np.zeros_like(self.drawn)

    def _invert(self) -> None:
        self.drawn = 1 - self.drawn

    def _shift(self, down: int, right: int) -> None:
        """Move everything by one pixel; what leaves is lost."""
        framed = np.pad(self.drawn, 1)
        self.drawn = framed[1 - down : 1 - down + SIDE, 1 - right : 1 - right + SIDE].copy()

    def _use(self, number: int) -> str:
        return "draw" if number == 0 else ""

    def _draw(self, cells: list[Cell], begins: bool) -> None:
        """Follow the mouse; a press on a dark cell begins to rub out."""
        if begins:
            self._erasing = bool(self.drawn[cells[0]] > 1 / 2)
        self._act(self._put, cells)

    def _put(self, cells: list[Cell]) -> None:
        for cell in cells:
            self.drawn[cell] = 0.0 if self._erasing else 1.0
        self.controls["row"].value, self.controls["column"].value = cells[-1]

    @property
    def _cursor(self) -> Cell:
        return self.controls["row"].value, self.controls["column"].value

    def _ink(self, row: int, column: int) -> int:
        return steps(self.drawn[row, column])

    # The picture

    def _compose(self) -> Scene:
        self.controls["ink"].value = self._ink(*self._cursor)
        blank = not self.drawn.any()
        for name in ("clear", *SHIFTS):
            self.controls[name].disabled = blank
        loaded = self._pictures[self.controls["sample"].value]
        self.controls["load again"].disabled = np.array_equal(self.drawn, loaded)
        self.probabilities = self._model(self.drawn[None])[0]
        self.feature_map = feature_maps(self._model, self.drawn)
        known = self._labels[self.controls["sample"].value]
        changed = "" if self.controls["load again"].disabled else ", changed"
        shown = ShownDigit(
            self.drawn,
            self.probabilities,
            self.feature_map,
            self._limit,
            self._cursor,
            f"Sample {self.controls['sample'].value}: a {known}{changed}",
        )
        return digit_scene(shown)
