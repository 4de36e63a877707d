"""The house around the code: what has to agree between its files, and what has to fail loudly."""

import ast
import doctest
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest
import yaml

from tools import check
from tools.book import Book, minutes, read

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
MOST_LINES = 400
MADE_HERE = {
    ".git",
    ".venv",
    ".venv-oldest",
    ".venv-classroom",
    ".hypothesis",
    ".ipynb_checkpoints",
    ".pytest_cache",
    ".ruff_cache",
}
MADE_HERE |= {"__pycache__", "build"}
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
    "explorers": {"numpy", "matplotlib", "PIL", "ipywidgets", "ipyevents", "IPython"},
}
MODULES = sorted((ROOT / "helpers").rglob("*.py"))
WITH_DOCTESTS = set(LAYERS) - {"__init__", "explorers"}  # these give no text
each_module = pytest.mark.parametrize(
    "path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "helpers"))
)


def lines_of(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def text_files():
    """All files of the project that a person reads or writes."""
    for folder, folders, files in os.walk(ROOT):
        folders[:] = [n for n in folders if n not in MADE_HERE and not n.endswith(".egg-info")]
        yield from (Path(folder, name) for name in files if Path(name).suffix in TEXT)


# --------------------------------------------------------------------------------- requirements


def test_conda_gets_what_pip_gets():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())
    *packages, with_pip = listed["dependencies"]
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert listed["channels"] == ["conda-forge"]
    assert re.fullmatch(r"python=3\.\d+", packages[0])  # Binder overlooks `>=` and takes its own
    assert int(packages[0].partition(".")[2]) >= int(python.partition(".")[2])
    assert packages[1] == "pip"
    assert packages[2:] == lines_of("requirements.txt")
    assert with_pip == {"pip": ["-e ."]}


def test_the_helpers_ask_for_the_same_versions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    readers = [line for line in lines_of("requirements.txt") if not line.startswith("jupyterlab")]
    assert project["dependencies"] == readers


def test_requirements_have_a_lower_bound_and_stand_once():
    developers = lines_of("requirements-dev.txt")
    assert developers[0] == "-r requirements.txt"
    every = lines_of("requirements.txt") + developers[1:]
    names = [re.fullmatch(r"([a-z-]+)>=[\d.]+(,<[\d.]+)?", line).group(1) for line in every]
    assert len(names) == len(set(names))


def test_the_oldest_versions_tried_are_those_promised():
    promised = dict(line.split(">=") for line in lines_of("requirements.txt"))
    tried = dict(line.split("==") for line in lines_of("tools/oldest.txt"))
    assert set(tried) == set(promised)
    assert all(f"{tried[name]}.".startswith(f"{promised[name]}.") for name in tried)


# ------------------------------------------------------------------------------------ documents


def make_targets():
    return set(re.findall(r"^([a-z-]+):(?!=).*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "CONTRIBUTING.md"])
def test_commands_in_the_documents_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    used = set(re.findall(r"(?:^|`)make ([\w-]+)", text, re.MULTILINE))
    assert {"test"} <= used <= make_targets()


def test_make_help_lists_every_target():
    makefile = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)", makefile, re.MULTILINE).group(1).split()
    command = ["make", "--no-print-directory", "help"]
    said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert {line.split()[0] for line in said.stdout.splitlines()[1:]} == set(phony)


def test_the_readme_lists_every_notebook_with_its_minutes():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"\]\(notebooks/(\w+\.ipynb)\).*\|\s*(\d+)\s*\|", text)
    assert rows == [(path.name, str(minutes(Book(path, read(path))))) for path in NOTEBOOKS]


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
        ways = re.findall(r"(?<![\w./])\.\./[\w./-]+", text) if path.suffix != ".py" else []
        for way in ways:
            if not (path.parent / way).resolve().is_relative_to(ROOT.resolve()):
                strangers.append(f"{path.name}: {way}")
    assert strangers == []


def test_contributors_find_every_module():
    _, text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| module |")
    listed = re.findall(r"^\| `(\w+)(?:\.py|/)` \|", text, re.MULTILINE)
    assert set(listed) == {
        p.relative_to(ROOT / "helpers").parts[0].removesuffix(".py") for p in MODULES
    } - {"__init__", "__pycache__"}


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
    assert layer in order, "a new module: say in LAYERS where it stands and what it may import"
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


