"""Pointing at cells with the mouse."""

from collections.abc import Callable

import ipywidgets as widgets
from ipyevents import Event

from helpers.drawing import Scene

WAIT = 40  # milliseconds between two reports of a moving mouse
LEFT = "mouseleave"


def watch_pointer(
    picture: widgets.Image, scene: Callable[[], Scene | None], pointed: Callable
) -> Event:
    """Call `pointed(number, cell)` when the mouse moves over a cell of grid `number`.

    Outside all grids both are None. `scene` returns what is on screen.
    """
    event = Event(
        source=picture,
        watched_events=["mousemove", "click", LEFT],
        wait=WAIT,
        throttle_or_debounce="throttle",
    )

    def report(message: dict) -> None:
        if message.get("type") == LEFT or "dataX" not in message:
            pointed(None, None)
        else:
            pointed(*cell_under(scene(), message["dataX"], message["dataY"]))

    event.on_dom_event(report)
    return event


def cell_under(
    scene: Scene | None, x: float, y: float
) -> tuple[int, tuple[int, int]] | tuple[None, None]:
    """Return (number of the grid, (row, column)) under a pixel, or (None, None)."""
    for number, grid in enumerate(scene.grids if scene else ()):
        cell = grid.cell_at(x, y)
        if cell is not None:
            return number, cell
    return None, None
