"""`Conv2D.predict` beside PyTorch on the CPU, where PyTorch is installed.

Both libraries keep threads spinning for a while after a call, which slows the other one down. So
each is measured in blocks of its own, with pauses, and the fastest tenth of its calls is compared.
"""

import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from helpers.layers import Conv2D, Sequential

SHAPES = (((1, 16, 16, 1), 1), ((32, 28, 28, 1), 8), ((32, 28, 28, 8), 16), ((1, 256, 256, 3), 32))
THREADS, BLOCKS, CALLS, PAUSE = 2, 4, 60, 0.3


def fast(call: Callable[[], object]) -> float:
    """Return seconds of the fastest tenth of calls in a block."""
    time.sleep(PAUSE)
    times = []
    for _ in range(CALLS):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return sorted(times)[CALLS // 10]


def ratio(shape: tuple[int, ...], filters: int) -> float:
    """Return our time divided by PyTorch's for one shape, the median over the blocks."""
    import torch

    torch.set_num_threads(THREADS)
    x = np.random.default_rng(0).random(shape, dtype=np.float32)
    model = Sequential([Conv2D(filters, (3, 3), input_shape=shape[1:])])
    theirs = torch.nn.Conv2d(shape[3], filters, 3)
    channels_first = torch.from_numpy(np.ascontiguousarray(x.transpose(0, 3, 1, 2)))
    ratios = []
    with torch.inference_mode():
        for _ in range(BLOCKS):
            ours = fast(lambda: model.predict(x))
            ratios.append(ours / fast(lambda: theirs(channels_first)))
    return float(np.median(ratios))


def layer_rows() -> list[tuple[str, float, float, bool]]:
    """Return (what, ratio, target, whether the target is an upper bound)."""
    if find_spec("torch") is None:
        print("The layers are not measured for want of PyTorch: pip install torch")
        return []
    ratios = {f"{shape} -> {filters}": ratio(shape, filters) for shape, filters in SHAPES}
    rows = [(f"Conv2D.predict {name}: ours / PyTorch", r, 2, True) for name, r in ratios.items()]
    mean = float(np.exp(np.mean(np.log(list(ratios.values())))))
    return [*rows, ("Conv2D.predict, geometric mean: ours / PyTorch", mean, 1, True)]
