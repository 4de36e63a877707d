"""An explorer that fills the screen, as `tests/test_browser.py` finds it."""

LEAST_LETTERS = 18  # pixels, of everything but the picture
LEAST_SCALE = 0.8  # of the picture, whose letters have 20 pixels and more
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
    const box = picture.getBoundingClientRect();
    return Math.min(box.width / picture.naturalWidth, box.height / picture.naturalHeight);
}"""


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
    assert root.evaluate(SCALE) >= least_scale
