"""Checks of arguments: every error names the argument, its value and what is allowed."""

import operator
from typing import Any

import numpy as np


def numbers(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of numbers with one or two axes, or say what is wrong with it."""
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise ValueError(
            f"{name} is not a regular array: allowed are rows of equal length"
        ) from error
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} holds {array.dtype} values ({str(value)[:60]}): "
            "allowed are whole numbers and floats"
        )
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed are (N,) or (H, W), none of them 0"
        )
    if array.dtype == np.longdouble:
        array = array.astype(np.float64)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} holds {array[where]} at {where}: allowed are finite numbers")
    return array


def is_whole(value) -> bool:
    """Say whether `value` is an integer; True and False are not.

    >>> is_whole(2), is_whole(2.0), is_whole(True)
    (True, False, False)
    """
    return isinstance(value, int | np.integer) and not isinstance(value, bool | np.bool_)


def plain(value) -> object:
    """Return the numbers of an array as a list, or as one number; anything else as it is.

    >>> plain(np.array([1, 2])), plain(np.array(3)), plain("same")
    ([1, 2], 3, 'same')
    """
    return value.tolist() if isinstance(value, np.ndarray) else value


def whole(name: str, value, *, lowest: int) -> int:
    """Return `value` as an int of at least `lowest`."""
    if not is_whole(value):
        raise TypeError(f"{name}={value!r}: allowed are whole numbers of at least {lowest}")
    if value < lowest:
        raise ValueError(f"{name}={value!r}: allowed are whole numbers of at least {lowest}")
    return operator.index(value)


def pair(name: str, value) -> tuple[int, int]:
    """Return (before, after); one number stands for both."""
    value = plain(value)
    if is_whole(value):
        value = (value, value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError(
            f"{name}={value!r}: allowed are a whole number or a (before, after) pair for an axis"
        )
    return tuple(whole(name, entry, lowest=0) for entry in value)


def per_axis(name: str, value, axes: int, *, lowest: int) -> tuple[int, ...]:
    """Return one int of at least `lowest` for every axis; one number stands for all."""
    value = plain(value)
    if is_whole(value):
        value = (value,) * axes
    if not isinstance(value, tuple | list):
        raise TypeError(
            f"{name}={value!r}: allowed are a whole number of at least {lowest}, or one per axis"
        )
    if len(value) != axes:
        raise ValueError(f"{name}={value!r} has {len(value)} entries: allowed are one or {axes}")
    return tuple(whole(name, entry, lowest=lowest) for entry in value)


def listed(names) -> str:
    """Write names for an error message.

    >>> print(listed(["zeros", "edge"]))
    "zeros", "edge"
    """
    return ", ".join(f'"{name}"' for name in names)