@each_module
def test_what_is_public_is_documented(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = ast.FunctionDef | ast.ClassDef
    nodes = [n for n in tree.body if isinstance(n, kinds)]
    nodes += [m for n in nodes if isinstance(n, ast.ClassDef) for m in n.body]
    public = [n for n in nodes if isinstance(n, kinds) and not n.name.startswith("_")]
    assert ast.get_docstring(tree), "the module says nothing about itself"
    assert [node.name for node in public if not ast.get_docstring(node)] == []


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
    run = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


# --------------------------------------------------------------------------------------- set-up


def test_jupyterlab_gets_the_settings():
    """The news pop-up stays away only if JupyterLab finds the file in the environment."""
    name = "convolution-notebooks.json"
    installed = Path(sys.prefix, "share/jupyter/lab/settings/overrides.d", name)
    settings = json.loads((ROOT / "settings" / name).read_text())
    assert json.loads(installed.read_text()) == settings
    for plugin, values in settings.items():
        package, schema = plugin.split(":")
        folder = Path(sys.prefix, "share/jupyter")
        file = next(folder.glob(f"lab*/**/schemas/{package}/{schema}.json"))
        jsonschema.validate(values, json.loads(file.read_text()))
        assert set(values) <= set(json.loads(file.read_text())["properties"])


def make_environment(tmp_path, *pythons):
    script = ["sh", str(ROOT / "tools/make_environment.sh"), str(tmp_path / "env"), *pythons]
    env = {key: value for key, value in os.environ.items() if key != "CI"}
    return subprocess.run(script, capture_output=True, text=True, env=env, check=False)


def fake_python(path, script):
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_an_old_python_is_refused_and_said_why(tmp_path):
    old = fake_python(tmp_path / "python3.8", "exit 1")
    run = make_environment(tmp_path, old, str(tmp_path / "no-python"))
    assert run.returncode == 1
    assert "needs Python 3.11 or newer" in run.stderr
    assert not (tmp_path / "env").exists()


def test_a_python_without_venv_leaves_no_half_environment(tmp_path):
    script = 'case "$*" in *venv*) mkdir -p "$3" 2>/dev/null; exit 1;; *) exit 0;; esac'
    run = make_environment(tmp_path, fake_python(tmp_path / "python3.12", script))
    assert run.returncode == 1
    assert "apt-get install python3-venv" in run.stderr
    assert not (tmp_path / "env").exists()


def test_a_later_python_is_found_behind_an_old_one(tmp_path):
    old = fake_python(tmp_path / "python3.8", "exit 1")
    new = fake_python(tmp_path / "python3.12", '[ "$2" = venv ] && mkdir "$3"; exit 0')
    assert make_environment(tmp_path, old, new).returncode == 0
    assert (tmp_path / "env").exists()


# --------------------------------------------------------------------------------------- checks


def test_all_steps_run_and_one_failure_fails_the_check(monkeypatch, capfd):
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(check, "STEPS", {"bad": ("no_such_module",), "good": ("keyword",)})
    assert check.main() == 1
    said = capfd.readouterr().out
    assert re.search(r"FAILED +bad", said)
    assert re.search(r"passed +good", said)
    monkeypatch.setattr(check, "STEPS", {"good": ("keyword",)})
    assert check.main() == 0


def test_what_is_missing_is_said_and_in_ci_installed(monkeypatch):
    monkeypatch.setattr(check.shutil, "which", lambda command: None)
    names = ["chromium", "libreoffice-calc-nogui", "npm"]
    assert check.missing_packages() == names
    assert check.skipped(names).count("SKIPPED") == 3
    assert "apt-get install chromium libreoffice-calc-nogui npm" in check.skipped(names)
    commands = []
    monkeypatch.setattr(check.subprocess, "run", lambda command, **_: commands.append(command))
    check.install(names)
    assert [command[-2:] for command in commands] == [["update", "-q"], names[-2:]]
    assert commands[1][-len(names) :] == names


def test_what_needs_linux_is_left_out_elsewhere_and_said():
    assert check.left_out("linux") == []
    assert check.left_out_here("linux") == ""
    assert not any(flag.startswith("--ignore") for flag in check.STEPS["tests"])
    said = check.left_out_here("win32")
    assert said.count("NOT RUN on win32: tests/") == len(check.left_out("win32")) > 0
    needs = re.compile(r"needs_chromium|soffice|\[\"(?:sh|make)\"")
    files = sorted((ROOT / "tests").rglob("test_*.py"))
    found = [path for path in files if needs.search(path.read_text(encoding="utf-8"))]
    said_so = "what needs Chromium, LibreOffice or a shell stands in LINUX_ONLY of tools/check.py"
    assert {path.relative_to(ROOT).as_posix() for path in found} == {*check.LINUX_ONLY}, said_so


@pytest.mark.parametrize(("ci", "expected"), [("true", True), ("", False), ("false", False)])
def test_ci_is_recognised(monkeypatch, ci, expected):
    monkeypatch.setenv("CI", ci)
    assert check.in_ci() is expected
    monkeypatch.delenv("CI")
    assert not check.in_ci()


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_in_ci_a_skipped_test_fails(tmp_path, ci, code):
    shutil.copy(ROOT / "conftest.py", tmp_path)
    (tmp_path / "test_one.py").write_text(
        "import pytest\n"
        "def test_skips(): pytest.skip('no browser')\n"
        "@pytest.mark.xfail(reason='known')\n"
        "def test_known(): assert False\n"
        "def test_passes(): pass\n"
    )
    (tmp_path / "test_two.py").write_text("import pytest\npytest.importorskip('no_such_module')\n")
    env = {**os.environ, "CI": ci, "PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "xdist", "-n", "2"]
    run = subprocess.run(
        command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    assert run.returncode == code, run.stdout
    assert ("no browser" in run.stdout and "no_such_module" in run.stdout) == bool(code)
    assert "1 xfailed" in run.stdout


def test_the_public_checks_run_what_is_here():
    workflow = yaml.safe_load((ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8"))
    assert {"push", "pull_request", "schedule"} <= set(workflow[True])  # "on", to YAML
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", workflow[True]["schedule"][0]["cron"])
    jobs = workflow["jobs"]
    steps = [step for job in jobs.values() for step in job["steps"]]
    commands = " ; ".join(step.get("run", "") for step in steps)
    assert {"test", "test-oldest"} <= set(re.findall(r"make ([\w-]+)", commands)) <= make_targets()
    assert "python -m tools.check" in commands
    actions = [step["uses"] for step in steps if "uses" in step]
    assert [name for name in actions if not re.fullmatch(r"actions/[\w-]+@v\d+", name)] == []
    systems = {job["runs-on"].removesuffix("-latest") for job in jobs.values()}
    assert systems == {"ubuntu", "macos", "windows"}


def test_the_public_checks_try_every_python_that_make_looks_for():
    text = (ROOT / ".github/workflows/check.yml").read_text(encoding="utf-8")
    tried = set(re.findall(r"\b3\.\d+\b", text))
    wanted = re.search(r"^PYTHON \?= (.+)", (ROOT / "Makefile").read_text(), re.MULTILINE).group(1)
    assert tried == set(re.findall(r"3\.\d+", wanted))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = min(tried, key=lambda version: int(version.split(".")[1]))
    assert project["requires-python"] == f">={oldest}"
    jobs = yaml.safe_load(text)["jobs"]
    assert jobs["oldest"]["container"]["image"].startswith(f"python:{oldest}-")
    assert set(jobs["newest"]["strategy"]["matrix"]["python"]) == tried


def test_ci_repeats_the_closing_lines_and_keeps_the_exit_code(tmp_path):
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    closing = "========= 1 failed, 2 passed in 0.12s ========="
    for ending, code in (("exit 3", 2), ("exit 0", 0)):
        (tmp_path / "Makefile").write_text(f"test:\n\t@echo '{closing}'; echo more; {ending}\n")
        run = subprocess.run([str(tmp_path / ".ci/run")], capture_output=True, text=True)
        assert run.returncode == code
        assert run.stdout.strip().endswith(closing)
