"""Whatever prints one stored text is marked in the document, and is found again by its key."""

import io
import itertools
import re
from copy import deepcopy

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.shared import Pt
from hypothesis import given, settings
from hypothesis import strategies as st

from app.narrative import clean
from app.word import Coloured, Fact, Narrative, compile_template, content_digest, narrated, outline, regions, render
from app.word.container import read_members
from tests.narrative.markup import narratives
from tests.word.templates import DOCUMENT, a_template, printed, saved
from tests.word.test_narrated import PICTURES, as_printed

START, END = qn("w:bookmarkStart"), qn("w:bookmarkEnd")


def a_template_of_many_places() -> bytes:
    """Narratives one after another, after a heading, and last of all; in a cell, between words; in the footer."""
    document = docx.Document()
    document.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    document.add_paragraph("Kept: {{ word }}, and again {{ word }}.")
    document.add_paragraph("{%p for text in texts %}")
    document.add_paragraph("{{p text }}")
    document.add_paragraph("{%p endfor %}")
    document.add_heading("After a heading", 1)
    document.add_paragraph("{{p first }}")
    table = document.add_table(1, 2)
    table.cell(0, 0).text = "{{p small }}"
    table.cell(0, 1).text = "{{ line }}"
    document.add_paragraph("{{r colour }}")
    document.add_paragraph("{{p last }}")
    document.sections[0].footer.paragraphs[0].text = "{{ line }} and {{ word }}"
    return saved(document)


PLACES = a_template_of_many_places()


def upright(html: str) -> str:
    """The narrative without turned pages, which no table cell can hold."""
    return clean(html.replace(' data-page="landscape"', ""), "html")


def in_places(texts: list[str], **other) -> bytes:
    values = {
        "texts": [Narrative(html, "k", region=f"text/{number}") for number, html in enumerate(texts)],
        "first": Narrative(texts[0], "k", region="text/0"),
        "small": Narrative(upright(texts[-1]), "k", region="small"),
        "last": Narrative(texts[-1], "k", region="last"),
        "word": Fact("R&D < £5m", region="field/word"),
        "line": Fact("one\nand two", region="field/line"),
        "colour": Coloured("Green", "2E7D32", "FFFFFF", region="rating"),
    } | other
    names = dict.fromkeys(values)
    return render(compile_template(PLACES, names), {"document": DOCUMENT, **values}, dict(PICTURES))


def said(document: bytes) -> dict[str, list[str]]:
    return {key: [reading.html for reading in region.readings] for key, region in regions(document).items()}


def expected(texts: list[str]) -> dict[str, list[str]]:
    word, line = clean("R&D < £5m", "text"), clean("one\nand two", "text")
    return {
        "field/word": [word, word, word],
        "text/0": [texts[0], texts[0]],
        **{f"text/{number}": [html] for number, html in enumerate(texts) if number},
        "small": [upright(texts[-1])],
        "field/line": [line, line],
        "rating": ["<p>Green</p>"],
        "last": [texts[-1]],
    }


@pytest.mark.trust(11)
def test_every_region_says_what_was_printed_there(full):
    @given(st.lists(narratives().map(as_printed).filter(bool), min_size=1, max_size=4))
    @settings(max_examples=1_000 if full else 100, deadline=None, database=None)
    def comes_back(texts):
        assert said(in_places(texts)) == expected(texts)

    comes_back()


def bookmarks_in(document: bytes) -> list[tuple[str, str]]:
    """Id and name of every bookmark of every part; each begins and ends once."""
    found = []
    for name, content in read_members(document).items():
        if name.startswith("word/") and name.endswith(".xml"):
            begins = re.findall(rb'<w:bookmarkStart w:id="([0-9]+)" w:name="([^"]*)"', content)
            assert sorted(re.findall(rb'<w:bookmarkEnd w:id="([0-9]+)"', content)) == sorted(i for i, _ in begins)
            found += [(identifier.decode(), written.decode()) for identifier, written in begins]
    return found


def test_every_bookmark_has_an_id_and_a_name_of_its_own_that_word_takes():
    texts = ["<table><tbody><tr><td><p>cell</p></td></tr></tbody></table>", "<p>one</p><p>two</p>", "<p>three</p>"]
    ids, names = zip(*bookmarks_in(in_places(texts)), strict=True)
    assert len(set(ids)) == len(ids)
    assert len({name.lower() for name in names}) == len(names) > 10
    assert all(re.fullmatch("[A-Za-z_][A-Za-z0-9_]{0,39}", name) for name in names)


def test_the_same_facts_make_the_same_marks():
    texts = ["<p>one</p><p>two</p>"]
    assert content_digest(in_places(texts)) == content_digest(in_places(texts))


