"""`make refresh`: what is stored, that it is stable, and that strict nbval then compares it."""

import copy
import os
import subprocess
import sys

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from tools.check import STEPS
from tools.refresh import as_text, main, normalise

EXPLORER = """
import ipywidgets, os
class Explorer(ipywidgets.VBox):
    def _repr_mimebundle_(self, **options):
        bundle = super()._repr_mimebundle_(**options)
        data = bundle[0] if isinstance(bundle, tuple) else bundle
        return {**data, "image/png": "aGVsbG8=", "text/plain": "The sum is 18."}
Explorer([ipywidgets.IntSlider()])
"""


def write(path, *sources, tags=()):
    cells = [new_markdown_cell("# 01 · A title")]
    cells += [new_code_cell(source, metadata={"tags": list(tags)}) for source in sources]
    path.write_text(as_text(new_notebook(cells=cells)), encoding="utf-8")
    return path


def stored_outputs(path):
    return [cell.outputs for cell in nbformat.read(path, as_version=4).cells[1:]]


def test_normalise_keeps_what_readers_see_and_drops_the_rest():
    transient = {"execution": {"iopub.execute_input": "12:00"}, "tags": ["a"], "collapsed": False}
    view = {"application/vnd.jupyter.widget-view+json": {}, "text/html": "<p>", "text/plain": "a 3"}
    outputs = [
        new_output("stream", name="stdout", text="one\n"),
        new_output("stream", name="stdout", text="two\n"),
        new_output("stream", name="stderr", text="three\n"),
        new_output("display_data", data=view, metadata={"text/html": {"isolated": True}}),
        new_output("execute_result", data={"text/html": "<b>"}, execution_count=41),
    ]
    empty, full = new_code_cell(""), new_code_cell("f()", metadata=transient, outputs=outputs)
    full.execution_count = 41
    node = new_notebook(cells=[empty, full], metadata={"widgets": {"state": 1}, "toc": 2})
    normalise(node)
    assert set(node.metadata) == {"kernelspec", "language_info"}
    assert node.metadata.language_info == {"name": "python"}
    assert (empty.execution_count, full.execution_count) == (None, 1)
    assert full.metadata == {"tags": ["a"]}
    assert [o.get("text") for o in full.outputs[:2]] == ["one\ntwo\n", "three\n"]
    assert full.outputs[2].data == {"text/plain": "a 3"}
    assert full.outputs[2].metadata == {}
    assert full.outputs[3].execution_count == 1


def test_a_picture_gets_its_sentence_as_alternative_text():
    data = {"image/png": "aGVsbG8=", "text/plain": "Input 3 × 3."}
    cell = new_code_cell("picture", outputs=[new_output("display_data", data=data)])
    normalise(new_notebook(cells=[cell]))
    assert cell.outputs[0].metadata == {"image/png": {"alt": "Input 3 × 3."}}


def test_cells_without_an_id_get_the_same_one_each_time():
    cells = [new_code_cell("a = 1", id="kept"), new_code_cell("b = 2"), new_code_cell("b = 2")]
    nodes = []
    for _ in range(2):
        node = new_notebook(cells=copy.deepcopy(cells))
        node.cells[1].pop("id")
        node.cells[2].id = "kept"
        normalise(node)
        nodes.append([cell.id for cell in node.cells])
    assert nodes[0] == nodes[1]
    assert nodes[0][0] == "kept"
    assert len(set(nodes[0])) == 3


@pytest.fixture(scope="module")
def refreshed(tmp_path_factory):
    folder = tmp_path_factory.mktemp("notebooks")
    (folder / "letter.txt").write_text("H")
    path = write(folder / "01_a.ipynb", EXPLORER, "print(open('letter.txt').read())\n1 + 2")
    assert main([str(path)]) == 0
    return path


def test_refresh_runs_in_the_folder_and_stores_picture_and_description(refreshed):
    explorer, (said, result) = stored_outputs(refreshed)
    assert explorer[0].data == {"image/png": "aGVsbG8=", "text/plain": "The sum is 18."}
    assert said.text == "H\n"
    assert result.data == {"text/plain": "3"}


def test_refreshing_twice_changes_nothing(refreshed, capsys):
    before = refreshed.read_bytes()
    assert main([str(refreshed)]) == 0
    assert "01_a.ipynb: unchanged" in capsys.readouterr().out
    assert refreshed.read_bytes() == before
    assert before.endswith(b"}\n")


def test_strict_nbval_passes_what_refresh_stored_and_fails_what_was_altered(refreshed):
    node = nbformat.read(refreshed, as_version=4)
    node.cells[1].outputs[0].data["text/plain"] = "The sum is 17."
    altered = refreshed.with_name("02_altered.ipynb")
    altered.write_text(as_text(node))
    command = [sys.executable, "-m", *STEPS["notebooks"][:-1], "-p", "xdist", "-p", "nbval.plugin"]
    run = subprocess.run(
        [*command, "-n", "0", "."],
        cwd=refreshed.parent,
        env={**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    altered.unlink()
    assert run.returncode == 1
    assert "FAILED 02_altered.ipynb::Cell 0" in run.stdout
    assert "1 failed, 3 passed" in run.stdout


def test_a_notebook_that_raises_is_left_alone_and_the_next_is_still_stored(tmp_path, capsys):
    bad = write(tmp_path / "01_bad.ipynb", "1 / 0")
    good = write(tmp_path / "02_good.ipynb", "1 / 0", tags=["raises-exception"])
    before = bad.read_bytes()
    assert main([str(bad), str(good)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert bad.read_bytes() == before
    assert stored_outputs(good)[0][0].ename == "ZeroDivisionError"


def test_a_notebook_that_is_not_there_is_an_error(tmp_path, capsys):
    assert main([str(tmp_path / "03_none.ipynb")]) == 1
    assert "03_none.ipynb" in capsys.readouterr().err


def test_of_a_progress_bar_the_last_line_is_stored(tmp_path):
    path = write(
        tmp_path / "01_bar.ipynb",
        "from helpers.layers.progress import Progress\nbar = Progress(2)",
        "bar.advance()\nbar.advance()\nbar.close()",
        "print('█' * 30 + ' 2 of 2 steps' + 40 * ' ')",  # what a browser keeps of it
    )
    assert main([str(path)]) == 0
    _, (bar,), (kept,) = stored_outputs(path)
    assert bar.text == kept.text == "█" * 30 + " 2 of 2 steps\n"
