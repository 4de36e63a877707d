"""Bad input for digits, for what is most like a filter, and for the explorers of learning."""

import numpy as np
import pytest
from digit_network import ten_digits, trained, untrained
from rows import (
    ENDLESS,
    HUGE,
    INF,
    NAN,
    RAISES,
    TERABYTES,
    check_row,
    explores,
    named,
    read_only,
)

from helpers import digits, explorers, kernels
from helpers.layers import Dense, Flatten, Sequential

MODEL = trained()
PICTURES, LABELS = ten_digits()
FUNCTIONS = {
    "closest_kernel": kernels.closest_kernel,
    "explore_digit": explorers.explore_digit,
    "explore_filters": explorers.explore_filters,
    "explore_training": explorers.explore_training,
    "explore_trial": explorers.explore_trial,
    "present": explorers.present,
    "show_answers": explorers.show_answers,
    "shuffled_digits": digits.shuffled_digits,
}
DENSE = [Flatten(input_shape=(8, 8, 1)), Dense(10, activation="softmax")]
NETWORK = {"model": MODEL, "pictures": PICTURES, "labels": LABELS}
GOOD = {
    "closest_kernel": {"weights": kernels.KERNELS["Sobel x"]},
    "explore_digit": NETWORK,
    "explore_filters": NETWORK,
    "explore_training": {"x": np.arange(36).reshape(6, 6), "hidden": [[1, 0], [0, -1]]},
    "explore_trial": {},
    "present": {},
    "show_answers": NETWORK,
    "shuffled_digits": {"seed": 0},
}


def holding(value: float) -> Sequential:
    """A network one of whose weights is no number to draw."""
    model = untrained()
    weights = model.get_weights()
    weights[0][0, 0, 0, 0] = value
    model.set_weights(weights)
    return model


def like(name: str, similarity: float):
    """The kernel of this name is closest, and by so much."""
    return lambda match: (match.name, round(match.similarity, 9)) == (name, similarity)


def told(part: str):
    """Something that was shown has this in its description."""
    return lambda shown: part in shown.description


