"""Every explorer there is: how to make one, and its array for some settings, computed another way.

What all of them have to do is in `test_explorers.py`; it takes each row of `EXPLORERS`.
"""

import csv
import math
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from helpers import explorers
from helpers.explorers.convolution import CONTROLS
from helpers.kernels import KERNELS, kernel
from helpers.samples import DATA, sample
from tests.digit_network import ten_digits, trained
from tests.reference import first_samples, for_each_axis

MODES = {"zeros": "constant", "edge": "edge", "reflect": "reflect", "wrap": "wrap"}
CAT = sample("photograph: cat (colour)")[:30, :40]
LETTER, RING = sample("letter H"), sample("ring")
SOME = ("step", "kernel", "stride", "padding", "dilation", "flip")
UNEVEN = np.array([[1, 2, 0], [-1, 0, 3], [0, 4, -2]])
TASK = np.random.default_rng(16).integers(-2, 3, size=(8, 8))


class Row(NamedTuple):
    """An explorer.

    `expected` takes the settings and returns the array on screen, or raises DoesNotFit where they
    do not work. `given` makes an explorer of arrays, where it takes any.
    """

    make: Callable
    expected: Callable[[dict], np.ndarray]
    given: Callable | None = None


def put(e, **values):
    """Move controls one by one: each makes one frame, or none where it stands there already."""
    for name, value in values.items():
        control, frames = e.controls[name], e.frames
        wanted = min(max(value, getattr(control, "min", value)), getattr(control, "max", value))
        same = control.value == wanted
        control.value = value
        assert control.value == wanted
        assert e.frames == frames + (not same)
        assert e.message == e.built.warning


def put_at_once(e, **values):
    """Set several controls as one action."""
    frames = e.frames
    e._act(lambda: values)
    assert e.frames == frames + 1
    assert e.message == e.built.warning


def slide(x, weights, *, stride=1, padding="valid", dilation=1, border="zeros", flip=False):
    """Lay the kernel on every window, weight by weight."""
    x, weights = np.asarray(x, dtype=float), np.asarray(weights, dtype=float)
    steps, spread, sides = (for_each_axis(v, x.ndim) for v in (stride, dilation, padding))
    settings = zip(x.shape, weights.shape, steps, spread, sides, strict=True)
    starts = [first_samples(*setting, flip) for setting in settings]
    around = 4 * max(weights.shape) + 12
    framed = np.pad(x, around, mode=MODES[border])
    total = np.zeros([len(each) for each in starts])
    for place, weight in np.ndenumerate(np.flip(weights) if flip else weights):
        taps = zip(starts, place, spread, strict=True)
        total += weight * framed[np.ix_(*(np.add(s, around + n * d) for s, n, d in taps))]
    return total


def convolution_of(x, s):
    """Return the feature map of the big explorer, channel by channel."""
    options = {name: s[name] for name in ("stride", "padding", "dilation", "border", "flip")}
    if x.ndim < 3:
        return slide(x, s["kernel"], **options)
    return np.stack([slide(x[:, :, c], s["kernel"], **options) for c in range(3)], axis=2)


def of_activation(s):
    before = slide(LETTER, KERNELS[s["preset"]], padding="same") + s["bias"]
    by_hand = {
        "linear": lambda z: z,
        "relu": lambda z: max(z, 0),
        "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
        "tanh": math.tanh,
    }
    return np.vectorize(by_hand[s["activation"]], otypes=[float])(before)


def of_borders(s):
    name, _, size = s["preset"].partition(", ")
    weights = kernel(name, int(size[0])) if size[:1].isdigit() else kernel(s["preset"])
    return slide(RING, weights, padding=s["padding"], border=s["border"])


def of_channels(s):
    return sum(
        slide(CAT[:, :, n], s[name] * KERNELS[s["preset"]])
        for n, name in enumerate(("red", "green", "blue"))
    )


def first_layer(picture):
    filters, biases = (w.astype(float) for w in trained().get_weights()[:2])
    maps = [slide(picture, filters[:, :, 0, f], padding="same") for f in range(len(biases))]
    return np.maximum(np.array(maps) + biases[:, None, None], 0)


