"""Reads what a reader typed as an array, and says how it differs from the array asked for.

An *answer* can be anything at all; `read` makes an array of numbers, of text, or of True and False
from it, or raises `Blank` or `Unreadable`. `variants` and `difference` name what is wrong with an
array without knowing what it was about; the names are keys of ``helpers.exercises.MISTAKES``. A
`Verdict` is the reply.
"""

import html
import re
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass
from itertools import product
from numbers import Real
from typing import Any

import numpy as np

ROUNDING = 0.005  # answers to float questions may be rounded to two decimals ...
SHARE = 0.05  # ... unless that is more than this share of the largest number asked for
NOISE = 1e-9  # what arithmetic with floats may add to whole numbers
SINGLE = 1e-6  # what arithmetic in float32 may add, as a share of the largest number
NUMBER_IN_TEXT = re.compile(r"(?=\D*\d)[\d.,;+\-e\[\]()]+|true|false")  # in one pass
LOOKS = {  # sign, paper, ink: blue and orange, which the colour-blind tell apart as well
    True: ("✓", "#e3effb", "#0b3558"),
    False: ("✗", "#fdeee0", "#5c2a00"),
    None: ("…", "#f1eef6", "#3a3150"),
}


@dataclass(frozen=True, repr=False)
class Verdict:
    """The reply to an answer; true in an ``if`` only when the answer is right.

    `correct` is True, False, or None for a blank; `text` is the whole message; `mistake` is the
    name of the slip in `helpers.exercises.MISTAKES`, or None.
    """

    correct: bool | None
    text: str
    mistake: str | None = None

    def __bool__(self) -> bool:
        return self.correct is True

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        sign, paper, ink = LOOKS[self.correct]
        return (
            f'<div role="status" style="background:{paper};color:{ink};border-left:6px solid {ink};'
            f'padding:10px 14px;font-size:18px;line-height:1.5"><span aria-hidden="true">{sign}'
            f"</span> {html.escape(self.text)}</div>"
        )


class Blank(Exception):
    """The answer still holds the dots."""


class Unreadable(Exception):
    """The answer is nothing that can be compared: the name of the slip, and a detail."""

    def __init__(self, name: str, detail: str = "") -> None:
        super().__init__(name)
        self.name, self.detail = name, detail and f"{detail} "


def read(answer) -> np.ndarray:
    """Turn any answer into an array of numbers, of text, or of True and False.

    Text loses its spaces and capitals. Raises `Blank` if dots or None are left anywhere in it, and
    `Unreadable` for everything that is no such array; nothing else, whatever the answer is.

    >>> read([(1, 2), range(3, 5)])
    array([[1, 2],
           [3, 4]])
    """
    try:
        leaves = list(_leaves(answer))
        if any(_is_blank(leaf) for leaf in leaves):
            raise Blank
        for leaf in leaves:
            _refuse(leaf)
        array = np.asarray(answer)
        if array.dtype == object:  # NumPy looks again at what is in it
            array = np.asarray(array.tolist())
        if array.dtype == object:  # fractions, and integers of more than 64 bits
            array = array.astype(np.float64)
    except (Blank, Unreadable):
        raise
    except ValueError:
        raise Unreadable("ragged") from None
    except Exception:  # an answer may be any object, which may do anything when it is looked at
        raise Unreadable("wrong_type") from None
    if array.dtype.kind == "U":
        plain = ["".join(text.casefold().split()) for text in array.flat]
        return np.array(plain, dtype=str).reshape(array.shape)
    return array


def _leaves(value) -> Iterator[Any]:
    """Yield what is inside all the brackets; arrays of numbers are not taken apart."""
    if hasattr(type(value), "__array__"):
        value = np.asarray(value)
        value = value.tolist() if value.dtype == object else value
    if isinstance(value, list | tuple):
        for item in value:
            yield from _leaves(item)
    else:
        yield value


def _is_blank(leaf) -> bool:
    return leaf is ... or leaf is None or (isinstance(leaf, str) and not leaf.strip(" .…"))


def _refuse(leaf) -> None:
    """Raise the slip that explains why `leaf` can be no entry of an answer."""
    if isinstance(leaf, np.ndarray) and leaf.dtype.kind in "biufU":
        return
    if isinstance(leaf, Real | str | range):
        return
    if np.iscomplexobj(leaf):
        raise Unreadable("wrong_type", "It contains complex numbers: take their real part.")
    if isinstance(leaf, Iterator):
        raise Unreadable("generator")
    if isinstance(leaf, Set | Mapping):
        raise Unreadable("unordered")
    if callable(leaf):
        raise Unreadable("function_itself")
    raise Unreadable("wrong_type", f"Its type is {type(leaf).__name__}.")


def kind(array) -> str:
    """Return "number", "text" or "truth", for True and False."""
    return {"b": "truth", "U": "text"}.get(array.dtype.kind, "number")


