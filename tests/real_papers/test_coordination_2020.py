"""A published coordination board's paper becomes facts, is sent to the API, generated, downloaded and read again."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from app import word
from tests.clock import set_clock
from tests.real_papers.comparison import reported
from tests.real_papers.coordination_facts import REFERENCE, CoordinationPaper, facts_of, read_coordination_paper
from tests.real_papers.drafts import manifest_of, template_of, text_of_paper
from tests.real_papers.numbered_comparison import Lines, document_lines, words_in
from tests.real_papers.numbered_text import paper_lines

FILE = "004_ea80c27a03c2a7cc.txt"
FORMAT = "coordination-board"


@pytest.fixture(scope="module")
def text() -> str:
    return text_of_paper(FILE)


@pytest.fixture(scope="module")
def paper(text: str) -> CoordinationPaper:
    return read_coordination_paper(text)


def with_strapline(strapline: str) -> str:
    """The shipped manifest with the words that stood beside the force's badge."""
    manifest = manifest_of(FORMAT)
    return f"strapline = {json.dumps(strapline, ensure_ascii=False)}\n{manifest}"


@pytest.fixture(scope="module")
def facts(paper: CoordinationPaper) -> dict[str, Any]:
    template = template_of(FORMAT)
    return facts_of(paper, manifest=with_strapline(paper.strapline), template=template)


@pytest.fixture
def draft(app: FastAPI, client: TestClient, facts: dict[str, Any], paper: CoordinationPaper) -> bytes:
    """The draft as a client of the API downloads it, made on the day of the meeting."""
    set_clock(app, lambda: datetime.combine(paper.held_on, time(12), tzinfo=UTC))
    loaded = client.post("/api/v1/facts", json=facts)
    assert loaded.status_code == 200, loaded.text
    made = client.post(f"/api/v1/papers/{REFERENCE}/versions", headers={"Idempotency-Key": "the-draft-for-the-board"})
    assert made.status_code == 201, made.text
    assert made.json()["open_points"] == 0
    return client.get(made.json()["document"]).content


@pytest.fixture(scope="module")
def published(text: str) -> Lines:
    return paper_lines(text, "To:")


def test_every_numbered_item_is_a_workstream_that_serves_an_objective(
    paper: CoordinationPaper, facts: dict[str, Any]
) -> None:
    assert [len(group.works) for group in paper.groups] == [1, 6, 6, 6]
    assert len({row["ref"] for row in facts["workstreams"]}) == 19
    assert all(len(row["serves"]) == 1 for row in facts["workstreams"])
    assert len(paper.objectives) == 3


def test_every_line_is_in_the_document_once_in_order_with_the_papers_number(
    published: Lines, document: bytes, record_property: Callable[[str, str], None]
) -> None:
    printed = document_lines(document)
    report = reported("004, coordination board", {"the paper": (words_in(published), words_in(printed))})
    record_property(*report.printed())
    assert report.share == 1, report.missing
    assert printed == published


def test_sections_paragraphs_and_groups_share_one_numbering(document: bytes) -> None:
    counted = [line for line in word.outline(document) if line.number[:1].isdigit()]
    assert [line.number for line in counted if line.style == "Heading 1"] == [f"{number}." for number in range(1, 9)]
    assert [line.number for line in counted if line.style == "Numbered Paragraph"] == [
        "1.1", "2.1", *(f"3.{number}" for number in range(1, 7)), "8.1",
    ]  # fmt: skip
    below = [line.number for line in counted if line.style in {"Heading 2", "Heading 2 Numbered Below"}]
    assert below == [f"{group}.{number}" for group in (5, 6, 7) for number in range(1, 7)]


def test_an_objective_stands_above_its_group_and_again_where_it_repeats(
    paper: CoordinationPaper, document: bytes
) -> None:
    lines = word.outline(document)
    above = [(lines[place + 1].number, line.text) for place, line in enumerate(lines) if line.style == "Plan Objective"]
    numbers = ["4.", "5.", "6.", "7.", "7.2", "7.3", "7.4", "7.5", "7.6", "8."]
    assert [number for number, _ in above] == numbers
    works = [group.works[0].objective for group in paper.groups] + [
        work.objective for work in paper.groups[-1].works[1:]
    ]
    assert [text for _, text in above] == [*works, paper.last_objective]


def test_bands_within_a_group_have_no_number(document: bytes) -> None:
    bands = [line for line in word.outline(document) if line.style == "Group Band"]
    assert [(line.number, line.text) for line in bands] == [("", "Phase One"), ("", "Phase Two")]
