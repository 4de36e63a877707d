"""Pictures of digits, each with the three answers that a network thinks likeliest."""

import numpy as np

from helpers.drawing import MARGIN, TOP, WIDTH, Grid, Picture, Scene, Text, bars, percent, render
from helpers.explorers.network import NAMES, checked_digits, checked_network

PER_ROW, MOST = 5, 15
CELL = 16
LIKELIEST = 3  # answers that are shown
BAR = {"width": 60, "line": 26}
INDENT, BELOW = 22, 12  # of the bars, in their panel
PITCH = TOP + 8 * CELL + BELOW + LIKELIEST * BAR["line"]


def show_answers(model, pictures, labels) -> Picture:
    """Return a picture of up to 15 digits with the three likeliest answers to each.

    Parameters
    ----------
    model : Sequential
        From (8, 8, 1) to ten probabilities; its first layer is a Conv2D with padding "same" and
        ReLU.
    pictures : array_like, (N, 8, 8) or (N, 8, 8, 1)
        Brightness from 0 to 1.
    labels : N whole numbers from 0 to 9
        What the digits are.
    """
    model = checked_network(model)
    pictures, labels = checked_digits(pictures, labels, most=MOST)
    chances = model(pictures)
    grids: list[Grid] = []
    texts: list[Text] = []
    sentences = []
    for number, (picture, label) in enumerate(zip(pictures, labels, strict=True)):
        panel, told, sentence = _panel(number, picture, label, chances[number])
        grids += panel
        texts += told
        sentences.append(sentence)
    height = -(-len(pictures) // PER_ROW) * PITCH + MARGIN // 2
    return render(Scene(tuple(grids), tuple(texts), height, " ".join(sentences)))


def _panel(number: int, picture: np.ndarray, label: int, chances: np.ndarray) -> tuple:
    """Place one digit above its likeliest answers; return grids, texts and a sentence."""
    room = (WIDTH - 2 * MARGIN) // PER_ROW
    x, y = MARGIN + number % PER_ROW * room, TOP + number // PER_ROW * PITCH
    best = np.argsort(-chances, kind="stable")[:LIKELIEST].tolist()
    answer = f"answer: {best[0]}"
    blank = [[""] * picture.shape[1]] * picture.shape[0]  # too small for numbers of use
    digit = Grid(picture, f"A {label}", answer, x=x, y=y, cell=CELL, texts=blank, scale=False)
    shares = np.clip(chances[best].astype(float), 0, 1)
    names = [NAMES[n] for n in best]
    made = bars(shares, names, x=x + INDENT, y=y + digit.height + BELOW, **BAR)
    told = ", ".join(f"{n} {percent(p)}" for n, p in zip(names, shares.tolist(), strict=True))
    return [digit, made.grid], made.texts, f"A {label}: {told}."
