"""What every explorer has to do, tried on each row of `tests/explorers.py`."""

import base64
import gc
import io
import itertools
import re
from contextlib import contextmanager
from pathlib import Path

import ipywidgets as widgets
import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from PIL import Image
from traitlets import TraitError

from helpers import explorers
from helpers.drawing import render
from helpers.explorers import base, explore, explore_digit, explore_filters
from helpers.explorers.controls import Choice, Control, Steps, Switch, Whole
from helpers.explorers.declaration import Declaration
from helpers.kernels import KERNELS
from helpers.samples import sample
from tests.digit_network import ten_digits, untrained
from tests.explorers import CAT, EXPLORERS, LETTER
from tests.overlaps import collisions
from tests.pointer import drag, draw, leave, point, point_at
from tests.reference import DoesNotFit

MOVES = 500  # `make bench` makes 10,000 and looks at the memory of the process
FEW = 6  # values of one control that are tried
ALL = pytest.mark.parametrize("name", EXPLORERS)
GUIDE = Path(__file__).parent.parent / "CONTRIBUTING.md"


@contextmanager
def explorer_of(name):
    """Make an explorer; in the end it and every widget of it is gone."""
    others = set(_instances)
    e = EXPLORERS[name].make()
    assert e.frames == 1
    check(name, e)
    yield e
    e.close()
    gc.collect()
    assert {_instances[key] for key in set(_instances) - others} == set()


def check(name, e):
    """Compare what is on screen with what the settings say."""
    expected = EXPLORERS[name].expected(e.settings)
    assert np.shape(expected) == e.feature_map.shape
    scale = max(1.0, float(np.abs(expected).max()))
    np.testing.assert_allclose(e.feature_map, expected, atol=1e-5 * scale)
    assert e.message == e.built.warning
    assert e.picture.value == render(e.scene).png
    assert repr(e) == e.description == e.picture.alt != ""
    assert collisions(e.scene) == ([], [])
    for control in e.controls.values():
        if isinstance(control, widgets.IntSlider):
            assert control.min <= control.value <= control.max
            assert control.disabled == (control.min == control.max)


def act(name, e, action):
    """Do it: one frame that is right, or none and a reason; return the number of frames."""
    frames, picture, built = e.frames, e.picture.value, e.built
    action()
    if e.frames == frames:
        assert (e.picture.value, e.built) == (picture, built)
        if e.message != built.warning:
            assert "allowed" in e.message or "try again" in e.message
    else:
        assert e.frames == frames + 1
        check(name, e)
    return e.frames - frames


def put(name, e, widget, value):
    """Give a control a value: one frame, or none where it has it already or where it is refused."""
    old = widget.value
    frames = act(name, e, lambda: setattr(widget, "value", value))
    if e.message != e.built.warning:
        with pytest.raises(DoesNotFit):
            EXPLORERS[name].expected(e.settings)
        widget.value = old
        check(name, e)
    else:
        assert frames == (old != widget.value)


def holding_values(e):
    """Return every widget that holds a setting, each weight of a kernel for itself."""
    for name, control in e.declaration.controls.items():
        if name == "kernel":
            yield from itertools.chain.from_iterable(e.controls["kernel"])
        elif control.has_value:
            yield e.controls[name]


def values_of(widget):
    """Return some values that a reader can give to a control, the last one among them."""
    if isinstance(widget, widgets.Checkbox):
        return [True, False]
    if isinstance(widget, widgets.Text):
        return ["", "5", "x", "1/0", "nan"]
    if options := getattr(widget, "_options_full", ()):
        values = [value for _, value in options]
    else:
        step = getattr(widget, "step", 1)
        values = [widget.min + n * step for n in range(round((widget.max - widget.min) / step) + 1)]
    return [values[n] for n in np.unique(np.linspace(len(values) - 1, 0, FEW).astype(int))]


def other_value(widget):
    """Return a value that a control does not have."""
    return next(value for value in reversed(values_of(widget)) if value != widget.value)


def movable(e):
    """Return a control that can be moved."""
    return next(w for w in holding_values(e) if not w.disabled and len(values_of(w)) > 1)


def test_there_is_a_row_for_every_explorer():
    public = {n for n in explorers.__all__ if re.match("explore($|_)|predict", n)}
    assert {name.partition(" ")[0] for name in EXPLORERS} == public


# --- Its controls ---------------------------------------------------------------------------------


@ALL
def test_every_control_draws_one_right_frame_for_each_of_its_values(name):
    with explorer_of(name) as e:
        for widget in list(holding_values(e)):
            for value in [*values_of(widget), widget.value]:
                put(name, e, widget, value)
        for button in e.controls.values():
            if isinstance(button, widgets.Button):
                assert act(name, e, button.click) == 1


