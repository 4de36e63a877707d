"""The explorer of one convolution, and the prediction: what only these two do."""

import datetime
import html
import io
from types import SimpleNamespace

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image

from helpers.convolution import window_at
from helpers.drawing import limits_for
from helpers.explorers import explore, predict, snippets
from helpers.explorers.convolution import CONTROLS
from helpers.explorers.prediction import read_number
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, sample
from tests.explorers import convolution_of
from tests.pointer import drag, leave, point, point_at

RAMP = np.arange(1, 26).reshape(5, 5)
SOBEL = KERNELS["Sobel x"]
FOR_SEQUENCES = tuple(n for n in CONTROLS if n not in ("preset", "sample", "upload"))


class act:
    """Check that what happens inside makes `frames` new frames."""

    def __init__(self, e, frames=1):
        self.e, self.frames = e, frames

    def __enter__(self):
        self.before = self.e.frames, self.e.picture.value, self.e.built
        return self.e

    def __exit__(self, kind, *_):
        if kind is None:
            frames, png, built = self.before
            assert self.e.frames == frames + self.frames
            if not self.frames:
                assert (self.e.picture.value, self.e.built) == (png, built)


class refused(act):
    """Check that what happens inside is refused with a message and leaves the picture as it is."""

    def __init__(self, e):
        super().__init__(e, frames=0)

    def __exit__(self, kind, *_):
        super().__exit__(kind)
        if kind is None:
            assert "allowed" in self.e.message or "try again" in self.e.message
            assert self.e.message == self.e.picture.message


def shown_text(e):
    """Return all the text that the explorer shows, for eyes and for ears."""
    boxes = [w.value for w in e.view.children if isinstance(w, widgets.HTML)]
    return html.unescape(" ".join([e.picture.alt, e.picture.message, *boxes]))


def check_map(e, x):
    """Compare what is on screen with what the settings say of `x`."""
    wanted = convolution_of(np.asarray(x), e.settings)
    assert e.feature_map.shape == wanted.shape
    np.testing.assert_allclose(e.feature_map, wanted, atol=1e-9)
    assert e.message == ""


def run(code):
    """Run code as a new cell would, and return its feature map."""
    space = {}
    exec(code, space)
    return space["feature_map"]


def png_of(array, kind="PNG"):
    buffer = io.BytesIO()
    Image.fromarray(array).save(buffer, kind)
    return buffer.getvalue()


def upload(e, content, name="picture.png"):
    """Give a file to the upload button, as the browser does."""
    day = datetime.datetime(2024, 1, 1, second=upload.count % 60, microsecond=upload.count)
    upload.count += 1
    file = {"name": name, "type": "image/png", "size": len(content), "last_modified": day}
    e.controls["upload"].value = ({**file, "content": memoryview(content)},)


upload.count = 0


def everything(x=RAMP, weights=SOBEL, **options):
    """Return an explorer with every control there is."""
    return explore(x, weights, CONTROLS if np.ndim(x) > 1 else FOR_SEQUENCES, **options)


# --- What it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize("names", [(), ("step",), ("cell", "code"), ("kernel", "flip"), CONTROLS])
def test_only_the_named_controls_are_shown(names):
    e = explore(RAMP, SOBEL, names)
    by_keyboard = [w for w in e.view.children if "explorer-by-keyboard" in w._dom_classes]
    moved = {w for box in by_keyboard for w in box.children}
    shown = {
        w for child in e.view.children for w in (child, *getattr(child, "children", ()))
    } - moved
    assert moved == {e.controls[name] for name in ("step", "cell") if name not in names}
    for name in CONTROLS:
        if name == "kernel":
            assert ("kernel" in e.controls) == (name in names)
            sliders = [s for row in e.controls.get("kernel", ()) for s in row]
            assert all(slider in shown for slider in sliders)
        elif name in e.controls:
            assert (e.controls[name] in shown) == (name in names)
        else:
            assert name not in names


def test_the_play_button_follows_the_window_whose_name_it_takes():
    e = everything()
    boxes = [getattr(child, "children", ()) for child in e.view.children]
    row = next(children for children in boxes if e.controls["step"] in children)
    assert [type(each) for each in row] == [widgets.IntSlider, widgets.Play, widgets.IntSlider]
    assert row[::2] == (e.controls["step"], e.controls["cell"])


