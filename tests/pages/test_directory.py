"""Persons, boards, plans and what else papers are about are added and changed in the browser. Without JavaScript."""

import pytest

from app.accounts import queries as accounts
from app.facts import read
from app.facts.load import load
from app.facts.parse import parse_facts
from app.web.pages import directory
from app.web.pages.directory_kinds import KINDS
from tests.stories import NOON

PEOPLE = "/directory/people"
ACC = f"{PEOPLE}/acc-operations"


@pytest.fixture
def secretary(browser_of):
    return browser_of("board-secretary")


@pytest.fixture
def author(browser_of):
    return browser_of("report-author")


@pytest.fixture
def kept(site):
    """What the facts say of an entry: `kept(read.person, "acc-operations")`."""

    def ask(of, key):
        with site.state.premises.database.reading() as session:
            return of(session, key)

    return ask


def test_a_person_is_found_and_gets_another_post(secretary, kept):
    before = kept(read.person, "acc-operations")
    secretary.visit("/").visit("/directory").follow("People")
    secretary.send(PEOPLE, q="assistant operations")
    assert [row[0] for row in secretary.page.rows()] == [f"{before.name}acc-operations"]

    secretary.follow(before.name)
    row = len(before.posts)
    secretary.send(ACC, **{f"posts__{row}__title": "Acting Deputy Chief", f"posts__{row}__starts_on": "2027-01-04"})

    assert secretary.page.told == f"“{before.name}” is saved."
    now = kept(read.person, "acc-operations")
    assert {post.title for post in now.posts} == {*(post.title for post in before.posts), "Acting Deputy Chief"}
    assert now.model_copy(update={"posts": before.posts}) == before


def test_a_list_stands_in_the_order_of_names_page_after_page(secretary, monkeypatch):
    monkeypatch.setattr(directory, "PAGE_SIZE", 2)
    new = "/new-entry/people"
    for name, key in (("aardvark keeper", "z-last"), ("Aardvark Keeper", "y-last"), ("Zoo Keeper", "a-first")):
        secretary.visit(new).send(new, name=name, key=key, organisation=secretary_force(secretary))

    for slug in KINDS:
        secretary.visit(f"/directory/{slug}")
        found = entries_shown(secretary)
        while "Next page" in secretary.page.links():
            secretary.follow("Next page")
            found += entries_shown(secretary)
        assert found == sorted(set(found), key=lambda entry: (entry[0].lower(), entry[1])), slug
        if slug == "people":
            assert [key for _, key in found][:2] == ["y-last", "z-last"]
            assert found[-1] == ("Zoo Keeper", "a-first")


def entries_shown(browser) -> list[tuple[str, str]]:
    """Name and key of each entry on the page of a list."""
    links = browser.page.tree.xpath("//tbody//th/a")
    return [(link.text_content(), link.get("href").rpartition("/")[2]) for link in links]


def test_every_entry_can_be_opened_and_saved_as_it_is(secretary, kept, site):
    for slug, of in {
        "people": read.person,
        "organisations": read.organisation,
        "boards": read.board,
        "series": read.one_series,
        "plans": read.framework,
        "themes": read.theme,
        "workstreams": read.workstream,
    }.items():
        links = secretary.visit(f"/directory/{slug}").page.links().values()
        address = next(link for link in links if link.startswith(f"/directory/{slug}/"))
        key = address.rpartition("/")[2]
        before = kept(of, key)
        secretary.visit(address).send(address)
        assert secretary.page.told, (slug, secretary.page.errors)
        assert kept(of, key).model_dump() == before.model_dump(), slug


def test_an_entry_is_added_with_a_key_made_of_its_name(secretary, kept):
    new = "/new-entry/people"
    secretary.visit(new).send(new, name="", organisation="")
    assert secretary.page.status == 422
    assert "Name is missing" in secretary.page.errors

    secretary.send(new, name="Head of Fleet and Workshops", organisation=secretary_force(secretary))
    assert secretary.page.told == "“Head of Fleet and Workshops” is added, with the key head-of-fleet-and-workshops."
    assert kept(read.person, "head-of-fleet-and-workshops").name == "Head of Fleet and Workshops"

    secretary.visit(new).send(new, name="Another", key="acc-operations", organisation=secretary_force(secretary))
    assert secretary.page.errors == ["Something else has this key: choose another"]
    assert secretary.page.form(new).fields["name"] == "Another"


def secretary_force(browser) -> str:
    """The first organisation that the form offers."""
    found = browser.page.tree.xpath("//select[@name='organisation']/option/@value")
    return next(value for value in found if value)


def test_what_is_wrong_is_said_beside_its_field(secretary):
    secretary.visit(ACC)
    secretary.send(ACC, posts__5__title="A post", posts__5__starts_on="soon", name="x" * 400)

    assert secretary.page.status == 422
    places = secretary.page.tree.xpath("//div[contains(@class, 'govuk-error-summary')]//a/@href")
    assert set(places) == {"#name", "#posts.5.starts_on"}
    assert secretary.page.form(ACC).fields["posts.5.starts_on"] == "soon"


