"""Checks a reader's answer and says, kindly and exactly, what went wrong.

``check`` compares any answer with the right one; ``check_size`` and ``check_convolution`` work out
the right one themselves, together with what the usual slips would give. All return a `Verdict`,
which never gives the right answer away.

The first of these that fits gives the message, because it says most about what happened:

1. a blank; 2. something that cannot be read as numbers, text or True / False; 3. the right answer;
4. the slips of this exercise, in the order in which it lists them; 5. the right entries with the
other sign, off by one, turned or mirrored; 6. another type, too many or too few brackets, another
shape, NaN; 7. rounded too far, one wrong entry, shifted, in another order; 8. how many entries are
right, and where the first wrong one is.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, product
from typing import Any

import numpy as np

from helpers.answers import (
    NOISE,
    SINGLE,
    Blank,
    Unreadable,
    Verdict,
    agree,
    described,
    difference,
    kind,
    read,
    variants,
)
from helpers.arguments import brief, per_axis, plain
from helpers.convolution import BORDERS, PADDINGS, convolve, output_size, plan

MISTAKES = {
    # the convolution
    "forgot_to_flip": "You get these numbers if the kernel is not turned around first. Convolution "
    "flips the kernel: flip, then slide.",
    "flipped_when_not": "You get these numbers with a flipped kernel. Cross-correlation, which is "
    "what a layer computes, slides the kernel as it is.",
    "flipped_one_axis": "The kernel is flipped along one axis only. Convolution flips it along "
    "both, cross-correlation along neither.",
    "transposed_kernel": "This is the result for a kernel whose rows and columns are swapped.",
    "ignored_stride": "This is the result for a stride of one. The window should move further.",
    "ignored_dilation": "This is the result without dilation, which spreads the weights apart so "
    "that the kernel spans more of the input.",
    "forgot_padding": "This is the result without padding. Pad the input before the kernel slides "
    "over it.",
    "padded_one_side": "The padding is counted on one side only. It is added at both ends.",
    "other_mode": "This is the result of another padding mode.",
    "wrong_border": "The inner values are right, those at the border are not. Look again at what "
    "the padding is filled with.",
    "forgot_sum": "These are the products of one window, not yet added up. Every window gives one "
    "number: the sum of its products.",
    "matrix_product": "This is a matrix product. Convolution multiplies elementwise, one window at "
    "a time, and adds up the products.",
    # the size of the output
    "swapped_axes": "Height and width are swapped: rows come first, then columns.",
    "forgot_floor": "A size is a whole number. A last step that does not fit is not taken, so "
    "round down.",
    "rounded_up": "This is rounded up. A window that does not fit is left out, so round down.",
    "gave_padded_size": "This is the size of the padded input, before the kernel slides over it.",
    "gave_input_size": "This is the size of the input. The output is as large only if the padding "
    "makes up for what the kernel takes away and the stride is one.",
    "forgot_plus_one": "The + 1 is missing: the first window is there before any step is taken.",
    "counted_weights": "This counts the weights of the kernel, along one side or all of them. The "
    "question is how many positions the window takes.",
    # layers
    "counted_a_filter_per_channel": "A filter spans all channels and sums over them. It gives one "
    "feature map, however many channels there are.",
    "number_of_filters_for_filter_size": "This mixes up how many filters there are with how large "
    "each one is. The number of filters sets the depth of the output, not its height and width.",
    "invariance_for_equivariance": "Invariant would mean that the feature map does not change. It "
    "moves along with the input: look for the word for that.",
    "same_values": "'same' refers to the size: as many values come out as went in, but they are "
    "not the same values.",
    # learning
    "along_the_gradient": "This steps along the gradient, which is uphill. To make the loss "
    "smaller, go against it.",
    "forgot_learning_rate": "This takes the whole gradient as the step. Multiply it by the "
    "learning rate first.",
    "gave_the_gradient": "This is the gradient itself, not yet the change it makes to the weight.",
    "forgot_factor_two": "The derivative of a square is twice what is squared. Here the factor of "
    "two is missing.",
    "forgot_mean": "This is a sum over all outputs. The loss is their mean: divide by how many "
    "there are.",
    # the right numbers in the wrong form
    "wrong_sign": "The numbers are right except for their sign, which is the opposite.",
    "off_by_one": "You are off by exactly one: check where the counting begins and ends.",
    "reversed": "These are the right entries in reverse order.",
    "transposed": "These are the right numbers with rows and columns swapped.",
    "mirrored": "These are the right numbers, mirrored: left and right are swapped.",
    "upside_down": "These are the right numbers, upside down: top and bottom are swapped.",
    "rotated": "These are the right numbers, but the whole array is rotated.",
    "nested_too_deep": "There are more brackets around it than asked for.",
    "flattened": "These are the right entries in the right order, but brackets are missing.",
    "shifted": "The values are one position away from where they belong: check where the first "
    "window is.",
    "order_wrong": "These are the right entries in another order.",
    "rounded": "This is right as far as it goes, but rounded too far: keep more decimals.",
    "one_wrong_entry": "Nearly there: all entries but one are right.",
    "several_wrong_entries": "Compare it with your steps, entry by entry.",
    # something else than what was asked for
    "wrong_shape": "The shape is not the one asked for.",
    "ragged": "The rows differ in length: all rows of an array have the same number of entries.",
    "wrong_type": "This is not the kind of answer asked for.",
    "in_quotes": "It is in quotes, so Python takes it for text: leave the quotes out.",
    "function_itself": "You gave the function itself: call it, and give what it returns.",
    "generator": "This has not been run through yet: put list(...) around it.",
    "unordered": "A set or a dictionary has no positions: write a list, in square brackets.",
    "not_finite": "It contains NaN (not a number) or infinity: look for a division by zero.",
}


@dataclass(frozen=True)
class Mistake:
    """A slip of one exercise: the value it would give, and the sentence that explains it."""

    value: Any
    text: str


def check(answer, right, **mistakes) -> Verdict:
    """Compare an answer with the right one: a number, text, True or False, or an array of them.

    Whole numbers are compared exactly; floats to within 0.005 (or a twentieth of the largest of
    them, if that is less), so that two decimals will do; text whatever its case and spaces. In an
    answer, which may be anything, ``...`` and None are blanks, not mistakes.

    `mistakes` are the values that slips would give, the most specific one first. The keyword is a
    key of `MISTAKES`; a `Mistake` brings its own sentence, under any name. A slip that gives the
    right value is ignored. TypeError or ValueError if `right` or a slip cannot be compared, or has
    no sentence; never because of the answer.

    >>> check(..., 28)
    Not answered yet: put one number in place of the dots and run the cell again.
    >>> check(32, 28, forgot_to_flip=32).mistake
    'forgot_to_flip'
    >>> check(14, 28, halved=Mistake(14, "That is half of it."))
    Not yet. That is half of it.
    """
    right = _authored("right", right)
    slips = [_slip(name, value) for name, value in mistakes.items()]
    return _judge(answer, right, slips)


def check_size(answer, size, kernel_size, *, stride=1, padding=0, dilation=1) -> Verdict:
    """Check a size of the output; each argument is an int, or one int per axis.

    Where several slips lead to the same number, the message says so and `mistake` is the first.
    Raises what `helpers.convolution.output_size` raises.

    >>> check_size(13, 28, 3, stride=2)
    Right.
    >>> check_size(13.5, 28, 3, stride=2).mistake
    'forgot_floor'
    >>> check_size([6, 4], (4, 6), 3, padding=1).mistake
    'swapped_axes'
    """
    asked = {"size": size, "kernel_size": kernel_size}
    asked |= {"stride": stride, "padding": padding, "dilation": dilation}
    counts = [len(value) for value in map(plain, asked.values()) if isinstance(value, tuple | list)]
    count, single = max([1, *counts]), not counts
    columns = [per_axis(name, value, count, lowest=0) for name, value in asked.items()]
    axes = [dict(zip(asked, values, strict=True)) for values in zip(*columns, strict=True)]
    rights = tuple(output_size(**axis) for axis in axes)
    slips = [
        (names[0], sizes[0] if single else sizes, " Or: ".join(MISTAKES[name] for name in names))
        for sizes, names in _size_slips(axes, rights).items()
    ]
    weights = math.prod(axis["kernel_size"] for axis in axes)
    counted = (weights**2, weights) if single else (weights,)
    slips += [("counted_weights", number, MISTAKES["counted_weights"]) for number in counted]
    return _judge(answer, _authored("size", rights[0] if single else rights), slips)


def check_convolution(answer, x, kernel, **options) -> Verdict:
    """Check a feature map; takes the options of `helpers.convolution.convolve`, and its errors.

    >>> check_convolution([28], [1, 2, 3], [4, 5, 6])
    Right.
    >>> check_convolution([32], [1, 2, 3], [4, 5, 6]).mistake
    'forgot_to_flip'
    >>> check_convolution([4, 13, 28, 27, 18], [1, 2, 3], [4, 5, 6]).mistake
    'other_mode'
    """
    asked = plan(x, kernel, **options)
    right = _authored("feature map", asked.feature_map())
    verdict = _judge(answer, right, _convolution_slips(asked, options))
    if verdict.mistake == "wrong_shape":
        for mode, result in _each_mode(asked, options):
            if result.shape == read(answer).shape:
                return replace(verdict, text=f"{verdict.text} That is the shape of {mode!r}.")
    return verdict


# --- The slips of a size and of a convolution ----------------------------------------------------


def _size_slips(axes, rights) -> dict[tuple, list[str]]:
    """Return which slips lead to which wrong sizes, made on every axis or on some."""
    found = {rights[::-1]: ["swapped_axes"]} if len(axes) > 1 else {}
    slips_by_axis = [_slips_of_axis(**axis) for axis in axes]
    for name in slips_by_axis[0]:
        choices = [(n, *slips[name]) for n, slips in zip(rights, slips_by_axis, strict=True)]
        for sizes in product(*choices):
            names = found.setdefault(sizes, [])
            if name not in names:
                names.append(name)
    return found


def _slips_of_axis(size, kernel_size, stride, padding, dilation) -> dict[str, list[float]]:
    """Return what each slip gives along one axis, the most specific first."""
    span = dilation * (kernel_size - 1) + 1
    room = size + 2 * padding - span
    unfloored = [(room - less) / stride for less in (0, padding, 2 * padding)]
    return {
        "forgot_floor": [n + more for n in unfloored if n % 1 for more in (1, 0)],
        "rounded_up": [-(-room // stride) + 1],
        "padded_one_side": [(room - padding) // stride + 1],
        "forgot_padding": [(room - 2 * padding) // stride + 1],
        "ignored_dilation": [(room + span - kernel_size) // stride + 1],
        "ignored_stride": [room + 1],
        "gave_padded_size": [size + 2 * padding] if padding else [],
        "gave_input_size": [size],
        "forgot_plus_one": [room // stride],
    }


def _convolution_slips(asked, options) -> Iterator[tuple[str, np.ndarray, str]]:
    """Yield what each slip gives, the most specific first."""
    for name, weights, changes in _changes(asked):
        result = _attempt(asked.x, weights, options | changes)
        if result is not None:
            yield name, result, MISTAKES[name]
    for mode, result in _each_mode(asked, options):
        yield "other_mode", result, f"{MISTAKES['other_mode']} Yours is {mode!r}."
    for name, result in _other_products(asked.x, asked.kernel):
        yield name, result, MISTAKES[name]


def _changes(asked) -> list[tuple[str, np.ndarray, dict]]:
    """Return each slip with the weights it uses and the options it changes.

    What is wrong with the kernel comes before what is wrong with its path, because the first says
    more about how the reader thinks of the operation; a border matters least.
    """
    kernel, even = asked.kernel, all(before == after for before, after in asked.amounts)
    unturned = "forgot_to_flip" if asked.flip else "flipped_when_not"
    of_pictures = []
    if kernel.ndim == 2:
        of_pictures += [("flipped_one_axis", np.flip(kernel, axis), {}) for axis in (0, 1)]
        of_pictures += [("transposed_kernel", kernel.T, {})]
    lopsided = [
        [(amount * first, amount * last) for amount, _ in asked.amounts]
        for first, last in ((1, 0), (0, 1), (2, 0), (0, 2))
    ]
    return [
        (unturned, np.flip(kernel), {}),
        (unturned, kernel, {"flip": not asked.flip}),  # an even kernel under "same" moves, too
        *of_pictures,
        ("ignored_stride", kernel, {"stride": 1}),
        ("ignored_dilation", kernel, {"dilation": 1}),
        ("forgot_padding", kernel, {"padding": "valid"}),
        *(("padded_one_side", kernel, {"padding": pairs}) for pairs in lopsided if even),
        *(("wrong_border", kernel, {"border": border}) for border in BORDERS),
    ]


def _other_products(x, kernel) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what comes of multiplying without sliding and summing."""
    window = x[tuple(slice(n) for n in kernel.shape)]
    if window.shape == kernel.shape:
        yield "forgot_sum", window * kernel
        yield "forgot_sum", window * np.flip(kernel)
    for left, right in ((x, kernel), (kernel, x)):
        if x.ndim == 2 and left.shape[1] == right.shape[0]:
            yield "matrix_product", left @ right


