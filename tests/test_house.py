"""The house around the code: what has to agree between its files, and what has to fail loudly."""

import ast
import doctest
import importlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from tools import check

ROOT = Path(__file__).parent.parent
MOST_LINES = 400
MADE_HERE = {".git", ".venv", ".venv-oldest", ".venv-classroom", "__pycache__", "build"}
MADE_HERE |= {"mutants", ".hypothesis", ".ipynb_checkpoints", ".pytest_cache", ".ruff_cache"}
PROSE = {".md", ".ipynb"}
TEXT = {".md", ".py", ".ipynb", ".toml", ".txt", ".yml", ".json", ".sh", ""}

# From the ground up: what each module may import from outside. From inside: only those above it.
LAYERS = {
    "__init__": set(),
    "arguments": {"numpy"},
    "convolution": {"numpy", "scipy"},
    "kernels": {"numpy"},
    "samples": {"numpy", "PIL"},
    "digits": {"numpy"},
    "layers": {"numpy"},
    "drawing": {"numpy", "matplotlib", "PIL"},
    "answers": {"numpy"},
    "exercises": {"numpy"},
    "explorers": {
        *("numpy", "matplotlib", "PIL", "ipywidgets", "anywidget", "traitlets"),
        "IPython",
    },
}
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
WITH_DOCTESTS = set(LAYERS) - {"__init__", "explorers"}  # these give no text
each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "helpers"))
)


def listed(name):
    """The lines of a file, without comments and empty ones."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def text_files():
    """All files of the project that a person reads or writes."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [n for n in folders if n not in MADE_HERE and not n.endswith(".egg-info")]
        yield from (Path(folder, name) for name in files if Path(name).suffix in TEXT)


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


# ----------------------------------------------------------------------------- getting started


def test_requirements_alone_install_the_helpers():
    assert listed("requirements.txt")[-1] == "-e ."
    assert listed("requirements-dev.txt")[0] == "-r requirements.txt"
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert re.fullmatch(r"python=3\.\d+", conda[0])  # Binder overlooks `>=` and takes its own
    assert conda[1:] == ["pip", {"pip": ["-r requirements.txt", "-c constraints.txt"]}]


def requirements():
    lines = listed("requirements.txt")[:-1] + listed("requirements-dev.txt")[1:]
    return [Requirement(line) for line in project()["dependencies"] + lines]


def test_each_bound_is_in_one_place_and_the_tested_version_keeps_it():
    names = [one.name for one in requirements()]
    assert len(names) == len(set(names))
    tested = dict(line.lower().split("==") for line in listed("constraints.txt"))
    for one in requirements():
        assert ">=" in str(one.specifier)
        assert one.specifier.contains(tested[one.name]), one


