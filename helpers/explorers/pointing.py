"""Pointing at cells with the mouse."""

from collections.abc import Callable

import ipywidgets as widgets
from ipyevents import Event

from helpers.drawing import WIDTH, Scene

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
            pointed(*cell_under(scene(), *pixel_under(scene(), message)))

    event.on_dom_event(report)
    return event


def pixel_under(scene: Scene | None, message: dict) -> tuple[float, float]:
    """Return the pixel of the picture under the mouse.

    In an explorer that fills the screen, empty bands lie beside the picture or above and below it;
    ipyevents takes them for a part of it.
    """
    x, y = message["dataX"], message["dataY"]
    if scene is None or not message.get("boundingRectHeight"):
        return x, y
    width, height = message["boundingRectWidth"], message["boundingRectHeight"]
    across, down = width / WIDTH, height / scene.height
    scale = min(across, down)
    return (
        (x * across - (width - WIDTH * scale) / 2) / scale,
        (y * down - (height - scene.height * scale) / 2) / scale,
    )


def cell_under(
    scene: Scene | None, x: float, y: float
) -> tuple[int, tuple[int, int]] | tuple[None, None]:
    """Return (number of the grid, (row, column)) under a pixel, or (None, None)."""
    for number, grid in enumerate(scene.grids if scene else ()):
        cell = grid.cell_at(x, y)
        if cell is not None:
            return number, cell
    return None, None
