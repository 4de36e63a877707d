"""The lecture plans: ninety minutes each, with notebooks and sections that exist."""

import re
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "TEACHING.md").read_text(encoding="utf-8")
PLAN = r"^## (Lecture \d|Lab \w)\b[^\n]*\n(.*?)(?=^## )"
PLANS = re.findall(PLAN, TEXT, re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| +(\d+) \| \[(\d\d)\]\(([^)]+)\)([^|]*)\|", re.MULTILINE)


def headings(path):
    """The numbered sections of a notebook."""
    cells = nbformat.read(path, as_version=4).cells
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    return {int(number) for number in re.findall(r"^## (\d+)\. ", text, re.MULTILINE)}


def numbers(words):
    """The sections that a row names: "1 and 3" gives 1, 3; "1 to 3" gives 1, 2, 3."""
    if span := re.search(r"(\d) to (\d)", words):
        return set(range(int(span[1]), int(span[2]) + 1))
    return {int(number) for number in re.findall(r"\b\d\b", words)}


def test_there_are_three_lectures_and_two_labs():
    assert [name for name, _ in PLANS] == ["Lecture 1", "Lecture 2", "Lecture 3", "Lab A", "Lab B"]


@pytest.mark.parametrize(("name", "plan"), PLANS, ids=[name for name, _ in PLANS])
def test_a_plan_fills_ninety_minutes_and_asks_in_every_row(name, plan):
    rows = ROW.findall(plan)
    assert sum(int(minutes) for minutes, *_ in rows) == 90
    tables = [line for line in plan.splitlines() if line.startswith("|")]
    assert len(tables) == len(rows) + 2
    assert all(cell.strip() for line in tables for cell in line.strip("|").split("|"))


@pytest.mark.parametrize("row", ROW.findall(TEXT), ids=lambda row: f"{row[1]}{row[3].strip()}")
def test_a_row_names_sections_of_its_notebook(row):
    _, number, link, words = row
    path = ROOT / link
    assert path.name.startswith(f"{number}_")
    assert numbers(words) <= headings(path)


def test_questions_point_to_sections_that_exist():
    places = re.findall(r"\| (\d\d), section (\d) \|$", TEXT, re.MULTILINE)
    assert len(places) >= 15
    for number, section in places:
        (path,) = (ROOT / "notebooks").glob(f"{number}_*.ipynb")
        assert int(section) in headings(path)
