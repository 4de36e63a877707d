"""The explorer of the border: how much of a feature map depends on what is assumed outside."""

from collections.abc import Sequence
from functools import cache

import numpy as np

from helpers.convolution import BORDERS, Plan, convolve, plan
from helpers.drawing import (
    BORDER_WORDS,
    GREY,
    SIGNED,
    Grid,
    Mark,
    drawable,
    limits_for,
    nice_limit,
    number_text,
    padding_mask,
    place_text,
    range_sentence,
    rows_text,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import PLAY_INTERVAL, Choice, Whole
from helpers.explorers.declaration import Built, Declaration, page
from helpers.kernels import KERNELS, kernel

MOST_PADDING = 3
PADDINGS = (("same", "same"), *((f"{n} on each side", n) for n in range(1, MOST_PADDING + 1)))
LARGER = {
    f"{name}, {size} × {size}": kernel(name, size)
    for name in ("box blur", "Gaussian blur")
    for size in (5, 7)
}
GIVEN = "the given kernel"
MOST_PIXELS = 200  # along a side: four pictures stand side by side
MOST_WEIGHTS = 9  # of a kernel that is written out below the picture
DIGITS = 9  # decimals; what differs by less is the rounding of floats, not the border
LONG_SIZE = len("100 × 9")  # letters that leave no room for two more words


def explore_borders(image, kernel, *, border: str = "edge", padding="same") -> Explorer:
    """Compare a feature map with zeros around the input and one with another border.

    Parameters
    ----------
    image : array_like, (H, W); uint8 is a photograph in grey
    kernel : array_like, (h, w), at most two rows and two columns larger than the image
    border : "zeros", "edge", "reflect" or "wrap", shown first
    padding : "same", 1, 2 or 3 on each side, shown first

    The controls are "border", "padding", "preset" (the given kernel or a named one) and "step" (the
    window; pointing at a feature map sets it, too). Shown are the input with its border, hatched;
    the feature map with zeros; the one with the chosen border, which is `feature_map`; and the
    second minus the first. Nothing is flipped: this is what a layer computes.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    image = drawable("image", image).copy()
    if image.ndim != 2 or max(image.shape) > MOST_PIXELS:
        raise ValueError(
            f"image has shape {image.shape}: allowed is (H, W), up to {MOST_PIXELS} along a side"
        )
    kernels, first = _choices(image, kernel)
    limit_of = cache(lambda preset: limit_for(image, kernels[preset]))

    def build(*, border: str, padding, preset: str, step: int) -> Built:
        plans = [
            plan(image, kernels[preset], border=each, padding=padding, flip=False)
            for each in ("zeros", border)
        ]
        zeros, chosen = (_tidy(sliding.feature_map()) for sliding in plans)
        maps, last = (zeros, chosen, _tidy(chosen - zeros)), chosen.size - 1
        position = divmod(min(step, last), chosen.shape[1])
        grids = _grids(image, plans[1], maps, position, limit_of(preset))
        lines = _lines(plans[1], maps, position)
        ranges = [range_sentence(grid.title, grid.values) for grid in grids[1:]]
        padded = f"Padded {BORDER_WORDS[border]} to {size_text(plans[1].padded.shape)}."
        sentence = " ".join([range_sentence("Input", plans[1].x), padded, *ranges, *lines])
        return Built(chosen, page(grids, lines, sentence), {"step": last})

    controls = {
        "border": Choice("border", tuple(BORDERS)),
        "padding": Choice("padding", PADDINGS),
        "preset": Choice("kernel", tuple(kernels)),
        "step": Whole("window", 0, interval=PLAY_INTERVAL),
    }
    declaration = Declaration(controls, build, _point)
    return declaration.explorer(border=border, padding=padding, preset=first)


def _point(explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    """Choose the window of the cell under the pointer, in any of the three feature maps."""
    return {"step": cell[0] * explorer.feature_map.shape[1] + cell[1]} if number else {}


def _choices(image: np.ndarray, given) -> tuple[dict[str, np.ndarray], str]:
    """Return the kernels to choose from, those that fit at any padding, and which comes first."""
    given = drawable("kernel", given).copy()
    room = tuple(n + 2 for n in image.shape)
    if given.ndim != 2 or any(n > most for n, most in zip(given.shape, room, strict=True)):
        raise ValueError(
            f"kernel has shape {given.shape}: allowed are (h, w), up to {room} for this image"
        )
    known = {**KERNELS, **LARGER}
    fitting = {name: weights for name, weights in known.items() if len(weights) <= min(room)}
    for name, weights in fitting.items():
        if np.array_equal(weights, given):
            return fitting, name
    return {GIVEN: given, **fitting}, GIVEN


def limit_for(image: np.ndarray, weights: np.ndarray) -> float:
    """Return an end of the colour scale that no border and no padding goes beyond."""
    if image.dtype == np.uint8:
        return limits_for(image, weights).map
    largest = 0.0
    for padding in ("same", MOST_PADDING):  # with less padding, some of the same outputs
        options = {"padding": padding, "flip": False}
        maps = np.array([convolve(image, weights, border=b, **options) for b in BORDERS])
        for values in (maps, maps - maps[0]):  # zeros are the first
            largest = max(largest, np.abs(_tidy(values)).max())
    return nice_limit(largest)


def _tidy(values: np.ndarray) -> np.ndarray:
    """Round floats so far that equal sums are equal, in whichever order they were added."""
    return np.round(values, DIGITS) + 0.0 if values.dtype.kind == "f" else values


def _grids(
    image: np.ndarray, sliding: Plan, maps: Sequence[np.ndarray], position, limit: float
) -> tuple[Grid, ...]:
    grey = image.dtype == np.uint8
    look = GREY if grey and sliding.kernel.sum() > 0 else SIGNED
    border, size = sliding.border, size_text(sliding.shape)
    size = f"feature map {size}" if len(size) < LONG_SIZE else size
    padded = Grid(
        sliding.padded,
        "Input",
        f"padded to {size_text(sliding.padded.shape)}",
        look=GREY if grey else SIGNED,
        limit=limits_for(image, sliding.kernel).input,
        hatched=padding_mask(sliding),
        marks=(Mark(*position, *sliding.span),),
    )
    named = (
        ("With zeros", size, look),
        (f"With {border}", size, look),
        ("Difference", f"{border} − zeros", SIGNED),
    )
    shared = {"limit": limit, "marks": (Mark(*position, 1, 1),)}
    results = [
        Grid(values, title, subtitle, look=shade, **shared)
        for values, (title, subtitle, shade) in zip(maps, named, strict=True)
    ]
    return side_by_side([padded, *results])


def _lines(sliding: Plan, maps: Sequence[np.ndarray], position) -> list[str]:
    """Say where the window is, how much of it is made up, and what comes of that."""
    weights, ones = sliding.kernel, np.ones(sliding.x.shape, dtype=int)
    counting = plan(ones, np.ones(weights.shape, dtype=int), padding=sliding.amounts)
    made_up = weights.size - counting.window(position).total
    zeros, chosen, difference = (number_text(values[position].item(), 3) for values in maps)
    written = f"its weights sum to {number_text(weights.sum())}"
    if weights.size <= MOST_WEIGHTS:
        written = f"not flipped: {rows_text(weights)}"
    return [
        f"Window for {place_text(position)}: {made_up} of {weights.size} values are in the "
        "padding.",
        f"With zeros {zeros}, with {sliding.border} {chosen}: difference {difference}.",
        f"The border changes {np.count_nonzero(maps[2])} of {maps[2].size} outputs.",
        f"Kernel {size_text(weights.shape)}, {written}.",
    ]
