"""From a draft to an approved version: submission, the candidate, the decision about its very bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256

from sqlalchemy.orm import Session

from app.accounts import policy
from app.accounts import queries as accounts
from app.accounts.models import Account, Role
from app.accounts.policy import Action, Matter
from app.assembly.assemble import assemble, draft_label, free_label, make
from app.assembly.clearing import ToClear
from app.assembly.regions import places_of
from app.assembly.selection import clearances_of, last_day, post_held, select_for
from app.assembly.snapshot import Snapshot
from app.assembly.wording import context_for, in_words
from app.blobs import Blobs
from app.boards.deadlines import LONDON
from app.db import lock
from app.errors import Conflict, Fault, Forbidden, Invalid
from app.formats import queries as formats
from app.formats.manifest import DecisionStep, Manifest, parse_manifest
from app.papers import commands as paper_commands
from app.papers import queries as papers
from app.papers.lifecycle import Deed, State
from app.papers.models import Paper
from app.people.models import Person
from app.people.queries import get_person, person_by_id, persons_by_id
from app.versions import commands as version_commands
from app.versions import queries as versions
from app.versions.commands import Document, Ruling
from app.versions.models import Comment, Decision, Submission, Verdict, Version


class NotReady(Invalid):
    """A paper cannot be submitted as it is; says everything that is in the way."""

    def __init__(self, paper: Paper, faults: list[Fault]) -> None:
        super().__init__(f"“{paper.title}” cannot be submitted yet.", faults)


class NothingToDecide(Conflict):
    """The paper is not in review, or not any more."""

    def __init__(self, paper: Paper) -> None:
        super().__init__(f"“{paper.title}” is not in review ({paper.state}): there is nothing to decide.")


class AnotherCandidate(Conflict):
    """What would be approved is not, or not any more, what was on screen."""

    def __init__(self, paper: Paper, digest: str) -> None:
        self.digest = digest
        super().__init__(
            f"“{paper.title}” is not what was on screen any more: another day, or another fact. "
            f"Read the candidate again; its digest is {digest} now."
        )


class AnotherSubmission(Conflict):
    """What would be sent back is not, or not any more, what was read."""

    def __init__(self, paper: Paper, number: int) -> None:
        super().__init__(
            f"“{paper.title}” was submitted again meanwhile: submission {number} is in review now. "
            f"Read it, and decide anew."
        )


class NothingToClear(Conflict):
    """The text that was to be cleared is not there, or not any more."""

    def __init__(self, paper: Paper, place: str) -> None:
        super().__init__(f"“{paper.title}” has no such text at “{place}” now. Read it again, and decide anew.")


class NoSuchPlace(Invalid):
    """A comment is about something that the version does not have."""

    def __init__(self, version: Version) -> None:
        super().__init__("What was sent is not right.", [Fault("place", f"version {version.label} has no such place")])


class DatesOutOfOrder(Invalid):
    """The days of writing, approval and meeting do not follow one another."""


class PlaceOfAWriter(Forbidden):
    """Two people: nobody decides in the place of who wrote the paper."""

    def __init__(self, person: Person) -> None:
        super().__init__(f"“{person.name}” wrote or submitted the paper: nobody decides on it in that person's place.")


class PlaceOfAStranger(Forbidden):
    """Only somebody of the organisation whose paper it is decides on it."""

    def __init__(self, person: Person, paper: Paper) -> None:
        super().__init__(f"“{person.name}” does not belong to {paper.organisation.name}, whose paper it is.")


class AnothersName(Forbidden):
    """A text is cleared by the person who is named, or written down by the secretary."""

    def __init__(self, person: Person) -> None:
        super().__init__(f"“{person.name}” is somebody else: you clear in your own name. A board secretary records it.")


class AnothersStep(Forbidden):
    """The step is decided by another role."""

    def __init__(self, step: DecisionStep) -> None:
        super().__init__(f"“{step.label}” is decided by the role “{step.role}”.")


DECIDED_BY = {Role.APPROVER.value: Action.DECIDE, Role.SECRETARY.value: Action.CHECK}
"""Role of a step → what its account must be allowed to do."""


@dataclass(frozen=True)
class Candidate:
    """What is decided on next: these bytes."""

    submission: Submission
    step: DecisionStep
    is_last: bool
    """Whether approval makes these bytes a version; else they are the submitted version's."""
    document: Document | None
    """What approval of the last step would keep."""
    content: bytes
    digest: str
    """SHA-256 of the bytes."""
    file_name: str
    label: str
    decided_on: date


