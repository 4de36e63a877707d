"""Run the notebooks and store them: `python -m tools.refresh [NOTEBOOK ...]` (`make refresh`).

A notebook is executed from the top in a new kernel, brought into one normal form, and written.
Running this twice changes nothing, so a difference in git is a difference in what readers see.
A notebook with a cell that raises is left as it was.
"""

import hashlib
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError
from nbformat import NotebookNode

from tools.book import WIDGET_VIEW, read
from tools.notebook_rules import complaints

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
SECONDS_PER_CELL = 120
# A browser keeps the spaces with which a progress bar wipes its line out.
WIPED_OUT = re.compile(r"^([█░]+ .*?) +$", re.MULTILINE)

KEPT_OF_A_WIDGET = ("image/png", "text/plain")
KEPT_OF_OTHERS = ("image/png", "text/html", "text/latex", "text/markdown", "text/plain")
KEPT_OF_A_CELL = ("jupyter", "slideshow", "tags")
# No versions: they would change with every reader's machine, and nothing needs them.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def execute(notebook: NotebookNode, folder: Path) -> None:
    """Run all cells in a new kernel that starts in `folder`; outputs go into `notebook`.

    Raises
    ------
    CellExecutionError
        A cell raised that is not tagged `raises-exception`.
    """
    client = NotebookClient(
        notebook,
        timeout=SECONDS_PER_CELL,
        kernel_name="python3",
        extra_arguments=["--IPKernelApp.log_level=ERROR"],
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=False,
    )
    with tempfile.TemporaryDirectory() as empty:  # without anybody's start-up files
        client.execute(env={**os.environ, "IPYTHONDIR": empty})


def normalise(notebook: NotebookNode) -> None:
    """Bring an executed notebook into the form in which it is stored."""
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    notebook.metadata = nbformat.from_dict(METADATA)
    _name_cells(notebook.cells)
    count = 0
    for cell in notebook.cells:
        cell.metadata = _kept(cell.metadata, KEPT_OF_A_CELL)
        if cell.cell_type == "code":
            count += bool(cell.source.strip())
            _normalise_code(cell, count if cell.source.strip() else None)


def _normalise_code(cell: NotebookNode, count: int | None) -> None:
    cell.execution_count = count
    cell.outputs = _merge_streams(cell.outputs)
    for output in cell.outputs:
        if output.output_type == "execute_result":
            output.execution_count = count
        if "data" in output:
            kept = KEPT_OF_A_WIDGET if WIDGET_VIEW in output.data else KEPT_OF_OTHERS
            output.data = _kept(output.data, kept)
            output.metadata = _kept(output.metadata, output.data)
            if {"image/png", "text/plain"} <= output.data.keys():  # nbconvert reads it from here
                output.metadata["image/png"] = {"alt": output.data["text/plain"]}


def _merge_streams(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """Join neighbouring pieces of one stream: how it was cut depends on the machine's speed."""
    merged: list[NotebookNode] = []
    for output in outputs:
        last = merged[-1] if merged else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            merged.append(output)
    for output in merged:
        if output.output_type == "stream":  # what a progress bar has written over is gone
            output.text = re.sub(r"^.*\r(?=[^\n])", "", output.text, flags=re.MULTILINE)
            output.text = WIPED_OUT.sub(r"\1", output.text)
    return merged


def _name_cells(cells: list[NotebookNode]) -> None:
    """Give an id to each cell that has none, or one taken already: a hash of what it says."""
    taken: set[str] = set()
    for cell in cells:
        name, attempt = cell.get("id"), 0
        while not name or name in taken:
            text = f"{cell.cell_type} {attempt} {cell.source}"
            name, attempt = hashlib.sha256(text.encode()).hexdigest()[:8], attempt + 1
        cell.id = name
        taken.add(name)


def _kept(mapping: NotebookNode, names: tuple[str, ...]) -> NotebookNode:
    return NotebookNode({name: mapping[name] for name in names if name in mapping})


def as_text(notebook: NotebookNode) -> str:
    """Return the notebook as it is written to a file."""
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def refresh(path: Path) -> bool:
    """Execute, normalise and store one notebook; return whether the file changed."""
    notebook = read(path)
    execute(notebook, path.parent)
    normalise(notebook)
    nbformat.validate(notebook)
    before, after = path.read_text(encoding="utf-8"), as_text(notebook)
    if after != before:
        path.write_text(after, encoding="utf-8", newline="\n")
    return after != before


def main(arguments: list[str]) -> int:
    """Refresh the notebooks named, or all; return the exit code."""
    paths = [Path(name).resolve() for name in arguments] or sorted(NOTEBOOKS.glob("*.ipynb"))
    failed = 0
    for path in paths:
        start = time.perf_counter()
        try:
            changed = refresh(path)
        except (OSError, CellExecutionError, CellTimeoutError) as error:
            failed += 1
            print(f"{path.name}: NOT STORED\n{error}", file=sys.stderr)
            continue
        state = "stored" if changed else "unchanged"
        print(f"{path.name}: {state}, {time.perf_counter() - start:.1f} s")
        for complaint in complaints(path):
            print(f"  {complaint}")
    return int(failed > 0 or not paths)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
