"""Reading what was typed as an array, and describing it; verdicts are in test_exercises.py."""

import math
from fractions import Fraction

import numpy as np
import pytest

from helpers.answers import described, read, variants


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (3, np.array(3)),
        ((1, (2.5)), np.array([1, 2.5])),
        ([range(2), (3, 4)], np.array([[0, 1], [3, 4]])),
        ([Fraction(1, 2), 0.25], np.array([0.5, 0.25])),
        (np.array([[1, 2]], dtype=object), np.array([[1, 2]])),
        (2**70, np.array(2.0**70)),
        ("  Full Padding ", np.array("fullpadding")),
        (["A", "b "], np.array(["a", "b"])),
        ([True, False], np.array([True, False])),
        (math.inf, np.array(math.inf)),
    ],
)
def test_reads_as_an_array(answer, expected):
    array = read(answer)
    assert array.dtype.kind == expected.dtype.kind
    assert array.shape == expected.shape
    assert np.array_equal(array, expected)


@pytest.mark.parametrize(
    ("array", "words"),
    [
        (np.array(1), "one number"),
        (np.array([1, 2]), "a list of 2 numbers"),
        (np.array([1]), "a list with one number"),
        (np.zeros((2, 3)), "an array of 2 x 3 numbers (rows x columns)"),
        (np.zeros((2, 3, 1)), "an array of 2 x 3 x 1 numbers"),
        (np.array(True), "True or False"),
        (np.array("a"), "a word in quotes"),
        (np.zeros(0), "a list of 0 numbers"),
    ],
)
def test_descriptions(array, words):
    assert described(array) == words


def test_the_sign_of_unsigned_numbers_can_be_turned():
    turned = dict(variants(np.array([1, 2], dtype=np.uint8)))
    assert turned["wrong_sign"].tolist() == [-1, -2]
