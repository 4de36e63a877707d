"""Bad input for exercises: an answer may be anything, what an author writes may not."""

import numpy as np
import pytest
from rows import ENDLESS, HUGE, INF, MASKED, NAN, RAISES, TERABYTES, check_row, deep, named

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


RIGHT, BLANK = says(None, True), says(None, None)
ANSWERS = [  # nothing a reader writes is an error
    ("check", {"answer": ...}, BLANK),
    ("check", {"answer": None}, BLANK),
    ("check", {"answer": [1, 2, ...]}, BLANK),
    ("check", {"answer": "..."}, BLANK),
    ("check", {"answer": []}, says("wrong_shape")),
    ("check", {"answer": [[]]}, says("wrong_shape")),
    ("check", {"answer": [[1, 2], [3]]}, says("ragged")),
    ("check", {"answer": [[1, 2, 3]]}, says("nested_too_deep")),
    ("check", {"answer": deep(9)}, says("nested_too_deep")),
    ("check", {"answer": deep(5000)}, says("nested_too_deep")),
    ("check", {"answer": "1, 2, 3"}, says("in_quotes")),
    ("check", {"answer": ["1", "2", "3"]}, says("in_quotes")),
    ("check", {"answer": "one"}, says("wrong_type")),
    ("check", {"answer": "9" * 10**6 + "!"}, says("wrong_type")),
    ("check", {"answer": "__import__('os').system('true')"}, says("wrong_type")),
    ("check", {"answer": b"123"}, says("wrong_type")),
    ("check", {"answer": {1, 2, 3}}, says("unordered")),
    ("check", {"answer": {1: 2}}, says("unordered")),
    ("check", {"answer": (n for n in [1, 2, 3])}, says("generator")),
    ("check", {"answer": len}, says("function_itself")),
    ("check", {"answer": [1, NAN, 3]}, says("not_finite")),
    ("check", {"answer": [1, 2, INF]}, says("not_finite")),
    ("check", {"answer": [1j, 2, 3]}, says("wrong_type")),
    ("check", {"answer": [True, True, False]}, says("wrong_type")),
    ("check", {"answer": np.array([1, 2, 3], object)}, RIGHT),
    ("check", {"answer": np.array([1, 2, 3], ">i2")}, RIGHT),
    ("check", {"answer": np.longdouble([1, 2, 3])}, RIGHT),
    ("check", {"answer": range(1, 4)}, RIGHT),
    ("check", {"answer": range(HUGE)}, says("wrong_type")),
    ("check", {"answer": range(10**9)}, lambda verdict: "more than 1048576" in verdict.text),
    ("check", {"answer": 1.0, "right": 1e308}, says(None)),
    ("check", {"answer": [2**70, 2, 3]}, says("one_wrong_entry")),
    ("check", {"answer": [ENDLESS, 2, 3]}, says("wrong_type")),
    ("check", {"answer": MASKED[1:4]}, says("wrong_type")),
    ("check", {"answer": np.array(["2020"], "M8[Y]")}, says("wrong_type")),
    ("check", {"answer": np.zeros(3, [("a", "i4")])}, says("wrong_type")),
    ("check", {"answer": RAISES}, says("wrong_type")),
    ("check", {"answer": [RAISES]}, says("wrong_type")),
    ("check", {"answer": TERABYTES}, says("wrong_type")),
    ("check", {"answer": np.int8(-128), "right": np.int8(127)}, says(None)),
    ("check", {"answer": 0, "right": np.uint8(255)}, says(None)),
    ("check_size", {"answer": NAN}, says("not_finite")),
    ("check_size", {"answer": HUGE}, says(None)),
    ("check_size", {"answer": "13"}, says("in_quotes")),
    ("check_size", {"answer": 13.0}, RIGHT),
    ("check_size", {"answer": [13]}, says("nested_too_deep")),
    ("check_convolution", {"answer": [[28]]}, says("nested_too_deep")),
    ("check_convolution", {"answer": ENDLESS}, says("wrong_type")),
    ("check_convolution", {"answer": 28}, says("flattened")),
    ("check_convolution", {"answer": RAISES}, says("wrong_type")),
]
AUTHORS = [  # what the exercise itself says
    ("check", {"right": ...}, TypeError, "right=Ellipsis"),
    ("check", {"right": None}, TypeError, "right=None"),
    ("check", {"right": [[1], [2, 3]]}, TypeError, "right=[[1], [2, 3]]"),
    ("check", {"right": {1, 2}}, TypeError, "right={1, 2}"),
    ("check", {"right": 1j}, TypeError, "right=1j"),
    ("check", {"right": [1, NAN]}, ValueError, "right=[1, nan]", "finite"),
    ("check", {"right": INF}, ValueError, "right=inf"),
    ("check", {"right": TERABYTES}, TypeError, "right=array("),
    ("check", {"right": RAISES}, TypeError, "right=<Raises"),
    ("check", {"forgot_to_flip": ...}, TypeError, "forgot_to_flip=Ellipsis"),
    ("check", {"forgot_to_flip": [NAN]}, ValueError, "forgot_to_flip=[nan]"),
    ("check", {"forgot_lunch": 3}, TypeError, "forgot_lunch=3", "Mistake(value, text)"),
    ("check", {"mine": Mistake(3, None)}, TypeError, "mine=Mistake(value=3, text=None)"),
    ("check", {"mine": Mistake(RAISES, "text")}, TypeError, "mine=<Raises"),
    ("check_size", {"size": 0}, ValueError, "size=0"),
    ("check_size", {"size": "28"}, TypeError, "size='28'"),
    ("check_size", {"size": 28.0}, TypeError, "size=28.0"),
    ("check_size", {"size": None}, TypeError, "size=None"),
    ("check_size", {"size": []}, ValueError, "size=[]", "one per axis"),
    ("check_size", {"size": (28,) * 4}, ValueError, "size=(28, 28, 28, 28)", "up to 3"),
    ("check_size", {"size": [28] * 40}, ValueError, "size=[28, 28", "up to 3"),
    ("check_size", {"size": [[28]]}, ValueError, "size=[[28]]"),
    ("check_size", {"size": [[28], [2, 3]]}, ValueError, "size is not a regular array"),
    ("check_size", {"size": HUGE}, ValueError, "size=1000", "1,000,000,000"),
    ("check_size", {"size": (28, 9), "padding": (1, 2, 3)}, ValueError, "padding=(1, 2, 3)"),
    ("check_size", {"kernel_size": [3] * 4}, ValueError, "kernel_size=[3, 3, 3, 3]", "up to 3"),
    ("check_size", {"stride": []}, ValueError, "stride=[]"),
    ("check_size", {"dilation": 99}, ValueError, "spans 199 samples (dilation=99)"),
    ("check_size", {"kernel_size": 29}, ValueError, "kernel_size=29 spans 29", "at most 28"),
    ("check_size", {"kernel_size": True}, TypeError, "kernel_size=True"),
    ("check_size", {"stride": 0}, ValueError, "stride=0"),
    ("check_size", {"stride": 0.5}, TypeError, "stride=0.5"),
    ("check_size", {"padding": -1}, ValueError, "padding=-1"),
    ("check_size", {"padding": "same"}, TypeError, "padding='same'"),
    ("check_size", {"dilation": 0}, ValueError, "dilation=0"),
    ("check_convolution", {"x": []}, ValueError, "x has shape (0,)"),
    ("check_convolution", {"x": "123"}, TypeError, "x holds <U3"),
    ("check_convolution", {"x": [1, NAN, 3]}, ValueError, "x holds nan"),
    ("check_convolution", {"x": TERABYTES}, ValueError, "x has shape (1000000, 1000000)"),
    ("check_convolution", {"kernel": [1] * 4}, ValueError, "kernel has shape (4,)"),
    ("check_convolution", {"x": [1e300], "kernel": [1e300]}, ValueError, "below 1.8e+308"),
    ("check_convolution", {"stride": 0}, ValueError, "stride=0"),
    ("check_convolution", {"padding": "half"}, ValueError, "padding='half'"),
    ("check_convolution", {"border": 1}, TypeError, "border=1"),
    ("check_convolution", {"flip": "no"}, TypeError, "flip='no'"),
]
ROWS = [*ANSWERS, *AUTHORS]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_answers_get_a_verdict_and_authors_an_error(row):
    check_row(FUNCTIONS, GOOD, row)
