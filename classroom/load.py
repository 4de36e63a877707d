"""Let a class of students use a JupyterHub on this machine, all at the same time, and report.

`make classroom STUDENTS=10` calls this. Each student logs in, gets a server, opens a notebook, runs
all of its cells and drags sliders, over the same HTTP and websockets as JupyterLab.
"""

import argparse
import itertools
import json
import math
import os
import platform
import secrets
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import psutil
import requests
import websocket
from jupyter_client.connect import LocalPortCache
from jupyter_client.session import Session
from jupyter_server.services.kernels.connection.base import (
    deserialize_msg_from_ws_v1,
    serialize_msg_to_ws_v1,
)

HERE = Path(__file__).resolve().parent
PROXY = Path(sys.prefix, "node_modules", ".bin", "configurable-http-proxy")
THIS_MACHINE = "127.0.0.1"
NOTEBOOKS = "convolution/notebooks"
WEBSOCKET = "v1.kernel.websocket.jupyter.org"
VIEW = "application/vnd.jupyter.widget-view+json"
SLIDERS = ("IntSliderModel", "FloatSliderModel")
PATIENCE = 600  # seconds for any one answer
DRAG = 5  # moves of one slider before the hand goes to the next
ALLOWED = {"students": (1, 200), "moves": (1, 1000), "pause": (0, 60)}
MIB, GIB = 2**20, 2**30
COURSE, ARRIVAL, MOVING, PACE = 200, 300, 0.1, 4  # students, seconds, share of them, moves a second


class Trouble(Exception):
    """Something that a student would call broken."""


