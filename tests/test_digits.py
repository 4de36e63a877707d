"""The handwritten digits: all there, unchanged, and divided without leaks."""

import zipfile

import numpy as np
import pytest

from helpers import digits as module
from helpers.digits import digits, shuffled_digits, trials

PER_CLASS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as the UCI repository counts


def test_there_are_1797_pictures_with_as_many_of_each_class_as_their_source_says():
    images, labels = digits()
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == np.float32
    assert np.bincount(labels).tolist() == PER_CLASS


def test_brightness_goes_from_0_to_1_in_steps_of_a_sixteenth():
    images, _ = digits()
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images * 16, np.round(images * 16))


def test_the_file_holds_two_plain_arrays_and_nothing_to_unpickle():
    path = module.DATA / module.FILE
    assert zipfile.ZipFile(path).namelist() == ["images.npy", "labels.npy"]
    with np.load(path, allow_pickle=False) as arrays:
        assert {name: arrays[name].dtype for name in arrays} == {
            "images": np.uint8,
            "labels": np.uint8,
        }


def test_nobody_can_change_the_digits_of_another():
    images, labels = digits()
    images[:], labels[:] = 0, 0
    assert digits()[0].max() == 1
    assert digits()[1].max() == 9


@pytest.mark.parametrize("seed", range(5))
def test_a_shuffle_divides_all_digits_and_repeats_none(seed):
    images, labels = digits()
    x_train, y_train, x_test, y_test = shuffled_digits(seed)
    assert (len(x_train), len(x_test)) == (1350, 447)

    def rows(pictures, classes):
        flat = pictures.reshape(len(pictures), -1)
        return sorted(map(tuple, np.column_stack([flat, classes]).tolist()))

    both = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    assert rows(*both) == rows(images, labels)


def test_a_seed_gives_the_same_shuffle_again_and_another_seed_another():
    first, again, other = shuffled_digits(0), shuffled_digits(0), shuffled_digits(1)
    np.testing.assert_array_equal(first.y_test, again.y_test)
    assert (first.y_test != other.y_test).any()


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"seed": -1}, ValueError, "seed=-1: allowed"),
        ({"seed": 0.5}, TypeError, "seed=0.5: allowed"),
        ({"seed": 0, "training": 0}, ValueError, "training=0: allowed"),
        ({"seed": 0, "training": 1797}, ValueError, "training=1797: allowed are 1 to 1796"),
    ],
)
def test_a_bad_argument_is_named(arguments, error, words):
    with pytest.raises(error, match=words):
        shuffled_digits(**arguments)


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "DATA", tmp_path)
    module._stored.cache_clear()
    with pytest.raises(FileNotFoundError, match=r"digits\.npz"):
        digits()
    module._stored.cache_clear()


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.99])
@pytest.mark.filterwarnings("ignore:loadtxt")
def test_a_damaged_file_is_named(share, tmp_path, monkeypatch):
    for name in (module.FILE, module.TRIALS):
        content = (module.DATA / name).read_bytes()
        (tmp_path / name).write_bytes(content[: int(share * len(content))] + b",")
    monkeypatch.setattr(module, "DATA", tmp_path)
    module._stored.cache_clear()
    with pytest.raises(ValueError, match=r"the digits in .*digits\.npz are damaged: allowed"):
        digits()
    with pytest.raises(ValueError, match=r"the trials in .*digit_trials\.csv are damaged: allowed"):
        trials.__wrapped__()
    module._stored.cache_clear()


def test_nobody_can_change_what_is_stored_for_all():
    known = trials()
    with pytest.raises(TypeError):
        known.finals[3, 32, 5] = ()
    with pytest.raises(ValueError, match="read-only"):
        known.errors[0] = 0
    images, labels = digits()
    images[...], labels[...] = 9, 9
    assert digits()[0].max() == 1
    assert digits()[1][0] == 0
