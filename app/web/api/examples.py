"""One small world, told consistently, that the reference shows and the tests send."""

from typing import Any

ORGANISATION: dict[str, Any] = {"key": "northmoor", "name": "Northmoor Constabulary", "short_name": "Northmoor"}

PERSON: dict[str, Any] = {
    "key": "a-osei",
    "name": "Chief Superintendent A Osei",
    "organisation": "northmoor",
    "posts": [{"title": "Head of Strategic Change", "starts_on": "2025-09-01", "ends_on": None}],
    "aliases": ["Ch Supt Osei"],
    "contact": "change@northmoor.example",
    "staff_number": None,
}

FRAMEWORK: dict[str, Any] = {
    "key": "plan-2025",
    "name": "Police and Crime Plan",
    "edition": "2025–2029",
    "organisation": "northmoor",
    "starts_on": "2025-04-01",
    "ends_on": "2029-03-31",
    "items": [{"key": "p1", "kind": "priority", "number": "1", "text": "Safer neighbourhoods", "items": []}],
}

RAG_SCHEME: dict[str, Any] = {
    "key": "programme",
    "name": "Programme ratings",
    "values": [
        {
            "key": "red",
            "label": "Red",
            "meaning": "Will not be delivered without help",
            "background": "C62828",
            "colour": "FFFFFF",
        },
        {"key": "green", "label": "Green", "meaning": "On track", "background": "2E7D32", "colour": "FFFFFF"},
    ],
    "dimensions": [{"key": "overall", "label": "Overall", "meaning": "All in all"}],
}

MEETING: dict[str, Any] = {
    "held_on": "2026-12-10",
    "place": "Council Chamber",
    "agenda": [{"number": "5.0", "title": "Collaboration update"}],
}

BOARD: dict[str, Any] = {
    "key": "scrutiny",
    "name": "Performance and Scrutiny Board",
    "organisation": "northmoor",
    "programme_title": "Performance and Scrutiny Programme",
    "programme_year": "financial",
    "recipient": "the Office of the Police and Crime Commissioner",
    "format": None,
    "deadlines": {"draft": -15, "final": -5},
    "meetings": [MEETING],
}

SERIES: dict[str, Any] = {"key": "collaboration", "name": "Collaboration updates", "board": "scrutiny"}

INTRODUCTION: dict[str, Any] = {
    "as_at": "2026-11-20",
    "text": {"format": "markdown", "value": "Seven forces work together in the region."},
}

THEME: dict[str, Any] = {
    "key": "region",
    "name": "Eastern Region",
    "organisation": "northmoor",
    "parent": None,
    "position": 1,
    "rag_scheme": "programme",
    "rating_source": "from the programme pack",
    "introductions": [INTRODUCTION],
}

UPDATE: dict[str, Any] = {
    "as_at": "2026-11-20",
    "nothing_to_report": False,
    "parts": {
        "progress": "The shared team went live on **1 October**.",
        "next-steps": {"format": "html", "value": "<ul><li><p>Sign the lease</p></li></ul>"},
    },
    "ratings": {"overall": {"value": "green", "source": "determined for this report"}},
}

WORKSTREAM: dict[str, Any] = {
    "ref": "PROC-1",
    "name": "Shared procurement",
    "theme": "region",
    "owner": "a-osei",
    "position": 1,
    "rating_source": None,
    "serves": ["plan-2025/p1"],
    "parts": {"next-steps": "required"},
    "updates": [UPDATE],
}

FORMAT: dict[str, Any] = {
    "key": "scrutiny",
    "manifest": 'key = "scrutiny"\nname = "Scrutiny paper"\n…',
    "template": "UEsDBBQABgAIAAAAIQ…",
}

SECTION: dict[str, Any] = {
    "key": "purpose",
    "heading": None,
    "blocks": [{"kind": "narrative", "text": "This paper gives an update on collaboration."}],
}

PAPER: dict[str, Any] = {
    "reference": "COL-2026-12",
    "title": "Collaboration update",
    "organisation": "northmoor",
    "format": "scrutiny",
    "board": "scrutiny",
    "meeting": "2026-12-10",
    "series": "collaboration",
    "agenda_number": "5.0",
    "marking": "OFFICIAL",
    "chief_officer": "a-osei",
    "author": "a-osei",
    "take": "latest",
    "cut_off": None,
    "fields": {},
    "workstreams": ["PROC-1"],
    "own_wordings": [],
    "consultees": ["a-osei"],
    "sections": [SECTION],
}

FACTS: dict[str, Any] = {"facts": "1", "workstreams": [WORKSTREAM]}

ACCOUNT: dict[str, Any] = {
    "key": "intranet",
    "name": "The intranet",
    "role": "client",
    "organisation": "northmoor",
}

DIGEST = "4be8e37e1c1f06ad7e9a6a9cf2cd0a1cb1ee2c1ce2b3a8aa9d65f49ec05f2f4e"

VERSION: dict[str, Any] = {
    "paper": "COL-2026-12",
    "number": 3,
    "label": "0.3",
    "made_at": "2026-11-23T12:00:00Z",
    "made_by": "intranet",
    "template": {"format": "scrutiny", "number": 1, "digest": DIGEST},
    "engine": 1,
    "snapshot_digest": DIGEST,
    "content_digest": DIGEST,
    "file_digest": DIGEST,
    "size": 48_213,
    "file_name": "2026-12-10 Performance and Scrutiny Board item 5.0 Collaboration update v0.3 DRAFT OFFICIAL.docx",
    "open_points": 2,
    "document": "/api/v1/papers/COL-2026-12/versions/0.3/document",
}

PICTURE: dict[str, Any] = {
    "digest": DIGEST,
    "media_type": "image/png",
    "width": 1200,
    "height": 800,
    "size": 91_024,
    "content": f"/api/v1/pictures/{DIGEST}/content",
}

EVENT: dict[str, Any] = {
    "sequence": 212,
    "action": "version.kept",
    "object": "paper/COL-2026-12/version/0.3",
    "by": "intranet",
    "at": "2026-11-23T12:00:00.000000+00:00",
    "digests": {"file": DIGEST},
    "request": "7f0a1f2b",
    "hash": DIGEST,
}

CHANGES: dict[str, Any] = {
    "paper": "COL-2027-03",
    "since": "0.1",
    "label": "0.2",
    "changes": [
        {
            "number": 1,
            "heading": "Executive Summary",
            "what": "paragraph",
            "fate": "changed",
            "pieces": [
                {"kind": "same", "text": "Savings are forecast at "},
                {"kind": "gone", "text": "£2.25"},
                {"kind": "new", "text": "£2.33"},
                {"kind": "same", "text": " million."},
            ],
        }
    ],
}
