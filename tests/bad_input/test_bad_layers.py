"""Bad input for layers, models, losses and optimizers: what is made is used at once.

The functions make a layer and give it data, or make a model and call one of its methods. So a row
that expects no error has the right numbers, not only an object.
"""

import inspect
from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from rows import (
    ENDLESS,
    HUGE,
    INF,
    MASKED,
    NAN,
    RAISES,
    TERABYTES,
    Frame,
    check_row,
    deep,
    holding_itself,
    matrix,
    named,
    read_only,
)

from helpers import layers
from helpers.layers import SGD, Conv2D, Dense, Flatten, Input, Sequential

SERIES = np.arange(6.0).reshape(1, 6, 1)
PICTURE = np.arange(16.0).reshape(1, 4, 4, 1)
TABLE, ANSWERS = np.array([[1.0, 2.0], [3.0, 5.0]]), np.array([[1.0], [2.0]])
CLASSES = np.array([0, 1])
DATA = {1: SERIES, 2: PICTURE}
TOTALS = [[[1.0], [3.0], [5.0], [7.0], [9.0]]]  # of neighbours in SERIES
MANY = np.broadcast_to(np.uint8(1), (10**12, 4, 4, 1))


def used(make: type, data) -> Callable:
    """A function with the arguments of a layer that gives the layer's answer to `data`."""

    def answer(**arguments):
        return make(**arguments)(data)

    answer.__signature__ = inspect.signature(make)
    return answer


def scaled(**arguments):
    """What a model with this optimizer weighs after one step from 1 on the input 1 to the goal 0.

    The gradient is 2.
    """
    model = Sequential([Dense(1, use_bias=False, kernel_initializer="ones", input_shape=(1,))])
    model.compile(SGD(**arguments), "mse")
    model.train_on_batch([[1]], [[0]])
    return float(model.get_weights()[0][0, 0])


def with_loss(name: str) -> Callable:
    """What a model with the loss of this name, and two equally likely classes, loses."""

    def evaluated(from_logits):
        activation = "linear" if from_logits else "softmax"
        model = Sequential([Dense(2, activation, kernel_initializer="zeros", input_shape=(2,))])
        model.compile("sgd", getattr(layers, name)(from_logits))
        sparse = name.startswith("Sparse")
        return round(model.evaluate(TABLE, CLASSES if sparse else [[0, 1], [1, 0]]), 4)

    return evaluated


def summed() -> Sequential:
    """A model for `TABLE` that adds up and can learn."""
    model = Sequential([Dense(1, kernel_initializer="ones", input_shape=(2,))], seed=0)
    model.compile("sgd", "mse", metrics=["accuracy"])
    return model


def sorted_out(x, y):
    """What a model with two equally likely classes loses on the answers `y`."""
    model = Sequential([Dense(2, "softmax", kernel_initializer="zeros", input_shape=(2,))])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return round(model.evaluate(x, y), 4)


def pictured(x):
    """What a model for pictures predicts."""
    model = Sequential([Input((4, 4, 1)), Conv2D(1, 4, kernel_initializer="ones"), Flatten()])
    return model.predict(x)


def made(layers=None, trainable=True, name=None, seed=None):
    return [layer.name for layer in Sequential(layers, trainable, name, seed=seed).layers]


def summarised(line_length=None, positions=None, print_fn=len):
    """None, as `print_fn` gets the text."""
    return summed().summary(line_length, positions, print_fn) or "printed"


def compiled(optimizer="sgd", loss="mse", loss_weights=None, metrics=None, jit_compile="auto"):
    model = summed()
    model.compile(optimizer, loss, loss_weights, metrics, jit_compile=jit_compile)
    return model.evaluate(TABLE, ANSWERS)


def fitted(x=TABLE, y=ANSWERS, **options):
    """The largest weight after learning with a rate too small to move any of them."""
    model = summed()
    model.compile(SGD(1e-30), "mse")
    model.fit(x, y, **({"verbose": 0} | options))
    return float(max(values.max() for values in model.get_weights()))


fitted.__signature__ = inspect.signature(lambda **_: 0).replace(
    parameters=[
        about
        for name, about in inspect.signature(Sequential.fit).parameters.items()
        if name not in ("self", "epochs")  # an epoch is short, but a million are not
    ]
)


def bound(method: str, give: Callable[[], Sequential] = summed) -> Callable:
    """A method of a new model."""
    call = lambda **arguments: getattr(give(), method)(**arguments)  # noqa: E731
    parameters = list(inspect.signature(getattr(Sequential, method)).parameters.values())
    call.__signature__ = inspect.Signature(parameters[1:])
    return call


def weighed(weights):
    model = summed()
    model.set_weights(weights)
    return model.predict([[1, 10]])


def weighed_layer(weights):
    layer = summed().layers[0]
    layer.set_weights(weights)
    return layer([[1, 10]])