def _each_mode(asked, options) -> Iterator[tuple[str, np.ndarray]]:
    for mode in PADDINGS:
        result = _attempt(asked.x, asked.kernel, options | {"padding": mode})
        if result is not None:
            yield mode, result


def _attempt(x, kernel, options) -> np.ndarray | None:
    try:
        return convolve(x, kernel, **options)
    except ValueError:  # such a slip cannot be made here: the kernel would not fit
        return None


# --- The verdict ---------------------------------------------------------------------------------


def _judge(answer, right: np.ndarray, slips: Iterable[tuple[str, Any, str]]) -> Verdict:
    """Find the first thing to say, in the order that the head of this module gives.

    A slip is its name, what it would give, and the sentence that explains it.
    """
    try:
        given = read(answer)
    except Blank:
        blank = "None" if answer is None else "the dots"
        wanted = f"put {described(right)} in place of {blank} and run the cell again."
        return Verdict(None, f"Not answered yet: {wanted}")
    except Unreadable as problem:
        return _not_yet(problem.name, f"{problem.detail}The question asks for {described(right)}.")
    if agree(given, right):
        return Verdict(True, _praise(given, right))
    turned = ((name, value, MISTAKES[name]) for name, value in variants(right))
    for name, value, text in chain(slips, turned):
        if agree(given, np.asarray(value)) and not agree(np.asarray(value), right):
            return Verdict(False, f"Not yet. {text}", name)
    return _not_yet(*difference(given, right))


