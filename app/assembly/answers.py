"""What was found out about papers, for as long as nothing is committed: then the same question has the same answer."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from app.db import state_of

Answer = TypeVar("Answer")

_MOST = 8  # a paper of 200 workstreams takes some megabytes


class Answers:
    """The last answers, each with the state of the database that it is about; threads may share them.

    An answer is never changed by whom it is given to.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[tuple[str, Hashable], Any] = OrderedDict()

    def answer(self, session: Session, question: Hashable, find: Callable[[], Answer]) -> Answer:
        """What `find` finds by this session; known already where it was asked of the very same state.

        The answer depends on the question and on what the database says, and on nothing else. Errors are not kept.
        """
        state = state_of(session)
        if state is None:
            return find()
        with self._lock:
            if (state, question) in self._known:
                self._known.move_to_end((state, question))
                known: Answer = self._known[state, question]
                return known
        found = find()
        with self._lock:
            self._known[state, question] = found
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return found
