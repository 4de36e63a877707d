"""The explorer of training: SciPy and finite differences on every step, and what is said of it."""

import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.explorers import explore_training
from helpers.explorers.training import MOST_SEED, RATES, STEPS, task_of
from helpers.kernels import kernel
from helpers.layers import SGD, Conv2D, Input, Sequential
from tests.explorers import put
from tests.overlaps import collisions

RANDOM = np.random.default_rng(3)
X = np.random.default_rng(16).integers(-2, 3, size=(8, 8))
HIDDEN = kernel("Sobel x")
INPUT, KERNEL, MAP, TARGET, ERROR, GRADIENT, GOAL = range(7)
TOP = 1e6  # of the loss's axis, for X


def by_scipy(x, weights):
    return correlate2d(x.astype(float), weights, mode="valid")


def start(seed, shape=(3, 3)):
    return np.random.default_rng(seed).uniform(-1, 1, size=shape)


def steps_by_scipy(x, hidden, rate, seed, steps=STEPS):
    """Return kernels and losses, one window and one weight at a time, without any end."""
    weights, target, found = start(seed, hidden.shape), by_scipy(x, hidden), []
    for _ in range(steps + 1):
        error = by_scipy(x, weights) - target
        found.append((weights.copy(), (error**2).mean()))
        slopes = np.zeros(hidden.shape)
        for i, j in np.ndindex(hidden.shape):
            under = x[i : i + error.shape[0], j : j + error.shape[1]]
            slopes[i, j] = (2 * error * under).mean()
        weights = weights - rate * slopes
    return found


def check_screen(e, x, hidden):
    """Compare every array on the screen, and the sentence, with SciPy."""
    found = [grid.values for grid in e.scene.grids]
    weights, error = found[KERNEL], found[ERROR]
    feature_map, target = by_scipy(x, weights), by_scipy(x, hidden)
    slopes = 2 / error.size * by_scipy(x, error)
    wanted = [x, weights, feature_map, target, feature_map - target, slopes, hidden]
    for array, values in zip(found, wanted, strict=True):
        atol = 1e-8 * max(1.0, abs(feature_map).max(), abs(values).max())
        np.testing.assert_allclose(array, values, atol=atol)
    np.testing.assert_array_equal(found[MAP], e.feature_map)
    assert f"Step {e.settings['step']} of {e.controls['step'].max}, " in e.description
    apart = f"{abs(weights - hidden).max():.3f}".rstrip("0").rstrip(".")
    assert f"Weights off by up to {apart}." in e.description


def texts(e):
    return [text.text for text in e.scene.texts]


# --- Training -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rate", "seed"), [(0.1, 0), (0.01, 19), (0.3, 0), (2.0, 5)])
def test_every_step_is_that_of_plain_loops(rate, seed):
    e = explore_training(X, HIDDEN, learning_rate=rate, seed=seed)
    expected = steps_by_scipy(X, HIDDEN, rate, seed)
    last = e.controls["step"].max
    for step in range(last, -1, -1):
        put(e, step=step)
        weights, loss = expected[step]
        shown = e.scene.grids[KERNEL].values
        np.testing.assert_allclose(shown, weights, atol=1e-9 * abs(weights).max())
        assert loss < 1e-9 or f"Loss after step {step}: " in e.description
        check_screen(e, X, HIDDEN)
    assert last == STEPS or expected[last - 1][1] <= TOP < expected[last][1]


def test_the_gradient_is_that_of_finite_differences():
    e = explore_training(X, HIDDEN)
    put(e, step=4)
    weights, target, h = e.scene.grids[KERNEL].values, by_scipy(X, HIDDEN), 1e-4
    slopes = np.zeros((3, 3))
    for place in np.ndindex(3, 3):
        ends = []
        for side in (h, -h):
            moved = weights.copy()
            moved[place] += side
            ends.append(((by_scipy(X, moved) - target) ** 2).mean())
        slopes[place] = (ends[0] - ends[1]) / (2 * h)
    np.testing.assert_allclose(e.scene.grids[GRADIENT].values, slopes, atol=1e-6)
    assert abs(slopes).max() > 0.1


