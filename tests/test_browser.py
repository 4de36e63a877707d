"""Every notebook in a real JupyterLab in Chromium: run it, move it, point at it."""

import json
import re

import numpy as np
import pytest

from helpers.drawing.scene import MARGIN, TOP, WIDTH, Grid
from helpers.drawing.words import rows_text
from helpers.explorers import explore
from helpers.explorers.controls import resized
from helpers.explorers.digit import CELL
from helpers.kernels import kernel
from helpers.samples import sample
from tests.accessible import check_keyboard, flaws, violations
from tests.browsing import needs_chromium, watched_page
from tests.presented import check_larger, check_presented, fill_screen, leave
from tools.lab import ROOT, jupyterlab, open_notebook, run_all

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
PLAYGROUND = "05_playground.ipynb"
EXPLORER = ".convolution-explorer"
PICTURE = "img.explorer-picture"
CHANGED = """([root, src, text]) =>
    root.querySelector('img.explorer-picture').src !== src &&
    root.querySelector('[role=status]').textContent !== text"""
SETTLED = 400  # milliseconds after which a picture has certainly followed
PATIENCE = 10_000  # milliseconds for a picture to change
STALE = "text=/model not found|Error displaying widget/i"
TRACEBACK = ", ".join(
    f"[data-mime-type='application/vnd.jupyter.{kind}']" for kind in ("stderr", "error")
)
INSIDE_INPUT, INSIDE_MAP = (165, 165), (694, 100)  # pixels of a picture 1000 wide; of pictures
INSIDE_SEQUENCE, BELOW_IT = (300, 62), (300, 112)  # of sequences

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    with jupyterlab(tmp_path_factory.mktemp("lab")) as address:
        yield address


@pytest.fixture
def page(browser, address):
    """A page that fails the test if it asks for anything outside, or logs an error."""
    with watched_page(browser, address, address.replace("http", "ws"), "data:", "blob:") as page:
        yield page


def explorers_of(name: str) -> int:
    """Count the cells of a stored notebook that show an explorer."""
    cells = json.loads((ROOT / "notebooks" / name).read_text())["cells"]
    code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return sum(bool(re.search(r"^(explore|predict)\(", source, re.M)) for source in code)


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

    def wait_for_change(self, before: tuple[str, str]) -> None:
        page = self.root.page
        page.wait_for_function(
            CHANGED,
            arg=[self.root.element_handle(), *before],
            timeout=PATIENCE,
        )


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_notebook_runs_and_moves(name, page, address):
    open_notebook(page, address, name)
    assert page.locator(STALE).count() == 0, "before it is run"
    run_all(page)
    live = page.locator(EXPLORER)
    page.wait_for_function(
        "count => document.querySelectorAll('img.explorer-picture').length >= count",
        arg=explorers_of(name),
        timeout=PATIENCE,
    )
    assert page.locator(TRACEBACK).count() == 0
    assert page.locator(STALE).count() == 0
    assert violations(page) == []
    for number in range(live.count()):
        explorer = Live(live.nth(number))
        check_keyboard(explorer.root)
        assert flaws(explorer.root) == [], explorer.caption.text_content()
        check_larger(explorer.root)
        fill_screen(explorer.root)
        check_presented(explorer.root)
        leave(explorer.root)
        if explorer.root.locator("input[type=text]").count() and not explorer.handles.count():
            answer_wrongly(explorer)
            continue
        if explorer.handles.count():
            move_by_keyboard(explorer, explorer.handles.first)
            move_by_mouse(explorer, explorer.handles.last)
        if "one-convolution" in explorer.root.get_attribute("class"):
            point(explorer)
    assert page.locator(TRACEBACK).count() == 0


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


def test_presets_keep_weights_between_the_steps_of_a_slider(page, address):
    """The browser rounds handles to a step; that must not come back as a new weight."""
    open_notebook(page, address, PLAYGROUND)
    run_all(page)
    root = page.locator(EXPLORER).first
    presets = root.locator("select", has=page.locator("option:text-is('box blur')"))
    caption = root.locator("[role=status]").first
    for name in ("outline", "box blur", "outline", "Gaussian blur", "cross blur", "identity"):
        presets.select_option(label=name)
        page.wait_for_timeout(3 * SETTLED)
        assert f"flipped: {rows_text(kernel(name))}." in caption.text_content(), name
        shown = presets.evaluate("e => e.selectedOptions[0].text")
        assert shown.replace("\xa0", " ") == name


