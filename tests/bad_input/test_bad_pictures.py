"""Bad input for pictures: what cannot be drawn is refused before anything is drawn."""

import numpy as np
import pytest
from rows import (
    HUGE,
    INF,
    NAN,
    TERABYTES,
    Frame,
    check_row,
    named,
    read_only,
)

from helpers import drawing

FUNCTIONS = {
    "show_arrays": drawing.show_arrays,
    "show_convolution": drawing.show_convolution,
    "show_curves": drawing.show_curves,
}
IMAGE, KERNEL = np.arange(25).reshape(5, 5), np.array([[1, 0], [0, -1]])
GOOD = {
    "show_arrays": {"arrays": {"a": IMAGE}},
    "show_convolution": {"image": IMAGE, "kernel": KERNEL, "position": (0, 0)},
    "show_curves": {"x": [0, 1], "panels": {"t": {"a": [0, 1]}}},
}


def tells(words: str):
    """A picture whose sentence has these words."""
    return lambda picture: picture.png.startswith(b"\x89PNG") and words in picture.description


IMAGES = [
    ("show_convolution", {"image": []}, ValueError, "image has shape (0,)"),
    ("show_convolution", {"image": np.zeros((0, 5, 3), np.uint8)}, ValueError, "shape (0, 5, 3)"),
    ("show_convolution", {"image": np.zeros((5, 5, 3))}, ValueError, "(5, 5, 3)", "holds float64"),
    ("show_convolution", {"image": np.zeros((5, 5, 4), np.uint8)}, ValueError, "shape (5, 5, 4)"),
    ("show_convolution", {"image": "letter H"}, TypeError, "image holds <U8", "letter H"),
    ("show_convolution", {"image": [[NAN, 1]]}, ValueError, "image holds nan at (0, 0)"),
    ("show_convolution", {"image": TERABYTES}, ValueError, "image has shape (1000000, 1000000)"),
    ("show_convolution", {"image": np.ones((2, 289))}, ValueError, "up to 288", "image[::2, ::2]"),
    ("show_convolution", {"image": np.ones(121), "kernel": [1]}, ValueError, "up to 120 values"),
    ("show_convolution", {"image": [[1e16]], "kernel": [[1]]}, ValueError, "up to 1e+16", "1e+15"),
    ("show_convolution", {"image": [[2**62]]}, ValueError, "image holds numbers up to 4611686"),
    ("show_convolution", {"image": np.full((3, 3), -128, np.int8)}, tells("every value −128")),
    ("show_convolution", {"image": np.full((3, 3), 6e4, np.float16)}, tells("sum 540000")),
    ("show_convolution", {"image": np.full((3, 3), 1e-300)}, tells("Input 3 × 3, every value 0")),
    ("show_convolution", {"image": IMAGE.astype(">f4")}, tells("from 0 to 24")),
    ("show_convolution", {"image": np.eye(3, dtype=bool)}, tells("sum 3")),
    ("show_convolution", {"image": read_only(IMAGE)[::-1]}, tells("largest at row 0, column 4")),
    ("show_convolution", {"image": Frame(), "kernel": [[1]]}, tells("[1]")),
    ("show_convolution", {"image": np.zeros((1, 1, 3), np.uint8), "kernel": [[1]]}, tells("1 × 1")),
    (
        "show_convolution",
        {"image": np.uint64([[2**63]])},
        ValueError,
        "image holds numbers up to 922",
    ),
]
CONVOLUTIONS = [
    ("show_convolution", {"kernel": np.ones((6, 6))}, ValueError, "kernel has shape (6, 6)"),
    ("show_convolution", {"kernel": [1, 2]}, ValueError, "kernel has shape (2,)"),
    ("show_convolution", {"kernel": [[1e300]]}, ValueError, "kernel holds numbers up to 1e+300"),
    ("show_convolution", {"kernel": "Sobel x"}, TypeError, "kernel holds <U7"),
    ("show_convolution", {"stride": 0}, ValueError, "stride=0"),
    ("show_convolution", {"stride": HUGE}, tells("Feature map 1 × 1")),
    ("show_convolution", {"dilation": 9}, ValueError, "spanning (10, 10)"),
    ("show_convolution", {"dilation": HUGE, "kernel": [[1]]}, tells("Feature map 5 × 5")),
    ("show_convolution", {"padding": 200}, ValueError, "padding=200", "405 × 405", "up to 342"),
    ("show_convolution", {"padding": "half"}, ValueError, "padding='half'"),
    ("show_convolution", {"position": (4, 0)}, ValueError, "position=(4, 0)", "shape (4, 4)"),
    ("show_convolution", {"position": 0}, ValueError, "position=(0,) has 1 entries"),
    ("show_convolution", {"position": (0.0, 1)}, TypeError, "position=0.0"),
    ("show_convolution", {"position": "00"}, TypeError, "position='00'"),
    ("show_convolution", {"position": (-1, 0)}, ValueError, "position=-1"),
    ("show_convolution", {"position": (0, HUGE)}, ValueError, "position=(0, 1000"),
    ("show_convolution", {"limit": 0}, ValueError, "limit=0", "above 1e-09"),
    ("show_convolution", {"limit": NAN}, ValueError, "limit=nan"),
    ("show_convolution", {"limit": 1e300}, ValueError, "limit=1e+300", "up to 1e+15"),
    ("show_convolution", {"limit": "9"}, TypeError, "limit='9'"),
    ("show_convolution", {"limit": np.float32(7)}, tells("end at 7")),
]
FIVE_LABELS = {"t": {"a": [0, 1], "b": [0, 1], "c": [0, 1]}, "u": {"d": [0, 1], "e": [0, 1]}}
WIDE = dict.fromkeys("abcd", np.ones((2, 288)))
ARRAYS = [
    ("show_arrays", {"arrays": {}}, ValueError, "arrays has 0 entries", "one to 5"),
    ("show_arrays", {"arrays": [IMAGE]}, TypeError, "arrays=[array("),
    ("show_arrays", {"arrays": None}, TypeError, "arrays=None"),
    ("show_arrays", {"arrays": dict.fromkeys("abcdef", IMAGE)}, ValueError, "6 entries"),
    ("show_arrays", {"arrays": {1: IMAGE}}, TypeError, "name in arrays=1"),
    ("show_arrays", {"arrays": {"a" * 101: IMAGE}}, TypeError, "up to 100 letters"),
    ("show_arrays", {"arrays": {"a": []}}, ValueError, "arrays['a'] has shape (0,)"),
    ("show_arrays", {"arrays": {"a": [[1, INF]]}}, ValueError, "arrays['a'] holds inf at (0, 1)"),
    ("show_arrays", {"arrays": WIDE}, ValueError, "arrays has 4 arrays", "fit side by side"),
    ("show_arrays", {"arrays": {"a": np.int8([[-128, 127]])}}, tells("from −128 to 127")),
    ("show_arrays", {"arrays": {"": [1, 2]}}, tells("2 values")),
    ("show_arrays", {"limit": np.float16(30)}, tells("from 0 to 24")),
    ("show_arrays", {"limit": np.float16(0)}, ValueError, "limit=np.float16(0.0)"),
    ("show_arrays", {"limit": "1"}, TypeError, "limit='1'"),
    ("show_arrays", {"look": "gray"}, ValueError, "look='gray'", '"signed", "grey"'),
    ("show_arrays", {"look": 1}, TypeError, "look=1"),
    ("show_arrays", {"padding": -1}, ValueError, "padding=-1"),
    ("show_arrays", {"padding": "same"}, TypeError, "padding='same'"),
    ("show_arrays", {"padding": {"b": 1}}, ValueError, "name in padding='b'", 'allowed are "a"'),
    ("show_arrays", {"padding": {"a": 9}}, tells("5 × 5")),
    ("show_curves", {"x": []}, ValueError, "x has shape (0,)"),
    ("show_curves", {"x": [1]}, ValueError, "x has shape (1,)"),
    ("show_curves", {"x": [1, 0]}, ValueError, "growing"),
    ("show_curves", {"x": [0, NAN]}, ValueError, "growing"),
    ("show_curves", {"x": ["0", "1"]}, TypeError, "x holds <U1"),
    ("show_curves", {"panels": {}}, ValueError, "panels has 0 entries", "one to 3"),
    ("show_curves", {"panels": [1]}, TypeError, "panels=[1]"),
    ("show_curves", {"panels": {"t": [0, 1]}}, TypeError, "panel 't'=[0, 1]"),
    ("show_curves", {"panels": {"t": {}}}, ValueError, "panel 't' has 0 entries", "one to 4"),
    ("show_curves", {"panels": FIVE_LABELS}, ValueError, "panels has 5 labels", "1 to 4"),
    ("show_curves", {"panels": {3: {"a": [0, 1]}}}, TypeError, "name in panels=3"),
    ("show_curves", {"panels": {"t": {3: [0, 1]}}}, TypeError, "name in panel 't'=3"),
    ("show_curves", {"panels": {"t": {"\ud800": [0, 1]}}}, TypeError, "='\\ud800'"),
    ("show_curves", {"panels": {"t": {"a": [0, 1, 2]}}}, ValueError, "curve 'a' has shape (3,)"),
    ("show_curves", {"panels": {"t": {"a": [NAN, NAN]}}}, ValueError, "curve 'a'"),
    ("show_curves", {"panels": {"t": {"a": [0, 1e16]}}}, ValueError, "curve 'a' holds", "1e+15"),
    ("show_curves", {"panels": {"t": {"a": [0, INF]}}}, ValueError, "curve 'a' holds inf at (1,)"),
    ("show_curves", {"panels": {"t": {"a": [0, NAN]}}}, tells("a always 0")),
    ("show_curves", {"name": None}, TypeError, "name=None"),
    ("show_curves", {"name": "a\nb"}, TypeError, "name='a\\nb'"),
]
ROWS = [*IMAGES, *CONVOLUTIONS, *ARRAYS]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_cannot_be_drawn_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)
