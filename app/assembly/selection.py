"""Database → Snapshot: which facts a paper takes, as of which day. The only step that reads the database."""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from sqlalchemy.orm import Session

from app.assembly.clearing import Cleared, ToClear, prints_other_facts, to_clear, with_clearances
from app.assembly.public_copy import Shown, public_values, without_marked_words
from app.assembly.snapshot import (
    ActionFacts,
    BoardFacts,
    DimensionFacts,
    EarlierPaper,
    FrameworkFacts,
    IntroductionFacts,
    ItemFacts,
    PaperFacts,
    PersonFacts,
    RatingFacts,
    RequestFacts,
    SchemeFacts,
    Snapshot,
    TemplateFacts,
    ThemeFacts,
    UnusedWordingFacts,
    UpdateFacts,
    ValueFacts,
    WordingFacts,
    WorkstreamFacts,
)
from app.assembly.standing import Standing, Written
from app.boards import queries as boards
from app.boards.deadlines import LONDON
from app.fields import KEPT
from app.formats.fields import FIELD_VALUES, FieldKind, Values
from app.formats.manifest import Manifest, parse_manifest
from app.formats.models import TemplateVersion
from app.frameworks import queries as frameworks
from app.frameworks.models import Framework
from app.papers import queries as papers
from app.papers.blocks import (
    BLOCKS,
    ActionsBlock,
    FrameworkItemsBlock,
    ObjectiveBlock,
    OutlineBlock,
    PeopleBlock,
    persons_in,
)
from app.papers.models import Consultee, OwnWording, Paper, Take
from app.people import queries as people
from app.people.models import Person
from app.rounds import queries as rounds
from app.rounds.models import AnswerKind, Request
from app.rounds.standing import valid_answer
from app.versions import queries as versions
from app.workstreams import queries as workstreams
from app.workstreams.models import RagScheme, Theme, ThemeIntroduction, Workstream
from app.workstreams.queries import Described, Revision

SENSITIVE = "SENSITIVE"
"""What the marking of a paper says whose words go into no other's, and whose readers are written down."""


def select_for(
    session: Session,
    paper: Paper,
    template: TemplateVersion,
    *,
    stage: Literal["preview", "draft"],
    label: str,
    now: datetime,
    public: bool = False,
) -> Snapshot:
    """Every fact that the paper uses now, frozen; `paper` comes from `papers.queries.to_assemble`, or whole.

    The snapshot of a public copy has nothing that the format or the paper keeps from the public. Of `now` it takes the
    day in London.
    """
    snapshot = _Selection(session, paper, template, _day(now), public).snapshot(stage, label)
    return without_marked_words(snapshot) if public else snapshot


def _day(now: datetime) -> date:
    return now.astimezone(LONDON).date()


