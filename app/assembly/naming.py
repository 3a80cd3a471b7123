"""What a paper's file is called: safe on every system, and telling in a folder of many."""

import re

from app.assembly.snapshot import Snapshot

UNSAFE = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]+')
"""Characters that Windows, macOS or Linux do not take in a file name."""

LONGEST_TITLE = 80

LONGEST_NAME = 200
"""Bytes of UTF-8: file systems take 255, and programs put something of their own beside a name."""

LONGEST_ENDING = 150
"""Bytes of label, draft and marking together: a date and the beginning of a title still fit before them."""


def file_name(snapshot: Snapshot) -> str:
    """`2026-12-10 Scrutiny Board item 5.0 Collaboration update v0.3 DRAFT OFFICIAL.docx`."""
    paper, board = snapshot.paper, snapshot.board
    item = f"item {paper.agenda_number}" if paper.agenda_number else ""
    label = snapshot.label if snapshot.stage == "preview" else f"v{snapshot.label.removeprefix('v').removeprefix('V')}"
    draft = "" if paper.approved_on else snapshot.manifest.wording.draft
    copy = snapshot.manifest.wording.public_copy if snapshot.public else ""
    ending = _cut(_safe(label, copy, draft, paper.marking), LONGEST_ENDING)
    room = LONGEST_NAME - len(f" {ending}.docx".encode())
    beginning = _cut(_safe(board.meeting_on.isoformat(), _short(board.name), item, _short(paper.title)), room)
    return f"{beginning} {ending}".rstrip(". ") + ".docx"


def _safe(*words: str) -> str:
    return " ".join(UNSAFE.sub(" ", " ".join(words)).split())


def _cut(words: str, longest: int) -> str:
    """The words, or as many of their whole characters as `longest` bytes of UTF-8 hold."""
    return words.encode()[:longest].decode(errors="ignore").rstrip()


def _short(words: str) -> str:
    if len(words) <= LONGEST_TITLE:
        return words
    return words[:LONGEST_TITLE].rsplit(" ", 1)[0]
