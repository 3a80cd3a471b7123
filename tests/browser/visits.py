"""Every page of the service: by whom, and where, it is visited. A page that is not here fails the tests."""

from typing import NamedTuple


class Visit(NamedTuple):
    """One page in one state: who is signed in (None: nobody), and the address."""

    account: str | None
    address: str


VISITS: dict[str, list[Visit]] = {
    "/": [
        Visit("report-author", "/"),
        Visit("workstream-lead", "/"),
        Visit("commissioners-office", "/"),
        Visit("administrator", "/"),
    ],
    "/sign-in": [Visit(None, "/sign-in"), Visit(None, "/sign-in?next=/keyboard")],
    "/signed-out": [Visit(None, "/signed-out")],
    "/set-password": [Visit(None, "/set-password?link={link}"), Visit(None, "/set-password?link=bpl_none")],
    "/prove": [Visit("chief-officer", "/prove?next=/keyboard")],
    "/accessibility": [Visit(None, "/accessibility"), Visit("reader", "/accessibility")],
    "/keyboard": [Visit(None, "/keyboard")],
    "(no page)": [Visit("reader", "/nowhere"), Visit(None, "/nowhere")],
}
"""Path of a page, as its route has it → its visits; `{link}` is the secret of a link to set a password."""

NO_PAGES = {"/assets/{name}", "/favicon.ico", "/narrative/pictures/{digest}"}
"""Routes among the pages that answer with something else than a page."""
