"""Layers with the names, arguments, defaults and shapes of Keras 3, computed with NumPy.

A model written for Keras runs here when its import line is changed, as long as it needs no more
than what stands below; whatever else Keras offers is refused by name. Data has its channels last:
(samples, length, channels) or (samples, rows, columns, channels).

From the ground up: `arithmetic`, `pooling` and `activations` (arrays in, arrays out, forward and
backward), `checks` and `base` (what all layers have), `sliding` and `dense` (the layers), `losses`,
`optimizers`, `progress` and `training` (how they learn), `summary` (the table), `sequential`
(the model).

Examples
--------
>>> import numpy as np
>>> model = Sequential([Conv1D(1, 3, input_shape=(8, 1))])
>>> model.set_weights([np.reshape([0, 1, 0], (3, 1, 1)), np.zeros(1)])
>>> data = np.array([0, 0, 0, 1, 1, 0, 0, 0]).reshape(1, 8, 1)
>>> model.predict(data).astype(int).ravel()
array([0, 0, 1, 1, 0, 0])
"""

from helpers.layers.base import Input, Layer
from helpers.layers.dense import Activation, Dense, Flatten
from helpers.layers.losses import (
    CategoricalCrossentropy,
    MeanSquaredError,
    SparseCategoricalCrossentropy,
)
from helpers.layers.optimizers import SGD, DivergedError
from helpers.layers.sequential import Sequential
from helpers.layers.sliding import (
    AveragePooling1D,
    AveragePooling2D,
    Conv1D,
    Conv2D,
    MaxPooling1D,
    MaxPooling2D,
)
from helpers.layers.training import History

__all__ = [
    "SGD",
    "Activation",
    "AveragePooling1D",
    "AveragePooling2D",
    "CategoricalCrossentropy",
    "Conv1D",
    "Conv2D",
    "Dense",
    "DivergedError",
    "Flatten",
    "History",
    "Input",
    "Layer",
    "MaxPooling1D",
    "MaxPooling2D",
    "MeanSquaredError",
    "Sequential",
    "SparseCategoricalCrossentropy",
]
