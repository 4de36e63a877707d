"""Notebooks as slide decks, opened as files in Chromium, which may fetch nothing else."""

import re
from functools import cache

import pytest

from tests.browsing import needs_chromium, watched_page
from tools import slides
from tools.book import Book, read
from tools.slides import BUILDER, REVEAL

NOTEBOOKS = sorted((slides.ROOT / "notebooks").glob("*.ipynb"))
DAILY = "10_activation"  # pictures, formulas and one recording; the others are weekly
LOCAL = ("file:", "data:", "blob:")
PATIENCE = 60_000  # milliseconds
READY = "() => window.Reveal?.isReady() && MathJax.startup?.promise.then(() => true)"
# Goes on to the end, as a lecturer does: what is cut off below has to scroll.
WALK = """() => {
    const steps = [];
    for (let last = false; !last; Reveal.next()) {
        const slide = Reveal.getCurrentSlide();
        const room = slide.getBoundingClientRect().right + 1;
        const overflow = getComputedStyle(slide).overflowY;
        steps.push({
            seen: slide.checkVisibility() && slide.clientHeight === 720,
            cut: slide.scrollHeight > slide.clientHeight + 1 && overflow !== 'auto',
            wide: [...slide.querySelectorAll('img, pre, p, table')]
                .some(e => e.getBoundingClientRect().right > room),
        });
        last = Reveal.isLastSlide() && !Reveal.availableFragments().next;
    }
    return steps;
}"""
SHOW = """figure => {
    const slide = figure.closest('section'), { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v);
    while (Reveal.availableFragments().next) Reveal.next();
}"""
DECK = """() => {
    const pictures = [...document.querySelectorAll('section :is(.jp-RenderedImage, figure) img')];
    return {
        pictures: pictures.length,
        blank: pictures.filter(e => e.naturalWidth === 0 || !e.alt).length,
        formulas: document.querySelectorAll('mjx-container').length,
        errors: document.querySelectorAll('[data-mjx-error]').length,
    };
}"""

pytestmark = [
    needs_chromium,
    pytest.mark.skipif(not REVEAL.is_dir(), reason=f"No {BUILDER}: `make test` installs it."),
]


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """Returns where the deck of a notebook is, in a folder of all decks that were asked for."""
    folder = tmp_path_factory.mktemp("decks")

    @cache
    def deck(path):
        slides.build(folder / path.stem, [path])
        return folder / path.stem / f"{path.stem}.html"

    return deck


@pytest.fixture
def page(browser):
    """A page that fails the test if it asks for anything but local files, or logs an error."""
    missing = []
    with watched_page(browser, *LOCAL) as page:
        page.on("requestfailed", lambda r: missing.append(r.url[:200]))
        yield page
    assert missing == []


def on_slides(book):
    return [c for c in book.cells if c.metadata.slideshow.slide_type not in ("skip", "notes")]


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=() if p.stem == DAILY else pytest.mark.weekly) for p in NOTEBOOKS],
    ids=lambda path: path.stem,
)
def test_deck_is_whole(path, decks, page):
    cells = on_slides(Book(path, read(path)))
    page.goto(decks(path).as_uri())
    page.wait_for_function(READY, timeout=PATIENCE)
    starts = sum(c.metadata.slideshow.slide_type in ("slide", "subslide") for c in cells)
    steps = page.evaluate(WALK)
    assert [step for step in steps if step["cut"] or step["wide"] or not step["seen"]] == []
    assert len(steps) >= page.evaluate("Reveal.getTotalSlides()") >= starts
    page.wait_for_function(READY, timeout=PATIENCE)
    deck = page.evaluate(DECK)
    outputs = [o for c in cells if c.cell_type == "code" for o in c.outputs]
    assert deck["pictures"] == sum("image/png" in o.get("data", {}) for o in outputs)
    prose = " ".join(c.source for c in cells if c.cell_type == "markdown")
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL)
    assert deck["formulas"] == len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose, re.DOTALL))
    assert deck["blank"] == deck["errors"] == 0


def test_recordings_move_and_links_lead_somewhere(decks, page):
    (path,) = (path for path in NOTEBOOKS if path.stem == DAILY)
    file = decks(path)
    page.goto((file.parent / "index.html").as_uri())
    page.get_by_role("link").click()
    page.wait_for_function(READY, timeout=PATIENCE)
    figure = page.locator("figure.recording[data-kind=walk]").first
    figure.evaluate(SHOW)
    slider, said = figure.locator("input"), figure.locator("figcaption").text_content()
    slider.press("ArrowRight")
    assert figure.locator("figcaption").text_content() != said
    assert figure.locator("img").get_attribute("alt") != said
    figure.page.wait_for_function(
        "e => e.naturalWidth > 0", arg=figure.locator("img").element_handle()
    )
    links = re.findall(r'<a href="([^"#:]+)[#"]', file.read_text(encoding="utf-8"))
    known = {f"{path.stem}.html" for path in NOTEBOOKS}
    assert [link for link in links if link not in known and not (file.parent / link).exists()] == []
