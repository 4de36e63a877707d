"""The handwritten digits: all there, unchanged, and divided without leaks."""

import zipfile

import numpy as np
import pytest

from helpers import digits as module
from helpers import samples
from helpers.digits import digits, shuffled_digits, trials

PER_CLASS = [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]  # as the UCI repository counts


def test_there_are_as_many_pictures_of_each_class_as_their_source_says_in_steps_of_a_sixteenth():
    images, labels = digits()
    assert (images.shape, images.dtype) == ((1797, 8, 8, 1), np.float32)
    assert np.bincount(labels).tolist() == PER_CLASS
    assert (images.min(), images.max()) == (0, 1)
    np.testing.assert_array_equal(images * 16, np.round(images * 16))


def test_the_file_holds_two_plain_arrays_and_nothing_to_unpickle():
    path = samples.DATA / module.FILE
    assert zipfile.ZipFile(path).namelist() == ["images.npy", "labels.npy"]
    with np.load(path, allow_pickle=False) as arrays:
        assert {array.dtype for array in arrays.values()} == {np.dtype(np.uint8)}


@pytest.mark.parametrize("seed", range(5))
def test_a_shuffle_divides_all_digits_and_repeats_none(seed):
    x_train, y_train, x_test, y_test = shuffled_digits(seed)
    assert (len(x_train), len(x_test)) == (1350, 447)

    def rows(pictures, classes):
        flat = pictures.reshape(len(pictures), -1)
        return sorted(map(tuple, np.column_stack([flat, classes]).tolist()))

    both = np.concatenate([x_train, x_test]), np.concatenate([y_train, y_test])
    assert rows(*both) == rows(*digits())


def test_a_seed_gives_the_same_shuffle_again_and_another_seed_another():
    first, again, other = shuffled_digits(0), shuffled_digits(0), shuffled_digits(1)
    np.testing.assert_array_equal(first.y_test, again.y_test)
    assert (first.y_test != other.y_test).any()


def test_a_missing_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(samples, "DATA", tmp_path)
    for read, name in ((digits, r"digits\.npz"), (trials.__wrapped__, r"digit_trials\.csv")):
        with pytest.raises(FileNotFoundError, match=f"^{name} should be in .*data/ belongs"):
            read()


def test_nobody_can_change_what_is_stored_for_all():
    for array in digits():
        array[:] = 0
    assert [array.max() for array in digits()] == [1, 9]
    known = trials()
    with pytest.raises(TypeError):
        known.finals[3, 32, 5] = ()
    with pytest.raises(ValueError, match="read-only"):
        known.errors[0] = 0
