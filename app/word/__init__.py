"""The Word engine: template bytes and described facts in, document bytes out; and reading documents again.

Here lives everything that touches `.docx`, usable on its own. Never here: the database, HTTP, settings, and what
a paper means.
"""

from app.word.accessibility import PROSE, accessibility
from app.word.check_styles import lacking
from app.word.checking import Expected, check
from app.word.container import content_digest
from app.word.differences import Difference, differences
from app.word.figures import described
from app.word.findings import Finding
from app.word.guard import guard
from app.word.located import Barrier, Where
from app.word.names import Vocabulary
from app.word.narrating import Narrated, narrated
from app.word.reading import Line, outline, text_of
from app.word.refusals import (
    BrokenTemplate,
    MisplacedValue,
    MissingPicture,
    MissingValue,
    NotInLine,
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
from app.word.regions import Region, regions
from app.word.rendering import Filled, fill, render
from app.word.shelf import TemplatesHeld
from app.word.story import Passage, Saying, Tabled, story
from app.word.templates import CompiledTemplate, compile_template, templates_held
from app.word.values import (
    Chart,
    Coloured,
    Fact,
    Narrative,
    Picture,
    files_in,
    html_of,
    narratives_in,
    plain_words,
    region_of,
)

__all__ = [
    "PROSE",
    "Barrier",
    "BrokenTemplate",
    "Chart",
    "Coloured",
    "CompiledTemplate",
    "Difference",
    "Expected",
    "Fact",
    "Filled",
    "Finding",
    "Line",
    "MisplacedValue",
    "MissingPicture",
    "MissingValue",
    "Narrated",
    "Narrative",
    "NotInLine",
    "NotPrinted",
    "PageNotTurned",
    "Passage",
    "Picture",
    "Region",
    "Saying",
    "Tabled",
    "TemplateFails",
    "TemplateNotAllowed",
    "TemplateTooCostly",
    "TemplatesHeld",
    "UnknownName",
    "UnreadableTemplate",
    "UnusablePicture",
    "UnwritableText",
    "Vocabulary",
    "Where",
    "accessibility",
    "check",
    "compile_template",
    "content_digest",
    "described",
    "differences",
    "files_in",
    "fill",
    "guard",
    "html_of",
    "lacking",
    "narrated",
    "narratives_in",
    "outline",
    "plain_words",
    "region_of",
    "regions",
    "render",
    "story",
    "templates_held",
    "text_of",
]