def built(input_shape):
    model = Sequential([Flatten(), Dense(1)])
    model.build(input_shape)
    return model.output_shape


def built_layer(input_shape):
    layer = Dense(1)
    layer.build(input_shape)
    return layer.output_shape


def added(layer):
    model = summed()
    model.add(layer)
    return model.output_shape


def found(name=None, index=None):
    return summed().get_layer(name, index).name


def shared(**arguments):
    """The output shape of a layer with the arguments that all layers share."""
    return Dense(1, **arguments)(TABLE)


shared.__signature__ = inspect.signature(lambda **_: 0).replace(
    parameters=[
        about
        for name, about in inspect.signature(layers.Layer).parameters.items()
        if name != "options"
    ]
)

KINDS = {  # constructor: the arguments it works with, and the axes of its data
    "Activation": ({"activation": "linear"}, 2),
    "AveragePooling1D": ({"pool_size": 2}, 1),
    "AveragePooling2D": ({"pool_size": 2}, 2),
    "Conv1D": ({"filters": 1, "kernel_size": 2, "kernel_initializer": "ones"}, 1),
    "Conv2D": ({"filters": 1, "kernel_size": 2, "kernel_initializer": "ones"}, 2),
    "Dense": ({"units": 1, "kernel_initializer": "ones"}, 2),
    "Flatten": ({}, 2),
    "MaxPooling1D": ({"pool_size": 2}, 1),
    "MaxPooling2D": ({"pool_size": 2}, 2),
}
FUNCTIONS = {name: used(getattr(layers, name), DATA[axes]) for name, (_, axes) in KINDS.items()}
GOOD = {name: arguments for name, (arguments, _) in KINDS.items()}
FUNCTIONS |= {
    "CategoricalCrossentropy": with_loss("CategoricalCrossentropy"),
    "Input": lambda shape=(2,), batch_size=None, dtype=None, name=None: (
        Input(shape, batch_size, dtype, name).shape
    ),
    "Layer": shared,
    "SGD": scaled,
    "Sequential": made,
    "SparseCategoricalCrossentropy": with_loss("SparseCategoricalCrossentropy"),
    "a layer on data": lambda x: Conv2D(1, 4, kernel_initializer="ones")(x),
    "a model on data": lambda x: summed()(x),
    "add": added,
    "build": built,
    "build a layer": built_layer,
    "classes": sorted_out,
    "compile": compiled,
    "compute_output_shape": lambda input_shape: Dense(3).compute_output_shape(input_shape),
    "evaluate": bound("evaluate"),
    "fit": fitted,
    "get_layer": found,
    "predict": bound("predict"),
    "predict pictures": pictured,
    "set_weights": weighed,
    "set_weights of a layer": weighed_layer,
    "summary": summarised,
    "train_on_batch": bound("train_on_batch"),
}
scaled.__signature__ = inspect.signature(SGD)
BOTH = {"x": TABLE, "y": ANSWERS}
GOOD |= {
    "CategoricalCrossentropy": {"from_logits": False},
    "Input": {},
    "Layer": {"seed": 0},
    "SGD": {"learning_rate": 0.25},
    "Sequential": {},
    "SparseCategoricalCrossentropy": {"from_logits": True},
    "a layer on data": {"x": PICTURE},
    "a model on data": {"x": TABLE},
    "add": {"layer": Flatten()},
    "build": {"input_shape": (None, 3, 1)},
    "build a layer": {"input_shape": (None, 3)},
    "classes": {"x": TABLE, "y": CLASSES},
    "compile": {},
    "compute_output_shape": {"input_shape": (None, 3)},
    "evaluate": BOTH,
    "fit": BOTH,
    "get_layer": {},
    "predict": {"x": TABLE},
    "predict pictures": {"x": PICTURE},
    "set_weights": {"weights": [[[1], [2]], [3]]},
    "set_weights of a layer": {"weights": [[[1], [2]], [3]]},
    "summary": {},
    "train_on_batch": BOTH,
}
WHOLE = "allowed are whole numbers"
ARGUMENTS_OF_LAYERS = [
    ("Conv2D", {"filters": 0}, ValueError, "filters=0"),
    ("Conv2D", {"filters": -1}, ValueError, "filters=-1"),
    ("Conv2D", {"filters": True}, TypeError, "filters=True"),
    ("Conv2D", {"filters": 1.0}, TypeError, "filters=1.0"),
    ("Conv2D", {"filters": NAN}, TypeError, "filters=nan"),
    ("Conv2D", {"filters": "8"}, TypeError, "filters='8'"),
    ("Conv2D", {"filters": None}, TypeError, "filters=None"),
    ("Conv2D", {"filters": [8]}, TypeError, "filters=[8]"),
    ("Conv2D", {"filters": 2**63}, ValueError, "filters=9223372036854775808", "1,000,000"),
    ("Conv2D", {"filters": HUGE}, ValueError, "filters=1000"),
    ("Conv2D", {"filters": RAISES}, TypeError, "filters=<Raises"),
    ("Conv1D", {"filters": np.uint8(1)}, TOTALS),
    ("Conv2D", {"filters": 10**6, "kernel_size": 10**3}, ValueError, "'conv2d'", "(1000, 1000, 1"),
    ("Conv2D", {"kernel_size": 0}, ValueError, "kernel_size=0"),
    ("Conv2D", {"kernel_size": (2, 0)}, ValueError, "kernel_size=0"),
    ("Conv2D", {"kernel_size": (2,)}, ValueError, "kernel_size=(2,) has 1 entries", "one or 2"),
    ("Conv2D", {"kernel_size": ()}, ValueError, "kernel_size=() has 0 entries"),
    ("Conv2D", {"kernel_size": [2] * 10**5}, ValueError, "has 100000 entries"),
    ("Conv2D", {"kernel_size": (2, True)}, TypeError, "kernel_size=True"),
    ("Conv2D", {"kernel_size": (2, (2,))}, TypeError, "kernel_size=(2,)"),
    ("Conv2D", {"kernel_size": 2.0}, TypeError, "kernel_size=2.0"),
    ("Conv2D", {"kernel_size": {2}}, TypeError, "kernel_size={2}"),
    ("Conv2D", {"kernel_size": iter([2, 2])}, TypeError, "kernel_size=<list_iterator"),
    ("Conv2D", {"kernel_size": HUGE}, ValueError, "kernel_size=1000"),
    ("Conv2D", {"kernel_size": 2**63}, ValueError, "kernel_size=9223372036854775808"),
    ("Conv2D", {"kernel_size": range(1, 3)}, TypeError, "kernel_size=range(1, 3)"),
    ("Conv2D", {"kernel_size": 5}, ValueError, "'conv2d' has shape (None, 4, 4, 1)", "(5, 5)"),
    ("Conv1D", {"kernel_size": 10**6, "padding": "same"}, lambda y: y.shape == (1, 6, 1)),
    ("Conv2D", {"kernel_size": 10**6, "padding": "same"}, ValueError, "(1000000, 1000000"),
    ("Conv2D", {"kernel_size": np.array([4, 4])}, [[[[120.0]]]]),
    ("Conv2D", {"strides": 0}, ValueError, "strides=0"),
    ("Conv2D", {"strides": None}, TypeError, "strides=None"),
    ("Conv2D", {"strides": (1, 1, 1)}, ValueError, "strides=(1, 1, 1) has 3 entries"),
    ("Conv2D", {"strides": 1.5}, TypeError, "strides=1.5"),
    ("Conv2D", {"strides": HUGE}, ValueError, "strides=1000"),
    ("Conv1D", {"strides": 2**63}, ValueError, "strides=9223372036854775808"),
    ("Conv1D", {"strides": np.int8(4)}, [[[1.0], [9.0]]]),
    ("Conv1D", {"strides": 10**6}, [[[1.0]]]),
    ("Conv2D", {"dilation_rate": -1}, ValueError, "dilation_rate=-1"),
    ("Conv2D", {"dilation_rate": "2"}, TypeError, "dilation_rate='2'"),
    ("Conv2D", {"dilation_rate": HUGE}, ValueError, "dilation_rate=1000"),
    ("Conv2D", {"dilation_rate": 10**6}, ValueError, "(1000001, 1000001)"),
    (
        "Conv2D",
        {"dilation_rate": 10**6, "padding": "same"},
        ValueError,
        "a window that spans (1000001, 1000001)",
    ),
    ("Conv2D", {"padding": "full"}, ValueError, "padding='full'", '"valid", "same"'),
    ("Conv2D", {"padding": None}, ValueError, "padding=None"),
    ("Conv2D", {"padding": ["same"]}, ValueError, "padding=['same']"),
    ("Conv2D", {"padding": np.array(["same", "1"])}, ValueError, "padding=array("),
    ("Conv1D", {"padding": np.str_("valid")}, TOTALS),
    ("Conv2D", {"data_format": "channels_first"}, ValueError, "data_format='channels_first'"),
    ("Conv2D", {"data_format": RAISES}, ValueError, "data_format=<Raises"),
    ("Conv2D", {"groups": 2}, ValueError, "groups=2"),
    ("Conv2D", {"groups": True}, ValueError, "groups=True"),
    ("Conv1D", {"groups": np.int64(1)}, TOTALS),
    ("Conv2D", {"activation": "gelu"}, ValueError, "activation='gelu'", '"relu"'),
    ("Conv2D", {"activation": np.tanh}, ValueError, "activation=<ufunc 'tanh'>"),
    ("Conv2D", {"activation": {"relu"}}, ValueError, "activation={'relu'}"),
    ("Conv2D", {"use_bias": 1}, TypeError, "use_bias=1"),
    ("Conv2D", {"use_bias": None}, TypeError, "use_bias=None"),
    ("Conv1D", {"use_bias": np.False_}, TOTALS),
    ("Conv2D", {"kernel_initializer": "he"}, ValueError, "kernel_initializer='he'"),
    ("Conv2D", {"kernel_initializer": [[1]]}, ValueError, "kernel_initializer=[[1]]"),
    ("Conv2D", {"bias_initializer": 0}, ValueError, "bias_initializer=0"),
    ("Conv2D", {"stride": RAISES}, TypeError, "stride=<Raises", "strides"),
    ("Conv2D", {"kernel_regularizer": deep(5000)}, ValueError, "kernel_regularizer=[[[["),
    ("Dense", {"units": 0}, ValueError, "units=0"),
    ("Dense", {"units": 2**63}, ValueError, "units=9223372036854775808"),
    ("Dense", {"units": HUGE}, ValueError, "units=1000"),
    ("Dense", {"units": 3.0}, TypeError, "units=3.0"),
    ("Dense", {"units": np.array([3])}, TypeError, "units=array([3])"),
    ("Dense", {"activation": 3}, ValueError, "activation=3"),
    ("Activation", {"activation": "Relu"}, ValueError, "activation='Relu'"),
    ("Activation", {"activation": None}, PICTURE.astype("float32")),
    ("Flatten", {"data_format": "channels_first"}, ValueError, "data_format='channels_first'"),
    ("Flatten", {"data_format": MASKED}, ValueError, "data_format=masked_array"),
    ("MaxPooling2D", {"pool_size": 0}, ValueError, "pool_size=0"),
    ("MaxPooling2D", {"pool_size": None}, TypeError, "pool_size=None"),
    ("MaxPooling2D", {"pool_size": 5}, ValueError, "'max_pooling2d' has shape", "(5, 5)"),
    ("MaxPooling2D", {"pool_size": HUGE}, ValueError, "pool_size=1000"),
    ("MaxPooling2D", {"pool_size": 10**6, "padding": "same"}, ValueError, "(1000000, 1000000)"),
    ("MaxPooling2D", {"pool_size": np.int16(4)}, [[[[15.0]]]]),
    ("MaxPooling2D", {"strides": ()}, ValueError, "strides=() has 0 entries"),
    ("MaxPooling2D", {"padding": 1}, ValueError, "padding=1"),
    ("MaxPooling2D", {"name": ""}, TypeError, "name=''"),
    ("MaxPooling1D", {"pool_size": 2**63}, ValueError, "pool_size=9223372036854775808"),
    ("MaxPooling1D", {"pool_size": (2, 2)}, ValueError, "pool_size=(2, 2) has 2 entries"),
    ("MaxPooling1D", {"pool_size": 9, "padding": "same", "strides": 6}, [[[5.0]]]),
    ("MaxPooling1D", {"data_format": 0}, ValueError, "data_format=0"),
    ("AveragePooling1D", {"pool_size": -2}, ValueError, "pool_size=-2"),
    ("AveragePooling1D", {"strides": "2"}, TypeError, "strides='2'"),
    ("AveragePooling1D", {"pool_size": 99, "padding": "same", "strides": 6}, [[[2.5]]]),
    ("AveragePooling2D", {"pool_size": 1.0}, TypeError, "pool_size=1.0"),
    ("AveragePooling2D", {"strides": HUGE}, ValueError, "strides=1000"),
    ("AveragePooling2D", {"padding": "FULL"}, ValueError, "padding='FULL'"),
    ("Layer", {"name": 3}, TypeError, "name=3"),
    ("Layer", {"name": RAISES}, TypeError, "name=<Raises"),
    ("Layer", {"input_shape": 2}, TypeError, "input_shape=2", "(28, 28, 1)"),
    ("Layer", {"input_shape": "28"}, TypeError, "input_shape='28'"),
    ("Layer", {"input_shape": (-1,)}, ValueError, "input_shape=(-1,), entry=-1"),
    ("Layer", {"input_shape": (2.0,)}, TypeError, "input_shape=(2.0,), entry=2.0"),
    ("Layer", {"input_shape": (HUGE,)}, ValueError, "input_shape=(1000", "1,000,000,000"),
    ("Layer", {"input_shape": (1,) * 64}, ValueError, "has 64 entries", "up to 63"),
    ("Layer", {"dtype": "float16"}, ValueError, "dtype='float16'", '"float64"'),
    ("Layer", {"dtype": np.ones(3)}, ValueError, "dtype=array("),
    ("Layer", {"dtype": int}, ValueError, "dtype=<class 'int'>"),
    ("Layer", {"dtype": np.dtype("float64")}, lambda y: y.dtype == np.float64),
    ("Layer", {"trainable": "no"}, TypeError, "trainable='no'"),
    ("Layer", {"trainable": np.array([True])}, TypeError, "trainable=array([ True])"),
    ("Layer", {"seed": -1}, ValueError, "seed=-1"),
    ("Layer", {"seed": 1.0}, TypeError, "seed=1.0"),
    ("Layer", {"seed": np.random.RandomState(0)}, TypeError, "seed=RandomState"),
    ("Layer", {"seed": ENDLESS}, lambda y: y.shape == (2, 1)),
    ("Input", {"shape": None}, TypeError, "shape=None"),
    ("Input", {"shape": 28}, TypeError, "shape=28"),
    ("Input", {"shape": (0,)}, ValueError, "shape=(0,), entry=0"),
    ("Input", {"shape": ("28",)}, TypeError, "shape=('28',), entry='28'"),
    ("Input", {"shape": (2**63,)}, ValueError, "shape=(9223372036854775808,)"),
    ("Input", {"shape": holding_itself()}, TypeError, "shape=[[[["),
    ("Input", {"batch_size": 3}, ValueError, "batch_size=3"),
    ("Input", {"dtype": "int8"}, ValueError, "dtype='int8'"),
    ("Input", {"name": [1]}, TypeError, "name=[1]"),
    ("Input", {"shape": [None, 3]}, (None, None, 3)),
]
DATA_ROWS = [
    ("a layer on data", {"x": MANY}, ValueError, "(1000000000000, 4, 4, 1)", "268,435,456"),
    ("a layer on data", {"x": [[1], [2, 3]]}, ValueError, "x is not a regular array"),
    ("a layer on data", {"x": "picture"}, TypeError, "x holds <U7"),
    ("a layer on data", {"x": None}, TypeError, "x holds object"),
    ("a layer on data", {"x": PICTURE * 1j}, TypeError, "x holds complex128"),
    ("a layer on data", {"x": PICTURE.astype(object)}, TypeError, "x holds object"),
    ("a layer on data", {"x": PICTURE.astype("M8[s]")}, TypeError, "x holds datetime64[s]"),
    ("a layer on data", {"x": np.zeros(3, [("a", "i4")])}, TypeError, "x holds [('a', '<i4')]"),
    ("a layer on data", {"x": (n for n in PICTURE)}, TypeError, "x holds object"),
    ("a layer on data", {"x": PICTURE[:0]}, ValueError, "x has shape (0, 4, 4, 1)"),
    ("a layer on data", {"x": PICTURE[0]}, ValueError, "has shape (None, 4, 1)", "rows, columns"),
    ("a layer on data", {"x": PICTURE[..., None]}, ValueError, "(None, 4, 4, 1, 1)"),
    ("a layer on data", {"x": PICTURE[:, 1:]}, ValueError, "(None, 3, 4, 1)", "(4, 4)"),
    ("a layer on data", {"x": 3}, ValueError, "x has shape ()"),
    ("a layer on data", {"x": [[[[ENDLESS]]]]}, TypeError, "x holds object"),
    ("a layer on data", {"x": PICTURE * 1e300}, ValueError, "not finite as float32", "3.4e+38"),
    ("a layer on data", {"x": PICTURE > 0}, [[[[15.0]]]]),
    ("a layer on data", {"x": PICTURE.astype(">i2")}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE.astype("float16")}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.longdouble(PICTURE)}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.ma.masked_array(PICTURE)}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE[:, ::-1, ::-1]}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.asfortranarray(PICTURE)}, [[[[120.0]]]]),
    ("a layer on data", {"x": read_only(PICTURE.astype("float32"))}, [[[[120.0]]]]),
    ("a layer on data", {"x": np.broadcast_to(1.0, (1, 4, 4, 1))}, [[[[16.0]]]]),
    ("a layer on data", {"x": PICTURE.tolist()}, [[[[120.0]]]]),
    ("a layer on data", {"x": PICTURE + NAN}, lambda y: np.isnan(y).all()),
    ("a layer on data", {"x": PICTURE + INF}, lambda y: np.isposinf(y).all()),
    ("predict pictures", {"x": PICTURE[..., 0]}, [[120.0]]),
    ("predict pictures", {"x": np.zeros((1, 4, 4, 3))}, ValueError, "(1, 4, 4, 3)", "is 1 as"),
    ("predict pictures", {"x": np.zeros((1, 1, 4, 4))}, ValueError, "(1, 1, 4, 4)", "'conv2d'"),
    ("predict pictures", {"x": PICTURE[0, :, :, 0]}, ValueError, "(4, 4) in a model for"),
    ("predict pictures", {"x": MANY}, ValueError, "x has shape (1000000000000, 4, 4, 1)"),
    ("a model on data", {"x": [[1, 2, 3]]}, ValueError, "x has shape (1, 3)", "2 as the last"),
    ("a model on data", {"x": Frame()}, [[3.0], [7.0]]),
    ("a model on data", {"x": matrix([[1, 2]])}, [[3.0]]),
    ("a model on data", {"x": [1, 2]}, ValueError, "x has shape (2,)"),
    ("predict", {"x": {"a": 1}}, TypeError, "x holds object"),
    ("predict", {"x": TERABYTES}, ValueError, "x has shape (1000000, 1000000)"),
    ("predict", {"batch_size": 0}, ValueError, "batch_size=0"),
    ("predict", {"batch_size": 2.0}, TypeError, "batch_size=2.0"),
    ("predict", {"batch_size": True}, TypeError, "batch_size=True"),
    ("predict", {"batch_size": HUGE}, [[3.0], [8.0]]),
    ("predict", {"batch_size": np.uint8(1)}, [[3.0], [8.0]]),
    ("predict", {"verbose": "loud"}, ValueError, "verbose='loud'"),
    ("predict", {"verbose": np.array([0, 1])}, ValueError, "verbose=array([0, 1])"),
    ("predict", {"steps": 1}, ValueError, "steps=1"),
    ("predict", {"callbacks": []}, ValueError, "callbacks=[]"),
    ("fit", {"x": None}, TypeError, "x holds object"),
    ("fit", {"x": [[1, NAN], [2, 3]]}, ValueError, "x holds values that are not finite"),
    ("fit", {"x": TABLE * 1e300}, ValueError, "not finite as float32"),
    ("fit", {"x": TABLE[:1]}, ValueError, "x has 1 samples, y has 2"),
    ("fit", {"y": None}, TypeError, "y holds object"),
    ("fit", {"y": [1, INF]}, ValueError, "y holds values that are not finite"),
    ("fit", {"y": TERABYTES}, ValueError, "y has shape (1000000, 1000000)"),
    ("fit", {"y": ["a", "b"]}, TypeError, "y holds <U1"),
    ("fit", {"y": [[1, 2], [3, 4]]}, ValueError, "y has shape (2, 2)", "(2, 1)"),
    ("fit", {"y": read_only([1, 2])}, 1.0),
    ("fit", {"batch_size": 0}, ValueError, "batch_size=0"),
    ("fit", {"batch_size": "32"}, TypeError, "batch_size='32'"),
    ("fit", {"batch_size": HUGE}, 1.0),
    ("fit", {"epochs": 0}, ValueError, "epochs=0"),
    ("fit", {"epochs": HUGE}, ValueError, "epochs=1000", "1,000,000"),
    ("fit", {"epochs": 1.5}, TypeError, "epochs=1.5"),
    ("fit", {"verbose": -1}, ValueError, "verbose=-1"),
    ("fit", {"callbacks": [print]}, ValueError, "callbacks=["),
    ("fit", {"validation_split": 1}, ValueError, "validation_split=1"),
    ("fit", {"validation_split": NAN}, ValueError, "validation_split=nan"),
    ("fit", {"validation_split": "half"}, TypeError, "validation_split='half'"),
    ("fit", {"validation_split": HUGE**40}, ValueError, "validation_split="),
    ("fit", {"validation_split": Fraction(1, 2)}, 1.0),
    ("fit", {"validation_data": TABLE}, TypeError, "validation_data", "a pair (x, y)"),
    ("fit", {"validation_data": (TABLE,)}, TypeError, "a pair (x, y)"),
    ("fit", {"shuffle": "yes"}, ValueError, "shuffle='yes'"),
    ("fit", {"shuffle": np.True_}, 1.0),
    ("fit", {"seed": -1}, ValueError, "seed=-1"),
    ("fit", {"seed": NAN}, TypeError, "seed=nan"),
    ("fit", {"sample_weight": TERABYTES}, ValueError, "sample_weight=array("),
    ("fit", {"epoch": RAISES}, TypeError, "epoch=<Raises"),
    ("evaluate", {"x": TABLE.T[:1]}, ValueError, "x has 1 samples"),
    ("evaluate", {"y": [NAN, 1]}, ValueError, "y holds values that are not finite"),
    ("evaluate", {"y": []}, ValueError, "y has shape (0,)"),
    ("evaluate", {"batch_size": -1}, ValueError, "batch_size=-1"),
    ("evaluate", {"verbose": None}, ValueError, "verbose=None"),
    ("evaluate", {"y": np.uint8([1, 0])}, [(2 * 2 + 8 * 8) / 2, 0.5]),
    ("train_on_batch", {"x": []}, ValueError, "x has shape (0,)"),
    ("train_on_batch", {"y": 1}, ValueError, "y has shape ()"),
    ("train_on_batch", {"y": {1, 2}}, TypeError, "y holds object"),
    ("train_on_batch", {"y": [0, True]}, [(3 * 3 + 7 * 7) / 2, 0.5]),
    ("classes", {"y": [0, 2]}, ValueError, "y holds values from 0 to 2", "0 to 1"),
    ("classes", {"y": [0, -1]}, ValueError, "from -1 to 0"),
    ("classes", {"y": [0, 0.5]}, ValueError, "from 0.0 to 0.5"),
    ("classes", {"y": [0, HUGE]}, TypeError, "y holds object"),
    ("classes", {"y": [[1, 0], [0, 1]]}, ValueError, "y has shape (2, 2)", "categorical"),
    ("classes", {"y": [True, False]}, 0.6931),
    ("classes", {"y": np.uint64([1, 0])}, 0.6931),
    ("classes", {"y": [[1.0], [0.0]]}, 0.6931),
]
MODELS = [
    ("Sequential", {"layers": Flatten()}, TypeError, "layers=<Flatten"),
    ("Sequential", {"layers": (layer for layer in [])}, TypeError, "layers=<generator"),
    ("Sequential", {"layers": ["Flatten"]}, TypeError, "layer='Flatten'"),
    ("Sequential", {"layers": [Flatten]}, TypeError, "layer=<class"),
    ("Sequential", {"layers": [None]}, TypeError, "layer=None"),
    ("Sequential", {"layers": [RAISES]}, TypeError, "layer=<Raises"),
    ("Sequential", {"layers": holding_itself()}, TypeError, "layer=[[[["),
    ("Sequential", {"trainable": False}, ValueError, "trainable=False"),
    ("Sequential", {"name": 1}, TypeError, "name=1"),
    ("Sequential", {"seed": "0"}, TypeError, "seed='0'"),
    ("Sequential", {"layers": ()}, []),
    (
        "Sequential",
        {"layers": [Input((10**5, 10**4)), Flatten(), Dense(1)]},
        ValueError,
        "kernel of shape (1000000000, 1)",
        "67,108,864",
    ),
    ("add", {"layer": None}, TypeError, "layer=None"),
    ("add", {"layer": TERABYTES}, TypeError, "layer=array("),
    ("add", {"layer": Sequential()}, TypeError, "layer=<Sequential"),
    ("add", {"layer": Input((3,))}, ValueError, "layer=<Input", "first entry"),
    ("add", {"layer": layers.Conv1D(1, 1)}, ValueError, "'conv1d' has shape (None, 1)"),
    ("build", {"input_shape": None}, ValueError, "input_shape=None"),
    ("build", {"input_shape": 3}, TypeError, "input_shape=3"),
    ("build", {"input_shape": "abc"}, TypeError, "input_shape='abc'"),
    ("build", {"input_shape": ()}, ValueError, "input_shape=()"),
    ("build", {"input_shape": (None, -3)}, ValueError, "entry=-3"),
    ("build", {"input_shape": (None, 2.5)}, TypeError, "entry=2.5"),
    ("build", {"input_shape": (None, HUGE)}, ValueError, "input_shape=(None, 1000"),
    ("build", {"input_shape": (None, 10**9)}, ValueError, "(1000000000, 1)", "67,108,864"),
    ("build", {"input_shape": [None, 2, 2]}, (None, 1)),
    ("build a layer", {"input_shape": None}, TypeError, "input_shape=None"),
    ("build a layer", {"input_shape": (None, None)}, ValueError, "(None, None)"),
    ("build a layer", {"input_shape": ("a", "b")}, TypeError, "entry='a'"),
    ("build a layer", {"input_shape": ()}, ValueError, "input_shape=()"),
    ("compute_output_shape", {"input_shape": 5}, TypeError, "input_shape=5"),
    ("compute_output_shape", {"input_shape": (None,)}, ValueError, "(None,)", "(samples"),
    ("compute_output_shape", {"input_shape": (RAISES, 1)}, TypeError, "entry=<Raises"),
    ("compute_output_shape", {"input_shape": (None, 0)}, ValueError, "entry=0"),
    ("compile", {"optimizer": "adam"}, ValueError, "optimizer='adam'"),
    ("compile", {"optimizer": None}, ValueError, "optimizer=None"),
    ("compile", {"optimizer": RAISES}, ValueError, "optimizer=<Raises"),
    ("compile", {"loss": "mean"}, ValueError, "loss='mean'"),
    ("compile", {"loss": ["mse"]}, ValueError, "loss=['mse']"),
    ("compile", {"loss": TERABYTES}, ValueError, "loss=array("),
    ("compile", {"loss_weights": [1]}, ValueError, "loss_weights=[1]"),
    ("compile", {"metrics": "accuracy"}, ValueError, "metrics='accuracy'"),
    ("compile", {"metrics": [np.array(["accuracy", "acc"])]}, ValueError, "metrics=[array("),
    ("compile", {"metrics": [RAISES]}, ValueError, "metrics="),
    ("compile", {"metrics": ("accuracy",)}, [(2 * 2 + 6 * 6) / 2, 0.5]),
    ("compile", {"jit_compile": True}, ValueError, "jit_compile=True"),
    ("SGD", {"learning_rate": 0}, ValueError, "learning_rate=0"),
    ("SGD", {"learning_rate": -INF}, ValueError, "learning_rate=-inf"),
    ("SGD", {"learning_rate": INF}, ValueError, "learning_rate=inf"),
    ("SGD", {"learning_rate": NAN}, ValueError, "learning_rate=nan"),
    ("SGD", {"learning_rate": 10**400}, ValueError, "learning_rate=1000"),
    ("SGD", {"learning_rate": Fraction(1, 10**400)}, ValueError, "learning_rate=Fraction(1"),
    ("SGD", {"learning_rate": "0.1"}, TypeError, "learning_rate='0.1'"),
    ("SGD", {"learning_rate": True}, TypeError, "learning_rate=True"),
    ("SGD", {"learning_rate": 1j}, TypeError, "learning_rate=1j"),
    ("SGD", {"learning_rate": np.timedelta64(1, "D")}, TypeError, "learning_rate=np.timedelta64"),
    ("SGD", {"learning_rate": np.array([0.1])}, TypeError, "learning_rate=array([0.1])"),
    ("SGD", {"learning_rate": np.float16(0.5)}, 0.0),
    ("SGD", {"learning_rate": Fraction(1, 4)}, 0.5),
    ("SGD", {"momentum": 1}, ValueError, "momentum=1", "from 0 to below 1"),
    ("SGD", {"momentum": None}, TypeError, "momentum=None"),
    ("SGD", {"momentum": RAISES}, TypeError, "momentum=<Raises"),
    ("SGD", {"nesterov": True}, ValueError, "nesterov=True"),
    ("SGD", {"nesterov": np.False_}, 0.5),
    ("CategoricalCrossentropy", {"from_logits": 1}, TypeError, "from_logits=1"),
    ("CategoricalCrossentropy", {"from_logits": "no"}, TypeError, "from_logits='no'"),
    ("CategoricalCrossentropy", {"from_logits": np.True_}, 0.6931),
    ("SparseCategoricalCrossentropy", {"from_logits": None}, TypeError, "from_logits=None"),
    ("SparseCategoricalCrossentropy", {"from_logits": RAISES}, TypeError, "from_logits=<Raises"),
    ("set_weights", {"weights": None}, TypeError, "weights=None", "[(2, 1), (1,)]"),
    ("set_weights", {"weights": np.ones(3)}, TypeError, "weights=array("),
    ("set_weights", {"weights": [[[1], [2]]]}, ValueError, "weights has 1 arrays"),
    ("set_weights", {"weights": [0] * 10**6}, ValueError, "weights has 1000000 arrays"),
    ("set_weights", {"weights": [[[1, 2]], [3]]}, ValueError, "[(1, 2), (1,)]", "[(2, 1), (1,)]"),
    ("set_weights", {"weights": [[[1], [2, 3]], [3]]}, ValueError, "weights[0] is not a regular"),
    ("set_weights", {"weights": [TERABYTES, [3]]}, ValueError, "(1000000, 1000000)"),
    ("set_weights", {"weights": [[["1"], ["2"]], [3]]}, TypeError, "weights holds ['<U1', "),
    ("set_weights", {"weights": [[[1j], [2]], [3]]}, TypeError, "weights holds ['complex128'"),
    ("set_weights", {"weights": [[[None], [2]], [3]]}, TypeError, "weights holds ['object'"),
    ("set_weights", {"weights": [[[1e300], [2]], [3]]}, ValueError, "not finite as float32"),
    ("set_weights", {"weights": (read_only([[1], [2]]), [True])}, [[22.0]]),
    ("set_weights of a layer", {"weights": 5}, TypeError, "weights=5"),
    ("set_weights of a layer", {"weights": [[1, 2], [3]]}, ValueError, "[(2,), (1,)]"),
    ("set_weights of a layer", {"weights": [np.ones((4, 1))[::2], [3]]}, [[14.0]]),
    ("get_layer", {}, ValueError, "name=None and index=None"),
    ("get_layer", {"name": "conv"}, ValueError, "name='conv'", "dense"),
    ("get_layer", {"name": ["dense"]}, TypeError, "name=['dense']"),
    ("get_layer", {"name": 0}, TypeError, "name=0"),
    ("get_layer", {"name": "dense", "index": RAISES}, ValueError, "index=<Raises"),
    ("get_layer", {"index": 1}, ValueError, "index=1", "0 to 0"),
    ("get_layer", {"index": True}, ValueError, "index=True"),
    ("get_layer", {"index": np.int8(-1)}, "dense"),
    ("summary", {"line_length": 80}, ValueError, "line_length=80"),
    ("summary", {"positions": []}, ValueError, "positions=[]"),
    ("summary", {"print_fn": "print"}, TypeError, "print_fn='print'"),
    ("summary", {"print_fn": np.ones(2)}, TypeError, "print_fn=array("),
]
ROWS = [*ARGUMENTS_OF_LAYERS, *DATA_ROWS, *MODELS]


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("row", named(ROWS))
def test_what_a_layer_cannot_use_is_refused_by_name(row):
    check_row(FUNCTIONS, GOOD, row)
