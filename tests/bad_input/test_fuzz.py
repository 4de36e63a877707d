"""Whatever is given to a public function: an error that says what is allowed, or the right result.

Every argument of every function gets the mistakes that readers plausibly make, and some that
hypothesis thinks of; the examples are the same in every run (see tests/conftest.py). An error is a
ValueError or TypeError that names the argument and what is allowed. Results are compared with NumPy
and SciPy, or with what the result has to be like.
"""

import inspect

import numpy as np
import pytest
import test_bad_answers
import test_bad_explorers
import test_bad_layers
import test_bad_learning
import test_bad_names
import test_bad_operation
import test_bad_pictures
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from rows import INF, NAN, frozen
from scipy import signal

from helpers import convolution, digits, drawing, explorers, kernels, layers, samples
from helpers.convolution import convolve, output_size
from helpers.drawing import Picture

FILES = (
    test_bad_answers,
    test_bad_explorers,
    test_bad_layers,
    test_bad_learning,
    test_bad_names,
    test_bad_operation,
    test_bad_pictures,
)
FUNCTIONS = {name: function for file in FILES for name, function in file.FUNCTIONS.items()}
GOOD = {name: arguments for file in FILES for name, arguments in file.GOOD.items()}
ROWS = [row for file in FILES for row in file.ROWS]
ARGUMENTS = sorted(
    (name, argument)
    for name, function in FUNCTIONS.items()
    for argument, about in inspect.signature(function).parameters.items()
    if about.kind not in (about.VAR_KEYWORD, about.VAR_POSITIONAL)
)
PLAUSIBLE = [  # mistakes
    *(None, ..., True, False, -1, 0, 1, 2.0, 0.5, -0.5, NAN, INF, -INF, 10**9, 10**30, 2j),
    *("", "3", "same", "SAME", "[1, 2]", b"3", {1, 2}, {"a": 1}, len, int, object(), slice(2)),
    *([], (), [[]], [0], [-1], [1.5], (0, 0), (1, 2, 3), ("same",), ["a", "b"], [None], [True]),
    *([1, NAN], [[1, INF]], [[1, 2], [3]], [1, [2]], [[1, 2], [3, 4]], [[[1]]], range(3)),
    *(np.array(5), np.float64(2), np.int8(-1), np.zeros((0, 3)), np.ones((2, 2, 2)), np.eye(2)),
    *(np.array(["a"]), np.array([1j]), np.array([None]), np.full((3, 3), NAN)),
]
SCALARS = st.one_of(
    st.integers(-3, 9),
    st.integers(),
    st.floats(),
    st.booleans(),
    st.sampled_from(["valid", "zeros", "edge", "relu", "Sobel x", "ramp", "1e999", "..."]),
    st.text(max_size=8),
    st.binary(max_size=8),
)
NUMPY = arrays.arrays(
    st.one_of(arrays.scalar_dtypes(), arrays.complex_number_dtypes()),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6),
)
JUNK = NUMPY | st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=9,
)
QUICK = settings(max_examples=8, suppress_health_check=list(HealthCheck), database=None)


def is_right(name: str, result) -> bool:
    """Say whether a result can be true, whatever it was computed from."""
    if name in test_bad_layers.FUNCTIONS:
        return np.size(result) > 0 or isinstance(result, list)
    if isinstance(result, np.ndarray):
        finite = result.dtype.kind in "biuf" and np.isfinite(result).all()
        return bool(finite and result.size and result.ndim in (1, 2, 3))
    if isinstance(result, Picture):
        return result.png.startswith(b"\x89PNG") and isinstance(result.description, str)
    if isinstance(result, explorers.Explorer):
        warned = name == "explore_training"  # says that its steps are too large
        silent = result.message == "" or warned
        return result.frames == 1 and silent and bool(result.description)
    return result is not None


def quiet(name: str) -> np.errstate:
    """Layers compute with what is not finite, as NumPy does, and NumPy warns."""
    return np.errstate(all="ignore") if name in test_bad_layers.FUNCTIONS else np.errstate()


WORDS = {  # by which a message may call an argument, too
    "image": "x has shape",  # the operation's own name for it
    "photograph": "x has shape",
    "x": "the input of layer",
    "data": "This file",
    "panels": "panel ",
    "marks": "name of a mark",
    "filters": "a kernel of shape",
    "units": "a kernel of shape",
    "kernel_size": "the size of the window",
    "pool_size": "the size of the window",
}