@dataclass(frozen=True)
class Elsewhere:
    """A decision that was made outside the service: when, and where that is written."""

    decided_on: date
    evidence: str


def submit(
    session: Session, blobs: Blobs, reference: str, *, by: Account, now: datetime, written_on: date | None = None
) -> Submission:
    """The paper is in review: its facts of this moment are frozen in a kept version.

    `written_on` is the day on which it was written, where the text has changed since the day that it bears.

    Raises:
        PaperIsNotOpen: the paper is no draft.
        NotReady: with every gap, every date out of order, and what the author must say.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    paper_commands.require(paper, Deed.SUBMIT)
    faults = _faults(session, paper, now, written_on)
    if faults:
        raise NotReady(paper, faults)
    if written_on is not None:
        paper.written_on = written_on
    version = assemble(session, blobs, reference, by=by, now=now).version
    earlier = versions.standing(session, paper.id)
    number = earlier.number + 1 if earlier else 1
    submission = version_commands.lay_before(session, paper=paper, version=version, number=number, by=by.key, now=now)
    paper_commands.advance(session, paper, Deed.SUBMIT, by=by.key, at=now)
    return submission


def in_the_way(session: Session, reference: str, *, now: datetime) -> list[Fault]:
    """What keeps the paper from being submitted as it is: every gap, every date out of order, what is not cleared."""
    return _faults(session, papers.to_assemble(session, reference), now, None)


def clear(
    session: Session,
    reference: str,
    *,
    place: str,
    digest: str,
    person: str,
    day: date | None,
    by: Account,
    now: datetime,
) -> None:
    """The text that stands at that place now is cleared by the person, on that day (today, without one).

    Raises:
        PaperIsNotOpen: the paper is no draft: what was submitted had its clearances.
        NothingToClear: there is no such text, or not any more.
        DatesOutOfOrder: the day is still to come.
        NoPerson: there is no such person.
        AnothersName: the account is not that person's, nor a secretary's.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    paper_commands.require_open(paper)
    today = now.astimezone(LONDON).date()
    if day is not None and day > today:
        raise DatesOutOfOrder("Nothing is cleared on that day.", [Fault("cleared_on", "That day is still to come.")])
    template = formats.live(session, paper.format.key)
    texts = {needed.place: needed.digest for needed, _ in clearances_of(session, paper, template, now=now)}
    if texts.get(place) != digest:
        raise NothingToClear(paper, place)
    named = get_person(session, person)
    # Only who is linked to the person: whoever writes facts could make one that bears the name of their account.
    if by.role is not Role.SECRETARY and by.person_id != named.id:
        raise AnothersName(named)
    paper_commands.clear(session, paper, place=place, digest=digest, person=named, day=day or today, by=by.key, at=now)


def comment(session: Session, version: Version, *, place: str, text: str, by: Account, now: datetime) -> Comment:
    """A thread begins at that place (`regions.places_of`) of this version, which comes with its paper.

    Raises:
        NoSuchPlace: the version has no such place.
    """
    if place not in places_of(version.snapshot):
        raise NoSuchPlace(version)
    paper = papers.kept(session, version.paper.reference)
    return version_commands.comment(session, paper=paper, version=version, place=place, text=text, by=by.key, now=now)


def withdraw(session: Session, reference: str, *, by: Account, now: datetime) -> Paper:
    """The paper is withdrawn; what was kept of it stays. Raises PaperIsNotOpen."""
    return _moved(session, reference, Deed.WITHDRAW, by, now)


def reopen(session: Session, reference: str, *, by: Account, now: datetime) -> Paper:
    """An approved or withdrawn paper is a draft again: its next version bears the next label. Raises PaperIsNotOpen."""
    return _moved(session, reference, Deed.REOPEN, by, now)


