"""What the command line cannot do, each said in one sentence."""

import re
from collections.abc import Sequence
from pathlib import Path

from app.cli.printing import program
from app.errors import Conflict, Invalid


class NoDatabase(Conflict):
    """There is no database of the newest schema where one was expected; `place` says where in words."""

    def __init__(self, place: str, revision: str | None) -> None:
        what = "has an older schema" if revision else "is not there yet"
        super().__init__(f"{place} {what}. Run `{program()} upgrade` first, or `{program()} demo` to see an example.")


class FaultySettings(Invalid):
    """A `BOARDPAPERS_*` variable or a line of `.env` has no value that makes sense."""


class CannotReach(Conflict):
    """The database or the folder of the data does not answer as it must."""


class CannotWrite(Conflict):
    """The document cannot be written there."""

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(f"{file} cannot be written: {error.strerror or error}.")


class CannotRead(Conflict):
    """What was to be loaded cannot be read."""

    def __init__(self, file: Path, error: OSError) -> None:
        super().__init__(f"{error.filename or file} cannot be read: {error.strerror or error}.")


class NoProvider(Conflict):
    """No provider of identities is set."""

    def __init__(self) -> None:
        super().__init__("No provider of identities is set: BOARDPAPERS_OIDC_ISSUER names it.")


class AnotherAccount(Conflict):
    """An account with this key is there, and it is not what the command's words say."""


class DamagedFiles(Conflict):
    """A backup was made of what is sound, and there were kept files that are not."""

    def __init__(self, digests: Sequence[str]) -> None:
        super().__init__(
            f"{len(digests)} kept files are damaged and not in the backup, the first is {digests[0]}. "
            f"Run `{program()} verify` to see what they belong to."
        )


class FaultyKey(Invalid):
    """A key that the API could not name."""

    def __init__(self, key: str) -> None:
        super().__init__(
            f"“{key}” cannot be a key: letters, digits, dots, dashes and underscores, at most 100, "
            "beginning and ending with a letter or digit."
        )


class HoldsOtherFacts(Conflict):
    """The demonstration was to be loaded beside somebody's own facts."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"The database in {data} holds other facts than the demonstration's, and they are left alone. "
            "Name another folder with --data."
        )


def check_key(key: str) -> None:
    """Raises FaultyKey for what the API could not name."""
    from app.fields import KEY_PATTERN

    if not re.fullmatch(KEY_PATTERN, key):
        raise FaultyKey(key)
