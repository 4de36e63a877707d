"""The explorer of one convolution: every setting of `convolve`, and a walk through its windows."""

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, listing, one_of, plain
from helpers.convolution import BORDERS
from helpers.drawing import (
    Limits,
    Snapshot,
    as_cell,
    checked_image,
    checked_limit,
    convolution_scene,
    drawable,
    limits_for,
    size_text,
    snapshot,
)
from helpers.explorers.base import Explorer, close_all
from helpers.explorers.controls import (
    PLAY_INTERVAL,
    Choice,
    Control,
    Switch,
    Toggle,
    Upload,
    Weights,
    Whole,
)
from helpers.explorers.declaration import Built, Declaration
from helpers.explorers.snippets import name_of, snippet
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, check_file_size, load_picture, sample

OPTIONS = {"stride": 1, "padding": "valid", "dilation": 1, "border": "zeros", "flip": True}
CONTROLS = ("step", "kernel", "preset", "kernel_size", *OPTIONS, "sample", "upload", "cell", "code")
KERNEL_GRID = 1  # of the scene: input, kernel, ..., feature map
PICTURES_ONLY = ("preset", "sample", "upload")
POINTED = ("step", "cell")  # always there: pointing moves them, and so does the keyboard
CUSTOM, OWN, OWN_GREY = "custom", "your own", "your own, in grey"
KERNEL_SIZES = range(1, 8)
MOST_STRIDE, MOST_DILATION = 4, 3
PADDINGS = (("valid (none)", "valid"), ("same", "same"), ("full", "full"))
PADDINGS += tuple((f"{n} on each side", n) for n in (1, 2, 3))
BELOW = 6  # more controls than this go beside a picture that fills the screen


