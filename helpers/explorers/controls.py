"""Controls in one style, and the sliders that stand in the shape of a kernel."""

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, ClassVar

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, is_whole, truth

LEAST_RANGE = 8  # sliders go from -8 to 8, further for a kernel with larger weights
SLIDER_STEP = 0.1
MOST_WEIGHTS = 256  # with a slider each
SAME_STEP = 1e-6  # reported values this near to a step are that step
PLAY_INTERVAL = 600  # milliseconds
SHORT_LABEL = 12  # letters of a label that needs no more room than others
LABEL = {"description_width": "100px"}
NUMBER_WIDTH, CHOICE_WIDTH = "350px", "400px"
SLIDER_WIDTHS = {1: "300px", 2: "220px", 3: "190px", 4: "175px", 5: "160px"}
NARROW = "132px"
BELOW = 6  # more controls than this stand beside a picture that fills the screen
MANY = 5  # columns of sliders from which on readouts are narrow
WRAPPED = {"flex_flow": "row wrap", "max_width": "1000px", "align_items": "center"}
CODE_STYLE = (
    "max-width:940px;max-height:260px;overflow:auto;background:#f5f5f5;color:#1a1a1a;"
    "padding:8px 12px;font-size:16px;line-height:1.4;white-space:pre-wrap;word-break:break-all"
)


@dataclass(frozen=True, eq=False)
class Control:
    """A control and the values it allows.

    Attributes
    ----------
    label : what is written beside it
    change : called with the explorer when the control has been moved; returns the settings that
        change with it, by name
    width : in pixels, of label and control together
    """

    label: str
    change: Callable[[Any], dict] | None = field(default=None, kw_only=True)
    width: int = field(default=350, kw_only=True)

    has_value: ClassVar[bool] = True
    interval: ClassVar[int] = 0  # milliseconds from one step to the next; 0 has no play button

    @property
    def first(self) -> object:
        """The value of the control where the caller has given none."""
        raise NotImplementedError

    def checked(self, name: str, value) -> object:
        """Return `value` if it is allowed; raise an error that names the setting if it is not."""
        raise NotImplementedError

    def widget(self, value) -> widgets.Widget:
        """Return the widget, which shows `value`."""
        raise NotImplementedError

    def watch(self, widget: widgets.Widget, act: Callable[[], None]) -> None:
        """Call `act` whenever the value of the widget changes."""
        widget.observe(lambda _: act(), "value")

    @property
    def _common(self) -> dict:
        space = "100px" if len(self.label) <= SHORT_LABEL else "120px"
        return {
            "description": self.label,
            "style": {"description_width": space},
            "layout": {"width": f"{self.width}px"},
        }


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
        end = (
            f"of at least {self.least}"
            if self.most is None
            else f"from {self.least} to {self.most}"
        )
        allowed = f"{name}={brief(value)}: allowed are whole numbers {end}"
        if not is_whole(value):
            raise TypeError(allowed)
        if value < self.least or (self.most is not None and value > self.most):
            raise ValueError(allowed)
        return int(value)

    def widget(self, value: int) -> widgets.IntSlider:
        """Return the slider."""
        most = max(value, self.least) if self.most is None else self.most
        return widgets.IntSlider(value, self.least, most, **self._common)


@dataclass(frozen=True, eq=False)
class Choice(Control):
    """A drop-down list of values, or of (label, value) pairs."""

    options: Sequence
    width: int = field(default=400, kw_only=True)

    @property
    def values(self) -> list:
        """The values without their labels."""
        return [option[1] if isinstance(option, tuple) else option for option in self.options]

    @property
    def first(self) -> object:
        """The first of the values."""
        return self.values[0]

    def checked(self, name: str, value) -> object:
        """Return the option that equals `value`; 2 is no text, and True is no number."""
        alike = [option for option in self.values if _alike(option, value)]
        for option in alike:
            if option == value:
                return option
        shown = ", ".join(f'"{v}"' if isinstance(v, str) else f"{v}" for v in self.values)
        error = ValueError if alike else TypeError
        raise error(f"{name}={brief(value)}: allowed are {shown}")

    def widget(self, value) -> widgets.Dropdown:
        """Return the list."""
        return widgets.Dropdown(options=list(self.options), value=value, **self._common)


