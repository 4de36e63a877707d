"""Record the explorers of a notebook: pictures that move in a page that has no Python.

A notebook is run from the top, in a process of its own. Whenever a cell ends in an explorer, its
main control, and a second one if there is any, are moved through their values, as a reader would
move them; every picture and every sentence that this gives is kept. A prediction is asked, answered
and revealed instead. `recorded` returns the notebook with these recordings as outputs, and
`book/recording.js` plays them.
"""

import html
import io
import json
import multiprocessing
import os
from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import chdir
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import chain
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import ipywidgets as widgets
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbformat import NotebookNode, v4
from PIL import Image

from helpers.answers import NOISE, ROUNDING, Verdict
from helpers.drawing import render
from helpers.explorers import Explorer, Prediction
from helpers.explorers.controls import Choice, Steps, Switch, Weights, Whole
from helpers.explorers.convolution import CUSTOM
from tools.book import read

MOST_FRAMES = 40  # of an explorer
MOST_BYTES = 800_000  # of all its pictures, if they are as large as the first
MOST_ROWS = 4  # values of a second control
LEAST_IN_A_ROW = 6  # values of the main one, or there is no second
LEAST_REACH = 3  # of a weight, up and down
INTERVAL = 800  # milliseconds from one frame to the next
LEFT_OUT = ("cell", "row", "column", "ink", "size", "seed")  # pointing, and what tells little
QUESTIONS = 5  # of a prediction


def record(paths: Iterable[Path], pictures: Path, address: str) -> list[NotebookNode]:
    """Return notebooks with recordings in place of the pictures of their explorers.

    Those pictures go to one folder for each notebook in `pictures`, which pages find at `address`.

    Raises
    ------
    RuntimeError
        Naming the notebook and the cell that cannot be recorded.
    """
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), spawn, max_tasks_per_child=1) as pool:
        return list(pool.map(partial(recorded, pictures=pictures, address=address), paths))


def recorded(path: Path, pictures: Path, address: str) -> NotebookNode:
    """Return one notebook with recordings; see `record`."""
    notebook, folder = read(path), pictures / path.stem
    folder.mkdir(parents=True, exist_ok=True)
    shell = InteractiveShell.instance()
    with chdir(path.parent):
        for number, cell in enumerate(notebook.cells):
            if cell.cell_type != "code":
                continue
            try:
                with capture_output():
                    done = shell.run_cell(cell.source)
                if "raises-exception" not in cell.metadata.get("tags", []):
                    done.raise_error()
                if isinstance(done.result, Explorer):
                    figure = recording(done.result, folder, f"{address}/{path.stem}")
                    cell.outputs = [v4.new_output("display_data", {"text/html": figure})]
                    done.result.close()
            except Exception as error:
                raise RuntimeError(f"{path.name}, cell {number}, not recorded: {error}") from error
    return notebook


def recording(explorer: Explorer, folder: Path, address: str) -> str:
    """Return the HTML of a recording; the pictures of its frames go to `folder`."""
    first = frame(explorer, folder)
    if isinstance(explorer, Prediction):
        kind, data = "prediction", {"questions": list(questions(explorer, folder))}
    else:
        kind, data = "walk", walk(explorer, folder)
    secret = b64encode(json.dumps(data | {"folder": address}).encode()).decode()
    source, sentence = f"{address}/{first['picture']}", html.escape(first["sentence"])
    return (
        f'<figure class="recording" data-kind="{kind}" data-interval="{INTERVAL}">'
        f'<div class="recording-picture"><img class="dark-light" src="{source}" alt="{sentence}" '
        f'width="1000" height="{first["height"]}"></div><figcaption>{sentence}</figcaption>'
        f'<script type="text/plain">{secret}</script></figure>'
    )


def frame(explorer: Explorer, folder: Path) -> dict:
    """Store what an explorer shows, once for all frames that look the same; return what it says."""
    picture, file = Image.open(io.BytesIO(render(explorer.scene).png)), io.BytesIO()
    picture = picture if picture.mode == "P" else picture.quantize(256, Image.Quantize.MAXCOVERAGE)
    picture.save(file, "png", compress_level=7)
    name = f"{sha256(file.getvalue()).hexdigest()[:12]}.png"
    (folder / name).write_bytes(file.getvalue())
    shown = {"picture": name, "height": picture.height, "sentence": explorer.description}
    return shown | ({"warning": explorer.message} if explorer.message else {})


# --- Explorers ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Dial:
    """A control that is recorded: its widget, and names for its values if they are no range."""

    label: str
    widget: widgets.Widget
    named: Sequence[tuple[str, Any]] = ()

    def options(self) -> list[tuple[str, Any]]:
        """Return the values with their names; other controls may change how far a range goes."""
        if self.named:
            return list(self.named)
        return [(str(n), n) for n in range(self.widget.min, self.widget.max + 1)]


