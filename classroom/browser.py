"""A student at a browser: the pages, requests and messages that JupyterLab would send."""

import asyncio
import contextlib
import html
import json
import re
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path, PurePosixPath

import aiohttp
from yarl import URL

from classroom.messages import PROTOCOL, Message, Widgets, answers, ends, pack, request, unpack
from classroom.report import Visit

FOLDER = PurePosixPath("convolution/notebooks")
SETTINGS = (
    Path(__file__).resolve().parent.parent / "settings/labconfig/default_setting_overrides.json"
)
PATIENCE = 300  # seconds for any one answer
TOO_MANY = 429  # what the hub answers while it starts as many servers as it may
DRAG = 5  # moves of one slider before the hand goes to the next
LARGEST = 50 * 2**20  # bytes of a message


class Trouble(Exception):
    """Something that a student would call broken."""


class Student:
    """One student with a browser of their own.

    Parameters
    ----------
    number : int
        From 0; it decides with which slider the student begins.
    hub : str
        Address of the hub, such as http://127.0.0.1:8000.
    """

    def __init__(self, number: int, hub: str) -> None:
        self.number = number
        self.visit = Visit(f"student{number + 1}")
        self.widgets = Widgets()
        self._hub = URL(hub)
        self._server = self._hub / "user" / self.visit.name / ""
        self._session = uuid.uuid4().hex
        self._inbox: asyncio.Queue[Message | None] = asyncio.Queue()
        self._open = contextlib.AsyncExitStack()
        self._notebook: dict = {}

    async def __aenter__(self) -> "Student":
        jar = aiohttp.CookieJar(unsafe=True)  # "unsafe" are addresses without a name: 127.0.0.1
        limits = aiohttp.ClientTimeout(total=PATIENCE)
        client = aiohttp.ClientSession(cookie_jar=jar, timeout=limits)
        self._http = await self._open.enter_async_context(client)
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._open.aclose()

    # ------------------------------------------------------------------------------- getting in

    async def log_in(self) -> None:
        """Log in, wait for the server, load the page of JupyterLab."""
        start = time.perf_counter()
        page = await self._text("GET", self._hub / "hub" / "login")
        form = {"username": self.visit.name, "password": "", "_xsrf": _hidden(page, "_xsrf")}
        await self._text(
            "POST", (self._hub / "hub" / "login").with_query(next="/hub/home"), data=form
        )
        page = await self._ask_for_server()
        if progress := re.search(r'EventSource\("([^"]+)"\)', page):
            await self._wait_for_server(html.unescape(progress.group(1)))
            page = await self._text("GET", self._server / "lab")
        if "jupyter-config-data" not in page:
            raise Trouble(f"instead of JupyterLab came a page with the title {_title(page)}")
        await self._load_settings()
        self.visit.start = time.perf_counter() - start

    async def _load_settings(self) -> None:
        """Load the settings of JupyterLab, among which have to be those of the project."""
        answer = json.loads(await self._text("GET", self._server / "lab" / "api" / "settings"))
        plugins = {one["id"]: one["schema"].get("properties", {}) for one in answer["settings"]}
        for plugin, values in json.loads(SETTINGS.read_text()).items():
            for name, value in values.items():
                if plugins[plugin][name]["default"] != value:
                    raise Trouble(f"JupyterLab does not know the {name} of {SETTINGS.name}")

    async def _ask_for_server(self) -> str:
        """Ask until it is one's turn, as the page that says "try again" asks to do."""
        while True:
            async with self._http.get(self._hub / "hub" / "spawn") as answer:
                if answer.status != TOO_MANY:
                    await _good(answer)
                    return await answer.text()
                pause = answer.headers.get("Retry-After", "10")
            await asyncio.sleep(float(pause))

    async def _wait_for_server(self, address: str) -> None:
        async with self._http.get(self._hub.join(URL(address, encoded=True))) as stream:
            await _good(stream)
            async for line in stream.content:
                if not line.startswith(b"data:"):
                    continue
                event = json.loads(line.removeprefix(b"data:"))
                if event.get("failed"):
                    raise Trouble(f"the server did not start: {event.get('message')}")
                if event.get("ready"):
                    return

    async def _text(self, method: str, address: URL, **more: object) -> str:
        async with self._http.request(method, address, **more) as answer:
            await _good(answer)
            return await answer.text()

    async def _api(self, method: str, path: str, **more: object) -> dict:
        """Ask the student's own server, with the cookie against forged requests as JupyterLab."""
        cookie = self._http.cookie_jar.filter_cookies(self._server).get("_xsrf")
        headers = {"X-XSRFToken": cookie.value} if cookie else {}
        return json.loads(
            await self._text(method, self._server / "api" / path, headers=headers, **more)
        )

    # ---------------------------------------------------------------------------- the notebook

    async def open_notebook(self, name: str) -> None:
        """Fetch a notebook, start its kernel, and wait until that answers."""
        start = time.perf_counter()
        self._path = str(FOLDER / name)
        self._notebook = (await self._api("GET", f"contents/{self._path}"))["content"]
        wanted = {
            "path": self._path,
            "name": name,
            "type": "notebook",
            "kernel": {"name": "python3"},
        }
        kernel = (await self._api("POST", "sessions", json=wanted))["kernel"]["id"]
        channels = self._server / "api" / "kernels" / kernel / "channels"
        socket = self._http.ws_connect(
            channels.with_query(session_id=self._session),
            protocols=[PROTOCOL],
            max_msg_size=LARGEST,
        )
        self._socket = await self._open.enter_async_context(socket)
        if self._socket.protocol != PROTOCOL:
            raise Trouble(f"the server speaks {self._socket.protocol}")
        reader = asyncio.create_task(self._receive())
        self._open.callback(reader.cancel)
        await self._ask(request("kernel_info_request", {}, self._session))
        self.visit.ready = time.perf_counter() - start

    async def _receive(self) -> None:
        async for frame in self._socket:
            if frame.type is aiohttp.WSMsgType.BINARY:
                message = unpack(frame.data)
                message.arrived = time.perf_counter()
                self._inbox.put_nowait(message)
        self._inbox.put_nowait(None)

    async def _conversation(self, asked: Message) -> AsyncIterator[Message]:
        """Send a message and yield what comes because of it, until the kernel is done."""
        await self._socket.send_bytes(pack(asked))
        replied = asked.kind == "comm_msg"  # has no reply
        idle = False
        while not (replied and idle):
            message = await self._next()
            self.widgets.read(message)
            if answers(message, asked):
                replied = replied or message.kind.endswith("_reply")
                idle = idle or ends(message)
                yield message

    async def _next(self) -> Message:
        try:
            message = await asyncio.wait_for(self._inbox.get(), PATIENCE)
        except TimeoutError:
            raise Trouble(f"the kernel said nothing for {PATIENCE} s") from None
        if message is None:
            raise Trouble("the connection to the kernel was closed")
        return message

    async def _ask(self, asked: Message) -> list[Message]:
        return [message async for message in self._conversation(asked)]

    async def run_cells(self) -> None:
        """Run all cells in order, and save the notebook."""
        start = time.perf_counter()
        for cell in self._notebook["cells"]:
            source = "".join(cell["source"])
            if cell["cell_type"] == "code" and source.strip():
                await self._run(source)
        self.visit.run = time.perf_counter() - start
        document = {"type": "notebook", "format": "json", "content": self._notebook}
        await self._api("PUT", f"contents/{self._path}", json=document)

    async def _run(self, source: str) -> None:
        code = {
            "code": source,
            "silent": False,
            "store_history": True,
            "user_expressions": {},
            "allow_stdin": False,
            "stop_on_error": True,
        }
        for message in await self._ask(request("execute_request", code, self._session)):
            if message.kind == "error":
                content = message.content
                raise Trouble(
                    f"{content['ename']}: {content['evalue']} in the cell {source[:60]!r}"
                )

    # ------------------------------------------------------------------------------ the sliders

    async def move_sliders(self, moves: int, pause: float) -> None:
        """Drag sliders, and note how long each new picture takes."""
        sliders = self.widgets.sliders()
        if not sliders:
            raise Trouble("no explorer has a slider")
        directions: dict[str, int] = {}
        for move in range(moves):
            slider = sliders[(self.number + move // DRAG) % len(sliders)]
            if slider not in self.widgets.states:  # an explorer that was run anew closes the old
                raise Trouble("a slider went away")
            value, directions[slider] = self.widgets.moved(slider, directions.get(slider, 1))
            self.visit.moves.append(await self._move(slider, value))
            await asyncio.sleep(pause)

    async def _move(self, slider: str, value: float) -> float:
        asked = self.widgets.set_value(slider, value, self._session)
        start = time.perf_counter()
        came = await self._ask(asked)
        pictures = [message.arrived for message in came if self.widgets.is_picture(message)]
        if not pictures:
            state = self.widgets.states[slider]
            name = state.get("description") or state.get("tooltip")
            raise Trouble(f"no new picture after the slider {name!r} was moved to {value:g}")
        return pictures[0] - start


async def _good(answer: aiohttp.ClientResponse) -> None:
    if answer.status >= 400:
        title = _title(await answer.text())
        raise Trouble(f"{answer.method} {answer.url.path} answered {answer.status} {title}")


def _title(page: str) -> str:
    found = re.search(r"<h1>(.*?)</h1>|<title>(.*?)</title>", page, re.DOTALL)
    return " ".join(found.group(0).split())[:120] if found else page[:120]


def _hidden(page: str, name: str) -> str:
    """Return the value of a hidden field of a form."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    return html.unescape(found.group(1)) if found else ""
