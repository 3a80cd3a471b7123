"""Reads versions; never their bytes, which lie among the blobs."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    bindparam,
    cast,
    func,
    or_,
    select,
    true,
    tuple_,
    type_coerce,
    union,
)
from sqlalchemy.orm import Session, aliased, defaultload, defer, joinedload, selectinload

from app.boards.models import Meeting
from app.db import batches
from app.errors import NotFound
from app.formats.models import Format, TemplateVersion
from app.papers.lifecycle import State
from app.papers.models import MeetingOutcome, Paper, Writer
from app.papers.queries import within
from app.versions.models import Comment, Decision, Reissue, Release, Submission, Verdict, Version

Later = aliased(Version)


class NoSuchVersion(NotFound):
    """The paper has no version with that label."""

    def __init__(self, reference: str, label: str) -> None:
        super().__init__("version", f"{label} of {reference}")


def last(session: Session, paper_id: int) -> Version | None:
    """The newest version of a paper, with its paper and template version."""
    return session.scalars(_last(), {"paper": paper_id}).one_or_none()


@cache  # every draft asks, and putting it together takes longer than the answer
def _last() -> Select[Version]:
    return (
        select(Version)
        .where(Version.paper_id == bindparam("paper"))
        .order_by(Version.number.desc())
        .limit(1)
        .options(joinedload(Version.paper), joinedload(Version.template_version).joinedload(TemplateVersion.format))
    )


def last_approved(session: Session, paper_id: int) -> Version | None:
    """The newest version of a paper that was approved, or came out again; loaded as in `last`."""
    made = select(Decision.version_id).join(Decision.submission).where(_is_of_the_last_step())
    came_out = select(Reissue.version_id)
    return session.scalars(
        select(Version)
        .where(Version.paper_id == paper_id, or_(Version.id.in_(made), Version.id.in_(came_out)))
        .order_by(Version.number.desc())
        .limit(1)
        .options(joinedload(Version.paper), joinedload(Version.template_version).joinedload(TemplateVersion.format))
    ).one_or_none()


def made_before(session: Session, paper_id: int, moment: datetime) -> Version:
    """The last version of a paper that was made before that moment, or else its first one; it has one."""
    kept = select(Version).where(Version.paper_id == paper_id).limit(1)
    last = session.scalars(kept.where(Version.made_at < moment).order_by(Version.number.desc())).one_or_none()
    return last or session.scalars(kept.order_by(Version.number)).one()


def labels(session: Session, paper_id: int) -> set[str]:
    """The labels of all versions of a paper."""
    return set(session.scalars(select(Version.label).where(Version.paper_id == paper_id)))


def newest(session: Session, paper_ids: Iterable[int]) -> dict[int, Version]:
    """Id of a paper → its newest version, for those of the papers that have one.

    A snapshot is read when it is asked for.
    """
    found: dict[int, Version] = {}
    for batch in batches(sorted(set(paper_ids))):
        numbers = select(func.max(Version.id)).where(Version.paper_id.in_(batch)).group_by(Version.paper_id)
        found |= {
            version.paper_id: version
            for version in session.scalars(
                select(Version).where(Version.id.in_(numbers)).options(defer(Version.snapshot))
            )
        }
    return found


def get(session: Session, reference: str, label: str) -> Version:
    """The version of a paper with this label, with its paper and template version.

    Raises:
        NoSuchVersion: when there is none.
    """
    found = session.scalars(
        select(Version)
        .join(Version.paper)
        .where(Paper.reference == reference, Version.label == label)
        .options(
            selectinload(Version.paper), selectinload(Version.template_version).selectinload(TemplateVersion.format)
        )
    ).one_or_none()
    if found is None:
        raise NoSuchVersion(reference, label)
    return found


def before(session: Session, version: Version) -> Version | None:
    """The version of the same paper with the next lower number, if any, with its paper and template version."""
    return session.scalars(
        select(Version)
        .where(Version.paper_id == version.paper_id, Version.number < version.number)
        .order_by(Version.number.desc())
        .limit(1)
        .options(joinedload(Version.paper), joinedload(Version.template_version).joinedload(TemplateVersion.format))
    ).one_or_none()


def approvals(session: Session, paper_id: int) -> Sequence[Version]:
    """The versions of a paper that the approval of a last step made, first to last."""
    made = select(Decision.version_id).join(Decision.submission).where(_is_of_the_last_step())
    return session.scalars(
        select(Version).where(Version.paper_id == paper_id, Version.id.in_(made)).order_by(Version.number)
    ).all()


def _is_of_the_last_step() -> ColumnElement[bool]:
    """Whether a decision, joined with its submission, made a version: every other one is about the submitted bytes."""
    return and_(Decision.verdict == Verdict.APPROVED, Decision.version_id != Submission.version_id)


def frozen(session: Session, paper: Paper) -> Submission | None:
    """The submission whose facts a paper stands for, with its version: the one in review, or the last one approved.

    None: the paper was never approved, and is not in review.
    """
    if paper.state is State.IN_REVIEW:
        return standing(session, paper.id)
    return session.scalars(
        select(Submission)
        .where(Submission.paper_id == paper.id, Submission.decisions.any(_is_of_the_last_step()))
        .order_by(Submission.number.desc())
        .limit(1)
        .options(selectinload(Submission.version))
    ).one_or_none()


def issues(session: Session, approved_id: int) -> Sequence[Version]:
    """The versions as which an approved version came out again, first to last; loaded as in `last`."""
    came_out = select(Reissue.version_id).where(Reissue.approved_id == approved_id)
    return session.scalars(
        select(Version)
        .where(Version.id.in_(came_out))
        .order_by(Version.number)
        .options(joinedload(Version.paper), joinedload(Version.template_version).joinedload(TemplateVersion.format))
    ).all()


def approved_labels(session: Session, paper_id: int) -> list[str]:
    """Labels of the versions of a paper that may leave the house: approved ones, and those that came out again."""
    found = approvals(session, paper_id)
    every = [version for made in found for version in (made, *issues(session, made.id))]
    return [version.label for version in sorted(every, key=lambda version: version.number)]


def reissued(session: Session, paper_id: int) -> int:
    """How many versions of a paper came out again as they had been approved."""
    of_paper = select(func.count()).select_from(Reissue).join(Reissue.version).where(Version.paper_id == paper_id)
    return session.scalar(of_paper) or 0


def approval_of(session: Session, version: Version) -> Decision | None:
    """The decision by which these very bytes are approved; of a reissue, the one that carried over."""
    carried = select(Reissue.decision_id).where(Reissue.version_id == version.id).scalar_subquery()
    made = and_(_is_of_the_last_step(), Decision.version_id == version.id)
    return session.scalars(
        select(Decision).join(Decision.submission).where(or_(Decision.id == carried, made))
    ).one_or_none()


def is_released(session: Session, version: Version, *, to: int | None = None) -> bool:
    """Whether the version was released; with the id of an organisation, to this one."""
    found = select(func.count()).where(Release.version_id == version.id)
    if to is not None:
        found = found.where(Release.organisation_id == to)
    return session.scalar(found) != 0


def last_released(session: Session, paper_ids: Iterable[int]) -> dict[int, Version]:
    """Id of a paper → the last version of it that was released to anybody, for those of the papers that have one.

    A snapshot is read when it is asked for.
    """
    found: dict[int, Version] = {}
    for batch in batches(sorted(set(paper_ids))):
        numbers = (
            select(func.max(Version.id))
            .join(Release, Release.version_id == Version.id)
            .where(Version.paper_id.in_(batch))
            .group_by(Version.paper_id)
        )
        rows = session.scalars(select(Version).where(Version.id.in_(numbers)).options(defer(Version.snapshot)))
        found |= {version.paper_id: version for version in rows}
    return found


def released(session: Session, paper_id: int) -> dict[str, Release]:
    """Label → release, for the versions of a paper that were released, first to last; with their organisation."""
    rows = session.scalars(
        select(Release)
        .join(Release.version)
        .where(Version.paper_id == paper_id)
        .order_by(Version.number)
        .options(joinedload(Release.version), joinedload(Release.organisation))
    )
    return {row.version.label: row for row in rows}


def release_of(session: Session, reference: str, label: str) -> Release:
    """The release of the version of a paper with this label, loaded as in `releases`; raises NoSuchVersion."""
    found = session.scalars(
        select(Release)
        .join(Release.version)
        .join(Version.paper)
        .where(Paper.reference == reference, Version.label == label)
        .options(*WHOLE_RELEASE)
    ).one_or_none()
    if found is None:
        raise NoSuchVersion(reference, label)
    return found


def releases(session: Session, *, after: str = "", limit: int, to: int | None = None) -> Sequence[Release]:
    """At most `limit` releases behind the place `after` (`release_place`), by paper and version.

    With the id of an organisation, those to it of what others wrote. With version, paper, and what its meeting and
    board are.
    """
    reference, _, number = after.rpartition(" ")
    behind = tuple_(Paper.reference, Version.number) > (reference, int(number)) if after else true()
    return session.scalars(
        select(Release)
        .join(Release.version)
        .join(Version.paper)
        .where(behind, true() if to is None else _received_by(to))
        .order_by(Paper.reference, Version.number)
        .limit(limit)
        .options(*WHOLE_RELEASE)
    ).all()


def last_received(
    session: Session,
    to: int,
    *,
    limit: int,
    before: int | None = None,
    held_from: date | None = None,
    printed_day: date | None = None,
) -> Sequence[Release]:
    """Of each paper that another organisation wrote, the newest version that was released to the one with the id `to`.

    At most `limit`, what was released last first, of those before the release with the id `before`; of papers that are
    now for a meeting on the day `held_from` or later; and that have a meeting on `printed_day` in them, which may also
    be the one of the paper before: where these are given. Loaded as in `releases`.
    """
    is_to_come = true() if held_from is None else Paper.meeting.has(Meeting.held_on >= held_from)
    newest = (
        select(func.max(Release.id))
        .join(Release.version)
        .join(Version.paper)
        .where(_received_by(to), is_to_come)
        .group_by(Version.paper_id)
    )
    earlier = true() if before is None else Release.id < before
    # Snapshots are canonical JSON: a day is written in one way.
    is_printed = true() if printed_day is None else Version.snapshot.contains(f'"meeting_on":"{printed_day}"')
    return session.scalars(
        select(Release)
        .join(Release.version)
        .where(Release.id.in_(newest), earlier, is_printed)
        .order_by(Release.id.desc())
        .limit(limit)
        .options(*WHOLE_RELEASE)
    ).all()


def _received_by(organisation_id: int) -> ColumnElement[bool]:
    """It was released to the organisation, which did not write it."""
    return and_(Release.organisation_id == organisation_id, Paper.organisation_id != organisation_id)


def release_place(release: Release) -> str:
    """Where the release stands in the list of all."""
    return f"{release.version.paper.reference} {release.version.number}"


def every_release(session: Session) -> Iterator[Release]:
    """Every release, loaded as in `releases`; streamed."""
    yield from session.scalars(
        select(Release).order_by(Release.id).options(*WHOLE_RELEASE).execution_options(yield_per=100)
    )


def every_reissue(session: Session) -> Iterator[Reissue]:
    """Every reissue with its versions and paper; streamed."""
    whole = (selectinload(Reissue.version).selectinload(Version.paper), selectinload(Reissue.approved))
    yield from session.scalars(select(Reissue).order_by(Reissue.id).options(*whole).execution_options(yield_per=100))


def standing(session: Session, paper_id: int) -> Submission | None:
    """The newest submission of a paper, with its version, that version's template, and its decisions."""
    return session.scalars(
        select(Submission)
        .where(Submission.paper_id == paper_id)
        .order_by(Submission.number.desc())
        .limit(1)
        .options(*WHOLE_SUBMISSION)
    ).one_or_none()


