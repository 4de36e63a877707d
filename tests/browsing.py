"""What all tests in Chromium share: when they can run, and a page that is watched."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.drawing import WIDTH
from tools.lab import chromium_path

SCREEN = {"width": 1280, "height": 720}
EXPLORER, PICTURE = ".convolution-explorer", "img.explorer-picture"
SETTLED = 400  # milliseconds after which a picture has certainly followed
PATIENCE = 20_000  # milliseconds for a picture to change
CHANGED = """([root, src, text]) =>
    root.querySelector('img.explorer-picture').src !== src &&
    root.querySelector('[role=status]').textContent !== text"""

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


class Live:
    """An explorer on the page: what it shows, and whether that changes."""

    def __init__(self, root) -> None:
        self.root = root
        root.scroll_into_view_if_needed()
        self.picture = root.locator(PICTURE).first
        self.caption = root.locator("[role=status]").first

    @property
    def handles(self):
        return self.root.locator(".noUi-handle:visible")

    def seen(self) -> tuple[str, str]:
        return self.picture.get_attribute("src"), self.caption.text_content()

    def wait_for(self, words: str) -> None:
        """Wait until the sentence says something."""
        expect(self.caption).to_contain_text(words, timeout=PATIENCE)

    def wait_for_change(self, before: tuple[str, str]) -> None:
        page = self.root.page
        page.wait_for_function(
            CHANGED,
            arg=[self.root.element_handle(), *before],
            timeout=PATIENCE,
        )


def where_it_is(picture) -> tuple[float, float, float]:
    """Return the left and upper end of a picture on the page, and its scale."""
    box = picture.bounding_box()
    return box["x"], box["y"], box["width"] / WIDTH


def middle_of(grid, cell: tuple[int, int]) -> tuple[float, float]:
    """Return the middle of a cell in pixels of the picture."""
    pixels = [(x, y) for x in range(0, WIDTH, 2) for y in range(0, 600, 2)]
    inside = [pixel for pixel in pixels if grid.cell_at(*pixel) == cell]
    return tuple(sum(ends) / len(ends) for ends in zip(*inside, strict=True))