def test_the_oldest_versions_are_the_bounds(tmp_path):
    for name in ("Makefile", "pyproject.toml", "requirements.txt"):
        shutil.copy(ROOT / name, tmp_path)
    made = run("make", "build/oldest.txt", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    readers = {str(one) for one in requirements()[: len(project()["dependencies"]) + 1]}
    oldest = (tmp_path / "build/oldest.txt").read_text().split()
    assert {line.replace("==", ">=") for line in oldest} == readers


def test_a_clone_with_windows_line_endings_has_the_same_bytes(tmp_path):
    """Git for Windows sets core.autocrlf; data/README.md has checksums."""
    files = [".gitattributes", "data/digit_trials.csv", "data/cat.png", "tests/conftest.py"]
    for name in files:
        (tmp_path / "one" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / "one" / name)
    author = ("-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.autocrlf=true")
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-m", "all"]):
        assert run("git", *author, *command, cwd=tmp_path / "one").returncode == 0
    clone = run("git", "-c", "core.autocrlf=true", "clone", "-q", "one", "two", cwd=tmp_path)
    assert clone.returncode == 0, clone.stderr
    for name in files:
        assert (tmp_path / "two" / name).read_bytes() == (ROOT / name).read_bytes(), name


def test_the_install_puts_nothing_beside_its_packages():
    """Settings of a whole environment are for `make lab` and the hub to ask for."""
    paths = {str(path) for path in distribution("convolution-notebooks").files}
    assert [path for path in paths if path.startswith("..")] == []


def make_environment(tmp_path, *pythons):
    script = ["sh", str(ROOT / "tools/make_environment.sh"), str(tmp_path / "env"), *pythons]
    return run(*script, env={key: value for key, value in os.environ.items() if key != "CI"})


def fake_python(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_the_first_python_that_is_recent_enough_makes_the_environment(tmp_path):
    old = fake_python(tmp_path / "python3.8", "exit 1")
    refused = make_environment(tmp_path, old, str(tmp_path / "no-python"))
    assert refused.returncode == 1
    assert "needs Python 3.11 or newer" in refused.stderr
    script = 'case "$*" in *venv*) mkdir -p "$3" 2>/dev/null; exit 1;; *) exit 0;; esac'
    refused = make_environment(tmp_path, fake_python(tmp_path / "python3.12", script))
    assert refused.returncode == 1
    assert "apt-get install python3-venv" in refused.stderr
    assert not (tmp_path / "env").exists()
    new = fake_python(tmp_path / "python3.12", '[ "$2" = venv ] && mkdir "$3"; exit 0')
    assert make_environment(tmp_path, old, new).returncode == 0
    assert (tmp_path / "env").exists()


# ------------------------------------------------------------------------------------ documents


def make_targets():
    return set(re.findall(r"^([a-z-]+):(?!=).*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_in_the_documents_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|`)make ([\w-]+)", text, re.MULTILINE))
    assert {"test"} <= used <= make_targets()


def test_make_help_lists_every_target():
    phony = re.search(r"^\.PHONY: (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    lines = run("make", "--no-print-directory", "help", cwd=ROOT).stdout.splitlines()
    assert {line.split()[0] for line in lines[1:]} == set(phony.split())


@pytest.mark.parametrize("path", [p for p in text_files() if p.suffix == ".md"], ids=str)
def test_links_in_the_documents_lead_somewhere(path):
    links = re.findall(r"\]\(([^)\s#]+)", path.read_text(encoding="utf-8"))
    files = [link for link in links if not re.match(r"https?:|mailto:", link)]
    assert [link for link in files if not (path.parent / link).exists()] == []


def test_what_is_mentioned_is_part_of_the_project():
    """A reader has this folder and nothing else: no document from outside, no way up and out."""
    names = {path.name for path in text_files()}
    strangers = []
    for path in text_files():
        text = path.read_text(encoding="utf-8")
        strangers += [f"{path.name}: {m}" for m in re.findall(r"\w+\.md\b", text) if m not in names]
        for way in re.findall(r"(?<![\w./])\.\./[\w./-]+", text) * (path.suffix in PROSE):
            if not (path.parent / way).resolve().is_relative_to(ROOT.resolve()):
                strangers.append(f"{path.name}: {way}")
    assert strangers == []


def test_contributors_find_every_module():
    _, text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| module |")
    rows = set(re.findall(r"^\| `(\w+)(?:\.py|/)` \|", text, re.MULTILINE))
    assert rows == {layer_of(path) for path in MODULES} - {"__init__"}


# -------------------------------------------------------------------------------------- helpers


def layer_of(path):
    return path.relative_to(ROOT / "helpers").parts[0].removesuffix(".py")


def name_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports_of(path):
    """Yield (package, module of helpers or None) for every import, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            names = [node.module] if node.module != "helpers" else []
            names += [f"{node.module}.{a.name}" for a in node.names if node.module == "helpers"]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for package, *inner in (name.split(".") for name in names):
            yield package, inner[0] if package == "helpers" and inner else None


@each_module
def test_imports_point_downwards(path):
    order = list(LAYERS)
    layer = layer_of(path)
    assert layer in order, "a new module: enter it in LAYERS, with what it may import"
    for package, inner in imports_of(path):
        if package == "helpers":
            own = inner == layer and path.parent.name == layer
            assert own or order.index(inner) < order.index(layer), f"imports helpers.{inner}"
        elif package not in sys.stdlib_module_names:
            assert package in LAYERS[layer], f"imports {package}"


@each_module
def test_a_module_is_short(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= MOST_LINES, f"{lines} lines are two modules"


@pytest.mark.parametrize("layer", sorted({layer_of(path) for path in MODULES} & WITH_DOCTESTS))
def test_a_layer_shows_examples(layer):
    finder = doctest.DocTestFinder()
    modules = [importlib.import_module(name_of(p)) for p in MODULES if layer_of(p) == layer]
    assert any(test.examples for module in modules for test in finder.find(module))


def test_importing_changes_nothing():
    modules = [name_of(path) for path in MODULES]
    script = f"""
import importlib, sys, matplotlib
def settings():  # asking for the backend would import pyplot
    return {{key: matplotlib.rcParams[key] for key in matplotlib.rcParams if key != "backend"}}
before = settings()
for name in {modules}:
    importlib.import_module(name)
assert "matplotlib.pyplot" not in sys.modules, "pyplot was imported"
assert settings() == before, "rcParams changed"
"""
    done = run(sys.executable, "-c", script, cwd=ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --------------------------------------------------------------------------------------- checks


def test_all_steps_run_and_one_failure_fails_the_check(monkeypatch, capfd):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(check, "STEPS", {"bad": ("no_such_module",), "good": ("keyword",)})
    assert check.main([]) == 1
    printed = capfd.readouterr().out
    assert re.search(r"FAILED +bad", printed)
    assert re.search(r"passed +good", printed)
    assert "make test-weekly" in printed
    monkeypatch.setattr(check, "STEPS", {"good": ("keyword",)})
    assert check.main([]) == 0


def test_what_is_missing_is_named_and_in_ci_installed(monkeypatch):
    monkeypatch.setattr(check.shutil, "which", lambda command: None)
    names = check.missing_packages(check.WEEKLY_PACKAGES)
    assert set(check.SYSTEM_PACKAGES) <= set(names) == set(check.WEEKLY_PACKAGES)
    rows = "\n".join(check.not_run(names, weekly=True, system="linux"))
    assert rows.count("SKIPPED") == len(names)
    assert f"apt-get install {' '.join(names)}" in rows
    commands = []
    monkeypatch.setattr(check.subprocess, "run", lambda command, **_: commands.append(command))
    check.install(names)
    assert commands[0][-2:] == ["update", "-q"]
    assert commands[1][-len(names) :] == names


def test_what_needs_linux_is_left_out_elsewhere_by_name():
    for system, count in (("linux", 0), ("win32", len(check.LINUX_ONLY))):
        rows = "\n".join(check.not_run([], weekly=False, system=system))
        assert rows.count(f"NOT RUN on {system}: tests/") == count
        assert "make test-weekly" in rows
    needs = re.compile(
        r"""needs_(chromium|libreoffice)|\["sh"|run\("make", "[a-z]|with jupyterlab\("""
    )
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = {path for path in files if needs.search(path.read_text(encoding="utf-8"))}
    assert {path.relative_to(ROOT).as_posix() for path in found} == {*check.LINUX_ONLY}


def pytest_in(folder, *flags, **env):
    """Run pytest in a folder, with two workers and this project's conftest.py."""
    shutil.copy(ROOT / "conftest.py", folder)
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", **env}
    command = (sys.executable, "-m", *check.PYTEST[:1], "-p", "xdist", *flags)
    return run(*command, cwd=folder, env=env)


def test_the_tests_of_a_file_share_a_worker(tmp_path):
    """Or each worker would start a JupyterLab for the same file."""
    body = "import os, pytest\n@pytest.mark.parametrize('n', range(20))\ndef test_one(n):\n"
    for name in ("one", "two", "three"):
        (tmp_path / f"test_{name}.py").write_text(
            f"{body}    with open({name!r}, 'a') as f: print(os.getpid(), file=f)\n"
        )
    flags = ["-n", "2", *check.PYTEST[3:]]
    assert pytest_in(tmp_path, *flags).returncode == 0
    workers = [set((tmp_path / name).read_text().split()) for name in ("one", "two", "three")]
    assert [len(each) for each in workers] == [1, 1, 1]
    assert len(set.union(*workers)) == 2


@pytest.mark.parametrize("value", ["", "0", "false", "False"])
def test_not_every_value_of_ci_means_a_ci_machine(monkeypatch, value):
    monkeypatch.setenv("CI", value)
    assert not check.in_ci()


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_in_ci_a_skipped_test_fails(tmp_path, ci, code):
    (tmp_path / "test_one.py").write_text(
        "import pytest\n"
        "def test_skips(): pytest.skip('no browser')\n"
        "@pytest.mark.xfail(reason='known')\n"
        "def test_known(): assert False\n"
        "def test_passes(): pass\n"
    )
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    done = pytest_in(tmp_path, "-n", "2", CI=ci)
    assert done.returncode == code, done.stdout
    assert ("no browser" in done.stdout and "no_such_module" in done.stdout) == bool(code)
    assert "1 xfailed" in done.stdout


def test_the_public_checks_do_what_the_readme_says():
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    assert {"push", "pull_request", "schedule"} <= set(workflow[True])  # "on", to YAML
    jobs = workflow["jobs"]
    commands = "\n".join(s.get("run", "") for job in jobs.values() for s in job["steps"])
    assert set(re.findall(r"make ([\w-]+)", commands)) <= make_targets()
    section = (ROOT / "README.md").read_text(encoding="utf-8").partition("## Without make")[2]
    for block in re.findall(r"```\w+\n(.*?)```", section.partition("\n## ")[0], re.DOTALL):
        for line in block.strip().splitlines():
            assert line in commands, "a command of the README that no job runs"


def test_the_public_checks_try_every_python_that_make_looks_for():
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    tried = set(re.findall(r"\b3\.\d+\b", text))
    wanted = re.search(r"^PYTHON \?= (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    assert tried == set(re.findall(r"3\.\d+", wanted))
    oldest = min(tried, key=lambda version: int(version.split(".")[1]))
    assert project()["requires-python"] == f">={oldest}"
    assert yaml.safe_load(text)["jobs"]["oldest"]["container"]["image"].startswith(
        f"python:{oldest}-"
    )


def test_ci_repeats_the_closing_lines_and_keeps_the_exit_code(tmp_path):
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    closing = "========= 1 failed, 2 passed in 0.12s ========="
    for ending, code in (("exit 3", 2), ("exit 0", 0)):
        (tmp_path / "Makefile").write_text(f"test:\n\t@echo '{closing}'; echo more; {ending}\n")
        done = run(str(tmp_path / ".ci/run"))
        assert done.returncode == code
        assert done.stdout.strip().endswith(closing)
