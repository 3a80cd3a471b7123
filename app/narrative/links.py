"""Where a narrative may lead: complete http, https and mailto addresses."""

import re
from urllib.parse import quote, urlsplit

from app.narrative.refusals import LinkNotAllowed

_KEPT = "!#$%&'()*+,/:;=?@[]~-._"
_LINE_ENDS = str.maketrans("", "", "\t\n\r")
_HOST = re.compile(r"[A-Za-z0-9._~%-]+|\[[0-9A-Fa-f:.]+\]")
_LONGEST = 2000  # Word cuts addresses at 2,083 characters
# What nearly every address is: it stays as it is.
_PLAIN = re.compile(r"https?://[A-Za-z0-9.-]+(?:/[A-Za-z0-9/._~=,+-]*(?:\?[A-Za-z0-9/._~=,&+-]*)?)?")
_BAD_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")


def permitted_link(href: str, words: str) -> str:
    """The address as a URI (RFC 3986), its odd characters percent-encoded.

    Raises `LinkNotAllowed`, naming the address and the words that carry it, for every other scheme, an
    incomplete address, or one that Word would not open.
    """
    if is_plain_address(href):
        return href
    typed = href.translate(_LINE_ENDS).strip(" ")
    address = _BAD_PERCENT.sub("%25", quote(typed, safe=_KEPT))
    if len(address) > _LONGEST or not _is_complete(address):
        raise LinkNotAllowed(href, words)
    return address


def is_plain_address(address: str) -> bool:
    """Whether `permitted_link` certainly answers with this very address."""
    return len(address) <= _LONGEST and _PLAIN.fullmatch(address) is not None


def _is_complete(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return False
    if parts.scheme == "mailto":
        return "@" in parts.path
    host = parts.netloc.rpartition("@")[2].rpartition(":")[0] if parts.port is not None else parts.netloc
    return (
        parts.scheme in {"http", "https"}
        and "%20" not in host
        and bool(_HOST.fullmatch(host.rpartition("@")[2].removesuffix(":")))
    )
