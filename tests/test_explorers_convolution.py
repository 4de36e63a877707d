"""The explorer of one convolution, and the prediction: what only these two do."""

import html
import io
from contextlib import contextmanager
from itertools import chain

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image

from helpers.convolution import window_at
from helpers.drawing import limits_for
from helpers.explorers import explore, predict
from helpers.explorers.convolution import CONTROLS, PICTURES_ONLY, POINTED
from helpers.explorers.prediction import read_number
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, sample
from tests.explorers import convolution_of
from tests.pointer import choose, drag, leave, point, point_at

RAMP, LETTER, DIGITS = sample("ramp"), sample("letter H"), sample("5 x 5 digits")
SOBEL = KERNELS["Sobel x"]
NINE = np.arange(1, 10).reshape(3, 3)


@contextmanager
def act(e, frames=1, refusal=""):
    """Check that what happens inside makes so many frames; without one, the picture stays."""
    before, kept = e.frames, (e.picture.value, e.built)
    yield
    assert e.frames == before + frames
    if not frames:
        assert (e.picture.value, e.built) == kept
    assert e.message == e.picture.message
    assert refusal in e.message if refusal else not e.message


def everything(x=RAMP, weights=SOBEL, **options):
    """Return an explorer with every control there is."""
    names = CONTROLS if np.ndim(x) > 1 else [n for n in CONTROLS if n not in PICTURES_ONLY]
    return explore(x, weights, names, **options)


def check(e, x):
    """Compare what is on screen, and its code, with what the settings say of `x`."""
    wanted = convolution_of(np.asarray(x), e.settings)
    assert e.feature_map.shape == wanted.shape
    np.testing.assert_allclose(e.feature_map, wanted, atol=1e-9)
    from_code = run(e.code)
    assert from_code.dtype == e.feature_map.dtype
    assert np.array_equal(from_code, e.feature_map)


def run(code):
    """Run code as a new cell would, and return its feature map."""
    space = {}
    exec(code, space)
    return space["feature_map"]


def text_below(e):
    """Return what is below the controls."""
    return html.unescape("".join(w.value for w in e.view.children if isinstance(w, widgets.HTML)))


# --- Its controls ---------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), ("step",), ("cell", "code"), ("kernel", "flip"), CONTROLS])
def test_only_the_named_controls_are_shown(names):
    e = explore(RAMP, SOBEL, names)
    shown, by_keyboard = set(), set()
    for row in e.view.children:
        hidden = "explorer-by-keyboard" in row._dom_classes
        (by_keyboard if hidden else shown).update(getattr(row, "children", ()))
    sliders = chain(*e.controls["kernel"]) if "kernel" in names else ()
    others = {e.controls[name] for name in names if name != "kernel"}
    assert shown == {*sliders, *others, *e._plays.values()}
    assert by_keyboard == {e.controls[name] for name in POINTED if name not in names}
    assert set(e.controls) == {*names, *POINTED}


def test_the_play_button_follows_the_window_whose_name_it_takes():
    e = everything()
    rows = (getattr(child, "children", ()) for child in e.view.children)
    row = next(row for row in rows if e.controls["step"] in row)
    assert row == (e.controls["step"], e._plays["step"], e.controls["cell"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("stride", 6), ("dilation", 6), ("padding", "full"), ("padding", 4)],
        *[("padding", (1, 2)), ("padding", ((0, 1), (2, 0)))],
    ],
)
def test_any_first_value_is_among_those_of_its_control(name, value):
    e = everything(LETTER, **{name: value})
    assert e.controls[name].value == value
    for wanted in ("same" if name == "padding" else 1, value):
        with act(e):
            e.controls[name].value = wanted
        check(e, LETTER)


def test_all_choices_of_the_controls_are_there():
    e = everything()
    assert [v for _, v in e.controls["padding"].options][:3] == ["valid", "same", "full"]
    assert set(e.controls["border"].options) == {"zeros", "edge", "reflect", "wrap"}
    assert [v for _, v in e.controls["preset"].options] == [*KERNELS, "custom"]
    assert tuple(e.controls["sample"].options) == SAMPLES
    assert (e.controls["stride"].min, e.controls["stride"].max) == (1, 4)
    assert (e.controls["dilation"].min, e.controls["dilation"].max) == (1, 3)
    assert [v for _, v in e.controls["kernel_size"].options] == list(range(1, 8))


