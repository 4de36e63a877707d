"""The fast path: scenes to PNG, cell by cell from a store of ready-made tiles.

A picture is an array with one byte a pixel, the number of a colour in one palette. Drawing a number
is slow, copying a small picture of it is fast: each kind of cell (its text, its colour, its size)
is drawn once and then copied wherever it occurs. `tiles` makes and keeps them, `canvas` puts them
where the scene says.
"""

import io
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from helpers.arguments import brief
from helpers.drawing.canvas import encode
from helpers.drawing.scene import Scene
from helpers.drawing.scenes import arrays_scene, convolution_scene
from helpers.drawing.snapshots import as_cell, checked_limit, snapshot

PNG = b"\x89PNG\r\n\x1a\n"  # how every such file begins
SCALES = (1, 2, 3)  # pixels of the screen for one of a length
FEW_COLOURS = Image.Quantize.MAXCOVERAGE  # keeps rare colours, such as those of the scales


class Picture:
    """A finished picture: PNG bytes and the sentence that says what is on it."""

    def __init__(self, png: bytes, description: str) -> None:
        _check_parts(png, description)
        self.png = png
        self.description = description

    def __repr__(self) -> str:
        return self.description

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        return bundle(self.png, self.description)


def bundle(png: bytes, description: str) -> dict[str, str]:
    """Return what a notebook stores of a picture: a small PNG, and the sentence beside it."""
    _check_parts(png, description)
    buffer, told = io.BytesIO(), PngInfo()
    told.add_itxt("Description", description)  # for screen readers: `helpers/explorers/front`
    try:
        with Image.open(io.BytesIO(png), formats=("PNG",)) as picture:
            plain = picture.copy()  # what was opened, Pillow saves only from a folder that exists
    except (OSError, SyntaxError) as error:  # Pillow's words for a damaged file
        raise ValueError(f"png={brief(png)} is damaged: allowed is a whole PNG") from error
    few = plain if plain.mode == "P" else plain.quantize(256, FEW_COLOURS, kmeans=2)
    few.save(buffer, "png", optimize=True, pnginfo=told)
    return {"image/png": b64encode(buffer.getvalue()).decode("ascii"), "text/plain": description}


def _check_parts(png, description) -> None:
    """Raise unless these can be a picture and its sentence."""
    if not isinstance(png, bytes | memoryview) or bytes(png[: len(PNG)]) != PNG:
        raise TypeError(f"png={brief(png)}: allowed are the bytes of a PNG")
    if not isinstance(description, str):
        raise TypeError(f"description={brief(description)}: allowed is a text")


def render(scene: Scene, scale: int = 1) -> Picture:
    """Draw a scene with `scale` pixels of the screen, 1 to 3, for each pixel of its lengths."""
    if not isinstance(scene, Scene):
        raise TypeError(f"scene={brief(scene)}: allowed is a Scene")
    if scale not in SCALES:
        raise ValueError(f"scale={brief(scale)}: allowed are 1, 2 and 3")
    return Picture(encode(scene, scale), scene.description)


def show_convolution(
    image, kernel, *, position=None, limit: float | None = None, hidden=None, **options
) -> Picture:
    """Return the picture of input, kernel and feature map, with one window written out.

    Parameters
    ----------
    image : array_like, (H, W), (N,), or uint8 (H, W, 3)
    kernel, options : as in `helpers.convolution.convolve`
    position : cell of the feature map whose window is shown, none unless told otherwise
    limit : end of the feature map's colour scale; chosen to suit the kernel unless told otherwise
    hidden : cell of the feature map that shows "?" instead of its number
    """
    shown = snapshot(image, kernel, **options)
    shape = shown.sliding.shape
    cells = {"position": as_cell("position", position, shape)}
    cells["hidden"] = as_cell("hidden", hidden, shape)
    limits = replace(shown.limits, map=checked_limit(limit) or shown.limits.map)
    return render(convolution_scene(replace(shown, limits=limits, **cells)))


def show_arrays(arrays: Mapping[str, Any], *, limit: float | None = None) -> Picture:
    """Return the picture of up to five named arrays side by side, all on one colour scale."""
    return render(arrays_scene(arrays, limit=limit))
