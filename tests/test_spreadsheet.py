"""The spreadsheet: what is in the file, and whether LibreOffice gets what `convolve` gets."""

import itertools
import re
import shutil
import subprocess
import zipfile
from io import BytesIO
from typing import NamedTuple

import numpy as np
import pytest
from openpyxl import load_workbook

from helpers.convolution import convolve, window_at
from helpers.kernels import KERNELS, describe
from helpers.samples import sample
from tools import make_spreadsheet as made
from tools.make_spreadsheet import FILE

SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SECONDS = 120  # the first start of LibreOffice on a busy machine

needs_libreoffice = pytest.mark.skipif(
    SOFFICE is None,
    reason="the spreadsheet was NOT recalculated, for want of LibreOffice: "
    "sudo apt-get install libreoffice-calc-nogui (or see https://www.libreoffice.org)",
)


class Edit(NamedTuple):
    """What is typed into the sheet Demo; by default what is there."""

    kernel: np.ndarray = KERNELS[made.START_KERNEL]
    x: np.ndarray = sample("letter H")
    flip: int = made.START_FLIP
    window: tuple[int, int] = made.START_WINDOW


rng = np.random.default_rng(3)
WHOLE = rng.integers(-9, 10, (16, 16))
EDITS = {
    "as it is": Edit(),
    "Sobel x not turned": Edit(KERNELS["Sobel x"], flip=0),
    "cross blur": Edit(KERNELS["cross blur"], window=(7, 3)),
    "another input": Edit(x=WHOLE),
    "whole numbers turned": Edit(rng.integers(-9, 10, (3, 3)), WHOLE, 1, (0, 0)),
    "whole numbers not turned": Edit(rng.integers(-9, 10, (3, 3)), WHOLE, 0, (15, 15)),
    "floats": Edit(rng.normal(size=(3, 3)), rng.normal(size=(16, 16)), 1, (0, 15)),
}


def type_in(sheet, block, values):
    for cell, value in zip(itertools.chain(*sheet[block]), np.ravel(values).tolist(), strict=True):
        cell.value = value


def read(sheet, block):
    """Read a block of a sheet as an array."""
    return np.array([[cell.value for cell in row] for row in sheet[block]])


def check(sheet, edit):
    """Raise unless a sheet shows what NumPy makes of an edit."""
    options = {"padding": "same", "flip": bool(edit.flip)}
    window = window_at(edit.x, edit.kernel, edit.window, **options)
    for block, expected in (
        (made.FEATURE_MAP, convolve(edit.x, edit.kernel, **options)),
        (made.WEIGHTS, window.weights),
        (made.PRODUCTS, window.products),
    ):
        np.testing.assert_allclose(read(sheet, block).astype(float), expected, rtol=0, atol=1e-12)
    assert sheet[made.first(made.TOTAL)].value == pytest.approx(window.total, abs=1e-12)
    mode = "convolution" if edit.flip else "cross-correlation"
    assert sheet[made.first(made.MODE)].value == mode
    sums, total = sheet[made.first(made.WRITTEN_OUT)].value.split(" = ")
    pairs = [term.split("×") for term in sums.split(" + ")]
    products = [float(a.strip("()")) * float(b.strip("()")) for a, b in pairs]
    assert len(products) == 9
    assert sum(products) == pytest.approx(float(total), abs=0.02)  # written with three decimals
    assert float(total) == pytest.approx(window.total, abs=0.0005)


def test_the_file_is_what_the_script_makes_whatever_the_date():
    with zipfile.ZipFile(BytesIO(made.content())) as now, zipfile.ZipFile(FILE) as stored:
        assert now.namelist() == stored.namelist()
        assert [now.read(name) for name in now.namelist()] == [
            stored.read(name) for name in stored.namelist()
        ]
    with zipfile.ZipFile(BytesIO(made.content())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        dates = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())
    assert dates == ["2025-01-01T00:00:00Z"] * 2


