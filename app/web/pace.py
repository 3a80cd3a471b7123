"""How often one account may do what costs much: so many times within any minute, counted in this process."""

from collections import deque
from datetime import datetime, timedelta
from threading import Lock

from app.errors import Problem

MINUTE = timedelta(minutes=1)


class TooFast(Problem):
    """It was done too often within a minute; `retry_after` is the number of seconds after which it may be done."""

    def __init__(self, per_minute: int, retry_after: int, what: str = "This may be done") -> None:
        self.retry_after = retry_after
        seconds = "1 second" if retry_after == 1 else f"{retry_after} seconds"
        super().__init__(f"{what} {per_minute} times a minute. Try again in {seconds}.")


class Pace:
    """What was done in the last minute, by account."""

    def __init__(self, per_minute: int, what: str = "This may be done") -> None:
        """So often a minute; `what` begins the sentence that says so."""
        self._per_minute = per_minute
        self._what = what
        self._done: dict[str, deque[datetime]] = {}
        self._lock = Lock()

    def count(self, account: str, now: datetime, times: int = 1) -> None:
        """It is done so many times more by this account now; raises TooFast where that is too often: then it is not.

        More at once than a minute allows count as a minute's.
        """
        with self._lock:
            done = self._done.setdefault(account, deque())
            while done and done[0] <= now - MINUTE:
                done.popleft()
            times = min(times, self._per_minute)
            over = len(done) + times - self._per_minute
            if over > 0:
                wait = done[over - 1] + MINUTE - now
                raise TooFast(self._per_minute, max(1, -(-wait // timedelta(seconds=1))), self._what)
            done.extend([now] * times)
