"""Blocks of cells on a sheet: numbers, texts, frames and colours that look alike everywhere."""

import re
from typing import NamedTuple

import numpy as np
from openpyxl.cell.cell import Cell
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.worksheet import Worksheet

CELL_WIDTH, CELL_HEIGHT = 4, 24.75  # both are 33 pixels: a character is 7 and 5 more, a point 4/3
FONT = "Arial"
BLUE, WHITE, RED = "2166AC", "FFFFFF", "B2182B"  # above 0, 0, below 0
INK, GREY, PALE_GREY = "222222", "595959", "E5E5E5"
ORANGE, PALE_ORANGE = "C24E00", "F9CFAE"


class Block(NamedTuple):
    """A rectangle of cells on a sheet, counted from 1 as spreadsheets do."""

    top: int
    left: int
    rows: int
    columns: int

    def cell(self, row: int, column: int) -> str:
        """Return the address of a cell counted from 0 inside the block."""
        return f"{get_column_letter(self.left + column)}{self.top + row}"

    @property
    def address(self) -> str:
        """The block as "A1:B2"."""
        return f"{self.cell(0, 0)}:{self.cell(self.rows - 1, self.columns - 1)}"

    @property
    def fixed(self) -> str:
        """The block on the sheet Demo as "Demo!$A$1:$B$2"."""
        return "Demo!" + re.sub(r"([A-Z]+)(\d+)", r"$\1$\2", self.address)


def put(sheet: Worksheet, address: str, value: object, *, align="center", **font) -> Cell:
    """Write one cell and return it; `font` takes what `openpyxl.styles.Font` takes."""
    cell = sheet[address]
    cell.value = value
    cell.font = Font(**{"name": FONT, "size": 12, "color": INK} | font)
    cell.alignment = Alignment(horizontal=align, vertical="center")
    return cell


def wide(sheet: Worksheet, block: Block, value: str, *, align="left", **font) -> Cell:
    """Write a text across a whole block, on several lines if it needs them; return its cell."""
    if block.rows * block.columns > 1:
        sheet.merge_cells(block.address)
    cell = put(sheet, block.cell(0, 0), value, **font)
    cell.alignment = Alignment(horizontal=align, vertical="center", wrap_text=True)
    return cell


def write_array(sheet: Worksheet, block: Block, values, *, limit: int, size=12) -> None:
    """Write numbers or formulas into a block and colour them: blue above 0, red below."""
    thin = Side("thin", color="D0D0D0")
    for row, column in np.ndindex(block.rows, block.columns):
        value = values[row][column]
        value = value.item() if isinstance(value, np.generic) else value
        cell = put(sheet, block.cell(row, column), value, bold=True, size=size)
        cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        cell.fill = PatternFill()
    colour(sheet, block, limit)


def colour(sheet: Worksheet, block: Block, limit: int) -> None:
    """Colour a block by a scale that never adapts, with white numbers on dark cells."""
    ends = {"start_type": "num", "mid_type": "num", "end_type": "num", "mid_value": 0}
    ends |= {"start_value": -limit, "start_color": RED, "mid_color": WHITE}
    scale = ColorScaleRule(**ends, end_value=limit, end_color=BLUE)
    dark = FormulaRule([f"ABS({block.cell(0, 0)})>={0.9 * limit:g}"], font=Font(color=WHITE))
    sheet.conditional_formatting.add(block.address, dark)
    sheet.conditional_formatting.add(block.address, scale)


def mark(sheet: Worksheet, block: Block, condition: str, fill: str, color: str) -> None:
    """Give the cells of a block in which a formula is true another fill and ink."""
    style = {"fill": PatternFill("solid", bgColor=fill), "font": Font(color=color, bold=True)}
    sheet.conditional_formatting.add(block.address, FormulaRule([condition], **style))


def frame(sheet: Worksheet, block: Block) -> None:
    """Draw a thick frame: the sign of cells that may be changed."""
    thick = Side("thick", color=INK)
    for row, column in np.ndindex(block.rows, block.columns):
        cell = sheet[block.cell(row, column)]
        cell.border = Border(
            left=thick if column == 0 else cell.border.left,
            right=thick if column == block.columns - 1 else cell.border.right,
            top=thick if row == 0 else cell.border.top,
            bottom=thick if row == block.rows - 1 else cell.border.bottom,
        )


def only(sheet: Worksheet, block: Block, kind: str, allowed: tuple, message: str) -> None:
    """Refuse what is not allowed in the cells of a block, with a message.

    `kind` is "list" (the values allowed), "whole" or "decimal" (the lowest and the highest).
    """
    rule = DataValidation(kind, allow_blank=False, showErrorMessage=True, error=message)
    if kind == "list":
        rule.formula1 = f'"{",".join(map(str, allowed))}"'
    else:
        rule.formula1, rule.formula2 = map(str, allowed)
    sheet.add_data_validation(rule)
    rule.add(block.address)


def one_page(sheet: Worksheet) -> None:
    """Print on one landscape page, and show no grid but the one that is drawn."""
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_options.horizontalCentered = True
    sheet.page_margins = PageMargins(left=0.4, right=0.4, top=0.4, bottom=0.4)  # inches
