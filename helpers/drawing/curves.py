"""Curves: functions of one variable with their names beside them, and a loss that falls."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from helpers.arguments import as_array
from helpers.drawing.arrays import checked_line, checked_names, drawable
from helpers.drawing.colours import BLUE, CASING, GREEN, GRID_LINE, INK, ORANGE, QUIET, VERMILION
from helpers.drawing.letters import BODY, TITLE, text_width
from helpers.drawing.paint import Picture, render
from helpers.drawing.scene import MARGIN, WIDTH, Box, Scene, Stroke, Text
from helpers.drawing.words import number_text

HEIGHT, GAP = 420, 36  # of a picture of curves; between its panels
PANEL_TOP, BELOW_PANEL = 56, 66  # room for the title; for the numbers and the name below
MOST_PANELS = 3
STYLES = (  # told apart by the colour-blind (Okabe and Ito), in grey by their dashes
    (BLUE, ()),
    (VERMILION, (14.0, 6.0)),
    (GREEN, (14.0, 5.0, 4.0, 5.0)),
    (INK, (4.0, 4.0)),
)
CURVE, AXIS, RULE = 3.0, 1.5, 1.0  # widths of lines
TICK, TICK_GAP = 6, 6  # length of a tick, and from there to its number
ROW_OF_TICK, COLUMN_OF_TICK = 36, 64  # room for a number beside an axis, and below one
HEADROOM = 0.12  # of the range of values, above and below them
RISES = (8, 16, 28)  # from a curve to its label
MOST_PLACES = 25  # tried along a curve
LABEL_ROOM = 4  # pixels round a label
FAR = 60  # pixels; another curve at least so far from a label cannot be taken for its own
COVERED, ASIDE = 20, 0.02  # what a pixel of a covered line, and one from the middle, counts
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
LEAST_PLAIN, MOST_PLAIN = -3, 4  # powers of ten from and to which numbers are written in full
DOT = 26  # letter height of the mark on the loss
DOT_DROP = 0.36  # of it: from the middle of the mark down to its baseline
BELOW = 24  # from the lower end of the axis to the baseline of its numbers

Panels = Mapping[str, Mapping[str, Sequence[float]]]
Curves = Mapping[str, np.ndarray]


def show_curves(x, panels: Panels, *, name: str = "x") -> Picture:
    """Return the picture of labelled curves, in up to three panels side by side.

    Parameters
    ----------
    x : array_like, (N,)
        Where the curves are known; grows from left to right.
    panels : title of each panel, with up to four curves by their labels, (N,) each
        A label has the same colour in every panel. NaN leaves a gap.
    name : what is written below the horizontal axis

    Raises
    ------
    TypeError, ValueError
        For another number of panels, curves or values.

    Examples
    --------
    >>> show_curves([-1, 0, 1], {"Shape": {"square": [1, 0, 1]}})
    Shape: square from 0 to 1, largest at x = −1.
    """
    x, name = _floats("x", x), checked_line("name", name)
    if x.ndim != 1 or x.size < 2 or not (np.diff(x) > 0).all():
        raise ValueError(f"x has shape {x.shape}: allowed are (N,) growing numbers, N >= 2")
    checked_names("panels", panels, MOST_PANELS)
    checked = {}
    for title, curves in panels.items():
        checked_names(f"panel {title!r}", curves, len(STYLES))
        checked[title] = {label: _floats(f"curve {label!r}", y) for label, y in curves.items()}
        for label, y in checked[title].items():
            if y.shape != x.shape or np.isnan(y).all():
                shapes = f"has shape {y.shape}: allowed is {x.shape}, as x has"
                raise ValueError(f"curve {label!r} {shapes}, and not NaN alone")
    labels = dict.fromkeys(label for curves in checked.values() for label in curves)
    if len(labels) > len(STYLES):
        raise ValueError(f"panels has {len(labels)} labels: allowed are 1 to {len(STYLES)}")
    return render(_scene(x, checked, name, dict(zip(labels, STYLES, strict=False))))


def _floats(name: str, value) -> np.ndarray:
    """Return numbers as floats; NaN is a gap."""
    array = as_array(name, value)
    known = array.copy()
    known[array != array] = 0
    drawable(name, known)
    return array.astype(float)


# --- Panels of curves ----------------------------------------------------------------------------


def _scene(x: np.ndarray, panels: Mapping[str, Curves], name: str, styles: Mapping) -> Scene:
    """Lay out the panels and describe them."""
    column = (WIDTH - 2 * MARGIN - GAP * (len(panels) - 1)) // len(panels)
    strokes, texts, sentences = [], [], []
    for number, (title, curves) in enumerate(panels.items()):
        left = MARGIN + number * (column + GAP)
        texts.append(Text(left, PANEL_TOP - 24, title, TITLE, INK, True))
        lines, letters = _panel(x, curves, styles, left, column, name)
        strokes += lines
        texts += letters
        sentences.append(_sentence(x, title, curves, name))
    return Scene((), tuple(texts), HEIGHT, " ".join(sentences), tuple(strokes))


class Axes(NamedTuple):
    """A panel: where it is drawn, and the numbers at its ends."""

    box: Box
    left: float
    right: float
    low: float
    high: float

    def across(self, values) -> np.ndarray:
        """Return the pixels of numbers along the horizontal axis."""
        share = (np.asarray(values) - self.left) / (self.right - self.left)
        return self.box.left + self.box.width * share

    def down(self, values) -> np.ndarray:
        """Return the pixels of numbers along the vertical axis."""
        share = (self.high - np.asarray(values)) / (self.high - self.low)
        return self.box.top + self.box.height * share


def _panel(x, curves: Curves, styles: Mapping, left: int, column: int, name: str) -> tuple:
    """Draw axes, curves and labels of one panel."""
    low = min(np.nanmin(y) for y in curves.values())
    high = max(np.nanmax(y) for y in curves.values())
    room = HEADROOM * (high - low) or 0.5 * (abs(high) or 1.0)
    low, high = low - room, high + room
    height = HEIGHT - PANEL_TOP - BELOW_PANEL
    rows = {number_text(n, 6): n for n in ticks_between(low, high, height // ROW_OF_TICK)}
    indent = TICK + TICK_GAP + int(max(text_width(text) for text in rows))
    box = Box(left + indent, PANEL_TOP, column - indent, height)
    axes = Axes(box, x[0], x[-1], low, high)
    strokes, texts = _axes(axes, rows, name)
    lines = [_dots(stroke.points) for stroke in strokes]
    places = {}
    for label, y in curves.items():
        runs = list(_runs(axes.across(x), axes.down(y)))
        strokes += [Stroke(run, CURVE, *styles[label]) for run in runs]
        places[label] = np.concatenate([_dots(run) for run in runs])
    return strokes, texts + _labels(places, np.concatenate(lines), box, styles)


def _axes(axes: Axes, rows: Mapping[str, float], name: str) -> tuple[list[Stroke], list[Text]]:
    """Draw the two axes with their numbers, and thin lines where a number is 0."""
    box, bottom, right = axes.box, axes.box.top + axes.box.height, axes.box.left + axes.box.width
    frame = ((box.left, box.top), (box.left, bottom), (right, bottom))
    strokes, texts = [Stroke(frame, AXIS, INK)], []
    for text, n in rows.items():
        y, end = float(axes.down(n)), box.left - TICK
        strokes.append(Stroke(((end, y), (box.left, y)), AXIS, INK))
        texts.append(Text(end - TICK_GAP, round(y) + 7, text, anchor="r"))
    for n in ticks_between(axes.left, axes.right, box.width // COLUMN_OF_TICK):
        x = float(axes.across(n))
        strokes.append(Stroke(((x, bottom), (x, bottom + TICK)), AXIS, INK))
        texts.append(Text(round(x), bottom + BELOW, number_text(n, 6), anchor="m"))
    texts.append(Text(box.left + box.width // 2, bottom + BELOW + 26, name, anchor="m"))
    if axes.low < 0 < axes.high:
        y = float(axes.down(0))
        strokes.append(Stroke(((box.left, y), (right, y)), RULE, QUIET))
    if axes.left < 0 < axes.right:
        x = float(axes.across(0))
        strokes.append(Stroke(((x, box.top), (x, bottom)), RULE, QUIET))
    return strokes, texts


def ticks_between(low: float, high: float, most: int) -> list[float]:
    """Return round numbers between two ends, about `most` or fewer.

    >>> ticks_between(-6, 6, 8), ticks_between(0, 0.9, 8)
    ([-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0], [0.0, 0.2, 0.4, 0.6, 0.8])
    """
    power = 10.0 ** np.floor(np.log10((high - low) / most))
    step = next(n * power for n in (1, 2, 5, 10) if (high - low) / (n * power) <= most)
    first, last = np.ceil(low / step - 1e-9), np.floor(high / step + 1e-9)
    return [float(f"{n * step:.12g}") + 0.0 for n in np.arange(first, last + 1)]


def _runs(xs: np.ndarray, ys: np.ndarray) -> Iterator[tuple[tuple[float, float], ...]]:
    """Yield the pieces of a curve between its gaps, as points."""
    known = np.flatnonzero(np.isfinite(ys))
    for piece in np.split(known, np.flatnonzero(np.diff(known) > 1) + 1):
        yield tuple(zip(xs[piece].tolist(), ys[piece].tolist(), strict=True))


def _dots(points: Sequence[tuple[float, float]]) -> np.ndarray:
    """Return points along a line, about three pixels apart, (M, 2)."""
    corners = np.array(points, dtype=float)
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(corners, axis=0).T))])
    places = np.linspace(0, along[-1], int(along[-1] / 3) + 2)
    return np.stack([np.interp(places, along, part) for part in corners.T], axis=1)


def _labels(places: Mapping[str, np.ndarray], axes, box: Box, styles: Mapping) -> list[Text]:
    """Write each label beside its curve, where it covers nothing and is far from other curves."""
    taken, texts = [axes, *places.values()], []
    for label, own in places.items():
        width, height = size = np.array([text_width(label, BODY, True), 0.75 * BODY])
        others = [dots for name, dots in places.items() if name != label]
        points = own[:: max(len(own) // MOST_PLACES, 1)]
        offsets = [(-width / 2, dy) for n in RISES for dy in (-n - height, n)]
        offsets += [(dx, -height / 2) for n in RISES for dx in (-n - width, n)]
        corners = (points + np.array(offsets)[:, np.newaxis]).reshape(-1, 2)
        least = (box.left + LABEL_ROOM, box.top - height)
        most = (box.left + box.width - width, box.top + box.height - height - LABEL_ROOM)
        corners = np.clip(corners, least, most)
        middles = corners + size / 2
        covered = sum(_inside(dots, corners, size) for dots in taken)
        away = np.minimum.reduce([_distances(dots, middles) for dots in others], initial=FAR)
        aside = np.abs(middles[:, 0] - box.left - box.width / 2)
        scores = away - _distances(own, middles) - COVERED * covered - ASIDE * aside
        corner = corners[scores.argmax()]
        left, baseline = round(corner[0]), round(corner[1] + height)
        texts.append(Text(left, baseline, label, BODY, styles[label][0], True))
        across, down = np.meshgrid(np.arange(0, width, 4), np.arange(0, height, 4))
        taken.append(corner + np.stack([across.ravel(), down.ravel()], axis=1))
    return texts


def _inside(dots: np.ndarray, corners: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Count, for a label at each corner, the dots inside it and the room around it."""
    low, high = corners - LABEL_ROOM, corners + size + LABEL_ROOM
    across, down = ((dots[:, [n]] > low[:, n]) & (dots[:, [n]] < high[:, n]) for n in (0, 1))
    return np.count_nonzero(across & down, axis=0)


