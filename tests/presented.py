"""Explorers for a lecture hall, as `tests/test_browser.py` finds them."""

from helpers.explorers import present

LEAST_LETTERS = 18  # pixels, of everything but the picture
LEAST_SCALE = 0.8  # of the picture, whose letters have 20 pixels and more
LEAST_SHARE = 0.8  # of the screen's height, for a picture too high for that
BUTTON = ".explorer-present"
ON = "root => root === document.fullscreenElement && innerHeight === root.clientHeight"
OFF = "() => document.fullscreenElement === null"
# Whatever a lecturer uses or the room reads, and its letters where it has some.
PARTS = """root => [...root.querySelectorAll(
    'img.explorer-picture, button, select, input, label, p, pre, .noUi-handle, .widget-readout')]
    .filter(e => e.checkVisibility() && !e.closest('[role=status]') && e.clientHeight > 0)
    .map(e => {
        const { left, top, right, bottom } = e.getBoundingClientRect();
        return {
            name: e.className || e.tagName,
            inside: left > -1 && top > -1 && right < innerWidth + 1 && bottom < innerHeight + 1,
            cut: e.tagName === 'LABEL' && e.scrollWidth > e.clientWidth + 1,
            letters: e.innerText ? parseFloat(getComputedStyle(e).fontSize) : null,
        };
    })"""
SCALE = """root => {
    const picture = root.querySelector('img.explorer-picture');
    return picture.getBoundingClientRect().width / picture.getAttribute('width');
}"""
SHARE = "root => root.querySelector('img.explorer-picture').clientHeight / innerHeight"

# What `present()` is to enlarge: the picture, the letters of controls, what is dragged.
SIZES = """root => [
    (SCALE)(root),
    ...[...root.querySelectorAll('.widget-label, select, input[type=text], button.jupyter-button')]
        .filter(e => e.checkVisibility()).map(e => parseFloat(getComputedStyle(e).fontSize)),
    ...[...root.querySelectorAll('.noUi-handle')].map(e => e.getBoundingClientRect().height)]
""".replace("SCALE", SCALE)
# Is the first control on the screen together with the whole picture?
FIRST = """root => {
    root.scrollIntoView({ block: 'start' });
    const control = [...root.querySelectorAll('.noUi-handle, select, button, input')]
        .find(e => e.checkVisibility() && e.clientHeight > 0).getBoundingClientRect();
    const notebook = root.closest('.jp-WindowedPanel-outer').getBoundingClientRect();
    const picture = root.querySelector('img.explorer-picture').getBoundingClientRect();
    return picture.top > notebook.top - 1 && control.bottom < notebook.bottom + 1;
}"""


def check_larger(page, roots) -> None:
    """Raise unless `present()` enlarges everything; a first control stays in sight if it was."""
    usual = [(root.evaluate(SIZES), root.evaluate(FIRST)) for root in roots]
    look = page.evaluate_handle(
        """html => {
            const output = document.createElement('div');
            output.innerHTML = html;
            return document.querySelector('.jp-Notebook').appendChild(output);
        }""",
        present().data,
    )
    for root, (sizes, was_in_sight) in zip(roots, usual, strict=True):
        larger = root.evaluate(SIZES)
        assert all(b > a for a, b in zip(sizes, larger, strict=True)), (sizes, larger)
        assert root.evaluate(FIRST) or not was_in_sight
    look.evaluate("output => output.remove()")
    assert [root.evaluate(SIZES) for root in roots] == [sizes for sizes, _ in usual]


def fill_screen(root) -> None:
    """Press the button that lets an explorer fill the screen."""
    root.locator(BUTTON).click()
    root.page.wait_for_function(ON, arg=root.element_handle())


def leave(root) -> None:
    """Press Escape, with the focus still on the button or on a control."""
    root.page.keyboard.press("Escape")
    root.page.wait_for_function(OFF)


def check_presented(root, *, least_scale: float = LEAST_SCALE) -> None:
    """Raise unless picture and controls are on the screen, large enough for the back row."""
    parts = root.evaluate(PARTS)
    assert [part for part in parts if not part["inside"]] == []
    assert [part["name"] for part in parts if part["cut"]] == []
    assert [part for part in parts if part["letters"] and part["letters"] < LEAST_LETTERS] == []
    assert len(parts) > 2, "the picture, the button, and something to move or to fill in"
    assert root.evaluate(SCALE) >= least_scale or root.evaluate(SHARE) > LEAST_SHARE
