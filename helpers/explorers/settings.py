"""Explorers whose picture is one function of what their controls say."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Scene
from helpers.explorers.base import Screen
from helpers.explorers.controls import PLAY_INTERVAL, WRAPPED, play_for

NOTHING: Mapping[str, int] = {}


class Built(NamedTuple):
    """What is shown for some settings.

    `most` holds new upper ends for sliders whose range depends on other settings; a slider that
    stands beyond its new end moves to it. `warning` is a sentence for the reader, shown beside the
    picture, where the settings work but lead astray.
    """

    feature_map: np.ndarray
    scene: Scene
    most: Mapping[str, int] = NOTHING
    warning: str = ""


class SettingsExplorer(Screen):
    """Draws what `build` returns for the values of its controls.

    Parameters
    ----------
    controls : widgets by name, in the order in which they are shown
    build : called with the value of every control by its name; returns a `Built`, or raises
        ValueError with a sentence for the reader
    point : called with the number of the grid in the scene and the (row, column) of the cell under
        the mouse, both None outside; returns the values it gives to controls
    play : name of the slider that gets a play button
    interval : milliseconds from one step of that button to the next
    """

    def __init__(
        self,
        controls: Mapping[str, widgets.Widget],
        build: Callable[..., Built],
        *,
        point: Callable[[int | None, tuple[int, int] | None], Mapping] | None = None,
        play: str | None = None,
        interval: int = PLAY_INTERVAL,
    ) -> None:
        super().__init__()
        self._build, self._points_to = build, point
        self.controls = dict(controls)
        row = []
        for name, control in self.controls.items():
            self._watch(control)
            row.append(control)
            if name == play:
                button, self._hidden_widgets = play_for(control, interval)
                row.append(button)
        self.view.children += (widgets.HBox(row, layout=WRAPPED),)
        self._start()

    @property
    def settings(self) -> dict:
        """The values of the controls."""
        return {name: control.value for name, control in self.controls.items()}

    def _compose(self) -> Scene:
        built = self._build(**self.settings)
        if any(self.controls[name].max != most for name, most in built.most.items()):
            for name, most in built.most.items():
                self.controls[name].max = most  # moves the slider to its new end, if beyond
                self.controls[name].disabled = most == self.controls[name].min
            built = self._build(**self.settings)
        self.feature_map, self.warning = built.feature_map, built.warning
        return built.scene

    def _use(self, number: int) -> str:
        return "point" if self._points_to else ""

    def _point(self, number: int | None, cell: tuple[int, int] | None) -> None:
        if self._points_to is None:
            return
        wanted = self._points_to(number, cell)
        if any(self.controls[name].value != value for name, value in wanted.items()):
            self._act(self._put, wanted)

    def _put(self, values: Mapping) -> None:
        for name, value in values.items():
            self.controls[name].value = value
