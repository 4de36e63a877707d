"""The explorers: every control through all its values, one frame for each action, or a reason."""

import base64
import datetime
import html
import io
from types import SimpleNamespace

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image
from reference import DoesNotFit, convolved

from helpers.convolution import convolve, window_at
from helpers.drawing import Scene, arrays_scene, limits_for
from helpers.drawing.words import range_sentence
from helpers.explorers import (
    ConvolutionExplorer,
    Explorer,
    Prediction,
    base,
    explore,
    predict,
    snippets,
)
from helpers.explorers.controls import Whole
from helpers.explorers.convolution import CONTROLS
from helpers.explorers.declaration import Built, Declaration
from helpers.explorers.prediction import read_number
from helpers.explorers.widget import Picture
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, sample
from tests.pointer import drag, leave, point, point_at

RAMP = np.arange(1, 26).reshape(5, 5)
SOBEL = KERNELS["Sobel x"]
FOR_SEQUENCES = tuple(n for n in CONTROLS if n not in ("preset", "sample", "upload"))
OPTIONS = ("stride", "padding", "dilation", "border", "flip")
DEFAULTS = {"stride": 1, "padding": "valid", "dilation": 1, "border": "zeros", "flip": True}


class CountingPicture(Picture):
    """A picture that counts how often its value is set, also to what it was."""

    assignments = 0

    def __setattr__(self, name, value):
        if name == "value":
            type(self).assignments += 1
            self.__dict__["assigned"] = self.__dict__.get("assigned", 0) + 1
        super().__setattr__(name, value)


@pytest.fixture(autouse=True)
def counted(monkeypatch):
    """Let every explorer count what it puts on screen."""
    monkeypatch.setattr(base, "Picture", CountingPicture)


@pytest.fixture(scope="module", autouse=True)
def no_figures():
    """Nothing here may open a Matplotlib figure."""
    yield
    assert plt.get_fignums() == []


def state(e):
    return e.frames, e.picture.assigned


class act:
    """Check that what happens inside makes `frames` new frames, and says why if it makes none."""

    def __init__(self, e, frames=1):
        self.e, self.frames = e, frames

    def __enter__(self):
        e = self.e
        self.before = (*state(e), e.picture.value, e.feature_map, e.description, e.message)
        return e

    def __exit__(self, kind, *_):
        if kind is not None:
            return
        e = self.e
        frames, assigned, png, feature_map, description, _ = self.before
        assert state(e) == (frames + self.frames, assigned + self.frames)
        if self.frames:
            assert e.message == ""
        else:
            assert (e.picture.value, e.description) == (png, description)
            assert e.feature_map is feature_map


class refused(act):
    """Check that what happens inside is refused with a message and leaves the picture as it is."""

    def __init__(self, e):
        super().__init__(e, frames=0)

    def __exit__(self, kind, *_):
        super().__exit__(kind)
        if kind is None:
            assert self.e.message
            assert "allowed" in self.e.message or "try again" in self.e.message
            assert self.e.message in shown_text(self.e)


def shown_text(e):
    """Return all the text that the explorer shows, for eyes and for ears."""
    boxes = [w.value for w in e.view.children if isinstance(w, widgets.HTML)]
    return html.unescape(" ".join([e.picture.alt, e.picture.message, *boxes]))


def options_on(e, fixed=()):
    """Return the options of `convolve` that the controls say."""
    chosen = DEFAULTS | dict(fixed)
    return chosen | {n: e.controls[n].value for n in OPTIONS if n in e.controls}


def weights_on(e):
    """Return the weights that the sliders say."""
    rows = np.array([[slider.value for slider in row] for row in e.controls["kernel"]])
    return rows[0] if e.feature_map.ndim == 1 else rows


def expected_map(x, weights, options):
    """Return the feature map by nested loops, or where that would take long by `convolve`."""
    x, weights = np.asarray(x), np.asarray(weights)
    if x.ndim == 3:
        return np.stack([convolve(x[:, :, c], weights, **options) for c in range(3)], axis=2)
    if x.size * weights.size > 4000:
        return convolve(x, weights, **options)
    return np.array(convolved(x.tolist(), weights.tolist(), **options))


def check_map(e, x, fixed=()):
    """Compare what is on screen with what the controls say."""
    wanted = expected_map(x, weights_on(e), options_on(e, fixed))
    assert e.feature_map.shape == wanted.shape
    np.testing.assert_allclose(e.feature_map, wanted, atol=1e-9)


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


