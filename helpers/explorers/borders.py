"""The explorer of the border: how much of a feature map depends on what is assumed outside."""

from collections.abc import Mapping
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
    padded_place,
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
PADDINGS = (("same", "same"), ("1 on each side", 1), ("2 on each side", 2), ("3 on each side", 3))
LARGER = tuple((name, size) for name in ("box blur", "Gaussian blur") for size in (5, 7))
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
    image = _checked(image)
    kernels, first = _choices(image, kernel)
    limit_of = cache(lambda preset: limit_for(image, kernels[preset]))

    def build(*, border: str, padding, preset: str, step: int) -> Built:
        settings = {"border": border, "padding": padding, "step": step}
        return compare_borders(image, kernels[preset], limit_of(preset), **settings)

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


def limit_for(image: np.ndarray, weights: np.ndarray) -> float:
    """Return an end of the colour scale that no border and no padding goes beyond."""
    if image.dtype == np.uint8:
        return limits_for(image, weights).map
    largest = 0.0
    for padding in ("same", MOST_PADDING):  # with less padding, some of the same outputs
        maps = [convolve(image, weights, border=b, padding=padding, flip=False) for b in BORDERS]
        differences = [values - maps[0] for values in maps]  # zeros are the first
        largest = max(largest, *(np.abs(_tidy(m)).max().item() for m in (*maps, *differences)))
    return nice_limit(largest)


def compare_borders(
    image: np.ndarray, weights, limit: float, *, border: str, padding, step: int = 0
) -> Built:
    """Return input, feature map with zeros, feature map with `border`, and their difference.

    Parameters
    ----------
    image : ndarray, (H, W)
    weights : array_like, (h, w)
    limit : end of the colour scale of all three feature maps
    border, padding : as in `helpers.convolution.convolve`
    step : number of the window, in reading order; beyond the last one, the last one
    """
    plain = plan(image, weights, padding=padding, flip=False)
    sliding = plan(image, weights, padding=padding, border=border, flip=False)
    maps = {"zeros": _tidy(plain.feature_map()), "chosen": _tidy(sliding.feature_map())}
    maps["difference"] = _tidy(maps["chosen"] - maps["zeros"])
    last = maps["chosen"].size - 1
    position = tuple(int(i) for i in np.unravel_index(min(step, last), maps["chosen"].shape))
    grids = side_by_side(_grids(image, sliding, maps, position, limit))
    lines = border_lines(sliding, maps, position)
    scene = page(grids, lines, border_sentence(sliding, maps, lines))
    return Built(maps["chosen"], scene, {"step": last})


def _grids(image: np.ndarray, sliding: Plan, maps: Mapping, position, limit: float) -> list[Grid]:
    grey = image.dtype == np.uint8
    look = GREY if grey and sliding.kernel.sum() > 0 else SIGNED
    border, size = sliding.border, size_text(sliding.shape)
    size = f"feature map {size}" if len(size) < LONG_SIZE else size
    window = Mark(*padded_place(sliding, sliding.window(position).corner), *sliding.span)
    cell = (Mark(*position, 1, 1),)
    named = (
        ("With zeros", size, maps["zeros"], look),
        (f"With {border}", size, maps["chosen"], look),
        ("Difference", f"{border} − zeros", maps["difference"], SIGNED),
    )
    return [
        Grid(
            sliding.padded,
            "Input",
            f"padded to {size_text(sliding.padded.shape)}",
            look=GREY if grey else SIGNED,
            limit=limits_for(image, sliding.kernel).input,
            hatched=padding_mask(sliding),
            marks=(window,),
        ),
        *(
            Grid(values, title, subtitle, look=shade, limit=limit, marks=cell)
            for title, subtitle, values, shade in named
        ),
    ]


def _tidy(values: np.ndarray) -> np.ndarray:
    """Round floats so far that equal sums are equal, in whichever order they were added."""
    return np.round(values, DIGITS) + 0.0 if values.dtype.kind == "f" else values


def _checked(image) -> np.ndarray:
    image = drawable("image", image).copy()
    if image.ndim != 2 or max(image.shape) > MOST_PIXELS:
        raise ValueError(
            f"image has shape {image.shape}: allowed is (H, W), up to {MOST_PIXELS} along a side"
        )
    return image


def _choices(image: np.ndarray, given) -> tuple[dict[str, np.ndarray], str]:
    """Return the kernels to choose from, those that fit at any padding, and which comes first."""
    given = drawable("kernel", given).copy()
    room = tuple(n + 2 for n in image.shape)
    if given.ndim != 2 or any(n > most for n, most in zip(given.shape, room, strict=True)):
        raise ValueError(
            f"kernel has shape {given.shape}: allowed are (h, w), up to {room} for this image"
        )
    known = {name: kernel(name) for name in KERNELS}
    known |= {f"{name}, {size} × {size}": kernel(name, size) for name, size in LARGER}
    fitting = {name: k for name, k in known.items() if max(k.shape) <= min(room)}
    for name, weights in fitting.items():
        if np.array_equal(weights, given):
            return fitting, name
    return {GIVEN: given, **fitting}, GIVEN


def border_lines(sliding: Plan, maps: Mapping, position) -> list[str]:
    """Say where the window stands, how much of it is made up, and what comes of that."""
    rows, columns = (
        sum(not 0 <= corner + tap < size for tap in range(span))
        for corner, span, size in zip(
            sliding.window(position).corner, sliding.span, sliding.x.shape, strict=True
        )
    )
    every = sliding.span[0] * sliding.span[1]
    made_up = every - (sliding.span[0] - rows) * (sliding.span[1] - columns)
    zeros, chosen, difference = (number_text(m[position].item(), 3) for m in maps.values())
    changed, size = np.count_nonzero(maps["difference"]), maps["difference"].size
    return [
        f"Window for {place_text(position)}: {made_up} of {every} values are in the padding.",
        f"With zeros {zeros}, with {sliding.border} {chosen}: difference {difference}.",
        f"The border changes {changed} of {size} outputs.",
        f"Kernel {size_text(sliding.kernel.shape)}{_written_out(sliding.kernel)}.",
    ]


def _written_out(weights: np.ndarray) -> str:
    """Write the rows of a small kernel, or the sum of a large one."""
    if weights.size <= MOST_WEIGHTS:
        return f", not flipped: {rows_text(weights)}"
    return f", its weights sum to {number_text(weights.sum())}"


def border_sentence(sliding: Plan, maps: Mapping, lines: list[str]) -> str:
    """Describe the input, its border, the three feature maps and the window, in numbers."""
    names = ("With zeros", f"With {sliding.border}", "Difference")
    padded = f"Padded {BORDER_WORDS[sliding.border]} to {size_text(sliding.padded.shape)}."
    described = [range_sentence(n, m) for n, m in zip(names, maps.values(), strict=True)]
    return " ".join([range_sentence("Input", sliding.x), padded, *described, *lines])
