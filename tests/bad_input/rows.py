"""What the tables of bad input share: how a row is read, and the strangest inputs.

A row is ``(function, changed arguments, expected, *words)``. `GOOD` holds arguments with which each
function works; the row changes some of them. What is expected is an error, whose message has the
words and says what is allowed, or the right result.
"""

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances


class Raises:
    """Looks like an array until it is asked for its numbers, and has no text either."""

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("no numbers here")

    def __repr__(self):
        raise RuntimeError("no text here")


class Frame:
    """Holds numbers and gives them away when asked, as data frames do."""

    def __array__(self, dtype=None, copy=None):
        return np.array([[1, 2], [3, 4]], dtype=dtype)


def deep(levels: int) -> list:
    """Brackets within brackets."""
    nested = [1]
    for _ in range(levels):
        nested = [nested]
    return nested


NAN, INF = float("nan"), float("inf")
HUGE = 10**30
ENDLESS = 10**5000  # has more digits than Python is willing to write
TERABYTES = np.broadcast_to(np.uint8(1), (10**6, 10**6))  # in the memory of one byte
RAISES = Raises()


def read_only(values) -> np.ndarray:
    """An array that must not be written to."""
    array = np.array(values)
    array.flags.writeable = False
    return array


def matrix(values) -> np.matrix:
    """A matrix of NumPy's old kind, without its warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        return np.asmatrix(values)


def frozen(value) -> object:
    """Return something that differs as soon as `value` has been changed."""
    if isinstance(value, np.ndarray):
        content = value.tobytes() if value.size < 10**6 and value.dtype != object else None
        return value.dtype, value.shape, value.strides, value.flags.writeable, content
    if isinstance(value, dict):
        return tuple((key, frozen(entry)) for key, entry in value.items())
    if isinstance(value, bytes | bytearray):
        return bytes(value)
    if isinstance(value, list | tuple):
        plain = int | float | str | None
        return tuple(entry if isinstance(entry, plain) else id(entry) for entry in value)
    return id(value)


def same(given, expected) -> bool:
    """Compare results: arrays by type of number, shape and value, everything else by value."""
    if isinstance(expected, Callable):
        return bool(expected(given))
    if isinstance(given, np.ndarray):
        expected = np.asarray(expected)
        alike = given.dtype.kind == expected.dtype.kind and given.shape == expected.shape
        return alike and np.allclose(given, expected, rtol=1e-6, atol=0)
    return given == expected


def explores(part: str):
    """An explorer without complaint whose sentence has this part; it is closed at once."""

    def expected(explorer) -> bool:
        explorer.close()
        return explorer.message == "" and part in explorer.description

    return expected


def check_row(functions: dict, good: dict[str, dict[str, Any]], row: tuple) -> None:
    """Call the function of a row and compare what happens with what the row expects.

    The arguments stay as they were, and no widget is left over.
    """
    name, changed, expected, *words = row
    widgets = set(_instances)
    arguments = good[name] | changed
    before = {key: frozen(value) for key, value in arguments.items()}
    if isinstance(expected, type) and issubclass(expected, Exception):
        with pytest.raises(expected) as caught:
            functions[name](**arguments)
        check_message(caught, expected, words)
    else:
        assert same(functions[name](**arguments), expected)
    assert {key: frozen(value) for key, value in arguments.items()} == before
    assert set(_instances) <= widgets


def check_message(caught, expected: type[Exception], words) -> None:
    """An error of just this kind, with all the words, short, that says what is allowed."""
    message = str(caught.value)
    assert caught.type is expected, message
    assert words, "a row with an error says what its message has to name"
    for word in (*words, "llowed"):
        assert word in message
    assert len(message) < 1500


def named(rows) -> list:
    """Give every row an id: its function, what it changes, its number."""
    return [
        pytest.param(row, id=f"{row[0]}-{'-'.join(map(str, row[1]))}-{number}")
        for number, row in enumerate(rows)
    ]
