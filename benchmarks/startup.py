"""From opening a notebook to its first explorer: seconds, and memory of its kernel after that.

Each is a ratio to a notebook that imports what people write instead (NumPy, SciPy and Matplotlib)
and draws one figure. Notebook and rival take turns, each in a fresh kernel. All notebooks are tried
once; the slowest and the largest of them are then measured, so that the table shows the worst.

Memory is the resident set (RSS): what the kernel would need were it alone on the machine.
"""

import statistics
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

import psutil
from jupyter_client.manager import KernelManager
from playwright.sync_api import Browser

from benchmarks import Row
from tools import lab
from tools.book import WIDGET_VIEW, Book, read

PAIRS, BROWSER_PAIRS = 7, 5
MEBIBYTE = 2**20
MOST = 1.0  # times the rival
RIVAL = [
    "import matplotlib.pyplot as plt\nimport numpy as np\nfrom ipywidgets import interact\n"
    "from scipy.signal import convolve2d",
    "plt.imshow(convolve2d(np.eye(5), np.ones((3, 3))))\nplt.show()",
]
ON_SCREEN = """() => [...document.querySelectorAll('.jp-OutputArea-output img')]
    .some(image => image.complete && image.naturalWidth > 0)"""


class Start(NamedTuple):
    """How one kernel started, and after how many cells the first widget was there."""

    seconds: float
    mebibytes: float
    cells: int


def start(cells: list[str]) -> Start:
    """Run cells in a fresh kernel until one of them shows a widget, or all are done."""
    began, manager, widgets, ran = time.perf_counter(), KernelManager(), [], 0
    manager.start_kernel(cwd=str(lab.ROOT / "notebooks"), stderr=subprocess.DEVNULL)
    client = manager.blocking_client()

    def look(message: dict[str, Any]) -> None:
        content = message["content"]
        if message["msg_type"] == "error":
            raise RuntimeError("\n".join(content["traceback"]))
        if WIDGET_VIEW in content.get("data", {}):
            widgets.append(content)

    try:
        client.start_channels()
        client.wait_for_ready(timeout=lab.PATIENCE)
        while ran < len(cells) and not widgets:
            client.execute_interactive(cells[ran], timeout=lab.PATIENCE, output_hook=look)
            ran += 1
        seconds = time.perf_counter() - began
        memory = psutil.Process(manager.provisioner.pid).memory_info().rss
        return Start(seconds, memory / MEBIBYTE, ran)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def kernel_rows(books: dict[str, list[str]]) -> tuple[list[Row], list[str]]:
    """Return the rows for the kernel alone, and the cells of the slowest notebook's beginning."""
    start(RIVAL)  # what the machine reads from disk only once
    tried = {name: start(cells) for name, cells in books.items()}
    rows = []
    for field, what in (("seconds", "seconds to"), ("mebibytes", "kernel memory at")):
        worst = max(tried, key=lambda name: getattr(tried[name], field))
        ratios = [
            getattr(start(books[worst]), field) / getattr(start(RIVAL), field) for _ in range(PAIRS)
        ]
        title = f"{what} first explorer: {worst} / one figure"
        rows.append(Row(title, statistics.median(ratios), MOST))
    slowest = max(tried, key=lambda name: tried[name].seconds)
    return rows, books[slowest][: tried[slowest].cells]


def wait(browser: Browser, cells: list[str]) -> float:
    """Open a notebook, run it, and return the seconds until its picture is on the screen."""
    scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with scratch as folder, lab.jupyterlab(Path(folder)) as address:
        lab.write_notebook(Path(folder, "notebooks", "first.ipynb"), cells)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/api")  # the first page of a server is slow, whatever it shows
        began = time.perf_counter()
        lab.open_notebook(page, address, "first.ipynb")
        lab.run_all(page)
        page.wait_for_function(ON_SCREEN, timeout=lab.PATIENCE * 1000)
        seconds = time.perf_counter() - began
        page.close()
        return seconds


def startup_rows() -> list[Row]:
    """Return the rows of the kernel alone and, where there is one, of the browser."""
    paths = sorted((lab.ROOT / "notebooks").glob("*.ipynb"))
    books = {path.stem: [c.source for c in Book(path, read(path)).code] for path in paths}
    rows, slowest = kernel_rows(books)
    if lab.chromium_path() is None:
        print("The start in the browser is not measured for want of Chromium.")
        return rows
    with lab.chromium() as browser:
        wait(browser, RIVAL)
        ratios = [wait(browser, slowest) / wait(browser, RIVAL) for _ in range(BROWSER_PAIRS)]
    title = "opened to picture on screen: slowest notebook / one figure"
    return [*rows, Row(title, statistics.median(ratios), MOST)]