def complaint(name: str, argument: str, value) -> str:
    """Give a function one argument, and say what is wrong with what it does about it."""
    before = frozen(value)
    try:
        with quiet(name):
            result = FUNCTIONS[name](**GOOD[name] | {argument: value})
    except (ValueError, TypeError) as error:
        message = str(error)
        named = argument in message or WORDS.get(argument, argument) in message
        found = "" if named and "llowed" in message else f"says {message}"
    else:
        found = "" if is_right(name, result) else f"gives {result!r}"
        if isinstance(result, explorers.Explorer):
            result.close()
    changed = "" if frozen(value) == before else "changes it"
    return f"{argument}={value!r} {found} {changed}" if found or changed else ""


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_a_mistake_is_named_with_what_is_allowed_or_gives_something_sensible(name, argument):
    @QUICK
    @given(value=JUNK)
    def fuzz(value):
        assert complaint(name, argument, value) == ""

    assert [text for value in PLAUSIBLE if (text := complaint(name, argument, value))] == []
    fuzz()


NUMBERS = arrays.arrays(
    st.one_of(arrays.integer_dtypes(), arrays.unsigned_integer_dtypes(), arrays.floating_dtypes()),
    st.one_of(st.tuples(st.integers(1, 7)), st.tuples(st.integers(1, 6), st.integers(1, 6))),
    elements={"allow_nan": False},
)


@pytest.mark.filterwarnings("error")
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(NUMBERS, NUMBERS, st.sampled_from(["valid", "same", "full"]), st.booleans())
def test_numbers_of_every_type_and_size_give_what_scipy_gives(x, kernel, mode, flip):
    before = frozen(x), frozen(kernel)
    try:
        result = convolve(x, kernel, padding=mode, flip=flip)
    except (ValueError, TypeError):
        return
    finally:
        assert (frozen(x), frozen(kernel)) == before
    assert np.isfinite(result).all()
    if flip or mode == "valid":
        wide = [np.asarray(a, np.float64) for a in (x, kernel)]
        expected = signal.convolve(wide[0], wide[1] if flip else np.flip(wide[1]), mode, "direct")
        scale = np.abs(wide[0]).max() * np.abs(wide[1]).sum()
        single = result.dtype == np.float32
        assert result.shape == expected.shape
        assert np.abs(result - expected).max() <= scale * (1e-5 if single else 1e-12) + 1e-44


@given(st.integers(-2, 40), st.integers(-2, 40), st.integers(-1, 5), st.integers(-1, 9))
def test_sizes_are_those_of_a_convolution_or_refused(size, kernel_size, stride, padding):
    options = {"stride": stride, "padding": padding}
    fits = 1 <= kernel_size <= size + 2 * padding
    if not (fits and size > 0 and stride > 0 and padding >= 0):
        with pytest.raises(ValueError, match="allowed"):
            output_size(size, kernel_size, **options)
        return
    ones = np.ones(size, int), np.ones(kernel_size, int)
    assert output_size(size, kernel_size, **options) == convolve(*ones, **options).size


# ------------------------------------------------------------------------- nothing is left out


INTERNAL = {"stored_file", "check_file_size"}  # called by the helpers alone


def public(module) -> set[str]:
    """Return the names of the functions with arguments that a module offers, and of `Picture`."""
    listed = getattr(module, "__all__", vars(module))
    return {
        name
        for name in listed
        if not name.startswith("_")
        and inspect.isfunction(getattr(module, name))
        and (hasattr(module, "__all__") or getattr(module, name).__module__ == module.__name__)
        and inspect.signature(getattr(module, name)).parameters
    }


def test_every_public_function_has_rows():
    modules = (convolution, digits, kernels, samples, explorers)
    offered = set().union(*map(public, modules)) - INTERNAL
    offered |= {"check", "check_size", "check_convolution"}
    offered |= {name for name in vars(drawing) if name.startswith("show_")}
    assert offered <= set(FUNCTIONS)
    assert set(FUNCTIONS) == {row[0] for row in ROWS}
    others = {name for name in FUNCTIONS if FUNCTIONS[name] is not Picture}
    assert others <= offered | set(test_bad_layers.FUNCTIONS)


def test_every_layer_loss_optimizer_and_method_has_rows():
    methods = inspect.getmembers(layers.Sequential, inspect.isfunction)
    offered = {
        name for name, method in methods if name[0] != "_" and method.__code__.co_argcount > 1
    }
    without = {"DivergedError", "History"}  # nothing is given to them
    assert offered | set(layers.__all__) - without <= set(test_bad_layers.FUNCTIONS)
