"""What everyone must be able to reach, hear and read, as the browser tests look for it."""

import itertools
from importlib.resources import files

AXE = files("axe_playwright_python") / "axe.min.js"
OURS = ".jp-OutputArea-output"  # the rest is JupyterLab's
GRAVE = ("serious", "critical")
VIOLATIONS = """async ([where, grave]) => {
    const options = { resultTypes: ['violations'], preload: false };  // preload: for videos
    const { violations } = await axe.run({ include: [[where]] }, options);
    return violations.filter(v => grave.includes(v.impact)).flatMap(
        v => v.nodes.map(n => `${v.id}: ${n.html.slice(0, 200)} ${n.failureSummary}`));
}"""
CONTROLS = (
    "button, select, input:not([type=file]), pre, .noUi-handle, .widget-readout[contenteditable]"
)
EXPECTED = """(root, controls) => [...root.querySelectorAll(controls)]
    .filter(e => e.checkVisibility() && !e.disabled && (e.isContentEditable || e.tabIndex >= 0)
                 && e.getAttribute('aria-disabled') !== 'true').length"""
# Keeps in `window.stops` what gets the focus, until that is not in the explorer any more.
RECORD = """(root, controls) => {
    window.stops = [];
    const note = ({target: e}) => {
        if (!root.contains(e)) return document.removeEventListener('focusin', note);
        const box = e.getBoundingClientRect(), from = root.getBoundingClientRect();
        const style = getComputedStyle(e);
        window.stops.push({
            name: e.getAttribute('aria-label') || e.labels?.[0]?.innerText || e.innerText,
            x: box.x - from.x, y: box.y + box.height / 2 - from.y, known: e.matches(controls),
            hides: e.closest('.explorer-by-keyboard') !== null,
            ring: style.outlineStyle === 'solid' ? parseFloat(style.outlineWidth) : 0,
        });
    };
    document.addEventListener('focusin', note);
}"""
SAME_ROW = 12  # pixels between the middles of controls in one row
FLAWS = """root => {
    const parts = [...root.querySelectorAll('img, button, select, input, label, pre, .slider, ' +
        '.widget-readout')].filter(e => e.checkVisibility() && e.clientWidth > 0
        && !e.closest('[role=status], .explorer-by-keyboard'));
    const name = e => e.getAttribute('aria-label') || e.innerText.slice(0, 40) || e.className;
    const box = e => e.getBoundingClientRect();
    const room = box(root.closest('.jp-OutputArea-output'));
    const beside = e => box(e).right > room.right + 1 || box(e).left < room.left - 1;
    const cut = e => e.tagName === 'LABEL' && e.scrollWidth > e.clientWidth + 1;
    const flaws = parts.filter(e => beside(e) || cut(e)).map(e => `cut off: ${name(e)}`);
    parts.forEach((one, i) => parts.slice(i + 1).forEach(other => {
        if (one.contains(other) || other.contains(one)) return;
        const [a, b] = [box(one), box(other)];
        const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
        const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
        if (across > 1 && down > 1) flaws.push(`overlap: ${name(one)} and ${name(other)}`);
    }));
    return flaws;
}"""


def violations(page, where: str = OURS) -> list[str]:
    """Return what axe-core finds serious or critical in a page, by default in our outputs."""
    if page.evaluate("() => typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    return page.evaluate(VIOLATIONS, [where, GRAVE])


def tab_through(root) -> list[dict]:
    """Press Tab from the first control of an explorer to its end; return where it stopped."""
    expected = root.evaluate(EXPECTED, CONTROLS)
    root.evaluate(RECORD, CONTROLS)
    root.locator(f":is({CONTROLS}):not([disabled])").first.evaluate("e => e.focus()")
    for _ in range(expected):
        root.page.keyboard.press("Tab")
    stops = root.page.evaluate("window.stops")
    assert len(stops) == expected, f"reached are {[stop['name'] for stop in stops]}"
    return stops


def check_keyboard(root) -> None:
    """Raise unless Tab reaches every control, by name, in the order of the page, with a ring."""
    stops = tab_through(root)
    assert [stop for stop in stops if not stop["known"] or not stop["name"]] == []
    assert [stop["name"] for stop in stops if stop["ring"] < 2] == []
    for one, other in itertools.pairwise(stops):
        if one["hides"] and not other["hides"]:  # what is below has moved up
            continue
        below, beside = other["y"] - one["y"], other["x"] > one["x"]
        assert below > SAME_ROW or (abs(below) <= SAME_ROW and beside), (one, other)


def flaws(root) -> list[str]:
    """Return what of an explorer is cut off or lies over something else."""
    return root.evaluate(FLAWS)
