"""The picture of digits with the likeliest answers to each."""

import io

import numpy as np
import pytest
from PIL import Image

from helpers.drawing.bars import percent
from helpers.drawing.scene import TOP
from helpers.explorers import show_answers
from tests.digit_network import ten_digits, trained

PICTURES, LABELS = ten_digits()


@pytest.mark.parametrize("count", [1, 5, 6, 10])
def test_every_digit_stands_with_its_three_likeliest_answers(count):
    picture = show_answers(trained(), PICTURES[:count], LABELS[:count])
    chances = trained().predict(PICTURES[:count]).astype(float)
    sentences = []
    for label, shares in zip(LABELS.tolist(), chances, strict=False):
        best = sorted(range(10), key=lambda digit: -shares[digit])[:3]
        sentences.append(f"A {label}: {', '.join(f'{n} {percent(shares[n])}' for n in best)}.")
    assert picture.description == " ".join(sentences)
    with Image.open(io.BytesIO(picture.png)) as image:
        assert image.size[0] == 1000
        assert image.size[1] == pytest.approx(-(-count // 5) * 290, abs=30)
        pixels = np.asarray(image.convert("L"))
    ink = pixels[TOP + 2 : TOP + 126, 22:146].reshape(124, 124)
    assert ink.min() < 120  # the first digit is drawn
    assert (count == 1) == bool((pixels[:, 250:] == 255).all())


def test_digits_stand_in_rows_of_five_with_the_likeliest_answer(monkeypatch):
    scenes = []
    monkeypatch.setattr("helpers.explorers.digit.render", scenes.append)
    untrue = (LABELS + 1) % 10
    show_answers(trained(), PICTURES, untrue)
    digits = scenes[0].grids[::2]
    assert [grid.title for grid in digits] == [f"A {label}" for label in untrue]
    best = trained().predict(PICTURES).argmax(axis=1)
    assert [grid.subtitle for grid in digits] == [f"answer: {n}" for n in best]
    first, second = digits[:5], digits[5:]
    assert [grid.x for grid in first] == [grid.x for grid in second]
    assert {grid.y for grid in first} == {TOP}
    (below,) = {grid.y for grid in second}
    assert below > TOP + first[0].height
