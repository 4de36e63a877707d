"""Curves: functions of one variable, labelled where they run, as a picture with its sentence."""

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from helpers.arguments import NUMBERS, as_array, brief
from helpers.drawing.pictures import Picture
from helpers.drawing.scene import INK, QUIET, WIDTH
from helpers.drawing.scenes import LONGEST_NAME
from helpers.drawing.snapshots import LARGEST_NUMBER
from helpers.drawing.words import number_text

HEIGHT, DPI = 420, 96  # pixels, and how many of them are an inch on screen
LETTERS, LARGE = 15, 18  # in points: 20 and 24 pixels
MOST_PANELS, MOST_CURVES, FEWEST_POINTS, MOST_POINTS = 3, 4, 2, 100_000
PLAIN_TEXT = {"text.parse_math": False}  # "$" is a letter here
STYLES = (  # told apart by the colour-blind (Okabe and Ito), on grey paper by their dashes
    {"color": "#0072b2", "linestyle": "-"},
    {"color": "#b84a00", "linestyle": (0, (6, 2))},
    {"color": "#00715a", "linestyle": (0, (6, 2, 1, 2))},
    {"color": INK, "linestyle": (0, (2, 1.5))},
)
HALO = {"linewidth": 5, "foreground": "white"}
PAD = 0.1  # inches round each panel
INNER = 0.06  # of the width: labels keep this far from the sides
RISE = 9  # points from a curve to its label

if TYPE_CHECKING:  # Matplotlib is imported by the first curve, not by every kernel
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Panels = Mapping[str, Mapping[str, Sequence[float]]]


def show_curves(x, panels: Panels, *, name: str = "x") -> Picture:
    """Return the picture of labelled curves, in up to three panels side by side.

    Parameters
    ----------
    x : array_like, (N,)
        Where the curves are known; grows from left to right.
    panels : title of each panel, with up to four curves by their labels, (N,) each
        A label has the same colour in every panel. NaN leaves a gap.
    name : what stands below the horizontal axis

    Raises
    ------
    ValueError
        For another number of panels, curves or values.

    Examples
    --------
    >>> show_curves([-1, 0, 1], {"Shape": {"square": [1, 0, 1]}})
    Shape: square from 0 to 1, largest at x = −1.
    """
    from matplotlib import style
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    with style.context(["default", PLAIN_TEXT]):  # whatever a reader has set for other figures
        figure, sentence = curves_figure(x, panels, name)
        canvas = FigureCanvasAgg(figure)  # belongs to no window, and is forgotten with the figure
        canvas.draw()
    buffer = io.BytesIO()
    Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB").save(buffer, "png")
    return Picture(buffer.getvalue(), sentence)


def curves_figure(x, panels: Panels, name: str) -> "tuple[Figure, str]":
    """Return the figure that `show_curves` draws, and its sentence."""
    from matplotlib.figure import Figure

    x, name = _checked_x(x), _text("name", name)
    curves = _checked_panels(x, panels)
    labels = list(dict.fromkeys(label for inner in curves.values() for label in inner))
    if len(labels) > MOST_CURVES:
        raise ValueError(f"panels has {len(labels)} labels: allowed are 1 to {MOST_CURVES}")
    styles = dict(zip(labels, STYLES, strict=False))
    figure = Figure(figsize=(WIDTH / DPI, HEIGHT / DPI), dpi=DPI, layout="constrained")
    figure.get_layout_engine().set(w_pad=PAD, h_pad=PAD, wspace=PAD)
    for number, (title, inner) in enumerate(curves.items(), start=1):
        axes = figure.add_subplot(1, len(curves), number)
        _draw(axes, x, inner, styles)
        axes.set_title(title, fontsize=LARGE, fontweight="bold", loc="left", color=INK)
        axes.set_xlabel(name, fontsize=LETTERS, color=INK)
    return figure, " ".join(_sentence(x, title, inner, name) for title, inner in curves.items())


def _checked_panels(x: np.ndarray, panels) -> dict[str, dict[str, np.ndarray]]:
    """Return the curves of every panel as arrays, or say what is wrong."""
    allowed = f"allowed are 1 to {MOST_PANELS} panels by their titles"
    if not isinstance(panels, Mapping):
        raise TypeError(f"panels={brief(panels)}: {allowed}")
    if not 1 <= len(panels) <= MOST_PANELS:
        raise ValueError(f"panels has {len(panels)} panels: {allowed}")
    return {_text("title", title): _checked(x, title, inner) for title, inner in panels.items()}


def _checked_x(x) -> np.ndarray:
    array = _floats("x", x)
    if array.ndim != 1 or array.size < FEWEST_POINTS or not (np.diff(array) > 0).all():
        raise ValueError(f"x has shape {array.shape}: allowed are (N,) growing numbers, N >= 2")
    return array


