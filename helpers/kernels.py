"""The named kernels, each written as the matrix it is.

Every matrix is written for the order in which a convolutional layer uses it: laid on the window as
it stands (cross-correlation, ``convolve(..., flip=False)``). So "Sobel x" is the right side minus
the left side, and a positive activation means "brighter to the right". Convolution
(``flip=True``) turns the kernel by 180 degrees first: Sobel and Prewitt then change their sign.

``KERNELS`` holds the 3x3 matrices and cannot be changed; ``kernel`` gives a copy that can, in other
sizes too. At an even size there is no middle: the weight in row and column ``(size - 1) // 2``
takes its place. With padding "same" an output then stands where its input stood, flipped or not.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import comb
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from helpers.arguments import brief, is_whole, numbers, one_of

LARGEST_SIZE = 7
LARGEST_COMPARED = 16  # rows and columns of weights that are compared with all kernels


def _locked(matrices: dict[str, np.ndarray]) -> Mapping[str, np.ndarray]:
    """Return the matrices so that neither the table nor a weight in it can be changed."""
    locked = {}
    for name, matrix in matrices.items():
        # Some systems count in 32 bits by default: name the type, to print the same everywhere.
        locked[name] = matrix.astype(np.int64 if matrix.dtype.kind == "i" else np.float64)
        locked[name].flags.writeable = False
    return MappingProxyType(locked)


KERNELS = _locked(
    {
        "identity": np.array(
            [
                [0, 0, 0],
                [0, 1, 0],
                [0, 0, 0],
            ]
        ),
        "box blur": np.array(
            [
                [1, 1, 1],
                [1, 1, 1],
                [1, 1, 1],
            ]
        )
        / 9,
        "cross blur": np.array(
            [
                [0.0, 0.2, 0.0],
                [0.2, 0.2, 0.2],
                [0.0, 0.2, 0.0],
            ]
        ),
        "Gaussian blur": np.array(
            [
                [1, 2, 1],
                [2, 4, 2],
                [1, 2, 1],
            ]
        )
        / 16,
        "sharpen": np.array(
            [
                [0, -1, 0],
                [-1, 5, -1],
                [0, -1, 0],
            ]
        ),
        "outline": np.array(
            [
                [-1, -1, -1],
                [-1, 8, -1],
                [-1, -1, -1],
            ]
        ),
        "emboss": np.array(
            [
                [-2, -1, 0],
                [-1, 1, 1],
                [0, 1, 2],
            ]
        ),
        "Sobel x": np.array(
            [
                [-1, 0, 1],
                [-2, 0, 2],
                [-1, 0, 1],
            ]
        ),
        "Sobel y": np.array(
            [
                [-1, -2, -1],
                [0, 0, 0],
                [1, 2, 1],
            ]
        ),
        "Prewitt x": np.array(
            [
                [-1, 0, 1],
                [-1, 0, 1],
                [-1, 0, 1],
            ]
        ),
        "Prewitt y": np.array(
            [
                [-1, -1, -1],
                [0, 0, 0],
                [1, 1, 1],
            ]
        ),
        "Laplacian": np.array(
            [
                [0, 1, 0],
                [1, -4, 1],
                [0, 1, 0],
            ]
        ),
        "vertical line": np.array(
            [
                [0, 1, 0],
                [0, 1, 0],
                [0, 1, 0],
            ]
        ),
        "horizontal line": np.array(
            [
                [0, 0, 0],
                [1, 1, 1],
                [0, 0, 0],
            ]
        ),
        "vertical line, zero sum": np.array(
            [
                [-1, 2, -1],
                [-1, 2, -1],
                [-1, 2, -1],
            ]
        ),
        "horizontal line, zero sum": np.array(
            [
                [-1, -1, -1],
                [2, 2, 2],
                [-1, -1, -1],
            ]
        ),
    }
)

DESCRIPTIONS = MappingProxyType(
    {
        "identity": "Copies the input: each activation is the pixel in the middle of its window.",
        "box blur": "Answers with the plain mean of its window, so that detail melts away.",
        "cross blur": "Answers with the mean of a pixel and its four direct neighbours.",
        "Gaussian blur": "Answers with a mean in which near pixels count more than far ones.",
        "sharpen": "Keeps the picture and adds how much a pixel differs from its four neighbours.",
        "outline": "Answers where a pixel differs from its eight neighbours; flat areas give 0.",
        "emboss": "Keeps the picture and lifts what gets brighter towards the lower right.",
        "Sobel x": "Answers to vertical edges: positive where it gets brighter to the right.",
        "Sobel y": "Answers to horizontal edges: positive where it gets brighter downwards.",
        "Prewitt x": "Answers to vertical edges like Sobel x, with all three rows counting alike.",
        "Prewitt y": "Answers to horizontal edges like Sobel y, all three columns counting alike.",
        "Laplacian": "Answers to dots and edges alike: negative on a bright dot, 0 on a ramp.",
        "vertical line": "Sums its middle column: high on a vertical line and on flat areas.",
        "horizontal line": "Sums its middle row: high on a horizontal line and on flat areas.",
        "vertical line, zero sum": (
            "Answers to a vertical line brighter than both its sides; flat areas give 0."
        ),
        "horizontal line, zero sum": (
            "Answers to a horizontal line brighter than both its sides; flat areas give 0."
        ),
    }
)

# One weight has no direction and no neighbours, two have no middle between two sides.
_SMALLEST_SIZE = MappingProxyType(
    {
        "identity": 1,
        "box blur": 1,
        "Gaussian blur": 1,
        "vertical line": 2,
        "horizontal line": 2,
    }
)


def kernel(name: str, size: int = 3) -> np.ndarray:
    """Return a named kernel as an array of your own.

    Box and Gaussian blur, identity and lines fill the size asked for; the others are 3x3 and stand
    in a frame of zeros, which changes the size of the output but no activation.

    Parameters
    ----------
    name : str
        A name in `KERNELS`.
    size : int
        Rows and columns, in pixels; which ones are allowed, `sizes(name)` says.

    Returns
    -------
    ndarray, (size, size)
        int64 where the weights are whole numbers, otherwise float64.

    Raises
    ------
    ValueError, TypeError
        For a name or a size that is not there, with those that are.

    Examples
    --------
    >>> kernel("Sobel x")
    array([[-1,  0,  1],
           [-2,  0,  2],
           [-1,  0,  1]])
    >>> kernel("vertical line", size=2)
    array([[1, 0],
           [1, 0]])
    """
    allowed = sizes(name)
    if not is_whole(size):
        raise TypeError(f"size={brief(size)}: allowed for {name!r} are {_written(allowed)}")
    if size not in allowed:
        raise ValueError(f"size={brief(size)}: allowed for {name!r} are {_written(allowed)}")
    if size == 3:
        return KERNELS[name].copy()
    if name == "box blur":
        return np.full((size, size), 1 / size**2)
    if name == "Gaussian blur":
        return _binomial(size)
    if name == "identity":
        return _framed(np.ones((1, 1), dtype=np.int64), size)
    if " line" in name:
        return _line(name, size)
    return _framed(KERNELS[name], size)


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
    """Return one sentence that says what a kernel answers to, used as a layer uses it.

    >>> describe("Sobel x")
    'Answers to vertical edges: positive where it gets brighter to the right.'
    """
    one_of("name", name, KERNELS)
    return DESCRIPTIONS[name]


class Match(NamedTuple):
    """The named kernel that is most like some weights, framed as large as these, and how much."""

    name: str
    weights: np.ndarray
    similarity: float


def similarity(one, other) -> float:
    """Return the normalised correlation of two arrays of weights: the cosine between them.

    1 where one is the other times a positive number, -1 where the sign is turned, 0 where they
    have nothing in common; 0 also where all weights are 0.

    >>> similarity(KERNELS["Sobel x"], 2 * KERNELS["Sobel x"])
    1.0
    >>> similarity(KERNELS["Sobel x"], KERNELS["Sobel y"])
    0.0
    """
    one, other = _scaled("one", one), _scaled("other", other)
    if one.shape != other.shape:
        raise ValueError(f"one and other have shapes {one.shape}, {other.shape}: allowed is one")
    size = np.sqrt((one**2).sum() * (other**2).sum())
    return float((one * other).sum() / size) if size else 0.0


def _scaled(name: str, weights) -> np.ndarray:
    """Return weights as floats from -1 to 1, whose squares do not overflow; 0 stays 0."""
    weights = numbers(name, weights).astype(float)
    largest = float(np.abs(weights).max())
    return weights / largest if largest else weights


def closest_kernel(weights) -> Match:
    """Find the named kernel, in any odd size and anywhere in the frame, that is most like weights.

    A kernel with its sign turned counts as well; its similarity is below 0.

    Parameters
    ----------
    weights : array_like, (H, W)
        From 1 x 1 to 16 x 16.

    >>> closest_kernel([[0, 0, 0, 0], [2, 0, -2, 0], [4, 0, -4, 0], [2, 0, -2, 0]])[::2]
    ('Sobel x', -1.0)
    """
    weights = _scaled("weights", weights)
    if weights.ndim != 2 or max(weights.shape) > LARGEST_COMPARED:
        allowed = f"allowed is (H, W), up to {LARGEST_COMPARED} each"
        raise ValueError(f"weights has shape {weights.shape}: {allowed}")
    names, framed = _candidates(weights.shape)
    found = framed.reshape(len(names), -1) / _length(framed) @ weights.ravel()
    best = int(np.abs(found).round(9).argmax())
    return Match(names[best], framed[best].copy(), similarity(weights, framed[best]))


@lru_cache(maxsize=8)
def _candidates(shape: tuple[int, int]) -> tuple[tuple[str, ...], np.ndarray]:
    """Return names and frames of `shape`, (N, H, W), with every kernel wherever it fits."""
    found = [
        (name, framed)
        for name in KERNELS
        for size in sizes(name)
        if size % 2 and size <= min(shape)
        for framed in _everywhere(kernel(name, size), shape)
    ]
    names, frames = zip(*found, strict=True)
    return names, np.array(frames, dtype=np.float64)


def _length(arrays: np.ndarray) -> np.ndarray:
    """Return the root of the sum of squares of each, (N, 1)."""
    return np.sqrt((arrays**2).sum(axis=(1, 2)))[:, np.newaxis]


def _everywhere(matrix: np.ndarray, shape: tuple[int, ...]) -> Iterator[np.ndarray]:
    """Yield a frame of zeros with `matrix` at each place where it fits."""
    height, width = matrix.shape
    for top, left in np.ndindex(shape[0] - height + 1, shape[1] - width + 1):
        framed = np.zeros(shape)
        framed[top : top + height, left : left + width] = matrix
        yield framed


def _written(allowed: tuple[int, ...]) -> str:
    """Write sizes for an error message."""
    return f"the whole numbers from {allowed[0]} to {allowed[-1]}"


def _binomial(size: int) -> np.ndarray:
    """Return the binomial coefficients of both axes multiplied; they sum to 1 exactly."""
    row = np.array([comb(size - 1, k) for k in range(size)])
    return np.outer(row, row) / 4.0 ** (size - 1)


def _line(name: str, size: int) -> np.ndarray:
    """Return a line as long as the kernel, with what stands beside it."""
    across = [[-1, 2, -1]] if name.endswith("zero sum") else [[1]]
    vertical = _framed(np.repeat(np.array(across, dtype=np.int64), size, axis=0), size)
    return vertical if name.startswith("vertical") else vertical.T.copy()


def _framed(matrix: np.ndarray, size: int) -> np.ndarray:
    """Return `matrix` in the middle of (size, size) zeros."""
    framed = np.zeros((size, size), dtype=matrix.dtype)
    top, left = ((size - 1) // 2 - (n - 1) // 2 for n in matrix.shape)
    framed[top : top + matrix.shape[0], left : left + matrix.shape[1]] = matrix
    return framed
