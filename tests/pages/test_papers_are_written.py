"""The sections of a paper are written, what it takes is chosen and ordered: without JavaScript."""

import io

from PIL import Image

from app.web.pages.forms import place_in_words

PAPER = "/papers/collaboration-2026-12"
PURPOSE = f"{PAPER}/sections/purpose"
WORKSTREAMS = f"{PAPER}/workstreams"


def chosen(browser) -> list[str]:
    return [item.get("id") for item in browser.page.tree.find_class("app-ordered__entry")]


def test_a_section_is_written_in_markdown(browser_of):
    browser = browser_of("report-author").visit(PAPER).follow("Purpose of Report")

    assert "One paragraph: what this paper is for" in browser.page.text
    browser.send(PURPOSE, blocks__0__text="It tells the board of:\n\n1. fleet\n2. *estates*", press="do=save")
    assert (browser.page.path, browser.page.told) == (PAPER, "“Purpose of Report” is saved.")

    whole = browser.visit(f"{PAPER}/whole").page
    assert [
        item.text_content() for item in whole.tree.xpath("//section[@aria-labelledby='section-purpose']//ol/li")
    ] == [
        "fleet",
        "estates",
    ]
    browser.visit(f"{PURPOSE}?back=whole").send(PURPOSE, press="do=save")
    assert browser.page.path.startswith(f"{PAPER}/whole")


def test_what_is_wrong_in_a_text_is_said_and_the_text_kept(browser_of):
    browser = browser_of("report-author").visit(PURPOSE)

    browser.send(PURPOSE, blocks__0__text="| a |\n|---|\n| b | c |", heading="Why", press="do=save")
    assert browser.page.status == 422
    assert browser.page.tree.xpath("//a[@href='#blocks.0.text']")
    assert browser.page.form(PURPOSE).fields["blocks.0.text"] == "| a |\n|---|\n| b | c |"
    assert browser.page.form(PURPOSE).fields["heading"] == "Why"


def test_enter_in_a_field_saves_and_takes_nothing_out(browser_of):
    for section in ("purpose", "background"):
        form = browser_of("report-author").visit(f"{PAPER}/sections/{section}").page.form(f"{PAPER}/sections/{section}")
        pressed = form.xpath(".//button[@type='submit']")[0]  # what a browser presses for Enter
        assert (pressed.get("name"), pressed.get("value")) == ("do", "save")


def test_blocks_are_added_moved_and_taken_out(browser_of):
    browser = browser_of("report-author").visit(PURPOSE)

    browser.send(PURPOSE, add="recommendations", press="do=add")
    browser.send(
        PURPOSE,
        blocks__1__text="The board is asked to:",
        blocks__1__items__0__text="note the progress",
        blocks__1__items__1__text="agree the plan",
        blocks__1__items__1__level="2",
        press="do=more",
    )
    form = browser.page.form(PURPOSE)
    assert form.fields["blocks.1.items.1.text"] == "agree the plan"
    assert form.fields["blocks.1.items.1.level"] == "2"
    assert form.fields["blocks.1.items.3.text"] == ""

    browser.send(PURPOSE, press="do=up.1")
    assert browser.page.form(PURPOSE).fields["blocks.0.kind"] == "recommendations"
    browser.send(PURPOSE, blocks__0__items__1__text="| a |\n|---|\n| b |", press="do=save")
    assert browser.page.status == 422
    assert browser.page.tree.xpath("//a[@href='#blocks.0.items.1.text']")

    browser.visit(PURPOSE).send(PURPOSE, press="do=remove.0")
    assert browser.page.form(PURPOSE).fields["blocks.0.kind"] == "narrative"
    assert "blocks.1.kind" not in browser.page.form(PURPOSE).fields


def test_every_section_of_every_paper_can_be_opened_and_saved_as_it_is(browser_of):
    browser = browser_of("report-author")
    for paper in ("collaboration-2026-12", "neighbourhoods-2026-12"):
        before = browser.visit(f"/papers/{paper}/whole").page.text
        tasks = browser.visit(f"/papers/{paper}").page.links()
        sections = [href for href in tasks.values() if "/sections/" in href]
        assert len(sections) > 5
        for address in sections:
            browser.visit(address).send(address, press="do=save")
            assert browser.page.status == 200, (address, browser.page.errors)
        assert browser.visit(f"/papers/{paper}/whole").page.text == before


def test_a_picture_needs_a_description(browser_of):
    browser = browser_of("report-author").visit(PURPOSE)
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "navy").save(file, "PNG")
    files = {"blocks.0.picture": ("plan.png", file.getvalue(), "image/png")}

    browser.send(PURPOSE, files=files, press="do=save")
    assert browser.page.errors == ["Describe the picture for people who do not see it"]

    browser.send(PURPOSE, files=files, blocks__0__alt='A "navy" plan', press="do=save")
    assert browser.page.told == "“Purpose of Report” is saved."
    (picture,) = browser.visit(f"{PAPER}/whole").page.tree.xpath("//main//img")
    assert picture.get("alt") == 'A "navy" plan'
    assert browser.client.get(picture.get("src")).headers["content-type"] == "image/png"


