"""The explorer of shifts: the feature map moves along with the input, or does not."""

import numpy as np

from helpers.arguments import brief, is_whole, listing
from helpers.convolution import pad, padding_amounts, plan
from helpers.drawing import (
    LINE,
    MARGIN,
    Grid,
    Limits,
    Mark,
    Picture,
    Scene,
    Text,
    bottom_of,
    drawable,
    limits_for,
    range_sentence,
    render,
    rows_text,
    side_by_side,
    size_text,
)
from helpers.explorers.controls import choice, switch, whole_slider
from helpers.explorers.settings import Built, SettingsExplorer
from helpers.explorers.shifting import POOL, Moved, moved, shifted

FURTHEST = 3  # pixels, in each direction
MOST_VALUES = 24  # along a side of the input
CHOICES = {
    "rows": range(-FURTHEST, FURTHEST + 1),
    "columns": range(-FURTHEST, FURTHEST + 1),
    "stride": range(1, 3),
    "padding": ("same", "valid"),
    "border": ("zeros", "edge", "wrap"),
    "pooling": (False, True),
}
START = {name: choices[0] for name, choices in CHOICES.items()} | {"rows": 0, "columns": 0}
SAME = {"padding": "same", "flip": False}
MOST_LINES = 3  # of text below the grids


