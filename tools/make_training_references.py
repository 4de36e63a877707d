"""Store how Keras learns, so that the tests can compare without it.

    python -m pip install keras==3.15.1 jax==0.10.2
    KERAS_BACKEND=jax python -m tools.make_training_references

Writes tests/training_references.npz: for every network its layers, data, first weights, batches,
the loss before each step, the last weights, and the history of `fit`. Run it with JAX, for the
reason that tools/make_layer_references.py gives.
"""

import json
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent.parent / "tests" / "training_references.npz"
SEED = 3
SAMPLES, HELD_OUT = 44, 10
STEPS, BATCH = 50, 8
EPOCHS, BATCH_OF_FIT = 4, 10  # the last batch of an epoch has 4 samples

NETWORKS = (
    {
        "layers": [
            (
                "Conv2D",
                {
                    "filters": 4,
                    "kernel_size": 3,
                    "padding": "same",
                    "activation": "relu",
                    "input_shape": [8, 8, 1],
                },
            ),
            ("MaxPooling2D", {"pool_size": 3, "strides": 2}),
            ("Flatten", {}),
            ("Dense", {"units": 5, "activation": "softmax"}),
        ],
        "loss": "sparse_categorical_crossentropy",
        "sgd": {"learning_rate": 0.05, "momentum": 0.9},
    },
    {
        "layers": [
            (
                "Conv1D",
                {"filters": 3, "kernel_size": 5, "activation": "tanh", "input_shape": [16, 2]},
            ),
            ("Conv1D", {"filters": 2, "kernel_size": 3, "padding": "same"}),
        ],
        "loss": "mse",
        "sgd": {"learning_rate": 0.1},
    },
    {
        "layers": [
            (
                "Conv2D",
                {
                    "filters": 3,
                    "kernel_size": [4, 3],
                    "strides": [2, 1],
                    "padding": "same",
                    "activation": "relu",
                    "input_shape": [9, 10, 2],
                },
            ),
            ("Conv2D", {"filters": 4, "kernel_size": 3, "dilation_rate": [1, 2]}),
            ("Activation", {"activation": "tanh"}),
            ("AveragePooling2D", {"pool_size": 2, "padding": "same"}),
            ("Flatten", {}),
            ("Dense", {"units": 3}),
        ],
        "loss": "CategoricalCrossentropy",
        "from_logits": True,
        "sgd": {"learning_rate": 0.03, "momentum": 0.9},
    },
    {
        "layers": [
            (
                "Conv1D",
                {
                    "filters": 4,
                    "kernel_size": 4,
                    "strides": 2,
                    "padding": "same",
                    "use_bias": False,
                    "input_shape": [20, 1],
                },
            ),
            ("MaxPooling1D", {"pool_size": 3, "strides": 1, "padding": "same"}),
            ("AveragePooling1D", {"pool_size": 3, "strides": 2}),
            ("Flatten", {}),
            ("Dense", {"units": 1, "activation": "sigmoid"}),
        ],
        "loss": "mean_squared_error",
        "sgd": {"learning_rate": 0.3, "momentum": 0.5},
    },
    {
        "layers": [
            ("Dense", {"units": 4, "activation": "relu", "input_shape": [5, 3]}),
            ("Dense", {"units": 6, "activation": "sigmoid", "trainable": False}),
            ("Flatten", {}),
            ("Dense", {"units": 4, "use_bias": False, "activation": "softmax"}),
        ],
        "loss": "categorical_crossentropy",
        "sgd": {"learning_rate": 0.1, "momentum": 0.9},
    },
)


def made(network: dict):  # noqa: ANN201 -- Keras is not there when this file is read
    """Return the network as a model of Keras, ready to learn."""
    import keras

    model = keras.Sequential()
    for name, arguments in network["layers"]:
        model.add(getattr(keras.layers, name)(**arguments))
    loss = network["loss"]
    if "from_logits" in network:
        loss = getattr(keras.losses, loss)(from_logits=network["from_logits"])
    model.compile(keras.optimizers.SGD(**network["sgd"]), loss, metrics=["accuracy"])
    return model


def answers(loss: str, shape: tuple, random: np.random.Generator) -> np.ndarray:
    """Draw what the network shall learn to answer."""
    labels = random.integers(0, max(shape[-1], 2), SAMPLES)
    if loss.startswith("sparse"):
        return labels
    if "crossentropy" in loss.lower():
        return np.eye(shape[-1], dtype="float32")[labels]
    if shape[1:] == (1,):
        return labels[:, None].astype("float32")
    return random.normal(0, 0.5, (SAMPLES, *shape[1:])).astype("float32")


def run(network: dict, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Let one network learn, step by step and with `fit`; return its arrays."""
    model = made(network)
    first = [random.normal(0, 0.3, w.shape).astype("float32") for w in model.get_weights()]
    x = random.normal(0, 1, (SAMPLES, *model.input_shape[1:])).astype("float32")
    y = answers(network["loss"], model.output_shape, random)
    batches = np.array([random.permutation(SAMPLES)[:BATCH] for _ in range(STEPS)])
    model.set_weights(first)
    losses = []
    for batch in batches:
        model.reset_metrics()  # or it returns the average of all steps so far
        losses.append(float(model.train_on_batch(x[batch], y[batch])[0]))
    arrays = {"x": x, "y": y, "batches": batches.astype("uint8"), "losses": np.array(losses)}
    arrays |= {f"first{n}": values for n, values in enumerate(first)}
    arrays |= {f"last{n}": values for n, values in enumerate(model.get_weights())}
    return arrays | {f"history_{k}": np.array(v) for k, v in fitted(network, first, x, y).items()}


def fitted(network: dict, first: list[np.ndarray], x: np.ndarray, y: np.ndarray) -> dict:
    """Return the history of `fit`, the last samples being held out."""
    model = made(network)
    model.set_weights(first)
    options = {"batch_size": BATCH_OF_FIT, "epochs": EPOCHS, "shuffle": False, "verbose": 0}
    held_out = (x[-HELD_OUT:], y[-HELD_OUT:])
    x, y = x[:-HELD_OUT], y[:-HELD_OUT]
    return model.fit(x, y, validation_data=held_out, **options).history


def main() -> None:
    """Write the file."""
    import keras

    if keras.backend.backend() != "jax":
        raise SystemExit(f"KERAS_BACKEND={keras.backend.backend()}: allowed is jax")
    import jax

    random = np.random.default_rng(SEED)
    arrays = {}
    for number, network in enumerate(NETWORKS):
        values = run(network, random)
        arrays |= {f"{number}_{key}": array for key, array in values.items()}
        print(number, values["losses"][[0, -1]], values["history_val_accuracy"])
    about = {
        "versions": {"keras": keras.__version__, "jax": jax.__version__, "numpy": np.__version__},
        "fit": {"epochs": EPOCHS, "batch_size": BATCH_OF_FIT, "held_out": HELD_OUT},
        "networks": NETWORKS,
    }
    np.savez_compressed(TARGET, about=np.array(json.dumps(about)), **arrays)
    print(f"{TARGET.name}: {len(NETWORKS)} networks, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
