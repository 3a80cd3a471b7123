"""A real browser before the real service: no page of it may complain, and all that is shown is checked by axe."""

import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from fastapi import APIRouter
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from app.main import create_app
from tests.clock import set_clock
from tests.demonstrated import PASSWORD, build_assets, copied, demonstrated, settings_for
from tests.service import free_port

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")

SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
"""What axe is asked for: WCAG 2.2 at level AA, and what is good besides."""

WIDE, NARROW, NARROWEST = (1280, 900), (375, 740), (320, 640)
"""Width and height of a window, in pixels; the last is what 400 % zoom leaves of the first."""

ANSWERED = re.compile(r"Failed to load resource: the server responded with a status of 4\d\d")


@pytest.fixture(scope="session")
def chromium(cannot_run) -> Iterator[Browser]:
    """A browser, started once."""
    build_assets(cannot_run)
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        cannot_run("Chromium is not installed (Debian's package chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, migrated_file: Path) -> Path:
    """The demonstration; not to be changed."""
    return demonstrated(tmp_path_factory.mktemp("installed"), migrated_file)


@dataclass
class Site:
    """The service as a browser reaches it."""

    address: str
    folder: Path


@pytest.fixture
def site(installed: Path, tmp_path: Path) -> Iterator[Site]:
    """The service over a demonstration of the test's own."""
    with serving(copied(installed, tmp_path / "site")) as site:
        yield site


class serving:  # noqa: N801 - it reads as what happens within the block
    """The installation in a folder is served within the block, with more pages, by a thread of this process."""

    def __init__(self, folder: Path, *more: APIRouter, now: datetime | None = None) -> None:
        """At `now`, all the time; without it, at the time that it is."""
        self.folder = folder
        self.more = more
        self.now = now

    def __enter__(self) -> Site:
        port = free_port()
        app = create_app(settings_for(self.folder, host="127.0.0.1", port=port))
        for router in self.more:
            app.include_router(router)
        if self.now is not None:
            set_clock(app, lambda: self.now)
        self.server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None))
        self.thread = threading.Thread(target=self.server.run, daemon=True)
        self.thread.start()
        while not self.server.started:
            assert self.thread.is_alive(), "the service did not start"
            time.sleep(0.01)
        return Site(f"http://127.0.0.1:{port}", self.folder)

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture
def page(chromium: Browser, site: Site) -> Iterator[Page]:
    """An empty window before the service; at its end, nothing that it showed has complained."""
    with watched(chromium, site.address) as window:
        yield window


class watched:  # noqa: N801 - it reads as what happens within the block
    """A new window; what it complains of within the block fails at its end."""

    def __init__(self, chromium: Browser, address: str, **options) -> None:
        self.context = chromium.new_context(
            base_url=address, viewport={"width": WIDE[0], "height": WIDE[1]}, reduced_motion="reduce", **options
        )
        self.complaints: list[str] = []

    def __enter__(self) -> Page:
        window = self.context.new_page()
        window.set_default_timeout(30_000)  # a crowded machine is slow, and that is no fault
        window.on("console", self._heard)
        window.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        return window

    def __exit__(self, failed: object, *_: object) -> None:
        self.context.close()
        if failed is None:
            assert self.complaints == []

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in {"error", "warning"}:
            return
        # That a page was answered with 404 or 422 is what its test is about; an asset must be there.
        if ANSWERED.match(message.text) and "/assets/" not in message.location["url"]:
            return
        self.complaints.append(f"{message.type}: {message.text} ({message.location['url']})")


@pytest.fixture
def signed_in() -> Callable[[Page, str], Page]:
    """Signs an account of the demonstration in by its page: `signed_in(page, "report-author")`."""
    return sign_in


def sign_in(page: Page, account: str) -> Page:
    """The account of the demonstration is signed in, and its home page is shown."""
    page.goto("/sign-in")
    page.get_by_label("Account name").fill(account)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/")
    return page


@pytest.fixture
def assert_accessible() -> Callable[[Page], None]:
    """Fails unless axe finds nothing on the page as it is."""
    return check


def check(page: Page) -> None:
    """axe finds nothing on the page as it is, it has one `h1`, a title with it, and does not scroll sideways."""
    found = Axe().run(page, options={"runOnly": RULES, "resultTypes": ["violations"]})
    assert found.violations_count == 0, f"{page.url}\n{found.generate_report()}"
    headings = page.locator("h1").all_inner_texts()
    assert len(headings) == 1
    assert headings[0].split() == page.title().removeprefix("Error: ").rpartition(" – ")[0].split()
    fits(page)


def fits(page: Page) -> None:
    """Nothing makes the page scroll sideways."""
    width, needed = page.evaluate("[document.documentElement.clientWidth, document.documentElement.scrollWidth]")
    assert needed <= width, f"{page.url} needs {needed} of {width} pixels: {_wide(page, width)}"


def _wide(page: Page, width: int) -> list[str]:
    return page.evaluate(
        """width => [...document.querySelectorAll('body *')]
            .filter(element => element.getBoundingClientRect().right > width && !element.closest('.app-scroll'))
            .map(element => element.outerHTML.slice(0, 120)).slice(0, 5)""",
        width,
    )


@pytest.fixture
def pictured(tmp_path: Path, full: bool) -> Callable[[Page, str], None]:
    """Takes pictures at two widths, into the folder BOARDPAPERS_PICTURES; without one, only in full runs."""
    asked_for = os.environ.get("BOARDPAPERS_PICTURES")
    folder = Path(asked_for or tmp_path)

    def take(page: Page, name: str) -> None:
        if not (asked_for or full):
            return
        for width, height in (NARROW, WIDE):
            page.set_viewport_size({"width": width, "height": height})
            try:
                page.screenshot(path=folder / f"{name}-{width}.png", full_page=True)
            except Error as error:
                pytest.fail(f"{page.url} cannot be pictured: {error}")

    return take
