"""What layers and models check: arguments, shapes, data and weights.

Each error names the argument, its value and what is allowed.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from helpers.arguments import MOST_VALUES, as_array, brief, listing, per_axis, whole
from helpers.layers.activations import ACTIVATIONS

Shape = tuple[int | None, ...]

DTYPES = ("float32", "float64")
LARGEST = 10**6  # filters, units, steps, epochs, side of a window
LONGEST_SIDE = 10**9  # entry of a shape
MOST_DATA = 2**28  # values of all samples, and of what a layer makes of those it gets at once


def limited(name: str, value) -> int:
    """Return a whole number from 1 to a million."""
    number = whole(name, value, lowest=1)
    if number > LARGEST:
        raise ValueError(f"{name}={brief(value)}: allowed are whole numbers up to {LARGEST:,}")
    return number


def checked_tuple(name: str, value, axes: int) -> tuple[int, ...]:
    """Return one whole number per axis, as Keras keeps them; one number stands for all."""
    return tuple(limited(name, entry) for entry in per_axis(name, value, axes, lowest=1))


def refuse(name: str, value: Any, *, allowed: tuple) -> None:
    """Refuse an argument of Keras whose value is not one of the few that work here."""
    own = value.item() if isinstance(value, np.generic) else value
    for entry in allowed:
        if own is entry or (type(own) is type(entry) and _equal(own, entry)):
            return
    choices = " and ".join(repr(entry) for entry in allowed)
    raise ValueError(f"{name}={brief(value)} is not supported here: allowed are {choices}")


def refuse_options(
    owner: str, options: dict[str, Any], known: Mapping[str, Any], allowed: Callable[[], str]
) -> None:
    """Refuse options that are unknown, or known to Keras but not supported.

    `known` holds those of Keras that change nothing with this value; `allowed` says, when it is
    asked, which arguments `owner` has.
    """
    for name, value in options.items():
        if name not in known:
            raise TypeError(
                f"{owner} has no argument {name}={brief(value)}: allowed are {allowed()}"
            )
        refuse(name, value, allowed=(known[name],))


# Attributes that Keras has, and what there is in their place.
INSTEAD = {
    "get_config": "the attributes themselves, such as name",
    "input": "input_shape",
    "inputs": "input_shape",
    "load_weights": "set_weights",
    "output": "output_shape, or the layer called with data",
    "outputs": "output_shape, or predict",
    "pop": "a new Sequential with fewer layers",
    "predict_on_batch": "predict",
    "save": "get_weights, and numpy.savez",
    "save_weights": "get_weights, and numpy.savez",
    "trainable_variables": "weights",
    "trainable_weights": "weights",
    "variables": "weights",
}


class Refusing:
    """Refuses attributes of Keras that are not there, and says what is.

    Examples
    --------
    >>> Refusing().trainable_weights
    Traceback (most recent call last):
    AttributeError: Refusing.trainable_weights is not supported here: there is weights
    """

    def __getattr__(self, name: str) -> NoReturn:
        """Run where an attribute was not found."""
        kind = type(self).__name__
        if name in INSTEAD:
            raise AttributeError(f"{kind}.{name} is not supported here: there is {INSTEAD[name]}")
        raise AttributeError(f"{kind!r} object has no attribute {name!r}", name=name, obj=self)


class Fixed:
    """An attribute of Keras with the only value that it may have here."""

    def __init__(self, value) -> None:
        self.value = value

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, instance, owner: type | None = None) -> Any:
        return self.value

    def __set__(self, instance, value) -> None:
        refuse(self.name, value, allowed=(self.value,))


def _equal(one, other) -> bool:
    """Compare; a list may hold what cannot be compared."""
    try:
        return bool(one == other)
    except Exception:  # of any kind: a foreign object may raise what it likes
        return False


def checked_name(value) -> str | None:
    """Return a name, or None where a name is to be found."""
    if value is not None and not (isinstance(value, str) and value):
        raise TypeError(f"name={brief(value)}: allowed is a text, or None")
    return value


def checked_dtype(value) -> np.dtype:
    """Return the type of weights and results; None stands for float32."""
    name = value.name if isinstance(value, np.dtype) else value
    if name is not None and not (isinstance(name, str) and name in DTYPES):
        raise ValueError(f"dtype={brief(value)}: allowed are {listing(DTYPES)}")
    return np.dtype(name or DTYPES[0])


def checked_choice(name: str, value, choices, *, any_case: bool = False) -> str:
    """Return a text that is one of the `choices`; with `any_case`, capitals do not matter."""
    if any_case and isinstance(value, str) and value.lower() in choices:
        return value.lower()
    if not isinstance(value, str) or value not in choices:
        raise ValueError(
            f"{name}={brief(value)} is not supported here: allowed are {listing(choices)}"
        )
    return str(value)


def checked_activation(value) -> str:
    """Return the name of an activation; None stands for "linear", as in Keras."""
    return checked_choice("activation", "linear" if value is None else value, ACTIVATIONS)


def checked_seed(seed) -> np.random.Generator:
    """Return a generator of random numbers; None starts one that is different each time."""
    if isinstance(seed, np.random.Generator):
        return seed
    return np.random.default_rng(None if seed is None else whole("seed", seed, lowest=0))


# ------------------------------------------------------------------------------------- shapes


def checked_shape(shape, name: str = "input_shape") -> Shape:
    """Return the shape of a sample as a tuple of ints and None."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{name}={brief(shape)}: allowed is a tuple such as (28, 28, 1)")
    if len(shape) > np.iinfo(np.int8).max // 2:  # NumPy has 64 axes, one is for the samples
        raise ValueError(f"{name}={brief(shape)} has {len(shape)} entries: allowed are up to 63")
    if all(n is None or (type(n) is int and 1 <= n <= LONGEST_SIDE) for n in shape):
        return tuple(shape)  # the usual case, in a fraction of the time
    entry = f"{name}={brief(shape)}, entry"
    sizes = tuple(n if n is None else whole(entry, n, lowest=1) for n in shape)
    if any(size and size > LONGEST_SIDE for size in sizes):
        raise ValueError(f"{name}={brief(shape)}: allowed are entries up to {LONGEST_SIDE:,}")
    return sizes


