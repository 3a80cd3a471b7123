"""How Word numbers an item of a list in a document."""

from docx.document import Document


def way_of(document: Document, words: str) -> tuple[int, str]:
    """The level of the list item with these words, and how that level is numbered."""
    numbered = [one for one in document.paragraphs if one.text == words and one._p.pPr.numPr is not None]
    (paragraph,) = numbered
    level, number = paragraph._p.pPr.numPr.ilvl.val, paragraph._p.pPr.numPr.numId.val
    numbering = document.part.numbering_part.element
    (num,) = [one for one in numbering.num_lst if one.numId == number]
    overridden = num.xpath(f"./w:lvlOverride[@w:ilvl='{level}']/w:lvl/w:numFmt/@w:val")
    abstract = num.abstractNumId.val
    usual = numbering.xpath(f"./w:abstractNum[@w:abstractNumId='{abstract}']/w:lvl[@w:ilvl='{level}']/w:numFmt/@w:val")
    return level, (overridden or usual)[0]
