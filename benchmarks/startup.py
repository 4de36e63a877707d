"""From opening a notebook to its first explorer: seconds, and memory of its kernel after that.

Each is a ratio to a notebook that imports what such notebooks usually import and draws one figure.
Notebook and baseline take turns, each in a fresh kernel. All notebooks are tried once; the slowest
and the largest of them are then measured, so that the table shows the worst.

Memory is the resident set (RSS): what the kernel would need were it alone on the machine.
"""

import json
import statistics
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import psutil
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from playwright.sync_api import Browser

from tools.book import WIDGET_VIEW, Book, read
from tools.lab import (
    PATIENCE,
    ROOT,
    TOKEN,
    chromium,
    chromium_path,
    jupyterlab,
    open_notebook,
    run_all,
)

PAIRS, BROWSER_PAIRS = 7, 5
MEBIBYTE = 2**20
MOST = 1.1  # times the baseline
METADATA = {"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}}
BASELINE = [
    "import ipywidgets as widgets\nimport matplotlib.pyplot as plt\nimport numpy as np\n"
    "from scipy import signal",
    "plt.imshow(np.eye(5))\nplt.show()",
]
ON_SCREEN = """selector => [...document.querySelectorAll(selector)]
    .some(image => image.complete && image.naturalWidth > 0)"""
PICTURES = {"notebook": "img.explorer-picture", "baseline": ".jp-OutputArea-output img"}


class Start(NamedTuple):
    """How one kernel started."""

    seconds: float
    mebibytes: float
    cells: int


def start(cells: list[str]) -> Start:
    """Run cells in a fresh kernel until one of them shows a widget, or all are done."""
    began, manager, shown, ran = time.perf_counter(), KernelManager(), [], 0
    manager.start_kernel(cwd=str(ROOT / "notebooks"), stderr=subprocess.DEVNULL)
    client = manager.blocking_client()

    def look(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if WIDGET_VIEW in content.get("data", {}):
            shown.append(content)

    try:
        client.start_channels()
        client.wait_for_ready(timeout=PATIENCE)
        while ran < len(cells) and not shown:
            client.execute_interactive(cells[ran], timeout=PATIENCE, output_hook=look)
            ran += 1
        seconds = time.perf_counter() - began
        memory = psutil.Process(manager.provisioner.pid).memory_info().rss
        return Start(seconds, memory / MEBIBYTE, ran)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def notebooks() -> dict[str, list[str]]:
    """Return the code cells of every notebook by its name."""
    books = {path.stem: read(path) for path in sorted((ROOT / "notebooks").glob("*.ipynb"))}
    return {name: [c.source for c in Book(ROOT, node).code] for name, node in books.items()}


def ratio(ours: list[Start], base: list[Start], of: Callable[[Start], float]) -> float:
    """Return the median over pairs of runs that stood next to each other."""
    return statistics.median(of(a) / of(b) for a, b in zip(ours, base, strict=True))


def kernel_rows(books: dict[str, list[str]]) -> tuple[list[tuple], str]:
    """Return the rows for the kernel alone, and the name of the slowest notebook."""
    start(BASELINE)  # what the machine reads from disk only once
    tried = {name: start(cells) for name, cells in books.items()}
    slowest = max(tried, key=lambda name: tried[name].seconds)
    largest = max(tried, key=lambda name: tried[name].mebibytes)
    rows = []
    for name, of, what in (
        (slowest, lambda s: s.seconds, "seconds to first explorer"),
        (largest, lambda s: s.mebibytes, "kernel memory at first explorer"),
    ):
        pairs = [(start(books[name]), start(BASELINE)) for _ in range(PAIRS)]
        ours, base = map(list, zip(*pairs, strict=True))
        here, there = (statistics.median(map(of, side)) for side in (ours, base))
        print(f"{what}: {name} {here:.4g}, one figure {there:.4g}")
        rows.append((f"{what}: {name} / one figure", ratio(ours, base, of), MOST, True))
    least, most = (pick(s.mebibytes for s in tried.values()) for pick in (min, max))
    print(f"kernel memory at first explorer, all notebooks: {least:.0f} to {most:.0f} MiB")
    return rows, slowest


def stored(cells: list[str]) -> NotebookNode:
    """Return a notebook of cells that were not run."""
    code = [nbformat.v4.new_code_cell(source) for source in cells]
    return nbformat.v4.new_notebook(cells=code, metadata=METADATA)


def seen(browser: Browser, address: str, name: str) -> float:
    """Open a notebook, run it, and return the seconds until its picture is on the screen."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    began = time.perf_counter()
    open_notebook(page, address, f"{name}.ipynb")
    run_all(page)
    page.wait_for_function(ON_SCREEN, arg=PICTURES[name], timeout=PATIENCE * 1000)
    seconds = time.perf_counter() - began
    page.close()
    stop_kernels(address)
    return seconds


def stop_kernels(address: str) -> None:
    """Stop what runs on the server, so that the next notebook gets a fresh kernel."""
    headers = {"Authorization": f"token {TOKEN}"}
    asked = urllib.request.Request(f"{address}/api/sessions", headers=headers)
    with urllib.request.urlopen(asked) as answer:
        sessions = json.load(answer)
    for session in sessions:
        place = f"{address}/api/sessions/{session['id']}"
        urllib.request.urlopen(urllib.request.Request(place, headers=headers, method="DELETE"))


def screen_row(name: str, cells: list[str]) -> tuple[str, float, float, bool]:
    """Compare what a reader waits for in the browser."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        target = Path(folder, "notebooks")
        target.mkdir()
        nbformat.write(stored(cells), target / "notebook.ipynb")
        nbformat.write(stored(BASELINE), target / "baseline.ipynb")
        with jupyterlab(Path(folder)) as address, chromium() as browser:
            seen(browser, address, "baseline")
            pairs = [
                [seen(browser, address, which) for which in PICTURES] for _ in range(BROWSER_PAIRS)
            ]
    ours, base = (statistics.median(side) for side in zip(*pairs, strict=True))
    print(f"seconds to the picture in the browser: {name} {ours:.4g}, one figure {base:.4g}")
    times = statistics.median(here / there for here, there in pairs)
    return (f"opened to picture on screen: {name} / one figure", times, MOST, True)


def startup_rows() -> list[tuple[str, float, float, bool]]:
    """Return (what, ratio, target, whether the target is an upper bound)."""
    books = notebooks()
    rows, slowest = kernel_rows(books)
    if chromium_path() is None:
        print("The start in the browser is not measured for want of Chromium.")
        return rows
    cells = books[slowest]
    return [*rows, screen_row(slowest, cells[: start(cells).cells])]
