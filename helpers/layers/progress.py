"""A progress bar of plain text: in a notebook, a terminal and a log it is one line."""

import sys
import time

WIDTH = 30  # characters
WIDEST = 79  # characters of bar and note, which are wiped out at the end; a terminal has 80
SIGNS = "█░"
PLAIN_SIGNS = "#."  # for a stream that cannot write them
PAUSE = 0.1  # seconds between two drawings: reading takes longer than computing


class Progress:
    """Count steps on one line that is written over itself.

    The last line has no times and no losses in it, so that it is the same on every machine.

    Examples
    --------
    >>> print(Progress(2))
    ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░ 0 of 2 steps
    """

    def __init__(self, total: int, shown: bool = True) -> None:
        self.total, self.shown = total, shown
        self.done, self.last = 0, -PAUSE
        self.signs = SIGNS
        try:
            SIGNS.encode(getattr(sys.stdout, "encoding", None) or "utf-8")
        except UnicodeEncodeError:
            self.signs = PLAIN_SIGNS

    def advance(self, note: str = "") -> None:
        """Count one more step; `note` is beside the bar until the next one."""
        self.done += 1
        now = time.monotonic()
        if now - self.last >= PAUSE:
            self.last = now
            self._write("\r" + f"{self}, {note}"[:WIDEST].ljust(WIDEST))

    def close(self) -> None:
        """Write the line a last time."""
        self._write(f"\r{' ' * WIDEST}\r{self}\n")

    def __str__(self) -> str:
        filled = WIDTH * self.done // self.total
        bar = self.signs[0] * filled + self.signs[1] * (WIDTH - filled)
        return f"{bar} {self.done} of {self.total} steps"

    def _write(self, text: str) -> None:
        if self.shown:
            print(text, end="", flush=True)  # noqa: T201
