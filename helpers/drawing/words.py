"""Numbers, formulas and descriptions in words: what is written on and under the pictures."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from helpers.convolution import Plan, Window

LARGEST_DENOMINATOR = 64
HIDDEN = "?"
BORDER_WORDS = {
    "zeros": "with zeros",
    "edge": "by repeating the edge",
    "reflect": "by reflection",
    "wrap": "by wrapping around",
}


def number_text(value, decimals: int = 2) -> str:
    """Write a number as the cells do: a true minus sign, no zeros at the end.

    Examples
    --------
    >>> [number_text(v) for v in (3, -0.5, 2 / 3, -0.001)]
    ['3', '−0.5', '0.67', '0']
    """
    text = f"{value:.{decimals}f}" if isinstance(value, float | np.floating) else str(value)
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text.replace("-", "−")


def weight_text(value) -> str:
    """Write a weight: as a fraction where two decimals would not be exact.

    Examples
    --------
    >>> [weight_text(v) for v in (1 / 9, 0.25, -2)]
    ['1/9', '0.25', '−2']
    """
    if isinstance(value, int | np.integer):
        return number_text(value)
    fraction = Fraction(float(value)).limit_denominator(LARGEST_DENOMINATOR)
    if round(float(value), 2) != value and abs(float(fraction) - value) < 1e-9:
        return str(fraction).replace("-", "−")
    text = number_text(value)
    return text if text != "0" or value == 0 else f"{value:.1g}".replace("-", "−")


def size_text(shape: Sequence[int]) -> str:
    """Write a shape for a title.

    Examples
    --------
    >>> size_text((16, 8)), size_text((8,))
    ('16 × 8', '8 values')
    """
    if len(shape) > 1:
        return " × ".join(str(n) for n in shape[:2])
    return f"{shape[0]} values" if shape[0] != 1 else "1 value"


def place_text(place: Sequence[int]) -> str:
    """Write where a cell stands.

    Examples
    --------
    >>> place_text((1, 0)), place_text((3,))
    ('row 1, column 0', 'n = 3')
    """
    if len(place) == 1:
        return f"n = {place[0]}"
    return ", ".join(
        f"{axis} {int(i)}" for axis, i in zip(("row", "column", "channel"), place, strict=False)
    )


def range_sentence(name: str, values: np.ndarray) -> str:
    """Describe an array in words: shape, range, where the largest value stands, sum.

    Examples
    --------
    >>> range_sentence("Feature map", np.array([[7, 9], [13, 15]]))
    'Feature map 2 × 2, from 7 to 15, largest at row 1, column 1, sum 44.'
    """
    low, high = number_text(values.min(), 3), number_text(values.max(), 3)
    even = values.min() == values.max()
    start, total = f"{name} {size_text(values.shape)}", number_text(values.sum(), 3)
    if even:
        return f"{start}, every value {low}, sum {total}."
    place = np.unravel_index(int(values.argmax()), values.shape)
    return f"{start}, from {low} to {high}, largest at {place_text(place)}, sum {total}."


def rows_text(values: np.ndarray) -> str:
    """Write a small array row by row.

    Examples
    --------
    >>> rows_text(np.array([[1, 0], [-1, 0.5]]))
    '[1 0] [−1 0.5]'
    """
    return " ".join(
        "[" + " ".join(weight_text(v) for v in row) + "]" for row in np.atleast_2d(values).tolist()
    )


def size_formula(sliding: Plan, axis: int) -> str:
    """Write floor((W - F + 2P) / S) + 1 along one axis with its numbers.

    Examples
    --------
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

    Examples
    --------
    >>> from helpers.convolution import window_at
    >>> product_texts(window_at([[1, 2]], [[3, -1]], (0, 0), flip=False))
    [['1·3', '2·(−1)']]
    """
    both = np.atleast_2d(window.values).tolist(), np.atleast_2d(window.weights).tolist()
    return [
        [_product(value, weight) for value, weight in zip(*rows, strict=True)]
        for rows in zip(*both, strict=True)
    ]


def _product(value: float, weight: float) -> str:
    return f"{_bracketed(number_text(value))}·{_bracketed(weight_text(weight))}"


def _bracketed(text: str) -> str:
    return f"({text})" if text.startswith("−") else text


def convolution_sentence(
    sliding: Plan,
    feature_map: np.ndarray,
    *,
    position: Sequence[int] | None = None,
    pointed: Sequence[int] | None = None,
    hidden: Sequence[int] | None = None,
    limit: float | None = None,
) -> str:
    """Describe input, kernel, feature map and what is marked, in words and numbers."""
    first = ", first channel" if feature_map.ndim > sliding.x.ndim else ""
    parts = [range_sentence(f"Input{first}", sliding.x), *_settings(sliding)]
    if hidden is None:
        parts.append(range_sentence("Feature map", feature_map))
    else:
        parts.append(f"Feature map {size_text(feature_map.shape)}, {place_text(hidden)} hidden.")
    parts.append(_size_sentence(sliding))
    if limit is not None:
        parts.append(f"Colours of the feature map end at {number_text(limit)}.")
    if position is not None:
        total = sliding.window(position).total
        asked = hidden is not None and tuple(hidden) == tuple(position)
        told = "to be predicted" if asked else number_text(total, 3)
        parts.append(f"Window for {place_text(position)}{first}: sum {told}.")
    if pointed is not None:
        fed, every = len(sliding.fed_by(pointed)), int(np.prod(sliding.shape))
        parts.append(f"Input {place_text(pointed)} feeds {fed} of {every} outputs.")
    return " ".join(parts)


def _settings(sliding: Plan) -> list[str]:
    """Describe padding, kernel, stride and dilation."""
    parts = []
    if sliding.padded.shape != sliding.x.shape:
        words = BORDER_WORDS[sliding.border]
        parts.append(f"Padded {words} to {size_text(sliding.padded.shape)}.")
    kind = "flipped" if sliding.flip else "not flipped"
    shape = size_text(sliding.kernel.shape)
    parts.append(f"Kernel {shape}, {kind}: {rows_text(sliding.weights)}.")
    for name, steps in (("Stride", sliding.stride), ("Dilation", sliding.dilation)):
        if set(steps) != {1}:
            parts.append(f"{name} {per_axis_text(steps)}.")
    return parts


def _size_sentence(sliding: Plan) -> str:
    formulas = dict.fromkeys(size_formula(sliding, axis) for axis in range(sliding.x.ndim))
    return f"Output size {' and '.join(formulas)}."


def per_axis_text(steps: Sequence[int]) -> str:
    """Write one number for all axes, or one per axis.

    Examples
    --------
    >>> per_axis_text((2, 2)), per_axis_text((1, 2))
    ('2', '1 by 2')
    """
    return str(steps[0]) if len(set(steps)) == 1 else " by ".join(str(step) for step in steps)
