"""What the editor asks of the service: pasted HTML cleaned, pictures kept and shown, for those who may."""

from io import BytesIO

import pytest
from PIL import Image

from app.narrative import clean
from app.pictures import queries

PASTED, PICTURES = "/narrative/pasted", "/narrative/pictures"


def a_picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (4, 3), "navy").save(out, "PNG")
    return out.getvalue()


LAST_ROUND = "/rounds/collaboration-2026-12/requests/NAT-03"


def test_how_a_text_is_written_is_told_beside_the_field_and_is_true(browser_of, visitor):
    lead = browser_of("workstream-lead").visit(f"{LAST_ROUND}/answer")
    told = lead.page.tree.get_element_by_id("parts.progress-how")
    said = dict(zip([term.text for term in told.iter("dt")], [one.text for one in told.iter("pre")], strict=True))
    made = {term: clean(signs, "markdown") for term, signs in said.items()}

    assert made["Bulleted list"] == (
        "<ul><li><p>the first point</p></li><li><p>the second point</p>"
        "<ul><li><p>a point below it, after three spaces</p></li></ul></li></ul>"
    )
    assert made["Numbered list"] == "<ol><li><p>the first point</p></li><li><p>the second point</p></li></ol>"
    assert made["Table"].startswith('<table><thead><tr><th scope="col"><p>Place</p></th>')
    assert made["Heading, and one below it"] == "<h3>Heading</h3><h4>Subheading</h4>"
    assert made["Bold, italic, a link"] == (
        '<p><strong>bold</strong>, <em>italic</em>, <a href="https://www.example.org">words</a></p>'
    )

    secretary = browser_of("board-secretary").visit(LAST_ROUND).press("Give out a link", name="Office", days="14")
    (link,) = secretary.page.tree.xpath("//main//code/text()")
    visitor.visit(link[link.index("/answer-by-link") :])
    assert visitor.page.tree.get_element_by_id("parts.progress-how") is not None, (
        "who never has the editor needs it most"
    )


def test_what_is_pasted_is_cleaned_and_what_is_left_out_is_said(browser_of):
    html = "<p class=MsoNormal><b>a</b><img src='file:///c:/x.png'><o:p></o:p></p>"
    answer = browser_of("workstream-lead").client.post(PASTED, content=html)

    assert answer.status_code == 200
    assert answer.json() == {
        "html": "<p><strong>a</strong></p>",
        "left_out": ["Pictures were left out. Add each with its description."],
    }


def test_what_cannot_be_taken_at_all_is_answered_with_a_sentence(browser_of):
    html = "<table><tr><td>a<td rowspan=2>b<tr><td colspan=2>c</table>"
    answer = browser_of("workstream-lead").client.post(PASTED, content=html, headers={"Accept": "*/*"})

    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("Two merged cells of a table overlap")


def test_nobody_is_served_who_is_not_signed_in_or_comes_from_elsewhere(visitor, browser_of):
    headers = {"Accept": "*/*"}
    assert visitor.client.post(PASTED, content="<p>a", headers=headers).status_code == 401
    assert visitor.client.get(f"{PICTURES}/{'0' * 64}", headers=headers).status_code == 401
    elsewhere = {**headers, "Sec-Fetch-Site": "cross-site"}
    assert browser_of("workstream-lead").client.post(PASTED, content="<p>a", headers=elsewhere).status_code == 403


def test_a_picture_is_kept_and_shown_to_be_looked_at_and_no_more(site, browser_of):
    client = browser_of("workstream-lead").client
    added = client.post(PICTURES, files={"file": ("bridge.png", a_picture(), "image/png")})
    assert added.status_code == 201
    digest = added.json()["digest"]
    assert (added.json()["width"], added.json()["height"]) == (4, 3)
    with site.state.premises.database.reading() as session:
        assert queries.get(session, digest).media_type == "image/png"

    shown = client.get(f"{PICTURES}/{digest}")
    assert shown.status_code == 200
    assert shown.headers["content-type"] == "image/png"
    assert shown.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert shown.headers["cache-control"] == "no-store"
    assert Image.open(BytesIO(shown.content)).size == (4, 3)


def test_a_reader_adds_no_picture(browser_of):
    answer = browser_of("reader").client.post(
        PICTURES, files={"file": ("a.png", a_picture(), "image/png")}, headers={"Accept": "*/*"}
    )
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ({"other": ("a.png", b"x", "image/png")}, 422),
        ({"file": ("a.png", b"no picture", "image/png")}, 415),
    ],
)
def test_what_is_no_picture_is_refused(browser_of, files, status):
    answer = browser_of("report-author").client.post(PICTURES, files=files, headers={"Accept": "*/*"})
    assert answer.status_code == status
