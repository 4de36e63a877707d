"""Explorers by keyboard, by ear, in the dark, enlarged; our settings; a notebook opened again.

That axe-core finds nothing serious in any notebook, and that Tab reaches every control of every
explorer, is tested by `check_notebook`, here and in `tests/test_browser.py`.
"""

import json
import os
import subprocess
import sys
import urllib.request

import jsonschema
import numpy as np
import pytest
from playwright.sync_api import expect

from helpers.drawing import rows_text
from helpers.explorers import explore
from helpers.kernels import kernel
from helpers.samples import sample
from tests.accessible import flaws, violations
from tests.browsing import (
    EXPLORER,
    PLAYGROUND,
    REOPENED,
    SCREEN,
    SETTLED,
    STALE,
    Live,
    check_notebook,
    middle_of,
    move_by_keyboard,
    move_by_mouse,
    needs_chromium,
    own,
    watched_page,
    where_it_is,
)
from tests.presented import check_presented, fill_screen, leave
from tools.lab import ROOT, TOKEN, jupyterlab, open_notebook, run_all

STATUS = "[role=status]"
HEADERS = {"Authorization": f"token {TOKEN}"}
DARK = "() => document.body.dataset.jpThemeName === 'JupyterLab Dark'"
PATIENCE = 10_000  # milliseconds
HALF = {"width": 640, "height": 360}  # what a screen of 1280 × 720 holds at 200 %

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def address(folder):
    with jupyterlab(folder) as address:
        yield address


@pytest.fixture(scope="module")
def page(browser, address):
    """The playground, run once for all tests of this file."""
    with watched_page(browser, *own(address)) as page:
        open_notebook(page, address, PLAYGROUND)
        run_all(page)
        page.locator(EXPLORER).nth(1).wait_for()
        yield page


@pytest.fixture
def explorer(page):
    return page.locator(EXPLORER).first


def press(root, label: str, *keys: str) -> str:
    """Press keys on a slider; after each, wait for the picture to follow. Return its sentence."""
    live = Live(root)
    for key in keys:
        before = live.seen()
        root.get_by_role("slider", name=label, exact=True).press(key)
        live.wait_for_change(before)
    return live.caption.text_content()


def test_jupyterlab_starts_with_the_settings_of_this_project(address):
    def get(path):
        return urllib.request.urlopen(f"{address}{path}?token={TOKEN}")

    assert get("/").url.partition("?")[0].endswith("/lab/tree/notebooks/00_start_here.ipynb")
    schemas = {one["id"]: one["schema"] for one in json.load(get("/lab/api/settings"))["settings"]}
    settings = ROOT / "settings/labconfig/default_setting_overrides.json"
    for plugin, values in json.loads(settings.read_text()).items():
        jsonschema.validate(values, schemas[plugin])
        for name, value in values.items():
            assert schemas[plugin]["properties"][name]["default"] == value


def test_a_notebook_is_opened_again_as_it_was_left(browser, address, folder):
    """Saved with a moved slider, and the kernel gone: the picture is there, no broken widget."""
    with watched_page(browser, *own(address)) as page:
        open_notebook(page, address, REOPENED)
        run_all(page)
        check_notebook(page, REOPENED)
        moved = page.locator(EXPLORER, has=page.locator(".noUi-handle")).first
        sentence = press(moved, "window", "ArrowRight", "ArrowRight")
        path = folder / "notebooks" / REOPENED
        saved = path.stat().st_mtime_ns
        page.keyboard.press("Control+s")
        page.wait_for_function("() => !document.querySelector('.jp-mod-dirty')", timeout=PATIENCE)
        assert path.stat().st_mtime_ns > saved
    with browser.new_page(viewport=SCREEN) as page:
        for session in page.request.get(f"{address}/api/sessions", headers=HEADERS).json():
            page.request.delete(f"{address}/api/sessions/{session['id']}", headers=HEADERS)
        open_notebook(page, address, REOPENED)
        reopened = page.locator(EXPLORER, has=page.locator(".noUi-handle")).first
        reopened.wait_for(timeout=PATIENCE)
        expect(page.locator(STALE)).to_have_count(0, timeout=PATIENCE)  # others are still loading
        assert reopened.locator(STATUS).first.text_content() == sentence
        picture = reopened.locator("img")
        assert picture.evaluate("e => e.decode().then(() => e.naturalWidth)") == 1000
    check_exported(path)


def check_exported(path) -> None:
    """Raise unless nbconvert shows every explorer as its picture: widgets would need a network."""
    assert "widgets" in json.loads(path.read_text(encoding="utf-8"))["metadata"]
    command = [sys.executable, "-m", "nbconvert", "--to", "html", "--stdout", str(path)]
    env = os.environ | {"JUPYTER_CONFIG_PATH": str(ROOT / "settings")}  # as in our JupyterLab
    run = subprocess.run(command, capture_output=True, encoding="utf-8", env=env, check=True)
    assert '<script type="application/vnd.jupyter.widget-view+json">' not in run.stdout
    stored = json.loads(path.read_text(encoding="utf-8"))["cells"]
    outputs = [o for cell in stored for o in cell.get("outputs", ()) if "data" in o]
    pictures = [o for o in outputs if "image/png" in o["data"]]
    assert run.stdout.count("<img") == len(pictures) > 2