@pytest.mark.parametrize("position", [2, (2,), [2], np.array([2])])
def test_a_first_window_may_be_given_in_any_form(position):
    e = explore([1, 2, 3, 4], [1, 1], position=position)
    assert (e.feature_map.tolist(), e.snapshot.window.total) == ([3, 5, 7], 7)
    assert everything(position=np.array([1, 2])).controls["step"].value == 5


def test_border_can_be_chosen_only_where_there_is_padding():
    e = everything()
    assert e.controls["border"].disabled
    e.controls["padding"].value = "same"
    assert not e.controls["border"].disabled


# --- Its kernel -----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", range(1, 8))
def test_every_preset_in_every_size(size):
    e = everything(LETTER, 7 * np.eye(size, dtype=int), padding="same")
    for name in KERNELS:
        nearest = min(sizes(name), key=lambda n: abs(n - size))
        with act(e):
            e.controls["preset"].value = name
        np.testing.assert_array_equal(e.settings["kernel"], kernel(name, nearest))
        check(e, LETTER)
        with act(e, frames=int(nearest != size)):
            e.controls["kernel_size"].value = size
        assert e.settings["preset"] == (name if nearest == size else "custom")
    e.controls["preset"].value = "identity"
    e.controls["kernel_size"].value = size
    with act(e):
        e.controls["preset"].value = "custom"
    assert np.array_equal(e.settings["kernel"], np.zeros((size, size)))


def test_a_preset_stays_where_it_has_the_new_size():
    e = everything(LETTER, SOBEL, padding="same")
    for size, name, weights in (
        (5, "Sobel x", kernel("Sobel x", 5)),
        (7, "Sobel x", kernel("Sobel x", 7)),
        (2, "custom", kernel("Sobel x", 7)[3:5, 3:5]),
    ):
        with act(e):
            e.controls["kernel_size"].value = size
        assert e.settings["preset"] == name
        assert np.array_equal(e.settings["kernel"], weights)


@pytest.mark.parametrize(
    ("size", "weights"),
    [
        *[(1, [[5]]), (2, [[5, 6], [8, 9]]), (4, np.pad(NINE, (0, 1)))],
        *[(5, np.pad(NINE, 1)), (6, np.pad(NINE, (1, 2))), (7, np.pad(NINE, 2))],
    ],
)
def test_a_new_size_keeps_the_middle_of_the_kernel(size, weights):
    e = everything(LETTER, NINE, padding="same", flip=False)
    with act(e):
        e.controls["kernel_size"].value = size
    assert np.array_equal(e.settings["kernel"], weights)


def test_a_kernel_that_is_not_square_can_be_chosen_again():
    e = everything(LETTER, [[1, 2, 3], [4, 5, 6]])
    oblong, middle = e.controls["kernel_size"].value, [[0, 0, 0], [1, 2, 3], [4, 5, 6]]
    for size, weights in ((3, middle), (oblong, [[1, 2, 3], [4, 5, 6]])):
        with act(e):
            e.controls["kernel_size"].value = size
        assert e.settings["kernel"].tolist() == weights
    check(e, LETTER)


def test_a_weight_between_two_steps_stays_until_its_slider_is_moved():
    e = explore(RAMP, KERNELS["box blur"], ("kernel",))
    slider = e.controls["kernel"][0][0]
    with act(e, frames=0):
        slider.set_state({"value": 0.1})  # 1/9 in steps of 0.1, as the browser reports it
    assert slider.value == 1 / 9
    with act(e):
        slider.set_state({"value": 0.2})
    assert slider.value == 0.2


@pytest.mark.parametrize("weight", [20, -20])
def test_sliders_reach_as_far_as_the_weights(weight):
    e = explore(RAMP, [[weight, 3]], ("kernel",))
    slider = e.controls["kernel"][0][0]
    assert (slider.value, slider.min, slider.max) == (weight, -20, 20)
    check(e, RAMP)


