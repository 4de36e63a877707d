"""What a kernel imports while a reader waits: everything with the explorers, then nothing.

Time and memory of a start are measured by `make bench`; what they come from can be counted.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
STEPS = {
    "start": "import IPython, ipykernel.ipkernel",
    "helpers": "import helpers.exercises, helpers.explorers as explorers",
    "first explorer": """
from helpers.kernels import KERNELS
from helpers.samples import sample
controls = ("step", "kernel", "preset", "kernel_size", "stride", "padding", "dilation")
controls += ("border", "flip", "sample", "upload", "cell", "code")
first = explorers.explore(sample("letter H"), KERNELS["outline"], controls, padding="same")
first._repr_mimebundle_()""",
    "moves": """
first.controls["kernel"][0][0].value = 2.5
first.controls["sample"].value = "photograph: camera"
first.controls["preset"].value = "Sobel x"
first.controls["stride"].value = 2
first._repr_mimebundle_()""",
    "curves": """
from helpers.drawing import show_curves
show_curves([0, 1, 2], {"Shape": {"square": [0, 1, 4]}})._repr_mimebundle_()""",
}


@pytest.fixture(scope="module")
def imported():
    """The modules that each step imports, in a process of its own."""
    script = "import json, sys\nnew, seen = {}, set(sys.modules)"
    for name, step in STEPS.items():
        script += f"\n{step}\nnew[{name!r}] = sorted(set(sys.modules) - seen)"
        script += "\nseen = set(sys.modules)"
    script += "\nprint(json.dumps(new))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return {name: set(modules) for name, modules in json.loads(run.stdout).items()}


def test_all_explorers_are_there_after_the_import(imported):
    """A first explorer that imports is slow when the reader waits for it."""
    assert "helpers.explorers" in imported["helpers"]
    late = {name for name in imported["first explorer"] if name.startswith("helpers.")}
    assert late == set()


def test_moving_imports_nothing(imported):
    assert imported["moves"] == set()


def test_no_picture_needs_matplotlib(imported):
    """A tenth of a second and 15 MiB, for typefaces whose folder is known without it."""
    for step in ("helpers", "first explorer", "moves", "curves"):
        assert not any(name.split(".")[0] == "matplotlib" for name in imported[step])
