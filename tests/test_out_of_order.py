"""Notebooks as students run them: cells twice, backwards, and one explorer moved of two.

`make test` compares each notebook run from top to bottom with what is stored; here the order is
another one, in a real kernel.
"""

import random

import pytest
from jupyter_core.utils import run_sync
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

from tools.book import WIDGET_VIEW, Book, read, shows_an_explorer
from tools.refresh import NOTEBOOKS, SECONDS_PER_CELL, normalise

PATHS = sorted(NOTEBOOKS.glob("*.ipynb"))
SEED = 3
# At random, a name may be missing, or stand for what a later section calls by it.
OTHER_MEANING = {"NameError", "AttributeError", "TypeError", "ValueError"}
each_notebook = pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)

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


def errors(outputs) -> list[str]:
    return [output.ename for output in outputs if output.output_type == "error"]


def told(outputs) -> list:
    """Return what of some outputs is compared: all but pictures and the names of widgets."""
    return [o.get("text") or {**o.data, "image/png": None, WIDGET_VIEW: None} for o in outputs]


def views(outputs) -> set[str]:
    return {o.data[WIDGET_VIEW]["model_id"] for o in outputs if WIDGET_VIEW in o.get("data", {})}


@each_notebook
def test_any_order_leaves_a_kernel_that_shows_what_is_stored(path):
    """First backwards, then at random, then from the top with every cell twice."""
    kernel = Kernel(path)
    stored = Book(path, read(path)).code
    shuffled = random.Random(SEED).sample(kernel.cells, len(kernel.cells))
    with kernel.client.setup_kernel():
        for cell in kernel.cells[::-1]:
            assert set(errors(kernel.run(cell))) <= {"NameError"}, cell.source
        for cell in shuffled:
            assert set(errors(kernel.run(cell))) <= OTHER_MEANING, cell.source
        kernel.calculate(MOVE)
        for cell in kernel.cells:
            run_twice(kernel, cell)
    normalise(kernel.node)
    for cell, known in zip(kernel.cells, stored, strict=True):
        assert told(cell.outputs) == told(known.outputs), cell.source


def run_twice(kernel: Kernel, cell) -> None:
    """Run a cell twice; two explorers have to be independent of each other."""
    first = views(kernel.run(cell))
    if shows_an_explorer(cell):
        kernel.calculate("_first = Out[max(Out)]")
    second = views(kernel.run(cell))
    assert not first & second
    if shows_an_explorer(cell):
        assert first
        assert second
        assert int(kernel.calculate("_alone(_first, Out[max(Out)])")) > 0, cell.source


def test_restarting_and_running_all_shows_what_is_stored():
    path = PATHS[0]
    kernel = Kernel(path)
    with kernel.client.setup_kernel():
        for cell in kernel.cells[::-1]:
            kernel.run(cell)
        run_sync(kernel.client.km.restart_kernel)(now=True)
        run_sync(kernel.client.kc.wait_for_ready)(timeout=SECONDS_PER_CELL)
        for cell in kernel.cells:
            kernel.run(cell)
    normalise(kernel.node)
    known = Book(path, read(path)).code
    assert [told(cell.outputs) for cell in kernel.cells] == [told(cell.outputs) for cell in known]
