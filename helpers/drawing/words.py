"""Numbers, formulas and descriptions in words: what is written on and under the pictures."""

from collections.abc import Sequence
from fractions import Fraction
from functools import lru_cache

import numpy as np

from helpers.convolution import Plan, Window

LARGEST_DENOMINATOR = 256
HIDDEN = "?"
BORDER_WORDS = {
    "zeros": "with zeros",
    "edge": "by repeating the edge",
    "reflect": "by reflection",
    "wrap": "by wrapping around",
}


@lru_cache(maxsize=8192)
def number_text(value, decimals: int = 2) -> str:
    """Write a number as the cells do: a true minus sign, no zeros at the end.

    >>> [number_text(v) for v in (3, -0.5, 2 / 3, -0.001)]
    ['3', '−0.5', '0.67', '0']
    """
    text = f"{value:.{decimals}f}" if isinstance(value, float | np.floating) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def weight_texts(weights: np.ndarray) -> list[list[str]]:
    """Write weights in rows, all in one style: as fractions if two decimals would not be exact.

    Weights that are neither are rounded to two decimals, and very small ones to one digit.

    >>> weight_texts(np.array([[1 / 16, 1 / 4], [-2, 0]]))
    [['1/16', '1/4'], ['−2', '0']]
    >>> weight_texts(np.array([0.25, -0.5]))
    [['0.25', '−0.5']]
    """
    rows = np.atleast_2d(weights).tolist()
    flat = {weight for row in rows for weight in row}
    texts = {weight: _decimal_text(weight) for weight in flat}
    if any(round(weight, 2) != weight for weight in flat):
        fractions = {weight: _fraction(weight) for weight in flat}
        if all(abs(float(fraction) - weight) < 1e-9 for weight, fraction in fractions.items()):
            texts = {w: str(fraction).replace("-", "−") for w, fraction in fractions.items()}
    return [[texts[weight] for weight in row] for row in rows]


def _decimal_text(weight: float) -> str:
    text = number_text(weight)
    return text if text != "0" or weight == 0 else f"{weight:.1g}".replace("-", "−")


@lru_cache(maxsize=1024)
def _fraction(weight: float) -> Fraction:
    return Fraction(weight).limit_denominator(LARGEST_DENOMINATOR)


def size_text(shape: Sequence[int]) -> str:
    """Write a shape for a title.

    >>> size_text((16, 8)), size_text((8,))
    ('16 × 8', '8 values')
    """
    if len(shape) > 1:
        return f"{shape[0]} × {shape[1]}"
    return f"{shape[0]} values" if shape[0] != 1 else "1 value"


def place_text(place: Sequence[int]) -> str:
    """Write the indices of a cell.

    >>> place_text((1, 0)), place_text((3,))
    ('row 1, column 0', 'n = 3')
    """
    if len(place) == 1:
        return f"n = {place[0]}"
    axes = zip(("row", "column", "channel"), place, strict=False)
    return ", ".join(f"{axis} {i}" for axis, i in axes)


def range_sentence(name: str, values: np.ndarray) -> str:
    """Describe an array in words: shape, range, place of the largest value, sum.

    >>> range_sentence("Feature map", np.array([[7, 9], [13, 15]]))
    'Feature map 2 × 2, from 7 to 15, largest at row 1, column 1, sum 44.'
    """
    low, high = number_text(values.min(), 3), number_text(values.max(), 3)
    place = place_text(np.unravel_index(int(values.argmax()), values.shape))
    span = f"from {low} to {high}, largest at {place}"
    if values.min() == values.max():
        span = f"every value {low}"
    return f"{name} {size_text(values.shape)}, {span}, sum {number_text(values.sum(), 3)}."


def rows_text(values: np.ndarray) -> str:
    """Write a small array row by row.

    >>> rows_text(np.array([[1, 0], [-1, 0.5]]))
    '[1 0] [−1 0.5]'
    """
    return " ".join(f"[{' '.join(row)}]" for row in weight_texts(values))


def size_formula(sliding: Plan, axis: int) -> str:
    """Write floor((W - F + 2P) / S) + 1 along one axis with its numbers.

    >>> from helpers.convolution import plan
    >>> size_formula(plan([0] * 7, [1, 1, 1], padding=1, stride=2), 0)
    '⌊(7 − 3 + 2·1) / 2⌋ + 1 = 4'
    """
    before, after = sliding.amounts[axis]
    padding = f"2·{before}" if before == after else f"{before} + {after}"
    size, span = sliding.x.shape[axis], sliding.span[axis]
    fraction = f"({size} − {span} + {padding}) / {sliding.stride[axis]}"
    return f"⌊{fraction}⌋ + 1 = {sliding.shape[axis]}"


def product_texts(window: Window) -> list[list[str]]:
    """Write out every product of a window, in rows as the kernel has them.

    >>> from helpers.convolution import window_at
    >>> product_texts(window_at([[1, 2]], [[3, -1]], (0, 0), flip=False))
    [['1·3', '2·(−1)']]
    """
    values = np.atleast_2d(window.values).tolist()
    return [
        [f"{_bracketed(number_text(v))}·{_bracketed(text)}" for v, text in zip(*both, strict=True)]
        for both in zip(values, weight_texts(window.weights), strict=True)
    ]


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def per_axis_text(steps: Sequence[int]) -> str:
    """Write one number for all axes, or one per axis.

    >>> per_axis_text((2, 2)), per_axis_text((1, 2))
    ('2', '1 by 2')
    """
    return str(steps[0]) if len(set(steps)) == 1 else " by ".join(str(step) for step in steps)