class _Selection:
    """One paper on its way into a snapshot."""

    def __init__(self, session: Session, paper: Paper, template: TemplateVersion, today: date, public: bool) -> None:
        self.session = session
        self.paper = paper
        self.template = template
        self.manifest: Manifest = parse_manifest(template.manifest)
        self.today = today
        earlier = papers.previous(session, paper)
        self.previous = _Before(session, earlier) if earlier else None
        self.cut_off = last_day(paper)
        self.public = public
        values = FIELD_VALUES.validate_python(paper.fields)
        # Conditions ask every field, those too that the public copy does not have.
        self.standing = Standing(self.manifest, values, public)
        self.fields = public_values(self.manifest, values) if public else values
        self.written = {
            section.key: Written(section.heading, BLOCKS.validate_python(section.blocks, context=KEPT), section.carried)
            for section in paper.sections
        }
        self._set_sections({}, {})
        self.to_clear = self._to_clear(values)
        self.cleared = self._cleared()
        if self.to_clear:
            self._set_sections(self.to_clear, self.cleared)

    def _set_sections(self, needed: Mapping[str, ToClear], cleared: Mapping[str, Cleared]) -> None:
        standing = self.standing.sections(self.written)
        self.sections = tuple(with_clearances(section, needed, cleared) for section in standing)
        self.blocks = [block for section in self.sections for block in section.blocks]

    def _to_clear(self, values: Values) -> dict[str, ToClear]:
        """Place → the text of the full paper that must be cleared there."""
        sections = Standing(self.manifest, values).sections(self.written)
        snapshot = None
        if prints_other_facts(self.manifest, sections):
            if self.public:
                return _Selection(self.session, self.paper, self.template, self.today, False).to_clear
            snapshot = self.snapshot("preview", "")
        return {needed.place: needed for needed in to_clear(self.manifest, sections, snapshot)}

    def snapshot(self, stage: Literal["preview", "draft"], label: str) -> Snapshot:
        chosen = self._chosen()
        others = self._unchosen({workstream.id for workstream in chosen})
        used = {workstream.theme_id for workstream in chosen} | {workstream.theme_id for workstream in others}
        tree = {theme.id: theme for theme in workstreams.tree(self.session, used)}
        updates = self._updates(chosen)
        schemes = self._schemes(chosen, tree, updates)
        return Snapshot(
            stage=stage,
            label=label,
            public=self.public,
            template=TemplateFacts(number=self.template.number, digest=self.template.digest),
            manifest=self.manifest,
            paper=self._paper(),
            board=self._board(),
            previous=self._previous(),
            front_rows=self.standing.rows(),
            sections=self.sections,
            unprinted_sections=self.standing.unprinted(self.written),
            schemes=tuple(_scheme_facts(scheme) for scheme in sorted(schemes.values(), key=lambda s: s.key)),
            themes=self._themes(tree),
            workstreams=(
                *(self._shown(self._workstream(w, tree, schemes, updates.get(w.id, []))) for w in chosen),
                *(self._shown(_named_only(workstream, tree[workstream.theme_id])) for workstream in others),
            ),
            frameworks=tuple(_framework(framework) for framework in self._frameworks(chosen)),
            consultees=tuple(self._person(consultee.person) for consultee in self._consultees()),
            persons=self._persons(),
            actions=tuple(self._actions()),
        )

    def _actions(self) -> Iterator[ActionFacts]:
        """What is open of what earlier meetings asked for, where the paper prints it."""
        if not self._prints_actions():
            return
        for action in papers.open_actions(self.session, self.paper):
            is_told = self._may_repeat(action.paper)
            yield ActionFacts(
                paper=action.paper.reference,
                number=action.number,
                asked_on=action.paper.meeting.held_on,
                text=action.text if is_told else _elsewhere(action.paper),
                owner=self._person(action.owner) if action.owner and is_told else None,
                due_on=action.due_on,
            )

    def _may_repeat(self, earlier: Paper) -> bool:
        """No words about a paper that is marked sensitive stand in one that is marked otherwise."""
        return earlier.marking == self.paper.marking or SENSITIVE not in earlier.marking.upper()

    def _prints_actions(self) -> bool:
        return any(isinstance(block, ActionsBlock) for block in self.blocks)

    def _cleared(self) -> dict[str, Cleared]:
        """Place → who cleared the text that stands there now."""
        if not self.to_clear:
            return {}
        given = papers.clearances(self.session, self.paper.id)
        return {
            place: Cleared(self._person(row.person), row.cleared_on)
            for place, needed in self.to_clear.items()
            if (row := given.get((place, needed.digest)))
        }

    # The paper, its board, its series

    def _paper(self) -> PaperFacts:
        paper, rows = self.paper, set(self.standing.rows())
        # Who wrote a paper is on its front sheet, and nowhere else.
        said = {row.source for row in self.manifest.front_sheet if not self.public or row.key in rows}
        return PaperFacts(
            reference=paper.reference,
            title=paper.title,
            organisation=paper.organisation.name,
            organisation_short=paper.organisation.short_name,
            marking=paper.marking,
            agenda_number=paper.agenda_number,
            series=paper.series.name if paper.series else None,
            chief_officer=self._person(paper.chief_officer)
            if paper.chief_officer and "chief-officer" in said
            else None,
            author=self._person(paper.author) if paper.author and "author" in said else None,
            cut_off=self.cut_off,
            since=self._since(),
            written_on=paper.written_on or self.today,
            approved_on=None,
            fields=self.fields,
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
        if self.previous is None:
            return None
        earlier = self.previous.paper
        return EarlierPaper(
            reference=earlier.reference,
            title=earlier.title,
            meeting_on=earlier.meeting.held_on,
            cut_off=self.previous.last_day,
            outcome=self._outcome(earlier),
        )

    def _outcome(self, earlier: Paper) -> str | None:
        """What its meeting made of the earlier paper, as it was said last, where this one prints it."""
        said = papers.outcomes(self.session, earlier.id) if self._prints_actions() else ()
        if not said:
            return None
        return said[-1].text if self._may_repeat(earlier) else _elsewhere(earlier)

    def _since(self) -> date | None:
        if self.paper.take is Take.LATEST:
            return None
        return self.previous.last_day if self.previous else date.min

    def _person(self, person: Person) -> PersonFacts:
        return PersonFacts(key=person.key, name=person.name, post=post_held(person, self.paper.meeting.held_on))

    def _persons(self) -> dict[str, PersonFacts]:
        """Those whom the paper's fields name, with how to reach them, and those whom its blocks name."""
        fields = self.manifest.every_field
        named = {
            value
            for key, value in self.fields.items()
            if key in fields and fields[key].kind is FieldKind.PERSON and isinstance(value, str)
        }
        reachable = set() if self.public else named
        rows = people.persons_by_key(
            self.session, named | {key for block in self.blocks for _, key in persons_in(block)}
        )
        return {
            key: self._person(rows[key]).model_copy(update={"contact": rows[key].contact if key in reachable else None})
            for key in sorted(rows)
        }

    # What the copy prints of workstreams and consultees

    def _chosen(self) -> list[Described]:
        chosen = workstreams.described(self.session, [choice.workstream_id for choice in self.paper.choices])
        if not self.public:
            return chosen
        tree = {theme.id: theme for theme in workstreams.tree(self.session, {w.theme_id for w in chosen})}
        self.printed = Shown(self.blocks, {theme.key: _path(theme, tree) for theme in tree.values()})
        return [workstream for workstream in chosen if self.printed.has(tree[workstream.theme_id].key)]

    def _shown(self, workstream: WorkstreamFacts) -> WorkstreamFacts:
        """The workstream with what this copy prints of it."""
        if not self.public:
            return workstream
        updates = tuple(
            update.model_copy(
                update={
                    "parts": self.printed.of(workstream.theme, update.parts),
                    "own_wordings": self.printed.of(workstream.theme, update.own_wordings),
                }
            )
            for update in workstream.updates
        )
        return workstream.model_copy(update={"updates": updates, "unused_wordings": ()})

    def _consultees(self) -> Sequence[Consultee]:
        shown = not self.public or any(isinstance(block, PeopleBlock) for block in self.blocks)
        return self.paper.consultees if shown else ()

    # Themes, workstreams and what they report

    def _unchosen(self, chosen: set[int]) -> list[Workstream]:
        """Workstreams that only an outline of all names: read where one asks, so that others do not date a paper."""
        if not any(isinstance(block, OutlineBlock) and block.scope == "all" for block in self.blocks):
            return []
        every = workstreams.of_organisation(self.session, self.paper.organisation_id)
        return [workstream for workstream in every if workstream.id not in chosen]

    def _updates(self, chosen: Sequence[Described]) -> dict[int, list[Revision]]:
        refs = {workstream.id: workstream.ref for workstream in chosen}
        sent_back = rounds.taken_back(self.session, refs)
        updates: dict[int, list[Revision]] = {}
        for update in self._taken(refs, sent_back):
            updates.setdefault(update.workstream_id, []).append(update)
        self.requests = rounds.of_meetings(self.session, papers.meetings_of(self.session, self.paper), refs)
        for update in self._carried_forward(refs.keys() - updates.keys(), sent_back):
            updates[update.workstream_id] = [update]
        return updates

    def _taken(self, refs: Mapping[int, str], sent_back: Collection[int]) -> list[Revision]:
        """What the workstreams reported, as far as the paper takes it; `refs` are their references, by their ids."""
        since = self._since()
        if since is None:
            return workstreams.latest_revisions(self.session, refs, up_to=self.cut_off, without=sent_back)
        late = self.previous.open_until if self.previous else None
        found = workstreams.head_revisions(
            self.session, refs, after=since, recorded_from=late, up_to=self.cut_off, without=sent_back
        )
        before = self.previous
        if before is None or all(update.as_at > since for update in found):
            return found
        unheard = {u.workstream_id for u in found if u.as_at <= since and not before.had(refs[u.workstream_id])}
        last = workstreams.latest_revisions(self.session, unheard, up_to=since, without=sent_back)
        newest = {update.workstream_id: update.as_at for update in last}
        return [
            update
            for update in found
            if update.as_at > since
            or before.lacked(refs[update.workstream_id], update, newest.get(update.workstream_id, since))
        ]

    def _carried_forward(self, workstream_ids: Iterable[int], sent_back: Collection[int]) -> list[Revision]:
        """The updates of which answers of these workstreams say that they go on being true: their newest revisions."""
        days: dict[int, date] = {}
        for number in workstream_ids:
            request = self.requests.get(number)
            answer = valid_answer(request) if request else None
            if answer and answer.kind is AnswerKind.NO_CHANGE and answer.update.as_at <= self.cut_off:
                days[number] = answer.update.as_at
        if not days:
            return []
        before = min(days.values()) - timedelta(days=1)
        latest = max(days.values())
        found = workstreams.head_revisions(self.session, days, after=before, up_to=latest, without=sent_back)
        return [update for update in found if update.as_at == days[update.workstream_id]]

    def _answered(self, request: Request | None, update: UpdateFacts, newest: bool) -> UpdateFacts:
        """The update with what the answer to the round says of it."""
        answer = valid_answer(request) if request else None
        if answer is None or answer.update.as_at != update.as_at or not newest:
            return update
        if answer.kind is AnswerKind.NO_CHANGE:
            return update.model_copy(update={"still_true": True})
        subject = answer.subject if update.nothing_to_report else None
        return update.model_copy(update={"subject": subject})

    def _schemes(
        self, chosen: Iterable[Described], tree: dict[int, Theme], updates: dict[int, list[Revision]]
    ) -> dict[int, RagScheme]:
        """The schemes that rate the chosen workstreams now, and those under which their updates were rated."""
        schemes = {scheme.id: scheme for w in chosen if (scheme := _scheme(tree[w.theme_id], tree))}
        rated = {rating.scheme_id for found in updates.values() for u in found for rating in u.ratings}
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
        workstream: Described,
        tree: dict[int, Theme],
        schemes: dict[int, RagScheme],
        updates: Sequence[Revision],
    ) -> WorkstreamFacts:
        theme = tree[workstream.theme_id]
        now = _scheme(theme, tree)
        taken = {update.as_at for update in updates}
        own = [wording for wording in self.paper.own_wordings if wording.update.workstream_id == workstream.id]
        request = self.requests.get(workstream.id)
        return WorkstreamFacts(
            ref=workstream.ref,
            name=workstream.name,
            theme=theme.key,
            chosen=True,
            owner=self._person(workstream.owner) if workstream.owner else None,
            serves=tuple(sorted(f"{framework}/{item}" for framework, item in workstream.serves)),
            needs=workstream.needs,
            rating_source=workstream.rating_source or _rating_source(theme, tree),
            updates=tuple(
                self._answered(
                    request, self._update(update, _rated_under(update, schemes) or now, own), update is updates[-1]
                )
                for update in updates
            ),
            request=_open_request(request) if request else None,
            unused_wordings=tuple(
                UnusedWordingFacts(as_at=wording.update.as_at, part=wording.part)
                for wording in sorted(own, key=lambda wording: (wording.update.as_at, wording.part))
                if wording.update.as_at not in taken
            ),
        )

    def _update(self, update: Revision, scheme: RagScheme | None, wordings: Sequence[OwnWording]) -> UpdateFacts:
        own = [wording for wording in wordings if wording.update.as_at == update.as_at]
        order = {d.key: d.position for d in scheme.dimensions} if scheme else {}
        ratings = sorted(update.ratings, key=lambda rating: order.get(rating.dimension, 0))
        return UpdateFacts(
            as_at=update.as_at,
            revision=update.revision,
            nothing_to_report=update.nothing_to_report,
            parts=dict(update.parts),
            own_wordings={w.part: WordingFacts(text=w.narrative, revision=w.update.revision) for w in own},
            stale=tuple(sorted(w.part for w in own if _is_stale(w, update.parts))),
            scheme=scheme.key if scheme else None,
            ratings=tuple(
                RatingFacts(dimension=rating.dimension, value=rating.value, source=rating.source) for rating in ratings
            ),
        )

    def _frameworks(self, chosen: Iterable[Described]) -> Sequence[Framework]:
        asked = [block for block in self.blocks if isinstance(block, FrameworkItemsBlock)]
        keys = {block.framework for block in asked if block.framework}
        keys |= {block.item.partition("/")[0] for block in self.blocks if isinstance(block, ObjectiveBlock)}
        sets_apart = any(entry.workstreams.objectives for entry in self.manifest.sections)
        if sets_apart or any(block.framework is None for block in asked):
            keys |= {framework for workstream in chosen for framework, _ in workstream.serves}
        return frameworks.with_items(self.session, keys)


