"""The table that `Sequential.summary` prints, laid out as Keras lays it out, without colours."""

from collections.abc import Sequence

from helpers.layers.layer import Layer, Shape

HEADINGS = ("Layer (type)", "Output Shape", "Param #")
WIDTHS = (31, 22, 13)  # characters in a cell, at least
BYTE_UNITS = ("B", "KB", "MB", "GB")


def described(name: str, layers: Sequence[Layer], shapes: Sequence[Shape]) -> str:
    """Return the whole summary of a model: its name, its layers, its weights.

    `shapes` are those of the layers' outputs, or [] as long as they are not known.
    """
    rows = [
        (
            f"{layer.name} ({type(layer).__name__})",
            str(shapes[number]) if shapes else "?",
            f"{layer.count_params():,}" if shapes else "0 (unbuilt)",
        )
        for number, layer in enumerate(layers)
    ]
    weights = [values for layer in layers for values in layer.weights]
    total = counted(sum(w.size for w in weights), sum(w.nbytes for w in weights))
    titles = {"Total": total, "Trainable": total, "Non-trainable": counted(0, 0)}
    lines = [f" {title} params: {text}" for title, text in titles.items()]
    return "\n".join([f'Model: "{name}"', table(rows), *lines])


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Draw a frame around the rows of the summary; the last column is aligned to the right."""
    columns = zip(HEADINGS, *rows, strict=True)
    widths = [max(least, *map(len, cells)) for least, cells in zip(WIDTHS, columns, strict=True)]
    lines = [_rule("┏━┳┓", widths), _cells("┃", HEADINGS, widths), _rule("┡━╇┩", widths)]
    for number, row in enumerate(rows):
        if number:
            lines.append(_rule("├─┼┤", widths))
        lines.append(_cells("│", row, widths))
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def counted(number: int, size: int) -> str:
    """Write a number of weights and the memory they take, `size` in bytes.

    >>> counted(1168, 4672)
    '1,168 (4.56 KB)'
    """
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(BYTE_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{number:,} ({amount:.2f} {BYTE_UNITS[unit]})"


def _rule(corners: str, widths: Sequence[int]) -> str:
    left, line, crossing, right = corners
    return left + crossing.join(line * (width + 2) for width in widths) + right


def _cells(bar: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    name, shape, count = cells
    padded = (name.ljust(widths[0]), shape.ljust(widths[1]), count.rjust(widths[2]))
    return f"{bar} " + f" {bar} ".join(padded) + f" {bar}"
