"""Make data/convolution_demo.xlsx: the letter H and its feature map as live formulas.

    python -m tools.make_spreadsheet

Needs openpyxl. The file holds no macros; any spreadsheet program recalculates it when a cell is
changed. Two runs give the same file, so that a difference in it is a change of meaning.
"""

import hashlib
import re
import zipfile
from io import BytesIO
from itertools import chain
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from openpyxl import Workbook
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

from helpers.convolution import convolve, window_at
from helpers.kernels import KERNELS, describe
from helpers.samples import sample

FILE = Path(__file__).parent.parent / "data" / "convolution_demo.xlsx"
WRITTEN = "2025-01-01T00:00:00Z"  # any fixed date: the real one would make every run differ

CELL_WIDTH, CELL_HEIGHT = 4, 24.75  # both are 33 pixels: a character is 7 and 5 more, a point 4/3
BLUE, WHITE, RED = "2166AC", "FFFFFF", "B2182B"  # above 0, 0, below 0
INK, GREY, PALE_GREY = "222222", "595959", "E5E5E5"
ORANGE, PALE_ORANGE = "C24E00", "F9CFAE"
GRID_FONT = 11  # points: "0.11" fits into a cell of the grids

SIZE = 16  # rows and columns of the letter H
START_KERNEL = "vertical line, zero sum"
START_WINDOW = (5, 3)  # a stroke of the letter, away from its bar: the largest activation
START_FLIP = 1

# Blocks of cells on the sheet Demo; a single cell is a block too.
PADDED, INPUT, FEATURE_MAP = "B7:S24", "C8:R23", "AA8:AP23"
KERNEL, FLIP, MODE = "V8:X10", "W12:W12", "U13:Y13"
WEIGHTS, PRODUCTS, TOTAL = "V15:X17", "V19:X21", "U23:Y23"
CHOSEN_ROW, CHOSEN_COLUMN, WRITTEN_OUT = "H4:H4", "M4:M4", "O4:AP4"
COLUMN_NUMBERS, ROW_NUMBERS = ("C6:R6", "AA6:AP6"), ("A8:A23", "Z8:Z23")
LAST_ROW, LAST_COLUMN = 27, 42
LIMITS = {INPUT: 1, KERNEL: 2, WEIGHTS: 2, PRODUCTS: 2, FEATURE_MAP: 6}  # ends of colour scales
NAMES = {  # what the formulas call them
    **{"padded": PADDED, "flip": FLIP, "weights": WEIGHTS, "products": PRODUCTS},
    **{"chosen_row": CHOSEN_ROW, "chosen_column": CHOSEN_COLUMN},
}
INSTRUCTIONS = (
    "Change any cell inside a thick frame: the input, the kernel, the switch, the chosen window. "
    "The rest follows by itself. More kernels to copy are on the second sheet.",
    "Each number of the feature map is one dot product: nine numbers of the input times the nine "
    'weights on top of them, added up. Stride 1, padding "same" with zeros (the grey ring). The '
    "switch: 1 turns the kernel by 180° (convolution), 0 leaves it (cross-correlation, as in a "
    "layer).",
)
COPYING = (
    "Select the nine cells of a kernel, copy them, and paste them as values (Paste Special) "
    "into the kernel of the sheet Demo. Try Sobel x, then change the switch: all signs change."
)


# ---------------------------------------------------------------------------------------- cells


def first(block: str) -> str:
    """Return the address of the first cell of a block."""
    return block.partition(":")[0]


def addresses(sheet: Worksheet, block: str) -> list[list[str]]:
    """Return the addresses of all cells of a block, row by row."""
    return [[cell.coordinate for cell in row] for row in sheet[block]]


def put(cell: Cell, value: object, *, align="center", **font) -> None:
    """Write one cell; `font` takes what `openpyxl.styles.Font` takes."""
    cell.value = value.item() if isinstance(value, np.generic) else value
    cell.font = Font(**{"name": "Arial", "size": 12, "color": INK} | font)
    cell.alignment = Alignment(horizontal=align, vertical="center")


def wide(sheet: Worksheet, block: str, value: str, *, align="left", **font) -> Cell:
    """Write a text across a whole block, on several lines if it needs them; return its cell."""
    sheet.merge_cells(block)
    cell = sheet[first(block)]
    put(cell, value, **font)
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    return cell


