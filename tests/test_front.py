"""What the front end does beyond JupyterLab on a desk: Notebook 7, phones, sharp screens, files."""

import io
import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from helpers.drawing import MARGIN, TOP, Grid
from helpers.explorers import explore
from helpers.explorers.digit import CELL
from helpers.samples import sample
from tests.browsing import EXPLORER, SCREEN, SETTLED, Live, middle_of, needs_chromium, where_it_is
from tests.presented import fill_screen, leave
from tools.lab import TOKEN, jupyterlab, write_notebook

PATIENCE = 20_000  # milliseconds
CELLS = (
    """from helpers.digits import digits
from helpers.explorers import explore, explore_digit
from helpers.layers import Conv2D, Dense, Flatten, Input, Sequential
from helpers.samples import sample
names = ("step", "kernel", "preset", "upload")
explore(sample("letter H"), [[-1, 2, -1]] * 3, names, flip=False)""",
    """features = Conv2D(3, 3, padding="same", activation="relu")
answer = Dense(10, activation="softmax")
layers = [Input((8, 8, 1)), features, Flatten(), answer]
pictures, labels = digits()
digit = explore_digit(Sequential(layers), pictures[:9], labels[:9])
digit.controls["clear"].click()
digit""",
)
IDLE = ".jp-Notebook-ExecutionIndicator[data-status=idle]"
FINISHED = """() => document.querySelectorAll('img.explorer-picture').length === 2
    && [...document.querySelectorAll('.noUi-handle')].every(e => e.ariaLabel)"""
POLICY = "script-src 'self' 'unsafe-eval' blob:"  # what JupyterLab and anywidget ask for
HEADERS = '--ServerApp.tornado_settings={"headers": {"Content-Security-Policy": "%s"}}'
SIDES = "e => [e.naturalWidth, e.clientWidth, e.clientHeight, innerWidth]"
BEYOND = """() => [...document.querySelectorAll('.convolution-explorer *')]
    .filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.className)"""
