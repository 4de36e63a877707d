"""Arrays to pictures, and to the sentence that describes the picture.

From the ground up: `wording` (numbers and sentences), `grids` (colours, sizes, what a scene is made
of), `shown` (what one picture shows), `parts`, `bars`, `plots`, `sequences` and `scenes` (where
everything stands).
"""

from helpers.drawing.grids import Grid, Mark, Scene, Stroke, Text, nice_limit
from helpers.drawing.scenes import arrays_scene, convolution_scene
from helpers.drawing.shown import Limits, Shown, checked_image, limits_for, shown_convolution

__all__ = [
    "Grid",
    "Limits",
    "Mark",
    "Scene",
    "Shown",
    "Stroke",
    "Text",
    "arrays_scene",
    "checked_image",
    "convolution_scene",
    "limits_for",
    "nice_limit",
    "shown_convolution",
]
