"""Bytes by their SHA-256, in a folder. Never what they mean: that is written in the row that names the digest.

A blob is on disk, whole and durable, before `put` returns; a row that names it is written after. So a crash can
leave a blob without a row, and never a row without its blob.
"""

import os
import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")
_UNFINISHED = ".new-"


class BlobFault(Exception):  # noqa: N818 - its kinds read as nouns
    """What was kept is not there as it was kept: a matter for whoever keeps the service, not for the reader."""

    def __init__(self, digest: str, sentence: str) -> None:
        self.digest = digest
        super().__init__(sentence)


class MissingBlob(BlobFault):
    """No file is kept under this digest."""

    def __init__(self, digest: str) -> None:
        super().__init__(digest, f"No file is kept under the digest {digest}.")


class DamagedBlob(BlobFault):
    """The file kept under this digest has other bytes now; `actual` is the digest of what is there."""

    def __init__(self, digest: str, actual: str) -> None:
        self.actual = actual
        super().__init__(digest, f"The file kept under the digest {digest} was changed: its digest is {actual} now.")


class Blobs:
    """The blobs in one folder: `ab/<sha256>`, one file each, never overwritten or renamed; a sweep may discard one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the blob of this digest lies or would lie; raises MissingBlob for what is no digest at all."""
        if not _DIGEST.fullmatch(digest):
            raise MissingBlob(digest)
        return self.folder / digest[:2] / digest

    def put(self, data: bytes) -> str:
        """The SHA-256 of `data`, which is durably kept from now on.

        An equal blob that is already there is left alone. Raises DamagedBlob, and changes nothing, when what is there
        is not what its name says.
        """
        digest = sha256(data).hexdigest()
        path = self.path(digest)
        _make_durable_folder(path.parent)
        if path.exists():
            self.get(digest)
        else:
            _write_whole(path, data)
        # Also for a blob that was there: whoever put it may not have come as far as this line.
        _sync_folder(path.parent)
        return digest

    def get(self, digest: str) -> bytes:
        """The kept bytes, hashed again; raises MissingBlob or DamagedBlob."""
        try:
            data = self.path(digest).read_bytes()
        except FileNotFoundError as error:
            raise MissingBlob(digest) from error
        actual = sha256(data).hexdigest()
        if actual != digest:
            raise DamagedBlob(digest, actual)
        return data

    def is_sound(self, digest: str) -> bool:
        """Whether the kept bytes are those that their digest stands for."""
        try:
            self.get(digest)
        except BlobFault:
            return False
        return True

    def written_at(self, digest: str) -> datetime:
        """When the blob was put; raises MissingBlob."""
        try:
            return datetime.fromtimestamp(self.path(digest).stat().st_mtime, UTC)
        except FileNotFoundError as error:
            raise MissingBlob(digest) from error

    def discard(self, digest: str) -> None:
        """No file is kept under this digest any more. Only for one that nothing names and nobody is about to name."""
        path = self.path(digest)
        path.unlink(missing_ok=True)
        _sync_folder(path.parent)

    def nearest_folder(self) -> Path:
        """The folder, or the nearest above it that is there: the first blob makes those in between."""
        return next(place for place in (self.folder, *self.folder.parents) if place.exists())

    def digests(self) -> Iterator[str]:
        """The digest of every kept blob, in order."""
        for file in self._files():
            if _is_blob(file):
                yield file.name

    def strangers(self) -> Iterator[Path]:
        """Every file in the folder that is no blob: writings that a crash cut short, or what somebody put there."""
        for file in self._files():
            if not _is_blob(file):
                yield file

    def unfinished(self) -> Iterator[Path]:
        """Writings of ours that have not come to their end: a crash cut them short, or they are going on."""
        return (file for file in self.strangers() if file.name.startswith(_UNFINISHED))

    def _files(self) -> Iterator[Path]:
        if not self.folder.is_dir():
            return
        for entry in sorted(self.folder.iterdir()):
            if entry.is_dir():
                yield from sorted(entry.iterdir())
            else:
                yield entry


def _is_blob(file: Path) -> bool:
    return _DIGEST.fullmatch(file.name) is not None and file.parent.name == file.name[:2]


def _write_whole(path: Path, data: bytes) -> None:
    """`data` stands at `path`, whole and flushed to the disk, or nothing does."""
    descriptor, name = tempfile.mkstemp(prefix=_UNFINISHED, dir=path.parent)
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        if sys.platform != "win32":
            unfinished.chmod(0o440)  # the owner too has to mean it before a kept file changes
        _move(unfinished, path)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _move(unfinished: Path, path: Path) -> None:
    try:
        unfinished.replace(path)
    except PermissionError:
        # Windows refuses to replace a file that is being read: then another writer was faster, with equal bytes.
        if not path.exists():
            raise
        unfinished.unlink()


def _make_durable_folder(folder: Path) -> None:
    if folder.is_dir():
        return
    _make_durable_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return  # a folder cannot be flushed there; NTFS journals its entries
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
