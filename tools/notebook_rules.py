"""The rules that every notebook keeps, one small function each.

A rule takes a `Book` and yields one sentence for everything that breaks it.
`tests/test_notebooks.py` holds all notebooks against all rules, and each rule against a notebook
that breaks it.
"""

import ast
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote

from tools.book import (
    WIDGET_VIEW,
    Book,
    first_line,
    imported,
    is_exercise,
    minutes,
    minutes_needed,
    names,
    outputs,
    prose_before_code,
    read,
    sections,
    shows_an_explorer,
    text_of,
)

MOST_BYTES = 500_000
MOST_CODE_LINES = 14
MOST_IMPORT_LINES = 9
FEWEST_OUTCOMES = 3
FEWEST_EXERCISES = 2
SHORTEST_DESCRIPTION = 40
LONGEST_REPEATED_LINES = 3

SLIDE_TYPES = {"slide", "subslide", "fragment", "skip", "notes"}
IMPORTABLE = {"helpers", "numpy", "scipy", "matplotlib", "PIL", "ipywidgets", "IPython"}
NOT_COMPARED = re.compile(r"NBVAL_(IGNORE_OUTPUT|SKIP)|PYTEST_VALIDATE_IGNORE_OUTPUT", re.I)
# What differs between two runs, two machines or two versions.
UNSTABLE = {
    "an address in memory": re.compile(r"0x[0-9a-f]{6,}"),
    "a bare NumPy scalar": re.compile(r"\bnp\.(float|int|uint|bool|str|complex)\w*\("),
    "a figure's default repr": re.compile(r"<Figure size"),
    "a path of this machine": re.compile(r"/(home|root|tmp|work|Users|opt|usr)/|[A-Z]:\\\\"),
}
TALKING_DOWN = re.compile(r"\b(simply|obviously|trivially|of course)\b", re.IGNORECASE)
ITEM = re.compile(r"^\s*(?:[-*]|\d+\.)\s", re.MULTILINE)
LINK = re.compile(r"""\]\(\s*<?([^\s)>]+)|\b(?:href|src)=["']([^"']+)["']""")
FROM_OUTSIDE = re.compile(r"""!\[[^]]*\]\((https?:[^)\s]+)|src=["'](https?:[^"']+)""")

Rule = Callable[[Book], Iterator[str]]
RULES: dict[str, Rule] = {}


def rule(function: Rule) -> Rule:
    """Enter a rule in the list, under its name."""
    RULES[function.__name__] = function
    return function


def complaints(path: Path) -> list[str]:
    """Return what all rules have to say about one notebook."""
    book = Book(path, read(path))
    return [f"{name}: {text}" for name, check in RULES.items() for text in check(book)]


# ----------------------------------------------------------------------------- order of the cells


@rule
def starts_with_its_title(book: Book) -> Iterator[str]:
    """The first cell is the only H1: the number of the file, then the idea."""
    titles = [line for text in book.prose for line in text.splitlines() if line.startswith("# ")]
    if len(titles) != 1:
        yield f"has {len(titles)} headings of the first level, needs 1"
    first = book.cells[0] if book.cells else None
    found = first and re.match(r"# 0*(\d+)\W+\w+\W+\w+", first.source)
    if not found or first.cell_type != "markdown" or int(found.group(1)) != book.number:
        yield f"the first cell is no title with number {book.number:02d} and an idea"


@rule
def names_its_outcomes(book: Book) -> Iterator[str]:
    """Before any code: "You will be able to", as a list."""
    before = "\n".join(prose_before_code(book))
    found = re.search(r"you will be able to", before, re.IGNORECASE)
    if not found:
        yield 'does not say "You will be able to" before the first code cell'
        return
    outcomes = ITEM.findall(before[found.end() :])
    if len(outcomes) < FEWEST_OUTCOMES:
        yield f"names {len(outcomes)} outcomes, needs {FEWEST_OUTCOMES}"


@rule
def states_its_minutes(book: Book) -> Iterator[str]:
    """As many as it takes by the same arithmetic as all other notebooks."""
    if minutes(book) != minutes_needed(book):
        yield f"says that it takes {minutes(book)} minutes: {minutes_needed(book)}"


