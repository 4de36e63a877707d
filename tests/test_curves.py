"""Curves with labels: where they run, what is written beside them, and the sentence."""

import itertools

import numpy as np
import pytest

from helpers.drawing import Box, log_curve, power_text, show_curves
from helpers.drawing.colours import BLUE, GRID_LINE, INK, QUIET
from helpers.drawing.curves import CURVE, STYLES, tick_text, ticks_between
from helpers.drawing.letters import text_width
from tests.overlaps import collisions

X = np.linspace(-2, 2, 41)
PANELS = {
    "Powers": {"line": X, "square": X**2, "cube": X**3},
    "Slopes": {"square": 2 * X, "line": np.ones_like(X)},
}
Z = np.linspace(-6, 6, 241)
SIGMOID = 1 / (1 + np.exp(-Z))
FUNCTIONS = {"ReLU": np.maximum(Z, 0), "sigmoid": SIGMOID, "tanh": np.tanh(Z)}
SLOPES = {
    "ReLU": np.where(abs(Z) < 0.01, np.nan, Z > 0),
    "sigmoid": SIGMOID * (1 - SIGMOID),
    "tanh": 1 - np.tanh(Z) ** 2,
}
SOME = {
    "powers": (X, PANELS),
    "activations": (Z, {"Activation function": FUNCTIONS, "Its gradient": SLOPES}),
    "tangent": (
        X,
        {"Loss": {"loss": (X - 1) ** 2, "slope at 0": np.where(X < 1, 1 - 2 * X, np.nan)}},
    ),
    "flat": (X, {"Three": {"a": X * 0, "b": X * 0 + 0.01, "c": X * 0 - 5}}),
    "three panels": ([0, 1], {t: {"one": [3e5, -4e5], "other": [0, 1e5]} for t in "ABC"}),
}
some = pytest.mark.parametrize("name", SOME)


def curves_of(scene):
    """Return the strokes of curves by their colours."""
    found = {}
    for stroke in scene.strokes:
        if stroke.width == CURVE:
            found.setdefault(stroke.colour, []).append(stroke)
    return found


def ticks_of(scene, anchor):
    """Return number and pixel of every tick of a scene with one panel."""
    texts = [t for t in scene.texts if t.anchor == anchor and t.text.strip("−.0123456789") == ""]
    numbers = [float(t.text.replace("−", "-")) for t in texts]
    return numbers, [t.y - 7 if anchor == "r" else t.x for t in texts]


@pytest.mark.parametrize("text", ["$", "5 $ to 9 $", r"$\frac{1}$", "100 %", "_a^b"])
def test_any_line_of_text_is_written_as_it_is(text):
    shown = show_curves(X, {text: {text: X}}, name=text)
    assert f"{text}: {text} from −2 to 2, largest at {text} = 2." in shown.description
    assert sum(t.text == text for t in shown.scene.texts) == 3


def test_the_sentence_has_the_numbers():
    assert repr(show_curves(X, PANELS, name="t")) == (
        "Powers: line from −2 to 2, largest at t = 2; square from 0 to 4, largest at t = −2; "
        "cube from −8 to 8, largest at t = 2. "
        "Slopes: square from −4 to 4, largest at t = 2; line always 1."
    )
    assert repr(show_curves([0, 1], {"A": {"b": [3, 4]}})) == "A: b from 3 to 4, largest at x = 1."


def test_the_curves_are_the_values_by_the_numbers_at_the_axes():
    """Measured with the ticks as they are written, every point is where x and y say."""
    y = {"wave": np.sin(3 * X) * 7, "line": X - 4}
    scene = show_curves(X, {"A": y}).scene
    (xs, across), (ys, down) = ticks_of(scene, "m"), ticks_of(scene, "r")
    to_x, to_y = np.polyfit(across, xs, 1), np.polyfit(down, ys, 1)
    for (strokes, values), (colour, dashes) in zip(
        zip(curves_of(scene).values(), y.values(), strict=True), STYLES, strict=False
    ):
        (stroke,) = strokes
        assert (stroke.colour, stroke.dashes) == (colour, dashes)
        points = np.array(stroke.points)
        np.testing.assert_allclose(np.polyval(to_x, points[:, 0]), X, atol=0.02)
        np.testing.assert_allclose(np.polyval(to_y, points[:, 1]), values, atol=0.1)


def test_nan_leaves_a_gap():
    scene = show_curves(X, {"Step": {"sign": np.where(X[20] == X, np.nan, np.sign(X))}}).scene
    assert scene.description == "Step: sign from −1 to 1, largest at x = 0.1."
    left, right = curves_of(scene)[STYLES[0][0]]
    assert (len(left.points), len(right.points)) == (20, 20)
    assert left.points[-1][0] < right.points[0][0]


def test_a_label_means_the_same_in_every_panel():
    texts = show_curves(X, PANELS).scene.texts
    labels = [(t.text, t.colour) for t in texts if t.text in ("line", "square", "cube")]
    assert len(labels) == 5
    assert len(set(labels)) == 3


