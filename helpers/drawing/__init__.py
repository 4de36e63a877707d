"""Arrays to pictures, and to the sentence that describes the picture.

From the ground up: `words` (numbers and sentences), `scene` (colours, sizes, what a scene is made
of), `shown` (what one picture shows), `parts`, `bars`, `plots`, `sequences` and `scenes` (where
everything stands), `tiles`, `canvas` and `pictures` (from a scene to a PNG), `curves`.
"""

from helpers.drawing.bars import bars, percent
from helpers.drawing.curves import show_curves
from helpers.drawing.pictures import Picture, bundle, render, show_arrays, show_convolution
from helpers.drawing.scene import Grid, Mark, Scene, Stroke, Text, nice_limit
from helpers.drawing.scenes import arrays_scene, convolution_scene
from helpers.drawing.shown import Limits, Shown, checked_image, limits_for, shown_convolution

__all__ = [
    "Grid",
    "Limits",
    "Mark",
    "Picture",
    "Scene",
    "Shown",
    "Stroke",
    "Text",
    "arrays_scene",
    "bars",
    "bundle",
    "checked_image",
    "convolution_scene",
    "limits_for",
    "nice_limit",
    "percent",
    "render",
    "show_arrays",
    "show_convolution",
    "show_curves",
    "shown_convolution",
]
