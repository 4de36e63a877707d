"""Bad input for exercises: an answer may be anything, what an author writes may not."""

import numpy as np
import pytest
from rows import HUGE, NAN, check_row, deep, named

from helpers import exercises
from helpers.exercises import Mistake

FUNCTIONS = {
    "check": exercises.check,
    "check_convolution": exercises.check_convolution,
    "check_size": exercises.check_size,
}
GOOD = {
    "check": {"answer": [1, 2, 4], "right": [1, 2, 3]},
    "check_convolution": {"answer": [28], "x": [1, 2, 3], "kernel": [4, 5, 6]},
    "check_size": {"answer": 13, "size": 28, "kernel_size": 3, "stride": 2},
}


def says(mistake: str | None, correct: bool | None = False):
    """A verdict that names this slip."""
    return lambda verdict: (verdict.mistake, verdict.correct) == (mistake, correct)


RIGHT = says(None, True)
ROWS = [  # nothing a reader writes is an error; what is wrong with an exercise is left to the fuzz
    ("check", {"answer": [1, 2, ...]}, says(None, None)),
    ("check", {"answer": [[]]}, says("wrong_shape")),
    ("check", {"answer": deep(5000)}, says("wrong_type")),
    ("check", {"answer": "1, 2, 3"}, says("in_quotes")),
    ("check", {"answer": "__import__('os').system('true')"}, says("wrong_type")),
    ("check", {"answer": [1, NAN, 3]}, says("not_finite")),
    ("check", {"answer": [True, True, False]}, says("wrong_type")),
    ("check", {"answer": np.array([1, 2, 3], object)}, RIGHT),
    ("check", {"answer": np.array([1, 2, 3], ">i2")}, RIGHT),
    ("check", {"answer": np.longdouble([1, 2, 3])}, RIGHT),
    ("check", {"answer": 1.0, "right": 1e308}, says(None)),
    ("check", {"answer": [2**70, 2, 3]}, says("one_wrong_entry")),
    ("check", {"answer": np.int8(-128), "right": np.int8(127)}, says(None)),
    ("check", {"answer": 0, "right": np.uint8(255)}, says(None)),
    ("check", {"forgot_lunch": 3}, TypeError, "forgot_lunch=3", "Mistake(value, text)"),
    ("check", {"mine": Mistake(3, None)}, TypeError, "mine=Mistake(value=3, text=None)"),
    ("check_size", {"answer": HUGE}, says(None)),
    ("check_size", {"answer": [13]}, says("nested_too_deep")),
    ("check_size", {"dilation": 99}, ValueError, "spans 199 samples (dilation=99)"),
    ("check_size", {"stride": [1, 2, 3], "size": (28, 9)}, ValueError, "size=(28, 9) has 2"),
    ("check_convolution", {"answer": 28}, says("flattened")),
    ("check_convolution", {"kernel": [1] * 4}, ValueError, "kernel has shape (4,)"),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_answers_get_a_verdict_and_authors_an_error(row):
    check_row(FUNCTIONS, GOOD, row)
