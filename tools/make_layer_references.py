"""Store what Keras computes and which arguments it takes, so that the tests need no Keras.

    python -m pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python -m tools.make_layer_references

Writes tests/layer_references.npz: layers, weights, data, output and summary of many models; for
those that learn, also the loss before each step, the last weights and the history of `fit`; and
what the names used in the notebooks are called with. Run it with JAX: on PyTorch, Keras pads
average pooling with "same" in another way.
"""

import inspect
import json
import os
import re
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import keras
import numpy as np

TARGET = Path(__file__).parent.parent / "tests" / "layer_references.npz"
SEED = 1
SAMPLES = 2
WIDTH = 100  # of summaries, in characters: enough for every name
STEPS, BATCH, LEARNED_FROM = 50, 8, 34  # samples; the last batch of an epoch is smaller
FIT = {"epochs": 4, "batch_size": 10}
ACTIVATIONS = (None, "linear", "relu", "sigmoid", "tanh", "softmax")
LAYERS = "Conv1D Conv2D MaxPooling2D AveragePooling2D Flatten Dense"
METHODS = "add build compile count_params evaluate fit get_weights predict set_weights summary"
METHODS_OF_LAYERS = "build compute_output_shape count_params get_weights set_weights"

Layer = tuple[str, dict]  # the class, and its arguments


def layer(kind: str, **arguments) -> Layer:
    """Describe a layer."""
    return kind, arguments


def drawn(random: np.random.Generator) -> Iterator[list[Layer]]:
    """Draw single layers that differ in everything that can be chosen."""

    def draw(choices: list[int], count: int) -> list[int]:
        return random.choice(choices, size=count).tolist()

    for axes in [1] * 20 + [2] * 30:
        yield [
            layer(
                f"Conv{axes}D",
                filters=int(random.choice([1, 2, 3, 5])),
                kernel_size=draw([1, 2, 3, 4], axes),
                strides=draw([1, 2, 3], axes),
                padding=str(random.choice(["valid", "same"])),
                activation=ACTIVATIONS[random.integers(len(ACTIVATIONS))],
                use_bias=bool(random.random() < 0.8),
                input_shape=[*draw([10, 11, 13], axes), int(random.integers(1, 5))],
            )
        ]
    for number in range(20):
        arguments = {
            "pool_size": draw([1, 2, 3, 4], 2),
            "strides": draw([1, 2, 3], 2) if number % 2 else None,
            "padding": str(random.choice(["valid", "same"])),
            "input_shape": [*draw([7, 8, 9], 2), int(random.integers(1, 4))],
        }
        yield [layer(f"{random.choice(['Max', 'Average'])}Pooling2D", **arguments)]


OTHERS = (  # layers with little to choose, and small models of several layers
    *([layer("Dense", units=3, activation=name, input_shape=[5])] for name in ACTIVATIONS),
    [layer("Dense", units=2, use_bias=False, input_shape=[4, 3])],
    [layer("Flatten", input_shape=[3, 4, 2])],
    [layer("MaxPooling2D", input_shape=[5, 6, 1])],
    [
        layer("Conv2D", filters=3, kernel_size=3, padding="same", input_shape=[9, 8, 3]),
        layer("AveragePooling2D", pool_size=2, padding="same"),
        layer("Conv2D", filters=4, kernel_size=3, activation="tanh", name="second"),
        layer("MaxPooling2D", pool_size=2, strides=1),
        layer("Conv2D", filters=2, kernel_size=1),
    ],
    [
        layer("Conv1D", filters=4, kernel_size=5, strides=2, input_shape=[20, 2]),
        layer("Conv1D", filters=3, kernel_size=2, activation="sigmoid"),
        layer("Flatten"),
        layer("Dense", units=2),
        layer("Dense", units=3, activation="softmax"),
    ],
)

LEARNING = (  # layers, shape of a sample, loss, arguments of SGD
    (
        [
            layer("Conv2D", filters=4, kernel_size=3, padding="same", activation="relu"),
            layer("MaxPooling2D", pool_size=3, strides=2),
            layer("Flatten"),
            layer("Dense", units=5, activation="softmax"),
        ],
        [8, 8, 1],
        "sparse_categorical_crossentropy",
        {"learning_rate": 0.05, "momentum": 0.9},
    ),
    (
        [
            layer("Conv1D", filters=3, kernel_size=5, activation="tanh"),
            layer("Conv1D", filters=2, kernel_size=3, padding="same"),
        ],
        [16, 2],
        "mse",
        {"learning_rate": 0.1},
    ),
    (
        [
            layer("Conv2D", filters=3, kernel_size=[4, 3], strides=[2, 1], padding="same"),
            layer("Conv2D", filters=4, kernel_size=3, use_bias=False, activation="tanh"),
            layer("AveragePooling2D", pool_size=2, padding="same"),
            layer("MaxPooling2D", pool_size=[3, 2], strides=1, padding="same"),
            layer("Flatten"),
            layer("Dense", units=4, activation="sigmoid"),
            layer("Dense", units=3, activation="softmax"),
        ],
        [9, 10, 2],
        "sparse_categorical_crossentropy",
        {"learning_rate": 0.03, "momentum": 0.5},
    ),
    (
        [
            layer("Dense", units=4, activation="relu"),
            layer("Flatten"),
            layer("Dense", units=3, activation="softmax"),
        ],
        [5, 3],
        "mean_squared_error",
        {"learning_rate": 0.3, "momentum": 0.9},
    ),
)


