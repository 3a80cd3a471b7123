"""The editor as people use it: by mouse, by keys alone, with what Word puts on the clipboard, and without scripts."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from playwright.sync_api import Page, expect

from app.narrative import clean
from tests.browser import conftest as browser
from tests.browser.clipboards import OF_WORD, WORD, of_word_online, paste
from tests.browser.trial import ADDRESS, Trial
from tests.narrative.markup import narratives

EVERYTHING = clean(
    "<h3>Progress</h3><p>All is <strong>well</strong>, see <a href='https://example.org/'>the plan</a>.</p>"
    "<ol type=i><li>first<ol type=a start=3><li>inner</ol><li>second</ol>"
    "<table><caption>Hours</caption><thead><tr><th>Force<th>Hours</thead>"
    "<tbody><tr><td>North<td>12<tr><td>South<td>7</table><p>The end</p>",
    "html",
)


@pytest.fixture
def trial() -> Trial:
    return Trial()


@pytest.fixture
def site(installed, tmp_path, trial) -> Iterator[browser.Site]:
    """The service with the trial's page, over a demonstration of the test's own."""
    with browser.serving(browser.copied(installed, tmp_path / "site"), trial.router()) as site:
        yield site


@pytest.fixture
def opened(page, signed_in, trial):
    """Opens the page with this narrative, for somebody who may write."""

    def open_with(html: str = "", account: str = "report-author") -> Page:
        trial.kept = html
        signed_in(page, account)
        page.goto(ADDRESS)
        expect(writing(page)).to_be_visible()
        return page

    return open_with


def writing(page: Page):
    return page.get_by_role("textbox", name="Progress")


def how(page: Page):
    """What tells how a text is written where there is no editor."""
    return page.get_by_text("How to write lists, tables and links")


def tool(page: Page, name: str):
    """The tool of this name; what asks something first has three dots behind it."""
    return page.get_by_role("toolbar").get_by_role("button", name=re.compile(f"^{re.escape(name)}…?$"))


def settle(page: Page) -> None:
    """The browser says a moment later where the caret went."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")


def caret(page: Page, inside) -> None:
    """The caret is put there by mouse."""
    inside.click()
    settle(page)


def press(page: Page, *keys: str) -> None:
    """The keys are pressed, no faster than a person can."""
    for key in keys:
        page.keyboard.press(key)
        settle(page)


def saved(page: Page, trial: Trial) -> str:
    """What the service got."""
    before = len(trial.sent)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It was saved.")).to_be_visible()
    assert len(trial.sent) == before + 1
    return trial.sent[-1]


def test_what_is_opened_and_saved_is_as_it_was(opened, trial):
    page = opened(EVERYTHING)

    assert saved(page, trial) == EVERYTHING


def test_every_narrative_goes_through_the_editor_unchanged(opened, full):
    page = opened()

    @given(narratives())
    @settings(max_examples=400 if full else 60, deadline=None, suppress_health_check=list(HealthCheck))
    def goes_through(html):
        assert clean(page.evaluate(THROUGH, html), "html") == html

    goes_through()


THROUGH = """html => {
    const form = document.createElement('form')
    const area = document.createElement('textarea')
    Object.assign(area, { id: 'another', name: 'another' })
    area.dataset.editor = html
    form.append(area)
    document.querySelector('main').append(form)
    document.dispatchEvent(new Event('htmx:after:swap'))
    // A change at the end, taken back: whatever the editor puts right after a change has been put right.
    form.querySelector('[role=textbox]').focus()
    document.execCommand('insertText', false, 'x')
    document.execCommand('delete')
    const value = new FormData(form).get('another')
    form.remove()
    return value
}"""


