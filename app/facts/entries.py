"""Shapes of the facts file to what the nouns' commands take: the same facts without their outer form."""

import binascii
from base64 import b64decode
from collections.abc import Iterator, Mapping

from app.boards.commands import BoardEntry, MeetingEntry, SeriesEntry
from app.facts.shapes import (
    NOT_RATED,
    BoardShape,
    FrameworkItemShape,
    FrameworkShape,
    OrganisationShape,
    PaperShape,
    PersonShape,
    RagSchemeShape,
    RatingShape,
    SeriesShape,
    ThemeShape,
    UpdateShape,
    WorkstreamShape,
)
from app.formats.fields import FIELD_VALUES
from app.frameworks.commands import FrameworkEntry, ItemEntry
from app.papers.blocks import BLOCKS
from app.papers.commands import PaperEntry, SectionEntry, WordingEntry
from app.people.commands import OrganisationEntry, PersonEntry
from app.workstreams.commands import (
    DimensionEntry,
    IntroductionEntry,
    SchemeEntry,
    ThemeEntry,
    UpdateEntry,
    ValueEntry,
    WorkstreamEntry,
)
from app.workstreams.queries import RatingContent, UpdateContent


class NotBase64(Exception):  # noqa: N818 - becomes one fault among others
    """A template is not written in base 64."""


def template_bytes(template: str) -> bytes:
    """The bytes of a template written in base 64, on one line or several; raises NotBase64."""
    try:
        return b64decode("".join(template.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotBase64 from error


def organisation_entry(shape: OrganisationShape) -> OrganisationEntry:
    """What the shape says."""
    return OrganisationEntry(key=shape.key, name=shape.name, short_name=shape.short_name)


def person_entry(shape: PersonShape) -> PersonEntry:
    """What the shape says."""
    return PersonEntry(
        key=shape.key,
        name=shape.name,
        organisation=shape.organisation,
        posts=tuple((post.title, post.starts_on, post.ends_on) for post in shape.posts),
        aliases=shape.aliases,
        contact=shape.contact,
        staff_number=shape.staff_number,
    )


def framework_entry(shape: FrameworkShape) -> FrameworkEntry:
    """What the shape says."""
    return FrameworkEntry(
        key=shape.key,
        name=shape.name,
        edition=shape.edition,
        organisation=shape.organisation,
        starts_on=shape.starts_on,
        ends_on=shape.ends_on,
        items=tuple(_item_entry(item) for item in shape.items),
    )


def _item_entry(shape: FrameworkItemShape) -> ItemEntry:
    below = tuple(_item_entry(item) for item in shape.items)
    return ItemEntry(key=shape.key, kind=shape.kind, number=shape.number, text=shape.text, items=below)


def scheme_entry(shape: RagSchemeShape) -> SchemeEntry:
    """What the shape says."""
    return SchemeEntry(
        key=shape.key,
        name=shape.name,
        values=tuple(
            ValueEntry(
                key=value.key,
                label=value.label,
                meaning=value.meaning,
                background=value.background,
                colour=value.colour,
            )
            for value in shape.values
        ),
        dimensions=tuple(
            DimensionEntry(key=dimension.key, label=dimension.label, meaning=dimension.meaning)
            for dimension in shape.dimensions
        ),
    )


def board_entry(shape: BoardShape) -> BoardEntry:
    """What the shape says."""
    return BoardEntry(
        key=shape.key,
        name=shape.name,
        organisation=shape.organisation,
        programme_title=shape.programme_title,
        programme_year=shape.programme_year,
        recipient=shape.recipient,
        format=shape.format,
        deadlines=shape.deadlines,
        meetings=tuple(
            MeetingEntry(
                held_on=meeting.held_on,
                place=meeting.place,
                agenda=tuple((item.number, item.title) for item in meeting.agenda),
            )
            for meeting in shape.meetings
        ),
    )


def series_entry(shape: SeriesShape) -> SeriesEntry:
    """What the shape says."""
    return SeriesEntry(key=shape.key, name=shape.name, board=shape.board)


def theme_entry(shape: ThemeShape) -> ThemeEntry:
    """What the shape says of the theme itself."""
    return ThemeEntry(
        key=shape.key,
        name=shape.name,
        organisation=shape.organisation,
        parent=shape.parent,
        position=shape.position,
        scheme=shape.rag_scheme,
        rating_source=shape.rating_source,
    )


def introduction_entries(shape: ThemeShape) -> Iterator[IntroductionEntry]:
    """What the shape says under the theme, as at its dates."""
    for introduction in shape.introductions:
        yield IntroductionEntry(theme=shape.key, as_at=introduction.as_at, narrative=introduction.text)


def workstream_entry(shape: WorkstreamShape) -> WorkstreamEntry:
    """What the shape says of the workstream itself."""
    return WorkstreamEntry(
        ref=shape.ref,
        name=shape.name,
        theme=shape.theme,
        owner=shape.owner,
        position=shape.position,
        rating_source=shape.rating_source,
        serves=shape.serves,
        parts=shape.parts,
    )


def update_entries(shape: WorkstreamShape) -> Iterator[UpdateEntry]:
    """What the workstream reports, as at its dates."""
    for update in shape.updates:
        yield UpdateEntry(workstream=shape.ref, as_at=update.as_at, content=update_content(update))


def update_content(shape: UpdateShape) -> UpdateContent:
    """What the update says; a part without a word is no part."""
    return UpdateContent(
        nothing_to_report=shape.nothing_to_report,
        parts={part: narrative for part, narrative in shape.parts.items() if narrative},
        ratings=rating_contents(shape),
    )


def rating_contents(shape: UpdateShape) -> Mapping[str, RatingContent]:
    """Dimension → rating, whichever way the file writes it."""
    ratings: dict[str, RatingContent] = {}
    for dimension, said in shape.ratings.items():
        rating = said if isinstance(said, RatingShape) else RatingShape(value=said)
        value = None if rating.value == NOT_RATED else rating.value
        ratings[dimension] = RatingContent(value=value, source=rating.source)
    return ratings


def paper_entry(shape: PaperShape) -> PaperEntry:
    """What the shape says."""
    return PaperEntry(
        reference=shape.reference,
        title=shape.title,
        organisation=shape.organisation,
        format=shape.format,
        board=shape.board,
        meeting=shape.meeting,
        series=shape.series,
        agenda_number=shape.agenda_number,
        marking=shape.marking,
        chief_officer=shape.chief_officer,
        author=shape.author,
        take=shape.take,
        cut_off=shape.cut_off,
        fields=FIELD_VALUES.dump_python(dict(shape.fields), mode="json"),
        workstreams=shape.workstreams,
        own_wordings=tuple(
            WordingEntry(workstream=wording.workstream, as_at=wording.as_at, part=wording.part, narrative=wording.text)
            for wording in shape.own_wordings
        ),
        consultees=shape.consultees,
        sections=tuple(
            SectionEntry(
                key=section.key,
                heading=section.heading,
                blocks=tuple(BLOCKS.dump_python(section.blocks, mode="json")),
            )
            for section in shape.sections
        ),
    )