def explore(
    image,
    kernel,
    controls: Sequence[str] = ("kernel", "stride", "padding"),
    *,
    flip: bool = True,
    stride=1,
    padding="valid",
    dilation=1,
    border: str = "zeros",
    position: Sequence[int] | None = None,
    limit: float | None = None,
) -> "ConvolutionExplorer":
    """Explore the convolution of a picture, or of a sequence, with a kernel.

    Parameters
    ----------
    image : array_like, (H, W), (N,), or uint8 (H, W, 3)
        The input; uint8 is a photograph, whose colour channels are convolved one by one.
    kernel : array_like, (h, w) or (n,)
    controls : names of the controls to show
        "step" (which window, with a play button), "kernel", "preset", "kernel_size", "stride",
        "padding", "dilation", "border", "flip", "sample", "upload", "cell" (which input cell to
        follow), "code". For a sequence, all but "preset", "sample" and "upload".
    flip, stride, padding, dilation, border
        As in `helpers.convolution.convolve`; an option without a control keeps this value.
    position : cell of the feature map whose window is shown first; the first one by default
    limit : float
        End of the feature map's colour scale; by default it suits the kernel.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    names = _checked_names(controls, checked_image(image).ndim)
    options = dict(zip(OPTIONS, (stride, padding, dilation, border, flip), strict=True))
    first = first_settings(image, kernel, options, position, limit)
    first |= {"preset": _preset_of(first["kernel"]), "kernel_size": _size_of(first["kernel"].shape)}
    first["names"] = names
    if "sample" in names:
        first["sample"] = name_of(first["x"]) or OWN
    domains = _domains(first)
    shown = {name: domains[name] for name in (*names, *POINTED)}
    return Declaration(shown, build_convolution, _point, first, ConvolutionExplorer).explorer()


def first_settings(image, kernel, options: Mapping, position, limit) -> dict:
    """Return the settings of a convolution that is shown first, or say what is wrong with them."""
    options = {name: plain(value) for name, value in options.items()}
    x, limit = checked_image(image).copy(), checked_limit(limit)
    sliding = snapshot(x, drawable("kernel", kernel), **options).sliding
    first = {"x": x, "own": x, "kernel": sliding.kernel.copy(), "limit": limit, "pointed": None}
    first["limits"] = _limits(first)
    first["position"] = as_cell("position", position, sliding.shape) or (0,) * len(sliding.shape)
    return first | options


@dataclass(frozen=True, eq=False, kw_only=True)
class BuiltConvolution(Built):
    """A convolution on screen, and what writes the code for it."""

    snapshot: Snapshot
    code: Callable[[], str]


def build_convolution(
    *, x, kernel, limits, position, pointed, hidden: bool = False, **settings
) -> BuiltConvolution:
    """Show the convolution of `x`, one window of it, and what one cell of the input feeds.

    Window and cell stay inside arrays whose size may have changed. `hidden` keeps the number at
    `position` back.
    """
    shown = snapshot(x, kernel, limits, **{name: settings[name] for name in OPTIONS})
    sliding = shown.sliding
    position = _inside(position, sliding.shape)
    pointed = pointed and _inside(pointed, sliding.x.shape)
    step = int(np.ravel_multi_index(position, sliding.shape))
    cell = 1 + int(np.ravel_multi_index(pointed, sliding.x.shape)) if pointed else 0
    shown = replace(shown, position=position, pointed=pointed, hidden=position if hidden else None)
    return BuiltConvolution(
        shown.feature_map.copy(),
        convolution_scene(shown),
        most={"step": int(np.prod(sliding.shape)) - 1, "cell": sliding.x.size},
        values={"position": position, "pointed": pointed, "step": step, "cell": cell},
        idle=("border",) if sliding.padded.shape == sliding.x.shape else (),
        snapshot=shown,
        code=partial(snippet, x, sliding, settings["padding"]),
    )


class ConvolutionExplorer(Explorer):
    """See `explore`."""

    @property
    def snapshot(self) -> Snapshot:
        """The convolution on screen."""
        return self.built.snapshot

    @property
    def code(self) -> str:
        """Code that gives the feature map on screen when it is run in a new cell."""
        return self.built.code()

    def _rows(self) -> list[widgets.Widget]:
        """Place window and play button, weights, everything else, code.

        What pointing moves and the caller did not ask for comes into sight when Tab reaches it.
        """
        names = self._state["names"]
        others = [name for name in names if name not in (*POINTED, "kernel")]
        self._code_text = widgets.HTML(_dom_classes=("one-convolution",))
        return [
            *self._row([name for name in POINTED if name not in names], "explorer-by-keyboard"),
            *self._row([name for name in POINTED if name in names]),
            *([self.controls["kernel"].box] if "kernel" in names else []),
            *self._row(others, *["explorer-beside"] * (len(others) > BELOW)),
            self._code_text,
        ]

    def _use(self, number: int) -> str:
        is_kernel = number == KERNEL_GRID and "kernel" in self.controls
        return "drag" if is_kernel else super()._use(number)

    def _slider_at(self, number: int, cell: tuple[int, int]) -> widgets.FloatSlider | None:
        """Return the slider of a weight in the picture, where the kernel may be flipped."""
        sliding, sliders = self.snapshot.sliding, self.controls["kernel"]
        (row, column), gap = cell, 0
        if sliding.x.ndim == 1:  # spread, with gaps between the weights
            column, gap = divmod(column, sliding.dilation[0])
        if gap or row >= len(sliders) or column >= len(sliders[0]):  # the browser may be late
            return None
        if sliding.flip:
            row, column = len(sliders) - 1 - row, len(sliders[0]) - 1 - column
        return sliders[row][column]

    def _change(self, name: str) -> None:
        if name == "code":  # the picture is the same
            self._write_code()
        else:
            super()._change(name)

    def _show(self, built: BuiltConvolution) -> None:
        super()._show(built)
        self._write_code()

    def _write_code(self) -> None:
        is_open = "code" in self.controls and self.controls["code"].value
        code = html.escape(self.code) if is_open else ""
        self._code_text.value = code and f'<pre tabindex="0" class="explorer-code">{code}</pre>'

    def close(self) -> None:
        """Free every widget of the explorer, also weights of larger kernels shown before."""
        super().close()
        if "kernel" in self.controls:
            close_all(self.controls["kernel"].all_sliders.values())


def _domains(first: Mapping) -> dict[str, Control]:
    """Return every control there is, with a range that holds its first value."""
    weights, padding = first["kernel"], first["padding"]
    size, paddings = _size_of(weights.shape), list(PADDINGS)
    kernel_sizes = [(size_text((n,) * weights.ndim), n) for n in KERNEL_SIZES]
    if size not in KERNEL_SIZES:
        kernel_sizes.append((size_text(weights.shape), size))
    if padding not in [known for _, known in paddings]:
        paddings.append((str(padding), padding))
    presets = [*((name, name) for name in KERNELS), ("custom (start from zeros)", CUSTOM)]
    interval = PLAY_INTERVAL if "step" in first["names"] else 0
    return {
        "step": Whole("window", 0, interval=interval, change=_choose_window),
        "cell": Whole("follow input", 0, change=_follow_cell),
        "kernel": Weights("kernel", change=lambda _: {"preset": CUSTOM}),
        "preset": Choice("preset", presets, change=_choose_preset),
        "kernel_size": Choice("kernel size", kernel_sizes, change=_choose_size),
        "stride": Whole("stride", 1, max(MOST_STRIDE, *np.ravel(first["stride"]).tolist())),
        "padding": Choice("padding", paddings),
        "dilation": Whole("dilation", 1, max(MOST_DILATION, *np.ravel(first["dilation"]).tolist())),
        "border": Choice("border", tuple(BORDERS)),
        "flip": Switch("flip the kernel (convolution)"),
        "sample": Choice(
            "input",
            SAMPLES,
            later=(OWN, OWN_GREY),
            change=lambda e: _with_sample(e.settings, e.settings["sample"]),
        ),
        "upload": Upload("your own picture", change=_upload),
        "code": Toggle("Show the code"),
    }


# What controls change before the picture is built anew


def _choose_window(explorer: ConvolutionExplorer) -> dict:
    shape = explorer.snapshot.sliding.shape
    return {"position": _unravelled(explorer.controls["step"].value, shape)}


def _follow_cell(explorer: ConvolutionExplorer) -> dict:
    number, shape = explorer.controls["cell"].value, explorer.snapshot.sliding.x.shape
    return {"pointed": _unravelled(number - 1, shape) if number else None}


def _point(explorer: ConvolutionExplorer, number: int | None, cell) -> dict:
    """Select the output pointed at, or follow the input pointed at."""
    shown = explorer.snapshot
    axes, last = shown.sliding.x.ndim, len(explorer.scene.grids) - 1
    return {
        "pointed": _unpadded(cell[-axes:], shown.sliding) if number == 0 else None,
        "position": cell[-axes:] if number == last else shown.position,
    }


def _choose_preset(explorer: ConvolutionExplorer) -> dict:
    now = explorer.settings
    name, size = now["preset"], max(now["kernel"].shape)
    if name == CUSTOM:
        return _with_kernel(now, np.zeros((size, size), dtype=int))
    return _with_kernel(now, kernel(name, min(sizes(name), key=lambda n: abs(n - size))))


def _choose_size(explorer: ConvolutionExplorer) -> dict:
    """Keep the preset if it has this size, else the middle of the weights."""
    now = explorer.settings
    name, size = now["preset"], now["kernel_size"]
    if name != CUSTOM and size in sizes(name):
        return _with_kernel(now, kernel(name, size))
    shape = size if isinstance(size, tuple) else (size,) * now["kernel"].ndim
    return _with_kernel(now, resized(now["kernel"], shape)) | {"preset": CUSTOM}


def _with_kernel(now: Mapping, weights: np.ndarray) -> dict:
    changed = {"kernel": weights, "kernel_size": _size_of(weights.shape)}
    return changed | {"limits": _limits(now | changed)}


def _with_sample(now: Mapping, name: str) -> dict:
    x = now["own"] if name in (OWN, OWN_GREY) else sample(name)
    if name == OWN_GREY:
        x = np.rint(x.mean(axis=2)).astype(np.uint8)
    return {"x": x, "sample": name, "limits": _limits(now | {"x": x})}


def _upload(explorer: ConvolutionExplorer) -> dict:
    upload = explorer.controls["upload"]
    if not upload.value:
        return {}
    file, upload.value = upload.value[0], ()  # the same file can be chosen again
    check_file_size(file["size"])  # the browser keeps the content of a larger one
    own = load_picture(file["content"], colour=True)
    is_grey = bool((own == own[:, :, :1]).all())
    own = own[:, :, 0] if is_grey else own
    if "sample" in explorer.controls:
        choices = (*SAMPLES, OWN) if is_grey else (*SAMPLES, OWN, OWN_GREY)
        explorer.controls["sample"].options = choices
    return {"own": own} | _with_sample(explorer.settings | {"own": own}, OWN)


def _limits(now: Mapping) -> Limits:
    """Fit the colour scales to input and kernel; dragging weights afterwards keeps them."""
    limits = limits_for(now["x"], now["kernel"])
    return limits if now["limit"] is None else replace(limits, map=now["limit"])


def _checked_names(names: Sequence[str], axes: int) -> Sequence[str]:
    allowed = CONTROLS if axes > 1 else [n for n in CONTROLS if n not in PICTURES_ONLY]
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise TypeError(f"controls={brief(names)}: allowed is a sequence of {listing(allowed)}")
    return [one_of("name in controls", name, allowed) for name in names]


def _preset_of(weights: np.ndarray) -> str:
    """Return the name of the kernel that has these weights, or "custom"."""
    size = max(weights.shape)
    fitting = (name for name in KERNELS if size in sizes(name))
    return next((n for n in fitting if np.array_equal(kernel(n, size), weights)), CUSTOM)


def resized(weights: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Put the middle of `weights` in the middle of an array of `shape`, zeros around it.

    >>> resized(np.array([1, 2, 3]), (1,)), resized(np.array([1, 2, 3]), (5,))
    (array([2]), array([0, 1, 2, 3, 0]))
    """
    starts = [
        n - (n - 1) // 2 + (old - 1) // 2 for n, old in zip(shape, weights.shape, strict=True)
    ]
    middle = tuple(slice(start, start + n) for start, n in zip(starts, shape, strict=True))
    return np.pad(weights, [(n, n) for n in shape])[middle]


def _size_of(shape: tuple[int, ...]) -> int | tuple[int, ...]:
    """Return one number for a square kernel, all sides for another."""
    return shape[0] if len(set(shape)) == 1 else shape


def _unravelled(number: int, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(int(i) for i in np.unravel_index(number, shape))


def _inside(cell: Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the cell of an array of `shape` that is nearest to `cell`."""
    return tuple(min(c, n - 1) for c, n in zip(cell, shape, strict=True))


def _unpadded(cell: Sequence[int], sliding) -> tuple[int, ...] | None:
    """Turn a cell of the padded input into one of the input, or None in the padding."""
    place = tuple(c - before for c, (before, _) in zip(cell, sliding.amounts, strict=True))
    inside = all(0 <= p < n for p, n in zip(place, sliding.x.shape, strict=True))
    return place if inside else None
