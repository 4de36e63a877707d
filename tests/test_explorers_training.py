"""The explorer of training: SciPy and finite differences on every step, one frame an action."""

import itertools

import ipywidgets as widgets
import numpy as np
import pytest
from scipy.signal import correlate2d

from helpers.explorers import explore_training
from helpers.explorers.training import (
    INTERVAL,
    MOST_SEED,
    RATES,
    STEPS,
    kernel_gradient,
    task_of,
)
from helpers.kernels import kernel
from helpers.layers import SGD, Conv2D, Input, Sequential
from tests.explorers import put

RANDOM = np.random.default_rng(3)
X = np.random.default_rng(16).integers(-2, 3, size=(8, 8))
HIDDEN = kernel("Sobel x")
INPUT, KERNEL, MAP, TARGET, ERROR, GRADIENT, GOAL = range(7)
TOP = 1e6  # of the loss's axis, for X


def by_scipy(x, weights):
    return correlate2d(x.astype(float), weights, mode="valid")


def steps_by_scipy(x, hidden, rate, seed, steps=STEPS):
    """Return kernels and losses, one window and one weight at a time, without any end."""
    weights = np.random.default_rng(seed).uniform(-1, 1, size=hidden.shape)
    target, found = by_scipy(x, hidden), []
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
    grids = e.scene.grids
    weights = grids[KERNEL].values
    feature_map, target = by_scipy(x, weights), by_scipy(x, hidden)
    scale = max(1.0, abs(feature_map).max())
    np.testing.assert_array_equal(grids[INPUT].values, x)
    np.testing.assert_array_equal(grids[GOAL].values, hidden)
    np.testing.assert_allclose(e.feature_map, feature_map, atol=1e-9 * scale)
    np.testing.assert_array_equal(grids[MAP].values, e.feature_map)
    np.testing.assert_allclose(grids[TARGET].values, target, atol=1e-9)
    np.testing.assert_allclose(grids[ERROR].values, feature_map - target, atol=1e-8 * scale)
    error = grids[ERROR].values
    slopes = 2 / error.size * correlate2d(x.astype(float), error, mode="valid")
    size = max(1.0, abs(slopes).max())
    np.testing.assert_allclose(grids[GRADIENT].values, slopes, atol=1e-8 * size)
    assert f"Step {e.settings['step']} of {e.controls['step'].max}, " in e.description
    apart = f"{abs(weights - hidden).max():.3f}".rstrip("0").rstrip(".")
    assert f"Weights off by up to {apart}." in e.description
    assert bytes(e.picture.value).startswith(b"\x89PNG")


# ------------------------------------------------------------------------------------- training


@pytest.mark.parametrize(("rate", "seed"), [(0.1, 0), (0.2, 7), (0.01, 19), (0.3, 0), (2.0, 5)])
def test_every_step_is_that_of_plain_loops(rate, seed):
    e = explore_training(X, HIDDEN, learning_rate=rate, seed=seed)
    expected = steps_by_scipy(X, HIDDEN, rate, seed)
    for step in range(e.controls["step"].max, -1, -1):
        put(e, step=step)
        weights, loss = expected[step]
        shown = e.scene.grids[KERNEL].values
        np.testing.assert_allclose(shown, weights, atol=1e-9 * abs(weights).max())
        if loss >= 1e-9:
            assert f"Loss after step {step}: " in e.description
        check_screen(e, X, HIDDEN)
    last = e.controls["step"].max
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


@pytest.mark.parametrize("seed", range(0, MOST_SEED + 1, 3))
def test_it_converges_to_the_hidden_kernel_to_three_decimals(seed):
    e = explore_training(X, HIDDEN, seed=seed)
    put(e, step=STEPS)
    np.testing.assert_array_equal(np.round(e.scene.grids[KERNEL].values, 3), HIDDEN)
    assert "all weights are right to three decimals" in e.description
    first = int(e.description.split("From step ")[1].split()[0])
    for step, right in ((first - 1, False), (first, True)):
        put(e, step=step)
        assert (abs(e.scene.grids[KERNEL].values - HIDDEN).max() < 0.0005) == right


# ----------------------------------------------------------------------------- every setting


def test_every_learning_rate_with_some_seeds():
    e = explore_training(X, HIDDEN)
    for rate in RATES:
        put(e, learning_rate=rate)
        for seed in (0, MOST_SEED):
            put(e, seed=seed)
            for step in (e.controls["step"].max, 0):
                put(e, step=step)
                check_screen(e, X, HIDDEN)


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
    assert f"leaves its scale after step {last}" in e.message
    assert "choose a learning rate of 0.2 or less" in e.message
    assert "rates below 0.21 settle" in e.description
    assert any(text.text == f"off the scale at step {last}" for text in e.scene.texts)
    put(e, learning_rate=0.2)
    assert e.message == ""
    assert e.controls["step"].max == STEPS
    assert not any("off the scale" in text.text for text in e.scene.texts)


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
    e = explore_training(X * 100, HIDDEN)
    assert "divide the input by its largest value" in e.message
    for rate in (RATES[0], RATES[-1]):
        put(e, learning_rate=rate)
        check_screen(e, X * 100, HIDDEN)
        assert e.message


