"""Write the public addresses of the notebooks into README.md (`make links`).

    python -m tools.links OWNER/NAME [--branch main] [--site ADDRESS]

They stand between two comments in README.md, and nowhere else. Without a repository, those lines
say how to set one: a badge that leads nowhere is worse than none.
"""

import argparse
import re
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
BEGIN = "<!-- written by `make links` -->\n"
END = "<!-- end of what `make links` writes -->\n"
START = "notebooks/00_start_here.ipynb"

UNKNOWN = """\
This copy has no public address yet. Once it lies on GitHub,
`make links REPOSITORY=owner/name SITE=https://address/of/the/site` writes the links to Binder,
Colab, nbviewer and the site into these lines. `SITE` may be left out.
"""
KNOWN = """\
[![Open in Binder](https://mybinder.org/badge_logo.svg)](https://mybinder.org/v2/gh/{repository}/{branch}?urlpath=lab/tree/{start})
[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)](https://colab.research.google.com/github/{repository}/blob/{branch}/{start})

Read without running: [nbviewer](https://nbviewer.org/github/{repository}/tree/{branch}/notebooks/).
"""
SITE = """
Run in your browser, nothing installed: <{site}>
"""
COLAB = """
Colab lacks the helpers. Run this in a new first cell, once for each notebook:

```python
%pip install --quiet git+https://github.com/{repository}@{branch}
from google.colab import output
output.enable_custom_widget_manager()  # for pointing at cells and drawing
```
"""


def links(repository: str, branch: str = "main", site: str = "") -> str:
    """Return the lines for README.md.

    Parameters
    ----------
    repository : str
        "owner/name" on GitHub, or "" where there is none.
    branch, site : str
        The branch that is shown; where the site is published, or "".

    Raises
    ------
    ValueError
        For anything that would make a dead link.
    """
    if not repository:
        if site:
            raise ValueError(f"site={site!r} without a repository: name both, or none")
        return UNKNOWN
    if not re.fullmatch(r"[A-Za-z0-9-]+/[\w.-]*\w[\w.-]*", repository):
        raise ValueError(f"repository={repository!r}: allowed is owner/name, as on GitHub")
    if not re.fullmatch(r"[\w./-]+", branch):
        raise ValueError(f"branch={branch!r}: allowed is the name of a branch or tag")
    if site and not re.fullmatch(r"https?://[^\s<>]+", site):
        raise ValueError(f"site={site!r}: allowed is an address that begins with https://")
    text = KNOWN + (SITE if site else "") + COLAB
    return text.format(repository=repository, branch=branch, site=site, start=START)


def replaced(text: str, lines: str) -> str:
    """Return the text of README.md with `lines` between the two comments."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md has no place for links: the lines {BEGIN!r} and {END!r}")
    return before + begin + lines + end + after


def main(arguments: list[str]) -> int:
    """Write the links; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the public addresses into README.md.")
    parser.add_argument("repository", help='owner/name on GitHub, or "" for none')
    parser.add_argument("--branch", default="main")
    parser.add_argument("--site", default="", help="where the site is published")
    options = parser.parse_args(arguments)
    try:
        lines = links(options.repository, options.branch, options.site)
        text = replaced(README.read_text(encoding="utf-8"), lines)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 1
    README.write_text(text, encoding="utf-8", newline="\n")
    print(f"README.md: {options.repository or 'no public address'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