def test_the_attributes_that_notebooks_rely_on():
    e = explore(RAMP, SOBEL, ("kernel", "stride", "padding"))
    assert isinstance(e, Explorer)
    assert isinstance(e, ConvolutionExplorer)
    assert isinstance(e.picture, Picture)
    assert bytes(e.picture.value).startswith(b"\x89PNG")
    assert e.message == ""
    assert state(e) == (1, 1)
    assert repr(e) == e.description
    assert e.feature_map.tolist() == convolved(RAMP.tolist(), SOBEL.tolist())
    assert {"kernel", "stride", "padding"} <= set(e.controls)
    assert [[s.value for s in row] for row in e.controls["kernel"]] == SOBEL.tolist()
    assert e.controls["stride"].value == 1
    assert e.controls["padding"].value == "valid"


@pytest.mark.parametrize("names", [(), ("step",), ("cell", "code"), ("kernel", "flip"), CONTROLS])
def test_only_the_named_controls_are_shown(names):
    e = explore(RAMP, SOBEL, names)
    by_keyboard = [w for w in e.view.children if "explorer-by-keyboard" in w._dom_classes]
    moved = {w for box in by_keyboard for w in box.children}
    shown = set(descendants(e.view)) - moved
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


def descendants(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from descendants(child)


def test_every_control_says_what_it_does():
    e = everything()
    for control in descendants(e.view):
        if isinstance(control, (widgets.IntSlider, widgets.Dropdown, widgets.Checkbox)):
            assert control.description
    for row, sliders in enumerate(e.controls["kernel"]):
        for column, slider in enumerate(sliders):
            assert slider.tooltip == f"weight in row {row}, column {column}"


def test_the_play_button_follows_the_window_whose_name_it_takes():
    e = everything()
    boxes = [getattr(child, "children", ()) for child in e.view.children]
    row = next(children for children in boxes if e.controls["step"] in children)
    assert [type(each) for each in row] == [widgets.IntSlider, widgets.Play, widgets.IntSlider]
    assert row[::2] == (e.controls["step"], e.controls["cell"])


def test_options_without_a_control_keep_their_values():
    options = {"stride": (2, 1), "padding": ((1, 0), (2, 2)), "border": "edge", "flip": False}
    e = explore(RAMP, SOBEL, ("kernel", "dilation"), **options)
    check_map(e, RAMP, options)
    with act(e):
        e.controls["dilation"].value = 2
    check_map(e, RAMP, options)
    with act(e):
        e.controls["kernel"][0][0].value = 2.5
    check_map(e, RAMP, options)


@pytest.mark.parametrize("name", ["stride", "dilation"])
def test_any_step_to_begin_with_is_on_its_slider(name):
    e = explore(LETTER, SOBEL, ("kernel", name), **{name: 6})
    assert (e.controls[name].value, e.controls[name].max) == (6, 6)
    check_map(e, LETTER, {name: 6})


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
    assert state(e) == (1, 1)
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


def test_every_weight_through_the_range_of_its_slider():
    e = everything()
    for row, column in np.ndindex(3, 3):
        slider = e.controls["kernel"][row][column]
        assert (slider.min, slider.max) == (-8, 8)
        for value in (-8, -0.5, 0.5, 7.5, 8):
            with act(e):
                slider.value = value
            assert e.controls["preset"].value == "custom"
        check_map(e, RAMP)
        assert e.kernel[row, column] == 8


@pytest.mark.parametrize("size", range(1, 8))
def test_every_preset_in_every_size(size):
    e = everything(LETTER, 7 * np.eye(size, dtype=int), padding="same")
    for name in KERNELS:
        with act(e):
            e.controls["preset"].value = name
        assert e.controls["preset"].value == name
        nearest = min(sizes(name), key=lambda n: abs(n - size))
        assert e.controls["kernel_size"].value == nearest
        np.testing.assert_array_equal(weights_on(e), kernel(name, nearest))
        check_map(e, LETTER)
        with act(e, frames=int(nearest != size)):
            e.controls["kernel_size"].value = size
        check_map(e, LETTER)
    e.controls["preset"].value = "identity"
    e.controls["kernel_size"].value = size
    with act(e):
        e.controls["preset"].value = "custom"
    assert not e.feature_map.any()
    assert not weights_on(e).any()
    assert weights_on(e).shape == (size, size)


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
        shown = [grid.limit for grid in e.scene.grids if grid.title != "Window"]
        assert shown == ends


@pytest.mark.parametrize("x", [RAMP, LETTER, sample("ring")], ids=["ramp", "letter", "ring"])
def test_every_value_of_the_other_controls(x):
    e = everything(x, [[1, 2, 0], [-1, 0, 3], [0, 0, -2]], padding=3)
    values = {
        "stride": range(4, 0, -1),
        "dilation": range(3, 0, -1),
        "border": ("edge", "reflect", "wrap", "zeros"),
        "flip": (False, True),
        "padding": [value for _, value in e.controls["padding"].options],
        "kernel_size": (*range(7, 0, -1), 3),
    }
    for name, choices in values.items():
        control = e.controls[name]
        for value in choices:
            if value == control.value:
                continue
            try:
                size = value if name == "kernel_size" else 3
                chosen = options_on(e) | ({name: value} if name in OPTIONS else {})
                expected_map(x, np.ones((size, size)), chosen)
            except DoesNotFit:
                with refused(e):
                    control.value = value
            else:
                with act(e):
                    control.value = value
                check_map(e, x)


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
    assert weights_on(e)[middle, middle] == weights[1, 1]
    assert weights_on(e).sum() == sum(weights[r, c] for r, c in kept(size))
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
    assert weights_on(e).tolist() == [[0, 0, 0], [1, 2, 3], [4, 5, 6]]  # row 0 was its middle
    with act(e):
        e.controls["kernel_size"].value = oblong
    assert weights_on(e).tolist() == [[1, 2, 3], [4, 5, 6]]
    check_map(e, LETTER)


# --- Many settings at once ------------------------------------------------------------------------


def random_action(e, rng):
    """Choose a control and another value for it."""
    names = [n for n in e.controls if n not in ("upload", "code")]
    name = names[rng.integers(len(names))]
    control = e.controls[name]
    if name == "kernel":
        row = control[rng.integers(len(control))]
        control = row[rng.integers(len(row))]
        return control, rng.integers(-16, 17) / 2
    if isinstance(control, widgets.Dropdown):
        choices = [o[1] if isinstance(o, tuple) else o for o in control.options]
        return control, choices[rng.integers(len(choices))]
    if isinstance(control, widgets.Checkbox):
        return control, not control.value
    return control, int(rng.integers(control.min, control.max + 1))


def walk(e, rng, actions, input_of):
    """Do random actions; after each, compare everything there is to compare."""
    for number in range(actions):
        control, value = random_action(e, rng)
        before = state(e)
        changed = control.value != value
        control.value = value
        x = input_of(e)
        try:
            wanted = expected_map(x, weights_on(e), options_on(e))
        except DoesNotFit:
            assert "kernel that fits" in e.message
            assert state(e) == before
            continue
        assert e.message == ""
        assert state(e) == tuple(n + changed for n in before)
        assert e.feature_map.shape == wanted.shape
        np.testing.assert_allclose(e.feature_map, wanted, atol=1e-6)
        shape = wanted.shape[:2]
        assert np.ravel_multi_index(e.snapshot.position, shape) == e.controls["step"].value
        assert e.controls["step"].max == np.prod(shape) - 1
        assert e.controls["cell"].max == np.prod(x.shape[:2])
        if number % 7 == 0:
            np.testing.assert_array_equal(run(e.code), e.feature_map)
    return e


@pytest.mark.parametrize("seed", range(4))
def test_random_settings_of_pictures(seed):
    e = everything(RAMP, SOBEL)
    walk(e, np.random.default_rng(seed), 100, lambda e: sample(e.controls["sample"].value))
    assert e.frames > 40


@pytest.mark.parametrize("seed", range(2))
def test_random_settings_of_sequences(seed):
    x = np.repeat([[0, 1], [-5, 9]][seed], 8)
    e = walk(everything(x, [1, 2, -1]), np.random.default_rng(seed), 100, lambda _: x)
    assert e.frames > 60


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


def test_a_dilation_that_does_not_fit():
    e = everything(np.arange(6), [1, 1, 1])
    with act(e):
        e.controls["dilation"].value = 2
    with refused(e):
        e.controls["dilation"].value = 3
    assert "spanning (7,)" in e.message
    with act(e):
        e.controls["dilation"].value = 1
    assert e.feature_map.tolist() == [3, 6, 9, 12]


def test_setting_what_is_already_set_makes_no_frame():
    e = everything()
    with act(e, frames=0):
        e.controls["stride"].value = 1
        e.controls["flip"].value = True
        e.controls["kernel"][0][0].value = -1
        e.controls["step"].value = 0


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"controls": "kernel"}, TypeError, "controls='kernel'"),
        ({"controls": ("kernel", "size")}, ValueError, "controls contains 'size'"),
        ({"image": [1, 2, 3], "kernel": [1], "controls": ("preset",)}, ValueError, "'preset'"),
        ({"image": [1, 2, 3], "kernel": [1], "controls": ("upload",)}, ValueError, "'upload'"),
        ({"kernel": [[1] * 6]}, ValueError, "kernel has shape (1, 6)"),
        ({"kernel": [1, 2]}, ValueError, "kernel has shape (2,)"),
        ({"kernel": "Sobel x"}, TypeError, "kernel holds"),
        ({"image": [[1, float("nan")]], "kernel": [[1]]}, ValueError, "image holds nan"),
        ({"image": np.zeros((2, 2, 3))}, ValueError, "image has shape (2, 2, 3)"),
        ({"image": np.zeros((400, 2))}, ValueError, "image has shape (400, 2)"),
        ({"stride": 0}, ValueError, "stride=0"),
        ({"stride": (1, 2), "controls": ("stride",)}, ValueError, "stride=(1, 2)"),
        ({"dilation": (1, 2), "controls": ("dilation",)}, ValueError, "dilation=(1, 2)"),
        ({"padding": "causal"}, ValueError, "padding='causal'"),
        ({"border": "zero"}, ValueError, "border='zero'"),
        ({"flip": 1}, TypeError, "flip=1"),
        ({"position": (3, 0)}, ValueError, "position=(3, 0)"),
        ({"position": (0,)}, ValueError, "position=(0,)"),
    ],
)
def test_what_cannot_be_explored_is_named(arguments, error, said):
    given = {"image": RAMP, "kernel": SOBEL} | arguments
    with pytest.raises(error) as caught:
        explore(given.pop("image"), given.pop("kernel"), **given)
    assert said in str(caught.value)
    assert "allowed" in str(caught.value)


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
    assert e.kernel[-1, 0] == turned.value
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
    assert e.kernel.tolist() == [1, 0.2]


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


