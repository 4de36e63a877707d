"""The spreadsheet: does LibreOffice, after an edit, get what `convolve` gets?"""

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
    """What is typed into the sheet Demo; None leaves what is there."""

    kernel: np.ndarray | None = None
    x: np.ndarray | None = None
    flip: int | None = None
    window: tuple[int, int] | None = None

    @property
    def expected(self):
        """Input, kernel, flip and window as they stand after the edit."""
        return (
            sample("letter H") if self.x is None else self.x,
            KERNELS[made.START_KERNEL] if self.kernel is None else self.kernel,
            bool(made.START_FLIP if self.flip is None else self.flip),
            made.START_WINDOW if self.window is None else self.window,
        )


rng = np.random.default_rng(3)
WHOLE = rng.integers(-9, 10, (16, 16))
EDITS = {
    "as it is": Edit(),
    "Sobel x turned": Edit(KERNELS["Sobel x"], flip=1, window=(5, 2)),
    "Sobel x not turned": Edit(KERNELS["Sobel x"], flip=0, window=(5, 2)),
    "emboss turned": Edit(KERNELS["emboss"], flip=1, window=(7, 12)),
    "emboss not turned": Edit(KERNELS["emboss"], flip=0, window=(7, 12)),
    "vertical line": Edit(KERNELS["vertical line"]),
    "cross blur": Edit(KERNELS["cross blur"], window=(7, 3)),
    "box blur": Edit(KERNELS["box blur"], flip=0, window=(7, 4)),
    "another input": Edit(x=WHOLE),
    "whole numbers turned": Edit(rng.integers(-9, 10, (3, 3)), WHOLE, 1, (0, 0)),
    "whole numbers not turned": Edit(rng.integers(-9, 10, (3, 3)), WHOLE, 0, (15, 15)),
    "floats": Edit(rng.normal(size=(3, 3)), rng.normal(size=(16, 16)), 1, (0, 15)),
}


def type_in(sheet, block, values):
    """Write an array into a block of a sheet."""
    for index, value in np.ndenumerate(np.asarray(values)):
        sheet[block.cell(*index)] = value.item()


def read(sheet, block):
    """Read a block of a sheet as an array."""
    rows = sheet[block.address]
    return np.array([[cell.value for cell in row] for row in rows])


def edited(edit, path):
    """Do what a reader does: open the file, type, save. No stored result survives this."""
    book = load_workbook(FILE)
    sheet = book["Demo"]
    if edit.kernel is not None:
        type_in(sheet, made.KERNEL, edit.kernel)
    if edit.x is not None:
        type_in(sheet, made.INPUT, edit.x)
    if edit.flip is not None:
        sheet[made.FLIP.cell(0, 0)] = edit.flip
    if edit.window is not None:
        sheet[made.CHOSEN_ROW.cell(0, 0)], sheet[made.CHOSEN_COLUMN.cell(0, 0)] = edit.window
    book.save(path)


@pytest.fixture(scope="module")
def recalculated(tmp_path_factory):
    """Name of an edit -> the workbook as LibreOffice calculated it; one start for all of them."""
    folder = tmp_path_factory.mktemp("spreadsheet")
    paths = [folder / f"{name}.xlsx" for name in EDITS]
    for path, edit in zip(paths, EDITS.values(), strict=True):
        edited(edit, path)
    own_profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [SOFFICE, own_profile, "--headless", "--convert-to", "xlsx", "--outdir"]
    result = subprocess.run(
        [*command, folder / "out", *paths], capture_output=True, text=True, timeout=SECONDS
    )
    missing = [path.name for path in paths if not (folder / "out" / path.name).is_file()]
    assert not missing, f"LibreOffice did not convert {missing}: {result.stdout}{result.stderr}"
    return {path.stem: load_workbook(folder / "out" / path.name, data_only=True) for path in paths}


