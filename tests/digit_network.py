"""A small network that has learned a little, and ten digits, for the tests of its explorers."""

from functools import cache

import numpy as np

from helpers.digits import shuffled_digits
from helpers.layers import SGD, Conv2D, Dense, Flatten, MaxPooling2D, Sequential, set_random_seed


def untrained(filters=6, size=3, **options):
    """Return a network that has not learned anything."""
    settings = {"padding": "same", "activation": "relu", "input_shape": (8, 8, 1)} | options
    layers = [Conv2D(filters, size, **settings), MaxPooling2D(2), Flatten()]
    set_random_seed(1)
    return Sequential([*layers, Dense(10, activation="softmax")])


@cache
def trained():
    """Return a network after one round through the digits."""
    split, model = shuffled_digits(seed=3), untrained()
    model.compile(SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
    set_random_seed(3)
    model.fit(split.x_train, split.y_train, batch_size=16, epochs=1, verbose=0)
    return model


def ten_digits():
    """Return one picture for each digit, (10, 8, 8, 1), and their labels."""
    split = shuffled_digits(seed=3)
    first = [int(np.flatnonzero(split.y_test == digit)[0]) for digit in range(10)]
    return split.x_test[first], split.y_test[first]
