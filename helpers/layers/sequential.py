"""A model in which each layer's output is the next layer's input."""

import numpy as np

from helpers.arguments import brief, plain
from helpers.layers import summary
from helpers.layers.layer import Input, Layer, Shape, as_batch, batch_shape
from helpers.layers.learning import Learning

SAMPLES_AT_ONCE = 256  # keeps the memory for feature maps small, whatever the number of samples


class Sequential(Learning):
    """A stack of layers, with the methods of Keras's `Sequential`.

    `layers` is a list of layers; its first entry may be an `Input`.

    Examples
    --------
    >>> from helpers.layers import Dense
    >>> model = Sequential([Input((3,)), Dense(2), Dense(1)])
    >>> [layer.name for layer in model.layers], model.output_shape
    (['dense', 'dense_1'], (None, 1))
    """

    def __init__(self, layers=None, *, name=None) -> None:
        if not isinstance(name, str | None):
            raise TypeError(f"name={brief(name)}: allowed is a text, or None")
        if not isinstance(layers, list | tuple | None):
            raise TypeError(f"layers={brief(layers)}: allowed is a list of layers")
        self.name = name or "sequential"
        self.layers: list[Layer] = []
        self.input_shape: Shape | None = None
        for layer in layers or ():
            self.add(layer)

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
        self._name(layer)
        shape = self.output_shape or (None if self.layers else layer.input_shape)
        if shape:
            layer.build(shape)
            self.input_shape = self.input_shape or shape
        self.layers.append(layer)
        self.velocities = None

    def build(self, input_shape) -> None:
        """Make the weights of all layers for batches of this shape, its first entry being None."""
        sample = plain(input_shape)
        sample = sample[1:] if isinstance(sample, tuple | list) else sample
        shapes = self._shapes(batch_shape("input_shape", sample))  # complains before any is built
        for layer, shape in zip(self.layers, shapes, strict=False):
            layer.build(shape)
        self.input_shape = shapes[0]

    def predict(self, x, batch_size=None, verbose="auto") -> np.ndarray:
        """Compute the output of the last layer, (N, ...), for samples (N, ...).

        Where the last entry of the input shape is 1, it may be left out. `batch_size` and `verbose`
        are accepted, as in Keras, and change nothing.

        Raises
        ------
        TypeError, ValueError
            With both shapes, where the data does not fit a layer.
        """
        return self._outputs(self._batch(x))

    def __call__(self, x) -> np.ndarray:
        """Compute the output of the last layer, as `predict` does."""
        return self.predict(x)

    def summary(self) -> None:
        """Print the layers, the shapes of their outputs, and how many weights they have."""
        shapes = self._shapes(self.input_shape)[1:] if self.input_shape else []
        print(summary.described(self.name, self.layers, shapes))  # noqa: T201

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

    def _name(self, layer: Layer) -> None:
        """Give a layer without a name the next one of its kind: conv2d, conv2d_1, ..."""
        taken = {other.name for other in self.layers}
        if layer.has_name and layer.name in taken:
            raise ValueError(f"name={layer.name!r} is taken: allowed is a name only once")
        kind, number = layer.name, 0
        while layer.name in taken:
            number += 1
            layer.name = f"{kind}_{number}"
        layer.has_name = True

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
            self.build(x.shape)
        sample = self.input_shape[1:]
        if x.shape[1:] == sample[:-1] and sample[-1] == 1:
            x = x[..., None]
        if x.shape[1:] != sample:
            raise ValueError(
                f"x has shape {x.shape} in a model for {self.input_shape}: allowed is just this "
                "shape, with any number of samples for None"
            )
        return x

    def _outputs(self, x: np.ndarray) -> np.ndarray:
        """Send the samples through the layers, some of them at a time."""
        results = []
        for start in range(0, len(x), SAMPLES_AT_ONCE):
            values = x[start : start + SAMPLES_AT_ONCE]
            for layer in self.layers:
                values = layer.forward(values)
            results.append(values)
        result = results[0] if len(results) == 1 else np.concatenate(results)
        return result.copy() if np.may_share_memory(result, x) else result
