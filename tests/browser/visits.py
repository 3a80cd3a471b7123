"""Every page of the service: by whom, and where, it is visited. A page that is not here fails the tests."""

from typing import NamedTuple


class Visit(NamedTuple):
    """One page in one state: who is signed in (None: nobody), and the address."""

    account: str | None
    address: str


VISITS: dict[str, list[Visit]] = {
    "/": [
        Visit("report-author", "/"),
        Visit("board-secretary", "/"),
        Visit("chief-officer", "/"),
        Visit("workstream-lead", "/"),
        Visit("commissioners-office", "/"),
        Visit("administrator", "/"),
    ],
    "/sign-in": [Visit(None, "/sign-in"), Visit(None, "/sign-in?next=/keyboard")],
    "/signed-out": [Visit(None, "/signed-out")],
    "/set-password": [Visit(None, "/set-password?link={link}"), Visit(None, "/set-password?link=bpl_none")],
    "/prove": [Visit("chief-officer", "/prove?next=/keyboard")],
    "/workstreams": [
        Visit("workstream-lead", "/workstreams"),
        Visit("report-author", "/workstreams?q=nothing-of-the-kind"),
        Visit("commissioners-office", "/workstreams"),
    ],
    "/workstreams/{ref}": [
        Visit("workstream-lead", "/workstreams/JNT-01"),
        Visit("reader", "/workstreams/JNT-01"),
        Visit("report-author", "/workstreams/INN-02"),
    ],
    "/workstreams/{ref}/report": [
        Visit("workstream-lead", "/workstreams/JNT-01/report"),
        Visit("workstream-lead", "/workstreams/JNT-01/report?as_at=soon"),
    ],
    "/workstreams/{ref}/updates/{as_at}": [
        Visit("workstream-lead", "/workstreams/JNT-01/updates/2026-11-20"),
        Visit("workstream-lead", "/workstreams/JNT-01/updates/2026-11-22"),
        Visit("reader", "/workstreams/JNT-01/updates/2026-11-20"),
    ],
    "/meetings": [
        Visit("board-secretary", "/meetings"),
        Visit("reader", "/meetings?when=past&board=delivery"),
    ],
    "/meetings/{board}/{held_on}": [
        Visit("board-secretary", "/meetings/performance-resources/2026-12-10"),
        Visit("commissioners-office", "/meetings/delivery/2026-12-16"),
    ],
    "/meetings/{board}/{held_on}/agenda": [
        Visit("board-secretary", "/meetings/performance-resources/2026-12-10/agenda")
    ],
    "/new-meeting": [Visit("board-secretary", "/new-meeting")],
    "/rounds": [
        Visit("board-secretary", "/rounds"),
        Visit("board-secretary", "/rounds?words=none+of+them&now=closed"),
        Visit("commissioners-office", "/rounds"),
    ],
    "/rounds/{key}": [
        Visit("board-secretary", "/rounds/collaboration-2026-12"),
        Visit("reader", "/rounds/collaboration-2026-12?standing=missing"),
    ],
    "/rounds/{key}/more": [Visit("board-secretary", "/rounds/collaboration-2026-12/more")],
    "/rounds/{key}/change": [Visit("board-secretary", "/rounds/collaboration-2026-12/change")],
    "/calendars": [Visit("board-secretary", "/calendars")],
    "/new-round": [
        Visit("board-secretary", "/new-round"),
        Visit("board-secretary", "/new-round?paper=collaboration-2026-12"),
    ],
    "/rounds/{key}/requests/{ref}": [
        Visit("workstream-lead", "/rounds/collaboration-2026-12/requests/NAT-03"),
        Visit("report-author", "/rounds/collaboration-2026-12/requests/INN-02"),
        Visit("board-secretary", "/rounds/collaboration-2026-12/requests/REG-01"),
        Visit("reader", "/rounds/collaboration-2026-12/requests/FIR-03"),
    ],
    "/rounds/{key}/requests/{ref}/answer": [
        Visit("workstream-lead", "/rounds/collaboration-2026-12/requests/NAT-03/answer"),
        Visit("board-secretary", "/rounds/collaboration-2026-12/requests/INN-02/answer"),
    ],
    "/answer-by-link": [Visit(None, "/answer-by-link?link={by_link}"), Visit(None, "/answer-by-link?link=bl_none")],
    "/answer-by-link/thanks": [Visit(None, "/answer-by-link/thanks")],
    "/accessibility": [Visit(None, "/accessibility"), Visit("reader", "/accessibility")],
    "/keyboard": [Visit(None, "/keyboard")],
    "/papers": [
        Visit("report-author", "/papers"),
        Visit("reader", "/papers?words=none+of+them"),
        Visit("commissioners-office", "/papers"),
    ],
    "/papers/new": [Visit("report-author", "/papers/new"), Visit("administrator", "/papers/new")],
    "/papers/{reference}": [
        Visit("report-author", "/papers/collaboration-2026-12"),
        Visit("reader", "/papers/collaboration-2026-12"),
    ],
    "/papers/{reference}/front-sheet": [Visit("report-author", "/papers/collaboration-2026-12/front-sheet")],
    "/papers/{reference}/sections/{key}": [
        Visit("report-author", "/papers/collaboration-2026-12/sections/purpose"),
        Visit("report-author", "/papers/collaboration-2026-12/sections/background"),
        Visit("report-author", "/papers/collaboration-2026-12/sections/current-work"),
        Visit("report-author", "/papers/collaboration-2026-12/sections/plan-priorities"),
        Visit("report-author", "/papers/collaboration-2026-12/sections/actions"),
    ],
    "/papers/{reference}/workstreams": [Visit("report-author", "/papers/collaboration-2026-12/workstreams")],
    "/papers/{reference}/workstreams/{ref}": [
        Visit("report-author", "/papers/collaboration-2026-12/workstreams/NAT-03")
    ],
    "/papers/{reference}/consultees": [Visit("report-author", "/papers/collaboration-2026-12/consultees")],
    "/papers/{reference}/next": [
        Visit("report-author", "/papers/collaboration-2026-09/next"),
        Visit("report-author", "/papers/collaboration-2026-12/next"),
    ],
    "/papers/{reference}/checks": [Visit("report-author", "/papers/collaboration-2026-12/checks")],
    "/papers/{reference}/whole": [Visit("report-author", "/papers/collaboration-2026-12/whole")],
    "/papers/{reference}/versions": [Visit("report-author", "/papers/collaboration-2026-12/versions")],
    "/papers/{reference}/versions/{label}": [
        Visit("report-author", "/papers/collaboration-2026-12/versions/0.1"),
        Visit("reader", "/papers/collaboration-2026-12/versions/0.1"),
    ],
    "/papers/{reference}/brief": [
        Visit("chief-officer", "/papers/collaboration-2026-12/brief"),
        Visit("chief-officer", "/papers/digital-evidence-2026-12/brief"),
    ],
    "/papers/{reference}/compare": [
        Visit("chief-officer", "/papers/collaboration-2026-12/compare"),
        Visit("chief-officer", "/papers/collaboration-2026-12/compare?from=0.1&to=0.1"),
    ],
    "/directory": [Visit("board-secretary", "/directory"), Visit("report-author", "/directory")],
    "/directory/{slug}": [
        *(Visit("board-secretary", f"/directory/{slug}") for slug in ("people", "boards", "plans", "workstreams")),
        Visit("report-author", "/directory/people?q=nobody"),
        Visit("report-author", "/directory/boards"),
    ],
    "/directory/{slug}/{key}": [
        Visit("board-secretary", "/directory/people/acc-operations"),
        Visit("board-secretary", "/directory/boards/performance-resources"),
        Visit("board-secretary", "/directory/plans/pcp-2025-2029"),
        Visit("report-author", "/directory/workstreams/JNT-01"),
    ],
    "/directory/themes/{key}/introductions": [
        Visit("report-author", "/directory/themes/joint-saltmarch/introductions"),
        Visit("report-author", "/directory/themes/joint-saltmarch/introductions?as_at=soon"),
    ],
    "/directory/themes/{key}/introductions/{as_at}": [
        Visit("report-author", "/directory/themes/joint-saltmarch/introductions/2026-11-20"),
        Visit("report-author", "/directory/themes/joint-saltmarch/introductions/2026-11-22"),
    ],
    "/new-entry/{slug}": [
        Visit("board-secretary", "/new-entry/organisations"),
        Visit("report-author", "/new-entry/themes"),
    ],
    "/formats": [
        Visit("template-manager", "/formats"),
        Visit("template-manager", "/formats?q=nothing"),
        Visit("reader", "/formats"),
    ],
    "/formats/{key}": [Visit("template-manager", "/formats/scrutiny"), Visit("reader", "/formats/scrutiny")],
    "/formats/{key}/upload": [Visit("template-manager", "/formats/scrutiny/upload")],
    "/new-format": [Visit("template-manager", "/new-format")],
    "/formats/{key}/versions/{number}": [
        Visit("template-manager", "/formats/scrutiny/versions/1"),
        Visit("reader", "/formats/scrutiny/versions/1"),
    ],
    "/formats/{key}/versions/{number}/findings": [Visit("template-manager", "/formats/scrutiny/versions/1/findings")],
    "/formats/{key}/versions/{number}/trial": [Visit("template-manager", "/formats/scrutiny/versions/1/trial")],
    "/formats/{key}/versions/{number}/trial/result": [
        Visit("template-manager", "/formats/scrutiny/versions/1/trial/result")
    ],
    "/formats/{key}/versions/{number}/effect": [Visit("template-manager", "/formats/scrutiny/versions/1/effect")],
    "/template-reference": [
        Visit("template-manager", "/template-reference"),
        Visit("template-manager", "/template-reference?q=rating"),
    ],
    "/papers/{reference}/review": [
        Visit("report-author", "/papers/collaboration-2026-12/review"),
        Visit("reader", "/papers/collaboration-2026-12/review"),
    ],
    "/papers/{reference}/reissue": [Visit("board-secretary", "/papers/collaboration-2026-12/reissue")],
    "/papers/{reference}/outcome": [Visit("board-secretary", "/papers/collaboration-2026-09/outcome")],
    "/papers/{reference}/decide": [Visit("chief-officer", "/papers/collaboration-2026-12/decide")],
    "/accounts": [Visit("administrator", "/accounts"), Visit("administrator", "/accounts?q=nobody")],
    "/new-account": [Visit("administrator", "/new-account")],
    "/accounts/{key}": [
        Visit("administrator", "/accounts/report-author"),
        Visit("administrator", "/accounts/command-line"),
    ],
    "/audit": [Visit("administrator", "/audit"), Visit("administrator", "/audit?since=yesterday")],
    "/service": [Visit("administrator", "/service")],
    "/papers/{reference}/preview": [Visit("report-author", "/papers/collaboration-2026-12/preview")],
    "/papers/{reference}/versions/{label}/preview": [
        Visit("chief-officer", "/papers/collaboration-2026-12/versions/0.1/preview")
    ],
    "(no page)": [Visit("reader", "/nowhere"), Visit(None, "/nowhere")],
}
"""Path of a page, as its route has it → its visits.

`{link}` is the secret of a link to set a password, `{by_link}` of one to answer.
"""

NO_PAGES = {
    "/assets/{name}",
    "/favicon.ico",
    "/narrative/pictures/{digest}",
    "/papers/{reference}/draft",
    "/audit/export",
    "/formats/{key}/versions/{number}/template",
    "/formats/{key}/versions/{number}/manifest",
    "/formats/{key}/versions/{number}/trial/document",
    "/formats/{key}/versions/{number}/effect/{reference}/{which}",
    "/papers/{reference}/decide/document",
    "/papers/{reference}/decide/frame",
    "/papers/{reference}/preview/document",
    "/papers/{reference}/preview/frame",
    "/papers/{reference}/public-copy",
    "/papers/{reference}/versions/{label}/document",
    "/papers/{reference}/versions/{label}/preview/document",
    "/papers/{reference}/versions/{label}/preview/frame",
    "/ratings/{digest}.css",
    "/workstreams/{ref}/ratings.svg",
}
"""Routes among the pages that answer with something else than a page, or with a part of one."""
