"""Learning the digits beside PyTorch on the CPU, where PyTorch is installed.

Both start from the same weights and see the same batches in the same order, one after the other,
with pauses between, for the reason that benchmarks/layers.py gives. PyTorch gets one thread: with
two it takes more CPU time for a network of this size, and the helpers cut such products into pieces
for one thread too.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any, NamedTuple

import numpy as np

from benchmarks import Row
from helpers.digits import Split, shuffled_digits
from helpers.layers import SGD, Conv2D, Dense, Flatten, MaxPooling2D, Sequential, set_random_seed

EPOCHS, BATCH, RATE, MOMENTUM = 15, 16, 0.05, 0.9
THREADS, ROUNDS, PAUSE, SEED = 1, 3, 0.5, 0
MEBIBYTE = 2**20


class Run(NamedTuple):
    """What one training took, and its loss in the last epoch."""

    cpu: float
    wall: float
    loss: float


def network() -> Sequential:
    """Return the network of notebook 17."""
    set_random_seed(SEED)
    first = Conv2D(32, 5, padding="same", activation="relu", input_shape=(8, 8, 1))
    return Sequential([first, MaxPooling2D(3, strides=2), Flatten(), Dense(10, "softmax")])


def timed(train: Callable[[], float]) -> Run:
    """Measure one training, which returns its loss."""
    cpu, wall = time.process_time(), time.perf_counter()
    loss = train()
    return Run(time.process_time() - cpu, time.perf_counter() - wall, loss)


def ours(split: Split) -> Run:
    """Train with the helpers."""
    model = network()
    model.compile(SGD(RATE, MOMENTUM), "sparse_categorical_crossentropy")
    set_random_seed(SEED)
    options = {"batch_size": BATCH, "epochs": EPOCHS, "verbose": 0}
    return timed(lambda: model.fit(split.x_train, split.y_train, **options).history["loss"][-1])


def in_pytorch(weights: list[np.ndarray]) -> Any:
    """Return the same network for PyTorch, which has its channels first."""
    import torch
    from torch import nn

    kernel, bias, connections, last_bias = weights
    connections = connections.reshape(3, 3, 32, 10).transpose(3, 2, 0, 1).reshape(10, -1)
    layers = [nn.Conv2d(1, 32, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.Flatten()]
    net = nn.Sequential(*layers, nn.Linear(288, 10))
    with torch.no_grad():
        values = (kernel.transpose(3, 2, 0, 1), bias, connections, last_bias)
        for parameter, value in zip(net.parameters(), values, strict=True):
            parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))
    return net


def theirs(split: Split) -> Run:
    """Train with PyTorch."""
    import torch

    torch.set_num_threads(THREADS)
    net = in_pytorch(network().get_weights())
    optimizer = torch.optim.SGD(net.parameters(), RATE, MOMENTUM)
    loss_of = torch.nn.CrossEntropyLoss()
    x = torch.from_numpy(np.ascontiguousarray(split.x_train.transpose(0, 3, 1, 2)))
    y, random = torch.from_numpy(split.y_train), np.random.default_rng(SEED)

    def train() -> float:
        for _ in range(EPOCHS):
            total, order = 0.0, torch.from_numpy(random.permutation(len(x)))
            for batch in order.split(BATCH):
                optimizer.zero_grad()
                loss = loss_of(net(x[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item() * len(batch)
        return total / len(x)

    return timed(train)


def peak_memory() -> float:
    """Return the most memory that a process which does nothing but this ever had, in MiB."""
    program = (
        "from benchmarks import training as t; t.ours(t.shuffled_digits(t.SEED));"
        "print(next(line.split()[1] for line in open('/proc/self/status') if 'VmHWM' in line))"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(done.stdout) * 1024 / MEBIBYTE


def training_rows() -> list[Row]:
    """Return time, memory and loss of a training."""
    split = shuffled_digits(SEED)
    rows = [Row("digits training: time", min(ours(split).wall for _ in range(ROUNDS)), 5, " s")]
    if os.path.exists("/proc/self/status"):
        rows.append(Row("digits training: memory of its process", peak_memory(), 300, " MiB"))
    if find_spec("torch") is None:
        print("Training is not compared for want of PyTorch: pip install torch")
        return rows
    pairs = []
    for _ in range(ROUNDS):
        time.sleep(PAUSE)
        mine = ours(split)
        time.sleep(PAUSE)
        pairs.append((mine, theirs(split)))
    cpu = statistics.median(a.cpu / b.cpu for a, b in pairs)
    wall = statistics.median(a.wall / b.wall for a, b in pairs)
    apart = max(abs(a.loss - b.loss) for a, b in pairs)
    return [
        *rows,
        Row("digits training, CPU time: ours / PyTorch", cpu, 1),
        Row("digits training, time: ours / PyTorch", wall, 1),
        Row("digits training, loss after 15 epochs: ours - PyTorch", apart, 0.002, ""),
    ]
