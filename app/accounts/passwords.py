"""Passwords: what one must be, and the Argon2id hash that is kept of it. Never a database."""

import unicodedata
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError
from pwdlib.hashers.argon2 import Argon2Hasher

from app.errors import Fault, Invalid

SHORTEST, LONGEST = 12, 200
"""Characters."""

# The least that OWASP's Password Storage Cheat Sheet recommends for Argon2id: 19 MiB, two passes, one lane.
_HASHER = PasswordHash((Argon2Hasher(time_cost=2, memory_cost=19 * 1024, parallelism=1),))

_AT_ONCE = BoundedSemaphore(4)
"""Whoever floods the service with passwords makes others wait, and does not take its memory."""


class FaultyPassword(Invalid):
    """This cannot be a password."""

    def __init__(self, sentence: str) -> None:
        super().__init__("This cannot be the password.", [Fault("password", sentence)])


def hashed(password: str, *, key: str) -> str:
    """What is kept of the password of the account `key`; raises FaultyPassword."""
    password = _normal(password)
    if not SHORTEST <= len(password) <= LONGEST:
        raise FaultyPassword(f"must have {SHORTEST} to {LONGEST} characters: three words that nobody expects together")
    if len(set(password)) < 5 or key.casefold() in password.casefold():
        raise FaultyPassword("must not be a few characters again and again, nor hold the name of the account")
    with _AT_ONCE:
        return _HASHER.hash(password)


def is_right(password: str, kept: str | None) -> bool:
    """Whether this is the password of which `kept` is the hash; takes as long where there is none."""
    if len(password) > LONGEST * 4:
        return False
    with _AT_ONCE:
        try:
            right = _HASHER.verify(_normal(password), kept or _NOBODYS)
        except UnknownHashError:
            return False
    return right and kept is not None


def _normal(password: str) -> str:
    # The same keys make different characters on different machines; a lone surrogate is no character at all.
    return unicodedata.normalize("NFKC", password).encode(errors="backslashreplace").decode()


_NOBODYS = _HASHER.hash("the password of an account that is not there")