def _distances(dots: np.ndarray, places: np.ndarray) -> np.ndarray:
    """Return how far each place is from the nearest dot."""
    across, down = (dots[:, [n]] - places[:, n] for n in (0, 1))
    return np.hypot(across, down).min(axis=0)


def _sentence(x: np.ndarray, title: str, curves: Curves, name: str) -> str:
    """Describe the range of every curve, and where it is largest first."""
    parts = []
    for label, y in curves.items():
        at = x[int(np.nanargmax(y))]
        low, high, at = (number_text(n, 3) for n in (np.nanmin(y), np.nanmax(y), at))
        moving = f"{label} from {low} to {high}, largest at {name} = {at}"
        parts.append(f"{label} always {low}" if low == high else moving)
    return f"{title}: {'; '.join(parts)}."


# --- A curve that is redrawn while a slider moves ------------------------------------------------


def power_text(value: float) -> str:
    """Write a number with three digits, very small and large ones with a power of ten.

    >>> [power_text(v) for v in (12.5, 0.0625, 0.00000034, -1234567, 0)]
    ['12.5', '0.0625', '3.4·10⁻⁷', '−1.23·10⁶', '0']
    """
    if value == 0 or 10.0**LEAST_PLAIN <= abs(value) < 10.0**MOST_PLAIN:
        return number_text(float(f"{value:.3g}"), 6)
    digits, power = f"{value:.2e}".split("e")
    return f"{number_text(float(digits))}·10{str(int(power)).translate(RAISED)}"


