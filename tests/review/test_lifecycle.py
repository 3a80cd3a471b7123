"""Which state follows which, by hand: the table of the code is held against this one."""

import itertools

import pytest

from app.papers.lifecycle import Deed, State, after, may_change

D, R, A, W = State.DRAFT, State.IN_REVIEW, State.APPROVED, State.WITHDRAWN
BY_HAND = {
    (D, Deed.SUBMIT): R,
    (D, Deed.WITHDRAW): W,
    (R, Deed.PASS): R,
    (R, Deed.APPROVE): A,
    (R, Deed.SEND_BACK): D,
    (R, Deed.WITHDRAW): W,
    (A, Deed.REOPEN): D,
    (A, Deed.REISSUE): A,
    (W, Deed.REOPEN): D,
}


@pytest.mark.parametrize(("state", "deed"), list(itertools.product(State, Deed)))
def test_a_deed_leads_where_it_should_or_nowhere(state, deed):
    assert after(state, deed) == BY_HAND.get((state, deed))


def test_only_drafts_are_written_on():
    assert [state for state in State if may_change(state)] == [D]
