"""Files that readers upload to an explorer: shown, or refused with the last good picture left.

Which files are read, and how, is tested in tests/test_samples.py.
"""

import pytest
from test_samples import SMALL, png

from helpers.explorers import explore
from tests.pointer import choose


@pytest.fixture
def explorer():
    made = explore([[1, 2], [3, 4]], [[1]], ("upload", "sample"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("content", "size", "message"),
    [
        (b"", None, "not a picture"),
        (b"GIF89a", None, "not a picture"),
        (SMALL[:-50], None, "damaged"),
        (png(60_000, 60_000, rows=0), None, "too many pixels"),
        (bytes(20_000_001), None, "20.0 MB: allowed are 20 MB"),
        (b"", 25_000_000, "25.0 MB: allowed are 20 MB"),
    ],
)
def test_a_bad_upload_leaves_the_picture_and_says_why(explorer, content, size, message):
    before, picture = explorer.frames, explorer.picture.value
    choose(explorer, content, size)
    assert message in explorer.message
    assert (explorer.frames, explorer.picture.value) == (before, picture)
    assert explorer.controls["upload"].value == ()
    choose(explorer, png(3, 2))
    assert explorer.message == ""
    assert explorer.feature_map.shape == (2, 3)
