"""What a picture of a convolution shows, said in one place."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from helpers.arguments import as_array, brief, is_whole, numbers, one_of, per_axis, real
from helpers.convolution import BORDERS, Plan, Window, plan
from helpers.drawing.scene import AREA, nice_limit
from helpers.drawing.words import convolution_sentence, size_text

LIGHTEST = 255.0  # of a photograph
MOST_SAMPLES_PADDED = 240
LARGEST_NUMBER = 1e15  # floats beyond it are no longer exact to two decimals
SMALLEST_LIMIT = 1e-9  # of a colour scale
LARGEST_STEP = 10**9  # of a stride or a dilation
MOST_PIXELS, MOST_SAMPLES = 288, 120  # along one side of an input; leaves room for padding


@dataclass(frozen=True)
class Limits:
    """Ends of the three colour scales; they change when told to, never by themselves."""

    input: float
    kernel: float
    map: float


@dataclass(frozen=True, eq=False)
class Snapshot:
    """What one picture shows.

    Attributes
    ----------
    sliding : Plan
        What is convolved.
    feature_map : ndarray
        Its result; (H, W, 3) for a colour photograph, whose channels are convolved one by one.
    position : cell of the feature map whose window is outlined and computed
    pointed : cell of the input; every output it feeds is outlined
    hidden : cell of the feature map whose number is not told yet
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
    def sentence(self) -> str:
        """The description of the picture."""
        return convolution_sentence(
            self.sliding,
            self.feature_map,
            position=self.position,
            pointed=self.pointed,
            hidden=self.hidden,
            limit=self.limits.map,
        )


def limits_for(x: np.ndarray, kernel: np.ndarray) -> Limits:
    """Choose scales wide enough for everything this kernel can answer to `x`.

    A photograph keeps its scale from black to white, times the sum of the weights if that is
    larger than 1: that is what the kernel makes of an even area.

    Examples
    --------
    >>> limits_for(np.array([[0, 1]]), np.array([[-1, 2, -1]]))
    Limits(input=1.0, kernel=2.0, map=2.0)
    """
    x, kernel = checked_image(x, "x"), drawable("kernel", kernel)
    heaviest = nice_limit(float(np.abs(kernel).max()))
    if x.dtype == np.uint8:
        return Limits(LIGHTEST, heaviest, LIGHTEST * max(1.0, float(kernel.sum())))
    largest = float(np.abs(x).max())
    positive, negative = float(kernel[kernel > 0].sum()), -float(kernel[kernel < 0].sum())
    gain = positive + negative if x.min() < 0 < x.max() else max(positive, negative)
    return Limits(nice_limit(largest), heaviest, nice_limit(gain * largest))


def snapshot(
    image: np.ndarray, kernel, limits: Limits | None = None, *, marks: dict | None = None, **options
) -> Snapshot:
    """Convolve an image and say what the picture of it shows.

    Parameters
    ----------
    image : array_like, (H, W), (N,), or uint8 (H, W, 3), whose channels are convolved one by one
    kernel, options : as in `helpers.convolution.convolve`
    limits : the colour scales; those that suit image and kernel unless told otherwise
    marks : "position", "pointed" and "hidden" of `Snapshot`

    Examples
    --------
    >>> snapshot(np.array([[1, 2]]), [[3]]).feature_map
    array([[3, 6]])
    """
    image, kernel = checked_image(image), drawable("kernel", kernel)
    channels = [image] if image.ndim < 3 else list(np.moveaxis(image, 2, 0))
    plans = [plan(channel, kernel, **options) for channel in channels]
    _check_room(plans[0], options.get("padding"))
    maps = [sliding.feature_map() for sliding in plans]
    if not isinstance(limits, Limits | None):
        raise TypeError(f"limits={brief(limits)}: allowed are Limits, and None to choose them")
    photograph = None
    if image.dtype == np.uint8 and image.ndim > 1:
        sides = (*plans[0].amounts, (0, 0))[: image.ndim]
        photograph = np.pad(image, sides, mode=BORDERS[plans[0].border])
    return Snapshot(
        plans[0],
        maps[0] if image.ndim < 3 else np.stack(maps, axis=2),
        limits or limits_for(image, plans[0].kernel),
        photograph=photograph,
        **_cells({} if marks is None else marks, plans[0]),
    )


