"""Build the notebooks as a web site that runs them in the reader's browser (`make site`).

    python -m tools.site FOLDER [--pyodide DISTRIBUTION]

The site is JupyterLite: JupyterLab as static files, with Pyodide, which is Python for browsers, as
its kernel. Notebooks and data are copied from their folders. The helpers, as the wheel that
pyproject.toml describes, and the few packages that Pyodide lacks lie beside them, and the kernel
has them before its first cell runs. Building asks the network for nothing.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILDER = Path(sys.prefix) / "jupyterlite"  # what requirements-site.txt names; see the Makefile
WHEELS = BUILDER / "wheels"  # what tools/site_wheels.txt names
FOR_PYTHON = ("anywidget", "comm", "ipywidgets", "psygnal")
FOR_THE_PAGE = ("anywidget", "jupyterlab_widgets")  # these wheels hold an extension of JupyterLab
KERNEL_EXTENSION = BUILDER / "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension"
CONTENTS = ("notebooks", "data")
START = "lab/index.html?path=notebooks/00_start_here.ipynb"

KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
PYODIDE = "0.27.7"  # the version that the notebooks were run with
CDN = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
CORE = (
    *("pyodide.js", "pyodide.asm.js", "pyodide.asm.wasm"),
    *("python_stdlib.zip", "pyodide-lock.json"),
)
# Fetched while Python starts: what the kernel asks for anyway, and what the helpers import.
FROM_PYODIDE = ("micropip", "ssl", "sqlite3", "jedi", "ipython")
FROM_PYODIDE += ("matplotlib", "numpy", "pillow", "scipy", "typing-extensions")
# The environment in the browser is this project's own, so the wheel may bring a start-up file.
STARTUP = """
[tool.hatch.build.targets.wheel.shared-data]
"settings/ipython_startup.py" = "etc/ipython/startup/50-convolution-notebooks.py"
"""
# Pyodide reads an address as the kernel's worker does, from extensions/@jupyterlite/.../static/.
TO_THE_ROOT = "../../../../"


def build(target: Path, pyodide: Path | None = None) -> None:
    """Build the site in `target`, which is replaced.

    Parameters
    ----------
    target : Path
        The folder to serve afterwards.
    pyodide : Path or None
        A folder with a Pyodide distribution: what the notebooks need of it becomes part of the
        site. None: browsers load Pyodide from its public address, `CDN`.

    Raises
    ------
    FileNotFoundError, ValueError
        The builder is not installed, or the distribution is another one or incomplete.
    """
    if not WHEELS.is_dir():
        raise FileNotFoundError(f"{BUILDER} is missing: `make site` installs what builds the site")
    needed = pyodide_files(pyodide) if pyodide else []
    if target.exists():
        _check_replaceable(target)
        shutil.rmtree(target)
    with tempfile.TemporaryDirectory() as scratch:
        _run_builder(_staged(Path(scratch), local=bool(pyodide)), target)
    for file in needed:
        _copy(file, target / "static/pyodide" / file.name)
    _open_the_first_notebook(target)
    _let_sliders_have_the_arrow_keys(target)


def pyodide_files(folder: Path) -> list[Path]:
    """Return the files of a distribution that the notebooks need, after checking each one.

    Raises
    ------
    ValueError
        For another version, and for files that are missing or are not what the lock file says.
    """
    lock_file = folder / "pyodide-lock.json"
    if not lock_file.is_file():
        raise ValueError(f"{folder} has no pyodide-lock.json: it is not a Pyodide distribution")
    lock = json.loads(lock_file.read_text(encoding="utf-8"))
    if lock["info"]["version"] != PYODIDE:
        raise ValueError(
            f"{folder} is Pyodide {lock['info']['version']}, this site needs {PYODIDE}"
        )
    needed = dict.fromkeys(CORE)
    for name in with_dependencies(FROM_PYODIDE, lock["packages"]):
        needed[lock["packages"][name]["file_name"]] = lock["packages"][name]["sha256"]
    wrong = [name for name, digest in needed.items() if not _is_intact(folder / name, digest)]
    if wrong:
        raise ValueError(f"missing from {folder}, or damaged: {', '.join(wrong)}")
    return [folder / name for name in needed]


def with_dependencies(names: Iterable[str], packages: dict[str, dict]) -> list[str]:
    """Return `names` and everything they depend on, each once; `packages` as in a lock file.

    >>> with_dependencies(["b"], {"a": {"depends": []}, "b": {"depends": ["a"]}})
    ['b', 'a']
    """
    found: list[str] = []
    waiting = list(names)
    while waiting:
        name = waiting.pop(0)
        if name not in found:
            found.append(name)
            waiting += [_key(dependency) for dependency in packages[name]["depends"]]
    return found


def _key(name: str) -> str:
    """Return the name under which a lock file lists a package: prompt_toolkit is prompt-toolkit."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _is_intact(file: Path, digest: str | None) -> bool:
    """Say whether a file is there and, where the digest is known, whole."""
    if not file.is_file():
        return False
    return digest is None or hashlib.sha256(file.read_bytes()).hexdigest() == digest


