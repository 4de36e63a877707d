"""Models, in the hands of somebody who knows Keras: shapes, names, weights, seeds, sharing."""

import numpy as np
import pytest

from helpers.layers import (
    SGD,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    GlorotUniform,
    Input,
    MaxPooling2D,
    Sequential,
    set_random_seed,
)
from helpers.layers.summary import counted


def small_network():
    return Sequential(
        [
            Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
            MaxPooling2D(),
            Conv2D(16, 3),
            Flatten(),
            Dense(10, activation="softmax"),
        ]
    )


def same(first, second):
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


# ------------------------------------------------------------------------ summary, names, shapes


def test_the_summary_is_a_table_with_shapes_and_counts(capsys):
    Sequential([Conv2D(8, 3, input_shape=(28, 28, 1)), MaxPooling2D()]).summary()
    assert capsys.readouterr().out == (
        'Model: "sequential"\n'
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
        "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
        "│ conv2d (Conv2D)                 │ (None, 26, 26, 8)      │            80 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 8)      │             0 │\n"
        "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
        " Total params: 80 (320.00 B)\n"
        " Trainable params: 80 (320.00 B)\n"
        " Non-trainable params: 0 (0.00 B)\n"
    )


@pytest.mark.parametrize(
    ("size", "text"),
    [(1023, "1023.00 B"), (1024, "1.00 KB"), (2**29, "512.00 MB"), (3 * 2**40, "3072.00 GB")],
)
def test_memory_is_counted_in_steps_of_1024(size, text):
    assert counted(1, size) == f"1 ({text})"


def test_the_summary_of_a_model_without_weights_says_so(capsys):
    Sequential([Conv1D(1, 3)]).summary()
    row = "│ conv1d (Conv1D)                 │ ?                      │   0 (unbuilt) │"
    assert row in capsys.readouterr().out.splitlines()


def test_names_count_the_layers_of_a_kind_in_every_model_anew():
    for _ in range(2):
        model = Sequential([Flatten(name="conv2d_1"), Flatten(), Dense(1), Dense(1), Dense(1)])
        names = ["conv2d_1", "flatten", "dense", "dense_1", "dense_2"]
        assert [layer.name for layer in model.layers] == names


def test_shapes_and_parameters_are_known_before_there_is_data():
    model = small_network()
    assert (model.input_shape, model.output_shape) == ((None, 28, 28, 1), (None, 10))
    assert model.layers[2].compute_output_shape((None, 13, 13, 8)) == (None, 11, 11, 16)
    assert [layer.count_params() for layer in model.layers] == [80, 0, 1168, 0, 19370]
    assert model.count_params() == 20618
    assert Sequential([Conv2D(32, 3, use_bias=False, input_shape=(8, 8, 3))]).count_params() == 864


def test_a_model_without_an_input_shape_is_built_by_its_first_data():
    model = Sequential([Conv2D(4, 3), MaxPooling2D(3), Flatten(), Dense(2)])
    assert (model.built, model.get_weights(), model.output_shape) == (False, [], None)
    for method in (model.count_params, lambda: model.set_weights([]), Dense(1).count_params):
        with pytest.raises(ValueError, match="no weights yet"):
            method()
    with pytest.raises(ValueError, match="max_pooling2d"):
        model.predict(np.ones((1, 4, 4, 3)))  # too small for the second layer
    assert (model.built, model.get_weights()) == (False, [])
    assert model.predict(np.ones((5, 8, 8, 1))).shape == (5, 2)
    assert (model.built, model.input_shape) == (True, (None, 8, 8, 1))
    other = Sequential([Conv2D(4, 3)])
    other.build((None, 8, 8, 1))
    assert other.output_shape == (None, 6, 6, 4)


