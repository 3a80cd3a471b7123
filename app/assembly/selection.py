"""Database → Snapshot: which facts a paper takes, as of which day. The only step that reads the database."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from app.assembly.snapshot import (
    BoardFacts,
    DimensionFacts,
    EarlierPaper,
    FrameworkFacts,
    IntroductionFacts,
    ItemFacts,
    PaperFacts,
    PersonFacts,
    RatingFacts,
    SchemeFacts,
    SectionFacts,
    Snapshot,
    TemplateFacts,
    ThemeFacts,
    UnusedWordingFacts,
    UpdateFacts,
    ValueFacts,
    WordingFacts,
    WorkstreamFacts,
)
from app.boards import queries as boards
from app.fields import KEPT
from app.formats.manifest import Manifest, parse_manifest
from app.formats.models import TemplateVersion
from app.frameworks import queries as frameworks
from app.frameworks.models import Framework
from app.papers import queries as papers
from app.papers.blocks import BLOCKS, FrameworkItemsBlock, OutlineBlock, default_blocks
from app.papers.models import OwnWording, Paper, Take
from app.people.models import Person
from app.workstreams import queries as workstreams
from app.workstreams.models import RagScheme, Theme, ThemeIntroduction, Update, Workstream

LONDON = ZoneInfo("Europe/London")
"""Where the users' days begin and end."""


def select_for(
    session: Session,
    paper: Paper,
    template: TemplateVersion,
    *,
    stage: Literal["preview", "draft"],
    label: str,
    now: datetime,
) -> Snapshot:
    """Every fact that the paper uses now, frozen; `paper` comes from `papers.queries` with all that it reads."""
    return _Selection(session, paper, template, now).snapshot(stage, label)