def write_array(sheet: Worksheet, block: str, values, limit: int, size=12) -> None:
    """Write numbers or formulas into a block, on a colour scale that never adapts."""
    thin = Side("thin", color="D0D0D0")
    for cell, value in zip(chain(*sheet[block]), chain(*values), strict=True):
        put(cell, value, bold=True, size=size)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.fill = PatternFill()
    ends = {"start_type": "num", "mid_type": "num", "end_type": "num", "mid_value": 0}
    ends |= {"start_value": -limit, "start_color": RED, "mid_color": WHITE}
    scale = ColorScaleRule(**ends, end_value=limit, end_color=BLUE)
    dark = FormulaRule([f"ABS({first(block)})>={0.9 * limit:g}"], font=Font(color=WHITE))
    sheet.conditional_formatting.add(block, dark)
    sheet.conditional_formatting.add(block, scale)


def mark(sheet: Worksheet, block: str, condition: str, fill: str, color: str) -> None:
    """Give the cells of a block in which a formula is true another fill and ink."""
    style = {"fill": PatternFill("solid", bgColor=fill), "font": Font(color=color, bold=True)}
    sheet.conditional_formatting.add(block, FormulaRule([condition], **style))


def editable(sheet: Worksheet, block: str, message: str, kind: str, *allowed: str) -> None:
    """Draw a thick frame, the sign of cells that may be changed; refuse what is not allowed."""
    thick, rows = Side("thick", color=INK), sheet[block]
    for row in rows:
        for cell in row:
            cell.border = Border(
                left=thick if cell is row[0] else cell.border.left,
                right=thick if cell is row[-1] else cell.border.right,
                top=thick if row is rows[0] else cell.border.top,
                bottom=thick if row is rows[-1] else cell.border.bottom,
            )
    rule = DataValidation(kind, *allowed, allow_blank=False, showErrorMessage=True, error=message)
    sheet.add_data_validation(rule)
    rule.add(block)


