"""All notebooks against all rules, and each rule against notebooks that break it.

What a rule wants is written at the rule, in `tools/notebook_rules.py`.
"""

import copy
import re
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import (
    new_code_cell,
    new_markdown_cell,
    new_notebook,
    new_output,
)

from tools.book import Book, minutes, read
from tools.notebook_rules import RULES, complaints, repeated_cells
from tools.refresh import as_text, normalise

FOLDER = Path(__file__).parent.parent / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


# --------------------------------------------------------------------------------- the notebooks


def test_there_are_notebooks_numbered_without_a_gap():
    numbers = [Book(path, None).number for path in NOTEBOOKS]
    assert numbers, f"no notebooks in {FOLDER}"
    assert numbers == list(range(len(numbers)))


@each_notebook
def test_keeps_the_rules(path):
    assert complaints(path) == []


@each_notebook
def test_is_stored_as_refresh_stores_it(path):
    notebook = read(path)
    nbformat.validate(notebook)
    normalise(notebook)
    assert as_text(notebook) == path.read_text(encoding="utf-8"), "run `make refresh`"


def test_no_longer_cell_stands_in_two_notebooks():
    assert repeated_cells([Book(path, read(path)) for path in NOTEBOOKS]) == []


@pytest.mark.parametrize("path", ["README.md", "notebooks/00_start_here.ipynb"])
def test_tables_of_notebooks_give_their_minutes(path):
    text = (FOLDER.parent / path).read_text(encoding="utf-8")
    rows = re.findall(r"\]\((?:notebooks/)?(\w+\.ipynb)\).*?\| *(\d+) *\|", text)
    stated = {one.name: str(minutes(Book(one, read(one)))) for one in NOTEBOOKS}
    assert {name for name, _ in rows} >= {one.name for one in NOTEBOOKS[1:]}
    assert [(name, number) for name, number in rows if stated[name] != number] == []


