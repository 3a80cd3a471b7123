"""Lists in pages: a stable order by natural key, an opaque cursor, a link to the next page."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Depends, Query, Request
from fastapi.responses import Response

from app.fields import NOT_XML
from app.web.api.representation import in_words, json_answer
from app.web.deps import Bounds
from app.web.errors import FaultyParameter

Item = TypeVar("Item")

NUMBER = re.compile("[0-9]{1,9}")

USUAL = 50
"""Rows of a page for which no limit is asked."""


class Page:
    """The page of a list that is asked for."""

    def __init__(
        self,
        request: Request,
        bounds: Bounds,
        limit: Annotated[int, Query(ge=1, le=100, description="Most rows that the page may hold")] = USUAL,
        cursor: Annotated[str | None, Query(max_length=600, description="`next` of the page before; opaque")] = None,
    ) -> None:
        self.limit = min(limit, bounds.page_size)
        self.after = _opened(cursor) if cursor else ""
        self._request = request

    def after_number(self) -> int:
        """The cursor of a list that is ordered by number, 0 at its beginning; raises FaultyParameter."""
        if not self.after:
            return 0
        if not NUMBER.fullmatch(self.after):
            raise _faulty_cursor()
        return int(self.after)

    def of(
        self, items: Iterator[Item], *, key: Callable[[Item], str], show: Callable[[Item], Any], as_text: bool = False
    ) -> Response:
        """The first rows of `items`, which begin behind the cursor, and where the rest is found."""
        rows = list(islice(items, self.limit + 1))
        more = len(rows) > self.limit
        cursor = _sealed(key(rows[self.limit - 1])) if more else None
        shown = [show(row) for row in rows[: self.limit]]
        body = {"items": in_words(shown) if as_text else shown, "next": cursor}
        return json_answer(body, headers={"Link": self._link(cursor)} if cursor else {})

    def _link(self, cursor: str) -> str:
        asked = [(name, value) for name, value in self._request.query_params.multi_items() if name != "cursor"]
        return f'<{self._request.url.path}?{urlencode([*asked, ("cursor", cursor)])}>; rel="next"'


Paging = Annotated[Page, Depends()]


def every(
    fetch: Callable[[str, int], Sequence[Item]],
    after: str,
    *,
    size: int,
    key: Callable[[Item], str],
    wanted: Callable[[Item], bool] = lambda _: True,
) -> Iterator[Item]:
    """The wanted rows behind `after`, fetched page by page: `fetch(after, size)` answers the next rows."""
    while True:
        rows = fetch(after, size)
        yield from (row for row in rows if wanted(row))
        if len(rows) < size:
            return
        after = key(rows[-1])


def _sealed(key: str) -> str:
    return urlsafe_b64encode(json.dumps([key], ensure_ascii=False).encode()).decode().rstrip("=")


def _opened(cursor: str) -> str:
    try:
        said = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (NotBase64, UnicodeError, ValueError) as error:
        raise _faulty_cursor() from error
    if not (isinstance(said, list) and len(said) == 1 and isinstance(said[0], str) and not NOT_XML.search(said[0])):
        raise _faulty_cursor()
    return said[0]


def _faulty_cursor() -> FaultyParameter:
    return FaultyParameter("cursor", "This cursor is not one that was given out; send “next” of the page before.")
