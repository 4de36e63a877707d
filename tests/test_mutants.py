"""The wrong helpers that notebooks are given: each is wrong, in a function that is there."""

import subprocess
import sys

from tools import mutants
from tools.mutants import ROOT, Mutant


def test_wrong_helpers_take_the_place_of_right_ones():
    """Appended to its module, each of them runs: so what it replaces exists."""
    script = """
from importlib import import_module
from tools.mutants import MUTANTS
for mutant in MUTANTS:
    name = mutant.module.removesuffix(".py").replace("/", ".")
    exec(mutant.source, dict(vars(import_module(f"helpers.{name}"))))
"""
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_nine_of_ten_have_to_be_noticed(monkeypatch, capsys):
    chosen = [Mutant(f"{number}", "", "", "") for number in range(10)]
    monkeypatch.setattr(mutants, "MUTANTS", chosen)
    monkeypatch.setattr(mutants, "copy_project", lambda folder: None)
    monkeypatch.setattr(mutants, "differs", lambda folder, notebooks: False)
    for missed, code in ((1, 0), (2, 1)):
        monkeypatch.setattr(mutants, "is_noticed", lambda m, _, n=missed: int(m.what) >= n)
        assert mutants.main([]) == code
        assert f"{10 - missed} of 10" in capsys.readouterr().out