def checked_batch_shape(shape) -> Shape:
    """Return the shape of a batch, its first entry being the number of samples or None."""
    sizes = checked_shape(shape)
    if not sizes:
        raise ValueError("input_shape=(): allowed is a shape such as (None, 28, 28, 1)")
    return sizes


@contextmanager
def said_of(what: str) -> Iterator[None]:
    """Let an error begin with what it is about."""
    try:
        yield
    except (TypeError, ValueError) as error:
        raise type(error)(f"{what}: {error}") from error


def fits(shape: Shape, expected: Shape) -> bool:
    """Say whether a shape is the expected one, in which None stands for any size.

    >>> fits((3, 8), (None, 8)), fits((3, 8, 1), (None, 8))
    (True, False)
    """
    pairs = zip(shape, expected, strict=False)
    return len(shape) == len(expected) and all(b in (None, a) for a, b in pairs)


def check_room(what: str, shape: Shape, most: int = MOST_DATA) -> None:
    """Refuse an array of this shape if it would hold too many values; None counts as 1."""
    count = math.prod(size or 1 for size in shape)
    if count > most:
        raise ValueError(f"{what} of shape {shape}: allowed are up to {most:,} values")


# --------------------------------------------------------------------------- data and weights


def as_samples(name: str, values) -> np.ndarray:
    """Return data as an array of numbers, or say what is wrong with it."""
    array = values if type(values) is np.ndarray else as_array(name, values)
    if array.dtype.kind not in "biuf":
        kind = str(array.dtype)[:60]
        raise TypeError(f"{name} holds {kind} values: allowed are whole numbers and floats")
    if array.ndim == 0 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed is (samples, ...), no entry being 0"
        )
    if array.size > MOST_DATA:
        raise ValueError(f"{name} has shape {array.shape}: allowed are up to {MOST_DATA:,} values")
    return array


def as_batch(x, dtype) -> np.ndarray:
    """Return samples as an array of floats, or say what is wrong with them."""
    return as_type("x", as_samples("x", x), dtype)


def as_type(name: str, array: np.ndarray, dtype, copy: bool = False) -> np.ndarray:
    """Return numbers as floats of this type, or say that one of them is too large for it."""
    try:
        with np.errstate(over="raise"):
            return array.astype(dtype, copy=copy)
    except FloatingPointError as error:
        raise ValueError(
            f"{name} holds values that are not finite as {np.dtype(dtype)}: "
            f"allowed are numbers up to {np.finfo(dtype).max:.2g}"
        ) from error


def checked_weights(owner: str, present: list[np.ndarray], weights) -> list[np.ndarray]:
    """Return new weights as arrays with the types of those present, or say what is wrong."""
    shapes = [values.shape for values in present]
    if not isinstance(weights, list | tuple):
        raise TypeError(f"weights={brief(weights)}: allowed is a list of arrays of shapes {shapes}")
    if len(weights) != len(present):
        raise ValueError(
            f"weights has {len(weights)} arrays: allowed for {owner!r} are {len(shapes)}, "
            f"of shapes {shapes}"
        )
    arrays = [as_array(f"weights[{number}]", values) for number, values in enumerate(weights)]
    if [values.shape for values in arrays] != shapes:
        raise ValueError(
            f"weights has shapes {[values.shape for values in arrays]}: "
            f"allowed for {owner!r} are {shapes}"
        )
    if any(values.dtype.kind not in "biuf" for values in arrays):
        raise TypeError(
            f"weights holds {[str(values.dtype) for values in arrays]} values: "
            "allowed are whole numbers and floats"
        )
    pairs = zip(arrays, present, strict=True)
    return [as_type("weights", new, old.dtype, copy=True) for new, old in pairs]


def check_kernel(owner: str, shape: tuple[int, ...]) -> None:
    """Refuse a kernel that would take more memory than a lesson should."""
    check_room(f"layer {owner!r} would have a kernel", shape, MOST_VALUES)
