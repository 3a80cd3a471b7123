"""Every page, in every state that `visits` names: axe finds nothing, nothing complains, nothing scrolls sideways."""

from pathlib import Path

import pytest

from app.accounts import queries, sign_in
from app.facts.demonstration_round import KEY
from app.rounds import queries as rounds
from app.rounds.commands import give_link
from app.upkeep.stores import open_stores
from app.web.pages.routes import ROUTES
from tests.browser import conftest as browser
from tests.browser.visits import NO_PAGES, VISITS
from tests.demonstrated import settings_for
from tests.stories import NOON


def test_every_page_is_visited():
    pages = {route.path for route in ROUTES if "GET" in route.methods}

    assert pages - NO_PAGES == {path for path in VISITS if path.startswith("/")}


@pytest.fixture(scope="module")
def standing(installed: Path):
    """The service over the demonstration, for pages that change nothing."""
    with browser.serving(installed) as site:
        yield site


@pytest.fixture(scope="module")
def link(standing) -> str:
    """The secret of a link by which the reader sets a password."""
    settings = settings_for(standing.folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.writing() as session:
        secret, _ = sign_in.give_link(session, queries.get(session, "reader"), by="ada", now=NOON.replace(year=2099))
    stores.database.dispose()
    return secret


@pytest.fixture(scope="module")
def by_link(standing) -> str:
    """The secret of a link by which somebody outside answers."""
    settings = settings_for(standing.folder)
    stores = open_stores(settings.database_url, settings.blobs, settings.audit_checkpoint_file)
    with stores.database.writing() as session:
        request = rounds.get_request(session, KEY, "REG-04")
        now = NOON.replace(year=2099)
        _, secret = give_link(session, request, name="Office", contact=None, days=90, by="ada", at=now)
    stores.database.dispose()
    return secret


@pytest.fixture(scope="module")
def windows(chromium, standing):
    """A window for each account, signed in once."""
    opened: dict[str | None, tuple[browser.watched, browser.Page]] = {}

    def window_of(account: str | None) -> browser.Page:
        if account not in opened:
            watch = browser.watched(chromium, standing.address)
            window = watch.__enter__()
            if account is not None:
                browser.sign_in(window, account)
            opened[account] = watch, window
        return opened[account][1]

    yield window_of
    for watch, _ in opened.values():
        watch.__exit__(None)


@pytest.mark.parametrize(
    ("path", "visit"),
    [
        pytest.param(path, visit, id=f"{path} {visit.account} {number}")
        for path, visits in VISITS.items()
        for number, visit in enumerate(visits)
    ],
)
def test_a_page_is_for_everybody(windows, link, by_link, pictured, path, visit, full):
    window = windows(visit.account)
    window.goto(visit.address.format(link=link, by_link=by_link))

    browser.check(window)
    name = "".join(c if c.isalnum() else "-" for c in f"{path}-{visit.account}-{VISITS[path].index(visit)}").strip("-")
    pictured(window, name)
    window.set_viewport_size({"width": browser.NARROWEST[0], "height": browser.NARROWEST[1]})
    browser.fits(window)
    if full:
        browser.check(window)
    window.set_viewport_size({"width": browser.WIDE[0], "height": browser.WIDE[1]})


def test_a_list_stacks_on_a_small_screen(windows):
    window = windows("report-author")
    window.goto("/papers")
    cell = window.locator("tbody tr").first.locator("td").nth(1)
    beside = "cell => getComputedStyle(cell, '::before').content"
    assert cell.evaluate(beside) == "none"

    window.set_viewport_size({"width": browser.NARROW[0], "height": browser.NARROW[1]})

    assert cell.evaluate(beside).startswith('"State"')
    assert cell.evaluate("cell => cell.closest('.app-scroll').scrollWidth <= cell.closest('.app-scroll').clientWidth")
    assert window.get_by_role("row").first.get_by_role("columnheader").first.inner_text() == "Paper"
    window.set_viewport_size({"width": browser.WIDE[0], "height": browser.WIDE[1]})
