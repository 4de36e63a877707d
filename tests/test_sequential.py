"""Models, in the hands of somebody who knows Keras: shapes, names, weights, and what is refused."""

import copy

import numpy as np
import pytest

from helpers.layers import (
    Activation,
    Conv1D,
    Conv2D,
    Dense,
    Flatten,
    Input,
    MaxPooling1D,
    MaxPooling2D,
    Sequential,
)
from helpers.layers.summary import counted

# --------------------------------------------------------------------------------- the model


def small_network(**options):
    return Sequential(
        [
            Conv2D(8, 3, activation="relu", input_shape=(28, 28, 1)),
            MaxPooling2D(),
            Conv2D(16, 3),
            Flatten(),
            Dense(10, activation="softmax"),
        ],
        **options,
    )


def test_the_summary_is_a_table_with_shapes_and_counts(capsys):
    small_network().summary()
    assert capsys.readouterr().out == (
        'Model: "sequential"\n'
        "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓\n"
        "┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃\n"
        "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩\n"
        "│ conv2d (Conv2D)                 │ (None, 26, 26, 8)      │            80 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ max_pooling2d (MaxPooling2D)    │ (None, 13, 13, 8)      │             0 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ conv2d_1 (Conv2D)               │ (None, 11, 11, 16)     │         1,168 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ flatten (Flatten)               │ (None, 1936)           │             0 │\n"
        "├─────────────────────────────────┼────────────────────────┼───────────────┤\n"
        "│ dense (Dense)                   │ (None, 10)             │        19,370 │\n"
        "└─────────────────────────────────┴────────────────────────┴───────────────┘\n"
        " Total params: 20,618 (80.54 KB)\n"
        " Trainable params: 20,618 (80.54 KB)\n"
        " Non-trainable params: 0 (0.00 B)\n"
    )


@pytest.mark.parametrize(
    ("size", "text"),
    [(1023, "1023.00 B"), (1024, "1.00 KB"), (2**29, "512.00 MB"), (3 * 2**40, "3072.00 GB")],
)
def test_memory_is_counted_in_steps_of_1024(size, text):
    assert counted(1, size) == f"1 ({text})"


def test_the_summary_of_a_model_without_weights_says_so():
    lines = []
    Sequential([Conv1D(1, 3)]).summary(print_fn=lines.append)
    row = "│ conv1d (Conv1D)                 │ ?                      │   0 (unbuilt) │"
    assert row in lines[0].splitlines()


def test_parameters_are_counted_per_layer_and_in_all():
    model = small_network()
    assert [layer.count_params() for layer in model.layers] == [80, 0, 1168, 0, 19370]
    assert model.count_params() == 20618
    assert Conv2D(32, 3, input_shape=(8, 8, 3)).built is False
    assert Sequential([Conv2D(32, 3, input_shape=(8, 8, 3))]).count_params() == 896
    assert Sequential([Conv2D(32, 3, use_bias=False, input_shape=(8, 8, 3))]).count_params() == 864


def test_weights_that_are_not_trained_are_counted_apart():
    lines = []
    model = Sequential([Dense(2, input_shape=(3,), trainable=False), Dense(1)])
    model.summary(print_fn=lines.append)
    assert lines[0].splitlines()[-2:] == [
        " Trainable params: 3 (12.00 B)",
        " Non-trainable params: 8 (32.00 B)",
    ]


def test_names_count_the_layers_of_a_kind_in_every_model_anew():
    for _ in range(2):
        model = Sequential([Flatten(name="conv2d_1"), Flatten(), Dense(1), Dense(1), Dense(1)])
        names = ["conv2d_1", "flatten", "dense", "dense_1", "dense_2"]
        assert [layer.name for layer in model.layers] == names
    assert model.get_layer("dense_1") is model.get_layer(index=3)
    assert Sequential(name="mine").name == "mine"


