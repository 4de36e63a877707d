"""A model in which each layer's output is the next layer's input."""

import numpy as np

from helpers.arguments import brief, plain, whole
from helpers.layers import summary
from helpers.layers.layer import (
    Input,
    Layer,
    Shape,
    as_batch,
    checked_shape,
    snake_case,
    store_weights,
)
from helpers.layers.learning import Learning

SAMPLES_AT_ONCE = 256  # keeps the memory for feature maps small, whatever the number of samples


class Sequential(Learning):
    """A stack of layers, with the methods of Keras's `Sequential`.

    Parameters
    ----------
    layers : list of layers, optional
        The first entry may be an `Input`.
    name : str, optional

    Examples
    --------
    >>> from helpers.layers import Dense
    >>> model = Sequential([Input((3,)), Dense(2), Dense(1)])
    >>> [layer.name for layer in model.layers], model.output_shape
    (['dense', 'dense_1'], (None, 1))
    """

    def __init__(self, layers=None, *, name="sequential") -> None:
        if not isinstance(name, str):
            raise TypeError(f"name={brief(name)}: allowed is a text")
        if not isinstance(layers, list | tuple | None):
            raise TypeError(f"layers={brief(layers)}: allowed is a list of layers")
        self.name = name
        self.layers: list[Layer] = []
        self.input_shape: Shape | None = None
        for layer in layers or ():
            self.add(layer)

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"

    def add(self, layer) -> None:
        """Put a layer on top; with a known input shape it gets its weights at once."""
        if isinstance(layer, Input):
            if self.layers or self.input_shape:
                raise ValueError(f"layer={layer!r}: allowed is an Input as the first entry only")
            self.input_shape = layer.shape
            return
        if not isinstance(layer, Layer):
            raise TypeError(f"layer={brief(layer)}: allowed are layers and, as the first, an Input")
        if layer in self.layers:
            raise ValueError(f"layer={layer!r} is in this model already: allowed is another one")
        name = self._name_for(layer)
        shape = self.output_shape
        if not self.layers and shape is None and layer.sample_shape is not None:
            shape = (None, *layer.sample_shape)
        layer.name, layer.has_name = name, True
        if shape is not None:
            layer.build(shape)
            self.input_shape = self.input_shape or shape
        self.layers.append(layer)
        self.velocities = None

    def build(self, input_shape=None) -> None:
        """Make the weights of all layers for batches of this shape, its first entry being None."""
        shape, input_shape = self.input_shape, plain(input_shape)
        if input_shape:
            sample = input_shape[1:] if isinstance(input_shape, tuple | list) else input_shape
            shape = (None, *checked_shape("input_shape", sample))
        if not self.layers or not shape:
            raise ValueError(
                f"input_shape={brief(input_shape)} in a model with {len(self.layers)} layers: "
                "allowed are at least one layer and a shape such as (None, 28, 28, 1)"
            )
        shapes = self._shapes(shape)  # complains before any layer has weights of a wrong shape
        for layer, before in zip(self.layers, shapes, strict=False):
            layer.build(before)
        self.input_shape = shape

    def predict(self, x, batch_size=None, verbose="auto") -> np.ndarray:
        """Compute the output of the last layer.

        Parameters
        ----------
        x : array_like, (N, ...)
            The samples. Where the last entry of the input shape is 1, it may be left out.
        batch_size : int, optional
            How many samples pass through the layers together; it changes the memory needed.
        verbose : "auto", 0, 1 or 2
            Accepted as in Keras; nothing is printed.

        Returns
        -------
        ndarray, (N, ...)

        Raises
        ------
        TypeError, ValueError
            With both shapes, where the data does not fit a layer.
        """
        at_once = (
            SAMPLES_AT_ONCE if batch_size is None else whole("batch_size", batch_size, lowest=1)
        )
        return self._outputs(self._batch(x), at_once)

    def __call__(self, x) -> np.ndarray:
        """Compute the output of the last layer for all samples together."""
        x = self._batch(x)
        return self._outputs(x, len(x))

    def summary(self) -> None:
        """Print the layers, the shapes of their outputs, and how many weights they have."""
        shapes = self._shapes(self.input_shape)[1:] if self.input_shape else []
        print(summary.described(self.name, self.layers, shapes))  # noqa: T201

    def count_params(self) -> int:
        """Count the weights of all layers."""
        if not self.built:
            raise ValueError(
                f"model {self.name!r} has no weights yet: allowed after build, or with an "
                "input_shape for its first layer"
            )
        return sum(layer.count_params() for layer in self.layers)

    @property
    def built(self) -> bool:
        """Whether there are layers, and all of them have their weights."""
        return bool(self.layers) and self.input_shape is not None

    @property
    def output_shape(self) -> Shape | None:
        """The shape of what the last layer returns; None before the input shape is known."""
        return self._shapes(self.input_shape)[-1] if self.input_shape else None

    @property
    def weights(self) -> list[np.ndarray]:
        """The arrays of weights themselves, from the first layer to the last."""
        return [values for layer in self.layers for values in layer.weights]

    def get_weights(self) -> list[np.ndarray]:
        """Return copies of all weights, from the first layer to the last."""
        return [values.copy() for values in self.weights]

    def set_weights(self, weights) -> None:
        """Store copies of the given weights, which need the shapes of `get_weights()`."""
        if not self.built:
            raise ValueError(
                f"model {self.name!r} has no weights yet: allowed after build, or with an "
                "input_shape for its first layer"
            )
        store_weights(self.name, self.weights, weights)

    def _name_for(self, layer: Layer) -> str:
        """Return the layer's own name, or the next one of its kind: conv2d, conv2d_1, ..."""
        taken = {other.name for other in self.layers}
        if layer.has_name:
            if layer.name in taken:
                raise ValueError(f"name={layer.name!r} is taken: allowed is a name only once")
            return layer.name
        kind, number = snake_case(type(layer).__name__), 0
        while (name := f"{kind}_{number}" if number else kind) in taken:
            number += 1
        return name

    def _shapes(self, shape: Shape) -> list[Shape]:
        """Follow a shape through the layers; the first layer that it does not fit complains."""
        shapes = [shape]
        for layer in self.layers:
            shapes.append(layer.compute_output_shape(shapes[-1]))
        return shapes

    def _batch(self, x) -> np.ndarray:
        """Return data as a batch that fits, making the weights if there are none yet."""
        if not self.layers:
            raise ValueError("the model has no layers: allowed is a model with at least one")
        x = as_batch(x, self.layers[0].dtype)
        if self.input_shape is None:
            self.build((None, *x.shape[1:]))
        sample = self.input_shape[1:]
        if x.shape[1:] == sample[:-1] and sample[-1] == 1:
            x = x[..., None]
        if x.shape[1:] != sample:
            what = f"x has shape {x.shape} in a model for {self.input_shape}"
            try:
                self._shapes(x.shape)
            except ValueError as error:
                raise ValueError(f"{what}: {error}") from error
            raise ValueError(f"{what}: allowed is just this shape")
        return x

    def _outputs(self, x: np.ndarray, at_once: int = SAMPLES_AT_ONCE) -> np.ndarray:
        """Send the samples through the layers, `at_once` of them at a time."""
        results = []
        for start in range(0, len(x), at_once):
            values = x[start : start + at_once]
            for layer in self.layers:
                values = layer.forward(values)
            results.append(values)
        result = results[0] if len(results) == 1 else np.concatenate(results)
        return result.copy() if np.may_share_memory(result, x) else result
