"""The list of mutants: each changes a line that is still there, and the verdict is honest."""

import ast

import pytest

from tools.mutants import ROOT, broken, verdict
from tools.mutations import MUTATIONS, Mutation

SHOWN = Mutation("a", "convolution.py", "x", "y", "convolution")
HIDDEN = SHOWN._replace(shown=False)


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda mutation: mutation.what)
def test_a_mutation_changes_a_line_of_the_helpers_into_other_python(mutation):
    source = (ROOT / "helpers" / mutation.file).read_text(encoding="utf-8")
    assert ast.dump(ast.parse(broken(mutation, source))) != ast.dump(ast.parse(source))
    for name in mutation.tests.split():
        assert (ROOT / "tests" / f"test_{name}.py").is_file()


def test_there_are_enough_of_them_and_no_name_stands_twice():
    assert len(MUTATIONS) >= 40
    assert len({mutation.what for mutation in MUTATIONS}) == len(MUTATIONS)


@pytest.mark.parametrize("source", ["a = 1", "x x"])
def test_a_line_that_is_gone_or_stands_twice_is_named(source):
    with pytest.raises(ValueError, match=r"'x' stands \d times in helpers/convolution\.py"):
        broken(SHOWN, source)


@pytest.mark.parametrize(
    ("mutations", "results", "code"),
    [
        ([SHOWN], [(True, True)], 0),
        ([SHOWN], [(False, True)], 1),
        ([SHOWN], [(True, False)], 1),
        ([HIDDEN], [(True, False)], 0),
        ([SHOWN] * 10, [(True, True)] * 9 + [(True, False)], 0),
        ([SHOWN] * 10, [(True, True)] * 8 + [(True, False)] * 2, 1),
        ([], [], 1),
    ],
)
def test_the_verdict_asks_for_all_by_tests_and_nine_in_ten_by_notebooks(
    mutations, results, code, capsys
):
    assert verdict(mutations, results) == code
    assert "Noticed by the tests" in capsys.readouterr().out