@pytest.mark.parametrize("name", ["stride", "dilation"])
def test_any_step_to_begin_with_is_on_its_slider(name):
    e = explore(LETTER, SOBEL, ("kernel", name), **{name: 6})
    assert (e.controls[name].value, e.controls[name].max) == (6, 6)
    check_map(e, LETTER)


@pytest.mark.parametrize("padding", [4, (1, 2), ((0, 1), (2, 0)), "full"])
def test_any_padding_to_begin_with_is_among_the_choices(padding):
    e = everything(padding=padding)
    assert e.controls["padding"].value == padding
    check_map(e, RAMP)
    with act(e):
        e.controls["padding"].value = "same"
    with act(e):
        e.controls["padding"].value = padding
    check_map(e, RAMP)
    assert np.array_equal(run(e.code), e.feature_map)


@pytest.mark.parametrize("position", [2, (2,), [2], np.array([2])])
def test_a_first_window_may_be_given_in_any_form(position):
    e = explore([1, 2, 3, 4], [1, 1], position=position)
    assert e.frames == 1
    assert (e.feature_map.tolist(), e.snapshot.window.total) == ([3, 5, 7], 7)
    e = everything(position=np.array([1, 2]))
    assert e.controls["step"].value == 5


def test_what_is_on_screen_is_told_in_the_picture_and_the_sentence():
    e = everything(position=(1, 2))
    total = window_at(RAMP, SOBEL, (1, 2)).total
    assert f"Window for row 1, column 2: sum {total}".replace("-", "−") in e.description
    assert e.description in shown_text(e)


# --- Every control through all its values ---------------------------------------------------------

LETTER = sample("letter H")


def test_every_window_by_its_step():
    e = everything(LETTER, [[-1, 2, -1]] * 3)
    step = e.controls["step"]
    shape = e.feature_map.shape
    assert (step.min, step.max) == (0, e.feature_map.size - 1)
    for number in (*range(1, step.max + 1), 0):
        with act(e):
            step.value = number
        position = divmod(number, shape[1])
        total = e.feature_map[position]
        assert e.snapshot.position == position
        assert e.snapshot.window.total == total
        said = f"Window for row {position[0]}, column {position[1]}: sum {total}."
        assert said.replace("-", "−") in e.description


def test_every_input_cell_that_can_be_followed():
    e = everything(padding=1, stride=2)
    cell = e.controls["cell"]
    assert (cell.min, cell.max) == (0, RAMP.size)
    for number in (*range(1, cell.max + 1), 0):
        with act(e):
            cell.value = number
        marks = [m for m in e.scene.grids[2].marks if m.role == "pointed"]
        if number == 0:
            assert e.snapshot.pointed is None
            assert not marks
            continue
        place = divmod(number - 1, 5)
        assert e.snapshot.pointed == place
        fed = [
            (r, c)
            for r, c in np.ndindex(*e.feature_map.shape)
            if all(0 <= p + 1 - 2 * n < 3 for p, n in zip(place, (r, c), strict=True))
        ]
        assert [(m.row, m.column) for m in marks] == fed
        assert f"feeds {len(fed)} of 9 outputs" in e.description


@pytest.mark.parametrize("size", range(1, 8))
def test_every_preset_in_every_size(size):
    e = everything(LETTER, 7 * np.eye(size, dtype=int), padding="same")
    for name in KERNELS:
        with act(e):
            e.controls["preset"].value = name
        assert e.controls["preset"].value == name
        nearest = min(sizes(name), key=lambda n: abs(n - size))
        assert e.controls["kernel_size"].value == nearest
        np.testing.assert_array_equal(e.settings["kernel"], kernel(name, nearest))
        check_map(e, LETTER)
        with act(e, frames=int(nearest != size)):
            e.controls["kernel_size"].value = size
        check_map(e, LETTER)
    e.controls["preset"].value = "identity"
    e.controls["kernel_size"].value = size
    with act(e):
        e.controls["preset"].value = "custom"
    assert not e.feature_map.any()
    assert not e.settings["kernel"].any()
    assert e.settings["kernel"].shape == (size, size)


