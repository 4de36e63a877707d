"""Bad input for explorers: what cannot be explored is refused, and no widget is left behind.

First values of controls are tried in `tests/test_explorers.py`, and the mistakes that readers make
with any argument in `test_fuzz.py`.
"""

import numpy as np
import pytest
from rows import HUGE, TERABYTES, check_row, explores, named

from helpers import explorers
from helpers.samples import sample

IMAGE, KERNEL, LETTER = np.arange(36).reshape(6, 6), [[1, -1], [2, 0]], sample("letter H")
BOTH = {"image": IMAGE, "kernel": KERNEL}
LARGE = {"image": np.ones((20, 20)), "kernel": np.ones((17, 17))}
SMALL = {"stride": np.uint8(2), "padding": np.int8(1)}
GOOD = {
    "explore": BOTH,
    "explore_activation": {"image": IMAGE},
    "explore_borders": BOTH,
    "explore_channels": {"photograph": np.zeros((5, 5, 3), np.uint8)},
    "explore_shift": BOTH,
    "explore_sizes": {},
    "explore_stack": {"image": LETTER},
    "explore_strides": BOTH,
    "explore_usage": {},
    "predict": BOTH,
    "show_shift": BOTH,
    "show_sizes": {"size": 28, "kernel_size": 3},
    "show_strides": BOTH,
}
FUNCTIONS = {name: getattr(explorers, name) for name in GOOD}
ROWS = [
    ("explore", {"image": TERABYTES}, ValueError, "image has shape (1000000, 1000000)"),
    ("explore", {"image": np.ones((300, 2))}, ValueError, "image has shape (300, 2)"),
    ("explore", {"image": np.zeros((4, 4, 3))}, ValueError, "(4, 4, 3)", "uint8"),
    ("explore", {"image": [[1e200]], "kernel": [[1]]}, ValueError, "image holds numbers", "1e+15"),
    ("explore", {"kernel": np.ones((7, 7))}, ValueError, "kernel has shape (7, 7)"),
    ("explore", LARGE, ValueError, "kernel has shape (17, 17)", "256 weights"),
    ("explore", {"controls": "stride"}, TypeError, "controls='stride'", '"kernel"'),
    ("explore", {"controls": ["strides"]}, ValueError, "name in controls='strides'"),
    ("explore", {"controls": [IMAGE]}, TypeError, "name in controls=array("),
    ("explore", {"image": [1, 2], "kernel": [1], "controls": ["sample"]}, ValueError, "'sample'"),
    ("explore", {"stride": (1, 2)}, TypeError, "stride=(1, 2)", "from 1 to 4"),
    ("explore", {"padding": 999}, ValueError, "padding=999", "up to 342"),
    ("explore", {"dilation": 6}, ValueError, "spanning (7, 7)"),
    ("explore", {"position": (5, 5)}, ValueError, "position=(5, 5)"),
    ("predict", {"stride": 0}, ValueError, "stride=0"),
    ("predict", {"strides": 2}, TypeError, "strides is no argument", "stride, padding"),
    ("explore_activation", {"image": [1, 2, 3]}, ValueError, "image has shape (3,)"),
    ("explore_borders", {"image": np.ones((201, 9))}, ValueError, "image has shape (201, 9)"),
    ("explore_borders", {"kernel": np.ones((9, 9))}, ValueError, "kernel has shape (9, 9)", "8)"),
    ("explore_channels", {"photograph": IMAGE}, ValueError, "photograph has shape (6, 6)"),
    ("explore_channels", {"photograph": np.zeros((2, 9, 3), np.uint8)}, ValueError, "(2, 9, 3)"),
    ("explore_channels", {"photograph": np.zeros((9, 9, 3))}, ValueError, "holds float64"),
    ("explore_shift", {"image": np.ones((25, 9))}, ValueError, "image has shape (25, 9)", "24"),
    ("explore_shift", {"kernel": np.ones((5, 5))}, ValueError, "kernel (5, 5)", "2 more"),
    ("explore_shift", {"row": 1}, TypeError, "row is no argument", "rows, columns"),
    ("show_shift", {"rows": np.uint8(1)}, lambda shown: "1 down" in shown.description),
    ("show_shift", {"columns": np.int64(-2)}, lambda shown: "2 left" in shown.description),
    ("explore_sizes", {"size": 5, "kernel_size": 9}, ValueError, "kernel_size=9 spans 9"),
    ("show_sizes", {"stride": 9}, ValueError, "stride=9", "from 1 to 8"),
    ("explore_stack", {"image": IMAGE}, ValueError, "image has shape (6, 6)", "16 to 200"),
    ("explore_stack", {"presets": ["Sobel x"] * 4}, ValueError, "presets=['Sobel x', "),
    ("explore_stack", {"presets": iter(["Sobel x"])}, TypeError, "presets=<list_iterator"),
    ("explore_strides", {"image": np.ones((25, 4))}, ValueError, "image has shape (25, 4)"),
    ("explore_strides", {"stride": 5}, ValueError, "stride=5", "1 to 4"),
    ("explore_strides", {"stride": (1, 0)}, ValueError, "stride=0"),
    ("explore_strides", {"padding": "same"}, ValueError, "padding='same'"),
    ("show_strides", {"step": HUGE}, lambda shown: "Window for row 2" in shown.description),
    ("explore_usage", {"size": np.int64(8)}, explores("Input 8 × 8")),
    ("explore_usage", SMALL, explores("padding 1, kernel 3 × 3, stride 2")),
    ("explore_usage", {"size": 11}, ValueError, "size=11", "3 to 10"),
]


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_cannot_be_explored_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)
