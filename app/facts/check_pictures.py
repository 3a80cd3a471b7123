"""Pictures that the narratives of a facts file show and nobody has stored."""

from collections.abc import Iterable, Iterator

from sqlalchemy.orm import Session

from app.errors import Fault
from app.facts.shapes import FactsFile
from app.narrative import files_needed
from app.papers.blocks import prose_in
from app.pictures import queries as pictures


def picture_faults(session: Session, facts: FactsFile) -> Iterator[Fault]:
    """A fault for every picture of a narrative that is not stored, with the narrative's place."""
    shown = [(place, digest) for place, text in _narratives(facts) if "<img " in text for digest in files_needed(text)]
    stored = pictures.stored(session, sorted({digest for _, digest in shown}))
    for place, digest in shown:
        if digest not in stored:
            yield Fault(place, f"shows the picture {digest}, which is not stored; upload it first")


def _narratives(facts: FactsFile) -> Iterable[tuple[str, str]]:
    """Every narrative of the file with its place."""
    for number, theme in enumerate(facts.themes):
        for count, said in enumerate(theme.introductions):
            yield f"themes[{number}].introductions[{count}].text", said.text
    for number, workstream in enumerate(facts.workstreams):
        for count, update in enumerate(workstream.updates):
            for part, text in update.parts.items():
                yield f"workstreams[{number}].updates[{count}].parts.{part}", text
    for number, paper in enumerate(facts.papers):
        for count, section in enumerate(paper.sections):
            for position, block in enumerate(section.blocks):
                for place, text in prose_in(block):
                    yield f"papers[{number}].sections[{count}].blocks[{position}].{place}", text
        for count, wording in enumerate(paper.own_wordings):
            yield f"papers[{number}].own_wordings[{count}].text", wording.text
