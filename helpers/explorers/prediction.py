"""Predict, then reveal: one number of the feature map is hidden until the reader has said it."""

from fractions import Fraction
from typing import ClassVar

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Snapshot
from helpers.exercises import Verdict, check
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Control, Push
from helpers.explorers.convolution import (
    OPTIONS,
    BuiltConvolution,
    build_convolution,
    first_settings,
)
from helpers.explorers.declaration import Declaration

NO_NUMBER = Verdict(False, "Not yet. Type one number, such as −3, 0.5 or 1/9.", "wrong_type")
LONGEST = 100  # letters of an answer; what is longer is not read as a number
SEED = 7  # the order in which cells are asked for
QUESTION = {"hidden": True, "answer": "", "verdict": None, "reply": ""}


def predict(image, kernel, *, position=None, limit: float | None = None, **options) -> "Prediction":
    """Hide one cell of the feature map and let the reader predict it.

    Parameters
    ----------
    image, kernel, options : as in `helpers.explorers.explore`, without `controls`
    position : cell that is asked for first; by default the explorer chooses one

    The controls are "answer" (a text box), "check", "reveal" and "next"; `verdict` is the verdict
    on the last answer.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    unknown = sorted(set(options) - set(OPTIONS))
    if unknown:
        raise TypeError(f"{unknown[0]} is no argument: allowed are {', '.join(OPTIONS)}")
    chance = np.random.default_rng(SEED)
    first = first_settings(image, kernel, OPTIONS | options, position, limit)
    if position is None:
        shape = build_convolution(**first).snapshot.sliding.shape
        first["position"] = _another_cell(first["position"], shape, chance)

    def ask_again(explorer: "Prediction") -> dict:
        place, shape = explorer.settings["position"], explorer.snapshot.sliding.shape
        return QUESTION | {"position": _another_cell(place, shape, chance)}

    controls = {
        "answer": Entry("your answer", change=_check),
        "check": Push("check", change=_check),
        "reveal": Push("reveal", change=lambda _: {"hidden": False, "reply": ""}),
        "next": Push("next", change=ask_again),
    }
    declaration = Declaration(controls, build_convolution, None, first | QUESTION, Prediction)
    return declaration.explorer()


class Prediction(Explorer):
    """See `predict`."""

    @property
    def snapshot(self) -> Snapshot:
        """The convolution on screen."""
        return self.built.snapshot

    @property
    def verdict(self) -> Verdict | None:
        """The verdict on the last answer."""
        return self.settings["verdict"]

    def _rows(self) -> list[widgets.Widget]:
        self._reply = widgets.HTML()
        return [widgets.HBox([*self.controls.values()]), self._reply]

    def _show(self, built: BuiltConvolution) -> None:
        super()._show(built)
        self._reply.value = self.settings["reply"]


class Entry(Control):
    """A box for one line of text, which is read when Enter is pressed or the box is left."""

    kind = widgets.Text
    look: ClassVar[dict] = {
        "placeholder": "one number",
        "continuous_update": False,
        "style": {"description_width": "calc(6.25 * var(--jp-widgets-font-size))"},  # any size
        "layout": {"width": "260px"},
    }


def _check(explorer: Prediction) -> dict:
    """Judge the answer in the box; known mistakes are named."""
    sliding = explorer.snapshot.sliding
    window = sliding.window(explorer.settings["position"])
    answer, verdict = read_number(explorer.controls["answer"].value), NO_NUMBER
    if not isinstance(answer, str):
        slip = "forgot_to_flip" if sliding.flip else "flipped_when_not"
        turned = float((window.values * np.flip(window.weights)).sum())
        verdict = check(answer, window.total, **{slip: turned})
    hidden = explorer.settings["hidden"] and not verdict
    return {"verdict": verdict, "reply": verdict._repr_html_(), "hidden": hidden}


def _another_cell(
    cell: tuple[int, ...], shape: tuple[int, ...], chance: np.random.Generator
) -> tuple[int, ...]:
    """Return a cell at random, never the same one twice in a row."""
    count = int(np.prod(shape))
    if count == 1:
        return cell
    number = np.ravel_multi_index(cell, shape) + 1 + chance.integers(count - 1)
    return tuple(int(i) for i in np.unravel_index(number % count, shape))


def read_number(text: str) -> object:
    """Turn what a reader typed into a number; a blank is `...`, anything else stays text."""
    text = text.strip().replace("−", "-").replace(",", ".")
    if len(text) > LONGEST:
        return text
    if not text.strip("."):
        return ...
    for kind in (int, float, lambda fraction: float(Fraction(fraction.replace(" ", "")))):
        try:
            return kind(text)
        except (ValueError, ZeroDivisionError, OverflowError):
            continue
    return text
