"""Compile, fit, evaluate, train_on_batch: what is learned, refused, interrupted and printed."""

import io
import re
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

from helpers import layers
from helpers.layers import (
    SGD,
    Conv2D,
    Dense,
    DivergedError,
    Flatten,
    Input,
    MaxPooling2D,
    Sequential,
    progress,
    set_random_seed,
)

X = np.random.default_rng(0).random((20, 6, 6, 1)).astype("float32")
LABELS = np.arange(20) % 3
STRIPED = X / 2  # two bright rows, at the place that the label says
for picture, label in zip(STRIPED, LABELS, strict=True):
    picture[2 * label : 2 * label + 2] += 1


@pytest.fixture(autouse=True)
def _no_warnings():
    """Whatever happens, a reader sees an error or a result, never a warning of NumPy."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def network(sgd=None, **options):
    """A small model, always with the same weights, and the seed set for what follows."""
    set_random_seed(1)
    layers = [Conv2D(2, 3, activation="tanh", input_shape=(6, 6, 1)), MaxPooling2D(2), Flatten()]
    model = Sequential([*layers, Dense(3, "softmax")])
    model.compile(sgd or SGD(0.1, 0.9), "sparse_categorical_crossentropy", **options)
    return model


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


# ------------------------------------------------------------------------- results and history


def test_the_history_has_one_number_for_each_epoch_and_what_was_asked_for():
    plain = network().fit(X, LABELS, epochs=3, verbose=0)
    assert (list(plain.history), len(plain.history["loss"])) == (["loss"], 3)
    asked = network(metrics=["accuracy"]).fit(X, LABELS, verbose=0).history
    assert list(asked) == ["loss", "accuracy"]
    assert all(type(value) is float for values in asked.values() for value in values)


def test_evaluate_and_a_step_return_the_loss_or_the_loss_and_the_accuracy():
    model = network()
    assert type(model.evaluate(X, LABELS)) is float
    assert type(model.train_on_batch(X, LABELS)) is float
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    before = model.get_weights()
    loss, accuracy = model.evaluate(X, LABELS)
    assert same(model.get_weights(), before)
    chances = model.predict(X)
    assert accuracy == np.mean(chances.argmax(axis=1) == LABELS)
    assert loss == pytest.approx(-np.log(chances[np.arange(20), LABELS]).mean(), rel=1e-5)
    assert model.train_on_batch(X, LABELS) == pytest.approx([loss, accuracy], rel=1e-5)


def test_accuracy_of_a_sequence_counts_each_of_its_answers():
    model = Sequential([Dense(2, "softmax", input_shape=(3, 2))])
    model.set_weights([np.eye(2), np.zeros(2)])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert model.evaluate([[[0, 1], [2, 1], [0, 4]]], [[1, 1, 1]])[1] == pytest.approx(2 / 3)


@pytest.mark.parametrize("samples", [1, 19, 20])
@pytest.mark.parametrize("batch_size", [1, 19, 20, 1000, None])
def test_any_number_of_samples_and_any_size_of_batch(samples, batch_size):
    model = network(sgd=SGD(1e-9), metrics=["accuracy"])  # the weights hardly move
    history = model.fit(X[:samples], LABELS[:samples], batch_size=batch_size, verbose=0)
    expected = model.evaluate(X[:samples], LABELS[:samples])
    found = [history.history[name][0] for name in ("loss", "accuracy")]
    assert found == pytest.approx(expected, rel=1e-5)


def order_of(monkeypatch, **options):
    """The samples in the order in which two epochs see them, and how many at a time."""
    seen, sizes = [], []

    def note(self, x, targets):
        seen.extend(x.ravel().astype(int).tolist())
        sizes.append(len(x))
        np.testing.assert_array_equal(x, targets)  # samples and answers stay together
        return 0.0, 0.0

    model, x = Sequential([Dense(1, input_shape=(1,))]), np.arange(70.0)[:, None]
    model.compile("sgd", "mse")
    with monkeypatch.context() as patch:
        patch.setattr(Sequential, "_step", note)
        model.fit(x, x, epochs=2, verbose=0, **options)
    assert sorted(seen[:70]) == sorted(seen[70:]) == list(range(70))
    return seen[:70], seen[70:], sizes


def test_a_seed_decides_about_the_order_and_each_epoch_has_its_own(monkeypatch):
    set_random_seed(5)
    one, two, sizes = order_of(monkeypatch)
    assert one != two != list(range(70))
    assert sizes == [32, 32, 6] * 2
    following = order_of(monkeypatch)
    set_random_seed(5)
    assert order_of(monkeypatch)[:2] == (one, two)
    assert order_of(monkeypatch) == following != (one, two, sizes)  # the seed goes on
    straight = order_of(monkeypatch, shuffle=False, batch_size=64)
    assert straight == (list(range(70)), list(range(70)), [64, 6] * 2)


# ---------------------------------------------------------------------------------- momentum


def test_compile_forgets_the_speed_but_not_the_weights():
    model, plain = network(), network()
    model.fit(X, LABELS, verbose=0)
    plain.set_weights(model.get_weights())
    model.compile(model.optimizer, "sparse_categorical_crossentropy")
    for each in (model, plain):
        each.train_on_batch(X, LABELS)
    assert same(model.get_weights(), plain.get_weights())


def test_a_model_with_another_layer_begins_without_speed():
    model = Sequential([Dense(1, input_shape=(1,))])
    model.compile(SGD(0.1, 0.9), "mse")
    model.train_on_batch([[1]], [[5]])
    model.add(Dense(2))
    assert np.isfinite(model.train_on_batch([[1]], [[5, 6]]))


# -------------------------------------------------------------------------------------- data


def test_a_model_may_be_built_by_its_data_start_with_an_input_or_leave_the_channel_out():
    started, with_input = network(), Sequential([Input((6, 6, 1)), *network().layers])
    late = Sequential(network().layers)
    for model in (with_input, late):
        model.compile(SGD(0.1, 0.9), "sparse_categorical_crossentropy")
    results = [
        model.fit(x, LABELS, shuffle=False, verbose=0).history
        for model, x in ((late, X), (with_input, X), (started, X[..., 0]))
    ]
    assert results[0] == results[1] == results[2]


def test_cross_entropy_needs_softmax_and_everything_needs_compile():
    model = Sequential([Dense(2, "relu", input_shape=(1,))])
    with pytest.raises(ValueError, match="allowed after compile"):
        model.fit([[1]], [1])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"activation='relu'.*allowed.*softmax"):
        model.fit([[1]], [1])


# ------------------------------------------------------------------ what diverges or is stopped


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
@pytest.mark.parametrize("rate", [10.0, 1e6, 1e20, 1e60])
def test_steps_that_are_too_large_end_with_an_error_and_finite_weights(rate, activation, capsys):
    set_random_seed(0)
    model = Sequential([Dense(5, activation, input_shape=(4,)), Dense(1)])
    x = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
    model.compile(SGD(rate), "mse")
    with_rate = re.escape(f"SGD(learning_rate={rate}")
    words = rf"{with_rate}.*too large.*smaller learning_rate.*try {re.escape(f'{rate / 10:g}')}"
    with pytest.raises(DivergedError, match=words):
        model.fit(x, x.sum(axis=1), batch_size=4, epochs=500)
    assert capsys.readouterr().out.endswith(" of 1500 steps\n")
    assert all(np.isfinite(values).all() for values in model.weights)
    model.set_weights([np.zeros_like(values) for values in model.weights])
    model.compile(SGD(0.01), "mse")
    assert np.isfinite(model.fit(x, x.sum(axis=1), verbose=0).history["loss"]).all()


@pytest.mark.parametrize(("x", "what"), [(1e200, "the loss became inf"), (1e153, "a weight")])
def test_a_step_that_was_refused_leaves_weights_and_speed_as_they_were(x, what):
    same_start = {"kernel_initializer": "ones", "dtype": "float64", "input_shape": (1,)}
    model, twin = (Sequential([Dense(1, **same_start)]) for _ in range(2))
    for each in (model, twin):
        each.compile(SGD(1e6, 0.5), "mse")
        each.train_on_batch([[1.0]], [0.0])
        each.set_weights([[[1e-3]], [0.0]])
    with pytest.raises(DivergedError, match=what):
        model.train_on_batch([[x]], [0.0])
    assert same(twin.get_weights(), model.get_weights())
    for each in (model, twin):
        each.train_on_batch([[1.0]], [0.0])
    assert same(model.get_weights(), twin.get_weights())
    assert issubclass(DivergedError, ValueError)
    assert issubclass(DivergedError, ArithmeticError)


def test_a_model_that_is_sure_of_a_wrong_answer_learns_from_it():
    model = Sequential([Dense(2, "softmax", input_shape=(1,))])
    model.set_weights([[[1000, 0]], [0, 0]])
    model.compile(SGD(1000), "sparse_categorical_crossentropy")
    assert model.train_on_batch([[1]], [1]) == pytest.approx(-np.log(1e-7))
    assert model.predict([[1]])[0].argmax() == 1


@pytest.mark.parametrize("line", range(1, 1000, 77))
def test_wherever_a_step_is_interrupted_the_model_keeps_what_it_has_learned(line):
    """Stopped at one line after another, within and between the layers and the weights."""
    model, left = network(), [line]
    package = str(Path(layers.__file__).parent)

    def trace(frame, event, _):
        if not frame.f_code.co_filename.startswith(package):
            return None
        left[0] -= event == "line"
        if left[0] == 0:
            raise KeyboardInterrupt
        return trace

    start, before = model.get_weights(), sys.gettrace()
    sys.settrace(trace)
    try:
        with pytest.raises(KeyboardInterrupt):
            model.fit(X, LABELS, batch_size=2, epochs=2, verbose=0)
    finally:
        sys.settrace(before)
    assert line < 700 or not same(start, model.get_weights())
    assert np.isfinite(model.train_on_batch(X, LABELS))  # with the speed that it had
    model.compile(SGD(0.05, 0.9), "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(STRIPED, LABELS, batch_size=5, epochs=30, verbose=0)
    assert model.evaluate(STRIPED, LABELS)[1] == 1


# ------------------------------------------------------------------------------ what is printed


def on_screen(text):
    """What a terminal of 80 columns shows; a longer line would not be written over."""
    lines = []
    for line in text.split("\n"):
        shown = ""
        for part in line.split("\r"):
            assert len(part) < 80
            shown = part + shown[len(part) :]
        lines.append(shown.rstrip())
    return "\n".join(lines)


@pytest.mark.parametrize("verbose", ["auto", True])
@pytest.mark.parametrize("pause", [0, 1000])
def test_the_progress_bar_ends_as_one_line_without_times(pause, verbose, capsys, monkeypatch):
    monkeypatch.setattr(progress, "PAUSE", pause)
    network().fit(X, LABELS, batch_size=8, epochs=2, verbose=verbose)
    out, err = capsys.readouterr()
    assert (on_screen(out), err) == (f"{'█' * 30} 6 of 6 steps\n", "")
    assert out.count("\r") == (6 if pause == 0 else 1) + 2
    assert ("\r██████████████████████████████ 6 of 6 steps, epoch 2, loss" in out) == (pause == 0)


def test_a_long_note_is_cut_to_the_width_of_a_terminal_and_wiped_out_by_the_next(
    capsys, monkeypatch
):
    monkeypatch.setattr(progress, "PAUSE", 0)
    bar = progress.Progress(7)
    bar.advance("a loss with many digits, " * 5)
    assert f"{'█' * 4}{'░' * 26} 1 of 7 steps, a loss" in on_screen(capsys.readouterr().out)
    bar.advance("a loss with many digits, " * 5)
    bar.advance("0")
    assert on_screen(capsys.readouterr().out) == f"{'█' * 12}{'░' * 18} 3 of 7 steps, 0"


def test_nothing_else_is_printed(capsys):
    model = network()
    for verbose in (0, False):
        model.fit(X, LABELS, verbose=verbose)
    model.train_on_batch(X, LABELS)
    model.evaluate(X, LABELS, verbose=1)
    assert capsys.readouterr() == ("", "")


def test_a_stream_that_knows_only_ascii_gets_a_bar_too(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", newline="\n"))
    network().fit(X, LABELS)
    assert on_screen(written.getvalue().decode()) == f"{'#' * 30} 1 of 1 steps\n"
    monkeypatch.setattr(sys, "stdout", None)  # as in a program without a console
    network().fit(X, LABELS)
