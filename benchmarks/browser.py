"""From a key press on a slider to changed pixels in Chromium, three ways in turns."""

import statistics
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Page

from tools.lab import chromium, chromium_path, jupyterlab, open_notebook, run_all

ROUNDS = 25
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
NAME = "latency.ipynb"
WAYS = {
    "explorer": """
from helpers.explorers import explore
from helpers.samples import sample
explore(sample("letter H"), [[-1, 2, -1]] * 3, padding="same")
""",
    "floor": """
import ipywidgets as widgets
from helpers.explorers import explore
from helpers.samples import sample
e = explore(sample("letter H"), [[-1, 2, -1]] * 3, padding="same")
ready = []
for value in (2.5, 3.0):
    e.controls["kernel"][0][0].value = value
    ready.append(e.picture.value)
image = widgets.Image(value=ready[0], format="png")
slider = widgets.IntSlider(0, 0, 500)
slider.observe(lambda change: setattr(image, "value", ready[change["new"] % 2]), "value")
widgets.VBox([image, slider])
""",
    "interact": """
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
    plt.show()
interact(draw, weight=(-250, 250))
""",
}
PRESS = """cell => new Promise((done, failed) => {
    const pictures = () => [...cell.querySelectorAll('.jp-OutputArea img')].map(i => i.src).join();
    const handle = cell.querySelector('.noUi-handle'), before = pictures();
    const start = performance.now();
    const atEnd = handle.getAttribute('aria-valuenow') === handle.getAttribute('aria-valuemax');
    handle.focus();
    const key = window.goLeft || atEnd ? 'ArrowLeft' : 'ArrowRight';
    handle.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
    const look = () => {
        const now = pictures();
        if (now && now !== before) requestAnimationFrame(() => done(performance.now() - start));
        else if (performance.now() - start > 10000) failed('the picture did not change');
        else requestAnimationFrame(look);
    };
    look();
})"""


def latencies(page: Page) -> dict[str, float]:
    """Return the median milliseconds of every way."""
    cells = page.locator(".jp-CodeCell").element_handles()
    times: dict[str, list[float]] = {name: [] for name in WAYS}
    for number in range(-2, ROUNDS):
        page.evaluate("left => { window.goLeft = left }", number % 2 == 1)
        for name, cell in zip(WAYS, cells, strict=True):
            cell.scroll_into_view_if_needed()
            page.wait_for_timeout(120)
            spent = page.evaluate(PRESS, cell)
            if number >= 0:
                times[name].append(spent)
    return {name: statistics.median(values) for name, values in times.items()}


def browser_rows() -> list[tuple[str, float, float, bool]]:
    """Return (what, ratio, target, whether the target is an upper bound)."""
    if chromium_path() is None:
        print("The browser is not measured for want of Chromium: apt-get install chromium")
        return []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "notebooks", NAME)
        path.parent.mkdir()
        cells = [nbformat.v4.new_code_cell(code.strip()) for code in WAYS.values()]
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=METADATA), path)
        with jupyterlab(Path(folder)) as address, chromium() as browser:
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            open_notebook(page, address, NAME)
            run_all(page)
            page.wait_for_timeout(1500)
            spent = latencies(page)
    print("In the browser, milliseconds:", {name: round(ms) for name, ms in spent.items()})
    return [
        (
            "slider to changed pixels: explorer / picture made beforehand",
            spent["explorer"] / spent["floor"],
            1.25,
            True,
        ),
        (
            "slider to changed pixels: interact, new figure / explorer",
            spent["interact"] / spent["explorer"],
            1.5,
            False,
        ),
    ]