@ALL
def test_random_actions_are_one_right_frame_each_or_a_reason(name):
    random = np.random.default_rng(len(name))
    with explorer_of(name) as e:
        other = EXPLORERS[name].make()
        kept = other.frames, other.picture.value
        for _ in range(40):
            controls = [*holding_values(e), *e.controls.values()]
            widget = controls[random.integers(len(controls))]
            x, y = random.integers(-20, 1020), random.integers(-20, e.scene.height + 20)
            cell, steps = random.integers(0, 3, 2).tolist(), int(random.integers(-30, 30))
            actions = [lambda x=x, y=y: point(e, x, y), lambda: leave(e)]
            for number, box in enumerate(e.picture.boxes):
                if box["use"] == "drag":
                    actions.append(lambda n=number, c=cell, s=steps: drag(e, n, *c, s, press=s))
                if box["use"] == "draw":
                    actions.append(lambda n=number, c=cell: draw(e, c, [7, 7], number=n))
            if isinstance(widget, widgets.Button):
                act(name, e, widget.click)
            elif widget in holding_values(e):
                values = values_of(widget)
                put(name, e, widget, values[random.integers(len(values))])
                if hasattr(widget, "max"):
                    put(name, e, widget, widget.max + int(random.integers(1, 10)))
                    put(name, e, widget, widget.min - int(random.integers(0, 10)))
            act(name, e, actions[random.integers(len(actions))])
        assert (other.frames, other.picture.value) == kept
        other.close()


BAD = [
    None,
    "no such value",
    float("nan"),
    float("inf"),
    10**30,
    -(10**30),
    1.25,
    (1, 2),
    [1],
    b"1",
]


@ALL
def test_no_value_of_a_control_is_too_bad(name):
    """The widget refuses it or moves it to an end, or the explorer says why the picture stays."""
    with explorer_of(name) as e:
        for widget in list(holding_values(e)):
            for value in BAD:
                good, shown, old = widget.value, e.picture.value, e.frames
                try:
                    widget.value = value
                except (TraitError, TypeError):  # of ipywidgets; a list may be left without a value
                    assert widget.value in (good, None)
                    assert (e.frames, e.picture.value) == (old, shown)
                else:
                    assert e.frames - old <= 1
                    if e.frames == old and widget.value != good:
                        assert "allowed" in e.message
                        assert e.picture.value == shown
                widget.value = good
                check(name, e)


@ALL
def test_a_first_value_that_is_not_allowed_is_named(name):
    with explorer_of(name) as e:
        declaration = e.declaration
    before = set(_instances)
    for setting, control in declaration.controls.items():
        if not isinstance(control, Whole | Choice | Switch):
            continue
        bad = [*BAD, np.array([1, 2]), *([] if isinstance(control, Switch) else [True])]
        if isinstance(control, Whole) and control.most is None:
            bad.remove(10**30)  # the picture decides where this slider ends
        for value in bad:
            with pytest.raises((TypeError, ValueError), match=f"^{setting}=.*: allowed are") as no:
                declaration.explorer(**{setting: value})
            assert len(str(no.value)) < 1500
        with pytest.raises(TypeError, match=r"strides is no argument: allowed are .*" + setting):
            declaration.picture(strides=2)
    assert set(_instances) <= before


@pytest.mark.parametrize(
    ("control", "value", "expected"),
    [
        (Whole("n", -3, 3), np.int8(-2), -2),
        (Whole("n", 1), 10**30, 10**30),
        (Choice("c", ("same", 1)), np.str_("same"), "same"),
        (Choice("c", ("same", ("one", 1))), np.int64(1), 1),
        (Choice("c", ("a",), later=("b",)), "b", "b"),
        (Steps("s", (0.1, 1.0)), 1, 1.0),
        (Switch("s"), np.True_, True),
    ],
)
def test_a_value_that_is_allowed_is_taken_as_one_of_pythons_own(control, value, expected):
    taken = control.checked("x", value)
    assert (taken, type(taken)) == (expected, type(expected))


def test_first_values_are_the_nearest_to_nothing():
    controls = Whole("", -3, 3), Whole("", 2, 5), Whole("", -5, -2), Choice("", "ba"), Switch("")
    assert [control.first for control in controls] == [0, 2, -2, "b", False]
    assert Control("").first is None


# --- The picture and its sentence -----------------------------------------------------------------


@ALL
def test_the_stored_output_is_the_picture_and_the_sentence(name):
    with explorer_of(name) as e:
        bundle = e._repr_mimebundle_()
        live = bundle.pop("application/vnd.jupyter.widget-view+json")
        assert live["model_id"] == e.view.model_id
        assert set(bundle) == {"image/png", "text/plain"}
        assert bundle["text/plain"] == e.description
        pictures = base64.b64decode(bundle["image/png"]), e.picture.value
        stored, shown = (np.asarray(Image.open(io.BytesIO(png)).convert("RGB")) for png in pictures)
        assert stored.shape == shown.shape
        assert np.abs(stored.astype(int) - shown).mean() < 4
        again = EXPLORERS[name].make()  # what running the cell again shows
        assert (again.picture.value, again.description) == (e.picture.value, e.description)
        again.close()
        widget = movable(e)
        e.close()  # it still shows its picture
        widget.value = widget.value
        assert e._repr_mimebundle_() == bundle


# --- What happens meanwhile -----------------------------------------------------------------------