@some
def test_labels_are_beside_their_curves_and_cover_nothing(name):
    x, panels = SOME[name]
    scene = show_curves(x, panels).scene
    names = {label for inner in panels.values() for label in inner}
    labels = [text for text in scene.texts if text.text in names]
    assert len(labels) == sum(map(len, panels.values()))
    lines = [(s, np.array(s.points)) for s in scene.strokes]
    for label in labels:
        width = text_width(label.text, label.size, True)
        box = (label.x, label.y - 15, label.x + width, label.y)
        near = {}
        for stroke, points in lines:
            along = np.concatenate([np.linspace(a, b, 200) for a, b in itertools.pairwise(points)])
            inside = (along > box[:2]).all(axis=1) & (along < box[2:]).all(axis=1)
            assert not inside.any(), label.text
            if stroke.width == CURVE:
                gap = np.hypot(*(along - ((box[0] + box[2]) / 2, label.y - 7.5)).T).min()
                near[stroke.colour] = min(gap, near.get(stroke.colour, np.inf))
        assert near[label.colour] < 60
        if name != "flat":  # two of its curves are a pixel apart
            assert near[label.colour] == min(near.values())


@some
def test_everything_is_readable_and_inside(name):
    scene = show_curves(*SOME[name], name="weight").scene
    assert collisions(scene) == ([], [])
    assert all(text.size >= 16 for text in scene.texts)


@pytest.mark.parametrize(("x", "lines"), [([-1, 1], 2), ([1, 2], 1), ([0, 1], 1)])
def test_the_axes_through_0_are_drawn_where_0_is_inside(x, lines):
    scene = show_curves(x, {"A": {"b": [-1, 2]}}).scene
    assert sum(stroke.colour == QUIET for stroke in scene.strokes) == lines


@pytest.mark.parametrize("seed", range(40))
def test_ticks_are_round_numbers_between_the_ends(seed):
    rng = np.random.default_rng(seed)
    low = rng.normal() * 10 ** rng.uniform(-3, 5)
    high, most = low + 10 ** rng.uniform(-3, 5), int(rng.integers(3, 12))
    ticks = np.array(ticks_between(low, high, most))
    assert 1 <= len(ticks) <= most + 1
    assert low - 1e-9 * abs(low) <= ticks.min() <= ticks.max() <= high + 1e-9 * abs(high)
    if len(ticks) > 1:
        step = np.diff(ticks).mean()
        np.testing.assert_allclose(np.diff(ticks), step, rtol=1e-6)
        assert f"{step:.6e}"[0] in "125"
        assert f"{step:.5e}"[2:7] == "00000"


# --- A loss that falls ---------------------------------------------------------------------------


BOX = Box(100, 60, 400, 160)
POWERS = (-6, -3, 0, 3)


def test_a_curve_goes_through_its_values():
    strokes, texts = log_curve([1e3, 1.0, 1e-6, 1e-12, 1e9], 2, BOX, POWERS, last=8)
    curve = strokes[-1]
    assert curve.colour == BLUE
    xs, ys = zip(*curve.points, strict=True)
    np.testing.assert_allclose(xs, [100, 150, 200, 250, 300])
    np.testing.assert_allclose(ys, [60, 60 + 160 / 3, 220, 220, 60])  # cut at both ends
    assert {text.x for text in texts if text.text == "●"} == {200}
    rules = [stroke for stroke in strokes if stroke.colour == GRID_LINE]
    labels = {text.text: text.y for text in texts if text.anchor == "r" and text.y < 230}
    assert list(labels) == ["10⁻⁶", "0.001", "1", "1000"]
    for rule, below in zip(rules, labels.values(), strict=True):
        y = rule.points[0][1]
        assert rule.points == ((100, y), (500, y))
        assert below == round(y) + 7
    assert strokes[len(rules)].colour == INK


def test_a_single_value_is_a_dot():
    strokes, texts = log_curve([10.0], 0, BOX, POWERS, last=5)
    assert len(strokes) == len(POWERS) + 1
    assert sum(text.text == "●" for text in texts) == 2


@pytest.mark.parametrize(
    ("value", "text"),
    [(-12.5, "−12.5"), (-0.001, "−0.001"), (-0.0002, "−2·10⁻⁴"), (1e4, "1·10⁴")],
)
def test_small_and_large_numbers_have_a_power_of_ten_whatever_their_sign(value, text):
    assert power_text(value) == text


@pytest.mark.parametrize("power", range(-12, 13))
def test_powers_are_written_as_they_are_read(power):
    raised = str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    assert tick_text(power) == (f"10{raised}" if abs(power) > 3 else f"{10.0**power:g}")
    assert float(power_text(2.0 * 10.0**power).split("·")[0]) in (2.0, 2.0 * 10.0**power)
