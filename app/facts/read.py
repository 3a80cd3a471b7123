"""Facts out of the database in the shapes in which they go in: loading what these functions give changes nothing."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import date

from sqlalchemy.orm import Session

from app.blobs import Blobs
from app.boards import queries as boards_queries
from app.boards.models import Board, Meeting, Series
from app.facts.shapes import (
    NOT_RATED,
    AgendaItemShape,
    BoardShape,
    FactsFile,
    FormatShape,
    FrameworkItemShape,
    FrameworkShape,
    IntroductionShape,
    MeetingShape,
    OrganisationShape,
    OwnWordingShape,
    PaperShape,
    PersonShape,
    PostShape,
    RagDimensionShape,
    RagSchemeShape,
    RagValueShape,
    RatingShape,
    SectionShape,
    SeriesShape,
    ThemeShape,
    UpdateShape,
    WorkstreamShape,
)
from app.formats import queries as formats_queries
from app.formats.fields import FIELD_VALUES
from app.formats.models import TemplateVersion
from app.frameworks import queries as frameworks_queries
from app.frameworks.models import Framework, FrameworkItem
from app.papers import queries as papers_queries
from app.papers.blocks import BLOCKS
from app.papers.models import Paper
from app.people import queries as people_queries
from app.people.models import Organisation, Person
from app.workstreams import queries as workstreams_queries
from app.workstreams.models import RagScheme, Rating, Theme, ThemeIntroduction, Update, Workstream

# Shapes that hold prose are constructed without validation: what the database holds is canonical already, and a bare
# text would be taken for Markdown.


def organisation(session: Session, key: str) -> OrganisationShape:
    """The organisation with this key; raises NoOrganisation."""
    return _organisation(people_queries.get_organisation(session, key))


def organisations(session: Session, *, after: str = "", limit: int) -> list[OrganisationShape]:
    """At most `limit` organisations by key, behind the key `after`."""
    return [_organisation(row) for row in people_queries.organisations(session, after=after, limit=limit)]


def person(session: Session, key: str) -> PersonShape:
    """The person with this key; raises NoPerson."""
    return _person(people_queries.get_person(session, key))


def people(session: Session, *, after: str = "", limit: int) -> list[PersonShape]:
    """At most `limit` persons by key, behind the key `after`."""
    return [_person(row) for row in people_queries.persons(session, after=after, limit=limit)]


def framework(session: Session, key: str) -> FrameworkShape:
    """The framework with this key; raises NoFramework."""
    return _framework(frameworks_queries.get(session, key))


def frameworks(session: Session, *, after: str = "", limit: int) -> list[FrameworkShape]:
    """At most `limit` frameworks by key, behind the key `after`."""
    return [_framework(row) for row in frameworks_queries.frameworks(session, after=after, limit=limit)]


def rag_scheme(session: Session, key: str) -> RagSchemeShape:
    """The RAG scheme with this key; raises NoScheme."""
    return _scheme(workstreams_queries.get_scheme(session, key))


def rag_schemes(session: Session, *, after: str = "", limit: int) -> list[RagSchemeShape]:
    """At most `limit` RAG schemes by key, behind the key `after`."""
    return [_scheme(row) for row in workstreams_queries.schemes(session, after=after, limit=limit)]


def format_(session: Session, blobs: Blobs, key: str) -> FormatShape:
    """The live version of the format with this key; raises NoFormat or NothingLive."""
    return _format(blobs, formats_queries.live(session, key))


def formats(session: Session, blobs: Blobs, *, after: str = "", limit: int) -> list[FormatShape]:
    """Of at most `limit` formats by key, behind the key `after`: the live versions of those that have one."""
    keys = [row.key for row in formats_queries.formats(session, after=after, limit=limit)]
    live = formats_queries.live_versions(session, keys)
    return [_format(blobs, live[key]) for key in keys if key in live]


def board(session: Session, key: str) -> BoardShape:
    """The board with this key, with its meetings; raises NoBoard."""
    return _board(boards_queries.get(session, key))


def boards(session: Session, *, after: str = "", limit: int) -> list[BoardShape]:
    """At most `limit` boards by key, behind the key `after`."""
    return [_board(row) for row in boards_queries.boards(session, after=after, limit=limit)]


def meeting(session: Session, board: str, held_on: date) -> MeetingShape:
    """The board's meeting on that day; raises NoMeeting."""
    return meeting_shape(boards_queries.get_meeting(session, board, held_on))


def meeting_shape(row: Meeting) -> MeetingShape:
    """A meeting that was loaded with its agenda."""
    agenda = tuple(AgendaItemShape(number=item.number, title=item.title) for item in row.agenda)
    return MeetingShape(held_on=row.held_on, place=row.place, agenda=agenda)