class _Selection:
    """One paper on its way into a snapshot."""

    def __init__(self, session: Session, paper: Paper, template: TemplateVersion, now: datetime) -> None:
        self.session = session
        self.paper = paper
        self.template = template
        self.manifest: Manifest = parse_manifest(template.manifest)
        self.today = now.astimezone(LONDON).date()
        self.previous = papers.previous(session, paper)
        self.cut_off = last_day(paper)
        self.sections = self._sections()
        self.blocks = [block for section in self.sections for block in section.blocks]

    def snapshot(self, stage: Literal["preview", "draft"], label: str) -> Snapshot:
        chosen = [choice.workstream for choice in self.paper.choices]
        shown = chosen + self._unchosen({workstream.id for workstream in chosen})
        tree = {theme.id: theme for theme in workstreams.tree(self.session, {w.theme_id for w in shown})}
        updates = self._updates([workstream.id for workstream in chosen])
        schemes = self._schemes(chosen, tree, updates)
        return Snapshot(
            stage=stage,
            label=label,
            template=TemplateFacts(number=self.template.number, digest=self.template.digest),
            manifest=self.manifest,
            paper=self._paper(),
            board=self._board(),
            previous=self._previous(),
            sections=self.sections,
            schemes=tuple(_scheme_facts(scheme) for scheme in sorted(schemes.values(), key=lambda s: s.key)),
            themes=self._themes(tree),
            workstreams=tuple(
                self._workstream(workstream, tree, schemes, updates.get(workstream.id, []), position < len(chosen))
                for position, workstream in enumerate(shown)
            ),
            frameworks=tuple(_framework(framework) for framework in self._frameworks(chosen)),
            consultees=tuple(self._person(consultee.person) for consultee in self.paper.consultees),
        )

    # The paper, its board, its series

    def _paper(self) -> PaperFacts:
        paper = self.paper
        return PaperFacts(
            reference=paper.reference,
            title=paper.title,
            organisation=paper.organisation.name,
            organisation_short=paper.organisation.short_name,
            marking=paper.marking,
            agenda_number=paper.agenda_number,
            series=paper.series.name if paper.series else None,
            chief_officer=self._person(paper.chief_officer) if paper.chief_officer else None,
            author=self._person(paper.author) if paper.author else None,
            cut_off=self.cut_off,
            since=self._since(),
            written_on=paper.written_on or self.today,
            approved_on=None,
            front_sheet=dict(paper.front_sheet),
        )

    def _board(self) -> BoardFacts:
        meeting, board = self.paper.meeting, self.paper.meeting.board
        following = boards.next_meeting(self.session, meeting)
        return BoardFacts(
            key=board.key,
            name=board.name,
            organisation=board.organisation.name,
            programme_title=board.programme_title,
            programme_year=board.programme_year,
            recipient=board.recipient,
            meeting_on=meeting.held_on,
            place=meeting.place,
            next_meeting_on=following.held_on if following else None,
        )

    def _previous(self) -> EarlierPaper | None:
        earlier = self.previous
        if earlier is None:
            return None
        return EarlierPaper(
            reference=earlier.reference,
            title=earlier.title,
            meeting_on=earlier.meeting.held_on,
            cut_off=last_day(earlier),
        )

    def _since(self) -> date | None:
        if self.paper.take is Take.LATEST:
            return None
        return last_day(self.previous) if self.previous else date.min

    def _person(self, person: Person) -> PersonFacts:
        return PersonFacts(key=person.key, name=person.name, post=post_held(person, self.paper.meeting.held_on))

    def _sections(self) -> tuple[SectionFacts, ...]:
        written = {section.key: section for section in self.paper.sections}
        facts = []
        for entry in self.manifest.sections:
            section = written.get(entry.key)
            own = BLOCKS.validate_python(section.blocks, context=KEPT) if section else ()
            heading = section.heading if section else None
            facts.append(SectionFacts(key=entry.key, heading=heading, blocks=own or default_blocks(entry)))
        return tuple(facts)

    # Themes, workstreams and what they report

    def _unchosen(self, chosen: set[int]) -> list[Workstream]:
        """Workstreams that only an outline of all names: read where one asks, so that others do not date a paper."""
        if not any(isinstance(block, OutlineBlock) and block.scope == "all" for block in self.blocks):
            return []
        every = workstreams.of_organisation(self.session, self.paper.organisation_id)
        return [workstream for workstream in every if workstream.id not in chosen]

    def _updates(self, workstream_ids: Sequence[int]) -> dict[int, list[Update]]:
        since = self._since()
        if since is None:
            found = workstreams.latest(self.session, workstream_ids, up_to=self.cut_off)
        else:
            found = workstreams.heads(self.session, workstream_ids, after=since, up_to=self.cut_off)
        updates: dict[int, list[Update]] = {}
        for update in found:
            updates.setdefault(update.workstream_id, []).append(update)
        return updates

    def _schemes(
        self, chosen: Iterable[Workstream], tree: dict[int, Theme], updates: dict[int, list[Update]]
    ) -> dict[int, RagScheme]:
        """The schemes that rate the chosen workstreams now, and those under which their updates were rated."""
        schemes = {scheme.id: scheme for w in chosen if (scheme := _scheme(tree[w.theme_id], tree))}
        rated = {rating.dimension.scheme_id for found in updates.values() for u in found for rating in u.ratings}
        return schemes | workstreams.schemes_by_id(self.session, rated - schemes.keys())

    def _themes(self, tree: dict[int, Theme]) -> tuple[ThemeFacts, ...]:
        introductions = workstreams.introductions(self.session, list(tree), up_to=self.cut_off)
        return tuple(
            ThemeFacts(
                key=theme.key,
                name=theme.name,
                parent=tree[theme.parent_id].key if theme.parent_id else None,
                scheme=theme.scheme.key if theme.scheme else None,
                introduction=_introduction(introductions.get(theme.id)),
            )
            for theme in tree.values()
        )

    def _workstream(
        self,
        workstream: Workstream,
        tree: dict[int, Theme],
        schemes: dict[int, RagScheme],
        updates: Sequence[Update],
        chosen: bool,
    ) -> WorkstreamFacts:
        theme = tree[workstream.theme_id]
        if not chosen:
            return _named_only(workstream, theme)
        now = _scheme(theme, tree)
        taken = {update.as_at for update in updates}
        own = [wording for wording in self.paper.own_wordings if wording.update.workstream_id == workstream.id]
        return WorkstreamFacts(
            ref=workstream.ref,
            name=workstream.name,
            theme=theme.key,
            chosen=True,
            owner=self._person(workstream.owner) if workstream.owner else None,
            serves=tuple(sorted(f"{item.framework.key}/{item.key}" for item in workstream.serves)),
            needs={part.part: part.need for part in workstream.parts},
            rating_source=workstream.rating_source or _rating_source(theme, tree),
            updates=tuple(self._update(update, _rated_under(update, schemes) or now, own) for update in updates),
            unused_wordings=tuple(
                UnusedWordingFacts(as_at=wording.update.as_at, part=wording.part)
                for wording in sorted(own, key=lambda wording: (wording.update.as_at, wording.part))
                if wording.update.as_at not in taken
            ),
        )

    def _update(self, update: Update, scheme: RagScheme | None, wordings: Sequence[OwnWording]) -> UpdateFacts:
        own = [wording for wording in wordings if wording.update.as_at == update.as_at]
        parts = {part.part: part.narrative for part in update.parts}
        order = {d.key: d.position for d in scheme.dimensions} if scheme else {}
        ratings = sorted(update.ratings, key=lambda rating: order.get(rating.dimension.key, 0))
        return UpdateFacts(
            as_at=update.as_at,
            revision=update.revision,
            nothing_to_report=update.nothing_to_report,
            parts=parts,
            own_wordings={w.part: WordingFacts(text=w.narrative, revision=w.update.revision) for w in own},
            stale=tuple(sorted(w.part for w in own if _is_stale(w, parts))),
            scheme=scheme.key if scheme else None,
            ratings=tuple(
                RatingFacts(
                    dimension=rating.dimension.key,
                    value=rating.value.key if rating.value else None,
                    source=rating.source,
                )
                for rating in ratings
            ),
        )

    def _frameworks(self, chosen: Iterable[Workstream]) -> Sequence[Framework]:
        asked = [block for block in self.blocks if isinstance(block, FrameworkItemsBlock)]
        keys = {block.framework for block in asked if block.framework}
        if any(block.framework is None for block in asked):
            keys |= {item.framework.key for workstream in chosen for item in workstream.serves}
        return frameworks.with_items(self.session, keys)


