"""What all tests in Chromium share: when they can run, pages that are watched, what readers do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect

from helpers.drawing import WIDTH
from tests.accessible import check_keyboard, flaws, violations
from tests.presented import check_larger, check_presented, fill_screen, leave
from tools.book import read, shows_an_explorer
from tools.lab import ROOT, chromium_path

SCREEN = {"width": 1280, "height": 720}
PLAYGROUND, REOPENED = "05_playground.ipynb", "02_two_sequences.ipynb"
EXPLORER, PICTURE = ".convolution-explorer", "img.explorer-picture"
SETTLED = 400  # milliseconds after which a picture has certainly followed
PATIENCE = 60_000  # milliseconds for a picture to change
STALE = "text=/model not found|Error displaying widget|Loading widget/i"
TRACEBACK = ", ".join(
    f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("stderr", "error")
)
INSIDE_INPUT, INSIDE_MAP = (165, 165), (694, 100)  # pixels of a picture 1000 wide; of pictures
INSIDE_SEQUENCE, BELOW_IT = (300, 62), (300, 112)  # of sequences
CHANGED = """([root, src, text]) =>
    root.querySelector('img.explorer-picture').src !== src &&
    root.querySelector('[role=status]').textContent !== text"""

needs_chromium = pytest.mark.skipif(
    chromium_path() is None,
    reason="No Chromium: `apt-get install chromium`, or Chrome or Chromium from your system.",
)


def own(address: str) -> tuple[str, ...]:
    """Return how everything begins that a page of a server may ask for."""
    return address, address.replace("http", "ws"), "data:", "blob:"


@contextmanager
def watched_page(browser: Browser, *own: str, **screen) -> Iterator[Page]:
    """Open a page; fail if it asked for anything that begins otherwise, or logged an error."""
    page = browser.new_page(**{"viewport": SCREEN} | screen)
    page.wrong = []
    page.on("request", lambda r: None if r.url.startswith(own) else page.wrong.append(r.url))
    page.on("console", lambda m: page.wrong.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.wrong.append(str(error)))
    yield page
    page.close()
    assert page.wrong == []


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
        seen = [self.root.element_handle(), *before]
        self.root.page.wait_for_function(CHANGED, arg=seen, timeout=PATIENCE)


def where_it_is(picture) -> tuple[float, float, float]:
    """Return the left and upper end of a picture on the page, and its scale."""
    box = picture.bounding_box()
    return box["x"], box["y"], box["width"] / WIDTH


def middle_of(grid, cell: tuple[int, int]) -> tuple[float, float]:
    """Return the middle of a cell in pixels of the picture."""
    pixels = [(x, y) for x in range(0, WIDTH, 2) for y in range(0, 600, 2)]
    inside = [pixel for pixel in pixels if grid.cell_at(*pixel) == cell]
    return tuple(sum(ends) / len(ends) for ends in zip(*inside, strict=True))


def check_notebook(page, name: str) -> None:
    """Raise unless a notebook that was run moves, and can be reached, seen and enlarged."""
    cells = read(ROOT / "notebooks" / name).cells
    count = sum(cell.cell_type == "code" and shows_an_explorer(cell) for cell in cells)
    expect(page.locator(EXPLORER)).to_have_count(count, timeout=PATIENCE)
    roots = page.locator(EXPLORER).all()
    for root in roots:
        root.locator(PICTURE).first.wait_for()
    assert page.locator(TRACEBACK).count() == 0
    expect(page.locator(STALE)).to_have_count(0, timeout=PATIENCE)
    assert violations(page) == []
    check_larger(page, roots)
    for root in roots:
        try_everything(Live(root))
    assert page.locator(TRACEBACK).count() == 0


def try_everything(explorer: Live) -> None:
    """Reach, enlarge, move and point at an explorer."""
    check_keyboard(explorer.root)
    assert flaws(explorer.root) == [], explorer.caption.text_content()
    fill_screen(explorer.root)
    check_presented(explorer.root)
    leave(explorer.root)
    if explorer.root.locator("input[type=text]").count() and not explorer.handles.count():
        answer_wrongly(explorer)
        return
    if explorer.handles.count():
        move_by_keyboard(explorer, explorer.handles.first)
        move_by_mouse(explorer, explorer.handles.last)
    if explorer.root.locator(".one-convolution").count():
        point(explorer)


def move_by_keyboard(explorer: Live, handle) -> None:
    before = explorer.seen()
    handle.focus()
    at_the_end = handle.get_attribute("aria-valuenow") == handle.get_attribute("aria-valuemax")
    handle.press("ArrowLeft" if at_the_end else "ArrowRight")
    explorer.wait_for_change(before)


def move_by_mouse(explorer: Live, handle) -> None:
    before = explorer.seen()
    handle.scroll_into_view_if_needed()
    box, track = handle.bounding_box(), handle.locator("xpath=../..").bounding_box()
    x, y, half = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, track["width"] / 2
    mouse = explorer.root.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 2 * half if x < track["x"] + half else x - 2 * half, y, steps=4)
    mouse.up()
    explorer.wait_for_change(before)


def point(explorer: Live) -> None:
    """Move the mouse over the input, then over the feature map, or off the input again."""
    sequence = "values" in explorer.caption.text_content().split(",")[0]
    places = (INSIDE_SEQUENCE, BELOW_IT) if sequence else (INSIDE_INPUT, INSIDE_MAP)
    scale = explorer.picture.bounding_box()["width"] / WIDTH
    explorer.picture.hover(position={"x": 4, "y": 4})  # beside all cells: nothing is pointed at
    explorer.root.page.wait_for_timeout(SETTLED)
    for x, y in places:
        before = explorer.seen()
        explorer.picture.hover(position={"x": x * scale, "y": y * scale})
        explorer.wait_for_change(before)


def answer_wrongly(explorer: Live) -> None:
    """Type a wrong number, be told so, and have the right one revealed."""
    text = explorer.root.locator("input[type=text]")
    text.fill("987654")
    text.press("Enter")
    explorer.root.locator("text=/Not yet/").wait_for(timeout=PATIENCE)
    before = explorer.seen()
    explorer.root.locator("button:text-is('reveal')").click()
    explorer.wait_for_change(before)
