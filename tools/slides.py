"""Turn the notebooks into slide decks that need no network: `python -m tools.slides`.

nbconvert writes one reveal.js deck for each notebook. What a deck loads, reveal.js and MathJax,
comes out of two wheels, once, and is copied beside it: no Node, nothing from outside when shown.
"""

import html
import re
import shutil
import subprocess
import sys
from pathlib import Path

from nbconvert import SlidesExporter

from tools.book import Book, read

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / "tools" / "deck"
OUT = ROOT / "build" / "slides"
WHEELS = ROOT / "build" / "slide-parts"
REVEAL = Path("sphinx_revealjs", "_static", "revealjs")
MATHJAX = Path("jupyter_server_mathjax", "static")
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


def fetch(folder: Path = WHEELS) -> Path:
    """Unpack the wheels of parts.txt into `folder`, unless that was done before.

    Raises
    ------
    subprocess.CalledProcessError
        pip could not get them.
    """
    listed = OURS / "parts.txt"
    done = folder / listed.name
    if not done.exists() or done.read_text() != listed.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        pip += ["--no-deps", "--target", str(folder), "--requirement", str(listed)]
        subprocess.run(pip, check=True)
        shutil.copy(listed, done)
    return folder


def copy_parts(wheels: Path, folder: Path) -> None:
    """Copy what the decks load to `folder`."""
    shutil.copytree(wheels / REVEAL, folder / "reveal")
    shutil.copytree(wheels / MATHJAX, folder / "mathjax")
    shutil.copy(OURS / "deck.css", folder / "reveal" / "dist" / "theme")


def deck(book: Book) -> str:
    """Return a notebook as the HTML of a slide deck."""
    exporter = SlidesExporter(
        template_name=OURS.name,
        extra_template_basedirs=[str(OURS.parent)],
        reveal_url_prefix="parts/reveal",
        reveal_theme="deck",
    )
    resources = {"metadata": {"name": title(book)}}
    page, _ = exporter.from_notebook_node(book.node, resources)
    page = re.sub(r'(<a href="\w+)\.ipynb"', r'\1.html"', page)
    return page.replace('<a href="../data/', '<a href="data/')


def title(book: Book) -> str:
    """Return the first heading of a notebook."""
    return re.search(r"^# (.+)$", book.prose[0], re.MULTILINE).group(1)


def contents(books: list[Book]) -> str:
    """Return the page that leads to all decks."""
    rows = [
        f'<li><a href="{book.path.stem}.html">{html.escape(title(book))}</a></li>' for book in books
    ]
    return CONTENTS.format("\n".join(rows))


def build(out: Path = OUT) -> list[Path]:
    """Write a deck for every notebook, the page that leads to them, and what they load."""
    wheels = fetch()
    shutil.rmtree(out, ignore_errors=True)
    copy_parts(wheels, out / "parts")
    shutil.copytree(ROOT / "data", out / "data")
    paths = sorted((ROOT / "notebooks").glob("*.ipynb"))
    books = [Book(path, read(path)) for path in paths]
    decks = []
    for book in books:
        decks.append(out / f"{book.path.stem}.html")
        decks[-1].write_text(deck(book), encoding="utf-8")
    (out / "index.html").write_text(contents(books), encoding="utf-8")
    return decks


def main() -> None:
    """Build all decks and say where they are."""
    decks = build()
    print(f"{len(decks)} decks; open {OUT.relative_to(Path.cwd()) / 'index.html'} in a browser")


if __name__ == "__main__":
    main()
