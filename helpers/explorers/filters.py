"""The explorer of learned filters: each beside its feature map, and beside what it is most like."""

from copy import deepcopy

import numpy as np

from helpers.convolution import Window, window_at
from helpers.drawing import (
    CASING,
    INK,
    LINE,
    MARGIN,
    TITLE,
    Grid,
    Mark,
    Scene,
    Text,
    bottom_of,
    nice_limit,
    number_text,
    place_text,
    range_sentence,
    side_by_side,
    size_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import PLAY_INTERVAL, Whole
from helpers.explorers.declaration import Built, Declaration
from helpers.explorers.network import (
    SIDE,
    checked_digits,
    checked_network,
    end_of_scale,
    feature_maps,
    ink_texts,
    thumbnails,
)
from helpers.kernels import Match, closest_kernel

HEIGHT = 168  # of the four arrays in the first row, in pixels
PITCH = 60  # from one row of small pictures to the next
HEADING = "All {} filters, each above its feature map"
MAP, LARGE = 2, 4  # number of the feature map; of the grids in the first row


def explore_filters(model, pictures, labels) -> Explorer:
    """Look at the filters that a network has learned, and at what they make of a digit.

    The parameters are those of `explore_digit`. The controls are "filter", "sample", and "row" and
    "column" of the window that is summed up. Pointing at the feature map chooses the window,
    pointing at a small picture its filter. Beside them is the handcrafted kernel that is most like
    the filter. `feature_map` is the one of the chosen filter, (8, 8).
    """
    model = deepcopy(checked_network(model))  # what it learns later is not shown here
    pictures, labels = checked_digits(pictures, labels)
    layer = model.layers[0]
    filters = layer.kernel[:, :, 0].transpose(2, 0, 1).copy()
    biases = np.zeros(len(filters)) if layer.bias is None else layer.bias
    matches = [closest_kernel(weights) for weights in filters]
    filter_end, map_end = end_of_scale(filters), end_of_scale(layer(pictures[..., None]))

    def build(*, sample: int, row: int, column: int, **chosen: int) -> Built:
        picture, number, place = pictures[sample], chosen["filter"], (row, column)
        weights, match, maps = filters[number], matches[number], feature_maps(model, picture)
        window = window_at(picture, weights, place, padding="same", flip=False)
        origin = f"sample {sample}, a {labels[sample]}"
        size, cell = f"{size_text(weights.shape)}, learned", (Mark(*place, 1, 1),)
        large = side_by_side(
            [
                _input_grid(picture, origin, window),
                Grid(weights, f"Filter {number}", size, limit=filter_end),
                Grid(maps[number], "Feature map", "after ReLU", limit=map_end, marks=cell),
                _match_grid(match),
            ],
            height=HEIGHT,
        )
        lines = _sum_line(window, float(biases[number])), _match_line(match)
        below = bottom_of(large) + LINE - 6
        top = below + LINE + 54
        small = thumbnails(filters, filter_end, top, 2 * PITCH, number)
        small += thumbnails(maps, map_end, top + PITCH, 2 * PITCH, number)
        texts = (
            *(Text(MARGIN, below + n * LINE, line, colour=CASING) for n, line in enumerate(lines)),
            Text(MARGIN, top - 14, HEADING.format(len(maps)), TITLE, INK, True),
        )
        ranges = [range_sentence(grid.title, grid.values) for grid in large[1:3]]
        count = f"{maps.any(axis=(1, 2)).sum()} of {len(maps)} feature maps are not all 0"
        sentence = " ".join([*ranges, *lines, f"{count} for {origin}."])
        return Built(maps[number], Scene((*large, *small), texts, small[-1].y + 64, sentence))

    controls = {
        "filter": Whole("filter", 0, len(filters) - 1, interval=PLAY_INTERVAL),
        "sample": Whole("sample", 0, len(pictures) - 1),
        "row": Whole("row", 0, SIDE - 1),
        "column": Whole("column", 0, SIDE - 1),
    }
    return Declaration(controls, build, _point).explorer(row=SIDE // 2, column=SIDE // 2)


def _point(explorer: Explorer, number: int | None, cell) -> dict[str, int]:
    if number == MAP:
        return {"row": cell[0], "column": cell[1]}
    if number is None or number < LARGE:
        return {}
    count = explorer.controls["filter"].max + 1
    return {"filter": (number - LARGE) % count}


def _input_grid(picture: np.ndarray, origin: str, window: Window) -> Grid:
    """Place the digit, and frame what is inside it of the window."""
    corners = window.corner, np.add(window.corner, window.values.shape)
    (top, left), (bottom, right) = np.clip(corners, 0, SIDE).tolist()
    frame = Mark(top, left, bottom - top, right - left)
    return Grid(picture, "Input", origin, texts=ink_texts(picture), marks=(frame,), scale=False)


def _match_grid(match: Match) -> Grid:
    subtitle = f"similarity {number_text(match.similarity)}"
    heaviest = nice_limit(float(np.abs(match.weights).max()))
    return Grid(match.weights, "Most like it", subtitle, limit=heaviest)


def _sum_line(window: Window, bias: float) -> str:
    """Write out how the framed cell of the feature map comes about."""
    total = float(window.total)
    before = total + bias
    return (
        f"{place_text(window.position).capitalize()}: {window.products.size} products sum to "
        f"{number_text(total)}; {'−' if bias < 0 else '+'} {number_text(abs(bias))} (bias) makes "
        f"{number_text(before)}; ReLU: {number_text(max(before, 0.0))}."
    )


def _match_line(match: Match) -> str:
    reversed_sign = " with its sign reversed" if match.similarity < 0 else ""
    return f"Most like “{match.name}”{reversed_sign}: similarity {number_text(match.similarity)}."