def test_layers_answer_without_a_model():
    layer = Conv2D(2, 3)
    assert repr(layer) == "<Conv2D name=conv2d, built=False>"
    assert layer(np.ones((1, 5, 5, 3))).shape == (1, 3, 3, 2)
    assert repr(layer) == "<Conv2D name=conv2d, built=True>"
    with pytest.raises(ValueError, match=r"\(1, 5, 5, 2\).*\(3, 3, 3, 2\)"):
        layer(np.ones((1, 5, 5, 2)))


# ----------------------------------------------------------------------------------------- data


@pytest.mark.parametrize(
    "make",
    [
        lambda: [Flatten()],
        lambda: [Dense(2, "relu")],
        lambda: [Dense(2, "relu"), Flatten()],
        lambda: [MaxPooling2D(1)],
        lambda: [AveragePooling2D(1)],
    ],
)
def test_predict_is_silent_and_its_result_shares_no_memory_with_its_input(make, capsys):
    x = np.arange(-9, 15, dtype="float32").reshape(3, 4, 2, 1)
    x.flags.writeable = False
    first, *others = make()
    answers = [Sequential(make()).predict(x, verbose=1), Sequential([first, *others])(x), first(x)]
    assert not any(np.may_share_memory(x, answer) for answer in answers)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("samples", [1, 256, 257, 600])
def test_many_samples_have_the_results_that_they_have_alone(samples):
    x = np.random.default_rng(0).integers(0, 9, (samples, 5, 5, 1))
    model = Sequential([Conv2D(3, 3, kernel_initializer="ones", input_shape=(5, 5, 1)), Flatten()])
    alone = [model.predict(sample[None])[0] for sample in x]
    np.testing.assert_array_equal(model.predict(x), alone)


@pytest.mark.parametrize("first", ["float32", "float64"])
@pytest.mark.parametrize("last", ["float32", "float64"])
@pytest.mark.parametrize("kind", [Conv2D, Dense])
def test_a_layer_computes_in_its_own_precision(first, last, kind):
    x = np.random.default_rng(0).random((2, 6, 6, 1))
    arguments = (2, 3) if kind is Conv2D else (2,)
    layers = [kind(*arguments, dtype=first), MaxPooling2D(1), kind(*arguments, dtype=last)]
    model = Sequential(layers)
    result = model.predict(x)
    assert [str(values.dtype) for values in model.weights] == [first, first, last, last]
    assert result.dtype == last
    y = layers[0](x) if kind is Conv2D else x.astype(first) @ layers[0].kernel
    np.testing.assert_allclose(result, layers[2](y), rtol=1e-5, atol=1e-5)


# -------------------------------------------------------------------------------------- weights


def test_a_seed_makes_random_weights_the_same_again_as_in_keras():
    runs = []
    for seed in (1, 1, 2):
        set_random_seed(seed)
        runs.append(small_network().get_weights())
    assert same(runs[0], runs[1])
    assert not np.array_equal(runs[0][0], runs[2][0])
    assert not np.array_equal(*[small_network().get_weights()[0] for _ in range(2)])


def test_an_initializer_with_a_seed_gives_the_same_weights_every_time():
    one = GlorotUniform(seed=5)
    first, again, other = (
        Dense(3, kernel_initializer=each, input_shape=(4,))
        for each in (one, one, GlorotUniform(seed=6))
    )
    kernels = [Sequential([layer]).get_weights()[0] for layer in (first, again, other)]
    assert np.array_equal(kernels[0], kernels[1])
    assert not np.array_equal(kernels[0], kernels[2])


def test_the_first_weights_fill_the_range_of_glorot_and_biases_are_zero():
    kernel, bias = Sequential([Conv2D(40, 5, input_shape=(9, 9, 20))]).get_weights()
    limit = np.sqrt(6 / (5 * 5 * (20 + 40)))
    assert kernel.dtype == np.float32
    assert np.abs(kernel).max() == pytest.approx(limit, rel=1e-2)
    assert np.std(kernel) == pytest.approx(limit / np.sqrt(3), rel=0.05)
    assert abs(kernel.mean()) < limit / 30
    assert bias.tolist() == [0] * 40
    layer = Dense(2, bias_initializer="ones", input_shape=(1,))
    assert Sequential([layer]).get_weights()[1].tolist() == [1, 1]


