"""What a picture of a convolution shows: the windows, the numbers, and what is marked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.arguments import brief, is_whole, per_axis
from helpers.convolution import BORDERS, Plan, Window, plan
from helpers.drawing.arrays import LIGHTEST
from helpers.drawing.scene import AREA, Mark, nice_limit
from helpers.drawing.words import (
    BORDER_WORDS,
    number_text,
    per_axis_text,
    place_text,
    range_sentence,
    rows_text,
    size_formula,
    size_text,
)

MOST_SAMPLES_PADDED = 240


@dataclass(frozen=True)
class Limits:
    """Ends of the three colour scales; they never change by themselves."""

    input: float
    kernel: float
    map: float


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one picture shows.

    Attributes
    ----------
    sliding : what is convolved
    feature_map : its result; (H, W, 3) for a colour photograph, whose channels are convolved singly
    position : cell of the feature map whose window is outlined and computed
    pointed : cell of the input; every output it feeds is outlined
    hidden : cell of the feature map whose number is still a secret
    photograph : ndarray of uint8, (H, W) or (H, W, 3): the padded input where it is a photograph
    """

    sliding: Plan
    feature_map: np.ndarray
    limits: Limits
    position: tuple[int, ...] | None = None
    pointed: tuple[int, ...] | None = None
    hidden: tuple[int, ...] | None = None
    photograph: np.ndarray | None = None

    @property
    def window(self) -> Window | None:
        """The window at `position`."""
        return None if self.position is None else self.sliding.window(self.position)

    @property
    def channel(self) -> str:
        """What is said where the numbers are those of one channel of several."""
        return ", first channel" if self.feature_map.ndim > self.sliding.x.ndim else ""

    @property
    def sentence(self) -> str:
        """Input, kernel, feature map and what is marked, in words and numbers."""
        sliding, feature_map = self.sliding, self.feature_map
        parts = [range_sentence(f"Input{self.channel}", sliding.x)]
        if sliding.padded.shape != sliding.x.shape:
            words = BORDER_WORDS[sliding.border]
            parts.append(f"Padded {words} to {size_text(sliding.padded.shape)}.")
        shape, turned = (
            size_text(sliding.kernel.shape),
            "flipped" if sliding.flip else "not flipped",
        )
        parts.append(f"Kernel {shape}, {turned}: {rows_text(sliding.weights)}.")
        for name, steps in (("Stride", sliding.stride), ("Dilation", sliding.dilation)):
            if set(steps) != {1}:
                parts.append(f"{name} {per_axis_text(steps)}.")
        found = range_sentence("Feature map", feature_map)
        if self.hidden is not None:
            found = f"Feature map {size_text(feature_map.shape)}, {place_text(self.hidden)} hidden."
        parts.append(found)
        formulas = dict.fromkeys(size_formula(sliding, axis) for axis in range(sliding.x.ndim))
        parts.append(f"Output size {' and '.join(formulas)}.")
        parts.append(f"The colours of the feature map end at {number_text(self.limits.map)}.")
        if self.position is not None:
            total = number_text(self.window.total, 3)
            total = "to be predicted" if self.hidden == self.position else total
            parts.append(f"Window for {place_text(self.position)}{self.channel}: sum {total}.")
        if self.pointed is not None:
            fed, outputs = len(sliding.fed_by(self.pointed)), int(np.prod(sliding.shape))
            parts.append(f"Input {place_text(self.pointed)} feeds {fed} of {outputs} outputs.")
        return " ".join(parts)


def limits_for(x: np.ndarray, kernel: np.ndarray) -> Limits:
    """Choose scales wide enough for everything that this kernel can make of `x`.

    A photograph keeps its scale from black to white, times the sum of the weights if that is
    larger than 1: that is what the kernel makes of a flat area.

    >>> limits_for(np.array([[0, 1]]), np.array([[-1, 2, -1]]))
    Limits(input=1.0, kernel=2.0, map=2.0)
    """
    heaviest = nice_limit(float(np.abs(kernel).max()))
    if x.dtype == np.uint8:
        return Limits(LIGHTEST, heaviest, LIGHTEST * max(1.0, float(kernel.sum())))
    largest = float(np.abs(x).max())
    positive, negative = float(kernel[kernel > 0].sum()), -float(kernel[kernel < 0].sum())
    gain = positive + negative if x.min() < 0 < x.max() else max(positive, negative)
    return Limits(nice_limit(largest), heaviest, nice_limit(gain * largest))