def test_the_stored_results_are_right_for_programs_that_calculate_nothing():
    book, formulas = load_workbook(FILE, data_only=True), load_workbook(FILE)
    check(book["Demo"], Edit())
    assert np.array_equal(read(book["Demo"], made.INPUT), sample("letter H"))
    ring = read(book["Demo"], made.PADDED)
    ring[1:-1, 1:-1] = 0
    assert (ring == 0).all()
    for number, (name, matrix) in enumerate(KERNELS.items()):
        sheet, (block, title, description) = book["Kernels"], made.kernel_places(number)
        assert sheet[title].value == name
        assert sheet[made.first(description)].value == describe(name)
        np.testing.assert_allclose(read(sheet, block).astype(float), matrix, atol=1e-15)
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            assert book[sheet.title][cell.coordinate].value is not None, cell.coordinate


def test_every_number_of_the_feature_map_is_one_formula_over_its_window():
    formulas = read(load_workbook(FILE)["Demo"], made.FEATURE_MAP)
    assert formulas[0, 0] == "=SUMPRODUCT(B7:D9,weights)"
    assert formulas[15, 15] == "=SUMPRODUCT(Q22:S24,weights)"
    assert len(set(formulas.ravel())) == 256


def test_colours_are_fixed_and_white_at_zero():
    sheet = load_workbook(FILE)["Demo"]
    rules = {str(area.sqref): area.rules for area in sheet.conditional_formatting}
    limits = {made.INPUT: 1, made.KERNEL: 2, made.WEIGHTS: 2, made.FEATURE_MAP: 6}
    for block, limit in limits.items():
        (scale,) = [rule.colorScale for rule in rules[block] if rule.type == "colorScale"]
        assert [stop.type for stop in scale.cfvo] == ["num"] * 3
        assert [stop.val for stop in scale.cfvo] == [-limit, 0, limit]
        assert [color.rgb[2:] for color in scale.color] == ["B2182B", "FFFFFF", "2166AC"]


def test_what_may_be_typed_is_checked_and_nothing_else_is_in_the_file():
    rules = load_workbook(FILE)["Demo"].data_validations.dataValidation
    blocks = (made.FLIP, made.CHOSEN_ROW, made.CHOSEN_COLUMN)
    checked = {made.INPUT, made.KERNEL, *map(made.first, blocks)}
    assert {str(area) for rule in rules for area in rule.sqref.ranges} == checked
    assert all(rule.error and rule.showErrorMessage for rule in rules)
    with zipfile.ZipFile(FILE) as archive:
        names = archive.namelist()
        content = "".join(archive.read(name).decode("utf-8") for name in names)
    assert not [name for name in names if not name.endswith((".xml", ".rels"))]
    assert "macroEnabled" not in content
    assert 'TargetMode="External"' not in content


@needs_libreoffice
@pytest.mark.weekly
def test_libreoffice_gets_what_convolve_gets(tmp_path):
    """Do what a reader does: open the file, type, save. No stored result survives this."""
    paths = [tmp_path / f"{name}.xlsx" for name in EDITS]
    for path, edit in zip(paths, EDITS.values(), strict=True):
        book = load_workbook(FILE)
        typed = (edit.kernel, edit.x, [edit.flip], edit.window[:1], edit.window[1:])
        blocks = (made.KERNEL, made.INPUT, made.FLIP, made.CHOSEN_ROW, made.CHOSEN_COLUMN)
        for block, values in zip(blocks, typed, strict=True):
            type_in(book["Demo"], block, np.atleast_2d(values))
        book.save(path)
    own_profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [SOFFICE, own_profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    subprocess.run([*command, tmp_path / "out", *paths], check=True, timeout=SECONDS)
    for path, edit in zip(paths, EDITS.values(), strict=True):
        check(load_workbook(tmp_path / "out" / path.name, data_only=True)["Demo"], edit)
