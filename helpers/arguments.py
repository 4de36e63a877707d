"""Checks of arguments: every error names the argument, its value and what is allowed.

Public functions call them once, with what a reader gave; everything behind them trusts its input.
"""

import operator
import reprlib

import numpy as np

MOST_VALUES = 2**26  # arrays of more values (half a gigabyte) are refused
LONGEST = 60  # letters of a value in an error message
NUMBERS = "whole numbers and floats, of at most 64 bits"

_SHORT = reprlib.Repr()
_SHORT.maxlist = _SHORT.maxtuple = 12
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = LONGEST


def brief(value) -> str:
    """Write a value for an error message: on one line, cut short.

    >>> brief((1, 2)), brief(list(range(1000)))
    ('(1, 2)', '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...]')
    """
    text = " ".join(_SHORT.repr(value).split())
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def listing(names) -> str:
    """Write names for an error message.

    >>> print(listing(["zeros", "edge"]))
    "zeros", "edge"
    """
    return ", ".join(f'"{name}"' for name in names)


def as_array(name: str, value) -> np.ndarray:
    """Return `value` as an array, whatever is in it, or say that its rows differ in length."""
    try:
        return np.asarray(value)
    except ValueError as error:
        raise ValueError(
            f"{name} is not a regular array ({brief(value)}): allowed are rows of equal length"
        ) from error


def numbers(name: str, value) -> np.ndarray:
    """Return `value` as an array of numbers with one or two axes, or say what is wrong with it."""
    array = as_array(name, value)
    if array.dtype.kind not in "biuf":
        kind = "objects" if array.dtype == object else f"{array.dtype} values"
        raise TypeError(f"{name} holds {kind} ({brief(value)}): allowed are {NUMBERS}")
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed are (N,) or (H, W), none of them 0"
        )
    if array.size > MOST_VALUES:
        raise ValueError(f"{name} has shape {array.shape}: allowed are {MOST_VALUES:,} values")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        where = tuple(np.argwhere(~np.isfinite(array))[0].tolist())
        raise ValueError(f"{name} holds {array[where]} at {where}: allowed are finite numbers")
    return array


def is_whole(value) -> bool:
    """Say whether `value` is an integer; True and False are not.

    >>> is_whole(2), is_whole(2.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def plain(value) -> object:
    """Return the numbers of an array as a list, or as one of Python's; anything else as it is.

    >>> plain(np.array([1, 2])), plain(np.int64(3)), plain("same")
    ([1, 2], 3, 'same')
    """
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def whole(name: str, value, *, lowest: int, highest: int | None = None) -> int:
    """Return `value` as an int of at least `lowest`, and at most `highest` if that is given."""
    ends = f"of at least {lowest}" if highest is None else f"from {lowest} to {highest}"
    allowed = f"allowed are whole numbers {ends}"
    if not is_whole(value):
        raise TypeError(f"{name}={brief(value)}: {allowed}")
    if value < lowest or (highest is not None and value > highest):
        raise ValueError(f"{name}={brief(value)}: {allowed}")
    return operator.index(value)


def per_axis(name: str, value, axes: int, *, lowest: int) -> tuple[int, ...]:
    """Return one int of at least `lowest` for every axis; one number stands for all."""
    value = plain(value)
    if is_whole(value):
        value = (value,) * axes
    if not isinstance(value, tuple | list):
        allowed = f"allowed are a whole number of at least {lowest}, or one per axis"
        raise TypeError(f"{name}={brief(value)}: {allowed}")
    if len(value) != axes:
        raise ValueError(
            f"{name}={brief(value)} has {len(value)} entries: allowed are one or {axes}"
        )
    return tuple(whole(name, entry, lowest=lowest) for entry in value)


def real(name: str, value, *, above: float, most: float) -> float:
    """Return a number between two ends as a float; the lower end is not allowed itself."""
    allowed = f"allowed are finite numbers above {above:g}, up to {most:g}"
    number = plain(value)
    if not isinstance(number, int | float) or isinstance(number, bool):
        raise TypeError(f"{name}={brief(value)}: {allowed}")
    if not above < number <= most:
        raise ValueError(f"{name}={brief(value)}: {allowed}")
    return float(number)


def one_of(name: str, value, allowed) -> str:
    """Return a text that is one of those allowed.

    >>> one_of("border", "edge", ("zeros", "edge"))
    'edge'
    """
    if not isinstance(value, str):
        raise TypeError(f"{name}={brief(value)}: allowed are {listing(allowed)}")
    if value not in allowed:
        raise ValueError(f"{name}={brief(value)}: allowed are {listing(allowed)}")
    return str(value)


def truth(name: str, value, yes: str = "", no: str = "") -> bool:
    """Return True or False; `yes` and `no` say what they mean, if more is to be said."""
    if not isinstance(value, bool | np.bool_):
        pairs = (("True", yes), ("False", no))
        meant = " and ".join(f"{word} ({text})" if text else word for word, text in pairs)
        raise TypeError(f"{name}={brief(value)}: allowed are {meant}")
    return bool(value)
