"""What all layers have in common: a name, weights, shapes, and how arguments are refused."""

import inspect
import math
import re
from typing import Any

import numpy as np

from helpers.arguments import truth
from helpers.layers.activations import slope
from helpers.layers.checks import (
    Refusing,
    Shape,
    as_batch,
    check_kernel,
    check_room,
    checked_activation,
    checked_batch_shape,
    checked_choice,
    checked_dtype,
    checked_name,
    checked_seed,
    checked_shape,
    checked_weights,
    refuse,
    refuse_options,
)

INITIALIZERS = ("glorot_uniform", "zeros", "ones")
PADDINGS = ("valid", "same")

# Arguments of Keras that may be given as long as they change nothing.
NEUTRAL = {
    "activity_regularizer": None,
    "autocast": True,
    "bias_constraint": None,
    "bias_regularizer": None,
    "kernel_constraint": None,
    "kernel_regularizer": None,
    "lora_alpha": None,
    "lora_rank": None,
    "quantization_config": None,
}


class Layer(Refusing):
    """The start of every layer; takes the arguments that all layers share.

    Parameters
    ----------
    name : str, optional
        A model counts the layers without a name: "conv2d", "conv2d_1", ...
    input_shape : tuple, optional
        Shape of one sample, with the channels last and None for any size. With it, the first layer
        of a model has weights before it meets data.
    dtype : "float32" or "float64"
        The type of weights and results.
    trainable : bool
        Whether training may change the weights.
    seed : int or numpy.random.Generator, optional
        Where random weights come from; without it, from the model's seed.
    """

    names_of_weights: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()  # what the axes of one sample are called, if their number is fixed

    def __init__(
        self, *, name=None, input_shape=None, dtype=None, trainable=True, seed=None, **options
    ) -> None:
        check_options(type(self), options)
        self.has_own_name = checked_name(name) is not None
        self.name = name or snake_case(type(self).__name__)
        self.sample_shape = None if input_shape is None else checked_shape(input_shape)
        self.dtype = checked_dtype(dtype)
        self.trainable = truth("trainable", trainable)
        self.seed = seed if seed is None else checked_seed(seed)
        self.built = False
        self.input_shape: Shape | None = None
        self.output_shape: Shape | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def __call__(self, x) -> np.ndarray:
        """Check a batch, make weights if there are none yet, and compute."""
        if isinstance(x, Input):
            raise TypeError(f"x={x!r}: allowed is data; an Input is the first entry of Sequential")
        x = as_batch(x, self.dtype)
        if not self.built:
            self.build((None, *x.shape[1:]))
        check_room(f"layer {self.name!r} would make an array", self.compute_output_shape(x.shape))
        return self.call(x)

    def call(self, x: np.ndarray) -> np.ndarray:
        """Compute the output of a batch whose type and shape are right; `x` stays as it is."""
        raise NotImplementedError

    def before_activation(self, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Turn the gradient of the output `y` into that of what went into the activation."""
        return gradient

    def backward(
        self, x: np.ndarray, y: np.ndarray, gradient: np.ndarray, to_input: bool = True
    ) -> tuple[np.ndarray | None, list[np.ndarray]]:
        """Return how the loss changes with the input `x`, and with each of the weights.

        Parameters
        ----------
        x, y : ndarray
            What went into `call`, and what came out.
        gradient : ndarray, of the shape of `y`
            How the loss changes with `y` before its activation.
        to_input : bool
            Whether the gradient of `x` is wanted; without it, None stands in its place.
        """
        raise NotImplementedError

    def build(self, input_shape) -> None:
        """Make the weights for inputs of this shape; the first entry, None, is for the samples."""
        input_shape = checked_batch_shape(input_shape)
        self.output_shape = self.compute_output_shape(input_shape)
        if not self.built:
            self.make_weights(input_shape)
        self.input_shape, self.built = input_shape, True

    def make_weights(self, input_shape: Shape) -> None:
        """Make the weights, if the layer has any."""

    def compute_output_shape(self, input_shape) -> Shape:
        """Return the shape of the output, or say why a shape does not fit this layer."""
        input_shape = checked_batch_shape(input_shape)
        if self.needs and len(input_shape) != len(self.needs) + 1:
            raise self.wrong_shape(input_shape, f"allowed is (samples, {', '.join(self.needs)})")
        return self.shape_after(input_shape)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for an input with the right number of axes."""
        return input_shape

    def wrong_shape(self, input_shape: Shape, allowed: str) -> ValueError:
        """Make the error for an input that does not fit."""
        return ValueError(f"the input of layer {self.name!r} has shape {input_shape}: {allowed}")

    @property
    def weights(self) -> list[np.ndarray]:
        """The arrays of weights themselves: the kernel, then the bias; [] before `build`."""
        values = [getattr(self, name) for name in self.names_of_weights]
        return [value for value in values if value is not None]

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights: the kernel, then the bias."""
        return [values.copy() for values in self.weights]

    def set_weights(self, weights) -> None:
        """Store copies of the given weights, which need the shapes of `get_weights()`."""
        for array, values in zip(self.weights, self.checked_weights(weights), strict=True):
            array[...] = values

    def checked_weights(self, weights) -> list[np.ndarray]:
        """Return weights as arrays of the layer's type, or say what is wrong with them."""
        return checked_weights(self.name, self.weights, weights)

    def count_params(self) -> int:
        """Count the weights."""
        if not self.built:
            raise ValueError(
                f"layer {self.name!r} has no weights yet: give it an input_shape, or call build"
            )
        return sum(values.size for values in self.weights)


class Weighted(Layer):
    """What the layers with a kernel and a bias share."""

    names_of_weights = ("kernel", "bias")

    def prepare(self, activation, use_bias, kernel_initializer, bias_initializer) -> None:
        """Check and keep the arguments of a layer with weights."""
        self.use_bias = truth("use_bias", use_bias)
        self.activation = checked_activation(activation)
        self.initializers = (
            checked_choice("kernel_initializer", kernel_initializer, INITIALIZERS),
            checked_choice("bias_initializer", bias_initializer, INITIALIZERS),
        )
        self.kernel: np.ndarray | None = None
        self.bias: np.ndarray | None = None

    def make_weights(self, input_shape: Shape) -> None:
        """Make the kernel and, if there is one, the bias."""
        random = checked_seed(self.seed)
        shape = self.kernel_shape(input_shape[-1])
        self.kernel = initial_weights(self.initializers[0], shape, random, self.dtype)
        if self.use_bias:
            start = (1, shape[-1])  # as many inputs as Keras counts for a bias
            self.bias = initial_weights(self.initializers[1], start, random, self.dtype)[0]

    def before_activation(self, y: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Multiply by the slope of the activation."""
        return slope(self.activation, y, gradient)

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return the shape of the kernel for inputs with so many channels."""
        raise NotImplementedError

    def check_channels(self, input_shape: Shape) -> None:
        """Refuse an input whose last axis does not fit the kernel."""
        channels = input_shape[-1]
        if channels is None:
            raise self.wrong_shape(input_shape, "allowed is a number as the last entry")
        if not self.built:
            check_kernel(self.name, self.kernel_shape(channels))
        if self.built and channels != self.kernel.shape[-2]:
            raise self.wrong_shape(
                input_shape,
                f"allowed is {self.kernel.shape[-2]} as the last entry, because its kernel has "
                f"shape {self.kernel.shape}",
            )


class Input:
    """The shape of one sample, as the first entry of a model.

    Examples
    --------
    >>> Input((28, 28, 1)).shape
    (None, 28, 28, 1)
    """

    def __init__(self, shape=None, batch_size=None, dtype=None, name=None, **options) -> None:
        check_options(type(self), options)
        checked_dtype(dtype)
        refuse("batch_size", batch_size, allowed=(None,))
        self.name = checked_name(name)
        self.shape = (None, *checked_shape(shape, "shape"))

    def __repr__(self) -> str:
        return f"<Input shape={self.shape}>"


# ------------------------------------------------------------------------ checks of arguments


def snake_case(name: str) -> str:
    """Turn the name of a class into the name of a layer.

    >>> snake_case("MaxPooling2D"), snake_case("Conv1D")
    ('max_pooling2d', 'conv1d')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def shape_through(layers: list[Layer], shape: Shape, at_once: int) -> Shape:
    """Return the shape that data has after the layers, through which so many samples go at once.

    Data of which a layer, or the last one in all, would make too much is refused.
    """
    samples, portion = shape[0], (min(shape[0], at_once), *shape[1:])
    for layer in layers:
        portion = layer.compute_output_shape(portion)
        check_room(f"layer {layer.name!r} would make an array", portion)
    check_room("the output would be an array", (samples, *portion[1:]))
    return (samples, *portion[1:])


def check_options(owner: type, options: dict[str, Any]) -> None:
    """Refuse arguments of a layer, or of `Input`, that do not work here."""
    refuse_options(owner.__name__, options, NEUTRAL, lambda: ", ".join(_arguments(owner)))


def _arguments(owner: type) -> list[str]:
    """List the arguments of a class, its own first, then those that all layers share."""
    classes = (owner, Layer) if issubclass(owner, Layer) else (owner,)
    named = [inspect.signature(each.__init__).parameters.values() for each in classes]
    names = [p.name for each in named for p in each if p.kind != p.VAR_KEYWORD]
    return [name for name in dict.fromkeys(names) if name != "self"]


def initial_weights(initializer: str, shape: tuple[int, ...], random, dtype) -> np.ndarray:
    """Return the weights that a layer starts with.

    "glorot_uniform" draws evenly between -limit and limit, limit = sqrt(6 / (inputs + outputs)),
    which keeps the spread of values similar from layer to layer. Source: Glorot and Bengio,
    "Understanding the difficulty of training deep feedforward neural networks" (2010).

    Examples
    --------
    >>> initial_weights("ones", (2,), None, int)
    array([1, 1])
    """
    if initializer == "glorot_uniform":
        window = math.prod(shape[:-2])
        limit = math.sqrt(6 / (window * (shape[-2] + shape[-1])))
        return random.uniform(-limit, limit, shape).astype(dtype)
    return np.full(shape, 0 if initializer == "zeros" else 1, dtype=dtype)
