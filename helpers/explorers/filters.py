"""The explorer of learned filters: each beside its feature map, and beside what it is most like."""

from copy import deepcopy
from dataclasses import dataclass

import numpy as np

from helpers.convolution import window_at
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
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import PLAY_INTERVAL, Whole
from helpers.explorers.declaration import Built, Declaration
from helpers.explorers.network import (
    PER_ROW,
    SIDE,
    checked_digits,
    checked_network,
    end_of_scale,
    feature_maps,
    filters_of,
    ink_texts,
    map_limit,
    thumbnails,
)
from helpers.kernels import Match, closest_kernel

HEIGHT = 168  # of the four arrays in the first row, in pixels
PITCH = 60  # from one row of small pictures to the next
MAP, LARGE = 2, 4  # number of the feature map; of the grids in the first row


@dataclass(frozen=True, eq=False)
class Learned:
    """Filters of a network, what they are most like, and the ends of the colour scales."""

    filters: np.ndarray
    biases: np.ndarray
    matches: tuple[Match, ...]
    filter_limit: float
    map_limit: float


def explore_filters(model, pictures, labels) -> Explorer:
    """Look at the filters that a network has learned, and at what they make of a digit.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same" and
        ReLU.
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Ink from 0 (none) to 1.
    labels : N whole numbers from 0 to 9

    The controls are "filter", "sample", and "row" and "column" of the window that is summed up.
    Pointing at the feature map chooses the window, pointing at a small picture its filter. Beside
    them is the handcrafted kernel that is most like the filter. `feature_map` is the one of the
    chosen filter, (8, 8).
    """
    model = deepcopy(checked_network(model))  # what it learns later is not shown here
    pictures, labels = checked_digits(pictures, labels)
    learned = learned_by(model, pictures)
    count = len(learned.filters)

    def build(*, sample: int, **settings) -> Built:
        maps = feature_maps(model, pictures[sample])
        origin = f"sample {sample}, a {labels[sample]}"
        return filters_built(pictures[sample], maps, learned, origin, **settings)

    def point(_explorer: Explorer, number: int | None, cell) -> dict[str, int]:
        if number == MAP:
            return {"row": cell[0], "column": cell[1]}
        small = number is not None and number >= LARGE
        return {"filter": (number - LARGE) % count} if small else {}

    controls = {
        "filter": Whole("filter", 0, count - 1, interval=PLAY_INTERVAL),
        "sample": Whole("sample", 0, len(pictures) - 1),
        "row": Whole("row", 0, SIDE - 1),
        "column": Whole("column", 0, SIDE - 1),
    }
    return Declaration(controls, build, point).explorer(row=SIDE // 2, column=SIDE // 2)


def learned_by(model, pictures: np.ndarray) -> Learned:
    """Return what is shown of a network, whatever its controls say."""
    filters, weights = filters_of(model), model.layers[0].get_weights()
    return Learned(
        filters,
        weights[1] if len(weights) > 1 else np.zeros(len(filters)),
        tuple(closest_kernel(weights) for weights in filters),
        end_of_scale(filters),
        map_limit(model, pictures),
    )


def filters_built(
    picture: np.ndarray, maps: np.ndarray, learned: Learned, origin: str, **chosen: int
) -> Built:
    """Lay out one filter with input, map and nearest kernel above all filters and maps."""
    number, place = chosen["filter"], (chosen["row"], chosen["column"])
    large = _first_row(picture, maps[number], learned, origin, number, place)
    lines = (_window_line(picture, learned, number, place), _match_line(learned, number))
    below = bottom_of(large) + LINE - 6
    first = below + LINE + 54
    heading = f"All {len(maps)} filters, each above its feature map"
    texts = (
        *(Text(MARGIN, below + n * LINE, line, colour=CASING) for n, line in enumerate(lines)),
        Text(MARGIN, first - 14, heading, TITLE, INK, True),
    )
    rows = -(-len(maps) // PER_ROW)
    tops = [first + 2 * PITCH * row for row in range(rows)]
    small = thumbnails(learned.filters, limit=learned.filter_limit, tops=tops, chosen=number)
    tops = [top + PITCH for top in tops]
    small += thumbnails(maps, limit=learned.map_limit, tops=tops, chosen=number)
    ranges = [range_sentence(grid.title, grid.values) for grid in large[1:3]]
    alive = int((maps.max(axis=(1, 2)) > 0).sum())
    count = f"{alive} of {len(maps)} feature maps are not all 0 for {origin}."
    description = " ".join([*ranges, *lines, count])
    return Built(maps[number], Scene((*large, *small), texts, tops[-1] + 64, description))


def _first_row(picture, feature_map, learned: Learned, origin, number: int, place) -> tuple:
    """Place the input, the filter, its feature map and the kernel that is most like it."""
    weights, match = learned.filters[number], learned.matches[number]
    size = " × ".join(map(str, weights.shape))
    corner = [p - (n - 1) // 2 for p, n in zip(place, weights.shape, strict=True)]
    (top, left), (bottom, right) = (
        [min(max(c + more, 0), SIDE) for c, more in zip(corner, sides, strict=True)]
        for sides in ((0, 0), weights.shape)
    )
    window = Mark(top, left, bottom - top, right - left)
    limit = learned.filter_limit
    return side_by_side(
        [
            Grid(picture, "Input", origin, texts=ink_texts(picture), marks=(window,), scale=False),
            Grid(weights, f"Filter {number}", f"{size}, learned", limit=limit),
            Grid(
                feature_map,
                "Feature map",
                "after ReLU",
                limit=learned.map_limit,
                marks=(Mark(*place, 1, 1),),
            ),
            Grid(
                match.weights,
                "Most like it",
                f"similarity {number_text(match.similarity)}",
                limit=nice_limit(float(np.abs(match.weights).max())),
            ),
        ],
        height=HEIGHT,
    )


def _window_line(picture, learned: Learned, number: int, place: tuple[int, int]) -> str:
    """Write out how the framed cell of the feature map comes about."""
    window = window_at(picture, learned.filters[number], place, padding="same", flip=False)
    total, bias = float(window.total), float(learned.biases[number])
    before = total + bias
    sign = "−" if bias < 0 else "+"
    return (
        f"{place_text(place).capitalize()}: {window.products.size} products sum to "
        f"{number_text(total)}; {sign} {number_text(abs(bias))} (bias) makes "
        f"{number_text(before)}; ReLU: {number_text(max(before, 0.0))}."
    )


def _match_line(learned: Learned, number: int) -> str:
    match = learned.matches[number]
    reversed_sign = " with its sign reversed" if match.similarity < 0 else ""
    return f"Most like “{match.name}”{reversed_sign}: similarity {number_text(match.similarity)}."
