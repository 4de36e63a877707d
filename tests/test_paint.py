"""Pictures as PNG: a few decisive pixels, and what a notebook stores of them."""

import base64
import io

import matplotlib
import numpy as np
import pytest
from PIL import Image

from helpers.drawing import (
    Grid,
    Mark,
    Picture,
    Scene,
    Text,
    arrays_scene,
    bundle,
    canvas,
    convolution_scene,
    render,
    show_arrays,
    show_convolution,
    snapshot,
)
from helpers.drawing.scene import CASING, GREY, ORANGE, SIGNED, WIDTH, ink_on, typeface
from helpers.kernels import KERNELS
from helpers.samples import sample

RAMP = np.arange(1, 26).reshape(5, 5)
SIGNS = np.array([[-4, 0, 4], [2, -2, 1]])
CELLS = (6, 11, 12, 20, 33, 66)
TEXTS = ("0", "8", "−8", "0.25", "−3.5", "255", "−1530", "1/9")


def pixels(png):
    """Return a PNG as (H, W, 3) whole numbers."""
    with Image.open(io.BytesIO(png)) as picture:
        return np.asarray(picture.convert("RGB")).astype(int)


def alone(values, cell, **settings):
    """Return the pixels of the cells of a grid that stands alone, and the grid."""
    grid = Grid(np.asarray(values), "Title", x=30, y=60, cell=cell, scale=False, **settings)
    drawn = pixels(render(Scene((grid,), (), 60 + grid.height + 30)).png)
    return drawn[60 : 60 + grid.height, 30 : 30 + grid.width], grid


def is_near(drawn, colour, by=3):
    """Say for every pixel whether it has a colour."""
    colour = matplotlib.colors.to_rgb(colour) if isinstance(colour, str) else np.array(colour) / 255
    return (np.abs(drawn - 255 * np.asarray(colour)) <= by).all(axis=-1)


def region(drawn, grid, row, column, height=1, width=1):
    """Return the pixels of some cells of a grid on a picture."""
    top, left = grid.y + row * grid.cell, grid.x + column * grid.cell
    return drawn[top : top + height * grid.cell, left : left + width * grid.cell]


def contrast(one, other):
    """Return the contrast of two colours after WCAG 2, from 1 to 21."""
    low, high = sorted(
        np.where(
            (parts := np.asarray(colour) / 255) <= 0.04045,
            parts / 12.92,
            ((parts + 0.055) / 1.055) ** 2.4,
        )
        @ (0.2126, 0.7152, 0.0722)
        for colour in (one, other)
    )
    return (high + 0.05) / (low + 0.05)


def scene_of(image, weights, position=None, pointed=None, hidden=None, **options):
    marks = {"position": position, "pointed": pointed, "hidden": hidden}
    return convolution_scene(snapshot(image, weights, marks=marks, **options))


# --- Cells ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("limit", [4.0, 8.0, 2.0])
def test_a_cell_has_the_colour_of_its_value(cell, limit):
    drawn, _ = alone(SIGNS, cell, limit=limit)
    for row, column in np.ndindex(*SIGNS.shape):
        share = np.clip(SIGNS[row, column] / limit, -1, 1) / 2 + 0.5
        expected = 255 * np.array(matplotlib.colormaps["RdBu"](share)[:3])
        corner = drawn[row * cell + 1, column * cell + 1]
        assert np.abs(corner - expected).max() <= 10  # of 255: a map has a finite number of colours


@pytest.mark.parametrize("cell", CELLS)
def test_positive_is_blue_negative_is_red_zero_is_white(cell):
    drawn, _ = alone(SIGNS, cell, limit=4.0)
    red, white, blue = (drawn[1, column * cell + 1] for column in range(3))
    assert red[0] > red[2] + 60
    assert blue[2] > blue[0] + 60
    assert white.min() > 240
    light_blue, light_red = drawn[cell + 1, 1], drawn[cell + 1, cell + 1]
    assert light_blue[2] > light_blue[0] + 20
    assert light_red[0] > light_red[2] + 20


def test_numbers_that_differ_in_two_decimals_do_not_look_the_same():
    quarter, more, same = (alone([[v]], 60, limit=8.0)[0] for v in (0.25, 0.27, 0.25 + 1e-9))
    assert not np.array_equal(quarter, more)
    assert np.array_equal(quarter, same)


@pytest.mark.parametrize(("mask", "share"), [("hatched", 1 / 4), ("unused", 1 / 2)])
def test_small_cells_are_striped_twice_as_densely_where_no_window_reaches_them(mask, share):
    drawn, _ = alone(np.zeros((40, 40)), 2, **{mask: np.ones((40, 40), dtype=bool)})
    assert (drawn[:, :, 0] < 200).mean() == share


