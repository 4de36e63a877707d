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
SHAPES = [name for name in SAMPLES if name not in PHOTOGRAPHS]

# Shapes.


def test_the_names_are_those_the_notebooks_use():
    assert [*FIGURES, "ramp", "5 x 5 digits"] == SHAPES
    assert SAMPLES[len(SHAPES) :] == tuple(PHOTOGRAPHS)
    assert all(name.startswith("photograph: ") for name in PHOTOGRAPHS)
    assert [name.endswith("(colour)") for name in PHOTOGRAPHS] == [False, False, True, True, True]


FIGURES = {  # shape, and how many of its cells are 1; the others are 0
    "letter H": ((16, 16), 24),
    "small H": ((7, 7), 13),
    "cross": ((7, 7), 9),
    "square": ((8, 8), 16),
    "ring": ((9, 9), 16),
    "diagonal": ((8, 8), 8),
    "staircase": ((8, 8), 40),
    "one dot": ((7, 7), 1),
    "checkerboard": ((8, 8), 32),
}


@pytest.mark.parametrize("name", SHAPES)
def test_shapes_are_fresh_whole_numbers_of_64_bits(name):
    x = sample(name)
    assert x.dtype == np.int64
    before = x.copy()
    x[...] = 99
    assert np.array_equal(sample(name), before)
    if name in FIGURES:
        assert (before.shape, before.sum()) == FIGURES[name]
        assert set(before.ravel().tolist()) == {0, 1}


@pytest.mark.parametrize("name", ["small H", "cross", "square", "ring", "one dot"])
def test_figures_are_in_the_middle_with_zeros_around(name):
    x = sample(name)
    assert np.array_equal(x, x[::-1])
    assert np.array_equal(x, x[:, ::-1])
    assert not any(edge.any() for edge in (x[0], x[-1], x[:, 0], x[:, -1]))


def test_every_shape_is_what_its_name_says():
    letter = np.zeros((16, 16))
    letter[7, 3:12] = letter[4:12, 3] = letter[4:12, 12] = 1
    assert np.array_equal(sample("letter H"), letter)
    assert sample("small H")[[1, 3]].tolist() == [[0, 1, 0, 0, 0, 1, 0], [0, 1, 1, 1, 1, 1, 0]]
    assert np.array_equal(sample("cross"), sample("cross").T)
    assert np.array_equal(np.argwhere(sample("one dot")), [[3, 3]])
    assert np.array_equal(sample("diagonal"), np.eye(8))
    assert np.array_equal(sample("staircase"), np.kron(np.tri(4), np.ones((2, 2))))
    assert np.array_equal(sample("checkerboard"), np.indices((8, 8)).sum(axis=0) % 2)
    assert np.array_equal(sample("ramp"), np.arange(1, 26).reshape(5, 5))
    by_hand = convolve(sample("5 x 5 digits"), KERNELS["Sobel x"], flip=False)
    assert by_hand.tolist() == [[3, 0, 6], [8, 1, -8], [11, 2, -13]]


# Photographs and data/README.md.


def listed_files():
    """File name -> (size as written, SHA-256), from the tables of data/README.md."""
    text = (DATA / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \|([^|]*)\|.*`([0-9a-f]{64})` \|$", text, flags=re.MULTILINE)
    assert len({name for name, *_ in rows}) == len(rows)
    return {name: (size.strip(), checksum) for name, size, checksum in rows}


def test_the_readme_lists_every_file_in_data_and_no_other():
    assert set(listed_files()) == {
        path.relative_to(DATA).as_posix()
        for path in DATA.rglob("*")
        if path.is_file() and path.name != "README.md" and not path.name.startswith(".")
    }


@pytest.mark.parametrize("name", sorted(listed_files()))
def test_every_file_has_the_checksum_that_the_readme_names(name):
    assert hashlib.sha256((DATA / name).read_bytes()).hexdigest() == listed_files()[name][1]


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


def test_a_photograph_can_be_written_on():
    pixels = sample("photograph: camera")
    pixels[0, 0] = 255 - pixels[0, 0]
    assert pixels[0, 0] != sample("photograph: camera")[0, 0]


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


def test_a_small_png_comes_back_as_it_is():
    pixels = four_corners()
    assert np.array_equal(load_picture(stored(pixels), colour=True), pixels)


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


def test_the_result_can_be_written_on():
    loaded = load_picture(stored(four_corners()))
    loaded[0, 0] = 7
    assert loaded[0, 0] == 7


def test_jpeg_is_read():
    loaded = load_picture(stored(four_corners(), "JPEG", quality=95), colour=True)
    assert np.abs(loaded[5:15, 5:25].astype(int) - [250, 0, 0]).max() < 12


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
    ],
)
def test_the_longer_side_is_reduced_never_enlarged(kind, size, largest, shape):
    height, width = size
    pixels = np.full((height, width), 130, dtype=np.uint8)
    loaded = load_picture(stored(pixels, kind), largest=largest)
    assert loaded.shape == shape
    assert np.abs(loaded.astype(int) - 130).max() <= 2