@needs_libreoffice
@pytest.mark.parametrize("name", EDITS)
def test_the_feature_map_is_that_of_convolve(recalculated, name):
    x, kernel, flip, _ = EDITS[name].expected
    expected = convolve(x, kernel, padding="same", flip=flip)
    found = read(recalculated[name]["Demo"], made.FEATURE_MAP)
    if expected.dtype.kind == "i":
        assert found.tolist() == expected.tolist()
    else:
        np.testing.assert_allclose(found.astype(float), expected, rtol=0, atol=1e-12)


@needs_libreoffice
@pytest.mark.parametrize("name", EDITS)
def test_the_chosen_window_is_that_of_convolve(recalculated, name):
    x, kernel, flip, position = EDITS[name].expected
    window = window_at(x, kernel, position, padding="same", flip=flip)
    sheet = recalculated[name]["Demo"]
    np.testing.assert_allclose(read(sheet, made.WEIGHTS).astype(float), window.weights)
    products = read(sheet, made.PRODUCTS).astype(float)
    np.testing.assert_allclose(products, window.products, atol=1e-12)
    assert sheet[made.TOTAL.cell(0, 0)].value == pytest.approx(window.total, abs=1e-12)
    mode = "convolution" if flip else "cross-correlation"
    assert sheet[made.MODE.cell(0, 0)].value == mode


@needs_libreoffice
@pytest.mark.parametrize("name", EDITS)
def test_the_written_sum_can_be_read_back(recalculated, name):
    sheet = recalculated[name]["Demo"]
    sums, total = sheet[made.WRITTEN_OUT.cell(0, 0)].value.split(" = ")
    pairs = [term.split("×") for term in sums.split(" + ")]
    products = [float(a.strip("()")) * float(b.strip("()")) for a, b in pairs]
    assert len(products) == 9
    tolerance = 0.02  # nine products of numbers written with three decimals
    assert sum(products) == pytest.approx(float(total), abs=tolerance)
    assert float(total) == pytest.approx(sheet[made.TOTAL.cell(0, 0)].value, abs=0.0005)


@needs_libreoffice
def test_the_edits_are_told_apart(recalculated):
    """Were nothing recalculated, all maps would be the one that is stored in the file."""
    maps = {str(read(book["Demo"], made.FEATURE_MAP).tolist()) for book in recalculated.values()}
    assert len(maps) == len(EDITS)


@needs_libreoffice
def test_the_kernels_to_copy_are_the_named_ones(recalculated):
    sheet = recalculated["as it is"]["Kernels"]
    for number, (name, matrix) in enumerate(KERNELS.items()):
        block = made.kernel_block(number)
        assert sheet[block.cell(0, 4)].value == name
        assert sheet[block.cell(1, 4)].value == describe(name)
        np.testing.assert_allclose(read(sheet, block).astype(float), matrix, atol=1e-15)


# The file itself.


def test_the_file_starts_with_the_letter_and_its_lines():
    sheet = load_workbook(FILE)["Demo"]
    assert np.array_equal(read(sheet, made.INPUT), sample("letter H"))
    assert np.array_equal(read(sheet, made.KERNEL), KERNELS[made.START_KERNEL])
    ring = read(sheet, made.PADDED)
    ring[1:-1, 1:-1] = 0
    assert (ring == 0).all()


def test_every_number_of_the_feature_map_is_one_formula_over_its_window():
    sheet = load_workbook(FILE)["Demo"]
    formulas = read(sheet, made.FEATURE_MAP)
    assert formulas[0, 0] == "=SUMPRODUCT(B7:D9,weights)"
    assert formulas[15, 15] == "=SUMPRODUCT(Q22:S24,weights)"
    assert len(set(formulas.ravel())) == 256


