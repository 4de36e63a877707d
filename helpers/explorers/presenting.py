"""A larger look for a projector, in the whole notebook."""

from IPython.display import HTML

from helpers.arguments import truth
from helpers.explorers.widget import FRONT

HINT = "Larger, for a projector. <code>present(False)</code> in this cell ends it."


def present(on: bool = True) -> HTML:
    """Make prose, code, pictures and controls of this notebook larger, for a projector.

    Pictures take the width of the notebook, as far as there is room for a control below them. The
    button of an explorer does more: it shows the picture and all controls on one screen. The cell
    that calls this switches: `present(False)` in it, or removing its output, brings the usual look
    back.
    """
    if not truth("on", on):
        return HTML("<p>The usual look.</p>")
    style = (FRONT / "present.css").read_text(encoding="utf-8")
    return HTML(f'<style>{style}</style><p class="presentation-look">{HINT}</p>')