def standing_of(session: Session, paper_ids: Iterable[int]) -> dict[int, Submission]:
    """Id of a paper → its newest submission, loaded as in `standing`, for those of the papers that have one.

    The snapshot of a version is read when it is asked for.
    """
    found: dict[int, Submission] = {}
    for batch in batches(sorted(set(paper_ids))):
        newest = select(func.max(Submission.id)).where(Submission.paper_id.in_(batch)).group_by(Submission.paper_id)
        statement = select(Submission).where(Submission.id.in_(newest))
        light = defaultload(Submission.version).defer(Version.snapshot)
        rows = session.scalars(statement.options(*WHOLE_SUBMISSION, light))
        found |= {row.paper_id: row for row in rows}
    return found


def to_release(
    session: Session,
    *,
    held_from: date,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Version]:
    """At most `limit` newest versions of approved papers that were not released, the next meeting first.

    Of papers for meetings on that day or later, of the organisation, for one of the boards and with one of the
    markings, where they are given. Each with its paper, meeting and board; a snapshot is read when it is asked for.
    """
    conditions = [
        Paper.state == State.APPROVED,
        Meeting.held_on >= held_from,
        Version.id == _newest_of(Paper.id),
        Version.id.not_in(select(Release.version_id)),
    ]
    conditions += within(organisation_id=organisation_id, boards=boards, markings=markings)
    return _by_meeting(session, conditions, limit)


