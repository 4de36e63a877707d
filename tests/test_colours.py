"""The colours of the pictures as others see them: colour-blind readers, and a copy in grey.

Colour blindness is simulated with the matrices for complete deuteranopia, protanopia and tritanopia
of G. M. Machado, M. M. Oliveira, L. A. F. Fernandes, "A physiologically-based model for simulation
of color vision deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009).
They work on linear sRGB. Differences are CIE 1976 (L*a*b*, illuminant D65); 2.3 is just noticed,
10 at a glance.
"""

import itertools

import matplotlib
import numpy as np
import pytest
from PIL import ImageColor

from helpers.drawing.colours import (
    BLUE,
    CASING,
    GREY,
    GREYS,
    INK,
    ORANGE,
    QUIET,
    SIGNED,
    STEPS,
    colour_number,
    ink_on,
    numbers_of,
    palette,
)
from helpers.drawing.curves import STYLES

EYES = {
    "usual": np.eye(3),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
    "grey": np.tile([0.2126, 0.7152, 0.0722], (3, 1)),
}
TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
GLANCE, NOTICED = 10, 2.3
READABLE, VISIBLE = 4.5, 3  # WCAG 2.2: contrast of text, and of other things that are needed
ENDS = 50  # steps of a signed scale on each side of zero
PALE = 6  # of them, which are nearly white
every_eye = pytest.mark.parametrize("eye", EYES)
coloured_eye = pytest.mark.parametrize("eye", [name for name in EYES if name != "grey"])


def linear(colours) -> np.ndarray:
    parts = np.asarray(colours, dtype=float) / 255
    return np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)


def seen(colours, eye: str) -> np.ndarray:
    """Return what an eye makes of (..., 3) sRGB colours, in linear sRGB."""
    return np.clip(linear(colours) @ EYES[eye].T, 0, 1)


def lab(light: np.ndarray) -> np.ndarray:
    """Turn linear sRGB into L*, a*, b* (CIE 15:2004)."""
    white = TO_XYZ.sum(axis=1)
    ratio = light @ TO_XYZ.T / white
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(f, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)


def difference(one, other, eye: str) -> np.ndarray:
    return np.linalg.norm(lab(seen(one, eye)) - lab(seen(other, eye)), axis=-1)


def contrast(one, other, eye: str = "usual") -> float:
    bright = seen(np.array([one, other]), eye) @ (0.2126, 0.7152, 0.0722)
    return (bright.max() + 0.05) / (bright.min() + 0.05)


def rgb(name: str) -> tuple[int, int, int]:
    return ImageColor.getrgb(name)


def scale_colours(look: str) -> np.ndarray:
    """Return the colours of a scale, from its lowest to its highest value."""
    return palette()[:STEPS] if look == SIGNED else palette()[STEPS : STEPS + GREYS]


def sides_of(colours: np.ndarray, look: str) -> list[np.ndarray]:
    """Return a scale from its brightest colour to each of its ends."""
    return [colours[ENDS:], colours[ENDS::-1]] if look == SIGNED else [colours[::-1]]


@pytest.mark.parametrize(
    ("colour", "known"),
    [
        ((255, 0, 0), (53.24, 80.09, 67.20)),
        ((0, 255, 0), (87.73, -86.18, 83.18)),
        ((0, 0, 255), (32.30, 79.19, -107.86)),
        ((255, 255, 255), (100, 0, 0)),
        ((128, 128, 128), (53.59, 0, 0)),
    ],
)
def test_the_measure_gives_the_published_values_of_lab(colour, known):
    measured = lab(linear(np.array([colour], dtype=np.uint8)))[0]
    np.testing.assert_allclose(measured, known, atol=0.05)


@pytest.mark.parametrize("eye", EYES)
def test_simulated_eyes_see_black_and_white(eye):
    np.testing.assert_allclose(EYES[eye].sum(axis=1), 1, atol=1e-5)


@every_eye
@pytest.mark.parametrize("look", [SIGNED, GREY])
def test_a_scale_gets_darker_step_by_step_from_zero_to_its_ends(eye, look):
    """So its colours are in the right order for everyone, and in print."""
    for side in sides_of(scale_colours(look), look):
        assert (np.diff(lab(seen(side, eye))[:, 0]) < 0).all()