def test_weights_are_copied_in_and_out_and_can_be_exchanged():
    model = Sequential([Dense(1, input_shape=(2,))])
    mine = [np.array([[1.0], [2.0]]), np.array([3.0])]
    model.set_weights(mine)
    mine[0][...] = 9
    model.get_weights()[1][...] = 9
    assert [w.tolist() for w in model.get_weights()] == [[[1], [2]], [3]]
    model.layers[0].set_weights([[[4], [5]], [6]])
    model.layers[0].get_weights()[0][...] = 9
    assert [w.tolist() for w in model.layers[0].get_weights()] == [[[4], [5]], [6]]
    two = Sequential([Dense(1, use_bias=False, input_shape=(1,)), Dense(1, use_bias=False)])
    two.set_weights([[[2]], [[3]]])
    two.set_weights(two.weights[::-1])
    assert [weights.item() for weights in two.weights] == [3, 2]


def test_wrong_weights_change_nothing_and_both_shapes_are_named():
    model = Sequential([Conv1D(1, 3, input_shape=(8, 1))])
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"\(1, 2\).*allowed for 'sequential'.*\(3, 1, 1\)"):
        model.set_weights([np.zeros((3, 1, 1)), np.zeros((1, 2))])
    with pytest.raises(ValueError, match=r"allowed for 'conv1d'.*\(3, 1, 1\)"):
        model.layers[0].set_weights([np.zeros((3, 1, 1))])
    assert same(before, model.get_weights())


# ----------------------------------------------------------------------- a layer in two models


def test_a_layer_in_two_models_has_one_set_of_weights_but_each_model_its_own_shape():
    shared = Conv2D(2, 3)
    large = Sequential([Input((9, 9, 1)), Conv2D(1, 1), shared])
    small = Sequential([Input((5, 5, 1)), shared])
    assert (large.output_shape, small.output_shape) == ((None, 7, 7, 2), (None, 3, 3, 2))
    assert [layer.name for layer in large.layers] == ["conv2d", "conv2d_1"]
    assert small.layers[0].name == "conv2d_1"  # a layer keeps its name
    start = large.get_weights()
    small.compile("sgd", "mse")
    small.train_on_batch(np.ones((1, 5, 5, 1)), np.ones((1, 3, 3, 2)))
    assert np.array_equal(large.get_weights()[0], start[0])
    assert not np.array_equal(large.get_weights()[2], start[2])
    assert same(large.get_weights()[2:], small.get_weights())
    with pytest.raises(ValueError, match=r"'conv2d_1' has shape \(None, 5, 5, 3\).*allowed is 1"):
        Sequential([Input((5, 5, 3)), shared])


def test_models_that_share_an_optimizer_have_their_own_speed():
    """Where the gradient is zero, nothing moves, however fast another model is."""
    optimizer = SGD(0.1, momentum=0.9)
    models = [Sequential([Dense(1, use_bias=False, input_shape=(1,))]) for _ in range(3)]
    for model in models:
        model.compile(optimizer, "mse")
        model.set_weights([[[0.0]]])
    fast, other, still = models
    for each in (fast, other):
        for _ in range(5):
            each.train_on_batch([[1.0]], [[1.0]])
            still.compile(optimizer, "mse")  # which leaves the speed of other models alone
    still.train_on_batch([[1.0]], [[0.0]])
    assert still.get_weights()[0].item() == 0
    weight, speed = 0.0, 0.0
    for _ in range(5):
        speed = 0.9 * speed - 0.1 * 2 * (weight - 1)
        weight += speed
    for each in (fast, other):
        assert each.get_weights()[0].item() == pytest.approx(weight)
