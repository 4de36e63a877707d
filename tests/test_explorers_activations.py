"""The explorer of activation functions: every setting against NumPy, one frame for each action."""

import itertools
import math

import numpy as np
import pytest
from PIL import Image
from scipy.signal import correlate2d

from helpers.drawing.scene import GREY, SIGNED
from helpers.drawing.words import range_sentence
from helpers.explorers import explore_activation
from helpers.kernels import KERNELS
from helpers.samples import SAMPLES, sample
from tests.explorers import put

LETTER = sample("letter H")
BY_HAND = {  # one number at a time, by their definitions
    "linear": lambda z: z,
    "relu": lambda z: z if z > 0 else 0,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)) if z > -700 else 0.0,
    "tanh": lambda z: math.sinh(z) / math.cosh(z) if abs(z) < 700 else math.copysign(1.0, z),
}
BIASES = (-6, 0, 5)


def before_by_scipy(image, preset, bias):
    return correlate2d(image.astype(float), KERNELS[preset], mode="same") + bias


def check_screen(e, image):
    """Compare the picture and its sentence with SciPy and the definitions."""
    chosen = e.settings
    before = before_by_scipy(image, chosen["preset"], chosen["bias"])
    after = np.vectorize(BY_HAND[chosen["activation"]], otypes=[float])(before)
    assert e.feature_map.shape == image.shape
    np.testing.assert_allclose(e.feature_map, after, atol=1e-9)
    grids = e.scene.grids
    assert [g.title for g in grids] == ["Input", "Before", "After"]
    np.testing.assert_array_equal(grids[0].values, image)
    np.testing.assert_allclose(grids[1].values, before, atol=1e-9)
    assert grids[2].values is e.feature_map
    negative = np.count_nonzero(before < -1e-9), np.count_nonzero(after < -1e-9)
    said = f"Negative: {negative[0]} of {image.size} values before, {negative[1]} after."
    if chosen["activation"] in ("linear", "relu"):
        kept = image.size - (negative[0] if chosen["activation"] == "relu" else 0)
        said += f" Unchanged: {kept}."
    assert e.description.endswith(said)
    assert [text.text for text in e.scene.texts] == [said]
    assert range_sentence("After", e.feature_map) in e.description
    bias = str(chosen["bias"]).replace("-", "−")
    assert [grid.subtitle for grid in grids[1:]] == [f"with bias {bias}", chosen["activation"]]
    assert e.description.startswith(f"{chosen['preset']}, bias {bias}, {chosen['activation']}.")


def test_every_preset_and_activation_with_some_biases():
    e = explore_activation(LETTER)
    assert e.frames == 1
    assert e.settings == {"activation": "relu", "bias": 0, "preset": "vertical line, zero sum"}
    check_screen(e, LETTER)
    for preset, bias in itertools.product(KERNELS, BIASES):
        put(e, preset=preset)
        put(e, bias=bias)
        for activation in BY_HAND:
            put(e, activation=activation)
            check_screen(e, LETTER)


@pytest.mark.parametrize("name", [n for n in SAMPLES if "colour" not in n])
@pytest.mark.filterwarnings("error")
def test_every_grey_sample_without_a_warning(name):
    image = sample(name)
    e = explore_activation(image, "outline", activation="sigmoid")
    check_screen(e, image)
    for activation, bias in zip(BY_HAND, (-6, 6, 1, -1), strict=True):
        put(e, activation=activation)
        put(e, bias=bias)
        check_screen(e, image)
    assert e.scene.grids[0].look == (GREY if image.dtype == np.uint8 else SIGNED)


def test_relu_by_the_numbers_of_the_letter():
    e = explore_activation(LETTER)
    assert "Before 16 × 16, from −3 to 6," in e.description
    assert "After 16 × 16, from 0 to 6, largest at row 5, column 3, sum 90." in e.description
    assert "Negative: 40 of 256 values before, 0 after. Unchanged: 216." in e.description
    put(e, bias=-6)
    assert "After 16 × 16, every value 0, sum 0." in e.description


def test_the_scales_stay_while_the_bias_moves():
    e = explore_activation(LETTER)
    for activation, end in (("relu", 6), ("linear", 6), ("tanh", 1), ("sigmoid", 1)):
        put(e, activation=activation)
        for bias in BIASES:
            put(e, bias=bias)
            assert [grid.limit for grid in e.scene.grids] == [1, 6, end]


def test_whole_biases_leave_every_number_in_its_cell():
    e = explore_activation(LETTER)
    pictures = set()
    for bias in BIASES:
        put(e, bias=bias)
        assert e.scene.grids[1].values.dtype == np.int64
        assert e.scene.grids[2].cell >= 18
        pictures.add(bytes(e.picture.value))
    assert len(pictures) == len(BIASES)


def test_ninths_that_add_up_to_nothing_are_not_negative():
    e = explore_activation(np.ones((5, 5), int), "box blur", activation="linear")
    put(e, bias=-1)
    assert "Negative: 16 of 25 values before, 16 after. Unchanged: 25." in e.description


def test_one_picture_fits_on_a_screen(tmp_path):
    e = explore_activation(LETTER)
    (tmp_path / "e.png").write_bytes(e.picture.value)
    with Image.open(tmp_path / "e.png") as picture:
        assert picture.width == 1000
        assert picture.height <= 620