def test_moving_within_a_cell_makes_no_frame():
    e = everything()
    grid = e.scene.grids[2]
    with act(e):
        point(e, grid.x + grid.cell + 1, grid.y + 1)
    with act(e, frames=0):
        for offset in range(2, grid.cell, 3):
            point(e, grid.x + grid.cell + offset, grid.y + offset)


def test_pointing_at_photographs_and_small_cells():
    e = everything(sample("photograph: cat (colour)"), KERNELS["box blur"], padding="same")
    last = len(e.scene.grids) - 1
    assert e.scene.grids[last].cell <= 3
    with act(e):
        point_at(e, last, 31, 47)
    assert e.snapshot.position == (31, 47)
    assert e.controls["step"].value == 31 * e.feature_map.shape[1] + 47
    with act(e):
        point_at(e, 0, 10, 20)
    assert e.snapshot.pointed == (9, 19)


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


def test_uploading_a_large_photograph():
    e = everything()
    large = np.zeros((900, 1200, 3), np.uint8)
    large[:, 600:] = 200
    with act(e):
        upload(e, png_of(large, "JPEG"), "photo.jpg")
    assert max(e.feature_map.shape) <= 160
    assert e.feature_map.shape[1] > e.feature_map.shape[0]


def test_uploading_without_a_choice_of_samples():
    e = explore(RAMP, SOBEL, ("upload", "kernel"))
    with act(e):
        upload(e, png_of(COLOURFUL))
    check_map(e, COLOURFUL)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"GIF89a" + b"\0" * 100,
        png_of(COLOURFUL)[:200],
        png_of(COLOURFUL)[:20],
        png_of(COLOURFUL, "JPEG")[:300],
        b"\x89PNG\r\n\x1a\n" + b"\0" * 500,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\0" * 20_000_001,
    ],
    ids=["empty", "text", "gif", "cut", "head", "cut jpeg", "zeros", "svg", "huge"],
)
def test_files_that_are_no_pictures_get_a_message(content):
    e = everything()
    upload(e, png_of(COLOURFUL))
    frames, png, chosen = e.frames, e.picture.value, e.controls["sample"].value
    upload(e, content)
    assert e.message
    assert e.frames == frames
    assert e.picture.value == png
    assert e.controls["sample"].value == chosen
    with act(e):
        e.controls["stride"].value = 2
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


