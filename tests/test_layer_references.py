"""The layers beside Keras: tests/layer_references.npz, made by its tool in tools/."""

import ast
import inspect
import json
import re
from pathlib import Path

import numpy as np
import pytest

import helpers.layers
from helpers.layers import SGD, Conv2D, History, Sequential

ROOT = Path(__file__).parent.parent
FILE = ROOT / "tests" / "layer_references.npz"
MOST_BYTES = 500_000
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
CLOSE_AFTER_STEPS = {"rtol": 0, "atol": 1e-4}

with np.load(FILE) as stored:
    ARRAYS = dict(stored)
ABOUT = json.loads(ARRAYS.pop("about").item())
MODELS, LEARNING = ABOUT["models"], ABOUT["learning"]
SIGNATURES = {name: dict(arguments) for name, arguments in ABOUT["signatures"].items()}


def names(model):
    return "-".join(name for name, _ in model["layers"])


each_model = pytest.mark.parametrize("number", range(len(MODELS)), ids=lambda n: names(MODELS[n]))
each_lesson = pytest.mark.parametrize("number", range(len(LEARNING)))


def stored_arrays(name):
    """The arrays name0, name1, ..."""
    return [ARRAYS[f"{name}{n}"] for n in range(sum(key.startswith(name) for key in ARRAYS))]


def built(layers, key):
    """A model with its stored first weights, whose shapes have to fit."""
    model = Sequential()
    for name, arguments in layers:
        arguments = {k: tuple(v) if isinstance(v, list) else v for k, v in arguments.items()}
        model.add(getattr(helpers.layers, name)(**arguments))
    model.set_weights(stored_arrays(f"{key}_first"))
    return model


def test_the_file_is_small_says_what_made_it_and_holds_what_differs():
    assert FILE.stat().st_size < MOST_BYTES
    assert set(ABOUT["versions"]) == {"keras", "jax", "numpy"}
    assert ABOUT["versions"]["keras"].startswith("3.")
    assert len(MODELS) >= 80
    for number in range(len(LEARNING)):
        losses = ARRAYS[f"learning{number}_losses"]
        assert len(losses) == 50
        assert np.ptp(losses) > 0.01  # something is learned that could be missed


@each_model
def test_a_model_computes_what_keras_computes(number):
    result = built(MODELS[number]["layers"], number).predict(ARRAYS[f"{number}_x"])
    expected = ARRAYS[f"{number}_y"]
    assert (result.dtype, result.shape) == (np.float32, expected.shape)
    np.testing.assert_allclose(result, expected, **CLOSE)


def without_widths(text):
    """A table whose columns are as narrow as can be."""
    return re.sub(r"([ ━─])\1+", r"\1", text).strip()


@each_model
def test_the_summary_says_what_keras_says(number, capsys):
    built(MODELS[number]["layers"], number).summary()
    printed = capsys.readouterr().out
    assert without_widths(printed) == without_widths(MODELS[number]["summary"])


@each_lesson
def test_fifty_steps_have_the_losses_and_end_with_the_weights_of_keras(number):
    lesson, key = LEARNING[number], f"learning{number}"
    model, x, y = built(lesson["layers"], key), ARRAYS[f"{key}_x"], ARRAYS[f"{key}_y"]
    model.compile(SGD(**lesson["sgd"]), lesson["loss"])
    losses = [model.train_on_batch(x[batch], y[batch]) for batch in ARRAYS[f"{key}_batches"]]
    np.testing.assert_allclose(losses, ARRAYS[f"{key}_losses"], **CLOSE_AFTER_STEPS)
    for ours, keras in zip(model.get_weights(), stored_arrays(f"{key}_last"), strict=True):
        np.testing.assert_allclose(ours, keras, **CLOSE_AFTER_STEPS)


@each_lesson
def test_fit_returns_the_history_of_keras(number):
    """Also where the last batch of an epoch is smaller than the others."""
    lesson, key = LEARNING[number], f"learning{number}"
    model = built(lesson["layers"], key)
    metrics = ["accuracy"] if lesson["loss"].startswith("sparse") else None
    model.compile(SGD(**lesson["sgd"]), lesson["loss"], metrics=metrics)
    x, y = ARRAYS[f"{key}_x"], ARRAYS[f"{key}_y"]
    history = model.fit(x, y, **ABOUT["fit"], shuffle=False, verbose=0).history
    start = f"{key}_history_"
    expected = {k.removeprefix(start): v for k, v in ARRAYS.items() if k.startswith(start)}
    assert history.keys() == expected.keys()
    for name, values in history.items():
        np.testing.assert_allclose(values, expected[name], **CLOSE_AFTER_STEPS)


# ---------------------------------------------------- our cells run in Keras: names and arguments


def arguments_of(owner):
    """What may be given to a function or a class and those that it extends; what by its place."""
    found, places = {}, []
    for each in inspect.getmro(owner)[-2::-1] if inspect.isclass(owner) else [owner]:
        own = list(inspect.signature(each).parameters.values())
        own = [p for p in own if p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
        found |= {p.name: "required" if p.default is p.empty else p.default for p in own}
        places = [p.name for p in own if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
    found.pop("self", None)
    return found, places


def owned(name):
    """A class, function or method, from its name in the stored table."""
    owner, _, method = name.partition(".")
    thing = Conv2D if owner == "Layer" else getattr(helpers.layers, owner)
    return getattr(thing, method) if method else thing


@pytest.mark.parametrize("name", SIGNATURES)
def test_arguments_have_the_names_order_and_defaults_of_keras(name):
    """One number for all axes stands for a tuple; a few defaults have other words."""
    there, (ours, places) = SIGNATURES[name], arguments_of(owned(name))
    assert places == list(there)[: len(places)]
    may_be_none = {"x", "y", "optimizer", "shape", "input_shape"}  # there, without data or learning
    for argument, default in ours.items():
        keras = there[argument]
        keras = keras[0] if isinstance(keras, list) else keras
        assert {"float32": None}.get(default, default) == keras or argument in may_be_none


NOTEBOOKS = [
    path
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
    if "from helpers.layers import" in path.read_text(encoding="utf-8")
]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_cells_use_only_what_keras_has(path):
    """Run in Keras once the import lines are changed: every name, argument and attribute exists."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    classes = {"Sequential": Sequential, "Layer": Conv2D, "History": History}
    for node in ast.walk(ast.parse("\n".join(sources))):
        if isinstance(node, ast.ImportFrom) and node.module == "helpers.layers":
            assert {each.name for each in node.names} <= set(SIGNATURES)
        if isinstance(node, ast.Call):
            method = isinstance(node.func, ast.Attribute)
            called = "." + node.func.attr if method else getattr(node.func, "id", "")
            keys = [key for key in SIGNATURES if key == called or (method and key.endswith(called))]
            given = {keyword.arg for keyword in node.keywords if keyword.arg}
            places = sum(not isinstance(argument, ast.Starred) for argument in node.args)
            assert not keys or any(given <= set(SIGNATURES[key]) for key in keys), called
            assert all(places <= len(SIGNATURES[key]) for key in keys), called
        if isinstance(node, ast.Attribute):
            for name, owner in classes.items():
                if hasattr(owner, node.attr):
                    assert node.attr in ABOUT["attributes"][name]
