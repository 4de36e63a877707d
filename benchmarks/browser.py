"""From a key press on a slider to changed pixels in Chromium, against two other ways, in turns."""

import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import ElementHandle, Page

from benchmarks import Row
from tools.lab import chromium, chromium_path, jupyterlab, open_notebook, run_all, write_notebook

ROUNDS = 25
NEIGHBOURS = 13  # more explorers in the explorer's notebook
SCREEN = {"width": 1280, "height": 900}
EXPLORER = """
from helpers.explorers import explore
from helpers.samples import sample
explore(sample("letter H"), [[-1, 2, -1]] * 3, ("step", "kernel"), padding="same")
"""
READY = """
import ipywidgets as widgets
from helpers.explorers import explore
from helpers.samples import sample
e = explore(sample("letter H"), [[-1, 2, -1]] * 3, ("step", "kernel"), padding="same")
ready = []
for value in (2.5, 3.0):
    e.controls["kernel"][0][0].value = value
    ready.append(e.picture.value)
image = widgets.Image(value=ready[0], format="png")
slider = widgets.IntSlider(0, 0, 500)
slider.observe(lambda change: setattr(image, "value", ready[change["new"] % 2]), "value")
widgets.VBox([image, slider])
"""
INTERACT = """
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact
from helpers.convolution import convolve
from helpers.samples import sample
x = sample("letter H")
def draw(weight=0):
    kernel = np.array([[weight, 2, -1], [-1, 2, -1], [-1, 2, -1]])
    figure, axes = plt.subplots(1, 3, figsize=(10, 5.4))
    for ax, values in zip(axes, (x, kernel, convolve(x, kernel, padding="same"))):
        ax.imshow(values, cmap="RdBu", vmin=-6, vmax=6)
        for (row, column), value in np.ndenumerate(values):
            ax.text(column, row, value, ha="center", va="center", fontsize=7)
    plt.show()
interact(draw, weight=(-250, 250))
"""
NOTEBOOKS = {
    "explorer": [EXPLORER] * (1 + NEIGHBOURS),
    "ready": [READY],
    "interact": [INTERACT],
}
WAYS = {  # the notebook, and which of its sliders is moved
    "weight": ("explorer", "[aria-label='weight in row 0, column 0']"),
    "window": ("explorer", "[aria-label='window']"),
    "ready": ("ready", ".noUi-handle"),
    "interact": ("interact", ".noUi-handle"),
}
PRESS = """(handle, left) => new Promise((done, failed) => {
    const area = handle.closest('.jp-OutputArea');
    const sources = () => [...area.querySelectorAll('img')].map(i => i.src).join();
    const loaded = () => [...area.querySelectorAll('img')].every(i => i.complete);
    const before = sources(), start = performance.now();
    const key = left ? 'ArrowLeft' : 'ArrowRight';
    handle.focus();
    handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    const look = () => {
        if (sources() && sources() !== before && loaded())
            requestAnimationFrame(() => done(performance.now() - start));
        else if (performance.now() - start > 10000) failed('the picture did not change');
        else requestAnimationFrame(look);
    };
    look();
})"""


def latencies(pages: dict[str, Page]) -> dict[str, float]:
    """Return the median milliseconds of every way."""
    handles: dict[str, ElementHandle] = {
        way: pages[notebook].locator(f".jp-OutputArea {slider}").first.element_handle()
        for way, (notebook, slider) in WAYS.items()
    }
    times: dict[str, list[float]] = {way: [] for way in WAYS}
    for number in range(-2, ROUNDS):
        for way, (notebook, _) in WAYS.items():
            pages[notebook].bring_to_front()
            handles[way].scroll_into_view_if_needed()
            pages[notebook].wait_for_timeout(120)
            spent = pages[notebook].evaluate(
                f"([h, left]) => ({PRESS})(h, left)", [handles[way], number % 2 == 1]
            )
            if number >= 0:
                times[way].append(spent)
    return {way: statistics.median(values) for way, values in times.items()}


def browser_rows() -> list[Row]:
    """Return how a weight, the window and `interact` follow a key."""
    if chromium_path() is None:
        print("The browser is not measured for want of Chromium: apt-get install chromium")
        return []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        Path(folder, "notebooks").mkdir()
        for name, cells in NOTEBOOKS.items():
            write_notebook(Path(folder, "notebooks", f"{name}.ipynb"), map(str.strip, cells))
        with jupyterlab(Path(folder)) as address, chromium() as browser:
            pages = {}
            for name in NOTEBOOKS:
                pages[name] = browser.new_context(viewport=SCREEN).new_page()
                open_notebook(pages[name], address, f"{name}.ipynb")
                run_all(pages[name])
                pages[name].wait_for_timeout(1500)
            spent = latencies(pages)
    print("In the browser, milliseconds:", {name: round(ms) for name, ms in spent.items()})
    title = f"key to pixels beside {NEIGHBOURS} more explorers / ready-made picture"
    rows = [
        Row(f"{way}, {title}", spent[way] / spent["ready"], 1.3) for way in ("weight", "window")
    ]
    ratio = spent["interact"] / spent["weight"]
    return [*rows, Row("key to pixels: interact, new figure / weight", ratio, 5, at_most=False)]
