"""Predict, then reveal: one number of the feature map is hidden until the reader has said it."""

from fractions import Fraction

import ipywidgets as widgets
import numpy as np

from helpers.exercises import Verdict, check
from helpers.explorers.convolution import ConvolutionExplorer

NO_NUMBER = Verdict(False, "Not yet. Type one number, such as −3, 0.5 or 1/9.", "wrong_type")
LONGEST = 100  # letters of an answer; what is longer is not read as a number
SEED = 7  # the order in which cells are asked for


def predict(image, kernel, *, position=None, limit: float | None = None, **options) -> "Prediction":
    """Hide one cell of the feature map and let the reader predict it.

    Parameters
    ----------
    image, kernel, options : as in `helpers.explorers.explore`, without `controls`
    position : cell that is asked for first, chosen by the explorer unless told otherwise

    The controls are "answer" (a text box), "check", "reveal" and "next"; `verdict` is what was said
    about the last answer.
    """
    defaults = {
        "stride": 1,
        "padding": "valid",
        "dilation": 1,
        "border": "zeros",
        "flip": True,
    }
    unknown = sorted(set(options) - set(defaults))
    if unknown:
        raise TypeError(f"{unknown[0]} is no argument: allowed are {', '.join(defaults)}")
    return Prediction(image, kernel, (), defaults | options, position=position, limit=limit)


class Prediction(ConvolutionExplorer):
    """See `predict`."""

    _is_pointed_at = False  # it says which cell is asked for

    def __init__(self, image, kernel, controls, options, *, position=None, limit=None) -> None:
        self._told = False
        self._chance = np.random.default_rng(SEED)
        self.verdict: Verdict | None = None
        self._chosen = position is not None
        super().__init__(image, kernel, controls, options, position=position, limit=limit)

    def _start(self) -> None:
        if not self._chosen:
            self._choose()
        super()._start()

    def _hidden(self) -> tuple[int, ...] | None:
        return None if self._told else self._position

    def _make(self, names) -> None:
        super()._make(names)
        answer = widgets.Text(
            description="your answer",
            placeholder="one number",
            continuous_update=False,
            style={"description_width": "100px"},
            layout={"width": "260px"},
        )
        self.controls["answer"] = answer
        self._watch(answer, lambda _: self._check())
        buttons = {"check": self._check, "reveal": self._reveal, "next": self._choose}
        for name, action in buttons.items():
            self.controls[name] = widgets.Button(description=name)
            self.controls[name].on_click(lambda _, action=action: self._act(action))
        self._said = widgets.HTML()
        row = widgets.HBox([answer, *(self.controls[name] for name in buttons)])
        self.view.children += (row, self._said)

    def _check(self) -> None:
        """Judge what stands in the text box: when Enter is pressed, when it is left, on a click."""
        window = self.snapshot.sliding.window(self._position)
        answer = read_number(self.controls["answer"].value)
        self.verdict = NO_NUMBER
        if not isinstance(answer, str):
            self.verdict = check(answer, window.total, **self._slips(window))
        self._said.value = self.verdict._repr_html_()
        self._told = self._told or bool(self.verdict)

    def _slips(self, window) -> dict:
        """Return the answers that known mistakes would give here."""
        other = "forgot_to_flip" if self.snapshot.sliding.flip else "flipped_when_not"
        turned = float((window.values * np.flip(window.weights)).sum())
        return {other: turned}

    def _point(self, number, cell) -> None:
        """Do not let the mouse choose what is asked."""

    def _reveal(self) -> None:
        self._told = True
        self._said.value = ""

    def _choose(self) -> None:
        """Hide another cell, never the same twice in a row."""
        shape = self.snapshot.sliding.shape
        count, last = int(np.prod(shape)), np.ravel_multi_index(self._position, shape)
        if count > 1:
            number = (last + 1 + self._chance.integers(count - 1)) % count
            self._position = tuple(int(i) for i in np.unravel_index(number, shape))
        self._told, self.verdict = False, None
        self.controls["answer"].value = ""
        self._said.value = ""


def _fraction(text: str) -> float:
    """Read a fraction such as 1/9."""
    return float(Fraction(text.replace(" ", "")))


def read_number(text: str) -> object:
    """Turn what a reader typed into a number; a blank is `...`, anything else stays text."""
    text = text.strip().replace("−", "-").replace(",", ".")
    if len(text) > LONGEST:
        return text
    if not text.strip("."):
        return ...
    for kind in (int, float, _fraction):
        try:
            return kind(text)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
    return text