@pytest.mark.parametrize(("size", "shape"), [((20000, 1), (160, 1)), ((1, 20000), (1, 160))])
@pytest.mark.parametrize("kind", KINDS)
def test_a_very_long_picture_keeps_both_sides(size, shape, kind):
    loaded = load_picture(stored(np.full(size, 77), kind))
    assert loaded.shape == shape
    assert (loaded == 77).all()


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


def test_black_and_white_with_one_bit_is_read():
    bits = Image.fromarray(np.tile([[0, 255]], (4, 4)).astype(np.uint8)).convert("1")
    assert load_picture(stored(bits))[0, :4].tolist() == [0, 255, 0, 255]


@pytest.mark.parametrize("mode", ["RGBA", "LA", "PA"])
def test_what_is_transparent_becomes_white(mode):
    black = np.zeros((4, 4, 4), dtype=np.uint8)
    black[:, 2:, 3] = 255
    image = Image.fromarray(black).convert("RGBA" if mode == "PA" else mode)
    if mode == "PA":
        image = image.quantize(4)
    loaded = load_picture(stored(image))
    assert loaded[0].tolist() == [255, 255, 0, 0]


def test_half_transparent_is_half_white():
    half = np.full((3, 3, 4), [0, 0, 0, 128], dtype=np.uint8)
    assert abs(int(load_picture(stored(half))[1, 1]) - 127) <= 1


def test_the_colour_of_hidden_pixels_does_not_shine_through():
    hidden = np.full((400, 400, 4), [255, 0, 0, 0], dtype=np.uint8)
    hidden[::2] = [0, 0, 255, 255]
    loaded = load_picture(stored(hidden), colour=True)[80, 80].astype(int)
    assert abs(loaded[0] - loaded[1]) <= 1
    assert loaded[2] > 250


def test_one_transparent_colour_becomes_white():
    image = Image.fromarray(np.array([[10, 200]], dtype=np.uint8))
    assert load_picture(stored(image, transparency=10)).tolist() == [[255, 200]]


def test_sixteen_bits_of_grey_are_brought_to_eight():
    deep = Image.fromarray(np.array([[0, 255, 256, 32768, 65535]], dtype=np.uint16))
    assert load_picture(stored(deep)).tolist() == [[0, 0, 1, 128, 255]]


def test_cmyk_is_read():
    image = Image.fromarray(four_corners()).convert("CMYK")
    loaded = load_picture(stored(image, "JPEG", quality=95), colour=True)
    assert np.abs(loaded[5:15, 5:25].astype(int) - [250, 0, 0]).max() < 15


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


# What is refused.


def part(name: bytes, content: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + crc


def png_with_size(width, height):
    """A PNG file that claims a size and holds almost nothing: a decompression bomb."""
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100)) + part(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


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
    "not one whole row": (png_with_size(1000, 1000), DAMAGED),
    "a comment that unpacks to 80 MB": (
        SMALL[:33] + part(b"zTXt", b"a\0\0" + zlib.compress(bytes(80_000_000))) + SMALL[33:],
        DAMAGED,
    ),
    "just too many pixels": (png_with_size(7072, 7072), TOO_LARGE),
    "too many pixels for Pillow's taste": (png_with_size(12_000, 12_000), TOO_LARGE),
    "too many pixels for Pillow": (png_with_size(60_000, 60_000), TOO_LARGE),
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
