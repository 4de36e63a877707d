"""How layers learn, beside how Keras learns: tests/training_references.npz, made in tools/."""

import json
from pathlib import Path

import numpy as np
import pytest

import helpers.layers
from helpers.layers import SGD, Sequential

FILE = Path(__file__).parent / "training_references.npz"
MOST_BYTES = 150_000
CLOSE = {"rtol": 0, "atol": 1e-4}

with np.load(FILE) as stored:
    ARRAYS = dict(stored)
ABOUT = json.loads(ARRAYS.pop("about").item())
NETWORKS = ABOUT["networks"]
each_network = pytest.mark.parametrize("number", range(len(NETWORKS)))


def weights(number, when):
    """The stored weights of a network, "first" or "last"."""
    count = sum(key.startswith(f"{number}_{when}") for key in ARRAYS)
    return [ARRAYS[f"{number}_{when}{n}"] for n in range(count)]


def made(number):
    """The network with its first weights, ready to learn."""
    network, model = NETWORKS[number], Sequential()
    for name, arguments in network["layers"]:
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
        model.add(getattr(helpers.layers, name)(**arguments))
    model.set_weights(weights(number, "first"))
    loss = network["loss"]
    if "from_logits" in network:
        loss = getattr(helpers.layers, loss)(from_logits=network["from_logits"])
    model.compile(SGD(**network["sgd"]), loss, metrics=["accuracy"])
    return model


def data(number):
    """The samples, their answers, and which of them each step takes."""
    return (ARRAYS[f"{number}_{key}"] for key in ("x", "y", "batches"))


def assert_last_weights(model, number):
    for ours, keras in zip(model.get_weights(), weights(number, "last"), strict=True):
        np.testing.assert_allclose(ours, keras, **CLOSE)


def test_the_file_is_small_says_what_made_it_and_holds_what_differs():
    assert FILE.stat().st_size < MOST_BYTES
    assert set(ABOUT["versions"]) == {"keras", "jax", "numpy"}
    assert {network["sgd"].get("momentum", 0) for network in NETWORKS} >= {0, 0.9}
    for number in range(len(NETWORKS)):
        losses = ARRAYS[f"{number}_losses"]
        assert len(losses) == 50
        assert np.ptp(losses) > 0.01  # something is learned that could be missed
    used = {name for network in NETWORKS for name, _ in network["layers"]}
    assert len(used) == 9  # every kind of layer


@each_network
def test_fifty_steps_have_the_losses_and_end_with_the_weights_of_keras(number):
    model = made(number)
    x, y, batches = data(number)
    losses = [model.train_on_batch(x[batch], y[batch])[0] for batch in batches]
    np.testing.assert_allclose(losses, ARRAYS[f"{number}_losses"], **CLOSE)
    assert_last_weights(model, number)


@each_network
def test_fit_takes_the_same_steps(number):
    model = made(number)
    x, y, batches = data(number)
    history = model.fit(
        np.concatenate(x[batches]),
        np.concatenate(y[batches]),
        batch_size=batches.shape[1],
        shuffle=False,
        verbose=0,
    )
    assert history.history["loss"] == pytest.approx([ARRAYS[f"{number}_losses"].mean()], abs=1e-4)
    assert_last_weights(model, number)


@each_network
def test_fit_returns_the_history_of_keras(number):
    """Also where the last batch of an epoch is smaller than the others."""
    held_out = ABOUT["fit"]["held_out"]
    x, y, _ = data(number)
    history = made(number).fit(
        x[:-held_out],
        y[:-held_out],
        batch_size=ABOUT["fit"]["batch_size"],
        epochs=ABOUT["fit"]["epochs"],
        validation_data=(x[-held_out:], y[-held_out:]),
        shuffle=False,
        verbose=0,
    )
    keys = {key for key in ARRAYS if key.startswith(f"{number}_history_")}
    assert {f"{number}_history_{name}" for name in history.history} == keys
    for name, values in history.history.items():
        np.testing.assert_allclose(values, ARRAYS[f"{number}_history_{name}"], **CLOSE)
