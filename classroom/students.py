"""Let a class of students use a JupyterHub on this machine, all at the same time, and report.

`make classroom STUDENTS=10` calls this. Every student logs in, gets a server, opens a notebook,
runs all of its cells and drags sliders, over the same HTTP and websockets as JupyterLab does.
"""

import argparse
import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import aiohttp
import psutil

from classroom import hub as hubs
from classroom.browser import Student, Trouble
from classroom.report import Memory, text, verdict

NOTEBOOKS = Path(__file__).resolve().parent.parent / "notebooks"
MOST_STUDENTS, MOST_MOVES, MOST_MINUTES = 200, 1000, 60
MOST_SECONDS = 60  # between moves, and between students
BROKEN = (Trouble, aiohttp.ClientError, TimeoutError, OSError)


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="classroom.students", description=__doc__)
    parser.add_argument("--students", type=_whole(1, MOST_STUDENTS), default=10, metavar="N")
    parser.add_argument("--notebook", default="03_two_dimensions.ipynb", metavar="NAME")
    parser.add_argument(
        "--moves", type=_whole(0, MOST_MOVES), default=30, help="of sliders, for each student"
    )
    parser.add_argument(
        "--pause", type=seconds, default=0.25, metavar="S", help="from a picture to a move"
    )
    parser.add_argument(
        "--stagger", type=seconds, default=0.0, metavar="S", help="from student to student"
    )
    parser.add_argument("--minutes", type=_whole(1, MOST_MINUTES), default=10, help="at most")
    parser.add_argument(
        "--plain", action="store_true", help="servers as JupyterHub has them, for comparison"
    )
    parser.add_argument("--log", type=Path, help="a file for what hub and servers print")
    options = parser.parse_args(given)
    if not (NOTEBOOKS / options.notebook).is_file():
        parser.error(f"there is no notebook {options.notebook} in {NOTEBOOKS}")
    return options


def _whole(least: int, most: int) -> Callable[[str], int]:
    def number(text: str) -> int:
        if not (text.lstrip("-").isdecimal() and least <= int(text) <= most):
            raise argparse.ArgumentTypeError(f"{text} is not from {least} to {most}")
        return int(text)

    return number


def seconds(text: str) -> float:
    """Read how long to wait; also `nan`, with which a student would never come, is refused."""
    if not 0 <= float(text) <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"{text} is not from 0 to {MOST_SECONDS}")
    return float(text)


async def together(students: list[Student], act: Callable[[Student], Awaitable]) -> None:
    """Let all students do something at once; whoever fails says so and takes no further part."""

    async def one(student: Student) -> None:
        try:
            await act(student)
        except BROKEN as error:
            student.visit.errors.append(str(error) or type(error).__name__)

    await asyncio.gather(*(one(student) for student in students if not student.visit.errors))


async def lesson(students: list[Student], hub: hubs.Hub, options: argparse.Namespace) -> None:
    """Do one thing after the other, each with all students at the same time."""

    async def arrive(student: Student) -> None:
        await asyncio.sleep(student.number * options.stagger)
        await student.log_in()

    say(f"{len(students)} students log in at {hub.address}")
    await together(students, arrive)
    say(f"they open {options.notebook}")
    await together(students, lambda student: student.open_notebook(options.notebook))
    say("they run all cells")
    await together(students, Student.run_cells)
    before = note_computing(students, hub)
    if options.moves:
        say(f"they move sliders, {options.moves} times each")
        await together(students, lambda s: s.move_sliders(options.moves, options.pause))
    after = note_computing(students, hub)
    for student in students:
        name = student.visit.name
        student.visit.computing = before.get(name, 0.0)
        student.visit.moving = after.get(name, 0.0) - before.get(name, 0.0)


def note_computing(students: list[Student], hub: hubs.Hub) -> dict[str, float]:
    """Return what each student's server and kernels have computed; note their memory."""
    used = {}
    for student in students:
        try:
            server, kernels = hub.processes(student.visit.name)
            student.visit.server = hubs.memory(server)
            student.visit.kernel = sum(map(hubs.memory, kernels), Memory())
            used[student.visit.name] = sum(map(hubs.computing, [server, *kernels]))
        except (ProcessLookupError, psutil.Error) as error:
            student.visit.errors.append(f"its processes are gone: {error}")
    return used


async def attend(options: argparse.Namespace) -> int:
    """Start the hub, hold the lesson, print the report; return the exit code."""
    async with (
        hubs.running(options.log, plain=options.plain) as hub,
        contextlib.AsyncExitStack() as stack,
    ):
        coming = [Student(number, hub.address) for number in range(options.students)]
        students = [await stack.enter_async_context(student) for student in coming]
        try:
            async with asyncio.timeout(60 * options.minutes):
                await lesson(students, hub, options)
        except TimeoutError:
            students[0].visit.errors.append(f"not done after {options.minutes} minutes")
        visits = [student.visit for student in students]
        print(text(visits, hub.memory(), options.notebook))
        code = verdict(visits)
        if code:
            say(f"the end of the hub's log:\n{hub.last_lines()}")
        return code


def say(words: str) -> None:
    """Tell what is going on, beside the report."""
    print(f"# {words}", file=sys.stderr, flush=True)


def main() -> int:
    """Run from the command line; Ctrl-C and SIGTERM end everything that was started."""
    options = arguments()

    async def until_told() -> int:
        this = asyncio.current_task()
        for told in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(told, this.cancel)
        return await attend(options)

    try:
        return asyncio.run(until_told())
    except asyncio.CancelledError:
        say("stopped, and everything with it")
        return 130


if __name__ == "__main__":
    sys.exit(main())