def one_page(sheet: Worksheet) -> None:
    """Print on one landscape page, and show no grid but the one that is drawn."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.4)  # inches


# --------------------------------------------------------------------------------------- sheets


def write_demo(sheet: Worksheet) -> None:
    """Write the sheet Demo."""
    widths = {"T": 1, "U": 1, "V": 7, "W": 7, "X": 7, "Y": 1}  # weights may have decimals
    for letter in map(get_column_letter, range(1, LAST_COLUMN + 1)):
        sheet.column_dimensions[letter].width = widths.get(letter, CELL_WIDTH)
    heights = dict.fromkeys(range(5, LAST_ROW + 1), CELL_HEIGHT)
    for row, height in (heights | {1: 30, 2: 20, 3: 36, 4: 24, 5: 30}).items():
        sheet.row_dimensions[row].height = height
    sheet.freeze_panes = "A5"
    sheet.sheet_view.selection[0].activeCell = first(KERNEL)
    sheet.sheet_view.selection[0].sqref = first(KERNEL)
    one_page(sheet)
    write_texts(sheet)
    write_input_and_kernel(sheet)
    cells = addresses(sheet, PADDED)
    windows = [[f"{cells[i][j]}:{cells[i + 2][j + 2]}" for j in range(SIZE)] for i in range(SIZE)]
    formulas = [[f"=SUMPRODUCT({window},weights)" for window in row] for row in windows]
    write_array(sheet, FEATURE_MAP, formulas, LIMITS[FEATURE_MAP], GRID_FONT)
    write_array(sheet, "AE26:AK26", [range(-6, 7, 2)], LIMITS[FEATURE_MAP])  # its scale
    write_chosen_window(sheet)


def write_texts(sheet: Worksheet) -> None:
    """Write title, instructions and the headings of the three blocks."""
    put(sheet["A1"], "Convolution, live", size=20, bold=True, align="left")
    for row, text in enumerate(INSTRUCTIONS, start=2):
        wide(sheet, f"A{row}:AP{row}", text)
    for block, text in (("C5:R5", "Input"), ("AA5:AP5", "Feature map")):
        wide(sheet, block, f"{text}, {SIZE} × {SIZE}", size=16, bold=True)
    for block in COLUMN_NUMBERS + ROW_NUMBERS:
        for number, cell in enumerate(chain(*sheet[block])):
            put(cell, number, color=GREY)
    wide(sheet, "U5:Y5", "Kernel", size=16, bold=True, align="center")
    headings = {11: "Turn by 180°?", 14: "Weights in use", 18: "× chosen window", 22: "Sum"}
    for row, text in headings.items():
        wide(sheet, f"U{row}:Y{row}", text, align="center")


def write_input_and_kernel(sheet: Worksheet) -> None:
    """Write the letter in its ring of zeros, the kernel, the switch, and what it leaves."""
    number = ("a number, please", "decimal", "-1000000", "1000000")  # a sum takes a word for 0
    for cell in chain(*sheet[PADDED]):
        put(cell, 0, color=GREY)
        cell.fill = PatternFill("solid", fgColor=PALE_GREY)
    write_array(sheet, INPUT, sample("letter H"), LIMITS[INPUT], GRID_FONT)
    editable(sheet, INPUT, *number)
    write_array(sheet, "I26:K26", [range(-1, 2)], LIMITS[INPUT])  # its scale
    write_array(sheet, KERNEL, KERNELS[START_KERNEL], LIMITS[KERNEL])
    editable(sheet, KERNEL, *number)
    put(sheet[first(FLIP)], START_FLIP, bold=True)
    editable(sheet, FLIP, "1: convolution, 0: cross-correlation", "list", '"1,0"')
    wide(sheet, MODE, '=IF(flip=1,"convolution","cross-correlation")', color=ORANGE, align="center")
    kernel = addresses(sheet, KERNEL)
    turned = [
        [f"=IF(flip=1,{kernel[2 - i][2 - j]},{kernel[i][j]})" for j in range(3)] for i in range(3)
    ]
    write_array(sheet, WEIGHTS, turned, LIMITS[WEIGHTS])
    write_array(sheet, "V26:X26", [range(-2, 3, 2)], LIMITS[KERNEL])  # the scale of both


def write_chosen_window(sheet: Worksheet) -> None:
    """Write the arithmetic of one window, and mark the window and its cell."""

    def under(i: int, j: int) -> str:
        return f"INDEX(padded,chosen_row+{i + 1},chosen_column+{j + 1})"

    def term(value: str) -> str:
        return f'IF({value}<0,"("&ROUND({value},3)&")",ROUND({value},3))'

    put(sheet["A4"], "Chosen window: row", bold=True, align="left")
    put(sheet["J4"], "column", bold=True, align="left")
    for block, start in zip((CHOSEN_ROW, CHOSEN_COLUMN), START_WINDOW, strict=True):
        put(sheet[first(block)], start, bold=True)
        message = f"a whole number from 0 to {SIZE - 1}"
        editable(sheet, block, message, "whole", "0", str(SIZE - 1))
    weights = addresses(sheet, WEIGHTS)
    products = [[f"={under(i, j)}*{weights[i][j]}" for j in range(3)] for i in range(3)]
    write_array(sheet, PRODUCTS, products, LIMITS[PRODUCTS])
    wide(sheet, TOTAL, "=SUM(products)", size=14, bold=True, color=ORANGE, align="center")
    terms = [f'{term(under(i, j))}&"×"&{term(weights[i][j])}' for i, j in np.ndindex(3, 3)]
    text = "=" + '&" + "&'.join(terms) + f'&" = "&ROUND({first(TOTAL)},3)'
    cell = wide(sheet, WRITTEN_OUT, text, size=13, bold=True, color=ORANGE)
    cell.alignment = Alignment(vertical="center", shrink_to_fit=True)
    for blocks, chosen in ((ROW_NUMBERS, "chosen_row"), (COLUMN_NUMBERS, "chosen_column")):
        for block in blocks:
            mark(sheet, block, f"{first(block)}={chosen}", ORANGE, WHITE)
        beside = blocks[0]  # beside the input, where the window has three rows and columns
        mark(sheet, beside, f"ABS({first(beside)}-{chosen})=1", PALE_ORANGE, INK)


def kernel_places(number: int) -> tuple[str, str, str]:
    """Return where a named kernel, its name and its description are: two kernels side by side."""
    row, left, right, text = 4 + 4 * (number // 2), *("ACE", "GIK")[number % 2]
    return f"{left}{row}:{right}{row + 2}", f"{text}{row}", f"{text}{row + 1}:{text}{row + 2}"


def write_collection(sheet: Worksheet) -> None:
    """Write every named kernel, ready to copy, with what it answers to."""
    put(sheet["A1"], "Kernels to copy", size=20, bold=True, align="left")
    wide(sheet, "A2:K2", COPYING)
    for column, width in zip("ABCDEFGHIJK", 2 * (6, 6, 6, 1, 50, 4), strict=False):
        sheet.column_dimensions[column].width = width
    for number, (name, weights) in enumerate(KERNELS.items()):
        block, title, description = kernel_places(number)
        if parts := {"box blur": 9, "Gaussian blur": 16}.get(name):  # as one would type it
            weights = [[f"={round(weight * parts)}/{parts}" for weight in row] for row in weights]
        write_array(sheet, block, weights, LIMITS[KERNEL])
        put(sheet[title], name, size=14, bold=True, align="left")
        wide(sheet, description, describe(name))
    for row in range(4, 4 + 4 * len(KERNELS) // 2):
        sheet.row_dimensions[row].height = CELL_HEIGHT
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 20
    sheet.freeze_panes = "A4"
    one_page(sheet)


# ----------------------------------------------------------------------------------------- file


def results(book: Workbook) -> list[dict[str, object]]:
    """Return what the formulas of each sheet give at the start: address -> value.

    They are stored beside the formulas for programs that show a file without calculating, as Excel
    does with a download until editing is allowed.
    """
    x, options = sample("letter H"), {"padding": "same", "flip": bool(START_FLIP)}
    window = window_at(x, KERNELS[START_KERNEL], START_WINDOW, **options)
    signed = [
        [f"({n})" if n < 0 else f"{n}" for n in a.flat] for a in (window.values, window.weights)
    ]
    sums = " + ".join("×".join(pair) for pair in zip(*signed, strict=True))
    demo = {
        **{MODE: "convolution", TOTAL: window.total, WRITTEN_OUT: f"{sums} = {window.total}"},
        **{WEIGHTS: window.weights, PRODUCTS: window.products},
        FEATURE_MAP: convolve(x, KERNELS[START_KERNEL], **options),
    }
    collection = {kernel_places(number)[0]: each for number, each in enumerate(KERNELS.values())}
    return [
        {
            cell.coordinate: value
            for block, values in blocks.items()  # a text is in the first of its merged cells
            for cell, value in zip(chain(*sheet[block]), np.ravel(values).tolist(), strict=False)
        }
        for sheet, blocks in zip(book, (demo, collection), strict=True)
    ]


def with_results(sheet: str, values: dict[str, object]) -> str:
    """Store a value beside every formula in the XML of a sheet."""

    def one_cell(found: re.Match) -> str:
        value = values[found["address"]]
        kind = ' t="str"' if isinstance(value, str) else ""
        head = f'<c r="{found["address"]}"{found["style"]}{kind}>'
        return f"{head}{found['formula']}<v>{escape(str(value))}</v></c>"

    cell = r'<c r="(?P<address>[A-Z]+\d+)"(?P<style> s="\d+")?>(?P<formula><f>[^<]*</f>)<v ?/></c>'
    return re.sub(cell, one_cell, sheet)


def content() -> bytes:
    """Return the bytes of the file: with results, and without today's date."""
    book, plain, out = Workbook(), BytesIO(), BytesIO()
    book.active.title = "Demo"
    for name, block in NAMES.items():
        fixed = re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", block)
        book.defined_names[name] = DefinedName(name, attr_text=f"Demo!{fixed}")
    write_demo(book.active)
    write_collection(book.create_sheet("Kernels"))
    book.calculation.fullCalcOnLoad = True
    book.save(plain)
    sheets = {f"xl/worksheets/sheet{n}.xml": values for n, values in enumerate(results(book), 1)}
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            if name in sheets:
                text = with_results(text, sheets[name])
            text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", WRITTEN, text)
            info = zipfile.ZipInfo(name)  # dated 1980
            info.create_system = 3  # the same number whatever system this runs on
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, text)
    return out.getvalue()


def main() -> None:
    """Write the file and print its checksum, which belongs in data/README.md."""
    FILE.write_bytes(content())
    print(f"{FILE.name}  {hashlib.sha256(FILE.read_bytes()).hexdigest()}")


if __name__ == "__main__":
    main()
