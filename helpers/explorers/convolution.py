"""The explorer of one convolution: every setting of `convolve`, and a walk through its windows."""

from collections.abc import Sequence
from dataclasses import replace

import ipywidgets as widgets
import numpy as np

from helpers.arguments import brief, listing, one_of, per_axis, plain
from helpers.convolution import BORDERS
from helpers.drawing import (
    Scene,
    as_cell,
    checked_image,
    checked_limit,
    convolution_scene,
    limits_for,
    size_text,
    snapshot,
)
from helpers.explorers.base import Screen
from helpers.explorers.controls import (
    CodeView,
    KernelSliders,
    arranged,
    by_keyboard,
    choice,
    one_number,
    play_for,
    resized,
    switch,
    upload_button,
    whole_slider,
)
from helpers.explorers.snippets import snippet
from helpers.kernels import KERNELS, kernel, sizes
from helpers.samples import SAMPLES, load_picture, sample

CONTROLS = (
    "step",
    "kernel",
    "preset",
    "kernel_size",
    "stride",
    "padding",
    "dilation",
    "border",
    "flip",
    "sample",
    "upload",
    "cell",
    "code",
)
KERNEL_GRID = 1  # of the scene: input, kernel, ..., feature map
PICTURES_ONLY = ("preset", "sample", "upload")
CUSTOM, OWN, OWN_GREY = "custom", "your own", "your own, in grey"
KERNEL_SIZES = range(1, 8)
MOST_STRIDE, MOST_DILATION = 4, 3
PADDINGS = (
    ("valid (none)", "valid"),
    ("same", "same"),
    ("full", "full"),
    ("1 on each side", 1),
    ("2 on each side", 2),
    ("3 on each side", 3),
)


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
        As in `helpers.convolution.convolve`; what has no control keeps this value.
    position : cell of the feature map whose window is shown first, the first one unless told
    limit : float
        End of the feature map's colour scale; chosen to suit the kernel unless told otherwise.

    Raises
    ------
    TypeError, ValueError
        Naming the argument, its value and what is allowed.
    """
    options = {
        "stride": stride,
        "padding": padding,
        "dilation": dilation,
        "border": border,
        "flip": flip,
    }
    return ConvolutionExplorer(image, kernel, controls, options, position=position, limit=limit)


class ConvolutionExplorer(Screen):
    """See `explore`."""

    _is_pointed_at = True

    def __init__(self, image, kernel, controls, options, *, position=None, limit=None) -> None:
        self._x = checked_image(image).copy()
        _check_controls(controls, self._x.ndim)
        self._fixed = {name: plain(value) for name, value in options.items()}
        self._limit = checked_limit(limit)
        self._name = _name_of(self._x)
        self._own = self._x if self._name is None else None
        self._pointed: tuple[int, ...] | None = None
        self.snapshot = snapshot(self._x, kernel, **self._fixed)
        shape = self.snapshot.sliding.shape
        self._position = as_cell("position", position, shape) or (0,) * len(shape)
        self._kernel = self.snapshot.sliding.kernel.copy()
        super().__init__()
        self.view.add_class("one-convolution")
        try:
            self._make(controls)
        except (TypeError, ValueError):
            self.close()
            raise
        self._rescale()
        self._start()

    # What is shown

    @property
    def kernel(self) -> np.ndarray:
        """The weights on screen."""
        return self._kernel.copy() if self._sliders is None else self._sliders.kernel

    @property
    def options(self) -> dict:
        """The options of `convolve` on screen."""
        return {
            name: self.controls[name].value if name in self.controls else value
            for name, value in self._fixed.items()
        }

    @property
    def code(self) -> str:
        """Code that gives the feature map on screen when it is run in a new cell."""
        x, name, padding = self._on_screen
        return snippet(x, name, self.snapshot.sliding, padding)

    def _compose(self) -> Scene:
        shown = snapshot(self._x, self.kernel, self._limits, **self.options)
        self._follow(shown.sliding)
        shown = replace(
            shown, position=self._position, pointed=self._pointed, hidden=self._hidden()
        )
        scene = convolution_scene(shown)
        self.feature_map, self.snapshot = shown.feature_map, shown
        self._on_screen = self._x, self._name, self.options["padding"]
        if self._code.open:
            self._code.write(self.code)
        return scene

    def _hidden(self) -> tuple[int, ...] | None:
        """Return the cell of the feature map that is not told."""
        return None

    def _follow(self, sliding) -> None:
        """Keep window and followed cell inside arrays whose size may have changed."""
        self._position = _inside(self._position, sliding.shape)
        if self._pointed is not None:
            self._pointed = _inside(self._pointed, sliding.x.shape)
        step, cell = self.controls["step"], self.controls["cell"]
        step.max = max(int(np.prod(sliding.shape)) - 1, 0)
        step.value = int(np.ravel_multi_index(self._position, sliding.shape))
        step.disabled = step.max == 0
        cell.max = sliding.x.size
        cell.value = 0
        if self._pointed is not None:
            cell.value = 1 + int(np.ravel_multi_index(self._pointed, sliding.x.shape))
        if "border" in self.controls:
            self.controls["border"].disabled = sliding.padded.shape == sliding.x.shape

    def _rescale(self) -> None:
        """Fit the colour scales to input and kernel; dragging weights afterwards keeps them."""
        limits = limits_for(self._x, self.kernel)
        self._limits = limits if self._limit is None else replace(limits, map=self._limit)

    # What the controls do before the picture is drawn anew

    def _set_step(self, number: int) -> None:
        self._position = _unravelled(number, self.snapshot.sliding.shape)

    def _set_cell(self, number: int) -> None:
        self._pointed = _unravelled(number - 1, self.snapshot.sliding.x.shape) if number else None

    def _set_preset(self, name: str) -> None:
        size = max(self.kernel.shape)
        if name == CUSTOM:
            self._put_kernel(np.zeros((size, size), dtype=int))
        else:
            one_of("preset", name, KERNELS)
            self._put_kernel(kernel(name, min(sizes(name), key=lambda n: abs(n - size))))

    def _set_kernel_size(self, size) -> None:
        name = self.controls["preset"].value if "preset" in self.controls else CUSTOM
        if name != CUSTOM and size in sizes(name):
            self._put_kernel(kernel(name, size))
        else:
            shape = per_axis("kernel_size", size, self.kernel.ndim, lowest=1)
            self._put_kernel(resized(self.kernel, shape))
            self._set_quietly("preset", CUSTOM)

    def _set_weight(self, _) -> None:
        self._set_quietly("preset", CUSTOM)

    def _put_kernel(self, weights: np.ndarray) -> None:
        self._kernel = weights
        self._set_quietly("kernel_size", _size_of(weights.shape))
        if self._sliders is not None:
            self._sliders.set(weights)
        self._rescale()

    def _set_sample(self, name: str) -> None:
        own = name in (OWN, OWN_GREY)
        self._x = self._own if own else sample(one_of("sample", name, SAMPLES))
        self._name = None if own else name
        if name == OWN_GREY:
            self._x = np.rint(self._own.mean(axis=2)).astype(np.uint8)
        self._rescale()

    def _set_upload(self, files) -> None:
        if not files:
            return
        self.controls["upload"].value = ()  # so that the same file can be chosen again
        own = load_picture(files[0].get("content"), colour=True)
        is_grey = bool((own == own[:, :, :1]).all())
        self._own = own[:, :, 0] if is_grey else own
        if "sample" in self.controls:
            self.controls["sample"].options = (
                (*SAMPLES, OWN) if is_grey else (*SAMPLES, OWN, OWN_GREY)
            )
            self._set_quietly("sample", OWN)
        self._set_sample(OWN)

    def _set_quietly(self, name: str, value) -> None:
        if name in self.controls:
            self.controls[name].value = value

    def _use(self, number: int) -> str:
        if number == KERNEL_GRID and self._sliders is not None:
            return "drag"
        return "point" if self._is_pointed_at else ""

    def _slider_at(self, number: int, cell: tuple[int, int]) -> widgets.FloatSlider | None:
        """Return the slider of a weight in the picture, where the kernel may be turned."""
        if self._sliders is None:
            return None
        sliding, rows = self.snapshot.sliding, self._sliders.rows
        row, column = cell
        if sliding.x.ndim == 1:  # spread, with gaps between the weights
            column, gap = divmod(column, sliding.dilation[0])
            if gap:
                return None
        if sliding.flip:
            row, column = len(rows) - 1 - row, len(rows[0]) - 1 - column
        return rows[row][column]

    def _point(self, number: int | None, cell: tuple[int, int] | None) -> None:
        """Select the output pointed at, or follow the input pointed at."""
        sliding = self.snapshot.sliding
        axes, last = sliding.x.ndim, len(self.scene.grids) - 1
        pointed = _unpadded(cell[-axes:], sliding) if number == 0 else None
        position = cell[-axes:] if number == last else self._position
        if (pointed, position) != (self._pointed, self._position):
            self._pointed, self._position = pointed, position
            self._act()

    # The controls themselves

    def _make(self, names: Sequence[str]) -> None:
        """Make the controls that are shown, and the two that pointing moves."""
        self._sliders = None
        if "kernel" in names:
            self._sliders = KernelSliders(self._kernel, lambda s: self._watch(s, self._set_weight))
        self._code = CodeView(lambda: self.code)
        self._hidden_widgets += [self._code.button, self._code.text]
        for name in CONTROLS:
            if name == "kernel":
                if name in names:
                    self.controls[name] = self._sliders.rows
            elif name in names or name in ("step", "cell"):
                self.controls[name] = getattr(self, f"_make_{name}")()
                if name != "code":
                    self._watch(self.controls[name], getattr(self, f"_set_{name}", None))
        play, links = play_for(self.controls["step"])
        self._hidden_widgets += [self.controls["step"], self.controls["cell"], play, *links]
        parts = {
            "kernel": self._sliders and self._sliders.box,
            "play": play,
            "code text": self._code.text,
        }
        if self._is_pointed_at:
            self.view.children += by_keyboard(names, self.controls)
        self.view.children += arranged(names, self.controls, parts)

    def _make_step(self) -> widgets.IntSlider:
        return whole_slider("window", 0, 0, 1)

    def _make_cell(self) -> widgets.IntSlider:
        return whole_slider("follow input", 0, 0, 1)

    def _make_preset(self) -> widgets.Dropdown:
        options = [*((name, name) for name in KERNELS), ("custom (start from zeros)", CUSTOM)]
        return choice("preset", options, _preset_of(self._kernel))

    def _make_kernel_size(self) -> widgets.Dropdown:
        axes = self._kernel.ndim
        options = [(size_text((n,) * axes), n) for n in KERNEL_SIZES]
        size = _size_of(self._kernel.shape)
        if size not in KERNEL_SIZES:
            options.append((size_text(self._kernel.shape), size))
        return choice("kernel size", options, size)

    def _make_stride(self) -> widgets.IntSlider:
        return one_number("stride", self._fixed["stride"], MOST_STRIDE)

    def _make_dilation(self) -> widgets.IntSlider:
        return one_number("dilation", self._fixed["dilation"], MOST_DILATION)

    def _make_padding(self) -> widgets.Dropdown:
        value, options = self._fixed["padding"], list(PADDINGS)
        if value not in [known for _, known in options]:
            options.append((str(value), value))
        return choice("padding", options, value)

    def _make_border(self) -> widgets.Dropdown:
        return choice("border", list(BORDERS), self._fixed["border"])

    def _make_flip(self) -> widgets.Checkbox:
        return switch("flip the kernel (convolution)", self._fixed["flip"])

    def _make_sample(self) -> widgets.Dropdown:
        if self._name is None:
            return choice("input", [*SAMPLES, OWN], OWN)
        return choice("input", SAMPLES, self._name)

    def _make_upload(self) -> widgets.FileUpload:
        return upload_button("your own picture")

    def _make_code(self) -> widgets.ToggleButton:
        return self._code.button

    def close(self) -> None:
        """Free every widget of the explorer, also weights of larger kernels shown before."""
        self._hidden_widgets += self.controls.values()  # not yet in the view if one was refused
        if self._sliders is not None:
            self._hidden_widgets += self._sliders.widgets
        super().close()


def _check_controls(names: Sequence[str], axes: int) -> None:
    allowed = CONTROLS if axes > 1 else [n for n in CONTROLS if n not in PICTURES_ONLY]
    if isinstance(names, str) or not isinstance(names, Sequence):
        raise TypeError(f"controls={brief(names)}: allowed is a sequence of {listing(allowed)}")
    for name in names:
        if not isinstance(name, str) or name not in allowed:
            raise ValueError(f"controls contains {brief(name)}: allowed are {listing(allowed)}")


def _name_of(x: np.ndarray) -> str | None:
    """Return the name of the sample that `x` is, or None."""
    photographs = x.dtype == np.uint8
    for name in SAMPLES:
        if name.startswith("photograph") == photographs and _same(sample(name), x):
            return name
    return None


def _same(one: np.ndarray, other: np.ndarray) -> bool:
    return one.dtype == other.dtype and np.array_equal(one, other)


def _preset_of(weights: np.ndarray) -> str:
    """Return the name of the kernel that has these weights, or "custom"."""
    size = max(weights.shape)
    for name in KERNELS:
        if size in sizes(name) and np.array_equal(kernel(name, size), weights):
            return name
    return CUSTOM


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