@pytest.mark.parametrize("cell", [1, 5, 6, 20])
def test_lines_between_cells_need_cells_of_six_pixels(cell):
    drawn, _ = alone([[4]], cell, limit=4.0, texts=[[""]])
    assert is_near(drawn, drawn[0, 0]).all() == (cell < 6)


def test_a_subtitle_stands_below_its_title(monkeypatch):
    written = []
    monkeypatch.setattr(canvas, "write", lambda canvas, text: written.append(text))
    grid = Grid(np.zeros((1, 1)), "Title", "and more", y=60, scale=False)
    render(Scene((grid,), (), 100))
    title, subtitle = written
    assert title.y + subtitle.size <= subtitle.y < grid.y


def test_a_title_may_stand_elsewhere_than_above_its_cells():
    grid = Grid(np.zeros((1, 1)), "Title", x=400, y=60, cell=20, scale=False, title_x=30)
    above = pixels(render(Scene((grid,), (), 100)).png)[:56] < 128
    assert above[:, 30:100].any()
    assert not above[:, 400:].any()


@pytest.mark.parametrize("cell", [1, 2, 5])
def test_a_grey_photograph_is_drawn_as_it_is(cell):
    photograph = np.arange(0, 256, dtype=np.uint8).reshape(16, 16)
    drawn, _ = alone(photograph, cell, look=GREY, limit=255.0)
    assert np.abs(drawn - photograph.repeat(cell, 0).repeat(cell, 1)[:, :, np.newaxis]).max() <= 1


def test_beyond_a_grey_scale_is_black_or_white():
    drawn, _ = alone([[-300, 600]], 5, look=GREY, limit=255.0)
    assert (drawn[:, :5] == 0).all()
    assert (drawn[:, 5:] == 255).all()


def test_a_colour_photograph_is_drawn_exactly():
    cat = sample("photograph: cat (colour)")
    scene = scene_of(cat, KERNELS["identity"], flip=False)
    drawn = pixels(render(scene).png)
    grid = scene.grids[0]
    expected = cat.repeat(grid.cell, 0).repeat(grid.cell, 1)
    assert np.array_equal(region(drawn, grid, 0, 0, *cat.shape[:2]), expected)
    grid = scene.grids[2]  # the identity kernel copies all but the border
    expected = cat[1:-1, 1:-1].repeat(grid.cell, 0).repeat(grid.cell, 1)
    inside = region(drawn, grid, 0, 0, *grid.values.shape[:2])
    assert np.array_equal(inside, expected)


@pytest.mark.parametrize("cell", [c for c in CELLS if c >= 20])
@pytest.mark.parametrize("text", TEXTS)
def test_a_number_stays_inside_its_cell_and_contrasts_with_it(cell, text):
    for value in (-4, -1, 0, 1, 4):
        drawn, _ = alone([[value]], cell, limit=4.0, texts=[[text]])
        paper = drawn[1, 1]
        assert is_near(drawn[:-1, :-1], ink_on(paper), by=40).any()  # letters
        for edge in (drawn[0, :-1], drawn[-2, :-1], drawn[:-1, 0], drawn[:-1, -2]):
            assert is_near(edge, paper).all()  # none of them on the edge


def test_numbers_are_where_they_belong_and_equal_ones_look_the_same():
    drawn, _ = alone([[1, 2, 1], [3, 1, 2]], 40, limit=8.0)
    cells = [drawn[r * 40 : r * 40 + 40, c * 40 : c * 40 + 40] for r, c in np.ndindex(2, 3)]
    alike = [[np.array_equal(one, other) for other in cells] for one in cells]
    values = [1, 2, 1, 3, 1, 2]
    assert alike == [[one == other for other in values] for one in values]


def test_a_minus_sign_makes_a_difference():
    plus, _ = alone([[0]], 40, texts=[["5"]])
    minus, _ = alone([[0]], 40, texts=[["−5"]])
    assert is_near(minus, (0, 0, 0), by=60).sum() > is_near(plus, (0, 0, 0), by=60).sum()


def test_small_cells_show_no_numbers():
    drawn, _ = alone(np.full((4, 4), 3), 11, limit=4.0)
    inside = [drawn[r * 11 : r * 11 + 10, c * 11 : c * 11 + 10] for r, c in np.ndindex(4, 4)]
    assert all((cell == cell[0, 0]).all() for cell in inside)


