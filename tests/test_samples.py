"""The inputs: shapes, photographs with their papers, and the reader's own picture."""

import hashlib
import re
import struct
import subprocess
import sys
import warnings
import zlib
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageFile

from helpers import samples
from helpers.convolution import convolve
from helpers.kernels import KERNELS
from helpers.samples import PHOTOGRAPHS, SAMPLES, load_picture, sample

DATA = Path(__file__).parent.parent / "data"
KINDS = ("PNG", "JPEG")

# Shapes.


def drawn(size, *lines):
    """Zeros, and ones along some lines."""
    figure = np.zeros((size, size), dtype=int)
    for line in lines:
        figure[line] = 1
    return figure


SHAPES = {
    "letter H": drawn(16, np.s_[4:12, 3], np.s_[4:12, 12], np.s_[7, 3:12]),
    "small H": drawn(7, np.s_[1:6, 1], np.s_[1:6, 5], np.s_[3, 1:6]),
    "cross": drawn(7, np.s_[1:6, 3], np.s_[3, 1:6]),
    "square": drawn(8, np.s_[2:6, 2:6]),
    "ring": np.hypot(*np.indices((9, 9)) - 4).round() == 3,
    "diagonal": np.eye(8),
    "staircase": np.kron(np.tri(4), np.ones((2, 2))),
    "one dot": drawn(7, np.s_[3, 3]),
    "checkerboard": np.indices((8, 8)).sum(axis=0) % 2,
    "ramp": np.arange(1, 26).reshape(5, 5),
    "5 x 5 digits": None,  # for sums by hand: see below
}


def test_the_names_are_those_the_notebooks_use():
    assert (*SHAPES, *PHOTOGRAPHS) == SAMPLES
    assert all(name.startswith("photograph: ") for name in PHOTOGRAPHS)
    assert [name.endswith("(colour)") for name in PHOTOGRAPHS] == [False, False, True, True, True]


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_what_its_name_says_in_whole_numbers_of_64_bits(name):
    assert sample(name).dtype == np.int64
    assert SHAPES[name] is None or np.array_equal(sample(name), SHAPES[name])


def test_the_digits_for_sums_by_hand_give_nine_different_results():
    by_hand = convolve(sample("5 x 5 digits"), KERNELS["Sobel x"], flip=False)
    assert by_hand.tolist() == [[3, 0, 6], [8, 1, -8], [11, 2, -13]]


@pytest.mark.parametrize("name", SAMPLES)
def test_every_call_gives_an_array_of_your_own(name):
    changed = sample(name)
    changed += 1
    assert not np.array_equal(sample(name), changed)


# Photographs and data/README.md.