def test_a_weight_between_two_steps_stays_until_its_slider_is_moved():
    e = explore(RAMP, KERNELS["box blur"], ("kernel",))
    slider = e.controls["kernel"][0][0]
    with act(e, frames=0):
        slider.set_state({"value": 0.1})  # 1/9 in steps of 0.1, as the browser reports it
    assert slider.value == 1 / 9
    with act(e):
        slider.set_state({"value": 0.2})
    assert slider.value == 0.2


def test_a_preset_sets_nine_sliders_with_one_frame():
    e = everything(np.ones((5, 5), int), np.full((3, 3), 7))
    sliders = [s for row in e.controls["kernel"] for s in row]
    moved = []
    for slider in sliders:
        slider.observe(lambda change: moved.append(change["owner"]), "value")
    with act(e):
        e.controls["preset"].value = "box blur"
    assert len(set(moved)) == 9
    np.testing.assert_allclose(e.feature_map, 1)
    assert e.controls["preset"].value == "box blur"


def test_every_sample():
    e = everything(RAMP, KERNELS["sharpen"])
    for name in (*SAMPLES[::-1], "ramp"):
        if name == e.controls["sample"].value:
            continue
        with act(e):
            e.controls["sample"].value = name
        check_map(e, sample(name))
        assert np.array_equal(run(e.code), e.feature_map)
        limits = limits_for(sample(name), KERNELS["sharpen"])
        ends = [limits.input, limits.kernel, limits.map]
        assert [grid.limit for grid in e.scene.grids if grid.title != "Window"] == ends


def test_all_choices_of_the_controls_are_there():
    e = everything()
    assert [v for _, v in e.controls["padding"].options][:3] == ["valid", "same", "full"]
    assert set(e.controls["border"].options) == {"zeros", "edge", "reflect", "wrap"}
    assert [v for _, v in e.controls["preset"].options] == [*KERNELS, "custom"]
    assert tuple(e.controls["sample"].options) == SAMPLES
    assert (e.controls["stride"].min, e.controls["stride"].max) == (1, 4)
    assert (e.controls["dilation"].min, e.controls["dilation"].max) == (1, 3)
    assert [v for _, v in e.controls["kernel_size"].options] == list(range(1, 8))


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 6, 7])
def test_a_new_size_keeps_the_middle_of_the_kernel(size):
    weights = np.arange(1, 10).reshape(3, 3) / 2
    e = everything(LETTER, weights, padding="same", flip=False)
    if size != 3:
        with act(e):
            e.controls["kernel_size"].value = size
    middle = (size - 1) // 2
    assert e.settings["kernel"][middle, middle] == weights[1, 1]
    assert e.settings["kernel"].sum() == sum(weights[r, c] for r, c in kept(size))
    check_map(e, LETTER)


def kept(size):
    """Return the cells of a 3x3 kernel that stay in a kernel of another size."""
    before, after = (size - 1) // 2, size // 2
    inside = [n for n in range(3) if -before <= n - 1 <= after]
    return [(r, c) for r in inside for c in inside]


def test_a_kernel_that_is_not_square_can_be_chosen_again():
    e = everything(LETTER, [[1, 2, 3], [4, 5, 6]])
    oblong = e.controls["kernel_size"].value
    with act(e):
        e.controls["kernel_size"].value = 3
    assert e.settings["kernel"].tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]  # row 0 was its middle
    with act(e):
        e.controls["kernel_size"].value = oblong
    assert e.settings["kernel"].tolist() == [[1, 2, 3], [4, 5, 6]]
    check_map(e, LETTER)


# --- What is refused ------------------------------------------------------------------------------


def test_an_impossible_setting_says_why_and_the_last_picture_stays():
    e = everything(RAMP, SOBEL)
    with refused(e):
        e.controls["kernel_size"].value = 7
    assert "kernel has shape (7, 7)" in e.message
    assert "x has shape (5, 5)" in e.message
    with refused(e):  # still impossible
        e.controls["stride"].value = 2
    with act(e):  # and the next good one empties the message
        e.controls["padding"].value = "full"
    assert "kernel has shape" not in shown_text(e)
    check_map(e, RAMP)
    with refused(e):
        e.controls["padding"].value = "valid"
    with act(e):
        e.controls["kernel_size"].value = 2
    check_map(e, RAMP)