def built(layers: list[Layer], random: np.random.Generator) -> Any:
    """Return a model of Keras with weights that NumPy drew."""
    keras.backend.clear_session()  # start counting the names again
    model = keras.Sequential([getattr(keras.layers, name)(**about) for name, about in layers])
    model.set_weights([random.normal(0, 0.4, w.shape) for w in model.get_weights()])
    return model


def numbered(name: str, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Name arrays: first0, first1, ..."""
    return {f"{name}{number}": values for number, values in enumerate(arrays)}


def run(layers: list[Layer], random: np.random.Generator) -> tuple[dict[str, np.ndarray], str]:
    """Compute one model; return its arrays and its summary."""
    model, lines = built(layers, random), []
    x = random.normal(0, 1, (SAMPLES, *model.input_shape[1:])).astype("float32")
    model.summary(print_fn=lines.append, line_length=WIDTH)
    summary = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(lines))  # without colours
    arrays = {"x": x, "y": model.predict(x, verbose=0)}
    return arrays | numbered("first", model.get_weights()), summary


def learn(
    layers: list[Layer], loss: str, sgd: dict, random: np.random.Generator
) -> dict[str, np.ndarray]:
    """Let one model learn, step by step and, from the same start, with `fit`."""
    model = built(layers, random)
    first = model.get_weights()
    metrics = ["accuracy"] if loss.startswith("sparse") else None
    x = random.normal(0, 1, (LEARNED_FROM, *model.input_shape[1:])).astype("float32")
    if metrics:
        y = random.integers(0, model.output_shape[-1], LEARNED_FROM)
    else:
        y = random.normal(0, 0.5, (LEARNED_FROM, *model.output_shape[1:])).astype("float32")
    batches = np.array([random.permutation(LEARNED_FROM)[:BATCH] for _ in range(STEPS)])
    model.compile(keras.optimizers.SGD(**sgd), loss, metrics=metrics)
    losses = []
    for batch in batches:
        model.reset_metrics()  # or it returns the average of all steps so far
        losses.append(float(np.ravel(model.train_on_batch(x[batch], y[batch]))[0]))
    arrays = {"x": x, "y": y, "batches": batches.astype("uint8"), "losses": np.array(losses)}
    arrays |= numbered("first", first) | numbered("last", model.get_weights())
    model.set_weights(first)
    model.compile(keras.optimizers.SGD(**sgd), loss, metrics=metrics)
    history = model.fit(x, y, **FIT, shuffle=False, verbose=0).history
    return arrays | {f"history_{name}": np.array(values) for name, values in history.items()}


def signatures() -> dict[str, list[tuple[str, Any]]]:
    """List what may be given to everything that the notebooks use.

    Each argument is stored with its default, "required" where there is none.
    """

    def arguments_of(function: Callable) -> list[tuple[str, Any]]:
        return [
            (each.name, "required" if each.default is each.empty else each.default)
            for each in inspect.signature(function).parameters.values()
            if each.kind not in (each.VAR_KEYWORD, each.VAR_POSITIONAL) and each.name != "self"
        ]

    keras.layers.Dense(1, input_shape=(2,), dtype="float64", name="taken")  # or this would fail
    shared = [("name", None), ("dtype", None), ("input_shape", None)]
    others = {
        "Input": keras.Input,
        "Sequential": keras.Sequential.__init__,
        "SGD": keras.optimizers.SGD,
        "GlorotUniform": keras.initializers.GlorotUniform,
        "set_random_seed": keras.utils.set_random_seed,
    }
    for name in (*METHODS.split(), "train_on_batch"):
        others[f"Sequential.{name}"] = getattr(keras.Sequential, name)
    for name in METHODS_OF_LAYERS.split():
        others[f"Layer.{name}"] = getattr(keras.layers.Conv2D, name)
    layers = {name: arguments_of(getattr(keras.layers, name)) + shared for name in LAYERS.split()}
    return layers | {name: arguments_of(function) for name, function in others.items()}


def attributes() -> dict[str, list[str]]:
    """List what a built model, one of its layers, and a history have."""
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    history = keras.callbacks.History()
    history.history = {}  # which `fit` adds
    owners = {"Sequential": model, "Layer": model.layers[0], "History": history}
    return {
        owner: [name for name in dir(thing) if name[0] != "_" and hasattr(thing, name)]
        for owner, thing in owners.items()
    }


def main() -> None:
    """Write the file."""
    if keras.backend.backend() != "jax":
        raise SystemExit(f"KERAS_BACKEND={keras.backend.backend()}: allowed is jax")
    os.environ["COLUMNS"] = str(WIDTH)  # or Keras cuts its tables off
    random = np.random.default_rng(SEED)
    arrays, described, learned = {}, [], []
    for number, layers in enumerate([*drawn(random), *OTHERS]):
        values, summary = run(layers, random)
        arrays |= {f"{number}_{key}": array for key, array in values.items()}
        described.append({"layers": layers, "summary": summary})
    for number, ((first, *others), shape, loss, sgd) in enumerate(LEARNING):
        layers = [layer(first[0], **first[1], input_shape=shape), *others]
        values = learn(layers, loss, sgd, random)
        arrays |= {f"learning{number}_{key}": array for key, array in values.items()}
        learned.append({"layers": layers, "loss": loss, "sgd": sgd})
    about = {
        "versions": {name: version(name) for name in ("keras", "jax", "numpy")},
        "fit": FIT,
        "signatures": signatures(),
        "attributes": attributes(),
        "models": described,
        "learning": learned,
    }
    np.savez_compressed(TARGET, about=np.array(json.dumps(about)), **arrays)
    print(f"{TARGET.name}: {len(described)} models, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
