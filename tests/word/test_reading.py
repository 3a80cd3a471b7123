"""Printed numbers are counted as Word counts them."""

import io

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from app.word import outline
from tests.word.templates import saved


def a_document(abstracts: str, numbers: str, paragraphs: list[tuple[int, int]]) -> bytes:
    """A document with this numbering and paragraphs of (list, level)."""
    document = docx.Document()
    numbering = document.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    for element in parse_xml(f"<w:numbering {nsdecls('w')}>{abstracts}{numbers}</w:numbering>"):
        numbering.append(element)
    for list_id, level in paragraphs:
        properties = document.add_paragraph("x")._p.get_or_add_pPr()
        properties.append(
            parse_xml(f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{list_id}"/></w:numPr>')
        )
    return saved(document)


def level(number: int, kind: str, label: str, start: int = 1, more: str = "") -> str:
    return (
        f'<w:lvl w:ilvl="{number}"><w:start w:val="{start}"/><w:numFmt w:val="{kind}"/>{more}'
        f'<w:lvlText w:val="{label}"/></w:lvl>'
    )


def abstract(number: int, *levels: str) -> str:
    return f'<w:abstractNum w:abstractNumId="{number}">{"".join(levels)}</w:abstractNum>'


def num(number: int, abstract_id: int, override: str = "") -> str:
    return f'<w:num w:numId="{number}"><w:abstractNumId w:val="{abstract_id}"/>{override}</w:num>'


RESTART = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'


def numbers(document: bytes) -> list[str]:
    return [line.number for line in outline(document)]


def test_lists_that_share_a_definition_share_their_count_until_one_overrides_it():
    one = abstract(1, level(0, "decimal", "%1."))
    lists = num(1, 1) + num(2, 1) + num(3, 1, RESTART)
    made = a_document(one, lists, [(1, 0), (2, 0), (3, 0), (1, 0), (3, 0)])
    assert numbers(made) == ["1.", "2.", "1.", "2.", "3."]


def test_deeper_levels_begin_again_and_labels_join_levels():
    one = abstract(1, level(0, "decimal", "%1.0"), level(1, "decimal", "%1.%2"), level(2, "lowerRoman", "(%3)"))
    steps = [(1, 0), (1, 1), (1, 1), (1, 2), (1, 2), (1, 0), (1, 1), (1, 2)]
    assert numbers(a_document(one, num(1, 1), steps)) == ["1.0", "1.1", "1.2", "(i)", "(ii)", "2.0", "2.1", "(i)"]


def test_a_level_that_never_restarts_goes_on():
    one = abstract(1, level(0, "upperRoman", "%1"), level(1, "decimal", "%2", more='<w:lvlRestart w:val="0"/>'))
    assert numbers(a_document(one, num(1, 1), [(1, 0), (1, 1), (1, 0), (1, 1)])) == ["I", "1", "II", "2"]


def test_letters_repeat_after_z_and_legal_labels_are_decimal():
    one = abstract(1, level(0, "lowerLetter", "%1)", start=26), level(1, "decimal", "%1.%2", more="<w:isLgl/>"))
    assert numbers(a_document(one, num(1, 1), [(1, 0), (1, 0), (1, 1)])) == ["z)", "aa)", "27.1"]


def test_headings_take_their_numbers_from_their_styles():
    document = docx.Document(
        io.BytesIO(
            a_document(
                abstract(
                    1,
                    level(0, "decimal", "%1.0", more='<w:pStyle w:val="Heading1"/>'),
                    level(1, "decimal", "%1.%2", more='<w:pStyle w:val="Heading2"/>'),
                ),
                num(1, 1),
                [],
            )
        )
    )
    for name in ("Heading 1", "Heading 2"):
        properties = document.styles[name].element.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {nsdecls("w")}><w:numId w:val="1"/></w:numPr>'))
    for name in ("Heading 1", "Heading 2", "Heading 2", "Normal", "Heading 1"):
        document.add_paragraph("x", name)
    lines = outline(saved(document))
    assert [(line.style, line.level, line.number) for line in lines] == [
        ("Heading 1", 0, "1.0"),
        ("Heading 2", 1, "1.1"),
        ("Heading 2", 1, "1.2"),
        ("Normal", None, ""),
        ("Heading 1", 0, "2.0"),
    ]
    assert qn("w:numPr") not in [child.tag for child in document.paragraphs[0]._p]
