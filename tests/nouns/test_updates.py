"""Which updates a paper finds: the newest revisions, up to a day."""

import re
from datetime import date, timedelta

import pytest
from sqlalchemy import event, insert

from app.word.contrast import contrast
from app.workstreams import queries
from app.workstreams.models import Update, Workstream
from tests.conftest import NOW
from tests.facts.stories import a_force, demonstration, formats, loaded, shipped, small

AUGUST, NOVEMBER = date(2026, 8, 20), date(2026, 11, 20)


@pytest.fixture
def corrected(database, blobs):
    """The small force, whose update of August was corrected after that of November came."""
    a_force(database, blobs)
    document = small()
    document["workstreams"][0]["updates"][0]["parts"]["progress"] = "The ground was cleared and drained."
    loaded(database, blobs, document)
    return database


def told(updates) -> list[tuple[date, int, dict[str, str]]]:
    return [(u.as_at, u.revision, {part.part: part.narrative for part in u.parts}) for u in updates]


def first_id(session) -> int:
    return queries.get(session, "EST-1").id


def test_heads_are_the_newest_revisions_in_order_of_dates(corrected):
    with corrected.reading() as session:
        assert told(queries.heads(session, [first_id(session)])) == [
            (AUGUST, 2, {"progress": "<p>The ground was cleared and drained.</p>"}),
            (NOVEMBER, 1, {"next-steps": "<p>The roof.</p>", "progress": "<p>The <em>walls</em> stand.</p>"}),
        ]


@pytest.mark.parametrize(
    ("after", "up_to", "found"),
    [
        (date.min, AUGUST - timedelta(days=1), []),
        (date.min, AUGUST, [AUGUST]),
        (AUGUST, NOVEMBER, [NOVEMBER]),
        (AUGUST - timedelta(days=1), NOVEMBER, [AUGUST, NOVEMBER]),
        (NOVEMBER, date(2027, 1, 1), []),
    ],
)
def test_heads_lie_behind_the_one_day_and_up_to_the_other(corrected, after, up_to, found):
    with corrected.reading() as session:
        heads = queries.head_revisions(session, [first_id(session)], after=after, up_to=up_to)
        assert [update.as_at for update in heads] == found


@pytest.mark.parametrize(
    ("up_to", "found"),
    [
        (AUGUST - timedelta(days=1), []),
        (AUGUST, [(AUGUST, 2)]),
        (NOVEMBER - timedelta(days=1), [(AUGUST, 2)]),
        (NOVEMBER, [(NOVEMBER, 1)]),
    ],
)
def test_the_latest_is_the_newest_revision_of_the_last_date(corrected, up_to, found):
    with corrected.reading() as session:
        latest = queries.latest(session, [first_id(session)], up_to=up_to)
        assert [(update.as_at, update.revision) for update in latest] == found


def test_an_update_comes_with_its_ratings_and_their_sources(corrected):
    with corrected.reading() as session:
        (update,) = queries.latest(session, [first_id(session)], up_to=NOVEMBER)
        ratings = {r.dimension.key: (r.value.key if r.value else None, r.source) for r in update.ratings}
        assert ratings == {"overall": ("green", None), "time": ("red", "the site diary")}


def test_introductions_are_the_newest_up_to_the_day(database, blobs):
    document = small()
    document["themes"][0]["introductions"].append({"as_at": "2026-12-01", "text": "Renewed."})
    loaded(database, blobs, formats(), document)
    document["themes"][0]["introductions"][0]["text"] = "Being renewed, and sold."
    loaded(database, blobs, document)
    with database.reading() as session:
        ids = queries.theme_ids(session, ["estate", "garages"])

        def said(day: date) -> list[str]:
            return [row.narrative for row in queries.introductions(session, ids.values(), up_to=day).values()]

        assert said(date(2026, 10, 31)) == []
        assert said(date(2026, 11, 30)) == ["<p>Being renewed, and sold.</p>"]
        assert said(date(2026, 12, 1)) == ["<p>Renewed.</p>"]


def test_the_tree_holds_what_stands_above_and_each_theme_before_those_below(database, blobs):
    loaded(database, blobs, shipped(), demonstration())
    with database.reading() as session:
        places = queries.theme_places(session)
        lowest = [key for key, place in places.items() if place.parent]
        tree = queries.tree(session, queries.theme_ids(session, lowest).values())
        keys = [theme.key for theme in tree]
        assert lowest
        for key in lowest:
            assert keys.index(places[key].parent) < keys.index(key)
        for theme in tree:
            assert theme.scheme is None or (theme.scheme.values and theme.scheme.dimensions)


def test_the_scheme_is_that_of_the_nearest_theme_above(database, blobs):
    a_force(database, blobs)
    with database.reading() as session:
        places = queries.theme_places(session)
    assert queries.scheme_above(places, "garages") == "programme"


def test_asking_for_the_latest_stays_cheap_among_many_updates(database, blobs):
    """However many updates are stored, the index leads to the last of each workstream: none is read in vain."""
    a_force(database, blobs)
    with database.writing() as session:
        theme = queries.get_theme(session, "garages").id
        session.execute(
            insert(Workstream),
            [{"ref": f"W-{n}", "name": "W", "theme_id": theme, "position": 0} for n in range(200)],
        )
        ids = list(queries.workstream_ids(session, [f"W-{n}" for n in range(200)]).values())
        rows = [
            {
                "workstream_id": number,
                "as_at": date(2020, 1, 1) + timedelta(days=day),
                "revision": 1,
                "nothing_to_report": True,
                "recorded_at": NOW,
            }
            for number in ids
            for day in range(100)
        ]
        session.execute(insert(Update), rows)
    statements: list[tuple[str, object]] = []
    event.listen(database.engine, "before_cursor_execute", lambda *told: statements.append((told[2], told[3])))
    with database.reading() as session:
        latest = queries.latest(session, ids, up_to=date(2020, 2, 1))
        assert {update.as_at for update in latest} == {date(2020, 2, 1)}
        assert len(latest) == 200
    assert len([statement for statement, _ in statements if "SELECT" in statement]) == 4
    asked = [told for told in statements if re.search(r'FROM "?update"?\s', told[0])]
    plans = [plan_of(database, *told) for told in asked]
    assert len(plans) == 2
    for plan in plans:
        assert not re.search(r'(SCAN|Seq Scan on) "?update', plan), plan


def plan_of(database, statement: str, parameters: object) -> str:
    """How the database goes about a statement."""
    explain = {"postgresql": "EXPLAIN", "sqlite": "EXPLAIN QUERY PLAN"}[database.engine.dialect.name]
    with database.engine.connect() as connection:
        if explain == "EXPLAIN":
            connection.exec_driver_sql('ANALYZE "update"')
        return "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {statement}", parameters))


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("000000", "FFFFFF", 21.0),
        ("FFFFFF", "FFFFFF", 1.0),
        ("777777", "FFFFFF", 4.48),
        ("767676", "FFFFFF", 4.54),
        ("FF0000", "FFFFFF", 4.0),
        ("FFFFFF", "2E7D32", 5.13),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.01)
