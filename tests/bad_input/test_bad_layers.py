"""Bad input for layers, models and gradient descent: what is made is used at once.

The functions make a layer and give it data, or make a model and call one of its methods. So a row
that expects no error has the right numbers, not only an object. What is wrong whatever the function
(no number, no shape, ...) test_fuzz.py gives to every argument.
"""

import inspect
from fractions import Fraction

import numpy as np
import pytest
from rows import HUGE, INF, NAN, Frame, check_row, named, read_only

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

SERIES = np.arange(6.0).reshape(1, 6, 1)
PICTURE = np.arange(16.0).reshape(1, 4, 4, 1)
TABLE, ANSWERS = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0], [2.0]])
TOTALS = [[[1.0], [3.0], [5.0], [7.0], [9.0]]]  # of neighbours in SERIES


def on(data, make):
    """A function with the arguments of a layer that gives the layer's answer to `data`."""

    def answer(**arguments):
        return make(**arguments)(data)

    answer.__signature__ = inspect.signature(make)
    return answer


def made(name=None, input_shape=None, dtype="float32", kernel_initializer="ones"):
    """What a layer with the arguments that all layers with weights share makes of `TABLE`."""
    shared = {"name": name, "input_shape": input_shape, "dtype": dtype}
    return Dense(1, kernel_initializer=kernel_initializer, **shared)(TABLE)


def summed(loss="mse"):
    """A model for `TABLE` that adds up and can learn, with a rate too small to move a weight."""
    last = {"activation": "softmax"} if loss.startswith("sparse") else {}
    units = 2 if last else 1
    model = Sequential([Dense(units, kernel_initializer="ones", input_shape=(2,), **last)])
    model.compile(SGD(1e-30), loss)
    return model


def step(learning_rate=0.01, momentum=0.0):
    """What a model weighs after one step from 1 on the input 1 to the goal 0: the gradient is 2."""
    model = Sequential([Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))])
    model.compile(SGD(learning_rate, momentum), "mse")
    model.train_on_batch([[1]], [[0]])
    return model.get_weights()[0].item()


def compiled(optimizer="sgd", loss="mse", **options):
    model = summed()
    model.compile(optimizer, loss, **options)
    return model.evaluate(TABLE, ANSWERS)


def weighed(weights):
    model = summed()
    model.set_weights(weights)
    return model.predict([[1, 10]])


def built(input_shape):
    model = Sequential([Flatten(), Dense(1)])
    model.build(input_shape)
    return model.output_shape


def added(layer):
    model = summed()
    model.add(layer)
    return model.output_shape


def pictured(x):
    """What a model for pictures predicts."""
    model = Sequential([Input((4, 4, 1)), Conv2D(1, 4, kernel_initializer="ones"), Flatten()])
    return model.predict(x)


def fitted(x=TABLE, y=ANSWERS, batch_size=None, shuffle=True, **options):
    """The largest weight after learning."""
    model = summed()
    model.fit(x, y, batch_size, shuffle=shuffle, **{"verbose": 0} | options)
    return float(max(values.max() for values in model.get_weights()))