def of_shift(s):
    down, right = s["rows"], s["columns"]
    framed = np.pad(RING, 3, mode=MODES[s["border"]])
    height, width = RING.shape
    moved = framed[3 - down : 3 - down + height, 3 - right : 3 - right + width]
    options = {name: s[name] for name in ("stride", "padding", "border")}
    found = slide(moved, UNEVEN, **options)
    if not s["pooling"]:
        return found
    rows, columns = (n // 2 for n in found.shape)
    return found[: 2 * rows, : 2 * columns].reshape(rows, 2, columns, 2).max(axis=(1, 3))


def of_sizes(s):
    numbers = s["size"], s["kernel_size"], s["stride"], s["dilation"]
    return np.array(first_samples(*numbers, s["padding"], False))


def of_stack(s):
    x = LETTER
    for number, name in enumerate(("Sobel x", "Sobel y", "box blur")):
        x = slide(x, KERNELS[name], stride=1 if number else s["stride"], padding=s["padding"])
        x = np.maximum(x, 0) if s["relu"] else x
    return x


def of_training(s):
    hidden = KERNELS["Sobel x"]
    weights = np.random.default_rng(s["seed"]).uniform(-1, 1, size=(3, 3))
    for _ in range(s["step"]):
        error = slide(TASK, weights - hidden)
        weights = weights - s["learning_rate"] * 2 / error.size * slide(TASK, error)
    return slide(TASK, weights)


@cache
def trials():
    """Return the stored errors of the first ten shuffles, by setting."""
    found: dict = {}
    with (DATA / "digit_trials.csv").open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            if int(line["shuffle"]) < 10:
                setting = tuple(int(line[name]) for name in ("pooling", "size", "filters"))
                found.setdefault(setting, []).append(int(line["errors"]))
    return found


def of_trial(s):
    filters = (1, 2, 4, 8, 16, 32, 64)
    return [[np.mean(trials()[s["pooling"], n, f]) for f in filters] for n in (1, 3, 5, 7)]


def of_usage(s):
    windows = first_samples(8, s["kernel_size"], s["stride"], s["dilation"], s["padding"], False)
    taps = [start + n * s["dilation"] for start in windows for n in range(s["kernel_size"])]
    along = [taps.count(place) for place in range(8)]
    return np.outer(along, along)


EXPLORERS = {
    "explore": Row(
        lambda: explorers.explore(RING, KERNELS["Sobel x"], CONTROLS, padding="same"),
        lambda s: convolution_of(sample(s["sample"]), s),
        lambda x, weights: explorers.explore(x, weights, ("stride", "kernel")),
    ),
    "explore a sequence": Row(
        lambda: explorers.explore([3, 1, -4, 1, 5, 9], [1, 2, -1], SOME, flip=False),
        lambda s: convolution_of(np.array([3, 1, -4, 1, 5, 9]), s),
    ),
    "explore a photograph": Row(
        lambda: explorers.explore(CAT, [[1, 2], [0, -1]], SOME),
        lambda s: convolution_of(CAT, s),
    ),
    "explore_activation": Row(
        lambda: explorers.explore_activation(LETTER),
        of_activation,
        lambda x, _: explorers.explore_activation(x),
    ),
    "explore_borders": Row(
        lambda: explorers.explore_borders(RING, KERNELS["Sobel x"]),
        of_borders,
        explorers.explore_borders,
    ),
    "explore_channels": Row(
        lambda: explorers.explore_channels(CAT),
        of_channels,
        lambda x, _: explorers.explore_channels(x),
    ),
    "explore_digit": Row(
        lambda: explorers.explore_digit(trained(), *ten_digits()),
        lambda s: first_layer(s["drawn"]),
        lambda x, _: explorers.explore_digit(trained(), x[None, :8, :8] / 9, [3]),
    ),
    "explore_filters": Row(
        lambda: explorers.explore_filters(trained(), *ten_digits()),
        lambda s: first_layer(ten_digits()[0][s["sample"], :, :, 0])[s["filter"]],
        lambda x, _: explorers.explore_filters(trained(), x[None, :8, :8] / 9, [3]),
    ),
    "explore_shift": Row(
        lambda: explorers.explore_shift(RING, UNEVEN), of_shift, explorers.explore_shift
    ),
    "explore_sizes": Row(lambda: explorers.explore_sizes(28, 3, stride=2), of_sizes),
    "explore_stack": Row(
        lambda: explorers.explore_stack(LETTER),
        of_stack,
        lambda x, _: explorers.explore_stack(x),
    ),
    "explore_strides": Row(
        lambda: explorers.explore_strides(RING, UNEVEN, padding=1),
        lambda s: slide(RING, UNEVEN, padding=1, stride=(s["stride_rows"], s["stride_columns"])),
        explorers.explore_strides,
    ),
    "explore_training": Row(
        lambda: explorers.explore_training(TASK, KERNELS["Sobel x"]),
        of_training,
        lambda x, weights: explorers.explore_training(x[:12, :12], weights),
    ),
    "explore_trial": Row(explorers.explore_trial, of_trial),
    "explore_usage": Row(lambda: explorers.explore_usage(8, padding=1), of_usage),
    "predict": Row(
        lambda: explorers.predict(RING, UNEVEN),
        lambda _: slide(RING, UNEVEN, flip=True),
        explorers.predict,
    ),
}
