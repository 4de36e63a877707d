"""Make data/convolution_demo.xlsx: the letter H and its feature map as live formulas.

    python -m tools.make_spreadsheet

Needs openpyxl. The file holds no macros; any spreadsheet program recalculates it when a cell is
changed. Two runs give the same file, so that a difference in it is a change of meaning.
"""

import hashlib
import re
import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
from openpyxl import Workbook
from openpyxl.styles import Alignment, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from helpers.convolution import convolve, window_at
from helpers.kernels import KERNELS, describe
from helpers.samples import sample
from tools.spreadsheet_cells import (
    CELL_HEIGHT,
    CELL_WIDTH,
    GREY,
    INK,
    ORANGE,
    PALE_GREY,
    PALE_ORANGE,
    WHITE,
    Block,
    frame,
    mark,
    one_page,
    only,
    put,
    wide,
    write_array,
)

FILE = Path(__file__).parent.parent / "data" / "convolution_demo.xlsx"
WRITTEN = datetime(2025, 1, 1)  # any fixed date: the real one would make every run differ

SIZE = 16  # rows and columns of the letter H
START_KERNEL = "vertical line, zero sum"
START_WINDOW = (5, 3)  # a stroke of the letter, away from its bar: the largest activation
START_FLIP = 1

NUMBERS = (-1_000_000, 1_000_000)  # what may be typed; a sum would count a word as 0
LIMITS = {"input": 1, "kernel": 2, "feature map": 6}  # ends of the colour scales

PADDED = Block(7, 2, SIZE + 2, SIZE + 2)
INPUT = Block(8, 3, SIZE, SIZE)
KERNEL = Block(8, 22, 3, 3)
FLIP = Block(12, 23, 1, 1)
WEIGHTS = Block(15, 22, 3, 3)
PRODUCTS = Block(19, 22, 3, 3)
TOTAL = Block(23, 21, 1, 5)
FEATURE_MAP = Block(8, 27, SIZE, SIZE)
CHOSEN_ROW = Block(4, 8, 1, 1)
CHOSEN_COLUMN = Block(4, 13, 1, 1)
WRITTEN_OUT = Block(4, 15, 1, 28)
MODE = Block(13, 21, 1, 5)
COLUMN_NUMBERS = (Block(6, 3, 1, SIZE), Block(6, 27, 1, SIZE))
ROW_NUMBERS = (Block(8, 1, SIZE, 1), Block(8, 26, SIZE, 1))
LAST_COLUMN = 42
NAMES = {  # what the formulas call them
    "padded": PADDED,
    "flip": FLIP,
    "weights": WEIGHTS,
    "products": PRODUCTS,
    "chosen_row": CHOSEN_ROW,
    "chosen_column": CHOSEN_COLUMN,
}

INSTRUCTIONS = (
    "Change any cell inside a thick frame: the input, the kernel, the switch, the chosen window. "
    "The rest follows by itself. More kernels to copy are on the second sheet.",
    "Each number of the feature map is one dot product: nine numbers of the input times the nine "
    'weights on top of them, added up. Stride 1, padding "same" with zeros (the grey ring). The '
    "switch: 1 turns the kernel by 180° (convolution), 0 leaves it (cross-correlation, as in a "
    "layer).",
)
OTHER_WIDTHS = {"T": 1, "U": 1, "V": 7, "W": 7, "X": 7, "Y": 1}  # weights may have decimals
GRID_FONT = 11  # points: "0.11" fits into a cell of the grids
KERNEL_HEADINGS = {11: "Turn by 180°?", 14: "Weights in use", 18: "× chosen window", 22: "Sum"}


def workbook() -> Workbook:
    """Return the whole workbook, formulas without values."""
    book = Workbook()
    demo = book.active
    demo.title = "Demo"
    for name, block in NAMES.items():
        book.defined_names[name] = DefinedName(name, attr_text=block.fixed)
    lay_out(demo)
    write_texts(demo)
    write_input(demo)
    write_kernel(demo)
    write_feature_map(demo)
    write_chosen_window(demo)
    write_collection(book.create_sheet("Kernels"))
    return book


# The sheet Demo.


def lay_out(sheet: Worksheet) -> None:
    """Make the cells square and fit the sheet on one page and one screen."""
    for column in range(1, LAST_COLUMN + 1):
        letter = get_column_letter(column)
        sheet.column_dimensions[letter].width = OTHER_WIDTHS.get(letter, CELL_WIDTH)
    for row in range(5, PADDED.top + PADDED.rows + 3):
        sheet.row_dimensions[row].height = CELL_HEIGHT
    for row, height in {1: 30, 2: 20, 3: 36, 4: 24, 5: 30}.items():
        sheet.row_dimensions[row].height = height
    sheet.freeze_panes = "A5"
    sheet.sheet_view.selection[0].activeCell = KERNEL.cell(0, 0)
    sheet.sheet_view.selection[0].sqref = KERNEL.cell(0, 0)
    one_page(sheet)