def test_two_who_change_an_entry_see_what_differs(secretary, browser_of, kept):
    other = browser_of("administrator").visit(ACC)
    secretary.visit(ACC)
    other.send(ACC, contact="other@example.org")

    secretary.send(ACC, contact="mine@example.org")
    assert secretary.page.status == 409
    assert ["Contact (optional)", "other@example.org", "mine@example.org"] in secretary.page.rows()
    assert kept(read.person, "acc-operations").contact == "other@example.org"

    secretary.send(ACC)
    assert kept(read.person, "acc-operations").contact == "mine@example.org"


def test_a_board_keeps_its_meetings_and_gets_deadlines_of_its_own(secretary, kept):
    board = "/directory/boards/performance-resources"
    before = kept(read.board, "performance-resources")
    row = len(before.deadlines)

    secretary.visit(board)
    secretary.send(board, **{f"deadlines__{row}__name": "legal", f"deadlines__{row}__value": "soon"})
    assert secretary.page.tree.xpath(f"//a[@href='#deadlines.{row}.value']")
    secretary.send(board, **{f"deadlines__{row}__value": "−12"})

    assert secretary.page.told, secretary.page.errors
    now = kept(read.board, "performance-resources")
    assert now.deadlines == {**before.deadlines, "legal": -12}
    assert now.meetings == before.meetings


def test_a_plan_gets_an_item_below_another_and_loses_none(secretary, kept):
    plan = next(link for link in secretary.visit("/directory/plans").page.links().values() if "/plans/" in link)
    before = kept(read.framework, plan.rpartition("/")[2])
    secretary.visit(plan)
    fields = secretary.page.form(plan).fields
    rows = sum(name.endswith(".text") for name in fields)
    last = rows - 2

    secretary.send(plan, items__0__text="")
    assert secretary.page.errors == ["An item that is there stays: say what it is"]
    typed = {f"items__{last}__text": "Fewer collisions", f"items__{last}__kind": "strand", f"items__{last}__level": "2"}
    secretary.visit(plan).send(plan, **typed)

    assert secretary.page.told, secretary.page.errors
    now = kept(read.framework, before.key)
    assert [item.key for item in now.items] == [item.key for item in before.items]
    assert now.items[-1].items[-1].text == "Fewer collisions"
    assert now.items[-1].items[-1].key == "fewer-collisions"


def test_a_deep_plan_is_saved_with_every_item_where_and_as_it_was(site, secretary, kept):
    first = next(link for link in secretary.visit("/directory/plans").page.links().values() if "/plans/" in link)
    item = {"key": "below-18", "text": "The last one"}
    for level in range(17, 0, -1):
        item = {"key": f"below-{level}", "text": f"Level {level},\nin two lines", "items": [item]}
    before = kept(read.framework, first.rpartition("/")[2]).model_dump(mode="json")
    deep = before | {"key": "deep", "edition": "Deep", "items": [item, {"key": "beside", "text": "Beside"}]}
    premises = site.state.premises
    with premises.database.writing() as session:
        load(session, premises.blobs, parse_facts({"facts": "1", "frameworks": [deep]}), by="x", now=NOON)
    known, plan = kept(read.framework, "deep"), "/directory/plans/deep"

    secretary.visit(plan).send(plan)
    assert secretary.page.told, secretary.page.errors
    assert kept(read.framework, "deep") == known
    words = secretary.visit(plan).page.tree.xpath("//textarea/@name")
    assert words == [f"items.{row}.text" for row in range(17)], "one line would lose what stands below the first"
    secretary.send(plan, name="Another name", items__18__level="99")
    assert kept(read.framework, "deep") == known.model_copy(update={"name": "Another name"})


def test_an_author_changes_only_what_is_the_organisations_own(author, kept):
    assert set(author.visit("/directory").page.links()) == {"People", "Themes", "Workstreams"}
    assert author.visit("/directory/boards").page.status == 403
    assert author.visit("/directory/nothing").page.status == 404
    assert "staff_number" not in author.visit(ACC).page.form(ACC).fields

    theme = "/new-entry/themes"
    author.visit(theme).send(theme, name="Roads", organisation=secretary_force(author))
    assert author.page.told == "“Roads” is added, with the key roads."
    workstream = "/new-entry/workstreams"
    author.visit(workstream).send(workstream, name="Average speed cameras", theme="roads", key="ROA-01")
    assert kept(read.workstream, "ROA-01").theme == "roads"
    assert author.visit("/workstreams/ROA-01").page.heading == "Average speed cameras"


def test_who_may_change_nothing_has_no_directory(browser_of):
    for account in ("workstream-lead", "reader", "chief-officer"):
        browser = browser_of(account)
        assert "Directory" not in browser.page.navigation
        assert browser.visit("/directory").page.status == 403
        assert browser.visit(ACC).page.status == 403
    office = browser_of("commissioners-office")
    assert office.visit("/directory/workstreams/JNT-01").page.status in {403, 404}


