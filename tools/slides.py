"""Turn the notebooks into slide decks that need no network: `python -m tools.slides`.

nbconvert writes one reveal.js deck for each notebook, with recordings of its explorers. What a deck
loads is copied beside it: nothing comes from outside, and a deck opens as a file.
"""

import html
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from nbconvert import SlidesExporter

from tools.book import Book
from tools.recordings import record
from tools.site import BUILDER, MATHJAX, NOTEBOOKS, ROOT

DECK = ROOT / "tools" / "deck"
OUT = ROOT / "build" / "slides"
REVEAL = BUILDER / "sphinx_revealjs/_static/revealjs"
CONTENTS = """\
<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Convolution, one window at a time: slides</title>
<style>body {{ max-width: 50em; margin: 2em auto; font: 22px/1.7 system-ui, sans-serif; }}</style>
<h1>Convolution, one window at a time</h1>
<p>One deck for each notebook. Space goes on, Escape shows all slides, F fills the screen.</p>
<ul>
{}
</ul>
"""


def deck(book: Book) -> str:
    """Return a notebook as the HTML of a slide deck."""
    exporter = SlidesExporter(
        template_name=DECK.name,
        extra_template_basedirs=[str(DECK.parent)],
        reveal_url_prefix="parts/reveal",
        reveal_theme="deck",
    )
    page, _ = exporter.from_notebook_node(book.node, {"metadata": {"name": title(book)}})
    page = re.sub(r'(<a href="\w+)\.ipynb"', r'\1.html"', page)
    return page.replace('<a href="../data/', '<a href="data/')


def title(book: Book) -> str:
    """Return the first heading of a notebook."""
    return re.search(r"^# (.+)$", book.prose[0], re.MULTILINE).group(1)


def contents(books: list[Book]) -> str:
    """Return the page that leads to all decks."""
    links = [f'<a href="{book.path.stem}.html">{html.escape(title(book))}</a>' for book in books]
    return CONTENTS.format("\n".join(f"<li>{link}</li>" for link in links))


def build(out: Path = OUT, notebooks: Sequence[Path] = ()) -> list[Path]:
    """Write a deck for each notebook, all of them if none is named; return their files.

    Raises
    ------
    RuntimeError
        A notebook cannot be recorded; the message names it.
    """
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(ROOT / "data", out / "data")
    shutil.copytree(REVEAL, out / "parts/reveal")
    shutil.copy(DECK / "deck.css", out / "parts/reveal/dist/theme")
    shutil.copy(MATHJAX, out / "parts/mathjax.js")
    for name in ("recording.js", "recording.css"):
        shutil.copy(ROOT / "book/_static" / name, out / "parts")
    paths = notebooks or sorted(NOTEBOOKS.glob("*.ipynb"))
    books = list(map(Book, paths, record(paths, out / "pictures", "pictures")))
    decks = [out / f"{book.path.stem}.html" for book in books]
    for book, file in zip(books, decks, strict=True):
        file.write_text(deck(book), encoding="utf-8")
    (out / "index.html").write_text(contents(books), encoding="utf-8")
    return decks


def main() -> None:
    """Build all decks and say where they are."""
    decks = build()
    print(f"{len(decks)} decks; open {OUT.relative_to(Path.cwd()) / 'index.html'} in a browser")


if __name__ == "__main__":
    main()