@pytest.fixture
def late(page, signed_in, trial):
    """The page before its editor has arrived, and what lets the editor arrive."""
    held = []

    def hold(route):
        held.append(route)

    signed_in(page, "report-author")
    page.route("**/editor-*.js", hold)
    page.goto(ADDRESS, wait_until="commit")
    page.locator("textarea[data-editor]").click()

    def arrive() -> None:
        while not held:
            page.wait_for_timeout(10)
        held[0].continue_()
        page.wait_for_load_state()

    return page, arrive


def test_what_was_typed_before_the_editor_arrived_stays_and_is_saved(late, trial):
    page, arrive = late
    page.keyboard.type("Twelve vans")
    expect(how(page)).to_be_visible()
    arrive()
    expect(how(page)).to_be_visible()
    page.keyboard.type(" came.")

    assert saved(page, trial) == "<p>Twelve vans came.</p>"


def test_who_is_in_the_text_when_the_editor_arrives_is_in_the_editor(late, trial):
    page, arrive = late
    arrive()
    page.keyboard.type("Twelve vans came.")
    expect(how(page)).to_have_count(0)

    expect(writing(page)).to_have_text("Twelve vans came.")
    assert saved(page, trial) == "<p>Twelve vans came.</p>"


# What comes from elsewhere


def test_lists_and_merged_cells_of_word_are_kept(opened, trial):
    page = opened()
    caret(page, writing(page))
    paste(page, WORD, "as plain text")

    expect(writing(page).locator("td[colspan='2']")).to_have_text("Kind")
    expect(page.get_by_role("status")).to_have_text("Pasted.")
    assert saved(page, trial) == OF_WORD


def test_lists_of_word_online_go_on_where_they_stopped(opened, trial):
    page = opened("<p>before after</p>")
    caret(page, writing(page))
    press(page, "Control+End")
    press(page, "Enter")
    roman = 'style="list-style-type: lower-roman" '
    paste(
        page,
        of_word_online("one", "ol", 1, roman + 'start="1"')
        + of_word_online("inner", "ol", 2, 'style="list-style-type: lower-alpha" start="1"')
        + of_word_online("point", "ul", 3, "")
        + of_word_online("two", "ol", 1, roman + 'start="2"'),
    )

    expect(writing(page).locator("li")).to_have_count(4)
    assert saved(page, trial) == (
        '<p>before after</p><ol type="i"><li><p>one</p><ol type="a"><li><p>inner</p><ul><li><p>point</p></li></ul></li>'
        "</ol></li><li><p>two</p></li></ol>"
    )


def test_words_pasted_into_a_sentence_stay_in_it(opened, trial):
    page = opened("<p>one three</p>")
    caret(page, writing(page))
    press(page, "Control+Home")
    for _ in "one ":
        press(page, "ArrowRight")
    paste(page, "<p class=MsoNormal><i>two</i><o:p></o:p></p>")
    expect(writing(page)).to_have_text("one twothree")
    page.keyboard.type(" ")

    assert saved(page, trial) == "<p>one <em>two </em>three</p>"


def test_a_table_pasted_into_a_table_fills_its_cells(opened, trial):
    page = opened("<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>")
    caret(page, writing(page).locator("td").first)
    paste(page, "<table><tr><td>1<td>2<tr><td>3<td>4</table>")
    expect(writing(page).locator("tr")).to_have_count(2)

    assert saved(page, trial) == clean("<table><tr><td>1<td>2<tr><td>3<td>4</table>", "html")


def test_a_table_pasted_into_a_list_goes_behind_it(opened, trial):
    page = opened("<ul><li><p>item</p></li></ul>")
    caret(page, writing(page).locator("li"))
    press(page, "End")
    paste(page, "<table><tr><td>1<td>2</table>")
    expect(writing(page)).to_contain_text("2")

    table = "<table><tbody><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>"
    assert saved(page, trial) == f"<ul><li><p>item</p></li></ul>{table}"


