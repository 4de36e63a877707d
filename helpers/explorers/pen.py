"""Drawing on cells with the mouse: press, drag, release."""

from collections.abc import Callable

import ipywidgets as widgets
from ipyevents import Event

from helpers.drawing import Scene
from helpers.explorers.pointing import WAIT, cell_under, pixel_under

Cell = tuple[int, int]
LEFT_BUTTON, LEFT_HELD = 0, 1  # as browsers number them: which one, and in the sum of all held


def watch_pen(
    picture: widgets.Image, scene: Callable[[], Scene | None], draw: Callable, number: int = 0
) -> Event:
    """Call `draw(cells, begins)` when the mouse is pressed on grid `number`, and while it drags.

    `cells` are all those between the last report and this one, because a fast mouse jumps;
    `begins` is true for the one on which it was pressed.
    """
    event = Event(
        source=picture,
        watched_events=["mousedown", "mousemove", "mouseup", "mouseleave"],
        prevent_default_action=True,  # the browser would drag the picture away
        wait=WAIT,
        throttle_or_debounce="throttle",
    )
    last: list[Cell] = []  # empty while the pen is up

    def report(message: dict) -> None:
        kind = message.get("type")
        if kind == "mousedown":
            last.clear()
        held = message.get("button") == LEFT_BUTTON
        if kind == "mousemove":
            held = bool(message.get("buttons", 0) & LEFT_HELD) and bool(last)
        if kind == "mouseleave" or not held or (kind == "mouseup" and not last):
            last.clear()
            return
        where, cell = cell_under(scene(), *pixel_under(scene(), message))
        if where == number and last != [cell]:
            cells = between(last[0], cell)[1:] if last else [cell]
            begins, last[:] = not last, [cell]
            draw(cells, begins)
        if kind == "mouseup":
            last.clear()

    event.on_dom_event(report)
    return event


def between(start: Cell, end: Cell) -> list[Cell]:
    """Return the cells on the straight line between two, both included.

    Examples
    --------
    >>> between((0, 0), (1, 3))
    [(0, 0), (0, 1), (1, 2), (1, 3)]
    """
    steps = max(abs(b - a) for a, b in zip(start, end, strict=True))
    places = (
        [a + (b - a) * n / steps for a, b in zip(start, end, strict=True)]
        for n in range(1, steps + 1)
    )
    return [start, *((round(row), round(column)) for row, column in places)]
