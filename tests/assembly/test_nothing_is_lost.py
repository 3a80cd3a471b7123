"""Every character of every chosen fact is in the document: stated as a property over all texts that may be stored."""

import unicodedata
from collections.abc import Iterator
from copy import deepcopy
from typing import Any
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import narrative, word
from app.assembly.assemble import make
from app.assembly.snapshot import Snapshot
from app.fields import NOT_XML
from app.word import NotPrinted
from app.word.container import read_members
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


@pytest.mark.trust(11)
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


# Every fact of a snapshot that this template prints as words, by its way there; `[]` stands for one entry of a list.
# Keys, days, kinds, colours and what another format prints are no words of this paper.
WORDS = [
    "board.programme_title",
    "board.recipient",
    "consultees[].name",
    "consultees[].post",
    "frameworks[].items[].kind",
    "frameworks[].items[].number",
    "frameworks[].items[].text",
    "label",
    "manifest.front_sheet[].label",
    "manifest.parts[].label",
    "manifest.sections[].heading",
    "paper.agenda_number",
    "paper.author.name",
    "paper.chief_officer.name",
    "paper.marking",
    "paper.organisation",
    "paper.reference",
    "paper.title",
    "schemes[].dimensions[].label",
    "schemes[].dimensions[].meaning",
    "schemes[].name",
    "schemes[].values[].label",
    "schemes[].values[].meaning",
    "sections[].blocks[].text.value",
    "sections[].blocks[].wording",
    "themes[].introduction.text",
    "themes[].name",
    "workstreams[].name",
    "workstreams[].rating_source",
    "workstreams[].updates[].own_wordings.progress.text",
    "workstreams[].updates[].parts.next-steps",
    "workstreams[].updates[].parts.progress",
    "workstreams[].updates[].parts.recent-activity",
    "workstreams[].updates[].ratings[].source",
]
QUARTERLY = Snapshot.from_json((GOLDEN / "quarterly.json").read_text(encoding="utf-8"))


def places(value: Any, way: str, at: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where the words on this way stand in the facts, place after place."""
    step, _, rest = way.partition(".")
    name, is_list = step.removesuffix("[]"), step.endswith("[]")
    found = value.get(name) if isinstance(value, dict) else None
    if found is None:
        return
    for place, inner in enumerate(found) if is_list else [(None, found)]:
        here = (*at, name, place) if is_list else (*at, name)
        if rest:
            yield from places(inner, rest, here)
        elif inner:
            yield here


@pytest.mark.trust(11)
@pytest.mark.parametrize("way", WORDS)
def test_the_words_of_every_fact_are_in_the_document(way: str, full: bool) -> None:
    facts = QUARTERLY.model_dump(mode="json")
    known = list(places(facts, way))
    place = known[len(known) // 2]

    @settings(max_examples=40 if full else 4, deadline=None, database=None)
    @given(printable)
    def is_printed(words: str) -> None:
        words = f"[{words}]"
        changed = deepcopy(facts)
        holder = changed
        for step in place[:-1]:
            holder = holder[step]
        is_prose = str(holder[place[-1]]).startswith("<")
        holder[place[-1]] = narrative.clean(words, "text") if is_prose else words
        content = make(Snapshot.model_validate(changed), TEMPLATE).content
        parts = (
            xml.decode() for name, xml in read_members(content).items() if name.startswith(("word/header", "word/foot"))
        )
        assert words in reads(content) or any(escape(words) in part for part in parts)

    is_printed()


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