def test_a_layer_learns_the_same_step_by_step():
    e = explore_training(X, HIDDEN, seed=4)
    layer = Conv2D(1, 3, use_bias=False, dtype="float64")
    model = Sequential([Input((8, 8, 1)), layer])
    model.compile(SGD(learning_rate=0.1), "mse")
    layer.set_weights([e.scene.grids[KERNEL].values.reshape(3, 3, 1, 1)])
    data, answers = X.reshape(1, 8, 8, 1), by_scipy(X, HIDDEN).reshape(1, 6, 6, 1)
    for step in range(STEPS):
        put(e, step=step)
        shown = e.scene.grids[KERNEL].values
        np.testing.assert_allclose(layer.kernel[:, :, 0, 0], shown, atol=1e-12)
        loss = model.train_on_batch(data, answers)
        assert loss == pytest.approx((by_scipy(X, shown - HIDDEN) ** 2).mean(), rel=1e-6)


@pytest.mark.parametrize("seed", range(0, MOST_SEED + 1, 6))
def test_it_converges_to_the_hidden_kernel_to_three_decimals(seed):
    e = explore_training(X, HIDDEN, seed=seed)
    put(e, step=STEPS)
    np.testing.assert_array_equal(np.round(e.scene.grids[KERNEL].values, 3), HIDDEN)
    assert "all weights are right to three decimals" in e.description
    first = int(e.description.split("From step ")[1].split()[0])
    for step, right in ((first - 1, False), (first, True)):
        put(e, step=step)
        assert (abs(e.scene.grids[KERNEL].values - HIDDEN).max() < 0.0005) == right


# --- Inputs and learning rates --------------------------------------------------------------------

INPUTS = [X, -X, 100 * X, np.zeros((4, 4)), np.ones((3, 3)), np.eye(3) * 1e-3]
TASKS = [
    *((x, HIDDEN) for x in INPUTS),
    *(
        (RANDOM.normal(size=shape), RANDOM.normal(size=size))
        for shape in ((3, 3), (12, 12), (3, 12), (12, 3))
        for size in ((1, 1), (2, 3))
    ),
]


@pytest.mark.parametrize(("x", "hidden"), TASKS)
def test_every_array_is_right_and_has_its_place(x, hidden):
    e = explore_training(x, hidden)
    for rate in RATES[::10]:
        put(e, learning_rate=rate)
        for step in (e.controls["step"].max, 1):
            put(e, step=step, seed=step % (MOST_SEED + 1))
            check_screen(e, x, hidden)
            assert collisions(e.scene) == ([], [])
            assert e.scene.height <= 620


def test_a_learning_rate_that_is_too_large_is_explained_and_stops():
    e = explore_training(X, HIDDEN)
    put(e, step=40)
    assert e.message == ""
    put(e, learning_rate=1.0)
    last = e.controls["step"].max
    assert e.settings["step"] == last < STEPS
    losses = [loss for _, loss in steps_by_scipy(X, HIDDEN, 1.0, 0, last)]
    assert losses == sorted(losses)
    assert losses[-1] > TOP >= losses[-2]
    assert f"the loss grows, and leaves its scale after step {last}:" in e.message
    assert "choose a learning rate of 0.2 or less" in e.message
    assert "rates below 0.21 settle" in e.description
    assert f"off the scale at step {last}" in texts(e)
    put(e, learning_rate=0.2)
    assert e.message == ""
    assert e.controls["step"].max == STEPS
    assert not any("off the scale" in text for text in texts(e))


def test_the_rate_that_is_named_is_where_it_begins_to_diverge():
    windows = np.lib.stride_tricks.sliding_window_view(X, (3, 3)).reshape(36, 9).astype(float)
    steepest = np.linalg.norm(windows, 2) ** 2 * 2 / 36
    bound = task_of(X, HIDDEN).bound
    assert bound == pytest.approx(2 / steepest)
    for factor, falls in ((0.99, True), (1.01, False)):
        losses = [loss for _, loss in steps_by_scipy(X, HIDDEN, factor * bound, 1, 400)]
        assert (losses[-1] < losses[0]) == falls