def test_two_who_write_a_section_see_both_texts_and_lose_nothing(browser_of):
    mine, theirs = browser_of("report-author").visit(PURPOSE), browser_of("board-secretary").visit(PURPOSE)
    theirs.send(PURPOSE, blocks__0__text="What they wrote.", press="do=save")

    mine.send(PURPOSE, blocks__0__text="What I wrote.", press="do=save")
    assert mine.page.status == 409
    assert "What they wrote." in mine.page.text
    assert mine.page.form(PURPOSE).fields["blocks.0.text"] == "What I wrote."

    mine.send(PURPOSE, press="do=save")
    assert "What I wrote." in mine.visit(f"{PAPER}/whole").page.text


def test_workstreams_are_chosen_and_ordered(browser_of):
    browser = browser_of("report-author").visit(WORKSTREAMS)
    before = chosen(browser)

    _press(browser, WORKSTREAMS, f"down.{before[0]}")
    assert chosen(browser)[:2] == [before[1], before[0]]
    assert browser.page.told == f"{before[0]} is moved down."

    _press(browser, WORKSTREAMS, f"remove.{before[2]}")
    assert before[2] not in chosen(browser)
    _press(browser, WORKSTREAMS, "add", add=[before[2]])
    assert chosen(browser)[-1] == before[2]


def test_what_is_wrong_with_no_field_of_the_form_is_said_without_places_of_a_file(browser_of):
    browser = browser_of("report-author").visit(WORKSTREAMS)
    last = len(chosen(browser))

    _press(browser, WORKSTREAMS, "add", add=["NONE-1"])
    assert browser.page.status == 422
    assert browser.page.errors[0].startswith(f"Workstream {last + 1}: there is no workstream “NONE-1”")
    assert place_in_words("sections[1].blocks[0].own_wording") == "section 2, block 1, own wording"
    assert place_in_words("fields.chief-officer") == "front sheet, chief officer"
    assert place_in_words("series") == "series"
    assert place_in_words("[2].text") == "row 3, text"
    assert place_in_words("") == ""


def test_a_workstream_that_is_reworded_is_not_taken_out_with_its_wording(browser_of):
    browser = browser_of("report-author").visit(WORKSTREAMS)

    _press(browser, WORKSTREAMS, "remove.NAT-03")
    assert browser.page.status == 422
    assert "own wording of NAT-03" in browser.page.errors[0]
    assert "NAT-03" in chosen(browser)


def test_own_wording_stands_beside_what_was_reported(browser_of):
    address = f"{WORKSTREAMS}/JNT-01"
    browser = browser_of("report-author").visit(address)
    name = next(name for name in browser.page.form(address).fields if name.endswith(".progress"))

    browser.send(address, **{name: "In the paper’s **own** words."})
    assert browser.page.told == "The wording is saved."
    assert "In the paper’s own words." in browser.visit(f"{PAPER}/whole").page.text

    browser.visit(address).send(address, **{name: ""})
    assert "In the paper’s own words." not in browser.visit(f"{PAPER}/whole").page.text
    assert browser.visit(f"{WORKSTREAMS}/NONE-01").page.status == 404


def keep(browser, address: str, **typed: str) -> None:
    """What stands in the form of the page is kept with this typed besides, as a script does it every few seconds."""
    form = browser.visit(address).page.form(address)
    fields = dict(form.form_values()) | {name.replace("__", "."): value for name, value in typed.items()}
    assert browser.client.post("/unsent", params={"page": address}, data=fields).status_code == 303


def test_what_is_typed_into_a_section_is_kept_until_it_is_sent(browser_of):
    mine, theirs = browser_of("report-author"), browser_of("board-secretary")
    mine.visit(PURPOSE).send(PURPOSE, add="recommendations", press="do=add")
    rows = {"blocks__1__items__0__text": "", "blocks__1__items__9__text": "The tenth row", "heading": "Why"}
    keep(mine, PURPOSE, blocks__0__text="Half a sentence", **rows)

    mine.visit(PURPOSE)
    assert "It is not saved yet: nobody else sees it." in mine.page.text
    fields = mine.page.form(PURPOSE).fields
    assert (fields["blocks.0.text"], fields["heading"]) == ("Half a sentence", "Why")
    assert fields["blocks.1.items.9.text"] == "The tenth row"
    assert "Half a sentence" not in theirs.visit(PURPOSE).page.answer.text
    assert "Half a sentence" not in mine.visit(f"{PAPER}/whole").page.text

    mine.visit(PURPOSE).send(PURPOSE, press="do=save")
    assert "Half a sentence" in mine.visit(f"{PAPER}/whole").page.text
    assert "It is not saved yet" not in mine.visit(PURPOSE).page.text, "what was sent is not kept besides"