def _not_yet(name: str | None, detail: str = "") -> Verdict:
    sentence = f"{MISTAKES[name]} " if name else ""
    return Verdict(False, f"Not yet. {sentence}{detail}".rstrip(), name)


def _slip(name: str, value) -> tuple[str, np.ndarray, str]:
    """Return what `_judge` needs of a slip that an author has named."""
    if isinstance(value, Mistake) and isinstance(value.text, str):
        return name, _authored(name, value.value), value.text
    if name not in MISTAKES:
        allowed = f"allowed are Mistake(value, text), or {list(MISTAKES)}"
        raise TypeError(f"{name}={brief(value)}: {allowed}")
    return name, _authored(name, value), MISTAKES[name]


def _authored(name: str, value) -> np.ndarray:
    try:
        array = read(value)
    except (Blank, Unreadable):
        allowed = "allowed are numbers, text, True and False"
        raise TypeError(f"{name}={brief(value)}: {allowed}") from None
    if kind(array) == "number" and not np.isfinite(array).all():
        raise ValueError(f"{name}={brief(value)}: allowed are finite numbers")
    return array


def _praise(given, right) -> str:
    if kind(right) == "number" and not np.allclose(given, right, rtol=SINGLE, atol=NOISE):
        return "Right, up to rounding."
    return "Right." if right.size < 2 else "Right. Every entry is correct."