# --- Pointing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [{}, {"padding": 2, "stride": 2}, {"padding": "same"}])
def test_pointing_at_an_output_selects_its_window(options):
    e = everything(**options)
    for row, column in [*np.ndindex(*e.feature_map.shape)][::-1]:
        with act(e, frames=int((row, column) != e.snapshot.position)):
            point_at(e, 2, row, column)
        assert e.snapshot.position == (row, column)
        assert e.controls["step"].value == row * e.feature_map.shape[1] + column
        assert f"Window for row {row}, column {column}" in e.description


@pytest.mark.parametrize("padding", [0, 1, ((0, 2), (1, 0))])
def test_pointing_at_an_input_shows_what_it_feeds(padding):
    e = everything(padding=padding)
    (top, _), (left, _) = e.snapshot.sliding.amounts
    rows, columns = e.scene.grids[0].values.shape
    for row, column in np.ndindex(rows, columns):
        point_at(e, 0, row, column)
        place = (row - top, column - left)
        inside = 0 <= place[0] < 5 and 0 <= place[1] < 5
        assert e.snapshot.pointed == (place if inside else None)  # padding feeds nothing of its own
        number = 1 + place[0] * 5 + place[1] if inside else 0
        assert e.controls["cell"].value == number


def test_pointing_in_sequences():
    e = everything(np.arange(8), [1, 2, 3], padding=1)
    assert [g.title for g in e.scene.grids] == ["Input", "Kernel", "Products", "Feature map"]
    with act(e):
        point_at(e, 3, 0, 5)
    assert e.snapshot.position == (5,)
    with act(e):
        point_at(e, 0, 0, 4)
    assert (e.snapshot.pointed, e.snapshot.position) == ((3,), (5,))
    with act(e):
        point_at(e, 0, 0, 0)  # padding
    assert e.snapshot.pointed is None


def test_a_weight_is_dragged_in_the_picture():
    e = everything()
    turned = e.controls["kernel"][-1][0]  # the kernel is drawn as it lies on the input
    start = turned.value
    with act(e, frames=3):
        drag(e, 1, 0, len(e.controls["kernel"][0]) - 1, 3, 7, -2)
    assert turned.value == pytest.approx(start - 0.2)
    assert e.settings["kernel"][-1, 0] == turned.value
    with act(e):
        drag(e, 1, 0, len(e.controls["kernel"][0]) - 1, 0)  # Escape
    assert turned.value == start
    with act(e):
        drag(e, 1, 0, len(e.controls["kernel"][0]) - 1, 999, press=2)
    assert turned.value == turned.max


@pytest.mark.parametrize("flip", [True, False])
def test_a_weight_of_a_spread_sequence_is_dragged(flip):
    e = explore([1, 2, 3, 4, 5], [1, 1 / 9], ("kernel",), flip=flip, dilation=2)
    with act(e, frames=0):
        drag(e, 1, 0, 1, 5)  # the gap between two weights
    with act(e):
        drag(e, 1, 0, 0 if flip else 2, 1, press=2)  # 1/9 is between two steps
    assert e.settings["kernel"].tolist() == [1, 0.2]


def test_pointing_elsewhere_or_leaving_ends_it():
    e = everything()
    with act(e, frames=0):
        point(e, 2, 2)
    for elsewhere in (
        lambda: point(e, 2, 2),
        lambda: leave(e),
        lambda: point_at(e, 1, 1, 2),  # the kernel
    ):
        with act(e):
            point_at(e, 0, 2, 3)
        assert e.snapshot.pointed == (2, 3)
        with act(e):
            elsewhere()
        assert e.snapshot.pointed is None
        assert e.snapshot.position == (0, 0)
    with act(e, frames=0):
        point(e, 5000, 5000)
        point(e, -3, -3)


