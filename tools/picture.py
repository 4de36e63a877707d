"""Make the moving picture that the README opens with: `python -m tools.picture` (`make picture`).

It is a PNG with several frames; where only one is shown, it is the first.
"""

import io
from pathlib import Path

from PIL import Image

from helpers.drawing import render
from helpers.explorers import explore
from helpers.kernels import kernel
from helpers.samples import sample

OUT = Path(__file__).resolve().parent.parent / "docs" / "explorer.png"
INTERVAL, PAUSE = 350, 2000  # milliseconds for a frame, and for the last one


def main() -> None:
    """Walk the window of an explorer over its input, and store what it shows."""
    letter, upright = sample("small H"), kernel("vertical line, zero sum")
    explorer = explore(letter, upright, ("step",), flip=False)
    window, frames = explorer.controls["step"], []
    for step in range(window.max + 1):
        window.value = step
        frames.append(Image.open(io.BytesIO(render(explorer.scene).png)))
    times = [INTERVAL] * (len(frames) - 1) + [PAUSE]
    frames[0].save(OUT, save_all=True, append_images=frames[1:], duration=times, loop=0)
    print(f"{OUT.name}: {len(frames)} frames, {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