def test_what_cannot_be_held_is_said(opened, trial):
    page = opened()
    caret(page, writing(page))
    paste(page, "<p>See <a href='file:///c:/plan.docx'>the plan</a><img src='file:///c:/x.png'>.</p>", "")

    expect(page.get_by_role("status")).to_contain_text("Pictures were left out.")
    expect(page.get_by_role("status")).to_contain_text("“the plan”")
    assert saved(page, trial) == "<p>See the plan.</p>"


def test_what_the_service_refuses_comes_as_plain_text(opened, trial):
    page = opened()
    caret(page, writing(page))
    paste(page, "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>", "a b\n\nc\nd")

    expect(page.get_by_role("status")).to_contain_text("Pasted as plain text. Two merged cells of a table overlap")
    assert saved(page, trial) == "<p>a b</p><p>c<br>d</p>"


def test_without_a_connection_what_is_pasted_comes_as_plain_text(chromium, site, trial):
    context = chromium.new_context(base_url=site.address)
    page = context.new_page()
    browser.sign_in(page, "report-author")
    page.goto(ADDRESS)
    caret(page, writing(page))
    context.set_offline(True)
    paste(page, "<p><b>bold</b></p>", "bold")

    expect(page.get_by_role("status")).to_have_text("Pasted as plain text. The service cannot be reached.")
    context.set_offline(False)
    assert saved(page, trial) == "<p>bold</p>"
    context.close()


def test_what_is_copied_here_is_pasted_here_as_it_was(opened, trial):
    page = opened(EVERYTHING)
    caret(page, writing(page))
    press(page, "Control+a")
    copied = page.evaluate(
        """() => {
            const data = new DataTransfer()
            const options = { clipboardData: data, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent('cut', options))
            window.emptied = document.activeElement.textContent
            const again = { clipboardData: data, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', again))
            return [window.emptied, data.getData('text/html')]
        }"""
    )

    assert copied[0] in {"", "Caption of the table"}
    assert clean(copied[1], "html") == EVERYTHING
    assert saved(page, trial) == EVERYTHING


# By keys alone


def focused(page: Page) -> str:
    """The name of what has the focus."""
    return page.evaluate("document.activeElement.getAttribute('aria-label') || document.activeElement.innerText")


def test_everything_is_reached_by_keys_and_nothing_holds_them(opened, trial):
    page = opened()
    page.get_by_role("link", name="Skip to main content").focus()
    press(page, "Enter")
    press(page, "Tab")
    assert focused(page).split() == ["B", "Bold"]
    press(page, "Tab")
    expect(writing(page)).to_be_focused()

    page.keyboard.type("Vans: ")
    press(page, "Alt+F10")
    press(page, "Enter")  # bold
    expect(tool(page, "Bold")).to_have_attribute("aria-pressed", "true")
    press(page, "ArrowRight")
    assert focused(page).split() == ["I", "Italic"]
    press(page, "Escape")
    page.keyboard.type("two")
    press(page, "Control+b")
    press(page, "Enter")
    page.keyboard.type("i. new")
    press(page, "Enter")
    press(page, "Tab")  # further in, at the beginning of an item
    page.keyboard.type("electric")
    press(page, "Tab")  # leaves, behind words

    assert focused(page) == "Save"
    page.keyboard.press("Enter")
    expect(page.get_by_text("It was saved.")).to_be_visible()
    assert trial.sent == [
        '<p>Vans: <strong>two</strong></p><ol type="i"><li><p>new</p><ol><li><p>electric</p></li></ol></li></ol>'
    ]


def test_tab_goes_through_a_table_and_escape_lets_it_leave(opened):
    page = opened("<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>")
    caret(page, writing(page).locator("td").first)
    press(page, "Tab")
    page.keyboard.type("x")
    expect(writing(page).locator("td")).to_have_text(["a", "x"])
    press(page, "Shift+Tab")
    press(page, "Escape")
    press(page, "Tab")
    assert focused(page) == "Save"


