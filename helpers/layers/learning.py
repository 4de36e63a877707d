"""How a model learns: losses, gradient descent with momentum, and `fit`."""

from dataclasses import dataclass, field
from numbers import Real

import numpy as np

from helpers.arguments import brief, listing, truth, whole
from helpers.layers.activations import ACTIVATIONS
from helpers.layers.layer import HasWeights, Layer, Randomness, Shape, as_samples
from helpers.layers.progress import Progress

LEAST_PROBABILITY = 1e-7  # as in Keras: the logarithm of 0 is not a number to add to a sum
BATCH_SIZE = 32  # samples per step, as in Keras
QUIET = {"over": "ignore", "invalid": "ignore"}  # too large steps end in an error, not in warnings


class DivergedError(ArithmeticError, ValueError):
    """The loss, or a weight, is no longer a finite number."""


@dataclass
class History:
    """What `fit` returns.

    `history` has one number per epoch for "loss" and, if it was asked for, for "accuracy": the
    average over the epoch, during which the weights change.
    """

    history: dict[str, list[float]] = field(default_factory=dict)


# --------------------------------------------------------------------------------- losses


def squared_error(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the mean of (output - target)**2, and how it changes with each output.

    >>> squared_error(np.array([[1.0, 5.0]]), np.array([[1.0, 3.0]]))
    (2.0, array([[0., 2.]]))
    """
    difference = outputs - targets
    mean = float(np.vdot(difference, difference)) / difference.size
    return mean, difference * (2 / difference.size)


def cross_entropy(outputs: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
    """Return minus the mean logarithm of the right classes' probabilities, and its gradient.

    The gradient is that of what went into the softmax: probability - target, over the number of
    samples.

    >>> cross_entropy(np.array([[0.0, 1.0]]), np.array([[0, 1]]))
    (-0.0, array([[0., 0.]]))
    """
    logarithms = np.log(np.maximum(outputs, LEAST_PROBABILITY))
    samples = outputs.size // outputs.shape[-1]
    return -float(np.vdot(logarithms, targets)) / samples, (outputs - targets) / samples


LOSSES = {
    "mse": squared_error,
    "mean_squared_error": squared_error,
    "sparse_categorical_crossentropy": cross_entropy,
}


def checked_targets(loss, y: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return the outputs wanted, of this shape, or say why the answers `y` do not fit the loss.

    >>> checked_targets(cross_entropy, np.array([1, 0]), (2, 3))
    array([[0., 1., 0.],
           [1., 0., 0.]])
    """
    needed = shape[:-1] if loss is cross_entropy else shape
    if y.shape == (*needed, 1) or (*y.shape, 1) == needed:  # a last axis of 1 is free, as in Keras
        y = y.reshape(needed)
    if y.shape != needed:
        raise ValueError(f"y has shape {y.shape}: allowed for this loss and output is {needed}")
    if loss is not cross_entropy:
        return y
    classes = shape[-1]
    if (y != np.floor(y)).any() or y.min() < 0 or y.max() >= classes:
        raise ValueError(
            f"y holds values from {y.min()} to {y.max()}: allowed are the class numbers "
            f"0 to {classes - 1}, because the last layer has {classes} outputs"
        )
    return np.eye(classes)[y.astype(int)]


# ------------------------------------------------------------------------------- learning


class SGD:
    """Gradient descent: step against the gradient, and keep some of the speed of the last step.

    velocity = momentum * velocity - learning_rate * gradient; weights = weights + velocity

    The velocity belongs to the model, so several models may use one `SGD`.

    Parameters
    ----------
    learning_rate : float, above 0
        How far one step goes.
    momentum : float, from 0 to below 1
        How much of the last step goes into the next.
    """

    def __init__(self, learning_rate=0.01, momentum=0.0) -> None:
        if not isinstance(learning_rate, Real) or not 0 < learning_rate < np.inf:
            raise ValueError(f"learning_rate={brief(learning_rate)}: allowed are numbers above 0")
        if not isinstance(momentum, Real) or not 0 <= momentum < 1:
            raise ValueError(f"momentum={brief(momentum)}: allowed are numbers from 0 to below 1")
        self.learning_rate, self.momentum = float(learning_rate), float(momentum)

    def __repr__(self) -> str:
        return f"SGD(learning_rate={self.learning_rate}, momentum={self.momentum})"


class Learning(HasWeights):
    """The half of `Sequential` that learns."""

    layers: list[Layer]
    output_shape: Shape | None
    optimizer: SGD | None = None
    loss = None
    metrics: tuple[str, ...] = ()
    velocities: list[np.ndarray] | None = None  # one for each array of weights

    def compile(self, optimizer, loss=None, *, metrics=None) -> None:
        """Say how the model is to learn; the velocity of earlier steps is forgotten.

        Parameters
        ----------
        optimizer : "sgd" or SGD
        loss : "mse", "mean_squared_error" or "sparse_categorical_crossentropy"
            The last one is for class numbers, and a last layer with softmax.
        metrics : ["accuracy"] or None
            The share of right answers, for class numbers.
        """
        if isinstance(optimizer, str) and optimizer.lower() == "sgd":
            optimizer = SGD()
        if not isinstance(optimizer, SGD):
            raise ValueError(f'optimizer={brief(optimizer)}: allowed are "sgd" and SGD(...)')
        if not isinstance(loss, str) or loss not in LOSSES:
            raise ValueError(f"loss={brief(loss)}: allowed are {listing(LOSSES)}")
        allowed = ["accuracy"] if LOSSES[loss] is cross_entropy else []
        if metrics not in (None, [], allowed):
            raise ValueError(f"metrics={brief(metrics)} for loss={loss!r}: allowed is {allowed}")
        self.optimizer, self.loss = optimizer, LOSSES[loss]
        self.metrics = ("loss", "accuracy") if metrics else ("loss",)
        self.velocities = None

    def fit(self, x, y, batch_size=None, epochs=1, verbose="auto", *, shuffle=True) -> History:
        """Learn from samples `x`, (N, ...), and the answers `y` wanted for them, (N, ...).

        If it is interrupted, the model keeps what it has learned, and can be used and fitted again.

        Parameters
        ----------
        batch_size : int, optional
            Samples per step; 32 if left out.
        epochs : int
            How often all samples are gone through.
        verbose : "auto", 1 or 0
            Whether a progress bar is printed.
        shuffle : bool
            Whether each epoch has a random order of its own; see `set_random_seed`.

        Raises
        ------
        DivergedError
            If the loss is no longer a number; the weights are those after the last whole step.
        """
        batch_size = BATCH_SIZE if batch_size is None else whole("batch_size", batch_size, lowest=1)
        epochs = whole("epochs", epochs, lowest=1)
        if verbose not in ("auto", 0, 1):
            raise ValueError(f'verbose={brief(verbose)}: allowed are "auto", 1 and 0')
        shuffle = truth("shuffle", shuffle)
        x, targets = self._samples_and_targets(x, y)
        history = History({name: [] for name in self.metrics})
        bar = Progress(epochs * -(-len(x) // batch_size), shown=bool(verbose))
        try:
            for epoch in range(epochs):
                totals = np.zeros(2)
                order = Randomness.generator.permutation(len(x)) if shuffle else np.arange(len(x))
                for start in range(0, len(x), batch_size):
                    batch = order[start : start + batch_size]
                    results = self._step(x[batch], targets[batch])
                    totals += np.multiply(results, len(batch))
                    bar.advance(f"epoch {epoch + 1}, loss {results[0]:.4f}")
                for name, total in zip(self.metrics, totals.tolist(), strict=False):
                    history.history[name].append(total / len(x))
        finally:
            bar.close()
        return history

    def train_on_batch(self, x, y) -> float | list[float]:
        """Take a single step; return the loss before it, and the accuracy if it is a metric."""
        return self._reported(self._step(*self._samples_and_targets(x, y)))

    def evaluate(self, x, y, batch_size=None, verbose="auto") -> float | list[float]:
        """Return the loss, and the accuracy if it is a metric, without learning anything.

        `batch_size` and `verbose` are accepted, as in Keras, and change nothing.
        """
        x, targets = self._samples_and_targets(x, y)
        outputs = self._outputs(x)
        with np.errstate(**QUIET):
            return self._reported((self.loss(outputs, targets)[0], accuracy(outputs, targets)))

    def _reported(self, results: tuple[float, float]) -> float | list[float]:
        return list(results) if "accuracy" in self.metrics else results[0]

    def _samples_and_targets(self, x, y) -> tuple[np.ndarray, np.ndarray]:
        """Return what to learn from, or say why it does not fit the model or the loss."""
        if self.loss is None:
            raise ValueError("the model does not know how to learn: allowed after compile(...)")
        x, y = self._batch(x), as_samples("y", y)
        for name, values in (("x", x), ("y", y)):
            if not np.isfinite(values).all():
                raise ValueError(
                    f"{name} holds values that are not finite as {values.dtype}: "
                    "allowed are finite numbers"
                )
        if len(x) != len(y):
            raise ValueError(
                f"x has {len(x)} samples, y has {len(y)}: allowed is one answer per sample"
            )
        activation = self.layers[-1].activation
        if self.loss is cross_entropy and activation != "softmax":
            raise ValueError(
                f"the last layer has activation={activation!r}: allowed for a cross-entropy is "
                "activation='softmax'"
            )
        targets = checked_targets(self.loss, y, (len(x), *self.output_shape[1:]))
        return x, targets.astype(self.layers[-1].dtype)

    def _step(self, x: np.ndarray, targets: np.ndarray) -> tuple[float, float]:
        """Take one step; return the loss before it, and the share of right answers."""
        with np.errstate(**QUIET):
            values = [x]
            for layer in self.layers:
                values.append(layer.forward(values[-1]))
            loss, gradient = self.loss(values[-1], targets)
            if not np.isfinite(loss):
                raise self._diverged(f"the loss became {loss}")
            self._move(self._gradients(values, gradient))
        return loss, accuracy(values[-1], targets)

    def _gradients(self, values: list[np.ndarray], gradient: np.ndarray) -> list[np.ndarray]:
        """Go back through the layers; return how the loss changes with each array of weights.

        `values` is what went into the first layer, what came out of it, of the next, and so on.
        """
        found: list[np.ndarray] = []
        last = len(self.layers) - 1
        first = min((n for n in range(last + 1) if self.layers[n].weights), default=last + 1)
        for n in range(last, first - 1, -1):
            layer = self.layers[n]
            if n < last or self.loss is not cross_entropy:  # which knows what went into its softmax
                gradient = ACTIVATIONS[layer.activation].slope(values[n + 1], gradient)
            gradient = layer.backward(gradient, to_input=n > first)
            found[:0] = layer.gradients
        return found

    def _move(self, gradients: list[np.ndarray]) -> None:
        """Change all weights, unless one would not be finite."""
        last = self.velocities or [0.0] * len(gradients)
        momentum, rate = self.optimizer.momentum, self.optimizer.learning_rate
        velocities = [momentum * v - rate * g for v, g in zip(last, gradients, strict=True)]
        moved = [values + v for values, v in zip(self.weights, velocities, strict=True)]
        if not all(np.isfinite(values).all() for values in moved):
            raise self._diverged("a weight became infinite")
        self.velocities = velocities
        for array, values in zip(self.weights, moved, strict=True):
            array[...] = values

    def _diverged(self, what: str) -> DivergedError:
        """Make the error for steps that lead nowhere."""
        return DivergedError(
            f"{what} with {self.optimizer!r}: its steps are too large. Allowed is a smaller "
            f"learning_rate: try {self.optimizer.learning_rate / 10:g}, and x and y that are not "
            "much larger than 1. The weights are those after the last whole step"
        )


def accuracy(outputs: np.ndarray, targets: np.ndarray) -> float:
    """Return the share of samples whose most probable class is the right one."""
    return float((outputs.argmax(axis=-1) == targets.argmax(axis=-1)).mean())
