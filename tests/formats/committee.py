"""A council committee's format in a few lines, to which each story adds what it is about."""

from typing import Any

from app import word
from app.blobs import Blobs
from app.db import Database
from tests import stories

HEAD = """
key = "committee"
name = "Committee report"
markings = ["PUBLIC"]
"""

REST = """
[[parts]]
key = "progress"
label = "Progress"
"""

TITLE = """
[[front_sheet]]
key = "title"
label = "Title"
source = "title"
"""

PURPOSE = """
[[sections]]
key = "purpose"
heading = "Purpose"
"""

END = """
[[sections]]
key = "end"
heading = "Conclusion"
"""

SAYS = {"key": "purpose", "blocks": [{"kind": "narrative", "text": "To decide."}]}
ENDS = {"key": "end", "blocks": [{"kind": "narrative", "text": "That is all."}]}


def manifest(*pieces: str, first: str = "", front: str = TITLE, purpose: str = PURPOSE) -> str:
    """A `format.toml` with these pieces between its first section and its last; `first` are names of its own."""
    return "".join((HEAD, first, front, REST, purpose, *pieces, END))


def put(
    database: Database, blobs: Blobs, said: str, *sections: dict[str, Any], people: Any = None, **paper: Any
) -> None:
    """A paper in the format that says this, with these sections, is in the database."""
    facts = stories.world(
        workstreams=[],
        formats=[stories.scrutiny() | {"key": "committee", "manifest": said}],
        papers=[
            stories.paper(
                format="committee", marking="PUBLIC", workstreams=[], sections=[SAYS, *sections, ENDS], **paper
            )
        ],
        **({"people": [*stories.WORLD["people"], *people]} if people else {}),
    )
    stories.put(database, blobs, facts)


def document(database: Database, blobs: Blobs) -> bytes:
    """The paper, generated and kept."""
    return blobs.get(stories.generate(database, blobs).version.file_digest)


def lines(database: Database, blobs: Blobs) -> list[str]:
    """What the generated paper says, paragraph by paragraph."""
    return word.text_of(document(database, blobs))


def gaps(database: Database, blobs: Blobs) -> tuple[str, ...]:
    """What the generated paper says is missing or must be checked."""
    return stories.generate(database, blobs).gaps


def headings(content: bytes) -> list[tuple[str, str]]:
    """Number and text of the paper's main headings, as Word counts them."""
    return [(line.number, line.text) for line in word.outline(content) if line.style.startswith("Heading 1")]