def one_series(session: Session, key: str) -> SeriesShape:
    """The series with this key; raises NoSeries."""
    return _series(boards_queries.get_series(session, key))


def series(session: Session, *, after: str = "", limit: int) -> list[SeriesShape]:
    """At most `limit` series by key, behind the key `after`."""
    return [_series(row) for row in boards_queries.all_series(session, after=after, limit=limit)]


def theme(session: Session, key: str) -> ThemeShape:
    """The theme with this key, with the newest revisions of its introductions; raises NoTheme."""
    return _theme(session, workstreams_queries.get_theme(session, key))


def themes(session: Session, *, after: str = "", limit: int) -> list[ThemeShape]:
    """At most `limit` themes by key, behind the key `after`."""
    return [_theme(session, row) for row in workstreams_queries.themes(session, after=after, limit=limit)]


def workstream(session: Session, ref: str) -> WorkstreamShape:
    """The workstream with this reference, with the newest revisions of its updates; raises NoWorkstream."""
    row = workstreams_queries.get(session, ref)
    return _workstream(row, workstreams_queries.heads(session, [row.id]))


def workstream_alone(session: Session, ref: str) -> WorkstreamShape:
    """The workstream with this reference, without its updates; raises NoWorkstream."""
    return _workstream(workstreams_queries.get(session, ref), [])


def workstreams(session: Session, *, after: str = "", limit: int) -> list[WorkstreamShape]:
    """At most `limit` workstreams by reference, behind `after`, with the newest revisions of their updates."""
    rows = workstreams_queries.workstreams(session, after=after, limit=limit)
    updates: dict[int, list[Update]] = {}
    for row in workstreams_queries.heads(session, [row.id for row in rows]):
        updates.setdefault(row.workstream_id, []).append(row)
    return [_workstream(row, updates.get(row.id, [])) for row in rows]


def update(session: Session, ref: str, as_at: date) -> UpdateShape:
    """The newest revision of what the workstream reports as at that day; raises NoUpdate."""
    return update_shape(workstreams_queries.get_update(session, ref, as_at))


def update_shape(row: Update) -> UpdateShape:
    """One revision of an update that was loaded with parts and ratings."""
    return UpdateShape.model_construct(
        as_at=row.as_at,
        nothing_to_report=row.nothing_to_report,
        parts={part.part: part.narrative for part in sorted(row.parts, key=lambda part: part.part)},
        ratings={
            rating.dimension.key: _rating(rating)
            for rating in sorted(row.ratings, key=lambda rating: rating.dimension.position)
        },
    )


def introduction_shape(row: ThemeIntroduction) -> IntroductionShape:
    """One revision of a theme's introduction."""
    return IntroductionShape.model_construct(as_at=row.as_at, text=row.narrative)


def paper(session: Session, reference: str) -> PaperShape:
    """The paper with this reference; raises NoPaper."""
    return paper_shape(papers_queries.get(session, reference))


def papers(session: Session, *, after: str = "", limit: int) -> list[PaperShape]:
    """At most `limit` papers by reference, behind `after`."""
    rows = papers_queries.papers(session, after=after, limit=limit)
    return [paper(session, row.reference) for row in rows]


def everything(session: Session, blobs: Blobs) -> FactsFile:
    """The whole database as one facts file; formats without a live version are left out."""
    return FactsFile.model_construct(
        facts="1",
        organisations=tuple(organisations(session, limit=ALL)),
        people=tuple(people(session, limit=ALL)),
        frameworks=tuple(frameworks(session, limit=ALL)),
        rag_schemes=tuple(rag_schemes(session, limit=ALL)),
        formats=tuple(formats(session, blobs, limit=ALL)),
        boards=tuple(boards(session, limit=ALL)),
        series=tuple(series(session, limit=ALL)),
        themes=tuple(themes(session, limit=ALL)),
        workstreams=tuple(workstreams(session, limit=ALL)),
        papers=tuple(papers(session, limit=ALL)),
    )


ALL = 2**31 - 1
"""A limit that limits nothing."""


def _organisation(row: Organisation) -> OrganisationShape:
    return OrganisationShape(key=row.key, name=row.name, short_name=row.short_name)


def _person(row: Person) -> PersonShape:
    posts = sorted(row.posts, key=lambda post: (post.starts_on or date.min, post.title, post.ends_on or date.max))
    return PersonShape(
        key=row.key,
        name=row.name,
        organisation=row.organisation.key,
        posts=tuple(PostShape(title=post.title, starts_on=post.starts_on, ends_on=post.ends_on) for post in posts),
        aliases=tuple(sorted(alias.name for alias in row.aliases)),
        contact=row.contact,
        staff_number=row.staff_number,
    )


