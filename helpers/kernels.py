"""The named kernels, each drawn as the matrix it is.

Every matrix is drawn in the order in which a convolutional layer uses it: each weight multiplies
the pixel at its own place in the window (cross-correlation, ``convolve(..., flip=False)``). So
"Sobel x" is the right side minus the left side, and a positive activation means "brighter to the
right". Convolution (``flip=True``) turns the kernel by 180 degrees first: Sobel and Prewitt then
change their sign.

``KERNELS`` holds the 3x3 matrices and cannot be changed; ``kernel`` gives a copy that can, in other
sizes too. At an even size there is no middle: the weight in row and column ``(size - 1) // 2``
takes its place. With padding "same" an output is then where its input was, flipped or not.
"""

from collections.abc import Iterator
from functools import lru_cache
from math import comb
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from helpers.arguments import brief, is_whole, numbers, one_of

LARGEST_SIZE = 7
LARGEST_COMPARED = 16  # rows and columns of weights that are compared with all kernels

DRAWN = """
identity
Copies the input: each activation is the pixel in the middle of its window.
     0   0   0
     0   1   0
     0   0   0

box blur / 9
Answers with the plain mean of its window, so that detail melts away.
     1   1   1
     1   1   1
     1   1   1

cross blur / 5
Answers with the mean of a pixel and its four direct neighbours.
     0   1   0
     1   1   1
     0   1   0

Gaussian blur / 16
Answers with a mean in which near pixels count more than far ones.
     1   2   1
     2   4   2
     1   2   1

sharpen
Keeps the picture and adds how much a pixel differs from its four neighbours.
     0  -1   0
    -1   5  -1
     0  -1   0

outline
Answers where a pixel differs from its eight neighbours; flat areas give 0.
    -1  -1  -1
    -1   8  -1
    -1  -1  -1

emboss
Keeps the picture and lifts what gets brighter towards the lower right.
    -2  -1   0
    -1   1   1
     0   1   2

Sobel x
Answers to vertical edges: positive where it gets brighter to the right.
    -1   0   1
    -2   0   2
    -1   0   1

Sobel y
Answers to horizontal edges: positive where it gets brighter downwards.
    -1  -2  -1
     0   0   0
     1   2   1

Prewitt x
Answers to vertical edges like Sobel x, with all three rows counting alike.
    -1   0   1
    -1   0   1
    -1   0   1

Prewitt y
Answers to horizontal edges like Sobel y, all three columns counting alike.
    -1  -1  -1
     0   0   0
     1   1   1

Laplacian
Answers to dots and edges alike: negative on a bright dot, 0 on a ramp.
     0   1   0
     1  -4   1
     0   1   0

vertical line
Sums its middle column: high on a vertical line and on flat areas.
     0   1   0
     0   1   0
     0   1   0

horizontal line
Sums its middle row: high on a horizontal line and on flat areas.
     0   0   0
     1   1   1
     0   0   0

vertical line, zero sum
Answers to a vertical line brighter than both its sides; flat areas give 0.
    -1   2  -1
    -1   2  -1
    -1   2  -1

horizontal line, zero sum
Answers to a horizontal line brighter than both its sides; flat areas give 0.
    -1  -1  -1
     2   2   2
    -1  -1  -1
"""


def _read(drawn: str) -> Iterator[tuple[str, str, np.ndarray]]:
    """Yield name, description and matrix of every drawing; a divisor makes it float64."""
    for block in drawn.strip().split("\n\n"):
        title, description, *rows = block.splitlines()
        name, _, divisor = title.partition(" / ")
        matrix = np.array([row.split() for row in rows], dtype=np.int64)
        matrix = matrix / int(divisor) if divisor else matrix
        matrix.flags.writeable = False
        yield name, description, matrix


KERNELS = MappingProxyType({name: matrix for name, _, matrix in _read(DRAWN)})
DESCRIPTIONS = MappingProxyType({name: description for name, description, _ in _read(DRAWN)})

# One weight has no direction and no neighbours; two have no middle between two sides.
_SMALLEST_SIZE = {
    "identity": 1,
    "box blur": 1,
    "Gaussian blur": 1,
    "vertical line": 2,
    "horizontal line": 2,
}


