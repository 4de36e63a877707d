"""The book: every explorer moves in its pages, without Python, on large screens and on phones."""

import json
from base64 import b64decode

import numpy as np
import pytest
from playwright.sync_api import expect

from helpers.explorers import explore, predict
from tests.accessible import violations
from tests.browsing import needs_chromium, watched_page
from tools.book import read, shows_an_explorer
from tools.lab import served
from tools.recordings import MOST_FRAMES, dials, questions, record, walk
from tools.site import BUILDER, NOTEBOOKS, WHEELS, build, make_book

SAMPLED = "11_worked_example_1d"  # with a prediction, two controls at once, weights
EVERY = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
SCREENS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}
APPS = ("lab", "notebooks")
MOST_BYTES = 1_000_000  # of the pictures of a recording
X, K = np.arange(20).reshape(4, 5) % 7, np.array([[1, 0], [2, -1]])
LOADED = "e => e.complete && e.naturalWidth > 0"

needs_builder = pytest.mark.skipif(
    not WHEELS.is_dir(), reason=f"No {BUILDER}: `make test` installs it."
)


# ---------------------------------------------------------------------------------- recordings


def test_every_frame_says_what_the_live_explorer_says(tmp_path):
    controls = ("step", "stride", "kernel")
    recording = walk(explore(X, K, controls, position=(1, 2)), tmp_path)
    assert recording["labels"] == ["window", "stride"]
    live = explore(X, K, controls)
    for row in recording["rows"]:
        live.controls["stride"].value = int(row["value"])
        assert len(row["frames"]) <= live.feature_map.size
        for frame in row["frames"]:
            live.controls["step"].value = int(frame["value"])
            assert frame["sentence"] == live.description
            assert (tmp_path / frame["picture"]).read_bytes()[:4] == b"\x89PNG"
    row, number = recording["at"]
    assert recording["rows"][row]["frames"][number]["value"] == "6"


def test_settings_that_are_refused_are_left_out(tmp_path):
    live = explore(X, K, ("kernel_size",))
    values = [frame["value"] for frame in walk(live, tmp_path)["rows"][0]["frames"]]
    assert values == ["1 × 1", "2 × 2", "3 × 3", "4 × 4"]


def test_what_plays_is_recorded_first_and_weights_last():
    live = explore(X, K, ("kernel", "flip", "stride", "step", "cell", "code"))
    labels = [dial.label for dial in dials(live)]
    assert labels[:2] == ["window", "stride"]
    assert labels[-1] == "weight in row 1, column 0"


def test_a_recorded_prediction_knows_the_slips(tmp_path):
    first, *_ = questions(predict([1, 2, 3], [4, 5, 6], position=(0,)), tmp_path)
    replies = {number: (text, right) for number, text, right in first["replies"]}
    assert replies[28] == ("Right.", True)
    assert "flips the kernel" in replies[32][0]
    assert "exactly one" in replies[29][0]
    assert not any(right for number, (_, right) in replies.items() if number != 28)
    assert "?" not in first["revealed"]["sentence"]
    assert first["asked"]["picture"] != first["revealed"]["picture"]


def test_a_notebook_that_cannot_be_recorded_is_named(tmp_path):
    source = json.loads((NOTEBOOKS / f"{EVERY[0]}.ipynb").read_text(encoding="utf-8"))
    code = next(cell for cell in source["cells"] if cell["cell_type"] == "code")
    code["source"] = "1 / 0"
    path = tmp_path / "broken.ipynb"
    path.write_text(json.dumps(source))
    with pytest.raises(RuntimeError, match=r"broken\.ipynb, cell \d+.*division by zero"):
        record([path], tmp_path / "pictures", "")


# ------------------------------------------------------------------------------ in the browser


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    """The address of a book with one notebook."""
    folder = tmp_path_factory.mktemp("book")
    make_book(folder / "stage", folder / "site", [NOTEBOOKS / f"{SAMPLED}.ipynb"])
    with served(folder / "site") as address:
        yield address


@pytest.fixture(params=SCREENS)
def page(browser, request):
    """A page that fails the test if it asks anyone else, misses a file or logs an error."""
    own = ("http://127.0.0.1:", "data:")
    with watched_page(browser, *own, **SCREENS[request.param]) as page:
        yield page


