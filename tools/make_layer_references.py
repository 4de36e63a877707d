"""Store what Keras computes, so that the tests can compare without it.

    python -m pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python -m tools.make_layer_references

Writes tests/layer_references.npz: the layers, input, weights, output and summary of every model,
and the arguments that every layer takes. Run it with JAX: on PyTorch, Keras pads average pooling
with "same" in another way.
"""

import inspect
import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent.parent / "tests" / "layer_references.npz"
SEED = 1
SAMPLES = 2
WIDTH = 100  # of summaries, in characters: enough for every name
LAYERS = (
    "Conv1D",
    "Conv2D",
    "MaxPooling1D",
    "MaxPooling2D",
    "AveragePooling1D",
    "AveragePooling2D",
    "Flatten",
    "Dense",
    "Activation",
)
ACTIVATIONS = (None, "linear", "relu", "sigmoid", "tanh", "softmax")

Model = list[tuple[str, dict]]  # the class of every layer, and its arguments


def convolutions(random: np.random.Generator, rank: int, count: int) -> Iterator[Model]:
    """Draw convolutional layers that differ in everything that can be chosen."""
    for _ in range(count):
        dilation = draw(random, [1, 1, 2, 3], rank)
        strides = draw(random, [1, 2, 3], rank) if set(dilation) == {1} else [1] * rank
        yield [
            (
                f"Conv{rank}D",
                {
                    "filters": int(random.choice([1, 2, 3, 5])),
                    "kernel_size": draw(random, [1, 2, 3, 4], rank),
                    "strides": strides,
                    "padding": str(random.choice(["valid", "same"])),
                    "dilation_rate": dilation,
                    "activation": ACTIVATIONS[random.integers(len(ACTIVATIONS))],
                    "use_bias": bool(random.random() < 0.8),
                    "input_shape": [*draw(random, [10, 11, 13], rank), int(random.integers(1, 5))],
                },
            )
        ]


def poolings(random: np.random.Generator, rank: int, count: int) -> Iterator[Model]:
    """Draw pooling layers; every other one is given no strides."""
    for number in range(count):
        yield [
            (
                f"{random.choice(['Max', 'Average'])}Pooling{rank}D",
                {
                    "pool_size": draw(random, [1, 2, 3, 4], rank),
                    "strides": draw(random, [1, 2, 3], rank) if number % 2 else None,
                    "padding": str(random.choice(["valid", "same"])),
                    "input_shape": [*draw(random, [7, 8, 9], rank), int(random.integers(1, 4))],
                },
            )
        ]


def draw(random: np.random.Generator, choices: list[int], count: int) -> list[int]:
    """Draw numbers, one per axis."""
    return random.choice(choices, size=count).tolist()


def others() -> Iterator[Model]:
    """Layers with little to choose, one by one."""
    for activation in ACTIVATIONS:
        yield [("Dense", {"units": 3, "activation": activation, "input_shape": [5]})]
    for activation in ACTIVATIONS[1:]:
        yield [("Activation", {"activation": activation, "input_shape": [4, 3]})]
    yield [("Dense", {"units": 2, "use_bias": False, "input_shape": [4, 3]})]
    yield [("Flatten", {"input_shape": [3, 4, 2]})]
    yield [("Conv2D", {"filters": 2, "kernel_size": 3, "input_shape": [5, 6, 1]})]
    yield [("MaxPooling2D", {"input_shape": [5, 6, 1]})]


def stacks() -> Iterator[Model]:
    """Small models of several layers."""
    yield [("Conv1D", {"filters": 1, "kernel_size": 3, "input_shape": [8, 1]})]
    yield [("Conv2D", {"filters": 1, "kernel_size": [3, 3], "input_shape": [8, 8, 1]})]
    yield [
        (
            "Conv2D",
            {"filters": 4, "kernel_size": 3, "activation": "relu", "input_shape": [8, 8, 1]},
        ),
        ("MaxPooling2D", {}),
        ("Flatten", {}),
        ("Dense", {"units": 10, "activation": "softmax"}),
    ]
    yield [
        (
            "Conv2D",
            {"filters": 3, "kernel_size": 3, "padding": "same", "input_shape": [9, 8, 3]},
        ),
        ("Activation", {"activation": "relu"}),
        ("AveragePooling2D", {"pool_size": 2, "padding": "same"}),
        ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}),
        ("Activation", {"activation": "tanh"}),
        ("MaxPooling2D", {"pool_size": 3, "strides": 1}),
    ]
    yield [
        ("Conv1D", {"filters": 4, "kernel_size": 5, "strides": 2, "input_shape": [20, 2]}),
        ("MaxPooling1D", {}),
        ("Conv1D", {"filters": 3, "kernel_size": 2, "activation": "sigmoid"}),
        ("AveragePooling1D", {"pool_size": 2}),
        ("Flatten", {}),
        ("Dense", {"units": 2}),
    ]
    yield [
        ("Flatten", {"input_shape": [3, 4, 1]}),
        ("Dense", {"units": 6, "activation": "relu", "name": "hidden"}),
        ("Dense", {"units": 3, "use_bias": False}),
        ("Activation", {"activation": "softmax"}),
    ]


def models() -> list[Model]:
    """List every model of the file; the stacks stand last."""
    random = np.random.default_rng(SEED)
    return [
        *convolutions(random, 1, 20),
        *convolutions(random, 2, 30),
        *poolings(random, 1, 12),
        *poolings(random, 2, 16),
        *others(),
        *stacks(),
    ]


def run(model: Model, random: np.random.Generator) -> tuple[dict[str, np.ndarray], str]:
    """Compute one model with Keras; return its arrays and its summary."""
    import keras

    keras.backend.clear_session()  # start counting the names again
    network = keras.Sequential()
    for name, arguments in model:
        network.add(getattr(keras.layers, name)(**arguments))
    weights = [random.normal(0, 0.5, w.shape).astype("float32") for w in network.get_weights()]
    network.set_weights(weights)
    x = random.normal(0, 1, (SAMPLES, *network.input_shape[1:])).astype("float32")
    lines: list[str] = []
    network.summary(print_fn=lines.append, line_length=WIDTH)
    summary = re.sub(r"\x1b\[[\d;]*m", "", "\n".join(lines))  # without colours
    arrays = {"x": x, "y": network.predict(x, verbose=0)}
    return arrays | {f"w{number}": values for number, values in enumerate(weights)}, summary


def signatures() -> dict[str, list]:
    """List the arguments of every layer, with their defaults ("required" where there is none)."""
    import keras

    found = {}
    for name in LAYERS:
        arguments = inspect.signature(getattr(keras.layers, name)).parameters.values()
        found[name] = [
            (each.name, "required" if each.default is each.empty else each.default)
            for each in arguments
            if each.kind is not each.VAR_KEYWORD
        ]
    return found


def main() -> None:
    """Write the file."""
    import keras

    if keras.backend.backend() != "jax":
        raise SystemExit(f"KERAS_BACKEND={keras.backend.backend()}: allowed is jax")
    import jax

    os.environ["COLUMNS"] = str(WIDTH)  # or Keras cuts its tables off
    random = np.random.default_rng(SEED)
    arrays, described = {}, []
    for number, model in enumerate(models()):
        values, summary = run(model, random)
        arrays |= {f"{number}_{key}": array for key, array in values.items()}
        described.append({"layers": model, "summary": summary})
    about = {
        "versions": {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__},
        "stacks": len(list(stacks())),
        "signatures": signatures(),
        "models": described,
    }
    np.savez_compressed(TARGET, about=np.array(json.dumps(about)), **arrays)
    print(f"{TARGET.name}: {len(described)} models, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
