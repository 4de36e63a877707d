"""How an explorer is written: its controls, one pure function, and where pointing leads.

A declaration names the controls, each with the values it allows (`helpers.explorers.controls`), and
`build`, which turns one value for each of them into a `Built`: the array on screen, the scene, and
what the controls take over from it. Nothing else is written twice:

- `declaration.explorer(stride=2)` checks the values it is given, gives every other control its
  first value, builds the picture once and only then makes a widget;
- `declaration.picture(stride=2)` returns the same picture as `show_...` does, without any widget;
- a control that does more than hold a value has a `change`: a function of the explorer that returns
  the settings to be changed before the picture is built. `point` (grid and cell under the pointer)
  does the same, and so do buttons (`Push`);
- what an explorer remembers beside its controls is its `state`: settings without a widget.

`build` raises ValueError with a sentence for the reader where settings do not work together. A
value beyond the end that `Built.most` gives a slider is to `build` the same as that end.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.drawing import (
    BODY,
    CASING,
    INK,
    LINE,
    MARGIN,
    Grid,
    Picture,
    Scene,
    Stroke,
    Text,
    bottom_of,
    render,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Control


@dataclass(frozen=True, eq=False)
class Built:
    """What is shown for some settings.

    Attributes
    ----------
    feature_map : ndarray
    scene : Scene
    most : upper ends of sliders whose range depends on other settings, by name
    warning : a sentence shown beside the picture, where the settings work but lead astray
    values : settings that follow from the others, by name; their controls show them
    idle : names of controls that change nothing at present
    """

    feature_map: np.ndarray
    scene: Scene
    most: Mapping[str, int] = field(default_factory=dict)
    warning: str = ""
    values: Mapping = field(default_factory=dict)
    idle: Sequence[str] = ()


@dataclass(frozen=True, eq=False)
class Declaration:
    """All that is particular to an explorer.

    Attributes
    ----------
    controls : controls by name, in the order in which they are shown
    build : called with the value of every setting by its name, returns a `Built`
    point : called with the explorer, the number of the grid in the scene and the (row, column) of
        the cell under the pointer, both None outside; returns the settings to change
    state : first values of settings, also of those that have no control
    kind : the class of the explorer, where it has attributes of its own
    """

    controls: Mapping[str, Control]
    build: Callable[..., Built]
    point: Callable[[Explorer, int | None, tuple[int, int] | None], Mapping] | None = None
    state: Mapping = field(default_factory=dict)
    kind: Callable[..., Explorer] = Explorer

    def explorer(self, **first) -> Explorer:
        """Return the live explorer; `first` holds first values of its controls."""
        return self.kind(self, self.settings(first))

    def picture(self, **values) -> Picture:
        """Return the picture that the explorer shows for these values of its controls."""
        return render(self.built(self.settings(values)).scene)

    def settings(self, values: Mapping) -> dict:
        """Return one value for every setting: those given, checked, and the first of the others."""
        valued = {name: control for name, control in self.controls.items() if control.has_value}
        for name in values:
            if name not in valued:
                raise TypeError(f"{name} is no argument: allowed are {', '.join(valued)}")
        first = {name: control.first for name, control in valued.items()}
        return self._checked(first | self.state | values)

    def built(self, settings: Mapping) -> Built:
        """Check the values of the controls and build the picture."""
        with np.errstate(under="ignore"):  # NumPy's usual, which a reader may have changed
            return self.build(**self._checked(settings))

    def _checked(self, settings: Mapping) -> dict:
        known = self.controls
        return {n: known[n].checked(n, v) if n in known else v for n, v in settings.items()}


def page(
    grids: Sequence[Grid],
    lines: Sequence[str],
    sentence: str,
    *,
    top: int = 0,
    headline: bool = True,
    rows: int = 0,
    texts: Sequence[Text] = (),
    strokes: Sequence[Stroke] = (),
) -> Scene:
    """Lay out lines of text below grids, the first one bold unless `headline` is False.

    `top` is the baseline of the first line in pixels, below the grids unless given; `rows` the
    number of lines for which room is kept; `texts` and `strokes` are placed already.

    Examples
    --------
    >>> scene = page([Grid(np.eye(2), "", y=70, scale=False)], ["Two ones"], "An identity matrix.")
    >>> scene.height, scene.texts[0].y
    (160, 140)
    """
    top = top or bottom_of(grids) + LINE
    below = [
        Text(MARGIN, top + n * LINE, line, BODY, *((CASING, True) if bold else (INK, False)))
        for n, line in enumerate(lines)
        for bold in [headline and n == 0]
    ]
    height = top + (max(len(lines), rows) - 1) * LINE + MARGIN
    return Scene(tuple(grids), (*texts, *below), height, sentence, tuple(strokes))