def write_texts(sheet: Worksheet) -> None:
    """Write title, instructions and the headings of the three blocks."""
    put(sheet, "A1", "Convolution, live", size=20, bold=True, align="left")
    for row, text in enumerate(INSTRUCTIONS, start=2):
        wide(sheet, Block(row, 1, 1, LAST_COLUMN), text)
    for block, text in ((INPUT, "Input"), (FEATURE_MAP, "Feature map")):
        title = Block(5, block.left, 1, block.columns)
        wide(sheet, title, f"{text}, {SIZE} × {SIZE}", size=16, bold=True)
    for block in COLUMN_NUMBERS + ROW_NUMBERS:
        for i, index in enumerate(np.ndindex(block.rows, block.columns)):
            put(sheet, block.cell(*index), i, color=GREY)
    wide(sheet, Block(5, 21, 1, 5), "Kernel", size=16, bold=True, align="center")
    for row, text in KERNEL_HEADINGS.items():
        wide(sheet, Block(row, 21, 1, 5), text, align="center")


def write_input(sheet: Worksheet) -> None:
    """Write the letter with a grey ring of zeros around it."""
    for row in range(PADDED.rows):
        for column in range(PADDED.columns):
            cell = put(sheet, PADDED.cell(row, column), 0, color=GREY)
            cell.fill = PatternFill("solid", fgColor=PALE_GREY)
    write_array(sheet, INPUT, sample("letter H"), limit=LIMITS["input"], size=GRID_FONT)
    frame(sheet, INPUT)
    only(sheet, INPUT, "decimal", NUMBERS, "a number, please")
    legend(sheet, INPUT, (-1, 0, 1), LIMITS["input"])


def write_kernel(sheet: Worksheet) -> None:
    """Write the kernel, the switch, and the kernel as the switch leaves it."""
    write_array(sheet, KERNEL, KERNELS[START_KERNEL], limit=LIMITS["kernel"])
    frame(sheet, KERNEL)
    only(sheet, KERNEL, "decimal", NUMBERS, "a number, please")
    put(sheet, FLIP.cell(0, 0), START_FLIP, bold=True)
    frame(sheet, FLIP)
    only(sheet, FLIP, "list", (1, 0), "1: convolution, 0: cross-correlation")
    wide(sheet, MODE, '=IF(flip=1,"convolution","cross-correlation")', color=ORANGE, align="center")
    turned = [
        [f"=IF(flip=1,{KERNEL.cell(2 - i, 2 - j)},{KERNEL.cell(i, j)})" for j in range(3)]
        for i in range(3)
    ]
    write_array(sheet, WEIGHTS, turned, limit=LIMITS["kernel"])
    legend(sheet, KERNEL, (-2, 0, 2), LIMITS["kernel"])


def write_feature_map(sheet: Worksheet) -> None:
    """Write one SUMPRODUCT for every window."""
    formulas = [
        [f"=SUMPRODUCT({Block(7 + i, 2 + j, 3, 3).address},weights)" for j in range(SIZE)]
        for i in range(SIZE)
    ]
    write_array(sheet, FEATURE_MAP, formulas, limit=LIMITS["feature map"], size=GRID_FONT)
    legend(sheet, FEATURE_MAP, (-6, -4, -2, 0, 2, 4, 6), LIMITS["feature map"])


def write_chosen_window(sheet: Worksheet) -> None:
    """Write the arithmetic of one window, and mark the window and its cell."""
    put(sheet, "A4", "Chosen window: row", bold=True, align="left")
    put(sheet, "J4", "column", bold=True, align="left")
    for block, start in zip((CHOSEN_ROW, CHOSEN_COLUMN), START_WINDOW, strict=True):
        put(sheet, block.cell(0, 0), start, bold=True)
        frame(sheet, block)
        only(sheet, block, "whole", (0, SIZE - 1), f"a whole number from 0 to {SIZE - 1}")
    products = [[f"={under(i, j)}*{WEIGHTS.cell(i, j)}" for j in range(3)] for i in range(3)]
    write_array(sheet, PRODUCTS, products, limit=LIMITS["kernel"])
    wide(sheet, TOTAL, "=SUM(products)", size=14, bold=True, color=ORANGE, align="center")
    terms = [f'{term(under(i, j))}&"×"&{term(WEIGHTS.cell(i, j))}' for i, j in np.ndindex(3, 3)]
    text = "=" + '&" + "&'.join(terms) + f'&" = "&ROUND({TOTAL.cell(0, 0)},3)'
    cell = wide(sheet, WRITTEN_OUT, text, size=13, bold=True, color=ORANGE)
    cell.alignment = Alignment(vertical="center", shrink_to_fit=True)
    mark_chosen(sheet)


def under(row: int, column: int) -> str:
    """Return the formula of one number under the chosen window."""
    return f"INDEX(padded,chosen_row+{row + 1},chosen_column+{column + 1})"


def term(value: str) -> str:
    """Return the formula that writes a number, in brackets where it is negative."""
    return f'IF({value}<0,"("&ROUND({value},3)&")",ROUND({value},3))'


