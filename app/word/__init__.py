"""The Word engine: template bytes and described facts in, document bytes out; and reading documents again.

Here lives everything that touches `.docx`, usable on its own. Never here: the database, HTTP, settings, and what
a paper means.
"""

from app.word.container import content_digest
from app.word.findings import Finding, check
from app.word.reading import Line, outline, text_of
from app.word.refusals import (
    BrokenTemplate,
    MisplacedValue,
    MissingValue,
    NotPrinted,
    TemplateFails,
    TemplateNotAllowed,
    TemplateTooCostly,
    UnknownName,
    UnreadableTemplate,
    UnwritableText,
)
from app.word.rendering import render
from app.word.templates import CompiledTemplate, Vocabulary, compile_template
from app.word.values import Coloured, Narrative

__all__ = [
    "BrokenTemplate",
    "Coloured",
    "CompiledTemplate",
    "Finding",
    "Line",
    "MisplacedValue",
    "MissingValue",
    "Narrative",
    "NotPrinted",
    "TemplateFails",
    "TemplateNotAllowed",
    "TemplateTooCostly",
    "UnknownName",
    "UnreadableTemplate",
    "UnwritableText",
    "Vocabulary",
    "check",
    "compile_template",
    "content_digest",
    "outline",
    "render",
    "text_of",
]
