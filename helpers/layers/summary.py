"""The table that `Sequential.summary` prints, laid out as Keras lays it out, without colours."""

from collections.abc import Callable, Iterable, Sequence

from helpers.arguments import brief
from helpers.layers.base import Layer

HEADINGS = ("Layer (type)", "Output Shape", "Param #")
WIDTHS = (31, 22, 13)  # characters in a cell, at least
BYTE_UNITS = ("B", "KB", "MB", "GB")
# Arguments of Keras's summary, with the values that change nothing.
NEUTRAL = {
    "expand_nested": False,
    "layer_range": None,
    "line_length": None,
    "positions": None,
    "show_trainable": False,
}


def table(rows: Iterable[Sequence[str]]) -> str:
    """Draw a frame around the rows of the summary; the last column is aligned to the right.

    Examples
    --------
    >>> print(table([("conv1d (Conv1D)", "(None, 6, 1)", "4")]).splitlines()[3].rstrip("│").strip())
    │ conv1d (Conv1D)                 │ (None, 6, 1)           │             4
    """
    rows = [tuple(row) for row in rows]
    columns = zip(HEADINGS, *rows, strict=True)
    widths = [max(least, *map(len, cells)) for least, cells in zip(WIDTHS, columns, strict=True)]
    lines = [_rule("┏━┳┓", widths), _cells("┃", HEADINGS, widths), _rule("┡━╇┩", widths)]
    for number, row in enumerate(rows):
        if number:
            lines.append(_rule("├─┼┤", widths))
        lines.append(_cells("│", row, widths))
    return "\n".join([*lines, _rule("└─┴┘", widths)])


def checked_print(print_fn) -> Callable[[str], object]:
    """Return what prints the summary; None stands for `print`."""
    if print_fn is not None and not callable(print_fn):
        raise TypeError(f"print_fn={brief(print_fn)}: allowed is a function, or None")
    return print_fn or print


def described(name: str, layers: Sequence[Layer]) -> str:
    """Return the whole summary of a model: its name, its layers, its weights."""
    rows = [
        (
            f"{layer.name} ({type(layer).__name__})",
            str(layer.output_shape) if layer.built else "?",
            f"{layer.count_params():,}" if layer.built else "0 (unbuilt)",
        )
        for layer in layers
    ]
    kinds = {"Total": (True, False), "Trainable": (True,), "Non-trainable": (False,)}
    totals = [f" {title} params: {_counted_in(layers, kind)}" for title, kind in kinds.items()]
    return "\n".join([f'Model: "{name}"', table(rows), *totals])


def _counted_in(layers: Sequence[Layer], trainable: tuple[bool, ...]) -> str:
    """Count the weights, and their memory, of layers that are trainable, or not."""
    chosen = [layer for layer in layers if layer.trainable in trainable]
    weights = [values for layer in chosen for values in layer.weights]
    return counted(sum(w.size for w in weights), sum(w.nbytes for w in weights))


def _rule(corners: str, widths: Sequence[int]) -> str:
    left, line, crossing, right = corners
    return left + crossing.join(line * (width + 2) for width in widths) + right


def _cells(bar: str, cells: Sequence[str], widths: Sequence[int]) -> str:
    first, second, third = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"{bar} {first} {bar} {second} {bar} {third.strip().rjust(widths[2])} {bar}"


def counted(number: int, size: int) -> str:
    """Write a number of weights and the memory they take, `size` in bytes.

    >>> counted(1168, 4672)
    '1,168 (4.56 KB)'
    """
    amount, unit = float(size), 0
    while amount >= 1024 and unit < len(BYTE_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{number:,} ({amount:.2f} {BYTE_UNITS[unit]})"