def _check_replaceable(target: Path) -> None:
    """Raise unless `target` is empty or a site: everything in it is about to be deleted."""
    if any(target.iterdir()) and not (target / "jupyter-lite.json").is_file():
        raise ValueError(f"{target} is in the way: it has files, and they are not a site")


def _staged(folder: Path, local: bool) -> Path:
    """Put together what JupyterLite reads: contents, wheels, settings."""
    for name in CONTENTS:
        hidden = shutil.ignore_patterns(".*")
        shutil.copytree(ROOT / name, folder / "files" / name, ignore=hidden)
    overrides = ROOT / "settings/labconfig/default_setting_overrides.json"
    shutil.copy(overrides, folder / "overrides.json")
    wheels = [*map(_carried, FOR_PYTHON), _wheel_of_the_helpers(folder / "wheels")]
    extensions = [KERNEL_EXTENSION, *map(_carried, FOR_THE_PAGE)]
    loaded = [*FROM_PYODIDE, *(f"{TO_THE_ROOT}pypi/{wheel.name}" for wheel in wheels)]
    kernel = {
        "pyodideUrl": "./static/pyodide/pyodide.js" if local else f"{CDN}pyodide.js",
        "loadPyodideOptions": {"packages": loaded},
    }
    page = {"appName": "Convolution, one window at a time", "litePluginSettings": {KERNEL: kernel}}
    _write(
        folder / "jupyter-lite.json",
        {"jupyter-lite-schema-version": 0, "jupyter-config-data": page},
    )
    _write(
        folder / "jupyter_lite_config.json",
        {
            "LiteBuildConfig": {
                "apps": ["lab"],
                "federated_extensions": [str(path) for path in extensions],
                "ignore_sys_prefix": True,
                "no_sourcemaps": True,
            },
            "PipliteAddon": {"piplite_urls": [str(path) for path in wheels]},
        },
    )
    return folder


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


def _run_builder(stage: Path, target: Path) -> None:
    _run(["jupyterlite_core", "build", "--output-dir", str(target.resolve())], stage)


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


def _write(path: Path, values: dict) -> None:
    path.write_text(json.dumps(values, indent=1), encoding="utf-8")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _open_the_first_notebook(target: Path) -> None:
    """Lead from the address of the site to notebook 00 instead of an empty JupyterLab."""
    known = r"await import\('\./config-utils\.js[^']*'\);"
    _patch([target / "index.html"], known, f"window.location.replace({START!r});")


def _let_sliders_have_the_arrow_keys(target: Path) -> None:
    """Start JupyterLab as it starts itself: a widget sees a key before the shortcuts do.

    Otherwise an arrow key on a slider moves to another cell (as in JupyterLite 0.6.4).
    """
    known = r"(new \w+\.JupyterLab\(\{.{,400}await \w+\.start\()\)"
    _patch(sorted((target / "build").glob("*.js")), known, r"\1{bubblingKeydown:true})")


def _patch(files: list[Path], known: str, new: str) -> None:
    """Replace what one of the files is known to say once, or say that JupyterLite has changed."""
    texts = {file: file.read_text(encoding="utf-8") for file in files}
    found = [file for file, text in texts.items() for _ in re.finditer(known, text)]
    if len(found) != 1:
        raise ValueError(f"{len(found)} times in this JupyterLite, 1 is expected: {known}")
    found[0].write_text(re.sub(known, new, texts[found[0]]), encoding="utf-8")


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
    origin = "the site itself" if options.pyodide else CDN
    print(f"The site is in {options.target}; browsers load Pyodide from {origin}.")
    print(f"To look at it: {sys.executable} -m http.server --directory {options.target}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
