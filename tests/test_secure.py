"""No network, no shell, no pickle, and nothing a reader types is run as code."""

import ast
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.exercises import check
from helpers.explorers import predict
from helpers.explorers.prediction import read_number
from tools import guard
from tools.check import STEPS

ROOT = Path(__file__).parent.parent
MODULES = sorted((ROOT / "helpers").rglob("*.py"))

# ----------------------------------------------------------------------- what the helpers contain

# Everything else is refused, so that a new import is a decision.
IMPORTS = {
    "base64",
    "collections",
    "contextlib",
    "copy",
    "dataclasses",
    "fractions",
    "functools",
}
IMPORTS |= {"html", "inspect", "io", "itertools", "math", "numbers", "operator", "pathlib", "re"}
IMPORTS |= {"reprlib", "struct", "sys", "time", "types", "typing", "warnings", "zlib"}
IMPORTS |= {"IPython", "PIL", "anywidget", "helpers", "ipywidgets", "matplotlib", "numpy", "scipy"}
IMPORTS |= {"datetime", "traitlets"}
SUBMODULES = {"importlib.util"}  # finds files, where importlib itself would run them
CALLS = {"eval", "exec", "compile", "__import__", "open", "input", "breakpoint", "globals", "vars"}
ATTRIBUTES = {"system", "popen", "loads", "eval", "exec_module", "memmap", "load_module"}
INNARDS = {"__globals__", "__builtins__", "__subclasses__", "__code__", "__reduce__", "__loader__"}


def offences(source: str) -> list[str]:
    """Say which imports, calls and names in a module could reach out or run text as code."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if not is_allowed(alias.name)]
        elif isinstance(node, ast.ImportFrom) and not is_allowed(node.module or "."):
            found.append(node.module or ".")
        elif isinstance(node, ast.Name) and node.id in CALLS | INNARDS:
            found += [node.id] if isinstance(node.ctx, ast.Load) else []
        elif isinstance(node, ast.Attribute) and node.attr in ATTRIBUTES | INNARDS:
            found.append(node.attr)
        elif isinstance(node, ast.Call):
            found += loading(node)
    return found


def is_allowed(module: str) -> bool:
    return module in SUBMODULES or module.split(".")[0] in IMPORTS


def loading(call: ast.Call) -> list[str]:
    """Say what a call of `load` or `Image.open` leaves open."""
    name = ast.unparse(call.func)
    keywords = {word.arg: ast.unparse(word.value) for word in call.keywords}
    if keywords.get("allow_pickle", "False") != "False":
        return ["allow_pickle"]
    if name.endswith("Image.open") and "formats" not in keywords:
        return ["Image.open without formats"]  # Pillow would hand some files to other programs
    return []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT / "helpers")))
def test_a_helper_neither_reaches_out_nor_runs_text(path):
    assert offences(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import pickle", ["pickle"]),
        ("import os.path", ["os.path"]),
        ("import numpy, subprocess as s", ["subprocess"]),
        ("from socket import create_connection", ["socket"]),
        ("from urllib.request import urlopen", ["urllib.request"]),
        ("from . import convolution", ["."]),
        ("import importlib", ["importlib"]),
        ("def f():\n    import requests", ["requests"]),
        ("x = eval('1')", ["eval"]),
        ("f = eval", ["eval"]),
        ("exec(text)", ["exec"]),
        ("code = compile(text, '', 'eval')", ["compile"]),
        ("__import__('os').system('true')", ["system", "__import__"]),
        ("open('file')", ["open"]),
        ("shell.popen('true')", ["popen"]),
        ("np.load(f, allow_pickle=True)", ["allow_pickle"]),
        ("np.load(f, allow_pickle=yes)", ["allow_pickle"]),
        ("Image.open(f)", ["Image.open without formats"]),
        ("().__class__.__subclasses__()", ["__subclasses__"]),
        ("f.__globals__['os']", ["__globals__"]),
        ("import re\nre.compile('a')\nnp.load(f, allow_pickle=False)", []),
        ("from importlib.util import find_spec\nImage.open(f, formats=('PNG',))", []),
    ],
)
def test_the_search_finds_what_it_is_for(source, found):
    assert sorted(offences(source)) == sorted(found)


# ---------------------------------------------------------------------------- what readers type

TYPED = {  # what is typed into a box for one number, and how it is read
    "__import__('os').system('true')": str,
    "eval('1+1')": str,
    "2**10**10": str,
    "10**9**9": str,
    "1+1": str,
    "(lambda: 1)()": str,
    "{0.__class__}": str,
    "%s%n": str,
    "0x10": str,
    "1e999": float("inf"),
    "-1e999": float("-inf"),
    "1e-999": 0.0,
    "1e999999999": float("inf"),
    "9" * 99: int("9" * 99),
    "9" * 10_000: str,
    "9" * 10**6: str,
    "0." + "1" * 10**6: str,
    "1/" + "9" * 10_000: str,
    "9" * 97 + "/1": float("9" * 97),
    "1/0": str,
    "0/0": str,
    "1/3": 1 / 3,
    "nan": lambda value: value != value,
    "\0": str,
    "\ud800": str,
    "": ...,
    "...": ...,
    " −1,5 ": -1.5,
}
MOST_SECONDS = 1.0  # of the processor, for one answer


@pytest.mark.parametrize("text", TYPED, ids=lambda text: ascii(text)[:30])
def test_a_typed_answer_is_read_as_a_number_or_stays_text(text):
    start, expected = time.process_time(), TYPED[text]
    value = read_number(text)
    if expected is str:
        assert isinstance(value, str)
    elif callable(expected):
        assert expected(value)
    else:
        assert value == expected
    assert check(text, 28).correct in (False, None)
    assert check([text], [28, 1]).correct in (False, None)
    assert time.process_time() - start < MOST_SECONDS


def test_every_typed_answer_gets_a_verdict_and_the_explorer_goes_on():
    explorer = predict([[1, 2], [3, 4]], [[1]], position=(0, 0))
    for text in TYPED:
        start = time.process_time()
        explorer.controls["answer"].value = text
        explorer.controls["check"].click()
        assert explorer.verdict.correct in (False, None)
        assert explorer.message == ""
        assert time.process_time() - start < MOST_SECONDS
    explorer.controls["answer"].value = "1"
    assert explorer.verdict.correct is True
    explorer.close()


WATCHED = """
import sys
from helpers.exercises import check
from helpers.explorers.prediction import read_number
seen = []
watched = ("compile", "exec", "import", "open", "os.", "socket.", "subprocess.", "pickle.")
def read(text):
    read_number(text), check(text, 28), check([text], [28, 1])
