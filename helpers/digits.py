"""Handwritten digits to learn from: 1,797 pictures of 8 x 8 pixels, from data/.

data/README.md says where they come from. The file holds plain arrays; nothing in it is executed.
"""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from helpers.arguments import brief, whole
from helpers.samples import stored_file

FILE, TRIALS = "digits.npz", "digit_trials.csv"
CLASSES = 10
MOST_INK = 16  # of a pixel in the file; paper is 0
TRAINING = 1350  # samples to learn from; the other 447 are for the test
SHUFFLES = 10  # of every trial; only the best settings have more
LEARN = 1080  # of these, where the other 270 are kept for validation


class Split(NamedTuple):
    """Samples to learn from and others to test with: pictures in `x`, digits in `y`."""

    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Return all pictures, (1797, 8, 8, 1) of float32, and what they show, (1797,) of int64.

    Ink goes from 0 (paper) to 1, in steps of 1/16; the last axis is the only channel.

    Raises
    ------
    FileNotFoundError
        Where data/digits.npz is missing.

    Examples
    --------
    >>> images, labels = digits()
    >>> (images[0, 2, :, 0] * 16).astype(int), labels[0]
    (array([ 0,  3, 15,  2,  0, 11,  8,  0]), np.int64(0))
    """
    with np.load(stored_file(FILE), allow_pickle=False) as arrays:
        images, labels = arrays["images"], arrays["labels"]
    return (images[..., None] / MOST_INK).astype(np.float32), labels.astype(np.int64)


def shuffled_digits(seed: int, training: int = TRAINING) -> Split:
    """Shuffle the digits and divide them into samples to learn from and samples to test with.

    Parameters
    ----------
    seed : int, at least 0
        The same seed gives the same shuffle.
    training : int, 1 to 1796
        How many samples to learn from.

    Examples
    --------
    >>> split = shuffled_digits(seed=0)
    >>> split.x_train.shape, split.y_test.shape
    ((1350, 8, 8, 1), (447,))
    """
    images, labels = digits()
    if whole("training", training, lowest=1) >= len(labels):
        raise ValueError(f"training={brief(training)}: allowed are 1 to {len(labels) - 1}")
    order = np.random.default_rng(whole("seed", seed, lowest=0)).permutation(len(labels))
    learn, test = order[:training], order[training:]
    return Split(images[learn], labels[learn], images[test], labels[test])


class Trials(NamedTuple):
    """Errors of small networks on 270 digits kept for validation, for many settings.

    `errors` has one axis for each choice, in the order of the fields before it, and one for the
    ten shuffles. `finals` holds the errors in 30 further shuffles for the best settings, by
    (pooling, filters, size).
    """

    pooling: tuple[int, ...]
    filters: tuple[int, ...]
    size: tuple[int, ...]
    errors: np.ndarray
    finals: Mapping[tuple[int, int, int], tuple[int, ...]]


@cache
def trials() -> Trials:
    """Return the stored results of 710 trainings, made by `python -m tools.make_trials`.

    Each network has one convolutional layer ("same", ReLU), max pooling in steps of 2, and one
    dense layer. It learned from 1,080 of the samples to learn from and was judged by the other 270.

    Examples
    --------
    >>> trials().filters, trials().size, trials().errors.shape
    ((1, 2, 4, 8, 16, 32, 64), (1, 3, 5, 7), (2, 7, 4, 10))
    >>> len(trials().finals), len(trials().finals[3, 32, 5])
    (5, 30)
    """
    table = np.loadtxt(stored_file(TRIALS), dtype=np.int64, delimiter=",", skiprows=1)
    first, further = table[table[:, 3] < SHUFFLES], table[table[:, 3] >= SHUFFLES]
    *choices, shuffles = (tuple(np.unique(column).tolist()) for column in first.T[:4])
    errors = first[:, 4].reshape(*map(len, choices), len(shuffles))
    errors.flags.writeable = False
    finals: dict[tuple[int, int, int], tuple[int, ...]] = {}
    for *setting, _, count in further.tolist():
        finals[tuple(setting)] = (*finals.get(tuple(setting), ()), count)
    return Trials(*choices, errors, MappingProxyType(finals))