def snapshot(
    image: np.ndarray,
    kernel: np.ndarray,
    limits: Limits | None = None,
    *,
    position: tuple[int, ...] | None = None,
    pointed: tuple[int, ...] | None = None,
    hidden: tuple[int, ...] | None = None,
    **options,
) -> Snapshot:
    """Convolve an image, and keep all that a picture of it shows.

    Image and kernel are those of `checked_image` and `drawable`; `limits` None chooses colour
    scales that suit them, `options` are those of `convolve`. ValueError says if the kernel does not
    fit, or if the padded input is too large for a picture.

    >>> snapshot(np.array([[1, 2]]), np.array([[3]])).feature_map
    array([[3, 6]])
    """
    channels = [image] if image.ndim < 3 else list(np.moveaxis(image, 2, 0))
    plans = [plan(channel, kernel, **options) for channel in channels]
    sliding = plans[0]
    _check_room(sliding, options.get("padding"))
    maps = [channel.feature_map() for channel in plans]
    photograph = None
    if image.dtype == np.uint8 and image.ndim > 1:
        sides = (*sliding.amounts, (0, 0))[: image.ndim]
        photograph = np.pad(image, sides, mode=BORDERS[sliding.border])
    return Snapshot(
        sliding,
        maps[0] if image.ndim < 3 else np.stack(maps, axis=2),
        limits or limits_for(image, sliding.kernel),
        position,
        pointed,
        hidden,
        photograph,
    )


def _check_room(sliding: Plan, padding) -> None:
    """Raise if the padded input is larger than the place for it."""
    most = MOST_SAMPLES_PADDED if sliding.x.ndim == 1 else AREA
    shape = [n + sum(both) for n, both in zip(sliding.x.shape, sliding.amounts, strict=True)]
    if max(shape) > most:
        raise ValueError(
            f"padding={brief(padding)} makes the input {size_text(shape)}: allowed in a picture "
            f"are up to {most} along a side"
        )


def as_cell(name: str, place, shape: Sequence[int]) -> tuple[int, ...] | None:
    """Return a cell of an array of `shape` as a tuple; one number will do for a sequence."""
    if place is None:
        return None
    cell = per_axis(name, (place,) if is_whole(place) else place, len(shape), lowest=0)
    if any(c >= n for c, n in zip(cell, shape, strict=True)):
        raise ValueError(
            f"{name}={brief(place)} is outside the feature map: "
            f"allowed are cells of shape {tuple(shape)}, counted from 0"
        )
    return cell


def padded_place(sliding: Plan, place: Sequence[int]) -> tuple[int, ...]:
    """Turn a place in the input into one in the padded input."""
    return tuple(p + before for p, (before, _) in zip(place, sliding.amounts, strict=True))


def padding_mask(sliding: Plan) -> np.ndarray | None:
    """Return which cells of the padded input are padding, in rows, or None without padding."""
    if sliding.padded.shape == sliding.x.shape:
        return None
    inside = np.pad(np.ones(sliding.x.shape, dtype=bool), sliding.amounts)
    return np.atleast_2d(~inside)


def unused_mask(sliding: Plan) -> np.ndarray | None:
    """Return which cells of the padded input no window reaches, in rows, or None if all are."""
    if all(mask.all() for mask in sliding.reached):
        return None
    *rows, columns = sliding.reached
    return ~np.logical_and.outer(rows[0] if rows else [True], columns)


def window_marks(sliding: Plan, position: Sequence[int]) -> tuple[Mark, ...]:
    """Return the frame of a window of the padded input, and of its weights if they are spread."""
    corner = (0, *padded_place(sliding, sliding.window(position).corner))[-2:]
    span, shape, steps = (
        (1, *n)[-2:] for n in (sliding.span, sliding.kernel.shape, sliding.dilation)
    )
    frame = Mark(*corner, *span)
    if span == shape:
        return (frame,)
    taps = np.ndindex(*shape)
    cells = [tuple(c + n * s for c, n, s in zip(corner, tap, steps, strict=True)) for tap in taps]
    return (*(Mark(*cell, 1, 1, "weight") for cell in cells), frame)
