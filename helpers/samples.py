"""Tiny inputs drawn as text, small photographs, and the reader's own picture.

``sample`` gives every input by name. Shapes are int64, small enough to count by hand; photographs
are uint8, (H, W) in grey or (H, W, 3) in colour, from data/ (data/README.md says where they come
from). Each call returns an array of your own: changing it changes nothing here.

``load_picture`` turns the bytes of a PNG or JPEG file into such an array.
"""

import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from helpers.arguments import brief, one_of, truth, whole

_HERE = Path(__file__).parent
# In the project data/ is beside helpers/. Installed as a wheel, the helpers carry it inside.
DATA = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent / "data"

LARGEST_SIDE = 160  # pixels: what stays fluid under a slider and fits on the screen twice as large
LARGEST_FILE = 20_000_000  # bytes
LARGEST_AREA = 50_000_000  # pixels, counted before anything is decoded

# A dot is a 0. The digits are for sums by hand: under "Sobel x" all nine differ, 0 among them, and
# none has three digits.
DRAWN = """
letter H
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 1 1 1 1 1 1 1 1 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . 1 . . . . . . . . 1 . . .
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .
    . . . . . . . . . . . . . . . .

small H
    . . . . . . .
    . 1 . . . 1 .
    . 1 . . . 1 .
    . 1 1 1 1 1 .
    . 1 . . . 1 .
    . 1 . . . 1 .
    . . . . . . .

cross
    . . . . . . .
    . . . 1 . . .
    . . . 1 . . .
    . 1 1 1 1 1 .
    . . . 1 . . .
    . . . 1 . . .
    . . . . . . .

square
    . . . . . . . .
    . . . . . . . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . . . . . . .
    . . . . . . . .

ring
    . . . . . . . . .
    . . . 1 1 1 . . .
    . . 1 . . . 1 . .
    . 1 . . . . . 1 .
    . 1 . . . . . 1 .
    . 1 . . . . . 1 .
    . . 1 . . . 1 . .
    . . . 1 1 1 . . .
    . . . . . . . . .

diagonal
    1 . . . . . . .
    . 1 . . . . . .
    . . 1 . . . . .
    . . . 1 . . . .
    . . . . 1 . . .
    . . . . . 1 . .
    . . . . . . 1 .
    . . . . . . . 1

staircase
    1 1 . . . . . .
    1 1 . . . . . .
    1 1 1 1 . . . .
    1 1 1 1 . . . .
    1 1 1 1 1 1 . .
    1 1 1 1 1 1 . .
    1 1 1 1 1 1 1 1
    1 1 1 1 1 1 1 1

one dot
    . . . . . . .
    . . . . . . .
    . . . . . . .
    . . . 1 . . .
    . . . . . . .
    . . . . . . .
    . . . . . . .

checkerboard
    . 1 . 1 . 1 . 1
    1 . 1 . 1 . 1 .
    . 1 . 1 . 1 . 1
    1 . 1 . 1 . 1 .
    . 1 . 1 . 1 . 1
    1 . 1 . 1 . 1 .
    . 1 . 1 . 1 . 1
    1 . 1 . 1 . 1 .

ramp
     1  2  3  4  5
     6  7  8  9 10
    11 12 13 14 15
    16 17 18 19 20
    21 22 23 24 25

5 x 5 digits
    4 1 5 . 7
    . 1 . 1 4
    2 . 4 1 .
    . 3 4 2 .
    1 . 2 3 1
"""


_SHAPES = {
    name: np.array([row.replace(".", "0").split() for row in rows], dtype=np.int64)
    for name, *rows in map(str.splitlines, DRAWN.strip().split("\n\n"))
}
PHOTOGRAPHS = MappingProxyType(  # names and files
    {
        "photograph: camera": "camera.png",
        "photograph: bricks": "bricks.png",
        "photograph: cat (colour)": "cat.png",
        "photograph: astronaut (colour)": "astronaut.png",
        "photograph: coffee (colour)": "coffee.png",
    }
)
SAMPLES = (*_SHAPES, *PHOTOGRAPHS)


