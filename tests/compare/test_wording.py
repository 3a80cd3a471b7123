"""Two texts as one: whole words, and nothing lost of either."""

from hypothesis import given
from hypothesis import strategies as st

from app.compare.wording import alikeness, pieces

WORDS = st.lists(
    st.sampled_from(["the", "board", "notes", "£2.3", "million", ",", "\n", "–", "a", "it’s"]), max_size=12
)
TEXTS = WORDS.map(" ".join) | st.text(max_size=30)


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_pieces(old, new):
    found = pieces(old, new)

    assert "".join(text for kind, text in found if kind != "new") == old
    assert "".join(text for kind, text in found if kind != "gone") == new
    assert all(text for _, text in found)
    assert all(kind == "same" for kind, _ in found) == (old == new)


def test_whole_words_and_numbers_are_gone_and_new():
    assert pieces("Savings of £2.25 million are forecast.", "Savings of £2.33 million are certain.") == (
        ("same", "Savings of £"),
        ("gone", "2.25"),
        ("new", "2.33"),
        ("same", " million are "),
        ("gone", "forecast"),
        ("new", "certain"),
        ("same", "."),
    )


def test_words_that_change_beside_each_other_are_one_change():
    assert [kind for kind, _ in pieces("red by June", "green in May")] == ["gone", "new"]


@given(TEXTS, TEXTS)
def test_alikeness_is_a_share(old, new):
    assert 0 <= alikeness(old, new) <= 1
    assert alikeness(old, new) == alikeness(new, old)
    assert alikeness(old, old) == 1