for text in ("1", "a", "1/3", "[1]", ""):
    read(text)  # what Python and NumPy load the first time is loaded now
sys.addaudithook(lambda event, _: seen.append(event) if event.startswith(watched) else None)
for text in TYPED:
    read(text)
print(sorted(set(seen)))
eval("1")  # the hook is alive
assert "exec" in seen and "compile" in seen
"""


def test_python_itself_reports_that_nothing_typed_is_compiled_run_opened_or_sent():
    code = WATCHED.replace("TYPED", repr([text for text in TYPED if len(text) < 10**5]))
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert (run.returncode, run.stdout) == (0, "[]\n"), run.stderr


# ---------------------------------------------------------------------------------- the network

AWAY = "192.0.2.1"  # reserved for documentation (RFC 5737): nobody is there
ATTEMPTS = {
    "connect": f"socket.socket().connect(('{AWAY}', 80))",
    "connect_ex": f"socket.socket().connect_ex(('{AWAY}', 80))",
    "IPv6": "socket.socket(socket.AF_INET6).connect(('2001:db8::1', 80))",
    "create_connection": f"socket.create_connection(('{AWAY}', 80), timeout=1)",
    "UDP": f"socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('{AWAY}', 53))",
    "getaddrinfo": "socket.getaddrinfo('example.org', 80)",
    "gethostbyname": "socket.gethostbyname('example.org')",
    "urllib": "urllib.request.urlopen('http://example.org', timeout=1)",
    "asyncio": f"asyncio.run(asyncio.open_connection('{AWAY}', 80))",
    "beneath the surface": f"_socket.socket().connect(('{AWAY}', 80))",
}
LISTENING = """
import asyncio, _socket, socket, urllib.request
server = socket.create_server(("127.0.0.1", 0))
socket.create_connection(server.getsockname()).close()
socket.getaddrinfo("localhost", 80), socket.getaddrinfo(None, 80)
print("here")
"""
HIDDEN = "try:\n    {}\nexcept OSError:\n    print('refused')\n"


def guarded(folder: Path) -> dict[str, str]:
    """The environment of a process behind the guard, whose list begins empty."""
    environment = {k: v for k, v in os.environ.items() if k not in (guard.LOG, "PYTHONPATH")}
    environment["TMPDIR"] = str(folder)
    environment["PYTHONPATH"] = str(ROOT)
    guard.put_up(environment)
    return environment


def test_the_guard_refuses_whatever_leaves_this_machine_and_nothing_else(tmp_path):
    environment = guarded(tmp_path)
    code = LISTENING + "".join(HIDDEN.format(attempt) for attempt in ATTEMPTS.values())
    run = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True
    )
    assert run.stdout.split() == ["here", *["refused"] * len(ATTEMPTS)], run.stderr
    told = guard.refused(environment)
    assert len(told) >= len(ATTEMPTS)
    assert all(AWAY in line or "example.org" in line or "2001:db8" in line for line in told)
    guard.take_down(environment)
    assert guard.refused(environment) == []


def notebook(path: Path, source: str, *printed: str) -> None:
    """Store a notebook with one cell."""
    outputs = [nbformat.v4.new_output("stream", name="stdout", text=text) for text in printed]
    cell = new_code_cell(source, execution_count=1, outputs=outputs)
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    nbformat.write(new_notebook(cells=[cell], metadata=kernel), path)


def test_the_check_fails_if_a_notebook_reaches_out_and_hides_it(tmp_path):
    """Both notebooks print what is stored; one could only do so because it hid an error."""
    shutil.copy(ROOT / "conftest.py", tmp_path)
    hiding = f"import socket\n{HIDDEN.format(ATTEMPTS['getaddrinfo'])}"
    notebook(tmp_path / "stays_here.ipynb", LISTENING, "here\n")
    notebook(tmp_path / "hides.ipynb", hiding, "refused\n")
    environment = {k: v for k, v in os.environ.items() if k not in (guard.LOG, "CI")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "nbval.plugin", "-p", "no:cacheprovider"]
    command += ["--nbval", "--nbval-current-env", "."]
    run = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert "2 passed" in run.stdout, run.stdout + run.stderr
    assert run.returncode == 1
    refused = [line for line in run.stdout.splitlines() if "no network here" in line]
    assert len(refused) == 1
    assert "socket.getaddrinfo to 'example.org'" in refused[0]


def test_all_notebooks_are_run_by_the_step_that_puts_the_guard_up():
    command = STEPS["notebooks"]
    assert "--nbval" in command
    assert command[-1] == "notebooks"
