"""Which state of a paper may follow which: a table, pure."""

from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """How far a paper has come."""

    DRAFT = "draft"
    IN_REVIEW = "in-review"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Deed(StrEnum):
    """What takes a paper from one state to the next; the log calls the event `paper.VALUE`."""

    SUBMIT = "submitted"
    PASS = "passed"  # noqa: S105 - a step of several was approved
    APPROVE = "approved"
    SEND_BACK = "sent-back"
    WITHDRAW = "withdrawn"
    REOPEN = "reopened"
    REISSUE = "reissued"


ALLOWED: Mapping[Deed, Mapping[State, State]] = {
    Deed.SUBMIT: {State.DRAFT: State.IN_REVIEW},
    Deed.PASS: {State.IN_REVIEW: State.IN_REVIEW},
    Deed.APPROVE: {State.IN_REVIEW: State.APPROVED},
    Deed.SEND_BACK: {State.IN_REVIEW: State.DRAFT},
    Deed.WITHDRAW: {State.DRAFT: State.WITHDRAWN, State.IN_REVIEW: State.WITHDRAWN},
    Deed.REOPEN: {State.APPROVED: State.DRAFT, State.WITHDRAWN: State.DRAFT},
    Deed.REISSUE: {State.APPROVED: State.APPROVED},
}
"""Deed → the states in which it may be done, with the state that follows; what is not listed is refused."""


def after(state: State, deed: Deed) -> State | None:
    """The state that follows; None where the deed may not be done in this one."""
    return ALLOWED[deed].get(state)


def may_change(state: State) -> bool:
    """Whether the paper's own facts may be changed, and drafts of it generated."""
    return state is State.DRAFT
