"""A model in which each layer's output is the next layer's input."""

import numpy as np

from helpers.arguments import brief, is_whole, whole
from helpers.layers import summary
from helpers.layers.base import Input, Layer, shape_through, snake_case
from helpers.layers.checks import (
    MOST_DATA,
    Fixed,
    Refusing,
    Shape,
    as_batch,
    checked_batch_shape,
    checked_name,
    checked_seed,
    checked_weights,
    fits,
    limited,
    refuse,
    said_of,
)
from helpers.layers.losses import Loss, checked_loss
from helpers.layers.optimizers import SGD, checked_optimizer
from helpers.layers.training import (
    NEUTRAL_IN_COMPILE,
    NEUTRAL_IN_EVALUATE,
    NEUTRAL_IN_FIT,
    NEUTRAL_ON_BATCH,
    QUIET,
    History,
    Plan,
    Trainer,
    checked_pair,
    fit,
    neutral,
    split,
)

SAMPLES_AT_ONCE = 256  # keeps the memory for feature maps small, whatever the number of samples


class Sequential(Refusing):
    """A stack of layers, with the methods of Keras's `Sequential`.

    Parameters
    ----------
    layers : list of layers, optional
        The first entry may be an `Input`.
    trainable : True
    name : str, optional
    seed : int or numpy.random.Generator, optional
        Where the random weights of layers without a seed of their own come from.

    Examples
    --------
    >>> model = Sequential([Input((2,)), Layer(), Layer()])
    >>> [layer.name for layer in model.layers], model.output_shape
    (['layer', 'layer_1'], (None, 2))
    """

    trainable = Fixed(True)  # single layers may be kept from learning

    def __init__(self, layers=None, trainable=True, name=None, *, seed=None) -> None:
        self.trainable = trainable
        self.name = checked_name(name) or snake_case(type(self).__name__)
        self.layers: list[Layer] = []
        self.input_shape: Shape | None = None
        self.random = checked_seed(seed)
        self.optimizer: SGD | None = None
        self.loss: Loss | None = None
        self.metrics = ("loss",)
        self._roomy: tuple = ()  # the last data that fitted, with the layers that they went through
        self._room_for: Shape = ()  # the shape of their output
        if not isinstance(layers, list | tuple | None):
            raise TypeError(f"layers={brief(layers)}: allowed is a list of layers")
        for layer in layers or ():
            self.add(layer)

    def __repr__(self) -> str:
        return f"<Sequential name={self.name}, built={self.built}>"

    def add(self, layer) -> None:
        """Put a layer on top; with a known input shape it gets its weights at once."""
        if isinstance(layer, Input):
            self._start_with(layer)
            return
        if not isinstance(layer, Layer):
            raise TypeError(f"layer={brief(layer)}: allowed are layers and, as the first, an Input")
        if layer in self.layers:
            raise ValueError(f"layer={layer!r} is in this model already: allowed is another one")
        layer.name = self._free_name(layer)
        if layer.seed is None:
            layer.seed = self.random
        shape = self.output_shape
        if not self.layers and shape is None and layer.sample_shape is not None:
            shape = (None, *layer.sample_shape)
        if shape is not None:
            layer.build(shape)
            self.input_shape = self.input_shape or shape
        self.layers.append(layer)

    def build(self, input_shape=None) -> None:
        """Make the weights of all layers for inputs of this shape, its first entry being None."""
        shape = self.input_shape if input_shape is None else checked_batch_shape(input_shape)
        if not self.layers or shape is None:
            raise ValueError(
                f"input_shape={brief(input_shape)} in a model with {len(self.layers)} layers: "
                "allowed are at least one layer and a shape such as (None, 28, 28, 1)"
            )
        self._shape_after(shape)  # complain before any layer has weights of a wrong shape
        self.input_shape = shape
        for layer in self.layers:
            layer.build(shape)
            shape = layer.output_shape

    def predict(self, x, batch_size=None, verbose="auto", steps=None, callbacks=None) -> np.ndarray:
        """Compute the output of the last layer.

        Parameters
        ----------
        x : array_like, (N, ...)
            The samples. Where the last entry of the input shape is 1, it may be left out.
        batch_size : int, optional
            How many samples pass through the layers together; it changes the memory needed.
        verbose : "auto", 0, 1 or 2
            Accepted, but nothing is printed.
        steps, callbacks : None

        Returns
        -------
        ndarray, (N, ...)

        Raises
        ------
        TypeError, ValueError
            With both shapes, where the data does not fit a layer.
        """
        refuse("verbose", verbose, allowed=("auto", 0, 1, 2, True, False))
        refuse("steps", steps, allowed=(None,))
        refuse("callbacks", callbacks, allowed=(None,))
        if batch_size is not None:
            whole("batch_size", batch_size, lowest=1)
        x, at_once = self._checked(x), batch_size or SAMPLES_AT_ONCE
        self._check_room(x.shape, at_once)
        return self._forward(x, at_once)

    def __call__(self, x) -> np.ndarray:
        """Compute the output of the last layer for all samples together."""
        x = self._checked(x)
        self._check_room(x.shape, len(x))
        return self._forward(x, len(x))

    def compile(self, optimizer, loss=None, loss_weights=None, metrics=None, **options) -> None:
        """Say how the model is to learn.

        Parameters
        ----------
        optimizer : "sgd" or SGD
        loss : str or Loss
            "mean_squared_error" (or "mse"), "categorical_crossentropy" for targets such as
            [0, 1, 0], "sparse_categorical_crossentropy" for class numbers.
        loss_weights : None
        metrics : ["accuracy"], or None
        """
        refuse("loss_weights", loss_weights, allowed=(None,))
        metrics = list(metrics) if isinstance(metrics, tuple) else metrics
        refuse("metrics", metrics, allowed=(None, [], ["accuracy"], ["acc"]))
        neutral("compile", options, NEUTRAL_IN_COMPILE)
        self.optimizer, self.loss = checked_optimizer(optimizer), checked_loss(loss)
        self.metrics = ("loss", "accuracy") if metrics else ("loss",)
        self.optimizer.velocity = None

    def fit(
        self,
        x,
        y,
        batch_size=None,
        epochs=1,
        verbose="auto",
        callbacks=None,
        validation_split=0.0,
        validation_data=None,
        shuffle=True,
        *,
        seed=None,
        **options,
    ) -> History:
        """Learn from samples `x` and the answers `y` wanted for them.

        Parameters
        ----------
        x : array_like, (N, ...)
        y : array_like, (N, ...)
            What fits the loss; see `compile`.
        batch_size : int, optional
            Samples per step; 32 if left out.
        epochs : int
            How often all samples are gone through.
        verbose : "auto", 0, 1 or 2
            A progress bar ("auto", 1), nothing (0), or a line per epoch (2).
        callbacks : None
        validation_split : float, 0 to below 1
            The share of the samples, taken from the end, that is not learned from but looked at.
        validation_data : (x, y), optional
            Such samples from elsewhere.
        shuffle : bool
            Whether each epoch has an order of its own.
        seed : int or numpy.random.Generator, optional
            Where these orders come from; without it, from the model's seed.

        Returns
        -------
        History

        Raises
        ------
        DivergedError
            Where the loss is no longer a number; the weights are those after the last whole step.
        """
        refuse("callbacks", callbacks, allowed=(None,))
        refuse("verbose", verbose, allowed=("auto", 0, 1, 2, True, False))
        refuse("shuffle", shuffle, allowed=(True, False))
        neutral("fit", options, NEUTRAL_IN_FIT)
        plan = Plan(
            batch_size=whole("batch_size", 32 if batch_size is None else batch_size, lowest=1),
            epochs=limited("epochs", epochs),
            shuffle=shuffle,
            random=self.random if seed is None else checked_seed(seed),
            verbose=1 if verbose == "auto" else int(verbose),
            metrics=self.metrics,
        )
        x, targets = self._samples_and_targets(x, y, plan.batch_size)
        if validation_data is not None:
            with said_of("validation_data"):
                plan.validation = self._samples_and_targets(*checked_pair(validation_data))
        else:
            x, targets, plan.validation = split(x, targets, validation_split)
        return fit(self._trainer(), x, targets, plan, self._results)

    def train_on_batch(self, x, y, **options) -> float | list[float]:
        """Take a single step; return the loss before it, and the accuracy if it is a metric."""
        neutral("train_on_batch", options, NEUTRAL_ON_BATCH)
        x, targets = self._samples_and_targets(x, y, MOST_DATA)
        with self._trainer() as trainer, np.errstate(**QUIET):
            loss, hits = trainer.step(x, targets)
        return [loss, float(hits.mean())] if "accuracy" in self.metrics else loss

    def evaluate(self, x, y, batch_size=None, verbose="auto", **options) -> float | list[float]:
        """Return the loss, and the accuracy if it is a metric, without learning anything."""
        neutral("evaluate", options, NEUTRAL_IN_EVALUATE)
        refuse("verbose", verbose, allowed=("auto", 0, 1, 2, True, False))
        if batch_size is not None:
            whole("batch_size", batch_size, lowest=1)
        x, targets = self._samples_and_targets(x, y)
        with np.errstate(**QUIET):
            results = self._results(x, targets)
        values = [results[name] for name in self.metrics]
        return values if len(values) > 1 else values[0]

    def summary(self, line_length=None, positions=None, print_fn=None, **options) -> None:
        """Print the layers, the shapes of their outputs, and how many weights they have."""
        options |= {"line_length": line_length, "positions": positions}
        neutral("summary", options, summary.NEUTRAL)
        summary.checked_print(print_fn)(summary.described(self.name, self.layers))

    def count_params(self) -> int:
        """Count the weights of all layers."""
        return sum(layer.count_params() for layer in self.layers)

    @property
    def built(self) -> bool:
        """Whether there are layers, and all of them have their weights."""
        return bool(self.layers) and all(layer.built for layer in self.layers)

    @property
    def output_shape(self) -> Shape | None:
        """The shape of what the last layer returns; None before the input shape is known."""
        return self.layers[-1].output_shape if self.layers else self.input_shape

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
                f"model {self.name!r} has no weights yet: give its first layer an input_shape, "
                "or call build"
            )
        new = checked_weights(self.name, self.weights, weights)
        for array, values in zip(self.weights, new, strict=True):
            array[...] = values

    def get_layer(self, name=None, index=None) -> Layer:
        """Return a layer by its name or its number, counted from 0."""
        if (name is None) == (index is None):
            both = f"name={brief(name)} and index={brief(index)}"
            raise ValueError(f"{both}: allowed is one of the two")
        if name is None:
            if not is_whole(index) or not -len(self.layers) <= index < len(self.layers):
                raise ValueError(f"index={brief(index)}: allowed are 0 to {len(self.layers) - 1}")
            return self.layers[index]
        found = {layer.name: layer for layer in self.layers}
        if checked_name(name) not in found:
            raise ValueError(f"name={brief(name)}: allowed are {', '.join(found)}")
        return found[name]

    def _start_with(self, start: Input) -> None:
        if self.layers or self.input_shape:
            raise ValueError(f"layer={start!r}: allowed is an Input as the first entry only")
        self.input_shape = start.shape

    def _free_name(self, layer: Layer) -> str:
        """Return the layer's own name, or the next one of its kind: conv2d, conv2d_1, ..."""
        taken = {other.name for other in self.layers}
        if layer.has_own_name:
            if layer.name in taken:
                raise ValueError(f"name={layer.name!r} is taken: allowed is a name only once")
            return layer.name
        kind, number = snake_case(type(layer).__name__), 0
        while (name := f"{kind}_{number}" if number else kind) in taken:
            number += 1
        return name

    def _checked(self, x) -> np.ndarray:
        """Return data as a batch that fits, making the weights if there are none yet."""
        if not self.layers:
            raise ValueError("the model has no layers: allowed is a model with at least one")
        x = as_batch(x, self.layers[0].dtype)
        if self.input_shape is None:
            self.build((None, *x.shape[1:]))
        expected = self.input_shape
        if x.ndim < len(expected) and expected[-1] == 1 and fits(x.shape[1:], expected[1:-1]):
            x = x[..., None]
        if x.shape[1:] != expected[1:]:
            with said_of(f"x has shape {x.shape} in a model for {expected}"):
                self._shape_after(x.shape)
        return x

    def _samples_and_targets(self, x, y, at_once=SAMPLES_AT_ONCE) -> tuple[np.ndarray, np.ndarray]:
        """Return what to learn from, or say why it does not fit the model or the loss."""
        if self.loss is None:
            raise ValueError("the model does not know how to learn: call compile(...) before")
        x = self._checked(x)
        if not np.isfinite(x).all():
            raise ValueError(
                f"x holds values that are not finite as {x.dtype}: allowed are finite numbers"
            )
        self.loss.check_model(getattr(self.layers[-1], "activation", "linear"))
        output_shape = self._check_room(x.shape, max(at_once, SAMPLES_AT_ONCE))
        if len(output_shape) < 2:
            raise ValueError(f"x has shape {x.shape}: allowed is (samples, ..., values)")
        targets = self.loss.targets(y, output_shape)
        if len(targets) != len(x):
            raise ValueError(
                f"x has {len(x)} samples, y has {len(targets)}: allowed is one answer per sample"
            )
        return x, targets

    def _trainer(self) -> Trainer:
        return Trainer(self.layers, self.loss, self.optimizer)

    def _results(self, x: np.ndarray, targets: np.ndarray) -> dict[str, float]:
        """Return loss and accuracy."""
        outputs = self._forward(x, SAMPLES_AT_ONCE)
        hits = self.loss.hits(outputs, targets)
        return {"loss": self.loss.value(outputs, targets), "accuracy": float(hits.mean())}

    def _shape_after(self, shape: Shape) -> Shape:
        """Follow a shape through the layers; the first layer that it does not fit complains."""
        for layer in self.layers:
            shape = layer.compute_output_shape(shape)
        return shape

    def _check_room(self, shape: Shape, at_once: int) -> Shape:
        """Return the shape of the output; refuse data of which a layer would make too much."""
        case = (shape, at_once, *self.layers)
        if self._roomy != case:
            self._room_for = shape_through(self.layers, shape, at_once)
            self._roomy = case
        return self._room_for

    def _forward(self, x: np.ndarray, at_once: int) -> np.ndarray:
        """Send the samples through the layers, `at_once` of them at a time."""
        results = []
        for start in range(0, len(x), at_once):
            values = x[start : start + at_once]
            for layer in self.layers:
                values = layer.call(values)
            results.append(values)
        result = results[0] if len(results) == 1 else np.concatenate(results)
        return result.copy() if np.may_share_memory(result, x) else result
