"""The named kernels: the matrices, their sizes, and whether they answer to what they say."""

import re

import numpy as np
import pytest

from helpers.convolution import convolve
from helpers.kernels import KERNELS, closest_kernel, describe, kernel, sizes
from helpers.samples import sample

MATRICES = {  # whole numbers, and what they are divided by
    "identity": ([[0, 0, 0], [0, 1, 0], [0, 0, 0]], 1),
    "box blur": ([[1, 1, 1]] * 3, 9),
    "cross blur": ([[0, 1, 0], [1, 1, 1], [0, 1, 0]], 5),
    "Gaussian blur": ([[1, 2, 1], [2, 4, 2], [1, 2, 1]], 16),
    "sharpen": ([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], 1),
    "outline": ([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], 1),
    "emboss": ([[-2, -1, 0], [-1, 1, 1], [0, 1, 2]], 1),
    "Sobel x": ([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], 1),
    "Sobel y": ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], 1),
    "Prewitt x": ([[-1, 0, 1]] * 3, 1),
    "Prewitt y": ([[-1] * 3, [0] * 3, [1] * 3], 1),
    "Laplacian": ([[0, 1, 0], [1, -4, 1], [0, 1, 0]], 1),
    "vertical line": ([[0, 1, 0]] * 3, 1),
    "horizontal line": ([[0] * 3, [1] * 3, [0] * 3], 1),
    "vertical line, zero sum": ([[-1, 2, -1]] * 3, 1),
    "horizontal line, zero sum": ([[-1] * 3, [2] * 3, [-1] * 3], 1),
}
NAMES = tuple(MATRICES)
BLURS = ("box blur", "cross blur", "Gaussian blur")
TURNED = {name: name.replace("vertical", "horizontal") for name in NAMES if "vertical" in name} | {
    "Sobel x": "Sobel y",
    "Prewitt x": "Prewitt y",
}
LETTER_H = sample("letter H")

# Brighter to the right by 1 a column, and downwards by 1 a row.
RAMP_X = np.tile(np.arange(5), (5, 1))
RAMP_Y = RAMP_X.T
FLAT = np.full((5, 5), 7)


def layer(x, name, **options):
    """What a convolutional layer computes with a named kernel."""
    return convolve(x, kernel(name), flip=False, **options)


@pytest.mark.parametrize("name", NAMES)
def test_every_kernel_is_the_matrix_it_should_be_and_cannot_be_changed(name):
    matrix, divisor = MATRICES[name]
    assert np.array_equal(KERNELS[name], np.array(matrix) / divisor)
    assert KERNELS[name].dtype == (np.float64 if name in BLURS else np.int64)
    with pytest.raises(ValueError, match="read-only"):
        KERNELS[name][0, 0] = 5


def test_the_table_holds_these_kernels_and_cannot_be_changed():
    assert tuple(KERNELS) == NAMES
    with pytest.raises(TypeError):
        KERNELS["mine"] = np.ones((3, 3))


@pytest.mark.parametrize(("name", "partner"), TURNED.items())
def test_partners_are_each_others_transpose(name, partner):
    for size in sizes(name):
        assert np.array_equal(kernel(name, size).T, kernel(partner, size))


# What each kernel answers to, as `describe` says, on the smallest input that shows it.


@pytest.mark.parametrize("name", BLURS)
def test_blurs_keep_a_flat_area_and_spread_a_dot(name):
    assert layer(FLAT, name) == pytest.approx(7.0)
    spread = layer(sample("one dot"), name, padding="same")
    assert spread.sum() == pytest.approx(1)
    assert spread.max() < 1


@pytest.mark.parametrize(
    ("name", "to_the_right", "downwards", "weight"),
    [("Sobel x", 8, 0, 4), ("Sobel y", 0, 8, 4), ("Prewitt x", 6, 0, 3), ("Prewitt y", 0, 6, 3)],
)
def test_edge_kernels_have_their_sign_and_direction(name, to_the_right, downwards, weight):
    assert (layer(RAMP_X, name) == to_the_right).all()
    assert (layer(RAMP_Y, name) == downwards).all()
    assert (convolve(RAMP_X, kernel(name), flip=True) == -to_the_right).all()
    edge = (RAMP_X if to_the_right else RAMP_Y) > 1
    assert layer(edge, name).max() == weight


def test_laplacian_and_outline_ignore_flat_areas_and_ramps_but_not_a_dot():
    for name, on_a_dot in [("Laplacian", -4), ("outline", 8)]:
        assert not layer(FLAT, name).any()
        assert not layer(RAMP_X, name).any()
        assert layer(sample("one dot"), name)[2, 2] == on_a_dot


def test_emboss_lifts_what_gets_brighter_to_the_lower_right():
    middle = RAMP_X[1:-1, 1:-1]
    assert (layer(RAMP_X, "emboss") > middle).all()
    assert (layer(RAMP_Y, "emboss") > middle.T).all()
    assert (layer(4 - RAMP_X, "emboss") < 4 - middle).all()
    assert np.array_equal(layer(FLAT, "emboss"), FLAT[1:-1, 1:-1])


@pytest.mark.parametrize(
    ("name", "threes", "ones"), [("vertical line", 12, 28), ("horizontal line", 8, 44)]
)
def test_plain_lines_on_the_letter(name, threes, ones):
    found = layer(LETTER_H, name, padding="same")
    assert (found.max(), (found == 3).sum(), (found == 1).sum()) == (3, threes, ones)


