"""Bars against the shares they show."""

import numpy as np
import pytest

from helpers.drawing.bars import bars, percent
from helpers.drawing.letters import text_width

PLACE = {"x": 60, "y": 30, "width": 200, "line": 24}


@pytest.mark.parametrize("seed", range(5))
def test_each_bar_is_as_long_as_its_share(seed):
    shares = np.random.default_rng(seed).random(7)
    made = bars(shares, list("abcdefg"), **PLACE)
    values = made.grid.values.reshape(7, -1, 100)
    lengths = (values > 0).any(axis=1).sum(axis=1)
    assert (np.abs(lengths - 100 * shares) <= 1).all()
    strengths = values.max(axis=(1, 2))
    assert (np.flatnonzero(strengths == strengths.max()) == [shares.argmax()]).all()
    assert (values[:, 0] == 0).all()
    assert (values[:, -1] == 0).all()  # gaps between the bars
    assert (made.grid.x, made.grid.y, made.grid.width, made.grid.height) == (60, 30, 200, 7 * 24)


def test_names_and_percentages_are_beside_their_bars():
    made = bars([0, 1, 0.004, 0.9951], ["nought", "all", "hardly", "nearly"], **PLACE)
    names, percentages = made.texts[::2], made.texts[1::2]
    assert [text.text for text in percentages] == ["0 %", "100 %", "< 1 %", "> 99 %"]
    for number, (name, text) in enumerate(zip(names, percentages, strict=True)):
        middle = 30 + number * 24 + 12
        assert name.x < 60 < 260 < text.x - text_width(text.text, text.size, text.bold)
        assert middle < name.y == text.y < middle + 12
        assert name.bold == text.bold == (number == 1)
    rows = made.grid.values.reshape(4, -1, 100)
    assert rows[0].max() == 0 < rows[2].max()  # what is hardly there is seen all the same


def test_percent_never_rounds_to_all_or_nothing():
    for share in np.linspace(0, 1, 2001).tolist():
        assert (percent(share) == "0 %") == (share == 0)
        assert (percent(share) == "100 %") == (share == 1)