def test_the_last_cell_is_left_by_tab(opened):
    page = opened("<table><tbody><tr><td><p>a</p></td></tr></tbody></table>")
    caret(page, writing(page).locator("td").first)
    press(page, "Tab")

    assert focused(page) == "Save"


def test_the_toolbar_is_one_stop_and_goes_round(opened):
    page = opened()
    caret(page, writing(page))
    press(page, "Alt+F10")
    press(page, "ArrowLeft")
    assert focused(page).split()[-2:] == ["Keyboard", "help"]
    press(page, "Home")
    assert focused(page).split() == ["B", "Bold"]
    press(page, "End")
    press(page, "Enter")
    expect(page.get_by_role("dialog", name="Keys in the editor")).to_be_visible()
    press(page, "Escape")
    expect(writing(page)).to_be_focused()


def test_keys_in_the_editor_are_in_the_keyboard_help(opened):
    page = opened()
    tool(page, "Keyboard help").click()
    rows = page.get_by_role("dialog").get_by_role("row")
    told = [(row.get_by_role("cell").inner_text(), row.get_by_role("rowheader").inner_text()) for row in rows.all()]
    page.goto("/keyboard")
    group = page.locator("h2", has_text="In the editor of texts").locator("xpath=following-sibling::dl[1]")

    keys, deeds = group.locator("dt").all_inner_texts(), group.locator("dd").all_inner_texts()
    assert list(zip(keys, deeds, strict=True)) == told


# Tools


def test_a_new_table_is_filled_grown_merged_and_charted(opened, trial, pictured):
    page = opened()
    caret(page, writing(page))
    tool(page, "Table").click()
    for words in ("Force", "Hours", "Cost", "North", "12", "£3", "South", "7", "£4"):
        page.keyboard.type(words)
        press(page, "Tab")
    caret(page, writing(page).locator("td", has_text="South"))
    tool(page, "Column chart").click()
    expect(writing(page).get_by_role("img", name="Chart: Hours, Cost")).to_be_visible()
    caret(page, writing(page).locator("td", has_text="12"))
    press(page, "End")
    page.keyboard.type(" hours")
    expect(writing(page)).to_contain_text("“12 hours” beside “North” is not a number")
    pictured(page, "editor-chart")
    for _ in " hours":
        press(page, "Backspace")
    tool(page, "Row headings").click()
    table = (
        '<table><thead><tr><th scope="col"><p>Force</p></th><th scope="col"><p>Hours</p></th>'
        '<th scope="col"><p>Cost</p></th></tr></thead><tbody>'
        '<tr><th scope="row"><p>North</p></th><td><p>12</p></td><td><p>£3</p></td></tr>'
        '<tr><th scope="row"><p>South</p></th><td><p>7</p></td><td><p>£4</p></td></tr></tbody></table>'
    )
    assert saved(page, trial) == f'<figure data-chart="column">{table}</figure>'

    caret(page, writing(page).locator("td").first)
    tool(page, "Column chart").click()
    tool(page, "Row below").click()
    press(page, "Shift+ArrowRight")
    tool(page, "Landscape page").click()
    expect(tool(page, "Landscape page")).to_have_attribute("aria-pressed", "true")
    while tool(page, "Undo").get_attribute("aria-disabled") is None:
        tool(page, "Undo").click()
    assert saved(page, trial) == f'<figure data-chart="column">{table}</figure>'


def test_cells_are_merged_and_split_by_keys(opened, trial):
    table = clean("<table><thead><tr><th>A<th>B</thead><tr><td>1<td>2<tr><td>3<td>4</table>", "html")
    page = opened(table)
    caret(page, writing(page).locator("td").first)
    press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    tool(page, "Merge cells").click()
    expect(writing(page).locator("td[colspan='2']")).to_have_count(1)
    tool(page, "Split cell").click()
    expect(writing(page).locator("td")).to_have_count(4)
    caret(page, writing(page).locator("th").first)
    tool(page, "Row below").click()
    expect(writing(page).locator("tr")).to_have_count(4)
    caret(page, writing(page).locator("td").first)
    tool(page, "Delete row").click()
    expect(writing(page).locator("tr")).to_have_count(3)
    assert saved(page, trial) == table.replace("<p>1</p></td><td><p>2</p>", "<p>1</p><p>2</p></td><td>")