def test_window_and_followed_cell_stay_inside_when_arrays_shrink():
    e = everything(LETTER, SOBEL, position=(13, 13))
    with act(e):
        e.controls["cell"].value = 256
    assert e.snapshot.pointed == (15, 15)
    with act(e):
        e.controls["sample"].value = "ramp"
    assert e.snapshot.position == (2, 2)
    assert e.snapshot.pointed == (4, 4)
    assert (e.controls["step"].value, e.controls["step"].max) == (8, 8)
    assert (e.controls["cell"].value, e.controls["cell"].max) == (25, 25)
    with act(e):
        e.controls["kernel_size"].value = 5
    assert e.controls["step"].disabled
    with act(e):
        e.controls["sample"].value = "letter H"
    assert not e.controls["step"].disabled
    assert e.controls["step"].max == 143


def test_the_same_can_be_done_with_keys():
    """All that pointing does, sliders do."""
    mouse, keys = everything(), everything()
    point_at(mouse, 2, 1, 2)
    keys.controls["step"].value = 5
    assert mouse.picture.value == keys.picture.value
    point_at(mouse, 0, 3, 1)
    keys.controls["cell"].value = 17
    assert mouse.picture.value == keys.picture.value
    assert mouse.description == keys.description


# --- Code -----------------------------------------------------------------------------------------

OWN = np.random.default_rng(5)


