"""Arrays to pictures, and to the sentence that describes the picture.

From the ground up: `words` (numbers and sentences), `colours`, `letters` (the typeface), `scene`
(every size, what a picture is made of), `paint` (from a scene to a PNG), `arrays` (side by side),
`snapshots` and `convolution` (what a convolution shows, and its picture), `bars`, `curves`.
"""

from helpers.drawing.arrays import (
    LIGHTEST,
    checked_image,
    checked_limit,
    drawable,
    show_arrays,
)
from helpers.drawing.bars import CHOSEN_BAR, PIXEL, PLAIN_BAR, bars, percent
from helpers.drawing.colours import (
    CASING,
    COLOUR,
    GREY,
    INK,
    ORANGE,
    QUIET,
    SIGNED,
)
from helpers.drawing.convolution import (
    AXES,
    convolution_scene,
    input_subtitle,
    lines_below,
    show_convolution,
)
from helpers.drawing.curves import log_curve, power_text, show_curves
from helpers.drawing.letters import BODY, TITLE
from helpers.drawing.paint import Picture, render
from helpers.drawing.scene import (
    AREA,
    GAP,
    LINE,
    MARGIN,
    TOP,
    WIDTH,
    Box,
    Grid,
    Mark,
    Scene,
    Stroke,
    Text,
    bottom_of,
    nice_limit,
    photograph_look,
    side_by_side,
)
from helpers.drawing.snapshots import (
    Limits,
    Snapshot,
    as_cell,
    limits_for,
    padded_place,
    padding_mask,
    snapshot,
    unused_mask,
)
from helpers.drawing.words import (
    BORDER_WORDS,
    number_text,
    per_axis_text,
    place_text,
    range_sentence,
    rows_text,
    size_text,
    weight_texts,
)
