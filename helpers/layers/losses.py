"""Losses: one number that says how wrong a batch of outputs is, and how it changes with each.

A loss is chosen by its Keras name, or as an object: `MeanSquaredError()`,
`CategoricalCrossentropy(from_logits=True)`, `SparseCategoricalCrossentropy()`.
"""

import numpy as np

from helpers.arguments import brief, listing, truth
from helpers.layers.activations import softmax
from helpers.layers.checks import MOST_DATA, as_samples

SUM_TOLERANCE = 1e-3  # by which the probabilities of one sample may miss a sum of 1
LEAST_PROBABILITY = 1e-7  # as in Keras: the logarithm of 0 is not a number to add to a sum


class Loss:
    """What all losses share."""

    name: str
    includes_activation = False  # whether `gradient` is taken before the activation

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def check_model(self, activation: str) -> None:
        """Complain where the loss does not fit the activation of the last layer."""

    def targets(self, y, output_shape: tuple) -> np.ndarray:
        """Return the answers wanted, or say why they do not fit outputs of this shape."""
        raise NotImplementedError

    def value(self, outputs: np.ndarray, targets: np.ndarray) -> float:
        """Return the loss, averaged over the batch."""
        raise NotImplementedError

    def gradient(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return how the loss changes with each output."""
        raise NotImplementedError

    def hits(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Say for each sample whether the answer is right; `accuracy` is their mean."""
        raise NotImplementedError


class MeanSquaredError(Loss):
    """The mean of (output - target)**2.

    Examples
    --------
    >>> loss, outputs, targets = MeanSquaredError(), np.array([[1.0, 5.0]]), np.array([[1.0, 3.0]])
    >>> loss.value(outputs, targets), loss.gradient(outputs, targets)
    (2.0, array([[0., 2.]]))
    """

    name = "mean_squared_error"

    def targets(self, y, output_shape: tuple) -> np.ndarray:
        """Return the targets; a last axis of 1 may be left out."""
        y = as_targets(y)
        if y.ndim == len(output_shape) - 1 and output_shape[-1] == 1:
            y = y[..., None]
        if y.shape[1:] != tuple(output_shape[1:]):
            raise ValueError(
                f"y has shape {y.shape}, the output of the model {output_shape}: "
                "allowed is the same shape for both"
            )
        return y

    def value(self, outputs: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean of the squares."""
        difference = (outputs - targets).ravel()
        return float(difference @ difference) / difference.size

    def gradient(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return 2 (output - target) / number of outputs."""
        return (outputs - targets) * np.asarray(2 / outputs.size, dtype=outputs.dtype)

    def hits(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Compare the places of the largest; a single output is compared with one half."""
        if outputs.shape[-1] == 1:
            return (outputs[..., 0] > 0.5) == targets[..., 0]
        return outputs.argmax(axis=-1) == targets.argmax(axis=-1)


class CategoricalCrossentropy(Loss):
    """Minus the logarithm of the probability given to the right class.

    Parameters
    ----------
    from_logits : bool
        False: the last layer ends with `softmax`. True: it is linear, and the loss applies it.
    """

    name = "categorical_crossentropy"
    includes_activation = True

    def __init__(self, from_logits: bool = False) -> None:
        self.from_logits = truth("from_logits", from_logits)

    def check_model(self, activation: str) -> None:
        """Complain where softmax would be applied twice, or not at all."""
        allowed = "linear" if self.from_logits else "softmax"
        if activation != allowed:
            raise ValueError(
                f"loss={self.name!r} with from_logits={self.from_logits} and a last layer whose "
                f"activation is {activation!r}: allowed is activation={allowed!r}"
            )

    def targets(self, y, output_shape: tuple) -> np.ndarray:
        """Return one row of probabilities per sample, such as [0, 1, 0]."""
        y = as_targets(y)
        if y.shape[1:] != tuple(output_shape[1:]):
            raise ValueError(
                f"y has shape {y.shape}, the output of the model {output_shape}: allowed is the "
                'same shape for both, or loss="sparse_categorical_crossentropy" for class numbers'
            )
        sums = y.sum(axis=-1)
        if y.min() < 0 or not np.allclose(sums, 1, rtol=0, atol=SUM_TOLERANCE):
            raise ValueError(
                f"y holds rows with sums from {sums.min():g} to {sums.max():g} and values from "
                f"{y.min():g}: allowed are probabilities, whose sum is 1, such as [0, 1, 0]"
            )
        return y

    def probabilities(self, outputs: np.ndarray) -> np.ndarray:
        """Return the probability of each class."""
        return softmax(outputs) if self.from_logits else outputs

    def value(self, outputs: np.ndarray, targets: np.ndarray) -> float:
        """Return the mean over the samples."""
        return -float((self.logarithms(outputs) * targets).sum(axis=-1).mean())

    def logarithms(self, outputs: np.ndarray) -> np.ndarray:
        """Return the logarithm of the probability of each class."""
        if not self.from_logits:
            return np.log(np.maximum(outputs, LEAST_PROBABILITY))
        below = outputs - outputs.max(axis=-1, keepdims=True)  # the largest
        return below - np.log(np.exp(below).sum(axis=-1, keepdims=True))

    def gradient(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return (probability - target) / number of samples, which is before the softmax."""
        samples = outputs.size // outputs.shape[-1]
        return (self.probabilities(outputs) - targets) / np.asarray(samples, outputs.dtype)

    def hits(self, outputs: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Compare the most probable class with the right one."""
        return outputs.argmax(axis=-1) == targets.argmax(axis=-1)


class SparseCategoricalCrossentropy(CategoricalCrossentropy):
    """The same, for targets that are class numbers: 1 instead of [0, 1, 0]."""

    name = "sparse_categorical_crossentropy"

    def targets(self, y, output_shape: tuple) -> np.ndarray:
        """Turn class numbers into rows such as [0, 1, 0]."""
        y, classes = as_targets(y), output_shape[-1]
        if y.ndim == len(output_shape) and y.shape[-1] == 1:
            y = y[..., 0]
        if y.shape[1:] != tuple(output_shape[1:-1]):
            raise ValueError(
                f"y has shape {y.shape}, the output of the model {output_shape}: "
                "allowed is one class number per sample; for rows such as [0, 1, 0] it is "
                'loss="categorical_crossentropy"'
            )
        if (y != np.floor(y)).any() or y.min() < 0 or y.max() >= classes:
            raise ValueError(
                f"y holds values from {y.min()} to {y.max()}: allowed are the class numbers "
                f"0 to {classes - 1}, because the last layer has {classes} outputs"
            )
        if y.size * classes > MOST_DATA:
            raise ValueError(
                f"y has shape {y.shape} for {classes} classes: allowed are up to {MOST_DATA:,} "
                "probabilities"
            )
        rows = np.zeros((*y.shape, classes), dtype="float32")
        np.put_along_axis(rows, y.astype(int)[..., None], 1, axis=-1)
        return rows


LOSSES = {
    "mse": MeanSquaredError,
    **{
        each.name: each
        for each in (MeanSquaredError, CategoricalCrossentropy, SparseCategoricalCrossentropy)
    },
}


def checked_loss(loss) -> Loss:
    """Return a loss, given as an object or by its name."""
    if isinstance(loss, Loss):
        return loss
    if not isinstance(loss, str) or loss not in LOSSES:
        raise ValueError(f"loss={brief(loss)} is not supported here: allowed are {listing(LOSSES)}")
    return LOSSES[loss]()


def as_targets(y) -> np.ndarray:
    """Return answers as an array of finite numbers, or say what is wrong with them."""
    y = as_samples("y", y)
    if not np.isfinite(y).all():
        raise ValueError("y holds values that are not finite: allowed are finite numbers")
    return y