def listed_files():
    """File name -> (size as written, SHA-256), from the tables of data/README.md."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|([^|]*)\|.*`([0-9a-f]{64})` \|$", text, flags=re.MULTILINE)
    assert len({name for name, *_ in rows}) == len(rows)
    return {name: (size.strip(), checksum) for name, size, checksum in rows}


def test_the_readme_lists_every_file_in_data_with_its_checksum_and_no_other():
    assert {name: checksum for name, (_, checksum) in listed_files().items()} == {
        path.relative_to(DATA).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in DATA.rglob("*")
        if path.is_file() and path.name != "README.md" and not path.name.startswith(".")
    }


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_every_photograph_has_a_licence_and_a_source_in_the_readme(name):
    text = (DATA / "README.md").read_text(encoding="utf-8")
    file = PHOTOGRAPHS[name]
    section = re.search(rf"^### `{file}`.*?(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert section, file
    assert re.search(r"Licence: (CC0|public domain)", section[0])
    assert re.search(r"Source: scikit-image [\d.]+, `skimage/data/\w+\.png`", section[0])


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_are_small_and_have_the_depth_their_name_says(name):
    pixels = sample(name)
    assert pixels.dtype == np.uint8
    assert pixels.shape[2:] == ((3,) if name.endswith("(colour)") else ())
    assert min(pixels.shape[:2]) >= 64
    assert max(pixels.shape[:2]) <= 160
    assert np.ptp(pixels) > 100
    size = " x ".join(map(str, pixels.shape))
    assert listed_files()[PHOTOGRAPHS[name]][0] == size


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_carry_nothing_but_pixels(name):
    content = (DATA / PHOTOGRAPHS[name]).read_bytes()
    chunks, position = set(), 8
    while position < len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        chunks.add(content[position + 4 : position + 8])
        position += length + 12
    assert chunks == {b"IHDR", b"IDAT", b"IEND"}


def test_no_photograph_has_two_names():
    assert len({sample(name).tobytes() for name in PHOTOGRAPHS}) == len(PHOTOGRAPHS)


def test_a_missing_photograph_says_where_it_should_be(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "DATA", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"camera\.png should be in .*data/ belongs"):
        sample("photograph: camera")


# The reader's own picture.


def stored(picture, kind="PNG", **options):
    """Bytes of a picture file, made from uint8 values or a Pillow image."""
    if not isinstance(picture, Image.Image):
        picture = Image.fromarray(np.asarray(picture, dtype=np.uint8))
    out = BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def four_corners(height=40, width=60):
    """A picture whose quarters are red, green, blue and grey: it shows every turn and mirror."""
    pixels = np.zeros((height, width, 3), dtype=np.uint8)
    top, left = slice(0, height // 2), slice(0, width // 2)
    bottom, right = slice(height // 2, None), slice(width // 2, None)
    pixels[top, left], pixels[top, right] = (250, 0, 0), (0, 250, 0)
    pixels[bottom, left], pixels[bottom, right] = (0, 0, 250), (90, 90, 90)
    return pixels


def test_a_small_png_comes_back_as_it_is_and_can_be_written_on():
    loaded = load_picture(stored(four_corners()), colour=True)
    assert np.array_equal(loaded, four_corners())
    loaded[0, 0] = 7


def test_colour_becomes_grey_by_the_usual_weights():
    grey = load_picture(stored(four_corners()))
    assert grey.shape == (40, 60)
    assert grey.dtype == np.uint8
    corners = grey[[0, 0, -1, -1], [0, -1, 0, -1]].astype(int)
    assert np.abs(corners - 250 * np.array([0.299, 0.587, 0.114, 0.36])).max() <= 1


@pytest.mark.parametrize("colour", [True, False])
def test_grey_values_survive_unchanged(colour):
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    loaded = load_picture(stored(ramp), colour=colour)
    assert loaded.shape == ((16, 16, 3) if colour else (16, 16))
    assert np.array_equal(loaded.reshape(16, 16, -1)[..., 0], ramp)


@pytest.mark.parametrize("mode", ["RGB", "CMYK"])
def test_jpeg_is_read(mode):
    image = Image.fromarray(four_corners()).convert(mode)
    loaded = load_picture(stored(image, "JPEG", quality=95), colour=True)
    assert np.abs(loaded[5:15, 5:25].astype(int) - [250, 0, 0]).max() < 15


@pytest.mark.parametrize("container", [bytes, bytearray, memoryview])
def test_bytes_of_every_container_are_read(container):
    assert load_picture(container(stored(four_corners()))).shape == (40, 60)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("size", "largest", "shape"),
    [
        ((400, 300), 160, (160, 120)),
        ((300, 400), 160, (120, 160)),
        ((3000, 2000), 160, (160, 107)),
        ((160, 160), 160, (160, 160)),
        ((161, 10), 160, (160, 10)),
        ((50, 20), 10, (10, 4)),
        ((50, 20), 1, (1, 1)),
        ((1, 1), 160, (1, 1)),
        ((20000, 1), 160, (160, 1)),
        ((1, 20000), 160, (1, 160)),
    ],
)
def test_the_longer_side_is_reduced_never_enlarged(kind, size, largest, shape):
    height, width = size
    pixels = np.full((height, width), 130, dtype=np.uint8)
    loaded = load_picture(stored(pixels, kind), largest=largest)
    assert loaded.shape == shape
    assert np.abs(loaded.astype(int) - 130).max() <= 2


def test_a_reduced_picture_still_shows_the_same():
    pixels = four_corners(1200, 1600)
    for content in (stored(pixels), stored(pixels, "JPEG", quality=95)):
        loaded = load_picture(content, colour=True).astype(int)
        assert loaded.shape == (120, 160, 3)
        assert np.abs(loaded[30, 40] - [250, 0, 0]).max() < 8
        assert np.abs(loaded[30, 120] - [0, 250, 0]).max() < 8
        assert np.abs(loaded[90, 40] - [0, 0, 250]).max() < 8


def test_a_palette_becomes_its_colours():
    image = Image.fromarray(four_corners()).quantize(8)
    assert image.mode == "P"
    assert np.array_equal(load_picture(stored(image), colour=True), four_corners())


BLACK = Image.fromarray(np.uint8([[[0, 0, 0, 0], [0, 0, 0, 128], [0, 0, 0, 255]]]))  # more and more
GREYS = {  # a picture, options of its file, and what becomes of it: black is put on white
    "one bit": (Image.fromarray(np.uint8([[0, 255]])).convert("1"), {}, [0, 255]),
    "16 bits": (Image.fromarray(np.uint16([[0, 255, 256, 32768, 65535]])), {}, [0, 0, 1, 128, 255]),
    "RGBA": (BLACK, {}, [255, 127, 0]),
    "LA": (BLACK.convert("LA"), {}, [255, 127, 0]),
    "PA": (BLACK.quantize(4), {}, [255, 127, 0]),
    "one colour": (Image.fromarray(np.uint8([[10, 200]])), {"transparency": 10}, [255, 200]),
}


@pytest.mark.parametrize("name", GREYS)
def test_every_kind_of_png_becomes_grey(name):
    image, options, expected = GREYS[name]
    assert load_picture(stored(image, **options)).tolist() == [expected]


def test_the_colour_of_hidden_pixels_does_not_shine_through():
    hidden = np.full((400, 400, 4), [255, 0, 0, 0], dtype=np.uint8)
    hidden[::2] = [0, 0, 255, 255]
    loaded = load_picture(stored(hidden), colour=True)[80, 80].astype(int)
    assert abs(loaded[0] - loaded[1]) <= 1
    assert loaded[2] > 250


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_picture_is_turned_as_the_camera_was_held(orientation, kind):
    upright = four_corners()
    seen_by_camera = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright),
        7: upright.swapaxes(0, 1)[::-1, ::-1],
        8: np.rot90(upright, -1),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    content = stored(np.ascontiguousarray(seen_by_camera), kind, exif=exif.tobytes())
    loaded = load_picture(content, colour=True).astype(int)
    assert loaded.shape == upright.shape
    assert np.abs(loaded[10, 15] - upright[10, 15].astype(int)).max() < 12
    assert np.abs(loaded[10, 45] - upright[10, 45].astype(int)).max() < 12
    assert np.abs(loaded[30, 15] - upright[30, 15].astype(int)).max() < 12


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "notes", [b"this is no TIFF header", b"MM\x00*\x00\x00\x00\x08\x00\x09", b""]
)
def test_broken_camera_notes_cost_neither_the_picture_nor_a_warning(notes, kind):
    content = stored(four_corners(), kind, exif=b"Exif\x00\x00" + notes)
    assert load_picture(content).shape == (40, 60)


def test_an_animation_gives_its_first_frame():
    frames = [Image.fromarray(np.full((5, 5), value, dtype=np.uint8)) for value in (10, 200)]
    out = BytesIO()
    frames[0].save(out, "PNG", save_all=True, append_images=frames[1:], duration=100)
    with Image.open(BytesIO(out.getvalue())) as animation:
        assert animation.n_frames == 2
    assert (load_picture(out.getvalue()) == 10).all()


def test_two_photographs_in_one_jpeg_give_the_first():
    out = BytesIO()
    first, second = (Image.new("L", (9, 9), value) for value in (10, 200))
    first.save(out, "MPO", save_all=True, append_images=[second])
    assert np.abs(load_picture(out.getvalue()).astype(int) - 10).max() <= 2


# Files as they come.


def part(name: bytes, content: bytes = b"") -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + crc


def png(width, height, *, depth=8, colour=0, rows=None) -> bytes:
    """A PNG of zeros whose head may claim more rows than there are."""
    samples = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    row = b"\0" * (1 + (width * samples * depth + 7) // 8)
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    pixels = zlib.compress(row * (height if rows is None else rows), 1)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", pixels) + part(b"IEND")


FILM = np.random.default_rng(0).bytes(9_000_000)  # that a telephone has put behind a photograph
FILES = {  # what makes the file, and the shape with which it is read
    "rows that never come stay black": (lambda: png(7000, 7000, rows=3), (160, 160)),
    "49 megapixels in colour": (lambda: png(7000, 7000, colour=2), (160, 160)),
    "exactly 50 megapixels": (lambda: png(10_000, 5000, depth=1), (80, 160)),
    "2 bits": (lambda: png(9, 5, depth=2), (5, 9)),
    "16 bits of grey with transparency": (lambda: png(9, 5, depth=16, colour=4), (5, 9)),
    "48 bits of colour": (lambda: png(9, 5, depth=16, colour=2), (5, 9)),
    "a grey JPEG": (lambda: stored(np.ones((10, 20)), "JPEG", progressive=True), (10, 20)),
    "with a film": (lambda: stored(four_corners(300, 400), "JPEG") + FILM, (120, 160)),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", FILES)
def test_a_file_is_read(name):
    make, shape = FILES[name]
    picture = load_picture(make())
    assert picture.shape == shape
    assert picture.dtype == np.uint8


# What is refused.

SMALL = stored(four_corners())
NOISE = {
    kind: stored(np.random.default_rng(0).integers(0, 256, (99, 99, 3)), kind) for kind in KINDS
}
NO_PICTURE = "not a picture: allowed are PNG and JPEG"
DAMAGED = "damaged or incomplete: allowed are whole"
TOO_LARGE = "too many pixels: allowed are 50 million"
REFUSED = {
    "nothing": (b"", NO_PICTURE),
    "text": (b"hello, world", NO_PICTURE),
    "a drawing": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", NO_PICTURE),
    "an EPS, which Ghostscript would run": (b"%!PS-Adobe-3.0 EPSF-3.0", NO_PICTURE),
    "a GIF": (stored(four_corners(), "GIF"), NO_PICTURE),
    "a TIFF": (stored(four_corners(), "TIFF"), NO_PICTURE),
    "only a signature": (SMALL[:8], NO_PICTURE),
    "half a PNG": (NOISE["PNG"][:9000], DAMAGED),
    "half a JPEG": (NOISE["JPEG"][:3000], DAMAGED),
    "a PNG with wrong bytes": (NOISE["PNG"][:9000] + bytes(99) + NOISE["PNG"][9099:], DAMAGED),
    "not one whole row": (png(1000, 1000, rows=0), DAMAGED),
    "a comment that unpacks to 80 MB": (
        SMALL[:33] + part(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000))) + SMALL[33:],
        DAMAGED,
    ),
    "just too many pixels": (png(7072, 7072, rows=0), TOO_LARGE),
    "too many pixels for Pillow's taste": (png(12_000, 12_000, rows=0), TOO_LARGE),
    "too many pixels for Pillow": (png(60_000, 60_000, rows=0), TOO_LARGE),
    "too many bytes": (SMALL + bytes(20_100_000), r"20\.1 MB: allowed are 20 MB"),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_a_sentence_and_pillow_left_as_it_was(name):
    content, message = REFUSED[name]
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    with pytest.raises(ValueError, match=message):
        load_picture(content)
    after = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    assert after == before


@given(data=st.data())
@settings(max_examples=150)
def test_any_damage_gives_a_picture_or_a_message(data):
    """Change some bytes anywhere, or cut the end: never an error of another kind."""
    kind = data.draw(st.sampled_from(KINDS))
    content = bytearray(stored(four_corners(12, 16), kind))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    try:
        loaded, message = load_picture(content), ""
    except ValueError as error:
        loaded, message = np.ones((1, 1)), str(error)
    assert re.fullmatch("(This (file|picture) .*: allowed are .*)?", message)
    assert loaded.ndim == 2
    assert 1 <= min(loaded.shape) <= max(loaded.shape) <= 160


# What a telephone takes.

MEGABYTES = 130  # of memory; the decoded photograph alone would take 144


@pytest.mark.xfail(
    sys.platform == "win32",
    reason="Windows has no module resource, which reports the most memory a process has taken",
    run=False,
)
def test_a_photograph_of_50_megapixels_is_turned_and_takes_little_memory(tmp_path):
    """The peak is measured in a process of its own."""
    pixels = np.kron(four_corners(60, 80), np.ones((100, 100, 1), np.uint8))
    noise = np.random.default_rng(0).integers(0, 32, pixels.shape[:2], dtype=np.uint8)
    pixels ^= noise[..., np.newaxis]  # so that the file is as large as a photograph's
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright: turn right
    file = tmp_path / "photograph.jpeg"
    file.write_bytes(stored(pixels, "JPEG", quality=90, exif=exif.tobytes()))
    assert 12e6 < file.stat().st_size < 20e6
    code = (
        "import pathlib, resource, sys; from helpers.samples import load_picture\n"
        "picture = load_picture(pathlib.Path(sys.argv[1]).read_bytes(), colour=True)\n"
        "print(*picture.shape[:2], *picture[40, 30], *picture[40, 90])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )
    # A process inherits the peak of the one that starts it: put a small one in between.
    start = "import subprocess, sys; subprocess.run([sys.executable, '-c', *sys.argv[1:]])"
    command = [sys.executable, "-c", start, code, str(file)]
    run = subprocess.run(command, capture_output=True, text=True)
    found, most = run.stdout.splitlines()
    height, width, *colours = map(int, found.split())
    assert (height, width) == (160, 120)
    assert np.abs(np.subtract(colours, [0, 0, 250, 250, 0, 0])).max() < 30  # left below came first
    assert int(most) * (1 if sys.platform == "darwin" else 1024) < MEGABYTES * 1e6
