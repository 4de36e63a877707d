"""Bad values for every control of every explorer.

A widget refuses what is no value of its kind (TraitError) and moves what lies beyond its ends; what
it lets through is refused by the explorer, with a message. In no case is the picture lost: after
each row the control works again.
"""

import numpy as np
import pytest
from rows import HUGE, INF, NAN
from traitlets import TraitError

from helpers import explorers
from helpers.explorers.convolution import CONTROLS
from helpers.kernels import kernel
from helpers.samples import sample

IMAGE, KERNEL, LETTER = np.arange(36).reshape(6, 6), np.array([[1, -1], [2, 0]]), sample("letter H")
SOBEL = kernel("Sobel x")
MAKE = {
    "explore": lambda: explorers.explore(IMAGE, SOBEL, CONTROLS),
    "activation": lambda: explorers.explore_activation(LETTER),
    "borders": lambda: explorers.explore_borders(IMAGE, KERNEL),
    "channels": lambda: explorers.explore_channels(np.zeros((6, 6, 3), np.uint8)),
    "shift": lambda: explorers.explore_shift(IMAGE, KERNEL),
    "sizes": explorers.explore_sizes,
    "stack": lambda: explorers.explore_stack(LETTER),
    "strides": lambda: explorers.explore_strides(IMAGE, KERNEL),
    "usage": explorers.explore_usage,
    "predict": lambda: explorers.predict(IMAGE, KERNEL),
}

# Explorer, control, value, and: TraitError, the value it takes instead, or words of the message.
ROWS = [
    ("explore", "preset", "edge", TraitError),
    ("explore", "preset", None, "preset=None: allowed are"),
    ("explore", "step", -1, 0),
    ("explore", "step", HUGE, 15),
    ("explore", "step", "first", TraitError),
    ("explore", "step", None, TraitError),
    ("explore", "kernel", 10**9, 8.0),
    ("explore", "kernel", -INF, -8.0),
    ("explore", "kernel", NAN, "kernel holds nan at (0, 0): allowed are finite numbers"),
    ("explore", "kernel", "heavy", TraitError),
    ("explore", "kernel", [1, 2], TraitError),
    ("explore", "kernel_size", 0, TraitError),
    ("explore", "kernel_size", 7, "kernel has shape (7, 7)"),
    ("explore", "kernel_size", None, "kernel_size=None: allowed are"),
    ("explore", "stride", 0, 1),
    ("explore", "stride", 99, 4),
    ("explore", "stride", NAN, TraitError),
    ("explore", "stride", INF, TraitError),
    ("explore", "stride", "two", TraitError),
    ("explore", "stride", (1, 2), TraitError),
    ("explore", "padding", "half", TraitError),
    ("explore", "padding", -1, TraitError),
    ("explore", "padding", None, "padding=None: allowed are"),
    ("explore", "dilation", -3, 1),
    ("explore", "dilation", None, TraitError),
    ("explore", "border", "sky", TraitError),
    ("explore", "border", None, "border=None: allowed are"),
    ("explore", "flip", [1], TraitError),
    ("explore", "flip", "no", TraitError),
    ("explore", "sample", "elephant", TraitError),
    ("explore", "sample", None, "sample=None: allowed are"),
    ("explore", "upload", 3, TraitError),
    ("explore", "upload", b"GIF89a", TraitError),
    ("explore", "cell", -1, 0),
    ("explore", "cell", 999, 36),
    ("explore", "code", "yes", TraitError),
    ("activation", "activation", "softmax", TraitError),
    ("activation", "activation", None, "activation=None: allowed are"),
    ("activation", "bias", 1e9, 6),
    ("activation", "bias", NAN, TraitError),
    ("activation", "preset", None, "preset=None: allowed are"),
    ("borders", "border", None, "border=None: allowed are"),
    ("borders", "padding", 9, TraitError),
    ("borders", "padding", None, "padding=None: allowed are"),
    ("borders", "preset", None, "preset=None: allowed are"),
    ("borders", "step", HUGE, 35),
    ("channels", "preset", 5, TraitError),
    ("channels", "red", 1e9, 2.0),
    ("channels", "green", "much", TraitError),
    ("channels", "blue", -INF, -2.0),
    ("channels", "row", 4, 3),
    ("channels", "column", -1, 0),
    ("shift", "rows", 4, 3),
    ("shift", "columns", "left", TraitError),
    ("shift", "stride", 3, 2),
    ("shift", "padding", None, "padding=None: allowed are"),
    ("shift", "border", "reflect", TraitError),
    ("shift", "pooling", 2, TraitError),
    ("sizes", "size", 0, "The kernel spans 3 and the padded input has only 1"),
    ("sizes", "size", HUGE, 240),
    ("sizes", "kernel_size", NAN, TraitError),
    ("sizes", "padding", 9, 8),
    ("sizes", "stride", -1, 1),
    ("sizes", "dilation", None, TraitError),
    ("sizes", "step", 99, 12),
    ("stack", "row", 99, 9),
    ("stack", "column", -9, 0),
    ("stack", "layer", 4, 3),
    ("stack", "stride", 0, 1),
    ("stack", "padding", None, "padding=None: allowed are"),
    ("stack", "relu", None, TraitError),
    ("strides", "stride_rows", 5, 4),
    ("strides", "stride_columns", "1 by 2", TraitError),
    ("strides", "step", 99, 8),
    ("usage", "kernel_size", 6, 5),
    ("usage", "padding", 3, 2),
    ("usage", "stride", None, TraitError),
    ("usage", "dilation", 3, 2),
    ("usage", "cell", 65, 64),
    ("predict", "answer", 5, TraitError),
    ("predict", "answer", None, TraitError),
    ("predict", "answer", ["5"], TraitError),
]


@pytest.fixture(scope="module")
def made():
    """One explorer of each kind: rows must not disturb one another."""
    kept = {name: make() for name, make in MAKE.items()}
    yield kept
    for explorer in kept.values():
        explorer.close()


def the(explorer, name: str):
    control = explorer.controls[name]
    return control[0][0] if name == "kernel" else control


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[1]}-{row[2]!s:.12}")
def test_a_bad_value_is_refused_or_moved_and_the_picture_stays(made, row):
    name, control, value, expected = row
    explorer = made[name]
    widget, frames = the(explorer, control), explorer.frames
    good, shown = widget.value, explorer.picture.value
    if expected is TraitError:
        with pytest.raises(TraitError):
            widget.value = value
        assert (widget.value, explorer.frames, explorer.message) == (good, frames, "")
        return
    widget.value = value
    assert explorer.frames - frames <= 1
    if isinstance(expected, str):
        assert expected in explorer.message
        assert explorer.picture.value == shown
    else:
        assert widget.value == expected
        assert explorer.message == ""
    widget.value = good
    assert explorer.message == ""
    assert explorer.picture.value == shown


def test_every_control_has_a_row(made):
    tried = {(name, control) for name, control, *_ in ROWS}
    buttons = {("predict", name) for name in ("check", "reveal", "next")}  # they hold no value
    there = {(name, control) for name, explorer in made.items() for control in explorer.controls}
    assert there - buttons == tried