def test_a_picture_needs_words_for_those_who_cannot_see_it(opened, trial, tmp_path, assert_accessible):
    Image.new("RGB", (40, 30), "navy").save(tmp_path / "bridge.png")
    page = opened("<p>Before</p>")
    caret(page, writing(page))
    tool(page, "Picture").click()
    dialog = page.get_by_role("dialog", name="Add a picture")
    dialog.get_by_role("button", name="Add the picture").click()
    expect(dialog.get_by_label("Picture file")).to_be_focused()
    expect(dialog.get_by_text("Describe the picture")).to_be_visible()
    assert_accessible(page)
    dialog.get_by_label("Picture file").set_input_files(tmp_path / "bridge.png")
    dialog.get_by_label("Description").fill("A bridge at night")
    dialog.get_by_role("button", name="Add the picture").click()

    shown = writing(page).get_by_role("img", name="A bridge at night")
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    page.keyboard.type("The bridge")
    tool(page, "Landscape page").click()
    html = saved(page, trial)
    digest = html.partition('src="')[2][:64]
    assert html == (
        f'<p>Before</p><figure data-page="landscape"><img src="{digest}" alt="A bridge at night">'
        "<figcaption>The bridge</figcaption></figure>"
    )


@pytest.mark.parametrize("html", ["", "<img src='file:///c:/x.png'>"])
def test_a_picture_on_the_clipboard_is_asked_for_its_words(opened, trial, html):
    page = opened()
    caret(page, writing(page))
    page.evaluate(
        """async html => {
            const canvas = document.createElement('canvas')
            const blob = await new Promise(done => canvas.toBlob(done))
            const data = new DataTransfer()
            if (html) data.setData('text/html', html)
            data.items.add(new File([blob], 'image.png', { type: 'image/png' }))
            const options = { clipboardData: data, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', options))
        }""",
        html,
    )
    dialog = page.get_by_role("dialog", name="Add a picture")
    dialog.get_by_label("Description").fill("Nothing yet")
    dialog.get_by_role("button", name="Add the picture").click()
    expect(writing(page).get_by_role("img", name="Nothing yet")).to_be_visible()

    assert 'alt="Nothing yet"' in saved(page, trial)


def test_what_is_no_picture_is_refused_in_the_dialog(opened, tmp_path):
    (tmp_path / "notes.png").write_bytes(b"no picture")
    page = opened()
    caret(page, writing(page))
    tool(page, "Picture").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Picture file").set_input_files(tmp_path / "notes.png")
    dialog.get_by_label("Description").fill("Notes")
    dialog.get_by_role("button", name="Add the picture").click()

    expect(dialog.locator(".govuk-error-message")).to_contain_text("picture")
    dialog.get_by_role("button", name="Cancel").click()
    expect(writing(page)).to_be_focused()


def test_words_are_linked_and_left_out_of_the_public_copy(opened, trial):
    page = opened("<p>plan</p>")
    caret(page, writing(page))
    press(page, "Control+a")
    press(page, "Control+k")
    dialog = page.get_by_role("dialog", name="Add a link")
    dialog.get_by_label("Address").fill("not an address")
    press(page, "Enter")
    expect(dialog.get_by_text("Enter a complete web or e-mail address")).to_be_visible()
    dialog.get_by_label("Address").fill("www.example.org/plan")
    press(page, "Enter")
    expect(writing(page).locator("a")).to_have_attribute("href", "https://www.example.org/plan")
    press(page, "Control+Shift+l")
    page.get_by_role("dialog").get_by_label("Reason").fill("s40")
    press(page, "Enter")

    assert saved(page, trial) == (
        '<p><a href="https://www.example.org/plan"><mark data-redact="s40">plan</mark></a></p>'
    )