class Student:
    """One student with a browser of their own; `measured` holds seconds.

    `number`, from 0, decides with which slider the student begins; `hub` is an address such as
    http://127.0.0.1:8000, and all students log in with the same password.
    """

    def __init__(self, number: int, hub: str, password: str) -> None:
        self.number, self.name = number, f"student{number + 1}"
        self.error = ""
        self.measured: dict[str, float] = {}
        self.moves: list[float] = []
        self._hub, self._password = hub, password
        self._server = f"{hub}/user/{self.name}"
        self._http = requests.Session()
        self._messages = Session()
        self._states: dict[str, dict] = {}  # of the widgets, by the id of their comm
        self._shown: list[str] = []  # the widgets that cells have shown

    def _ask_for(self, method: str, address: str, **options) -> requests.Response:
        answer = self._http.request(method, address, timeout=PATIENCE, **options)
        answer.raise_for_status()
        return answer

    def log_in(self) -> None:
        """Log in, and ask for JupyterLab until it comes."""
        self._ask_for("GET", f"{self._hub}/hub/login")
        form = {"username": self.name, "password": self._password}
        form["_xsrf"] = self._http.cookies.get("_xsrf", path="/hub/")
        self._ask_for("POST", f"{self._hub}/hub/login", data=form)
        while True:  # until then come pages that say "wait", and "busy: try again"
            page = self._http.get(f"{self._hub}/hub/spawn", timeout=PATIENCE)
            if page.status_code == 500:
                raise Trouble("the server did not start")
            if page.url.startswith(self._server) and "jupyter-config-data" in page.text:
                return
            time.sleep(0.25)

    def open(self, name: str) -> None:
        """Fetch a notebook, start its kernel, and wait until that answers."""
        path = f"{NOTEBOOKS}/{name}"
        self._address = f"{self._server}/api/contents/{path}"
        self._notebook = self._ask_for("GET", self._address).json()["content"]
        xsrf = self._http.cookies.get("_xsrf", path=f"/user/{self.name}/")
        self._http.headers["X-XSRFToken"] = xsrf
        kernel = {"path": path, "name": name, "type": "notebook", "kernel": {"name": "python3"}}
        started = self._ask_for("POST", f"{self._server}/api/sessions", json=kernel)
        cookies = "; ".join(f"{one.name}={one.value}" for one in self._http.cookies)
        address = f"{self._server}/api/kernels/{started.json()['kernel']['id']}/channels"
        self._socket = websocket.create_connection(
            address.replace("http", "ws", 1),
            cookie=cookies,
            subprotocols=[WEBSOCKET],
            timeout=PATIENCE,
        )
        list(self._ask("kernel_info_request", {}))

    def _ask(self, kind: str, content: dict) -> Iterator[tuple[str, dict, int]]:
        """Send a message; yield kind, content and number of buffers of what comes back."""
        asked = self._messages.msg(kind, content)
        frame = serialize_msg_to_ws_v1(asked, "shell", self._messages.pack)
        self._socket.send_binary(frame)
        awaited = {"idle"} if kind == "comm_msg" else {"idle", "reply"}
        while awaited:
            _, parts = deserialize_msg_from_ws_v1(self._socket.recv())
            header, parent, _, answer = (json.loads(part) for part in parts[:4])
            kind = header["msg_type"]
            self._note(kind, answer)
            if parent.get("msg_id") == asked["header"]["msg_id"]:
                if kind == "error":
                    raise Trouble(f"{answer['ename']}: {answer['evalue']}")
                awaited.discard("reply" if kind.endswith("_reply") else "")
                awaited.discard(answer.get("execution_state", ""))
                yield kind, answer, len(parts) - 4

    def _note(self, kind: str, content: dict) -> None:
        """Keep what a browser knows about widgets."""
        if kind in ("display_data", "execute_result") and VIEW in content["data"]:
            self._shown.append(content["data"][VIEW]["model_id"])
        elif kind == "comm_close":
            self._states.pop(content["comm_id"], None)
        elif kind in ("comm_open", "comm_msg") and "state" in content["data"]:
            self._states.setdefault(content["comm_id"], {}).update(content["data"]["state"])

    def run_cells(self) -> None:
        """Run all cells in order, and save the notebook."""
        for cell in self._notebook["cells"]:
            if cell["cell_type"] == "code":
                code = {"code": "".join(cell["source"]), "silent": False, "store_history": True}
                list(self._ask("execute_request", code | {"stop_on_error": True}))
        document = {"type": "notebook", "format": "json", "content": self._notebook}
        self._ask_for("PUT", self._address, json=document)

    def sliders(self) -> list[str]:
        """Return the sliders that explorers on the page have, and that can be moved."""

        def inside(item: str) -> Iterator[str]:
            yield item
            for child in self._states.get(item, {}).get("children", ()):
                yield from inside(child.removeprefix("IPY_MODEL_"))

        def can_move(state: dict) -> bool:
            movable = state.get("_model_name") in SLIDERS and not state.get("disabled")
            return movable and state["max"] - state["min"] >= state["step"]

        items = itertools.chain.from_iterable(inside(root) for root in self._shown)
        return [item for item in items if can_move(self._states.get(item, {}))]

    def move_sliders(self, moves: int, pause: float) -> None:
        """Drag sliders to and fro, and note how long each new picture takes."""
        directions: dict[str, int] = {}
        for move in range(moves):
            sliders = self.sliders()
            if not sliders:
                raise Trouble("no explorer has a slider")
            slider = sliders[(self.number + move // DRAG) % len(sliders)]
            state, turn = self._states[slider], directions.get(slider, 1)
            if not state["min"] <= state["value"] + turn * state["step"] <= state["max"]:
                turn = -turn
            directions[slider] = turn
            state["value"] = round(state["value"] + turn * state["step"], 9)
            data = {"method": "update", "state": {"value": state["value"]}, "buffer_paths": []}
            self._move(slider, data)
            time.sleep(pause)

    def _move(self, slider: str, data: dict) -> None:
        start, pictures = time.perf_counter(), []
        for _, _, buffers in self._ask("comm_msg", {"comm_id": slider, "data": data}):
            if buffers:
                pictures.append(time.perf_counter() - start)
        if not pictures:
            name = self._states[slider].get("description")
            raise Trouble(f"no new picture after {name!r} was moved")
        self.moves.append(pictures[0])


@contextmanager
def hub(password: str) -> Iterator[tuple[str, psutil.Process, Path]]:
    """Start a hub in a folder of its own; yield address, process and log; end it in any case."""
    if not shutil.which("node") or not PROXY.exists():
        raise SystemExit(f"JupyterHub's proxy is missing: {PROXY}. `make classroom` gets it.")
    free = LocalPortCache()
    ports = [free.find_available_port(THIS_MACHINE) for _ in range(3)]
    with tempfile.TemporaryDirectory(prefix="classroom-", ignore_cleanup_errors=True) as folder:
        env = os.environ | {
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "CLASSROOM_TRIAL": folder,
            "CLASSROOM_PORTS": " ".join(map(str, ports)),
            "CLASSROOM_PROXY": str(PROXY),
            "CLASSROOM_PASSWORD": password,
        }
        command = [sys.executable, "-m", "jupyterhub", "-f", str(HERE / "trial_config.py")]
        log = Path(folder, "hub.log")
        with log.open("w") as out:
            process = psutil.Popen(command, cwd=folder, env=env, stdout=out, stderr=out)
        try:
            address = f"http://{THIS_MACHINE}:{ports[0]}"
            _wait_until_up(address, process, log)
            yield address, process, log
        finally:
            everything = [process, *process.children(recursive=True)]
            process.send_signal(signal.SIGTERM)
            _, left = psutil.wait_procs(everything, timeout=20)
            for one in left:
                one.kill()


def _wait_until_up(address: str, process: psutil.Popen, log: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with suppress(requests.RequestException):  # not yet
            if requests.get(f"{address}/hub/health", timeout=5).ok:
                return
        time.sleep(0.2)
    raise SystemExit(f"The hub did not start:\n{_end_of(log)}")


def _end_of(log: Path) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])


def together(students: list[Student], what: str, act: Callable[[Student], object]) -> None:
    """Let all students do something at once; one who fails takes no further part."""

    def one(student: Student) -> None:
        start = time.perf_counter()
        try:
            act(student)
        except (Trouble, OSError, websocket.WebSocketException, KeyError) as error:
            student.error = f"{what}: {error!r}"
        student.measured[what] = time.perf_counter() - start

    print(f"# {what}", file=sys.stderr, flush=True)
    pool = ThreadPoolExecutor(len(students))
    try:
        list(pool.map(one, [student for student in students if not student.error]))
    finally:  # after Ctrl-C, nobody waits for those who still wait for an answer
        pool.shutdown(wait=False, cancel_futures=True)


def usage(process: psutil.Process) -> dict[str, dict[str, float]]:
    """Return bytes and seconds of a core by student; "" stands for the hub and its proxy.

    The memory is the share of each process: a page that ten of them use counts as a tenth.
    """
    found: dict[str, dict[str, float]] = {}
    for one in [process, *process.children(recursive=True)]:
        name = one.environ().get("JUPYTERHUB_USER", "")
        row = found.setdefault(name, {"server": 0, "kernel": 0, "computing": 0})
        sizes, times = one.memory_full_info(), one.cpu_times()
        kind = "server" if one.ppid() == process.pid else "kernel"
        row[kind] += getattr(sizes, "pss", sizes.rss)
        row["computing"] += times.user + times.system
    return found


def lesson(options: argparse.Namespace) -> int:
    """Hold a lesson, print the report; return the exit code."""
    password = secrets.token_urlsafe()
    with hub(password) as (address, process, log):
        students = [Student(number, address, password) for number in range(options.students)]
        together(students, "log in", Student.log_in)
        together(students, "open", lambda student: student.open(options.notebook))
        together(students, "run", Student.run_cells)
        before = usage(process)
        together(students, "move", lambda s: s.move_sliders(options.moves, options.pause))
        print(report(students, before, usage(process), options.notebook))
        errors = [f"{student.name}: {student.error}" for student in students if student.error]
        if errors:
            print("\nErrors:", *errors, "\nThe end of the hub's log:", _end_of(log), sep="\n")
    return int(bool(errors))


def report(
    students: list[Student], before: dict[str, dict], after: dict[str, dict], notebook: str
) -> str:
    """Return what was measured, and what follows for a large course, in Markdown."""

    def mean(usage: dict[str, dict], key: str) -> float:
        return statistics.fmean([row[key] for name, row in usage.items() if name] or [math.nan])

    def waited(what: str) -> str:
        seconds = [one.measured[what] for one in students if what in one.measured] or [math.nan]
        return f"{statistics.median(seconds):.1f} s, {max(seconds):.1f} s"

    moves = [seconds for student in students for seconds in student.moves] or [math.nan]
    kernel, server = mean(after, "kernel"), mean(after, "server")
    work = mean(before, "computing")
    of_a_move = (mean(after, "computing") - work) * len(students) / len(moves)
    own = sum(after.get("", {"server": 0, "kernel": 0})[key] for key in ("server", "kernel"))
    whole = own + COURSE * (kernel + server)
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return f"""\
| {len(students)} students at once, `{notebook}`, {machine} | |
|---|---|
| logging in, until JupyterLab is there: half of them, the last | {waited("log in")} |
| opening the notebook, until its kernel answers | {waited("open")} |
| running all cells | {waited("run")} |
| slider to new picture, {len(moves)} moves: p50, p95 | \
{1000 * np.percentile(moves, 50):.0f} ms, {1000 * np.percentile(moves, 95):.0f} ms |
| memory of a student: server, kernel | {server / MIB:.0f} MiB, {kernel / MIB:.0f} MiB |
| errors | {sum(bool(student.error) for student in students)} |

For {COURSE} students on machines like this one:

- Memory: {own / MIB:.0f} MiB for hub and proxy + {COURSE} × {(kernel + server) / MIB:.0f} MiB = \
{whole / GIB:.1f} GiB.
- Up to the last cell: {COURSE} × {work:.1f} s of computing; spread over {ARRIVAL // 60} minutes, \
{COURSE * work / ARRIVAL:.1f} cores.
- After it: {COURSE * MOVING:.0f} of them pulling sliders, {PACE} moves a second each, \
{1000 * of_a_move:.0f} ms of computing a move = {COURSE * MOVING * PACE * of_a_move:.1f} cores."""


def main(given: list[str] | None = None) -> int:
    """Run from the command line; Ctrl-C and SIGTERM end everything that was started."""
    parser = argparse.ArgumentParser(prog="classroom.load", description=__doc__)
    parser.add_argument("--students", type=int, default=10, metavar="N")
    parser.add_argument("--notebook", default="17_learned_filters.ipynb", metavar="NAME")
    parser.add_argument("--moves", type=int, default=30, help="for each student")
    parser.add_argument("--pause", type=int, default=0, help="seconds between moves")
    options = parser.parse_args(given)
    for name, (least, most) in ALLOWED.items():
        if not least <= getattr(options, name) <= most:
            parser.error(f"--{name} {getattr(options, name)} is not from {least} to {most}")
    if not (HERE.parent / "notebooks" / options.notebook).is_file():
        parser.error(f"there is no notebook {options.notebook}")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return lesson(options)
    except KeyboardInterrupt:
        print("stopped, and everything with it", file=sys.stderr, flush=True)
        os._exit(130)  # the threads of students may still be waiting for an answer


if __name__ == "__main__":
    sys.exit(main())