NETWORKS = [
    (name, {"model": model}, error, said, "Sequential from (8, 8, 1)")
    for name in ("explore_digit", "explore_filters", "show_answers")
    for model, error, said in (
        (None, TypeError, "model=None"),
        (RAISES, TypeError, "model=<Raises"),
        (TERABYTES, TypeError, "model=array("),
        (Sequential, TypeError, "model=<class"),
        (Sequential(), ValueError, "model=<Sequential"),
        (Sequential([Dense(10)]), ValueError, "built=False"),
        (untrained(65), ValueError, "up to 64 filters"),
        (untrained(strides=2), ValueError, "padding 'same'"),
        (untrained(padding="valid"), ValueError, "padding 'same'"),
        (Sequential(DENSE), ValueError, "first layer is a Conv2D"),
        (Sequential([*MODEL.layers[:3], Dense(10)]), ValueError, "does not end in softmax"),
        (untrained(activation="tanh"), ValueError, "ReLU"),
    )
]
DIGITS = [
    (name, changed, error, *words)
    for name in ("explore_digit", "explore_filters", "show_answers")
    for changed, error, *words in (
        ({"pictures": None}, ValueError, "pictures has shape ()"),
        ({"pictures": []}, ValueError, "pictures has shape (0,)"),
        ({"pictures": PICTURES[0]}, ValueError, "pictures has shape (8, 8, 1)"),
        ({"pictures": PICTURES[:, 1:]}, ValueError, "pictures has shape (10, 7, 8, 1)"),
        ({"pictures": TERABYTES}, ValueError, "pictures has shape (1000000, 1000000)"),
        ({"pictures": PICTURES.astype(str)}, ValueError, "holds <U"),
        ({"pictures": PICTURES * 1j}, ValueError, "holds complex64"),
        ({"pictures": PICTURES * 16}, ValueError, "0 to 1"),
        ({"pictures": PICTURES - NAN}, ValueError, "0 to 1"),
        ({"labels": None}, ValueError, "labels=None"),
        ({"labels": LABELS[:9]}, ValueError, "labels=array("),
        ({"labels": LABELS + 1}, ValueError, "0 to 9"),
        ({"labels": LABELS / 1}, ValueError, "labels=array("),
        ({"labels": ["a"] * 10}, ValueError, "labels=['a', 'a'"),
        ({"labels": [[1], [2, 3]]}, ValueError, "labels is not a regular array"),
    )
]
OTHERS = [
    ("show_answers", {"pictures": [PICTURES[0]] * 16, "labels": [0] * 16}, ValueError, "1 to 15"),
    ("show_answers", {"pictures": read_only(PICTURES)[:, ::-1]}, told("A 9")),
    ("show_answers", {"pictures": PICTURES[:1, ..., 0] > 0, "labels": [0]}, told("A 0")),
    ("explore_filters", {"model": holding(NAN)}, ValueError, "not finite"),
    ("explore_digit", {"model": holding(NAN)}, ValueError, "not finite"),
    ("show_answers", {"model": holding(INF)}, ValueError, "not finite"),
    ("explore_training", {"x": None}, TypeError, "x holds objects"),
    ("explore_training", {"x": [1, 2, 3]}, ValueError, "x has shape (3,)"),
    ("explore_training", {"x": np.ones((13, 3))}, ValueError, "x has shape (13, 3)", "12"),
    ("explore_training", {"x": [[NAN, 1], [2, 3]]}, ValueError, "x holds nan"),
    ("explore_training", {"x": [[256, 1], [2, 3]]}, ValueError, "x holds numbers beyond 255"),
    ("explore_training", {"x": TERABYTES}, ValueError, "x has shape (1000000, 1000000)"),
    ("explore_training", {"hidden": np.ones((6, 1))}, ValueError, "hidden has shape (6, 1)", "5"),
    ("explore_training", {"hidden": "line"}, TypeError, "hidden holds <U4"),
    ("explore_training", {"x": [[1]]}, ValueError, "kernel has shape (2, 2)"),
    (
        "explore_training",
        {"x": np.eye(6), "learning_rate": np.float32(0.1)},
        explores("learning rate 0.1,"),
    ),
    (
        "explore_training",
        {"x": np.eye(6), "learning_rate": np.float16(0.3)},
        explores("learning rate 0.3,"),
    ),
    ("explore_training", {"learning_rate": 0.12}, ValueError, "learning_rate=0.12", "0.15"),
    ("explore_training", {"learning_rate": "0.1"}, TypeError, "learning_rate='0.1'"),
    ("explore_training", {"learning_rate": True}, TypeError, "learning_rate=True"),
    ("explore_training", {"learning_rate": None}, TypeError, "learning_rate=None"),
    ("explore_training", {"learning_rate": np.ones(2)}, TypeError, "learning_rate=array("),
    ("explore_training", {"seed": -1}, ValueError, "seed=-1"),
    ("explore_training", {"seed": 20}, ValueError, "seed=20", "0 to 19"),
    ("explore_training", {"seed": True}, TypeError, "seed=True"),
    ("explore_training", {"seed": HUGE}, ValueError, "seed=1000"),
    ("explore_trial", {"filters": 3}, ValueError, "filters=3", "1, 2, 4, 8, 16, 32, 64"),
    ("explore_trial", {"filters": True}, TypeError, "filters=True"),
    ("explore_trial", {"filters": np.array([8, 8])}, TypeError, "filters=array([8, 8])"),
    ("explore_trial", {"size": None}, TypeError, "size=None"),
    ("explore_trial", {"pooling": "max"}, TypeError, "pooling='max'", "2, 3"),
    ("explore_trial", {"pooling": RAISES}, TypeError, "pooling=<Raises"),
    ("present", {"on": 1}, TypeError, "on=1"),
    ("present", {"on": None}, TypeError, "on=None"),
    ("present", {"on": RAISES}, TypeError, "on=<Raises"),
    ("present", {"on": np.False_}, lambda page: "usual look" in page.data),
    ("shuffled_digits", {"seed": None}, TypeError, "seed=None"),
    ("shuffled_digits", {"seed": -1}, ValueError, "seed=-1"),
    ("shuffled_digits", {"seed": 1.5}, TypeError, "seed=1.5"),
    ("shuffled_digits", {"seed": RAISES}, TypeError, "seed=<Raises"),
    ("shuffled_digits", {"seed": ENDLESS}, lambda split: len(split.x_train) == 1350),
    ("shuffled_digits", {"training": 0}, ValueError, "training=0"),
    ("shuffled_digits", {"training": 1797}, ValueError, "training=1797", "1 to 1796"),
    ("shuffled_digits", {"training": "all"}, TypeError, "training='all'"),
    ("shuffled_digits", {"training": True}, TypeError, "training=True"),
    ("shuffled_digits", {"training": np.int16(1796)}, lambda split: len(split.y_test) == 1),
    ("closest_kernel", {"weights": None}, TypeError, "weights holds objects"),
    ("closest_kernel", {"weights": [1, 2]}, ValueError, "weights has shape (2,)"),
    ("closest_kernel", {"weights": [[]]}, ValueError, "weights has shape (1, 0)"),
    ("closest_kernel", {"weights": [[1, 2], [3]]}, ValueError, "weights is not a regular array"),
    ("closest_kernel", {"weights": [[NAN]]}, ValueError, "weights holds nan"),
    ("closest_kernel", {"weights": np.ones((17, 1))}, ValueError, "(17, 1)", "up to 16"),
    ("closest_kernel", {"weights": TERABYTES}, ValueError, "(1000000, 1000000)"),
    ("closest_kernel", {"weights": np.eye(3) * 1j}, TypeError, "weights holds complex128"),
    ("closest_kernel", {"weights": kernels.KERNELS["outline"].astype("i1")}, like("outline", 1.0)),
    ("closest_kernel", {"weights": [[0, 0], [0, 0]]}, lambda match: match.similarity == 0),
    ("closest_kernel", {"weights": [[True]]}, like("identity", 1.0)),
]
ROWS = [*NETWORKS, *DIGITS, *OTHERS]


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_is_no_digit_and_no_network_for_digits_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)
