"""`Idempotency-Key`: the same request again gets the same answer, and nothing is done twice.

As the IETF's draft "The Idempotency-Key HTTP Header Field" describes it; the answer is kept in the transaction of the
deed.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Annotated

from fastapi import Depends, Header, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.replies import commands as replies
from app.rounds import reach as rounds
from app.web.deps import ByLink, Now, SignedIn, Writing
from app.web.reach import Reach

KEPT = ("content-type", "etag", "location")
"""Headers that are given again with a kept answer."""


IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        pattern=r"^[\x21-\x7e]+$",
        description="Any text of your own, new for each deed: a request that comes again with it "
        "is not carried out again, and gets the answer that it got",
        examples=["8e03978e-40d5-43dd-bc93-6894a57f9324"],
    ),
]


class Once:
    """What makes sure that a deed is done once."""

    def __init__(
        self,
        request: Request,
        account: SignedIn,
        session: Writing,
        now: Now,
        idempotency_key: IdempotencyKey = None,
    ) -> None:
        self._begin(request, account.key, session, now, idempotency_key)
        self._account: Account | None = account

    def _begin(
        self, request: Request, asker: str, session: Session, now: datetime, idempotency_key: str | None
    ) -> None:
        # The draft writes the key as a quoted string; many clients leave the quotes out.
        self._key = idempotency_key.strip('"') if idempotency_key else None
        self._request = request
        self._asker = asker
        self._session = session
        self._now = now

    def answer(self, said: bytes, make: Callable[[], Response], *, secret: Sequence[str] = ()) -> Response:
        """The answer that `make` gives, or the one that the same request got before.

        `said` is what the request says beside its address; `secret` names members of the answer that are not kept:
        they are null when it is given again.
        """
        if not self._key:
            return make()
        digest = self._digest(said)
        known = replies.claim(self._session, self._asker, self._key, digest)
        if known is not None:
            self._require_reach()
            return Response(known.body, known.status, headers={**known.headers, "Idempotent-Replay": "true"})
        response = make()
        replies.keep(
            self._session,
            account_key=self._asker,
            idempotency_key=self._key,
            request_digest=digest,
            status=response.status_code,
            headers=_kept(response.headers),
            body=_without(bytes(response.body), secret),
            now=self._now,
        )
        return response

    def _require_reach(self) -> None:
        """What was done is still there for who asks: an answer does not outlive the access to what it tells of."""
        names, account = self._request.path_params, self._account
        if account is None:  # a link opens one request, or nothing
            return
        if "reference" in names:
            Reach(self._session, account).what_exists(names["reference"])
        elif {"key", "ref"} <= names.keys():
            rounds.get_request(self._session, account, names["key"], names["ref"])

    def _digest(self, said: bytes) -> str:
        url = self._request.url
        return sha256(f"{self._request.method} {url.path}?{url.query}\n".encode() + said).hexdigest()


Doing = Annotated[Once, Depends(scope="function")]


class OnceByLink(Once):
    """The same for who has no account, but a link."""

    def __init__(
        self,
        request: Request,
        holder: ByLink,
        session: Writing,
        now: Now,
        idempotency_key: IdempotencyKey = None,
    ) -> None:
        self._begin(request, holder.key, session, now, idempotency_key)
        self._account = None


DoingByLink = Annotated[OnceByLink, Depends(scope="function")]


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: headers[name] for name in KEPT if name in headers}


def _without(body: bytes, secret: Sequence[str]) -> bytes:
    if not secret:
        return body
    return json.dumps(json.loads(body) | dict.fromkeys(secret), ensure_ascii=False).encode()