def test_the_sliders_are_made_once():
    e = everything(LETTER)
    e.controls["kernel_size"].value = 7  # all sliders there will ever be
    before = set(_instances)
    for number in range(20):
        e.controls["kernel_size"].value = 1 + number % 7
        e.controls["preset"].value = list(KERNELS)[number % len(KERNELS)]
    assert set(_instances) == before


def test_the_colour_scale_stays_while_a_weight_is_dragged():
    e = everything()
    limits = [grid.limit for grid in e.scene.grids]
    for value in (3, -8, 8):
        e.controls["kernel"][1][1].value = value
        assert [grid.limit for grid in e.scene.grids] == limits
    e.controls["preset"].value = "outline"
    assert [grid.limit for grid in e.scene.grids] != limits


def test_the_end_of_the_scale_can_be_fixed():
    e = everything(limit=12)
    for name in ("outline", "box blur", "Laplacian"):
        e.controls["preset"].value = name
        assert e.scene.grids[2].limit == 12


def test_an_impossible_setting_says_why_and_the_last_picture_stays():
    e = everything(RAMP, SOBEL)
    stored = e._repr_mimebundle_()
    with act(e, 0, "kernel has shape (7, 7)"):
        e.controls["kernel_size"].value = 7
    assert e._repr_mimebundle_() == stored
    with act(e, 0, "x has shape (5, 5)"):  # still impossible
        e.controls["stride"].value = 2
    with act(e):  # and the next good one empties the message
        e.controls["padding"].value = "full"
    check(e, RAMP)
    with act(e, 0, "allowed"):
        e.controls["padding"].value = "valid"
    with act(e):
        e.controls["kernel_size"].value = 2
    check(e, RAMP)


# --- Pointing -------------------------------------------------------------------------------------


POINTING = pytest.mark.parametrize("pointing", [True, False], ids=["mouse", "keys"])


@POINTING
@pytest.mark.parametrize("options", [{}, {"padding": 2, "stride": 2}, {"padding": "same"}])
def test_every_window_by_pointing_at_its_output_and_by_its_slider(options, pointing):
    e = everything(**options)
    step = e.controls["step"]
    assert (step.min, step.max) == (0, e.feature_map.size - 1)
    for number, place in reversed([*enumerate(np.ndindex(*e.feature_map.shape))]):
        with act(e, frames=int(number != step.value)):
            point_at(e, 2, *place) if pointing else setattr(step, "value", number)
        assert (e.snapshot.position, step.value) == (place, number)
        sentence = f"Window for row {place[0]}, column {place[1]}: sum {e.feature_map[place]}."
        assert sentence.replace("-", "−") in e.description


@POINTING
@pytest.mark.parametrize("padding", [0, 1, ((0, 2), (1, 0))])
def test_every_input_by_pointing_at_it_and_by_its_slider(padding, pointing):
    e = everything(padding=padding, stride=2)
    cell, ((top, _), (left, _)) = e.controls["cell"], e.snapshot.sliding.amounts
    assert (cell.min, cell.max) == (0, RAMP.size)
    for row, column in np.ndindex(*e.scene.grids[0].values.shape):
        place = row - top, column - left
        inside = all(0 <= n < 5 for n in place)  # padding feeds nothing of its own
        number = 1 + place[0] * 5 + place[1] if inside else 0
        with act(e, frames=int(number != cell.value)):
            point_at(e, 0, row, column) if pointing else setattr(cell, "value", number)
        assert (e.snapshot.pointed, cell.value) == (place if inside else None, number)
        fed = [
            (r, c)
            for r, c in np.ndindex(*e.feature_map.shape)
            if inside and 0 <= row - 2 * r < 3 and 0 <= column - 2 * c < 3
        ]
        marks = [m for m in e.scene.grids[2].marks if m.role == "pointed"]
        assert [(m.row, m.column) for m in marks] == fed
        assert (f"feeds {len(fed)} of {e.feature_map.size} outputs" in e.description) == inside


def test_pointing_in_sequences():
    e = everything(np.arange(8), [1, 2, 3], padding=1)
    assert [g.title for g in e.scene.grids] == ["Input", "Kernel", "Products", "Feature map"]
    for grid, column, position, pointed in ((3, 5, 5, None), (0, 4, 5, (3,)), (0, 0, 5, None)):
        with act(e):
            point_at(e, grid, 0, column)
        assert (e.snapshot.position, e.snapshot.pointed) == ((position,), pointed)


