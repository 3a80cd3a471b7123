"""What belongs together stands side by side, in order, and nothing is left out."""

from hypothesis import given
from hypothesis import strategies as st

from app.compare.pairing import ALIKE, paired
from app.compare.wording import alikeness

TEXTS = st.lists(st.text(alphabet="ab ", min_size=1, max_size=9), max_size=8)


@given(TEXTS, TEXTS)
def test_everything_of_both_is_there_once_and_in_order(old, new):
    pairs = list(paired(old, new, alikeness))

    assert [before for before, _ in pairs if before is not None] == old
    assert [after for _, after in pairs if after is not None] == new
    for before, after in pairs:
        assert before is None or after is None or alikeness(before, after) >= ALIKE


def test_a_reworded_paragraph_is_found_behind_one_that_was_inserted():
    old = ["The team went live in May.", "Vetting is late."]
    new = ["A new board was founded.", "The team went live in June.", "Vetting is late."]

    assert list(paired(old, new, alikeness)) == [(None, new[0]), (old[0], new[1]), (old[1], new[2])]