def _checked(x: np.ndarray, title: str, curves) -> dict[str, np.ndarray]:
    allowed = f"allowed are 1 to {MOST_CURVES} curves by their labels"
    if not isinstance(curves, Mapping):
        raise TypeError(f"panel {title!r} is {brief(curves)}: {allowed}")
    if not curves:
        raise ValueError(f"panel {title!r} has no curve: {allowed}")
    checked = {_text("label", label): _floats(f"curve {label!r}", y) for label, y in curves.items()}
    for label, y in checked.items():
        if y.shape != x.shape or np.isnan(y).all():
            raise ValueError(f"curve {label!r} has shape {y.shape}: allowed is {x.shape}, as x has")
    return checked


def _floats(name: str, value) -> np.ndarray:
    """Return numbers as floats; NaN is a gap, and infinity has no place in a picture."""
    array = as_array(name, value)
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} holds {array.dtype} values ({brief(value)}): allowed are {NUMBERS}"
        )
    if array.size > MOST_POINTS:
        raise ValueError(f"{name} has shape {array.shape}: allowed are up to {MOST_POINTS} values")
    with np.errstate(over="ignore"):  # what becomes infinite is refused
        array = array.astype(float)
    if (np.abs(array) > LARGEST_NUMBER).any():
        raise ValueError(
            f"{name} holds {brief(array)}: allowed are numbers up to {LARGEST_NUMBER:g}, and NaN"
        )
    return array


def _text(name: str, value) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_NAME or not value.isprintable():
        raise TypeError(f"{name}={brief(value)}: allowed are lines of up to {LONGEST_NAME} letters")
    return value


def _draw(axes: "Axes", x: np.ndarray, curves: Mapping[str, np.ndarray], styles: Mapping) -> None:
    """Draw the curves of one panel, with the axes through 0 and a label at each curve."""
    for position in ("top", "right"):
        axes.spines[position].set_visible(False)
    axes.axhline(0, color=QUIET, linewidth=1)
    if x[0] < 0 < x[-1]:
        axes.axvline(0, color=QUIET, linewidth=1)
    for label, y in curves.items():
        axes.plot(x, y, linewidth=3, label=label, **styles[label])
    axes.margins(x=0, y=0.12)
    axes.tick_params(labelsize=LETTERS, colors=INK)
    for label, y in curves.items():
        others = [other for name, other in curves.items() if name != label]
        _label(axes, x, y, _label_place(x, y, others), label, styles[label]["color"])


def _label(axes: "Axes", x, y, place: tuple[int, bool], label: str, colour: str) -> None:
    """Write the label of a curve above or below one of its points, in its colour."""
    from matplotlib.patheffects import withStroke

    index, above = place
    axes.annotate(
        label,
        (x[index], y[index]),
        (0, RISE if above else -RISE),
        textcoords="offset points",
        ha=_alignment(x, index),
        va="bottom" if above else "top",
        fontsize=LETTERS,
        fontweight="bold",
        color=colour,
        path_effects=[withStroke(**HALO)],
    )


def _label_place(x: np.ndarray, y: np.ndarray, others: Sequence[np.ndarray]) -> tuple[int, bool]:
    """Return at which point a curve stands farthest from the others, and whether it is above."""
    margin = INNER * (x[-1] - x[0])
    usable = np.isfinite(y) & (x >= x[0] + margin) & (x <= x[-1] - margin)
    comparable = usable & np.isfinite(others).all(axis=0) if others else usable
    usable = next(mask for mask in (comparable, usable, np.isfinite(y)) if mask.any())
    if not others:
        return int(np.nanargmax(np.where(usable, y, np.nan))), True
    distances = np.nan_to_num(np.stack([y - other for other in others]), nan=np.inf)
    nearest = abs(distances).min(axis=0)
    place = int(np.argmax(np.where(usable, nearest, -1)))
    closest = distances[int(np.argmin(abs(distances[:, place]))), place]
    return place, bool(closest >= 0)


def _alignment(x: np.ndarray, place: int) -> str:
    """Keep a label inside its panel."""
    share = (x[place] - x[0]) / (x[-1] - x[0])
    return "left" if share < 1 / 4 else "right" if share > 3 / 4 else "center"


def _sentence(x: np.ndarray, title: str, curves: Mapping[str, np.ndarray], name: str) -> str:
    """Say the range of every curve, and where it is largest first."""
    parts = []
    for label, y in curves.items():
        low, high = number_text(np.nanmin(y), 3), number_text(np.nanmax(y), 3)
        at = number_text(x[int(np.nanargmax(y))], 3)
        constant = f"{label} always {low}"
        told = f"{label} from {low} to {high}, largest at {name} = {at}"
        parts.append(constant if low == high else told)
    return f"{title}: {'; '.join(parts)}."
