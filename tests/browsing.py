"""What all tests in Chromium share: when they can run, and a page that is watched."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from tools.lab import chromium_path

SCREEN = {"width": 1280, "height": 720}

needs_chromium = pytest.mark.skipif(
    chromium_path() is None,
    reason="No Chromium: `apt-get install chromium`, or Chrome or Chromium from your system.",
)


@contextmanager
def watched_page(browser: Browser, *own: str) -> Iterator[Page]:
    """Open a page; fail if it asked for anything that begins otherwise, or logged an error."""
    page = browser.new_page(viewport=SCREEN)
    outside, errors = [], []
    page.on("request", lambda r: None if r.url.startswith(own) else outside.append(r.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert outside == []
    assert errors == []
