"""Pictures as PNG: a few decisive pixels, sharp at every scale, and what a notebook stores."""

import base64
import io

import matplotlib
import numpy as np
import pytest
from PIL import Image, ImageColor

from helpers.drawing import (
    Grid,
    Limits,
    Mark,
    Picture,
    Scene,
    Stroke,
    Text,
    convolution_scene,
    render,
    show_arrays,
    show_convolution,
    show_curves,
    snapshot,
)
from helpers.drawing import letters as letters_module
from helpers.drawing.colours import BLUE, CASING, GREY, INK, ORANGE, SIGNED, ink_on
from helpers.drawing.letters import line, typeface
from helpers.drawing.scene import WIDTH
from helpers.kernels import KERNELS
from helpers.samples import sample

RAMP = np.arange(1, 26).reshape(5, 5)
SIGNS = np.array([[-4, 0, 4], [2, -2, 1]])
CELLS = (5, 12, 13, 20, 33, 66)
TEXTS = ("0", "8", "−8", "0.25", "−3.5", "255", "−1530", "1/9")
each_scale = pytest.mark.parametrize("scale", [1, 2, 3])


def pixels(png):
    """Return a PNG as (H, W, 3) whole numbers."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def alone(values, cell, scale=1, **settings):
    """Return the pixels of the cells of a grid that is alone on its picture."""
    grid = Grid(np.asarray(values), "Title", x=30, y=60, cell=cell, scale=False, **settings)
    drawn = pixels(render(Scene((grid,), (), 90 + grid.height), scale).png)
    return region(drawn, grid, 0, 0, *grid.values.shape[:2], scale=scale)


def region(drawn, grid, row, column, height=1, width=1, scale=1):
    """Return the pixels of some cells of a grid on a picture."""
    side = grid.cell * scale
    top, left = grid.y * scale + row * side, grid.x * scale + column * side
    return drawn[top : top + height * side, left : left + width * side]


def is_near(drawn, colour, by=3):
    """Say for every pixel whether it has a colour."""
    colour = ImageColor.getrgb(colour) if isinstance(colour, str) else colour
    return (np.abs(drawn - np.array(colour)) <= by).all(axis=-1)


def contrast(one, other):
    """Return the contrast of two colours after WCAG 2, from 1 to 21."""
    parts = np.array([one, other]) / 255
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    low, high = sorted(linear @ (0.2126, 0.7152, 0.0722))
    return (high + 0.05) / (low + 0.05)


def scene_of(image, weights, position=None, **options):
    return convolution_scene(
        snapshot(np.array(image), np.array(weights), position=position, **options)
    )


# --- Cells ---------------------------------------------------------------------------------------


@each_scale
@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("limit", [4.0, 8.0, 2.0])
def test_a_cell_has_the_colour_of_its_value(cell, limit, scale):
    drawn, side = alone(SIGNS, cell, scale, limit=limit), cell * scale
    for row, column in np.ndindex(*SIGNS.shape):
        share = np.clip(SIGNS[row, column] / limit, -1, 1) / 2 + 0.5
        expected = 255 * np.array(matplotlib.colormaps["RdBu"](share)[:3])
        corner = drawn[row * side + 1, column * side + 1]
        assert np.abs(corner - expected).max() <= 10  # of 255: a map has a finite number of colours


@each_scale
@pytest.mark.parametrize("cell", [1, 5, 6, 20])
def test_lines_between_cells_need_cells_of_six_pixels(cell, scale):
    drawn = alone([[4]], cell, scale, limit=4.0, texts=[[""]])
    other = ~is_near(drawn, drawn[0, 0])
    assert other.any() == (cell >= 6)
    if cell >= 6:  # as wide as the picture is sharp
        assert other[0].sum() == other[:, 0].sum() == scale


@pytest.mark.parametrize("cell", [1, 2, 5])
def test_a_grey_photograph_is_drawn_as_it_is(cell):
    photograph = np.arange(0, 256, dtype=np.uint8).reshape(16, 16)
    drawn = alone(photograph, cell, look=GREY, limit=255.0)
    assert np.abs(drawn - photograph.repeat(cell, 0).repeat(cell, 1)[:, :, np.newaxis]).max() <= 1


def test_beyond_a_grey_scale_is_black_or_white():
    drawn = alone([[-300, 600]], 5, look=GREY, limit=255.0)
    assert (drawn[:, :5] == 0).all()
    assert (drawn[:, 5:] == 255).all()


@each_scale
def test_a_colour_photograph_is_drawn_exactly(scale):
    cat = sample("photograph: cat (colour)")
    scene = scene_of(cat, KERNELS["identity"], flip=False)
    drawn = pixels(render(scene, scale).png)
    for grid, values in ((scene.grids[0], cat), (scene.grids[2], cat[1:-1, 1:-1])):
        side = grid.cell * scale
        inside = region(drawn, grid, 0, 0, *grid.values.shape[:2], scale=scale)
        assert np.array_equal(inside, values.repeat(side, 0).repeat(side, 1))


# --- Numbers -------------------------------------------------------------------------------------


@each_scale
@pytest.mark.parametrize("text", TEXTS)
def test_a_number_stays_inside_its_cell_and_contrasts_with_it(text, scale):
    cell = 66 if len(text) > 3 else 33
    for value in (-4, -1, 0, 1, 4):
        drawn = alone([[value]], cell, scale, limit=4.0, texts=[[text]])
        paper, last = drawn[1, 1], -1 - scale
        ink = is_near(drawn[:last, :last], ink_on(paper), by=60)
        assert ink.any()
        rows, columns = np.nonzero(ink)
        middle = (cell * scale - scale) / 2
        assert (rows.min() + rows.max()) / 2 == pytest.approx(middle, abs=2 * scale)
        assert (columns.min() + columns.max()) / 2 == pytest.approx(middle, abs=1 + scale)
        for edge in (drawn[0, :last], drawn[last, :last], drawn[:last, 0], drawn[:last, last]):
            assert is_near(edge, paper).all()


def test_numbers_are_where_they_belong_and_equal_ones_look_the_same():
    drawn = alone([[1, 2, 1], [3, 1, 2]], 40, limit=8.0)
    cells = [drawn[r * 40 : r * 40 + 40, c * 40 : c * 40 + 40] for r, c in np.ndindex(2, 3)]
    values = [1, 2, 1, 3, 1, 2]
    for one, other in np.ndindex(6, 6):
        assert np.array_equal(cells[one], cells[other]) == (values[one] == values[other])


def test_a_minus_sign_makes_a_difference():
    plus, minus = (alone([[0]], 40, texts=[[text]]) for text in ("5", "−5"))
    assert is_near(minus, (0, 0, 0), by=60).sum() > is_near(plus, (0, 0, 0), by=60).sum()


def test_small_cells_show_no_numbers():
    drawn = alone(np.full((4, 4), 3), 12, limit=4.0)
    inside = [drawn[r * 12 : r * 12 + 11, c * 12 : c * 12 + 11] for r, c in np.ndindex(4, 4)]
    assert all((cell == cell[0, 0]).all() for cell in inside)


@each_scale
def test_letters_are_drawn_anew_and_not_enlarged(scale):
    """A text put together from glyphs is what the typeface draws at that size, sign by sign."""
    for text in ("0", "W", "⋆", "≤"):
        coverage, left, top = line(text, 20 * scale)
        mask, offset = typeface(20 * scale).getmask2(text, "L", anchor="ls")
        whole = np.frombuffer(bytes(mask), np.uint8).reshape(mask.size[::-1])
        inked = np.flatnonzero(whole.any(axis=0))
        assert np.array_equal(coverage, whole[:, inked[0] : inked[-1] + 1])
        assert (left, top) == (offset[0] + inked[0], offset[1])
    drawn = pixels(render(Scene((), (Text(40, 60, "Sharp 7 × 7"),), 80), scale).png)
    blocks = drawn[: 80 * scale, : WIDTH * scale].reshape(80, scale, WIDTH, scale, 3)
    enlarged = (blocks == blocks[:, :1, :, :1]).all()
    assert enlarged == (scale == 1)


@pytest.mark.parametrize("anchor", ["l", "m", "r"])
@each_scale
def test_a_text_begins_ends_or_has_its_middle_at_its_place(anchor, scale):
    scene = Scene((), (Text(300, 50, "HHHH", anchor=anchor),), 80)
    drawn = pixels(render(scene, scale).png) < 128
    columns, rows = (np.flatnonzero(drawn.any(axis=axes)) for axes in ((0, 2), (1, 2)))
    ends = {"l": columns[0], "m": columns[[0, -1]].mean(), "r": columns[-1]}
    assert ends[anchor] / scale == pytest.approx(300, abs=3)
    assert rows[-1] / scale == pytest.approx(50, abs=1.5)


def test_letters_are_those_of_the_typeface():
    """Matplotlib ships the typeface, so that a picture looks the same on every machine."""
    assert typeface(20).getname() == ("DejaVu Sans", "Book")
    assert typeface(20, bold=True).getname() == ("DejaVu Sans", "Bold")
    missing = typeface(40).getmask("\U0010ffff").getbbox()
    for sign in "⌊⌋·−∗⋆×=≤≥✓●⁻⁷":
        assert typeface(40).getmask(sign).getbbox() != missing, sign


def test_typefaces_are_found_with_and_without_asking_matplotlib(monkeypatch, tmp_path):
    folder = letters_module._typefaces()
    assert (folder / "DejaVuSans.ttf").is_file()

    class Elsewhere:
        origin = str(tmp_path / "__init__.py")

    monkeypatch.setattr(letters_module, "find_spec", lambda name: Elsewhere)
    assert letters_module._typefaces() == folder


# --- Hatching ------------------------------------------------------------------------------------


@each_scale
@pytest.mark.parametrize("cell", [2, 5, 13, 20, 40])
def test_padding_is_hatched_and_nothing_else(cell, scale):
    hatched = np.zeros((4, 4), dtype=bool)
    hatched[0], hatched[:, 0] = True, True
    drawn, plain = (
        alone(np.zeros((4, 4)), cell, scale, hatched=mask, texts=[[""] * 4] * 4)
        for mask in (hatched, None)
    )
    changed, side = (drawn != plain).any(axis=-1), cell * scale
    for row, column in np.ndindex(4, 4):
        part = changed[row * side : (row + 1) * side, column * side : (column + 1) * side]
        assert not part.any() or hatched[row, column]
        if cell >= 12:
            assert part.any() == hatched[row, column]
    assert changed.any()


@pytest.mark.parametrize("value", [-4, -1, 0, 1, 4])
@pytest.mark.parametrize("cell", [3, 20, 40])
def test_hatching_is_seen_on_every_colour_and_unused_cells_have_more_of_it(value, cell):
    mask, shades = np.ones((6, 6), dtype=bool), []
    for marks in ({"hatched": mask}, {"hatched": mask, "unused": mask}):
        drawn = alone(np.full((6, 6), value), cell, limit=4.0, texts=[[""] * 6] * 6, **marks)
        plain = alone(np.full((6, 6), value), cell, limit=4.0, texts=[[""] * 6] * 6)
        changed = (drawn != plain).any(axis=-1)
        assert contrast(drawn[changed][0], plain[1, 1]) > 1.5
        shades.append(changed.mean())
    assert shades[1] > 1.8 * shades[0] > 0.1


@each_scale
def test_a_number_in_the_padding_can_still_be_read(scale):
    mask = np.ones((1, 1), dtype=bool)
    plain, hatched = (alone([[7]], 40, scale, limit=8.0, hatched=m) for m in (None, mask))
    rows, columns = np.nonzero(is_near(plain, ink_on(plain[1, 1]), by=30))
    assert 2 < rows.min() < rows.max() < 38 * scale  # the digit, not the line between cells
    near = np.s_[rows.min() - 1 : rows.max() + 2, columns.min() - 1 : columns.max() + 2]
    assert rows.size > 20
    assert np.array_equal(hatched[near], plain[near])
    assert not np.array_equal(hatched, plain)


def test_photographs_show_their_padding_too():
    for name in ("photograph: camera", "photograph: cat (colour)"):
        scene = scene_of(sample(name), KERNELS["box blur"], padding=3)
        grid, drawn = scene.grids[0], pixels(render(scene).png)
        border = region(drawn, grid, 0, 0, 3, grid.values.shape[1])
        assert len(np.unique(border.reshape(-1, 3), axis=0)) > 1  # black, and stripes


# --- Frames --------------------------------------------------------------------------------------


def orange_box(drawn, grid, scale=1):
    """Return the box of all orange pixels over a grid, in cells."""
    margin = 12 * scale
    top, left = grid.y * scale - margin, grid.x * scale - margin
    bottom, right = top + grid.height * scale + 2 * margin, left + grid.width * scale + 2 * margin
    rows, columns = np.nonzero(is_near(drawn[top:bottom, left:right], ORANGE))
    box = np.array((rows.min(), columns.min(), rows.max() + 1, columns.max() + 1))
    return ((box - margin) / (grid.cell * scale)).tolist()


@each_scale
@pytest.mark.parametrize("position", [(0, 0), (0, 2), (1, 1), (2, 2)])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_orange_frame_is_where_the_window_is(position, padding, stride, scale):
    image = np.arange(49).reshape(7, 7)
    scene = scene_of(image, np.ones((3, 2), int), position, padding=padding, stride=stride)
    drawn = pixels(render(scene, scale).png)
    top, left = (n * stride for n in position)
    windows = ((top, left, 3, 2), (0, 0, 3, 2), (*position, 1, 1))
    for grid, (row, column, height, width) in zip(scene.grids, windows, strict=True):
        expected = [row, column, row + height, column + width]
        assert orange_box(drawn, grid, scale) == pytest.approx(expected, abs=4 / grid.cell)


def test_without_a_window_nothing_is_orange():
    drawn = pixels(show_convolution(RAMP, [[1, 2], [3, 4]], padding=1).png)
    assert not is_near(drawn, ORANGE).any()
    assert not is_near(drawn, CASING).any()


@pytest.mark.parametrize("cell", [19, 21, 30, 66])
@each_scale
def test_a_frame_hides_no_number(cell, scale):
    """Neither those inside nor those beside it, down to the smallest cells that have numbers."""
    values = np.full((5, 5), -4 if cell == 19 else 0.4)
    framed, plain = (
        alone(values, cell, scale, limit=4.0, marks=marks)
        for marks in ((Mark(1, 1, 2, 2), Mark(3, 3, 1, 1)), ())
    )
    ink = is_near(plain, ink_on(plain[1, 1]), by=30)
    assert ink.sum() > 25
    difference = np.abs(framed - plain).max(axis=-1)
    assert contrast(ink_on(plain[1, 1]), plain[1, 1]) > 4.5
    assert (difference[ink] < 60).mean() > 0.97
    assert not np.array_equal(framed, plain)


def test_a_frame_around_cells_without_numbers_leaves_them_free():
    values = np.arange(100).reshape(10, 10)
    framed, plain = (
        alone(values, 2, limit=99.0, look=GREY, marks=marks) for marks in ((Mark(4, 4, 3, 3),), ())
    )
    assert np.array_equal(framed[8:14, 8:14], plain[8:14, 8:14])
    assert not np.array_equal(framed, plain)


def test_pointed_cells_have_black_frames():
    zeros = np.zeros((5, 5), int)
    scene = scene_of(zeros, np.ones((2, 2), int), pointed=(2, 2))
    drawn = pixels(render(scene).png)
    plain = pixels(render(scene_of(zeros, np.ones((2, 2), int))).png)
    changed = is_near(drawn, (0, 0, 0)) & (drawn != plain).any(axis=-1)
    for row, column in np.ndindex(4, 4):
        fed = row in (1, 2) and column in (1, 2)
        assert (region(changed, scene.grids[2], row, column).sum() > 250) == fed
    assert not is_near(drawn, ORANGE).any()


@pytest.mark.parametrize("value", [-4, 0, 4])
@pytest.mark.parametrize("look", [SIGNED, GREY])
@pytest.mark.parametrize("role", ["window", "pointed"])
def test_a_frame_is_seen_on_every_colour(value, look, role):
    drawn, plain = (
        alone(np.full((3, 3), value), 30, limit=4.0, look=look, marks=marks)
        for marks in ((Mark(1, 1, 1, 1, role),), ())
    )
    frame = drawn[(drawn != plain).any(axis=-1)]
    assert len(frame) > 200
    assert max(contrast(plain[1, 1], shade) for shade in np.unique(frame, axis=0)) >= 3


# --- Strokes -------------------------------------------------------------------------------------


def stroked(*strokes, scale=1):
    return pixels(render(Scene((), (), 300, "", strokes), scale).png)


@each_scale
def test_a_line_is_drawn_at_its_place_in_its_colour(scale):
    shown = stroked(Stroke(((100, 50), (300, 50)), 3, BLUE), scale=scale)
    dark = (shown < 200).any(axis=2)
    rows, columns = np.flatnonzero(dark.any(1)) / scale, np.flatnonzero(dark.any(0)) / scale
    assert 48 <= rows.min() <= rows.max() <= 51.5
    assert columns.min() == pytest.approx(100, abs=1.5)
    assert columns.max() == pytest.approx(300, abs=1.5)
    assert abs(shown[50 * scale, 200 * scale] - ImageColor.getrgb(BLUE)).max() < 10


def test_a_slanted_line_is_smooth_and_as_long_as_it_should_be():
    shown = stroked(Stroke(((200, 20), (260, 100)), 2, INK))
    assert ((shown > 60) & (shown < 235)).any()  # neither jagged black nor white
    ink, darkness = (255 - shown[:, :, 0]).sum() / 255, 1 - int(INK[1:3], 16) / 255
    assert ink == pytest.approx(2 * 100 * darkness, rel=0.15)


def test_dashes_leave_gaps_of_their_length():
    shown = stroked(Stroke(((100, 50), (220, 50)), 3, INK, (20.0, 10.0)))
    dark = (shown[50, :, 0] < 128).astype(int)
    starts, ends = np.flatnonzero(np.diff(dark) == 1), np.flatnonzero(np.diff(dark) == -1)
    np.testing.assert_allclose(starts, [99, 129, 159, 189], atol=1.5)
    np.testing.assert_allclose(ends, [119, 149, 179, 209], atol=1.5)


def test_lines_at_the_edges_stay_on_the_picture():
    for other in ((WIDTH - 1, 299), (0, 299), (WIDTH - 1, 0)):
        assert stroked(Stroke(((0, 0), other), 4)).shape == (300, WIDTH, 3)


# --- Whole pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene",
    [
        scene_of(RAMP, [[1, 2], [3, 4]], (1, 1), padding=1),
        scene_of(np.arange(9), [1, 0, -1], (2,), padding="full"),
        scene_of(sample("photograph: camera"), KERNELS["Sobel x"], (3, 3)),
        scene_of(sample("photograph: cat (colour)"), KERNELS["sharpen"], (3, 3)),
        show_arrays({"one": RAMP, "two": -RAMP}).scene,
        show_curves([0, 1, 2], {"Shape": {"square": [0, 1, 4], "line": [0, 1, 2]}}).scene,
    ],
    ids=["picture", "sequence", "grey", "colour", "arrays", "curves"],
)
class TestEveryPicture:
    @each_scale
    def test_has_the_size_of_its_scene(self, scene, scale):
        with Image.open(io.BytesIO(render(scene, scale).png)) as picture:
            assert picture.format == "PNG"
            assert picture.size == (WIDTH * scale, scene.height * scale)

    def test_is_the_same_each_time_and_leaves_the_arrays_alone(self, scene):
        before = [grid.values.copy() for grid in scene.grids]
        first = render(scene).png
        render(show_arrays({"another": -7 * RAMP}).scene, 2)
        assert render(scene).png == first
        for grid, values in zip(scene.grids, before, strict=True):
            assert np.array_equal(grid.values, values)

    def test_is_stored_small_with_its_sentence(self, scene):
        picture = render(scene)
        assert isinstance(picture, Picture)
        assert repr(picture) == picture.description == scene.description
        stored = render(scene, 2)._repr_mimebundle_(include=None, exclude=None)
        assert stored == picture._repr_mimebundle_()  # whatever the reader's screen
        assert set(stored) == {"image/png", "text/plain"}
        assert stored["text/plain"] == scene.description
        png = base64.b64decode(stored["image/png"])
        assert len(png) < 60_000
        with Image.open(io.BytesIO(png)) as inside:
            assert inside.text["Description"] == scene.description
        difference = pixels(png) - pixels(picture.png)
        colourful = any(grid.values.ndim == 3 for grid in scene.grids)
        assert np.abs(difference).max() == 0 or colourful
        if colourful:  # in dots, without bands: right on the average of every few pixels
            height, width = (n // 16 * 16 for n in difference.shape[:2])
            blocks = difference[:height, :width].reshape(height // 16, 16, width // 16, 16, 3)
            assert np.abs(blocks.mean(axis=(1, 3))).max() < 12

    def test_keeps_its_margins_white(self, scene):
        drawn = pixels(render(scene).png)
        for edge in (drawn[0], drawn[:, 0], drawn[:, -1], drawn[-1]):
            assert (edge == 255).all()


def test_the_colour_scale_runs_from_its_lowest_to_its_highest_colour():
    grid = Grid(np.zeros((3, 3)), "Title", x=30, y=60, cell=66, limit=4.0)
    middle = pixels(render(Scene((grid,), (), 400)).png)[60 + grid.height + 16]
    blueness = middle[:, 2] - middle[:, 0]
    assert blueness.min() < -60
    assert blueness.max() > 60
    assert blueness.argmin() < blueness.argmax()  # red on the left, blue on the right


def test_show_convolution_takes_the_end_of_the_scale():
    pale, strong = (show_convolution(RAMP, [[1]], limit=limit) for limit in (1000, 25))
    assert pale.description == strong.description.replace("end at 25", "end at 1000")
    assert pixels(pale.png).mean() > pixels(strong.png).mean() + 1


def test_a_cell_of_a_sequence_may_be_one_number():
    picture = show_convolution([1, 2, 3, 4], [1, 1], position=2)
    assert picture.png == show_convolution([1, 2, 3, 4], [1, 1], position=(2,)).png
    assert picture.description.endswith("Window for n = 2: sum 7.")


def test_a_hidden_number_does_not_show_in_the_pixels():
    pictures = [
        render(scene_of([[0, 0], [0, n]], [[1]], (1, 1), hidden=(1, 1), limits=Limits(9, 9, 9)))
        for n in (1, 7)
    ]
    grid = pictures[0].scene.grids[-1]
    assert np.array_equal(*(region(pixels(p.png), grid, 0, 0, 2, 2) for p in pictures))


def test_a_picture_is_stored_from_a_folder_that_is_gone(monkeypatch):
    picture = show_arrays({"a": [[1]]})

    def gone():
        raise FileNotFoundError

    monkeypatch.setattr("os.getcwd", gone)
    assert picture._repr_mimebundle_()["text/plain"] == picture.description
