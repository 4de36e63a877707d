"""Bad input for digits, for what is most like a filter, and for the explorers of learning."""

import numpy as np
import pytest
from digit_network import ten_digits, trained, untrained
from rows import ENDLESS, INF, NAN, RAISES, TERABYTES, check_row, explores, named, read_only

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
UNENDED = [*MODEL.layers[:3], Dense(10)]
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


NEEDED = "Sequential from (8, 8, 1)"
ROWS = [  # one for each kind of message, and what is unusual and right; the fuzz does the rest
    ("explore_digit", {"model": RAISES}, TypeError, "model=<Raises", NEEDED),
    ("explore_filters", {"model": Sequential}, TypeError, "model=<class", NEEDED),
    ("explore_digit", {"model": Sequential([Dense(10)])}, ValueError, "built=False", NEEDED),
    ("explore_filters", {"model": untrained(65)}, ValueError, "up to 64 filters", NEEDED),
    ("explore_digit", {"model": untrained(strides=2)}, ValueError, "padding 'same'", NEEDED),
    ("explore_filters", {"model": untrained(padding="valid")}, ValueError, "'same'", NEEDED),
    ("show_answers", {"model": untrained(activation="tanh")}, ValueError, "ReLU", NEEDED),
    ("explore_digit", {"model": Sequential(DENSE)}, ValueError, "is a Conv2D", NEEDED),
    ("explore_digit", {"model": Sequential(UNENDED)}, ValueError, "softmax", NEEDED),
    ("explore_filters", {"model": holding(NAN)}, ValueError, "not finite"),
    ("explore_digit", {"model": holding(NAN)}, ValueError, "not finite"),
    ("show_answers", {"model": holding(INF)}, ValueError, "not finite"),
    ("show_answers", {"pictures": PICTURES[:, 1:]}, ValueError, "shape (10, 7, 8, 1)"),
    ("explore_digit", {"pictures": TERABYTES}, ValueError, "has shape (1000000, 1000000)"),
    ("explore_filters", {"pictures": PICTURES.astype(str)}, ValueError, "holds <U"),
    ("explore_digit", {"pictures": PICTURES * 16}, ValueError, "0 to 1"),
    ("explore_filters", {"pictures": PICTURES + 0.01}, ValueError, "0 to 1"),
    ("explore_digit", {"pictures": PICTURES - 0.01}, ValueError, "0 to 1"),
    ("show_answers", {"pictures": PICTURES - NAN}, ValueError, "0 to 1"),
    ("explore_digit", {"labels": LABELS[:9]}, ValueError, "labels=array("),
    ("explore_filters", {"labels": LABELS + 1}, ValueError, "0 to 9"),
    ("show_answers", {"labels": [[1], [2, 3]]}, ValueError, "labels is not a regular array"),
    ("show_answers", {"pictures": [PICTURES[0]] * 16, "labels": [0] * 16}, ValueError, "1 to 15"),
    ("show_answers", {"pictures": read_only(PICTURES)[:, ::-1]}, told("A 9")),
    ("show_answers", {"pictures": PICTURES[:1, ..., 0] > 0, "labels": [0]}, told("A 0")),
    ("explore_training", {"x": np.ones((13, 3))}, ValueError, "x has shape (13, 3)", "12"),
    ("explore_training", {"x": [[256, 1], [2, 3]]}, ValueError, "x holds numbers beyond 255"),
    ("explore_training", {"hidden": np.ones((6, 1))}, ValueError, "hidden has shape (6, 1)", "5"),
    ("explore_training", {"x": [[1]]}, ValueError, "kernel has shape (2, 2)"),
    (
        "explore_training",
        {"x": np.eye(6), "learning_rate": np.float32(0.1)},
        explores("learning rate 0.1,"),
    ),
    ("explore_training", {"learning_rate": 0.12}, ValueError, "learning_rate=0.12", "0.15"),
    ("explore_training", {"learning_rate": np.ones(2)}, ValueError, "learning_rate=array("),
    ("explore_training", {"seed": 20}, ValueError, "seed=20", "0 to 19"),
    ("explore_trial", {"filters": 3}, ValueError, "filters=3", "1, 2, 4, 8, 16, 32, 64"),
    ("explore_trial", {"pooling": "max"}, ValueError, "pooling='max'", "2, 3"),
    ("present", {"on": RAISES}, TypeError, "on=<Raises"),
    ("present", {"on": np.False_}, lambda page: "usual look" in page.data),
    ("shuffled_digits", {"seed": RAISES}, TypeError, "seed=<Raises"),
    ("shuffled_digits", {"seed": ENDLESS}, lambda split: len(split.x_train) == 1350),
    ("shuffled_digits", {"training": 1797}, ValueError, "training=1797", "1 to 1796"),
    ("shuffled_digits", {"training": np.int16(1796)}, lambda split: len(split.y_test) == 1),
    ("closest_kernel", {"weights": [1, 2]}, ValueError, "weights has shape (2,)"),
    ("closest_kernel", {"weights": np.ones((17, 1))}, ValueError, "(17, 1)", "up to 16"),
    ("closest_kernel", {"weights": kernels.KERNELS["outline"].astype("i1")}, like("outline", 1.0)),
    ("closest_kernel", {"weights": [[True]]}, like("identity", 1.0)),
]


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_is_no_digit_and_no_network_for_digits_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)
