"""Runs notebooks without a network: what they start inherits the guard in tools/offline."""

import os
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

from tools.offline.sitecustomize import LOG

FOLDER = Path(__file__).parent / "offline"


def put_up(environment: MutableMapping[str, str]) -> None:
    """Let every Python that is started with this environment refuse the network."""
    if LOG in environment:  # a worker of the process that has put it up
        return
    others = [environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else []
    environment["PYTHONPATH"] = os.pathsep.join([str(FOLDER), *others])
    handle, environment[LOG] = tempfile.mkstemp(prefix="blocked-network-", suffix=".txt")
    os.close(handle)


def refused(environment: MutableMapping[str, str]) -> list[str]:
    """Return what the guard has refused so far, also where an error was hidden."""
    log = environment.get(LOG)
    return Path(log).read_text(encoding="utf-8").splitlines() if log else []


def take_down(environment: MutableMapping[str, str]) -> None:
    """Forget what was refused."""
    if LOG in environment:
        Path(environment.pop(LOG)).unlink(missing_ok=True)