def test_pointing_elsewhere_or_leaving_ends_it():
    e = everything()
    for elsewhere in (
        lambda: point(e, 2, 2),
        lambda: leave(e),
        lambda: point_at(e, 1, 1, 2),  # the kernel
    ):
        with act(e, frames=0):
            elsewhere()
        with act(e):
            point_at(e, 0, 2, 3)
        assert e.snapshot.pointed == (2, 3)
        with act(e):
            elsewhere()
        assert (e.snapshot.pointed, e.snapshot.position) == (None, (0, 0))


def test_a_weight_is_dragged_in_the_picture():
    e = everything()
    turned = e.controls["kernel"][-1][0]  # the kernel is drawn as it lies on the input
    start = turned.value
    with act(e, frames=3):
        drag(e, 1, 0, 2, 3, 7, -2)
    assert e.settings["kernel"][-1, 0] == turned.value == pytest.approx(start - 0.2)
    with act(e):
        drag(e, 1, 0, 2, 0)  # Escape
    assert turned.value == start
    for press, steps in ((2, 999), (3, -999)):
        with act(e):
            drag(e, 1, 0, 2, steps, press=press)
        assert turned.value == (turned.max if steps > 0 else turned.min)


@pytest.mark.parametrize("flip", [True, False])
def test_a_weight_of_a_spread_sequence_is_dragged(flip):
    e = explore([1, 2, 3, 4, 5], [1, 1 / 9], ("kernel",), flip=flip, dilation=2)
    with act(e, frames=0):
        drag(e, 1, 0, 1, 5)  # the gap between two weights
    with act(e):
        drag(e, 1, 0, 0 if flip else 2, 1, press=2)  # 1/9 is between two steps
    assert e.settings["kernel"].tolist() == [1, 0.2]
    with act(e):
        drag(e, 1, 0, 0 if flip else 2, 0, press=2)  # Escape
    assert e.settings["kernel"].tolist() == [1, 1 / 9]


def test_window_and_followed_cell_stay_inside_when_arrays_shrink():
    e = everything(LETTER, SOBEL, position=(13, 13))
    step, cell = e.controls["step"], e.controls["cell"]
    cell.value = 256
    assert e.snapshot.pointed == (15, 15)
    with act(e):
        e.controls["sample"].value = "ramp"
    assert (e.snapshot.position, e.snapshot.pointed) == ((2, 2), (4, 4))
    assert (step.value, step.max, cell.value, cell.max) == (8, 8, 25, 25)
    e.controls["kernel_size"].value = 5
    assert step.disabled
    e.controls["sample"].value = "letter H"
    assert (step.disabled, step.max) == (False, 143)


# --- Code -----------------------------------------------------------------------------------------

OWN = np.random.default_rng(5)


@pytest.mark.parametrize(
    "x",
    [
        LETTER,
        sample("photograph: coffee (colour)"),
        OWN.integers(-9, 9, (6, 7)),
        OWN.random((6, 7)),
        OWN.random((6, 7)).astype(np.float32),
        OWN.integers(0, 256, (9, 8), dtype=np.uint8),
        OWN.integers(0, 256, (9, 8, 3), dtype=np.uint8),
        np.zeros((7, 7, 3), np.uint8),
        OWN.random((6, 7)) > 0.5,
        (OWN.random((6, 7)) * 100).astype(np.int8),
        np.arange(9),
        np.arange(9) / 7,
        [1, 2, 3, 4, 5, 6, 7],
    ],
    ids=lambda x: f"{np.asarray(x).dtype}{np.shape(x)}",
)
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"flip": False, "padding": "same", "stride": 2},
        {"padding": "full", "border": "reflect", "dilation": 2},
        {"padding": 2, "border": "wrap", "stride": 3, "flip": False},
    ],
    ids=["plain", "same", "full", "two"],
)
def test_the_code_gives_what_is_on_screen(x, options):
    weights = np.array([[1, -2, 0.25], [1 / 3, 0, 4], [0, 1, -1]])
    e = everything(x, weights[0] if np.ndim(x) == 1 else weights, **options)
    check(e, x)
    first = e.code
    with act(e):
        e.controls["kernel"][0][0].value = 3
    check(e, x)
    assert e.code != first


