"""Make data/digits.npz from the file that the package scikit-learn brings along.

    python -m pip install scikit-learn==1.9.1
    python -m tools.make_digits

The line printed at the end belongs in the table of data/README.md.
"""

import gzip
import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np

TARGET = Path(__file__).parent.parent / "data" / "digits.npz"
SOURCE = "datasets/data/digits.csv.gz"
CHECKSUM = "09f66e6debdee2cd2b5ae59e0d6abbb73fc2b0e0185d2e1957e9ebb51e23aa22"


def main() -> None:
    """Write the pictures and their classes, and print size and checksum."""
    content = (files("sklearn") / SOURCE).read_bytes()
    if hashlib.sha256(content).hexdigest() != CHECKSUM:
        raise ValueError(f"{SOURCE} is not the file that data/README.md describes")
    rows = np.loadtxt(gzip.decompress(content).decode().splitlines(), delimiter=",", dtype=np.uint8)
    images, labels = rows[:, :64].reshape(-1, 8, 8), rows[:, 64]
    np.savez_compressed(TARGET, images=images, labels=labels)
    checksum = hashlib.sha256(TARGET.read_bytes()).hexdigest()
    print(f"{TARGET.name}  {' x '.join(map(str, images.shape))}  {checksum}")


if __name__ == "__main__":
    main()
