"""Run every check; `make test` calls this.

All steps run, also when an earlier one fails, so that one run shows everything there is to mend.
Where the environment variable CI is set, missing system packages are installed, and a skipped
test counts as a failure (see conftest.py). On other systems than Linux, some files are left out,
and the summary says which and why. `python -m tools.check weekly` runs what is rare and slow.
"""

import os
import shutil
import subprocess
import sys
import time

# Test files that need Debian's packages or a Unix shell, and what for.
LINUX_ONLY = {
    "tests/test_accessible.py": "opens explorers in Chromium",
    "tests/test_book.py": "opens the book in Chromium",
    "tests/test_browser.py": "opens the notebooks in Chromium",
    "tests/test_classroom.py": "starts a JupyterHub with make",
    "tests/test_front.py": "opens explorers in Chromium",
    "tests/test_house.py": "runs make and shell scripts",
    "tests/test_site.py": "opens the site in Chromium",
    "tests/test_slides.py": "opens the slides in Chromium",
    "tests/test_spreadsheet.py": "recalculates the spreadsheet in LibreOffice",
}


def left_out(system: str = sys.platform) -> list[str]:
    """Return the test files that do not run on a system."""
    return [] if system == "linux" else list(LINUX_ONLY)


MOST_WORKERS = 8  # each of them may open a browser
WORKERS = min(os.cpu_count() or 1, MOST_WORKERS)
# By file, because each file starts its JupyterLab, site or LibreOffice once; in the order in which
# tests/conftest.py puts the files, the slowest first.
PYTEST = ("pytest", "-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
HERE = tuple(f"--ignore={name}" for name in left_out())
STEPS = {
    "layout": ("ruff", "format", "--check", "."),
    "style": ("ruff", "check", "."),
    "tests": (*PYTEST, "-m", "not weekly", *HERE),
    "notebooks": (
        *(*PYTEST, "--nbval", "--nbval-current-env", "--nbval-cell-timeout", "120"),
        "notebooks",
    ),
}
WEEKLY = {"weekly": (*PYTEST, "-m", "weekly", *HERE)}

# Debian package -> the command that shows it is there, and what is skipped without it.
SYSTEM_PACKAGES = {"chromium": ("chromium", "the tests that open a browser")}
WEEKLY_PACKAGES = {
    **SYSTEM_PACKAGES,
    "libreoffice-calc-nogui": ("soffice", "the test that recalculates the spreadsheet"),
    "npm": ("npm", "the test that lets students into a JupyterHub"),
}


def in_ci() -> bool:
    """Say whether this is a CI machine, on which everything has to run."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false")


def missing_packages(packages: dict[str, tuple[str, str]]) -> list[str]:
    """Return those of the system packages that this machine lacks."""
    if left_out():
        return []
    return [name for name, (command, _) in packages.items() if not shutil.which(command)]


def install(packages: list[str]) -> None:
    """Install Debian packages; tests that still miss one then say so themselves."""
    as_root = [] if os.geteuid() == 0 else ["sudo"]
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-q"], ["install", "-q", "-y", *packages]):
        subprocess.run([*as_root, "apt-get", *command], env=quiet, check=False)


def not_run(missing: list[str], *, weekly: bool, system: str = sys.platform) -> list[str]:
    """Say what does not run here, why not, and how to change that."""
    rows = [f"  NOT RUN on {system}: {name}, which {LINUX_ONLY[name]}" for name in left_out(system)]
    rows += [f"  SKIPPED: {WEEKLY_PACKAGES[name][1]}, for want of {name}" for name in missing]
    if missing:
        rows.append(f"  To run them too: sudo apt-get install {' '.join(missing)}")
    if not weekly:
        rows.append("  NOT RUN: what is rare and slow. To run it: make test-weekly, make mutants")
    if not os.environ.get("PYODIDE_DISTRIBUTION"):  # see tests/test_site.py
        rows.append(
            "  NOT RUN: every notebook in the browser's own Python. "
            "To run them: PYODIDE_DISTRIBUTION=/folder/with/pyodide make test-weekly"
        )
    return rows


def run(name: str, command: tuple[str, ...]) -> str:
    """Run one step and return its line in the summary."""
    print(f"\n== {name}: {' '.join(command)}", flush=True)
    start = time.perf_counter()
    code = subprocess.run([sys.executable, "-m", *command], check=False).returncode
    result = "passed" if code == 0 else "FAILED"
    return f"  {result}  {name:<10} {time.perf_counter() - start:6.1f} s"


def main(arguments: list[str]) -> int:
    """Run all steps, or with "weekly" the rare ones; return the exit code."""
    weekly = arguments == ["weekly"]
    steps, packages = (WEEKLY, WEEKLY_PACKAGES) if weekly else (STEPS, SYSTEM_PACKAGES)
    if in_ci() and missing_packages(packages):
        install(missing_packages(packages))
    notes = not_run(missing_packages(packages), weekly=weekly)
    print(*notes, sep="\n")
    results = [run(name, command) for name, command in steps.items()]
    print("\n== summary", *results, *notes, sep="\n")
    return int(any("FAILED" in line for line in results))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