def sample(name: str) -> np.ndarray:
    """Return an input by its name in `SAMPLES`.

    Shapes are int64, (H, W); photographs are uint8, (H, W) or, in colour, (H, W, 3). ValueError or
    TypeError for a name that does not exist, with those that do; FileNotFoundError for a photograph
    that is missing from data/.

    >>> sample("ramp")[0]
    array([1, 2, 3, 4, 5])
    """
    one_of("name", name, SAMPLES)
    if name in _SHAPES:
        return _SHAPES[name].copy()
    with Image.open(stored_file(PHOTOGRAPHS[name]), formats=("PNG",)) as image:
        return np.array(image)


def stored_file(name: str) -> Path:
    """Return the path of a file in data/, or say where it should be."""
    path = DATA / name
    if not path.is_file():
        raise FileNotFoundError(
            f"{name} should be in {path.parent}, and is not: the folder data/ belongs beside "
            "helpers/"
        )
    return path


def load_picture(data: bytes, *, colour: bool = False, largest: int = LARGEST_SIDE) -> np.ndarray:
    """Turn the bytes of a PNG or JPEG file into an array small enough to work with.

    The picture is turned as the camera was held, put on white where it is transparent, and reduced
    (never enlarged) until its longer side is at most `largest` pixels. Of an animation it is the
    first frame. The array is uint8: (H, W) in grey or, with `colour`, (H, W, 3).

    `data` is the whole file, at most 20 MB and 50 megapixels. What is no picture, damaged or too
    large is a ValueError with a sentence for the reader; arguments of the wrong kind a TypeError.

    >>> load_picture((DATA / "cat.png").read_bytes(), largest=75).shape
    (50, 75)
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"data={brief(data)}: allowed are the bytes of a PNG or JPEG file")
    colour, largest = truth("colour", colour), whole("largest", largest, lowest=1)
    check_file_size(memoryview(data).nbytes)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Pillow warns of what is refused here or does no harm
        try:
            image = Image.open(BytesIO(data), formats=("PNG", "JPEG"))  # nothing is decoded yet
            fits = image.width * image.height <= LARGEST_AREA
            small = _reduced(image, largest) if fits else None
        except UnidentifiedImageError as error:
            message = "This file is not a picture: allowed are PNG and JPEG files."
            raise ValueError(message) from error
        except Image.DecompressionBombError:  # far beyond the limit; Pillow stops by itself
            small = None
        except Exception as error:  # Pillow raises errors of many kinds over a damaged file
            raise ValueError(
                "This picture is damaged or incomplete: allowed are whole PNG and JPEG files. "
                "Save it once more and try again."
            ) from error
    if small is None:
        raise ValueError(
            f"This picture has too many pixels: allowed are {LARGEST_AREA // 10**6} million. Save "
            "a smaller copy and try again."
        )
    return np.array(small.convert("RGB" if colour else "L"))


def check_file_size(size: int) -> None:
    """Raise ValueError, with a sentence for the reader, if a file of `size` bytes is too large."""
    if size > LARGEST_FILE:
        raise ValueError(
            f"This file has {size / 1e6:.1f} MB: allowed are {LARGEST_FILE // 10**6} MB. Save a "
            "smaller copy and try again."
        )


def _reduced(image: Image.Image, largest: int) -> Image.Image:
    """Decode a picture, reduce it, turn it as it was held, and put it on white."""
    # A large JPEG file is decoded at a half, a quarter or an eighth of its size: quicker, and a
    # photograph of 50 megapixels takes little memory.
    image.draft(None, (2 * largest, 2 * largest))
    if image.mode.startswith("I"):  # grey with 16 bits: keep the upper 8
        image = Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    image = image.convert("RGBA" if image.has_transparency_data else "RGB")
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    with suppress(Exception):  # broken camera notes should not cost the reader the picture
        image = ImageOps.exif_transpose(image)
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA"))