def test_shapes_are_known_before_there_is_data():
    model = small_network()
    assert (model.input_shape, model.output_shape) == ((None, 28, 28, 1), (None, 10))
    assert model.layers[2].output_shape == (None, 11, 11, 16)
    open_size = Sequential([Input((None, None, 3)), Conv2D(4, 3), MaxPooling2D(2)])
    assert open_size.output_shape == (None, None, None, 4)
    assert open_size.predict(np.ones((2, 9, 12, 3))).shape == (2, 3, 5, 4)
    open_size.add(Flatten())
    with pytest.raises(ValueError, match=r"'dense' has shape \(None, None\): .* number"):
        open_size.add(Dense(2))


def test_a_model_without_an_input_shape_is_built_by_its_first_data():
    model = Sequential([Conv2D(4, 3), MaxPooling2D(3), Flatten(), Dense(2)])
    assert (model.built, model.get_weights(), model.output_shape) == (False, [], None)
    with pytest.raises(ValueError, match="max_pooling2d"):
        model.predict(np.ones((1, 4, 4, 3)))  # too small for the second layer
    assert not any(layer.built for layer in model.layers)
    assert model.predict(np.ones((5, 8, 8, 1))).shape == (5, 2)
    assert model.input_shape == (None, 8, 8, 1)
    other = Sequential([Conv2D(4, 3)])
    other.build((None, 8, 8, 1))
    assert other.output_shape == (None, 6, 6, 4)


def test_predict_is_silent_and_leaves_its_input_alone(capsys):
    x = np.arange(-9, 15, dtype="float32").reshape(3, 4, 2)
    before = x.copy()
    for layers in ([Flatten()], [Activation("linear")], [Activation("relu"), Flatten()]):
        result = Sequential(layers).predict(x, verbose=1)
        result[...] = 100
        np.testing.assert_array_equal(x, before)
    assert capsys.readouterr().out == ""


def test_weights_can_be_exchanged():
    model = Sequential([Dense(1, use_bias=False, input_shape=(1,)), Dense(1, use_bias=False)])
    model.set_weights([[[2]], [[3]]])
    model.set_weights(model.weights[::-1])
    assert [weights.item() for weights in model.weights] == [3, 2]


@pytest.mark.parametrize("batch_size", [None, 1, 7, 300, 1000])
def test_the_size_of_the_batch_changes_nothing(batch_size):
    x = np.random.default_rng(0).random((600, 8, 8, 1))
    model = Sequential([Conv2D(3, 3, input_shape=(8, 8, 1)), Flatten(), Dense(2)], seed=0)
    result = model.predict(x, batch_size=batch_size)
    np.testing.assert_allclose(result, model(x), rtol=0, atol=1e-6)


def test_data_may_be_lists_whole_numbers_views_or_without_a_single_channel():
    model = Sequential([Conv2D(2, 3, input_shape=(5, 6, 1))], seed=0)
    x = np.arange(60).reshape(2, 5, 6, 1)
    expected = model.predict(x.astype("float32"))
    turned = np.asfortranarray(x)
    for same in (x, x.tolist(), x[..., 0], x.astype("uint8"), turned):
        np.testing.assert_array_equal(model.predict(same), expected)
    backwards = x.astype("float32")[::-1, :, ::-1]
    np.testing.assert_array_equal(model.predict(backwards), model.predict(backwards.copy()))


@pytest.mark.parametrize("first", ["float32", "float64"])
@pytest.mark.parametrize("last", ["float32", "float64"])
@pytest.mark.parametrize("kind", [Conv2D, Dense])
def test_a_layer_computes_in_its_own_precision(first, last, kind):
    x = np.random.default_rng(0).random((2, 6, 6, 1))
    arguments = (2, 3) if kind is Conv2D else (2,)
    model = Sequential(
        [
            kind(*arguments, dtype=first, input_shape=(6, 6, 1)),
            MaxPooling2D(1),
            Activation("relu"),
            kind(*arguments, dtype=last),
        ],
        seed=0,
    )
    result = model.predict(x)
    assert result.dtype == last
    exact = result[:, 0, 0].astype("float64")
    model.layers[0].dtype = model.layers[-1].dtype = np.dtype("float64")
    np.testing.assert_allclose(model.predict(x)[:, 0, 0], exact, rtol=1e-5, atol=1e-5)


