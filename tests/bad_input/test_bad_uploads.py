"""Files that readers may take for a picture: refused with a sentence, or read, in bounded time.

What a good picture looks like after loading is tested in tests/test_samples.py, with the eight ways
to hold a camera, transparency and damage of every kind.
"""

import struct
import subprocess
import sys
import time
import zlib
from datetime import UTC, datetime
from io import BytesIO

import numpy as np
import pytest
from PIL import Image, ImageFile

from helpers.explorers import explore
from helpers.samples import load_picture

SECONDS, MEGABYTES = 6.0, 900  # what one upload may take of the processor and of the memory
NOT_A_PICTURE, DAMAGED, TOO_LARGE = "not a picture", "damaged or incomplete", "too many pixels"


def chunk(name: bytes, content: bytes = b"") -> bytes:
    checksum = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + checksum


def png(width, height, *, depth=8, colour=0, rows=None, extra=b"") -> bytes:
    """A PNG of zeros whose head may claim more rows than there are."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    rows = height if rows is None else rows
    row = b"\0" * (1 + (width * samples * depth + 7) // 8) if rows else b""
    packer, parts = zlib.compressobj(1), []
    for start in range(0, rows, 256):
        parts.append(packer.compress(row * min(256, rows - start)))
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    body = chunk(b"IHDR", head) + extra + chunk(b"IDAT", b"".join([*parts, packer.flush()]))
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IEND")


def stored(kind: str, mode: str = "RGB", size=(20, 10), **options) -> bytes:
    out = BytesIO()
    Image.new(mode, size).save(out, kind, **options)
    return out.getvalue()


def animated() -> bytes:
    out = BytesIO()
    frames = [Image.new("L", (5, 5), value) for value in (10, 200)]
    frames[0].save(out, "GIF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def with_scans(count: int) -> bytes:
    """A progressive JPEG of 25 megapixels whose last scan is repeated."""
    content = stored("JPEG", "L", (5000, 5000), progressive=True)
    scan = content[content.rfind(b"\xff\xda") : -2]
    return content[:-2] + scan * count + content[-2:]


def camera_with_film() -> bytes:
    """A photograph behind which a telephone has put a short film."""
    noise = np.random.default_rng(0).bytes(9_000_000)
    return stored("JPEG", size=(400, 300)) + noise + b"\xff\xda" * 500


# Name: the file, and the sentence with which it is refused or the shape it is read with.
UPLOADS = {
    "zero bytes": (lambda: b"", NOT_A_PICTURE),
    "one byte": (lambda: b"\x89", NOT_A_PICTURE),
    "text": (lambda: b"hello, world", NOT_A_PICTURE),
    "a web page": (lambda: b"<!doctype html><img src=x>", NOT_A_PICTURE),
    "a drawing": (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", NOT_A_PICTURE),
    "a pickle": (lambda: b"\x80\x04cos\nsystem\n(S'true'\ntR.", NOT_A_PICTURE),
    "an animated GIF": (animated, NOT_A_PICTURE),
    "a still GIF": (lambda: stored("GIF", "L"), NOT_A_PICTURE),
    "a WebP": (lambda: b"RIFF\x1a\0\0\0WEBPVP8L", NOT_A_PICTURE),
    "an EPS, which Ghostscript would run": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0", NOT_A_PICTURE),
    "a bitmap": (lambda: stored("BMP"), NOT_A_PICTURE),
    "a TIFF": (lambda: stored("TIFF"), NOT_A_PICTURE),
    "exactly 20 MB of zeros": (lambda: bytes(20_000_000), NOT_A_PICTURE),
    "100 MB of zeros": (lambda: bytes(100_000_000), "100.0 MB: allowed are 20 MB"),
    "a head, then 100 MB of zeros": (lambda: png(9, 9) + bytes(100_000_000), "100.0 MB"),
    "only a signature": (lambda: png(9, 9)[:8], DAMAGED),
    "only a JPEG's first bytes": (lambda: b"\xff\xd8\xff", DAMAGED),
    "a truncated PNG": (lambda: png(300, 300)[:-20], DAMAGED),
    "a truncated JPEG": (lambda: stored("JPEG", size=(300, 300))[:-900], DAMAGED),
    "no pixels wide": (lambda: png(0, 5), DAMAGED),
    "no pixels high": (lambda: png(5, 0), DAMAGED),
    "a size of 4 billion squared": (lambda: png(2**31 - 1, 2**31 - 1, rows=0), TOO_LARGE),
    "60,000 squared": (lambda: png(60_000, 60_000, rows=0), TOO_LARGE),
    "50 million in one column": (lambda: png(1, 50_000_000, rows=0), TOO_LARGE),
    "65,536 in one column": (lambda: png(1, 65_536, rows=0), "65,535 along a side"),
    "not one whole row": (lambda: png(7000, 7000, rows=0), DAMAGED),
    "rows that never come stay black": (lambda: png(7000, 7000, rows=3), (160, 160)),
    "a million empty parts": (lambda: png(4, 4, extra=chunk(b"abCd") * 10**6), DAMAGED),
    "a million comments": (lambda: png(4, 4, extra=chunk(b"tEXt", b"a\0b") * 10**6), DAMAGED),
    "a comment that unpacks to 80 MB": (
        lambda: png(4, 4, extra=chunk(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000)))),
        DAMAGED,
    ),
    "a JPEG of 2,000 scans": (lambda: with_scans(2000), DAMAGED),
    "a JPEG of 1,000,000 parts": (
        lambda: stored("JPEG")[:2] + b"\xff\xfe\0\2" * 10**6 + stored("JPEG")[2:],
        DAMAGED,
    ),
    "49 megapixels in colour": (lambda: png(7000, 7000, colour=2), (160, 160)),
    "25 megapixels, 16 bits, transparent": (
        lambda: png(5000, 5000, depth=16, colour=6),
        (160, 160),
    ),
    "exactly 50 megapixels": (lambda: png(10_000, 5000, depth=1), (80, 160)),
    "a progressive JPEG of 25 megapixels": (lambda: with_scans(0), (160, 160)),
    "65,535 in one row": (lambda: png(65_535, 1), (1, 160)),
    "20,000 x 1": (lambda: png(1, 20_000), (160, 1)),
    "1 x 20,000": (lambda: png(20_000, 1), (1, 160)),
    "1 x 1": (lambda: png(1, 1), (1, 1)),
    "1 bit": (lambda: png(9, 5, depth=1), (5, 9)),
    "2 bits": (lambda: png(9, 5, depth=2), (5, 9)),
    "16 bits of grey": (lambda: png(9, 5, depth=16), (5, 9)),
    "16 bits of grey with transparency": (lambda: png(9, 5, depth=16, colour=4), (5, 9)),
    "48 bits of colour": (lambda: png(9, 5, depth=16, colour=2), (5, 9)),
    "a palette": (lambda: stored("PNG", "P"), (10, 20)),
    "a palette with a transparent entry": (lambda: stored("PNG", "P", transparency=0), (10, 20)),
    "a JPEG for printers (CMYK)": (lambda: stored("JPEG", "CMYK"), (10, 20)),
    "a grey JPEG": (lambda: stored("JPEG", "L"), (10, 20)),
    "a photograph with a film behind it": (camera_with_film, (120, 160)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", UPLOADS)
def test_a_file_is_read_or_refused_with_a_sentence_in_bounded_time(name):
    make, expected = UPLOADS[name]
    content = make()
    before, start = bytes(content[:1000]), time.process_time()
    if isinstance(expected, str):
        with pytest.raises(ValueError, match=expected):
            load_picture(content)
    else:
        picture = load_picture(content)
        assert picture.shape == expected
        assert picture.dtype == np.uint8
    assert time.process_time() - start < SECONDS
    assert content[:1000] == before


@pytest.mark.xfail(
    sys.platform == "win32",
    reason="Windows has no module resource, which tells the most memory a process has taken",
    run=False,
)
def test_the_largest_picture_fits_into_little_memory(tmp_path):
    """The peak is measured in a process of its own; without the limits it would be a terabyte."""
    file = tmp_path / "large.png"
    file.write_bytes(png(7000, 7000, colour=6))
    code = (
        "import pathlib, resource, sys; from helpers.samples import load_picture\n"
        "load_picture(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code, str(file)], capture_output=True, text=True, check=True
    )
    unit = 1 if sys.platform == "darwin" else 1024  # bytes there, kilobytes here
    assert int(run.stdout) * unit < MEGABYTES * 1e6


def test_pillow_keeps_its_own_limits():
    assert Image.MAX_IMAGE_PIXELS is not None
    assert ImageFile.LOAD_TRUNCATED_IMAGES is False


# ------------------------------------------------------------------------------- the control


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
    ("files", "said"),
    [
        ((upload(memoryview(b"")),), "not a picture"),
        ((upload(memoryview(b"GIF89a")),), "not a picture"),
        ((upload(memoryview(png(300, 300)[:-20])),), "damaged"),
        ((upload(memoryview(png(60_000, 60_000, rows=0))),), "too many pixels"),
        ((upload(memoryview(bytes(20_000_001))),), "20.0 MB: allowed are 20 MB"),
        ((upload(10**12),), "data=1000000000000"),
        ((upload("text"),), "data='text'"),
        ((upload(None),), "data=None"),
    ],
)
def test_a_bad_upload_leaves_the_picture_and_says_why(explorer, files, said):
    before, shown = explorer.frames, explorer.picture.value
    explorer.controls["upload"].value = files
    assert said in explorer.message
    assert (explorer.frames, explorer.picture.value) == (before, shown)
    assert explorer.controls["upload"].value == ()
    explorer.controls["upload"].value = (upload(memoryview(png(3, 2))),)
    assert explorer.message == ""
    assert explorer.feature_map.shape == (2, 3)
