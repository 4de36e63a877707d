"""Stopping the kernel while a model learns: the weights are those after some whole step."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from helpers.layers import SGD, Conv2D, Dense, Flatten, MaxPooling2D, Sequential

PACKAGE = str(Path(sys.modules[Sequential.__module__].__file__).parent)
BATCH, STEPS = 4, 5
MOST = 4000  # steps, when a timer decides how many are taken
X = np.random.default_rng(0).random((BATCH * STEPS, 6, 6, 1)).astype("float32")
LABELS = np.arange(len(X)) % 3
LINES = 2000  # at least so many are run by one epoch
STOPS = 61  # a line of every so many is one where the epoch is stopped; prime, to meet all


def network(momentum=0.0):
    layers = [
        Conv2D(2, 3, activation="relu", input_shape=(6, 6, 1)),
        MaxPooling2D(2),
        Flatten(),
        Dense(3, "softmax"),
    ]
    model = Sequential(layers, seed=1)
    model.compile(SGD(0.02, momentum), "sparse_categorical_crossentropy")
    return model


def learn(model, **options):
    model.fit(X, LABELS, BATCH, shuffle=False, **({"verbose": 0} | options))


def as_vector(model):
    return np.concatenate([values.ravel() for values in model.get_weights()])


def after_each_step(model, steps):
    """The weights at the start and after each of so many steps, taken one by one."""
    states = [as_vector(model)]
    for step in range(steps):
        part = slice(step % STEPS * BATCH, (step % STEPS + 1) * BATCH)
        model.train_on_batch(X[part], LABELS[part])
        states.append(as_vector(model))
    return np.array(states)


def whole_steps(states, vector):
    """After how many steps the weights were exactly these."""
    found = np.flatnonzero((states == vector).all(axis=1))
    assert len(found) == 1, "the weights of no step, or of several"
    return int(found[0])


class Stop:
    """Raises KeyboardInterrupt at one line of the package, wherever that is."""

    def __init__(self, line):
        self.left, self.where = line, None

    def __call__(self, frame, event, _):
        if not frame.f_code.co_filename.startswith(PACKAGE):
            return None
        if event == "line":
            self.left -= 1
            if self.left == 0:
                self.where = frame.f_code.co_name
                raise KeyboardInterrupt
        return self

    def during(self, call):
        """Whether the call was stopped."""
        before = sys.gettrace()
        sys.settrace(self)
        try:
            call()
        except KeyboardInterrupt:
            return True
        finally:
            sys.settrace(before)
        return False


@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_wherever_a_line_is_interrupted_the_weights_are_those_of_a_whole_step(momentum):
    states = after_each_step(network(momentum), STEPS)
    assert len(np.unique(states, axis=0)) == STEPS + 1
    taken, places, line, running = set(), set(), 1, True
    while running:
        model, stop = network(momentum), Stop(line)
        running = stop.during(lambda m=model: learn(m))
        done = whole_steps(states, as_vector(model))
        taken.add(done)
        places.add(stop.where)
        if momentum == 0:  # and it goes on from there as if nothing had happened
            for step in range(done, STEPS):
                part = slice(step * BATCH, (step + 1) * BATCH)
                model.train_on_batch(X[part], LABELS[part])
            assert whole_steps(states, as_vector(model)) == STEPS
        line += STOPS
    assert line > LINES
    assert taken == set(range(STEPS + 1))
    assert len(places) > 12  # forward, backward, losses, step, checks


class StopIn(Stop):
    """Counts only the lines of functions with one name."""

    def __init__(self, line, name):
        super().__init__(line)
        self.name = name

    def __call__(self, frame, event, argument):
        if frame.f_code.co_name == self.name:
            return super().__call__(frame, event, argument)
        return self if frame.f_code.co_filename.startswith(PACKAGE) else None


@pytest.mark.parametrize("name", ["__enter__", "__exit__", "step"])
def test_every_single_line_around_a_step_may_be_interrupted(name):
    states = after_each_step(network(), 1)
    line, running = 1, True
    while running:
        model = network()
        running = StopIn(line, name).during(lambda m=model: m.train_on_batch(X[:4], LABELS[:4]))
        done = whole_steps(states, as_vector(model))
        model.set_weights(network().get_weights())
        model.train_on_batch(X[:4], LABELS[:4])
        assert whole_steps(states, as_vector(model)) == 1
        line += 1
    assert done == 1
    assert line > 10


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="this system has no such timer")
def test_signals_at_any_moment_leave_whole_steps_one_after_the_other():
    """Signals come between any two operations, also within NumPy's; the speed goes on too."""
    model, done = network(0.5), 0
    states = after_each_step(network(0.5), MOST)

    def interrupt(*_):
        raise KeyboardInterrupt

    random, handler = np.random.default_rng(0), signal.signal(signal.SIGALRM, interrupt)
    try:
        for _ in range(30):
            model = network(0.5)
            with pytest.raises(KeyboardInterrupt):
                _learn_until_the_timer(model, random.uniform(0.001, 0.03))
            done += whole_steps(states, as_vector(model))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, handler)
    assert done > 30


def _learn_until_the_timer(model, seconds):
    signal.setitimer(signal.ITIMER_REAL, seconds)
    learn(model, epochs=MOST // STEPS)


PROGRAM = """
import numpy as np
from tests.test_interrupts import after_each_step, as_vector, learn, network
model = network()
print("ready", flush=True)
try:
    learn(model, epochs=10**6, verbose=1)
except KeyboardInterrupt:
    pass
states = after_each_step(network(), 6000)
found = np.flatnonzero((states == as_vector(model)).all(axis=1))
learn(model)
print("whole" if len(found) else "broken", bool(np.isfinite(as_vector(model)).all()))
"""


def test_control_c_in_a_program_of_its_own():
    """SIGINT, with the handler that Python itself installs, and the bar being drawn."""
    command = [sys.executable, "-c", PROGRAM]
    root = Path(PACKAGE).parent.parent
    options = {"stdout": subprocess.PIPE, "text": True, "encoding": "utf-8", "cwd": root}
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONIOENCODING": "utf-8"}
    with subprocess.Popen(command, env=environment, **options) as program:
        assert program.stdout.readline() == "ready\n"
        time.sleep(0.2)
        program.send_signal(signal.SIGINT)
        last = program.stdout.read().splitlines()[-1]
    assert (last, program.returncode) == ("whole True", 0)
