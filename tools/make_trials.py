"""Train small networks on the digits with many settings, and write how often each was wrong.

    python -m tools.make_trials

takes about ten minutes and writes data/digit_trials.csv, which explore_trial shows. The samples of
each shuffle to learn from are divided once more: from 1,080 of them the network learns, the other
270 count its errors. The samples for the test are not touched.
"""

import csv
import sys
from itertools import product

from helpers.digits import LEARN, SHUFFLES, TRIALS, shuffled_digits
from helpers.layers import SGD, Conv2D, Dense, Flatten, MaxPooling2D, Sequential, set_random_seed
from helpers.samples import DATA

POOLINGS, FILTERS, SIZES = (2, 3), (1, 2, 4, 8, 16, 32, 64), (1, 3, 5, 7)
FINALISTS = ((3, 32, 3), (3, 32, 5), (3, 32, 7), (3, 64, 3), (3, 64, 5))  # the best five of 56
MORE = 30  # shuffles for each of them


def network(filters: int, size: int, pooling: int, seed: int) -> Sequential:
    """Return one convolutional layer, pooling in steps of 2, and one dense layer."""
    exact = {"dtype": "float64"}  # the same on every machine, up to what no count notices
    first = Conv2D(filters, size, padding="same", activation="relu", input_shape=(8, 8, 1), **exact)
    pool = MaxPooling2D(pooling, strides=2, **exact)
    last = Dense(10, activation="softmax", **exact)
    set_random_seed(seed)
    model = Sequential([first, pool, Flatten(**exact), last])
    model.compile(SGD(0.05, momentum=0.9), "sparse_categorical_crossentropy")
    return model


def errors(filters: int, size: int, pooling: int, shuffle: int) -> int:
    """Train on a part of one shuffle and count the errors on the part kept for validation."""
    x, y, _, _ = shuffled_digits(seed=shuffle)
    model = network(filters, size, pooling, seed=shuffle)
    set_random_seed(shuffle)
    model.fit(x[:LEARN], y[:LEARN], batch_size=16, epochs=15, verbose=0)
    return int((model.predict(x[LEARN:]).argmax(axis=1) != y[LEARN:]).sum())


def main() -> int:
    """Write one line for every training."""
    with (DATA / TRIALS).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["pooling", "filters", "size", "shuffle", "errors"])
        every = product(POOLINGS, FILTERS, SIZES, range(SHUFFLES))
        further = product(FINALISTS, range(SHUFFLES, SHUFFLES + MORE))
        for pooling, filters, size, shuffle in (*every, *((*best, n) for best, n in further)):
            count = errors(filters, size, pooling, shuffle)
            table.writerow([pooling, filters, size, shuffle, count])
    return 0


if __name__ == "__main__":
    sys.exit(main())