@pytest.mark.parametrize("cell", [2, 5, 12, 20, 40])
def test_padding_is_hatched_and_nothing_else(cell):
    hatched = np.zeros((4, 4), dtype=bool)
    hatched[0], hatched[:, 0] = True, True
    drawn, _ = alone(np.zeros((4, 4)), cell, hatched=hatched, texts=[[""] * 4] * 4)
    plain, _ = alone(np.zeros((4, 4)), cell, texts=[[""] * 4] * 4)
    changed = (drawn != plain).any(axis=-1)
    for row, column in np.ndindex(4, 4):
        part = changed[row * cell : (row + 1) * cell, column * cell : (column + 1) * cell]
        assert not part.any() or hatched[row, column]
        if cell >= 12:
            assert part.any() == hatched[row, column]
    assert changed.any()


@pytest.mark.parametrize("cell", [12, 20, 40])
def test_cells_that_no_window_reaches_are_darker_than_padding(cell):
    mask = np.ones((1, 1), dtype=bool)
    plain, hatched, unused = (
        alone([[0]], cell, texts=[[""]], **mark)[0].mean()
        for mark in ({}, {"hatched": mask}, {"hatched": mask, "unused": mask})
    )
    assert plain > hatched + 5
    assert hatched > unused + 5


def test_a_number_in_the_padding_can_still_be_read():
    mask = np.ones((1, 1), dtype=bool)
    plain, _ = alone([[7]], 40, limit=8.0)
    hatched, _ = alone([[7]], 40, limit=8.0, hatched=mask)
    letters = is_near(plain, ink_on(plain[1, 1]), by=20)
    assert letters.sum() > 20
    assert np.array_equal(hatched[letters], plain[letters])


def test_photographs_show_their_padding_too():
    camera = sample("photograph: camera")
    scene = scene_of(camera, KERNELS["box blur"], padding=3)
    grid, drawn = scene.grids[0], pixels(render(scene).png)
    border = region(drawn, grid, 0, 0, 3, grid.values.shape[1])
    assert len(np.unique(border.reshape(-1, 3), axis=0)) > 1  # black, and stripes
    inside = region(drawn, grid, 3, 3, *camera.shape)
    assert np.abs(inside - camera.repeat(grid.cell, 0).repeat(grid.cell, 1)[:, :, None]).max() <= 1


# --- Frames --------------------------------------------------------------------------------------


def orange_box(drawn, grid):
    """Return the box of all orange pixels over a grid: its cells, as fractions, and whether any."""
    margin = 12
    part = drawn[
        grid.y - margin : grid.y + grid.height + margin,
        grid.x - margin : grid.x + grid.width + margin,
    ]
    rows, columns = np.nonzero(is_near(part, ORANGE))
    if not rows.size:
        return None
    box = (rows.min(), columns.min(), rows.max() + 1, columns.max() + 1)
    return [(n - margin) / grid.cell for n in box]


@pytest.mark.parametrize("position", [(0, 0), (0, 2), (1, 1), (2, 0), (2, 2)])
@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("stride", [1, 2])
def test_the_orange_frame_is_where_the_window_is(position, padding, stride):
    image = np.arange(49).reshape(7, 7)
    scene = scene_of(image, np.ones((3, 2), int), position, padding=padding, stride=stride)
    drawn = pixels(render(scene).png)
    top, left = (n * stride for n in position)
    windows = ((top, left, 3, 2), (0, 0, 3, 2), (*position, 1, 1))
    for grid, (row, column, height, width) in zip(scene.grids, windows, strict=True):
        expected = [row, column, row + height, column + width]
        assert orange_box(drawn, grid) == pytest.approx(expected, abs=6 / grid.cell)


def test_without_a_window_nothing_is_orange():
    drawn = pixels(show_convolution(RAMP, [[1, 2], [3, 4]], padding=1).png)
    assert not is_near(drawn, ORANGE).any()
    assert not is_near(drawn, CASING).any()


def test_pointed_cells_have_black_frames():
    scene = scene_of(np.zeros((5, 5), int), np.ones((2, 2), int), pointed=(2, 2))
    drawn = pixels(render(scene).png)
    plain = pixels(render(scene_of(np.zeros((5, 5), int), np.ones((2, 2), int))).png)
    changed = is_near(drawn, (0, 0, 0)) & (drawn != plain).any(axis=-1)
    for row, column in np.ndindex(4, 4):
        fed = row in (1, 2) and column in (1, 2)
        assert region(changed, scene.grids[2], row, column).sum() > 40 or not fed
    assert not region(changed, scene.grids[2], 0, 3)[:, 20:].any()
    assert not is_near(drawn, ORANGE).any()