def test_line_kernels_answer_to_flat_areas_unless_their_sum_is_zero():
    for name in TURNED:
        if "line" in name:
            assert (layer(FLAT, name) == (0 if "zero sum" in name else 21)).all()


def test_zero_sum_line_on_the_letter():
    found = layer(LETTER_H, "vertical line, zero sum", padding="same")
    away_from_the_bar = [5, 9, 10]
    assert (found[away_from_the_bar, 3] == 6).all()
    assert (found[away_from_the_bar][:, [2, 4]] == -3).all()
    assert not found[6:9, 5:11].any()


def test_every_kernel_is_described_by_one_sentence_of_its_own():
    sentences = {describe(name) for name in NAMES}
    assert len(sentences) == len(NAMES)
    assert all(re.fullmatch(r"[A-Z][^.]*\.", sentence) for sentence in sentences)


# Sizes.


@pytest.mark.parametrize("name", NAMES)
def test_every_size_is_square_fresh_and_of_the_same_type(name):
    for size in sizes(name):
        weights = kernel(name, size)
        assert weights.shape == (size, size)
        assert weights.dtype == KERNELS[name].dtype
        weights[0, 0] = 99
        assert kernel(name, size)[0, 0] != 99
    assert np.array_equal(kernel(name), KERNELS[name])


def test_sizes_start_where_the_kernel_still_means_something():
    smallest = dict.fromkeys(("identity", "box blur", "Gaussian blur"), 1)
    smallest |= dict.fromkeys(("vertical line", "horizontal line"), 2)
    assert all(sizes(name) == tuple(range(smallest.get(name, 3), 8)) for name in NAMES)


@pytest.mark.parametrize("size", range(1, 8))
def test_blurs_fill_their_size(size):
    assert kernel("box blur", size) == pytest.approx(1 / size**2)
    row = np.array([1])
    for _ in range(size - 1):
        row = np.convolve(row, [1, 1])
    assert np.array_equal(kernel("Gaussian blur", size) * 4 ** (size - 1), np.outer(row, row))
    assert kernel("Gaussian blur", size).sum() == 1


@pytest.mark.parametrize("size", range(2, 8))
def test_lines_are_as_long_as_their_size(size):
    row = np.zeros((1, size), dtype=int)
    row[0, (size - 1) // 2] = 1
    assert np.array_equal(kernel("vertical line", size), row.repeat(size, axis=0))
    if size >= 3:
        row[0, [(size - 3) // 2, (size + 1) // 2]] = -1
        row[0, (size - 1) // 2] = 2
        assert np.array_equal(kernel("vertical line, zero sum", size), row.repeat(size, axis=0))


@pytest.mark.parametrize("flip", [True, False])
@pytest.mark.parametrize("size", range(1, 8))
def test_identity_keeps_every_pixel_in_place_at_every_size(size, flip):
    x = sample("5 x 5 digits")
    assert np.array_equal(convolve(x, kernel("identity", size), padding="same", flip=flip), x)


@pytest.mark.parametrize(
    "name", [name for name in NAMES if sizes(name)[0] == 3 and "zero sum" not in name]
)
@pytest.mark.parametrize("size", [4, 5, 6, 7])
def test_a_frame_of_zeros_changes_no_activation(name, size):
    x = np.random.default_rng(1).integers(-9, 10, (12, 13))
    small = layer(x, name)
    large = convolve(x, kernel(name, size), flip=False)
    offset = (size - 1) // 2 - 1
    rows, columns = large.shape
    same_place = small[offset : offset + rows, offset : offset + columns]
    assert large == pytest.approx(same_place)


# What a learned filter is most like.


def cosine(one, other) -> float:
    return np.sum(one * other) / np.sqrt(np.sum(one**2) * np.sum(other**2))


@pytest.mark.parametrize("size", [3, 5, 7])
def test_no_kernel_is_closer_than_the_one_that_is_found(size):
    weights = np.random.default_rng(size).normal(size=(size, size))
    match = closest_kernel(weights)
    assert match.weights.shape == weights.shape
    assert match.similarity == pytest.approx(cosine(weights, match.weights))
    for name in KERNELS:
        for top, left in np.ndindex(size - 2, size - 2):
            framed = np.zeros((size, size))
            framed[top : top + 3, left : left + 3] = KERNELS[name]
            assert abs(cosine(weights, framed)) <= abs(match.similarity) + 1e-9


@pytest.mark.parametrize("name", KERNELS)
def test_a_named_kernel_is_most_like_itself_wherever_it_is(name):
    framed = np.zeros((5, 6))
    framed[2:, 1:4] = -2.5 * KERNELS[name]
    match = closest_kernel(framed)
    assert match.similarity == pytest.approx(-1)
    np.testing.assert_allclose(match.weights * -2.5, framed)


@pytest.mark.parametrize(
    ("weights", "similarity"),
    [([[4.0]], 1), (np.ones((2, 2)), 0.5), (np.zeros((3, 3)), 0)],  # a box blur is of odd size
)
def test_weights_without_a_kernel_of_their_size_are_compared_with_the_smallest(weights, similarity):
    assert closest_kernel(weights).similarity == similarity


def test_a_filter_of_16_rows_is_compared():
    framed = np.zeros((16, 16))
    framed[5:8, 9:12] = KERNELS["Sobel x"]
    assert closest_kernel(framed).name == "Sobel x"


def test_the_weights_of_a_match_are_an_array_of_your_own():
    closest_kernel(KERNELS["outline"]).weights[:] = 0
    assert closest_kernel(KERNELS["outline"]).name == "outline"
