"""The explorer of trials: every setting against the table that is stored, and the table itself."""

import csv
import itertools
import re

import numpy as np
import pytest

from helpers.digits import LEARN, TRAINING, TRIALS, trials
from helpers.explorers import explore_trial
from helpers.samples import DATA
from tests.explorers import put
from tests.pointer import point_at
from tools.make_trials import FINALISTS, errors, network

FILTERS, SIZES, POOLINGS = (1, 2, 4, 8, 16, 32, 64), (1, 3, 5, 7), (2, 3)


def stored():
    """Return the errors that the file lists, by setting and shuffle."""
    found = {}
    with (DATA / TRIALS).open(encoding="utf-8") as file:
        for line in csv.DictReader(file):
            setting = tuple(int(line[name]) for name in ("pooling", "filters", "size"))
            found.setdefault(setting, {})[int(line["shuffle"])] = int(line["errors"])
    return found


ALL = stored()
STORED = {setting: [found[n] for n in range(10)] for setting, found in ALL.items()}


def check_screen(e):
    """Compare table, ranges and sentence with the file."""
    filters, size, pooling = (e.settings[name] for name in ("filters", "size", "pooling"))
    table, ranges = e.scene.grids
    means = [[np.mean(STORED[pooling, f, s]) for f in FILTERS] for s in SIZES]
    np.testing.assert_allclose(table.values, means)
    assert table.texts == [[f"{mean:.1f}" for mean in row] for row in means]
    assert table.marks == ((SIZES.index(size), FILTERS.index(filters), 1, 1, "window"),)
    counts = STORED[pooling, filters, size]
    weights = network(filters, size, pooling, seed=0).count_params()
    right = f"{100 - np.mean(counts) / 2.7:.1f}".removesuffix(".0")
    assert e.description.startswith(
        f"{filters} filter{'s' if filters > 1 else ''} of {size} × {size}, pooling {pooling}: "
        f"{np.mean(counts):.1f} errors on average, {min(counts)} to {max(counts)}. "
        f"That is {right} % correct, with {weights:,} parameters. "
    )
    check_ranges(ranges, size, pooling, filters)
    chosen = [f"{size} × {size}", str(filters), str(filters), f"{min(counts)} to {max(counts)}"]
    bold = [text.text for text in e.scene.texts if text.bold and "errors" not in text.text]
    assert sorted(bold) == sorted(chosen)
    texts = [text.text for text in e.scene.texts]
    of_size = [STORED[pooling, f, size] for f in FILTERS]
    assert {f"{min(both)} to {max(both)}" for both in of_size} <= set(texts)


def check_ranges(grid, size, pooling, chosen):
    """Measure the bars: 40 errors are their whole width; the mean is darker."""
    rows = grid.values.reshape(len(FILTERS), -1, grid.values.shape[1])
    darkest = np.flatnonzero(rows.max(axis=(1, 2)) == rows.max())
    if np.mean(STORED[pooling, chosen, size]) < 38:
        assert darkest.tolist() == [FILTERS.index(chosen)]
    for filters, row in zip(FILTERS, rows, strict=True):
        counts = np.array(STORED[pooling, filters, size])
        if counts.min() < 39:
            bar = np.flatnonzero(row[6] > 0)[[0, -1]] * 40 / row.shape[1]
            np.testing.assert_allclose(bar, np.clip([counts.min(), counts.max()], 0, 40), atol=0.8)
        if counts.mean() < 38:
            mean = np.flatnonzero(row[6] == row.max()).mean() * 40 / row.shape[1]
            assert mean == pytest.approx(counts.mean(), abs=0.8)


def test_every_setting():
    e = explore_trial()
    assert e.settings == {"filters": 8, "size": 3, "pooling": 3}
    for pooling, size, filters in itertools.product(POOLINGS, SIZES, FILTERS):
        put(e, pooling=pooling, size=size, filters=filters)
        check_screen(e)


@pytest.mark.parametrize("pooling", POOLINGS)
def test_the_setting_with_the_fewest_errors_is_named(pooling):
    pattern = rf"Fewest errors at pooling {pooling}: (\d+) filters of (\d) × \2, ([\d.]+)"
    filters, size, mean = re.search(pattern, explore_trial(pooling=pooling).description).groups()
    fewest = min(np.mean(counts) for key, counts in STORED.items() if key[0] == pooling)
    assert np.mean(STORED[pooling, int(filters), int(size)]) == fewest
    assert mean == f"{fewest:.1f}"


def test_pointing_at_the_table_chooses_a_setting():
    e = explore_trial()
    for (row, size), (column, filters) in itertools.product(enumerate(SIZES), enumerate(FILTERS)):
        point_at(e, 0, row, column)
        assert e.settings == {"filters": filters, "size": size, "pooling": 3}
    frames = e.frames
    point_at(e, 1, 2, 2)
    assert e.frames == frames


# --- The stored table -----------------------------------------------------------------------------


def test_the_table_has_ten_shuffles_for_every_setting():
    known = trials()
    assert (known.filters, known.size, known.pooling) == (FILTERS, SIZES, POOLINGS)
    assert list(STORED) == list(itertools.product(POOLINGS, FILTERS, SIZES))
    assert known.errors.reshape(-1, 10).tolist() == list(STORED.values())
    assert known.errors.min() >= 0
    assert known.errors.max() <= TRAINING - LEARN


def test_the_best_five_settings_have_thirty_further_shuffles():
    further = {setting: found for setting, found in ALL.items() if len(found) > 10}
    best = sorted(STORED, key=lambda setting: np.mean(STORED[setting]))[:5]
    assert set(further) == set(best) == set(FINALISTS)
    assert all(list(found) == list(range(40)) for found in further.values())
    finals = {setting: tuple(found.values())[10:] for setting, found in further.items()}
    assert dict(trials().finals) == finals


@pytest.mark.parametrize(
    ("filters", "size", "pooling", "shuffle"), [(4, 3, 2, 7), (8, 5, 3, 2), (2, 7, 2, 4)]
)
def test_trainings_repeated_here_give_what_is_stored(filters, size, pooling, shuffle):
    assert errors(filters, size, pooling, shuffle) == STORED[pooling, filters, size][shuffle]
