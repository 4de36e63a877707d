"""What holds for all tests: no window opens, and property tests try the same examples each time."""

import matplotlib
import pytest
from hypothesis import settings

from tools.lab import chromium

matplotlib.use("Agg")  # not by environment variable: JupyterLab's kernels would inherit that

settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="module")
def browser():
    """Chromium, for all tests of a file."""
    with chromium() as browser:
        yield browser


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what opens a browser: were it last, the other workers would wait for it."""
    items.sort(key=lambda item: "browser" not in item.fixturenames)