@rule
def imports_in_one_cell(book: Book) -> Iterator[str]:
    """The first code cell has the imports, in under ten lines; no other cell has any."""
    for position, cell in enumerate(book.code):
        if position > 0 and imported(cell):
            yield f"imports outside the first code cell: {first_line(cell)}"
    first = book.code[0] if book.code else None
    if first is None or not imported(first):
        yield "the first code cell imports nothing"
    elif len(first.source.splitlines()) > MOST_IMPORT_LINES:
        yield f"the import cell has over {MOST_IMPORT_LINES} lines"


@rule
def imports_what_readers_have(book: Book) -> Iterator[str]:
    """Only what requirements.txt installs, and Python's own modules."""
    for cell in book.code:
        for name in imported(cell):
            if name not in IMPORTABLE and name not in sys.stdlib_module_names:
                yield f"imports {name}, which a reader may not have"


@rule
def is_plain_python(book: Book) -> Iterator[str]:
    """No magics, no shell commands: every cell is Python that runs anywhere."""
    for cell in book.code:
        try:
            ast.parse(cell.source)
        except SyntaxError:
            yield f"not plain Python: {first_line(cell)}"


@rule
def ends_with_a_summary(book: Book) -> Iterator[str]:
    """A section "Summary" with a list, except in the notebook that only shows the way."""
    found = [text for text in book.prose if re.match(r"## .*summary", text, re.IGNORECASE)]
    if book.number == 0:
        return
    if len(found) != 1:
        yield f"has {len(found)} sections called Summary, needs 1"
    elif len(ITEM.findall(found[0])) < FEWEST_OUTCOMES:
        yield "the summary has fewer sentences than a notebook has outcomes"


@rule
def leads_to_the_next(book: Book) -> Iterator[str]:
    """One of the last two texts links to the notebook that follows, where there is one."""
    later = [p.name for p in sorted(book.path.parent.glob("*.ipynb")) if p.name > book.path.name]
    if later and not any(f"]({later[0]})" in text for text in book.prose[-2:]):
        yield f"does not end with a link to {later[0]}"


# ------------------------------------------------------------------------------------ code cells


@rule
def has_short_cells(book: Book) -> Iterator[str]:
    """A code cell fits on a slide."""
    for cell in book.code:
        lines = len(cell.source.splitlines())
        if lines > MOST_CODE_LINES:
            yield f"a code cell of {lines} lines, at most {MOST_CODE_LINES}: {first_line(cell)}"


@rule
def has_no_silencing_semicolon(book: Book) -> Iterator[str]:
    """A `;` at the end hides an output in JupyterLab, but not from nbval."""
    for cell in book.code:
        if cell.source.rstrip().endswith(";"):
            yield f"a cell ends in a semicolon: {first_line(cell)}"


@rule
def keeps_its_names(book: Book) -> Iterator[str]:
    """A name means one thing: a cell shows the same whichever cells were run again before."""
    cells = [(first_line(cell), *names(cell)) for cell in book.code]
    for line, _, needed in cells:
        for name in sorted(needed):
            makers = [other for other, bound, _ in cells if name in bound]
            if len(makers) > 1:
                yield f"{line!r} needs the {name} that each of {makers} makes"


@rule
def has_checked_exercises(book: Book) -> Iterator[str]:
    """At least two blanks that are checked, each followed by a folded solution."""
    exercises = [i for i, cell in enumerate(book.cells) if is_exercise(cell)]
    if book.number != 0 and len(exercises) < FEWEST_EXERCISES:
        yield f"has {len(exercises)} checked exercises, needs {FEWEST_EXERCISES}"
    for i in exercises:
        later = takewhile(lambda cell: cell.cell_type == "markdown", book.cells[i + 1 :])
        following = "\n".join(cell.source for cell in later)
        if "<details>" not in following or "<summary>" not in following:
            yield f"no folded solution after the exercise: {first_line(book.cells[i])}"


@rule
def is_on_slides(book: Book) -> Iterator[str]:
    """Every cell says where it stands in the lecture."""
    for cell in book.cells:
        kind = cell.metadata.get("slideshow", {}).get("slide_type")
        if kind not in SLIDE_TYPES:
            yield f"slide_type {kind!r} is none of {sorted(SLIDE_TYPES)}: {first_line(cell)}"


@rule
def leaves_nothing_unchecked(book: Book) -> Iterator[str]:
    """No cell asks nbval to look away."""
    for cell in book.code:
        marks = [*cell.metadata.get("tags", []), cell.source]
        if any(NOT_COMPARED.search(mark.replace("-", "_")) for mark in marks):
            yield f"nbval is told to ignore: {first_line(cell)}"


