"""What all explorers share: one picture, one frame for one action, a message instead of a trace."""

import html
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import ipywidgets as widgets
import numpy as np

from helpers.drawing import Scene, bundle, render
from helpers.explorers.presenting import BUTTON, STYLE
from helpers.explorers.speaking import SPEAKING

MESSAGE_STYLE = (
    "background:#fff3cd;color:#3d2c00;border-left:6px solid #f57c00;"
    "padding:6px 12px;font-size:16px;line-height:1.4;max-width:960px"
)
UNFINISHED = "The picture was not finished ({}): move a control to draw it again."
UNSEEN = "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)"


class Explorer:
    """A picture with controls; whatever a control does, it makes exactly one new frame.

    Subclasses build `controls`, arrange them in `view`, and say in `_compose` what is shown.

    Attributes
    ----------
    controls : dict
        Widgets by name; "kernel" is a list of rows of sliders.
    feature_map : ndarray
        The array on screen.
    picture : ipywidgets.Image
        The PNG on screen.
    description : str
        The sentence for those who cannot see it.
    message : str
        Empty, or why the last setting was refused; the last good picture stays. Or a warning about
        the picture that is shown.
    frames : int
        How many pictures were drawn so far.
    """

    def __init__(self) -> None:
        self.controls: dict = {}
        self.feature_map = None
        self.description = ""
        self.message = self.warning = ""
        self.frames = 0
        self.scene: Scene | None = None
        self.picture = widgets.Image(format="png", layout={"max_width": "100%"})
        self.picture.add_class("explorer-picture")
        self._caption = widgets.HTML()
        self._caption.add_class("explorer-caption")
        self._notice = widgets.HTML()
        self._hidden_widgets: list[widgets.Widget] = []  # not in the view, closed with it
        self._busy = True  # until all controls are made
        self._tools = widgets.HTML(STYLE + SPEAKING + BUTTON)
        self.view = widgets.VBox([self.picture, self._notice, self._caption, self._tools])
        self.view.add_class("convolution-explorer")

    def _compose(self) -> Scene:
        """Return the scene for the current settings, or raise ValueError or TypeError."""
        raise NotImplementedError

    def _start(self) -> None:
        """Draw the first picture; from now on the controls draw the next ones."""
        others = [child for child in self.view.children if child is not self._tools]
        self.view.children = (*others, self._tools)  # reached last, as it stands in the corner
        self._busy = False
        self._act()

    def _watch(self, widget: widgets.Widget, before: Callable | None = None) -> None:
        """Redraw once when the value of `widget` changes, after `before(value)` has run."""
        widget.observe(lambda change: self._act(before, change["new"]), "value")

    def _act(self, before: Callable | None = None, *values) -> None:
        """Run `before(*values)` and redraw once; what it sets does not redraw again."""
        if self._busy:
            return
        with self._together():
            try:
                if before is not None:
                    before(*values)
                scene = self._compose()
            except (ValueError, TypeError) as error:
                self._say(str(error))
                return
            self._say(self.warning)
            self._show(scene)

    @contextmanager
    def _together(self) -> Iterator[None]:
        """Let several controls change without a frame for each; say so if it is not finished."""
        self._busy = True
        try:
            with np.errstate(under="ignore"):  # NumPy's usual, which a reader may have changed
                yield
        except BaseException as error:  # stopped by the reader, no memory left, a mistake of ours
            self._say(UNFINISHED.format(type(error).__name__))
            raise
        finally:
            self._busy = False

    def _show(self, scene: Scene) -> None:
        picture = render(scene)
        self.scene, self.description = scene, picture.description
        self.frames += 1
        self.picture.value = picture.png
        self._caption.value = f'<p style="{UNSEEN}">{html.escape(self.description)}</p>'

    def _say(self, message: str) -> None:
        if message == self.message:
            return
        self.message = message
        box = f'<p role="alert" style="{MESSAGE_STYLE}">{html.escape(message)}</p>'
        self._notice.value = box if message else ""

    def close(self) -> None:
        """Free every widget of the explorer, here and in the browser."""
        close_all([self.view, *self._hidden_widgets])

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        live = self.view._repr_mimebundle_  # None once it is closed
        return (live() if live else {}) | bundle(self.picture.value, self.description)


def close_all(roots: Iterable) -> None:
    """Close widgets, and all that they hold: children, layouts, styles."""
    waiting, seen = list(roots), set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, tuple | list):
            waiting.extend(item)
        elif isinstance(item, widgets.Widget) and id(item) not in seen:
            seen.add(id(item))
            held = ("children", "layout", "style", "source", "target")
            waiting.extend(getattr(item, name, None) for name in held)
            item.close()