def test_bookmarks_of_the_template_stay_and_their_ids_are_theirs():
    document = docx.Document()
    paragraph = document.add_paragraph("{{p text }}")._p
    footer = document.sections[0].footer.paragraphs[0]._p
    for place, number in ((paragraph, "0"), (footer, "41")):
        place.addprevious(place.makeelement(START, {qn("w:id"): number, qn("w:name"): f"own{number}"}))
        place.addnext(place.makeelement(END, {qn("w:id"): number}))
    made = printed(saved(document), text=Narrative("<p>words</p>", "k", region="a"))
    assert sorted(bookmarks_in(made)) == [("0", "own0"), ("41", "own41"), ("42", "_region42")]
    assert said(made) == {"a": ["<p>words</p>"]}


def test_a_template_made_of_a_paper_prints_none_of_that_papers_texts():
    made = in_places(["<p>old</p>"])
    document = docx.Document(io.BytesIO(made))
    document.add_paragraph("{{p text }}")
    again = printed(saved(document), text=Narrative("<p>new</p>", "k", region="new"))
    assert said(again) == {"new": ["<p>new</p>"]}
    assert "old" in [line.text for line in outline(again)]
    assert len({name for _, name in bookmarks_in(again)}) == len(bookmarks_in(again))


def test_values_without_a_key_leave_no_trace():
    made = printed(
        a_template("{{p text }}", "{{ word }}", "{{r colour }}"),
        text=Narrative("<p>a</p>", "k"),
        word=Fact("b"),
        colour=Coloured("c", "2E7D32", "FFFFFF"),
    )
    assert bookmarks_in(made) == []
    assert not any(
        name.startswith("customXml/item9") or b"boardpapers" in content for name, content in read_members(made).items()
    )
    assert regions(made) == {}


def test_nothing_printed_is_no_region():
    made = printed(
        a_template("{{p text }}", "[{{ word }}]", "{{p other }}"),
        text=Narrative("", "k", region="a"),
        word=Fact("", region="b"),
        other=Narrative("<p>c</p>", "k", region="c"),
    )
    assert list(regions(made)) == ["c"]


def test_what_a_filter_makes_of_a_text_is_no_longer_that_text():
    made = printed(a_template("{{ word|upper }}"), word=Fact("said", region="a"))
    assert regions(made) == {}


def test_a_region_in_words_leaves_the_words_around_it_and_their_look():
    document = docx.Document()
    paragraph = document.add_paragraph()
    paragraph.add_run("{% if word %}Said: {% endif %}").italic = True
    paragraph.add_run("{{ word }}{{ other }}, he says").bold = True
    made = printed(saved(document), word=Fact("no\nway", region="a"), other=Fact("!", region="b"))
    [whole] = [p for p in docx.Document(io.BytesIO(made)).paragraphs if p.text]
    assert whole.text == "Said: no\nway!, he says"
    assert [(run.text, run.bold, run.italic) for run in whole.runs] == [
        ("Said: ", None, True), ("no\nway", True, None), ("!", True, None), (", he says", True, None),
    ]  # fmt: skip
    assert said(made) == {"a": [clean("no\nway", "text")], "b": ["<p>!</p>"]}


def test_a_value_whose_look_depends_on_another_is_marked_too():
    document = docx.Document()
    paragraph = document.add_paragraph()
    for words, size in (("{% if big %}Very ", 20), ("big ", 12), ("{% endif %}{{ word }}", 9)):
        paragraph.add_run(words).font.size = Pt(size)
    for big in (True, False):
        made = printed(saved(document), big=big, word=Fact("x\ty", region="a"))
        assert said(made) == {"a": [clean("x\ty", "text")]}


def test_a_cell_that_a_region_ends_has_one_last_paragraph():
    document = docx.Document()
    document.add_table(1, 1).cell(0, 0).text = "{{p text }}"
    for html, count in (("<p>a</p>", 1), ("<table><tbody><tr><td><p>a</p></td></tr></tbody></table>", 1), ("", 1)):
        made = printed(saved(document), text=Narrative(html, "k", region="a"))
        cell = docx.Document(io.BytesIO(made)).tables[0].cell(0, 0)
        assert len(cell.paragraphs) == count
        assert said(made) == ({"a": [html]} if html else {})


def test_tables_of_two_regions_do_not_grow_together():
    table = "<table><tbody><tr><td><p>{}</p></td></tr></tbody></table>"
    texts = [table.format("a"), table.format("b")]
    made = in_places(texts)
    assert said(made) == expected(texts)
    body = docx.Document(io.BytesIO(made)).element.body
    blocks = [element.tag for element in body if element.tag not in {START, END}]
    assert all(not one == other == qn("w:tbl") for one, other in itertools.pairwise(blocks))


TEXT_BOX = (
    '<w:p xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    ' xmlns:v="urn:schemas-microsoft-com:vml"'
    ' xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><w:r><w:t>Around </w:t></w:r><w:r>'
    '<mc:AlternateContent><mc:Choice Requires="wps"><v:textbox>{0}</v:textbox></mc:Choice>'
    "<mc:Fallback><w:pict><v:textbox>{0}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r></w:p>"
)