def candidate(
    session: Session, blobs: Blobs, reference: str, *, now: datetime, decided_on: date | None = None
) -> Candidate:
    """What the next decision about the paper is about; made anew each time, and not kept.

    For the last step it is the final document: the frozen snapshot, the final label, the day of approval (today in
    London, or `decided_on` where it was approved elsewhere), no DRAFT. For a step before, the submitted version itself.

    Raises:
        NothingToDecide: the paper is not in review.
        DatesOutOfOrder: it cannot have been approved on that day.
    """
    paper = papers.get(session, reference)
    today = now.astimezone(LONDON).date()
    _require_past(decided_on, today)
    return _candidate(session, blobs, paper, decided_on or today)


def refusal(session: Session, reference: str, *, by: Account) -> str | None:
    """Why the account may not make the decision that comes next, in a sentence for it; None: it may.

    Raises:
        NothingToDecide: the paper is not in review.
    """
    paper = papers.get(session, reference)
    _, step, _ = _next_step(session, paper)
    try:
        _decider(session, paper, step, by, None, recorded=False)
    except Forbidden as refused:
        return str(refused)
    return None


def may_be_stood_for(session: Session, paper: Paper, person: Person) -> bool:
    """Whether who decides on the paper may do so in the place of this person."""
    try:
        _require_place(paper, person, _accounts(session, person), _written_by(session, paper))
    except Forbidden:
        return False
    return True