def described(array) -> str:
    """Say what kind of thing an array is, and how large, but not what is in it.

    >>> described(np.array([[1, 2, 3]]))
    'an array of 1 x 3 numbers (rows x columns)'
    """
    one, many = {
        "truth": ("True or False", "True or False"),
        "text": ("a word in quotes", "words in quotes"),
        "number": ("one number", "numbers"),
    }[kind(array)]
    if array.ndim == 0:
        return one
    if array.ndim == 1:
        return f"a list of {array.size} {many}" if array.size != 1 else f"a list with {one}"
    return f"an array of {' x '.join(map(str, array.shape))} {many}" + (
        " (rows x columns)" if array.ndim == 2 else ""
    )


def matches(given, expected) -> np.ndarray:
    """Compare entry by entry two arrays of one shape and kind.

    Where floats are expected, two decimals are enough (`ROUNDING`, `SHARE`); where whole numbers
    are, a float may differ by the noise of its arithmetic; everything else is compared exactly.

    >>> matches(np.array([0.67, 0.6]), np.array([2 / 3, 2 / 3])).tolist()
    [True, False]
    """
    if kind(expected) != "number" or "f" not in given.dtype.kind + expected.dtype.kind:
        return np.asarray(given == expected)
    largest = float(np.abs(expected).max(initial=0))
    allowed = NOISE * (1 + largest)
    if expected.dtype.kind == "f":
        allowed += min(ROUNDING, SHARE * largest) + SINGLE * largest
    with np.errstate(all="ignore"):
        return np.abs(given.astype(np.float64) - expected) <= allowed


def agree(given, expected) -> bool:
    """Say whether two arrays have one shape, one kind, and entries that match."""
    same = given.shape == expected.shape and kind(given) == kind(expected)
    return same and bool(matches(given, expected).all())


def variants(right) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the right entries in another form, which may be no different."""
    if kind(right) == "number":
        signed = right.astype(np.int64) if right.dtype.kind in "iu" else right
        yield from (("wrong_sign", -signed), ("off_by_one", signed + 1), ("off_by_one", signed - 1))
    if right.ndim == 1:
        yield "reversed", right[::-1]
    if right.ndim == 2:
        yield from (("transposed", right.T), ("mirrored", right[:, ::-1]))
        yield "upside_down", right[::-1]
        yield from (("rotated", np.rot90(right, turns)) for turns in (1, 2, 3))


def difference(given, right) -> tuple[str | None, str]:
    """Name what is wrong with an answer that fits no slip, and say where.

    >>> difference(np.array([3, 1, 5]), np.array([3, 1, 4]))
    ('one_wrong_entry', 'Look again at position 2 (counted from 0).')
    """
    both = f"Yours is {described(given)}; the question asks for {described(right)}."
    if kind(given) != kind(right):
        quoted = kind(given) == "text" and all(map(NUMBER_IN_TEXT.fullmatch, given.flat))
        return ("in_quotes", "") if quoted else ("wrong_type", both)
    if given.shape != right.shape:
        return _wrong_brackets(given, right), both
    if kind(given) == "number" and not np.isfinite(given).all():
        return "not_finite", ""
    if _is_rounded(given, right):
        return "rounded", ""
    if right.size < 2:
        steps = "Go through it again, one step at a time."
        return None, steps if kind(right) == "number" else "Read the question again."
    return _wrong_entries(given, right)


def _wrong_brackets(given, right) -> str:
    alike = given.ndim != right.ndim and given.size == right.size
    if not alike or not agree(given.ravel(), right.ravel()):
        return "wrong_shape"
    return "nested_too_deep" if given.ndim > right.ndim else "flattened"


def _wrong_entries(given, right) -> tuple[str, str]:
    wrong = ~matches(given, right)
    count = int(wrong.sum())
    first = _place(np.argwhere(wrong)[0].tolist())
    if count == 1:
        return "one_wrong_entry", f"Look again at {first}."
    if _is_shifted(given, right):
        return "shifted", ""
    if agree(np.sort(given, axis=None), np.sort(right, axis=None)):
        return "order_wrong", f"The first one out of place is at {first}."
    return "several_wrong_entries", (
        f"{right.size - count} of {right.size} entries are right; the first wrong one is at "
        f"{first}."
    )


def _is_rounded(given, right) -> bool:
    """Say whether `given` is `right`, rounded or cut off to less than the decimals it needs."""
    if right.dtype.kind != "f" or not given.any():
        return False
    cuts = (np.trunc, np.rint, lambda values: np.floor(values + 0.5))
    scales = (1, 10, 100)
    with np.errstate(over="ignore"):  # numbers so large have no decimals
        forms = [cut(right * s) / s for cut in cuts for s in scales]
    return any(np.allclose(given, form, atol=NOISE) for form in forms)


def _is_shifted(given, right) -> bool:
    """Say whether the values are one position further along some axes."""
    for steps in product((-1, 0, 1), repeat=right.ndim):
        sizes = list(zip(steps, right.shape, strict=True))
        mine = given[tuple(slice(max(s, 0), n + min(s, 0)) for s, n in sizes)]
        theirs = right[tuple(slice(max(-s, 0), n - max(s, 0)) for s, n in sizes)]
        if theirs.size > 1 and agree(mine, theirs) and not (theirs == theirs.flat[0]).all():
            return True
    return False


def _place(index: list[int]) -> str:
    if len(index) == 2:
        return f"row {index[0]}, column {index[1]} (both counted from 0)"
    return f"position {', '.join(map(str, index))} (counted from 0)"
