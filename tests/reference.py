"""Convolution once more, in nested loops over Python numbers, for the tests to compare with.

It shares no line with the helpers and knows no array: every window is visited, every value looked
up by its index, and what stands outside the input is decided value by value. Slow and plain.
"""


class DoesNotFit(Exception):
    """The kernel spans more than the padded input."""


def convolved(x, kernel, **options):
    """Return the feature map as nested lists; takes the options of `helpers.convolution.convolve`.

    >>> convolved([1, 2, 3], [4, 5, 6], padding="full")
    [4, 13, 28, 27, 18]
    >>> convolved([[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[1, 0], [1, 0]])
    [[7, 9], [13, 15]]
    """
    if isinstance(x[0], list):
        return _of_picture(x, kernel, **options)
    for name in ("stride", "dilation"):
        options[name] = (1, for_each_axis(options.get(name, 1), 1)[0])
    padding = options.get("padding", "valid")
    if not isinstance(padding, str):
        options["padding"] = (0, padding if isinstance(padding, int) else padding[0])
    return _of_picture([x], [kernel], **options)[0]


def _of_picture(
    x, kernel, *, stride=1, padding="valid", dilation=1, border="zeros", flip=True
) -> list[list]:
    strides, dilations = for_each_axis(stride, 2), for_each_axis(dilation, 2)
    paddings = for_each_axis(padding, 2)
    sizes, kernel_sizes = (len(x), len(x[0])), (len(kernel), len(kernel[0]))
    starts = [
        first_samples(sizes[a], kernel_sizes[a], strides[a], dilations[a], paddings[a], flip)
        for a in (0, 1)
    ]
    result = []
    for top in starts[0]:
        result.append([])
        for left in starts[1]:
            total = 0
            for i in range(kernel_sizes[0]):
                for j in range(kernel_sizes[1]):
                    weight = kernel[-1 - i][-1 - j] if flip else kernel[i][j]
                    row, column = top + i * dilations[0], left + j * dilations[1]
                    total += weight * value_at(x, row, column, border)
            result[-1].append(total)
    return result


def for_each_axis(value, axes: int) -> tuple:
    return tuple(value) if isinstance(value, tuple | list) else (value,) * axes


def first_samples(size, kernel_size, stride, dilation, padding, flip) -> list[int]:
    """Return where along one axis the windows begin, counted from the first sample of the input.

    "same" with `flip` follows NumPy and SciPy: output n of the full convolution ends on sample n,
    and the middle outputs are kept. Without it, it follows TensorFlow's formula for padding.
    """
    reach = dilation * (kernel_size - 1)  # from the first to the last weight
    if padding == "same":
        if flip:
            kept = range(reach // 2, reach // 2 + size, stride)
            return [n - reach for n in kept]
        outputs = -(-size // stride)
        before = max((outputs - 1) * stride + reach + 1 - size, 0) // 2
        return [n * stride - before for n in range(outputs)]
    before, after = {"valid": (0, 0), "full": (reach, reach)}.get(str(padding), (padding, padding))
    if isinstance(before, tuple | list):
        before, after = before
    starts = list(range(-before, size + after - reach, stride))
    if not starts:
        raise DoesNotFit
    return starts


def value_at(x, row: int, column: int, border: str):
    """Return the value of a picture at a place that may lie outside it."""
    row, column = (_inside(n, size, border) for n, size in ((row, len(x)), (column, len(x[0]))))
    return 0 if row is None or column is None else x[row][column]


def _inside(place: int, size: int, border: str) -> int | None:
    """Return the place inside whose value stands at `place`, or None for a zero."""
    if 0 <= place < size:
        return place
    if border == "zeros":
        return None
    if border == "edge":
        return 0 if place < 0 else size - 1
    while not 0 <= place < size:
        if border == "wrap":
            place += size if place < 0 else -size
        elif size == 1:
            place = 0
        else:
            place = -place if place < 0 else 2 * (size - 1) - place
    return place