def approve(
    session: Session,
    blobs: Blobs,
    reference: str,
    *,
    digest: str,
    by: Account,
    now: datetime,
    on_behalf_of: str | None = None,
    elsewhere: Elsewhere | None = None,
    reasons: str | None = None,
) -> Decision:
    """The next step is approved, on exactly the bytes with this digest; of the last step, they are kept for ever.

    `on_behalf_of` is the key of the person in whose place the account decides, or who decided elsewhere.

    Raises:
        NothingToDecide, AnotherCandidate, AnothersStep, PlaceOfAWriter, PlaceOfAStranger, DatesOutOfOrder, NoPerson.
        RoleMayNot, OwnPaper: as the policy has it.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    today = now.astimezone(LONDON).date()
    _require_past(elsewhere.decided_on if elsewhere else None, today)
    made = _candidate(session, blobs, paper, elsewhere.decided_on if elsewhere else today)
    person = _decider(session, paper, made.step, by, on_behalf_of, recorded=elsewhere is not None)
    if digest != made.digest:
        raise AnotherCandidate(paper, made.digest)
    version = _kept(session, blobs, paper, made, by=by, now=now)
    ruling = Ruling(Verdict.APPROVED, made.decided_on, person, reasons, elsewhere.evidence if elsewhere else None)
    decision = version_commands.decide(
        session, submission=made.submission, step=made.step.key, version=version, ruling=ruling, by=by.key, now=now
    )
    paper_commands.advance(session, paper, Deed.APPROVE if made.is_last else Deed.PASS, by=by.key, at=now)
    return decision


def send_back(
    session: Session,
    reference: str,
    *,
    reasons: str,
    by: Account,
    now: datetime,
    on_behalf_of: str | None = None,
    number: int | None = None,
) -> Decision:
    """The paper is a draft again, and its author knows why; `number` is that of the submission which was read.

    Raises:
        NothingToDecide, AnotherSubmission, AnothersStep, PlaceOfAWriter, PlaceOfAStranger, NoPerson.
        RoleMayNot, OwnPaper: as the policy has it.
    """
    lock(session, "facts")
    paper = papers.get(session, reference)
    submission, step, _ = _next_step(session, paper)
    person = _decider(session, paper, step, by, on_behalf_of, recorded=False)
    if number not in (None, submission.number):
        raise AnotherSubmission(paper, submission.number)
    ruling = Ruling(Verdict.SENT_BACK, now.astimezone(LONDON).date(), person, reasons)
    decision = version_commands.decide(
        session, submission=submission, step=step.key, version=submission.version, ruling=ruling, by=by.key, now=now
    )
    paper_commands.advance(session, paper, Deed.SEND_BACK, by=by.key, at=now)
    return decision


@dataclass(frozen=True)
class Waiting:
    """A paper in review, and the decision that comes next."""

    paper: Paper
    """With what a list shows."""
    submission: Submission
    step: DecisionStep


def waiting_for(session: Session, by: Account, *, limit: int) -> list[Waiting]:
    """Papers whose next decision the account may make, the earliest meeting first.

    At most `limit` of them.
    """
    waiting: list[Waiting] = []
    after: tuple[date, str] | None = None
    # Whose step is next is said by the format, where no query sees it: so one goes on until enough are found.
    while len(waiting) < limit:
        found = papers.to_come(
            session,
            since=date.min,
            after=after,
            limit=AT_ONCE,
            states=[State.IN_REVIEW],
            organisation_id=policy.confined_to(by),
            boards=by.boards,
            markings=by.markings,
        )
        waiting += _next_is(session, by, found)
        if len(found) < AT_ONCE:
            break
        after = found[-1].meeting.held_on, found[-1].reference
    return waiting[:limit]


AT_ONCE = 200
"""Papers in review that are looked through together; an organisation has fewer, so that one look is enough."""


def _next_is(session: Session, by: Account, found: Sequence[Paper]) -> Iterator[Waiting]:
    """Those of these papers in review whose next decision the account may make."""
    standing = versions.standing_of(session, (paper.id for paper in found))
    written_by = _writers_of(session, found)
    for paper in found:
        submission = standing[paper.id]
        step = _manifest(submission).decisions[len(submission.decisions)]
        if by.role.value != step.role:
            continue
        if policy.may(by, DECIDED_BY[step.role], _matter(paper, written_by[paper.id])):
            yield Waiting(paper, submission, step)


def clearances_wanted(
    session: Session, by: Account, *, now: datetime, limit: int
) -> list[tuple[Paper, tuple[ToClear, ...]]]:
    """Drafts for meetings to come with the texts of which a clearance is asked of the account, the next meeting first.

    Of the first `limit` drafts whose formats want clearances. A secretary, who writes down what others cleared, is
    asked for every one; others for what the format wants of their name, an alias, or a post that they hold.
    """
    today = now.astimezone(LONDON).date()
    is_secretary = by.role is Role.SECRETARY
    person = person_by_id(session, by.person_id) if by.person_id is not None else None
    names = frozenset() if person is None else _names(get_person(session, person.key), today)
    if not (is_secretary or names):
        return []
    found = papers.to_come(
        session,
        since=today,
        limit=MOST_DRAFTS,
        states=[State.DRAFT],
        organisation_id=policy.confined_to(by),
        boards=by.boards,
        markings=by.markings,
    )
    live = formats.live_versions(session, {paper.format.key for paper in found})
    clearing = {key for key, template in live.items() if parse_manifest(template.manifest).wants_clearances}
    wanted: list[tuple[Paper, tuple[ToClear, ...]]] = []
    for paper in [paper for paper in found if paper.format.key in clearing][:limit]:
        whole = papers.to_assemble(session, paper.reference)
        open_ones = clearances_of(session, whole, live[paper.format.key], now=now)
        own = tuple(
            needed
            for needed, cleared in open_ones
            if cleared is None and (is_secretary or needed.whose.casefold() in names)
        )
        if own:
            wanted.append((paper, own))
    return wanted


MOST_DRAFTS = 50
"""Drafts among which those are looked for that want clearances."""


def _names(person: Person, day: date) -> frozenset[str]:
    """How a format may call who clears: the person's name, aliases, and the post held on that day."""
    post = post_held(person, day)
    said = [person.name, *(alias.name for alias in person.aliases), *([post] if post else ())]
    return frozenset(name.casefold() for name in said)


def steps_of(submission: Submission) -> tuple[DecisionStep, ...]:
    """The decisions that the submission needs, in their order, as its format says."""
    return _manifest(submission).decisions


# On the way to review


def _faults(session: Session, paper: Paper, now: datetime, written_on: date | None) -> list[Fault]:
    today = now.astimezone(LONDON).date()
    return [*_in_the_way(session, paper, now, written_on), *_dates(paper, written_on, today)]