# --------------------------------------------------------------------------------- the weights


def test_a_seed_makes_random_weights_the_same_again():
    first, again, other = (small_network(seed=seed).get_weights() for seed in (1, 1, 2))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])
    unseeded = [small_network().get_weights()[0] for _ in range(2)]
    assert not np.array_equal(*unseeded)
    layers = [Dense(3, seed=5, input_shape=(4,)), Dense(3, seed=np.random.default_rng(5))]
    values = [Sequential([Input((4,)), layer]).get_weights()[0] for layer in layers]
    np.testing.assert_array_equal(*values)


def test_the_first_weights_fill_the_range_of_glorot_and_biases_are_zero():
    kernel, bias = Sequential([Conv2D(40, 5, input_shape=(9, 9, 20))], seed=0).get_weights()
    limit = np.sqrt(6 / (5 * 5 * (20 + 40)))
    assert kernel.dtype == np.float32
    assert np.abs(kernel).max() == pytest.approx(limit, rel=1e-3)
    assert np.std(kernel) == pytest.approx(limit / np.sqrt(3), rel=0.02)
    assert bias.tolist() == [0] * 40


def test_weights_are_copied_in_and_out():
    model = Sequential([Dense(1, input_shape=(2,))])
    mine = [np.array([[1.0], [2.0]]), np.array([3.0])]
    model.set_weights(mine)
    mine[0][...] = 9
    model.get_weights()[1][...] = 9
    assert [w.tolist() for w in model.get_weights()] == [[[1], [2]], [3]]
    model.layers[0].set_weights([[[4], [5]], [6]])
    model.layers[0].get_weights()[0][...] = 9
    assert [w.tolist() for w in model.layers[0].get_weights()] == [[[4], [5]], [6]]


def test_wrong_weights_change_nothing_and_both_shapes_are_named():
    model = Sequential([Conv1D(1, 3, input_shape=(8, 1))], seed=0)
    before = model.get_weights()
    wrong = [np.zeros((3, 1, 2)), np.zeros(1)]
    with pytest.raises(ValueError, match=r"\(3, 1, 2\).*allowed.*\(3, 1, 1\)"):
        model.set_weights(wrong)
    with pytest.raises(ValueError, match=r"allowed for 'conv1d'.*\(3, 1, 1\)"):
        model.layers[0].set_weights(wrong[:1])
    with pytest.raises(TypeError, match="float"):
        model.set_weights([np.full((3, 1, 1), "1"), np.zeros(1)])
    with pytest.raises(ValueError, match="no weights yet"):
        Sequential([Dense(1)]).set_weights(before)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


