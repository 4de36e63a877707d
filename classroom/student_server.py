"""Start the server of one student: hand out the notebooks, then become `jupyterhub-singleuser`.

The hub calls this file in place of `jupyterhub-singleuser`, with the same arguments. It runs as the
student, in the student's home, and imports nothing of the project.
"""

import hashlib
import itertools
import json
import os
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
COPIED = ("notebooks/*.ipynb", "data/*")
COPY = "convolution"  # the folder in the student's home
EDITION = ".edition.json"  # in that folder: path -> digest of what was handed out
# Every library would start a thread for each core of the machine, in each of hundreds of kernels.
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def hand_out(project: Path, home: Path) -> list[Path]:
    """Bring a student's copies up to date; return the files that are new or renewed.

    A file that the student has not changed becomes the new edition. Beside one that the student has
    changed, the new edition gets the name NAME.new.SUFFIX. A file that was deleted or renamed is
    handed out again.
    """
    folder = home / COPY
    folder.mkdir(parents=True, exist_ok=True)
    record = folder / EDITION
    known = json.loads(record.read_text()) if record.exists() else {}
    written = []
    for source in sorted(path for pattern in COPIED for path in project.glob(pattern)):
        edition = digest(source)
        target = place(folder / source.relative_to(project), edition, known)
        if target is None:
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.part")
        shutil.copyfile(source, unfinished)  # contents only: the copy may be written to
        unfinished.replace(target)
        written.append(target)
        known[str(target)] = edition
        record.write_text(json.dumps(known, indent=1))
    return written


def place(target: Path, edition: str, known: dict[str, str]) -> Path | None:
    """Return where an edition can be written without a loss; None if the student has had it."""
    if not target.exists():
        return target
    numbered = (target.with_suffix(f".new{n or ''}{target.suffix}") for n in itertools.count())
    for path in itertools.chain([target], numbered):
        content = digest(path) if path.exists() else None
        if edition in (content, known.get(str(path))):
            return None
        if content in (None, known.get(str(path))):
            return path


def digest(path: Path) -> str:
    """Return what tells one content of a file from another."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> None:
    """Hand out, set the environment, become the server."""
    try:
        hand_out(HERE.parent, Path.home())
    except (OSError, ValueError) as error:  # a full disk must not keep anybody from their own files
        print(f"student_server: not everything was handed out: {error}", file=sys.stderr)
    folders = [str(HERE), str(HERE.parent / "settings"), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, folders))
    for variable in ONE_THREAD:
        os.environ.setdefault(variable, "1")
    from jupyterhub.singleuser import main as serve

    serve()


if __name__ == "__main__":
    main()