def test_a_region_in_a_text_box_says_what_stands_in_the_box():
    inside = "".join(f"<w:p><w:r><w:t>{words}</w:t></w:r></w:p>" for words in ("{{ word }}", "{{p text }}", "last"))
    document = docx.Document()
    document.element.body.insert(0, parse_xml(TEXT_BOX.format(f"<w:txbxContent>{inside}</w:txbxContent>")))
    for html in ("<p>one</p><ul><li><p>two</p></li></ul>", "<p>one</p>"):
        made = printed(saved(document), word=Fact("R&D", region="b"), text=Narrative(html, "k", region="a"))
        assert said(made) == {"b": ["<p>R&amp;D</p>"], "a": [html]}


def test_the_ways_of_reading_see_no_bookmarks():
    texts = ["<h3>one</h3><ol><li><p>two</p></li></ol>", "<p>three</p>"]
    template = a_template("{%p for text in texts %}", "{{p text }}", "{%p endfor %}", "{{ word }}")
    bare, marked = (
        printed(template, word=Fact("w", region=key), texts=[Narrative(html, "k", region=key) for html in texts])
        for key in (None, "a")
    )
    assert outline(marked) == outline(bare)
    assert narrated(marked) == narrated(bare)
    assert len(bookmarks_in(marked)) == 3


# Edits in Word


EDITED = ["<p>one</p><p>two</p>", "<p>three</p><ul><li><p>point</p></li></ul>", "<p>four</p>"]


def edited(deed, texts=EDITED) -> dict[str, list[str]]:
    """What the regions say after somebody did this to the document."""
    document = docx.Document(io.BytesIO(in_places(texts)))
    deed(document)
    return said(saved(document))


def the(document, words: str):
    return next(paragraph for paragraph in document.paragraphs if paragraph.text == words)


def test_a_paragraph_added_at_the_end_of_a_text_belongs_to_it():
    def add(document):
        last = the(document, "point")
        copy = deepcopy(last._p)
        last._p.addnext(copy)
        last.runs[0].text = "first"

    found = edited(add)
    assert found["text/1"] == ["<p>three</p><ul><li><p>first</p></li><li><p>point</p></li></ul>"]
    assert {key: texts for key, texts in found.items() if key != "text/1"} == {
        key: texts for key, texts in expected(EDITED).items() if key != "text/1"
    }


def test_a_paragraph_added_within_and_words_changed():
    def change(document):
        the(document, "two").insert_paragraph_before("between").runs[0].bold = True
        the(document, "four").runs[0].text = "five"

    found = edited(change)
    assert found["text/0"] == ["<p>one</p><p><strong>between</strong></p><p>two</p>", EDITED[0]]
    assert found["text/2"] == ["<p>five</p>"]


def test_one_text_printed_twice_and_changed_once_does_not_agree():
    document = docx.Document(io.BytesIO(in_places(EDITED)))
    the(document, "two").runs[0].text = "changed"
    region = regions(saved(document))["text/0"]
    assert region.html == "<p>one</p><p>changed</p>"
    assert not region.agrees
    assert regions(in_places(EDITED))["text/0"].agrees


def test_a_text_that_was_deleted_says_nothing():
    def delete(document):
        the(document, "four")._p.getparent().remove(the(document, "four")._p)  # its bookmark stays, bare

    assert edited(delete)["text/2"] == [""]

    def delete_all(document):
        paragraph = the(document, "four")._p
        for element in (paragraph.getprevious(), paragraph.getnext(), paragraph):
            element.getparent().remove(element)

    document = docx.Document(io.BytesIO(in_places(EDITED)))
    delete_all(document)
    gone = regions(saved(document))["text/2"]
    assert (gone.readings, gone.html, gone.agrees) == ((), "", True)


def test_word_moves_the_ends_of_bookmarks_into_paragraphs():
    """As Word saves it: what stood between paragraphs stands at the beginning of the next one."""

    def move(document):
        for element in list(document.element.body.iter(START, END)):
            if element.getparent().tag == qn("w:p"):
                continue
            following = element.getnext()
            while following is not None and following.tag in {START, END}:
                following = following.getnext()
            target = next(following.iter(qn("w:p")), None) if following is not None else None
            if target is not None:
                runs = target.findall(qn("w:r"))
                runs[0].addprevious(element) if runs else target.append(element)

    texts = [*EDITED, "<table><tbody><tr><td><p>cell</p></td></tr></tbody></table>", "<p>x</p>"]
    assert edited(move, texts) == expected(texts)


def test_two_paragraphs_joined_by_an_author_are_still_two_texts():
    def join(document):
        first, second = the(document, "three"), the(document, "point")
        body = list(document.element.body)
        ends = body[body.index(the(document, "two")._p) + 1]
        first._p.remove(first._p.pPr) if first._p.pPr is not None else None
        target = the(document, "two")._p
        target.append(ends)
        begins = ends.getparent().getnext()
        target.append(begins)
        for run in list(first._p):
            target.append(run)
        first._p.getparent().remove(first._p)
        assert second.text == "point"

    found = edited(join)
    assert found["text/0"][0] == EDITED[0]
    assert found["text/1"] == [EDITED[1]]
