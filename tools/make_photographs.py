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

import numpy as np
from PIL import Image

DATA = Path(__file__).parent.parent / "data"

# Name here, file in skimage/data, pixels of a block, most rows and columns to take, SHA-256.
SOURCES = """
camera.png camera.png 4 512 b0793d2adda0fa6ae899c03989482bff9a42d3d5690fc7e3648f2795d730c23a
bricks.png brick.png 2 256 7966caf324f6ba843118d98f7a07746d22f6a343430add0233eca5f6eaaa8fcf
cat.png chelsea.png 3 450 596aa1e7cb875eb79f437e310381d26b338a81c2da23439704a73c4651e8c4bb
astronaut.png astronaut.png 4 512 88431cd9653ccd539741b555fb0a46b61558b301d4110412b5bc28b5e3ea6cb5
coffee.png coffee.png 4 600 cc02f8ca188b167c775a7101b5d767d1e71792cf762c33d6fa15a4599b5a8de7
"""


def block_means(pixels: np.ndarray, block: int) -> np.ndarray:
    """Return the mean of every block x block square of uint8 pixels, (H, W) or (H, W, C).

    >>> block_means(np.array([[1, 2, 9, 9], [3, 4, 9, 9]], dtype=np.uint8), 2)
    array([[2, 9]], dtype=uint8)
    """
    height, width = pixels.shape[0] // block, pixels.shape[1] // block
    squares = pixels.reshape(height, block, width, block, *pixels.shape[2:])
    return np.rint(squares.mean(axis=(1, 3))).astype(np.uint8)


def main() -> None:
    """Write every photograph and print its size and checksum."""
    for name, file, block, most, sha256 in map(str.split, SOURCES.strip().splitlines()):
        content = (files("skimage") / "data" / file).read_bytes()
        if hashlib.sha256(content).hexdigest() != sha256:
            raise ValueError(f"{file} is not the file that data/README.md describes")
        with Image.open(BytesIO(content)) as image:
            pixels = block_means(np.asarray(image)[: int(most), : int(most)], int(block))
        Image.fromarray(pixels).save(DATA / name, optimize=True)
        checksum = hashlib.sha256((DATA / name).read_bytes()).hexdigest()
        print(f"{name}  {' x '.join(map(str, pixels.shape))}  {checksum}")


if __name__ == "__main__":
    main()
