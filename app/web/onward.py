"""Where a browser goes on to after signing in or proving who its person is: a page of ours, never elsewhere."""

from urllib.parse import quote, urlsplit

HOME = "/"


def own_page(wanted: str | None) -> str:
    """The address where it is one of ours (a path, perhaps with a query), else that of the home page."""
    if not wanted or not wanted.startswith("/") or wanted.startswith(("//", "/\\")):
        return HOME
    if any(character < " " or character in "\\\x7f" for character in wanted):
        return HOME
    parts = urlsplit(wanted)
    return HOME if parts.scheme or parts.netloc else wanted


def with_next(page: str, onward: str) -> str:
    """The address of the page which leads on to `onward`; the home page needs no saying."""
    return page if onward == HOME else f"{page}?next={quote(onward, safe='/')}"
