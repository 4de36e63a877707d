"""Bad input for the operation itself: what `helpers.convolution` refuses, and what it computes."""

import numpy as np
import pytest
from rows import HUGE, INF, TERABYTES, Frame, check_row, deep, matrix, named

from helpers import convolution

FUNCTIONS = {
    "convolve": convolution.convolve,
    "output_size": convolution.output_size,
    "pad": convolution.pad,
    "padding_amounts": convolution.padding_amounts,
    "plan": convolution.plan,
    "window_at": convolution.window_at,
    "windows": convolution.windows,
}
FIVE = [1, 2, 3, 4, 5]
GOOD = {
    "convolve": {"x": FIVE, "kernel": [1, 2, 3]},
    "output_size": {"size": 9, "kernel_size": 3},
    "pad": {"x": FIVE, "padding": 1},
    "padding_amounts": {"shape": (5, 5), "kernel_shape": (3, 3)},
    "plan": {"x": np.ones((5, 5)), "kernel": np.ones((3, 3))},
    "window_at": {"x": FIVE, "kernel": [1, 2, 3], "position": 0},
    "windows": {"x": FIVE, "kernel": [1, 2, 3]},
}

REFUSED = [  # one row for each kind of message; what else is refused is left to the fuzz
    ("convolve", {"x": []}, ValueError, "x has shape (0,)", "(N,) or (H, W)"),
    ("convolve", {"x": np.zeros((2, 2, 3))}, ValueError, "x has shape (2, 2, 3)", "(N,) or (H, W)"),
    ("convolve", {"x": [[1, 2], [3]]}, ValueError, "x is not a regular array", "[[1, 2], [3]]"),
    ("convolve", {"x": ["1", "2", "3"]}, TypeError, "x holds <U1", "'1'"),
    ("convolve", {"x": [1, None, 3]}, TypeError, "x holds objects", "None"),
    ("convolve", {"x": [2**70, 1, 1]}, TypeError, "x holds objects", "at most 64 bits"),
    ("convolve", {"x": [1j, 2, 3]}, TypeError, "x holds complex128"),
    ("convolve", {"x": [[1, 2], [3, -INF]]}, ValueError, "x holds -inf at (1, 1)", "finite"),
    ("convolve", {"x": deep(5000)}, ValueError, "x is not a regular array", "[[["),
    ("convolve", {"x": TERABYTES}, ValueError, "x has shape (1000000, 1000000)", "67,108,864"),
    ("convolve", {"kernel": [[1, 2, 3]]}, ValueError, "kernel has shape (1, 3)", "shape (5,)"),
    ("convolve", {"kernel": [1] * 6}, ValueError, "kernel has shape (6,)", "x has shape (5,)"),
    ("convolve", {"kernel": [1] * 8, "padding": 1}, ValueError, "(8,)", "(7,) with padding=1"),
    ("plan", {"kernel": [1, 2]}, ValueError, "kernel has shape (2,)", "as many axes as x (2)"),
    ("plan", {"kernel": np.ones((1, 6))}, ValueError, "kernel has shape (1, 6)", "(5, 5)"),
    ("convolve", {"stride": 0}, ValueError, "stride=0", "at least 1"),
    ("convolve", {"stride": 2.0}, TypeError, "stride=2.0", "whole number"),
    ("convolve", {"stride": (1, 2)}, ValueError, "stride=(1, 2) has 2 entries", "one or 1"),
    ("convolve", {"dilation": 3}, ValueError, "(3,), spanning (7,)", "dilation=(3,)"),
    ("convolve", {"dilation": 10**9}, ValueError, "dilation=(1000000000,)", "67,108,864"),
    ("convolve", {"padding": "SAME"}, ValueError, "padding='SAME'", '"same"', "(before, after)"),
    ("convolve", {"padding": (1, 1)}, ValueError, "padding=(1, 1)", "per axis (1 here)"),
    ("convolve", {"padding": [(1, 2, 3)]}, TypeError, "padding=(1, 2, 3)", "(before, after)"),
    ("convolve", {"padding": [(-1, 2)]}, ValueError, "padding=-1", "at least 0"),
    ("convolve", {"padding": 10**12}, ValueError, "padding=1000000000000", "67,108,864"),
    ("convolve", {"border": "constant"}, ValueError, "border='constant'", '"zeros", "edge"'),
    ("convolve", {"flip": 1}, TypeError, "flip=1", "True (convolution)", "False (cross-corr"),
    ("window_at", {"position": 3}, ValueError, "position=(3,)", "cells of shape (3,)"),
    ("window_at", {"position": (0, 0)}, ValueError, "position=(0, 0) has 2 entries"),
    ("output_size", {"kernel_size": 10}, ValueError, "kernel_size=10 spans 10", "at most 9"),
    ("output_size", {"dilation": 5}, ValueError, "kernel_size=3 spans 11", "at most 9"),
    ("output_size", {"padding": (1, 2, 3)}, TypeError, "padding=(1, 2, 3)", "(before, after)"),
    ("padding_amounts", {"shape": (5, 5, 5)}, TypeError, "shape=(5, 5, 5)", "(H, W)"),
    ("padding_amounts", {"kernel_shape": (3,)}, ValueError, "kernel_shape=(3,) has 1"),
]
NUMBERS = [  # types of numbers, and ways to keep them
    ("convolve", {"x": [True, False, True], "kernel": [1, 1]}, [1, 1]),
    ("convolve", {"x": np.full(3, 255, np.uint8), "kernel": [1, 1, 1]}, [765]),
    ("convolve", {"x": np.full(3, -128, np.int8), "kernel": np.int8([127, 127, 127])}, [-48768]),
    ("convolve", {"x": np.uint32([2**32 - 1]), "kernel": [2**30]}, [(2**32 - 1) * 2**30]),
    ("convolve", {"x": [2**62, 2**62], "kernel": [1, 1]}, ValueError, "up to 4.61169e+18", "2**63"),
    ("convolve", {"x": [-(2**63)], "kernel": [1]}, ValueError, "up to 9.22337e+18", "2**63"),
    ("convolve", {"x": np.uint64([2**64 - 1]), "kernel": [1]}, ValueError, "1.84467e+19", "2**63"),
    ("convolve", {"x": [1.0], "kernel": [2**62]}, [float(2**62)]),
    ("convolve", {"x": [1e308, 1e308], "kernel": [1, 1]}, ValueError, "1e+308", "below 1.8e+308"),
    ("convolve", {"kernel": [1e308] * 3}, ValueError, "weights of inf in all", "below 1.8e+308"),
    ("convolve", {"x": np.float32([3e38]), "kernel": np.float32([2])}, ValueError, "below 3.4e+38"),
    ("convolve", {"x": [1e308], "kernel": [1]}, [1e308]),
    ("convolve", {"x": np.float16([60000, 60000]), "kernel": np.float16([1, 1])}, [120000.0]),
    ("convolve", {"x": np.longdouble([1, 2]), "kernel": [1]}, [1.0, 2.0]),
    ("convolve", {"x": np.broadcast_to(np.int8(3), (1, 3)), "kernel": [[1, 1]]}, [[6, 6]]),
    ("convolve", {"x": matrix([[1, 2]]), "kernel": matrix([[2]])}, [[2, 4]]),
    ("convolve", {"x": Frame(), "kernel": [[1]]}, [[1, 2], [3, 4]]),
    ("convolve", {"x": [(1, 2), range(3, 5)], "kernel": [[1]]}, [[1, 2], [3, 4]]),
    ("convolve", {"x": bytearray(b"\1\2"), "kernel": [1, 1]}, [3]),
    ("pad", {"x": np.uint8([255])}, [0, 255, 0]),
    ("pad", {"x": [7.5], "padding": [(2, 0)], "border": "reflect"}, [7.5] * 3),
]
RESULTS = [  # what is unusual and right
    ("convolve", {"kernel": [1] * 6, "padding": "same"}, [6, 10, 15, 15, 14]),
    ("convolve", {"x": [5], "kernel": [1, 2, 3], "padding": "full"}, [5, 10, 15]),
    ("convolve", {"stride": HUGE}, [10]),
    ("convolve", {"stride": np.int8(2), "dilation": np.int32(1)}, [10, 22]),
    ("convolve", {"stride": np.array([2])}, [10, 22]),
    ("convolve", {"dilation": HUGE, "kernel": [2]}, [2, 4, 6, 8, 10]),
    ("convolve", {"padding": np.str_("same")}, [4, 10, 16, 22, 22]),
    ("convolve", {"padding": np.uint8(1)}, [4, 10, 16, 22, 22]),
    ("convolve", {"padding": np.array([[1, 1]])}, [4, 10, 16, 22, 22]),
    ("convolve", {"flip": np.bool_(False)}, [14, 20, 26]),
    ("pad", {"padding": "valid"}, FIVE),
    ("window_at", {"position": np.uint8(2)}, lambda window: window.total == 22),
    ("windows", {"stride": 2}, lambda found: [window.total for window in found] == [10, 22]),
    ("plan", {"stride": HUGE}, lambda plan: [mask.sum() for mask in plan.reached] == [3, 3]),
    ("output_size", {"size": 227, "kernel_size": 11, "stride": 4}, 55),
    ("output_size", {"size": HUGE, "stride": 10**29}, 10),
    ("output_size", {"size": np.uint8(255), "padding": np.uint8(255)}, 763),
    (
        "padding_amounts",
        {"shape": (10**400,), "kernel_shape": (4,), "padding": "same", "stride": 3, "flip": False},
        ((1, 2),),
    ),
]
ROWS = [*REFUSED, *NUMBERS, *RESULTS]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_the_operation_refuses_by_name_or_computes_exactly(row):
    check_row(FUNCTIONS, GOOD, row)
