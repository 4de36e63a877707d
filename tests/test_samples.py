"""The inputs: shapes, signals, photographs with their papers, and the reader's own picture."""

import hashlib
import re
import struct
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
from helpers.samples import PHOTOGRAPHS, SAMPLES, SIGNALS, load_picture, photograph, sample, signal

DATA = Path(__file__).parent.parent / "data"
SHAPES = [name for name in SAMPLES if name not in PHOTOGRAPHS]

# Shapes and signals.


def test_the_names_are_those_the_notebooks_use():
    assert SHAPES == [
        "letter H",
        "small H",
        "cross",
        "square",
        "ring",
        "diagonal",
        "staircase",
        "one dot",
        "checkerboard",
        "ramp",
        "5 x 5 digits",
    ]
    assert SIGNALS == ("step", "bump", "noisy step", "sine")
    assert all(name.startswith("photograph: ") for name in PHOTOGRAPHS)
    assert SAMPLES[len(SHAPES) :] == PHOTOGRAPHS
    assert sum(name.endswith("(colour)") for name in PHOTOGRAPHS) >= 1
    assert len(PHOTOGRAPHS) >= 3


def test_letter_h_is_the_one_of_the_course():
    expected = np.zeros((16, 16), dtype=np.int64)
    expected[7, 3:12] = 1
    expected[4:12, [3, 12]] = 1
    assert np.array_equal(sample("letter H"), expected)


@pytest.mark.parametrize(
    ("name", "shape", "ones"),
    [
        ("small H", (7, 7), 13),
        ("cross", (7, 7), 9),
        ("square", (8, 8), 16),
        ("ring", (9, 9), 16),
        ("diagonal", (8, 8), 8),
        ("staircase", (8, 8), 40),
        ("one dot", (7, 7), 1),
        ("checkerboard", (8, 8), 32),
    ],
)
def test_shapes_hold_zeros_and_ones(name, shape, ones):
    x = sample(name)
    assert x.shape == shape
    assert set(x.ravel().tolist()) == {0, 1}
    assert x.sum() == ones


@pytest.mark.parametrize("name", ["small H", "cross", "square", "ring", "one dot"])
def test_figures_stand_in_the_middle_with_zeros_around(name):
    x = sample(name)
    assert np.array_equal(x, x[::-1])
    assert np.array_equal(x, x[:, ::-1])
    assert x[0].sum() == x[-1].sum() == x[:, 0].sum() == x[:, -1].sum() == 0


def test_shapes_told_apart_by_direction():
    assert sample("small H")[3].sum() == 5
    assert np.array_equal(sample("small H")[1], [0, 1, 0, 0, 0, 1, 0])
    assert np.array_equal(sample("cross"), sample("cross").T)
    assert np.array_equal(np.argwhere(sample("one dot")), [[3, 3]])
    assert np.array_equal(sample("diagonal"), np.eye(8))
    assert np.array_equal(sample("staircase"), np.kron(np.tri(4), np.ones((2, 2))))
    assert not (sample("checkerboard")[:, 1:] == sample("checkerboard")[:, :-1]).any()
    assert sample("checkerboard")[0, 0] == 0


def test_ramp_counts_from_1_to_25():
    assert sample("ramp").ravel().tolist() == list(range(1, 26))


def test_digits_suit_sums_by_hand():
    x = sample("5 x 5 digits")
    assert x.shape == (5, 5)
    assert 0 <= x.min() <= x.max() <= 9
    by_hand = convolve(x, KERNELS["Sobel x"], flip=False)
    assert by_hand.tolist() == [[3, 0, 6], [8, 1, -8], [11, 2, -13]]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("step", [0] * 8 + [1] * 8),
        ("bump", [0] * 5 + [1, 2, 3, 3, 2, 1] + [0] * 5),
        (
            "noisy step",
            [1, 2, -1, -1, 1, 2, 0, -2, 2, 0, -2, -2, 10, 11, 10, 12, 8, 10, 10, 12, 9, 12, 8, 9],
        ),
        ("sine", [0, 5, 9, 10, 9, 5, 0, -5, -9, -10, -9, -5] * 2),
    ],
)
def test_signals_are_the_same_small_whole_numbers_everywhere(name, values):
    assert signal(name).tolist() == values


