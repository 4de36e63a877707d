"""The picture of an explorer as a widget; `front/picture.js` is its half in the browser."""

from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import anywidget
import ipywidgets as widgets
import numpy as np
import traitlets

from helpers.drawing import WIDTH, Scene
from helpers.samples import LARGEST_FILE

FRONT = Path(__file__).parent / "front"
DECIMALS = 9  # of a dragged weight; steps such as 0.1 are no exact numbers
Cell = tuple[int, int]


class Picture(anywidget.AnyWidget):
    """A PNG with its sentence, and what the pointer does on it.

    Parameters
    ----------
    point : called with the number of the grid in the scene and the (row, column) of the cell under
        the pointer, both None outside
    draw : called with the cells under a pen, and True for the first ones of a stroke. Between two
        reports of the browser no cell is left out, because a fast hand jumps.
    slider_at : returns the slider of a weight, given the grid and the cell that is dragged, or None
    take : called with a file that the reader has chosen: its name, type, size and content, which is
        None if it is too large

    Attributes
    ----------
    value, alt, message : the PNG, its sentence, and what the reader is warned of
    size : width and height in CSS pixels
    scale : pixels of the reader's screen for each of those, rounded up: 1 to 3
    boxes : where the grids are, and what the pointer does there: "point", "draw", "drag" or nothing
    pointed : what the browser reports: the number of the "grid" and its "cell", both None outside
    dragged : the same of a weight, the number of the "press", and how many "steps" it was dragged
    """

    _esm = FRONT / "picture.js"
    _css = FRONT / "picture.css"
    value = traitlets.Bytes().tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    message = traitlets.Unicode().tag(sync=True)
    size = traitlets.List([WIDTH, 0]).tag(sync=True)
    scale = traitlets.Int(1).tag(sync=True, echo_update=False)
    boxes = traitlets.List().tag(sync=True)
    pointed = traitlets.Dict().tag(sync=True, echo_update=False)
    dragged = traitlets.Dict().tag(sync=True, echo_update=False)
    most_bytes = traitlets.Int(LARGEST_FILE).tag(sync=True)

    def __init__(
        self, point: Callable, draw: Callable, slider_at: Callable, take: Callable
    ) -> None:
        super().__init__()
        self.add_class("explorer-picture")
        self._point, self._draw, self._slider_at, self._take = point, draw, slider_at, take
        self._pen: Cell = (0, 0)
        self._press, self._weight = None, 0.0  # the drag under way, and where it began
        self.observe(lambda change: self._select(change["new"]), "pointed")
        self.observe(lambda change: self._turn(change["new"]), "dragged")
        self.on_msg(self._receive)

    def _select(self, place: dict) -> None:
        """Point at a cell."""
        self._point(place["grid"], place["cell"] and tuple(place["cell"]))

    def _turn(self, drag: dict) -> None:
        """Follow a drag, which began at the weight that its press found; 0 steps take it back."""
        slider = self._slider_at(drag["grid"], tuple(drag["cell"]))
        if slider is None:
            return
        if drag["press"] != self._press:
            self._press, self._weight = drag["press"], slider.value
        wanted = self._weight
        if drag["steps"]:
            wanted = round(round(wanted / slider.step + drag["steps"]) * slider.step, DECIMALS)
        slider.value = wanted  # which stops at its ends

    def _receive(self, _: widgets.Widget, content: dict, buffers: list) -> None:
        """Take a file, or strokes; the browser collects further ones until it has an answer."""
        if content.pop("kind") == "file":
            day = datetime.fromtimestamp(content.pop("lastModified") / 1000, UTC)
            content = {**content, "last_modified": day, "content": None}
            self._take(content | ({"content": buffers[0]} if buffers else {}))
            return
        try:
            for stroke in content["strokes"]:
                self._stroke(stroke["cells"], stroke["begins"])
        finally:
            self.send("drawn")

    def _stroke(self, cells: list, begins: bool) -> None:
        """Draw through cells, from where the pen was."""
        places = [tuple(cell) for cell in cells]
        path = places[:1] if begins else []
        for start, end in pairwise(places if begins else [self._pen, *places]):
            path += between(start, end)[1:]
        self._pen = places[-1]
        self._draw(path, begins)

    def show(self, png: bytes, scene: Scene, use: Callable[[int], str]) -> None:
        """Show a scene in one message; `use(number)` says what the pointer does on a grid."""
        with self.hold_sync():
            self.value, self.alt = png, scene.description
            self.size = [WIDTH, scene.height]
            self.boxes = [
                {
                    "x": grid.x,
                    "y": grid.y,
                    "cell": grid.cell,
                    "rows": grid.values.shape[0],
                    "columns": grid.values.shape[1],
                    "use": use(number),
                }
                for number, grid in enumerate(scene.grids)
            ]


def between(start: Cell, end: Cell) -> list[Cell]:
    """Return the cells on the straight line between two, both included.

    >>> between((0, 0), (1, 3))
    [(0, 0), (0, 1), (1, 2), (1, 3)]
    """
    steps = max(abs(b - a) for a, b in zip(start, end, strict=True))
    return [(round(r), round(c)) for r, c in np.linspace(start, end, steps + 1).tolist()]
