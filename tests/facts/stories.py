"""A small force with one paper, as a facts file that each story changes in one place."""

from pathlib import Path
from typing import Any

import yaml

from app.facts.load import Loaded, load
from app.facts.parse import parse, parse_facts
from app.facts.shapes import FactsFile
from app.facts.shipped import shipped_formats
from tests.conftest import NOW, ROOT

SMALL = """
facts: "1"
organisations:
- {key: force, name: Harrowdale Constabulary, short_name: Harrowdale}
- {key: office, name: Office of the Commissioner, short_name: OPCC}
people:
- key: dcc
  name: Deputy Chief Constable
  organisation: force
  posts:
  - {title: Assistant Chief Constable, starts_on: 2023-04-01, ends_on: 2025-03-31}
  - {title: Deputy Chief Constable, starts_on: 2025-04-01}
  aliases: [The Deputy]
- {key: analyst, name: Senior Analyst, organisation: force}
frameworks:
- key: plan
  name: Police and Crime Plan
  edition: 2025–2029
  organisation: office
  items:
  - key: victims
    number: i
    text: Putting victims first
    items:
    - {key: contact, kind: objective, number: i.a, text: Answering quickly}
  - {key: roads, number: ii, text: Safer roads}
rag_schemes:
- key: programme
  name: Programme ratings
  values:
  - {key: green, label: Green, meaning: On track, background: 2E7D32, colour: FFFFFF}
  - {key: red, label: Red, meaning: Off track, background: C62828, colour: FFFFFF}
  dimensions:
  - {key: overall, label: Overall}
  - {key: time, label: Time, meaning: Against the plan}
boards:
- key: scrutiny
  name: Scrutiny Board
  organisation: office
  programme_title: Scrutiny Programme
  recipient: The Commissioner
  format: scrutiny
  deadlines: {draft: -15, final: -5}
  meetings:
  - {held_on: 2026-09-10}
  - {held_on: 2026-12-10, place: County Hall, agenda: [{number: 4.0, title: Minutes}, {number: 5.0, title: Update}]}
series:
- {key: quarterly, name: Quarterly update, board: scrutiny}
themes:
- key: estate
  name: Estate
  organisation: force
  rag_scheme: programme
  rating_source: from the programme pack
  introductions:
  - {as_at: 2026-11-01, text: The estate is being renewed.}
- {key: garages, name: Garages, organisation: force, parent: estate, position: 1}
workstreams:
- ref: EST-1
  name: New station
  theme: estate
  owner: dcc
  serves: [plan/contact, plan/roads]
  parts: {next-steps: required}
  updates:
  - as_at: 2026-08-20
    parts: {progress: The ground was cleared.}
    ratings: {overall: green}
  - as_at: 2026-11-20
    parts: {progress: The *walls* stand., next-steps: The roof.}
    ratings: {overall: green, time: {value: red, source: the site diary}}
- ref: EST-2
  name: Workshop
  theme: garages
  position: 1
  updates:
  - {as_at: 2026-11-20, nothing_to_report: true, ratings: {overall: not-rated}}
papers:
- reference: Q3
  title: Estate update
  organisation: force
  format: scrutiny
  board: scrutiny
  meeting: 2026-12-10
  series: quarterly
  agenda_number: 5.0
  marking: OFFICIAL
  chief_officer: dcc
  author: analyst
  cut_off: 2026-11-27
  workstreams: [EST-2, EST-1]
  own_wordings:
  - {workstream: EST-1, as_at: 2026-11-20, part: progress, text: The walls are up.}
  consultees: [analyst, dcc]
  sections:
  - key: purpose
    blocks: [{kind: narrative, text: To tell the board.}]
  - key: current-work
    heading: Where the estate stands
    blocks: [{kind: workstreams, parts: [progress]}]
  - key: actions
    blocks: [{kind: nil, subject: actions, as_at: 2026-11-20}]
"""

DEMONSTRATION = ROOT / "app" / "facts" / "demonstration.yaml"


def small() -> dict[str, Any]:
    """The small force's facts, to be changed and parsed."""
    document: dict[str, Any] = yaml.load(SMALL, Loader=yaml.BaseLoader)
    return document


def only(**kinds: Any) -> dict[str, Any]:
    """A facts file with these kinds of entries alone."""
    return {"facts": "1", **kinds}


def shipped() -> FactsFile:
    """Every format that comes with the program."""
    return FactsFile(facts="1", formats=shipped_formats(ROOT / "templates"))


def formats() -> FactsFile:
    """The scrutiny format alone."""
    return FactsFile(facts="1", formats=tuple(shape for shape in shipped().formats if shape.key == "scrutiny"))


def demonstration() -> FactsFile:
    return parse(Path(DEMONSTRATION).read_bytes())


def loaded(database, blobs, *documents: Any, by: str = "author", now=NOW) -> Loaded:
    """Loads each document (a mapping or a facts file) in a transaction of its own; the last one's outcome."""
    for document in documents:
        facts = document if isinstance(document, FactsFile) else parse_facts(document)
        with database.writing() as session:
            outcome = load(session, blobs, facts, by=by, now=now)
    return outcome


def a_force(database, blobs) -> None:
    """The database holds the scrutiny format and the small force."""
    loaded(database, blobs, formats(), small())