def test_the_code_has_one_number_for_each_axis_where_they_differ():
    e = explore(LETTER, SOBEL, ("code",), stride=(1, 2), dilation=(3, 1))
    assert np.array_equal(run(e.code), e.feature_map)


def test_the_code_names_samples_and_leaves_out_what_is_usual():
    code = explore(LETTER, [[1, 2]]).code
    assert "sample('letter H')" in code
    assert "weights = np.array([[1, 2]])" in code
    assert not any(word in code for word in ("stride", "border", "base64", "dtype"))
    assert code.splitlines()[-1] == "feature_map"
    assert "padding='valid'" in code
    for unknown in (LETTER + 1, LETTER.astype(np.float32)):
        assert "sample(" not in explore(unknown, [[1, 2]]).code
    assert "dtype='float32'" in explore(LETTER.astype(np.float32), [[1, 2]]).code


def test_the_code_is_shown_and_follows():
    e = everything()
    for is_open, stride in ((True, 2), (False, 1)):
        with act(e, frames=0):
            e.controls["code"].value = is_open
        assert ("convolve(x, weights" in text_below(e)) == is_open
        assert "stride" not in text_below(e)
        with act(e):
            e.controls["stride"].value = stride
        assert ("stride=2" in text_below(e)) == is_open
    assert text_below(e) == ""


# --- Other pictures -------------------------------------------------------------------------------

COLOURFUL = np.random.default_rng(8).integers(0, 256, (14, 11, 3), dtype=np.uint8)


def test_every_sample():
    e = everything(LETTER, KERNELS["sharpen"])
    for name in (*SAMPLES[::-1], "letter H"):
        if name == e.controls["sample"].value:
            continue
        with act(e):
            e.controls["sample"].value = name
        check(e, sample(name))
        limits = limits_for(sample(name), KERNELS["sharpen"])
        ends = [limits.input, limits.kernel, limits.map]
        assert [grid.limit for grid in e.scene.grids if grid.title != "Window"] == ends