def _in_the_way(session: Session, paper: Paper, now: datetime, written_on: date | None) -> Iterator[Fault]:
    template = formats.live(session, paper.format.key)
    newest = versions.last(session, paper.id)
    number = newest.number + 1 if newest else 1
    label = draft_label(session, paper.id, template, number)
    snapshot = select_for(session, paper, template, stage="draft", label=label, now=now)
    for count, gap in enumerate(context_for(snapshot).gaps):
        yield Fault(f"gaps[{count}]", gap)
    for needed, cleared in clearances_of(session, paper, template, now=now):
        if cleared is None:
            yield Fault(f"clearances.{needed.place}", f"“{needed.label}” is not cleared yet ({needed.whose}).")
    today = now.astimezone(LONDON).date()
    if written_on is not None or newest is None or paper.written_on in (None, today):
        return
    if _as_written(session, paper).facts_digest != snapshot.facts_digest:
        day = in_words(paper.written_on, "day-month-year")
        yield Fault("written_on", f"The text has changed since {day}, the day that it bears. Say which it shall bear.")


def _as_written(session: Session, paper: Paper) -> Version:
    """The version whose text the day of writing is about: the one submitted last, or else that day's last one."""
    submission = versions.standing(session, paper.id)
    if submission is not None:
        return submission.version
    end = datetime.combine((paper.written_on or date.min) + timedelta(days=1), time(), LONDON)
    return versions.made_before(session, paper.id, end)


def _dates(paper: Paper, written_on: date | None, today: date) -> Iterator[Fault]:
    """What is not in order of: written ≤ approved ≤ meeting; before it is approved, today stands for that day."""
    written, meeting = written_on or paper.written_on or today, paper.meeting.held_on
    if written > today:
        yield Fault("written_on", "A paper cannot be written on a day that is still to come.")
    if today > meeting:
        day = in_words(meeting, "day-month-year")
        yield Fault("meeting", f"The meeting was on {day}: approval would come after it.")
    if last_day(paper) > meeting:
        yield Fault("cut_off", "The cut-off is after the meeting.")


def _moved(session: Session, reference: str, deed: Deed, by: Account, now: datetime) -> Paper:
    lock(session, "facts")
    paper = papers.get(session, reference)
    paper_commands.advance(session, paper, deed, by=by.key, at=now)
    return paper


# On the way to a decision


def _manifest(submission: Submission) -> Manifest:
    return parse_manifest(submission.version.template_version.manifest)


def _next_step(session: Session, paper: Paper) -> tuple[Submission, DecisionStep, bool]:
    """The submission that is in review, the step that comes next, and whether it is the last one."""
    submission = versions.standing(session, paper.id)
    if submission is None or not _is_in_review(paper):
        raise NothingToDecide(paper)
    steps = _manifest(submission).decisions
    done = len(submission.decisions)
    return submission, steps[done], done == len(steps) - 1


def _is_in_review(paper: Paper) -> bool:
    try:
        paper_commands.require(paper, Deed.PASS)
    except paper_commands.PaperIsNotOpen:
        return False
    return True


def _candidate(session: Session, blobs: Blobs, paper: Paper, decided_on: date) -> Candidate:
    submission, step, is_last = _next_step(session, paper)
    version = submission.version
    before = max((decision.decided_on for decision in submission.decisions), default=date.min)
    if decided_on < before:
        sentence = f"The step before was decided on {in_words(before, 'day-month-year')}."
        raise DatesOutOfOrder("The paper cannot be approved on that day.", [Fault("decided_on", sentence)])
    if not is_last:
        content = blobs.get(version.file_digest)
        return Candidate(
            submission, step, False, None, content, version.file_digest, version.file_name, version.label, decided_on
        )
    frozen = Snapshot.from_json(version.snapshot)
    _require_order(frozen, decided_on)
    number = _next_number(session, paper)
    counted = number - versions.reissued(session, paper.id)
    labels, approved = _manifest(submission).labels, len(versions.approvals(session, paper.id))
    label = free_label(session, paper.id, lambda on: labels.of_final(counted + on, approved + on))
    final = frozen.model_copy(
        update={
            "stage": "approved",
            "label": label,
            "paper": frozen.paper.model_copy(update={"approved_on": decided_on}),
        }
    )
    document = make(final, blobs.get(version.template_version.template_digest), blobs.get)
    digest = sha256(document.content).hexdigest()
    return Candidate(submission, step, True, document, document.content, digest, document.file_name, label, decided_on)


