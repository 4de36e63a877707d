"""Reading what was typed as an array, describing it, and comparing it."""

import math
from fractions import Fraction

import numpy as np
import pytest

from helpers import exercises
from helpers.answers import Blank, Unreadable, agree, described, kind, matches, read, variants


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


@pytest.mark.parametrize("answer", [..., None, [1, [..., 2]], np.array([None]), " ... "])
def test_blanks(answer):
    with pytest.raises(Blank):
        read(answer)


@pytest.mark.parametrize(
    ("answer", "name"),
    [
        (print, "function_itself"),
        ([1, print], "function_itself"),
        ({1, 2}, "unordered"),
        ({1: 2}, "unordered"),
        (iter([1]), "generator"),
        ([[1, 2], [3]], "ragged"),
        (1j, "wrong_type"),
        (math, "wrong_type"),
    ],
)
def test_what_cannot_be_read_is_named(answer, name):
    with pytest.raises(Unreadable) as caught:
        read(answer)
    assert caught.value.name == name


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


@pytest.mark.parametrize(
    ("given", "expected", "equal"),
    [
        (0.664, 0.667, True),
        (0.673, 0.667, False),
        (0.0105, 0.01, True),
        (0.011, 0.01, False),
        (1_000_000.5, 1_000_000.0, True),
        (1_000_002.0, 1_000_000.0, False),
        (3 + 1e-12, 3, True),
        (3 + 1e-8, 3, False),
        (2**62 + 1, 2**62, False),
        (True, True, True),
        ("a", "b", False),
        (math.nan, 3.0, False),
        (math.inf, 3.0, False),
    ],
)
def test_how_close_is_close_enough(given, expected, equal):
    assert bool(matches(np.array(given), np.array(expected))) is equal


def test_kinds_and_shapes_must_agree():
    assert not agree(np.array(1), np.array(True))
    assert not agree(np.array("1"), np.array(1))
    assert not agree(np.array([1]), np.array(1))
    assert agree(np.array([1.0]), np.array([1]))
    assert kind(np.array([1.5])) == kind(np.array([1])) == "number"


def test_no_variant_equals_what_it_was_made_from():
    for right in (np.array([1, 2, 1]), np.eye(3), np.array(0), np.ones((2, 2)), np.array([0.0])):
        for name, value in variants(right):
            assert not agree(value, right), name
    unsigned = dict(variants(np.array([1, 2], dtype=np.uint8)))
    assert unsigned["wrong_sign"].tolist() == [-1, -2]


def test_every_name_given_here_has_a_sentence():
    square = np.array([[1, 2, 3], [4, 5, 6], [7, 8, 11]])
    row = np.array([1, 2])
    assert {name for array in (square, row) for name, _ in variants(array)} <= set(
        exercises.MISTAKES
    )
