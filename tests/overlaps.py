"""What runs into something on a picture, or leaves it."""

import itertools

from helpers.drawing import WIDTH
from helpers.drawing.letters import typeface
from helpers.drawing.scene import grid_texts, scale_box

DOT = "●"  # a mark on a curve, which may touch the numbers of its axes


def boxes(scene):
    """Yield name, left, top, right and bottom of every grid, colour scale and text in pixels."""
    texts = list(scene.texts)
    for grid in scene.grids:
        texts += grid_texts(grid)
        yield "grid", grid.x - 1, grid.y - 1, grid.x + grid.width, grid.y + grid.height
        if grid.scale:
            left, top, width, height = scale_box(grid)
            yield "scale", left - 1, top - 1, left + width + 1, top + height + 1
    for text in texts:
        left, top, right, bottom = typeface(text.size, text.bold).getbbox(text.text, anchor="ls")
        start = text.x - {"l": 0, "m": (right - left) // 2, "r": right - left}[text.anchor]
        if text.text:
            yield text.text, start + left, text.y + top, start + right, text.y + bottom


def collisions(scene):
    """Return what leaves the picture and what overlaps."""
    found = list(boxes(scene))
    outside = [
        name
        for name, left, top, right, bottom in found
        if left < 0 or top < 0 or right > WIDTH or bottom > scene.height
    ]
    overlaps = [
        (a[0], b[0])
        for a, b in itertools.combinations(found, 2)
        if a[1] < b[3] and b[1] < a[3] and a[2] < b[4] and b[2] < a[4] and DOT not in (a[0], b[0])
    ]
    return outside, overlaps