ORIENTATION = 0x0112  # the number of that entry in a photograph's description
NOTHING = re.compile("^$")
OWN = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
_, KERNEL, MAP = explore(sample("letter H"), [[-1, 2, -1]] * 3, flip=False).scene.grids
DIGIT = Grid(np.zeros((8, 8)), "", x=MARGIN, y=TOP, cell=CELL)

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server whose policy allows no script inside a page."""
    folder = tmp_path_factory.mktemp("lab")
    with jupyterlab(folder, HEADERS % POLICY) as address:
        for name in ("desk", "phone"):
            write_notebook(folder / "notebooks" / f"{name}.ipynb", CELLS)
        yield address


def opened(browser, address, name, **screen):
    """Open the notebook in Notebook 7 and run it."""
    page = browser.new_context(**({"viewport": SCREEN} | screen)).new_page()
    page.asked = []
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"{address}/notebooks/notebooks/{name}.ipynb?token={TOKEN}")
    page.locator(".jp-CodeCell").first.wait_for(timeout=PATIENCE)
    page.locator(IDLE).wait_for(state="attached", timeout=3 * PATIENCE)  # earlier runs may be lost
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
    page.wait_for_function(FINISHED, timeout=3 * PATIENCE)
    return page


@pytest.fixture(scope="module")
def desk(browser, address):
    """A screen with two pixels for each CSS pixel."""
    return opened(browser, address, "desk", device_scale_factor=2)


@pytest.fixture(scope="module")
def phone(browser, address):
    screen = {"width": 390, "height": 844}
    hand = {"device_scale_factor": 3, "has_touch": True, "is_mobile": True}
    return opened(browser, address, "phone", viewport=screen, **hand)


def slider(explorer, name):
    return explorer.root.get_by_role("slider", name=name, exact=True)


def spot(explorer, grid, cell):
    """Return where on the page the middle of a cell is, in whole pixels, as mice report them."""
    explorer.root.evaluate("e => e.scrollIntoView({ block: 'start' })")
    explorer.root.page.wait_for_timeout(300)
    left, top, scale = where_it_is(explorer.picture)
    x, y = middle_of(grid, cell)
    return round(left + x * scale), round(top + y * scale)


def touch(page, *points):
    """Put a finger down, move it from point to point and lift it."""
    session = page.context.new_cdp_session(page)
    for number, (x, y) in enumerate(points):
        kind = "touchMove" if number else "touchStart"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
        page.wait_for_timeout(15)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def along(start, end, steps=12):
    """Return points of the page from one to another."""
    ends = list(zip(start, end, strict=True))
    return [tuple(a + (b - a) * n / steps for a, b in ends) for n in range(steps + 1)]


def drag(page, touching, start, end, *, key=None):
    """Drag with the mouse or a finger; press a key before letting go."""
    if touching:
        return touch(page, *along(start, end))
    page.mouse.move(*start)
    page.mouse.down()
    for point in along(start, end):
        page.mouse.move(*point)
    if key:
        page.wait_for_timeout(SETTLED)
        page.keyboard.press(key)
    page.mouse.up()
    return None


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_weight_is_dragged_in_the_picture(screen, browser, request):
    page = request.getfixturevalue(screen)
    explorer = Live(page.locator(EXPLORER).first)
    x, y = spot(explorer, KERNEL, (0, 1))
    weight = slider(explorer, "weight in row 0, column 1")
    assert weight.get_attribute("aria-valuetext") == "2.0"
    drag(page, screen == "phone", (x, y), (x, y - 40))
    explorer.wait_for("[−1 3 −1] [−1 2 −1]")  # one step of 0.1 for each 4 pixels
    assert weight.get_attribute("aria-valuetext") == "3.0"
    drag(page, screen == "phone", (x, y), (x, y + 40))
    explorer.wait_for("[−1 2 −1] [−1 2 −1]")


def test_escape_takes_a_drag_back_and_the_cell_shows_that_it_can(desk):
    explorer = Live(desk.locator(EXPLORER).first)
    x, y = spot(explorer, KERNEL, (2, 2))
    desk.mouse.move(x, y)
    cursor = "([x, y]) => getComputedStyle(document.elementFromPoint(x, y)).cursor"
    assert desk.evaluate(cursor, [x, y]) == "ns-resize"
    left, top, scale = where_it_is(explorer.picture)
    box = explorer.root.locator(".explorer-cover:hover").bounding_box()
    assert abs(box["x"] - left - (KERNEL.x + 2 * KERNEL.cell) * scale) < 1
    assert abs(box["y"] - top - (KERNEL.y + 2 * KERNEL.cell) * scale) < 1
    drag(desk, False, (x, y), (x, y - 80), key="Escape")
    explorer.wait_for("[−1 2 −1] [−1 2 −1] [−1 2 −1]")
    assert slider(explorer, "weight in row 2, column 2").get_attribute("aria-valuetext") == "−1.0"


def test_arrow_keys_move_what_has_the_focus_and_leave_jupyter_its_own(desk):
    explorer = Live(desk.locator(EXPLORER).first)
    before = explorer.seen()
    slider(explorer, "window").press("ArrowRight")
    explorer.wait_for_change(before)
    assert "Window for row 0, column 1" in explorer.caption.text_content()
    slider(explorer, "window").press("Home")
    presets = explorer.root.get_by_role("combobox", name="preset")
    presets.select_option(label="emboss")
    presets.press("ArrowDown")
    explorer.wait_for("Kernel 3 × 3")
    assert presets.evaluate("e => e.selectedOptions[0].text").replace("\xa0", " ") == "Sobel x"
    cells = desk.locator(".jp-CodeCell").count()
    slider(explorer, "window").press("b")  # in Jupyter, a new cell
    assert desk.locator(".jp-CodeCell").count() == cells
    slider(explorer, "window").press("Control+s")
    desk.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=PATIENCE)
    presets.select_option(label="custom (start from zeros)")
    explorer.wait_for("[0 0 0] [0 0 0] [0 0 0]")


def test_of_many_moves_the_last_one_is_always_drawn(desk):
    explorer = Live(desk.locator(EXPLORER).first)
    held = """handle => { for (let n = 0; n < 40; n++)
        handle.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
    }"""
    handle = slider(explorer, "weight in row 1, column 1")
    handle.evaluate("e => e.focus()")
    before = float(handle.get_attribute("aria-valuenow"))
    handle.evaluate(held)
    explorer.wait_for(f"{before + 4:g}")
    assert handle.get_attribute("aria-valuetext") == f"{before + 4:.1f}"


def test_pointing_with_the_mouse_and_with_a_finger(desk, phone):
    for page in (desk, phone):
        explorer = Live(page.locator(EXPLORER).first)
        x, y = spot(explorer, MAP, (5, 7))
        page.mouse.move(x, y) if page is desk else touch(page, (x, y))
        explorer.wait_for("Window for row 5, column 7")


@pytest.mark.parametrize("screen", ["desk", "phone"])
def test_a_digit_is_drawn_and_the_page_stays(screen, browser, request):
    page = request.getfixturevalue(screen)
    explorer = Live(page.locator(EXPLORER).nth(1))
    start, end = (spot(explorer, DIGIT, cell) for cell in ((1, 0), (1, 7)))
    before = explorer.picture.bounding_box()["y"]
    drag(page, screen == "phone", start, end)
    explorer.wait_for("ink 128 in all")
    assert explorer.picture.bounding_box()["y"] == before
    drag(page, screen == "phone", start, end)  # a stroke that begins on ink rubs out
    explorer.wait_for("ink 0 in all")


def test_a_picture_has_the_pixels_of_the_screen(desk, phone):
    natural, width, height, _ = desk.locator("img.explorer-picture").first.evaluate(SIDES)
    assert (natural, width) == (2000, 1000)
    natural, width, height, screen = phone.locator("img.explorer-picture").first.evaluate(SIDES)
    assert natural >= 3 * width
    assert width > 0.85 * screen
    assert height < width


def test_nothing_runs_off_a_phone_and_tracks_are_wide_enough(phone):
    assert phone.evaluate(BEYOND) == []
    tracks = "es => es.map(e => e.clientWidth).filter(width => width)"
    assert min(phone.locator(".noUi-base").evaluate_all(tracks)) > 60


def test_on_a_phone_the_full_screen_is_large_enough_to_read(phone):
    explorer = Live(phone.locator(EXPLORER).first)
    fill_screen(explorer.root)
    assert where_it_is(explorer.picture)[2] > 0.7  # of letters with 20 pixels
    box = explorer.root.locator(".explorer-frame").bounding_box()
    assert box["x"] + box["width"] <= 390  # the rest is moved into sight by a finger
    leave(explorer.root)


def photograph(height, width):
    """Return a JPEG of noise, taken with the camera on its side."""
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)
    exif, file = Image.Exif(), io.BytesIO()
    exif[ORIENTATION] = 6
    Image.fromarray(noise).save(file, "jpeg", quality=100, subsampling=0, exif=exif)
    return file.getvalue()


FILES = (
    ("small.jpg", photograph(300, 400), "160 × 120", ""),
    ("large.jpg", photograph(1850, 2400), "160 × 123", ""),
    ("broken.png", bytes(9_000_000), "160 × 123", "not a picture"),
    ("huge.png", bytes(25_000_000), "160 × 123", "25.0 MB: allowed are 20 MB"),
    ("small.jpg", photograph(300, 400), "160 × 120", ""),
)


def test_files_of_every_size_come_through_or_are_refused_in_words(desk, tmp_path):
    assert 12e6 < len(FILES[1][1]) < 20e6
    explorer = Live(desk.locator(EXPLORER).first)
    for name, content, size, refusal in FILES:
        (tmp_path / name).write_bytes(content)
        with desk.expect_file_chooser() as chooser:
            explorer.root.get_by_role("button", name="your own picture").click()
        chooser.value.set_files(tmp_path / name)
        alert = explorer.root.locator(".explorer-alert")
        expect(alert).to_contain_text(refusal or NOTHING, timeout=PATIENCE)
        explorer.wait_for(f"first channel {size}")


def test_what_may_not_fill_the_screen_fills_the_window(desk):
    root = desk.locator(EXPLORER).first
    desk.evaluate("Object.defineProperty(document, 'fullscreenEnabled', { value: false })")
    for fills in (True, False):
        root.locator(".explorer-present").click()
        assert root.evaluate("e => e.matches('.fills-window')") is fills


def test_nothing_is_asked_of_anyone_else(desk, phone, address):
    for page in (desk, phone):
        assert [url for url in page.asked if not url.startswith(OWN)] == []