def test_the_stored_results_are_those_of_convolve():
    """For programs that show the file without calculating it."""
    sheet = load_workbook(FILE, data_only=True)["Demo"]
    x, kernel, flip, position = Edit().expected
    expected = convolve(x, kernel, padding="same", flip=flip)
    assert read(sheet, made.FEATURE_MAP).tolist() == expected.tolist()
    window = window_at(x, kernel, position, padding="same", flip=flip)
    assert read(sheet, made.WEIGHTS).tolist() == window.weights.tolist()
    assert sheet[made.WRITTEN_OUT.cell(0, 0)].value.endswith(f" = {window.total}")


def test_every_formula_has_a_stored_result():
    formulas, results = load_workbook(FILE), load_workbook(FILE, data_only=True)
    count = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            if cell.data_type == "f":
                count += 1
                assert results[sheet.title][cell.coordinate].value is not None, cell.coordinate
    assert count > 256


@needs_libreoffice
def test_the_stored_results_are_those_of_libreoffice(recalculated):
    stored, fresh = load_workbook(FILE, data_only=True), recalculated["as it is"]
    for sheet in stored:
        for cell in (cell for row in sheet.iter_rows() for cell in row):
            value = fresh[sheet.title][cell.coordinate].value
            if isinstance(cell.value, float):
                assert value == pytest.approx(cell.value), cell.coordinate
            else:
                assert value == cell.value, cell.coordinate


def test_colours_are_fixed_and_white_at_zero():
    sheet = load_workbook(FILE)["Demo"]
    rules = {str(area.sqref): area.rules for area in sheet.conditional_formatting}
    limits = {made.INPUT: 1, made.KERNEL: 2, made.WEIGHTS: 2, made.FEATURE_MAP: 6}
    for block, limit in limits.items():
        (scale,) = [rule.colorScale for rule in rules[block.address] if rule.type == "colorScale"]
        assert [stop.type for stop in scale.cfvo] == ["num"] * 3
        assert [stop.val for stop in scale.cfvo] == [-limit, 0, limit]
        assert [color.rgb[2:] for color in scale.color] == ["B2182B", "FFFFFF", "2166AC"]


def test_what_may_be_typed_is_said():
    sheet = load_workbook(FILE)["Demo"]
    rules = sheet.data_validations.dataValidation
    checked = {str(area) for rule in rules for area in rule.sqref.ranges}
    assert checked == {
        made.INPUT.address,
        made.KERNEL.address,
        *(block.cell(0, 0) for block in (made.FLIP, made.CHOSEN_ROW, made.CHOSEN_COLUMN)),
    }
    assert all(rule.error and rule.showErrorMessage for rule in rules)


def test_there_are_no_macros_and_no_links_to_elsewhere():
    with zipfile.ZipFile(FILE) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        content = "".join(archive.read(name).decode("utf-8") for name in names)
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
    assert not [name for name in names if not name.endswith((".xml", ".rels"))]
    assert "macroEnabled" not in content
    assert 'TargetMode="External"' not in content


def everything(book):
    """What is written in a workbook: sheet, address, value or formula, and how it looks."""
    return {
        (sheet.title, cell.coordinate): (
            cell.value,
            cell.font.b,
            cell.font.sz,
            cell.fill.fgColor.rgb,
        )
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
    }


def test_the_file_is_what_the_script_makes_now(tmp_path):
    fresh = tmp_path / "fresh.xlsx"
    fresh.write_bytes(made.content())
    for values_only in (False, True):
        ours = load_workbook(FILE, data_only=values_only)
        now = load_workbook(fresh, data_only=values_only)
        assert ours.sheetnames == now.sheetnames
        assert everything(ours) == everything(now)
        names = [{k: v.attr_text for k, v in book.defined_names.items()} for book in (ours, now)]
        assert names[0] == names[1]


def test_two_runs_make_the_same_bytes_whatever_the_date():
    assert made.content() == made.content()
    with zipfile.ZipFile(BytesIO(made.content())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        dates = re.findall(r"\d{4}-\d\d-\d\dT[\d:]+Z", archive.read("docProps/core.xml").decode())
    assert dates == ["2025-01-01T00:00:00Z"] * 2