class _Before:
    """The paper before in the series, and what it took: as it was frozen, or as it stands while it is a draft."""

    def __init__(self, session: Session, paper: Paper) -> None:
        self.paper = paper
        self.submission = versions.frozen(session, paper)

    @cached_property
    def last_day(self) -> date:
        """The last day whose updates it took."""
        if self.submission is None:
            return last_day(self.paper)
        # The one fact that every later paper asks for: of hundreds of workstreams, none need be read for it.
        said = json.loads(self.submission.version.snapshot)
        return date.fromisoformat(said["paper"]["cut_off"])

    @property
    def open_until(self) -> datetime | None:
        """What was recorded before this moment it could take; what came later, or was corrected later, it could not."""
        return self.submission.at - WAITING if self.submission else None

    def had(self, ref: str) -> bool:
        """Whether it says anything that the workstream reported."""
        return bool(self._revisions.get(ref))

    def lacked(self, ref: str, update: Revision, newest: date) -> bool:
        """Whether the workstream reported this, on a day that it took, in time for the next paper only.

        What it says otherwise was corrected since. What is older than all that it could take is not news, whenever it
        was written down. `newest` is the day of the workstream's last update up to its last day, which it would have
        taken where it had nothing to say.
        """
        told = self._revisions.get(ref, {})
        if update.as_at in told:
            return told[update.as_at] != update.revision
        since = self._snapshot.paper.since if self._snapshot else None
        return update.as_at >= min(told, default=newest) if since is None else update.as_at > since

    @cached_property
    def _snapshot(self) -> Snapshot | None:
        return Snapshot.from_json(self.submission.version.snapshot) if self.submission else None

    @cached_property
    def _revisions(self) -> dict[str, dict[date, int]]:
        """Reference of a workstream → the days on which it reported what stands there, with their revisions."""
        shown = self._snapshot.workstreams if self._snapshot else ()
        return {w.ref: {update.as_at: update.revision for update in w.updates} for w in shown}