def last_day(paper: Paper) -> date:
    """The last day whose updates a paper takes: its cut-off, or else the day of its meeting."""
    return paper.cut_off or paper.meeting.held_on


def post_held(person: Person, day: date) -> str | None:
    """The post that a person holds on a day; of several, the one taken up last."""
    held = [
        post
        for post in person.posts
        if (post.starts_on is None or post.starts_on <= day) and (post.ends_on is None or day <= post.ends_on)
    ]
    return max(held, key=lambda post: (post.starts_on or date.min, post.title)).title if held else None


def _scheme(theme: Theme, tree: dict[int, Theme]) -> RagScheme | None:
    """The scheme of the theme, or of the nearest above it."""
    if theme.scheme is not None or theme.parent_id is None:
        return theme.scheme
    return _scheme(tree[theme.parent_id], tree)


def _rating_source(theme: Theme, tree: dict[int, Theme]) -> str | None:
    if theme.rating_source or theme.parent_id is None:
        return theme.rating_source
    return _rating_source(tree[theme.parent_id], tree)


def _introduction(introduction: ThemeIntroduction | None) -> IntroductionFacts | None:
    if introduction is None:
        return None
    return IntroductionFacts(as_at=introduction.as_at, revision=introduction.revision, text=introduction.narrative)


def _named_only(workstream: Workstream, theme: Theme) -> WorkstreamFacts:
    return WorkstreamFacts(
        ref=workstream.ref,
        name=workstream.name,
        theme=theme.key,
        chosen=False,
        owner=None,
        serves=(),
        needs={},
        rating_source=None,
        updates=(),
        unused_wordings=(),
    )


def _rated_under(update: Update, schemes: dict[int, RagScheme]) -> RagScheme | None:
    """The scheme of the update's ratings, which may not be the one that its theme has today."""
    used = {rating.dimension.scheme_id for rating in update.ratings}
    return schemes[min(used)] if used else None


def _is_stale(wording: OwnWording, parts: dict[str, str]) -> bool:
    """Whether the update was corrected, in this part, after it was reworded."""
    reworded = {part.part: part.narrative for part in wording.update.parts}
    return reworded.get(wording.part, "") != parts.get(wording.part, "")


def _scheme_facts(scheme: RagScheme) -> SchemeFacts:
    return SchemeFacts(
        key=scheme.key,
        name=scheme.name,
        values=tuple(
            ValueFacts(
                key=value.key,
                label=value.label,
                meaning=value.meaning,
                background=value.background,
                colour=value.colour,
            )
            for value in scheme.values
        ),
        dimensions=tuple(
            DimensionFacts(key=dimension.key, label=dimension.label, meaning=dimension.meaning)
            for dimension in scheme.dimensions
        ),
    )


def _framework(framework: Framework) -> FrameworkFacts:
    keys = {item.id: item.key for item in framework.items}
    return FrameworkFacts(
        key=framework.key,
        name=framework.name,
        edition=framework.edition,
        items=tuple(
            ItemFacts(
                key=item.key,
                parent=keys[item.parent_id] if item.parent_id else None,
                kind=item.kind,
                number=item.number,
                text=item.text,
            )
            for item in framework.items
        ),
    )
