"""What stands under a theme before its workstreams, as at a day: read, and written, beside what stood there last."""

from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.errors import Conflict, Fault, Invalid
from app.facts.decode import FaultyFacts
from app.facts.shapes import ThemeShape
from app.fields import Day, KeyText
from app.web.loading import load_within_reach, plain
from app.web.pages.days import day_asked
from app.web.pages.directory import theme_to_change
from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import page, to
from app.web.pages.narrative import narrative_of
from app.web.pages.papers_desk import ChangedMeanwhile
from app.web.pages.papers_parts import in_words
from app.web.pages.routing import page_router
from app.web.pages.unsent import begun, keeps, require_day, sent
from app.web.pages.visit import Visit, Visiting

router = page_router("/directory/themes/{key}/introductions")


@router.get("")
def introductions(visit: Visiting, key: KeyText, as_at: Annotated[str | None, Query(max_length=20)] = None) -> Response:
    """Every introduction of the theme, the newest first; and the way to write one for another day."""
    with visit.reading() as session:
        theme = theme_to_change(session, visit, key)
    day, form = day_asked(as_at, otherwise=visit.today, wrong="Enter the day as at which it stands")
    if day is not None:
        return to(f"{_address(key)}/{day}")
    said = sorted(theme.introductions, key=lambda one: one.as_at, reverse=True)
    return page(
        visit, "directory/introductions.html", f"Introductions of {theme.name}", form=form, theme=theme, said=said
    )


@router.get("/{as_at}")
def introduction(visit: Visiting, key: KeyText, as_at: Day) -> Response:
    """The introduction as at that day, to be written."""
    with visit.reading() as session:
        return _page(session, visit, key, as_at)


@router.post("/{as_at}")
def keep_introduction(visit: Visiting, key: KeyText, as_at: Day, form: Typed) -> Response:
    """The introduction says what was typed, unless somebody else wrote it meanwhile: then both are shown."""
    try:
        text = narrative_of(form, "text")
        if not text:
            raise FaultyForm([Fault("text", "Enter what stands under the theme")], ["text"])
        with visit.writing() as session:
            theme = theme_to_change(session, visit, key)
            now = _text(theme, as_at)
            if form.value("seen") != _seen(now) and text != now:
                raise ChangedMeanwhile("the introduction")
            _load(session, visit, theme, as_at, text)
            sent(session, visit)
    except (Invalid, Conflict) as problem:
        with visit.reading() as session:
            is_theirs = isinstance(problem, ChangedMeanwhile)
            return _page(session, visit, key, as_at, form.refused(problem, "text"), is_theirs=is_theirs)
    return to(_address(key), said=f"The introduction as at {in_words(as_at)} is saved.")


def _may_write(session: Session, visit: Visit, names: Mapping[str, str]) -> None:
    require_day(names["as_at"])
    theme_to_change(session, visit, names["key"])


keeps("/directory/themes/{key}/introductions/{as_at}", _may_write)


def _load(session: Session, visit: Visit, theme: ThemeShape, as_at: date, text: str) -> None:
    said = {"as_at": as_at.isoformat(), "text": {"format": "html", "value": text}}
    facts = {"facts": "1", "themes": [plain(theme) | {"introductions": [said]}]}
    try:
        load_within_reach(session, visit.here.blobs, facts, by=visit.account, now=visit.now)
    except FaultyFacts as faulty:
        raise FaultyForm([Fault("text", fault.what) for fault in faulty.faults], ["text"]) from faulty


def _page(
    session: Session, visit: Visit, key: str, as_at: date, form: Form = NOTHING_TYPED, *, is_theirs: bool = False
) -> Response:
    theme = theme_to_change(session, visit, key)
    form, earlier = begun(session, visit, form)
    now = _text(theme, as_at)
    before = max((one for one in theme.introductions if one.as_at < as_at), key=lambda one: one.as_at, default=None)
    return page(
        visit,
        "directory/introduction.html",
        f"Introduction of {theme.name}, as at {in_words(as_at)}",
        form=form,
        begun=earlier,
        here=visit.request.url.path,
        theme=theme,
        now=now,
        before=before,
        seen=_seen(now) if is_theirs or not form.typed else form.value("seen"),
        is_theirs=is_theirs,
    )


def _text(theme: ThemeShape, as_at: date) -> str:
    """What the theme's introduction as at that day says; nothing where there is none."""
    return next((one.text for one in theme.introductions if one.as_at == as_at), "")


def _seen(text: str) -> str:
    """What who writes was shown."""
    return sha256(text.encode()).hexdigest()[:16]


def _address(key: str) -> str:
    return f"/directory/themes/{key}/introductions"
