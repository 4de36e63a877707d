"""A hub of our own, on this machine: started, measured, and gone afterwards."""

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import AsyncIterator
from pathlib import Path

import psutil

from classroom.report import Memory

HERE = Path(__file__).resolve().parent
PROXY = Path(sys.prefix, "node_modules", ".bin", "configurable-http-proxy")
THIS_MACHINE = "127.0.0.1"
TO_START, TO_STOP = 60, 20  # seconds
LAST_LINES = 15
NODE_MISSING = (
    "Node.js is missing: JupyterHub's proxy runs on it. Install it (Debian and Ubuntu: "
    "sudo apt-get install nodejs npm; conda: conda install nodejs) and try again."
)
PROXY_MISSING = (
    f"JupyterHub's proxy is missing: {PROXY}. It is what `make classroom` gets from npm; to get it "
    f"again, remove {Path(sys.prefix, '.hub')} and run `make classroom`."
)


class Hub:
    """A running hub.

    Attributes
    ----------
    address : str
        Where students log in.
    log : Path
        What the hub and the servers print.
    """

    def __init__(self, process: subprocess.Popen, address: str, log: Path) -> None:
        self.address = address
        self.log = log
        self._process = psutil.Process(process.pid)
        self._popen = process

    def processes(self, student: str) -> tuple[psutil.Process, list[psutil.Process]]:
        """Return the server of a student, and its kernels."""
        for process in self._process.children(recursive=True):
            if process.environ().get("JUPYTERHUB_USER") == student:
                return process, process.children(recursive=True)
        raise ProcessLookupError(f"{student} has no server")

    def memory(self) -> Memory:
        """Return the memory of hub and proxy."""
        own = [self._process]
        for child in self._process.children(recursive=True):
            if "JUPYTERHUB_USER" not in child.environ():
                own.append(child)
        return sum(map(memory, own), Memory())

    def last_lines(self) -> str:
        """Return the end of the log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LAST_LINES:])

    async def is_up(self) -> bool:
        """Wait until students can log in; False if the hub ended before or takes too long."""
        for _ in range(10 * TO_START):
            if self._popen.poll() is not None:
                return False
            with contextlib.suppress(OSError):  # also "502, no hub yet" from the proxy
                await asyncio.to_thread(urllib.request.urlopen, f"{self.address}/hub/health")
                return True
            await asyncio.sleep(0.1)
        return False

    def stop(self) -> None:
        """End the hub with all servers and kernels, by force if they do not go by themselves."""
        try:
            all_of_it = [self._process, *self._process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return
        self._process.send_signal(signal.SIGTERM)
        _, left = psutil.wait_procs(all_of_it, timeout=TO_STOP)
        for process in left:
            process.kill()
        psutil.wait_procs(left, timeout=TO_STOP)


def memory(process: psutil.Process) -> Memory:
    """Return the memory of a process; all of it where the system does not know its share."""
    sizes = process.memory_full_info()
    return Memory(sizes.rss, getattr(sizes, "pss", sizes.rss))


def computing(process: psutil.Process) -> float:
    """Return the seconds of a core that a process has used."""
    times = process.cpu_times()
    return times.user + times.system


def free_ports(count: int) -> list[int]:
    """Return ports of this machine that nobody listens on."""
    sockets = [socket.create_server((THIS_MACHINE, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@contextlib.asynccontextmanager
async def running(log: Path | None = None, *, plain: bool = False) -> AsyncIterator[Hub]:
    """Start a hub in a folder of its own; end it and remove the folder, whatever happens."""
    if not shutil.which("node"):
        raise SystemExit(NODE_MISSING)
    if not PROXY.exists():
        raise SystemExit(PROXY_MISSING)
    folder = Path(tempfile.mkdtemp(prefix="classroom-"))
    ports = free_ports(3)
    env = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "CLASSROOM_TRIAL": str(folder),
        "CLASSROOM_PORTS": " ".join(map(str, ports)),
        "CLASSROOM_PROXY": str(PROXY),
    }
    if plain:
        env["CLASSROOM_PLAIN"] = "1"
    command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "trial_config.py")]
    log = log or folder / "hub.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stdout=out, stderr=out, start_new_session=True
        )
    hub = Hub(process, f"http://{THIS_MACHINE}:{ports[0]}", log)
    try:
        if not await hub.is_up():
            raise SystemExit(f"The hub did not start. The end of its log:\n{hub.last_lines()}")
        yield hub
    finally:
        hub.stop()
        shutil.rmtree(folder, ignore_errors=True)
