"""Make the photographs in data/ from those that the package scikit-image brings along.

    python -m pip install scikit-image==0.26.0
    python -m tools.make_photographs

Each photograph is cut to a whole number of square blocks, and every block becomes its mean, rounded
to a whole number. The lines printed at the end belong in the table of data/README.md.
"""

import hashlib
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

DATA = Path(__file__).parent.parent / "data"


class Source(NamedTuple):
    """A file in skimage/data, the part of it to take, and the size of a block, in pixels."""

    file: str
    sha256: str
    rows: slice
    columns: slice
    block: int


SOURCES = {
    "camera.png": Source(
        "camera.png",
        "b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a",
        slice(0, 512),
        slice(0, 512),
        block=4,
    ),
    "bricks.png": Source(
        "brick.png",
        "7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf",
        slice(0, 256),
        slice(0, 256),
        block=2,
    ),
    "cat.png": Source(
        "chelsea.png",
        "596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb",
        slice(0, 300),
        slice(0, 450),
        block=3,
    ),
    "astronaut.png": Source(
        "astronaut.png",
        "88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5",
        slice(0, 512),
        slice(0, 512),
        block=4,
    ),
    "coffee.png": Source(
        "coffee.png",
        "cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7",
        slice(0, 400),
        slice(0, 600),
        block=4,
    ),
}


def block_means(pixels: np.ndarray, block: int) -> np.ndarray:
    """Return the mean of every block x block square of uint8 pixels, (H, W) or (H, W, C).

    >>> block_means(np.array([[1, 2, 9, 9], [3, 4, 9, 9]], dtype=np.uint8), 2)
    array([[2, 9]], dtype=uint8)
    """
    height, width = pixels.shape[0] // block, pixels.shape[1] // block
    squares = pixels.reshape(height, block, width, block, *pixels.shape[2:])
    return np.rint(squares.mean(axis=(1, 3))).astype(np.uint8)


def reduced(source: Source) -> np.ndarray:
    """Read a photograph from scikit-image, make sure it is the one meant, and reduce it."""
    content = (files("skimage") / "data" / source.file).read_bytes()
    if hashlib.sha256(content).hexdigest() != source.sha256:
        raise ValueError(f"{source.file} is not the file that data/README.md describes")
    with Image.open(BytesIO(content)) as image:
        return block_means(np.asarray(image)[source.rows, source.columns], source.block)


def main() -> None:
    """Write every photograph and print its size and checksum."""
    for name, source in SOURCES.items():
        pixels = reduced(source)
        Image.fromarray(pixels).save(DATA / name, optimize=True)
        checksum = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        print(f"{name}  {' x '.join(map(str, pixels.shape))}  {checksum}")


if __name__ == "__main__":
    main()