# ----------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("error", "make", "said"),
    [
        (ValueError, lambda: Conv2D(0, 3), "filters=0.*at least 1"),
        (TypeError, lambda: Conv2D(2.5, 3), "filters=2.5"),
        (ValueError, lambda: Conv2D(1, (3, 3, 3)), r"kernel_size=\(3, 3, 3\) has 3.*one or 2"),
        (ValueError, lambda: Conv2D(1, 0), "kernel_size=0"),
        (TypeError, lambda: Conv2D(1, "3"), "kernel_size='3'"),
        (ValueError, lambda: Conv2D(1, 3, strides=0), "strides=0"),
        (TypeError, lambda: Conv2D(1, 3, strides=None), "strides=None"),
        (ValueError, lambda: Conv2D(1, 3, padding="full"), 'padding=\'full\'.*"valid", "same"'),
        (ValueError, lambda: Conv2D(1, 3, padding=1), "padding=1.*allowed"),
        (ValueError, lambda: Conv2D(1, 3, data_format="channels_first"), "channels_first.*_last"),
        (ValueError, lambda: MaxPooling2D(data_format="channels_first"), "data_format"),
        (ValueError, lambda: Flatten("channels_first"), "data_format"),
        (ValueError, lambda: Conv2D(1, 3, dilation_rate=0), "dilation_rate=0"),
        (ValueError, lambda: Conv2D(2, 3, groups=2), "groups=2.*allowed are 1"),
        (ValueError, lambda: Conv2D(1, 3, activation="gelu"), "activation='gelu'.*\"softmax\""),
        (ValueError, lambda: Activation(np.tanh), "activation="),
        (TypeError, lambda: Conv2D(1, 3, use_bias=1), "use_bias=1"),
        (ValueError, lambda: Dense(1, kernel_initializer="he_normal"), "he_normal.*glorot_uniform"),
        (ValueError, lambda: Dense(1, bias_initializer="x"), "bias_initializer='x'"),
        (ValueError, lambda: Dense(1, kernel_regularizer="l2"), "kernel_regularizer='l2'.*None"),
        (ValueError, lambda: Dense(0), "units=0"),
        (ValueError, lambda: Dense(1, dtype="float16"), "dtype='float16'.*float64"),
        (TypeError, lambda: Dense(1, name=3), "name=3"),
        (TypeError, lambda: Dense(1, trainable="no"), "trainable='no'"),
        (ValueError, lambda: Dense(1, seed=-1), "seed=-1"),
        (TypeError, lambda: Dense(1, input_shape=4), "input_shape=4"),
        (ValueError, lambda: Dense(1, input_shape=(0,)), "input_shape=.*0.*at least 1"),
        (TypeError, lambda: Conv2D(1, 3, stride=2), "Conv2D.*stride=2.*allowed.*strides"),
        (TypeError, lambda: Input((3,), sparse=True), "Input.*sparse=True"),
        (TypeError, lambda: Input(3), "shape=3"),
        (TypeError, lambda: Input(batch_shape=(4, 8, 1)), r"batch_shape=\(4, 8, 1\).*allowed"),
        (TypeError, lambda: Conv1D(1, 3)(Input((8, 1))), "x=<Input.*first entry of Sequential"),
        (AttributeError, lambda: Conv1D(1, 3).output, "Conv1D.output is not.*output_shape"),
        (AttributeError, lambda: Sequential().pop(), "Sequential.pop is not supported here"),
        (AttributeError, lambda: Dense(1).kernal, "'Dense' object has no attribute 'kernal'"),
        (ValueError, lambda: Sequential().summary(80), "line_length=80"),
        (ValueError, lambda: Sequential().summary(show_trainable=True), "show_trainable=True"),
        (ValueError, lambda: setattr(Sequential(), "trainable", False), "trainable=False"),
        (ValueError, lambda: MaxPooling1D(0), "pool_size=0"),
        (ValueError, lambda: Sequential([Flatten(name="a"), Flatten(name="a")]), "'a' is taken"),
        (TypeError, lambda: Sequential(["Flatten"]), "layer='Flatten'"),
        (TypeError, lambda: Sequential(Flatten()), "layers="),
        (ValueError, lambda: Sequential([Flatten(), Input((3,))]), "first entry"),
        (ValueError, lambda: Sequential([Flatten()] * 2), "in this model already"),
        (ValueError, lambda: Sequential(trainable=False), "trainable=False"),
        (ValueError, lambda: Sequential().build((None, 3)), "0 layers"),
        (ValueError, lambda: Sequential().predict([1]), "no layers"),
        (ValueError, lambda: Dense(1).count_params(), "no weights yet"),
        (ValueError, lambda: Sequential([Flatten()]).get_layer("x"), "allowed are flatten"),
        (ValueError, lambda: Sequential([Flatten()]).get_layer(index=1), "index=1"),
        (ValueError, lambda: Sequential([Flatten()]).get_layer(), "one of the two"),
    ],
)
def test_what_is_not_supported_is_refused_by_name(error, make, said):
    with pytest.raises(error, match=said):
        make()


