"""A value that is printed at two places is two values, alike in everything."""

from copy import copy

import pytest

from app.word import Coloured, Narrative

WHOLE = Narrative(
    "<p>Said</p>", "key", 4, list_labels=("({})",), numbered=True, run_in="Title.", region="section/purpose/1"
)
WORD = Coloured("Red", "C62828", "FFFFFF", region="field/rating")


@pytest.mark.parametrize("value", [WHOLE, WORD], ids=["narrative", "coloured"])
def test_a_copy_is_another_value_that_says_the_same(value: Narrative | Coloured) -> None:
    twin = copy(value)
    assert twin is not value
    for slot in type(value).__slots__:
        assert getattr(value, slot), f"the example leaves {slot} out"
        assert getattr(twin, slot) == getattr(value, slot)
