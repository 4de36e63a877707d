"""The explorer of channels: one filter over red, green and blue gives one feature map."""

from collections.abc import Mapping

import ipywidgets as widgets
import numpy as np

from helpers.convolution import convolve
from helpers.drawing import Grid, Mark, Scene, Text, checked_image
from helpers.drawing.grids import CASING, COLOUR, GREY, LINE, MARGIN, TITLE, WIDTH
from helpers.drawing.scenes import GAP, bottom_of, side_by_side
from helpers.drawing.wording import number_text, range_sentence, size_text
from helpers.explorers.controls import LABEL, choice, whole_slider
from helpers.explorers.settings import Built, SettingsExplorer
from helpers.kernels import KERNELS, kernel

CHANNELS = ("red", "green", "blue")
MOST_SHARE, SHARE_STEP = 2, 0.5
LIGHTEST, MAP_LIMIT = 255.0, 510.0
HEIGHT, SLICE_HEIGHT = 150, 105  # of channels and maps, and of the filter's slices, in pixels
TITLED = 46  # room above grids for a title
NARROW = {"width": "260px"}
FIRST_MAP = 7  # after four inputs and three slices of the filter


def explore_channels(photograph, preset: str = "Sobel x") -> SettingsExplorer:
    """Follow one filter through the three channels of a colour photograph.

    Parameters
    ----------
    photograph : array_like of uint8, (H, W, 3)
    preset : name of the kernel that all three slices of the first filter hold

    The controls are "preset", "red", "green" and "blue" (what the kernel is multiplied by in that
    slice of the filter, -2 to 2), "row" and "column" (of the window that is summed up). Pointing
    at a map chooses the window. `feature_map` is the one map of the filter, (H - 2, W - 2).
    """
    photograph = checked_image(photograph)
    if photograph.ndim != 3:
        raise ValueError(
            f"photograph has shape {photograph.shape}: allowed is (H, W, 3), with three channels"
        )
    kernel(preset)
    height, width = photograph.shape[0] - 2, photograph.shape[1] - 2
    controls: dict[str, widgets.Widget] = {"preset": choice("preset", list(KERNELS), preset)}
    controls |= {name: _share_slider(name) for name in CHANNELS}
    controls["row"] = whole_slider("row", height // 2, 0, height - 1)
    controls["column"] = whole_slider("column", width // 2, 0, width - 1)

    def point(number: int | None, cell: tuple[int, int] | None) -> Mapping:
        over_a_map = number is not None and number >= FIRST_MAP
        return {"row": cell[0], "column": cell[1]} if over_a_map else {}

    return SettingsExplorer(controls, lambda **s: channels_built(photograph, **s), point=point)


def _share_slider(name: str) -> widgets.FloatSlider:
    return widgets.FloatSlider(
        1.0,
        min=-MOST_SHARE,
        max=MOST_SHARE,
        step=SHARE_STEP,
        description=name,
        readout_format=".1f",
        style=LABEL,
        layout=NARROW,
    )


def channels_built(
    photograph: np.ndarray, *, preset: str, row: int, column: int, **shares: float
) -> Built:
    """Convolve every channel with its slice of the filter, sum up, and lay everything out."""
    weights = [kernel(preset) * _exact(shares[name]) for name in CHANNELS]
    channels = np.moveaxis(photograph, 2, 0)
    parts = [convolve(c, w, flip=False) for c, w in zip(channels, weights, strict=True)]
    total = parts[0] + parts[1] + parts[2]
    grids = _grids(photograph, weights, [*parts, total], (row, column))
    sums = [part[row, column].item() for part in parts]
    written = " + ".join(_bracketed(value) for value in sums)
    line = f"Row {row}, column {column}: {written} = {number_text(total[row, column].item())}"
    count = f"One filter: 3 × 3 × 3 = {sum(w.size for w in weights)} weights, one feature map."
    below = bottom_of(grids) + LINE - 8
    texts = (
        Text(MARGIN, below, line, TITLE, CASING, True),
        Text(MARGIN, below + LINE, count),
        *_plus_signs(grids),
    )
    sentences = [
        range_sentence(f"{name} part", part) for name, part in zip(CHANNELS, parts, strict=True)
    ]
    description = " ".join(
        [f"{preset}.", *sentences, range_sentence("Feature map", total), line, count]
    )
    return Built(total, Scene(grids, texts, below + LINE + MARGIN, description))


def _grids(photograph, weights, maps, place: tuple[int, int]) -> tuple[Grid, ...]:
    """Place channels above slices of the filter above partial sums; photograph and total last."""
    size = size_text(photograph.shape)
    top = [
        Grid(
            photograph[:, :, i],
            f"Input, {name}",
            size,
            look=GREY,
            limit=LIGHTEST,
            marks=(Mark(*place, *weights[i].shape),),
            scale=False,
        )
        for i, name in enumerate(CHANNELS)
    ]
    top.append(Grid(photograph, "Input", f"{size} × 3", look=COLOUR, limit=LIGHTEST, scale=False))
    first = side_by_side(top, height=HEIGHT)
    middle = [
        Grid(w, f"Filter, {name}", limit=_heaviest(weights), scale=False)
        for name, w in zip(CHANNELS, weights, strict=True)
    ]
    column = (WIDTH - 2 * MARGIN - 3 * GAP) // 4
    second = side_by_side(
        middle, top=bottom_of(first) + TITLED, height=SLICE_HEIGHT, width=3 * column + 2 * GAP
    )
    names = [*(f"Part, {name}" for name in CHANNELS), "Feature map"]
    last = [
        Grid(m, name, limit=MAP_LIMIT, marks=(Mark(*place, 1, 1),))
        for name, m in zip(names, maps, strict=True)
    ]
    third = side_by_side(last, top=bottom_of(second) + TITLED, height=HEIGHT)
    return first + second + third


def _plus_signs(grids: tuple[Grid, ...]) -> list[Text]:
    """Write "+" between the parts, and "=" before the feature map."""
    parts = grids[-4:]
    return [
        Text(right.x - 14, right.y + HEIGHT // 2, sign, TITLE, bold=True, anchor="m")
        for right, sign in zip(parts[1:], "++=", strict=True)
    ]


def _heaviest(weights) -> float:
    return max(1.0, *(float(np.abs(w).max()) for w in weights))


def _exact(share: float) -> int | float:
    return int(share) if float(share).is_integer() else share


def _bracketed(value) -> str:
    text = number_text(value)
    return f"({text})" if text.startswith("−") else text