def test_controls_are_found_by_what_they_are_called(explorer):
    """As a screen reader lists them."""
    for name in ("window", "weight in row 0, column 2", "stride", "weight in row 2, column 2"):
        assert explorer.get_by_role("slider", name=name, exact=True).count() == 1, name
    for name in ("preset", "kernel size", "padding", "border", "input"):
        assert explorer.get_by_role("combobox", name=name, exact=True).count() == 1, name
    for name in ("play or pause: window", "back to the start: window", "Show the code"):
        assert explorer.get_by_role("button", name=name, exact=True).count() == 1, name
    assert explorer.get_by_role("checkbox", name="flip the kernel").count() == 1
    assert explorer.get_by_role("button", name="your own picture").count() == 1
    assert explorer.get_by_role("textbox", name="stride, as a number").count() == 1


def test_new_sliders_are_named_too(explorer):
    sizes = explorer.get_by_role("combobox", name="kernel size", exact=True)
    sizes.select_option(label="5\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}5")
    explorer.get_by_role("slider", name="weight in row 4, column 4", exact=True).wait_for()
    sizes.select_option(label="3\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}3")


def test_a_new_sentence_is_read_once_and_belongs_to_the_picture(explorer):
    """Screen readers follow an element that stays; a new one may be missed, two are read twice."""
    explorer.evaluate("e => { e.querySelector('[role=status]').was = 'here' }")
    sentence = press(explorer, "weight in row 1, column 1", "ArrowLeft", "ArrowLeft", "ArrowRight")
    assert explorer.locator(f"{STATUS}, [aria-live]").count() == 1
    assert explorer.locator(STATUS).evaluate("e => e.was") == "here"
    assert explorer.locator("img.explorer-picture").get_attribute("alt") == sentence


def test_sliders_say_the_value_that_is_seen(explorer):
    press(explorer, "weight in row 0, column 0", "ArrowRight")
    slider = explorer.get_by_role("slider", name="weight in row 0, column 0", exact=True)
    readout = explorer.get_by_role("textbox", name="weight in row 0, column 0, as a number")
    assert slider.get_attribute("aria-valuetext") == readout.text_content()


def test_what_pointing_does_the_keyboard_does(page):
    """This explorer has no slider for the window: one comes into sight when Tab reaches it."""
    explorer = page.locator(EXPLORER).nth(1)
    box = explorer.locator(".explorer-by-keyboard")
    assert box.bounding_box()["height"] < 2
    before = explorer.locator(STATUS).text_content()
    assert "Window for row 50, column 30" in before
    explorer.get_by_role("slider", name="window", exact=True).focus()
    assert box.bounding_box()["height"] > 20
    assert "Window for row 50, column 31" in press(explorer, "window", "ArrowRight")


def test_the_playground_moves(page):
    check_notebook(page, PLAYGROUND)


def test_weights_between_the_steps_of_a_slider_are_kept(page):
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


def test_on_the_full_screen_sliders_and_the_pointer_work(page):
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


def impossible(explorer):
    """Choose what cannot be; return the alert."""
    sizes = explorer.get_by_role("combobox", name="kernel size", exact=True)
    sizes.select_option(label="3\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}3")
    sizes.select_option(label="7\N{NO-BREAK SPACE}×\N{NO-BREAK SPACE}7")
    explorer.get_by_role("combobox", name="padding", exact=True).select_option(label="valid (none)")
    explorer.get_by_role("slider", name="dilation", exact=True).press("End")
    alert = explorer.get_by_role("alert")
    alert.wait_for(timeout=PATIENCE)
    return alert


def test_an_impossible_setting_is_an_alert(explorer):
    assert "kernel" in impossible(explorer).text_content()


def test_nothing_serious_in_the_dark_nor_in_the_light(page, explorer):
    """With an alert, code, an exercise's answer and the sentence of every picture on the page."""
    explorer.get_by_role("button", name="Show the code").click()
    explorer.locator("pre").wait_for()
    assert explorer.get_by_role("button", name="Show the code", pressed=True).count() == 1
    impossible(explorer)
    assert violations(page) == []
    page.click(".lm-MenuBar-itemLabel:text-is('Settings')")
    page.hover(".lm-Menu-itemLabel:text-is('Theme')")
    page.click(".lm-Menu-itemLabel:text-is('JupyterLab Dark')")
    page.wait_for_function(DARK)
    page.wait_for_timeout(500)  # for the style sheet
    assert violations(page) == []


def test_every_picture_of_the_page_has_a_text(page):
    texts = page.locator(".jp-OutputArea-output img").evaluate_all("es => es.map(e => e.alt)")
    assert len(texts) > 5
    assert all(any(c.isdigit() for c in text) for text in texts), texts


def test_at_200_percent_nothing_is_cut_off_or_covered(page):
    page.set_viewport_size(HALF)
    page.locator(".jp-Notebook").first.press("Escape")
    page.keyboard.press("Control+b")  # JupyterLab's side bar
    page.locator("#jp-left-stack").wait_for(state="hidden")
    for explorer in page.locator(EXPLORER).all():
        explorer.scroll_into_view_if_needed()
        assert flaws(explorer) == []
