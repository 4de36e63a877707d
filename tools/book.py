"""A notebook as the rules see it: its number, cells, prose, sections, outputs."""

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
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
        """The text of the markdown cells, without what stands in code fences."""
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


def prose_before_code(book: Book) -> Iterator[str]:
    """Yield the texts that stand before the first code cell."""
    for cell in book.cells:
        if cell.cell_type == "code":
            return
        yield without_code(cell.source)


def without_code(markdown: str) -> str:
    """Return markdown without code fences and `code` in a line."""
    return re.sub(r"`[^`\n]*`", "", without_fences(markdown))


def without_fences(markdown: str) -> str:
    """Return markdown without code fences."""
    return re.sub(r"^(```|~~~).*?^\1", "", markdown, flags=re.DOTALL | re.MULTILINE)


def first_line(cell: NotebookNode) -> str:
    """Return the line by which a complaint names a cell."""
    return cell.source.strip().partition("\n")[0][:60]


def imported(cell: NotebookNode) -> list[str]:
    """Return the packages that a code cell imports."""
    names: list[str] = []
    for node in _walk(cell.source):
        if isinstance(node, ast.Import):
            names += [alias.name.partition(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append((node.module or ".").partition(".")[0])
    return names


def names(cell: NotebookNode) -> tuple[set[str], set[str]]:
    """Return the names that a code cell binds, and those that it takes from other cells."""
    try:
        module = symtable.symtable(cell.source, "cell", "exec")
    except SyntaxError:  # `is_plain_python` reports it
        return set(), set()
    tables = [module]
    for table in tables:
        tables += table.get_children()
    bound = {one.get_name() for one in module.get_symbols() if one.is_assigned()}
    symbols = (one for table in tables for one in table.get_symbols())
    read = {one.get_name() for one in symbols if one.is_global() and one.is_referenced()}
    return bound, read - bound


def is_exercise(cell: NotebookNode) -> bool:
    """Say whether a cell calls a `check...` function on a blank, which is an Ellipsis."""
    if cell.cell_type != "code":
        return False
    nodes = list(_walk(cell.source))
    checks = [n for n in nodes if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    blank = any(isinstance(n, ast.Constant) and n.value is ... for n in nodes)
    return blank and any(call.func.id.startswith("check") for call in checks)


def shows_an_explorer(cell: NotebookNode) -> bool:
    """Say whether a cell ends in the call that makes an explorer: `explore...` or `predict`."""
    last = next((n for n in _walk(cell.source) if isinstance(n, ast.Module)), ast.Module([], []))
    value = last.body[-1].value if last.body and isinstance(last.body[-1], ast.Expr) else None
    name = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
    return re.fullmatch(r"explore(_\w+)?|predict", name) is not None


def _walk(source: str) -> Iterator[ast.AST]:
    try:
        yield from ast.walk(ast.parse(source))
    except SyntaxError:  # `is_plain_python` reports it
        return


def outputs(book: Book) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    """Yield every output with the cell it belongs to."""
    for cell in book.code:
        for output in cell.outputs:
            yield output, cell


def text_of(output: NotebookNode) -> str:
    """Return all text of an output."""
    data = output.get("data", {})
    return "\n".join(
        [output.get("text", ""), data.get("text/plain", ""), data.get("text/html", "")]
    )


def sections(book: Book) -> Iterator[tuple[str, list[NotebookNode]]]:
    """Yield the H2 sections; what stands before the first is not one."""
    title, cells = None, []
    for cell in book.cells:
        heading = cell.cell_type == "markdown" and re.search(
            r"^## (.+)", without_fences(cell.source), re.MULTILINE
        )
        if heading:
            if title:
                yield title, cells
            title, cells = heading.group(1), []
        cells.append(cell)
    if title:
        yield title, cells
