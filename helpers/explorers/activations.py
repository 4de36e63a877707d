"""The explorer of activation functions: what becomes of a signed feature map."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import ipywidgets as widgets
import numpy as np

from helpers.convolution import convolve
from helpers.drawing import Grid, Scene, Text, checked_image, limits_for, nice_limit
from helpers.drawing.grids import LINE, MARGIN
from helpers.drawing.scenes import bottom_of, side_by_side
from helpers.drawing.wording import number_text, range_sentence, size_text
from helpers.explorers.controls import LABEL, NUMBER_WIDTH, choice
from helpers.explorers.settings import Built, SettingsExplorer
from helpers.kernels import KERNELS, kernel

MOST_BIAS, BIAS_STEP = 6, 0.5
ACTIVATIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
        "tanh": np.tanh,
    }
)
BOUNDED = ("sigmoid", "tanh")  # never beyond 1


def explore_activation(
    image, preset: str = "vertical line, zero sum", *, activation: str = "relu"
) -> SettingsExplorer:
    """Put an activation function behind a convolution.

    Parameters
    ----------
    image : array_like, (H, W)
        The input, convolved without flipping, with "same" padding.
    preset : name of the first kernel
    activation : "linear", "relu", "sigmoid" or "tanh"

    The controls are "activation", "bias" (-6 to 6, added to every value before the activation) and
    "preset". `feature_map` is the array after the activation, (H, W).
    """
    image = checked_image(image)
    kernel(preset)
    controls = {
        "activation": choice("activation", list(ACTIVATIONS), activation),
        "bias": widgets.FloatSlider(
            0.0,
            min=-MOST_BIAS,
            max=MOST_BIAS,
            step=BIAS_STEP,
            description="bias",
            readout_format=".1f",
            style=LABEL,
            layout={"width": NUMBER_WIDTH},
        ),
        "preset": choice("preset", list(KERNELS), preset),
    }
    return SettingsExplorer(controls, lambda **settings: activation_built(image, **settings))


def activation_built(image: np.ndarray, *, activation: str, bias: float, preset: str) -> Built:
    """Convolve, add the bias, apply the activation function, and lay out the three arrays."""
    weights = kernel(preset)
    bias = int(bias) if float(bias).is_integer() else bias
    before = convolve(image, weights, padding="same", flip=False) + bias
    after = ACTIVATIONS[activation](before)
    limits = limits_for(image, weights)
    limit = nice_limit(limits.map + abs(bias))
    grids = side_by_side(
        [
            Grid(image, "Input", size_text(image.shape), limit=limits.input),
            Grid(before, "Before", f"with bias {number_text(bias)}", limit=limit),
            Grid(after, "After", activation, limit=1 if activation in BOUNDED else limit),
        ]
    )
    told = _count_sentence(before, after)
    line = Text(MARGIN, bottom_of(grids) + LINE, told)
    sentences = [range_sentence(grid.title, grid.values) for grid in grids]
    head = f"{preset}, bias {number_text(bias)}, {activation}."
    description = " ".join([head, *sentences, told])
    return Built(after, Scene(grids, (line,), line.y + MARGIN, description))


def _count_sentence(before: np.ndarray, after: np.ndarray) -> str:
    """Say how many values are negative before and after, and how many became 0."""
    silenced = int(((before != 0) & (after == 0)).sum())
    return (
        f"Negative: {int((before < 0).sum())} of {before.size} values before, "
        f"{int((after < 0).sum())} after. Set to 0: {silenced}."
    )