def test_numbers_too_long_for_the_scale_can_be_shown():
    e = everything(RAMP * 10_000, SOBEL)
    with act(e):
        e.controls["kernel_size"].value = 5
    with act(e):
        e.controls["preset"].value = "outline"
    check_map(e, RAMP * 10_000)


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


def press(button):
    button.click()


def test_a_right_answer_reveals_the_arithmetic():
    p = predict(DIGITS, SOBEL, position=(1, 1))
    assert isinstance(p, Prediction)
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
        press(p.controls["check"])
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
            press(p.controls["reveal"])
        assert p.snapshot.hidden is None
        assert f"sum {total}.".replace("-", "−") in p.description
        assert p.verdict is None  # revealed, not answered
        with act(p):
            press(p.controls["next"])
        assert p.controls["answer"].value == ""
        assert "Not yet" not in shown_text(p)
        assert p.verdict is None
    assert len(set(seen)) > 5


def test_next_forgets_the_answer():
    p = predict(DIGITS, SOBEL, position=(0, 0))
    p.controls["answer"].value = "1000"
    with act(p):
        press(p.controls["next"])
    assert (p.controls["answer"].value, p.verdict) == ("", None)
    assert p.snapshot.hidden is not None


def test_the_order_of_questions_is_always_the_same():
    def order():
        p = predict(DIGITS, SOBEL)
        cells = [p.snapshot.hidden]
        for _ in range(5):
            press(p.controls["next"])
            cells.append(p.snapshot.hidden)
        return cells

    assert order() == order()