FUNCTIONS = {
    "AveragePooling2D": on(PICTURE, AveragePooling2D),
    "Conv1D": on(SERIES, Conv1D),
    "Conv2D": on(PICTURE, Conv2D),
    "Dense": on(TABLE, Dense),
    "Flatten": on(PICTURE, Flatten),
    "GlorotUniform": lambda seed: GlorotUniform(seed)((2, 3)).shape,
    "Input": lambda shape: Input(shape).shape,
    "Layer": made,
    "MaxPooling2D": on(PICTURE, MaxPooling2D),
    "SGD": step,
    "Sequential": lambda layers, **name: [
        layer.name for layer in Sequential(layers, **name).layers
    ],
    "a layer on data": lambda x: Conv2D(1, 4, kernel_initializer="ones")(x),
    "add": added,
    "build": built,
    "classes": lambda y: round(summed("sparse_categorical_crossentropy").evaluate(TABLE, y), 4),
    "compile": compiled,
    "evaluate": lambda x, y: summed().evaluate(x, y),
    "fit": fitted,
    "predict": lambda x: summed().predict(x),
    "predict pictures": pictured,
    "set_random_seed": set_random_seed,
    "set_weights": weighed,
    "train_on_batch": lambda x, y: summed().train_on_batch(x, y),
}
CONVOLUTION = {"filters": 1, "kernel_size": 2, "kernel_initializer": "ones"}
BOTH = {"x": TABLE, "y": ANSWERS}
GOOD = {key: {} for key in FUNCTIONS} | {
    "AveragePooling2D": {"pool_size": 2},
    "Conv1D": CONVOLUTION,
    "Conv2D": CONVOLUTION,
    "Dense": {"units": 1, "kernel_initializer": "ones"},
    "evaluate": BOTH,
    "predict": {"x": TABLE},
    "train_on_batch": BOTH,
}
ARGUMENTS_OF_LAYERS = [
    ("Conv2D", {"filters": 0}, ValueError, "filters=0"),
    ("Conv2D", {"filters": 1.0}, TypeError, "filters=1.0"),
    ("Conv2D", {"filters": (3, 3)}, TypeError, "filters=(3, 3)"),
    ("Conv2D", {"filters": 10**6, "kernel_size": 4}, lambda y: y.shape == (1, 1, 1, 10**6)),
    ("Conv2D", {"filters": 10**8}, ValueError, "'conv2d'", "(2, 2, 1, 100000000)", "67,108,864"),
    ("Conv1D", {"filters": np.uint8(1)}, TOTALS),
    ("Conv2D", {"kernel_size": (2, 0)}, ValueError, "kernel_size=0"),
    ("Conv2D", {"kernel_size": (2,)}, ValueError, "kernel_size=(2,) has 1 entries", "one or 2"),
    ("Conv2D", {"kernel_size": np.ones((2, 2))}, TypeError, "kernel_size="),
    ("Conv2D", {"kernel_size": 5}, ValueError, "'conv2d' has shape (1, 4, 4, 1)", "at least 5 r"),
    ("Conv2D", {"kernel_size": np.array([4, 4])}, [[[[120.0]]]]),
    ("Conv1D", {"kernel_size": 7}, ValueError, "(1, 6, 1)", "a length of at least 7"),
    ("Conv1D", {"kernel_size": (2, 2)}, ValueError, "kernel_size=(2, 2) has 2 entries"),
    ("Conv1D", {"kernel_size": 7, "padding": "same"}, lambda y: y.shape == (1, 6, 1)),
    ("Conv2D", {"strides": 0}, ValueError, "strides=0"),
    ("Conv2D", {"strides": None}, TypeError, "strides=None"),
    ("Conv2D", {"strides": (1, 1, 1)}, ValueError, "strides=(1, 1, 1) has 3 entries"),
    ("Conv1D", {"strides": np.int8(4)}, [[[1.0], [9.0]]]),
    ("Conv1D", {"strides": 10**6}, [[[1.0]]]),
    ("Conv2D", {"padding": "full"}, ValueError, "padding='full'", '"valid", "same"'),
    ("Conv2D", {"padding": 1}, ValueError, "padding=1"),
    ("Conv1D", {"padding": "VALID"}, TOTALS),
    ("Conv2D", {"activation": "ReLU"}, ValueError, "activation='ReLU'", '"relu"'),
    ("Conv2D", {"activation": np.tanh}, TypeError, "activation=<ufunc 'tanh'>"),
    ("Conv1D", {"activation": None}, TOTALS),
    ("Conv2D", {"use_bias": "no"}, TypeError, "use_bias='no'"),
    ("Conv1D", {"use_bias": np.False_}, TOTALS),
    ("Dense", {"units": 0}, ValueError, "units=0"),
    ("Dense", {"units": 3.0}, TypeError, "units=3.0"),
    ("Dense", {"activation": "Softmax"}, ValueError, "activation='Softmax'"),
    ("MaxPooling2D", {"pool_size": 0}, ValueError, "pool_size=0"),
    ("MaxPooling2D", {"pool_size": None}, TypeError, "pool_size=None"),
    ("MaxPooling2D", {"pool_size": 5}, ValueError, "'max_pooling2d' has shape", "5 rows"),
    ("MaxPooling2D", {"pool_size": np.int16(4)}, [[[[15.0]]]]),
    ("MaxPooling2D", {"strides": ()}, ValueError, "strides=() has 0 entries"),
    ("MaxPooling2D", {"strides": 0}, ValueError, "strides=0"),
    ("AveragePooling2D", {"pool_size": (4, 9)}, ValueError, "at least 4 rows and 9 columns"),
    ("AveragePooling2D", {"pool_size": 9, "padding": "same", "strides": 4}, [[[[7.5]]]]),
    ("AveragePooling2D", {"padding": "FULL"}, ValueError, "padding='FULL'"),
    ("Flatten", {}, np.arange(16.0)[None]),
    ("Layer", {"name": 3}, TypeError, "name=3"),
    ("Layer", {"name": ""}, TypeError, "name=''"),
    ("Layer", {"input_shape": 2}, TypeError, "input_shape=2", "(28, 28, 1)"),
    ("Layer", {"input_shape": (-1,)}, ValueError, "input_shape=(-1,), entry=-1"),
    ("Layer", {"dtype": "float16"}, ValueError, "dtype='float16'", '"float64"'),
    ("Layer", {"dtype": int}, TypeError, "dtype=<class 'int'>"),
    ("Layer", {"dtype": "float64"}, lambda y: y.dtype == np.float64),
    ("Layer", {"kernel_initializer": "he"}, ValueError, "kernel_initializer='he'", "Glorot"),
    ("Layer", {"kernel_initializer": [[1]]}, ValueError, "kernel_initializer=[[1]]"),
    ("Dense", {"bias_initializer": "one"}, ValueError, "bias_initializer='one'", "Glorot"),
    ("GlorotUniform", {"seed": -1}, ValueError, "seed=-1"),
    ("GlorotUniform", {"seed": 1.0}, TypeError, "seed=1.0"),
    ("GlorotUniform", {"seed": None}, (2, 3)),
    ("set_random_seed", {"seed": None}, TypeError, "seed=None"),
    ("set_random_seed", {"seed": -1}, ValueError, "seed=-1"),
    ("set_random_seed", {"seed": HUGE}, None),
    ("Input", {"shape": 28}, TypeError, "shape=28"),
    ("Input", {"shape": (0,)}, ValueError, "shape=(0,), entry=0"),
    ("Input", {"shape": (None, 3)}, TypeError, "entry=None"),
    ("Input", {"shape": [8, 3]}, (None, 8, 3)),
]
DATA_ROWS = [
    ("a layer on data", {"x": [[1], [2, 3]]}, ValueError, "x is not a regular array"),
    ("a layer on data", {"x": "picture"}, TypeError, "x holds <U7"),
    ("a layer on data", {"x": PICTURE * 1j}, TypeError, "x holds complex128"),
    ("a layer on data", {"x": PICTURE.astype(object)}, TypeError, "x holds object"),
    ("a layer on data", {"x": (n for n in PICTURE)}, TypeError, "x holds object"),
    ("a layer on data", {"x": PICTURE[:0]}, ValueError, "x has shape (0, 4, 4, 1)"),
    ("a layer on data", {"x": PICTURE[0]}, ValueError, "has shape (4, 4, 1)", "rows, columns"),
    ("a layer on data", {"x": PICTURE[:, 1:]}, ValueError, "(1, 3, 4, 1)", "4 rows"),
    ("a layer on data", {"x": 3}, ValueError, "x has shape ()"),
    ("a layer on data", {"x": PICTURE > 0}, [[[[15.0]]]]),
    ("a layer on data", {"x": PICTURE.astype(">i2")}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE.astype("float16")}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE[:, ::-1, ::-1]}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.asfortranarray(PICTURE)}, [[[[120.0]]]]),
    ("a layer on data", {"x": read_only(PICTURE.astype("float32"))}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.broadcast_to(1.0, (1, 4, 4, 1))}, [[[[16.0]]]]),
    ("a layer on data", {"x": PICTURE.tolist()}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE + NAN}, lambda y: np.isnan(y).all()),
    ("a layer on data", {"x": PICTURE + INF}, lambda y: np.isposinf(y).all()),
    ("predict pictures", {"x": PICTURE[..., 0]}, [[120.0]]),
    ("predict pictures", {"x": np.zeros((1, 1, 4, 4))}, ValueError, "(1, 1, 4, 4)", "(None, 4, 4"),
    ("predict pictures", {"x": np.zeros((1, 5, 4, 1))}, ValueError, "(1, 5, 4, 1)", "(None, 4, 4"),
    ("predict pictures", {"x": PICTURE[0]}, ValueError, "(4, 4, 1) in a model for"),
    ("predict", {"x": [[1, 2, 3]]}, ValueError, "x has shape (1, 3)", "(None, 2)"),
    ("predict", {"x": Frame()}, [[3.0], [7.0]]),
    ("fit", {"x": [[1, NAN], [2, 3]]}, ValueError, "x holds values that are not finite"),
    ("fit", {"x": TABLE * 1e300}, ValueError, "not finite as float32"),
    ("fit", {"x": TABLE[:1]}, ValueError, "x has 1 samples, y has 2"),
    ("fit", {"y": None}, TypeError, "y holds object"),
    ("fit", {"y": [1, INF]}, ValueError, "y holds values that are not finite"),
    ("fit", {"y": ["a", "b"]}, TypeError, "y holds <U1"),
    ("fit", {"y": [[1, 2], [3, 4]]}, ValueError, "y has shape (2, 2)", "(2, 1)"),
    ("fit", {"y": read_only([1, 2])}, 1.0),
    ("fit", {"batch_size": 0}, ValueError, "batch_size=0"),
    ("fit", {"batch_size": "32"}, TypeError, "batch_size='32'"),
    ("fit", {"batch_size": HUGE}, 1.0),
    ("fit", {"epochs": 0}, ValueError, "epochs=0"),
    ("fit", {"epochs": 1.5}, TypeError, "epochs=1.5"),
    ("fit", {"verbose": 2}, ValueError, "verbose=2"),
    ("fit", {"verbose": "loud"}, ValueError, "verbose='loud'"),
    ("fit", {"shuffle": "yes"}, TypeError, "shuffle='yes'"),
    ("evaluate", {"x": TABLE.T[:1]}, ValueError, "x has 1 samples"),
    ("evaluate", {"y": [NAN, 1]}, ValueError, "y holds values that are not finite"),
    ("evaluate", {"y": np.uint8([1, 0])}, (2 * 2 + 8 * 8) / 2),
    ("evaluate", {"y": [[[1]], [[0]]]}, (2 * 2 + 8 * 8) / 2),
    ("train_on_batch", {"x": []}, ValueError, "x has shape (0,)"),
    ("train_on_batch", {"y": [[0], [NAN]]}, ValueError, "y holds values that are not finite"),
    ("train_on_batch", {"y": [0, True]}, (3 * 3 + 7 * 7) / 2),
    ("classes", {"y": [0, 2]}, ValueError, "y holds values from 0 to 2", "0 to 1"),
    ("classes", {"y": [0, -1]}, ValueError, "from -1 to 0"),
    ("classes", {"y": [0, 0.5]}, ValueError, "from 0.0 to 0.5"),
    ("classes", {"y": [[1, 0], [0, 1]]}, ValueError, "y has shape (2, 2)", "(2,)"),
    ("classes", {"y": [True, False]}, 0.6931),
    ("classes", {"y": [[1.0], [0.0]]}, 0.6931),
]
MODELS = [
    ("Sequential", {"layers": Flatten()}, TypeError, "layers=<Flatten"),
    ("Sequential", {"layers": [], "name": 3}, TypeError, "name=3"),
    ("Sequential", {"layers": ["Flatten"]}, TypeError, "layer='Flatten'"),
    ("Sequential", {"layers": [Flatten]}, TypeError, "layer=<class"),
    ("Sequential", {"layers": [[Flatten()]]}, TypeError, "layer=[<Flatten"),
    ("Sequential", {"layers": [Flatten()] * 2}, ValueError, "in this model already"),
    ("Sequential", {"layers": [Flatten(name="a"), Dense(1, name="a")]}, ValueError, "'a' is taken"),
    ("Sequential", {"layers": [Flatten(), Input((3,))]}, ValueError, "first entry"),
    ("Sequential", {"layers": [Input((8, 8)), Conv2D(1, 3)]}, ValueError, "(None, 8, 8)", "rows"),
    ("Sequential", {"layers": ()}, []),
    (
        "Sequential",
        {"layers": [Input((10**5, 10**4)), Flatten(), Dense(1)]},
        ValueError,
        "kernel of shape (1000000000, 1)",
        "67,108,864",
    ),
    ("add", {"layer": Sequential()}, TypeError, "layer=<Sequential"),
    ("add", {"layer": Input((3,))}, ValueError, "layer=<Input", "first entry"),
    ("add", {"layer": Conv1D(1, 1)}, ValueError, "'conv1d' has shape (None, 1)"),
    ("build", {"input_shape": None}, TypeError, "input_shape=None"),
    ("build", {"input_shape": (None, -3)}, ValueError, "entry=-3"),
    ("build", {"input_shape": [None, 2, 2]}, (None, 1)),
    ("compile", {"optimizer": "adam"}, ValueError, "optimizer='adam'"),
    ("compile", {"optimizer": SGD}, ValueError, "optimizer=<class"),
    ("compile", {"loss": "mean"}, ValueError, "loss='mean'"),
    ("compile", {"loss": ["mse"]}, ValueError, "loss=['mse']"),
    ("compile", {"metrics": "accuracy"}, ValueError, "metrics='accuracy'"),
    ("compile", {"metrics": ["accuracy"]}, ValueError, "metrics=['accuracy'] for loss='mse'"),
    ("compile", {"metrics": []}, (2 * 2 + 6 * 6) / 2),
    ("SGD", {"learning_rate": 0}, ValueError, "learning_rate=0"),
    ("SGD", {"learning_rate": INF}, ValueError, "learning_rate=inf"),
    ("SGD", {"learning_rate": NAN}, ValueError, "learning_rate=nan"),
    ("SGD", {"learning_rate": "0.1"}, ValueError, "learning_rate='0.1'"),
    ("SGD", {"learning_rate": np.float16(0.5)}, 0.0),
    ("SGD", {"learning_rate": Fraction(1, 4)}, 0.5),
    ("SGD", {"momentum": 1}, ValueError, "momentum=1", "from 0 to below 1"),
    ("SGD", {"momentum": -0.5}, ValueError, "momentum=-0.5"),
    ("SGD", {"momentum": 0.9, "learning_rate": 0.25}, 0.5),
    ("set_weights", {"weights": None}, TypeError, "weights=None", "[(2, 1), (1,)]"),
    ("set_weights", {"weights": [[[1], [2]]]}, ValueError, "[(2, 1)]", "[(2, 1), (1,)]"),
    ("set_weights", {"weights": [[[1, 2]], [3]]}, ValueError, "[(1, 2), (1,)]", "[(2, 1), (1,)]"),
    ("set_weights", {"weights": [[[1], [2, 3]], [3]]}, ValueError, "weights[0] is not a regular"),
    ("set_weights", {"weights": [[["1"], ["2"]], [3]]}, TypeError, "weights[0] holds <U1 values"),
    ("set_weights", {"weights": (read_only([[1], [2]]), [True])}, [[22.0]]),
    ("set_weights", {"weights": [np.array([[1], [0], [2]])[::2], [3]]}, [[24.0]]),
]
ROWS = [*ARGUMENTS_OF_LAYERS, *DATA_ROWS, *MODELS]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_a_layer_cannot_use_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)


@pytest.mark.parametrize(
    ("make", "unknown"),
    [
        (lambda: Conv2D(1, 3, stride=2), "stride"),
        (lambda: SGD(lr=0.1), "lr"),
        (lambda: summed().fit(TABLE, ANSWERS, epoch=3), "epoch"),
    ],
)
def test_an_unknown_argument_is_an_error_of_python_itself(make, unknown):
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{unknown}'"):
        make()
