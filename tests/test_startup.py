"""What a kernel imports before the first explorer is on the screen, and what it does not.

Time and memory of a start are measured by `make bench`; what they come from can be counted.
"""

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
FIRST = "first explorer"
STEPS = {
    "numpy": "import numpy",
    "helpers": """
import helpers.exercises
import helpers.explorers as explorers
from helpers.kernels import KERNELS
from helpers.samples import sample""",
    FIRST: """
letter = sample("letter H")
controls = ("step", "kernel", "preset", "kernel_size", "stride", "padding", "dilation")
controls += ("border", "flip", "sample", "upload", "cell", "code")
first = explorers.explore(letter, KERNELS["outline"], controls, padding="same")
first._repr_mimebundle_()""",
    "moves": """
first.controls["kernel"][0][0].value = 2.5
first.controls["sample"].value = "photograph: camera"
first.controls["preset"].value = "Sobel x"
first.controls["stride"].value = 2
first._repr_mimebundle_()""",
    "other explorers": """
explorers.explore_activation(letter)._repr_mimebundle_()
explorers.explore_borders(letter, KERNELS["outline"])._repr_mimebundle_()
explorers.explore_channels(sample("photograph: cat (colour)"))._repr_mimebundle_()
explorers.explore_shift(letter, KERNELS["outline"])._repr_mimebundle_()
explorers.explore_sizes()._repr_mimebundle_()
explorers.explore_stack(letter)._repr_mimebundle_()
explorers.explore_strides(letter, KERNELS["outline"])._repr_mimebundle_()
explorers.explore_training([[1, 0, 2], [0, 1, 0]], [[1, 2]])._repr_mimebundle_()
explorers.explore_usage()._repr_mimebundle_()""",
}
# With half a second and 70 MiB for SciPy, a tenth of a second and 15 MiB for Matplotlib.
NOT_NEEDED = ("scipy", "matplotlib", "numpy.ma")


@pytest.fixture(scope="module")
def imported():
    """The modules that each step imports, in a process of its own."""
    script = (
        "import json, sys\nimport IPython, ipykernel.ipkernel\nnew, seen = {}, set(sys.modules)"
    )
    for name, step in STEPS.items():
        script += f"\n{step}\nnew[{name!r}] = sorted(set(sys.modules) - seen)"
        script += "\nseen = set(sys.modules)"
    script += "\nprint(json.dumps(new))"
    run = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return {name: set(modules) for name, modules in json.loads(run.stdout).items()}


@pytest.mark.parametrize("name", NOT_NEEDED)
@pytest.mark.parametrize("step", [step for step in STEPS if step != "numpy"])
def test_what_an_explorer_does_not_need_is_not_imported(imported, step, name):
    assert find_spec(name), "this could not be imported at all"
    own = {module for module in imported[step] if f"{module}.".startswith(f"{name}.")}
    assert own == set()


def test_all_explorers_are_there_after_the_import(imported):
    """A first explorer that imports is slow when the reader waits for it."""
    assert "helpers.explorers" in imported["helpers"]
    assert {name for name in imported[FIRST] if not name.startswith("PIL.")} == set()


def test_moving_imports_nothing(imported):
    assert imported["moves"] == set()
