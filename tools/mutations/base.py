"""One mutation."""

from typing import NamedTuple


class Mutation(NamedTuple):
    """In `file` (in helpers/), `before` becomes `after`."""

    what: str
    file: str
    before: str
    after: str
    tests: str
    notebooks: str = ""
    shown: bool = True