def test_a_map_of_one_cell_can_be_asked_for_again_and_again():
    p = predict([[1, 2]], [[3, 4]])
    assert p.snapshot.hidden == (0, 0)
    press(p.controls["next"])
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
            press(p.controls["next"])


def first(image):
    """Return the first channel of a colour photograph, anything else as it is."""
    return image[:, :, 0] if np.ndim(image) == 3 else image


def test_what_predict_does_not_know_is_refused_by_name():
    with pytest.raises(TypeError, match="controls"):
        predict(DIGITS, SOBEL, controls=("kernel",))
    with pytest.raises(ValueError, match=r"stride=0.*allowed"):
        predict(DIGITS, SOBEL, stride=0)


# --- What a notebook stores -----------------------------------------------------------------------

MAKERS = {
    "everything": lambda: everything(LETTER),
    "nothing": lambda: explore(RAMP, SOBEL, ()),
    "sequence": lambda: everything(np.arange(9), [1, 2]),
    "colour": lambda: everything(sample("photograph: cat (colour)"), SOBEL),
    "prediction": lambda: predict(DIGITS, SOBEL),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_live_view_carries_the_picture_and_its_sentence(make):
    e = make()
    bundle = e._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"}
    assert bundle["text/plain"] == e.description
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == e.view.model_id
    stored, live = (
        np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)
        for png in (base64.b64decode(bundle["image/png"]), e.picture.value)
    )
    assert stored.shape == live.shape
    assert np.abs(stored - live).mean() < 4
    assert e._repr_mimebundle_(include=None, exclude=None)["text/plain"] == e.description


def test_after_a_refusal_the_last_good_picture_is_stored():
    e = everything()
    before = e._repr_mimebundle_()
    e.controls["kernel_size"].value = 7
    assert e.message
    assert e._repr_mimebundle_() == before


# --- Living together ------------------------------------------------------------------------------


def test_two_explorers_are_independent():
    x, weights = RAMP.copy(), SOBEL.copy()
    one, other = everything(x, weights), everything(x, weights)
    with act(other, frames=0):
        for name, value in (("stride", 2), ("preset", "emboss"), ("padding", "full"), ("cell", 3)):
            with act(one):
                one.controls[name].value = value
        with act(one):
            one.controls["kernel"][0][0].value = 6
        with act(one):
            point_at(one, 2, 1, 1)
        with refused(one):
            upload(one, b"no picture")
    assert other.message == ""
    check_map(other, RAMP)
    assert np.array_equal(x, RAMP)
    assert np.array_equal(weights, SOBEL)
    assert np.array_equal(SOBEL, KERNELS["Sobel x"])


