"""Notebooks as slide decks, opened as files in Chromium, which may fetch nothing else."""

import re
import subprocess

import pytest

from tests.browsing import needs_chromium, watched_page
from tools import slides
from tools.book import Book, read

NOTEBOOKS = sorted((slides.ROOT / "notebooks").glob("*.ipynb"))
DAILY = "01_sliding_a_kernel"  # the other decks are for the weekly run
LOCAL = ("file:", "data:", "blob:")
PATIENCE = 60_000  # milliseconds
READY = "() => window.Reveal && Reveal.isReady() && window.MathJax?.Hub.queue.pending === 0"
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
DECK = """() => {
    const pictures = [...document.querySelectorAll('section .jp-RenderedImage img')];
    return {
        pictures: pictures.length,
        blank: pictures.filter(e => e.naturalWidth === 0 || !e.alt).length,
        formulas: document.querySelectorAll('script[type^="math/tex"]').length,
        errors: document.querySelectorAll('.MathJax_Error, .merror, .noError').length,
    };
}"""

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def decks(tmp_path_factory):
    """All decks, in a folder of their own."""
    try:
        slides.fetch()
    except subprocess.CalledProcessError as error:
        pytest.skip(f"pip cannot get what the decks are made of: {error}")
    folder = tmp_path_factory.mktemp("decks") / "slides"
    slides.build(folder)
    return folder


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
    page.goto((decks / f"{path.stem}.html").as_uri())
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


def test_links_lead_to_every_deck(decks, page):
    page.goto((decks / "index.html").as_uri())
    links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == [f"{path.stem}.html" for path in NOTEBOOKS]
    for path in NOTEBOOKS:
        text = (decks / f"{path.stem}.html").read_text(encoding="utf-8")
        links = [link for link in re.findall(r'<a href="([^"#]+)"', text) if ":" not in link]
        assert [link for link in links if not (decks / link).exists()] == []