def test_the_readme_adds_the_minutes_up():
    hours = round(sum(minutes(Book(path, read(path))) for path in NOTEBOOKS) / 60)
    text = (FOLDER.parent / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(\d+) hours", text) == [str(hours)]


# ------------------------------------------------------------------------------------- the rules


def text(source, slide="slide"):
    return new_markdown_cell(source, metadata={"slideshow": {"slide_type": slide}})


def code(source, *outputs):
    metadata = {"slideshow": {"slide_type": "fragment"}}
    return new_code_cell(source, metadata=metadata, outputs=list(outputs))


def printed(said):
    return new_output("stream", name="stdout", text=said)


def shown(data):
    return new_output("display_data", data=data)


def count(node):
    for number, cell in enumerate((c for c in node.cells if c.cell_type == "code"), start=1):
        cell.execution_count = number


PICTURE = {
    "image/png": "aGVsbG8=",
    "text/plain": "Input (5, 5) from 0 to 9; the largest value stands in row 2.",
}
SOLUTION = "<details><summary>Solution</summary>\n\nIt is 3.\n\n</details>"


@pytest.fixture
def good(tmp_path):
    """A small notebook that keeps every rule, followed by another."""
    for name in ("01_first.ipynb", "02_second.ipynb", "picture.png"):
        (tmp_path / name).write_text("{}")
    cells = [
        text("# 01 · Sliding a kernel\n\nOne idea."),
        text("**You will be able to**\n\n- slide,\n- count,\n- sum.\n\n10 minutes."),
        code("import numpy as np"),
        text("## Sliding\n\n![a kernel](picture.png) and `[code](nowhere)`"),
        code("print(np.arange(3))", printed("[0 1 2]\n")),
        code("picture", shown(PICTURE)),
        text("## Exercises"),
        code("first = ...\ncheck(first, 3)", printed("Replace the dots.\n")),
        text(SOLUTION),
        code("second = ...\ncheck_size(second, 3)", printed("Replace the dots.\n")),
        text(SOLUTION),
        text("## Summary\n\n- You slid.\n- You counted.\n- You summed."),
        text("Next: [the second](02_second.ipynb), after [this](https://example.org)."),
    ]
    node = new_notebook(cells=cells)
    count(node)
    return Book(tmp_path / "01_first.ipynb", node)


def replaced(index, **changes):
    """A change that sets attributes of one cell."""
    return lambda node: node.cells[index].update(changes)


def inserted(index, *cells):
    """A change that puts in more cells and counts again."""

    def change(node):
        node.cells[index:index] = cells
        count(node)

    return change


def removed(*indices):
    """A change that takes cells out and counts again."""

    def change(node):
        node.cells = [cell for i, cell in enumerate(node.cells) if i not in indices]
        count(node)

    return change


def tagged(tag):
    return lambda node: node.cells[4].metadata.update(tags=[tag])


def with_widget_state(node):
    node.metadata["widgets"] = {"application/vnd.jupyter.widget-state+json": {}}


def without_outputs(node):
    node.cells[7].outputs = node.cells[9].outputs = []


def outputting(output):
    return inserted(5, code("show()", output))


LONG = "\n".join(f"x{i} = {i}" for i in range(15))
IMPORTS = "\n".join(f"import numpy as np{i}" for i in range(10))
VIEW = {"application/vnd.jupyter.widget-view+json": {}, **PICTURE}
ERROR = new_output("error", ename="ValueError", evalue="", traceback=[])
STDERR = new_output("stream", name="stderr", text="100 %")

BREAKING = [
    ("starts_with_its_title", replaced(0, source="# Sliding a kernel")),
    ("starts_with_its_title", replaced(0, source="# 02 · Sliding a kernel")),
    ("starts_with_its_title", replaced(0, source="# 01")),
    ("starts_with_its_title", replaced(3, source="# 01 · Sliding again")),
    ("starts_with_its_title", inserted(0, text("Welcome."))),
    ("names_its_outcomes", replaced(1, source="10 minutes")),
    ("names_its_outcomes", replaced(1, source="You will be able to\n\n- slide.\n\n35 minutes.")),
    ("states_its_minutes", replaced(1, source="You will be able to\n\n- a\n- b\n- c")),
    ("states_its_minutes", replaced(3, source="## Sliding\n\n" + 900 * "word ")),
    ("keeps_its_names", inserted(9, code("np = 3"))),
    ("keeps_its_names", inserted(4, code("picture = 3"), code("picture = 4"))),
    ("imports_in_one_cell", inserted(5, code("from helpers import kernels"))),
    ("imports_in_one_cell", removed(2)),
    ("imports_in_one_cell", replaced(2, source=IMPORTS)),
    ("imports_what_readers_have", replaced(2, source="import torch")),
    ("imports_what_readers_have", replaced(2, source="from skimage.data import camera")),
    ("is_plain_python", replaced(2, source="%matplotlib inline\nimport numpy")),
    ("is_plain_python", replaced(2, source="!pip install numpy")),
    ("ends_with_a_summary", removed(11)),
    ("ends_with_a_summary", replaced(11, source="## Summary\n\nYou slid.")),
    ("leads_to_the_next", removed(12)),
    ("leads_to_the_next", replaced(12, source="Next: [the third](03_third.ipynb)")),
    ("has_short_cells", replaced(4, source=LONG)),
    ("has_no_silencing_semicolon", replaced(4, source="np.arange(3); \n")),
    ("has_checked_exercises", replaced(9, source="second = ...")),
    ("has_checked_exercises", replaced(9, source="check_size(3, 3)")),
    ("has_checked_exercises", replaced(10, source="It is 3.")),
    ("has_checked_exercises", removed(8)),
    ("is_on_slides", replaced(4, metadata={})),
    ("is_on_slides", replaced(4, metadata={"slideshow": {"slide_type": "-"}})),
    ("leaves_nothing_unchecked", tagged("nbval-ignore-output")),
    ("leaves_nothing_unchecked", tagged("nbval-skip")),
    ("leaves_nothing_unchecked", replaced(4, source="# NBVAL_IGNORE_OUTPUT\nprint(1)")),
    ("was_run_from_the_top", replaced(4, execution_count=None)),
    ("was_run_from_the_top", replaced(4, execution_count=7)),
    ("has_no_errors", outputting(ERROR)),
    ("has_no_errors", outputting(STDERR)),
    ("stores_no_widgets", with_widget_state),
    ("stores_no_widgets", outputting(shown(VIEW))),
    ("shows_the_same_everywhere", outputting(printed("<object at 0x7f00deadbeef>"))),
    ("shows_the_same_everywhere", outputting(printed("np.float64(3.0)"))),
    ("shows_the_same_everywhere", outputting(shown({"text/plain": "<Figure size 640x480>"}))),
    ("shows_the_same_everywhere", outputting(printed("read /home/me/data/letter.png"))),
    ("shows_the_same_everywhere", outputting(shown({"image/svg+xml": "<svg/>"}))),
    ("describes_its_pictures", outputting(shown({"image/png": "aGVsbG8="}))),
    ("describes_its_pictures", outputting(shown({**PICTURE, "text/plain": "5 by 5"}))),
    ("describes_its_pictures", outputting(shown({**PICTURE, "text/plain": "a kernel " * 9}))),
    ("pictures_its_explorers", inserted(5, code("explore(x, kernel)"))),
    ("pictures_its_explorers", inserted(5, code("predict(x)", shown({"text/plain": "3 × 3"})))),
    ("pictures_its_explorers", inserted(5, code("k = 1\nexplore_borders(x)", shown(VIEW)))),
    ("has_text_in_each_section", without_outputs),
    ("links_to_what_is_there", replaced(3, source="## Sliding\n\n[a](nowhere.png)")),
    ("links_to_what_is_there", replaced(3, source='## Sliding\n\n<img src="nowhere.png">')),
    ("links_to_what_is_there", replaced(3, source="![a](https://example.org/a.png)")),
    ("does_not_talk_down", replaced(3, source="## Sliding\n\nSimply slide.")),
]


def test_a_good_notebook_keeps_every_rule(good):
    found = {name: list(rule(good)) for name, rule in RULES.items()}
    assert not any(found.values()), found


@pytest.mark.parametrize(("name", "change"), BREAKING, ids=[name for name, _ in BREAKING])
def test_a_rule_sees_what_breaks_it(good, name, change):
    node = copy.deepcopy(good.node)
    change(node)
    assert list(RULES[name](Book(good.path, node)))


def test_a_large_file_is_seen(good):
    good.path.write_bytes(b" " * 500_000)
    assert list(RULES["is_small"](good)) == ["has 500 kB, at most 500"]


def test_each_rule_is_seen_to_fail():
    assert {name for name, _ in BREAKING} | {"is_small"} == set(RULES)


def test_the_first_notebook_needs_no_exercise_and_the_last_no_successor(good):
    node = new_notebook(cells=[c for c in good.node.cells if not c.source.startswith("## Summ")])
    node.cells = [c for c in node.cells if "check" not in c.source and c.source != SOLUTION]
    start = Book(good.path.with_name("00_start.ipynb"), node)
    last = Book(good.path.with_name("03_last.ipynb"), new_notebook())
    assert not list(RULES["has_checked_exercises"](start))
    assert not list(RULES["ends_with_a_summary"](start))
    assert not list(RULES["leads_to_the_next"](last))


def test_a_longer_cell_in_two_notebooks_is_seen(good):
    other = Book(good.path.with_name("02_second.ipynb"), copy.deepcopy(good.node))
    assert repeated_cells([good, other]) == []
    for book in (good, other):
        book.node.cells.insert(5, code("a = 1\nb = 2\nc = 3\nprint(a + b + c)"))
    assert repeated_cells([good, other]) == ["02_second.ipynb and 01_first.ipynb: a = 1"]
