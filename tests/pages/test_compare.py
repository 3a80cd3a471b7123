"""Somebody reads what a version says otherwise than the one before."""

import pytest

PAPER = "/papers/collaboration-2026-12"
SECTION = f"/api/v1{PAPER}/sections/purpose"
NOW_SAID = "This paper tells the board what the force does together with others."


@pytest.fixture
def author(browser_of):
    return browser_of("report-author")


@pytest.fixture
def reworded(author):
    """The purpose of the paper was reworded, and the paper generated again."""
    client = author.client
    answer = client.get(SECTION)
    section = answer.json() | {"blocks": [{"kind": "narrative", "text": f"<p>{NOW_SAID}</p>"}]}
    assert client.put(SECTION, json=section, headers={"If-Match": answer.headers["etag"]}).status_code == 200
    assert client.post(f"/api/v1{PAPER}/versions").status_code == 201
    return author


def test_the_newest_version_is_compared_with_the_one_before(reworded):
    page = reworded.visit(f"{PAPER}/compare").page

    assert page.heading.startswith("Compare versions of ")
    assert "Version 0.1 was made" in page.text
    (row,) = page.tree.xpath(f"//*[@id='{page.links()['1. Changed row'][1:]}']")
    assert "app-said--changed" in row.get("class")
    assert " ".join(row.text_content().split()) == (
        "Version number deleted: 0.1 end of deletion inserted: 0.2 end of insertion"
    )
    (new,) = page.tree.xpath(f"//*[@id='{page.links()['3. Inserted'][1:]}']")
    assert NOW_SAID in new.text_content()
    assert [page.tree.xpath(f"//select[@id='{name}']/option[@selected]")[0].text for name in ("from", "to")] == [
        "Version 0.1",
        "Version 0.2",
    ]


def test_only_what_changed_is_shown_where_somebody_asks(reworded):
    whole = reworded.visit(f"{PAPER}/compare").page
    page = reworded.follow("Show only what changed").page

    assert "left out here" in page.text
    assert len(page.text) < len(whole.text) / 2
    assert page.tree.xpath("//*[starts-with(@id, 'change-')]/@id") == whole.tree.xpath(
        "//*[starts-with(@id, 'change-')]/@id"
    )


def test_somebody_chooses_which_two(reworded):
    page = reworded.visit(f"{PAPER}/compare").send(f"{PAPER}/compare", **{"from": "0.2", "to": "0.2"}).page

    assert "Both versions say the same" in page.text


def test_who_has_one_version_is_told_what_to_do(author):
    page = author.visit(f"{PAPER}/compare").page

    assert "There is only one version, 0.1, and nothing to compare it with." in page.text
    assert page.links()["Go to the paper"] == PAPER


def test_what_does_not_exist_for_somebody_is_not_compared(browser_of, reworded):
    assert browser_of("commissioners-office").visit(f"{PAPER}/compare").page.status == 404
    assert reworded.visit(f"{PAPER}/compare?from=0.1&to=7").page.status == 404


def test_a_program_is_told_the_same(reworded):
    page = reworded.visit(f"{PAPER}/compare").page
    said = reworded.client.get(f"/api/v1{PAPER}/versions/0.2/comparison").json()

    assert (said["since"], said["label"]) == ("0.1", "0.2")
    ids = page.tree.xpath("//*[starts-with(@id, 'change-')]/@id")
    assert [f"change-{change['number']}" for change in said["changes"]] == ids
    assert any(piece == {"kind": "new", "text": "force"} or NOW_SAID in piece["text"]
               for change in said["changes"] for piece in change["pieces"])  # fmt: skip
