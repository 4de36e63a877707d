"""Curves with labels: what stands in the figure, in the sentence and in the PNG."""

import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from PIL import Image

from helpers.drawing import Picture
from helpers.drawing.curves import STYLES, curves_figure, show_curves

X = np.linspace(-2, 2, 41)
PANELS = {
    "Powers": {"line": X, "square": X**2, "cube": X**3},
    "Slopes": {"square": 2 * X, "line": np.ones_like(X)},
}


@pytest.fixture
def figure():
    drawn, _ = curves_figure(X, PANELS, "x")
    FigureCanvasAgg(drawn).draw()
    return drawn


def test_a_picture_with_a_sentence_and_no_open_figure():
    before = dict(plt.rcParams)
    picture = show_curves(X, PANELS)
    assert isinstance(picture, Picture)
    assert plt.get_fignums() == []
    assert dict(plt.rcParams) == before
    with Image.open(io.BytesIO(picture.png)) as png:
        assert (png.size, png.mode) == ((1000, 420), "RGB")
    assert set(picture._repr_mimebundle_()) == {"image/png", "text/plain"}
    assert show_curves(X, PANELS).png == picture.png


@pytest.mark.parametrize(
    "settings",
    [
        {"text.usetex": True},  # would ask for LaTeX
        {"figure.facecolor": "black", "axes.facecolor": "black", "axes.grid": True},
        {"path.sketch": (1, 100, 2), "axes.linewidth": 9, "font.family": "no such typeface"},
        {"figure.autolayout": True, "lines.marker": "o", "axes.xmargin": 0.4},
    ],
)
def test_what_a_reader_has_set_for_other_figures_does_not_matter(settings):
    usual = show_curves(X, PANELS).png
    with plt.rc_context(settings):
        assert show_curves(X, PANELS).png == usual


@pytest.mark.parametrize("text", ["$", "a $ b", "5 $ to 9 $", r"$\frac{1}$", "100 %", "_a^b"])
def test_any_line_of_text_is_written_as_it_stands(text):
    shown = show_curves(X, {text: {text: X}}, name=text)
    assert f"{text}: {text} from −2 to 2, largest at {text} = 2." in shown.description


def test_the_sentence_has_the_numbers():
    assert repr(show_curves(X, PANELS, name="t")) == (
        "Powers: line from −2 to 2, largest at t = 2; square from 0 to 4, largest at t = −2; "
        "cube from −8 to 8, largest at t = 2. "
        "Slopes: square from −4 to 4, largest at t = 2; line always 1."
    )


def test_the_lines_are_the_values(figure):
    for axes, inner in zip(figure.axes, PANELS.values(), strict=True):
        drawn = {line.get_label(): line for line in axes.lines}
        for label, y in inner.items():
            np.testing.assert_array_equal(drawn[label].get_xdata(), X)
            np.testing.assert_array_equal(drawn[label].get_ydata(), y)


def test_a_label_stands_at_its_curve_in_its_colour(figure):
    for axes, inner in zip(figure.axes, PANELS.values(), strict=True):
        drawn = {line.get_label(): line for line in axes.lines}
        assert [text.get_text() for text in axes.texts] == list(inner)
        for text in axes.texts:
            label = text.get_text()
            x, y = text.xy
            np.testing.assert_allclose(y, np.interp(x, X, inner[label]))
            assert text.get_color() == drawn[label].get_color()
            others = [np.interp(x, X, v) for name, v in inner.items() if name != label]
            nearest = min(others, key=lambda other: abs(y - other))
            assert abs(y - nearest) > 0.4
            assert text.get_va() == ("bottom" if y > nearest else "top")  # away from it


def test_a_label_means_the_same_in_every_panel(figure):
    left, right = ({t.get_text(): t.get_color() for t in axes.texts} for axes in figure.axes)
    assert all(left[label] == colour for label, colour in right.items())
    assert len(set(left.values())) == 3


def test_everything_is_readable_and_inside(figure):
    for axes in figure.axes:
        ticks = [*axes.get_xticklabels(), *axes.get_yticklabels()]
        texts = [*axes.texts, axes.xaxis.label, *ticks]
        texts += [t for t in (axes.title, axes._left_title) if t.get_text()]
        for text in texts:
            assert text.get_fontsize() >= 12
        for text in axes.texts:
            box = text.get_window_extent()
            assert box.x0 >= axes.bbox.x0 - 1
            assert box.x1 <= axes.bbox.x1 + 1
            assert 0 <= box.y0 < box.y1 <= 420


def luminance(colour):
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return float(linear @ (0.2126, 0.7152, 0.0722))


def test_colours_stand_out_from_paper_and_dashes_from_each_other():
    for style in STYLES:
        assert 1.05 / (luminance(style["color"]) + 0.05) >= 4.5
    assert len({str(style["linestyle"]) for style in STYLES}) == len(STYLES)
    for one, other in itertools.combinations(STYLES, 2):
        assert np.abs(np.subtract(to_rgb(one["color"]), to_rgb(other["color"]))).max() > 0.3


def test_nan_leaves_a_gap():
    y = np.where(X[20] == X, np.nan, np.sign(X))
    drawn, sentence = curves_figure(X, {"Step": {"sign": y}}, "x")
    assert sentence == "Step: sign from −1 to 1, largest at x = 0.1."
    line = next(line for line in drawn.axes[0].lines if line.get_label() == "sign")
    assert np.flatnonzero(np.isnan(line.get_ydata())).tolist() == [20]


def test_no_label_stands_where_another_curve_has_a_gap():
    step = np.where(X[20] == X, np.nan, (X > 0) * 1.0)
    bump = np.exp(-(X**2))
    drawn, _ = curves_figure(X, {"A": {"step": step, "bump": bump}}, "x")
    for text in drawn.axes[0].texts:
        assert text.xy[0] != X[20]


@pytest.mark.parametrize(("x", "lines"), [([-1, 1], 3), ([1, 2], 2), ([0, 1], 2)])
def test_the_vertical_axis_is_drawn_where_0_is_inside(x, lines):
    figure, _ = curves_figure(x, {"A": {"b": [1, 2]}}, "x")
    assert len(figure.axes[0].lines) == lines


def test_lists_and_two_points_will_do():
    assert repr(show_curves([0, 1], {"A": {"b": [3, 4]}})) == "A: b from 3 to 4, largest at x = 1."


@pytest.mark.parametrize(
    ("x", "panels", "said"),
    [
        ([0, 0], {"A": {"b": [1, 2]}}, "x has shape .*allowed"),
        ([1], {"A": {"b": [1]}}, "x has shape .*allowed"),
        ([[1, 2]], {"A": {"b": [1, 2]}}, r"x has shape \(1, 2\): allowed"),
        ([0, np.nan], {"A": {"b": [1, 2]}}, "x has shape .*allowed"),
        ([0, 1], {"A": {"b": [1, 2, 3]}}, r"curve 'b' has shape \(3,\): allowed is \(2,\)"),
        ([0, 1], {"A": {"b": [np.nan, np.nan]}}, "curve 'b' .*allowed"),
        ([0, 1], {"A": {}}, "panel 'A' has no curve: allowed"),
        ([0, 1], {}, "panels has 0 panels: allowed"),
        ([0, 1], {t: {"b": [1, 2]} for t in "ABCD"}, "panels has 4 panels: allowed"),
        ([0, 1], {"A": {t: [1, 2] for t in "abcde"}}, "panels has 5 labels: allowed"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name(x, panels, said):
    with pytest.raises(ValueError, match=said):
        show_curves(x, panels)
