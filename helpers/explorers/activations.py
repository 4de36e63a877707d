"""The explorer of activation functions: what becomes of a signed feature map."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from helpers.convolution import convolve
from helpers.drawing import (
    Grid,
    checked_image,
    limits_for,
    number_text,
    photograph_look,
    range_sentence,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Choice, Whole
from helpers.explorers.declaration import Built, Declaration, page
from helpers.kernels import KERNELS

MOST_BIAS = 6  # whole numbers: there is no room for decimals in the cells
NEARLY_ZERO = 1e-9  # below it is what adding ninths up leaves over
ACTIVATIONS: Mapping[str, Callable[[np.ndarray], np.ndarray]] = MappingProxyType(
    {
        "linear": lambda z: z,
        "relu": lambda z: np.maximum(z, 0),
        "sigmoid": lambda z: (1 + np.tanh(z / 2)) / 2,  # as 1 / (1 + exp(-z)), without overflow
        "tanh": np.tanh,
    }
)
BOUNDED = ("sigmoid", "tanh")  # never beyond 1


def explore_activation(
    image, preset: str = "vertical line, zero sum", *, activation: str = "relu"
) -> Explorer:
    """Put an activation function behind a convolution.

    Parameters
    ----------
    image : array_like, (H, W)
        The input, convolved without flipping, with "same" padding and zeros around it.
    preset : name of the first kernel
    activation : "linear", "relu", "sigmoid" or "tanh"

    The controls are "activation", "bias" (-6 to 6, added to every value before the activation) and
    "preset". `feature_map` is the array after the activation, (H, W).
    """
    image = checked_image(image).copy()
    if image.ndim != 2:
        raise ValueError(f"image has shape {image.shape}: allowed is (H, W), with one channel")

    def build(*, activation: str, bias: int, preset: str) -> Built:
        # The colour scales depend on image and kernel alone: a bias shows as a change of colour.
        weights = KERNELS[preset]
        before = convolve(image, weights, padding="same", flip=False) + bias
        after = ACTIVATIONS[activation](before)
        limits = limits_for(image, weights)
        look = photograph_look(image if image.dtype == np.uint8 else None)
        end = 1 if activation in BOUNDED else limits.map
        grids = side_by_side(
            [
                Grid(image, "Input", size_text(image.shape), look=look, limit=limits.input),
                Grid(before, "Before", f"with bias {number_text(bias)}", limit=limits.map),
                Grid(after, "After", activation, limit=end),
            ]
        )
        counts = _counts(activation, before, after)
        ranges = " ".join(range_sentence(grid.title, grid.values) for grid in grids)
        sentence = f"{preset}, bias {number_text(bias)}, {activation}. {ranges} {counts}"
        return Built(after, page(grids, [counts], sentence, headline=False))

    controls = {
        "activation": Choice("activation", tuple(ACTIVATIONS)),
        "bias": Whole("bias", -MOST_BIAS, MOST_BIAS),
        "preset": Choice("preset", tuple(KERNELS)),
    }
    return Declaration(controls, build).explorer(activation=activation, preset=preset)


def _counts(activation: str, before: np.ndarray, after: np.ndarray) -> str:
    """Count what is negative before and after, and what the activation function left as it was."""
    negative = [int((array < -NEARLY_ZERO).sum()) for array in (before, after)]
    counts = f"Negative: {negative[0]} of {before.size} values before, {negative[1]} after."
    if activation in BOUNDED:  # near 0, tanh is nearly the value itself: nothing to count
        return counts
    return f"{counts} Unchanged: {int((abs(before - after) <= NEARLY_ZERO).sum())}."
