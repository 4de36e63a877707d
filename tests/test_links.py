"""The public addresses in README.md: written in one place, and none that leads nowhere."""

import re

import pytest

from tools import links as links_tool
from tools.lab import ROOT
from tools.links import BEGIN, END, START, UNKNOWN, links, replaced

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_links_name_the_repository_and_a_notebook_that_is_there():
    text = links("ada/notebooks", "v1.0", "https://ada.example.org/")
    assert (ROOT / START).is_file()
    addresses = re.findall(r"\((https://[^)\s]+)\)|<(https://[^>]+)>", text)
    addresses = [a or b for a, b in addresses if not a.endswith(".svg")]
    assert addresses == [
        f"https://mybinder.org/v2/gh/ada/notebooks/v1.0?urlpath=lab/tree/{START}",
        f"https://colab.research.google.com/github/ada/notebooks/blob/v1.0/{START}",
        "https://nbviewer.org/github/ada/notebooks/tree/v1.0/notebooks/",
        "https://ada.example.org/",
    ]
    assert "git+https://github.com/ada/notebooks@v1.0\n" in text
    assert "{" not in text


def test_without_an_address_there_is_no_badge_but_the_way_to_get_one():
    assert links("") == UNKNOWN
    assert "https://mybinder" not in UNKNOWN
    assert "make links REPOSITORY=" in UNKNOWN
    assert "nothing installed: <" not in links("ada/notebooks")


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("notebooks",), "repository='notebooks'"),
        (("https://github.com/ada/notebooks",), "repository="),
        (("ada/..",), "repository='ada/..'"),
        (("ada/notebooks", "my branch"), "branch='my branch'"),
        (("ada/notebooks", "main", "ada.example.org"), "site='ada.example.org'"),
        (("", "main", "https://ada.example.org"), "without a repository"),
    ],
)
def test_what_would_be_a_dead_link_is_refused(arguments, named):
    with pytest.raises(ValueError, match=re.escape(named)):
        links(*arguments)


def test_writing_twice_changes_nothing_and_going_back_is_possible(tmp_path, monkeypatch, capsys):
    readme = tmp_path / "README.md"
    readme.write_text(README, encoding="utf-8")
    monkeypatch.setattr(links_tool, "README", readme)
    assert links_tool.main(["ada/notebooks"]) == 0
    once = readme.read_text(encoding="utf-8")
    assert once.count("mybinder.org/v2/gh/ada/notebooks/main") == 1
    assert links_tool.main(["ada/notebooks"]) == 0
    assert readme.read_text(encoding="utf-8") == once
    assert links_tool.main(["../ada"]) == 1
    assert "allowed is owner/name" in capsys.readouterr().err
    assert readme.read_text(encoding="utf-8") == once
    assert links_tool.main([""]) == 0
    assert readme.read_text(encoding="utf-8") == replaced(README, UNKNOWN)


def test_a_readme_without_the_two_comments_is_left_alone():
    for text in ("# Title\n", BEGIN, END, END + BEGIN):
        with pytest.raises(ValueError, match="no place for links"):
            replaced(text, "lines")


def test_addresses_stand_only_between_the_two_comments():
    before, _, rest = README.partition(BEGIN)
    outside = before + rest.partition(END)[2]
    assert not re.search(r"mybinder\.org|colab\.research|nbviewer\.org", outside)
