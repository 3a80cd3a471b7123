"""What is wrong with a facts file beyond its shape: names of nothing, things said twice, what cannot be together."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import chain

from sqlalchemy.orm import Session

from app.assembly.context import vocabulary
from app.errors import Fault
from app.facts.check_papers import paper_faults, unknown_parts
from app.facts.check_pictures import picture_faults
from app.facts.decode import listed
from app.facts.entries import NotBase64, rating_contents, template_bytes, update_content
from app.facts.known import Known, Scale, every_item, known
from app.facts.places import backwards, nothing, nothing_each, twice
from app.facts.shapes import (
    NOT_RATED,
    BoardShape,
    FactsFile,
    FormatShape,
    FrameworkShape,
    PersonShape,
    RagSchemeShape,
    SeriesShape,
    ThemeShape,
    UpdateShape,
    WorkstreamShape,
)
from app.formats.commands import faults_of
from app.word.contrast import LEAST_CONTRAST, contrast
from app.workstreams.queries import head_digests, scheme_above


def faults_in_facts(session: Session, facts: FactsFile) -> list[Fault]:
    """The faults of the file against itself and the database, kind by kind; empty when it can be loaded.

    Where there are many, the last entry says how many more there are.
    """
    names = known(session, facts)
    return listed(
        chain(
            _said_twice(facts),
            _faults(facts, names),
            _rating_faults(session, facts, names),
            picture_faults(session, facts),
        )
    )


def _said_twice(facts: FactsFile) -> Iterator[Fault]:
    yield from twice("organisations", [organisation.key for organisation in facts.organisations], "key")
    yield from twice("people", [person.key for person in facts.people], "key")
    yield from twice("frameworks", [framework.key for framework in facts.frameworks], "key")
    yield from twice("rag_schemes", [scheme.key for scheme in facts.rag_schemes], "key")
    yield from twice("formats", [format_.key for format_ in facts.formats], "key")
    yield from twice("boards", [board.key for board in facts.boards], "key")
    yield from twice("series", [series.key for series in facts.series], "key")
    yield from twice("themes", [theme.key for theme in facts.themes], "key")
    yield from twice("workstreams", [workstream.ref for workstream in facts.workstreams], "ref")
    yield from twice("papers", [paper.reference for paper in facts.papers], "reference")


def _faults(facts: FactsFile, names: Known) -> Iterator[Fault]:
    for number, person in enumerate(facts.people):
        yield from _person(f"people[{number}]", person, names)
    for number, framework in enumerate(facts.frameworks):
        yield from _framework(f"frameworks[{number}]", framework, names)
    for number, scheme in enumerate(facts.rag_schemes):
        yield from _scheme(f"rag_schemes[{number}]", scheme)
    for number, format_ in enumerate(facts.formats):
        yield from _format(f"formats[{number}]", format_)
    for number, board in enumerate(facts.boards):
        yield from _board(f"boards[{number}]", board, names)
    for number, series in enumerate(facts.series):
        yield from _series(f"series[{number}]", series, names)
    for number, theme in enumerate(facts.themes):
        yield from _theme(f"themes[{number}]", theme, names)
    for number, workstream in enumerate(facts.workstreams):
        yield from _workstream(f"workstreams[{number}]", workstream, names)
    for number, paper in enumerate(facts.papers):
        yield from paper_faults(f"papers[{number}]", paper, names)
    yield from unknown_parts(facts, names)


def _person(place: str, person: PersonShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.organisation", "organisation", person.organisation, names.organisations)
    yield from twice(f"{place}.posts", [(post.title, post.starts_on, post.ends_on) for post in person.posts])
    yield from twice(f"{place}.aliases", person.aliases)
    for number, post in enumerate(person.posts):
        yield from backwards(f"{place}.posts[{number}].ends_on", post.starts_on, post.ends_on)


def _framework(place: str, framework: FrameworkShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.organisation", "organisation", framework.organisation, names.organisations)
    yield from backwards(f"{place}.ends_on", framework.starts_on, framework.ends_on)
    first: dict[str, str] = {}
    for here, item in every_item(framework.items, place):
        if first.setdefault(item.key, here) != here:
            yield Fault(f"{here}.key", f"“{item.key}” stands twice: it is also {first[item.key]}")


def _scheme(place: str, scheme: RagSchemeShape) -> Iterator[Fault]:
    yield from twice(f"{place}.values", [value.key for value in scheme.values], "key")
    yield from twice(f"{place}.values", [value.label for value in scheme.values], "label")
    yield from twice(f"{place}.dimensions", [dimension.key for dimension in scheme.dimensions], "key")
    yield from twice(f"{place}.dimensions", [dimension.label for dimension in scheme.dimensions], "label")
    for number, value in enumerate(scheme.values):
        if value.key == NOT_RATED:
            yield Fault(f"{place}.values[{number}].key", f"“{NOT_RATED}” is what an update says that has no value")
        ratio = contrast(value.colour, value.background)
        if ratio < LEAST_CONTRAST:
            yield Fault(
                f"{place}.values[{number}].colour",
                f"“{value.label}” in {value.colour} on {value.background} has a contrast of {int(ratio * 100) / 100}"
                f" : 1; it must be at least {LEAST_CONTRAST} : 1 to be readable",
            )


def _format(place: str, format_: FormatShape) -> Iterator[Fault]:
    try:
        template = template_bytes(format_.template)
    except NotBase64:
        yield Fault(f"{place}.template", "is not written in base 64")
        return
    for fault in faults_of(format_.key, format_.manifest, template, vocabulary()):
        yield Fault(f"{place}.{fault.where}", fault.what)


def _board(place: str, board: BoardShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.organisation", "organisation", board.organisation, names.organisations)
    yield from nothing(f"{place}.format", "format", board.format, names.formats)
    yield from twice(f"{place}.meetings", [meeting.held_on for meeting in board.meetings], "held_on")
    for number, meeting in enumerate(board.meetings):
        agenda = [item.number for item in meeting.agenda]
        yield from twice(f"{place}.meetings[{number}].agenda", agenda, "number")


def _series(place: str, series: SeriesShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.board", "board", series.board, names.boards)


def _theme(place: str, theme: ThemeShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.organisation", "organisation", theme.organisation, names.organisations)
    yield from nothing(f"{place}.parent", "theme", theme.parent, names.themes)
    yield from nothing(f"{place}.rag_scheme", "RAG scheme", theme.rag_scheme, names.schemes)
    yield from twice(f"{place}.introductions", [said.as_at for said in theme.introductions], "as_at")
    for number, said in enumerate(theme.introductions):
        if not said.text:
            yield Fault(f"{place}.introductions[{number}].text", "says nothing; leave the introduction out")
    if theme.parent is None:
        return
    if _stands_above_itself(theme.key, names):
        yield Fault(f"{place}.parent", f"“{theme.parent}” stands itself below “{theme.key}”: a theme cannot go round")
    elif theme.parent in names.themes and names.themes[theme.parent].organisation != theme.organisation:
        other = names.themes[theme.parent].organisation
        yield Fault(f"{place}.parent", f"“{theme.parent}” belongs to “{other}”, this theme to “{theme.organisation}”")


def _stands_above_itself(theme: str, names: Known) -> bool:
    seen: set[str] = set()
    above = names.themes[theme].parent
    while above is not None and above in names.themes and above not in seen:
        if above == theme:
            return True
        seen.add(above)
        above = names.themes[above].parent
    return False


def _workstream(place: str, workstream: WorkstreamShape, names: Known) -> Iterator[Fault]:
    yield from nothing(f"{place}.theme", "theme", workstream.theme, names.themes)
    yield from nothing(f"{place}.owner", "person", workstream.owner, names.persons)
    yield from nothing_each(f"{place}.serves", "item of a framework", workstream.serves, names.items)
    yield from twice(f"{place}.serves", workstream.serves)
    yield from twice(f"{place}.updates", [update.as_at for update in workstream.updates], "as_at")
    for number, update in enumerate(workstream.updates):
        if update.nothing_to_report and any(update.parts.values()):
            yield Fault(
                f"{place}.updates[{number}].nothing_to_report", "says that there is nothing to report, and yet reports"
            )


def _rating_faults(session: Session, facts: FactsFile, names: Known) -> Iterator[Fault]:
    """Ratings outside the scheme that rates under the theme; what was recorded under an earlier scheme may stay."""
    suspects: list[tuple[str, UpdateShape, list[Fault]]] = []
    for number, workstream in enumerate(facts.workstreams):
        if workstream.theme not in names.themes:
            continue
        key = scheme_above(names.themes, workstream.theme)
        if key is not None and key not in names.schemes:
            continue
        scale = names.schemes[key] if key else None
        for count, update in enumerate(workstream.updates):
            place = f"workstreams[{number}].updates[{count}].ratings"
            faults = list(_ratings(place, update, workstream.theme, key, scale))
            if faults:
                suspects.append((workstream.ref, update, faults))
    recorded = head_digests(session, (ref for ref, _, _ in suspects)) if suspects else {}
    for ref, update, faults in suspects:
        if not _is_recorded(recorded, ref, update):
            yield from faults


def _is_recorded(recorded: dict[tuple[str, date], tuple[int, str]], ref: str, update: UpdateShape) -> bool:
    head = recorded.get((ref, update.as_at))
    return head is not None and head[1] == update_content(update).digest


def _ratings(place: str, update: UpdateShape, theme: str, key: str | None, scale: Scale | None) -> Iterator[Fault]:
    if scale is None:
        if update.ratings:
            yield Fault(place, f"nothing can be rated: neither the theme “{theme}” nor one above it has a RAG scheme")
        return
    for dimension, rating in rating_contents(update).items():
        if dimension not in scale.dimensions:
            yield Fault(
                f"{place}.{dimension}",
                f"“{dimension}” is no dimension of the scheme “{key}”, which has {_listed(scale.dimensions)}",
            )
        if rating.value is not None and rating.value not in scale.values:
            yield Fault(
                f"{place}.{dimension}",
                f"“{rating.value}” is no value of the scheme “{key}”, which has {_listed(scale.values)} or {NOT_RATED}",
            )


def _listed(keys: Iterable[str]) -> str:
    return ", ".join(sorted(keys))
