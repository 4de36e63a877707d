"""The explorer of activation functions: every setting against SciPy and the definitions."""

import itertools
import math

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.drawing import GREY, SIGNED, range_sentence
from helpers.explorers import explore_activation
from helpers.kernels import KERNELS
from helpers.samples import SAMPLES, sample
from tests.explorers import put
from tests.overlaps import collisions

LETTER = sample("letter H")
BY_HAND = {  # one number at a time, by their definitions
    "linear": lambda z: z,
    "relu": lambda z: z if z > 0 else 0,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
    "tanh": lambda z: math.sinh(z) / math.cosh(z) if abs(z) < 700 else math.copysign(1.0, z),
}
BIASES = (-6, 0, 5)


@pytest.fixture
def e():
    return explore_activation(LETTER)


def check_screen(e, image):
    """Compare the picture and its sentence with SciPy and the definitions."""
    preset, bias, name = (e.settings[key] for key in ("preset", "bias", "activation"))
    before = correlate2d(image.astype(float), KERNELS[preset], mode="same") + bias
    after = np.vectorize(BY_HAND[name], otypes=[float])(before)
    for grid, array in zip(e.scene.grids, (image, before, after), strict=True):
        np.testing.assert_allclose(grid.values, array, atol=1e-9)
    assert e.scene.grids[2].values is e.feature_map
    negative = np.count_nonzero(before < -1e-9), np.count_nonzero(after < -1e-9)
    counts = f"Negative: {negative[0]} of {image.size} values before, {negative[1]} after."
    if name in ("linear", "relu"):
        kept = image.size - (negative[0] if name == "relu" else 0)
        counts += f" Unchanged: {kept}."
    assert [text.text for text in e.scene.texts] == [counts]
    assert e.description.endswith(f"{range_sentence('After', e.feature_map)} {counts}")
    bias = str(bias).replace("-", "−")
    assert e.description.startswith(f"{preset}, bias {bias}, {name}.")
    titles = [(grid.title, grid.subtitle) for grid in e.scene.grids[1:]]
    assert titles == [("Before", f"with bias {bias}"), ("After", name)]


def test_every_preset_and_activation_with_some_biases(e):
    assert e.settings == {"activation": "relu", "bias": 0, "preset": "vertical line, zero sum"}
    for preset, bias, activation in itertools.product(KERNELS, BIASES, BY_HAND):
        put(e, preset=preset, bias=bias, activation=activation)
        check_screen(e, LETTER)


@pytest.mark.parametrize("name", [n for n in SAMPLES if "colour" not in n])
@pytest.mark.filterwarnings("error")
def test_every_grey_sample_without_a_warning(name):
    image = sample(name)
    e = explore_activation(image, "outline", activation="sigmoid")
    for activation, bias in zip(BY_HAND, (-6, 6, 1, -1), strict=True):
        check_screen(e, image)
        assert collisions(e.scene) == ([], [])
        put(e, activation=activation, bias=bias)
    assert e.scene.grids[0].look == (GREY if image.dtype == np.uint8 else SIGNED)


def test_relu_by_the_numbers_of_the_letter(e):
    assert "Before 16 × 16, from −3 to 6," in e.description
    assert "After 16 × 16, from 0 to 6, largest at row 5, column 3, sum 90." in e.description
    assert "Negative: 40 of 256 values before, 0 after. Unchanged: 216." in e.description
    put(e, bias=-6)
    assert "After 16 × 16, every value 0, sum 0." in e.description


def test_scales_and_the_room_for_every_number_stay_while_the_bias_moves(e):
    for activation, end in (("relu", 6), ("linear", 6), ("tanh", 1), ("sigmoid", 1)):
        put(e, activation=activation)
        for bias in BIASES:
            put(e, bias=bias)
            assert [grid.limit for grid in e.scene.grids] == [1, 6, end]
            assert e.scene.grids[1].values.dtype == np.int64
            assert e.scene.grids[2].cell >= 18


def test_ninths_that_add_up_to_nothing_are_not_negative():
    e = explore_activation(np.ones((5, 5), int), "box blur", activation="linear")
    put(e, bias=-1)
    assert "Negative: 16 of 25 values before, 16 after. Unchanged: 25." in e.description
