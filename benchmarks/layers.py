"""`Conv2D.predict` beside PyTorch on the CPU, one thread each, where PyTorch is installed.

Both libraries keep threads spinning for a while after a call, which slows the other one down. So
each is measured in blocks of its own, with pauses, and the fastest tenth of its calls is compared.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from benchmarks import Row
from helpers.layers import Conv2D, Sequential

SHAPES = (((1, 16, 16, 1), 1), ((32, 28, 28, 1), 8), ((32, 28, 28, 8), 16), ((1, 256, 256, 3), 32))
BLOCKS, CALLS, PAUSE = 4, 60, 0.3
MEAN, WORST = 2, 4  # what plain NumPy is worth
ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


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

    torch.set_num_threads(1)
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


def layer_rows() -> list[Row]:
    """Return a row for each shape, and one for all of them."""
    if find_spec("torch") is None:
        print("The layers are not measured for want of PyTorch: pip install torch")
        return []
    # NumPy counts its threads when it is imported.
    command, env = [sys.executable, "-m", "benchmarks.layers"], os.environ | ONE_THREAD
    done = subprocess.run(command, env=env, stdout=subprocess.PIPE, text=True, check=True)
    ratios = json.loads(done.stdout)
    rows = [Row(f"Conv2D.predict {name}: ours / PyTorch", r, WORST) for name, r in ratios.items()]
    mean = statistics.geometric_mean(ratios.values())
    return [*rows, Row("Conv2D.predict, geometric mean: ours / PyTorch", mean, MEAN)]


if __name__ == "__main__":
    print(json.dumps({f"{shape} -> {filters}": ratio(shape, filters) for shape, filters in SHAPES}))
