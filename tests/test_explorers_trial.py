"""The explorer of trials: every setting against the table that is stored, and the table itself."""

import csv
import re

import numpy as np
import pytest

from helpers.digits import LEARN, TRAINING, TRIALS, trials
from helpers.drawing.scene import WIDTH, text_width
from helpers.explorers import explore_trial
from helpers.samples import DATA
from tests.explorers import put
from tests.pointer import point
from tools.make_trials import FINALISTS, errors, network

FILTERS, SIZES, POOLINGS = (1, 2, 4, 8, 16, 32, 64), (1, 3, 5, 7), (2, 3)


def lines():
    """Return what the file lists, one dictionary for each training."""
    with (DATA / TRIALS).open(encoding="utf-8") as file:
        return [{name: int(value) for name, value in row.items()} for row in csv.DictReader(file)]


def stored():
    """Return the errors in ten shuffles by setting."""
    found = {}
    for line in lines():
        if line["shuffle"] >= 10:
            continue
        setting = line["pooling"], line["filters"], line["size"]
        found.setdefault(setting, []).append((line["shuffle"], line["errors"]))
    return {setting: [count for _, count in sorted(results)] for setting, results in found.items()}


STORED = stored()


def check_screen(e):
    """Compare table, ranges and sentence with the file."""
    filters, size, pooling = (e.settings[name] for name in ("filters", "size", "pooling"))
    means = [[np.mean(STORED[pooling, f, s]) for f in FILTERS] for s in SIZES]
    np.testing.assert_allclose(e.feature_map, means)
    table, ranges = e.scene.grids
    assert table.texts == [[f"{mean:.1f}" for mean in row] for row in means]
    (mark,) = table.marks
    assert mark == (SIZES.index(size), FILTERS.index(filters), 1, 1, "window")
    counts = STORED[pooling, filters, size]
    weights = network(filters, size, pooling, seed=0).count_params()
    plural = "s" if filters > 1 else ""
    assert e.description.startswith(
        f"{filters} filter{plural} of {size} × {size}, pooling {pooling}: "
        f"{np.mean(counts):.1f} errors on average, {min(counts)} to {max(counts)}. "
        f"That is {(100 - np.mean(counts) / 2.7):.1f}".removesuffix(".0")
    )
    assert f"with {weights:,} parameters." in e.description
    check_ranges(ranges, size, pooling)
    told = [text.text for text in e.scene.texts]
    for f in FILTERS:
        both = STORED[pooling, f, size]
        assert f"{min(both)} to {max(both)}" in told


def check_ranges(grid, size, pooling):
    """Measure the bars: 40 errors are their whole width."""
    rows = grid.values.reshape(len(FILTERS), -1, grid.values.shape[1])
    for filters, row in zip(FILTERS, rows, strict=True):
        counts = np.clip(STORED[pooling, filters, size], 0, 40)
        bar = np.flatnonzero(row[6] > 0)
        if counts.min() < 39:
            assert bar[0] * 40 / row.shape[1] == pytest.approx(counts.min(), abs=0.8)
            assert bar[-1] * 40 / row.shape[1] == pytest.approx(counts.max(), abs=0.8)


def test_every_setting():
    e = explore_trial()
    assert e.frames == 1
    assert e.settings == {"filters": 8, "size": 3, "pooling": 3}
    for pooling in POOLINGS:
        put(e, pooling=pooling)
        for size in SIZES:
            put(e, size=size)
            for filters in FILTERS:
                put(e, filters=filters)
                check_screen(e)


def test_the_setting_with_the_fewest_errors_is_named():
    e = explore_trial()
    for pooling in POOLINGS:
        put(e, pooling=pooling)
        said = re.search(
            r"Fewest errors at pooling (\d): (\d+) filters of (\d) × \3, ([\d.]+)", e.description
        )
        named = int(said[1]), int(said[2]), int(said[3])
        fewest = min(np.mean(counts) for key, counts in STORED.items() if key[0] == pooling)
        assert np.mean(STORED[named]) == fewest
        assert said[4] == f"{fewest:.1f}"


def test_pointing_at_the_table_chooses_a_setting():
    e = explore_trial()
    table = e.scene.grids[0]
    for row, size in enumerate(SIZES):
        for column, filters in enumerate(FILTERS):
            frames, before = e.frames, e.settings
            point(e, table.x + (column + 0.5) * table.cell, table.y + (row + 0.5) * table.cell)
            assert e.settings == {"filters": filters, "size": size, "pooling": 3}
            assert e.frames == frames + (e.settings != before)
    frames, ranges = e.frames, e.scene.grids[1]
    point(e, ranges.x + 5, ranges.y + 5)
    assert e.frames == frames


def test_everything_fits_into_the_picture():
    for pooling in POOLINGS:
        e = explore_trial(1, 1, pooling)
        assert e.scene.height <= 620
        for text in e.scene.texts:
            width = text_width(text.text, text.size, text.bold)
            left = text.x - width * {"l": 0, "m": 0.5, "r": 1}[text.anchor]
            assert left >= 0
            assert left + width <= WIDTH, text.text
            assert 0 < text.y < e.scene.height
        for grid in e.scene.grids:
            assert grid.x + text_width(grid.subtitle) <= WIDTH


# --- The stored table -----------------------------------------------------------------------------


def test_the_table_has_ten_shuffles_for_every_setting():
    known = trials()
    assert (known.filters, known.size, known.pooling) == (FILTERS, SIZES, POOLINGS)
    assert set(map(len, STORED.values())) == {10}
    for (pooling, filters, size), counts in STORED.items():
        place = POOLINGS.index(pooling), FILTERS.index(filters), SIZES.index(size)
        assert known.errors[place].tolist() == counts
    assert known.errors.min() >= 0
    assert known.errors.max() <= TRAINING - LEARN
    with pytest.raises(ValueError, match="read-only"):
        known.errors[0] = 0


def test_the_best_five_settings_have_thirty_further_shuffles():
    further = [line for line in lines() if line["shuffle"] >= 10]
    for setting, counts in trials().finals.items():
        both = [
            (line["shuffle"], line["errors"])
            for line in further
            if (line["pooling"], line["filters"], line["size"]) == setting
        ]
        assert [shuffle for shuffle, _ in both] == list(range(10, 40))
        assert counts == tuple(count for _, count in both)
    assert len(further) == 5 * 30
    best = sorted(STORED, key=lambda setting: np.mean(STORED[setting]))[:5]
    assert set(trials().finals) == set(best) == set(FINALISTS)


@pytest.mark.parametrize(
    ("filters", "size", "pooling", "shuffle"), [(4, 3, 2, 7), (8, 5, 3, 2), (2, 7, 2, 4)]
)
def test_trainings_repeated_here_give_what_is_stored(filters, size, pooling, shuffle):
    assert errors(filters, size, pooling, shuffle) == STORED[pooling, filters, size][shuffle]