WAITING = timedelta(minutes=15)
"""Longer than a change waits between its time, as it is recorded, and its turn to be stored."""


def _elsewhere(earlier: Paper) -> str:
    """Says that there is something, and where, in place of words that may not be repeated."""
    return f"Recorded with the paper {earlier.reference}, which is marked {earlier.marking}."


def clearances_of(
    session: Session, paper: Paper, template: TemplateVersion, *, now: datetime
) -> list[tuple[ToClear, Cleared | None]]:
    """Every text of the paper that must be cleared, with its clearance, if it has one."""
    work = _Selection(session, paper, template, _day(now), False)
    return [(needed, work.cleared.get(place)) for place, needed in work.to_clear.items()]


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


def _path(theme: Theme, tree: dict[int, Theme]) -> list[str]:
    """The keys of the theme and of those above it."""
    return [theme.key, *(_path(tree[theme.parent_id], tree) if theme.parent_id else ())]


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


def _open_request(request: Request) -> RequestFacts | None:
    """The request, if an answer to it is still to come."""
    if valid_answer(request) is not None:
        return None
    return RequestFacts(due_on=request.round.due_on, sent_back=bool(request.answers))


def _rated_under(update: Revision, schemes: dict[int, RagScheme]) -> RagScheme | None:
    """The scheme of the update's ratings, which may not be the one that its theme has today."""
    used = {rating.scheme_id for rating in update.ratings}
    return schemes[min(used)] if used else None


def _is_stale(wording: OwnWording, parts: Mapping[str, str]) -> bool:
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
