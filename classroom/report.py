"""What was measured, in Markdown, and what follows from it for a larger course."""

import math
import os
import platform
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

MIB = 2**20
GIB = 2**30
MOST_ERRORS = 20  # shown
COURSE = 200  # students
ARRIVAL = 5 * 60  # seconds in which all of them come
MOVING = 0.1  # of them at the same moment
PACE = 4  # moves a second


@dataclass
class Memory:
    """Memory of a process, in bytes: all that it maps, and its share of it.

    The share counts a page that ten processes use as a tenth; it is what adds up to the memory of
    the machine.
    """

    mapped: int = 0
    share: int = 0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.mapped + other.mapped, self.share + other.share)


@dataclass
class Visit:
    """What one student saw.

    Attributes
    ----------
    start, ready, run : float or None
        Seconds from logging in to JupyterLab, from there to a kernel that answers, and from the
        first cell to the end of the last; None for what was not reached.
    moves : list of float
        Seconds from a move of a slider to the new picture.
    server, kernel : Memory
        After everything.
    computing, moving : float
        Seconds of a core, up to the last cell and for all moves.
    errors : list of str
        What went wrong.
    """

    name: str
    start: float | None = None
    ready: float | None = None
    run: float | None = None
    moves: list[float] = field(default_factory=list)
    server: Memory = field(default_factory=Memory)
    kernel: Memory = field(default_factory=Memory)
    computing: float = 0.0
    moving: float = 0.0
    errors: list[str] = field(default_factory=list)


def percentile(values: Iterable[float], percent: float) -> float:
    """Return the smallest value that `percent` % of the values do not exceed (nearest rank).

    NaN where there are no values.

    >>> percentile([1, 2, 3, 4], 50), percentile([1, 2, 3, 4], 95), percentile([7], 5)
    (2, 4, 7)
    """
    if not 0 < percent <= 100:
        raise ValueError(f"percent is {percent}, but has to be above 0 and at most 100")
    ranked = sorted(values)
    return ranked[math.ceil(percent / 100 * len(ranked)) - 1] if ranked else math.nan


def measured(visits: Sequence[Visit]) -> list[tuple[str, str]]:
    """Return the rows of the table: what was measured, and the result."""
    moves = [1000 * seconds for visit in visits for seconds in visit.moves]
    return [
        ("from logging in to JupyterLab: half of them, the last", _times(v.start for v in visits)),
        ("from there to a kernel that answers", _times(v.ready for v in visits)),
        ("running all cells of the notebook", _times(v.run for v in visits)),
        (
            f"slider to new picture, {len(moves)} moves: p50, p95",
            f"{percentile(moves, 50):.0f} ms, {percentile(moves, 95):.0f} ms",
        ),
        ("memory of a student: share, all it maps", _sizes(v.server + v.kernel for v in visits)),
        ("of that the server", _sizes(v.server for v in visits)),
        ("of that the kernel", _sizes(v.kernel for v in visits)),
        ("errors", str(sum(len(visit.errors) for visit in visits))),
    ]


def _times(values: Iterable[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{percentile(known, 50):.1f} s, {percentile(known, 100):.1f} s"


def _sizes(memories: Iterable[Memory]) -> str:
    known = list(memories)
    share, mapped = _mean([m.share for m in known]), _mean([m.mapped for m in known])
    return f"{share / MIB:.0f} MiB, {mapped / MIB:.0f} MiB"


def _mean(values: Sequence[float]) -> float:
    return statistics.fmean(values) if values else math.nan


def arithmetic(visits: Sequence[Visit], hub: Memory, students: int = COURSE) -> list[str]:
    """Return what `students` students need, as lines that can be checked with a pencil."""
    each = _mean([v.server.share + v.kernel.share for v in visits])
    computing = _mean([v.computing for v in visits])
    moves = sum(len(visit.moves) for visit in visits)
    move = sum(visit.moving for visit in visits) / moves if moves else math.nan
    moving = round(MOVING * students)
    return [
        f"Memory: {hub.share / MIB:.0f} MiB for hub and proxy + {students} × {each / MIB:.0f} MiB "
        f"= {(hub.share + students * each) / GIB:.1f} GiB.",
        f"Beginning of a lecture: {students} × {computing:.1f} s of computing in "
        f"{ARRIVAL // 60} minutes = {students * computing / ARRIVAL:.1f} cores.",
        f"After it: {moving} of them pulling sliders, {PACE} moves a second each, "
        f"{1000 * move:.0f} ms of computing a move = {moving * PACE * move:.1f} cores.",
    ]


def verdict(visits: Sequence[Visit]) -> int:
    """Return the exit code: 0 if all came to the end of the notebook without an error."""
    return int(any(visit.errors or visit.run is None for visit in visits))


def text(visits: Sequence[Visit], hub: Memory, notebook: str) -> str:
    """Return the whole report."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    rows = [f"| {name} | {value} |" for name, value in measured(visits)]
    errors = [f"{visit.name}: {error}" for visit in visits for error in visit.errors]
    return "\n".join(
        [
            f"| {len(visits)} students at once, `{notebook}`, {machine} | |",
            "|---|---|",
            *rows,
            "",
            f"For {COURSE} students on machines like this one:",
            "",
            *(f"- {line}" for line in arithmetic(visits, hub)),
            *(["", "Errors:", *errors[:MOST_ERRORS]] if errors else []),
        ]
    )
