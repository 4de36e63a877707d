"""What all explorers share: one picture, one frame for one action, a message instead of a trace."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Scene, bundle, render
from helpers.explorers.controls import WRAPPED, play_button
from helpers.explorers.widget import Cell, Picture
from helpers.samples import check_file_size

UNFINISHED = "The picture was not finished ({}): move a control to draw it again."


class Screen:
    """A picture with controls; whatever a control does, it makes exactly one new frame.

    Subclasses build `controls`, arrange them in `view`, and say in `_compose` what is shown.

    Attributes
    ----------
    controls : dict
        Widgets by name; "kernel" is a list of rows of sliders.
    feature_map : ndarray
        The array on screen.
    picture : Picture
        The widget that shows it; its `value` is the PNG on screen.
    description : str
        The sentence for those who cannot see it.
    message : str
        Empty, or why the last setting was refused; the last good picture stays. Or a warning about
        the picture that is shown.
    frames : int
        How many pictures were drawn so far.
    """

    def __init__(self) -> None:
        self.controls: dict = {}
        self.feature_map = None
        self.description = ""
        self.message = self.warning = ""
        self.frames = 0
        self.scene: Scene | None = None
        self.picture = Picture(self._point, self._draw, self._slider_at, self._take)
        self.picture.observe(lambda change: self._redraw(), "scale")
        self._hidden_widgets: list[widgets.Widget] = []  # not in the view, closed with it
        self._busy = True  # until all controls are made
        self.view = widgets.VBox([self.picture])
        self.view.add_class("convolution-explorer")

    def _compose(self) -> Scene:
        """Return the scene for the current settings, or raise ValueError or TypeError."""
        raise NotImplementedError

    # What the pointer does: each explorer says it for its own grids.

    def _use(self, number: int) -> str:
        """Return what the pointer does on a grid of the scene: "point", "draw", "drag" or ""."""
        return ""

    def _point(self, number: int | None, cell: Cell | None) -> None:
        """Follow the pointer to a cell of a grid, both None outside."""

    def _draw(self, cells: list[Cell], begins: bool) -> None:
        """Follow a pen; `begins` is true where it was put down."""

    def _slider_at(self, number: int, cell: Cell) -> widgets.Widget | None:
        """Return the slider of the weight that is dragged."""

    def _take(self, file: dict) -> None:
        """Give a file to the upload button, or say that it is too large."""
        if file["content"] is None:
            self._act(check_file_size, file["size"])
        else:
            self.controls["upload"].value = (file,)

    def _start(self) -> None:
        """Draw the first picture; from now on the controls draw the next ones."""
        self._busy = False
        self._act()

    def _watch(self, widget: widgets.Widget, before: Callable | None = None) -> None:
        """Redraw once when the value of `widget` changes, after `before(value)` has run."""
        widget.observe(lambda change: self._act(before, change["new"]), "value")

    def _act(self, before: Callable | None = None, *values) -> None:
        """Run `before(*values)` and redraw once; what it sets does not redraw again."""
        if self._busy:
            return
        with self._together():
            try:
                if before is not None:
                    before(*values)
                scene = self._compose()
            except (ValueError, TypeError) as error:
                self._say(str(error))
                return
            self._say(self.warning)
            self._show(scene)

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

    def _show(self, scene: Scene) -> None:
        self.scene, self.description = scene, scene.description
        self.frames += 1
        self._redraw()

    def _redraw(self) -> None:
        """Draw the scene with as many pixels as the reader's screen has."""
        if self.scene is not None:
            png = render(self.scene, self.picture.scale).png
            self.picture.show(png, self.scene, self._use)

    def _say(self, message: str) -> None:
        self.message = self.picture.message = message

    def close(self) -> None:
        """Free every widget of the explorer, here and in the browser."""
        close_all([self.view, *self._hidden_widgets])

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        live = self.view._repr_mimebundle_  # None once it is closed
        png = render(self.scene).png  # the same whatever screen it is on
        return (live() if live else {}) | bundle(png, self.description)


class Explorer(Screen):
    """Draws what `build` of a declaration returns for the settings of its controls.

    See `helpers.explorers.declaration`. `built` is what is on screen.
    """

    def __init__(self, declaration, settings: Mapping) -> None:
        self.declaration = declaration
        self.built = declaration.built(settings)  # a mistake is found before there is a widget
        super().__init__()
        self._state = {n: v for n, v in settings.items() if n not in declaration.controls}
        for name, control in declaration.controls.items():
            self.controls[name] = control.widget(settings.get(name))
            control.watch(self.controls[name], partial(self._change, name))
        self._plays = {
            name: play_button(self.controls[name], control.interval)
            for name, control in declaration.controls.items()
            if control.interval
        }
        self._hidden_widgets += [*self.controls.values(), *self._plays.values()]
        self.view.children += self._rows()
        self._start()

    def _rows(self) -> tuple[widgets.Widget, ...]:
        """Arrange what holds a value in one row, each play button behind it, and buttons below."""
        rows: tuple[list, list] = ([], [])
        for name, control in self.declaration.controls.items():
            parts = [self.controls[name], *([self._plays[name]] if name in self._plays else [])]
            rows[not control.has_value].extend(parts)
        return tuple(widgets.HBox(row, layout=WRAPPED) for row in rows if row)

    @property
    def settings(self) -> dict:
        """The values of the controls, and whatever else the picture depends on."""
        controls = self.declaration.controls.items()
        values = {n: self.controls[n].value for n, control in controls if control.has_value}
        return self._state | values

    def _compose(self) -> Scene:
        if self.scene is not None:  # the first picture has been built
            self.built = self.declaration.built(self.settings)
        for name, most in self.built.most.items():
            if name in self.controls:
                self.controls[name].max = most  # moves the slider to its new end, if beyond
        self._put(self.built.values)
        for name, widget in self.controls.items():
            only = getattr(widget, "max", True) == getattr(widget, "min", False)
            widget.disabled = only or name in self.built.idle
        for name, play in self._plays.items():
            play.max, play.value = self.controls[name].max, self.controls[name].value
        self.feature_map, self.warning = self.built.feature_map, self.built.warning
        return self.built.scene

    def _change(self, name: str) -> None:
        """Draw a frame after a control has been moved or pressed."""
        control = self.declaration.controls[name]

        def put() -> None:
            if control.has_value:  # a list can be left without any
                control.checked(name, self.controls[name].value)
            self._put(control.change(self))

        self._act(put if control.change else None)

    def _use(self, number: int) -> str:
        return "" if self.declaration.point is None else "point"

    def _point(self, number: int | None, cell: Cell | None) -> None:
        if self.declaration.point is None:
            return
        wanted, settings = self.declaration.point(self, number, cell), self.settings
        if any(settings[name] != value for name, value in wanted.items()):
            self._act(self._put, wanted)

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


def close_all(roots: Iterable) -> None:
    """Close widgets, and all that they hold: children, layouts, styles."""
    waiting, seen = list(roots), set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple | list):
            waiting.extend(item)
        elif isinstance(item, widgets.Widget) and id(item) not in seen:
            seen.add(id(item))
            held = ("children", "layout", "style", "source", "target")
            waiting.extend(getattr(item, name, None) for name in held)
            item.close()