def _cells(marks: dict, sliding: Plan) -> dict[str, tuple[int, ...] | None]:
    """Return marks as cells of the feature map; what is pointed at is one of the input."""
    if not isinstance(marks, dict):
        raise TypeError(f"marks={brief(marks)}: allowed are cells by the names of their marks")
    shapes = {"position": sliding.shape, "pointed": sliding.x.shape, "hidden": sliding.shape}
    for name in marks:
        one_of("name of a mark", name, shapes)
    return {name: as_cell(name, place, shapes[name]) for name, place in marks.items()}


def _check_room(sliding: Plan, padding) -> None:
    """Raise if the padded input, or a number, is larger than the place for it."""
    if max(sliding.stride + sliding.dilation) > LARGEST_STEP:
        raise ValueError(
            f"stride={brief(sliding.stride)} and dilation={brief(sliding.dilation)}: allowed in a "
            f"picture are up to {LARGEST_STEP:,}"
        )
    most = MOST_SAMPLES_PADDED if sliding.x.ndim == 1 else AREA
    shape = [n + sum(both) for n, both in zip(sliding.x.shape, sliding.amounts, strict=True)]
    if max(shape) > most:
        raise ValueError(
            f"padding={brief(padding)} makes the input {size_text(shape)}: allowed in a picture "
            f"are up to {most} along a side"
        )


def checked_limit(limit) -> float | None:
    """Return the end of a colour scale as a float; None lets the picture choose."""
    if limit is None:
        return None
    return real("limit", limit, above=SMALLEST_LIMIT, most=LARGEST_NUMBER)


def as_cell(name: str, place, shape: Sequence[int]) -> tuple[int, ...] | None:
    """Return a cell of an array of `shape` as a tuple; one number stands for a sequence's."""
    if place is None:
        return None
    cell = per_axis(name, (place,) if is_whole(place) else place, len(shape), lowest=0)
    if any(c >= n for c, n in zip(cell, shape, strict=True)):
        whose = "input" if name == "pointed" else "feature map"
        raise ValueError(
            f"{name}={brief(place)} lies outside the {whose}: "
            f"allowed are cells of shape {tuple(shape)}, counted from 0"
        )
    return cell


def drawable(name: str, value) -> np.ndarray:
    """Return numbers that a picture has room for: uint8 as it is, others as int64 or floats."""
    array = numbers(name, value)
    largest = max(abs(array.min().item()), abs(array.max().item()))
    if largest > LARGEST_NUMBER:
        raise ValueError(
            f"{name} holds numbers up to {brief(largest)}: allowed in a picture are numbers up to "
            f"{LARGEST_NUMBER:g}"
        )
    if array.dtype == np.uint8:
        return array
    if array.dtype.kind != "f":
        return array.astype(np.int64, copy=False)
    return array.astype(np.result_type(array, np.float32), copy=False)


def checked_image(image, name: str = "image") -> np.ndarray:
    """Return `image` as an array that can be shown, or say what is wrong with the one so named."""
    array = as_array(name, image)
    if array.ndim != 3:
        array = drawable(name, array)
    elif array.shape[2] != 3 or array.dtype != np.uint8 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and holds {array.dtype}: allowed are (H, W), (N,), "
            "and (H, W, 3) of uint8 for a colour photograph"
        )
    most = MOST_SAMPLES if array.ndim == 1 else MOST_PIXELS
    if max(array.shape[:2]) > most:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed are up to {most} values along a side; "
            f"{name}[::2, ::2] keeps every second one"
        )
    return array
