"""The document's properties: what Word shows under File > Info, without a clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lxml import etree

from app.word.refusals import MissingValue, TemplateFails
from app.word.xmltext import escaped

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
)
_CUSTOM = (
    '<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"'
    ' xmlns:vt="http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes">'
)
_CUSTOM_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # MS-OLEPS 2.18: user-defined properties
_FIRST_CUSTOM_ID = 2  # 0 and 1 are reserved there

_WHERE = "document properties"


@dataclass(frozen=True, slots=True)
class DocumentProperties:
    """Title, subject, author, language tag, keywords, the day it was made, and further named values.

    Comments and identifier are a template's own, and mostly empty.
    """

    title: str
    subject: str
    author: str
    language: str
    keywords: str
    created: date
    custom: Mapping[str, str]
    comments: str = ""
    identifier: str = ""

    def core_xml(self) -> str:
        """`docProps/core.xml`; created and modified are midnight UTC of the day."""
        moment = f"{self.created.isoformat()}T00:00:00Z"
        stated = {
            "dc:title": self.title,
            "dc:subject": self.subject,
            "dc:creator": self.author,
            "cp:keywords": self.keywords,
            "cp:lastModifiedBy": self.author,
            "dc:language": self.language,
        }
        stated |= {"dc:description": self.comments} if self.comments else {}
        stated |= {"dc:identifier": self.identifier} if self.identifier else {}
        plain = "".join(f"<{name}>{escaped(value)}</{name}>" for name, value in stated.items())
        dates = "".join(
            f'<dcterms:{name} xsi:type="dcterms:W3CDTF">{moment}</dcterms:{name}>' for name in ("created", "modified")
        )
        return f"{_HEAD}{_CORE}{plain}{dates}</cp:coreProperties>"

    def custom_xml(self) -> str:
        """`docProps/custom.xml`: the named values as text, in the order given."""
        entries = "".join(
            f'<property fmtid="{_CUSTOM_FORMAT}" pid="{number}" name="{escaped(name)}">'
            f"<vt:lpwstr>{escaped(value)}</vt:lpwstr></property>"
            for number, (name, value) in enumerate(self.custom.items(), _FIRST_CUSTOM_ID)
        )
        return f"{_HEAD}{_CUSTOM}{entries}</Properties>"


def properties_in(context: Mapping[str, Any]) -> DocumentProperties:
    """The properties under the context's reserved key `document`.

    Raises `MissingValue` naming what is not there, `TemplateFails` when `created` is no ISO date.
    """
    stated = context.get("document")
    if not isinstance(stated, Mapping):
        raise MissingValue("document", _WHERE)
    for name in ("title", "subject", "author", "language", "keywords", "created", "custom"):
        if stated.get(name) is None:
            raise MissingValue(f"document.{name}", _WHERE)
    try:
        created = date.fromisoformat(stated["created"])
    except ValueError as error:
        raise TemplateFails("It is not a date such as 2026-03-31.", "document.created") from error
    plain = {name: str(stated[name]) for name in ("title", "subject", "author", "language", "keywords")}
    return DocumentProperties(created=created, custom=dict(stated["custom"]), **plain)


_DC = "{http://purl.org/dc/elements/1.1/}"
# What python-docx and docxtpl call them, and what the part calls them.
_WORDED = {
    "title": f"{_DC}title",
    "subject": f"{_DC}subject",
    "author": f"{_DC}creator",
    "comments": f"{_DC}description",
    "identifier": f"{_DC}identifier",
    "language": f"{_DC}language",
}


def texts_in(core: etree._Element) -> dict[str, str]:
    """The properties that a template's `docProps/core.xml` words, by name."""
    found = {name: core.findtext(element) for name, element in _WORDED.items()}
    return {name: words for name, words in found.items() if words}
