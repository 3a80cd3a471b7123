"""What a paper's file is called: safe on every system, and telling in a folder of many."""

import re

from app.assembly.snapshot import Snapshot

UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
"""Characters that Windows, macOS or Linux do not take in a file name."""

LONGEST_TITLE = 80


def file_name(snapshot: Snapshot) -> str:
    """`2026-12-10 Scrutiny Board item 5.0 Collaboration update v0.3 DRAFT OFFICIAL.docx`."""
    paper, board = snapshot.paper, snapshot.board
    item = f"item {paper.agenda_number}" if paper.agenda_number else ""
    label = snapshot.label if snapshot.stage == "preview" else f"v{snapshot.label.removeprefix('v').removeprefix('V')}"
    draft = "" if paper.approved_on else snapshot.manifest.wording.draft
    words = [board.meeting_on.isoformat(), _short(board.name), item, _short(paper.title), label, draft, paper.marking]
    safe = UNSAFE.sub(" ", " ".join(filter(None, words)))
    return " ".join(safe.split()).rstrip(". ") + ".docx"


def _short(words: str) -> str:
    if len(words) <= LONGEST_TITLE:
        return words
    return words[:LONGEST_TITLE].rsplit(" ", 1)[0]
