"""What every explorer does: one frame for one action, a message where others leave a trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Scene, render
from helpers.explorers.controls import WRAPPED, play_button
from helpers.explorers.widget import Cell, Picture

UNFINISHED = "The picture was not finished ({}): move a control to draw it again."


class Explorer:
    """A picture that is drawn once more whenever one of its controls is moved.

    It shows what `build` of a declaration returns for its settings, see
    `helpers.explorers.declaration`.

    Attributes
    ----------
    controls : dict
        Widgets by name; "kernel" is a list of rows of sliders.
    picture : Picture
        The widget that shows the picture; its `value` is the PNG on screen.
    built : Built
        What is on screen: its array is `feature_map`, its sentence `description`.
    message : str
        Empty, or why the last setting was refused; the last good picture stays. Or a warning about
        the picture that is shown.
    frames : int
        How many pictures were drawn so far.
    view : ipywidgets.VBox
        Everything in the order in which it is shown.
    """

    def __init__(self, declaration, settings: Mapping) -> None:
        self.declaration = declaration
        self.built = declaration.built(settings)  # a mistake is found before there is a widget
        self.message, self.frames = "", 0
        self._state = {n: v for n, v in settings.items() if n not in declaration.controls}
        self._busy = True  # until all controls are made
        self.picture = Picture(self._point, self._draw, self._slider_at, self._take)
        self.picture.observe(lambda _: self._redraw(), "scale")
        self.controls, self._plays = {}, {}
        for name, control in declaration.controls.items():
            self.controls[name] = widget = control.widget(settings.get(name))
            control.watch(widget, lambda name=name: self._change(name))
            if control.interval:
                self._plays[name] = play_button(widget, control.interval)
        self.view = widgets.VBox([self.picture, *self._rows()])
        self.view.add_class("convolution-explorer")
        with self._together():
            self._show(self.built)

    def _rows(self) -> list[widgets.Widget]:
        """Arrange what holds a value in one row, and buttons below."""
        controls = self.declaration.controls.items()
        halves = ([name for name, c in controls if c.has_value == has] for has in (True, False))
        return [row for names in halves for row in self._row(names)]

    def _row(self, names: Iterable[str], *classes: str) -> list[widgets.Widget]:
        """Arrange controls in a row, each play button behind its slider; none make no row."""
        pairs = ((self.controls[name], self._plays.get(name)) for name in names)
        shown = [widget for pair in pairs for widget in pair if widget]
        return [widgets.HBox(shown, layout=WRAPPED, _dom_classes=classes)] if shown else []

    @property
    def settings(self) -> dict:
        """The values of the controls, and whatever else the picture depends on."""
        controls = self.declaration.controls.items()
        values = {n: self.controls[n].value for n, control in controls if control.has_value}
        return self._state | values

    @property
    def scene(self) -> Scene:
        """Everything on the picture."""
        return self.built.scene

    @property
    def feature_map(self) -> np.ndarray:
        """The array on screen."""
        return self.built.feature_map

    @property
    def description(self) -> str:
        """The sentence for those who cannot see the picture."""
        return self.built.scene.description

    # From an action to a frame

    def _change(self, name: str) -> None:
        """Draw a frame after a control has been moved or pressed."""
        control = self.declaration.controls[name]

        def change() -> Mapping:
            if control.has_value:  # a list can be left without any
                control.checked(name, self.controls[name].value)
            return control.change(self) if control.change else {}

        self._act(change)

    def _act(self, change: Callable[[], Mapping] = dict) -> None:
        """Put the settings that `change` returns and draw once; what it moves does not draw."""
        if self._busy:
            return
        with self._together():
            try:
                self._put(change())
                built = self.declaration.built(self.settings)
            except (ValueError, TypeError) as error:
                self._say(str(error))
            else:
                self._show(built)

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Let several controls change without a frame for each; say so if it is not finished."""
        self._busy = True
        try:
            with np.errstate(under="ignore"):  # NumPy's usual, which a reader may have changed
                yield
        except BaseException as error:  # stopped by the reader, no memory left, a mistake of ours
            self._say(UNFINISHED.format(type(error).__name__))
            raise
        finally:
            self._busy = False

    def _put(self, values: Mapping) -> None:
        """Give settings new values; a slider whose range `build` decides makes room for them."""
        for name, value in values.items():
            if name not in self.controls:
                self._state[name] = value
                continue
            widget = self.controls[name]
            if getattr(self.declaration.controls[name], "most", True) is None:
                widget.max = max(widget.max, value)
            widget.value = value

    def _show(self, built) -> None:
        """Draw the picture, and let the controls follow it."""
        self.built = built
        for name in built.most.keys() & self.controls.keys():
            self.controls[name].max = built.most[name]  # moves the slider to its end, if beyond
        self._put(built.values)
        for name, widget in self.controls.items():
            only = getattr(widget, "max", True) == getattr(widget, "min", False)
            widget.disabled = only or name in built.idle
        self.frames += 1
        self._redraw()
        self._say(built.warning)
        for name, play in self._plays.items():  # last, since nobody waits to see it
            play.max, play.value = self.controls[name].max, self.controls[name].value

    def _redraw(self) -> None:
        """Draw the scene with as many pixels as the reader's screen has."""
        png = render(self.scene, self.picture.scale).png
        self.picture.show(png, self.scene, self._use)

    def _say(self, message: str) -> None:
        self.message = self.picture.message = message

    # What the pointer does; explorers override it for their own grids

    def _use(self, number: int) -> str:
        """Return what the pointer does on a grid of the scene: "point", "draw", "drag" or ""."""
        return "point" if self.declaration.point else ""

    def _point(self, number: int | None, cell: Cell | None) -> None:
        """Follow the pointer to a cell of a grid, both None outside."""
        point, settings = self.declaration.point, self.settings
        wanted = point(self, number, cell) if point else {}
        if any(settings[name] != value for name, value in wanted.items()):
            self._act(lambda: wanted)

    def _draw(self, cells: list[Cell], begins: bool) -> None:
        """Follow a pen; `begins` is true where it was put down."""

    def _slider_at(self, number: int, cell: Cell) -> widgets.Widget | None:
        """Return the slider of the weight that is dragged."""

    def _take(self, file: dict) -> None:
        """Give a file to the upload button."""
        self.controls["upload"].value = (file,)

    # In the notebook

    def close(self) -> None:
        """Free every widget of the explorer, here and in the browser."""
        close_all([self.view])

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict | tuple[dict, dict]:
        live = self.view._repr_mimebundle_  # None once it is closed
        stored = render(self.scene)  # the same whatever screen it is on
        data = (live() if live else {}) | stored._repr_mimebundle_()
        metadata = self.picture._repr_mimebundle_()[1] if live else {}  # only Colab asks for some
        return (data, metadata) if metadata else data


def close_all(items: Iterable[widgets.Widget]) -> None:
    """Close widgets, and all that they hold: children, layouts, styles."""
    for item in items:
        close_all(getattr(item, "children", ()))
        close_all(getattr(item, name) for name in ("layout", "style") if hasattr(item, name))
        item.close()