def kernel(name: str, size: int = 3) -> np.ndarray:
    """Return a named kernel, (size, size), as an array of your own; `size` is in pixels.

    Box and Gaussian blur, identity and lines fill the size asked for; the others are 3x3 in a frame
    of zeros, which changes the size of the output but no activation. Whole numbers are int64. A
    name or a size that does not exist is a ValueError or TypeError that says which do: the keys of
    `KERNELS` and `sizes(name)`.

    >>> kernel("Sobel x")
    array([[-1,  0,  1],
           [-2,  0,  2],
           [-1,  0,  1]])
    >>> kernel("vertical line", size=2)
    array([[1, 0],
           [1, 0]])
    """
    allowed = sizes(name)
    if not is_whole(size) or size not in allowed:
        error = ValueError if is_whole(size) else TypeError
        raise error(
            f"size={brief(size)}: allowed for {name!r} are the whole numbers from {allowed[0]} to "
            f"{allowed[-1]}"
        )
    if name == "box blur":
        return np.full((size, size), 1 / size**2)
    if name == "Gaussian blur":  # binomial coefficients along both axes; they sum to 1 exactly
        row = np.array([comb(size - 1, k) for k in range(size)])
        return np.outer(row, row) / 4.0 ** (size - 1)
    framed, middle = np.zeros((size, size), dtype=KERNELS[name].dtype), (size - 1) // 2
    if size < 3:
        framed[middle, middle] = 1
    else:
        framed[middle - 1 : middle + 2, middle - 1 : middle + 2] = KERNELS[name]
    if name.startswith("vertical line"):  # as long as the kernel
        framed[:] = framed[middle]
    if name.startswith("horizontal line"):
        framed[:] = framed[:, [middle]]
    return framed


def sizes(name: str) -> tuple[int, ...]:
    """Return the sizes in which a kernel exists, in pixels.

    A 3x3 kernel is not cut down to fit a smaller size: what is left of it would answer to
    something else.

    >>> sizes("box blur")
    (1, 2, 3, 4, 5, 6, 7)
    >>> sizes("Sobel x")
    (3, 4, 5, 6, 7)
    """
    one_of("name", name, KERNELS)
    return tuple(range(_SMALLEST_SIZE.get(name, 3), LARGEST_SIZE + 1))


def describe(name: str) -> str:
    """Return one sentence that says what a kernel answers to when a layer uses it.

    >>> describe("Sobel x")
    'Answers to vertical edges: positive where it gets brighter to the right.'
    """
    return DESCRIPTIONS[one_of("name", name, KERNELS)]


class Match(NamedTuple):
    """The named kernel most like some weights, in a frame of their shape, and how alike they are.

    `similarity` is the cosine between the two arrays: 1 where one is the other times a positive
    number, -1 where its sign is turned, 0 where they have nothing in common or all weights are 0.
    """

    name: str
    weights: np.ndarray
    similarity: float


def closest_kernel(weights) -> Match:
    """Find the named kernel, in any odd size and anywhere in the frame, that is most like weights.

    `weights` is (H, W), from 1 x 1 to 16 x 16. A kernel with its sign turned counts as well; its
    similarity is below 0.

    >>> closest_kernel([[0, 0, 0, 0], [2, 0, -2, 0], [4, 0, -4, 0], [2, 0, -2, 0]])[::2]
    ('Sobel x', -1.0)
    """
    weights = numbers("weights", weights).astype(float)
    if weights.ndim != 2 or max(weights.shape) > LARGEST_COMPARED:
        allowed = f"allowed is (H, W), up to {LARGEST_COMPARED} each"
        raise ValueError(f"weights has shape {weights.shape}: {allowed}")
    names, framed = _candidates(weights.shape)
    lengths = np.sqrt((framed**2).sum(axis=(1, 2)) * (weights**2).sum())
    cosines = (framed * weights).sum(axis=(1, 2)) / np.where(lengths, lengths, 1)
    best = int(np.abs(cosines).round(9).argmax())
    return Match(names[best], framed[best].copy(), float(cosines[best]))


@lru_cache(maxsize=8)
def _candidates(shape: tuple[int, int]) -> tuple[list[str], np.ndarray]:
    """Return names, and frames of `shape`, (N, H, W), with every kernel wherever it fits."""
    names, frames = [], []
    for name in KERNELS:
        for size in (n for n in sizes(name) if n % 2 and n <= min(shape)):
            for top, left in np.ndindex(shape[0] - size + 1, shape[1] - size + 1):
                frames.append(np.zeros(shape))
                frames[-1][top : top + size, left : left + size] = kernel(name, size)
                names.append(name)
    return names, np.array(frames)