# --------------------------------------------------------------------------------------- outputs


@rule
def was_run_from_the_top(book: Book) -> Iterator[str]:
    """Execution counts are 1, 2, 3, ..."""
    counts = [cell.execution_count for cell in book.code]
    if counts != list(range(1, len(counts) + 1)):
        yield f"execution counts are {counts}: run `make refresh`"


@rule
def has_no_errors(book: Book) -> Iterator[str]:
    """No stored error, and nothing on stderr (warnings, progress bars)."""
    for output, cell in outputs(book):
        if output.output_type == "error":
            yield f"stores the error {output.ename}: {first_line(cell)}"
        if output.get("name") == "stderr":
            yield f"writes to stderr: {first_line(cell)}"


@rule
def stores_no_widgets(book: Book) -> Iterator[str]:
    """Neither state nor views: before it is run, a reader would see "model not found"."""
    if "widgets" in book.node.metadata:
        yield "stores widget state"
    for output, cell in outputs(book):
        if WIDGET_VIEW in output.get("data", {}):
            yield f"stores a widget view: {first_line(cell)}"


@rule
def shows_the_same_everywhere(book: Book) -> Iterator[str]:
    """No output that differs between two runs, machines or versions."""
    for output, cell in outputs(book):
        for what, pattern in UNSTABLE.items():
            if pattern.search(text_of(output)):
                yield f"an output has {what}: {first_line(cell)}"
        if "image/svg+xml" in output.get("data", {}):
            yield f"an output is SVG, which holds a time stamp: {first_line(cell)}"


@rule
def describes_its_pictures(book: Book) -> Iterator[str]:
    """A picture comes with a sentence that has its numbers: nbval compares that."""
    for output, cell in outputs(book):
        text = output.get("data", {}).get("text/plain", "")
        wanting = len(text) <= SHORTEST_DESCRIPTION or not re.search(r"\d", text)
        if "image/png" in output.get("data", {}) and wanting:
            yield f"a picture is described by only {text!r}: {first_line(cell)}"


@rule
def pictures_its_explorers(book: Book) -> Iterator[str]:
    """An explorer is stored as a picture and its text: what GitHub and nbviewer show of it."""
    for cell in book.code:
        if shows_an_explorer(cell):
            stored = [set(output.get("data", {})) for output in cell.outputs]
            if stored != [{"image/png", "text/plain"}]:
                yield f"stores an explorer as {stored}, not as its picture: {first_line(cell)}"


@rule
def has_text_in_each_section(book: Book) -> Iterator[str]:
    """Each section with code has a text output: otherwise nbval checks nothing there."""
    for title, cells in sections(book):
        code = [c for c in cells if c.cell_type == "code" and c.source.strip()]
        if code and not any(text_of(output).strip() for c in code for output in c.outputs):
            yield f"no text output in the section {title!r}"


# --------------------------------------------------------------------------------- file and prose


@rule
def is_small(book: Book) -> Iterator[str]:
    """The file has less than 500 kB."""
    size = book.path.stat().st_size
    if size >= MOST_BYTES:
        yield f"has {size // 1000} kB, at most {MOST_BYTES // 1000}"


@rule
def links_to_what_is_there(book: Book) -> Iterator[str]:
    """Files that are linked to exist, and pictures do not come from the network."""
    for text in book.prose:
        for address in (a or b for a, b in LINK.findall(text)):
            file = unquote(address.partition("#")[0])
            if re.match(r"(https?:|mailto:|attachment:|data:)", address) or not file:
                continue
            if not (book.path.parent / file).exists():
                yield f"links to {address}, which is not there"
        for address in FROM_OUTSIDE.findall(text):
            yield f"shows a picture from the network: {''.join(address)}"


@rule
def does_not_talk_down(book: Book) -> Iterator[str]:
    """What is simple for the writer need not be for the reader."""
    for text in book.prose:
        for word in TALKING_DOWN.findall(text):
            yield f"says {word!r}"


def repeated_cells(books: Iterable[Book]) -> list[str]:
    """Return one sentence for each longer code cell that stands in two places."""
    seen: dict[str, str] = {}
    found = []
    for book in books:
        for cell in book.code[1:]:
            if len(cell.source.splitlines()) <= LONGEST_REPEATED_LINES:
                continue
            if cell.source in seen:
                found.append(f"{book.path.name} and {seen[cell.source]}: {first_line(cell)}")
            seen[cell.source] = book.path.name
    return found
