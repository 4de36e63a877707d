"""Start the server of one student: hand out the notebooks, then `jupyterhub-singleuser`, lean.

The hub calls this file in place of `jupyterhub-singleuser`, with the same arguments. It runs as
the student, in the student's home, and imports nothing of the project, so that any Python with
JupyterHub in it can run it.

Importing `jupyterhub-singleuser` brings the hub's database along (SQLAlchemy, Alembic and the pages
of the hub: some 45 MiB), which only the hub has a use for, and a grammar of international web
addresses (16 MiB and a second of computing). Here stand-ins take their place. A stand-in refuses
whatever is asked of it, so nothing is allowed that would not be otherwise; and if a version of
JupyterHub cannot start with them, it starts without. With STUDENT_SERVER_PLAIN=1 in the
environment the notebooks are handed out, and all else is as JupyterHub has it.
"""

import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import NoReturn

HERE = Path(__file__).resolve().parent
COPIED = ("notebooks/*.ipynb", "data/*")
COPY = "convolution"  # the folder in the student's home

DATABASE = (
    "sqlalchemy",
    "sqlalchemy.exc",
    "jupyterhub.orm",
    "jupyterhub.roles",
    "jupyterhub.handlers",
    "jupyterhub.handlers.pages",
)
GRAMMAR = "rfc3987_syntax"  # jsonschema does without where it is not installed

# Every library would start a thread for each core of the machine, in each of hundreds of kernels.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")

# What a server frees goes back to the system (glibc reads these when a process starts): 6 MiB.
THRIFTY = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_TRIM_THRESHOLD_": "131072",  # bytes
    "MALLOC_MMAP_THRESHOLD_": "131072",
}


class NotHere(Exception):
    """Whatever would be looked up in the hub's database; it can be named, but not used."""

    def __new__(cls, *args: object, **kwargs: object) -> NoReturn:
        """Refuse."""
        raise RuntimeError("the server of a student has no database")


class StandIn(ModuleType):
    """A module in which every name stands for `NotHere`."""

    __path__: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> type[NotHere]:
        if name.startswith("__"):
            raise AttributeError(name)
        return NotHere


def hand_out(project: Path, home: Path) -> list[Path]:
    """Copy what the student does not have yet; return the new files.

    A file that is there is never touched: it may hold the student's work. To get a fresh copy, the
    student renames or deletes the old one and starts the server again.
    """
    new = []
    for pattern in COPIED:
        for source in sorted(project.glob(pattern)):
            target = home / COPY / source.relative_to(project)
            if not source.is_file() or target.exists():
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f".{target.name}.part")
            shutil.copyfile(source, unfinished)  # contents only: the copy may be written to
            unfinished.replace(target)
            new.append(target)
    return new


def load_lean() -> bool:
    """Import `jupyterhub.singleuser` with stand-ins, or as it is if it will not have them."""
    before = set(sys.modules)
    sys.modules[GRAMMAR] = None
    sys.modules.update({name: StandIn(name) for name in DATABASE})
    try:
        import jupyterhub.singleuser  # noqa: F401
    except Exception as error:
        for name in set(sys.modules) - before:
            del sys.modules[name]
        print(f"student_server: not lean, because of {error!r}", file=sys.stderr)
        return False
    return True


def start_thriftily() -> None:
    """Start this process again with `THRIFTY`; then take it away, so that kernels do without."""
    if all(name in os.environ for name in THRIFTY):
        for name in THRIFTY:
            del os.environ[name]
    else:
        os.execve(sys.executable, [sys.executable, *sys.argv], os.environ | THRIFTY)


def use_settings() -> None:
    """Point Jupyter to the settings beside this file, and libraries to one thread each."""
    folders = [str(HERE), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, folders))
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")


def main() -> None:
    """Hand out, set the environment, become the server."""
    plain = bool(os.environ.get("STUDENT_SERVER_PLAIN"))
    if not plain:
        start_thriftily()
    try:
        hand_out(HERE.parent, Path.home())
    except OSError as error:  # a full disk must not keep anybody from the files that are there
        print(f"student_server: not everything was handed out: {error}", file=sys.stderr)
    if not plain:
        use_settings()
        load_lean()
    from jupyterhub.singleuser import main as serve

    serve()


if __name__ == "__main__":
    main()
