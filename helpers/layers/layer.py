"""What all layers have in common: a name, weights, shapes, `forward` and `backward`."""

import math
import re

import numpy as np

from helpers.arguments import MOST_VALUES, as_array, brief, listing, one_of, truth, whole
from helpers.layers.activations import ACTIVATIONS

Shape = tuple[int | None, ...]  # of a batch; None stands for any number of samples


class Randomness:
    """The generator behind all random weights and all shuffling, one for all models.

    Keras has a single one, too. `set_random_seed` puts a new one in its place.
    """

    generator = np.random.default_rng()


def set_random_seed(seed) -> None:
    """Let the random weights and the shuffling that follow be the same every time.

    In Keras, this is `keras.utils.set_random_seed`; the random numbers there are other ones.

    Examples
    --------
    >>> set_random_seed(3)
    >>> first = GlorotUniform()((2, 3))
    >>> set_random_seed(3)
    >>> np.array_equal(GlorotUniform()((2, 3)), first)
    True
    """
    Randomness.generator = np.random.default_rng(whole("seed", seed, lowest=0))


class GlorotUniform:
    """Random weights between -limit and limit, limit = sqrt(6 / (inputs + outputs)).

    This keeps the spread of the values similar from layer to layer. With a seed, the weights are
    the same every time. Source: Glorot and Bengio, "Understanding the difficulty of training deep
    feedforward neural networks" (2010).
    """

    def __init__(self, seed=None) -> None:
        self.seed = None if seed is None else whole("seed", seed, lowest=0)

    def __call__(self, shape: tuple[int, ...], dtype="float32") -> np.ndarray:
        """Return weights of this shape, (..., inputs, outputs)."""
        limit = math.sqrt(6 / (math.prod(shape[:-2]) * (shape[-2] + shape[-1])))
        random = Randomness.generator if self.seed is None else np.random.default_rng(self.seed)
        return random.uniform(-limit, limit, shape).astype(dtype)


INITIALIZERS = {"glorot_uniform": GlorotUniform(), "zeros": np.zeros, "ones": np.ones}


class Input:
    """The shape of one sample, as the first entry of a model.

    Examples
    --------
    >>> Input((28, 28, 1)).shape
    (None, 28, 28, 1)
    """

    def __init__(self, shape) -> None:
        self.shape = batch_shape("shape", shape)

    def __repr__(self) -> str:
        return f"<Input shape={self.shape}>"


