"""The explorer of trials: how many filters, how large, and how sure one can be of the answer."""

import numpy as np

from helpers.digits import LEARN, TRAINING, trials
from helpers.drawing import (
    CASING,
    CHOSEN_BAR,
    INK,
    LINE,
    PIXEL,
    PLAIN_BAR,
    TOP,
    Grid,
    Mark,
    Text,
    number_text,
)
from helpers.explorers.base import Explorer
from helpers.explorers.controls import Steps
from helpers.explorers.declaration import Built, Declaration, page

JUDGED = TRAINING - LEARN  # samples on which errors are counted
CELL, TABLE_X = 66, 92
MANY_ERRORS = 30.0  # end of the colour scale
RANGES_X, RANGES_WIDTH, RANGE_LINE = 626, 236, 38
MOST_ERRORS = 40  # at the right end of a range
THIN, TICK = 0.2, 3  # strength of a range that is not chosen; half the width of a mean, in cells
BESIDE, DROP = 12, 7  # from cells to the text beside them; from their middle to its baseline


def explore_trial(filters: int = 8, size: int = 3, pooling: int = 3) -> Explorer:
    """Choose number and size of the filters by trial, on samples kept for validation.

    Parameters
    ----------
    filters, size, pooling : int
        First values of the controls of these names: 1, 2, 4, ... 64; 1, 3, 5, 7; 2 or 3.

    The results of 560 trainings are stored: ten shuffles for each setting. Shown are the mean
    numbers of errors for all settings, and the lowest, mean and highest one for filters of the
    chosen size. Pointing at a cell of the table chooses its setting. `feature_map` is the table,
    (sizes, filters).
    """
    known = trials()

    def build(*, filters: int, size: int, pooling: int) -> Built:
        errors = known.errors[known.pooling.index(pooling)]  # (filters, sizes, shuffles)
        means = errors.mean(axis=2).T
        row, column = known.size.index(size), known.filters.index(filters)
        table = Grid(
            means,
            f"Errors of {JUDGED}",
            f"mean of {errors.shape[2]} shuffles",
            limit=MANY_ERRORS,
            x=TABLE_X,
            y=TOP,
            cell=CELL,
            texts=[[f"{mean:.1f}" for mean in line] for line in means.tolist()],
            marks=(Mark(row, column, 1, 1),),
            scale=False,
        )
        ranges, texts = _ranges(errors[:, row], column, f"Filters of {size} × {size}")
        texts += _labels(table, row, column)
        lines = _lines(errors, filters, size, pooling)
        top = TOP + table.height + 3 * LINE
        return Built(means, page((table, ranges), lines, " ".join(lines), top=top, texts=texts))

    def point(_explorer: Explorer, number: int | None, cell) -> dict[str, int]:
        if number != 0:
            return {}
        return {"size": known.size[cell[0]], "filters": known.filters[cell[1]]}

    names = ("filters", "size", "pooling")
    controls = {name: Steps(name, getattr(known, name)) for name in names}
    first = {"filters": filters, "size": size, "pooling": pooling}
    return Declaration(controls, build, point).explorer(**first)


def _labels(table: Grid, row: int, column: int) -> list[Text]:
    """Write the sizes before the rows of the table, the numbers of filters below its columns."""
    left, below = table.x - BESIDE, table.y + table.height
    sizes = [
        Text(left, _baseline(table.y, CELL, n), f"{size} × {size}", bold=n == row, anchor="r")
        for n, size in enumerate(trials().size)
    ]
    counts = [
        Text(table.x + n * CELL + CELL // 2, below + 26, str(count), bold=n == column, anchor="m")
        for n, count in enumerate(trials().filters)
    ]
    return [*sizes, *counts, Text(table.x + table.width // 2, below + 54, "filters", anchor="m")]


def _ranges(errors: np.ndarray, chosen: int, title: str) -> tuple[Grid, list[Text]]:
    """Draw a bar from the lowest to the highest number of errors of each row, the mean darker.

    The number of filters is written before each bar, its ends after it.
    """
    columns, rows = RANGES_WIDTH // PIXEL, RANGE_LINE // PIXEL
    raster = np.zeros((len(errors), rows, columns))
    texts = []
    for n, counts in enumerate(errors):
        picked = n == chosen
        ends = counts.min(), counts.max()
        low, high, mean = (round(columns / MOST_ERRORS * e) for e in (*ends, counts.mean()))
        raster[n, 5:-5, low : high + 1] = PLAIN_BAR if picked else THIN
        raster[n, 3:-3, max(mean - TICK, 0) : mean + TICK] = CHOSEN_BAR if picked else PLAIN_BAR
        y = _baseline(TOP, RANGE_LINE, n)
        style = {"colour": CASING if picked else INK, "bold": picked}
        name, right = str(trials().filters[n]), RANGES_X + RANGES_WIDTH + BESIDE
        texts.append(Text(RANGES_X - BESIDE, y, name, anchor="r", **style))
        texts.append(Text(right, y, f"{ends[0]} to {ends[1]}", **style))
    place = {"x": RANGES_X, "y": TOP, "cell": PIXEL}
    values, subtitle = raster.reshape(-1, columns), "lowest, mean, highest of them"
    return Grid(values, title, subtitle, **place, scale=False), texts


def _baseline(top: int, height: int, number: int) -> int:
    """Return the baseline of a text beside one of several rows."""
    return top + number * height + height // 2 + DROP


def _lines(errors: np.ndarray, filters: int, size: int, pooling: int) -> list[str]:
    """Say what the chosen setting gave and costs, and which one had the fewest errors."""
    known, means = trials(), errors.mean(axis=2)
    counts = errors[known.filters.index(filters), known.size.index(size)]
    best = np.unravel_index(int(means.argmin()), means.shape)
    side = (8 - pooling) // 2 + 1
    parameters = filters * (size**2 + 1) + 10 * (filters * side**2 + 1)
    share = 100 - 100 * counts.mean() / JUDGED
    return [
        f"{filters} filter{'s' if filters > 1 else ''} of {size} × {size}, pooling {pooling}: "
        f"{counts.mean():.1f} errors on average, {counts.min()} to {counts.max()}.",
        f"That is {number_text(share, 1)} % correct, with {parameters:,} parameters.",
        f"Fewest errors at pooling {pooling}: {known.filters[best[0]]} filters of "
        f"{known.size[best[1]]} × {known.size[best[1]]}, {means[best]:.1f} on average.",
    ]
