"""Files that readers upload to an explorer: shown, or refused with the last good picture left.

Which files are read, and how, is tested in tests/test_samples.py.
"""

from datetime import UTC, datetime

import pytest
from test_samples import SMALL, png

from helpers.explorers import explore


def upload(content) -> dict:
    """What the browser sends."""
    modified = datetime(2026, 1, 1, tzinfo=UTC)
    about = {"name": "a.png", "type": "image/png", "size": 1, "last_modified": modified}
    return about | {"content": content}


@pytest.fixture
def explorer():
    made = explore([[1, 2], [3, 4]], [[1]], ("upload", "sample"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ((upload(memoryview(b"")),), "not a picture"),
        ((upload(memoryview(b"GIF89a")),), "not a picture"),
        ((upload(memoryview(SMALL[:-50])),), "damaged"),
        ((upload(memoryview(png(60_000, 60_000, rows=0))),), "too many pixels"),
        ((upload(memoryview(bytes(20_000_001))),), "20.0 MB: allowed are 20 MB"),
        ((upload(None),), "data=None"),
    ],
)
def test_a_bad_upload_leaves_the_picture_and_says_why(explorer, files, message):
    before, picture = explorer.frames, explorer.picture.value
    explorer.controls["upload"].value = files
    assert message in explorer.message
    assert (explorer.frames, explorer.picture.value) == (before, picture)
    assert explorer.controls["upload"].value == ()
    explorer.controls["upload"].value = (upload(memoryview(png(3, 2))),)
    assert explorer.message == ""
    assert explorer.feature_map.shape == (2, 3)
