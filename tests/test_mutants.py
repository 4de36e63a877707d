"""The wrong helpers that notebooks are given: each is wrong, in a function that is there."""

import subprocess
import sys

import pytest

from tools import mutants
from tools.mutants import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_a_wrong_helper_takes_the_place_of_a_right_one(mutant):
    """Appended to its module it runs, so what it replaces exists."""
    module = f"helpers.{mutant.module.removesuffix('.py').replace('/', '.')}"
    script = f"import {module} as m; exec({mutant.source!r}, vars(m))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
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
