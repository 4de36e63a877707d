"""Every notebook in a real JupyterLab in Chromium: run it, move it, point at it."""

import json
import re

import numpy as np
import pytest

from helpers.drawing import WIDTH, rows_text
from helpers.explorers import explore
from helpers.kernels import kernel
from helpers.samples import sample
from tests.accessible import check_keyboard, flaws, violations
from tests.browsing import (
    EXPLORER,
    PATIENCE,
    SETTLED,
    Live,
    middle_of,
    needs_chromium,
    watched_page,
    where_it_is,
)
from tests.presented import check_larger, check_presented, fill_screen, leave
from tools.lab import ROOT, jupyterlab, open_notebook, run_all

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("*.ipynb"))
PLAYGROUND = "05_playground.ipynb"
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
        try_everything(explorer)
    if name == PLAYGROUND:
        keep_weights_between_the_steps_of_a_slider(page)
        move_and_point_on_the_full_screen(page)
    assert page.locator(TRACEBACK).count() == 0


def try_everything(explorer: Live) -> None:
    """Reach, enlarge, move and point at an explorer."""
    check_keyboard(explorer.root)
    assert flaws(explorer.root) == [], explorer.caption.text_content()
    check_larger(explorer.root)
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


def keep_weights_between_the_steps_of_a_slider(page) -> None:
    """The browser rounds handles to a step; that must not come back as a new weight."""
    root = page.locator(EXPLORER).first
    presets = root.locator("select", has=page.locator("option:text-is('box blur')"))
    caption = root.locator("[role=status]").first
    for name in ("outline", "box blur", "Gaussian blur", "identity"):
        presets.select_option(label=name)
        page.wait_for_timeout(2 * SETTLED)
        assert f"flipped: {rows_text(kernel(name))}." in caption.text_content(), name
        shown = presets.evaluate("e => e.selectedOptions[0].text")
        assert shown.replace("\xa0", " ") == name


def move_and_point_on_the_full_screen(page) -> None:
    """With 49 sliders the picture is small, with empty bands on the left and on the right."""
    explorer = Live(page.locator(EXPLORER).first)
    fill_screen(explorer.root)
    before = explorer.seen()
    sizes = explorer.root.locator("select", has=page.locator("option:text-is('7 × 7')"))
    sizes.select_option(label="7 × 7")
    explorer.wait_for_change(before)
    check_presented(explorer.root, least_scale=0.5)
    move_by_keyboard(explorer, explorer.handles.first)
    move_by_mouse(explorer, explorer.handles.last)
    twin = explore(sample("letter H"), np.zeros((7, 7)), (), padding="same")
    for cell in ((2, 5), (15, 0), (0, 15)):
        left, top, scale = where_it_is(explorer.picture)
        x, y = middle_of(twin.scene.grids[-1], cell)
        page.mouse.move(left + x * scale, top + y * scale)
        explorer.wait_for(f"Window for row {cell[0]}, column {cell[1]}:")
    leave(explorer.root)
