"""The editor as people use it: with a mouse, with keys alone, with what Word puts on the clipboard, and without scripts."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from PIL import Image
from playwright.sync_api import Page, expect

from app.narrative import clean
from tests.browser import conftest as browser
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


def tool(page: Page, name: str):
    return page.get_by_role("toolbar").get_by_role("button", name=name, exact=True)


def saved(page: Page, trial: Trial) -> str:
    """What the service got."""
    before = len(trial.sent)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("It was saved.")).to_be_visible()
    assert len(trial.sent) == before + 1
    return trial.sent[-1]


def paste(page: Page, html: str, words: str = "") -> None:
    """What a browser does when somebody pastes."""
    page.evaluate(
        """async ([html, words]) => {
            // The browser says a moment later where the caret went by the last key.
            for (const _ of 'two') await new Promise(requestAnimationFrame)
            const data = new DataTransfer()
            if (html) data.setData('text/html', html)
            data.setData('text/plain', words)
            const options = { clipboardData: data, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', options))
        }""",
        [html, words],
    )


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


# What comes from elsewhere


def of_word(words: str, marker: str, level: int) -> str:
    """A list item in the manner of Word: a paragraph with its number typed before it."""
    return (
        f"<p class=MsoListParagraph style='margin-left:{36 * level}.0pt;text-indent:-18.0pt;"
        f"mso-list:l0 level{level} lfo1'><![if !supportLists]><span style='mso-list:Ignore'>{marker}"
        f"<span style='font:7.0pt \"Times New Roman\"'>&nbsp;&nbsp;&nbsp; </span></span><![endif]>"
        f"<span lang=EN-GB style='color:black'>{words}<o:p></o:p></span></p>\n"
    )


CELL = "<td width=100 valign=top style='width:75pt;border:solid windowtext 1.0pt;padding:0cm 5.4pt'"
WORD = (
    "<html xmlns:o='urn:schemas-microsoft-com:office:office' xmlns:w='urn:schemas-microsoft-com:office:word'>"
    "<head><meta name=Generator content='Microsoft Word 15'><style><!-- p.MsoNormal {margin:0cm;} --></style></head>"
    "<body lang=EN-GB style='tab-interval:36.0pt'><!--StartFragment-->"
    "<p class=MsoNormal><b><span style='font-size:12.0pt'>Vehicles</span></b> were ordered.<o:p></o:p></p>\n"
    + of_word("Vans", "i.", 1)
    + of_word("electric", "a.", 2)
    + of_word("diesel", "b.", 2)
    + of_word("Cars", "ii.", 1)
    + "<table class=MsoTableGrid border=1 cellspacing=0 style='border-collapse:collapse;mso-yfti-tbllook:1184'>"
    + f"<tr>{CELL} colspan=2><p class=MsoNormal>Kind<o:p></o:p></p></td>{CELL}><p class=MsoNormal>Ordered</p></td></tr>"
    + f"<tr>{CELL} rowspan=2><p class=MsoNormal>Vans</p></td>{CELL}><p>electric</p></td>{CELL}><p>4</p></td></tr>"
    + f"<tr>{CELL}><p class=MsoNormal>diesel</p></td>{CELL}><p class=MsoNormal>2</p></td></tr></table>"
    + "<!--EndFragment--></body></html>"
)
OF_WORD = (
    "<p><strong>Vehicles</strong> were ordered.</p>"
    '<ol type="i"><li><p>Vans</p><ol type="a"><li><p>electric</p></li><li><p>diesel</p></li></ol></li>'
    "<li><p>Cars</p></li></ol>"
    '<table><tbody><tr><td colspan="2"><p>Kind</p></td><td><p>Ordered</p></td></tr>'
    '<tr><td rowspan="2"><p>Vans</p></td><td><p>electric</p></td><td><p>4</p></td></tr>'
    "<tr><td><p>diesel</p></td><td><p>2</p></td></tr></tbody></table>"
)


def test_lists_and_merged_cells_of_word_are_kept(opened, trial):
    page = opened()
    writing(page).click()
    paste(page, WORD, "as plain text")

    expect(writing(page).locator("td[colspan='2']")).to_have_text("Kind")
    expect(page.get_by_role("status")).to_have_text("Pasted.")
    assert saved(page, trial) == OF_WORD


def of_word_online(words: str, tag: str, level: int, said: str) -> str:
    """A list item in the manner of Word Online: each in a list of its own, in a box of its own."""
    return (
        f'<div class="ListContainerWrapper SCXW9 BCX0" style="margin:0;padding:0"><{tag} role="list" {said}>'
        f'<li role="listitem" data-leveltext="%1." data-listid="2" data-aria-posinset="1" data-aria-level="{level}" '
        f'class="OutlineElement Ltr SCXW9" style="display:block"><p class="Paragraph SCXW9" style="margin:0">'
        f'<span class="TextRun SCXW9" lang="EN-GB"><span class="NormalTextRun SCXW9">{words}</span></span>'
        '<span class="EOP SCXW9" data-ccp-props="{}">&nbsp;</span></p></li>'
        f"</{tag}></div>"
    )


def test_lists_of_word_online_go_on_where_they_stopped(opened, trial):
    page = opened("<p>before after</p>")
    writing(page).click()
    page.keyboard.press("Control+End")
    page.keyboard.press("Enter")
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
    writing(page).click()
    page.keyboard.press("Control+Home")
    for _ in "one ":
        page.keyboard.press("ArrowRight")
    paste(page, "<p class=MsoNormal><i>two</i><o:p></o:p></p>")
    expect(writing(page)).to_have_text("one twothree")
    page.keyboard.type(" ")

    assert saved(page, trial) == "<p>one <em>two </em>three</p>"


def test_a_table_pasted_into_a_table_fills_its_cells(opened, trial):
    page = opened("<table><tbody><tr><td><p>a</p></td><td><p>b</p></td></tr></tbody></table>")
    writing(page).locator("td").first.click()
    paste(page, "<table><tr><td>1<td>2<tr><td>3<td>4</table>")
    expect(writing(page).locator("tr")).to_have_count(2)

    assert saved(page, trial) == clean("<table><tr><td>1<td>2<tr><td>3<td>4</table>", "html")


def test_a_table_pasted_into_a_list_goes_behind_it(opened, trial):
    page = opened("<ul><li><p>item</p></li></ul>")
    writing(page).locator("li").click()
    page.keyboard.press("End")
    paste(page, "<table><tr><td>1<td>2</table>")
    expect(writing(page)).to_contain_text("2")

    table = "<table><tbody><tr><td><p>1</p></td><td><p>2</p></td></tr></tbody></table>"
    assert saved(page, trial) == f"<ul><li><p>item</p></li></ul>{table}"


def test_what_cannot_be_held_is_said(opened, trial):
    page = opened()
    writing(page).click()
    paste(page, "<p>See <a href='file:///c:/plan.docx'>the plan</a><img src='file:///c:/x.png'>.</p>", "")

    expect(page.get_by_role("status")).to_contain_text("Pictures were left out.")
    expect(page.get_by_role("status")).to_contain_text("“the plan”")
    assert saved(page, trial) == "<p>See the plan.</p>"


def test_what_the_service_refuses_comes_as_plain_text(opened, trial):
    page = opened()
    writing(page).click()
    paste(page, "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>", "a b\n\nc\nd")

    expect(page.get_by_role("status")).to_contain_text("Pasted as plain text. Two merged cells of a table overlap")
    assert saved(page, trial) == "<p>a b</p><p>c<br>d</p>"


def test_without_a_connection_what_is_pasted_comes_as_plain_text(chromium, site, trial):
    context = chromium.new_context(base_url=site.address)
    page = context.new_page()
    browser.sign_in(page, "report-author")
    page.goto(ADDRESS)
    writing(page).click()
    context.set_offline(True)
    paste(page, "<p><b>bold</b></p>", "bold")

    expect(page.get_by_role("status")).to_have_text("Pasted as plain text. The service cannot be reached.")
    context.set_offline(False)
    assert saved(page, trial) == "<p>bold</p>"
    context.close()


def test_what_is_copied_here_is_pasted_here_as_it_was(opened, trial):
    page = opened(EVERYTHING)
    writing(page).click()
    page.keyboard.press("Control+a")
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
