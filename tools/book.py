"""A notebook as the rules see it: its number, cells, prose, sections, outputs."""

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import nbformat
from nbformat import NotebookNode

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


@dataclass(frozen=True)
class Book:
    """A notebook and its file."""

    path: Path
    node: NotebookNode

    @property
    def number(self) -> int:
        """The number its file name starts with; -1 if it has none."""
        match = re.match(r"\d+", self.path.name)
        return int(match.group()) if match else -1

    @property
    def cells(self) -> list[NotebookNode]:
        """All cells."""
        return self.node.cells

    @property
    def code(self) -> list[NotebookNode]:
        """The cells with code in them."""
        return [c for c in self.cells if c.cell_type == "code" and c.source.strip()]

    @property
    def prose(self) -> list[str]:
        """The text of the markdown cells, without the code in them."""
        return [without_code(c.source) for c in self.cells if c.cell_type == "markdown"]


def read(path: Path) -> NotebookNode:
    """Read a notebook file."""
    return nbformat.read(path, as_version=4)


def minutes(book: Book) -> int | None:
    """Return how many minutes a notebook says it takes."""
    found = re.search(r"(\d+)\s*(?:minutes|min\b)", "\n".join(prose_before_code(book)))
    return int(found.group(1)) if found else None


def minutes_needed(book: Book) -> int:
    """Return how long a notebook takes: to read its words, run its cells, do its exercises.

    180 words a minute, 40 seconds for a code cell, 2 minutes for an exercise; rounded to 5 minutes.
    """
    words = sum(len(cell.source.split()) for cell in book.cells if cell.cell_type == "markdown")
    exercises = sum(is_exercise(cell) for cell in book.cells)
    return 5 * round((words / 180 + len(book.code) * 40 / 60 + 2 * exercises) / 5)


def prose_before_code(book: Book) -> list[str]:
    """Return the texts that come before the first code cell."""
    before = takewhile(lambda cell: cell.cell_type != "code", book.cells)
    return [without_code(cell.source) for cell in before]


def without_code(markdown: str) -> str:
    """Return markdown without code fences and `code` in a line."""
    fenced = re.compile(r"^(```|~~~).*?^\1", re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "", fenced.sub("", markdown))


def first_line(cell: NotebookNode) -> str:
    """Return the line by which a complaint names a cell."""
    return cell.source.strip().partition("\n")[0][:60]


def parsed(cell: NotebookNode) -> ast.Module:
    """Return the statements of a code cell; none if it is no Python: `is_plain_python` says so."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return ast.Module([], [])


def imported(cell: NotebookNode) -> list[str]:
    """Return the packages that a code cell imports."""
    names: list[str] = []
    for node in ast.walk(parsed(cell)):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append((node.module or ".").partition(".")[0])
    return names


def names(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the names that a code cell binds, and those that it takes from other cells."""
    module = symtable.symtable(ast.unparse(parsed(cell)), "cell", "exec")
    tables = [module]
    for table in tables:
        tables += table.get_children()
    own = (one for one in module.get_symbols() if one.is_assigned() or one.is_imported())
    bound = {one.get_name() for one in own}
    symbols = (one for table in tables for one in table.get_symbols())
    read = {one.get_name() for one in symbols if one.is_global() and one.is_referenced()}
    return bound, read - bound


def is_exercise(cell: NotebookNode) -> bool:
    """Say whether a cell calls a `check...` function on a blank, which is an Ellipsis."""
    if cell.cell_type != "code":
        return False
    nodes = list(ast.walk(parsed(cell)))
    called = [ast.unparse(node.func) for node in nodes if isinstance(node, ast.Call)]
    blank = any(isinstance(node, ast.Constant) and node.value is ... for node in nodes)
    return blank and any(name.startswith("check") for name in called)


def shows_an_explorer(cell: NotebookNode) -> bool:
    """Say whether a cell ends in the call that makes an explorer: `explore...` or `predict`."""
    last = parsed(cell).body[-1:]
    calls = [one.value for one in last if isinstance(one, ast.Expr)]
    names = [ast.unparse(call.func) for call in calls if isinstance(call, ast.Call)]
    return any(re.fullmatch(r"explore(_\w+)?|predict", name) for name in names)


def outputs(book: Book) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Yield every output with the cell it belongs to."""
    for cell in book.code:
        for output in cell.outputs:
            yield output, cell


def text_of(output: NotebookNode) -> str:
    """Return all text of an output."""
    data = output.get("data", {})
    texts = (output.get("text", ""), data.get("text/plain", ""), data.get("text/html", ""))
    return "\n".join(texts)


def sections(book: Book) -> list[tuple[str, list[NotebookNode]]]:
    """Return the H2 sections with their cells; what comes before the first is not one."""
    found: list[tuple[str, list[NotebookNode]]] = []
    for cell in book.cells:
        if cell.cell_type == "markdown":
            headings = re.findall(r"^## (.*)", without_code(cell.source), re.MULTILINE)
            found += [(title, []) for title in headings[:1]]
        if found:
            found[-1][1].append(cell)
    return found
