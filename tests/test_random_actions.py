"""Thousands of random actions on every explorer: one frame each, or a reason, and never a trace."""

import datetime
import gc
import io

import hypothesis.strategies as st
import ipywidgets as widgets
import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from ipywidgets.widgets.widget import _instances
from PIL import Image

from helpers.convolution import convolve
from helpers.drawing import render
from helpers.explorers import (
    base,
    explore,
    explore_activation,
    explore_borders,
    explore_channels,
    explore_digit,
    explore_filters,
    explore_shift,
    explore_sizes,
    explore_stack,
    explore_strides,
    explore_training,
    explore_trial,
    explore_usage,
    predict,
)
from helpers.explorers.convolution import CONTROLS, OWN
from helpers.kernels import KERNELS
from helpers.samples import sample
from tests.digit_network import ten_digits, trained, untrained
from tests.pointer import draw, point

CAT = sample("photograph: cat (colour)")[:40, :40]
H, RING = sample("letter H"), sample("ring")
MANY = settings(
    max_examples=12,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
SOME = settings(MANY, max_examples=4)
FEW = settings(MANY, max_examples=6)
MOVES = 2_000  # `make bench` makes 10,000 and looks at the memory of the process
ALLOWED = (0, 1)  # frames that one action may make
FACTORIES = {
    "activation": lambda: explore_activation(H),
    "borders": lambda: explore_borders(RING, KERNELS["Sobel x"]),
    "channels": lambda: explore_channels(CAT),
    "filters": lambda: explore_filters(trained(), *ten_digits()),
    "shift": lambda: explore_shift(RING, KERNELS["outline"]),
    "sizes": lambda: explore_sizes(28, 3, stride=2),
    "stack": lambda: explore_stack(H),
    "strides": lambda: explore_strides(RING, KERNELS["outline"], padding=1),
    "training": lambda: explore_training(np.eye(6, dtype=int), KERNELS["Sobel x"]),
    "trial": explore_trial,
    "usage": lambda: explore_usage(8, padding=1),
}
OTHERS = {  # with actions of their own
    "digit": lambda: explore_digit(trained(), *ten_digits()),
    "predict": lambda: predict(RING, KERNELS["outline"]),
}


def possible(control):
    """Every value that a reader can give to a control."""
    if isinstance(control, widgets.Checkbox | widgets.ToggleButton):
        return st.booleans()
    if isinstance(control, widgets.Dropdown | widgets.SelectionSlider):
        return st.sampled_from([value for _, value in control._options_full])
    if isinstance(control, widgets.FloatSlider):
        steps = round((control.max - control.min) / control.step)
        return st.integers(0, steps).map(lambda n: control.min + n * control.step)
    return st.integers(control.min, control.max)


def uploaded(content):
    """What the upload button holds when a file was chosen."""
    about = {"name": "a.png", "type": "image/png", "size": len(content)}
    return ({**about, "content": memoryview(content), "last_modified": datetime.datetime.now()},)


class Actions(RuleBasedStateMachine):
    """What all machines share: one action, and what has to be true after it."""

    def teardown(self):
        if hasattr(self, "explorer"):
            self.explorer.close()
            gc.collect()
            assert set(_instances) <= self.others

    def begin(self, make):
        self.others = set(_instances)
        self.explorer = make()
        assert self.explorer.frames == 1

    def act(self, action):
        """Do it; check that it makes one frame, or none and leaves everything as it is."""
        e = self.explorer
        before = e.frames, bytes(e.picture.value), e.feature_map, e.description
        action()
        frames, picture, feature_map, description = before
        assert e.frames - frames in ALLOWED
        if e.frames == frames:
            assert bytes(e.picture.value) == picture
            assert e.description == description
            assert e.feature_map is feature_map
        else:
            assert bytes(e.picture.value) == render(e.scene).png
            self.seen()
        return e.frames - frames

    def change(self, control, value):
        """Give a control a value: one frame, or a message; nothing where it has it already."""
        old = control.value
        frames = self.act(lambda: setattr(control, "value", value))
        if control.value == old:
            assert frames in ALLOWED  # a slider beyond its end goes back to it
        elif frames == 0:
            assert "allowed" in self.explorer.message

    def seen(self):
        """Note what is on screen, to compare with it later."""

    @invariant()
    def the_description_stands_beside_the_picture(self):
        if hasattr(self, "explorer"):
            assert self.explorer.description
            assert repr(self.explorer) == self.explorer.description


class Convolutions(Actions):
    """The explorer with every control there is."""

    @initialize(image=st.sampled_from([H, RING, CAT, np.arange(25).reshape(5, 5)]))
    def start(self, image):
        self.begin(lambda: explore(image, KERNELS["Sobel x"], CONTROLS))
        self.own = image
        self.seen()

    def seen(self):
        e = self.explorer
        name = e.controls["sample"].value
        x = self.own if name.startswith(OWN) else sample(name)
        if name != OWN and name.startswith(OWN):
            x = np.rint(self.own.mean(axis=2)).astype(np.uint8)
        rows = np.array([[slider.value for slider in row] for row in e.controls["kernel"]])
        names = ("stride", "padding", "dilation", "border", "flip")
        options = {each: e.controls[each].value for each in names}
        channels = [x] if x.ndim == 2 else np.moveaxis(x, 2, 0)
        maps = [convolve(channel, rows, **options) for channel in channels]
        wanted = maps[0] if x.ndim == 2 else np.stack(maps, axis=2)
        np.testing.assert_allclose(e.feature_map, wanted, atol=1e-9)
        assert e.message == ""
        step, cell = e.controls["step"], e.controls["cell"]
        assert step.max == max(np.prod(e.feature_map.shape[:2]) - 1, 0)
        assert 0 <= step.value <= step.max
        assert 0 <= cell.value <= cell.max == x.shape[0] * x.shape[1]

    @rule(data=st.data(), name=st.sampled_from(["preset", "kernel_size", "sample"]))
    def choose_kernel_or_input(self, data, name):
        control = self.explorer.controls[name]
        self.change(control, data.draw(possible(control), label=name))

    @rule(data=st.data(), name=st.sampled_from(["stride", "padding", "dilation", "border", "flip"]))
    def choose_option(self, data, name):
        control = self.explorer.controls[name]
        self.change(control, data.draw(possible(control), label=name))

    @rule(data=st.data(), value=st.floats(-8, 8).map(lambda v: round(v, 1)))
    def move_weight(self, data, value):
        row = data.draw(st.sampled_from(self.explorer.controls["kernel"]))
        self.change(data.draw(st.sampled_from(row)), value)

    @rule(data=st.data(), name=st.sampled_from(["step", "cell"]))
    def walk(self, data, name):
        control = self.explorer.controls[name]
        self.change(control, data.draw(possible(control), label=name))

    @rule(name=st.sampled_from(["step", "cell", "stride", "dilation"]))
    def go_beyond_the_end(self, name):
        control = self.explorer.controls[name]
        self.change(control, control.max + 1)
        assert control.value == control.max

    @rule(x=st.integers(-50, 1050), y=st.integers(-50, 700))
    def point(self, x, y):
        self.act(lambda: point(self.explorer, x, y))

    @rule(content=st.sampled_from([b"", b"no picture", b"\x89PNG\r\n\x1a\n" + b"0" * 99]))
    def upload_what_is_no_picture(self, content):
        files = uploaded(content)
        frames = self.act(lambda: setattr(self.explorer.controls["upload"], "value", files))
        assert frames == 0
        assert self.explorer.message

    @rule(size=st.tuples(st.integers(8, 30), st.integers(8, 30)), colour=st.booleans())
    def upload_a_picture(self, size, colour):
        shape = (*size, 3) if colour else size
        pixels = np.random.default_rng(sum(size)).integers(0, 256, shape).astype(np.uint8)
        data = io.BytesIO()
        Image.fromarray(pixels).save(data, "PNG")
        files = uploaded(data.getvalue())
        self.own = pixels
        self.act(lambda: setattr(self.explorer.controls["upload"], "value", files))

    @rule()
    def press_the_code_button(self):
        control = self.explorer.controls["code"]
        assert self.act(lambda: setattr(control, "value", not control.value)) == 0
        assert "convolve(" in self.explorer.code


class Settings(Actions):
    """An explorer whose picture is one function of its controls."""

    name = ""

    @initialize()
    def start(self):
        self.begin(FACTORIES[self.name])
        self.seen()

    def seen(self):
        e = self.explorer
        again = e.declaration.build(**e.settings)
        np.testing.assert_array_equal(e.feature_map, again.feature_map)
        assert e.scene.description == again.scene.description

    @rule(data=st.data())
    def move(self, data):
        controls = self.explorer.controls
        name = data.draw(st.sampled_from(sorted(controls)))
        self.change(controls[name], data.draw(possible(controls[name]), label=name))

    @rule(data=st.data(), beyond=st.integers(1, 10))
    def go_beyond_an_end(self, data, beyond):
        sliders = [c for c in self.explorer.controls.values() if hasattr(c, "max")]
        if not sliders:
            return
        control = data.draw(st.sampled_from(sliders))
        self.change(control, control.max + beyond)
        self.change(control, control.min - beyond)
        assert control.value == control.min

    @rule(x=st.integers(-50, 1050), y=st.integers(-50, 700))
    def point(self, x, y):
        self.act(lambda: point(self.explorer, x, y))


class Drawings(Actions):
    """The explorer of one digit, beside a drawing of our own that follows what is done to it."""

    @initialize()
    def start(self):
        self.begin(OTHERS["digit"])
        pictures, _ = ten_digits()
        self.pictures = pictures[..., 0].astype(float)
        self.wanted = self.pictures[0]
        self.seen()

    def seen(self):
        e = self.explorer
        cursor = e.controls["row"].value, e.controls["column"].value
        np.testing.assert_array_equal(e.drawn, self.wanted)
        assert e.controls["ink"].value == round(16 * self.wanted[cursor])
        kernels, biases = (w.astype(float) for w in trained().get_weights()[:2])
        sums = [
            convolve(e.drawn, k, padding="same", flip=False)
            for k in kernels[:, :, 0].T.swapaxes(1, 2)
        ]
        np.testing.assert_allclose(
            e.feature_map, np.maximum(np.array(sums) + biases[:, None, None], 0), atol=1e-5
        )
        told = trained().predict(e.drawn[None, :, :, None], verbose=0)[0]
        np.testing.assert_allclose(e.probabilities, told, atol=1e-6)
        assert f"The network answers {told.argmax()}" in e.description
        assert e.message == ""

    @rule(data=st.data(), name=st.sampled_from(["row", "column"]))
    def choose_cell(self, data, name):
        control = self.explorer.controls[name]
        self.change(control, data.draw(possible(control), label=name))

    @rule(number=st.integers(0, 12))
    def load(self, number):
        control = self.explorer.controls["sample"]
        if min(number, control.max) != control.value:
            self.wanted = self.pictures[min(number, control.max)]
        self.change(control, number)

    @rule(ink=st.integers(-2, 18))
    def fill(self, ink):
        controls, wanted = self.explorer.controls, self.wanted.copy()
        wanted[controls["row"].value, controls["column"].value] = min(max(ink, 0), 16) / 16
        self.wanted = wanted
        self.change(controls["ink"], ink)

    @rule(name=st.sampled_from(["clear", "invert", "left", "right", "up", "down", "load again"]))
    def press(self, name):
        old, frame = self.wanted, np.pad(self.wanted, 1)
        self.wanted = {
            "clear": np.zeros((8, 8)),
            "invert": 1 - old,
            "left": frame[1:-1, 2:],
            "right": frame[1:-1, :-2],
            "up": frame[2:, 1:-1],
            "down": frame[:-2, 1:-1],
            "load again": self.pictures[self.explorer.controls["sample"].value],
        }[name]
        assert self.act(self.explorer.controls[name].click) == 1

    @rule(
        cells=st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=1, max_size=4),
        begins=st.booleans(),
    )
    def draw(self, cells, begins):
        """Nothing but whole ink or none comes of it, at least in the cells that are reported."""
        before, follow = self.explorer.drawn.copy(), self.seen
        self.seen = lambda: None
        assert self.act(lambda: draw(self.explorer, *cells, begins=begins)) == 1
        self.seen, self.wanted = follow, self.explorer.drawn.copy()
        assert set(self.wanted[self.wanted != before]) <= {0.0, 1.0}
        assert {self.wanted[cell] for cell in cells} <= {0.0, 1.0}
        self.seen()


