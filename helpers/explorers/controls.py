"""Controls: the values that each one allows, and the widget that shows them.

A control is checked by the same domain whether its value comes from a caller or from the widget.
How wide and how large widgets are is said in `front/picture.css`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, plain, truth, whole

LEAST_RANGE = 8  # sliders go from -8 to 8, further for a kernel with larger weights
SLIDER_STEP = 0.1
MOST_WEIGHTS = 256  # with a slider each
SAME_STEP = 1e-6  # reported values this near to a step are that step
PLAY_INTERVAL = 600  # milliseconds
SLIDER_WIDTHS = {1: "300px", 2: "220px", 3: "190px", 4: "175px", 5: "160px"}
NARROW = "132px"
MANY = 5  # columns of sliders from which on readouts are narrow
WRAPPED = {"flex_flow": "row wrap", "max_width": "1000px", "align_items": "center"}
BESIDE = {"width": "auto", "margin": "2px 24px"}  # of a button or a check box among sliders


@dataclass(frozen=True, eq=False)
class Control:
    """A control and the values it allows.

    Attributes
    ----------
    label : what is written beside it
    change : called with the explorer when the control has been moved; returns the settings that
        change with it, by name
    """

    label: str
    change: Callable[[Any], dict] | None = field(default=None, kw_only=True)

    kind: ClassVar[Callable[..., widgets.Widget]]  # its widget, and how that looks
    look: ClassVar[dict] = {}
    first: ClassVar = None  # its value where the declaration gives none
    has_value: ClassVar[bool] = True
    interval: ClassVar[int] = 0  # milliseconds from one step to the next; 0 has no play button

    def checked(self, name: str, value) -> object:
        """Return `value` if it is allowed; raise an error that names the setting if it is not."""
        return value

    def widget(self, value) -> widgets.Widget:
        """Return the widget, which shows `value`."""
        shown = {"value": value} if self.has_value else {}
        return self.kind(description=self.label, **self.look, **shown)

    def watch(self, widget: widgets.Widget, act: Callable[[], None]) -> None:
        """Call `act` whenever the value of the widget changes."""
        widget.observe(lambda _: act(), "value")


@dataclass(frozen=True, eq=False)
class Whole(Control):
    """A slider over whole numbers, with a play button if there is an `interval`.

    With `most` None, `build` says where the slider ends (`Built.most`), and every value beyond
    that end is allowed at first.
    """

    least: int
    most: int | None = None
    interval: int = field(default=0, kw_only=True)

    @property
    def first(self) -> int:
        """The value nearest to 0."""
        return max(self.least, 0 if self.most is None else min(0, self.most))

    def checked(self, name: str, value) -> int:
        """Return a whole number that the slider reaches."""
        return whole(name, value, lowest=self.least, highest=self.most)

    def widget(self, value: int) -> widgets.IntSlider:
        """Return the slider."""
        most = max(value, self.least) if self.most is None else self.most
        return widgets.IntSlider(value, self.least, most, description=self.label)


@dataclass(frozen=True, eq=False)
class Choice(Control):
    """A drop-down list of values, or of (label, value) pairs; those in `later` are added later."""

    options: Sequence
    later: Sequence = field(default=(), kw_only=True)

    kind = widgets.Dropdown

    @property
    def values(self) -> list:
        """The values without their labels."""
        options = (*self.options, *self.later)
        return [option[1] if isinstance(option, tuple) else option for option in options]

    @property
    def first(self) -> object:
        """The first of the values."""
        return self.values[0]

    def checked(self, name: str, value) -> object:
        """Return the option that equals `value`, as float32(0.1) does 0.1; True is no number."""
        wanted = value if isinstance(value, np.generic) else plain(value)
        for option in self.values:
            if option == wanted and not isinstance(wanted, bool | np.bool_):
                return option
        shown = ", ".join(f'"{v}"' if isinstance(v, str) else f"{v}" for v in self.values)
        raise ValueError(f"{name}={brief(value)}: allowed are {shown}")

    def widget(self, value) -> widgets.Widget:
        """Return the list, or the slider, with the option in `later` that is shown already."""
        options = [*self.options, *(each for each in self.later if each == value)]
        return self.kind(options=options, value=value, description=self.label, **self.look)


class Steps(Choice):
    """A slider over values, or over (label, value) pairs, that need not be evenly spaced."""

    kind = widgets.SelectionSlider


class NarrowSteps(Steps):
    """One that leaves room for others beside it."""

    look: ClassVar[dict] = {"_dom_classes": ("explorer-narrow",)}


class Switch(Control):
    """A check box."""

    kind, first = widgets.Checkbox, False
    look: ClassVar[dict] = {"indent": False, "layout": BESIDE}

    def checked(self, name: str, value) -> bool:
        """Return True or False."""
        return truth(name, value)


class Push(Control):
    """A button; pressing it runs `change`."""

    kind, has_value = widgets.Button, False
    look: ClassVar[dict] = {"layout": {"width": "auto"}}

    def watch(self, widget: widgets.Button, act: Callable[[], None]) -> None:
        """Call `act` whenever the button is pressed."""
        widget.on_click(lambda _: act())


class Upload(Control):
    """A button that takes one PNG or JPEG file; `change` reads it."""

    kind, has_value = widgets.FileUpload, False
    look: ClassVar[dict] = {"accept": "image/png,image/jpeg", "layout": BESIDE}


class Toggle(Control):
    """A button that stays down until it is pressed again; the picture does not depend on it."""

    kind, has_value = widgets.ToggleButton, False
    look: ClassVar[dict] = {"layout": BESIDE}


class Weights(Control):
    """A slider for each weight of a kernel."""

    def checked(self, name: str, value: np.ndarray) -> np.ndarray:
        """Return the weights, if there are not too many."""
        if value.size > MOST_WEIGHTS:
            raise ValueError(
                f"{name} has shape {value.shape}: allowed beside its control are up to "
                f"{MOST_WEIGHTS} weights"
            )
        return value

    def widget(self, value: np.ndarray) -> "WeightSliders":
        """Return the sliders."""
        return WeightSliders(value)

    def watch(self, widget: "WeightSliders", act: Callable[[], None]) -> None:
        """Call `act` whenever a weight changes."""
        widget.act = act


def play_button(slider: widgets.IntSlider, interval: int) -> widgets.Play:
    """Return a button that moves a slider on, one step every `interval` milliseconds.

    They are linked here, not in the browser: there, each would report every step of the other.
    """
    play = widgets.Play(
        min=slider.min, interval=interval, show_repeat=False, layout={"width": "auto"}
    )
    play.observe(lambda change: setattr(slider, "value", change["new"]), "value")
    return play


class WeightSlider(widgets.FloatSlider):
    """A slider that keeps a weight between its steps, such as 1/9.

    The browser rounds the handle to a step and reports that back as if it had been moved; such a
    report is not an action of the reader and is dropped.
    """

    def set_state(self, sync_data: dict) -> None:
        """Take what the browser reports, unless it is the rounded value that is here already."""
        if "value" in sync_data and self._is_here(sync_data["value"]):
            sync_data = {name: value for name, value in sync_data.items() if name != "value"}
        super().set_state(sync_data)

    def _is_here(self, reported: float) -> bool:
        steps = np.floor((self.value - self.min) / self.step + 0.5)
        return abs(reported - (self.min + steps * self.step)) < SAME_STEP


class WeightSliders(list):
    """Rows of sliders, one for each weight, as the kernel has them.

    It is always the same list, so that its holder sees the sliders on screen.
    """

    def __init__(self, weights: np.ndarray) -> None:
        super().__init__()
        self.box = widgets.GridBox()
        self.act: Callable[[], None] = lambda: None
        self.all_sliders: dict[tuple[int, int], widgets.FloatSlider] = {}  # on screen or not
        self._axes = weights.ndim
        self.value = weights

    @property
    def value(self) -> np.ndarray:
        """The weights on the sliders; whole numbers are integers."""
        weights = np.array([[slider.value for slider in row] for row in self])
        if (weights == np.round(weights)).all():
            weights = weights.astype(np.int64)
        return weights[0] if self._axes == 1 else weights

    @value.setter
    def value(self, weights: np.ndarray) -> None:
        weights = np.atleast_2d(weights)
        reach = max(LEAST_RANGE, int(np.ceil(np.abs(weights).max())))
        if [len(row) for row in self] != [weights.shape[1]] * weights.shape[0]:
            self._arrange(weights.shape)
        for slider, value in zip(chain(*self), weights.ravel().tolist(), strict=True):
            if reach > slider.max:
                slider.min, slider.max = -reach, reach
            slider.value = value

    def _arrange(self, shape: tuple[int, int]) -> None:
        height, width = shape
        rows = [[self._slider(r, c) for c in range(width)] for r in range(height)]
        wide = SLIDER_WIDTHS.get(width, NARROW)
        self.box.layout.grid_template_columns = f"repeat({width}, minmax(0, {wide}))"
        self.box.layout.max_width = "100%"
        (self.box.add_class if width >= MANY else self.box.remove_class)("many-weights")
        self.box.children = [slider for row in rows for slider in row]
        self[:] = rows  # last: stopped before it, the next kernel arranges them anew

    def _slider(self, row: int, column: int) -> widgets.FloatSlider:
        if (row, column) not in self.all_sliders:
            slider = WeightSlider(
                0.0,
                min=-LEAST_RANGE,
                max=LEAST_RANGE,
                step=SLIDER_STEP,
                readout_format=".1f",
                tooltip=f"weight in row {row}, column {column}",
                layout={"width": "auto"},
            )
            slider.observe(lambda _: self.act(), "value")
            self.all_sliders[row, column] = slider
        return self.all_sliders[row, column]
