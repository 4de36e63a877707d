"""Tiny inputs, small photographs and the reader's own picture.

``sample`` gives every two-dimensional input by name, ``photograph`` those that lie in data/ (where
they come from, data/README.md says), ``signal`` the one-dimensional ones. Shapes and signals are
int64, small enough to count by hand; photographs are uint8, (H, W) in grey or (H, W, 3) in colour.
Each call returns an array of your own: changing it changes nothing here.

``load_picture`` turns the bytes of a PNG or JPEG file into such an array.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType

import numpy as np
from PIL import ExifTags, Image

from helpers.arguments import brief, one_of, truth, whole

_HERE = Path(__file__).parent
# In the project data/ lies beside helpers/. Installed as a wheel, the helpers carry it inside.
DATA = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent / "data"

LARGEST_SIDE = 160  # pixels: what stays fluid under a slider and fits on the screen twice as large
LARGEST_FILE = 20_000_000  # bytes
LARGEST_AREA = 50_000_000  # pixels, counted before anything is decoded
LONGEST_SIDE = 65_535  # pixels, as in a JPEG; a PNG could claim more, and each row takes memory
MOST_PARTS, MOST_SCANS = 20_000, 100  # of a file; a JPEG decodes the whole area for each scan

PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"  # how every such file begins
_MARKER = re.compile(rb"\xff([^\x00\xd0-\xd7\xff])")  # begins a part of a JPEG, Rec. T.81, B.1.1
_SCAN, _END = b"\xda", b"\xd9"
_DAMAGED = (
    "This picture is damaged or incomplete. Save it once more, as PNG or JPEG, and try again."
)
_TURNS = MappingProxyType(  # the eight ways to hold a camera, Exif 2.32, tag 0x0112; 1 is upright
    {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
)

LETTER_H = """
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
"""

SMALL_H = """
    . . . . . . .
    . 1 . . . 1 .
    . 1 . . . 1 .
    . 1 1 1 1 1 .
    . 1 . . . 1 .
    . 1 . . . 1 .
    . . . . . . .
"""

CROSS = """
    . . . . . . .
    . . . 1 . . .
    . . . 1 . . .
    . 1 1 1 1 1 .
    . . . 1 . . .
    . . . 1 . . .
    . . . . . . .
"""

SQUARE = """
    . . . . . . . .
    . . . . . . . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . 1 1 1 1 . .
    . . . . . . . .
    . . . . . . . .
"""

RING = """
    . . . . . . . . .
    . . . 1 1 1 . . .
    . . 1 . . . 1 . .
    . 1 . . . . . 1 .
    . 1 . . . . . 1 .
    . 1 . . . . . 1 .
    . . 1 . . . 1 . .
    . . . 1 1 1 . . .
    . . . . . . . . .
"""

STAIRCASE = """
    1 1 . . . . . .
    1 1 . . . . . .
    1 1 1 1 . . . .
    1 1 1 1 . . . .
    1 1 1 1 1 1 . .
    1 1 1 1 1 1 . .
    1 1 1 1 1 1 1 1
    1 1 1 1 1 1 1 1
"""

ONE_DOT = """
    . . . . . . .
    . . . . . . .
    . . . . . . .
    . . . 1 . . .
    . . . . . . .
    . . . . . . .
    . . . . . . .
"""

# For sums by hand: under "Sobel x" all nine differ, 0 among them, and none has three digits.
DIGITS = """
    4 1 5 . 7
    . 1 . 1 4
    2 . 4 1 .
    . 3 4 2 .
    1 . 2 3 1
