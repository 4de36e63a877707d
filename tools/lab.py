"""A real JupyterLab in a real browser, for the tests and the benchmarks.

JupyterLab runs on a copy of the notebooks, with settings of its own; Chromium is Debian's, driven
by Playwright, which downloads nothing.
"""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import nbformat
from jupyter_client.connect import LocalPortCache
from playwright.sync_api import Browser, Page, sync_playwright

from tools.refresh import METADATA

ROOT = Path(__file__).parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
BROWSER_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # whatever is not here is nowhere
]
TOKEN = "browser-test"
PATIENCE = 120  # seconds for JupyterLab to start, and for a notebook to run
POLLING = 100  # milliseconds between two looks at a page that is busy
IDLE = """() => [...document.querySelectorAll('.jp-StatusBar-TextItem, .jp-StatusBar-Widget span')]
    .some(e => /\\|\\s*Idle/.test(e.textContent))"""
FINISHED = """() => {
    const cells = [...document.querySelectorAll('.jp-Notebook .jp-CodeCell')]
        .filter(cell => cell.querySelector('.cm-content')?.textContent.trim());
    return cells.length > 0 && cells.every(
        cell => /^\\[\\d+\\]:$/.test(cell.querySelector('.jp-InputPrompt').textContent.trim()));
}"""


def chromium_path() -> str | None:
    """Return the path of the browser, or None."""
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


@contextmanager
def jupyterlab(folder: Path, *options: str) -> Iterator[str]:
    """Start JupyterLab on a copy of the notebooks in `folder`; yields its address."""
    for name in ("notebooks", "data"):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, dirs_exist_ok=True)
    port = LocalPortCache().find_available_port("127.0.0.1")
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    command += ["--config", str(ROOT / "settings" / "lab.py"), f"--ServerApp.root_dir={folder}"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += [
        f"--IdentityProvider.token={TOKEN}",
        "--LabApp.expose_app_in_browser=True",
        *options,
    ]
    own = folder / ".jupyter"  # not with the settings of the person who runs this
    env = os.environ | {
        "JUPYTER_CONFIG_DIR": str(own),
        "JUPYTERLAB_SETTINGS_DIR": str(own / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(own / "workspaces"),
        "IPYTHONDIR": str(own / "ipython"),
    }
    with open(folder / "lab.log", "w") as log:
        outputs = {"stdout": log, "stderr": log}
        server = subprocess.Popen(command, cwd=folder, env=env, start_new_session=True, **outputs)
        try:
            _wait_for(f"http://127.0.0.1:{port}/api?token={TOKEN}", server, folder / "lab.log")
            yield f"http://127.0.0.1:{port}"
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(timeout=30)


def _wait_for(address: str, server: subprocess.Popen, log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        with suppress(OSError):  # not yet
            urllib.request.urlopen(address, timeout=2).close()
            return
        time.sleep(0.3)
    raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Serve files without a word about each."""


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder as it is; yields its address."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    with server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser."""
    options = {"executable_path": chromium_path(), "args": BROWSER_FLAGS}
    with sync_playwright() as playwright, playwright.chromium.launch(**options) as browser:
        yield browser


def write_notebook(path: Path, cells: Iterable[str]) -> None:
    """Write a notebook of code cells."""
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=METADATA), path)


def open_notebook(page: Page, address: str, name: str) -> None:
    """Open JupyterLab with a notebook and wait until its kernel is ready."""
    page.goto(f"{address}/lab/tree/notebooks/{name}?reset&token={TOKEN}")
    _wait_for_kernel(page)


def open_lab(page: Page, address: str) -> None:
    """Open JupyterLab without a notebook."""
    page.goto(f"{address}/lab?reset&token={TOKEN}")
    started = "() => window.jupyterapp?.restored.then(() => true)"
    page.wait_for_function(started, timeout=PATIENCE * 1000, polling=POLLING)


def open_next(page: Page, name: str) -> None:
    """Open a notebook in the same page, in place of another, whose changes are lost."""
    page.evaluate("() => { jupyterapp.commands.execute('application:close-all') }")
    if page.locator(".jp-NotebookPanel").count():
        page.locator(".jp-Dialog button", has_text="Discard").click()
    page.locator(".jp-Notebook").wait_for(state="detached")
    path = f"notebooks/{name}"
    page.evaluate("path => { jupyterapp.commands.execute('docmanager:open', { path }) }", path)
    _wait_for_kernel(page)


def _wait_for_kernel(page: Page) -> None:
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=PATIENCE * 1000)
    page.wait_for_function(IDLE, timeout=PATIENCE * 1000, polling=POLLING)


def run_all(page: Page) -> None:
    """Run every cell and wait for the last one."""
    page.click(".lm-MenuBar-itemLabel:text-is('Run')")
    page.click(".lm-Menu-itemLabel:text-is('Run All Cells')")
    page.wait_for_function(FINISHED, timeout=PATIENCE * 1000, polling=POLLING)
    page.wait_for_function(IDLE, timeout=PATIENCE * 1000, polling=POLLING)