def explore_shift(image, kernel, **settings) -> SettingsExplorer:
    """Shift an input and watch its feature map follow, or not.

    Parameters
    ----------
    image : array_like, (H, W), up to 24 values along a side, at least 2 more than the kernel
    kernel : array_like, (h, w); not flipped, as in a layer
    settings : where the controls stand first, by their names

    The controls are "rows" and "columns" (how far the input moves down and to the right, from -3 to
    3 pixels), "stride" (1 or 2), "padding" ("same" or "valid"), "border" (what shifting and padding
    bring in from outside: "zeros", "edge" or "wrap") and "pooling" (whether 2x2 max pooling
    follows; False unless told otherwise). Shown are the shifted input, its feature map, the feature
    map of the input as it was, moved by as many whole cells as fit best, and the difference of the
    two. Hatched is what came from outside, and every cell of the difference that has seen it.
    Orange is the largest activation of the two maps, and its window.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    x, weights = _checked(image, kernel)
    chosen, limits = _checked_settings(settings), limits_for(x, weights)
    controls = {
        "rows": whole_slider("pixels down", chosen["rows"], -FURTHEST, FURTHEST),
        "columns": whole_slider("pixels right", chosen["columns"], -FURTHEST, FURTHEST),
        "stride": whole_slider("stride", chosen["stride"], 1, max(CHOICES["stride"])),
        "padding": choice("padding", CHOICES["padding"], chosen["padding"]),
        "border": choice("border", CHOICES["border"], chosen["border"]),
        "pooling": switch("2 × 2 max pooling", chosen["pooling"]),
    }

    def build(**now) -> Built:
        result = moved(x, weights, **now)
        added = padding_amounts(x.shape, weights.shape, stride=now["stride"], **SAME)
        controls["padding"].disabled = not np.any(added)
        nothing_outside = result.sliding.padded.shape == x.shape and not any(result.shift)
        controls["border"].disabled = nothing_outside
        return Built(result.after, _scene(result, limits))

    return SettingsExplorer(controls, build)


def show_shift(image, kernel, **settings) -> Picture:
    """Return the picture that `explore_shift` shows for some settings."""
    x, weights = _checked(image, kernel)
    return render(_scene(moved(x, weights, **_checked_settings(settings)), limits_for(x, weights)))


def _scene(result: Moved, limits: Limits) -> Scene:
    either = np.maximum(result.after, result.along)
    largest = np.unravel_index(int(either.argmax()), either.shape)
    place = (int(largest[0]), int(largest[1]))
    pooled = ", pooled" if result.step > result.sliding.stride[0] else ""
    size = f"{size_text(result.after.shape)}, stride {result.sliding.stride[0]}{pooled}"
    maps = (
        (result.after, "Its map", size, None),
        (result.along, "Old map moved", moved_text(result.cells), None),
        (result.after - result.along, "Difference", _count(result.differs), ~result.inner),
    )
    grids = [_input(result, limits, place)]
    for values, title, subtitle, hatched in maps:
        marks = (Mark(*place, 1, 1),)
        grids.append(Grid(values, title, subtitle, limit=limits.map, hatched=hatched, marks=marks))
    grids = side_by_side(grids)
    top = bottom_of(grids[:1]) + LINE
    texts = [Text(MARGIN, top + n * LINE, text) for n, text in enumerate(_verdict(result))]
    return Scene(grids, tuple(texts), top + MOST_LINES * LINE, _sentence(result))


def _input(result: Moved, limits: Limits, place: tuple[int, int]) -> Grid:
    sliding = result.sliding
    own = shifted(np.ones(sliding.x.shape, dtype=int), result.shift)
    height, width = (span + result.step - sliding.stride[0] for span in sliding.span)
    return Grid(
        sliding.padded,
        "Shifted input",
        moved_text(result.shift),
        limit=limits.input,
        hatched=pad(own, sliding.amounts) == 0,
        marks=(Mark(place[0] * result.step, place[1] * result.step, height, width),),
    )


def _verdict(result: Moved) -> list[str]:
    """Say how many cells differ when the old map moves along, and when it stays."""
    away = f"{(result.differs & result.inner).sum()} of {result.inner.sum()}"
    lines = [
        f"Old map moved along: {_count(result.differs)} differ, away from the border {away}.",
        f"Old map left where it was: {_count(result.leaves)} differ.",
    ]
    if any(n % result.step for n in result.shift):
        lines.append(
            f"One cell is {result.step} pixels, so the shift is no whole number of cells: "
            "this is the closest move."
        )
    return lines


def _count(mask: np.ndarray) -> str:
    return f"{mask.sum()} of {mask.size} cells"


def moved_text(cells: tuple[int, int]) -> str:
    """Write a move in words.

    >>> moved_text((1, -2)), moved_text((0, 0))
    ('1 down, 2 left', 'not moved')
    """
    words = zip(cells, (("up", "down"), ("left", "right")), strict=True)
    return ", ".join(f"{abs(n)} {way[n > 0]}" for n, way in words if n) or "not moved"


def _sentence(result: Moved) -> str:
    sliding = result.sliding
    parts = [
        range_sentence(f"Input, {moved_text(result.shift)},", sliding.x),
        f"Kernel {rows_text(sliding.weights)}, stride {sliding.stride[0]}.",
        range_sentence("Its map", result.after),
        range_sentence(f"Old map, {moved_text(result.cells)},", result.along),
    ]
    return " ".join([*parts, *_verdict(result)])


def _checked(image, kernel) -> tuple[np.ndarray, np.ndarray]:
    """Return input and kernel, or say what is wrong with them."""
    x, weights = drawable("image", image).copy(), drawable("kernel", kernel).copy()
    least = [n + POOL for n in weights.shape]
    fits = x.ndim == weights.ndim == 2 and all(n >= m for n, m in zip(x.shape, least, strict=True))
    if not fits or max(x.shape) > MOST_VALUES:
        raise ValueError(
            f"image has shape {x.shape} and kernel {weights.shape}: allowed is (H, W), up to "
            f"{MOST_VALUES} along a side, and at least {POOL} more than the kernel"
        )
    sliding = plan(x, weights)
    return sliding.x, sliding.kernel


def _checked_settings(settings: dict) -> dict:
    for name, value in settings.items():
        if name not in START:
            raise TypeError(f"{name} is no argument: allowed are {', '.join(START)}")
        allowed, usual = CHOICES[name], START[name]
        kind = is_whole(value) if is_whole(usual) else isinstance(value, type(usual))
        if not kind or value not in allowed:
            choices = listing(allowed) if isinstance(usual, str) else [*allowed]
            raise ValueError(f"{name}={brief(value)}: allowed are {choices}")
    return START | {name: type(START[name])(value) for name, value in settings.items()}