def test_arrays_that_are_changed_later_stay_on_screen_as_they_were():
    x, weights = RAMP.copy(), SOBEL.copy()
    e = explore(x, weights, ("stride",))
    x[:], weights[:] = 0, 0
    e.controls["stride"].value = 2
    assert np.array_equal(e.feature_map, convolve(RAMP, SOBEL, stride=2))


def test_several_actions_in_a_row_are_several_frames():
    e = everything()
    start = e.frames
    for value in (2, 3, 4, 1) * 5:
        e.controls["stride"].value = value
    assert e.frames == start + 20
    assert e.picture.assigned == e.frames


def test_the_widgets_are_made_once():
    e = everything(LETTER)
    e.controls["kernel_size"].value = 7  # all sliders there will ever be
    before = len(alive())
    for number in range(40):
        e.controls["kernel_size"].value = 1 + number % 7
        e.controls["step"].value = number
        e.controls["preset"].value = list(KERNELS)[number % len(KERNELS)]
    assert len(alive()) == before


def alive():
    """Return the widgets that are open."""
    return set(widgets.widget._instances)


# --- Explorers that are one function of their controls --------------------------------------------


def powers(refuse=13, point=None):
    """Return an explorer of n, 2n, ... that can be pointed at, and refuses one number."""

    def build(count, factor):
        factor = min(factor, 3 * count)
        if factor == refuse:
            raise ValueError(f"factor={refuse}: allowed is any other number")
        values = np.arange(count) * factor
        return Built(values, arrays_scene({"values": values}), {"factor": 3 * count})

    controls = {"count": Whole("count", 1, 8), "factor": Whole("factor", 1, interval=600)}
    return Declaration(controls, build, point).explorer(count=5, factor=2)


def test_every_setting_of_a_function_of_controls():
    e = powers()
    assert state(e) == (1, 1)
    assert e.controls["factor"].max == 15
    for count in (1, 2, 8, 3, 5):
        with act(e):
            e.controls["count"].value = count
        assert e.controls["factor"].max == 3 * count
        most = e.controls["factor"].max
        assert e.controls["factor"].value <= most
        assert e.settings == {"count": count, "factor": e.controls["factor"].value}
        for factor in {1, 2, most} - {e.controls["factor"].value}:
            with act(e):
                e.controls["factor"].value = factor
            assert e.feature_map.tolist() == [n * factor for n in range(count)]
            assert range_sentence("values", e.feature_map) == e.description


def test_a_slider_beyond_its_new_end_moves_there_with_one_frame():
    e = powers()
    with act(e):
        e.controls["factor"].value = 15
    with act(e):
        e.controls["count"].value = 2
    assert e.controls["factor"].value == 6
    assert e.feature_map.tolist() == [0, 6]


def test_a_function_of_controls_may_refuse():
    e = powers()
    with refused(e):
        e.controls["factor"].value = 13
    assert e.message == "factor=13: allowed is any other number"
    with act(e):
        e.controls["factor"].value = 12


def test_what_is_told_is_text_and_never_html():
    def build(n):
        if n:
            raise ValueError(f"n={n} <= 0 & <b>")
        return Built(np.arange(2), Scene((), (), 20, "1 < 2 & <b>"))

    e = Declaration({"n": Whole("n", 0, 1)}, build).explorer()
    e.controls["n"].value = 1
    assert "1 < 2 & <b>" in e.picture.alt
    assert "n=1 <= 0 & <b>" in e.picture.message


def test_pointing_sets_controls_with_one_frame():
    def pointed(_, number, cell):
        return {} if number is None else {"count": cell[1] + 1, "factor": 3}

    e = powers(point=pointed)
    play = next(w for w in descendants(e.view) if isinstance(w, widgets.Play))
    assert (play.min, play.value) == (1, 2)
    with act(e):
        point_at(e, 0, 0, 3)
    assert e.settings == {"count": 4, "factor": 3}
    with act(e, frames=0):
        point_at(e, 0, 0, 3)
        point(e, 1, 1)
    with act(e):
        point_at(e, 0, 0, 1)
    assert e.feature_map.tolist() == [0, 3]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_closing_leaves_no_widget_open(make):
    before = alive()
    e = make()
    if "kernel_size" in e.controls:
        e.controls["kernel_size"].value = 5
        e.controls["kernel_size"].value = 2
    if "upload" in e.controls:
        upload(e, png_of(COLOURFUL))
    assert len(alive()) > len(before) + 5
    e.close()
    assert {widgets.widget._instances[key] for key in alive() - before} == set()
