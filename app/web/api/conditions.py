"""`ETag`, `If-Match`, `If-None-Match`: nobody overwrites what they have not seen (RFC 9110, section 13)."""

import re
from typing import Annotated

from fastapi import Depends, Header

from app.web.errors import FaultyParameter, PreconditionFailed, PreconditionMissing

ETAGS = re.compile(r'\s*(?:\*|(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"(?:\s*,\s*(?:W/)?"[\x21\x23-\x7e\x80-\xff]*")*)\s*')
ONE = re.compile(r'(?:W/)?"[^"]*"')


class Conditions:
    """What the client says it has seen."""

    def __init__(
        self,
        if_match: Annotated[
            str | None,
            Header(alias="If-Match", description="ETag of the state that is changed: needed for what exists already"),
        ] = None,
        if_none_match: Annotated[
            str | None,
            Header(
                alias="If-None-Match",
                description="`*`: only if it does not exist yet; on reading, the ETag that is known already",
            ),
        ] = None,
    ) -> None:
        self._match = _tags("If-Match", if_match)
        self._none_match = _tags("If-None-Match", if_none_match)

    def allow_writing(self, thing: str, current: str | None) -> None:
        """The thing, with this ETag now (None: it does not exist), may be written.

        Raises:
            PreconditionMissing: it exists, and the client does not say which state of it was seen.
            PreconditionFailed: it is in another state than the client says.
        """
        if current is None:
            if self._match is not None:
                raise PreconditionFailed(f"{thing} does not exist yet; leave If-Match out to make it.")
            return
        if self._none_match is not None and _among(current, self._none_match):
            raise PreconditionFailed(f"{thing} exists already; send its ETag as If-Match to change it.")
        if self._match is None:
            raise PreconditionMissing(f"{thing} exists already. Read it, and send its ETag as If-Match to change it.")
        if not _among(current, self._match):
            raise PreconditionFailed(f"{thing} was changed since you read it. Read it again, and decide anew.")

    def knows(self, etag: str) -> bool:
        """Whether the client has this representation already, so that 304 says it all."""
        return self._none_match is not None and _among(etag, [tag.removeprefix("W/") for tag in self._none_match])


Preconditions = Annotated[Conditions, Depends()]


def _tags(header: str, value: str | None) -> list[str] | None:
    if value is None:
        return None
    if not ETAGS.fullmatch(value):
        raise FaultyParameter(header, f"{header} must be * or ETags in quotes, as GET answered them.")
    return ["*"] if value.strip() == "*" else ONE.findall(value)


def _among(etag: str, tags: list[str]) -> bool:
    return "*" in tags or etag in tags
