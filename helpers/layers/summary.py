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
    names = [f"{layer.name} ({type(layer).__name__})" for layer in layers]
    outputs = [str(shape) for shape in shapes] or ["?"] * len(layers)
    counts = [f"{layer.count_params():,}" if shapes else "0 (unbuilt)" for layer in layers]
    weights = [values for layer in layers for values in layer.weights]
    total = counted(sum(w.size for w in weights), sum(w.nbytes for w in weights))
    return (
        f'Model: "{name}"\n'
        f"{table(list(zip(names, outputs, counts, strict=True)))}\n"
        f" Total params: {total}\n"
        f" Trainable params: {total}\n"
        f" Non-trainable params: {counted(0, 0)}"
    )


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Draw a frame around the rows of the summary; the last column is aligned to the right."""
    columns = zip(HEADINGS, *rows, strict=True)
    widths = [max(least, *map(len, cells)) for least, cells in zip(WIDTHS, columns, strict=True)]

    def rule(left: str, line: str, crossing: str, right: str) -> str:
        return left + crossing.join(line * (width + 2) for width in widths) + right

    def cells(bar: str, row: tuple[str, str, str]) -> str:
        (name, shape, count), (first, second, third) = row, widths
        return f"{bar} {name:{first}} {bar} {shape:{second}} {bar} {count:>{third}} {bar}"

    body = [line for row in rows for line in (rule(*"├─┼┤"), cells("│", row))][1:]
    head = [rule(*"┏━┳┓"), cells("┃", HEADINGS), rule(*"┡━╇┩")]
    return "\n".join([*head, *body, rule(*"└─┴┘")])


def counted(number: int, size: float) -> str:
    """Write a number of weights and the memory they take, `size` in bytes.

    >>> counted(1168, 4672)
    '1,168 (4.56 KB)'
    """
    unit = 0
    while size >= 1024 and unit < len(BYTE_UNITS) - 1:
        size, unit = size / 1024, unit + 1
    return f"{number:,} ({size:.2f} {BYTE_UNITS[unit]})"