def test_a_presented_explorer_is_moved_and_pointed_at_as_any_other(page, address):
    """With 49 sliders its picture is small, with empty bands on the left and on the right."""
    open_notebook(page, address, PLAYGROUND)
    run_all(page)
    explorer = Live(page.locator(EXPLORER).first)
    fill_screen(explorer.root)
    before = explorer.seen()
    sizes = explorer.root.locator("select", has=page.locator("option:text-is('7 × 7')"))
    sizes.select_option(label="7 × 7")
    explorer.wait_for_change(before)
    check_presented(explorer.root, least_scale=0.5)
    move_by_keyboard(explorer, explorer.handles.first)
    move_by_mouse(explorer, explorer.handles.last)
    twin = explore(sample("letter H"), resized(kernel("outline"), (7, 7)), (), padding="same")
    for cell in ((2, 5), (15, 0), (0, 15)):
        left, top, scale = where_it_is(explorer.picture)
        x, y = middle_of(twin.scene.grids[-1], cell)
        before = explorer.seen()
        page.mouse.move(left + x * scale, top + y * scale)
        explorer.wait_for_change(before)
        assert f"Window for row {cell[0]}, column {cell[1]}:" in explorer.caption.text_content()
    leave(explorer.root)


def where_it_is(picture) -> tuple[float, float, float]:
    """Return the left and upper end of a picture between its bands, and its scale."""
    box = picture.bounding_box()
    size = picture.evaluate("e => [e.naturalWidth, e.naturalHeight]")
    scale = min(box["width"] / size[0], box["height"] / size[1])
    left = box["x"] + (box["width"] - size[0] * scale) / 2
    return left, box["y"] + (box["height"] - size[1] * scale) / 2, scale


def middle_of(grid, cell: tuple[int, int]) -> tuple[float, float]:
    """Return the middle of a cell in pixels of the picture."""
    pixels = [(x, y) for x in range(0, WIDTH, 2) for y in range(0, 600, 2)]
    inside = [pixel for pixel in pixels if grid.cell_at(*pixel) == cell]
    return tuple(sum(ends) / len(ends) for ends in zip(*inside, strict=True))


def test_a_digit_is_drawn_with_the_mouse(page, address):
    """The browser would drag the picture away, and it reports a fast mouse only now and then."""
    open_notebook(page, address, "17_learned_filters.ipynb")
    run_all(page)
    clear = page.locator("button:text-is('clear')").first
    explorer = Live(page.locator(EXPLORER, has=page.locator("button:text-is('clear')")).first)
    before = explorer.seen()
    clear.click()
    explorer.wait_for_change(before)
    assert "ink 0 in all" in explorer.caption.text_content()
    left, top, scale = where_it_is(explorer.picture)
    digit = Grid(np.zeros((8, 8)), "", x=MARGIN, y=TOP, cell=CELL)
    for start, end, drawn in (((0, 3), (7, 3), 8), ((0, 3), (0, 6), 7), ((4, 1), (4, 6), 12)):
        (x, y), (to_x, to_y) = middle_of(digit, start), middle_of(digit, end)
        page.mouse.move(left + x * scale, top + y * scale)
        page.mouse.down()
        page.mouse.move(left + to_x * scale, top + to_y * scale, steps=25)
        page.wait_for_timeout(SETTLED)  # a hand rests before it lets go; reports come in portions
        page.mouse.up()
        told = (
            f"ink {16 * drawn} in all, {0 if drawn == 7 else 16} at row {end[0]}, column {end[1]}"
        )
        page.wait_for_function(
            "([root, told]) => root.textContent.includes(told)",
            arg=[explorer.root.element_handle(), told],
            timeout=PATIENCE,
        )