def mark_chosen(sheet: Worksheet) -> None:
    """Mark rows and columns of the chosen window, and those of its cell in the feature map."""
    numbers = ((ROW_NUMBERS, "chosen_row"), (COLUMN_NUMBERS, "chosen_column"))
    for (beside_input, beside_map), chosen in numbers:
        for block in (beside_input, beside_map):
            mark(sheet, block, f"{block.cell(0, 0)}={chosen}", ORANGE, WHITE)
        around = f"ABS({beside_input.cell(0, 0)}-{chosen})=1"
        mark(sheet, beside_input, around, PALE_ORANGE, INK)


def legend(sheet: Worksheet, block: Block, values: tuple[int, ...], limit: int) -> None:
    """Show the colour scale of a block below the grids, in the middle of the block."""
    left = block.left + (block.columns - len(values)) // 2
    shown = Block(PADDED.top + PADDED.rows + 1, left, 1, len(values))
    write_array(sheet, shown, [values], limit=limit)


# The sheet Kernels.


def write_collection(sheet: Worksheet) -> None:
    """Write every named kernel, ready to copy, with what it answers to."""
    put(sheet, "A1", "Kernels to copy", size=20, bold=True, align="left")
    text = (
        "Select the nine cells of a kernel, copy them, and paste them as values (Paste Special) "
        "into the kernel of the sheet Demo. Try Sobel x, then change the switch: all signs change."
    )
    wide(sheet, Block(2, 1, 1, 11), text)
    for column, width in zip("ABCDEFGHIJK", 2 * (6, 6, 6, 1, 50, 4), strict=False):
        sheet.column_dimensions[column].width = width
    for number, name in enumerate(KERNELS):
        block = kernel_block(number)
        write_array(sheet, block, as_typed(name), limit=LIMITS["kernel"])
        put(sheet, block.cell(0, 4), name, size=14, bold=True, align="left")
        wide(sheet, Block(block.top + 1, block.left + 4, 2, 1), describe(name))
    for row in range(4, 4 + 4 * len(KERNELS) // 2):
        sheet.row_dimensions[row].height = CELL_HEIGHT
    sheet.row_dimensions[1].height, sheet.row_dimensions[2].height = 30, 20
    sheet.freeze_panes = "A4"
    one_page(sheet)


def kernel_block(number: int) -> Block:
    """Return where a kernel stands: two side by side, a row free below."""
    return Block(4 + 4 * (number // 2), 1 + 6 * (number % 2), 3, 3)


def as_typed(name: str) -> list[list[object]]:
    """Return a kernel as one would type it: ninths and sixteenths as fractions.

    >>> as_typed("box blur")[0]
    ['=1/9', '=1/9', '=1/9']
    """
    parts = {"box blur": 9, "Gaussian blur": 16}.get(name)
    if parts is None:
        return KERNELS[name].tolist()
    return [[f"={round(weight * parts)}/{parts}" for weight in row] for row in KERNELS[name]]


# The file.


def results() -> dict[str, dict[str, object]]:
    """Return what the formulas give at the start: sheet -> address -> value.

    They are stored beside the formulas for programs that show a file without calculating, as Excel
    does with a download until editing is allowed.
    """
    x, options = sample("letter H"), {"padding": "same", "flip": bool(START_FLIP)}
    window = window_at(x, KERNELS[START_KERNEL], START_WINDOW, **options)
    pairs = zip(window.values.flat, window.weights.flat, strict=True)
    sums = " + ".join(f"{bracketed(value)}×{bracketed(weight)}" for value, weight in pairs)
    demo = {
        MODE.cell(0, 0): "convolution" if START_FLIP else "cross-correlation",
        TOTAL.cell(0, 0): window.total,
        WRITTEN_OUT.cell(0, 0): f"{sums} = {window.total}",
    }
    arrays = {
        WEIGHTS: window.weights,
        PRODUCTS: window.products,
        FEATURE_MAP: convolve(x, KERNELS[START_KERNEL], **options),
    }
    for block, array in arrays.items():
        demo |= {block.cell(*index): value for index, value in np.ndenumerate(array)}
    blocks = {kernel_block(number): KERNELS[name] for number, name in enumerate(KERNELS)}
    collection = {
        block.cell(*index): weight
        for block, matrix in blocks.items()
        for index, weight in np.ndenumerate(matrix)
    }
    return {"Demo": demo, "Kernels": collection}


def bracketed(value: int) -> str:
    """Write a number, in brackets where it is negative."""
    return f"({value})" if value < 0 else f"{value}"


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
    plain, out = BytesIO(), BytesIO()
    book = workbook()
    book.calculation.fullCalcOnLoad = True
    book.save(plain)
    numbered = dict(zip(book.sheetnames, (1, 2), strict=True))
    sheets = {f"xl/worksheets/sheet{n}.xml": results()[name] for name, n in numbered.items()}
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            text = old.read(name).decode("utf-8")
            if name in sheets:
                text = with_results(text, sheets[name])
            text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", f"{WRITTEN.isoformat()}Z", text)
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
