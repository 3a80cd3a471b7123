"""How far an account's eyes and hands reach: what belongs to another organisation does not exist for it.

Nor do papers of boards and markings that are not its own, where it is confined to some.

Papers belong to an organisation, themes too, and workstreams through their theme. Everything else (boards, persons,
frameworks, formats …) is seen by all; what all share is changed only by who may, and persons also by an account that
is confined to their organisation. An account that is confined to boards sees the other ones, and changes none of them
nor a series of one. Staff numbers are seen only by who may.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts.models import Account
from app.accounts.policy import Action, Matter, State
from app.boards.queries import boards_of_series
from app.errors import Fault, Hidden
from app.facts.decode import FaultyFacts
from app.facts.shapes import (
    BoardShape,
    FactsFile,
    PaperShape,
    PersonShape,
    SeriesShape,
    Shape,
    ThemeShape,
    WorkstreamShape,
)
from app.papers import queries as papers
from app.papers.queries import PaperKept
from app.people.queries import find_person, organisation_ids
from app.versions import queries as versions
from app.versions.commands import NoSuchThread
from app.versions.models import Comment, Release, Version
from app.web.trace import marking_of
from app.workstreams.queries import ThemePlace, theme_places, themes_of


class Reach:
    """What one account sees and changes, as one session finds it."""

    def __init__(self, session: Session, account: Account) -> None:
        self._session = session
        self._account = account
        self._seen: dict[str, bool] = {}
        self._printed: dict[int, str] = {}
        self._imprints: dict[int, versions.Imprint] = {}

    def paper(self, reference: str) -> PaperKept:
        """Whose the paper is and how it is marked; raises NoPaper, or Hidden where it is none for this account."""
        paper = papers.kept(self._session, reference)
        if not policy.exists_for(self._account, matter_of(paper)):
            raise Hidden(papers.NoPaper(reference))
        return paper

    def what_exists(self, reference: str) -> tuple[PaperKept, State]:
        """Whose the paper is, and how much of it exists for the account: all, as of a draft, or what was released.

        Raises NoPaper, or Hidden where it is none for this account.
        """
        paper = papers.kept(self._session, reference)
        if policy.exists_for(self._account, matter_of(paper)):
            return paper, State.DRAFT
        to = self.receives_as(State.RELEASED)
        # To whom a version was released is said by the release, whatever board its paper is for now.
        matter = replace(matter_of(paper, State.RELEASED), receiver_id=to)
        if to is not None and policy.exists_for(self._account, matter):
            found = versions.released(self._session, paper.id).values()
            if any(release.organisation_id == to and self.is_cleared_for(release.version) for release in found):
                return paper, State.RELEASED
        raise Hidden(papers.NoPaper(reference))

    def received(self, reference: str) -> Version | None:
        """The newest version that was released to the account, which knows the paper by it and by nothing later.

        None for who reads the paper's drafts. Raises as `what_exists`.
        """
        paper, state = self.what_exists(reference)
        if state is not State.RELEASED:
            return None
        to, found = self.receives_as(state), versions.released(self._session, paper.id)
        own = [release.version for release in found.values() if release.organisation_id == to]
        return list(filter(self.is_cleared_for, own))[-1]

    def version(self, reference: str, label: str) -> Version:
        """The paper's version with this label, loaded as in `versions.get`.

        It is marked for ever as it was printed, whatever the paper's marking is now. Raises NoPaper or NoSuchVersion,
        or Hidden in the words of these where it does not exist for this account.
        """
        _, state = self.what_exists(reference)
        version = versions.get(self._session, reference, label)
        to = self.receives_as(state)
        is_within = to is None or versions.is_released(self._session, version, to=to)
        if not (is_within and self.is_cleared_for(version)):
            raise Hidden(versions.NoSuchVersion(reference, label))
        return version

    def receives_as(self, state: State) -> int | None:
        """The id of the organisation to which versions must have been released; None for who reads drafts."""
        return policy.confined_to(self._account) if state is State.RELEASED else None

    def is_cleared_for(self, version: Version) -> bool:
        """Whether the account may see what bears the marking that is printed in this version."""
        if self._account.markings is None:
            return True
        printed = self._printed.get(version.id)
        return (marking_of(version) if printed is None else printed) in self._account.markings

    def expecting(self, found: list[Version]) -> list[Version]:
        """The same versions; `is_cleared_for` will ask the database nothing for each of them."""
        if self._account.markings is not None:
            self._printed |= versions.printed_markings(self._session, [version.id for version in found])
        return found

    def imprinted(self, found: Sequence[Release]) -> Sequence[Release]:
        """The same releases; `imprint` and `sees_release` will ask the database nothing for each of them."""
        self._imprints |= versions.imprints(self._session, [release.version_id for release in found])
        self._printed |= {number: printed.marking for number, printed in self._imprints.items()}
        return found

    def imprint(self, release: Release) -> versions.Imprint:
        """What the released version is known by."""
        if release.version_id not in self._imprints:
            self.imprinted([release])
        return self._imprints[release.version_id]

    def threads(self, paper: PaperKept) -> list[Sequence[Comment]]:
        """The threads of comments on the paper as the account sees them, each with the comment that began it first.

        Loaded as in `versions.comments`; without what was said of versions for which it is not cleared.
        """
        found = versions.comments(self._session, paper.id)
        return [
            [comment for comment in (thread, *thread.replies) if self.is_cleared_for(comment.version)]
            for thread in found
            if self.is_cleared_for(thread.version)
        ]

    def allow_thread(self, paper: PaperKept, number: int) -> None:
        """The thread that comment `number` began is one that the account sees; raises NoSuchThread, or Hidden."""
        there = {thread.number for thread in versions.comments(self._session, paper.id)}
        if number not in {comment.number for comment, *_ in self.threads(paper)}:
            missing = NoSuchThread(number)
            raise Hidden(missing) if number in there else missing

    def last_of_previous(self, reference: str) -> Version | None:
        """The last approved version of the paper before this one in its series, where it exists for the account.

        Where none is approved, its newest one.
        """
        paper = papers.previous(self._session, papers.get(self._session, reference))
        if paper is None:
            return None
        kept = papers.kept(self._session, paper.reference)
        last = versions.last_approved(self._session, paper.id) or versions.last(self._session, paper.id)
        exists = last is not None and policy.exists_for(self._account, matter_of(kept)) and self.is_cleared_for(last)
        return last if exists else None

    def sees_release(self, release: Release) -> bool:
        """Whether there is this release for the account; loaded as in `versions.releases`."""
        paper = release.version.paper
        matter = Matter(
            owner_id=paper.organisation_id,
            receiver_id=release.organisation_id,
            board=paper.meeting.board.key,
            marking=paper.marking,
            state=State.RELEASED,
        )
        return policy.exists_for(self._account, matter) and self.is_cleared_for(release.version)

    def allow(self, action: Action, reference: str) -> PaperKept:
        """The paper, with which the account may do that; raises as `what_exists`, or Forbidden."""
        paper, state = self.what_exists(reference)
        policy.authorise(self._account, action, matter_of(paper, state))
        return paper

    def sees(self, shape: Shape) -> bool:
        """Whether this exists for the account."""
        if isinstance(shape, PaperShape):
            return policy.exists_for(self._account, self._matter(shape))
        if isinstance(shape, ThemeShape):
            return self._sees_organisation(shape.organisation)
        if isinstance(shape, WorkstreamShape):
            return self._sees_theme(shape.theme)
        return True

    def looks_after(self, shape: Shape) -> bool:
        """Whether this is no board, nor a series of one, that is none of those to which the account is confined."""
        if isinstance(shape, BoardShape):
            return self._has_board(shape.key)
        return not isinstance(shape, SeriesShape) or self._has_board(shape.board)

    def shown(self, shape: Shape) -> Shape:
        """The shape as this account sees it: a person without the staff number, for most."""
        if isinstance(shape, PersonShape) and not policy.may(self._account, Action.READ_STAFF_NUMBERS):
            return shape.model_copy(update={"staff_number": None})
        return shape

    def complete(self, facts: FactsFile) -> FactsFile:
        """The file with what the account could not see: a staff number that is kept stays as it is."""
        if policy.may(self._account, Action.READ_STAFF_NUMBERS) or not facts.people:
            return facts
        return facts.model_copy(update={"people": tuple(map(self._with_staff_number, facts.people))})

    def allow_loading(self, facts: FactsFile) -> None:
        """Everything that the file changes or refers to is within reach.

        Raises:
            RoleMayNot: it has something that all organisations share, which is not for this account to change.
            NotYourWorkstream: it reports a workstream that somebody else reports.
            FaultyFacts: with what is not within reach.
        """
        if self._has_shared(facts):
            policy.authorise(self._account, Action.CHANGE_SHARED_FACTS)
        if not policy.is_confined(self._account):
            return
        faults = [*self._boards(facts), *self._themes(facts), *self._workstreams(facts), *self._papers(facts)]
        if faults:
            raise FaultyFacts("The facts cannot be loaded; nothing was changed.", faults)
        for workstream in facts.workstreams:
            if workstream.updates:
                own = policy.confined_to(self._account) or _NOBODYS  # whose it is was looked at above
                policy.authorise(self._account, Action.WRITE_UPDATES, Matter(owner_id=own, workstream=workstream.ref))

    def _has_shared(self, facts: FactsFile) -> bool:
        if facts.organisations or facts.boards or facts.series or facts.frameworks or facts.rag_schemes:
            return True
        return not all(self._is_own(person) for person in facts.people)

    def _is_own(self, person: PersonShape) -> bool:
        """Whether the account is confined to the organisation that the person is in, and goes on being in."""
        own = policy.confined_to(self._account)
        there = find_person(self._session, person.key)
        if own is None or (there is not None and there.organisation_id != own):
            return False
        return organisation_ids(self._session, [person.organisation]).get(person.organisation) == own

    def _with_staff_number(self, person: PersonShape) -> PersonShape:
        there = find_person(self._session, person.key)
        if there is None or there.staff_number is None:
            return person
        return person.model_copy(update={"staff_number": there.staff_number})

    def _boards(self, facts: FactsFile) -> Iterator[Fault]:
        for number, board in enumerate(facts.boards):
            if not self._has_board(board.key):
                yield Fault(f"boards[{number}].key", _not_yours(board.key))
        kept = boards_of_series(self._session, (series.key for series in facts.series))
        for number, series in enumerate(facts.series):
            if series.key in kept and not self._has_board(kept[series.key]):
                yield Fault(f"series[{number}].key", f"“{series.key}” is a series of a board that is none of yours")
            if not self._has_board(series.board):
                yield Fault(f"series[{number}].board", _not_yours(series.board))

    def _has_board(self, key: str) -> bool:
        return self._account.boards is None or key in self._account.boards

    def _themes(self, facts: FactsFile) -> Iterator[Fault]:
        for number, theme in enumerate(facts.themes):
            if theme.key in self._places and not self._sees_theme(theme.key):
                yield Fault(f"themes[{number}].key", _nothing("theme", theme.key))
            yield from self._owner(f"themes[{number}].organisation", theme.organisation)

    def _workstreams(self, facts: FactsFile) -> Iterator[Fault]:
        said = {theme.key: theme.organisation for theme in facts.themes}
        existing = themes_of(self._session, (workstream.ref for workstream in facts.workstreams))
        for number, workstream in enumerate(facts.workstreams):
            if workstream.ref in existing and not self._sees_theme(existing[workstream.ref]):
                yield Fault(f"workstreams[{number}].ref", _nothing("workstream", workstream.ref))
            if workstream.theme not in said and not self._sees_theme(workstream.theme):
                yield Fault(f"workstreams[{number}].theme", _nothing("theme", workstream.theme))

    def _papers(self, facts: FactsFile) -> Iterator[Fault]:
        chosen = themes_of(self._session, (ref for paper in facts.papers for ref in paper.workstreams))
        for number, paper in enumerate(facts.papers):
            existing = papers.find_kept(self._session, paper.reference)
            if existing is not None and not policy.exists_for(self._account, matter_of(existing)):
                yield Fault(f"papers[{number}].reference", _nothing("paper", paper.reference))
            for name, own in (("board", self._account.boards), ("marking", self._account.markings)):
                if own is not None and getattr(paper, name) not in own:
                    yield Fault(f"papers[{number}].{name}", _not_yours(getattr(paper, name)))
            yield from self._owner(f"papers[{number}].organisation", paper.organisation)
            for place, ref in enumerate(paper.workstreams):
                if ref in chosen and not self._sees_theme(chosen[ref]):
                    yield Fault(f"papers[{number}].workstreams[{place}]", _nothing("workstream", ref))

    def _owner(self, place: str, organisation: str) -> Iterator[Fault]:
        if not self._sees_organisation(organisation):
            yield Fault(place, f"“{organisation}” is not your organisation")

    @cached_property
    def _places(self) -> dict[str, ThemePlace]:
        return theme_places(self._session)

    def _matter(self, paper: PaperShape) -> Matter:
        owner = organisation_ids(self._session, [paper.organisation]).get(paper.organisation, _NOBODYS)
        return Matter(owner_id=owner, board=paper.board, marking=paper.marking)

    def _sees_theme(self, theme: str) -> bool:
        # A theme that nobody knows is the loader's to name.
        return theme not in self._places or self._sees_organisation(self._places[theme].organisation)

    def _sees_organisation(self, key: str) -> bool:
        if key not in self._seen:
            number = organisation_ids(self._session, [key]).get(key, _NOBODYS)
            self._seen[key] = policy.sees(self._account, number)
        return self._seen[key]


def matter_of(paper: PaperKept, state: State = State.DRAFT) -> Matter:
    """The paper as a matter of the policy; a version of it in its own state."""
    return Matter(
        owner_id=paper.organisation_id,
        receiver_id=paper.receiver_id,
        board=paper.board,
        marking=paper.marking,
        state=state,
    )


_NOBODYS = -1
"""The id of no organisation: only who sees all sees what it owned."""


def _nothing(kind: str, name: str) -> str:
    return f"there is no {kind} “{name}”"


def _not_yours(name: str) -> str:
    return f"“{name}” is none of yours"
