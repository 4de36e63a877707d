"""Break the helpers on purpose, one line at a time, and see who notices (`make mutants`).

    python -m tools.mutants [WORD ...]     only the mutants with one of these words in their name

Each mutant lives in a copy of the project. The unit tests that know the line run first, then the
notebooks under strict nbval. A table says for each mutant who noticed; the exit code is 0 if the
tests notice every one, and nbval 90 % of those that change a number shown in a notebook.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tools.check import STEPS
from tools.mutations import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parent.parent
COPIED = ("helpers", "notebooks", "data", "tests", "tools", "settings")
FILES = ("pyproject.toml", "conftest.py")
CAUGHT_BY_NOTEBOOKS = 0.9
PATIENCE = 600  # seconds; a mutant that never ends is noticed as well


def broken(mutation: Mutation, source: str) -> str:
    """Return the source with the mutation in it; the line has to stand there exactly once.

    Raises
    ------
    ValueError
        If it does not: then the helper has changed, and the list of mutations has to follow.
    """
    if source.count(mutation.before) != 1:
        raise ValueError(
            f"{mutation.what}: {mutation.before!r} stands {source.count(mutation.before)} times "
            f"in helpers/{mutation.file}: allowed is once"
        )
    return source.replace(mutation.before, mutation.after)


def copy_project(target: Path) -> None:
    """Copy what the checks need."""
    ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "node_modules")
    for name in COPIED:
        shutil.copytree(ROOT / name, target / name, ignore=ignored)
    for name in FILES:
        shutil.copy2(ROOT / name, target / name)


def fails(folder: Path, *arguments: str) -> bool:
    """Run pytest in the copy; return whether anything fails there."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *arguments]
    own = {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {k: v for k, v in os.environ.items() if k != "CI"} | own
    try:
        run = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, timeout=PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return True
    if run.returncode not in (0, 1, 2):  # no tests, wrong usage, an error inside pytest
        raise RuntimeError(run.stdout.decode()[-2000:] + run.stderr.decode()[-2000:])
    return run.returncode != 0


def tests_notice(folder: Path, mutation: Mutation) -> bool:
    """Run the unit tests that know the line."""
    return fails(folder, *(f"tests/test_{name}.py" for name in mutation.tests.split()))


def notebooks_notice(folder: Path, mutation: Mutation) -> bool:
    """Run the notebooks that are likely to show it, then all the others."""
    strict = [*STEPS["notebooks"][3:-1]]
    every = sorted(path.relative_to(folder) for path in (folder / "notebooks").glob("*.ipynb"))
    likely = [str(path) for path in every if path.name[:2] in mutation.notebooks.split()]
    others = [str(path) for path in every if str(path) not in likely]
    return (bool(likely) and fails(folder, *strict, *likely)) or fails(
        folder, "-n", "2", *strict, *others
    )


def check_the_unbroken(folder: Path) -> None:
    """Raise if the copy fails without any mutant: then nobody would notice anything."""
    names = sorted({name for mutation in MUTATIONS for name in mutation.tests.split()})
    if fails(folder, "-n", "2", *(f"tests/test_{name}.py" for name in names)):
        raise RuntimeError("the tests fail without any mutant: `make test` says which")
    if fails(folder, "-n", "2", *STEPS["notebooks"][3:-1], "notebooks"):
        raise RuntimeError("the notebooks fail without any mutant: `make test` says which")


def trial(mutation: Mutation, folder: Path) -> tuple[bool, bool]:
    """Return whether the unit tests and the notebooks notice one mutant."""
    path = folder / "helpers" / mutation.file
    sound = path.read_text(encoding="utf-8")
    path.write_text(broken(mutation, sound), encoding="utf-8")
    try:
        return tests_notice(folder, mutation), notebooks_notice(folder, mutation)
    finally:
        path.write_text(sound, encoding="utf-8")


def main(words: list[str]) -> int:
    """Try all mutants, or those with one of the words in their name; return the exit code."""
    chosen = [m for m in MUTATIONS if not words or any(word in m.what for word in words)]
    results = []
    print("| mutant | file | shown | tests | notebooks |\n|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copy_project(folder)
        check_the_unbroken(folder)
        for mutation in chosen:
            found = trial(mutation, folder)
            results.append(found)
            cells = ["yes" if each else "**no**" for each in found]
            shown = "yes" if mutation.shown else "no"
            print("|", " | ".join([mutation.what, mutation.file, shown, *cells]), "|", flush=True)
    return verdict(chosen, results)


def verdict(chosen: list[Mutation], results: list[tuple[bool, bool]]) -> int:
    """Print who noticed how many; return 0 if that is enough."""
    by_tests = sum(tests for tests, _ in results)
    shown = [notebook for m, (_, notebook) in zip(chosen, results, strict=True) if m.shown]
    print(f"\nNoticed by the tests: {by_tests} of {len(results)}.")
    print(f"Noticed by the notebooks: {sum(shown)} of {len(shown)} that change a number shown.")
    enough = by_tests == len(results) and sum(shown) >= CAUGHT_BY_NOTEBOOKS * len(shown)
    return 0 if results and enough else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
