"""The explorer of the output's size: every window drawn, and the formula with its numbers."""

import numpy as np

from helpers.convolution import Plan, plan
from helpers.drawing import (
    BODY,
    LINE,
    MARGIN,
    QUIET,
    WIDTH,
    Grid,
    Mark,
    Picture,
    Stroke,
    Text,
    bottom_of,
    number_text,
    padding_mask,
    unused_mask,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import PLAY_INTERVAL, Whole
from helpers.explorers.declaration import Built, Declaration, page

MOST_DILATION = 3
NUMBERS = {
    "size": Whole("W  input", 1, 240),
    "kernel_size": Whole("F  kernel", 1, 11),
    "padding": Whole("P  padding", 0, 8),
    "stride": Whole("S  stride", 1, 8),
    "dilation": Whole("D  dilation", 1, MOST_DILATION),
}
LARGE, LARGE_LINE = 30, 44  # letters of the formula, and from one of its lines to the next
EQUALS_X, FORMULA_TOP = 130, 44
INPUT_TOP = 268
WINDOWS_BELOW, ROW_GAP = 48, 4  # from the input to the windows, and from row to row
LARGEST_CELL, NUMBERED = 44, 18
ROOM = 216  # height of the input and the staggered windows, in pixels
OUTLINE, DASHES = 2, (6, 4)  # of the window that does not fit: width, dash and gap, in pixels
WEIGHT = 0.35  # share of the scale's end that colours the samples under a weight
MOST_NAMED = 4  # samples that no weight reaches; more are only counted


def explore_sizes(
    size: int = 28, kernel_size: int = 3, *, padding: int = 0, stride: int = 2, dilation: int = 1
) -> Explorer:
    """Count the windows along one axis, with the numbers in floor((W - F + 2P) / S) + 1.

    Parameters
    ----------
    size, kernel_size, padding, stride, dilation : int
        W (1 to 240), F (1 to 11), P (0 to 8, on each side), S (1 to 8) and D (1 to 3), in samples,
        shown first. Their sliders are the controls of these names; "step" is the window that has an
        orange frame (with a play button; pointing at a window sets it, too).

    `feature_map` holds where each window begins in the input, (W_out,) int64; in the padding that
    is negative. Samples that no weight reaches are cross-hatched. If the kernel does not fit, the
    message says so, and the last picture stays.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    options = {"padding": padding, "stride": stride, "dilation": dilation}
    return SIZES.explorer(size=size, kernel_size=kernel_size, **options)


def show_sizes(
    size: int, kernel_size: int, *, padding: int = 0, stride: int = 1, dilation: int = 1
) -> Picture:
    """Return the picture that `explore_sizes` shows for these numbers, at its first window."""
    options = {"padding": padding, "stride": stride, "dilation": dilation}
    return SIZES.picture(size=size, kernel_size=kernel_size, **options)


def count_windows(
    *, size: int, kernel_size: int, padding: int, stride: int, dilation: int, step: int
) -> Built:
    """Return the formula and all windows as a picture."""
    most_dilation = MOST_DILATION if kernel_size > 1 else 1
    dilation = min(dilation, most_dilation)
    span, padded = dilation * (kernel_size - 1) + 1, size + 2 * padding
    if span > padded:
        raise ValueError(
            f"kernel_size={kernel_size} spans {span} samples and the padded input has only "
            f"{padded}, so no window fits: allowed is a span of at most {padded}. Make F or D "
            "smaller, or W or P larger."
        )
    ones = np.ones(kernel_size, dtype=int)
    sliding = plan(np.zeros(size), ones, stride=stride, padding=padding, dilation=dilation)
    last = sliding.shape[0] - 1
    step = min(step, last)
    formula, lines = formula_texts(sliding), _lines(sliding, step)
    grids, outline = _grids(sliding, step)
    sentence = " ".join([*(text.text for text in formula), *lines])
    if lacking := _lacking(sliding):
        sentence += f" {lacking.capitalize()}."
    below = bottom_of(grids) + LINE + 6
    scene = page(grids, lines, sentence, top=below, headline=False, texts=formula, strokes=outline)
    most = {"step": last, "dilation": most_dilation}
    return Built(np.arange(last + 1) * stride - padding, scene, most)


def _point(_explorer: Explorer, number: int | None, _cell) -> dict[str, int]:
    """Choose the window under the pointer."""
    return {"step": number - 1} if number else {}


SIZES = Declaration(
    NUMBERS | {"step": Whole("window", 0, interval=PLAY_INTERVAL)}, count_windows, _point
)


def formula_texts(sliding: Plan) -> list[Text]:
    """Write W_out as the formula, with its numbers, as a fraction, and as the floor of it.

    >>> [text.text for text in formula_texts(plan([0] * 28, [1, 1, 1], stride=2))][-2]
    '= 12 + 1 = 13'
    """
    size, (span,), (step,) = sliding.x.size, sliding.span, sliding.stride
    weights, (spread,) = sliding.kernel.size, sliding.dilation
    room = sliding.padded.size - span
    lines = [
        "= ⌊(W − F + 2P) / S⌋ + 1" if spread == 1 else "= ⌊(W + 2P − D·(F − 1) − 1) / S⌋ + 1",
        f"= ⌊({size} − {span} + 2·{sliding.amounts[0][0]}) / {step}⌋ + 1",
        f"= ⌊{room} / {step}⌋ + 1 = ⌊{quotient_text(room, step)}⌋ + 1",
        f"= {room // step} + 1 = {sliding.shape[0]}",
    ]
    note = f"D = 1: the kernel spans F = {weights}."
    if spread > 1:
        note = (
            f"D = {spread}: the kernel spans D·(F − 1) + 1 = {spread}·({weights} − 1) + 1 = {span}"
            ", which takes the place of F."
        )
    ys = [FORMULA_TOP + n * LARGE_LINE for n in range(5)]
    return [
        Text(MARGIN, FORMULA_TOP, "W_out", LARGE),
        *(Text(EQUALS_X, y, line, LARGE) for y, line in zip(ys, lines[:-1], strict=False)),
        Text(EQUALS_X, ys[3], lines[-1], LARGE, bold=True),
        Text(MARGIN, ys[4], note, BODY, QUIET),
    ]


def quotient_text(number: int, divisor: int) -> str:
    """Write a quotient, of a divisor up to 8, cut off after three decimals: "…" if it goes on.

    >>> [quotient_text(25, d) for d in (1, 2, 3, 8)]
    ['25', '12.5', '8.333…', '3.125']
    """
    thousandths, rest = divmod(1000 * number, divisor)
    return number_text(thousandths / 1000, 3) + ("…" if rest else "")


def _lines(sliding: Plan, step: int) -> list[str]:
    """Say what the chosen window covers, and which samples no weight reaches."""
    (before, after), size, count = sliding.amounts[0], sliding.x.size, sliding.shape[0]
    start = step * sliding.stride[0] - before
    ends = number_text(start), number_text(start + sliding.span[0] - 1)
    every = "1 window." if count == 1 else f"{count} windows, named 0 to {count - 1}."
    missed = (np.flatnonzero(~sliding.reached[0]) - before).tolist()
    inside = [n for n in missed if 0 <= n < size]
    used = "Every value of the input is used."
    if inside:
        few = f"n = {', '.join(map(str, inside))}"
        names = few if len(inside) <= MOST_NAMED else f"{len(inside)} of {size} values"
        used = f"Cross-hatched: no weight reaches {names}."
    if len(missed) > len(inside):
        outside = len(missed) - len(inside)
        used += f" Of the padding, {outside} of {before + after} are not reached."
    return [f"{every} Window {step} spans n = {ends[0]} to {ends[1]}.", used]


def _lacking(sliding: Plan) -> str:
    """Say how many samples one window more would lack; nothing if no samples are left over."""
    beyond = (sliding.span[0] - sliding.padded.size) % sliding.stride[0]
    number = f"{beyond} sample{'s' * (beyond > 1)}"
    return f"window {sliding.shape[0]}, dashed, lacks {number}" if beyond else ""


def _grids(sliding: Plan, step: int) -> tuple[tuple[Grid, ...], tuple[Stroke, ...]]:
    """Draw the input, and below it the windows, in so many rows that they do not touch.

    One window more, if there are samples left over for it, is outlined.
    """
    (span,), (stride,), count = sliding.span, sliding.stride, sliding.shape[0]
    named, end = "named by the steps from the first", sliding.padded.size
    if lacking := _lacking(sliding):
        named, end = f"{named}; {lacking}", count * stride + span
    rows = min(span // stride + 1, count + (lacking != ""))
    width = (WIDTH - 2 * MARGIN) // end
    cell = max(min(LARGEST_CELL, width, ROOM // (rows + 1) - ROW_GAP), 1)
    size, around = sliding.x.size, [""] * sliding.amounts[0][0]
    padded = f", padded to {sliding.padded.size}" if around else ""
    shared = {"cell": cell, "scale": False, "beside": True}
    grids = [
        Grid(
            sliding.padded[np.newaxis],
            "Input",
            f"n = 0 to {size - 1}{padded}",
            x=MARGIN,
            y=INPUT_TOP,
            texts=[[*around, *map(str, range(size)), *around]] if cell >= NUMBERED else None,
            hatched=padding_mask(sliding),
            unused=unused_mask(sliding),
            marks=(Mark(0, step * stride, 1, span),),
            **shared,
        )
    ]
    weights, middle = np.zeros((1, span)), sliding.kernel.size // 2 * sliding.dilation[0]
    weights[0, :: sliding.dilation[0]] = WEIGHT
    places = [
        (MARGIN + n * stride * cell, INPUT_TOP + cell + WINDOWS_BELOW + n % rows * (cell + ROW_GAP))
        for n in range(count + 1)
    ]
    for n, (x, y) in enumerate(places[:-1]):
        names = [""] * span
        names[middle] = str(n) if cell >= NUMBERED else ""
        grids.append(
            Grid(
                weights,
                "" if n else "Windows",
                "" if n else named,
                x=x,
                y=y,
                texts=[names],
                marks=(Mark(0, 0, 1, span),) if n == step else (),
                **shared,
            )
        )
    (left, top), right = places[-1], places[-1][0] + span * cell
    corners = ((left, top), (right, top), (right, top + cell), (left, top + cell), (left, top))
    outline = Stroke(corners, OUTLINE, QUIET, DASHES)
    return tuple(grids), (outline,) if lacking else ()
