"""Build the notebooks as a web site: a book that moves, and live notebooks below it (`make site`).

    python -m tools.site FOLDER [--pyodide DISTRIBUTION]

Sphinx makes the book (book/): a page for each notebook, with recordings of its explorers. In the
folder `live` below it is JupyterLite: JupyterLab as static files, with Pyodide, which is Python for
browsers, as its kernel. Notebooks and data are copied from their folders. The helpers, as the wheel
that pyproject.toml describes, and the few packages that Pyodide lacks are in the site: the kernel
has them before its first cell runs (tools/lite/). Building asks the network for nothing.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import nbformat

from tools.recordings import record

ROOT = Path(__file__).resolve().parent.parent
NOTEBOOKS = ROOT / "notebooks"
LITE = ROOT / "tools" / "lite" / "jupyter-lite.json"
BUILDER = Path(sys.prefix) / "jupyterlite"  # what requirements-site.txt names; see the Makefile
WHEELS = BUILDER / "wheels"  # what tools/site_wheels.txt names
FOR_PYTHON = ("anywidget", "comm", "ipywidgets", "psygnal")
FOR_THE_PAGE = ("anywidget", "jupyterlab_widgets")  # these wheels hold an extension of JupyterLab
KERNEL_EXTENSION = BUILDER / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
MATHJAX = BUILDER / "sphinx-mathjax-offline/static/mathjax/tex-svg.js"  # one file, fonts in it
PYODIDE = "0.27.7"  # the version that the notebooks were run with
# The environment in the browser is this project's own, so the wheel may bring a start-up file.
STARTUP = """
[tool.hatch.build.targets.wheel.shared-data]
"settings/ipython_startup.py" = "etc/ipython/startup/50-convolution-notebooks.py"
"""
# JupyterLab for large screens, Notebook 7 for small ones; the style sheet of the book shows one.
LIVE = """
<p><a class="live-wide" href="../live/lab/index.html?path=notebooks/{name}">Run it live</a>
<a class="live-narrow" href="../live/notebooks/index.html?path=notebooks/{name}">Run it live</a>
in your browser: every control of every explorer, after half a minute.</p>
"""


def build(
    target: Path, pyodide: Path | None = None, notebooks: Sequence[Path] | None = None
) -> None:
    """Build the site in the folder `target`, which is replaced, with a page for each notebook.

    A folder with a Pyodide distribution becomes part of the site; without one, browsers load
    Pyodide from its public address.

    Raises
    ------
    FileNotFoundError, ValueError
        The builder is not installed, the distribution is another one, or `target` holds files that
        are not a site.
    RuntimeError
        A notebook cannot be recorded; the message names it.
    """
    if not WHEELS.is_dir():
        raise FileNotFoundError(f"{BUILDER} is missing: `make site` installs what builds the site")
    if pyodide:
        _check_distribution(pyodide)
    if target.exists():
        if any(target.iterdir()) and not (target / "live/jupyter-lite.json").is_file():
            raise ValueError(f"{target} is in the way: it has files, and they are not a site")
        shutil.rmtree(target)
    with tempfile.TemporaryDirectory() as scratch:
        stage, target = Path(scratch), target.resolve()
        pages = sorted(NOTEBOOKS.glob("*.ipynb")) if notebooks is None else notebooks
        make_book(stage / "book", target, pages)
        make_live(stage / "lite", target / "live", pyodide)


def make_book(stage: Path, target: Path, notebooks: Sequence[Path]) -> None:
    """Put together what Sphinx reads, and let it build; the pictures of recordings go past it."""
    shutil.copytree(ROOT / "book", stage)
    for name in ("data", "docs"):
        shutil.copytree(ROOT / name, stage / name)
    shutil.copy(ROOT / "README.md", stage)
    shutil.copy(MATHJAX, stage / "_static/mathjax.js")
    (stage / "notebooks").mkdir()
    recorded = record(notebooks, target / "pictures", "../pictures")
    for path, notebook in zip(notebooks, recorded, strict=True):
        title, _, text = notebook.cells[0].source.partition("\n")
        notebook.cells[0].source = f"{title}\n{LIVE.format(name=path.name)}\n{text}"
        nbformat.write(notebook, stage / "notebooks" / path.name)
    _run(["sphinx", "-q", "-d", "../doctrees", ".", str(target)], stage)


def _check_distribution(folder: Path) -> None:
    lock = folder / "pyodide-lock.json"
    if not lock.is_file():
        raise ValueError(f"{folder} has no pyodide-lock.json: it is not a Pyodide distribution")
    version = json.loads(lock.read_text(encoding="utf-8"))["info"]["version"]
    if version != PYODIDE:
        raise ValueError(f"{folder} is Pyodide {version}, this site needs {PYODIDE}")


def make_live(stage: Path, target: Path, pyodide: Path | None = None) -> None:
    """Put together what JupyterLite reads (contents, wheels, settings), and let it build."""
    for name in ("notebooks", "data"):
        hidden = shutil.ignore_patterns(".*")
        shutil.copytree(ROOT / name, stage / "files" / name, ignore=hidden)
    overrides = ROOT / "settings/labconfig/default_setting_overrides.json"
    shutil.copy(overrides, stage / "overrides.json")
    shutil.copy(LITE, stage)
    if pyodide:  # the builder looks for it there
        (stage / "static").mkdir()
        (stage / "static/pyodide").symlink_to(pyodide.resolve())
    wheels = [*map(_carried, FOR_PYTHON), _wheel_of_the_helpers(stage / "wheels")]
    extensions = [KERNEL_EXTENSION, *map(_carried, FOR_THE_PAGE)]
    options = {
        "LiteBuildConfig": {
            "apps": ["lab", "notebooks", "tree"],
            "federated_extensions": [str(path) for path in extensions],
            "ignore_sys_prefix": True,
            "no_sourcemaps": True,
        },
        "PipliteAddon": {"piplite_urls": [str(path) for path in wheels]},
    }
    (stage / "jupyter_lite_config.json").write_text(json.dumps(options), encoding="utf-8")
    _run(["jupyterlite_core", "build", "--output-dir", str(target)], stage)


def _carried(name: str) -> Path:
    """Return the wheel of a package in `WHEELS`."""
    (wheel,) = WHEELS.glob(f"{name}-*.whl")
    return wheel


def _wheel_of_the_helpers(folder: Path) -> Path:
    """Build the project's own wheel in `folder`, with the browser's start-up file; return it."""
    project = folder.parent / "project"
    for name in ("helpers", "data", "settings"):
        shutil.copytree(ROOT / name, project / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE"):
        shutil.copy(ROOT / name, project)
    described = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (project / "pyproject.toml").write_text(described + STARTUP, encoding="utf-8")
    _run(["hatchling", "build", "--target", "wheel", "--directory", str(folder)], project)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _run(command: list[str], folder: Path) -> None:
    """Run a module of the builder in `folder`; what it says is shown only if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(BUILDER)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stdout[-4000:]}")


def main(arguments: list[str]) -> int:
    """Build the site and say how to look at it; return the exit code."""
    parser = argparse.ArgumentParser(description="Build the notebooks as a web site.")
    parser.add_argument("target", type=Path)
    parser.add_argument("--pyodide", type=Path, help="a folder with a Pyodide distribution")
    options = parser.parse_args(arguments)
    try:
        build(options.target, options.pyodide)
    except (OSError, ValueError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    origin = "the site itself" if options.pyodide else "cdn.jsdelivr.net"
    print(f"The site is in {options.target}; browsers load Pyodide from {origin}.")
    print(f"To look at it: {sys.executable} -m http.server --directory {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
