"""Reading and writing one entry at a time: each PUT is a facts file with one entry, loaded like any other."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date
from operator import attrgetter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.accounts.models import Account
from app.blobs import Blobs
from app.errors import Fault, Hidden, NotFound
from app.facts.decode import FaultyFacts
from app.facts.shapes import PaperShape, Shape
from app.fields import KEY_PATTERN, Day, KeyText
from app.web.api.body import FaultyBody, JsonBody
from app.web.api.conditions import Conditions, Preconditions
from app.web.api.kinds import DATED, KINDS, SECTIONS, Kind, Listing, Part
from app.web.api.lists import Paging, every
from app.web.api.representation import AsText, etag_of, json_answer, plain, shown
from app.web.api.routing import for_accounts
from app.web.deps import FactsReader, FactsWriter, May, Now, Reading, Store, Writing
from app.web.loading import load_within_reach
from app.web.openapi import ETAG, LINK, gives, problems, takes
from app.web.reach import Reach
from app.web.trace import Tracing


class Missing(NotFound):
    """A part that the whole does not have."""


class Desk:
    """Where one entry is changed: what a PUT needs beside its address and body."""

    def __init__(self, session: Writing, blobs: Store, now: Now, conditions: Preconditions) -> None:
        self.session: Session = session
        self._blobs: Blobs = blobs
        self._now = now
        self._conditions: Conditions = conditions

    def put(self, kind: Kind, key: str, document: dict[str, Any], who: Account) -> Response:
        """The entry is as the document says; answers it as it is now, with 201 where it is new.

        Raises:
            PreconditionMissing, PreconditionFailed: it exists in another state than the client has seen.
            FaultyBody: with every fault, by its place in the document.
        """
        _agree(kind.key, key, document)
        before = visible(self.session, who, kind, key, must_exist=False)
        self._conditions.allow_writing(kind.named(key), etag_of(plain(before)) if before else None)
        self.load({"facts": "1", kind.plural: [document]}, f"{kind.plural}[0]", who)
        return written(visible(self.session, who, kind, key), is_new=before is None)

    def put_part(self, part: Part, key: str, own: date | str, document: dict[str, Any], who: Account) -> Response:
        """The part of an entry is as the document says; else as `put`. Raises NotFound where there is no whole."""
        _agree(part.key, str(own), document)
        whole = visible(self.session, who, part.kind, key)
        before = part.of(whole, own)
        thing = f"The {part.word} “{own}” of {part.kind.word} “{key}”"
        etag = etag_of(plain(before)) if before else None
        if not part.settled:
            self._conditions.allow_writing(thing, etag)
        entry, place = part.placed(whole, own, document)
        facts = {"facts": "1", part.kind.plural: [entry]}
        self.load(facts, f"{part.kind.plural}[0].{part.list}[{place}]", who)
        after = part.of(part.kind.read(self.session, key), own)
        if after is None:
            raise Missing(part.word, own)
        if part.settled and etag != etag_of(plain(after)):
            self._conditions.allow_writing(thing, etag)  # refused, it undoes the load
        return written(after, is_new=before is None)

    def take_out(self, part: Part, key: str, own: date | str, who: Account) -> Response:
        """The whole has no such part any more.

        Raises:
            NotFound: there is no such whole, or it has no such part.
            PreconditionMissing, PreconditionFailed: it is in another state than the client has seen.
        """
        whole = visible(self.session, who, part.kind, key)
        before = part.of(whole, own)
        if before is None:
            raise Missing(part.word, f"{key}, {own}")
        thing = f"The {part.word} “{own}” of {part.kind.word} “{key}”"
        self._conditions.allow_writing(thing, etag_of(plain(before)))
        rest = [plain(shape) for shape in getattr(whole, part.list) if shape != before]
        facts = {"facts": "1", part.kind.plural: [plain(whole) | {part.list: rest}]}
        self.load(facts, f"{part.kind.plural}[0]", who)
        return Response(status_code=204)

    def load(self, document: dict[str, Any], place: str, who: Account) -> None:
        """The facts are loaded; faults are told by their places below `place`."""
        try:
            load_within_reach(self.session, self._blobs, document, by=who, now=self._now)
        except FaultyFacts as error:
            raise FaultyBody("What was sent is not right; nothing was changed.", _below(place, error)) from error


AtDesk = Annotated[Desk, Depends(scope="function")]


def visible(session: Session, who: Account, kind: Kind, key: str, *, must_exist: bool = True) -> Any:
    """The entry with this key as the account sees it, if there is one; one that exists but not for it is not found.

    Raises:
        NotFound: it does not exist and must, or (Hidden) belongs to another organisation.
    """
    entry = kind.read(session, key) if must_exist else kind.find(session, key)
    if entry is None:
        return None
    reach = Reach(session, who)
    if not reach.sees(entry):
        raise Hidden(Missing(kind.word, key))
    return reach.shown(entry)


def written(shape: Shape, *, is_new: bool) -> Response:
    """The entry as it is now, with its ETag."""
    document = plain(shape)
    return json_answer(document, 201 if is_new else 200, {"ETag": etag_of(document)})


def _agree(name: str, key: str, document: dict[str, Any]) -> None:
    said = document.get(name, key)
    if said != key:
        sentence = f"says “{str(said)[:100]}”, but the address says “{key}”"
        raise FaultyBody("Address and body speak of different things.", [Fault(name, sentence)])


def _below(place: str, error: FaultyFacts) -> list[Fault]:
    return [Fault(fault.where.removeprefix(place).lstrip("."), fault.what) for fault in error.faults]


def router() -> APIRouter:
    """The routes of every kind and part."""
    routes = for_accounts()
    for kind in KINDS:
        if kind.page is not None:
            _list_route(routes, kind, kind.page)
        _get_route(routes, kind)
        _put_route(routes, kind)
    for part in DATED:
        _dated_routes(routes, part)
    _section_routes(routes)
    return routes


def _list_route(routes: APIRouter, kind: Kind, page_of: Callable[..., Sequence[Shape]]) -> None:
    listed = kind.listed or kind.shape
    left_out = kind.shape.model_fields.keys() - listed.model_fields.keys()

    @routes.get(
        f"/{kind.address}",
        tags=[kind.tag],
        summary=f"List {kind.words}",
        description=f"{kind.says} In the order of their keys."
        + "".join(f" The list leaves {name} out." for name in sorted(left_out)),
        operation_id=f"list_{kind.plural}",
        responses={
            200: gives(
                Listing[listed],  # type: ignore[valid-type]
                "One page of the list.",
                example={"items": [_less(kind.example, left_out)], "next": None},
                headers=LINK,
            ),
            **problems(),
        },
        response_class=Response,
    )
    def list_entries(who: FactsReader, session: Reading, page: Paging, as_text: AsText = False) -> Response:
        reach = Reach(session, who)
        entries = every(
            lambda after, size: page_of(session, after=after, limit=size),
            page.after,
            size=page.limit + 1,
            key=attrgetter(kind.key),
            wanted=reach.sees,
        )
        return page.of(
            entries,
            key=attrgetter(kind.key),
            show=lambda entry: reach.shown(entry).model_dump(mode="json", exclude=left_out),
            as_text=as_text,
        )


def _get_route(routes: APIRouter, kind: Kind) -> None:
    @routes.get(
        f"/{kind.address}/{{{kind.key}}}",
        tags=[kind.tag],
        summary=f"Read {kind.one}",
        description=f"{kind.says} The answer can be sent back with PUT.",
        operation_id=f"get_{kind.plural}",
        responses=_get_responses(kind.shape, kind.word, kind.example),
        response_class=Response,
    )
    def get_entry(
        *,
        who: FactsReader,
        session: Reading,
        conditions: Preconditions,
        trace: Tracing,
        as_text: AsText = False,
        key: str = _key(kind),
    ) -> Response:
        entry = visible(session, who, kind, key)
        if isinstance(entry, PaperShape):
            trace.reading(entry.reference, entry.marking, "paper")
        return shown(entry, conditions, as_text=as_text)


def _put_route(routes: APIRouter, kind: Kind) -> None:
    @routes.put(
        f"/{kind.address}/{{{kind.key}}}",
        tags=[kind.tag],
        summary=f"Write {kind.one}",
        description=f"{kind.says} What is sent is checked as a whole, against what is there, before any of it is kept.",
        operation_id=f"put_{kind.plural}",
        openapi_extra=takes(kind.shape, dict(kind.example)),
        responses=_put_responses(kind.shape, kind.word, kind.example),
        response_class=Response,
    )
    def put_entry(
        who: Annotated[Account, Depends(May(kind.changing))],
        document: JsonBody,
        desk: AtDesk,
        key: str = _key(kind),
    ) -> Response:
        return desk.put(kind, key, document, who)


def _dated_routes(routes: APIRouter, part: Part) -> None:
    address = f"/{part.kind.address}/{{{part.kind.key}}}/{part.list}"
    its_key, its_day = _key(part.kind), _day(part)

    @routes.get(
        address,
        tags=[part.kind.tag],
        summary=f"List the {part.words} of {part.kind.one}",
        description=f"{part.says} In the order of their dates.",
        operation_id=f"list_{part.kind.plural}_{part.list}",
        responses={
            200: gives(
                Listing[part.shape],  # type: ignore[name-defined]
                "One page of the list.",
                example={"items": [part.example], "next": None},
                headers=LINK,
            ),
            **problems(404),
        },
        response_class=Response,
    )
    def list_parts(
        who: FactsReader, session: Reading, page: Paging, as_text: AsText = False, key: str = its_key
    ) -> Response:
        def day(shape: Shape) -> str:
            return str(getattr(shape, part.key))

        parts = sorted(getattr(visible(session, who, part.kind, key), part.list), key=day)
        return page.of((shape for shape in parts if day(shape) > page.after), key=day, show=plain, as_text=as_text)

    @routes.get(
        f"{address}/{{{part.key}}}",
        tags=[part.kind.tag],
        summary=f"Read one of the {part.words} of {part.kind.one}",
        description=f"{part.says} The answer can be sent back with PUT.",
        operation_id=f"get_{part.kind.plural}_{part.list}",
        responses=_get_responses(part.shape, part.word, part.example),
        response_class=Response,
    )
    def get_part(
        *,
        who: FactsReader,
        session: Reading,
        conditions: Preconditions,
        as_text: AsText = False,
        key: str = its_key,
        day: Day = its_day,
    ) -> Response:
        return shown(_part(session, who, part, key, day), conditions, as_text=as_text)

    @routes.put(
        f"{address}/{{{part.key}}}",
        tags=[part.kind.tag],
        summary=f"Write one of the {part.words} of {part.kind.one}",
        description=part.says
        + (" Sending what is there already changes nothing and needs no If-Match." if part.settled else ""),
        operation_id=f"put_{part.kind.plural}_{part.list}",
        openapi_extra=takes(part.shape, dict(part.example)),
        responses=_put_responses(part.shape, part.word, part.example),
        response_class=Response,
    )
    def put_part(
        who: Annotated[Account, Depends(May(part.changing))],
        document: JsonBody,
        desk: AtDesk,
        key: str = its_key,
        day: Day = its_day,
    ) -> Response:
        return desk.put_part(part, key, day, document, who)


def _section_routes(routes: APIRouter) -> None:
    part = SECTIONS

    @routes.get(
        "/papers/{reference}/sections/{section}",
        tags=["papers"],
        summary="Read one section of a paper",
        description=f"{part.says} The answer can be sent back with PUT.",
        operation_id="get_papers_sections",
        responses=_get_responses(part.shape, part.word, part.example),
        response_class=Response,
    )
    def get_section(
        *,
        reference: KeyText,
        section: KeyText,
        who: FactsReader,
        session: Reading,
        conditions: Preconditions,
        trace: Tracing,
        as_text: AsText = False,
    ) -> Response:
        found = _part(session, who, part, reference, section)
        paper = Reach(session, who).paper(reference)
        trace.reading(reference, paper.marking, "paper")
        return shown(found, conditions, as_text=as_text)

    @routes.put(
        "/papers/{reference}/sections/{section}",
        tags=["papers"],
        summary="Write one section of a paper",
        description=f"{part.says} The paper's other sections stay as they are.",
        operation_id="put_papers_sections",
        openapi_extra=takes(part.shape, dict(part.example)),
        responses=_put_responses(part.shape, part.word, part.example),
        response_class=Response,
    )
    def put_section(
        reference: KeyText, section: KeyText, who: FactsWriter, document: JsonBody, desk: AtDesk
    ) -> Response:
        return desk.put_part(part, reference, section, document, who)

    @routes.delete(
        "/papers/{reference}/sections/{section}",
        tags=["papers"],
        summary="Take one section out of a paper",
        description="What the paper itself said under this heading is taken out: the format's own blocks hold again. "
        "Needs the section's ETag as If-Match.",
        operation_id="delete_papers_sections",
        status_code=204,
        responses={204: gives(None, "The section is the format's again."), **problems(404, 409, 412, 428)},
        response_class=Response,
    )
    def delete_section(reference: KeyText, section: KeyText, who: FactsWriter, desk: AtDesk) -> Response:
        return desk.take_out(part, reference, section, who)


def _part(session: Session, who: Account, part: Part, key: str, own: date | str) -> Shape:
    found = part.of(visible(session, who, part.kind, key), own)
    if found is None:
        raise Missing(part.word, f"{key}, {own}")
    return found


def _key(kind: Kind) -> Any:
    return Path(alias=kind.key, pattern=KEY_PATTERN, max_length=100, examples=[kind.example[kind.key]])


def _day(part: Part) -> Any:
    return Path(alias=part.key, examples=[part.example[part.key]])


def _less(example: Mapping[str, Any], left_out: Collection[str]) -> dict[str, Any]:
    return {name: value for name, value in example.items() if name not in left_out}


def _get_responses(shape: type[Shape], word: str, example: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {
        200: gives(shape, f"The {word}.", example=example, headers=ETAG),
        304: gives(None, "It is as the client knows it (If-None-Match).", headers=ETAG),
        **problems(404),
    }


def _put_responses(shape: type[Shape], word: str, example: Mapping[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {
        200: gives(shape, f"The {word} as it is now.", example=example, headers=ETAG),
        201: gives(shape, f"The {word} that was made.", example=example, headers=ETAG),
        **problems(404, 409, 412, 413, 415, 428),
    }