def test_a_flat_input_gives_no_error_and_another_kernel():
    flat = np.ones((8, 8), dtype=int)
    e = explore_training(flat, HIDDEN, learning_rate=0.05)
    put(e, step=STEPS)
    ends = []
    for seed in (0, 1):
        put(e, seed=seed)
        check_screen(e, flat, HIDDEN)
        ends.append(e.scene.grids[KERNEL].values)
        assert "below 10⁻⁹" in e.description
        small = next(
            n for n, (_, loss) in enumerate(steps_by_scipy(flat, HIDDEN, 0.05, seed)) if loss < 1e-9
        )
        assert any(text.text == f"below 10⁻⁹ from step {small} on" for text in e.scene.texts)
        assert "leaves 8 of 9 directions open" in e.description
        assert ends[-1].sum() == pytest.approx(HIDDEN.sum(), abs=1e-6)
        start = np.random.default_rng(seed).uniform(-1, 1, size=(3, 3))
        assert np.ptp(ends[-1] - start) < 1e-9
    assert abs(ends[0] - ends[1]).max() > 0.5


@pytest.mark.parametrize("x", [np.zeros((4, 4)), np.ones((3, 3)), np.eye(3) * 1e-3, -X])
def test_inputs_that_teach_little(x):
    e = explore_training(x, HIDDEN)
    for step, rate in itertools.product((0, 1, STEPS), RATES[::4]):
        put(e, learning_rate=rate)
        put(e, step=min(step, e.controls["step"].max))
        check_screen(e, np.asarray(x), HIDDEN)


# ----------------------------------------------------------------------------- picture, play


@pytest.mark.parametrize(("value", "written"), [(99.9, [["99.9"]]), (100, None)])
def test_outputs_of_a_hundred_have_no_room_in_their_cells(value, written):
    e = explore_training([[value]], [[1]])
    assert e.scene.grids[TARGET].texts == written


def test_outputs_that_are_all_negative_have_their_scale():
    assert explore_training([[-50]], [[1]]).scene.grids[MAP].limit == 50


def test_large_weights_leave_out_their_decimals():
    e = explore_training(X * 100, HIDDEN)
    assert abs(e.scene.grids[GRADIENT].values).max() >= 1000
    assert not any("." in text for row in e.scene.grids[GRADIENT].texts for text in row)


def test_scales_stay_while_the_steps_go_by():
    e = explore_training(X, HIDDEN)
    limits = [grid.limit for grid in e.scene.grids]
    starts = (np.random.default_rng(n).uniform(-1, 1, (3, 3)) for n in range(MOST_SEED + 1))
    steepest = max(abs(kernel_gradient(X, by_scipy(X, w - HIDDEN))).max() for w in starts)
    assert limits == [2, 2, 8, 8, 8, np.ceil(steepest), 2]
    assert e.scene.grids[GRADIENT].scale
    for name, value in (("step", 30), ("learning_rate", 1.0), ("seed", 12)):
        put(e, **{name: value})
        assert [grid.limit for grid in e.scene.grids] == limits


def test_the_dot_follows_the_loss():
    e = explore_training(X, HIDDEN)
    curve = e.scene.strokes[-1].points
    assert len(curve) == STEPS + 1
    for step in (0, 10, 45):
        put(e, step=step)
        assert e.scene.strokes[-1].points == curve
        dots = [text for text in e.scene.texts if text.text == "●"]
        x, y = curve[step]
        for dot in dots:
            assert dot.x == round(x)
            assert abs(dot.y - 0.36 * dot.size - y) <= 1
        assert len(dots) == 2


@pytest.mark.parametrize("shape", [(3, 3), (12, 12), (3, 12), (12, 3)])
@pytest.mark.parametrize("size", [(1, 1), (3, 3), (2, 3)])
def test_the_picture_fits_on_a_screen(shape, size):
    x, hidden = RANDOM.normal(size=shape), RANDOM.normal(size=size)
    for rate in (0.1, 2.0):
        e = explore_training(x, hidden, learning_rate=rate)
        assert e.scene.height <= 620
        assert max(text.y for text in e.scene.texts) < e.scene.height
        for grid in e.scene.grids:
            assert grid.x + grid.width <= 1000
        lower = e.scene.grids[GRADIENT]
        upper = e.scene.grids[KERNEL]
        assert upper.y + upper.height < lower.y
        check_screen(e, x, hidden)


def test_play_is_smooth_and_starts_with_the_slider():
    e = explore_training(X, HIDDEN)
    boxes = [box for box in e.view.children if isinstance(box, widgets.HBox)]
    play = [w for box in boxes for w in box.children if isinstance(w, widgets.Play)]
    assert [(p.interval, p.min, p.max) for p in play] == [(INTERVAL, 0, STEPS)]
    assert INTERVAL < 200


def test_the_gradient_is_a_cross_correlation_with_the_error():
    error = RANDOM.normal(size=(6, 6))
    np.testing.assert_allclose(kernel_gradient(X, error), by_scipy(X, error) / 18, atol=1e-12)
