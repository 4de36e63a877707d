"""What a browser and a kernel say to each other: frames of a websocket, and widgets.

Frames follow the protocol `v1.kernel.websocket.jupyter.org`, which JupyterLab speaks: a number of
offsets, the offsets (each 8 bytes, little-endian), then channel, four parts in JSON, buffers.
https://jupyter-server.readthedocs.io/en/latest/developers/websocket-protocols.html
"""

import json
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

PROTOCOL = "v1.kernel.websocket.jupyter.org"
VIEW = "application/vnd.jupyter.widget-view+json"
REFERENCE = "IPY_MODEL_"
SLIDERS = ("IntSliderModel", "FloatSliderModel")
PICTURE = "explorer-picture"  # the class of the picture that an explorer redraws
WORD = 8  # bytes


@dataclass
class Message:
    """A message of the Jupyter protocol.

    Attributes
    ----------
    channel : str
        "shell", "control" or "iopub".
    header, parent, metadata, content : dict
        As the protocol has them.
    buffers : list of bytes
        Binary values, such as a PNG.
    arrived : float
        Seconds on the clock of the receiver.
    """

    channel: str
    header: dict
    parent: dict
    metadata: dict
    content: dict
    buffers: list[bytes] = field(default_factory=list)
    arrived: float = 0.0

    @property
    def kind(self) -> str:
        """The type of the message."""
        return self.header["msg_type"]


def request(kind: str, content: dict, session: str) -> Message:
    """Return a new message for the shell channel of a kernel."""
    header = {
        "msg_id": uuid.uuid4().hex,
        "msg_type": kind,
        "session": session,
        "username": "",
        "version": "5.3",
    }
    return Message("shell", header, {}, {}, content)


def pack(message: Message) -> bytes:
    """Return a message as one frame."""
    parts = (message.header, message.parent, message.metadata, message.content)
    blocks = [message.channel.encode(), *(json.dumps(part).encode() for part in parts)]
    blocks += message.buffers
    offsets = [WORD * (len(blocks) + 2)]
    for block in blocks:
        offsets.append(offsets[-1] + len(block))
    words = (number.to_bytes(WORD, "little") for number in (len(offsets), *offsets))
    return b"".join([*words, *blocks])


def unpack(frame: bytes) -> Message:
    """Return the message in a frame."""
    count = _word(frame, 0)
    offsets = [_word(frame, 1 + number) for number in range(count)]
    channel, *parts = [frame[a:b] for a, b in pairwise(offsets)]
    texts, buffers = parts[:4], parts[4:]
    return Message(channel.decode(), *(json.loads(text) for text in texts), buffers)


def _word(frame: bytes, number: int) -> int:
    return int.from_bytes(frame[WORD * number : WORD * (number + 1)], "little")


def answers(message: Message, asked: Message) -> bool:
    """Say whether one message came because of another."""
    return message.parent.get("msg_id") == asked.header["msg_id"]


def ends(message: Message) -> bool:
    """Say whether the kernel has nothing more to say to what was asked."""
    return message.kind == "status" and message.content["execution_state"] == "idle"


class Widgets:
    """The widgets of a kernel, as a browser keeps them.

    Attributes
    ----------
    states : dict
        The state of each widget by the id of its comm.
    roots : list of str
        The widgets that cells have shown.
    """

    def __init__(self) -> None:
        self.states: dict[str, dict] = {}
        self.roots: list[str] = []

    def read(self, message: Message) -> None:
        """Take in what a message says about widgets."""
        content = message.content
        if message.kind in ("display_data", "execute_result"):
            if view := content["data"].get(VIEW):
                self.roots.append(view["model_id"])
        elif message.kind == "comm_close":
            self.states.pop(content["comm_id"], None)
        elif message.kind in ("comm_open", "comm_msg") and "state" in content["data"]:
            known = self.states.setdefault(content["comm_id"], {})
            known.update(content["data"]["state"])

    def sliders(self) -> list[str]:
        """Return the sliders on screen that can be moved and have a picture beside them."""
        found = []
        for root in self.roots:
            inside = list(self._inside(root))
            if any(PICTURE in self.states[item].get("_dom_classes", ()) for item in inside):
                found += [item for item in inside if self._can_be_moved(item)]
        return found

    def _inside(self, item: str) -> Iterator[str]:
        if item in self.states:
            yield item
            for child in self.states[item].get("children", ()):
                yield from self._inside(child.removeprefix(REFERENCE))

    def _can_be_moved(self, item: str) -> bool:
        state = self.states[item]
        movable = state.get("_model_name") in SLIDERS and not state.get("disabled")
        return movable and state["max"] - state["min"] >= state["step"]

    def moved(self, slider: str, direction: int) -> tuple[float, int]:
        """Return the next value of a slider, and the direction, which turns round at an end."""
        state = self.states[slider]
        step = state["step"]
        if not state["min"] <= state["value"] + direction * step <= state["max"]:
            direction = -direction
        return round(state["value"] + direction * step, 9), direction

    def set_value(self, slider: str, value: float, session: str) -> Message:
        """Note the new value, and return the message that tells the kernel."""
        self.states[slider]["value"] = value
        data = {"method": "update", "state": {"value": value}, "buffer_paths": []}
        return request("comm_msg", {"comm_id": slider, "data": data}, session)

    def is_picture(self, message: Message) -> bool:
        """Say whether a message brings a new picture of an explorer."""
        if message.kind != "comm_msg" or ["value"] not in message.content["data"].get(
            "buffer_paths", []
        ):
            return False
        state = self.states.get(message.content["comm_id"], {})
        return PICTURE in state.get("_dom_classes", ())
