"""The story of a picture: added once, shown in a section, found in the document with its description."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from PIL import Image

from app.blobs import Blobs
from app.db import Database
from app.errors import Invalid
from app.pictures.commands import add
from app.pictures.image import clean
from tests import stories
from tests.stories import NOON, paper, world


def a_picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (40, 30), (20, 90, 160)).save(drawn, "PNG")
    return drawn.getvalue()


def shown(digest: str) -> dict[str, object]:
    html = f'<figure><img src="{digest}" alt="The new custody suite"><figcaption>Custody</figcaption></figure>'
    block = {"kind": "narrative", "text": {"format": "html", "value": html}}
    return world(papers=[paper(sections=[{"key": "purpose", "blocks": [block]}])])


def test_a_stored_picture_is_in_the_document_with_its_description(database: Database, blobs: Blobs) -> None:
    with database.writing() as session:
        picture = clean(a_picture(), max_bytes=10**6, max_pixels=10**6)
        digest = add(session, blobs, picture, by="command-line", now=NOON).picture.digest
    stories.put(database, blobs, shown(digest))
    generated = stories.generate(database, blobs)
    with ZipFile(BytesIO(blobs.get(generated.version.file_digest))) as file:
        pictures = [file.read(name) for name in file.namelist() if name.startswith("word/media/")]
        document = file.read("word/document.xml").decode()
    assert pictures == [blobs.get(digest)]
    assert 'descr="The new custody suite"' in document
    assert not stories.generate(database, blobs, now=NOON).is_new


def test_a_picture_that_nobody_added_is_a_fault(database: Database, blobs: Blobs) -> None:
    with pytest.raises(Invalid, match="picture"):
        stories.put(database, blobs, shown("0" * 64))