def upload(e, picture):
    """Choose a picture as a file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "png")
    choose(e, buffer.getvalue())


def test_a_colour_picture_of_the_readers_own():
    e = everything()
    with act(e):
        upload(e, COLOURFUL)
    assert e.controls["sample"].value == "your own"
    check(e, COLOURFUL)
    grey = np.rint(COLOURFUL.mean(axis=2)).astype(np.uint8)
    other = {"your own, in grey": grey, "ring": sample("ring"), "your own": COLOURFUL}
    for name, picture in other.items():
        with act(e):
            e.controls["sample"].value = name
        check(e, picture)


def test_a_grey_picture_of_the_readers_own():
    e, grey = everything(), COLOURFUL[:, :, 0].copy()
    with act(e):
        upload(e, grey)
    check(e, grey)
    assert "your own, in grey" not in e.controls["sample"].options


def test_a_picture_of_the_readers_own_without_a_choice_of_samples():
    e = explore(RAMP, SOBEL, ("upload", "kernel"))
    with act(e):
        upload(e, COLOURFUL)
    check(e, COLOURFUL)


# --- Predictions ----------------------------------------------------------------------------------


def asked(p):
    """Return the hidden cell and the number in it."""
    hidden = p.snapshot.hidden
    return hidden, p.snapshot.sliding.window(hidden).total


def answer(p, text):
    """Type an answer and press Enter."""
    with act(p):
        p.controls["answer"].value = text
    return p.verdict


def test_a_right_answer_reveals_the_arithmetic():
    p = predict(DIGITS, SOBEL, position=(1, 1))
    hidden, total = asked(p)
    assert (hidden, p.scene.grids[2].texts[1][1]) == ((1, 1), "?")
    assert "hidden" in p.description
    assert f"sum {total}" not in p.description
    assert not any(t.text.startswith("=  ") for t in p.scene.texts)
    assert answer(p, str(total)).correct is True
    assert "Right" in text_below(p)
    assert f"Window for row 1, column 1: sum {total}.".replace("-", "−") in p.description
    assert any(t.text.startswith("=  ") for t in p.scene.texts)
    assert answer(p, str(total + 1)).correct is False
    assert p.snapshot.hidden is None  # what has been revealed stays so


@pytest.mark.parametrize("text", ["1000", "1e3", "abc", "1,5", "nan", "inf", "1/2", "٣", "--1"])
def test_a_wrong_answer_reveals_nothing(text):
    p = predict(DIGITS, SOBEL, position=(1, 1))
    hidden, total = asked(p)
    assert answer(p, text).correct is False
    assert p.snapshot.hidden == hidden
    assert "Not yet" in text_below(p)
    assert answer(p, f"{total}.0").correct is True


@pytest.mark.parametrize("blank", ["", "  ", "..."])
def test_a_blank_answer_is_no_mistake(blank):
    p = predict(DIGITS, SOBEL, position=(1, 1))
    p.controls["answer"].value = blank
    with act(p):
        p.controls["check"].click()
    assert (p.verdict.correct, p.snapshot.hidden) == (None, (1, 1))
    assert "Not answered yet" in text_below(p)


@pytest.mark.parametrize(
    ("flip", "mistake"), [(True, "forgot_to_flip"), (False, "flipped_when_not")]
)
def test_the_flipped_answer_is_named(flip, mistake):
    weights = np.array([[1, 2], [3, 5]])
    p = predict(DIGITS, weights, position=(1, 1), flip=flip)
    other = window_at(DIGITS, weights, (1, 1), flip=not flip).total
    assert other != asked(p)[1]
    verdict = answer(p, str(other))
    assert (verdict.correct, verdict.mistake) == (False, mistake)


@pytest.mark.parametrize(
    ("text", "number"),
    [("−5", -5), ("0,5", 0.5), (" 12 ", 12), ("1 / 4", 0.25), ("", ...), (".", ...), ("a", "a")],
)
def test_a_number_may_be_typed_in_many_ways(text, number):
    assert read_number(text) == number


def test_reveal_and_next():
    p, again = predict(DIGITS, SOBEL), predict(DIGITS, SOBEL)
    cells = []
    for _ in range(15):
        hidden, total = asked(p)
        assert hidden == again.snapshot.hidden  # the order is always the same
        assert not cells or hidden != cells[-1]  # never the same twice in a row
        cells.append(hidden)
        with act(p):
            p.controls["reveal"].click()
        assert (p.snapshot.hidden, p.verdict) == (None, None)  # revealed, not answered
        assert f"sum {total}.".replace("-", "−") in p.description
        p.controls["answer"].value = "no"
        with act(p):
            p.controls["next"].click()
        again.controls["next"].click()
        assert (p.controls["answer"].value, p.verdict, text_below(p)) == ("", None, "")
    assert len(set(cells)) > 5


def test_a_map_of_one_cell_can_be_asked_for_again_and_again():
    p = predict([[1, 2]], [[3, 4]])
    for _ in range(2):
        assert p.snapshot.hidden == (0, 0)
        p.controls["next"].click()
    assert answer(p, "10").correct is True


@pytest.mark.parametrize(
    ("image", "weights", "options"),
    [
        ([3, 1, 4, 1, 5, 9], [1, -1, 2], {}),
        (DIGITS, SOBEL, {"padding": "same", "stride": 2}),
        (sample("photograph: camera"), SOBEL, {"flip": False}),
        (sample("photograph: cat (colour)"), KERNELS["sharpen"], {}),
        (DIGITS / 2, np.full((2, 2), 0.25), {"border": "edge", "padding": 1}),
    ],
    ids=["sequence", "stride", "grey", "colour", "floats"],
)
def test_predictions_of_all_sorts(image, weights, options):
    p = predict(image, weights, **options)
    channel = image[:, :, 0] if np.ndim(image) == 3 else image
    for _ in range(3):
        hidden, total = asked(p)
        assert total == pytest.approx(window_at(channel, weights, hidden, **options).total)
        assert answer(p, str(round(total, 3))).correct is True
        with act(p):
            p.controls["next"].click()
