"""Layers with the names, arguments, defaults and shapes of Keras 3, computed with NumPy.

The cells of the notebooks also run in Keras when their import lines are changed. Data has its
channels last: (samples, length, channels) or (samples, rows, columns, channels).

From the ground up: `activations`, `layer` (what all layers share), `dense` and `sliding` (the
layers), `learning` (losses, gradient descent, `fit`), `summary` (the table), `sequential` (the
model).

Examples
--------
>>> import numpy as np
>>> model = Sequential([Input((8, 1)), Conv1D(1, 3)])
>>> model.set_weights([np.reshape([0, 1, 0], (3, 1, 1)), np.zeros(1)])
>>> data = np.array([0, 0, 0, 1, 1, 0, 0, 0]).reshape(1, 8, 1)
>>> model.predict(data).astype(int).ravel()
array([0, 0, 1, 1, 0, 0])
"""

from helpers.layers.dense import Dense, Flatten
from helpers.layers.layer import GlorotUniform, Input, Layer, set_random_seed
from helpers.layers.learning import SGD, DivergedError, History
from helpers.layers.sequential import Sequential
from helpers.layers.sliding import AveragePooling2D, Conv1D, Conv2D, MaxPooling2D

__all__ = [
    "SGD",
    "AveragePooling2D",
    "Conv1D",
    "Conv2D",
    "Dense",
    "DivergedError",
    "Flatten",
    "GlorotUniform",
    "History",
    "Input",
    "Layer",
    "MaxPooling2D",
    "Sequential",
    "set_random_seed",
]
