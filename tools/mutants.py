"""Give the notebooks wrong helpers, one at a time, and see whether strict nbval notices.

    python -m tools.mutants [WORD ...]     only the mutants with one of these words in their name

Each mutant is some Python that is appended to a module in a copy of the project, where it puts a
wrong function in place of a public one: so it needs to know what a helper promises, not how it is
written. The exit code is 0 if nbval notices 90 % of them. That the unit tests notice changed lines
of the operation and the layers is measured by mutmut (`make mutants` runs both).
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tools.check import STEPS

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("helpers", "notebooks", "data", "tools", "settings", "pyproject.toml", "conftest.py")
NOTICED = 0.9
PATIENCE = 900  # seconds; a mutant that never ends is noticed as well
NBVAL = STEPS["notebooks"][:-1]


class Mutant(NamedTuple):
    """A wrong helper, and the notebooks that are the first to show it."""

    what: str
    module: str
    source: str
    notebooks: str


def options(what: str, change: str, notebooks: str) -> Mutant:
    """Return a `convolve` that is asked for something else than it was told."""
    source = f"""
right = convolve
def convolve(x, kernel, **options):
    {change}
    return right(x, kernel, **options)
"""
    return Mutant(what, "convolution.py", source, notebooks)


def result(what: str, function: str, module: str, change: str, notebooks: str) -> Mutant:
    """Return a function whose result is changed by an expression in `result`."""
    source = f"""
def wrong(right):
    def changed(*arguments, **options):
        result = right(*arguments, **options)
        return {change}
    return changed
{function} = wrong({function})
"""
    return Mutant(what, module, source, notebooks)


MUTANTS = [
    options("never flips", "options['flip'] = False", "02 03"),
    options("always flips", "options['flip'] = True", "01 03"),
    options("flips rows only", "kernel = np.asarray(kernel)[:, ::-1] "
            "if np.ndim(kernel) == 2 and options.get('flip', True) else kernel", "03"),
    options("forgets the stride", "options.pop('stride', 0)", "07"),
    options("forgets the dilation", "options.pop('dilation', 0)", "06 09"),
    options("takes every border for zeros", "options.pop('border', 0)", "03 08"),
    options("takes same for full", "options['padding'] = {'same': 'full'}.get(p, p) "
            "if isinstance(p := options.get('padding', 'valid'), str) else p", "03 08"),
    result("same is one cell off", "convolve", "convolution.py",
           "np.roll(result, 1, 0) if options.get('padding') == 'same' else result", "03 04"),
    result("a size is one too small", "output_size", "convolution.py", "result - 1", "01 09"),
    Mutant("a size is rounded up", "convolution.py", """
right_size = output_size
def output_size(size, kernel_size, *, stride=1, **options):
    return -(-(right_size(size, kernel_size, **options) - 1) // stride) + 1
""", "07 09"),
    Mutant("a size ignores the dilation", "convolution.py", """
right_size = output_size
def output_size(size, kernel_size, **options):
    return right_size(size, kernel_size, **options | {"dilation": 1})
""", "09"),
    result("a named kernel is turned by 90 degrees", "kernel", "kernels.py", "result.T", "03 04"),
    result("a sample is upside down", "sample", "samples.py", "result[::-1]", "03 05"),
    result("digits are not shuffled", "shuffled_digits", "digits.py",
           "type(result)(*(np.sort(a, axis=0) for a in result))", "17"),
    result("a layer loses its bias", "Conv2D.forward", "layers/sliding.py",
           "result - 0.01", "12 13"),
    result("max pooling gives half", "MaxPooling2D.forward", "layers/sliding.py",
           "result / 2", "14 15 17"),
    result("the last gradient is doubled", "Dense.backward", "layers/dense.py",
           "None if result is None else 2 * result", "17"),
    result("parameters are one too many", "HasWeights.count_params", "layers/layer.py",
           "result + 1", "13"),
    Mutant("momentum is left out", "layers/learning.py", """
start = SGD.__init__
SGD.__init__ = lambda self, learning_rate=0.01, momentum=0.0: start(self, learning_rate)
""", "17"),
    result("a sentence gives another number", "number_text", "drawing/words.py",
           "result.replace('2', '3')", "01"),
    result("a sentence gives rows for columns", "place_text", "drawing/words.py",
           "result.replace('row', 'column')", "01 04"),
]  # fmt: skip


def copy_project(target: Path) -> None:
    """Copy what the notebooks need."""
    for name in COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, target / name)


def differs(folder: Path, notebooks: str) -> bool:
    """Run notebooks, given by their numbers, under strict nbval; return whether a cell differs."""
    numbers = notebooks.split()
    paths = sorted(path.relative_to(folder) for path in folder.glob("notebooks/*.ipynb"))
    chosen = [str(path) for path in paths if not numbers or path.name[:2] in numbers]
    env = {k: v for k, v in os.environ.items() if k != "CI"}
    env |= {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", *NBVAL, "-q", "-x", "-p", "no:cacheprovider", *chosen]
    try:
        run = subprocess.run(
            command, cwd=folder, env=env, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    if run.returncode not in (0, 1, 2):  # no notebooks, wrong usage, an error inside pytest
        raise RuntimeError(run.stdout.decode()[-2000:] + run.stderr.decode()[-2000:])
    return run.returncode != 0


def is_noticed(mutant: Mutant, folder: Path) -> bool:
    """Return whether the notebooks notice a mutant: first the likely ones, then all."""
    path = folder / "helpers" / mutant.module
    right = path.read_text(encoding="utf-8")
    path.write_text(right + mutant.source, encoding="utf-8")
    try:
        return differs(folder, mutant.notebooks) or differs(folder, "")
    finally:
        path.write_text(right, encoding="utf-8")


def main(words: list[str]) -> int:
    """Try all mutants, or those with one of the words in their name; return the exit code."""
    chosen = [each for each in MUTANTS if not words or any(word in each.what for word in words)]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_project(folder)
        if differs(folder, ""):
            raise RuntimeError("the notebooks fail without any mutant: `make test` says which")
        noticed = 0
        for mutant in chosen:
            found = is_noticed(mutant, folder)
            noticed += found
            print(f"{'noticed' if found else 'MISSED':<8} {mutant.what}", flush=True)
    print(f"\nnbval notices {noticed} of {len(chosen)} wrong helpers.")
    return int(noticed < NOTICED * len(chosen))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
