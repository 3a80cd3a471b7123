"""Blobs: bytes come back as they were put, or somebody is told."""

import os
import sys
from hashlib import sha256

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.blobs import Blobs, DamagedBlob, MissingBlob


def damage(blobs: Blobs, digest: str, data: bytes) -> None:
    path = blobs.path(digest)
    path.chmod(0o600)
    path.write_bytes(data)


def test_what_was_put_comes_back(blobs):
    digest = blobs.put(b"a paper")

    assert digest == sha256(b"a paper").hexdigest()
    assert blobs.get(digest) == b"a paper"
    assert list(blobs.digests()) == [digest]


def test_a_blob_lies_where_its_digest_says(blobs):
    digest = blobs.put(b"a paper")

    assert (blobs.folder / digest[:2] / digest).read_bytes() == b"a paper"
    assert list(blobs.strangers()) == []


def test_putting_the_same_bytes_again_leaves_the_file_alone(blobs):
    digest = blobs.put(b"a paper")
    before = blobs.path(digest).stat()

    assert blobs.put(b"a paper") == digest

    after = blobs.path(digest).stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)
    assert list(blobs.strangers()) == []


def test_a_blob_that_is_not_there_is_named(blobs):
    digest = sha256(b"never put").hexdigest()

    with pytest.raises(MissingBlob, match=digest):
        blobs.get(digest)


@pytest.mark.parametrize("name", ["", "abc", "../../etc/passwd", "AB" * 32, "ab" * 32 + "\n"])
def test_what_is_no_digest_opens_no_file(blobs, name):
    with pytest.raises(MissingBlob):
        blobs.get(name)


@pytest.mark.trust(4)
def test_a_changed_blob_is_never_handed_out(blobs):
    digest = blobs.put(b"a paper")
    damage(blobs, digest, b"another")

    with pytest.raises(DamagedBlob) as told:
        blobs.get(digest)

    assert told.value.digest == digest
    assert told.value.actual == sha256(b"another").hexdigest()


@pytest.mark.trust(4)
def test_a_changed_blob_is_not_overwritten_silently(blobs):
    digest = blobs.put(b"a paper")
    damage(blobs, digest, b"another")

    with pytest.raises(DamagedBlob):
        blobs.put(b"a paper")

    assert blobs.path(digest).read_bytes() == b"another"


@pytest.mark.trust(4)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps no permission bits")
def test_a_kept_file_is_read_only(blobs):
    digest = blobs.put(b"a paper")

    assert blobs.path(digest).stat().st_mode & 0o777 == 0o440


@pytest.mark.trust(3)
def test_nothing_stays_of_a_blob_that_could_not_be_written(blobs, monkeypatch):
    def disk_is_full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", disk_is_full)
    blobs.folder.mkdir()
    (blobs.folder / sha256(b"a paper").hexdigest()[:2]).mkdir()
    with pytest.raises(OSError, match="No space left"):
        blobs.put(b"a paper")

    assert list(blobs.digests()) == []
    assert list(blobs.strangers()) == []


@pytest.mark.trust(3)
def test_every_step_that_fails_leaves_the_state_before_or_after(tmp_path, monkeypatch, figure):
    """The n-th call that touches the disk fails, for every n that there is."""
    digest = sha256(b"a paper").hexdigest()
    steps = [("fsync", os.fsync), ("mkdir", os.mkdir), ("rename", os.replace)]
    failures = 0
    for n in range(1, 50):
        blobs = Blobs(tmp_path / f"blobs{n}")
        calls = iter(range(1, 1000))
        with monkeypatch.context() as patch:

            def failing(real, calls=calls, n=n):
                def step(*arguments, **named):
                    if next(calls) == n:
                        raise OSError(5, "Input/output error")
                    return real(*arguments, **named)

                return step

            for name, real in steps:
                patch.setattr(os, "replace" if name == "rename" else name, failing(real))
            try:
                blobs.put(b"a paper")
            except OSError:
                failures += 1
                failed = True
            else:
                failed = False
        assert list(blobs.strangers()) == []
        assert list(blobs.digests()) in ([], [digest])
        assert blobs.put(b"a paper") == digest
        assert blobs.get(digest) == b"a paper"
        if not failed:
            break
    assert failures >= 5
    figure("failing steps", failures)


def test_files_that_are_no_blobs_are_strangers(blobs):
    digest = blobs.put(b"a paper")
    unfinished = blobs.folder / digest[:2] / ".new-cut-short"
    unfinished.write_bytes(b"a pa")
    (blobs.folder / "note.txt").write_text("who put me here?")

    assert list(blobs.digests()) == [digest]
    assert set(blobs.strangers()) == {unfinished, blobs.folder / "note.txt"}


def test_a_folder_that_does_not_exist_yet_holds_nothing(blobs):
    assert list(blobs.digests()) == []
    assert list(blobs.strangers()) == []


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50, deadline=None)
@given(pieces=st.lists(st.binary(max_size=2000), max_size=8))
def test_any_bytes_come_back(blobs, pieces):
    digests = [blobs.put(piece) for piece in pieces]

    assert [blobs.get(digest) for digest in digests] == pieces
    assert set(digests) <= set(blobs.digests())