class Predictions(Actions):
    """The explorer that hides a number until it has been said."""

    @initialize()
    def start(self):
        self.begin(OTHERS["predict"])
        self.told = False
        self.seen()

    def seen(self):
        e = self.explorer
        assert e.message == ""
        np.testing.assert_array_equal(e.feature_map, convolve(RING, KERNELS["outline"]))
        assert ("hidden" in e.description) is not self.told

    @rule(text=st.sampled_from(["", "...", "x", "1/0", "nan", "1e999", "-9" * 60, "0", "right"]))
    def answer(self, text):
        e = self.explorer
        right = e.snapshot.window.total
        text = str(right) if text == "right" else text
        if text != e.controls["answer"].value:
            self.told |= text == str(right)
            self.act(lambda: setattr(e.controls["answer"], "value", text))
            assert bool(e.verdict) is (text == str(right))

    @rule(name=st.sampled_from(["check", "reveal", "next"]))
    def press(self, name):
        e = self.explorer
        right = e.snapshot.window.total
        said = e.controls["answer"].value == str(right)
        self.told = {"check": self.told or said, "reveal": True, "next": False}[name]
        assert self.act(e.controls[name].click) == 1


def test_random_actions_on_the_explorer_with_every_control():
    run_state_machine_as_test(Convolutions, settings=MANY)


