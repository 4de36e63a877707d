"""Photograph a notebook in JupyterLab for the README: `python -m tools.screenshot`."""

import tempfile
from pathlib import Path

from tools.lab import ROOT, chromium, jupyterlab, open_notebook, run_all

NOTEBOOK = "01_sliding_a_kernel.ipynb"
EXPLORER = 2  # which of its explorers
SIZE = {"width": 1280, "height": 860}
MOVES = 15  # steps of the window before the photograph


def main() -> None:
    """Run the notebook, move the window, and photograph the page round the explorer."""
    scratch = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
    with scratch as folder, jupyterlab(Path(folder)) as address, chromium() as browser:
        page = browser.new_page(viewport=SIZE)
        open_notebook(page, address, NOTEBOOK)
        run_all(page)
        explorer = page.locator(".convolution-explorer").nth(EXPLORER)
        handle = explorer.locator(".noUi-handle").first
        handle.focus()
        for _ in range(MOVES):
            handle.press("ArrowRight")
        page.wait_for_timeout(1500)
        explorer.evaluate("e => e.closest('.jp-Cell').scrollIntoView({block: 'end'})")
        page.wait_for_timeout(500)
        page.screenshot(path=ROOT / "docs" / "explorer.png")


if __name__ == "__main__":
    main()