@dataclass(frozen=True, eq=False)
class Steps(Choice):
    """A slider over values, or over (label, value) pairs, that need not be evenly spaced."""

    width: int = field(default=350, kw_only=True)

    def widget(self, value) -> widgets.SelectionSlider:
        """Return the slider."""
        return widgets.SelectionSlider(options=list(self.options), value=value, **self._common)


def _alike(option, value) -> bool:
    if isinstance(option, Real):
        return isinstance(value, Real) and not isinstance(value, bool)
    return isinstance(value, type(option))


@dataclass(frozen=True, eq=False)
class Switch(Control):
    """A check box."""

    first: ClassVar[bool] = False

    def checked(self, name: str, value) -> bool:
        """Return True or False."""
        return truth(name, value)

    def widget(self, value: bool) -> widgets.Checkbox:
        """Return the check box."""
        layout = {"width": "auto", "margin": "2px 24px"}
        return widgets.Checkbox(value, description=self.label, indent=False, layout=layout)


@dataclass(frozen=True, eq=False)
class Push(Control):
    """A button; pressing it runs `change`."""

    has_value: ClassVar[bool] = False

    def widget(self, value: None = None) -> widgets.Button:
        """Return the button."""
        return widgets.Button(description=self.label, layout={"width": "auto"})

    def watch(self, widget: widgets.Button, act: Callable[[], None]) -> None:
        """Call `act` whenever the button is pressed."""
        widget.on_click(lambda _: act())


def play_button(slider: widgets.IntSlider, interval: int) -> widgets.Play:
    """Return a button that moves a slider on, one step every `interval` milliseconds.

    They are linked here, not in the browser: there, each would report every step of the other.
    """
    play = widgets.Play(
        min=slider.min, interval=interval, show_repeat=False, layout={"width": "auto"}
    )
    play.observe(lambda change: setattr(slider, "value", change["new"]), "value")
    return play


def whole_slider(description: str, value: int, least: int, most: int) -> widgets.IntSlider:
    """Return a labelled slider over whole numbers."""
    return widgets.IntSlider(
        value, least, most, description=description, style=LABEL, layout={"width": NUMBER_WIDTH}
    )


def one_number(description: str, value, most: int) -> widgets.IntSlider:
    """Return a slider from 1 for an option that may also have one value per axis."""
    if not is_whole(value):
        raise ValueError(
            f"{description}={brief(value)}: allowed beside its control is one number for all axes"
        )
    return whole_slider(description, value, 1, max(most, value))


def choice(description: str, options, value) -> widgets.Dropdown:
    """Return a labelled drop-down list."""
    return widgets.Dropdown(
        options=options,
        value=value,
        description=description,
        style=LABEL,
        layout={"width": CHOICE_WIDTH},
    )


def switch(description: str, value: bool) -> widgets.Checkbox:
    """Return a labelled check box."""
    return widgets.Checkbox(
        value, description=description, indent=False, layout={"width": "auto", "margin": "2px 24px"}
    )


def play_for(
    slider: widgets.IntSlider, interval: int = PLAY_INTERVAL
) -> tuple[widgets.Play, list[widgets.Widget]]:
    """Return a play button that moves a slider in the browser, and the links between them."""
    play = widgets.Play(
        value=slider.value,
        min=slider.min,
        max=slider.max,
        interval=interval,
        show_repeat=False,
        layout={"width": "auto"},
    )
    links = [
        widgets.jslink((play, "value"), (slider, "value")),
        widgets.jslink((slider, "max"), (play, "max")),
    ]
    return play, links


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