@pytest.mark.parametrize(
    ("error", "layer", "data", "said"),
    [
        (ValueError, Conv2D(1, 3), np.ones((2, 8, 8, 3)), r"\(2, 8, 8, 3\).*\(3, 3, 1, 1\)"),
        (ValueError, Conv2D(1, 3), np.ones((8, 8, 1)), r"\(8, 8, 1\).*samples, rows, columns"),
        (ValueError, Conv2D(1, 3), np.ones((1, 2, 8, 1)), r"\(1, 2, 8, 1\).*\(3, 3\)"),
        (ValueError, MaxPooling2D(9), np.ones((1, 8, 8, 1)), r"\(None, 8, 8, 1\).*\(9, 9\)"),
        (ValueError, Dense(2), np.ones((4, 8, 8, 2)), r"\(4, 8, 8, 2\).*\(1, 2\)"),
        (ValueError, Flatten(), np.ones((0, 8, 8, 1)), r"\(0, 8, 8, 1\)"),
        (ValueError, Flatten(), [[1, 2], [3]], "regular"),
        (TypeError, Flatten(), np.full((1, 8, 8, 1), "a"), "<U1.*allowed"),
        (TypeError, Flatten(), np.ones((1, 8, 8, 1), dtype=complex), "complex"),
    ],
)
def test_data_of_a_wrong_shape_is_refused_with_both_shapes(error, layer, data, said):
    with pytest.raises(error, match=said):
        Sequential([Input((8, 8, 1)), layer]).predict(data)


def test_the_shape_is_length_and_channels_not_the_other_way_round():
    data = np.ones((1, 6, 1))
    with pytest.raises(ValueError, match=r"\(None, 1, 6\).*at least \(2,\)"):
        Sequential([Conv1D(1, 2, input_shape=(1, 6))])
    assert Sequential([Conv1D(1, 2, input_shape=(6, 1))]).predict(data).shape == (1, 5, 1)


def test_what_keras_accepts_and_changes_nothing_is_accepted(capsys):
    layer = Conv2D(1, 3, padding="SAME", data_format="channels_last", groups=1)
    assert (layer.padding, layer.data_format, layer.groups) == ("same", "channels_last", 1)
    assert MaxPooling2D(padding="Valid").padding == "valid"
    model = Sequential([Input((4, 4, 1)), layer])
    model.summary(expand_nested=False, layer_range=None)
    assert "(None, 4, 4, 1)" in capsys.readouterr().out
    model.trainable = True
    twin = copy.deepcopy(model)
    assert np.array_equal(twin.get_weights()[0], layer.kernel)


@pytest.mark.parametrize("options", [{"verbose": 3}, {"steps": 1}, {"callbacks": []}])
def test_options_of_predict_that_do_nothing_here_are_refused(options):
    with pytest.raises(ValueError, match=next(iter(options))):
        Sequential([Flatten()]).predict([[1]], **options)
    with pytest.raises(ValueError, match="batch_size=0"):
        Sequential([Flatten()]).predict([[1]], batch_size=0)


def test_layers_answer_without_a_model():
    layer = Conv2D(2, 3, seed=0)
    assert repr(layer) == "<Conv2D name=conv2d, built=False>"
    assert layer(np.ones((1, 5, 5, 3))).shape == (1, 3, 3, 2)
    assert repr(layer) == "<Conv2D name=conv2d, built=True>"
    with pytest.raises(ValueError, match=r"\(1, 5, 5, 2\).*\(3, 3, 3, 2\)"):
        layer(np.ones((1, 5, 5, 2)))


def test_data_of_the_same_shape_is_looked_at_again_when_the_layers_have_changed():
    """`predict` remembers which data found room; what came on top since then may need more."""
    x = np.zeros((20_000, 100, 1), dtype=np.float32)
    model = Sequential([Conv1D(1, 1, input_shape=(None, 1))])
    assert model.predict(x).shape == x.shape
    model.add(Conv1D(1000, 1))
    for _ in range(2):
        with pytest.raises(ValueError, match=r"output would be an array of shape \(20000, 100, 1"):
            model.predict(x)
    model.layers.pop()
    assert model.predict(x).shape == x.shape
