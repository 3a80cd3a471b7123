"""Every character of every chosen fact is in the document: stated as a property over all texts that may be stored."""

import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import narrative, word
from app.assembly.assemble import make
from app.assembly.snapshot import Snapshot
from app.fields import NOT_XML
from app.word import NotPrinted
from tests.assembly.test_same_facts_same_bytes import GOLDEN

TEMPLATE = (GOLDEN / "template.docx").read_bytes()
SNAPSHOT = Snapshot.from_json((GOLDEN / "one-subject.json").read_text(encoding="utf-8"))

printable = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=60).map(
    lambda text: " ".join(unicodedata.normalize("NFC", NOT_XML.sub("", text)).split())
).filter(bool) | st.sampled_from(
    ["{{ title }}", "{% for x in y %}", "R&D < 5 > 3", "</w:body>", "{_{ x }_}", "]]>", "£5m – “yes”"]
)


def reads(document: bytes) -> str:
    return "\n".join(word.text_of(document))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(title=printable, name=printable, theme=printable, prose=printable, post=printable, source=printable)
def test_every_text_of_the_facts_is_in_the_document(
    title: str, name: str, theme: str, prose: str, post: str, source: str
) -> None:
    facts = SNAPSHOT.model_dump(mode="json")
    facts["paper"]["title"] = title
    facts["themes"][-1]["name"] = theme
    first = facts["workstreams"][0]
    first["name"] = name
    first["updates"][0]["parts"]["progress"] = narrative.clean(prose, "text")
    first["updates"][0]["own_wordings"] = {}
    for rating in first["updates"][0]["ratings"]:
        rating["source"] = source
    facts["consultees"][0]["post"] = post
    text = reads(make(Snapshot.model_validate(facts), TEMPLATE).content)
    for value in (title, name, theme, post, source):
        assert value in text
    for line in narrative.text(narrative.clean(prose, "text")).splitlines():
        assert line in text


def test_every_narrative_of_the_demonstration_is_in_its_document() -> None:
    snapshot = Snapshot.from_json((GOLDEN / "quarterly.json").read_text(encoding="utf-8"))
    text = "".join(reads(make(snapshot, TEMPLATE).content).split())
    narratives = [
        update.own_wordings[part].text if part in update.own_wordings else prose
        for workstream in snapshot.workstreams
        for update in workstream.updates
        for part, prose in update.parts.items()
    ]
    narratives += [block.text for section in snapshot.sections for block in section.blocks if hasattr(block, "text")]
    narratives += [theme.introduction.text for theme in snapshot.themes if theme.introduction]
    assert len(narratives) > 60
    for prose in narratives:
        for line in narrative.text(prose).splitlines():
            assert "".join(line.split()) in text


def test_a_text_that_the_template_leaves_out_stops_the_generation() -> None:
    from io import BytesIO
    from zipfile import ZipFile

    forgetful = BytesIO()
    with ZipFile(BytesIO(TEMPLATE)) as whole, ZipFile(forgetful, "w") as cut:
        for member in whole.namelist():
            content = whole.read(member)
            if member == "word/document.xml":
                content = content.replace(b"{{p part.text }}", b"{{ part.label }}")
            cut.writestr(member, content)
    with pytest.raises(NotPrinted, match="progress"):
        make(SNAPSHOT, forgetful.getvalue())
