"""Every notebook as a slide deck, opened as a file in Chromium, which may fetch nothing else."""

import re
import subprocess

import pytest

from tests.browsing import needs_chromium, watched_page
from tools import slides
from tools.book import Book, read

NOTEBOOKS = sorted((slides.ROOT / "notebooks").glob("*.ipynb"))
LOCAL = ("file:", "data:", "blob:")
PATIENCE = 60_000  # milliseconds for a deck to be dealt out
LEAST_LETTERS = 16  # pixels of a slide that is 720 high
READY = "() => window.Reveal && Reveal.isReady()"
DECK = """() => {
    document.querySelector('.reveal').classList.add('unrolled');  // all pages, below each other
    const pages = [...document.querySelectorAll('section.page')];
    const wide = (page) => [...page.querySelectorAll('*')].filter(
        e => !e.closest('.MJX_Assistive_MathML') && e.getBoundingClientRect().width > 1
            && e.getBoundingClientRect().right > page.getBoundingClientRect().right + 1);
    const pictures = [...document.querySelectorAll('section.page img')];
    const formulas = [...document.querySelectorAll('script[type^="math/tex"]')];
    return {
        pages: pages.length,
        tooWide: pages.flatMap(wide).map(e => e.textContent.slice(0, 60)),
        empty: pages.filter(page => page.getBoundingClientRect().height < 101).length,
        letters: Math.min(...pages.map(page => parseFloat(getComputedStyle(page).fontSize))),
        pictures: pictures.length,
        blank: pictures.filter(e => e.naturalWidth === 0 || !e.alt).length,
        narrow: pictures.filter(e => e.width < 850).map(e => [e.width, e.alt.slice(0, 40)]),
        formulas: formulas.length,
        unset: formulas.filter(
            e => !document.getElementById(`${e.id}-Frame`)?.getBoundingClientRect().height).length,
        errors: document.querySelectorAll('.MathJax_Error, .merror, .noError').length,
    };
}"""
# Goes on to the end, as a lecturer does; only a single cell may be higher than a page, and scrolls.
WALK = """() => {
    const steps = [];
    for (let last = false; !last; Reveal.next()) {
        const page = Reveal.getCurrentSlide();
        const high = page.scrollHeight > page.clientHeight + 1;
        steps.push({
            seen: page.checkVisibility() && page.clientHeight === 720,
            cut: high && (getComputedStyle(page).overflowY !== 'auto' || page.children.length > 1),
        });
        last = Reveal.isLastSlide() && !Reveal.availableFragments().next;
    }
    return steps;
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


def pictures_of(book):
    outputs = [o for c in on_slides(book) if c.cell_type == "code" for o in c.outputs]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def formulas_of(book):
    prose = " ".join(c.source for c in on_slides(book) if c.cell_type == "markdown")
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", prose, flags=re.DOTALL)
    return len(re.findall(r"\$\$.+?\$\$|\$[^$]+\$", prose, re.DOTALL))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_deck_is_whole(path, decks, page):
    book = Book(path, read(path))
    page.goto((decks / f"{path.stem}.html").as_uri())
    page.wait_for_function(READY, timeout=PATIENCE)
    starts = [c.metadata.slideshow.slide_type in ("slide", "subslide") for c in on_slides(book)]
    steps = page.evaluate(WALK)
    assert [step for step in steps if step["cut"] or not step["seen"]] == []
    assert len(steps) >= page.evaluate("Reveal.getTotalSlides()") >= sum(starts)
    deck = page.evaluate(DECK)
    assert deck["pages"] == page.evaluate("Reveal.getTotalSlides()")
    assert deck["empty"] == 0
    assert deck["tooWide"] == []
    assert deck["letters"] >= LEAST_LETTERS
    assert deck["pictures"] == pictures_of(book)
    assert deck["blank"] == 0
    assert deck["narrow"] == []
    assert deck["formulas"] == formulas_of(book)
    assert deck["unset"] == deck["errors"] == 0


def test_the_first_page_leads_to_every_deck(decks, page):
    page.goto((decks / "index.html").as_uri())
    links = page.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == [f"{path.stem}.html" for path in NOTEBOOKS]
    page.locator("a").first.click()
    page.wait_for_function(READY, timeout=PATIENCE)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_links_between_decks_lead_somewhere(path, decks):
    text = (decks / f"{path.stem}.html").read_text(encoding="utf-8")
    links = [link for link in re.findall(r'<a href="([^"#]+)"', text) if ":" not in link]
    assert len(links) > 0
    assert [link for link in links if not (decks / link).exists()] == []