class HasWeights:
    """What a layer and a model share: a name, and weights to read, store and count."""

    name: str
    built = True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    @property
    def weights(self) -> list[np.ndarray]:
        """The arrays of weights themselves, of every layer the kernel, then the bias."""
        return []

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of the weights."""
        return [values.copy() for values in self.weights]

    def set_weights(self, weights) -> None:
        """Store copies of the given weights, which need the shapes of `get_weights()`."""
        self._check_built()
        shapes = [values.shape for values in self.weights]
        if not isinstance(weights, list | tuple):
            raise TypeError(
                f"weights={brief(weights)}: allowed is a list of arrays of shapes {shapes}"
            )
        arrays = [as_numbers(f"weights[{n}]", values) for n, values in enumerate(weights)]
        if [values.shape for values in arrays] != shapes:
            raise ValueError(
                f"weights has shapes {[values.shape for values in arrays]}: "
                f"allowed for {self.name!r} are {shapes}"
            )
        copies = [values.copy() for values in arrays]  # the given ones may be views of these
        for array, values in zip(self.weights, copies, strict=True):
            array[...] = values

    def count_params(self) -> int:
        """Count the weights."""
        self._check_built()
        return sum(values.size for values in self.weights)

    def _check_built(self) -> None:
        """Refuse what needs weights as long as there are none."""
        if not self.built:
            raise ValueError(
                f"{self.name!r} has no weights yet: allowed after its first data, or with an "
                "input_shape for the first layer of a model"
            )


class Layer(HasWeights):
    """The start of every layer; takes the arguments that all layers share.

    Parameters
    ----------
    name : str, optional
        A model numbers the layers without a name: "conv2d", "conv2d_1", ...
    input_shape : tuple, optional
        Shape of one sample, with the channels last. With it, the first layer of a model has
        weights before it meets data.
    dtype : "float32" or "float64"
        The type of weights and results.

    A layer may be part of several models. They share its weights: what one of them learns, the
    others know.
    """

    axes: tuple[str, ...] = ()  # what the axes of one sample are called, if their number is fixed
    activation = "linear"
    gradients: list[np.ndarray] = []  # noqa: RUF012 -- of the weights; never changed in place

    def __init__(self, *, name=None, input_shape=None, dtype="float32") -> None:
        if name is not None and not (isinstance(name, str) and name):
            raise TypeError(f"name={brief(name)}: allowed is a text, or None")
        self.has_name = name is not None
        self.name = name or snake_case(type(self).__name__)
        given = input_shape is not None
        self.input_shape = batch_shape("input_shape", input_shape) if given else None
        self.dtype = np.dtype(one_of("dtype", dtype, ("float32", "float64")))

    def __call__(self, x) -> np.ndarray:
        """Compute the output for a batch of samples, making weights if there are none yet."""
        x = as_batch(x, self.dtype)
        self.build(x.shape)
        y = self.forward(x)
        return y.copy() if np.may_share_memory(x, y) else y

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Compute the output of a batch that fits, and keep what `backward` needs."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray, *, to_input: bool = True) -> np.ndarray | None:
        """Return how the loss changes with the last input; keep how it does with the weights.

        Parameters
        ----------
        gradient : ndarray, of the shape of the last output
            How the loss changes with that output, before its activation.
        to_input : bool
            Whether the gradient of the input is wanted; without it, the result is None.
        """
        raise NotImplementedError

    def build(self, input_shape) -> None:
        """Make the weights, if there are none yet, for batches of this shape, which has to fit."""
        self.compute_output_shape(input_shape)

    def compute_output_shape(self, input_shape) -> Shape:
        """Return the shape of the output for a batch of this shape, or say why it does not fit."""
        input_shape = tuple(input_shape)
        if self.axes and len(input_shape) != len(self.axes) + 1:
            raise self.wrong_shape(input_shape, f"allowed is (samples, {', '.join(self.axes)})")
        return self.shape_after(input_shape)

    def shape_after(self, input_shape: Shape) -> Shape:
        """Return the shape of the output for a batch with the right number of axes."""
        raise NotImplementedError

    def wrong_shape(self, input_shape: Shape, allowed: str) -> ValueError:
        """Make the error for a batch that does not fit."""
        return ValueError(f"the input of layer {self.name!r} has shape {input_shape}: {allowed}")


class Weighted(Layer):
    """What the layers with a kernel and a bias share."""

    def __init__(
        self,
        *,
        activation=None,
        use_bias=True,
        kernel_initializer="glorot_uniform",
        bias_initializer="zeros",
        **shared,
    ) -> None:
        super().__init__(**shared)
        activation = "linear" if activation is None else activation
        self.activation = one_of("activation", activation, ACTIVATIONS)
        self.use_bias = truth("use_bias", use_bias)
        self.kernel_initializer = as_initializer("kernel_initializer", kernel_initializer)
        self.bias_initializer = as_initializer("bias_initializer", bias_initializer)
        self.kernel: np.ndarray | None = None
        self.bias: np.ndarray | None = None

    @property
    def built(self) -> bool:
        """Whether the layer has its weights."""
        return self.kernel is not None

    @property
    def weights(self) -> list[np.ndarray]:
        """The arrays of weights themselves: the kernel, then the bias; [] before `build`."""
        return [values for values in (self.kernel, self.bias) if values is not None]

    def build(self, input_shape) -> None:
        """Make the weights, if there are none yet, for batches of this shape."""
        super().build(input_shape)
        if not self.built:
            shape = self.kernel_shape(input_shape[-1])
            if math.prod(shape) > MOST_VALUES:
                raise ValueError(
                    f"layer {self.name!r} would have a kernel of shape {shape}: allowed are up to "
                    f"{MOST_VALUES:,} values"
                )
            self.kernel = self.kernel_initializer(shape, self.dtype)
            if self.use_bias:  # which counts as one input
                self.bias = self.bias_initializer((1, shape[-1]), self.dtype)[0]

    def kernel_shape(self, channels: int) -> tuple[int, ...]:
        """Return the shape of the kernel for inputs with so many channels."""
        raise NotImplementedError

    def check_channels(self, input_shape: Shape) -> None:
        """Refuse an input whose last axis does not fit the kernel."""
        if self.built and input_shape[-1] != self.kernel.shape[-2]:
            raise self.wrong_shape(
                input_shape,
                f"allowed is {self.kernel.shape[-2]} as the last entry, because its kernel has "
                f"shape {self.kernel.shape}",
            )

    def activated(self, sums: np.ndarray) -> np.ndarray:
        """Add the bias and apply the activation, both in place."""
        if self.bias is not None:
            sums += self.bias
        return ACTIVATIONS[self.activation].apply(sums)

    def keep_gradients(self, of_kernel: np.ndarray, of_outputs: np.ndarray) -> None:
        """Keep the gradients of the weights; every output, (..., F), has its bias added once."""
        of_bias = of_outputs.reshape(-1, of_outputs.shape[-1]).sum(axis=0)
        self.gradients = [of_kernel, of_bias][: len(self.weights)]


# ---------------------------------------------------------------------------------- checks


def snake_case(name: str) -> str:
    """Turn the name of a class into the name of a layer.

    >>> snake_case("MaxPooling2D"), snake_case("Conv1D")
    ('max_pooling2d', 'conv1d')
    """
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def batch_shape(name: str, shape) -> Shape:
    """Return the shape of a batch, (None, ...), for samples of this shape."""
    if not isinstance(shape, tuple | list):
        raise TypeError(f"{name}={brief(shape)}: allowed is a tuple such as (28, 28, 1)")
    entries = (whole(f"{name}={brief(shape)}, entry", entry, lowest=1) for entry in shape)
    return (None, *entries)


def as_initializer(name: str, value):  # noqa: ANN201 -- a function of shape and dtype
    """Return an initializer, given by its name or as a `GlorotUniform`."""
    if isinstance(value, GlorotUniform):
        return value
    if not isinstance(value, str) or value not in INITIALIZERS:
        raise ValueError(
            f"{name}={brief(value)}: allowed are {listing(INITIALIZERS)} and GlorotUniform(seed)"
        )
    return INITIALIZERS[value]


def as_numbers(name: str, values) -> np.ndarray:
    """Return values as an array of numbers of any shape."""
    array = as_array(name, values)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {array.dtype} values: allowed are whole numbers and floats")
    return array


def as_samples(name: str, values) -> np.ndarray:
    """Return data as an array of numbers, (N, ...)."""
    array = as_numbers(name, values)
    if array.ndim == 0 or array.size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}: allowed is (samples, ...), no entry being 0"
        )
    return array


def as_batch(x, dtype) -> np.ndarray:
    """Return data as an array of floats, (N, ...)."""
    with np.errstate(over="ignore"):  # what is too large for the type becomes infinite
        return as_samples("x", x).astype(dtype, copy=False)