def failing(error):
    def fail(*_, **__):
        raise error

    return fail


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])
@ALL
def test_an_explorer_that_was_stopped_says_so_and_goes_on(name, error, monkeypatch):
    """The picture is then not that of the controls; the next action makes it so again."""
    places = (base, "render"), (base.Picture, "show"), (Declaration, "built")
    with explorer_of(name) as e:
        for place in places:
            widget, kept = movable(e), e.picture.value
            old = widget.value
            with monkeypatch.context() as patch:
                patch.setattr(*place, failing(error))
                with pytest.raises(error):
                    widget.value = other_value(widget)
            assert e.message == base.UNFINISHED.format(error.__name__)
            assert e.picture.value == kept
            widget.value = old
            check(name, e)
            assert e.picture.value == kept


@pytest.mark.parametrize("dtype", [np.int64, np.float64, np.uint8])
@pytest.mark.parametrize("name", [name for name, row in EXPLORERS.items() if row.given])
def test_what_a_later_cell_does_with_the_arrays_changes_no_explorer(name, dtype):
    x = CAT.copy() if name == "explore_channels" else LETTER.astype(dtype)
    weights = KERNELS["Sobel x"].copy()
    e = EXPLORERS[name].given(x, weights)
    kept = e.picture.value, e.description
    x[...], weights[...], e.feature_map[...] = 7, 5, 3
    if name == "explore":
        e.settings["kernel"][...] = 2
        assert not (e.snapshot.feature_map == 3).all()
    e._act()
    assert (e.picture.value, e.description) == kept
    e.close()


@pytest.mark.parametrize("make", [explore_digit, explore_filters])
def test_what_a_network_learns_later_changes_no_explorer(make):
    model = untrained()
    e = make(model, *ten_digits())
    kept = e.picture.value, e.description
    model.set_weights([np.full_like(weights, np.nan) for weights in model.get_weights()])
    e._act()
    assert (e.message, e.picture.value, e.description) == ("", *kept)
    e.close()


def test_floating_point_errors_that_a_reader_asked_for_are_no_trace():
    with np.errstate(all="raise"):
        e = explore(np.full((4, 4), 1e-310), [[0.1]], ("flip",))
        e.controls["flip"].value = False
    assert (e.frames, e.message) == (2, "")
    e.close()


def test_each_of_many_moves_makes_a_frame_and_keeps_nothing():
    e = explore(np.arange(25).reshape(5, 5), KERNELS["Sobel x"])
    slider = e.controls["kernel"][1][1]

    def objects_after(count):
        for number in range(count):
            slider.value = (number % 81 - 40) / 10 + 0.05
        gc.collect()
        return len(gc.get_objects())

    before, frames = objects_after(100), e.frames
    assert objects_after(MOVES) - before < 25
    assert e.frames - frames == MOVES
    e.close()


@pytest.mark.parametrize("name", ["explore", "explore_strides", "explore_training"])
def test_a_move_is_answered_with_one_message_to_the_picture_and_one_to_the_play_button(
    name, monkeypatch
):
    with explorer_of(name) as e:
        sent, slider = [], e.controls["step"]
        monkeypatch.setattr(widgets.Widget, "_send", lambda self, *_, **__: sent.append(self))
        slider.set_state({"value": 3})
        assert sent.count(e.picture) == sent.count(e._plays["step"]) == 1
        assert set(sent) <= {slider, e.picture, e._plays["step"]}


def test_playing_moves_the_slider_and_moving_the_slider_the_play_button():
    with explorer_of("explore_strides") as e:
        slider, play = e.controls["step"], e._plays["step"]
        assert act("explore_strides", e, lambda: setattr(play, "value", 3)) == 1
        assert slider.value == 3
        put("explore_strides", e, slider, 7)
        assert (play.value, play.max) == (7, slider.max)
        put("explore_strides", e, e.controls["stride_rows"], 4)
        assert (play.value, play.max) == (slider.value, slider.max)


# --- The guide ------------------------------------------------------------------------------------


def test_the_explorer_that_the_guide_adds_works():
    part = GUIDE.read_text(encoding="utf-8").partition("## Adding an explorer\n")[2]
    code = re.search(r"```python\n(.*?)```", part, re.DOTALL).group(1)
    assert len(code.splitlines()) <= 40
    space: dict = {}
    exec(code, space)
    x = sample("5 x 5 digits") - 3
    e = space["explore_threshold"](x)
    for threshold in (*range(x.min(), x.max() + 1), 0):
        frames, same = e.frames, e.controls["threshold"].value == threshold
        e.controls["threshold"].value = threshold
        assert e.frames == frames + (not same)
        assert e.feature_map.tolist() == [[int(n > threshold) for n in row] for row in x.tolist()]
        assert f"{(x > threshold).sum()} of 25 values are above {threshold}." in e.description
    for place in np.ndindex(x.shape):
        point_at(e, 0, *place)
        assert e.controls["threshold"].value == x[place]
    e.close()
    with pytest.raises(ValueError, match=r"threshold=99: allowed are whole numbers from -3 to"):
        space["explore_threshold"](x, threshold=99)
    with pytest.raises(ValueError, match=r"image has shape \(2,\)"):
        space["explore_threshold"]([1, 2])