def without_outcome(
    session: Session,
    *,
    held_from: date,
    held_to: date,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> Sequence[Version]:
    """At most `limit` newest versions of approved papers whose meeting was held, and of which no outcome is recorded.

    The earliest meeting first, both days included. With the id of an organisation: of papers that it wrote, or of
    which a version was released to it (then the newest of those). Other filters and loading as in `to_release`.
    """
    recorded = select(MeetingOutcome.paper_id)
    conditions = [
        Paper.state == State.APPROVED,
        Meeting.held_on >= held_from,
        Meeting.held_on <= held_to,
        Paper.id.not_in(recorded),
    ]
    if organisation_id is None:
        conditions.append(Version.id == _newest_of(Paper.id))
    else:
        conditions.append(
            or_(
                and_(Paper.organisation_id == organisation_id, Version.id == _newest_of(Paper.id)),
                and_(
                    Paper.organisation_id != organisation_id,
                    Version.id == _newest_of(Paper.id, _released_to(organisation_id)),
                ),
            )
        )
    conditions += within(organisation_id=None, boards=boards, markings=markings)
    return _by_meeting(session, conditions, limit)


def _by_meeting(session: Session, conditions: Iterable[ColumnElement[bool]], limit: int) -> Sequence[Version]:
    """At most `limit` versions of which this holds, the earliest meeting first."""
    ordered = select(Version).join(Version.paper).join(Paper.meeting).where(*conditions)
    loaded = (*WITH_MEETING, defer(Version.snapshot))
    return session.scalars(ordered.order_by(Meeting.held_on, Paper.reference).limit(limit).options(*loaded)).all()


def _newest_of(paper_id: Any, among: Select[int] | None = None) -> ScalarSelect[int]:
    """Id of the newest version of the paper with that id (a column of the query around it), among these."""
    newest = select(func.max(Later.id)).where(Later.paper_id == paper_id)
    if among is not None:
        newest = newest.where(Later.id.in_(among))
    return newest.correlate(Paper).scalar_subquery()


def submissions(session: Session, paper_id: int) -> Sequence[Submission]:
    """Every submission of a paper, first to last, loaded as in `standing`."""
    return session.scalars(
        select(Submission).where(Submission.paper_id == paper_id).order_by(Submission.number).options(*WHOLE_SUBMISSION)
    ).all()


def sent_back(session: Session, paper_ids: Iterable[int]) -> dict[int, Decision]:
    """Id of a paper → the decision by which its newest submission was sent back, for those where it was.

    With its version, whose snapshot is read when it is asked for, and the person in whose place it was decided.
    """
    found: dict[int, Decision] = {}
    for batch in batches(sorted(set(paper_ids))):
        newest_ones = (
            select(func.max(Submission.id)).where(Submission.paper_id.in_(batch)).group_by(Submission.paper_id)
        )
        found |= {
            decision.submission.paper_id: decision
            for decision in session.scalars(
                select(Decision)
                .where(Decision.submission_id.in_(newest_ones), Decision.verdict == Verdict.SENT_BACK)
                .options(
                    joinedload(Decision.submission),
                    joinedload(Decision.on_behalf_of),
                    joinedload(Decision.version).defer(Version.snapshot),
                )
            )
        }
    return found


def every_submission(session: Session) -> Iterator[Submission]:
    """Every submission with its paper, loaded as in `standing`; streamed."""
    yield from session.scalars(
        select(Submission).order_by(Submission.id).options(*WHOLE_SUBMISSION).execution_options(yield_per=100)
    )


def hands(session: Session, paper_id: int) -> frozenset[str]:
    """Keys of the accounts that wrote on the paper or submitted it, now or earlier; an update does not count."""
    return hands_of(session, [paper_id])[paper_id]


def hands_of(session: Session, paper_ids: Iterable[int]) -> dict[int, frozenset[str]]:
    """Id of each of these papers → what `hands` says of it."""
    found: dict[int, frozenset[str]] = {}
    for batch in batches(sorted(set(paper_ids))):
        wrote = select(Writer.paper_id, Writer.account).where(Writer.paper_id.in_(batch))
        submitted = select(Submission.paper_id, Submission.by).where(Submission.paper_id.in_(batch))
        rows = session.execute(union(wrote, submitted)).all()
        found |= {number: frozenset(key for paper_id, key in rows if paper_id == number) for number in batch}
    return found


WHOLE_SUBMISSION = (
    selectinload(Submission.paper),
    selectinload(Submission.version).selectinload(Version.template_version).selectinload(TemplateVersion.format),
    selectinload(Submission.decisions).selectinload(Decision.version),
    selectinload(Submission.decisions).selectinload(Decision.on_behalf_of),
)
"""What is loaded with a submission."""


WITH_MEETING = (joinedload(Version.paper).joinedload(Paper.meeting).joinedload(Meeting.board),)
"""What is loaded with a version of which matters for which meeting it is."""


WHOLE_RELEASE = (
    selectinload(Release.organisation),
    selectinload(Release.version).selectinload(Version.paper).selectinload(Paper.organisation),
    selectinload(Release.version).selectinload(Version.paper).selectinload(Paper.meeting).selectinload(Meeting.board),
    selectinload(Release.version).selectinload(Version.template_version).selectinload(TemplateVersion.format),
    defaultload(Release.version).defer(Version.snapshot),
)
"""What is loaded with a release; a snapshot is read when it is asked for."""


def release_digest(release: Release) -> str:
    """SHA-256 of everything that the row of this release says, by natural keys."""
    said = {
        "paper": release.version.paper.reference,
        "version": release.version.label,
        "to": release.organisation.key,
        "at": release.at.astimezone(UTC).isoformat(),
        "by": release.by,
    }
    return _digest(said)


def reissue_digest(reissue: Reissue) -> str:
    """SHA-256 of everything that the row of this reissue says, by natural keys; the decision is the approved one's."""
    said = {
        "paper": reissue.version.paper.reference,
        "version": reissue.version.label,
        "approved": reissue.approved.label,
        "at": reissue.at.astimezone(UTC).isoformat(),
        "by": reissue.by,
    }
    return _digest(said)


def submission_digest(submission: Submission) -> str:
    """SHA-256 of everything that the row of this submission says, by natural keys; needs `paper` and `version`."""
    said = {
        "paper": submission.paper.reference,
        "number": submission.number,
        "version": submission.version.label,
        "at": submission.at.astimezone(UTC).isoformat(),
        "by": submission.by,
    }
    return _digest(said)


def decision_digest(decision: Decision, submission: Submission) -> str:
    """SHA-256 of everything that the row of this decision says, by natural keys; needs `version`, `on_behalf_of`."""
    said = {
        "paper": submission.paper.reference,
        "submission": submission.number,
        "position": decision.position,
        "step": decision.step,
        "verdict": decision.verdict,
        "version": decision.version.label,
        "digest": decision.digest,
        "decided_on": decision.decided_on.isoformat(),
        "on_behalf_of": decision.on_behalf_of.key if decision.on_behalf_of else None,
        "reasons": decision.reasons,
        "evidence": decision.evidence,
        "at": decision.at.astimezone(UTC).isoformat(),
        "by": decision.by,
    }
    return _digest(said)


def _released_to(organisation_id: int) -> Select[int]:
    """Ids of the versions that were released to the organisation."""
    return select(Release.version_id).where(Release.organisation_id == organisation_id)


def page(
    session: Session, paper_id: int, *, after: int = 0, limit: int = 100, released_to: int | None = None
) -> list[Version]:
    """Versions of a paper with a number above `after`, in the order of their numbers, with their template versions.

    A snapshot is read when it is asked for.
    With the id of an organisation, only those that were released to it.
    """
    shown = true() if released_to is None else Version.id.in_(_released_to(released_to))
    return list(
        session.scalars(
            select(Version)
            .where(Version.paper_id == paper_id, Version.number > after, shown)
            .order_by(Version.number)
            .limit(limit)
            .options(
                defer(Version.snapshot),
                selectinload(Version.paper),
                selectinload(Version.template_version).selectinload(TemplateVersion.format),
            )
        )
    )


def printed_markings(session: Session, version_ids: Iterable[int]) -> dict[int, str]:
    """What is printed on every page of these versions, by their ids; no snapshot is read whole for it."""
    marking = _as_json(session)["paper"]["marking"].as_string()
    return {
        number: said
        for batch in batches(version_ids)
        for number, said in session.execute(select(Version.id, marking).where(Version.id.in_(batch)))
    }


class Imprint(NamedTuple):
    """What a version is known by, as it was printed, whatever its paper says now."""

    title: str
    organisation: str
    """Name."""
    board: str
    """Key."""
    board_name: str
    meeting_on: date
    agenda_number: str | None
    marking: str
    written_on: date


def imprint(session: Session, version: Version) -> Imprint:
    """What this version is known by, as `imprints` has it."""
    return imprints(session, [version.id])[version.id]


def imprints(session: Session, version_ids: Iterable[int]) -> dict[int, Imprint]:
    """What these versions are known by, by their ids; of a snapshot, which may be large, nothing else is read."""
    snapshot = _as_json(session)
    found: dict[int, Imprint] = {}
    for batch in batches(version_ids):
        light = select(Version.id, snapshot["paper"], snapshot["board"]).where(Version.id.in_(batch))
        for number, paper, board in session.execute(light):
            found[number] = Imprint(
                title=paper["title"],
                organisation=paper["organisation"],
                board=board["key"],
                board_name=board["name"],
                meeting_on=date.fromisoformat(board["meeting_on"]),
                agenda_number=paper["agenda_number"],
                marking=paper["marking"],
                written_on=date.fromisoformat(paper["written_on"]),
            )
    return found


def _as_json(session: Session) -> ColumnElement[Any]:
    """The snapshot of a version as JSON that the database reads."""
    # One keeps it as text, and the other must be told that the text is JSON.
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return cast(Version.snapshot, JSON) if is_postgresql else type_coerce(Version.snapshot, JSON)


def last_of_paper(
    session: Session, reference: str, *, limit: int, before: int | None = None, released_to: int | None = None
) -> list[Version]:
    """The last `limit` versions of a paper, the newest first, with paper and template version.

    A snapshot is read when it is asked for.
    Only those with a number below `before`, and only those released to the organisation with this id, where these are
    given.
    """
    statement = select(Version).join(Version.paper).where(Paper.reference == reference)
    if released_to is not None:
        statement = statement.where(Version.id.in_(_released_to(released_to)))
    if before is not None:
        statement = statement.where(Version.number < before)
    return list(
        session.scalars(
            statement.order_by(Version.number.desc())
            .limit(limit)
            .options(
                defer(Version.snapshot),
                selectinload(Version.paper),
                selectinload(Version.template_version).selectinload(TemplateVersion.format),
            )
        )
    )


def last_of_format(
    session: Session,
    format_key: str,
    *,
    limit: int,
    organisation_id: int | None = None,
    boards: Collection[str] | None = None,
    markings: Collection[str] | None = None,
) -> list[Version]:
    """The newest version of each of the last `limit` papers of a format that were generated, the newest first.

    Each with its paper and template version; only of papers of the organisation, for one of the boards and with one of
    the markings, where they are given.
    """
    newest = (
        select(func.max(Version.id))
        .join(Version.paper)
        .join(Paper.format)
        .where(Format.key == format_key, *within(organisation_id=organisation_id, boards=boards, markings=markings))
        .group_by(Version.paper_id)
    )
    return list(
        session.scalars(
            select(Version)
            .where(Version.id.in_(newest))
            .order_by(Version.id.desc())
            .limit(limit)
            .options(
                selectinload(Version.paper),
                selectinload(Version.template_version).selectinload(TemplateVersion.format),
            )
        )
    )


def walk(session: Session) -> Iterator[Version]:
    """Every version with its paper and template version, a hundred at a time."""
    yield from session.scalars(
        select(Version)
        .order_by(Version.id)
        .options(
            selectinload(Version.paper), selectinload(Version.template_version).selectinload(TemplateVersion.format)
        )
        .execution_options(yield_per=100)
    )


class Totals(NamedTuple):
    """How much there is."""

    versions: int
    gaps: int
    """What the newest versions of all papers show as missing."""


def totals(session: Session) -> Totals:
    """How many versions are kept, and how much the newest of each paper still lacks."""
    newest = select(func.max(Version.number)).where(Version.paper_id == Later.paper_id).scalar_subquery()
    gaps = select(func.coalesce(func.sum(Later.open_points), 0)).where(Later.number == newest)
    count = session.scalar(select(func.count()).select_from(Version)) or 0
    return Totals(int(count), int(session.scalar(gaps) or 0))


def version_digest(version: Version) -> str:
    """SHA-256 of everything that the row of this version says, by natural keys.

    Needs `paper` and `template_version` with its format loaded; `verify` compares it with what the log recorded.
    """
    said = {
        "paper": version.paper.reference,
        "number": version.number,
        "label": version.label,
        "template": [version.template_version.format.key, version.template_version.number],
        "engine": version.engine,
        "snapshot": version.snapshot_digest,
        "facts": version.facts_digest,
        "content": version.content_digest,
        "file": version.file_digest,
        "size": version.size,
        "file_name": version.file_name,
        "open_points": version.open_points,
        "made_at": version.made_at.astimezone(UTC).isoformat(),
        "made_by": version.made_by,
    }
    return _digest(said)


def comments(session: Session, paper_id: int) -> Sequence[Comment]:
    """The comments on a paper that begin a thread, first to last, each with its version, replies and resolution."""
    return session.scalars(
        select(Comment)
        .where(Comment.paper_id == paper_id, Comment.replies_to_id.is_(None))
        .order_by(Comment.number)
        .options(
            selectinload(Comment.version),
            selectinload(Comment.replies).selectinload(Comment.version),
            selectinload(Comment.resolution),
        )
    ).all()


def last_comment(session: Session, paper_id: int) -> int:
    """The number of the newest comment on a paper; 0: there is none."""
    return session.scalar(select(func.max(Comment.number)).where(Comment.paper_id == paper_id)) or 0


def _digest(said: dict[str, Any]) -> str:
    return sha256(json.dumps(said, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
