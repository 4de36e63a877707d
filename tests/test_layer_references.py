"""The layers beside what Keras computed: tests/layer_references.npz, made by its tool in tools/."""

import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

import helpers.layers
from helpers.layers import Sequential

FILE = Path(__file__).parent / "layer_references.npz"
MOST_BYTES = 500_000

with np.load(FILE) as stored:
    ARRAYS = dict(stored)
ABOUT = json.loads(ARRAYS.pop("about").item())
MODELS = ABOUT["models"]
NUMBERS = range(len(MODELS))


def described(number):
    """A short name for a test: the number and the layers."""
    return f"{number}-" + "-".join(name for name, _ in MODELS[number]["layers"])


each_model = pytest.mark.parametrize("number", NUMBERS, ids=described)


def built(number):
    """The model with the stored weights."""
    model = Sequential()
    for name, arguments in MODELS[number]["layers"]:
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
        model.add(getattr(helpers.layers, name)(**arguments))
    model.set_weights([ARRAYS[f"{number}_w{n}"] for n in range(len(model.get_weights()))])
    return model


def test_the_file_is_small_and_says_what_made_it():
    assert FILE.stat().st_size < MOST_BYTES
    assert set(ABOUT["versions"]) == {"keras", "jax", "numpy"}
    assert ABOUT["versions"]["keras"].startswith("3.")
    assert len(MODELS) - ABOUT["stacks"] >= 60
    assert ABOUT["stacks"] >= 6


@each_model
def test_a_model_has_all_the_weights_of_keras_and_their_shapes(number):
    stored = [values.shape for key, values in ARRAYS.items() if key.startswith(f"{number}_w")]
    assert [values.shape for values in built(number).get_weights()] == stored


@each_model
def test_a_model_computes_what_keras_computes(number):
    result = built(number).predict(ARRAYS[f"{number}_x"])
    expected = ARRAYS[f"{number}_y"]
    assert result.dtype == np.float32
    assert result.shape == expected.shape
    np.testing.assert_allclose(result, expected, rtol=1e-5, atol=1e-5)


def without_widths(text):
    """A table whose columns are as narrow as can be."""
    return re.sub(r"([ ━─])\1+", r"\1", text).strip()


@each_model
def test_the_summary_says_what_keras_says(number, capsys):
    built(number).summary()
    printed = capsys.readouterr().out
    assert without_widths(printed) == without_widths(MODELS[number]["summary"])


@pytest.mark.parametrize("name", ABOUT["signatures"])
def test_arguments_have_the_order_and_the_defaults_of_keras(name):
    """Arguments here are the first ones there; one number for all axes stands for a tuple."""
    arguments = inspect.signature(getattr(helpers.layers, name)).parameters.values()
    ours = [
        (each.name, "required" if each.default is each.empty else each.default)
        for each in arguments
        if each.kind is not each.VAR_KEYWORD
    ]
    there = [
        (argument, default[0] if isinstance(default, list) else default)
        for argument, default in ABOUT["signatures"][name]
    ]
    assert ours == there[: len(ours)]
    for argument, default in there[len(ours) :]:  # the rest may be given, with its default
        values = {a: 2 for a, d in there if d == "required"} | {argument: default}
        if name == "Activation":
            values["activation"] = "relu"
        assert getattr(helpers.layers, name)(**values)
