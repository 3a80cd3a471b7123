"""What was found out about templates last, kept for the next time that the same bytes come."""

import hashlib
import json
from collections import OrderedDict
from threading import Lock
from typing import Generic, NamedTuple, TypeAlias, TypeVar

from app.word.names import Vocabulary

Key: TypeAlias = tuple[str, str]
"""A template's digest and its vocabulary."""

Made = TypeVar("Made")


class TemplatesHeld(NamedTuple):
    """How many templates are held, how often one was found there, and how often one had to be compiled."""

    held: int
    found: int
    prepared: int


def known_as(template: bytes, vocabulary: Vocabulary) -> Key:
    """What is found out of these bytes with this vocabulary is kept under this key."""
    return hashlib.sha256(template).hexdigest(), json.dumps(vocabulary, sort_keys=True)


class Shelf(Generic[Made]):
    """The things that were made or asked for last, at most `room` of them; threads may share it."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._lock = Lock()
        self._things: OrderedDict[Key, Made] = OrderedDict()
        self._found = self._prepared = 0

    def counts(self) -> TemplatesHeld:
        """What it holds now, and what it did since the start."""
        with self._lock:
            return TemplatesHeld(len(self._things), self._found, self._prepared)

    def find(self, key: Key) -> Made | None:
        """What is kept under the key; None: nothing."""
        with self._lock:
            found = self._things.get(key)
            if found is not None:
                self._things.move_to_end(key)
                self._found += 1
            return found

    def put(self, key: Key, thing: Made) -> None:
        """From now on this is kept under the key, in place of what nobody asked for the longest."""
        with self._lock:
            self._things[key] = thing
            self._prepared += 1
            while len(self._things) > self._room:
                self._things.popitem(last=False)
