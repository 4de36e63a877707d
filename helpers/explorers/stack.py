"""The explorer of stacked layers: what a cell deep in a stack has seen of the input."""

from collections.abc import Sequence
from itertools import product

import numpy as np

from helpers.arguments import brief, one_of
from helpers.convolution import Plan, plan
from helpers.drawing import (
    LIGHTEST,
    SIGNED,
    Grid,
    Mark,
    checked_image,
    nice_limit,
    number_text,
    photograph_look,
    range_sentence,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Choice, Switch, Whole
from helpers.explorers.declaration import Built, Declaration, page
from helpers.kernels import KERNELS

MOST_STRIDE = 2
PADDINGS = ("valid", "same")
SIDES = (16, 200)  # fewest and most pixels along a side: up to four pictures stand side by side
Field = tuple[np.ndarray, np.ndarray]  # (row, column) of its first cell, and of its last


def explore_stack(image, presets: Sequence[str] = ("Sobel x", "Sobel y", "box blur")) -> Explorer:
    """Trace a cell of a stack of convolutional layers back to the input.

    Parameters
    ----------
    image : array_like, (H, W), 16 to 200 along a side; uint8 is a photograph in grey
    presets : names of the kernels, one 3x3 kernel for each of up to three layers

    The controls are "row", "column" and "layer" (of the cell that is traced), "stride" (of the
    first layer, 1 or 2), "padding" ("valid" or "same") and "relu" (after every layer). Pointing at
    a cell of any layer traces it. `feature_map` is the output of the last layer.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    image = checked_image(image).copy()
    presets = _checked_presets(presets)
    if image.ndim != 2 or min(image.shape) < SIDES[0] or max(image.shape) > SIDES[1]:
        allowed = f"allowed are (H, W) with {SIDES[0]} to {SIDES[1]} along a side"
        raise ValueError(f"image has shape {image.shape}: {allowed}")
    weights, looks = [KERNELS[name] for name in presets], [SIGNED] * (len(presets) + 1)
    limits, subtitles = _limits(image, weights), (size_text(image.shape), *presets)
    if image.dtype == np.uint8:
        looks[0], limits[0] = photograph_look(image), LIGHTEST

    def build(*, layer: int, row: int, column: int, stride: int, padding, relu: bool) -> Built:
        maps, plans = _forward(image, weights, stride, padding, relu=relu)
        height, width = maps[layer].shape
        cell = min(row, height - 1), min(column, width - 1)
        fields = receptive_fields(plans[:layer], cell)
        grids = [
            Grid(
                values,
                f"Layer {number}" if number else "Input",
                subtitles[number],
                look=looks[number],
                limit=limits[number],
                marks=(_mark(fields[number], values.shape),) if number <= layer else (),
            )
            for number, values in enumerate(maps)
        ]
        lines = [
            _field_sentence(layer, cell, fields[0], image.shape),
            f"Its value is {number_text(maps[layer][cell].item())}.",
        ]
        ranges = [range_sentence(grid.title, grid.values) for grid in grids]
        scene = page(side_by_side(grids), lines, " ".join([*ranges, *lines]))
        return Built(maps[-1], scene, {"row": height - 1, "column": width - 1})

    controls = {
        "row": Whole("row", 0),
        "column": Whole("column", 0),
        "layer": Whole("layer", 1, len(weights)),
        "stride": Whole("first stride", 1, MOST_STRIDE),
        "padding": Choice("padding", PADDINGS),
        "relu": Switch("ReLU after every layer"),
    }
    row, column = (n // 2 - len(weights) for n in image.shape)
    first = {"row": row, "column": column, "layer": len(weights), "relu": True}
    return Declaration(controls, build, _point).explorer(**first)


def _point(_explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    """Trace the cell under the pointer, in any layer."""
    return {"layer": number, "row": cell[0], "column": cell[1]} if number else {}


def _checked_presets(presets) -> tuple[str, ...]:
    allowed = "allowed are one to three names of kernels"
    if not isinstance(presets, list | tuple):
        raise TypeError(f"presets={brief(presets)}: {allowed}")
    if not 1 <= len(presets) <= 3:
        raise ValueError(f"presets={brief(presets)}: {allowed}")
    return tuple(one_of("presets", name, KERNELS) for name in presets)


def _forward(image, weights, stride: int, padding, *, relu: bool) -> tuple[list, list[Plan]]:
    """Return input and output of every layer, and the layers' plans."""
    maps, plans = [image], []
    for kernel_of_layer in weights:
        step = 1 if plans else stride
        plans.append(plan(maps[-1], kernel_of_layer, stride=step, padding=padding, flip=False))
        result = plans[-1].feature_map()
        maps.append(np.maximum(result, 0) if relu else result)
    return maps, plans


def receptive_fields(plans: Sequence[Plan], cell: tuple[int, int]) -> list[Field]:
    """Return the first and the last cell, of the input and of every layer, that a cell depends on.

    The last entry is the cell itself, the first its receptive field; with padding a field may
    reach beyond the array.

    Examples
    --------
    >>> layers = [plan(np.zeros((9, 9)), np.ones((3, 3))), plan(np.zeros((7, 7)), np.ones((3, 3)))]
    >>> [(first.tolist(), last.tolist()) for first, last in receptive_fields(layers, (0, 4))]
    [([0, 4], [4, 8]), ([0, 4], [2, 6]), ([0, 4], [0, 4])]
    """
    fields = [(np.array(cell), np.array(cell))]
    for layer in reversed(plans):
        before = [amounts[0] for amounts in layer.amounts]
        first, last = (end * layer.stride - before for end in fields[0])
        fields.insert(0, (first, last + np.subtract(layer.span, 1)))
    return fields


def _mark(field: Field, shape: tuple[int, int]) -> Mark:
    """Frame the part of a field that is inside the array."""
    first, last = (np.clip(end, 0, np.subtract(shape, 1)) for end in field)
    return Mark(*first.tolist(), *(last - first + 1).tolist())


def _field_sentence(layer: int, cell: tuple[int, int], field: Field, shape) -> str:
    first, last = field
    beyond = (first < 0).any() or (last >= shape).any()
    sees = (
        f"Row {cell[0]}, column {cell[1]} of layer {layer} sees "
        f"{size_text(last - first + 1)} of the input"
    )
    return f"{sees}, part of it padding." if beyond else f"{sees}."


def _limits(image, weights) -> list[float]:
    """Return one end of a colour scale per array, wide enough for every setting."""
    settings = product(range(1, MOST_STRIDE + 1), PADDINGS, (False, True))
    runs = [_forward(image, weights, step, pad, relu=relu)[0] for step, pad, relu in settings]
    return [
        nice_limit(max(float(np.abs(values).max()) for values in maps))
        for maps in zip(*runs, strict=True)
    ]