"""


def _drawn(text: str) -> np.ndarray:
    """Return the array that `text` draws; a dot is a 0."""
    rows = text.replace(".", "0").strip().splitlines()
    return np.array([row.split() for row in rows], dtype=np.int64)


def _checkerboard() -> np.ndarray:
    """Return 8x8 cells that are 1 where row + column is odd."""
    rows, columns = np.indices((8, 8), dtype=np.int64)
    return (rows + columns) % 2


def _noisy_step() -> np.ndarray:
    """Return a step from 0 to 10 with whole numbers from -2 to 2 added, always the same ones."""
    noise = np.random.default_rng(10).integers(-2, 3, size=24)
    return np.repeat(np.array([0, 10], dtype=np.int64), 12) + noise


def _sine() -> np.ndarray:
    """Return two periods of 10 sin, rounded to whole numbers."""
    return np.rint(10 * np.sin(2 * np.pi * np.arange(24) / 12)).astype(np.int64)


_SHAPES: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType(
    {
        "letter H": lambda: _drawn(LETTER_H),
        "small H": lambda: _drawn(SMALL_H),
        "cross": lambda: _drawn(CROSS),
        "square": lambda: _drawn(SQUARE),
        "ring": lambda: _drawn(RING),
        "diagonal": lambda: np.eye(8, dtype=np.int64),
        "staircase": lambda: _drawn(STAIRCASE),
        "one dot": lambda: _drawn(ONE_DOT),
        "checkerboard": _checkerboard,
        "ramp": lambda: np.arange(1, 26, dtype=np.int64).reshape(5, 5),
        "5 x 5 digits": lambda: _drawn(DIGITS),
    }
)

_SIGNALS: Mapping[str, Callable[[], np.ndarray]] = MappingProxyType(
    {
        "step": lambda: np.repeat(np.array([0, 1], dtype=np.int64), 8),
        "bump": lambda: np.array([0, 0, 0, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 0, 0], dtype=np.int64),
        "noisy step": _noisy_step,
        "sine": _sine,
    }
)

_FILES: Mapping[str, str] = MappingProxyType(
    {
        "photograph: camera": "camera.png",
        "photograph: bricks": "bricks.png",
        "photograph: cat (colour)": "cat.png",
        "photograph: astronaut (colour)": "astronaut.png",
        "photograph: coffee (colour)": "coffee.png",
    }
)

PHOTOGRAPHS: tuple[str, ...] = tuple(_FILES)
SAMPLES: tuple[str, ...] = (*_SHAPES, *PHOTOGRAPHS)
SIGNALS: tuple[str, ...] = tuple(_SIGNALS)


def sample(name: str) -> np.ndarray:
    """Return a two-dimensional input: a shape or a photograph.

    Parameters
    ----------
    name : str
        A name in `SAMPLES`.

    Returns
    -------
    ndarray
        Shapes: int64, (H, W). Photographs: uint8, (H, W) or, in colour, (H, W, 3).

    Raises
    ------
    ValueError, TypeError
        For a name that is not there, with those that are.
    FileNotFoundError
        For a photograph that is missing from data/.

    Examples
    --------
    >>> sample("ramp")[0]
    array([1, 2, 3, 4, 5])
    """
    one_of("name", name, SAMPLES)
    return photograph(name) if name in _FILES else _SHAPES[name]()


def photograph(name: str) -> np.ndarray:
    """Return a photograph from data/: uint8, (H, W) or, in colour, (H, W, 3).

    Raises like `sample`; the names are in `PHOTOGRAPHS`.

    >>> photograph("photograph: camera").shape
    (128, 128)
    """
    one_of("name", name, PHOTOGRAPHS)
    path = DATA / _FILES[name]
    if not path.is_file():
        raise FileNotFoundError(
            f"{name!r} should be in {path}, and is not: the folder data/ belongs beside helpers/"
        )
    try:
        return np.array(_opened(path.read_bytes()))
    except Exception as error:  # see _check_file
        allowed = "allowed is the file as it came with the helpers"
        raise ValueError(f"{name!r} in {path} is damaged: {allowed}") from error


def signal(name: str) -> np.ndarray:
    """Return a one-dimensional input, int64, (N,); the names are in `SIGNALS`.

    >>> signal("bump")
    array([0, 0, 0, 0, 0, 1, 2, 3, 3, 2, 1, 0, 0, 0, 0, 0])
    """
    one_of("name", name, SIGNALS)
    return _SIGNALS[name]()


def load_picture(data: bytes, *, colour: bool = False, largest: int = LARGEST_SIDE) -> np.ndarray:
    """Turn the bytes of a PNG or JPEG file into an array small enough to work with.

    The picture is turned as the camera was held, put on white where it is transparent, and reduced
    (never enlarged) until its longer side is at most `largest`. Of an animation it is the first
    frame.

    Parameters
    ----------
    data : bytes, bytearray or memoryview
        The whole file, at most 20 MB and 50 megapixels, no side longer than 65,535.
    colour : bool
        True for red, green and blue, False for grey.
    largest : int
        The longer side of the result, in pixels, at least 1.

    Returns
    -------
    ndarray, uint8
        (H, W), or (H, W, 3) where `colour` is True; both sides at least 1.

    Raises
    ------
    ValueError
        With a sentence for the reader: not a picture, damaged, too large.
    TypeError
        For arguments of the wrong kind.

    Examples
    --------
    >>> load_picture((DATA / "cat.png").read_bytes(), largest=75).shape
    (50, 75)
    """
    if not isinstance(data, bytes | bytearray | memoryview):
        raise TypeError(f"data={brief(data)}: allowed are the bytes of a PNG or JPEG file")
    colour, largest = truth("colour", colour), whole("largest", largest, lowest=1)
    check_file_size(memoryview(data).nbytes)
    data = bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what Pillow warns of is refused here or does no harm
        _check_file(data)
        return _decoded(data, largest, "RGB" if colour else "L")


def check_file_size(size: int) -> None:
    """Raise ValueError, with a sentence for the reader, if a file of `size` bytes is too large."""
    if size > LARGEST_FILE:
        raise ValueError(
            f"This file has {size / 1e6:.1f} MB: allowed are {LARGEST_FILE // 10**6} MB. "
            "Save a smaller copy and try again."
        )


def _check_file(data: bytes) -> None:
    """Raise unless `data` looks like a whole PNG or JPEG file that is safe to decode."""
    if not data.startswith((PNG, _JPEG)):
        raise ValueError("This file is not a picture: allowed are PNG and JPEG files.")
    if _is_endless(data):
        raise ValueError(_DAMAGED)
    try:
        with _opened(data) as image:
            area = image.width * image.height if max(image.size) <= LONGEST_SIDE else np.inf
            image.verify()
    except Image.DecompressionBombError:
        area = np.inf
    except Exception as error:  # Pillow raises errors of many kinds over a damaged file
        raise ValueError(_DAMAGED) from error
    if area > LARGEST_AREA:
        raise ValueError(
            f"This picture has too many pixels: allowed are {LARGEST_AREA // 10**6} million, "
            f"{LONGEST_SIDE:,} along a side. Save a smaller copy and try again."
        )


def _is_endless(data: bytes) -> bool:
    """Say whether a file has so many parts that reading them would take minutes."""
    scans = 0
    for number, part in enumerate(_parts(data)):
        scans += part == _SCAN
        if number >= MOST_PARTS or scans > MOST_SCANS:
            return True
    return False


def _parts(data: bytes) -> Iterator[bytes]:
    """Yield the kinds of the parts of a file, without reading them."""
    place = len(PNG)
    while data.startswith(PNG) and place < len(data):
        yield data[place + 4 : place + 8]
        place += 12 + int.from_bytes(data[place : place + 4])
    marker = _MARKER.search(data, 2) if data.startswith(_JPEG) else None
    while marker and marker[1] != _END:
        yield marker[1]
        length = int.from_bytes(data[marker.end() : marker.end() + 2])
        marker = _MARKER.search(data, marker.end() + length)


def _opened(data: bytes) -> Image.Image:
    """Read the head of a file; nothing is decoded yet."""
    return Image.open(BytesIO(data), formats=("PNG", "JPEG"))


def _decoded(data: bytes, largest: int, mode: str) -> np.ndarray:
    """Return the reduced picture as uint8, in colour ("RGB") or grey ("L")."""
    try:
        with _opened(data) as image:
            return np.array(_reduced(image, largest).convert(mode))
    except Exception as error:  # see _check_file
        raise ValueError(_DAMAGED) from error


def _reduced(image: Image.Image, largest: int) -> Image.Image:
    """Decode a picture, reduce it, turn it as it was held, and put it on white."""
    turn = _turn(image)
    # A large JPEG file is decoded at a half, a quarter or an eighth of its size: quicker.
    image.draft(None, (2 * largest, 2 * largest))
    image = _plain(image)
    image.thumbnail((largest, largest), Image.Resampling.LANCZOS)
    if turn is not None:
        image = image.transpose(turn)
    white = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(white, image.convert("RGBA"))


def _turn(image: Image.Image) -> Image.Transpose | None:
    """Return what undoes the way the camera was held, or None."""
    try:
        return _TURNS.get(image.getexif().get(ExifTags.Base.Orientation))
    except Exception:  # broken notes in a file should not cost the reader the picture
        return None


def _plain(image: Image.Image) -> Image.Image:
    """Return the picture as RGB or RGBA with 8 bits a value."""
    if image.mode.startswith("I"):  # grey with 16 bits: keep the upper 8
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8)).convert("RGB")
    return image.convert("RGBA" if image.has_transparency_data else "RGB")