def test_a_list_is_numbered_as_it_is_told(opened, trial):
    page = opened("<ul><li><p>a</p></li><li><p>b</p></li></ul>")
    caret(page, writing(page))
    tool(page, "Lettered list").click()
    tool(page, "Numbering").click()
    dialog = page.get_by_role("dialog", name="Numbering of the list")
    dialog.get_by_label("I, II, III", exact=True).check()
    dialog.get_by_label("First number").fill("-1")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog.get_by_text("Enter a whole number")).to_be_visible()
    dialog.get_by_label("First number").fill("4")
    dialog.get_by_role("button", name="Save").click()

    assert saved(page, trial) == '<ol type="I" start="4"><li><p>a</p></li><li><p>b</p></li></ol>'


# The form around it


def test_the_form_hears_of_what_is_typed(opened):
    page = opened()
    page.evaluate(
        """() => { window.heard = new Promise(done => {
            document.querySelector('main form').addEventListener('input', event => done(event.target.value))
        }) }"""
    )
    caret(page, writing(page))
    page.keyboard.type("x")

    assert page.evaluate("window.heard") == "<p>x</p>"


def test_what_is_refused_comes_back_as_it_was_written(opened, trial):
    page = opened("<p>see <a href='https://example.org/'>it</a></p>".replace("'", '"'))
    page.evaluate("document.querySelector('textarea[name=progress]').value = '<p>x<svg></svg></p>'")
    page.get_by_role("button", name="Save", exact=True).click()

    summary = page.get_by_role("alert")
    expect(summary).to_contain_text("a drawing")
    expect(writing(page)).to_have_attribute("aria-describedby", "progress-hint progress-error progress-keys")
    expect(writing(page)).to_have_text("x")
    summary.get_by_role("link").click()
    expect(writing(page)).to_be_focused()
    page.keyboard.type("y")
    assert trial.sent == []


def test_without_scripts_the_field_takes_markdown(chromium, site, trial):
    trial.kept = EVERYTHING
    context = chromium.new_context(base_url=site.address, java_script_enabled=False)
    page = context.new_page()
    browser.sign_in(page, "report-author")
    page.goto(ADDRESS)
    how(page).click()
    expect(page.get_by_text("- the first point")).to_be_visible()
    field = page.get_by_label("Progress")
    assert "All is **well**, see [the plan](<https://example.org/>)." in field.input_value()
    assert saved(page, trial) == EVERYTHING

    page.get_by_label("Progress").fill("- one\n- **two**\n")
    assert saved(page, trial) == "<ul><li><p>one</p></li><li><p><strong>two</strong></p></li></ul>"
    context.close()


@pytest.mark.parametrize("place", ["p", "li", "td"])
def test_nothing_of_the_editor_shuts_anybody_out(opened, assert_accessible, pictured, place):
    page = opened(EVERYTHING)
    caret(page, writing(page).locator(place).first)
    assert_accessible(page)
    pictured(page, f"editor-{place}")
    page.set_viewport_size({"width": browser.NARROWEST[0], "height": browser.NARROWEST[1]})
    assert_accessible(page)


@pytest.mark.parametrize("name", ["Keyboard help", "Link", "Numbering", "Rating"])
def test_no_dialog_shuts_anybody_out(opened, assert_accessible, pictured, name):
    page = opened(EVERYTHING)
    caret(page, writing(page).locator({"Rating": "td"}.get(name, "li p")).first)
    tool(page, name).click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert_accessible(page)
    pictured(page, f"editor-{name.split()[0].lower()}")
    page.set_viewport_size({"width": browser.NARROWEST[0], "height": browser.NARROWEST[1]})
    assert_accessible(page)
