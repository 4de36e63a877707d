"""How a model learns: forward, backward, one step against the gradient, and again.

While a model learns, the weights of its layers are parts of one vector. It changes in a single
operation, so that an interruption never leaves half a step behind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from helpers.arguments import brief
from helpers.layers.base import Layer
from helpers.layers.checks import refuse_options
from helpers.layers.losses import Loss
from helpers.layers.optimizers import SGD, checked_rate
from helpers.layers.progress import Progress

# Arguments of Keras that may be given as long as they change nothing.
NEUTRAL_IN_COMPILE = {
    "auto_scale_loss": True,
    "jit_compile": "auto",
    "run_eagerly": False,
    "steps_per_execution": 1,
    "weighted_metrics": None,
}
NEUTRAL_ON_BATCH = {"class_weight": None, "return_dict": False, "sample_weight": None}
NEUTRAL_IN_EVALUATE = {
    "callbacks": None,
    "return_dict": False,
    "sample_weight": None,
    "steps": None,
}
NEUTRAL_IN_FIT = {
    "class_weight": None,
    "initial_epoch": 0,
    "sample_weight": None,
    "steps_per_epoch": None,
    "validation_batch_size": None,
    "validation_freq": 1,
    "validation_steps": None,
}

# Steps that are too large are told by an error, not by warnings before it.
QUIET = {"over": "ignore", "invalid": "ignore"}


@dataclass
class History:
    """What `fit` returns.

    Attributes
    ----------
    history : dict of lists
        "loss" and, where they were asked for, "accuracy", "val_loss", "val_accuracy": one number
        per epoch. Those of the training data are averages over the epoch, while the weights move.
    epoch : list of int
        The epochs, counted from 0.
    """

    history: dict[str, list[float]] = field(default_factory=dict)
    epoch: list[int] = field(default_factory=list)

    def record(self, results: dict[str, float]) -> None:
        """Add the results of one more epoch."""
        self.epoch.append(len(self.epoch))
        for name, value in results.items():
            self.history.setdefault(name, []).append(value)


@dataclass
class Plan:
    """How to fit: all choices that are checked already."""

    batch_size: int
    epochs: int
    shuffle: bool
    random: np.random.Generator
    verbose: int
    metrics: Sequence[str]
    validation: tuple[np.ndarray, np.ndarray] | None = None


class Trainer:
    """Layers, a loss and an optimizer, ready to take steps inside a `with` block.

    Parameters
    ----------
    layers : sequence of built layers
    loss : Loss
    optimizer : SGD

    Raises
    ------
    ValueError
        Where the weights that learn are not all of one type.
    """

    def __init__(self, layers: Sequence[Layer], loss: Loss, optimizer: SGD) -> None:
        self.layers, self.loss, self.optimizer = layers, loss, optimizer
        learning = [n for n, layer in enumerate(layers) if layer.trainable and layer.weights]
        self.first = min(learning, default=len(layers))  # nothing learns in front of it
        self.learning = set(learning)
        names = [(layers[n], name) for n in learning for name in layers[n].names_of_weights]
        found = [(layer, name, getattr(layer, name)) for layer, name in names]
        self.own = [each for each in found if each[2] is not None]  # as the layers have them
        dtypes = {str(values.dtype) for _, _, values in self.own}
        if len(dtypes) > 1:
            raise ValueError(
                f"the layers have weights of dtype {' and '.join(sorted(dtypes))}: "
                "allowed is one dtype for all layers that learn"
            )
        flat = [values.ravel() for _, _, values in self.own]
        self.vector = np.concatenate(flat) if flat else np.zeros(0)

    def __enter__(self) -> "Trainer":
        """Make the weights of the layers parts of the vector, which holds the same numbers."""
        start = 0
        for layer, name, values in self.own:
            part = self.vector[start : start + values.size]
            setattr(layer, name, part.reshape(values.shape))
            start += values.size
        return self

    def __exit__(self, *error) -> None:
        """Give the layers their own arrays again; wherever this stops, the numbers are right."""
        for layer, name, values in self.own:
            values[...] = getattr(layer, name)
            setattr(layer, name, values)

    def step(self, x: np.ndarray, targets: np.ndarray) -> tuple[float, np.ndarray]:
        """Take one step; return the loss before it, and which answers were right."""
        values = [x]
        for layer in self.layers:
            values.append(layer.call(values[-1]))
        outputs = values[-1]
        targets = targets.astype(outputs.dtype, copy=False)
        loss = self.loss.value(outputs, targets)
        if not np.isfinite(loss):
            raise self.optimizer.diverged(f"the loss became {loss}")
        hits = self.loss.hits(outputs, targets)
        gradients = self.gradients(values, self.loss.gradient(outputs, targets))
        if gradients:
            self.optimizer.step(self.vector, np.concatenate(gradients))
        return loss, hits

    def gradients(self, values: list[np.ndarray], gradient: np.ndarray) -> list[np.ndarray]:
        """Go back through the layers; return how the loss changes with each weight, as vectors.

        `values` are the input and what each layer made of it, `gradient` is that of the last.
        """
        found: list[np.ndarray] = []
        for number in reversed(range(self.first, len(self.layers))):
            layer, x, y = self.layers[number], values[number], values[number + 1]
            last = number == len(self.layers) - 1
            if not (last and self.loss.includes_activation):
                gradient = layer.before_activation(y, gradient)
            gradient, to_weights = layer.backward(x, y, gradient, number > self.first)
            if number in self.learning:
                found[:0] = [values.ravel() for values in to_weights]
        return found


def fit(trainer: Trainer, x: np.ndarray, targets: np.ndarray, plan: Plan, evaluate) -> History:
    """Take the steps of `plan`; `evaluate(x, targets)` gives the results on other data."""
    history = History()
    steps = -(-len(x) // plan.batch_size)
    bar = Progress(plan.epochs * steps, "steps", shown=plan.verbose == 1)
    try:
        with trainer, np.errstate(**QUIET):
            for epoch in range(plan.epochs):
                results = _one_epoch(trainer, x, targets, plan, bar, f"epoch {epoch + 1}")
                if plan.validation is not None:
                    others = evaluate(*plan.validation)
                    results |= {f"val_{name}": value for name, value in others.items()}
                results = {k: v for k, v in results.items() if _base(k) in plan.metrics}
                history.record(results)
                if plan.verbose == 2:
                    print(_line(epoch, plan.epochs, results))  # noqa: T201
    finally:
        bar.close()
    return history


def _one_epoch(trainer, x, targets, plan: Plan, bar: Progress, name: str) -> dict[str, float]:
    """Go through all samples once; return the averages of loss and hits."""
    total = right = 0.0
    for batch in _batches(len(x), plan):
        loss, hits = trainer.step(x[batch], targets[batch])
        total += loss * len(hits)
        right += float(hits.mean()) * len(hits)
        bar.advance(f"{name}, loss {loss:.4f}")
    return {"loss": total / len(x), "accuracy": right / len(x)}


def _batches(samples: int, plan: Plan) -> Iterator[slice | np.ndarray]:
    """Yield which samples go together; the last batch may be smaller."""
    order = plan.random.permutation(samples) if plan.shuffle else None
    for start in range(0, samples, plan.batch_size):
        part = slice(start, start + plan.batch_size)
        yield part if order is None else order[part]


def _base(name: str) -> str:
    return name.removeprefix("val_")


def _line(epoch: int, epochs: int, results: dict[str, float]) -> str:
    numbers = "".join(f" - {name}: {value:.4f}" for name, value in results.items())
    return f"Epoch {epoch + 1}/{epochs}{numbers}"


def neutral(method: str, options: dict, known: dict) -> None:
    """Refuse arguments of a method of `Sequential` that do not work here."""
    refuse_options(method, options, known, lambda: f"those in help(Sequential.{method})")


def checked_pair(validation_data) -> tuple:
    """Return validation data as (x, y)."""
    if not isinstance(validation_data, tuple | list) or len(validation_data) != 2:
        raise TypeError(f"{brief(validation_data)}: allowed is a pair (x, y)")
    return tuple(validation_data)


def split(x: np.ndarray, targets: np.ndarray, share) -> tuple:
    """Keep a share of the samples, taken from the end, apart.

    >>> split(np.arange(4), np.arange(4), 0.25)
    (array([0, 1, 2]), array([0, 1, 2]), (array([3]), array([3])))
    """
    share = checked_rate("validation_split", share, lowest=0.0, below=1.0)
    if share == 0:
        return x, targets, None
    first = int(len(x) * (1 - share))
    if first in (0, len(x)):
        raise ValueError(
            f"validation_split={share} of {len(x)} samples: allowed is a share that leaves "
            "at least one sample on both sides"
        )
    return x[:first], targets[:first], (x[first:], targets[first:])