def test_who_is_confined_to_a_board_finds_it_and_its_series_alone(site, browser_of, kept):
    elsewhere, own = "/directory/boards/delivery", "/directory/boards/performance-resources"
    free = browser_of("board-secretary").visit(elsewhere)
    fields = free.page.form(elsewhere).fields
    new, fairness = "/new-entry/series", "/directory/series/fairness"
    free.visit(new).send(new, name="Fairness", board="delivery", key="fairness")
    everywhere = {row[0] for row in free.visit("/directory/series").page.rows()}
    with site.state.premises.database.writing() as session:
        accounts.get(session, "board-secretary").boards = ["performance-resources"]

    secretary = browser_of("board-secretary").visit("/directory/boards")
    assert [row[0].endswith("performance-resources") for row in secretary.page.rows()] == [True]
    assert secretary.visit(elsewhere).page.status == 404
    assert secretary.client.post(elsewhere, data={**fields, "name": "Ours"}).status_code == 404
    assert kept(read.board, "delivery").name != "Ours"
    assert {row[0] for row in secretary.visit("/directory/series").page.rows()} == everywhere - {"Fairnessfairness"}
    assert secretary.visit(fairness).page.status == 404

    offered = secretary.visit(new).page.tree.xpath("//select[@name='board']/option/@value")
    assert offered == ["", "performance-resources"]
    assert secretary.client.post(new, data={"name": "Ours", "board": "delivery"}).status_code == 422
    secretary.visit(own).send(own, recipient="The Commissioner")
    assert kept(read.board, "performance-resources").recipient == "The Commissioner"


def test_what_a_workstream_serves_is_ticked_in_the_words_of_the_plan(author, kept):
    address = "/directory/workstreams/JNT-01"
    before = kept(read.workstream, "JNT-01")
    boxes = author.visit(address).page.tree.xpath("//input[@name='serves']")
    words = {box.get("value"): " ".join(box.getnext().text_content().split()) for box in boxes}
    assert [box.get("value") for box in boxes if box.get("checked") is not None] == list(before.serves)
    assert words["pcp-2025-2029/evidence-led"].startswith("ii.1 Stronger cases built early")

    other = next(one for one in words if one not in before.serves)
    author.send(address, serves=[before.serves[0], other])
    assert author.page.told, author.page.errors
    assert set(kept(read.workstream, "JNT-01").serves) == {before.serves[0], other}
    author.visit(address).send(address, serves=[])
    assert author.page.told, author.page.errors
    assert kept(read.workstream, "JNT-01").serves == ()
    author.visit(address).send(address, serves=list(before.serves))
    assert kept(read.workstream, "JNT-01") == before


THEME = "/directory/themes/joint-saltmarch"


def test_what_stands_under_a_theme_is_written_beside_last_time(browser_of):
    author = browser_of("report-author").visit(THEME).follow("Read and write its introductions")
    assert [h.text_content() for h in author.page.tree.xpath("//main//h2")] == [
        "As at 20 November 2026", "As at 21 August 2026", "As at 22 May 2026",
    ]  # fmt: skip
    assert author.press("Continue", as_at="soon").page.errors == ["Enter the day as at which it stands"]
    author.press("Continue", as_at="2026-11-21")
    assert "Last time, 20 November 2026 The two forces share services" in author.page.text
    assert author.press("Save", text=" ").page.errors == ["Enter what stands under the theme"]
    author.press("Save", text="Two forces:\n\n- Northmoor\n- **Saltmarch**")
    assert author.page.told == "The introduction as at 21 November 2026 is saved."
    author.follow("Correct it: the introduction as at 21 November 2026").press("Save", text="Two forces share.")

    assert browser_of("workstream-lead").visit(f"{THEME}/introductions").page.status == 403
    assert author.visit("/directory/themes/none/introductions").page.status == 404


def test_two_who_write_an_introduction_lose_nothing_and_papers_print_it(browser_of):
    address = f"{THEME}/introductions/2026-11-20"
    mine, theirs = browser_of("report-author").visit(address), browser_of("board-secretary").visit(address)
    theirs.press("Save", text="What they wrote.")
    mine.press("Save", text="What I wrote.")
    assert mine.page.status == 409
    assert "What was saved meanwhile What they wrote." in mine.page.text
    assert mine.page.form(address).fields["text"].strip() == "What I wrote."
    mine.press("Save")
    assert "What I wrote." in mine.page.text
    assert "What I wrote." in mine.visit("/papers/collaboration-2026-12/whole").page.text

    mine.visit(address).press("Keep for later", text="Half a sentence")
    assert mine.visit(address).page.form(address).fields["text"].strip() == "Half a sentence"
    assert "Half a sentence" not in theirs.visit(address).page.answer.text
    assert mine.visit(address).press("Save").page.told
    assert "Half a sentence" in mine.page.text