def _framework(row: Framework) -> FrameworkShape:
    below: dict[int | None, list[FrameworkItem]] = {}
    for item in row.items:
        below.setdefault(item.parent_id, []).append(item)
    return FrameworkShape(
        key=row.key,
        name=row.name,
        edition=row.edition,
        organisation=row.organisation.key,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        items=_items(below, None),
    )


def _items(below: dict[int | None, list[FrameworkItem]], parent: int | None) -> tuple[FrameworkItemShape, ...]:
    return tuple(
        FrameworkItemShape(
            key=item.key, kind=item.kind, number=item.number, text=item.text, items=_items(below, item.id)
        )
        for item in below.get(parent, [])
    )


def _scheme(row: RagScheme) -> RagSchemeShape:
    return RagSchemeShape(
        key=row.key,
        name=row.name,
        values=tuple(
            RagValueShape(
                key=value.key,
                label=value.label,
                meaning=value.meaning,
                background=value.background,
                colour=value.colour,
            )
            for value in row.values
        ),
        dimensions=tuple(
            RagDimensionShape(key=dimension.key, label=dimension.label, meaning=dimension.meaning)
            for dimension in row.dimensions
        ),
    )


def _format(blobs: Blobs, version: TemplateVersion) -> FormatShape:
    template = b64encode(blobs.get(version.template_digest)).decode()
    return FormatShape(key=version.format.key, manifest=version.manifest, template=template)


def _board(row: Board) -> BoardShape:
    return BoardShape(
        key=row.key,
        name=row.name,
        organisation=row.organisation.key,
        programme_title=row.programme_title,
        programme_year=row.programme_year,
        recipient=row.recipient,
        format=row.format_key,
        deadlines=dict(sorted(row.deadlines.items())),
        meetings=tuple(meeting_shape(meeting) for meeting in row.meetings),
    )


def _series(row: Series) -> SeriesShape:
    return SeriesShape(key=row.key, name=row.name, board=row.board.key)


def _theme(session: Session, row: Theme) -> ThemeShape:
    above = session.get(Theme, row.parent_id) if row.parent_id else None
    introductions = workstreams_queries.head_introductions(row)
    return ThemeShape.model_construct(
        key=row.key,
        name=row.name,
        organisation=row.organisation.key,
        parent=above.key if above else None,
        position=row.position,
        rag_scheme=row.scheme.key if row.scheme else None,
        rating_source=row.rating_source,
        introductions=tuple(introduction_shape(introduction) for introduction in introductions),
    )


def _workstream(row: Workstream, updates: Sequence[Update]) -> WorkstreamShape:
    return WorkstreamShape.model_construct(
        ref=row.ref,
        name=row.name,
        theme=row.theme.key,
        owner=row.owner.key if row.owner else None,
        position=row.position,
        rating_source=row.rating_source,
        serves=tuple(
            f"{item.framework.key}/{item.key}"
            for item in sorted(row.serves, key=lambda item: (item.framework.key, item.position))
        ),
        parts={part.part: part.need for part in sorted(row.parts, key=lambda part: part.part)},
        updates=tuple(update_shape(row) for row in updates),
    )


def _rating(row: Rating) -> RatingShape | str:
    value = row.value.key if row.value else NOT_RATED
    return value if row.source is None else RatingShape(value=value, source=row.source)


def paper_shape(row: Paper) -> PaperShape:
    """A paper that was loaded with everything that a generation reads."""
    return PaperShape.model_construct(
        reference=row.reference,
        title=row.title,
        organisation=row.organisation.key,
        format=row.format.key,
        board=row.meeting.board.key,
        meeting=row.meeting.held_on,
        series=row.series.key if row.series else None,
        agenda_number=row.agenda_number,
        marking=row.marking,
        chief_officer=row.chief_officer.key if row.chief_officer else None,
        author=row.author.key if row.author else None,
        take=row.take,
        cut_off=row.cut_off,
        fields=FIELD_VALUES.validate_python(dict(sorted(row.fields.items()))),
        workstreams=tuple(choice.workstream.ref for choice in row.choices),
        own_wordings=tuple(
            OwnWordingShape.model_construct(
                workstream=wording.update.workstream.ref,
                as_at=wording.update.as_at,
                part=wording.part,
                text=wording.narrative,
            )
            for wording in sorted(
                row.own_wordings, key=lambda own: (own.update.workstream.ref, own.update.as_at, own.part)
            )
        ),
        consultees=tuple(consultee.person.key for consultee in row.consultees),
        sections=tuple(
            SectionShape.model_construct(
                key=section.key, heading=section.heading, blocks=BLOCKS.validate_python(section.blocks)
            )
            for section in sorted(row.sections, key=lambda section: section.key)
        ),
    )