@pytest.mark.parametrize("machine", [Drawings, Predictions])
def test_random_actions_on_the_explorers_with_actions_of_their_own(machine):
    run_state_machine_as_test(machine, settings=FEW)


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_random_actions_on_the_explorers_of_one_idea(name):
    machine = type(f"Settings of {name}", (Settings,), {"name": name})
    run_state_machine_as_test(machine, settings=SOME)


def test_each_of_many_moves_makes_a_frame_and_keeps_nothing():
    e = explore(np.arange(25).reshape(5, 5), KERNELS["Sobel x"])
    slider = e.controls["kernel"][1][1]

    def objects_after(count):
        for number in range(count):
            slider.value = (number % 81 - 40) / 10 + 0.05
        gc.collect()
        return len(gc.get_objects())

    before, frames = objects_after(500), e.frames
    assert objects_after(MOVES) - before < 100
    assert e.frames - frames == MOVES
    e.close()


@pytest.mark.parametrize("name", sorted(FACTORIES))
def test_two_explorers_from_one_cell_do_not_know_of_each_other(name):
    one, other = FACTORIES[name](), FACTORIES[name]()
    kept = bytes(other.picture.value), other.frames
    for control in one.controls.values():
        control.value = another(control)
    assert one.frames > 1
    assert (bytes(other.picture.value), other.frames) == kept
    one.close()
    before = other.frames
    control = next(c for c in other.controls.values() if not c.disabled)
    control.value = another(control)
    assert other.frames == before + 1
    other.close()