def check_page(page, address, name):
    """Open a page, move every recording, and compare what it says with what was recorded."""
    page.goto(f"{address}/notebooks/{name}.html")
    figures = page.locator("figure.recording").all()
    cells = read(NOTEBOOKS / f"{name}.ipynb").cells
    assert len(figures) == sum(
        cell.cell_type == "code" and shows_an_explorer(cell) for cell in cells
    )
    for figure in figures:
        figure.scroll_into_view_if_needed()
        data = recorded(figure)
        check_shown(figure, first_frame(data))
        if "rows" in data:
            check_walk(figure, data)
        else:
            check_prediction(figure, data["questions"])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    app = page.get_by_role("link", name="Run it live").get_attribute("href")
    assert app in {f"../live/{app}/index.html?path=notebooks/{name}.ipynb" for app in APPS}


def recorded(figure):
    return json.loads(b64decode(figure.locator("script").text_content()))


def first_frame(data):
    if "rows" not in data:
        return data["questions"][0]["asked"]
    row, number = data["at"]
    return data["rows"][row]["frames"][number]


def check_shown(figure, frame):
    """Raise unless a frame is on screen, with its sentence below it and as alternative text."""
    picture = figure.locator("img")
    figure.page.wait_for_function(LOADED, arg=picture.element_handle())
    assert picture.get_attribute("src").endswith(frame["picture"])
    assert picture.get_attribute("alt") == frame["sentence"]
    assert figure.locator("figcaption").text_content() == frame["sentence"]


def check_walk(figure, data):
    every = [frame for row in data["rows"] for frame in row["frames"]]
    assert len(every) <= MOST_FRAMES
    files = {f"{figure.page.url}/../{data['folder']}/{frame['picture']}" for frame in every}
    answers = [figure.page.request.get(file) for file in files]
    assert all(answer.ok for answer in answers)
    assert sum(len(answer.body()) for answer in answers) <= MOST_BYTES
    frames = data["rows"][data["at"][0]]["frames"]
    slider = figure.locator("input[type=range]")
    slider.press("Home")
    for frame in frames[1:]:
        slider.press("ArrowRight")
        assert figure.locator("output").text_content() == frame["value"]
    check_shown(figure, frames[-1])
    figure.locator(".recording-play").click()  # from the start again
    expect(figure.locator("output")).to_have_text(frames[1]["value"])
    slider.press("Home")
    check_shown(figure, frames[0])
    if len(data["rows"]) > 1:
        figure.locator("select").select_option(index=len(data["rows"]) - 1)
        check_shown(figure, data["rows"][-1]["frames"][0])


def check_prediction(figure, asked):
    entry, reply = figure.locator("input[type=text]"), figure.locator("[role=status]")
    for answer, text in (("", "blank"), ("many", "unread"), ("123456", "other")):
        entry.fill(answer)
        entry.press("Enter")
        assert reply.text_content() == asked[0][text]
    known = sorted(asked[0]["replies"], key=lambda reply: reply[2])  # the right ones last
    for number, text, _ in known:
        entry.fill(f" {number:.6g} ".replace("-", "−"))
        figure.get_by_role("button", name="check").click()
        assert reply.text_content() == text
    check_shown(figure, asked[0]["revealed"])
    figure.get_by_role("button", name="next").click()
    check_shown(figure, asked[1]["asked"])
    figure.get_by_role("button", name="reveal").click()
    check_shown(figure, asked[1]["revealed"])


@needs_builder
@needs_chromium
def test_every_recording_moves_and_the_pages_can_be_used_by_everyone(page, book):
    check_page(page, book, SAMPLED)
    assert violations(page, "html") == []
    page.goto(f"{book}/index.html")
    assert violations(page, "html") == []


@needs_builder
@needs_chromium
def test_without_javascript_there_is_the_picture_and_its_sentence(browser, book):
    with browser.new_page(java_script_enabled=False) as page:
        page.goto(f"{book}/notebooks/{SAMPLED}.html")
        for figure in page.locator("figure.recording").all():
            check_shown(figure, first_frame(recorded(figure)))


@pytest.fixture(scope="module")
def whole_site(tmp_path_factory):
    """The address of the site with every notebook."""
    folder = tmp_path_factory.mktemp("whole") / "site"
    build(folder)
    with served(folder) as address:
        yield address


@needs_builder
@needs_chromium
@pytest.mark.weekly
@pytest.mark.parametrize("name", EVERY)
def test_every_page_of_the_site_moves_and_leads_somewhere(name, page, whole_site):
    check_page(page, whole_site, name)
    for link in page.locator("article a.internal").evaluate_all("all => all.map(a => a.href)"):
        assert page.request.get(link).ok, link