@pytest.mark.parametrize("name", [*SHAPES, *SIGNALS])
def test_shapes_and_signals_are_fresh_int64(name):
    get = signal if name in SIGNALS else sample
    x = get(name)
    assert x.dtype == np.int64
    assert x.ndim == (1 if name in SIGNALS else 2)
    before = x.copy()
    x[...] = 99
    assert np.array_equal(get(name), before)


@pytest.mark.parametrize("get", [sample, photograph, signal])
def test_an_unknown_name_is_answered_with_the_known_ones(get):
    known = {sample: "letter H", photograph: "photograph: camera", signal: "bump"}[get]
    with pytest.raises(ValueError, match=f"name='nobody'.*\"{known}\""):
        get("nobody")
    with pytest.raises(TypeError, match=f'name=7.*"{known}"'):
        get(7)


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
    file = samples._FILES[name]
    section = re.search(rf"^### `{file}`.*?(?=^##|\Z)", text, flags=re.MULTILINE | re.DOTALL)
    assert section, file
    assert re.search(r"Licence: (CC0|public domain)", section[0])
    assert re.search(r"Source: scikit-image [\d.]+, `skimage/data/\w+\.png`", section[0])


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_are_small_and_have_the_depth_their_name_says(name):
    pixels = photograph(name)
    assert pixels.dtype == np.uint8
    assert pixels.shape[2:] == ((3,) if name.endswith("(colour)") else ())
    assert min(pixels.shape[:2]) >= 64
    assert max(pixels.shape[:2]) <= 160
    assert np.ptp(pixels) > 100
    assert np.array_equal(sample(name), pixels)
    size = " x ".join(map(str, pixels.shape))
    assert listed_files()[samples._FILES[name]][0] == size


@pytest.mark.parametrize("name", PHOTOGRAPHS)
def test_photographs_carry_nothing_but_pixels(name):
    content = (DATA / samples._FILES[name]).read_bytes()
    chunks, position = set(), 8
    while position < len(content):
        (length,) = struct.unpack(">I", content[position : position + 4])
        chunks.add(content[position + 4 : position + 8])
        position += length + 12
    assert chunks == {b"IHDR", b"IDAT", b"IEND"}


def test_no_photograph_has_two_names():
    assert len({photograph(name).tobytes() for name in PHOTOGRAPHS}) == len(PHOTOGRAPHS)


def test_a_photograph_can_be_written_on():
    pixels = photograph("photograph: camera")
    pixels[0, 0] = 255 - pixels[0, 0]
    assert pixels[0, 0] != photograph("photograph: camera")[0, 0]


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
def test_a_damaged_photograph_is_named(share, tmp_path, monkeypatch):
    content = (samples.DATA / "camera.png").read_bytes()
    (tmp_path / "camera.png").write_bytes(content[: int(share * len(content))])
    monkeypatch.setattr(samples, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"photograph: camera.*camera\.png is damaged: allowed"):
        sample("photograph: camera")


def test_a_missing_photograph_says_where_it_should_be(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "DATA", tmp_path)
    with pytest.raises(FileNotFoundError, match=r"photograph: camera.*camera\.png.*data/"):
        photograph("photograph: camera")


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


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
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
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
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


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
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
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
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


