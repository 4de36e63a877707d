"""Bad input for what is chosen by name: kernels, samples, and options of the reader's picture."""

import numpy as np
import pytest
from rows import HUGE, NAN, RAISES, check_row, named

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
    ("kernel", {"name": ""}, ValueError, "name=''"),
    ("kernel", {"name": "Sobel x\0"}, ValueError, "name='Sobel x\\x00'"),
    ("kernel", {"name": "Sobel x" * 10**5}, ValueError, "name='Sobel x"),
    ("kernel", {"name": "__import__('os')"}, ValueError, "name=", "__import__"),
    ("kernel", {"name": None}, TypeError, "name=None", '"identity"'),
    ("kernel", {"name": 3}, TypeError, "name=3"),
    ("kernel", {"name": b"Sobel x"}, TypeError, "name=b'Sobel x'"),
    ("kernel", {"name": ["Sobel x"]}, TypeError, "name=['Sobel x']"),
    ("kernel", {"name": {"Sobel x"}}, TypeError, "name={'Sobel x'}"),
    ("kernel", {"name": np.eye(3)}, TypeError, "name=array("),
    ("kernel", {"name": RAISES}, TypeError, "name=<Raises"),
    ("kernel", {"name": np.str_("identity"), "size": 1}, [[1]]),
    ("kernel", {"size": 0}, ValueError, "size=0", "'box blur'", "from 1 to 7"),
    ("kernel", {"size": -3}, ValueError, "size=-3"),
    ("kernel", {"size": 8}, ValueError, "size=8", "from 1 to 7"),
    ("kernel", {"size": HUGE}, ValueError, "size=1000"),
    ("kernel", {"size": 3.0}, TypeError, "size=3.0"),
    ("kernel", {"size": NAN}, TypeError, "size=nan"),
    ("kernel", {"size": True}, TypeError, "size=True"),
    ("kernel", {"size": "3"}, TypeError, "size='3'"),
    ("kernel", {"size": None}, TypeError, "size=None"),
    ("kernel", {"size": (3, 3)}, TypeError, "size=(3, 3)"),
    ("kernel", {"size": np.array(3)}, TypeError, "size=array(3)"),
    ("kernel", {"name": "Sobel x", "size": 2}, ValueError, "size=2", "from 3 to 7"),
    ("kernel", {"name": "Sobel x", "size": np.uint8(3)}, kernels.KERNELS["Sobel x"]),
    ("sizes", {"name": "Sobel"}, ValueError, "name='Sobel'"),
    ("sizes", {"name": 0}, TypeError, "name=0"),
    ("describe", {"name": "edge"}, ValueError, "name='edge'"),
    ("describe", {"name": ...}, TypeError, "name=Ellipsis"),
    ("sample", {"name": "Ramp"}, ValueError, "name='Ramp'", '"letter H"'),
    ("sample", {"name": "../README.md"}, ValueError, "name='../README.md'"),
    ("sample", {"name": None}, TypeError, "name=None"),
    ("sample", {"name": 0}, TypeError, "name=0"),
    ("sample", {"name": ("ramp",)}, TypeError, "name=('ramp',)"),
    ("load_picture", {"data": "cat.png"}, TypeError, "data='cat.png'", "bytes of a PNG or JPEG"),
    ("load_picture", {"data": samples.DATA / "cat.png"}, TypeError, "data="),
    ("load_picture", {"data": None}, TypeError, "data=None"),
    ("load_picture", {"data": list(CAT[:9])}, TypeError, "data=[137, 80"),
    ("load_picture", {"data": np.frombuffer(CAT, np.uint8)}, TypeError, "data=array("),
    ("load_picture", {"data": 10**9}, TypeError, "data=1000000000"),
    ("load_picture", {"data": RAISES}, TypeError, "data=<Raises"),
    ("load_picture", {"colour": 1}, TypeError, "colour=1", "True and False"),
    ("load_picture", {"colour": "RGB"}, TypeError, "colour='RGB'"),
    ("load_picture", {"colour": None}, TypeError, "colour=None"),
    ("load_picture", {"colour": np.True_}, lambda picture: picture.ndim == 3),
    ("load_picture", {"largest": 0}, ValueError, "largest=0", "at least 1"),
    ("load_picture", {"largest": -1}, ValueError, "largest=-1"),
    ("load_picture", {"largest": 1.5}, TypeError, "largest=1.5"),
    ("load_picture", {"largest": NAN}, TypeError, "largest=nan"),
    ("load_picture", {"largest": "9"}, TypeError, "largest='9'"),
    ("load_picture", {"largest": True}, TypeError, "largest=True"),
    ("load_picture", {"largest": HUGE}, lambda picture: picture.shape == (100, 150)),
    ("load_picture", {"largest": np.uint8(1)}, lambda picture: picture.shape == (1, 1)),
]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_names_that_are_not_there_are_answered_with_those_that_are(row):
    check_row(FUNCTIONS, GOOD, row)
