"""What holds for all tests: no window opens, and property tests try the same examples each time."""

import matplotlib
from hypothesis import settings

matplotlib.use("Agg")  # not by environment variable: JupyterLab's kernels would inherit that

settings.register_profile("project", derandomize=True, deadline=None)
settings.load_profile("project")
