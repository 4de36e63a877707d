"""The checks of arguments: what they let through, unchanged, and what they refuse, by name."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpers.arguments import (
    brief,
    is_whole,
    numbers,
    one_of,
    per_axis,
    real,
    truth,
    whole,
)

ANYTHING = (
    st.none()
    | st.booleans()
    | st.floats()
    | st.text(max_size=5)
    | st.binary(max_size=5)
    | st.complex_numbers()
    | st.dictionaries(st.integers(), st.integers(), max_size=2)
    | st.sets(st.integers(), max_size=2)
)


@pytest.mark.parametrize("value", [0, -3, 2**70, np.int64(3), np.uint8(255), np.int8(-1)])
def test_integers_are_whole(value):
    assert is_whole(value) is True
    assert whole("n", value, lowest=-5) == int(value)
    assert type(whole("n", value, lowest=-5)) is int


@pytest.mark.parametrize(
    "value", [True, False, np.True_, 1.0, np.float64(2), "1", None, 1j, [1], (1,), np.array([1])]
)
def test_everything_else_is_not(value):
    assert is_whole(value) is False
    with pytest.raises(TypeError, match=r"^n=.*allowed are whole numbers of at least 0$"):
        whole("n", value, lowest=0)


@given(ANYTHING)
def test_no_stranger_passes_for_a_number(value):
    for check in (whole, partial(per_axis, axes=2)):
        with pytest.raises((TypeError, ValueError), match=r"(?s)^n=.*allowed"):
            check("n", value, lowest=0)


def test_whole_keeps_its_lower_limit():
    assert whole("size", -3, lowest=-3) == -3
    with pytest.raises(ValueError, match=r"^size=-4: .* at least -3$"):
        whole("size", -4, lowest=-3)


@pytest.mark.parametrize(
    ("value", "axes", "expected"),
    [
        (2, 1, (2,)),
        (2, 3, (2, 2, 2)),
        ((1, 4), 2, (1, 4)),
        ([5], 1, (5,)),
        (np.array([1, 2]), 2, (1, 2)),
    ],
)
def test_one_for_each_axis(value, axes, expected):
    assert per_axis("stride", value, axes, lowest=1) == expected


@pytest.mark.parametrize(
    ("value", "error", "said"),
    [
        ((1, 2, 3), ValueError, "stride=(1, 2, 3) has 3 entries: allowed are one or 2"),
        ((), ValueError, "stride=() has 0 entries"),
        (0, ValueError, "stride=0: allowed are whole numbers of at least 1"),
        ((1, 0), ValueError, "stride=0"),
        ((1, 2.0), TypeError, "stride=2.0"),
        ((1, True), TypeError, "stride=True"),
        ("12", TypeError, "stride='12'"),
    ],
)
def test_what_is_no_number_for_each_axis(value, error, said):
    with pytest.raises(error) as caught:
        per_axis("stride", value, 2, lowest=1)
    assert said in str(caught.value)


@pytest.mark.parametrize("dtype", ["?", "i1", "u8", "f2", "f8", ">i4"])
def test_numbers_come_back_as_they_are(dtype):
    array = np.ones((2, 3), dtype)
    assert numbers("x", array) is array
    assert np.array_equal(numbers("x", array.tolist()), array)


@pytest.mark.parametrize("letters", [57, 58, 59])
def test_a_value_of_60_letters_is_given_whole(letters):
    assert ("…" in brief("a" * letters) or "..." in brief("a" * letters)) == (letters == 59)


def test_numbers_of_60_letters_are_given_whole_and_longer_ones_are_cut_to_60():
    whole_list, longer = [10**9] * 5, [*[10**9] * 4, 10**10]
    assert brief(whole_list) == str(whole_list)
    assert brief(longer) == str(longer)[:59] + "…"


def test_the_first_number_that_is_not_finite_is_named_with_its_place():
    x = np.ones((3, 3))
    x[1, 2], x[2, 0] = np.inf, np.nan
    with pytest.raises(ValueError, match=r"^kernel holds inf at \(1, 2\): allowed are finite"):
        numbers("kernel", x)


@pytest.mark.parametrize(
    ("value", "error"),
    [(0, ValueError), (8.5, ValueError), (np.nan, ValueError), ("1", TypeError), (True, TypeError)],
)
def test_a_real_number_lies_above_one_end_and_up_to_the_other(value, error):
    assert [real("limit", n, above=0, most=8) for n in (1e-9, np.float32(2), 8)] == [1e-9, 2, 8]
    with pytest.raises(error, match=f"^limit={value!r}: allowed are finite numbers above 0, up to"):
        real("limit", value, above=0, most=8)


@pytest.mark.parametrize(
    ("value", "error"), [("Zeros", ValueError), ("", ValueError), (0, TypeError)]
)
def test_a_choice_is_one_of_those_allowed(value, error):
    assert one_of("border", np.str_("edge"), {"zeros": 0, "edge": 1}) == "edge"
    with pytest.raises(error, match=f'^border={value!r}: allowed are "zeros", "edge"$'):
        one_of("border", value, {"zeros": 0, "edge": 1})


@pytest.mark.parametrize("value", [0, 1, "True", None, np.array(True)])
def test_truth_is_true_or_false_and_nothing_else(value):
    assert [truth("flip", True), truth("flip", np.False_)] == [True, False]
    with pytest.raises(TypeError, match=r"^flip=.*: allowed are True \(yes\) and False$"):
        truth("flip", value, "yes")
