"""The explorer of channels: one filter over red, green and blue gives one feature map."""

import numpy as np

from helpers.convolution import convolve
from helpers.drawing import (
    CASING,
    COLOUR,
    GAP,
    GREY,
    LIGHTEST,
    LINE,
    MARGIN,
    TITLE,
    WIDTH,
    Grid,
    Mark,
    Scene,
    Text,
    bottom_of,
    checked_image,
    number_text,
    range_sentence,
    side_by_side,
    size_text,
    weight_texts,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Choice, NarrowSteps, Whole
from helpers.explorers.declaration import Built, Declaration
from helpers.kernels import KERNELS

SIZE = 3  # of the filter, in pixels
CHANNELS = ("red", "green", "blue")
SHARES = (-2, -1.5, -1, -0.5, 0, 0.5, 1, 1.5, 2)  # whole ones keep integers whole
MAP_LIMIT = 3 * LIGHTEST  # what an even white area gives where every slice only copies
HEIGHT, SLICE_HEIGHT = 150, 105  # of channels and maps, and of the filter's slices, in pixels
TITLED, FIRST_LINE = 40, 14  # room above grids for a title; from a slice's top to a baseline
FIRST_SLICE, FIRST_MAP = 4, 7  # after four inputs; after three slices of the filter


def explore_channels(photograph, preset: str = "Sobel x") -> Explorer:
    """Follow one filter through the three channels of a colour photograph.

    Parameters
    ----------
    photograph : array_like of uint8, (H, W, 3)
    preset : name of the kernel that all three slices of the first filter hold

    The controls are "preset", "red", "green" and "blue" (what the kernel is multiplied by in that
    slice of the filter, -2 to 2), "row" and "column" (of the window that is summed up). Pointing
    at a map chooses the window. `feature_map` is the one map of the filter, (H - 2, W - 2).
    """
    photograph = checked_image(photograph, "photograph").copy()
    if photograph.ndim != 3 or min(photograph.shape[:2]) < SIZE:
        raise ValueError(
            f"photograph has shape {photograph.shape}: allowed is (H, W, 3), with three channels "
            f"of at least {SIZE} x {SIZE} pixels"
        )
    height, width = photograph.shape[0] - 2, photograph.shape[1] - 2

    def build(*, preset: str, row: int, column: int, **shares: float) -> Built:
        matrix, place = KERNELS[preset], (row, column)
        weights = [matrix * shares[name] for name in CHANNELS]
        channels = np.moveaxis(photograph, 2, 0)
        parts = [convolve(c, w, flip=False) for c, w in zip(channels, weights, strict=True)]
        maps = [*parts, sum(parts)]
        heaviest = max(SHARES) * float(np.abs(matrix).max())
        grids = _grids(photograph, weights, maps, place, heaviest)
        line = f"Row {row}, column {column}: {_written_sum([m[place].item() for m in maps])}"
        counts = ("One filter has", "3 × 3 × 3 = 27", "weights and gives", "one feature map.")
        ranges = [range_sentence(grid.title, grid.values) for grid in grids[FIRST_MAP:]]
        sentence = " ".join([f"{preset}.", *ranges, f"{line}.", *counts])
        texts = _texts(grids, line, counts)
        return Built(maps[-1], Scene(grids, texts, texts[0].y + MARGIN, sentence))

    shares = tuple((number_text(share, 1), share) for share in SHARES)
    controls = {
        "preset": Choice("preset", tuple(KERNELS)),
        **{name: NarrowSteps(name, shares) for name in CHANNELS},
        "row": Whole("row", 0, height - 1),
        "column": Whole("column", 0, width - 1),
    }
    first = {"preset": preset, "row": height // 2, "column": width // 2}
    return Declaration(controls, build, _point).explorer(**first, **dict.fromkeys(CHANNELS, 1))


def _point(_explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    """Choose the window of the cell under the pointer, in any of the four maps."""
    over_a_map = number is not None and number >= FIRST_MAP
    return {"row": cell[0], "column": cell[1]} if over_a_map else {}


def _grids(photograph, weights, maps, place: tuple[int, int], heaviest: float) -> tuple[Grid, ...]:
    """Place channels above slices of the filter above partial sums; photograph and total last."""
    size = size_text(photograph.shape)
    inputs = {"limit": LIGHTEST, "marks": (Mark(*place, SIZE, SIZE),), "scale": False}
    cell = (Mark(*place, 1, 1),)
    top = [
        Grid(photograph[:, :, i], f"Input, {name}", size, look=GREY, **inputs)
        for i, name in enumerate(CHANNELS)
    ]
    middle = [
        Grid(w, f"Filter, {name}", limit=heaviest, texts=weight_texts(w), scale=False)
        for name, w in zip(CHANNELS, weights, strict=True)
    ]
    titles = [*(f"Part, {name}" for name in CHANNELS), "Feature map"]
    low = [Grid(m, t, limit=MAP_LIMIT, marks=cell) for t, m in zip(titles, maps, strict=True)]
    top.append(Grid(photograph, "Input", f"{size} × 3", look=COLOUR, **inputs))
    first = side_by_side(top, height=HEIGHT)
    below = bottom_of(first) + TITLED
    column = (WIDTH - 2 * MARGIN - 3 * GAP) // 4
    second = side_by_side(middle, top=below, height=SLICE_HEIGHT, width=3 * column + 2 * GAP)
    return first + second + side_by_side(low, top=bottom_of(second) + TITLED, height=HEIGHT)


def _texts(grids: tuple[Grid, ...], line: str, counts: tuple[str, ...]) -> tuple[Text, ...]:
    """Place the sum below everything, counts beside the filter, and signs between the parts."""
    x, y = grids[-1].x, grids[FIRST_SLICE].y + FIRST_LINE
    sum_line = Text(MARGIN, bottom_of(grids) + LINE - 8, line, TITLE, CASING, True)
    beside = (Text(x, y + LINE * number, text) for number, text in enumerate(counts))
    middle = min(grids[-1].y + HEIGHT // 2, bottom_of(grids))  # maps may be flat
    signs = (
        Text(right.x - 14, middle, sign, TITLE, bold=True, anchor="m")
        for right, sign in zip(grids[FIRST_MAP + 1 :], "++=", strict=True)
    )
    return sum_line, *beside, *signs


def _written_sum(values: list[float]) -> str:
    """Write the parts and their total, with "≈" where two decimals are not all there is."""
    first, *others, total = (number_text(value) for value in values)
    signs = [f"− {text[1:]}" if text.startswith("−") else f"+ {text}" for text in others]
    equals = "=" if all(round(value, 2) == value for value in values) else "≈"
    return " ".join([first, *signs, equals, total])
