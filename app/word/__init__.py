"""The Word engine: template bytes and described facts in, document bytes out; and reading documents again.

Here lives everything that touches `.docx`, usable on its own. Never here: the database, HTTP, settings, and what
a paper means.
"""

from app.word.container import content_digest
from app.word.findings import Finding, check
from app.word.narrating import Narrated, narrated
from app.word.reading import Line, outline, text_of
from app.word.refusals import (
    BrokenTemplate,
    MisplacedValue,
    MissingPicture,
    MissingValue,
    NotPrinted,
    PageNotTurned,
    TemplateFails,
    TemplateNotAllowed,
    TemplateTooCostly,
    UnknownName,
    UnreadableTemplate,
    UnusablePicture,
    UnwritableText,
)
from app.word.rendering import render
from app.word.templates import CompiledTemplate, TemplatesHeld, Vocabulary, compile_template, templates_held
from app.word.values import Coloured, Fact, Narrative, files_in

__all__ = [
    "BrokenTemplate",
    "Coloured",
    "CompiledTemplate",
    "Fact",
    "Finding",
    "Line",
    "MisplacedValue",
    "MissingPicture",
    "MissingValue",
    "Narrated",
    "Narrative",
    "NotPrinted",
    "PageNotTurned",
    "TemplateFails",
    "TemplateNotAllowed",
    "TemplateTooCostly",
    "TemplatesHeld",
    "UnknownName",
    "UnreadableTemplate",
    "UnusablePicture",
    "UnwritableText",
    "Vocabulary",
    "check",
    "compile_template",
    "content_digest",
    "files_in",
    "narrated",
    "outline",
    "render",
    "templates_held",
    "text_of",
]