def another(control):
    """Return a value that a control does not have yet, its last one if possible."""
    if choices := getattr(control, "_options_full", ()):
        return [value for _, value in choices if value != control.value][-1]
    if isinstance(control.value, bool):
        return not control.value
    if isinstance(control, widgets.Text):
        return "1000"
    return control.max if control.value < control.max else control.min


COPIED = {  # explorers that are given arrays
    "explore": lambda x, kernel: explore(x, kernel, ("stride", "step")),
    "activation": lambda x, _: explore_activation(x),
    "borders": explore_borders,
    "channels": lambda x, _: explore_channels(x),
    "digit": lambda x, _: explore_digit(trained(), x[None, :8, :8] / 9, [3]),
    "filters": lambda x, _: explore_filters(trained(), x[None, :8, :8] / 9, [3]),
    "predict": predict,
    "shift": explore_shift,
    "stack": lambda x, _: explore_stack(x),
    "strides": explore_strides,
    "training": lambda x, kernel: explore_training(x[:12, :12], kernel),
}


@pytest.mark.parametrize("make", [explore_digit, explore_filters])
def test_what_a_network_learns_later_changes_no_explorer(make):
    model = untrained()
    explorer = make(model, *ten_digits())
    kept = bytes(explorer.picture.value), explorer.description
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    explorer._act()
    assert explorer.message == ""
    assert (bytes(explorer.picture.value), explorer.description) == kept
    explorer.close()


