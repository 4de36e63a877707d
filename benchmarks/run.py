"""Measure speed and memory, and print each beside its target; `make bench` calls this.

Times on shared machines mean little, so everything is a ratio of two things done in turns in the
same run: each is done once per round, and the medians over all rounds are compared.
"""

import io
import statistics
import sys
import time
from collections.abc import Callable

import matplotlib
import numpy as np
import psutil
from matplotlib import pyplot as plt
from scipy.signal import convolve2d

from benchmarks import Row
from benchmarks.browser import browser_rows
from benchmarks.layers import layer_rows
from benchmarks.startup import startup_rows
from benchmarks.training import training_rows
from helpers.convolution import convolve
from helpers.explorers import explore
from helpers.samples import sample

MOVES, WARM_UP = 10_000, 500
MEBIBYTE = 2**20
KERNEL = [[-1, 2, -1]] * 3


def medians(rounds: int, **ways: Callable[[int], object]) -> dict[str, float]:
    """Do every way once per round, with the number of the round; return median seconds."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(-1, rounds):
        for name, way in ways.items():
            start = time.perf_counter()
            way(number)
            if number >= 0:
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(values) for name, values in times.items()}


def new_figure(x: np.ndarray, kernel: np.ndarray, result: np.ndarray) -> bytes:
    """Draw input, kernel and feature map with every number, the way most notebooks do it."""
    figure, axes = plt.subplots(1, 3, figsize=(10, 5.4))
    for ax, values in zip(axes, (x, kernel, result), strict=True):
        limit = max(abs(values).max(), 1)
        ax.imshow(values, cmap="RdBu", vmin=-limit, vmax=limit)
        for (r, c), value in np.ndenumerate(values):
            ax.text(c, r, f"{value:g}", ha="center", va="center", fontsize=7)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=100)
    plt.close(figure)
    return buffer.getvalue()


def frame_row() -> Row:
    """Compare one move of a kernel slider with a new figure."""
    x = sample("letter H")
    explorer = explore(x, KERNEL, padding="same")
    slider = explorer.controls["kernel"][1][1]

    def move(number: int) -> None:
        slider.value = 2 + (number % 7) / 2

    def draw(number: int) -> None:
        kernel = np.array(KERNEL, dtype=float)
        kernel[1, 1] = 2 + (number % 7) / 2
        new_figure(x, kernel, convolve(x, kernel, padding="same"))

    time_of = medians(15, move=move, draw=draw)
    explorer.close()
    what = "slider move, 16x16 with every number: new figure / explorer"
    return Row(what, time_of["draw"] / time_of["move"], 40, at_most=False)


def convolve_row() -> Row:
    """Compare `convolve` with the bare SciPy call."""
    rng = np.random.default_rng(0)
    x, kernel = rng.random((256, 256)), rng.random((3, 3))
    time_of = medians(
        200,
        ours=lambda _: convolve(x, kernel, padding="same"),
        bare=lambda _: convolve2d(x, kernel, "same"),
    )
    ratio = time_of["ours"] / time_of["bare"]
    return Row("convolve, 256x256 with 3x3: ours / scipy alone", ratio, 1.2)


def memory_rows() -> list[Row]:
    """Move a slider ten thousand times."""
    explorer = explore(sample("letter H"), KERNEL, padding="same")
    slider, process = explorer.controls["kernel"][0][0], psutil.Process()

    def move(count: int) -> None:
        for number in range(count):
            slider.value = (number % 33) / 2 - 8

    move(WARM_UP)
    frames, memory = explorer.frames, process.memory_info().rss
    move(MOVES)
    growth = (process.memory_info().rss - memory) / MEBIBYTE
    per_move = (explorer.frames - frames) / MOVES
    figures = len(plt.get_fignums())
    explorer.close()
    return [
        Row("10,000 slider moves: memory growth", growth, 5, " MiB"),
        Row("10,000 slider moves: frames for each move", per_move, 1, ""),
        Row("10,000 slider moves: figures left open", figures, 0, ""),
    ]


def main() -> int:
    """Print the table; return 1 if a target is missed."""
    matplotlib.use("Agg")
    rows = [frame_row(), convolve_row(), *memory_rows(), *browser_rows(), *startup_rows()]
    lines = list(map(str, [*rows, *layer_rows(), *training_rows()]))
    print(f"{'what':<66} {'measured':>13} target", *lines, sep="\n")
    return int(any(line.endswith("MISSED") for line in lines))


if __name__ == "__main__":
    sys.exit(main())