def test_nothing_is_kept_of_what_who_visits_may_not_write(browser_of):
    lead, office = browser_of("workstream-lead"), browser_of("commissioners-office")
    for address in (PURPOSE, f"{PAPER}/front-sheet", f"{WORKSTREAMS}/JNT-01"):
        for browser in (lead, office):
            answer = browser.client.post("/unsent", params={"page": address}, data={"a": "b"})
            assert answer.status_code in {403, 404}, address
    nowhere = browser_of("report-author").client.post("/unsent", params={"page": f"{PAPER}/sections/none"}, data={})
    assert nowhere.status_code == 404


def test_what_was_kept_before_another_saved_meets_it_and_is_thrown_away_only_by_a_button(browser_of):
    mine, theirs = browser_of("report-author"), browser_of("board-secretary")
    keep(mine, PURPOSE, blocks__0__text="What I typed.")
    theirs.visit(PURPOSE).send(PURPOSE, blocks__0__text="What they wrote.", press="do=save")

    mine.visit(PURPOSE).send(PURPOSE, press="do=save")
    assert mine.page.status == 409
    assert "What they wrote." in mine.page.text
    assert mine.page.form(PURPOSE).fields["blocks.0.text"] == "What I typed."
    conflict = mine.page
    assert mine.visit(PURPOSE).page.form(PURPOSE).fields["blocks.0.text"] == "What I typed."

    mine.page = conflict
    mine.send("/unsent/discarded")
    assert mine.page.form(PURPOSE).fields["blocks.0.text"].strip() == "What they wrote."


def test_what_is_typed_into_the_front_sheet_is_kept_until_it_is_sent(browser_of):
    address = f"{PAPER}/front-sheet"
    mine, theirs = browser_of("report-author"), browser_of("board-secretary")
    keep(mine, address, title="A title to come")
    theirs.visit(address).send(address, cut_off="2026-11-28")
    assert theirs.page.told == "The front sheet is saved."

    mine.visit(address)
    assert mine.page.form(address).fields["title"] == "A title to come"
    mine.send(address)
    assert mine.page.status == 409
    assert ["Last day whose updates are taken", "2026-11-28"] in [row[:2] for row in mine.page.rows()]
    assert mine.page.form(address).fields["title"] == "A title to come"

    mine.send(address, cut_off="2026-11-28")
    assert "A title to come" in mine.visit(PAPER).page.heading
    assert "It is not saved yet" not in mine.visit(address).page.text


def test_the_front_sheet_offers_the_organisations_own_and_keeps_what_it_says(browser_of):
    author, office = browser_of("report-author"), browser_of("commissioners-office")
    author.visit(f"{PAPER}/front-sheet")
    offered = {
        name: set(author.page.tree.xpath(f"//select[@name='{name}']/option/@value"))
        for name in ("chief_officer", "author", "series")
    }
    assert "head-strategic-change" in offered["author"]
    assert not {"chief-executive-pcc", "saltmarch-chief-constable"} & (offered["author"] | offered["chief_officer"])
    assert "collaboration-quarterly" in offered["series"]
    assert office.visit(f"{PAPER}/front-sheet").page.status in {403, 404}


def test_own_wording_is_kept_until_it_is_sent_and_both_texts_are_shown(browser_of):
    address = f"{WORKSTREAMS}/JNT-01"
    mine, theirs = browser_of("report-author").visit(address), browser_of("board-secretary")
    name = next(name for name in mine.page.form(address).fields if name.endswith(".progress"))
    gone = "wording.2020-01-01.progress"
    keep(mine, address, **{name: "Half a sentence", gone: "Of an *update* that went", f"{gone}_format": "markdown"})
    theirs.visit(address).send(address, **{name: "What they wrote."})

    mine.visit(address)
    assert mine.page.form(address).fields[name] == "Half a sentence"
    assert "As at 2020-01-01 Of an update that went" in mine.page.text
    mine.send(address)
    assert mine.page.status == 409
    assert "What they wrote." in mine.page.text
    assert mine.page.form(address).fields[name] == "Half a sentence"

    mine.send(address, **{name: "Both."})
    assert mine.visit(address).page.form(address).fields[name].strip() == "Both."
    assert "It is not saved yet" not in mine.page.text


def test_consultees_are_named_and_ordered(browser_of):
    address = f"{PAPER}/consultees"
    browser = browser_of("report-author").visit(address)
    names = [" ".join(h.text_content().split()) for h in browser.page.tree.find_class("govuk-heading-s")]

    _press(browser, address, "remove.acc-operations")
    _press(browser, address, "add", add="acc-operations")
    now = [" ".join(h.text_content().split()) for h in browser.page.tree.find_class("govuk-heading-s")]
    assert now == [*names[1:], names[0]]


def _press(browser, address: str, do: str, **typed) -> None:
    """A button of one of several forms with the same address."""
    browser._shown(browser.client.post(address, data={"do": do, **typed}))
