"""Every notebook in a real JupyterLab in Chromium: run it, move it, point at it.

The two that `tests/test_accessible.py` opens anyway are tested there.
"""

import pytest

from tests.browsing import (
    PLAYGROUND,
    REOPENED,
    STALE,
    check_notebook,
    needs_chromium,
    own,
    watched_page,
)
from tools.lab import ROOT, jupyterlab, open_lab, open_next, run_all

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def lab(browser, tmp_path_factory):
    """JupyterLab in one page: to load it takes longer than to open a notebook in it."""
    with (
        jupyterlab(tmp_path_factory.mktemp("lab")) as address,
        watched_page(browser, *own(address)) as page,
    ):
        open_lab(page, address)
        yield page


@pytest.fixture
def page(lab):
    """That page; the test fails if it asks for anything outside, or logs an error."""
    lab.keyboard.press("Escape")  # a test that failed may have left an explorer on the full screen
    yield lab
    wrong, lab.wrong = lab.wrong, []
    assert wrong == []


@pytest.mark.parametrize("name", sorted({*NOTEBOOKS} - {PLAYGROUND, REOPENED}))
def test_notebook_runs_and_moves(name, page):
    open_next(page, name)
    assert page.locator(STALE).count() == 0, "before it is run"
    run_all(page)
    check_notebook(page, name)
