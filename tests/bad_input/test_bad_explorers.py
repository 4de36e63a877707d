"""Bad input for explorers: what cannot be explored is refused, and no widget is left behind."""

import numpy as np
import pytest
from ipywidgets.widgets.widget import _instances
from rows import ENDLESS, HUGE, INF, MASKED, NAN, RAISES, TERABYTES, check_row, named

from helpers import explorers
from helpers.samples import sample

IMAGE, KERNEL, LETTER = np.arange(36).reshape(6, 6), [[1, -1], [2, 0]], sample("letter H")
WIDE = np.ones((20, 20))
BOTH = {"image": IMAGE, "kernel": KERNEL}
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
    ("explore", {"image": [[]]}, ValueError, "image has shape (1, 0)"),
    ("explore", {"image": None}, TypeError, "image holds objects"),
    ("explore", {"image": [[1, NAN]]}, ValueError, "image holds nan at (0, 1)"),
    ("explore", {"image": MASKED}, ValueError, "image=masked_array"),
    ("explore", {"image": TERABYTES}, ValueError, "image has shape (1000000, 1000000)"),
    ("explore", {"image": np.ones((300, 2))}, ValueError, "image has shape (300, 2)"),
    ("explore", {"image": np.zeros((4, 4, 3))}, ValueError, "(4, 4, 3)", "uint8"),
    ("explore", {"image": [[1e200]], "kernel": [[1]]}, ValueError, "image holds numbers", "1e+15"),
    ("explore", {"kernel": np.ones((7, 7))}, ValueError, "kernel has shape (7, 7)"),
    ("explore", {"kernel": [1, 2]}, ValueError, "kernel has shape (2,)"),
    ("explore", {"kernel": RAISES}, ValueError, "kernel is not a regular array"),
    (
        "explore",
        {"image": np.ones((20, 20)), "kernel": np.ones((17, 17))},
        ValueError,
        "256 weights",
    ),
    ("explore", {"controls": "stride"}, TypeError, "controls='stride'", '"kernel"'),
    ("explore", {"controls": None}, TypeError, "controls=None"),
    ("explore", {"controls": {"stride"}}, TypeError, "controls={'stride'}"),
    ("explore", {"controls": ["strides"]}, ValueError, "controls contains 'strides'"),
    ("explore", {"controls": [["stride"]]}, ValueError, "controls contains ['stride']"),
    ("explore", {"controls": [IMAGE]}, ValueError, "controls contains array("),
    ("explore", {"controls": b"ab"}, ValueError, "controls contains 97"),
    ("explore", {"image": [1, 2], "kernel": [1], "controls": ["sample"]}, ValueError, "'sample'"),
    ("explore", {"stride": 0}, ValueError, "stride=0"),
    ("explore", {"stride": (1, 2)}, ValueError, "stride=(1, 2)", "one number for all axes"),
    ("explore", {"stride": ENDLESS}, ValueError, "stride=", "up to 1,000,000,000"),
    ("explore", {"padding": 999}, ValueError, "padding=999", "up to 324"),
    ("explore", {"padding": {}}, TypeError, "padding={}"),
    ("explore", {"dilation": 6}, ValueError, "spanning (7, 7)"),
    ("explore", {"border": "sky"}, ValueError, "border='sky'"),
    ("explore", {"flip": 1}, TypeError, "flip=1"),
    ("explore", {"position": (5, 5)}, ValueError, "position=(5, 5)"),
    ("explore", {"position": 1.5}, TypeError, "position=1.5"),
    ("explore", {"limit": -1}, ValueError, "limit=-1"),
    ("explore", {"limit": "large"}, TypeError, "limit='large'"),
    ("predict", {"stride": 0}, ValueError, "stride=0"),
    ("predict", {"strides": 2}, TypeError, "strides is no argument", "stride, padding"),
    ("predict", {"position": (9, 9)}, ValueError, "position=(9, 9)"),
    ("predict", {"limit": INF}, ValueError, "limit=inf"),
    ("explore_activation", {"image": [1, 2, 3]}, ValueError, "image has shape (3,)"),
    ("explore_activation", {"preset": "edge"}, ValueError, "preset='edge'"),
    ("explore_activation", {"activation": "softmax"}, ValueError, "activation='softmax'"),
    ("explore_activation", {"activation": ["relu"]}, TypeError, "activation=['relu']"),
    ("explore_activation", {"activation": None}, TypeError, "activation=None"),
    ("explore_borders", {"image": np.ones((201, 9))}, ValueError, "image has shape (201, 9)"),
    ("explore_borders", {"image": RAISES}, ValueError, "image is not a regular array"),
    (
        "explore_borders",
        {"kernel": np.ones((9, 9))},
        ValueError,
        "kernel has shape (9, 9)",
        "(8, 8)",
    ),
    ("explore_borders", {"border": 3}, TypeError, "border=3"),
    ("explore_borders", {"padding": 4}, ValueError, "padding=4", '"same", 1, 2 and 3'),
    ("explore_borders", {"padding": True}, ValueError, "padding=True"),
    ("explore_borders", {"padding": np.array([1, 2])}, ValueError, "padding=array([1, 2])"),
    ("explore_channels", {"photograph": IMAGE}, ValueError, "photograph has shape (6, 6)"),
    ("explore_channels", {"photograph": np.zeros((2, 9, 3), np.uint8)}, ValueError, "(2, 9, 3)"),
    ("explore_channels", {"photograph": np.zeros((9, 9, 3))}, ValueError, "holds float64"),
    ("explore_channels", {"photograph": None}, TypeError, "photograph holds objects"),
    ("explore_channels", {"photograph": [[NAN]]}, ValueError, "photograph holds nan"),
    ("explore_channels", {"preset": 0}, TypeError, "preset=0"),
    ("explore_shift", {"image": np.ones((25, 9))}, ValueError, "image has shape (25, 9)", "24"),
    ("explore_shift", {"kernel": np.ones((5, 5))}, ValueError, "kernel (5, 5)", "2 more"),
    ("explore_shift", {"rows": 4}, ValueError, "rows=4", "-3, -2"),
    ("explore_shift", {"rows": 1.0}, ValueError, "rows=1.0"),
    ("explore_shift", {"columns": None}, ValueError, "columns=None"),
    ("explore_shift", {"padding": "full"}, ValueError, "padding='full'", '"same", "valid"'),
    ("explore_shift", {"pooling": 1}, ValueError, "pooling=1"),
    ("explore_shift", {"row": 1}, TypeError, "row is no argument", "rows, columns"),
    ("show_shift", {"image": [[INF] * 6] * 6}, ValueError, "image holds inf"),
    ("show_shift", {"rows": np.uint8(1)}, lambda shown: "1 down" in shown.description),
    ("show_shift", {"columns": np.int64(-2)}, lambda shown: "2 left" in shown.description),
    ("explore_sizes", {"size": 241}, ValueError, "size=241", "1 to 240"),
    ("explore_sizes", {"size": ENDLESS}, ValueError, "size=<int"),
    ("explore_sizes", {"kernel_size": 2.0}, TypeError, "kernel_size=2.0"),
    ("explore_sizes", {"size": 5, "kernel_size": 9}, ValueError, "kernel_size=9 spans 9"),
    ("show_sizes", {"padding": -1}, ValueError, "padding=-1"),
    ("show_sizes", {"dilation": True}, TypeError, "dilation=True"),
    ("explore_stack", {"image": IMAGE}, ValueError, "image has shape (6, 6)", "16 to 200"),
    ("explore_stack", {"presets": []}, ValueError, "presets=[]", "one to three"),
    ("explore_stack", {"presets": ["Sobel x"] * 4}, ValueError, "presets=['Sobel x', "),
    ("explore_stack", {"presets": "Sobel x"}, TypeError, "presets='Sobel x'"),
    ("explore_stack", {"presets": iter(["Sobel x"])}, TypeError, "presets=<list_iterator"),
    ("explore_stack", {"presets": ["edge"]}, ValueError, "presets='edge'"),
    ("explore_stack", {"presets": [None]}, TypeError, "presets=None"),
    ("explore_strides", {"image": np.ones((25, 4))}, ValueError, "image has shape (25, 4)"),
    ("explore_strides", {"stride": 5}, ValueError, "stride=5", "1 to 4"),
    ("explore_strides", {"stride": (1, 0)}, ValueError, "stride=0"),
    ("explore_strides", {"padding": "same"}, ValueError, "padding='same'"),
    ("show_strides", {"step": -1}, ValueError, "step=-1"),
    ("show_strides", {"step": 1.5}, TypeError, "step=1.5"),
    ("show_strides", {"step": "0"}, TypeError, "step='0'"),
    ("show_strides", {"step": HUGE}, lambda shown: "Window for row 2" in shown.description),
    ("explore_usage", {"size": 2}, ValueError, "size=2"),
    ("explore_usage", {"size": 11}, ValueError, "size=11", "3 to 10"),
    ("explore_usage", {"stride": 0}, ValueError, "stride=0"),
    ("explore_usage", {"dilation": "1"}, TypeError, "dilation='1'"),
]


@pytest.mark.filterwarnings("error", "ignore::DeprecationWarning")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_cannot_be_explored_is_refused_by_name(row):
    before = set(_instances)
    check_row(FUNCTIONS, GOOD, row)
    assert set(_instances) <= before