def png_with_size(width, height):
    """A PNG file that claims a size and holds almost nothing: a decompression bomb."""

    def chunk(name, content):
        crc = struct.pack(">I", zlib.crc32(name + content))
        return struct.pack(">I", len(content)) + name + content + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"GIF89a",
        stored(four_corners(), "GIF"),
        stored(four_corners(), "BMP"),
        stored(four_corners(), "TIFF"),
        b"%PDF-1.7",
    ],
    ids=["empty", "text", "head of a GIF", "GIF", "BMP", "TIFF", "PDF"],
)
def test_what_is_no_png_or_jpeg_is_refused(content):
    with pytest.raises(ValueError, match="not a picture: allowed are PNG and JPEG"):
        load_picture(content)


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_a_truncated_picture_is_refused(kind, kept):
    noise = np.random.default_rng(0).integers(0, 256, (100, 100, 3))
    content = stored(noise, kind)
    with pytest.raises(ValueError, match="damaged or incomplete"):
        load_picture(content[: int(kept * len(content))])


def test_a_damaged_picture_is_refused():
    content = bytearray(stored(np.random.default_rng(0).integers(0, 256, (50, 50))))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(ValueError, match="damaged or incomplete"):
        load_picture(content)


@pytest.mark.parametrize(
    ("width", "height"),
    [(7072, 7072), (9000, 9000), (12_000, 12_000), (60_000, 60_000), (50_000_001, 1)],
)
def test_too_many_pixels_are_refused_before_decoding_and_without_a_warning(width, height):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(ValueError, match=r"too many pixels.*50 million"):
            load_picture(png_with_size(width, height))


def test_a_claimed_size_within_the_limit_is_decoded_and_found_damaged():
    with pytest.raises(ValueError, match="damaged"):
        load_picture(png_with_size(1000, 1000))


def test_too_many_bytes_are_refused():
    content = stored(four_corners())
    with pytest.raises(ValueError, match=r"20\.1 MB.*allowed are 20 MB"):
        load_picture(content + bytes(20_100_000 - len(content)))


def test_a_text_that_unpacks_to_much_more_is_refused():
    content = stored(four_corners())
    text = b"comment\0\0" + zlib.compress(b" " * 80_000_000)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text
    chunk += struct.pack(">I", zlib.crc32(chunk[4:]))
    with pytest.raises(ValueError, match="damaged"):
        load_picture(content[:33] + chunk + content[33:])


@pytest.mark.parametrize("data", ["cat.png", None, 3, np.zeros((4, 4), dtype=np.uint8), [1, 2]])
def test_what_is_no_bytes_is_refused(data):
    with pytest.raises(TypeError, match="data="):
        load_picture(data)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"colour": "yes"}, TypeError),
        ({"colour": 1}, TypeError),
        ({"largest": 0}, ValueError),
        ({"largest": -5}, ValueError),
        ({"largest": 2.5}, TypeError),
        ({"largest": None}, TypeError),
    ],
)
def test_impossible_options_are_named(options, error):
    with pytest.raises(error, match=f"{next(iter(options))}="):
        load_picture(stored(four_corners()), **options)


def picture_or_message(content):
    """What a reader gets to see."""
    try:
        return load_picture(content), ""
    except ValueError as error:
        return None, str(error)


@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_any_damage_gives_a_picture_or_a_message(data):
    """Change some bytes anywhere, or cut the end: never an error of another kind."""
    kind = data.draw(st.sampled_from(["PNG", "JPEG"]))
    content = bytearray(stored(four_corners(12, 16), kind))
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    content = content[: data.draw(st.integers(0, len(content)))]
    loaded, message = picture_or_message(content)
    if loaded is None:
        assert re.search("damaged|not a picture|too many pixels", message)
    else:
        assert loaded.ndim == 2
        assert 1 <= min(loaded.shape) <= max(loaded.shape) <= 160


def test_pillow_is_left_as_it_was():
    before = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    load_picture(stored(four_corners()))
    with pytest.raises(ValueError, match="pixels"):
        load_picture(png_with_size(60_000, 60_000))
    after = (Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES, list(warnings.filters))
    assert after == before
