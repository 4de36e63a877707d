"""Files of every kind that readers upload: read, or refused with the last good picture left.

What a picture looks like after loading is tested in tests/test_samples.py, with the eight ways to
hold a camera, transparency, sizes, and damage of every kind.
"""

import struct
import zlib
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from helpers.explorers import explore
from helpers.samples import load_picture


def chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png(width, height, *, depth=8, colour=0, rows=None) -> bytes:
    """A PNG of zeros whose head may claim more rows than there are."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" * (1 + (width * samples * depth + 7) // 8)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(row * (height if rows is None else rows), 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND")


def stored(kind: str, mode: str, size=(20, 10), **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def camera_with_film() -> bytes:
    """A photograph behind which a telephone has put a short film."""
    return stored("JPEG", "RGB", (400, 300)) + np.random.default_rng(0).bytes(9_000_000)


# Name: the file, and the shape with which it is read.
UPLOADS = {
    "rows that never come stay black": (lambda: png(7000, 7000, rows=3), (160, 160)),
    "49 megapixels in colour": (lambda: png(7000, 7000, colour=2), (160, 160)),
    "exactly 50 megapixels": (lambda: png(10_000, 5000, depth=1), (80, 160)),
    "20,000 x 1": (lambda: png(1, 20_000), (160, 1)),
    "1 x 1": (lambda: png(1, 1), (1, 1)),
    "1 bit": (lambda: png(9, 5, depth=1), (5, 9)),
    "2 bits": (lambda: png(9, 5, depth=2), (5, 9)),
    "16 bits of grey": (lambda: png(9, 5, depth=16), (5, 9)),
    "16 bits of grey with transparency": (lambda: png(9, 5, depth=16, colour=4), (5, 9)),
    "48 bits of colour": (lambda: png(9, 5, depth=16, colour=2), (5, 9)),
    "a palette with a transparent entry": (lambda: stored("PNG", "P", transparency=0), (10, 20)),
    "a JPEG for printers (CMYK)": (lambda: stored("JPEG", "CMYK"), (10, 20)),
    "a grey, progressive JPEG": (lambda: stored("JPEG", "L", progressive=True), (10, 20)),
    "a photograph with a film behind it": (camera_with_film, (120, 160)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", UPLOADS)
def test_a_file_is_read(name):
    make, shape = UPLOADS[name]
    content = make()
    picture = load_picture(content)
    assert picture.shape == shape
    assert picture.dtype == np.uint8


def upload(content) -> dict:
    """What the browser sends."""
    modified = datetime(2026, 1, 1, tzinfo=UTC)
    about = {"name": "a.png", "type": "image/png", "size": 1, "last_modified": modified}
    return about | {"content": content}


@pytest.fixture
def explorer():
    made = explore([[1, 2], [3, 4]], [[1]], ("upload", "sample"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((upload(memoryview(b"")),), "not a picture"),
        ((upload(memoryview(b"GIF89a")),), "not a picture"),
        ((upload(memoryview(stored("JPEG", "L", (300, 300))[:-900])),), "damaged"),
        ((upload(memoryview(png(60_000, 60_000, rows=0))),), "too many pixels"),
        ((upload(memoryview(bytes(20_000_001))),), "20.0 MB: allowed are 20 MB"),
        ((upload(None),), "data=None"),
    ],
)
def test_a_bad_upload_leaves_the_picture_and_says_why(explorer, files, message):
    before, picture = explorer.frames, explorer.picture.value
    explorer.controls["upload"].value = files
    assert message in explorer.message
    assert (explorer.frames, explorer.picture.value) == (before, picture)
    assert explorer.controls["upload"].value == ()
    explorer.controls["upload"].value = (upload(memoryview(png(3, 2))),)
    assert explorer.message == ""
    assert explorer.feature_map.shape == (2, 3)
