"""Compile, fit, evaluate, train_on_batch: names, defaults, what is refused, what is printed."""

import inspect
import io
import re
import sys
import warnings

import numpy as np
import pytest

from helpers.layers import (
    SGD,
    Activation,
    CategoricalCrossentropy,
    Conv2D,
    Dense,
    DivergedError,
    Flatten,
    Input,
    MaxPooling2D,
    MeanSquaredError,
    Sequential,
    SparseCategoricalCrossentropy,
    progress,
)

X = np.random.default_rng(0).random((20, 6, 6, 1)).astype("float32")
LABELS = np.arange(20) % 3
ROWS = np.eye(3)[LABELS]


@pytest.fixture(autouse=True)
def _no_warnings():
    """Whatever happens, a reader sees an error or a result, never a warning of NumPy."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


def network(activation="softmax", loss="sparse_categorical_crossentropy", sgd=None, **options):
    model = Sequential(
        [
            Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)),
            MaxPooling2D(2),
            Flatten(),
            Dense(3, activation),
        ],
        seed=1,
    )
    model.compile(sgd or SGD(0.1, 0.9), loss, **options)
    return model


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


# ------------------------------------------------------------------------------ as in Keras

# the arguments of Keras 3.15, in its order and with its defaults, as far as they go here
SIGNATURES = {
    "compile": {"optimizer": ..., "loss": None, "loss_weights": None, "metrics": None},
    "fit": {
        "x": ...,
        "y": ...,
        "batch_size": None,
        "epochs": 1,
        "verbose": "auto",
        "callbacks": None,
        "validation_split": 0.0,
        "validation_data": None,
        "shuffle": True,
    },
    "evaluate": {"x": ..., "y": ..., "batch_size": None, "verbose": "auto"},
    "train_on_batch": {"x": ..., "y": ...},
}


@pytest.mark.parametrize("method", SIGNATURES)
def test_arguments_have_the_order_and_the_defaults_of_keras(method):
    found = inspect.signature(getattr(Sequential, method)).parameters.values()
    positional = [p for p in found if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"]
    ours = {p.name: ... if p.default is p.empty else p.default for p in positional}
    assert list(ours.items()) == list(SIGNATURES[method].items())


def test_sgd_has_the_arguments_of_keras():
    found = inspect.signature(SGD).parameters
    assert {name: p.default for name, p in found.items()} == {
        "learning_rate": 0.01,
        "momentum": 0.0,
        "nesterov": False,
    }


def test_the_rest_of_keras_may_be_given_with_its_defaults():
    model = network(weighted_metrics=None, run_eagerly=False, steps_per_execution=1)
    model.compile("SGD", "mse", metrics=("accuracy",), jit_compile="auto", auto_scale_loss=True)
    options = {"sample_weight": None, "class_weight": None}
    model.fit(X, ROWS, 8, 1, 0, None, 0.0, None, True, initial_epoch=0, **options)
    model.train_on_batch(X, ROWS, return_dict=False, **options)
    model.evaluate(X, ROWS, steps=None, callbacks=None, return_dict=False, sample_weight=None)


def test_the_history_has_one_number_for_each_epoch_and_what_was_asked_for():
    plain = network().fit(X, LABELS, epochs=3, verbose=0)
    assert (list(plain.history), plain.epoch) == (["loss"], [0, 1, 2])
    asked = network(metrics=["accuracy"]).fit(X, LABELS, validation_split=0.25, verbose=0)
    assert set(asked.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    numbers = [value for values in asked.history.values() for value in values]
    assert len(numbers) == 4
    assert all(type(value) is float for value in numbers)


def test_evaluate_and_a_step_return_the_loss_or_the_loss_and_the_accuracy():
    model = network()
    assert type(model.evaluate(X, LABELS)) is float
    assert type(model.train_on_batch(X, LABELS)) is float
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    loss, accuracy = model.evaluate(X, LABELS)
    chances = model.predict(X)
    assert accuracy == np.mean(chances.argmax(axis=1) == LABELS)
    assert loss == pytest.approx(-np.log(chances[np.arange(20), LABELS]).mean(), rel=1e-5)
    assert model.train_on_batch(X, LABELS) == pytest.approx([loss, accuracy], rel=1e-5)


def test_accuracy_of_a_single_output_compares_with_one_half():
    model = Sequential([Activation("linear", input_shape=(1,))])
    model.compile("sgd", "mse", metrics=["accuracy"])
    assert model.evaluate([[0.4], [0.6], [0.7], [0.2]], [0, 1, 0, 0]) == [
        pytest.approx((0.16 + 0.16 + 0.49 + 0.04) / 4),
        0.75,
    ]


def test_accuracy_of_a_sequence_counts_each_of_its_answers():
    model = Sequential([Activation("softmax", input_shape=(3, 2))])
    model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
    assert model.evaluate([[[0, 1], [2, 1], [0, 4]]], [[1, 1, 1]])[1] == pytest.approx(2 / 3)


def test_the_samples_held_out_are_the_last_and_nothing_is_learned_from_them():
    split, given = network(), network()
    first = split.fit(X, LABELS, epochs=2, validation_split=0.3, verbose=0, seed=0)
    held_out = (X[14:], LABELS[14:])
    again = given.fit(X[:14], LABELS[:14], epochs=2, validation_data=held_out, verbose=0, seed=0)
    assert first.history == again.history
    assert same(split.get_weights(), given.get_weights())


def test_a_seed_decides_about_the_order_and_each_epoch_has_its_own(monkeypatch):
    seen = []
    step = "helpers.layers.training.Trainer.step"
    monkeypatch.setattr(step, lambda _, x, y: (seen.extend(x.ravel().tolist()), (0.0, y > 0))[1])
    model = Sequential([Dense(1, input_shape=(1,))], seed=3)
    model.compile("sgd", "mse")
    x = np.arange(10.0)[:, None]

    def order(**options):
        seen.clear()
        model.fit(x, x, batch_size=4, epochs=2, verbose=0, **options)
        assert sorted(seen[:10]) == sorted(seen[10:]) == list(range(10))
        return seen[:10], seen[10:]

    one, two = order(seed=5)
    assert one != two
    assert order(seed=5) == (one, two) == order(seed=np.random.default_rng(5))
    assert order(seed=6) != (one, two)
    assert order() != order()  # the model's own seed goes on
    assert order(shuffle=False) == (list(range(10)), list(range(10)))


def test_the_same_seed_gives_the_same_model_again():
    runs = []
    for _ in range(2):
        model = network(metrics=["accuracy"])
        history = model.fit(X, LABELS, batch_size=7, epochs=3, verbose=0)
        runs.append((history.history, model.get_weights()))
    assert runs[0][0] == runs[1][0]
    assert same(runs[0][1], runs[1][1])


@pytest.mark.parametrize("samples", [1, 19, 20])
@pytest.mark.parametrize("batch_size", [1, 19, 20, 1000, None])
def test_any_number_of_samples_and_any_size_of_batch(samples, batch_size):
    model = network(sgd=SGD(1e-9), metrics=["accuracy"])  # the weights hardly move
    history = model.fit(X[:samples], LABELS[:samples], batch_size=batch_size, verbose=0)
    expected = model.evaluate(X[:samples], LABELS[:samples])
    found = [history.history[name][0] for name in ("loss", "accuracy")]
    assert found == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("batch_size", "alike"), [(32, True), (64, False)])
def test_a_batch_has_32_samples_unless_told(batch_size, alike):
    usual, told = network(), network()
    for model, options in ((usual, {}), (told, {"batch_size": batch_size})):
        model.fit(X.repeat(2, axis=0), LABELS.repeat(2), verbose=0, **options)
    assert same(usual.get_weights(), told.get_weights()) == alike


def test_a_layer_that_is_not_trainable_stays_as_it_is():
    for frozen in ((0,), (3,), (0, 3)):
        model = network()
        for number in frozen:
            model.layers[number].trainable = False
        before = [layer.get_weights() for layer in model.layers]
        model.fit(X, LABELS, epochs=2, verbose=0)
        after = [layer.get_weights() for layer in model.layers]
        kept = {n for n in (0, 3) if same(before[n], after[n])}
        assert kept == set(frozen)


def test_the_arrays_of_weights_remain_the_same_arrays():
    model = network()
    held = model.weights
    start = model.get_weights()
    model.fit(X, LABELS, verbose=0)
    model.train_on_batch(X, LABELS)
    assert all(a is b for a, b in zip(held, model.weights, strict=True))
    assert not any(np.array_equal(a, b) for a, b in zip(held, start, strict=True))
    model.set_weights(start)
    assert same(held, start)


def test_compile_forgets_the_speed_but_not_the_weights():
    model, plain = network(), network()
    model.fit(X, LABELS, verbose=0)
    plain.set_weights(model.get_weights())
    optimizer = model.optimizer
    model.compile(optimizer, "sparse_categorical_crossentropy")
    for each in (model, plain):
        each.train_on_batch(X, LABELS)
    assert same(model.get_weights(), plain.get_weights())
    with_speed, without = network(), network()
    with_speed.train_on_batch(X, LABELS)
    without.set_weights(with_speed.get_weights())
    for each in (with_speed, without):
        each.train_on_batch(X, LABELS)
    assert not same(with_speed.get_weights(), without.get_weights())


def test_momentum_by_hand():
    weights, optimizer = np.array([1.0, -1.0]), SGD(0.5, 0.5)
    for expected in ([0.0, -2.0], [-1.5, -3.5]):  # steps of 1, then of 1 + 1/2
        optimizer.step(weights, np.array([2.0, 2.0]))
        assert weights.tolist() == expected


def test_weights_of_another_shape_begin_without_speed():
    optimizer = SGD(0.5, 0.5)
    optimizer.step(np.zeros(1), np.array([2.0]))
    weights = np.array([1.0, -1.0])
    optimizer.step(weights, np.array([2.0, 2.0]))
    assert weights.tolist() == [0.0, -2.0]


def test_a_step_that_was_refused_leaves_the_speed_as_it_was():
    weights, optimizer = np.zeros(1), SGD(0.5, 0.5)
    optimizer.step(weights, np.array([2.0]))
    with pytest.raises(DivergedError):
        optimizer.step(weights, np.array([np.inf]))
    optimizer.step(weights, np.array([2.0]))
    assert weights.tolist() == [-2.5]


def test_a_single_output_is_a_yes_above_one_half():
    model = Sequential([Flatten(input_shape=(1,))])
    model.compile("sgd", "mse", metrics=["accuracy"])
    assert model.evaluate([[0.0], [0.5], [0.75]], [[0], [0], [1]])[1] == 1


def test_a_model_may_be_built_late_start_with_an_input_or_leave_the_channel_out():
    layers = [Conv2D(2, 3, activation="relu"), MaxPooling2D(2), Flatten(), Dense(3, "softmax")]
    late, started = Sequential(layers), network()
    late.compile(SGD(0.1, 0.9), "sparse_categorical_crossentropy")
    late.build((None, 6, 6, 1))
    late.set_weights(started.get_weights())
    with_input = Sequential([Input((6, 6, 1)), *network().layers])
    with_input.compile(SGD(0.1, 0.9), "sparse_categorical_crossentropy")
    results = [
        model.fit(x, LABELS, shuffle=False, verbose=0).history
        for model, x in ((late, X), (with_input, X), (started, X[..., 0]))
    ]
    assert results[0] == results[1] == results[2]
    unbuilt = Sequential([Flatten(), Dense(3, "softmax")])
    unbuilt.compile("sgd", "sparse_categorical_crossentropy")
    assert len(unbuilt.fit(X, LABELS, verbose=0).history["loss"]) == 1


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_model_learns_in_its_own_precision(dtype):
    model = Sequential([Dense(2, dtype=dtype, input_shape=(2,)), Dense(1, dtype=dtype)], seed=0)
    model.compile(SGD(0.1, 0.9), "mse")
    x = np.random.default_rng(0).random((8, 2))
    model.fit(x, x[:, :1], epochs=200, batch_size=8, verbose=0)
    assert {str(values.dtype) for values in model.weights} == {dtype}
    assert model.evaluate(x, x[:, :1]) < 1e-6


def read_only(values):
    values = values.copy()
    values.flags.writeable = False
    return values


@pytest.mark.parametrize(
    "change",
    [
        lambda x: x.astype("uint8"),
        lambda x: x.astype("float64"),
        lambda x: x.astype("int64"),
        lambda x: x.astype(bool),
        np.asfortranarray,
        lambda x: np.repeat(x, 2, axis=0)[::2],
        read_only,
        lambda x: x.tolist(),
    ],
)
def test_arrays_of_others_are_read_in_any_form_and_never_changed(change):
    pixels = np.round(X * 1)
    plain, other = network(), network()
    x, y = change(pixels), change(LABELS % 2)
    kept = np.array(x), np.array(y)
    for model, samples, answers in ((plain, pixels, LABELS % 2), (other, x, y)):
        options = {"validation_data": (samples, answers), "epochs": 2, "verbose": 0}
        model.fit(samples, answers, seed=0, batch_size=6, **options)
        model.train_on_batch(samples, answers)
    assert same(plain.get_weights(), other.get_weights())
    np.testing.assert_array_equal(x, kept[0])
    np.testing.assert_array_equal(y, kept[1])


# ----------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("error", "make", "said"),
    [
        (ValueError, lambda: network(sgd="adam"), "optimizer='adam'.*\"sgd\""),
        (ValueError, lambda: network(sgd=SGD), "optimizer=.*SGD\\("),
        (ValueError, lambda: network(loss="hinge"), "loss='hinge'.*\"mse\""),
        (ValueError, lambda: network(loss=None), "loss=None"),
        (ValueError, lambda: network(loss=MeanSquaredError), "loss=<class"),
        (ValueError, lambda: network(metrics=["auc"]), "metrics=\\['auc'\\].*'accuracy'"),
        (ValueError, lambda: network(metrics="accuracy"), "metrics='accuracy'.*\\['accuracy'\\]"),
        (ValueError, lambda: network(metrics=5), "metrics=5"),
        (ValueError, lambda: network(loss_weights=[1]), "loss_weights"),
        (ValueError, lambda: network(jit_compile=True), "jit_compile=True.*auto"),
        (TypeError, lambda: network(lr=1), "compile has no argument lr=1"),
        (ValueError, lambda: SGD(0), "learning_rate=0.*above 0"),
        (ValueError, lambda: SGD(-1.0), "learning_rate=-1"),
        (ValueError, lambda: SGD(float("nan")), "learning_rate=nan"),
        (ValueError, lambda: SGD(float("inf")), "learning_rate=inf"),
        (TypeError, lambda: SGD("fast"), "learning_rate='fast'"),
        (TypeError, lambda: SGD(True), "learning_rate=True"),
        (ValueError, lambda: SGD(0.1, 1), "momentum=1.*from 0 to below 1"),
        (ValueError, lambda: SGD(0.1, -0.1), "momentum=-0.1"),
        (ValueError, lambda: SGD(0.1, nesterov=True), "nesterov=True"),
        (TypeError, lambda: CategoricalCrossentropy(1), "from_logits=1"),
        (ValueError, lambda: network(loss=CategoricalCrossentropy(True)).fit(X, ROWS), "linear"),
        (ValueError, lambda: network(None).fit(X, LABELS), "'linear'.*allowed.*'softmax'"),
        (ValueError, lambda: network("relu").fit(X, LABELS), "'relu'.*allowed.*'softmax'"),
        (ValueError, lambda: Sequential([Flatten()]).fit(X, LABELS), "compile"),
        (ValueError, lambda: Sequential([Flatten()]).evaluate(X, LABELS), "compile"),
        (ValueError, lambda: Sequential([Flatten()]).train_on_batch(X, LABELS), "compile"),
        (ValueError, lambda: network().evaluate(X, LABELS, steps=3), "steps=3"),
        (ValueError, lambda: network().evaluate(X, LABELS, return_dict=True), "return_dict"),
        (ValueError, lambda: network().train_on_batch(X, LABELS, class_weight={}), "class_weight"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(error, make, said):
    with pytest.raises(error, match=said):
        make()


@pytest.mark.parametrize(
    ("error", "said", "options"),
    [
        (ValueError, "callbacks=\\[\\]", {"callbacks": []}),
        (ValueError, "class_weight=", {"class_weight": {0: 1}}),
        (ValueError, "sample_weight=array.*allowed are None", {"sample_weight": LABELS}),
        (ValueError, "initial_epoch=2", {"initial_epoch": 2}),
        (TypeError, "fit has no argument epoch=3.*help", {"epoch": 3}),
        (ValueError, "batch_size=0.*at least 1", {"batch_size": 0}),
        (TypeError, "batch_size=2.0", {"batch_size": 2.0}),
        (ValueError, "epochs=0", {"epochs": 0}),
        (ValueError, "verbose=3", {"verbose": 3}),
        (ValueError, "shuffle='batch'", {"shuffle": "batch"}),
        (ValueError, "seed=-1", {"seed": -1}),
        (ValueError, "validation_split=1.0", {"validation_split": 1.0}),
        (ValueError, "validation_split=0.99 of 20 samples", {"validation_split": 0.99}),
        (TypeError, "validation_split='a'", {"validation_split": "a"}),
        (TypeError, "validation_data: .*pair", {"validation_data": X}),
        (ValueError, "validation_data: x has 20.*y has 3", {"validation_data": (X, LABELS[:3])}),
        (ValueError, "validation_data: .*\\(20, 5, 6, 1\\)", {"validation_data": (X[:, 1:], X)}),
    ],
)
def test_what_fit_cannot_do_is_refused_before_a_step_is_taken(error, said, options):
    model = network()
    before = model.get_weights()
    with pytest.raises(error, match=said):
        model.fit(X, LABELS, **({"verbose": 0} | options))
    assert same(before, model.get_weights())


NAN = np.full(20, np.nan)
ONE_HOLE = np.where(np.arange(720).reshape(X.shape) == 7, np.nan, X)
WRONG = {
    "lengths": (X, LABELS[:7], ValueError, "x has 20 samples, y has 7"),
    "too large": (X, LABELS + 1, ValueError, "from 1 to 3: allowed .* 0 to 2"),
    "negative": (X, LABELS - 1, ValueError, "from -1 to 1"),
    "halves": (X, LABELS / 2, ValueError, "class numbers"),
    "rows": (X, ROWS, ValueError, r"\(20, 3\).*\(20, 3\).*categorical_crossentropy"),
    "nan in y": (X, NAN, ValueError, "y holds values that are not finite"),
    "nan in x": (ONE_HOLE, LABELS, ValueError, "x holds values that are not finite"),
    "inf in x": (np.full(X.shape, np.inf), LABELS, ValueError, "x holds"),
    "too large for float32": (X.astype(float) * 1e300, LABELS, ValueError, "not finite as float32"),
    "text": (X, ["a"] * 20, TypeError, "y holds <U1 values"),
    "text in x": (np.full(X.shape, "a"), LABELS, TypeError, "x holds <U1 values"),
    "complex": (X * 1j, LABELS, TypeError, "x holds complex"),
    "none": (X, None, TypeError, "y holds object"),
    "empty": (X[:0], LABELS[:0], ValueError, r"x has shape \(0, 6, 6, 1\)"),
    "empty y": (X, [], ValueError, r"y has shape \(0,\)"),
    "ragged": (X, [[1], [1, 2]], ValueError, "y is not a regular array"),
    "masked": (X, np.ma.masked_equal(LABELS, 2), ValueError, "masked"),
    "shape": (X[:, 1:], LABELS, ValueError, r"\(20, 5, 6, 1\) in a model for \(None, 6, 6, 1\)"),
    "axes": (X[0, 0], LABELS, ValueError, r"\(6, 1\).*samples, rows, columns"),
}


@pytest.mark.parametrize("what", WRONG)
@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch"])
def test_wrong_data_is_refused_with_what_is_allowed(method, what):
    x, y, error, said = WRONG[what]
    model = network()
    before = model.get_weights()
    with pytest.raises(error, match=said):
        getattr(model, method)(x, y)
    assert same(before, model.get_weights())


@pytest.mark.parametrize(
    ("loss", "y", "said"),
    [
        ("mse", ROWS[:, :2], r"\(20, 2\).*\(20, 3\).*same shape"),
        ("mse", LABELS, r"\(20,\).*\(20, 3\)"),
        ("categorical_crossentropy", LABELS, r"\(20,\).*\(20, 3\).*sparse_categorical"),
        ("categorical_crossentropy", 2 * ROWS, "sums from 2 to 2"),
        ("categorical_crossentropy", 0 * ROWS, "sums from 0 to 0"),
        ("categorical_crossentropy", 1.01 * ROWS, "sums from 1.01 to 1.01"),
        ("categorical_crossentropy", ROWS * 3 - 2 / 3, "values from -0.666"),
    ],
)
def test_answers_that_do_not_fit_the_loss_are_refused_with_both_shapes(loss, y, said):
    with pytest.raises(ValueError, match=said):
        network(loss=loss).fit(X, y)


def test_weights_of_two_types_do_not_learn_together():
    model = Sequential([Dense(3, dtype="float64", input_shape=(4,)), Dense(3)])
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"float32 and float64.*one dtype"):
        model.fit(np.ones((2, 4)), np.ones((2, 3)))
    model.layers[0].trainable = False
    model.fit(np.ones((2, 4)), np.ones((2, 3)), verbose=0)


# ------------------------------------------------------------------------------- what diverges


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
@pytest.mark.parametrize("rate", [10.0, 1e6, 1e20, 1e60])
def test_steps_that_are_too_large_end_with_an_error_and_finite_weights(rate, activation, capsys):
    model = Sequential([Dense(5, activation, input_shape=(4,)), Dense(1)], seed=0)
    x = np.random.default_rng(0).normal(size=(12, 4)).astype("float32")
    y = x.sum(axis=1)
    model.compile(SGD(rate), "mse")
    with_rate = re.escape(f"SGD(learning_rate={rate}")
    said = rf"{with_rate}.*too large.*smaller learning_rate.*try {re.escape(f'{rate / 10:g}')}"
    with pytest.raises(DivergedError, match=said):
        model.fit(x, y, batch_size=4, epochs=500)
    assert capsys.readouterr().out.endswith(" of 1500 steps\n")
    assert all(np.isfinite(values).all() for values in model.weights)
    stopped = model.get_weights()
    with pytest.raises(DivergedError):
        [model.train_on_batch(x, y) for _ in range(1500)]
    assert all(np.isfinite(values).all() for values in model.weights)
    model.set_weights([np.zeros_like(values) for values in stopped])
    model.compile(SGD(0.01), "mse")
    assert np.isfinite(model.fit(x, y, verbose=0).history["loss"]).all()


def test_an_error_of_this_kind_is_caught_like_those_of_python():
    assert issubclass(DivergedError, ValueError)
    assert issubclass(DivergedError, ArithmeticError)


@pytest.mark.parametrize("loss", ["mse", "categorical_crossentropy"])
def test_large_but_finite_data_gives_a_number_or_the_error(loss):
    for size in (1e4, 1e18, 1e30):
        model = network(None if loss == "mse" else "softmax", loss, SGD(1e-12))
        y = ROWS * size if loss == "mse" else ROWS
        try:
            losses = model.fit(X * size, y, verbose=0).history["loss"]
        except DivergedError as error:
            assert "x and y" in str(error)  # noqa: PT017 -- either is right
        else:
            assert np.isfinite(losses).all()
        assert all(np.isfinite(values).all() for values in model.weights)
        model.evaluate(X * size, y)


def test_a_model_that_is_sure_of_a_wrong_answer_learns_from_it():
    model = Sequential([Dense(2, "softmax", input_shape=(1,))])
    model.set_weights([[[1000, 0]], [0, 0]])
    model.compile(SGD(1000), SparseCategoricalCrossentropy())
    assert model.train_on_batch([[1]], [1]) == pytest.approx(-np.log(1e-7))
    assert model.predict([[1]])[0].argmax() == 1


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


def test_the_progress_bar_ends_as_one_line_without_times(capsys, monkeypatch):
    ended = f"{'█' * 30} 6 of 6 steps\n"
    for pause in (0, 1000):
        monkeypatch.setattr(progress, "PAUSE", pause)
        for verbose in ("auto", 1, True):
            network().fit(X, LABELS, batch_size=8, epochs=2, verbose=verbose)
            out, err = capsys.readouterr()
            assert (on_screen(out), err) == (ended, "")
            assert out.count("\r") == (6 if pause == 0 else 1) + 2
            assert "\r██████████████████████████████ 6 of 6 steps, epoch 2, loss" in out or pause


def test_a_long_note_is_cut_to_the_width_of_a_terminal(capsys):
    bar = progress.Progress(7, "steps")
    bar.advance("a loss with many digits, " * 5)
    assert f"{'█' * 4}{'░' * 26} 1 of 7 steps, a loss" in on_screen(capsys.readouterr().out)


def test_one_line_for_each_epoch(capsys):
    network(metrics=["accuracy"]).fit(X, LABELS, epochs=2, verbose=2, validation_split=0.5)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(" - ")[0] for line in lines] == ["Epoch 1/2", "Epoch 2/2"]
    names = [part.split(": ")[0] for part in lines[0].split(" - ")[1:]]
    assert names == ["loss", "accuracy", "val_loss", "val_accuracy"]
    network().fit(X, LABELS, verbose=2)
    assert "accuracy" not in capsys.readouterr().out


def test_nothing_else_is_printed(capsys):
    model = network()
    model.fit(X, LABELS, verbose=0, validation_split=0.5)
    model.fit(X, LABELS, verbose=False)
    model.train_on_batch(X, LABELS)
    model.evaluate(X, LABELS, verbose=1)
    assert capsys.readouterr() == ("", "")


def test_the_bar_is_closed_where_a_step_fails(capsys, monkeypatch):
    model, taken = network(), []
    call = model.layers[-1].call

    def failing(x):
        taken.append(1)
        if len(taken) == 3:
            raise MemoryError
        return call(x)

    monkeypatch.setattr(model.layers[-1], "call", failing)
    with pytest.raises(MemoryError):
        model.fit(X, LABELS, batch_size=5)
    assert on_screen(capsys.readouterr().out) == f"{'█' * 15}{'░' * 15} 2 of 4 steps\n"


def test_a_stream_that_knows_only_ascii_gets_a_bar_too(monkeypatch):
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, encoding="ascii", newline="\n"))
    network().fit(X, LABELS)
    assert on_screen(written.getvalue().decode()) == f"{'#' * 30} 1 of 1 steps\n"
    monkeypatch.setattr(sys, "stdout", None)  # as in a program without a console
    network().fit(X, LABELS)