@pytest.mark.parametrize("name", sorted(FACTORIES | OTHERS))
def test_an_explorer_that_was_stopped_says_so_and_goes_on(name, monkeypatch):
    """The picture is then not that of the controls; the next action makes it so again."""
    explorer = (FACTORIES | OTHERS)[name]()
    control = next(c for c in explorer.controls.values() if hasattr(c, "value") and not c.disabled)
    old, new, kept = control.value, another(control), bytes(explorer.picture.value)
    for error in (KeyboardInterrupt, MemoryError):
        with monkeypatch.context() as patch:
            patch.setattr(base, "render", failing(error))
            with pytest.raises(error):
                control.value = new
        assert explorer.message == base.UNFINISHED.format(error.__name__)
        assert bytes(explorer.picture.value) == kept
        control.value = old
        assert explorer.message == ""
        assert bytes(explorer.picture.value) == render(explorer.scene).png == kept
    explorer.close()


def failing(error):
    """A function that raises this."""

    def fail(*_):
        raise error

    return fail


def test_floating_point_errors_that_a_reader_asked_for_are_no_trace():
    explorer = explore(np.full((4, 4), 1e-310), [[0.1]], ("flip",))
    with np.errstate(all="raise"):
        explorer.controls["flip"].value = False
    assert explorer.frames == 2
    explorer.close()


def test_a_closed_explorer_still_shows_its_picture():
    explorer = FACTORIES["usage"]()
    picture = explorer._repr_mimebundle_()["image/png"]
    explorer.close()
    explorer.controls["stride"].value = 1
    explorer.close()
    shown = explorer._repr_mimebundle_()
    assert shown == {"image/png": picture, "text/plain": explorer.description}


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint8])
@pytest.mark.parametrize("name", sorted(COPIED))
def test_what_a_later_cell_does_with_the_arrays_changes_no_explorer(name, dtype):
    x = CAT.copy() if name == "channels" else H.astype(dtype)
    kernel = KERNELS["Sobel x"].copy()
    explorer = COPIED[name](x, kernel)
    kept = bytes(explorer.picture.value), explorer.description
    x[...], kernel[...] = 7, 5
    explorer.feature_map[...] = 3
    if name == "explore":
        explorer.kernel[...] = 2
    explorer._act()
    assert (bytes(explorer.picture.value), explorer.description) == kept
    explorer.close()