def _require_past(decided_on: date | None, today: date) -> None:
    if decided_on is not None and decided_on > today:
        sentence = f"{in_words(decided_on, 'day-month-year')} is still to come."
        raise DatesOutOfOrder("What was decided elsewhere was decided by today.", [Fault("decided_on", sentence)])


def _require_order(frozen: Snapshot, decided_on: date) -> None:
    written, meeting = frozen.paper.written_on, frozen.board.meeting_on
    if not written <= decided_on <= meeting:
        days = [in_words(day, "day-month-year") for day in (decided_on, written, meeting)]
        sentence = f"{days[0]} is not between the day of writing, {days[1]}, and the meeting, {days[2]}."
        raise DatesOutOfOrder("The paper cannot be approved on that day.", [Fault("decided_on", sentence)])


def _next_number(session: Session, paper: Paper) -> int:
    newest = versions.last(session, paper.id)
    return newest.number + 1 if newest else 1


def _decider(
    session: Session, paper: Paper, step: DecisionStep, by: Account, on_behalf_of: str | None, *, recorded: bool
) -> Person | None:
    """The person for whom the account speaks, if it is not for itself; neither of them decides on a paper of theirs.

    Whoever records what was decided elsewhere does not need the step's role.
    """
    if not recorded and by.role.value != step.role:
        raise AnothersStep(step)
    written_by = _written_by(session, paper)
    action = Action.RECORD_DECISIONS if recorded else DECIDED_BY[step.role]
    policy.authorise(by, action, _matter(paper, written_by))
    person = get_person(session, on_behalf_of) if on_behalf_of else None
    if person is not None:
        _require_place(paper, person, _accounts(session, person), written_by)
    return person


def _require_place(paper: Paper, person: Person, accounts_: frozenset[str], written_by: frozenset[str]) -> None:
    """Somebody may decide in the place of the person, who has these accounts."""
    if person.id == paper.author_id or not written_by.isdisjoint(accounts_):
        raise PlaceOfAWriter(person)
    if person.organisation_id != paper.organisation_id:
        raise PlaceOfAStranger(person, paper)


def _written_by(session: Session, paper: Paper) -> frozenset[str]:
    """Keys of the accounts of everybody who wrote or submitted the paper, its author's among them."""
    return _writers_of(session, [paper])[paper.id]


def _writers_of(session: Session, found: Sequence[Paper]) -> dict[int, frozenset[str]]:
    """Id of each paper → who wrote it, as in `_written_by`; as much is asked for many papers as for one."""
    hands = versions.hands_of(session, (paper.id for paper in found))
    same = accounts.of_the_same_persons(session, [key for keys in hands.values() for key in keys])
    authors = persons_by_id(session, (paper.author_id for paper in found if paper.author_id is not None))
    own = accounts.keys_of(session, {person.id: person.key for person in authors.values()})
    written_by: dict[int, frozenset[str]] = {}
    for paper in found:
        author = own[paper.author_id] if paper.author_id is not None else frozenset()
        written_by[paper.id] = author.union(*(same[key] for key in hands[paper.id]))
    return written_by


def _accounts(session: Session, person: Person) -> frozenset[str]:
    return accounts.keys_of(session, {person.id: person.key})[person.id]


def _matter(paper: Paper, written_by: frozenset[str]) -> Matter:
    return Matter(
        owner_id=paper.organisation_id,
        receiver_id=paper.meeting.board.organisation_id,
        board=paper.meeting.board.key,
        marking=paper.marking,
        state=policy.State.IN_REVIEW,
        written_by=written_by,
    )


def _kept(session: Session, blobs: Blobs, paper: Paper, made: Candidate, *, by: Account, now: datetime) -> Version:
    """The version that is decided on: the one that the approval of the last step makes, or the submitted one."""
    if made.document is None:
        return made.submission.version
    return version_commands.keep(
        session,
        blobs,
        paper=paper,
        number=_next_number(session, paper),
        template=made.submission.version.template_version,
        document=made.document,
        by=by.key,
        now=now,
    )
