"""Bad input for what is chosen by name: kernels, samples, and options of the reader's picture."""

import numpy as np
import pytest
from rows import HUGE, check_row, named

from helpers import kernels, samples

FUNCTIONS = {
    "describe": kernels.describe,
    "kernel": kernels.kernel,
    "load_picture": samples.load_picture,
    "sample": samples.sample,
    "sizes": kernels.sizes,
}
CAT = (samples.DATA / "cat.png").read_bytes()
GOOD = {
    "describe": {"name": "Sobel x"},
    "kernel": {"name": "box blur"},
    "load_picture": {"data": CAT},
    "sample": {"name": "ramp"},
    "sizes": {"name": "Sobel x"},
}
ROWS = [
    ("kernel", {"name": "sobel x"}, ValueError, "name='sobel x'", '"Sobel x"'),
    ("kernel", {"name": None}, TypeError, "name=None", '"identity"'),
    ("kernel", {"name": np.str_("identity"), "size": 1}, [[1]]),
    ("kernel", {"size": 8}, ValueError, "size=8", "'box blur'", "from 1 to 7"),
    ("kernel", {"size": 0}, ValueError, "size=0", "from 1 to 7"),
    ("kernel", {"size": True}, TypeError, "size=True"),
    ("kernel", {"name": "Sobel x", "size": 2}, ValueError, "size=2", "from 3 to 7"),
    ("kernel", {"name": "vertical line", "size": 1}, ValueError, "size=1", "from 2 to 7"),
    ("kernel", {"name": "Sobel x", "size": np.uint8(3)}, kernels.KERNELS["Sobel x"]),
    ("sizes", {"name": "Sobel"}, ValueError, "name='Sobel'", '"Sobel x"'),
    ("describe", {"name": "edge"}, ValueError, "name='edge'", '"Sobel x"'),
    ("sample", {"name": "Ramp"}, ValueError, "name='Ramp'", '"letter H"', "photograph: camera"),
    ("sample", {"name": "../README.md"}, ValueError, "name='../README.md'"),
    ("load_picture", {"data": samples.DATA / "cat.png"}, TypeError, "bytes of a PNG or JPEG"),
    ("load_picture", {"data": np.frombuffer(CAT, np.uint8)}, TypeError, "data=array("),
    ("load_picture", {"colour": np.True_}, lambda picture: picture.shape == (100, 150, 3)),
    ("load_picture", {"largest": 0}, ValueError, "largest=0", "at least 1"),
    ("load_picture", {"largest": HUGE}, lambda picture: picture.shape == (100, 150)),
    ("load_picture", {"largest": np.uint8(1)}, lambda picture: picture.shape == (1, 1)),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_names_that_are_not_there_are_answered_with_those_that_are(row):
    check_row(FUNCTIONS, GOOD, row)
