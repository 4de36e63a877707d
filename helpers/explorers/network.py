"""What the explorers of a trained network share: checks, feature maps, and small pictures."""

import math

import numpy as np

from helpers.arguments import as_array, brief
from helpers.digits import CLASSES, MOST_INK
from helpers.drawing import MARGIN, WIDTH, Grid, Mark
from helpers.layers import Conv2D, Sequential

SIDE = 8  # of a digit, in pixels
MOST_FILTERS = 64
PER_ROW, ROW_GAP = 16, 4  # of small pictures
MOST_SHOWN = 0.99  # share of all weights, and of all cells of maps, within their colour scale


def checked_network(model) -> Sequential:
    """Return a network for digits whose first layer has filters, or say what is missing."""
    allowed = "allowed is a Sequential from (8, 8, 1) to 10 probabilities whose first layer is a "
    allowed += f"Conv2D of up to {MOST_FILTERS} filters with padding 'same' and ReLU"
    if not isinstance(model, Sequential):
        raise TypeError(f"model={brief(model)}: {allowed}")
    shows_its_filters = (
        model.built
        and model.input_shape[1:] == (SIDE, SIDE, 1)
        and model.output_shape == (None, CLASSES)
        and isinstance(first := model.layers[0], Conv2D)
        and first.filters <= MOST_FILTERS
        and first.padding == "same"  # and no strides: a cell of a map belongs to a pixel
        and set(first.strides) == {1}
        and first.activation == "relu"
    )
    if not shows_its_filters:
        raise ValueError(f"model={brief(model)}: {allowed}")
    if getattr(model.layers[-1], "activation", None) != "softmax":
        raise ValueError(f"model={brief(model)} does not end in softmax: {allowed}")
    if not all(np.isfinite(values).all() for values in model.weights):
        raise ValueError(f"model={brief(model)} has weights that are not finite: {allowed}")
    return model


def checked_digits(pictures, labels, most: int = 1000) -> tuple[np.ndarray, list[int]]:
    """Return pictures of digits as (N, 8, 8), and their labels as a list."""
    array = as_array("pictures", pictures)
    shaped = array.shape[1:] in ((SIDE, SIDE), (SIDE, SIDE, 1)) and 1 <= len(array) <= most
    if not shaped or array.dtype.kind not in "biuf":
        raise ValueError(
            f"pictures has shape {array.shape} and holds {array.dtype}: allowed are numbers of "
            f"shape (N, 8, 8) or (N, 8, 8, 1), with N from 1 to {most}"
        )
    array = array.astype(np.float64).reshape(-1, SIDE, SIDE)
    if not (np.isfinite(array).all() and array.min() >= 0 and array.max() <= 1):
        ends = f"from {array.min():g} to {array.max():g}"
        raise ValueError(f"pictures holds numbers {ends}: allowed is ink from 0 to 1")
    named = as_array("labels", labels)
    whole = named.dtype.kind in "iu" and named.shape == (len(array),)
    if not whole or named.min() < 0 or named.max() >= CLASSES:
        raise ValueError(
            f"labels={brief(labels)}: allowed is one whole number from 0 to 9 for each picture"
        )
    return array, named.tolist()


def feature_maps(model: Sequential, picture: np.ndarray) -> np.ndarray:
    """Return what the first layer makes of a picture (8, 8), as (filters, 8, 8)."""
    return model.layers[0](picture[None, :, :, None])[0].transpose(2, 0, 1).copy()


def end_of_scale(values: np.ndarray) -> float:
    """Return the end of a colour scale, in steps of 0.1, for filters or feature maps.

    A few are much larger than all others; they get the strongest colour, too.
    """
    largest = float(np.quantile(np.abs(values), MOST_SHOWN))
    return max(math.ceil(round(10 * largest, 6)) / 10, 0.1)


def steps(ink) -> int:
    """Return ink from 0 to 1 in the steps from 0 to 16 in which the digits are stored."""
    return round(MOST_INK * float(ink))


def ink_texts(picture: np.ndarray) -> list[list[str]]:
    """Write ink in steps."""
    return [[str(steps(ink)) for ink in row] for row in picture]


def thumbnails(
    arrays: np.ndarray, limit: float, top: int, pitch: int, chosen: int | None = None
) -> list[Grid]:
    """Place small square pictures without titles in rows of 16, a row every `pitch` pixels."""
    column = (WIDTH - 2 * MARGIN + ROW_GAP) // PER_ROW
    height, width = arrays.shape[1:]
    return [
        Grid(
            values,
            "",
            limit=limit,
            x=MARGIN + number % PER_ROW * column,
            y=top + number // PER_ROW * pitch,
            cell=(column - ROW_GAP) // max(height, width),
            marks=(Mark(0, 0, height, width),) if number == chosen else (),
            scale=False,
        )
        for number, values in enumerate(arrays)
    ]