def test_a_frame_is_seen_on_a_colour_photograph():
    scene = scene_of(sample("photograph: cat (colour)"), KERNELS["sharpen"], (3, 3))
    assert orange_box(pixels(render(scene).png), scene.grids[0]) is not None


@pytest.mark.parametrize("anchor", ["l", "m", "r"])
def test_a_text_begins_ends_or_has_its_middle_where_it_stands(anchor):
    scene = Scene((), (Text(300, 50, "HHHH", anchor=anchor),), 80)
    columns = np.flatnonzero((pixels(render(scene).png) < 128).any(axis=(0, 2)))
    ends = {"l": columns[0], "m": columns[[0, -1]].mean(), "r": columns[-1]}
    assert ends[anchor] == pytest.approx(300, abs=3)


@pytest.mark.parametrize("value", [-4, 0, 4])
@pytest.mark.parametrize("look", [SIGNED, GREY])
@pytest.mark.parametrize("role", ["window", "pointed"])
def test_a_frame_is_seen_on_every_colour(value, look, role):
    values = np.full((3, 3), value)
    drawn, _ = alone(values, 30, limit=4.0, look=look, marks=(Mark(1, 1, 1, 1, role),))
    plain, _ = alone(values, 30, limit=4.0, look=look)
    frame = drawn[(drawn != plain).any(axis=-1)]
    assert len(frame) > 200
    shades = np.unique(frame, axis=0)
    assert max(contrast(plain[1, 1], shade) for shade in shades) >= 3


# --- Whole pictures ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "scene",
    [
        scene_of(RAMP, [[1, 2], [3, 4]], (1, 1), padding=1),
        scene_of(np.arange(9), [1, 0, -1], (2,), padding="full"),
        scene_of(sample("photograph: camera"), KERNELS["Sobel x"], (3, 3)),
        scene_of(sample("photograph: cat (colour)"), KERNELS["sharpen"], (3, 3)),
        arrays_scene({"one": RAMP, "two": -RAMP}),
    ],
    ids=["picture", "sequence", "grey", "colour", "arrays"],
)
class TestEveryPicture:
    def test_has_the_size_of_its_scene(self, scene):
        with Image.open(io.BytesIO(render(scene).png)) as picture:
            assert picture.format == "PNG"
            assert picture.size == (WIDTH, scene.height)

    def test_is_the_same_each_time_and_leaves_the_arrays_alone(self, scene):
        before = [grid.values.copy() for grid in scene.grids]
        first = render(scene).png
        render(arrays_scene({"another": -7 * RAMP}))
        assert render(scene).png == first
        for grid, values in zip(scene.grids, before, strict=True):
            assert np.array_equal(grid.values, values)

    def test_brings_its_sentence(self, scene):
        picture = render(scene)
        assert isinstance(picture, Picture)
        assert repr(picture) == picture.description == scene.description
        stored = picture._repr_mimebundle_()
        assert set(stored) == {"image/png", "text/plain"}
        assert stored["text/plain"] == scene.description
        assert picture._repr_mimebundle_(include=None, exclude=None) == stored
        with Image.open(io.BytesIO(base64.b64decode(stored["image/png"]))) as inside:
            assert inside.text["Description"] == scene.description

    def test_is_stored_small_and_unchanged(self, scene):
        png = render(scene).png
        stored = base64.b64decode(bundle(png, "")["image/png"])
        assert len(stored) < 120_000
        before, after = pixels(png), pixels(stored)
        assert before.shape == after.shape
        colourful = any(grid.values.ndim == 3 for grid in scene.grids)
        assert np.abs(before - after).mean() < (4 if colourful else 1e-9)

    def test_keeps_its_margins_white(self, scene):
        drawn = pixels(render(scene).png)
        for edge in (drawn[0], drawn[:, 0], drawn[:, -1], drawn[-1]):
            assert (edge == 255).all()


def test_the_colour_scale_runs_from_its_lowest_to_its_highest_colour():
    grid = Grid(np.zeros((3, 3)), "Title", x=30, y=60, cell=66, limit=4.0)
    drawn = pixels(render(Scene((grid,), (), 400)).png)
    below = drawn[60 + grid.height + 12 : 60 + grid.height + 20]
    line = below[4]
    blueness = line[:, 2] - line[:, 0]
    assert blueness.min() < -60
    assert blueness.max() > 60
    assert blueness.argmin() < blueness.argmax()  # red on the left, blue on the right


