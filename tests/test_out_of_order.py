"""Notebooks as students run them: backwards, cells again, and one explorer moved of two.

`make test` compares each notebook run from top to bottom with what is stored; here the order is
another one, in a real kernel.
"""

import random

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from tools.book import WIDGET_VIEW, Book, read, shows_an_explorer
from tools.refresh import NOTEBOOKS, SECONDS_PER_CELL, normalise

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
DAILY = ("00_start_here", "04_letter_h")  # the others are for the weekly run
SEED = 3

# Run in the kernel behind two explorers: moves each control of the first in turn.
MOVE = """
def _moved(control):
    if hasattr(control, "max") and hasattr(control, "step"):
        return control.min if control.value > control.min else control.value + control.step
    if hasattr(control, "options"):
        values = [value for _, value in control._options_full]
        return next((value for value in values if value != control.value), None)
    if isinstance(control.value, bool):
        return not control.value
    return control.value + "1" if isinstance(control.value, str) else None

def _controls(explorer):
    for name, control in explorer.controls.items():
        if name == "code":  # it shows the code, not another picture
            continue
        yield from (s for row in control for s in row) if name == "kernel" else (control,)

def _alone(first, second):
    assert not set(_controls(first)) & set(_controls(second)), "they share a control"
    before, answered = (second.frames, second.picture.value, repr(second)), 0
    for control in _controls(first):
        wanted = _moved(control) if hasattr(control, "value") else None
        if wanted is None or getattr(control, "disabled", False):
            continue
        frames, control.value = first.frames, wanted
        assert first.frames == frames + 1 or first.message, control
        answered += first.frames - frames
    assert (second.frames, second.picture.value, repr(second)) == before, "the second has moved"
    return answered
"""


class Kernel:
    """A notebook in a kernel of its own; cells are run one by one, in any order."""

    def __init__(self, path) -> None:
        self.node = read(path)
        self.cells = Book(path, self.node).code
        for cell in self.cells:
            cell.outputs = []
        self.client = NotebookClient(
            self.node,
            timeout=SECONDS_PER_CELL,
            kernel_name="python3",
            resources={"metadata": {"path": str(path.parent)}},
            allow_errors=True,
            store_widget_state=False,
        )

    def run(self, cell) -> list:
        """Run a cell and return its outputs."""
        self.client.execute_cell(cell, self.node.cells.index(cell))
        return cell.outputs

    def calculate(self, source: str) -> str:
        """Run some code beside the notebook; return what its last line shows."""
        self.node.cells.append(new_code_cell(source))
        outputs = self.run(self.node.cells[-1])
        self.node.cells.pop()
        assert errors(outputs) == [], outputs
        return "".join(output["data"]["text/plain"] for output in outputs)

    def texts(self) -> list:
        """Return what the cells show, without pictures and the names of widgets."""
        normalise(self.node)
        return [
            [o.get("text") or {**o.data, "image/png": None, WIDGET_VIEW: None} for o in c.outputs]
            for c in self.cells
        ]


def errors(outputs) -> list[str]:
    return [output.ename for output in outputs if output.output_type == "error"]


def views(outputs) -> set[str]:
    return {o.data[WIDGET_VIEW]["model_id"] for o in outputs if WIDGET_VIEW in o.get("data", {})}


@pytest.mark.parametrize(
    "path",
    [pytest.param(p, marks=() if p.stem in DAILY else pytest.mark.weekly) for p in PATHS],
    ids=lambda path: path.stem,
)
def test_a_cell_shows_the_same_whenever_it_is_run(path):
    """Backwards first, which only misses names; then from the top; then each again, at random."""
    kernel, stored = Kernel(path), Kernel(path)
    for cell, known in zip(stored.cells, Book(path, read(path)).code, strict=True):
        cell.outputs = known.outputs
    with kernel.client.setup_kernel():
        for cell in kernel.cells[::-1]:
            assert set(errors(kernel.run(cell))) <= {"NameError"}, cell.source
        first = [views(kernel.run(cell)) for cell in kernel.cells]
        assert kernel.texts() == stored.texts()
        kernel.calculate(MOVE)
        for number in random.Random(SEED).sample(range(len(first)), len(first)):
            again = views(run_again(kernel, kernel.cells[number]))
            assert not first[number] & again
        assert kernel.texts() == stored.texts()


def run_again(kernel: Kernel, cell) -> list:
    """Run a cell; where it shows an explorer, run it twice: the two have to be independent."""
    if not shows_an_explorer(cell):
        return kernel.run(cell)
    assert views(kernel.run(cell))
    kernel.calculate("_first = Out[max(Out)]")
    outputs = kernel.run(cell)
    assert int(kernel.calculate("_alone(_first, Out[max(Out)])")) > 0, cell.source
    return outputs