@every_eye
@pytest.mark.parametrize("look", [SIGNED, GREY])
def test_a_tenth_of_a_scale_is_seen(eye, look):
    colours = scale_colours(look)
    for side in sides_of(colours, look):
        tenth = len(colours) // 10
        assert difference(side[:-tenth], side[tenth:], eye).min() > NOTICED


@coloured_eye
def test_a_value_and_its_opposite_look_different(eye):
    colours = scale_colours(SIGNED)
    apart = difference(colours[ENDS + PALE :], colours[ENDS - PALE :: -1], eye)
    assert apart.min() > GLANCE


@pytest.mark.parametrize("eye", ["deuteranopia", "protanopia"])
def test_below_zero_is_yellow_and_above_is_blue_for_who_sees_no_red(eye):
    hue = lab(seen(scale_colours(SIGNED), eye))[:, 2]
    assert hue[: ENDS - PALE].min() > 0 > hue[ENDS + PALE :].max()


def test_in_grey_only_the_printed_minus_tells_a_sign():
    """This is what grey cannot tell; should it ever, CONTRIBUTING.md has to be changed."""
    colours = scale_colours(SIGNED)
    assert difference(colours[ENDS + 1 :], colours[ENDS - 1 :: -1], "grey").max() < GLANCE / 2


@every_eye
@pytest.mark.parametrize("look", [SIGNED, GREY])
def test_numbers_stand_out_from_their_cells(eye, look):
    worst = min(contrast(ink_on(cell), cell) for cell in scale_colours(look))
    assert worst >= READABLE
    worst = min(contrast(ink_on(cell), cell, eye) for cell in scale_colours(look))
    assert worst >= VISIBLE


@every_eye
@pytest.mark.parametrize("pair", [(ORANGE, CASING), ("black", "white")])
def test_frames_are_seen_on_every_cell(eye, pair):
    """A window is orange between two dark lines, a followed cell black between two white ones.

    Where one of the two is lost in the cell, the other is not.
    """
    assert contrast(*map(rgb, pair), eye) >= VISIBLE
    for look in (SIGNED, GREY):
        apart = [difference(rgb(name), scale_colours(look), eye) for name in pair]
        assert np.max(apart, axis=0).min() > 2 * GLANCE


@every_eye
def test_the_two_kinds_of_frame_are_told_apart(eye):
    assert difference(rgb(ORANGE), rgb("black"), eye) > GLANCE


@every_eye
@pytest.mark.parametrize("name", [INK, QUIET, CASING, BLUE])
def test_letters_stand_out_from_paper(eye, name):
    assert contrast(rgb(name), (255, 255, 255)) >= READABLE
    assert contrast(rgb(name), (255, 255, 255), eye) >= VISIBLE


@coloured_eye
def test_curves_are_told_apart(eye):
    for one, other in itertools.combinations(STYLES, 2):
        assert difference(rgb(one[0]), rgb(other[0]), eye) > GLANCE


def test_curves_are_told_apart_without_colours():
    dashes = [style[1] for style in STYLES]
    assert len(set(dashes)) == len(dashes)


# --- Which number gets which colour --------------------------------------------------------------


@pytest.mark.parametrize(("look", "name"), [(SIGNED, "RdBu"), (GREY, "gray")])
def test_scales_are_those_of_matplotlib(look, name):
    ours = scale_colours(look).astype(int)
    theirs = matplotlib.colormaps[name](np.linspace(0, 1, len(ours)))[:, :3]
    assert np.abs(ours - np.round(255 * theirs)).max() <= (look == GREY)


def test_only_zero_and_what_is_next_to_it_gets_the_middle_colour():
    middle = (STEPS - 1) // 2
    values = np.linspace(-1, 1, 2 * 1009 + 1)  # a prime: none is between two
    steps = numbers_of(values, SIGNED, 1.0).astype(int)
    assert steps[1009] == middle
    assert np.array_equal(steps, STEPS - 1 - steps[::-1])  # symmetric
    assert (np.diff(steps) >= 0).all()
    assert set(steps.tolist()) == set(range(STEPS))
    assert numbers_of(np.array([-1e9, 1e9]), SIGNED, 3.0).tolist() == [0, STEPS - 1]  # saturated


@pytest.mark.parametrize("name", [INK, QUIET, ORANGE, CASING, *(style[0] for style in STYLES)])
def test_every_named_colour_is_in_the_palette_of_the_pictures(name):
    assert np.abs(palette()[colour_number(name)].astype(int) - rgb(name)).max() <= 2
    assert len(palette()) <= 256