class KernelSliders:
    """One slider per weight, in rows and columns as the kernel has them.

    `rows` is always the same list, so that whoever holds it sees the sliders on screen.
    """

    def __init__(self, kernel: np.ndarray, watch: Callable[[widgets.Widget], None]) -> None:
        if kernel.size > MOST_WEIGHTS:
            raise ValueError(
                f"kernel has shape {kernel.shape}: allowed beside its control are up to "
                f"{MOST_WEIGHTS} weights"
            )
        self.rows: list[list[widgets.FloatSlider]] = []
        self.box = widgets.GridBox()
        self._watch = watch
        self._made: dict[tuple[int, int], widgets.FloatSlider] = {}
        self._axes = kernel.ndim
        self.set(kernel)

    @property
    def kernel(self) -> np.ndarray:
        """The weights on the sliders; whole numbers are integers."""
        weights = np.array([[slider.value for slider in row] for row in self.rows])
        if (weights == np.round(weights)).all():
            weights = weights.astype(np.int64)
        return weights[0] if self._axes == 1 else weights

    def set(self, kernel: np.ndarray) -> None:
        """Show sliders for every weight of `kernel` and put them on its values."""
        weights = np.atleast_2d(kernel)
        reach = max(LEAST_RANGE, int(np.ceil(np.abs(weights).max())))
        if [len(row) for row in self.rows] != [weights.shape[1]] * weights.shape[0]:
            self._arrange(weights.shape)
        for row, values in zip(self.rows, weights.tolist(), strict=True):
            for slider, value in zip(row, values, strict=True):
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
        for row in rows:
            for slider in row:
                slider.layout.width = "auto"
        self.box.children = [slider for row in rows for slider in row]
        self.rows[:] = rows  # last: stopped before it, the next kernel arranges them anew

    def _slider(self, row: int, column: int) -> widgets.FloatSlider:
        if (row, column) not in self._made:
            slider = WeightSlider(
                0.0,
                min=-LEAST_RANGE,
                max=LEAST_RANGE,
                step=SLIDER_STEP,
                readout_format=".1f",
                tooltip=f"weight in row {row}, column {column}",
            )
            self._watch(slider)
            self._made[row, column] = slider
        return self._made[row, column]

    @property
    def widgets(self) -> list[widgets.Widget]:
        """Every slider, also those not on screen, and their box."""
        return [self.box, *self._made.values()]


def resized(weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Put the middle of `weights` in the middle of an array of `shape`, zeros around it."""
    result = np.zeros(shape, dtype=weights.dtype)
    into, out_of = [], []
    for new, old in zip(shape, weights.shape, strict=True):
        common, ahead = min(new, old), (new - 1) // 2 - (old - 1) // 2
        into.append(slice(max(ahead, 0), max(ahead, 0) + common))
        out_of.append(slice(max(-ahead, 0), max(-ahead, 0) + common))
    result[tuple(into)] = weights[tuple(out_of)]
    return result


class CodeView:
    """A button that shows code, and the code."""

    def __init__(self, code: Callable[[], str]) -> None:
        self._code = code
        self.button = widgets.ToggleButton(
            False, description="Show the code", layout={"width": "160px", "margin": "2px 24px"}
        )
        self.text = widgets.HTML()
        self.button.observe(lambda _: self.write(self._code()), "value")

    @property
    def open(self) -> bool:
        """Whether the code is on screen."""
        return self.button.value

    def write(self, code: str) -> None:
        """Show `code`, or nothing while the button is up."""
        shown = f'<pre tabindex="0" style="{CODE_STYLE}">{html.escape(code)}</pre>'
        self.text.value = shown if self.open else ""


def upload_button(description: str) -> widgets.FileUpload:
    """Return a button that takes one PNG or JPEG file."""
    return widgets.FileUpload(
        accept="image/png,image/jpeg",
        multiple=False,
        description=description,
        layout={"width": "220px", "margin": "2px 24px"},
    )


def by_keyboard(names: Sequence[str], controls: dict) -> tuple[widgets.Widget, ...]:
    """Place what pointing moves and `names` lacks; it comes into sight when Tab reaches it."""
    rest = [controls[name] for name in ("step", "cell") if name not in names]
    boxes = (widgets.HBox(rest, layout=WRAPPED),) if rest else ()
    for box in boxes:
        box.add_class("explorer-by-keyboard")
    return boxes


def arranged(names: Sequence[str], controls: dict, parts: dict) -> tuple[widgets.Widget, ...]:
    """Place the named controls: window and play, weights, everything else, code."""
    steps = [controls[name] for name in ("step", "cell") if name in names]
    if "step" in names:
        steps.insert(1, parts["play"])
    others = [controls[n] for n in names if n not in ("step", "cell", "kernel")]
    blocks = [widgets.HBox(steps, layout=WRAPPED)] if steps else []
    if "kernel" in names:
        blocks.append(parts["kernel"])
    if others:
        blocks.append(widgets.HBox(others, layout=WRAPPED))
        if len(others) > BELOW:
            blocks[-1].add_class("explorer-beside")
    if "code" in names:
        blocks.append(parts["code text"])
    return tuple(blocks)