def dials(explorer: Explorer) -> list[Dial]:
    """Return what can be recorded of an explorer: what plays first, then ranges, lists, weights."""
    found = []
    for name, control in explorer.declaration.controls.items():
        widget, label = explorer.controls[name], " ".join(control.label.split())
        if isinstance(control, Whole):
            if name in LEFT_OUT or (name == "step" and not control.interval):  # not asked for
                continue
            found.append((not control.interval, Dial(label, widget)))
        elif isinstance(control, Choice):
            named = [o if isinstance(o, tuple) else (str(o), o) for o in control.options]
            named = [(text, value) for text, value in named if value != CUSTOM]
            found.append((1 if isinstance(control, Steps) else 2, Dial(label, widget, named)))
        elif isinstance(control, Switch):
            found.append((2, Dial(label, widget, [("no", False), ("yes", True)])))
        elif isinstance(control, Weights):
            found.append((3, _weight(widget)))
    return [dial for _, dial in sorted(found, key=lambda each: each[0]) if len(dial.options()) > 1]


def _weight(sliders: list[list[widgets.FloatSlider]]) -> Dial:
    """Return the control of the largest weight."""
    slider = max(chain(*sliders), key=lambda each: abs(each.value))
    reach = max(LEAST_REACH, round(abs(slider.value)))
    values = sorted({*range(-reach, reach + 1), slider.value})
    return Dial(slider.tooltip, slider, [(f"{value:.3g}", value) for value in values])


def walk(explorer: Explorer, folder: Path) -> dict:
    """Move one control or two through their values; each value of the second has a row of frames.

    `at` is the row and the number of the frame that is shown first.
    """
    main, *others = dials(explorer)
    size = (folder / frame(explorer, folder)["picture"]).stat().st_size
    most = min(MOST_FRAMES, MOST_BYTES // size)
    second = Dial("", SimpleNamespace(value=0), [("", 0)])  # one row
    if others and LEAST_IN_A_ROW * len(thinned(others[0], None, MOST_ROWS)) <= most:
        second = others[0]
    first = main.widget.value, second.widget.value
    across = thinned(second, first[1], MOST_ROWS)
    rows, at = [], [0, 0]
    for name, value in across:
        if moved(explorer, second, value):
            rows.append({"value": name, "frames": []})
            for text, setting in thinned(main, first[0], most // len(across)):
                if moved(explorer, main, setting):
                    if (setting, value) == first:
                        at = [len(rows) - 1, len(rows[-1]["frames"])]
                    rows[-1]["frames"].append({"value": text} | frame(explorer, folder))
    return {"labels": [dial.label for dial in (main, second)], "rows": rows, "at": at}


def thinned(dial: Dial, start, most: int) -> list[tuple[str, Any]]:
    """Return at most so many values of a control, evenly spaced, with both ends and the first."""
    options = dial.options()
    if len(options) <= most:
        return options
    places = set(np.linspace(0, len(options) - 1, most).round().astype(int).tolist())
    here = next((n for n, (_, value) in enumerate(options) if value == start), 0)
    if here not in places:  # it takes the place of its neighbour
        places ^= {here, min(places - {0, len(options) - 1}, key=lambda n: abs(n - here))}
    return [options[place] for place in sorted(places)]


def moved(explorer: Explorer, dial: Dial, value) -> bool:
    """Move a control; return whether the explorer shows this value then, or has refused it."""
    frames, before = explorer.frames, dial.widget.value
    dial.widget.value = value
    return explorer.frames > frames or before == value


# --- Predictions ----------------------------------------------------------------------------------


def questions(explorer: Prediction, folder: Path) -> Iterator[dict]:
    """Yield what is asked, what there is to say to an answer, and what is shown when revealed."""
    for _ in range(QUESTIONS):
        asked, known = frame(explorer, folder), replies(explorer)
        explorer.controls["reveal"].click()
        yield {"asked": asked, "revealed": frame(explorer, folder), **known}
        explorer.controls["next"].click()


def replies(explorer: Prediction) -> dict:
    """Return the answers to which the explorer has something to say, and what it says to others."""

    def verdict(answer: str) -> Verdict:
        entry = SimpleNamespace(value=answer)  # asks without drawing
        asked = SimpleNamespace(
            controls={"answer": entry}, snapshot=explorer.snapshot, settings=explorer.settings
        )
        return explorer.declaration.controls["check"].change(asked)["verdict"]

    sliding = explorer.snapshot.sliding
    window = sliding.window(explorer.settings["position"])
    turned = float((window.values * np.flip(window.weights)).sum())
    total = float(window.total)
    tried = {total, turned, -total, total + 1, total - 1, *(round(total, n) for n in range(3))}
    known = [(number, verdict(repr(number))) for number in sorted(tried)]
    return {
        "replies": [[n, v.text, bool(v)] for n, v in known if v or v.mistake],
        "tolerance": NOISE if total.is_integer() else ROUNDING,
        "other": verdict("1e9").text,
        "blank": verdict("").text,
        "unread": verdict("?").text,
    }