@pytest.mark.parametrize(
    ("values", "look", "ends"),
    [
        ([-4, 4], SIGNED, ("−4", "4")),
        ([-5, 4], SIGNED, ("≤ −4", "4")),
        ([-4, 5], SIGNED, ("−4", "≥ 4")),
        ([0, 4], GREY, ("0", "4")),
        ([-1, 4], GREY, ("≤ 0", "4")),
    ],
)
def test_the_ends_of_a_scale_tell_where_values_lie_beyond_them(monkeypatch, values, look, ends):
    written = []
    monkeypatch.setattr(canvas, "write", lambda canvas, text: written.append(text.text))
    render(Scene((Grid(np.array([values]), "", y=60, look=look, limit=4.0),), (), 150))
    assert tuple(written[-2:]) == ends


def test_show_convolution_takes_the_end_of_the_scale():
    pale = show_convolution(RAMP, [[1]], limit=1000)
    strong = show_convolution(RAMP, [[1]], limit=25)
    assert pale.description == strong.description.replace("end at 25", "end at 1000")
    assert pixels(pale.png).mean() > pixels(strong.png).mean() + 1


def test_show_convolution_is_the_picture_of_the_scene():
    options = {"padding": 1, "stride": 2, "flip": False, "border": "edge"}
    shown = show_convolution(RAMP, [[1, 2]], position=(1, 1), **options)
    assert shown.png == render(scene_of(RAMP, [[1, 2]], (1, 1), **options)).png
    assert "Window for row 1, column 1" in shown.description


def test_a_cell_of_a_sequence_may_be_one_number():
    picture = show_convolution([1, 2, 3, 4], [1, 1], position=2)
    assert picture.png == show_convolution([1, 2, 3, 4], [1, 1], position=(2,)).png
    assert picture.description.endswith("Window for n = 2: sum 7.")


def test_a_hidden_number_does_not_show_in_the_pixels():
    one, other = ([[0, 0], [0, n]] for n in (1, 7))
    pictures = [
        show_convolution(image, [[1]], hidden=(1, 1), position=(1, 1), limit=9)
        for image in (np.array(one), np.array(other))
    ]
    scene = scene_of(np.array(one), [[1]], (1, 1), hidden=(1, 1))
    maps = [region(pixels(p.png), scene.grids[2], 0, 0, 2, 2) for p in pictures]
    assert np.array_equal(*maps)


def test_show_arrays_puts_them_side_by_side():
    picture = show_arrays({"a": [[1, 2]], "b": RAMP}, limit=30)
    assert picture.description.startswith("a 1 × 2, from 1 to 2")
    assert "b 5 × 5, from 1 to 25" in picture.description
    assert picture.png == render(arrays_scene({"a": np.array([[1, 2]]), "b": RAMP}, limit=30)).png


@pytest.mark.parametrize(
    ("arguments", "error", "said"),
    [
        ({"kernel": [[1] * 6]}, ValueError, "kernel has shape (1, 6)"),
        ({"kernel": [1]}, ValueError, "kernel has shape (1,)"),
        ({"kernel": [["a"]]}, TypeError, "kernel holds"),
        ({"position": (5, 0)}, ValueError, "position=(5, 0)"),
        ({"position": (0, -1)}, ValueError, "position=-1"),
        ({"position": (0,)}, ValueError, "position=(0,)"),
        ({"stride": 0}, ValueError, "stride=0"),
        ({"padding": "SAME"}, ValueError, "padding='SAME'"),
        ({"image": np.zeros((2, 2, 3))}, ValueError, "image has shape (2, 2, 3)"),
        ({"image": [[float("nan")]], "kernel": [[1]]}, ValueError, "image holds nan"),
    ],
)
def test_what_cannot_be_shown_is_named(arguments, error, said):
    given = {"image": RAMP, "kernel": [[1, 2]]} | arguments
    with pytest.raises(error) as caught:
        show_convolution(given.pop("image"), given.pop("kernel"), **given)
    assert said in str(caught.value)
    assert "allowed" in str(caught.value)


def test_letters_are_those_of_the_typeface():
    """Matplotlib ships the typeface, so that a picture looks the same on every machine."""
    assert typeface(20).getname() == ("DejaVu Sans", "Book")
    assert typeface(20, bold=True).getname() == ("DejaVu Sans", "Bold")
    missing = typeface(40).getmask("\U0010ffff").getbbox()
    for sign in "⌊⌋·−∗⋆×=≤≥✓":
        assert typeface(40).getmask(sign).getbbox() != missing, sign


def test_a_picture_is_stored_from_a_folder_that_is_gone(monkeypatch):
    picture = show_arrays({"a": [[1]]})

    def gone():
        raise FileNotFoundError

    monkeypatch.setattr("os.getcwd", gone)
    assert picture._repr_mimebundle_()["text/plain"] == picture.description