def test_a_rate_just_beyond_is_warned_of_before_the_loss_grows():
    x = X * (1.0005 * task_of(X, HIDDEN).bound / 0.2) ** 0.5
    e = explore_training(x, HIDDEN, learning_rate=0.2)
    assert task_of(x, HIDDEN).bound == pytest.approx(0.2 / 1.0005)
    assert e.controls["step"].max == STEPS
    assert "the loss will grow:" in e.message
    assert "rates below 0.19 settle" in e.description


def test_where_no_rate_is_small_enough_the_input_is_to_blame():
    e = explore_training(X * 100, HIDDEN, learning_rate=RATES[0])
    assert "divide the input by its largest value" in e.message


def test_a_flat_input_gives_no_error_and_another_kernel():
    flat, ends = np.ones((8, 8), dtype=int), []
    for seed in (0, 1):
        e = explore_training(flat, HIDDEN, learning_rate=0.05, seed=seed)
        put(e, step=STEPS)
        losses = [loss for _, loss in steps_by_scipy(flat, HIDDEN, 0.05, seed)]
        first = next(n for n, loss in enumerate(losses) if loss < 1e-9)
        assert f"below 10⁻⁹ from step {first} on" in texts(e)
        assert f"Loss after step {STEPS}: below 10⁻⁹." in e.description
        assert "leaves 8 of 9 directions open" in e.description
        ends.append(e.scene.grids[KERNEL].values)
        assert ends[-1].sum() == pytest.approx(HIDDEN.sum(), abs=1e-6)
        assert np.ptp(ends[-1] - start(seed)) < 1e-9
    assert abs(ends[0] - ends[1]).max() > 0.5


# --- The picture ----------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "written"), [(99.9, [["99.9"]]), (100, None)])
def test_outputs_of_a_hundred_have_no_room_in_their_cells(value, written):
    assert explore_training([[value]], [[1]]).scene.grids[TARGET].texts == written


def test_outputs_that_are_all_negative_have_their_scale():
    assert explore_training([[-50]], [[1]]).scene.grids[MAP].limit == 50


def test_large_weights_leave_out_their_decimals():
    gradient = explore_training(X * 100, HIDDEN).scene.grids[GRADIENT]
    assert abs(gradient.values).max() >= 1000
    assert not any("." in text for row in gradient.texts for text in row)


def test_scales_stay_while_the_steps_go_by():
    e = explore_training(X, HIDDEN)
    errors = [by_scipy(X, start(seed) - HIDDEN) for seed in range(MOST_SEED + 1)]
    steepest = max(abs(by_scipy(X, error)).max() * 2 / error.size for error in errors)
    for values in ({}, {"step": 30}, {"learning_rate": 1.0}, {"seed": 12}):
        put(e, **values)
        limits = [grid.limit for grid in e.scene.grids]
        assert limits == [2, 2, 8, 8, 8, np.ceil(steepest), 2]
        assert e.scene.grids[GRADIENT].scale


def test_the_dot_follows_the_loss():
    e = explore_training(X, HIDDEN)
    curve = e.scene.strokes[-1].points
    assert len(curve) == STEPS + 1
    for step in (0, 10, 45):
        put(e, step=step)
        assert e.scene.strokes[-1].points == curve
        dots = [text for text in e.scene.texts if text.text == "●"]
        x, y = curve[step]
        assert [dot.x for dot in dots] == [round(x)] * 2
        assert all(abs(dot.y - 0.36 * dot.size - y) <= 1 for dot in dots)


def test_play_is_smooth():
    play = explore_training(X, HIDDEN)._plays["step"]
    assert (play.interval, play.min, play.max) == (150, 0, STEPS)
