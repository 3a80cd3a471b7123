"""One round of a quarter, from its opening to the draft that lacks a single answer."""

from app.assembly.assemble import ENGINE, make_again
from app.upkeep.verify import verify
from tests.quarter.round import twenty_leads_answer


def test_twenty_leads_answer_and_every_draft_says_what_is_open(app, client, database, blobs, tmp_path):
    twenty_leads_answer(app, client)
    with database.reading() as session:
        report = verify(
            session, blobs, checkpoints=tmp_path / "audit-checkpoints.jsonl", engine=ENGINE,
            make_again=lambda version: make_again(version, blobs).content,
        )  # fmt: skip
    assert report.findings == ()
    assert (report.counts["answers"], report.counts["judgements"]) == (20, 1)
