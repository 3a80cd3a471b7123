"""Small Word templates, built as an author would write them, and papers printed with them."""

import io

import docx

from app.word import CompiledTemplate, Narrative, compile_template, render

DOCUMENT = {
    "title": "Collaboration update",
    "subject": "Scrutiny",
    "author": "Ambershire Police",
    "language": "en-GB",
    "keywords": "",
    "created": "2026-03-31",
    "custom": {},
}


def saved(document) -> bytes:
    """The bytes of a python-docx document."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def a_template(*paragraphs: str) -> bytes:
    """A template with these paragraphs in its body."""
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    return saved(document)


def compiled(template: bytes, *names: str) -> CompiledTemplate:
    """The template made ready, allowed to use these names."""
    return compile_template(template, dict.fromkeys(names))


def vocabulary_of(value):
    """The names in a group of facts, or in those of a list, as a tree; None for anything else."""
    if isinstance(value, dict):
        return {name: vocabulary_of(inner) for name, inner in value.items()}
    if isinstance(value, list):
        groups = [names for item in value if (names := vocabulary_of(item))]
        return {name: below for names in groups for name, below in names.items()} or None
    return None


def printed(template: bytes, **values) -> bytes:
    """The document that the template makes of the values."""
    return render(compile_template(template, vocabulary_of(values)), {"document": DOCUMENT, **values}, {})


def a_paper(html: str, heading_level: int = 3) -> bytes:
    """A document that holds one narrative between two paragraphs."""
    narrative = Narrative(html, "sections.purpose", heading_level)
    return printed(a_template("before", "{{p text }}", "after"), text=narrative)
