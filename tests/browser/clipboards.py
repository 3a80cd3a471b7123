"""What Word and Word Online put on the clipboard, written in their manner, and pasting it."""

from playwright.sync_api import Page


def paste(page: Page, html: str, words: str = "") -> None:
    """What a browser does when somebody pastes."""
    page.evaluate(
        """([html, words]) => {
            const data = new DataTransfer()
            if (html) data.setData('text/html', html)
            data.setData('text/plain', words)
            const options = { clipboardData: data, bubbles: true, cancelable: true }
            document.activeElement.dispatchEvent(new ClipboardEvent('paste', options))
        }""",
        [html, words],
    )


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
