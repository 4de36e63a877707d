"""What a comparison of two borders says: how much of a window is made up, and what comes of it."""

from collections.abc import Mapping

import numpy as np

from helpers.convolution import Plan
from helpers.drawing import (
    BORDER_WORDS,
    number_text,
    place_text,
    range_sentence,
    rows_text,
    size_text,
)

MOST_WEIGHTS = 9  # of a kernel that is written out below the picture


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
        f"Window for {place_text(position)}: {made_up} of {every} values stand in the padding.",
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
