"""The size of the output in words: the formula step by step, and what no window reaches."""

import numpy as np

from helpers.convolution import Plan
from helpers.drawing import number_text

MOST_NAMED = 4  # samples that no window reaches; of more, only the number is told


def formula_steps(sliding: Plan) -> list[str]:
    """Write W_out as the formula, with its numbers, as a fraction, and as the floor of it.

    >>> from helpers.convolution import plan
    >>> formula_steps(plan([0] * 28, [1, 1, 1], stride=2))[-1]
    '= 12 + 1 = 13'
    """
    size, (span,), (step,) = sliding.x.size, sliding.span, sliding.stride
    room = sliding.padded.size - span
    return [
        "= ⌊(W − F + 2P) / S⌋ + 1",
        f"= ⌊({size} − {span} + 2·{sliding.amounts[0][0]}) / {step}⌋ + 1",
        f"= ⌊{room} / {step}⌋ + 1 = ⌊{quotient_text(room, step)}⌋ + 1",
        f"= {room // step} + 1 = {sliding.shape[0]}",
    ]


def quotient_text(number: int, divisor: int) -> str:
    """Write a quotient that is not negative with up to three decimals, "…" where it goes on.

    >>> [quotient_text(25, d) for d in (1, 2, 3, 8)]
    ['25', '12.5', '8.333…', '3.125']
    """
    thousandths = number * 1000 // divisor
    rest = "…" if thousandths * divisor != number * 1000 else ""
    whole_part, decimals = divmod(thousandths, 1000)
    text = f"{whole_part}.{decimals:03}"
    return text + rest if rest else text.rstrip("0").rstrip(".")


def span_note(sliding: Plan) -> str:
    """Say how many samples the kernel spans."""
    weights, (step,), (span,) = sliding.kernel.size, sliding.dilation, sliding.span
    if step == 1:
        return f"D = 1: the kernel spans F = {weights}."
    spread = f"D·(F − 1) + 1 = {step}·({weights} − 1) + 1 = {span}"
    return f"D = {step}: the kernel spans {spread}, which takes the place of F."


def told(sliding: Plan, step: int) -> list[str]:
    """Say what the chosen window covers, and what no window reaches."""
    start = step * sliding.stride[0] - sliding.amounts[0][0]
    last = number_text(start + sliding.span[0] - 1)
    count = sliding.shape[0]
    every = "1 window." if count == 1 else f"{count} windows, named 0 to {count - 1}."
    return [
        f"{every} Window {step} spans n = {number_text(start)} to {last}.",
        _unreached(sliding),
    ]


def _unreached(sliding: Plan) -> str:
    """Name the values of the input that no window reaches, and count those of the padding."""
    before, after = sliding.amounts[0]
    missed = ~sliding.reached[0]
    inside = np.flatnonzero(missed[before : missed.size - after]).tolist()
    padding = int(missed.sum()) - len(inside)
    more = f" Of the padding, {padding} of {before + after} are not reached." if padding else ""
    if not inside:
        return f"Every value of the input is in a window.{more}"
    named = f"n = {', '.join(str(n) for n in inside)}"
    if len(inside) > MOST_NAMED:
        named = f"{len(inside)} of {sliding.x.size} values"
    return f"Cross-hatched: no window reaches {named}.{more}"