@pytest.mark.parametrize(
    "x",
    [
        sample("letter H"),
        sample("photograph: camera"),
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
    result = run(e.code)
    assert result.dtype == e.feature_map.dtype
    assert np.array_equal(result, e.feature_map)
    first = run(e.code)
    with act(e):
        e.controls["kernel"][0][0].value = 3
    assert not np.array_equal(run(e.code), first) or not np.any(x)
    assert np.array_equal(run(e.code), e.feature_map)


def test_the_code_has_one_number_for_each_axis_where_they_differ():
    e = explore(LETTER, SOBEL, ("code",), stride=(1, 2), dilation=(3, 1))
    assert np.array_equal(run(e.code), e.feature_map)


def test_the_code_names_samples_and_leaves_out_what_is_usual():
    code = explore(LETTER, [[1, 2]]).code
    assert "sample('letter H')" in code
    assert "stride" not in code
    assert "border" not in code
    assert "base64" not in code
    assert "weights = np.array([[1, 2]])" in code
    assert code.splitlines()[-1] == "feature_map"
    assert "sample(" not in explore(LETTER + 1, [[1, 2]]).code
    assert "sample(" not in explore(LETTER.astype(float), [[1, 2]]).code


def test_the_code_is_the_same_in_a_browser_where_whole_numbers_have_32_bits(monkeypatch):
    in_browser = SimpleNamespace(**vars(np))
    in_browser.array = lambda values: np.array(values, np.int32)
    monkeypatch.setattr(snippets, "np", in_browser)
    assert snippets._kind(np.array([1, 2], np.int64)) == ""
    assert snippets._kind(np.array([1, 2], np.int32)) == ", dtype='int32'"


def test_the_code_is_shown_and_follows():
    e = everything()
    with act(e, frames=0):
        e.controls["code"].value = True
    assert "convolve(x, weights" in shown_text(e)
    assert "stride" not in shown_text(e)
    with act(e):
        e.controls["stride"].value = 2
    assert "stride=2" in shown_text(e)
    with act(e, frames=0):
        e.controls["code"].value = False
    assert "<pre" not in "".join(w.value for w in e.view.children if isinstance(w, widgets.HTML))
    with act(e):
        e.controls["stride"].value = 1
    assert "<pre" not in "".join(w.value for w in e.view.children if isinstance(w, widgets.HTML))


# --- The reader's own picture ---------------------------------------------------------------------

COLOURFUL = np.random.default_rng(8).integers(0, 256, (14, 11, 3), dtype=np.uint8)


def test_uploading_a_colour_picture():
    e = everything()
    with act(e):
        upload(e, png_of(COLOURFUL))
    assert e.controls["sample"].value == "your own"
    check_map(e, COLOURFUL)
    assert e.feature_map.ndim == 3
    assert np.array_equal(run(e.code), e.feature_map)
    with act(e):
        e.controls["sample"].value = "your own, in grey"
    assert e.feature_map.ndim == 2
    grey = np.rint(COLOURFUL.mean(axis=2)).astype(np.uint8)
    check_map(e, grey)
    assert np.array_equal(run(e.code), e.feature_map)
    with act(e):
        e.controls["sample"].value = "ring"
    check_map(e, sample("ring"))
    with act(e):
        e.controls["sample"].value = "your own"
    check_map(e, COLOURFUL)


def test_uploading_a_grey_picture():
    e = everything()
    grey = COLOURFUL[:, :, 0].copy()
    with act(e):
        upload(e, png_of(grey))
    check_map(e, grey)
    assert e.feature_map.ndim == 2
    assert "your own, in grey" not in e.controls["sample"].options


def test_uploading_without_a_choice_of_samples():
    e = explore(RAMP, SOBEL, ("upload", "kernel"))
    with act(e):
        upload(e, png_of(COLOURFUL))
    check_map(e, COLOURFUL)


def test_taking_the_file_away_changes_nothing():
    e = everything()
    upload(e, png_of(COLOURFUL))
    feature_map = e.feature_map.copy()
    e.controls["upload"].value = ()
    assert np.array_equal(e.feature_map, feature_map)
    assert e.message == ""


# --- Scales ---------------------------------------------------------------------------------------


def test_the_colour_scale_stays_while_a_weight_is_dragged():
    e = everything()
    limits = {grid.title: grid.limit for grid in e.scene.grids}
    for value in (3, -8, 8):
        e.controls["kernel"][1][1].value = value
        assert {grid.title: grid.limit for grid in e.scene.grids} == limits
    e.controls["preset"].value = "outline"
    assert {grid.title: grid.limit for grid in e.scene.grids} != limits


def test_the_end_of_the_scale_can_be_fixed():
    e = everything(limit=12)
    for name in ("outline", "box blur", "Laplacian"):
        e.controls["preset"].value = name
        assert e.scene.grids[2].limit == 12


@pytest.mark.parametrize("weight", [20, -20])
def test_sliders_reach_as_far_as_the_weights(weight):
    e = explore(RAMP, [[weight, 3]], ("kernel",))
    slider = e.controls["kernel"][0][0]
    assert slider.value == weight
    assert (slider.min, slider.max) == (-20, 20)
    check_map(e, RAMP)


def test_border_can_be_chosen_only_where_there_is_padding():
    e = everything()
    assert e.controls["border"].disabled
    e.controls["padding"].value = "same"
    assert not e.controls["border"].disabled


# --- Predictions ----------------------------------------------------------------------------------

DIGITS = sample("5 x 5 digits")


def asked(p):
    """Return the hidden cell and the number in it."""
    hidden = p.snapshot.hidden
    return hidden, p.snapshot.sliding.window(hidden).total


def test_a_right_answer_reveals_the_arithmetic():
    p = predict(DIGITS, SOBEL, position=(1, 1))
    hidden, total = asked(p)
    assert hidden == (1, 1)
    assert "hidden" in p.description
    assert f"sum {total}" not in p.description
    with act(p):
        p.controls["answer"].value = str(total)
    assert p.verdict.correct is True
    assert "Right" in shown_text(p)
    assert p.snapshot.hidden is None
    assert f"Window for row 1, column 1: sum {total}.".replace("-", "−") in p.description
    assert any(t.text.startswith("=  ") for t in p.scene.texts)
    p.controls["answer"].value = str(total + 1)
    assert p.verdict.correct is False
    assert p.snapshot.hidden is None  # what is told stays told


@pytest.mark.parametrize("answer", ["1000", "1e3", "abc", "1,5", "nan", "inf", "1/2", "٣", "--1"])
def test_a_wrong_answer_reveals_nothing(answer):
    p = predict(DIGITS, SOBEL, position=(1, 1))
    hidden, total = asked(p)
    with act(p):
        p.controls["answer"].value = answer
    assert p.verdict.correct is False
    assert p.snapshot.hidden == hidden
    assert p.message == ""
    assert "Not yet" in shown_text(p)
    assert not any(t.text.startswith("=  ") for t in p.scene.texts)
    with act(p):
        p.controls["answer"].value = f"{total}.0"
    assert p.verdict.correct is True


@pytest.mark.parametrize("blank", ["", "  ", "..."])
def test_a_blank_answer_is_no_mistake(blank):
    p = predict(DIGITS, SOBEL, position=(1, 1))
    p.controls["answer"].value = blank
    with act(p):
        p.controls["check"].click()
    assert p.verdict.correct is None
    assert p.snapshot.hidden == (1, 1)
    assert "Not answered yet" in shown_text(p)


@pytest.mark.parametrize(
    ("flip", "mistake"), [(True, "forgot_to_flip"), (False, "flipped_when_not")]
)
def test_the_flipped_answer_is_named(flip, mistake):
    weights = np.array([[1, 2], [3, 5]])
    p = predict(DIGITS, weights, position=(1, 1), flip=flip)
    other = window_at(DIGITS, weights, (1, 1), flip=not flip).total
    assert other != asked(p)[1]
    p.controls["answer"].value = str(other)
    assert p.verdict.mistake == mistake
    assert p.verdict.correct is False


def test_a_number_may_be_typed_with_a_true_minus_or_a_comma():
    p = predict([[-5, 0], [0, 0]], [[1]], position=(0, 0))
    p.controls["answer"].value = "−5"
    assert p.verdict.correct is True
    p = predict([[0.5, 0], [0, 0]], [[1]], position=(0, 0))
    p.controls["answer"].value = "0,5"
    assert p.verdict.correct is True
    assert read_number(" 12 ") == 12
    assert read_number("") is ...
    assert read_number("a") == "a"


def test_reveal_and_next():
    p = predict(DIGITS, SOBEL)
    seen = []
    for _ in range(30):
        hidden, total = asked(p)
        assert not seen or hidden != seen[-1]  # never the same twice in a row
        seen.append(hidden)
        assert (np.array(hidden) < p.snapshot.sliding.shape).all()
        with act(p):
            p.controls["reveal"].click()
        assert p.snapshot.hidden is None
        assert f"sum {total}.".replace("-", "−") in p.description
        assert p.verdict is None  # revealed, not answered
        with act(p):
            p.controls["next"].click()
        assert p.controls["answer"].value == ""
        assert "Not yet" not in shown_text(p)
        assert p.verdict is None
    assert len(set(seen)) > 5


def test_the_order_of_questions_is_always_the_same():
    def order():
        p = predict(DIGITS, SOBEL)
        cells = [p.snapshot.hidden]
        for _ in range(5):
            p.controls["next"].click()
            cells.append(p.snapshot.hidden)
        return cells

    assert order() == order()


def test_a_map_of_one_cell_can_be_asked_for_again_and_again():
    p = predict([[1, 2]], [[3, 4]])
    assert p.snapshot.hidden == (0, 0)
    p.controls["next"].click()
    assert p.snapshot.hidden == (0, 0)
    p.controls["answer"].value = "10"
    assert p.verdict.correct is True


def test_the_picture_does_not_give_the_hidden_number_away():
    p = predict(DIGITS, SOBEL, position=(1, 1))
    assert p.snapshot.hidden == (1, 1)
    assert p.scene.grids[2].texts[1][1] == "?"
    assert set(p.controls) == {"answer", "check", "reveal", "next"}


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
    for _ in range(3):
        hidden, total = asked(p)
        assert total == pytest.approx(window_at(first(image), weights, hidden, **options).total)
        with act(p):
            p.controls["answer"].value = str(round(total, 3))
        assert p.verdict.correct is True
        with act(p):
            p.controls["next"].click()


def first(image):
    """Return the first channel of a colour photograph, anything else as it is."""
    return image[:, :, 0] if np.ndim(image) == 3 else image


def test_after_a_refusal_the_last_good_picture_is_stored():
    e = everything()
    before = e._repr_mimebundle_()
    e.controls["kernel_size"].value = 7
    assert e.message
    assert e._repr_mimebundle_() == before


# --- Living together ------------------------------------------------------------------------------


def test_the_widgets_are_made_once():
    e = everything(LETTER)
    e.controls["kernel_size"].value = 7  # all sliders there will ever be
    before = set(_instances)
    for number in range(40):
        e.controls["kernel_size"].value = 1 + number % 7
        e.controls["step"].value = number
        e.controls["preset"].value = list(KERNELS)[number % len(KERNELS)]
    assert set(_instances) == before
