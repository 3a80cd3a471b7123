"""The provider of identities, as OpenID Connect describes it: where people go to sign in, and what it says of them.

Authorization code with PKCE (RFC 7636); one pinned algorithm. Never a database: what is said becomes an account's in
`sign_in`.
"""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from hmac import new as hmac
from http.client import HTTPException
from threading import Lock
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from app.errors import Conflict, Forbidden

ALGORITHM = "RS256"
"""The only one by which we let an identity be signed: what a token says of itself decides nothing."""

TIMEOUT = 10
"""Seconds that the provider has to answer."""

LARGEST = 512 * 1024
"""Bytes of the largest answer that is read."""

LEEWAY = timedelta(seconds=60)
"""By how much the provider's clock may differ from ours."""


class ProviderFails(Conflict):
    """The provider of identities does not answer as it must."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The provider of identities does not answer as it must ({reason}). Try again in a moment.")


class IdentityRefused(Forbidden):
    """What came back from the provider proves nobody's identity to us."""


@dataclass(frozen=True)
class Identity:
    """Whom the provider vouches for."""

    issuer: str
    subject: str
    name: str
    roles: tuple[str, ...]
    proved_at: datetime | None
    """When the person last proved it there, where the provider says so."""


@dataclass(frozen=True)
class Secrets:
    """What one journey to the provider and back is known by; all of it follows from what only the browser keeps."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, kept: str) -> "Secrets":
        """The secrets of the journey of the browser that keeps this one."""
        return cls(*(_derived(kept, purpose) for purpose in ("state", "nonce", "verifier")))

    @property
    def challenge(self) -> str:
        """What the provider is shown of the verifier (S256)."""
        return _unpadded(sha256(self.verifier.encode()).digest())


class Provider:
    """One provider of identities, at which we are known as a client."""

    def __init__(self, issuer: str, client_id: str, client_secret: str | None) -> None:
        self.issuer = issuer
        self._client_id = client_id
        self._client_secret = client_secret
        self._lock = Lock()
        self._metadata: dict[str, Any] | None = None
        self._keys: KeySet | None = None

    def address_for(self, secrets: Secrets, back: str, *, fresh: bool) -> str:
        """Where the browser goes, to come `back` with a code; `fresh`: the person proves again who they are."""
        asked = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": back,
            "scope": "openid profile",
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        }
        if fresh:
            asked |= {"prompt": "login", "max_age": "0"}
        return f"{self._endpoint('authorization_endpoint')}?{urlencode(asked)}"

    def sign_out_address(self) -> str | None:
        """Where a browser signs out of the provider too, if it has such a place."""
        address = self._described().get("end_session_endpoint")
        return f"{address}?{urlencode({'client_id': self._client_id})}" if address else None

    def identity(self, code: str, secrets: Secrets, back: str, *, now: datetime) -> Identity:
        """Whom the code stands for; raises IdentityRefused, ProviderFails."""
        sent = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "client_id": self._client_id,
            "code_verifier": secrets.verifier,
        }
        if self._client_secret is not None:
            sent["client_secret"] = self._client_secret
        answer = _fetched(self._endpoint("token_endpoint"), urlencode(sent).encode())
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise ProviderFails("no id_token")
        return identity_in(self._claims(token), self.issuer, self._client_id, secrets.nonce, now=now)

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            return claims_in(token, self._keys_now())
        except InvalidKeyIdError:
            # The provider has changed its keys since we asked; only it can make us ask again, with a token of its own.
            self._keys = None
        try:
            return claims_in(token, self._keys_now())
        except InvalidKeyIdError as error:
            raise IdentityRefused("The identity is signed with a key that the provider does not have.") from error

    def _endpoint(self, name: str) -> str:
        address = self._described().get(name)
        if not isinstance(address, str):
            raise ProviderFails(f"it has no {name}")
        return address

    def _described(self) -> dict[str, Any]:
        with self._lock:
            if self._metadata is None:
                found = _fetched(f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.issuer:
                    raise ProviderFails("it calls itself by another name")
                self._metadata = found
            return self._metadata

    def _keys_now(self) -> KeySet:
        keys = self._keys
        if keys is None:
            keys = self._keys = _key_set(_fetched(self._endpoint("jwks_uri")))
        return keys


def claims_in(token: str, keys: KeySet) -> dict[str, Any]:
    """What the token says, signed with one of the keys by the one algorithm.

    Raises:
        InvalidKeyIdError: it names a key that is not among these.
        IdentityRefused: it is signed by something else, or by nobody.
    """
    try:
        return dict(jwt.decode(token, keys, algorithms=[ALGORITHM]).claims)
    except InvalidKeyIdError:
        raise
    except (JoseError, ValueError) as error:
        raise IdentityRefused("The identity is not signed as it must be.") from error


def identity_in(claims: Mapping[str, Any], issuer: str, client_id: str, nonce: str, *, now: datetime) -> Identity:
    """Whom the claims speak of: to us, now, in answer to what we asked (OpenID Connect Core 1.0, section 3.1.3.7).

    Raises IdentityRefused.
    """
    moment = now.timestamp()
    audience = claims.get("aud")
    wrong = {
        "another provider": claims.get("iss") != issuer,
        "somebody else's": audience not in (client_id, [client_id]),
        "somebody else's to use": claims.get("azp", client_id) != client_id,
        "expired": not _number(claims, "exp") > moment - LEEWAY.total_seconds(),
        "from the future": not _number(claims, "iat") <= moment + LEEWAY.total_seconds(),
        "not yet valid": "nbf" in claims and not _number(claims, "nbf") <= moment + LEEWAY.total_seconds(),
        "no answer to us": not compare_digest(str(claims.get("nonce", "")).encode(errors="replace"), nonce.encode()),
        "nobody's": not (isinstance(claims.get("sub"), str) and 0 < len(claims["sub"]) <= 255),
    }
    for what, is_so in wrong.items():
        if is_so:
            raise IdentityRefused(f"The identity that came back is {what}.")
    roles = claims.get("roles")
    proved = _number(claims, "auth_time")
    name = claims.get("name") or claims.get("preferred_username")
    return Identity(
        issuer=issuer,
        subject=claims["sub"],
        name=name if isinstance(name, str) else "",
        roles=tuple(role for role in roles if isinstance(role, str)) if isinstance(roles, list) else (),
        proved_at=datetime.fromtimestamp(proved, now.tzinfo) if 0 < proved < moment * 2 else None,
    )


def _number(claims: Mapping[str, Any], name: str) -> float:
    value = claims.get(name)
    # What is no number is neither before nor after anything.
    return value if isinstance(value, int | float) and not isinstance(value, bool) else float("nan")


def _key_set(document: Mapping[str, Any]) -> KeySet:
    keys = document.get("keys")
    signing = [
        key
        for key in (keys if isinstance(keys, list) else [])
        if isinstance(key, dict) and key.get("kty") == "RSA" and key.get("use", "sig") == "sig"
    ]
    try:
        return KeySet.import_key_set({"keys": signing})
    except (JoseError, ValueError) as error:
        raise ProviderFails("its keys cannot be read") from error


class _NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        """Nowhere: what we send is for the provider alone."""


_OPENER = build_opener(_NoRedirects)


def _fetched(address: str, sent: bytes | None = None) -> dict[str, Any]:
    if not is_safe(address):
        raise ProviderFails("it wants to be asked without encryption")
    request = Request(address, sent, {"Accept": "application/json"})  # noqa: S310 - http or https, as is_safe says
    try:
        with _OPENER.open(request, timeout=TIMEOUT) as answer:
            said = json.loads(answer.read(LARGEST))
    except HTTPError as error:
        error.close()
        if sent is not None and error.code in {400, 401, 403}:
            raise IdentityRefused("The provider of identities does not know this sign-in, or not any more.") from error
        raise ProviderFails(f"status {error.code}") from error
    except (OSError, ValueError, HTTPException) as error:
        raise ProviderFails("no answer that can be read") from error
    if not isinstance(said, dict):
        raise ProviderFails("no answer that can be read")
    return said


def is_safe(address: str) -> bool:
    """Whether an address is encrypted, or on this machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in {"127.0.0.1", "::1", "localhost"})


def _derived(kept: str, purpose: str) -> str:
    return _unpadded(hmac(kept.encode(errors="replace"), f"boardpapers identity {purpose} 1".encode(), sha256).digest())


def _unpadded(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
