"""The explorer of trials: how many filters, how large, and how sure one can be of the answer."""

import numpy as np

from helpers.digits import LEARN, TRAINING, Trials, trials
from helpers.drawing import (
    BODY,
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
    controls = {
        "filters": Steps("filters", known.filters),
        "size": Steps("size", known.size),
        "pooling": Steps("pooling", known.pooling),
    }

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
        ranges = _ranges(errors[:, row], column, f"Filters of {size} × {size}")
        lines = _lines(known, errors, (filters, size, pooling))
        texts = [
            *_labels(known, table, row, column),
            *_range_labels(known.filters, errors[:, row], column),
        ]
        top = TOP + table.height + 3 * LINE
        return Built(means, page((table, ranges), lines, " ".join(lines), top=top, texts=texts))

    def point(_explorer: Explorer, number: int | None, cell) -> dict[str, int]:
        if number != 0:
            return {}
        return {"size": known.size[cell[0]], "filters": known.filters[cell[1]]}

    first = {"filters": filters, "size": size, "pooling": pooling}
    return Declaration(controls, build, point).explorer(**first)


def _labels(known: Trials, table: Grid, row: int, column: int) -> list[Text]:
    """Write the sizes before the rows of the table, the numbers of filters below its columns."""
    texts = []
    for number, size in enumerate(known.size):
        y = table.y + number * CELL + CELL // 2 + 7
        bold = number == row
        texts.append(Text(table.x - 12, y, f"{size} × {size}", anchor="r", bold=bold))
    for number, filters in enumerate(known.filters):
        x = table.x + number * CELL + CELL // 2
        y = table.y + table.height + 26
        texts.append(Text(x, y, str(filters), anchor="m", bold=number == column))
    middle = table.x + table.width // 2
    return [*texts, Text(middle, table.y + table.height + 54, "filters", anchor="m")]


def _ranges(errors: np.ndarray, chosen: int, title: str) -> Grid:
    """Draw a bar from the lowest to the highest number of errors of each row, the mean darker."""
    columns, rows = RANGES_WIDTH // PIXEL, RANGE_LINE // PIXEL
    raster = np.zeros((len(errors), rows, columns))
    scale = columns / MOST_ERRORS
    for number, counts in enumerate(errors):
        low, high, mean = (
            round(float(value) * scale) for value in (counts.min(), counts.max(), counts.mean())
        )
        picked = number == chosen
        raster[number, 5:-5, low : high + 1] = PLAIN_BAR if picked else THIN
        raster[number, 3:-3, max(mean - TICK, 0) : mean + TICK] = (
            CHOSEN_BAR if picked else PLAIN_BAR
        )
    return Grid(
        raster.reshape(-1, columns),
        title,
        "lowest, mean, highest of them",
        x=RANGES_X,
        y=TOP,
        cell=PIXEL,
        scale=False,
    )


def _range_labels(filters: tuple[int, ...], errors: np.ndarray, chosen: int) -> list[Text]:
    """Write number of filters before each range, lowest and highest number of errors after it."""
    texts = []
    for number, (name, counts) in enumerate(zip(filters, errors, strict=True)):
        y = TOP + number * RANGE_LINE + RANGE_LINE // 2 + 7
        style = (BODY, CASING if number == chosen else INK, number == chosen)
        texts.append(Text(RANGES_X - 12, y, str(name), *style, "r"))
        ends = f"{counts.min()} to {counts.max()}"
        texts.append(Text(RANGES_X + RANGES_WIDTH + 12, y, ends, *style))
    return texts


def _lines(known: Trials, errors: np.ndarray, setting: tuple[int, int, int]) -> list[str]:
    """Say what the chosen setting gave and costs, and which one had the fewest errors."""
    filters, size, pooling = setting
    counts = errors[known.filters.index(filters), known.size.index(size)]
    means = errors.mean(axis=2)
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
