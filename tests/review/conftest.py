import pytest

from tests.review.board import Board, gather


@pytest.fixture
def board(app, client, person_of) -> Board:
    """A board with a paper that is ready to be submitted."""
    return gather(app, client, person_of)
