"""Whatever is given to a public function: ValueError, TypeError, or the right result.

The examples are the same in every run (see tests/conftest.py). Results are compared with NumPy and
SciPy, or with what the result has to be like.
"""

import datetime
import decimal
import fractions
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
from rows import HUGE, MASKED, RAISES, TERABYTES, Frame, deep, frozen, holding_itself, named
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
WORDS = [
    "valid",
    "same",
    "full",
    "zeros",
    "edge",
    "wrap",
    "relu",
    "Sobel x",
    "ramp",
    "1e999",
    "...",
]
ODD = [None, ..., RAISES, MASKED, TERABYTES, Frame(), deep(99), holding_itself(), len, int, np]
ODD += [decimal.Decimal("0.5"), fractions.Fraction(1, 3), datetime.date(2020, 1, 1), range(HUGE)]
ODD += [np.timedelta64(3, "D"), np.array(["same", "1"]), np.array([None, 1]), b"\x89PNG", {1, 2}]
SCALARS = st.one_of(
    st.integers(-3, 9),
    st.integers(),
    st.sampled_from([HUGE, 2**63, -(2**63), 10**400]),
    st.floats(),
    st.booleans(),
    st.complex_numbers(),
    st.sampled_from(WORDS),
    st.text(max_size=8),
    st.binary(max_size=8),
)
NUMPY = arrays.arrays(
    st.one_of(arrays.scalar_dtypes(), arrays.complex_number_dtypes()),
    arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=6),
)
JUNK = st.one_of(
    st.sampled_from(ODD),
    NUMPY,
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=5),
            st.tuples(inner, inner),
            st.dictionaries(st.text(max_size=3), inner, max_size=3),
        ),
        max_leaves=9,
    ),
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
        return result.png.startswith(b"\x89PNG") and bool(result.description)
    if isinstance(result, explorers.Explorer):
        warned = name == "explore_training"  # says that its steps are too large
        silent = result.message == "" or warned
        return result.frames == 1 and silent and bool(result.description)
    return result is not None


def quiet(name: str) -> np.errstate:
    """Layers compute with what is not finite, as NumPy does, and NumPy warns."""
    return np.errstate(all="ignore") if name in test_bad_layers.FUNCTIONS else np.errstate()


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_junk_is_refused_or_gives_something_sensible(name, argument):
    @QUICK
    @given(value=JUNK)
    def fuzz(value):
        before = frozen(value)
        try:
            with quiet(name):
                result = FUNCTIONS[name](**GOOD[name] | {argument: value})
        except (ValueError, TypeError):
            pass
        else:
            assert is_right(name, result)
            if isinstance(result, explorers.Explorer):
                result.close()
        assert frozen(value) == before

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
    offered = set().union(*map(public, modules)) | {"check", "check_size", "check_convolution"}
    offered |= {name for name in drawing.__all__ if name.startswith("show_")}
    assert offered <= set(FUNCTIONS)
    assert set(FUNCTIONS) == {row[0] for row in ROWS}
    others = {name for name in FUNCTIONS if FUNCTIONS[name] is not Picture}
    assert others <= offered | set(test_bad_layers.FUNCTIONS)


def test_every_layer_loss_optimizer_and_method_has_rows():
    methods = inspect.getmembers(layers.Sequential, inspect.isfunction)
    offered = {
        name for name, method in methods if name[0] != "_" and method.__code__.co_argcount > 1
    }
    without = {"DivergedError", "History", "MeanSquaredError"}  # nothing is given to them
    assert offered | set(layers.__all__) - without <= set(test_bad_layers.FUNCTIONS)


def test_the_tables_are_long():
    assert len(ROWS) >= 800
    assert len(named(ROWS)) == len(ROWS)