def tick_text(power: int) -> str:
    """Write a power of ten beside an axis.

    >>> [tick_text(n) for n in (-6, -3, 0, 3, 6)]
    ['10⁻⁶', '0.001', '1', '1000', '10⁶']
    """
    if LEAST_PLAIN <= power < MOST_PLAIN:
        return number_text(float(10.0**power), 3)
    return f"10{str(power).translate(RAISED)}"


def log_curve(
    values: Sequence[float], at: int, box: Box, powers: Sequence[int], last: int
) -> tuple[list[Stroke], list[Text]]:
    """Draw positive values over their numbers 0, 1, 2, ... on an axis of powers of ten.

    Values beyond the axis are drawn at its end, and number `at` is marked. `box` is where to draw,
    with numbers around it: `powers` up the axis (3 means 10**3), and `last` at its right end.

    >>> strokes, texts = log_curve([100, 1], 0, Box(50, 70, 10, 20), (0, 1, 2), 1)
    >>> strokes[-1].points
    ((50.0, 70.0), (60.0, 90.0))
    """
    left, top, width, height = box
    low, high = powers[0], powers[-1]
    rows = {n: top + height * (high - n) / (high - low) for n in powers}
    strokes = [Stroke(((left, y), (left + width, y)), RULE, GRID_LINE) for y in rows.values()]
    strokes.append(Stroke(((left, top), (left, top + height)), AXIS, INK))
    powers_of = np.log10(np.clip(np.asarray(values, dtype=float), 10.0**low, 10.0**high))
    xs = left + width * np.arange(len(powers_of)) / last
    ys = top + height * (high - powers_of) / (high - low)
    points = tuple(zip(xs.tolist(), ys.tolist(), strict=True))
    if len(points) > 1:
        strokes.append(Stroke(points, CURVE, BLUE))
    texts = [Text(left - 8, round(y) + 7, tick_text(n), anchor="r") for n, y in rows.items()]
    baseline = top + height + BELOW
    texts.append(Text(left, baseline, "step 0", BODY, QUIET))
    texts.append(Text(left + width, baseline, f"{last}", BODY, QUIET, anchor="r"))
    x, y = points[at]
    for size, colour in ((DOT, CASING), (DOT - 6, ORANGE)):  # in the colours of a window
        texts.append(Text(round(x), round(y + DOT_DROP * size), "●", size, colour, anchor="m"))
    return strokes, texts
