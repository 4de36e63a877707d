"""Checks of arguments: every error names the argument, its value and what is allowed."""

import operator
import reprlib
from typing import Any

import numpy as np

MOST_VALUES = 2**26  # arrays of more values (half a gigabyte) are refused
MOST_ENTRIES = 64  # of an array that stands for a few whole numbers
LONGEST = 60  # letters of a value in an error message
NUMBERS = "whole numbers and floats, of at most 64 bits"

_SHORT = reprlib.Repr()
_SHORT.maxlevel = _SHORT.maxdict = _SHORT.maxset = 4
_SHORT.maxlist = _SHORT.maxtuple = 12
_SHORT.maxstring = _SHORT.maxlong = _SHORT.maxother = LONGEST


def brief(value) -> str:
    """Write a value for an error message: on one line, cut short, whatever it is.

    >>> brief((1, 2)), brief(list(range(1000)))
    ('(1, 2)', '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...]')
    """
    try:
        text = " ".join(_SHORT.repr(value).split())
    except Exception:  # numbers with too many digits, and whatever a foreign object does
        text = f"<{type(value).__name__}>"
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def as_array(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array, whatever is in it, or say why it cannot be one."""
    # asked by name: to mention np.ma is to import it, into every kernel
    if isinstance(value, np.ndarray) and np.any(getattr(value, "mask", False)):
        raise ValueError(
            f"{name}={brief(value)} has masked values: allowed are arrays without, such as "
            f"{name}.filled(0)"
        )
    if not isinstance(value, np.ndarray) and _length(value) > MOST_VALUES:
        raise ValueError(f"{name}={brief(value)}: allowed are at most {MOST_VALUES:,} values")
    try:
        return np.asarray(value)
    except Exception as error:  # of many kinds, if a foreign object is asked for its numbers
        raise ValueError(
            f"{name} is not a regular array ({brief(value)}): allowed are rows of equal length"
        ) from error


def _length(value) -> int:
    """Count the entries that NumPy would copy from a sequence; a range can promise any number."""
    try:
        inner = value if isinstance(value, list | tuple) else ()
        return len(value) + sum(len(row) for row in inner if isinstance(row, list | tuple | range))
    except OverflowError:
        return MOST_VALUES + 1
    except Exception:  # not a sequence
        return 0


def numbers(name: str, value: Any) -> np.ndarray:
    """Return `value` as an array of numbers with one or two axes, or say what is wrong with it."""
    array = as_array(name, value)
    if array.dtype.kind not in "biuf":
        kind = "objects" if array.dtype == object else f"{str(array.dtype)[:LONGEST]} values"
        raise TypeError(f"{name} holds {kind} ({brief(value)}): allowed are {NUMBERS}")
    if array.ndim not in (1, 2) or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed are (N,) or (H, W), none of them 0"
        )
    if array.size > MOST_VALUES:
        raise ValueError(f"{name} has shape {array.shape}: allowed are {MOST_VALUES:,} values")
    if array.dtype == np.longdouble:
        with np.errstate(over="ignore"):  # what becomes infinite is refused below
            array = array.astype(np.float64)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{name} holds {array[where]} at {where}: allowed are finite numbers")
    return array


def common_type(x: np.ndarray, kernel: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give both arrays one type in which no sum of products can overflow or wrap around."""
    if x.dtype.kind == "f" or kernel.dtype.kind == "f":
        wide = np.result_type(x, kernel).itemsize > 4
        dtype = np.dtype(np.float64 if wide else np.float32)
        most = float(np.finfo(dtype).max)
    else:
        dtype, most = np.dtype(np.int64), 2.0**63 * (1 - 1e-9)
    largest = [max(abs(a.min().item()), abs(a.max().item())) for a in (x, kernel)]
    with np.errstate(over="ignore"):
        bound = float(largest[0]) * float(np.abs(kernel.astype(np.float64)).sum())
    if max(*largest, bound) >= most:
        whole = dtype.kind == "i"
        limit = "2**63; use floats for larger ones" if whole else f"{most:.2g}, as {dtype} can hold"
        raise ValueError(
            f"x and kernel hold numbers up to {largest[0]} and {largest[1]}: allowed are sums of "
            f"products below {limit}"
        )
    return x.astype(dtype, copy=False), kernel.astype(dtype, copy=False)


def is_whole(value) -> bool:
    """Say whether `value` is an integer; True and False are not.

    >>> is_whole(2), is_whole(2.0), is_whole(True)
    (True, False, False)
    """
    strangers = bool | np.bool_ | np.timedelta64  # integers by descent only
    return isinstance(value, int | np.integer) and not isinstance(value, strangers)


def plain(value) -> object:
    """Return the numbers of an array as a list, or as one of Python's; anything else as it is.

    >>> plain(np.array([1, 2])), plain(np.int64(3)), plain("same")
    ([1, 2], 3, 'same')
    """
    if isinstance(value, np.generic):
        return value.item()
    few = isinstance(value, np.ndarray) and value.size <= MOST_ENTRIES
    return value.tolist() if few else value


def whole(name: str, value, *, lowest: int) -> int:
    """Return `value` as an int of at least `lowest`."""
    if not is_whole(value):
        raise TypeError(f"{name}={brief(value)}: allowed are whole numbers of at least {lowest}")
    if value < lowest:
        raise ValueError(f"{name}={brief(value)}: allowed are whole numbers of at least {lowest}")
    return operator.index(value)


def pair(name: str, value) -> tuple[int, int]:
    """Return (before, after); one number stands for both."""
    value = plain(value)
    if is_whole(value):
        value = (value, value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise TypeError(
            f"{name}={brief(value)}: allowed are a whole number or a (before, after) pair for each "
            "axis"
        )
    return tuple(whole(name, entry, lowest=0) for entry in value)


def per_axis(name: str, value, axes: int, *, lowest: int) -> tuple[int, ...]:
    """Return one int of at least `lowest` for every axis; one number stands for all."""
    value = plain(value)
    if is_whole(value):
        value = (value,) * axes
    if not isinstance(value, tuple | list):
        raise TypeError(
            f"{name}={brief(value)}: allowed are a whole number of at least {lowest}, "
            "or one per axis"
        )
    if len(value) != axes:
        raise ValueError(
            f"{name}={brief(value)} has {len(value)} entries: allowed are one or {axes}"
        )
    return tuple(whole(name, entry, lowest=lowest) for entry in value)


def shape_of(name: str, value) -> tuple[int, ...]:
    """Return the shape of an input as a tuple: (N,) or (H, W)."""
    shape = plain(value)
    if not isinstance(shape, tuple | list) or len(shape) not in (1, 2):
        raise TypeError(f"{name}={brief(value)}: allowed are (N,) and (H, W), of whole numbers")
    return tuple(whole(name, entry, lowest=1) for entry in shape)


def real(name: str, value, *, above: float, most: float) -> float:
    """Return a number between two ends as a float; the lower end is not allowed itself."""
    strangers = bool | np.bool_ | np.timedelta64
    if not isinstance(value, int | float | np.number) or isinstance(value, strangers):
        raise TypeError(f"{name}={brief(value)}: allowed are numbers above {above:g}")
    number = plain(value)  # NumPy would compare in its own type, which may be too small for `most`
    if np.iscomplexobj(value) or not above < number <= float(most):
        raise ValueError(
            f"{name}={brief(value)}: allowed are finite numbers above {above:g}, up to {most:g}"
        )
    return float(value)


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


def listing(names) -> str:
    """Write names for an error message.

    >>> print(listing(["zeros", "edge"]))
    "zeros", "edge"
    """
    return ", ".join(f'"{name}"' for name in names)
