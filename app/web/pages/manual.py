"""The manual for template authors as a page: the same text and the same names as `docs/templates.md`."""

import re
from dataclasses import replace
from functools import cache
from typing import Annotated

from fastapi import Query
from fastapi.responses import Response
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from app.assembly.reference import Group, groups, introduction
from app.web.pages.formats import Reading
from app.web.pages.layout import page
from app.web.pages.routing import page_router

router = page_router()

CLASSES = {
    "paragraph_open": "govuk-body",
    "bullet_list_open": "govuk-list govuk-list--bullet",
    "table_open": "govuk-table",
    "thead_open": "govuk-table__head",
    "tbody_open": "govuk-table__body",
    "tr_open": "govuk-table__row",
    "th_open": "govuk-table__header",
    "td_open": "govuk-table__cell",
}
"""What opens an element → its classes in the Design System."""

WRITTEN_BY = "This page is written by `boardpapers format reference`."
"""What the file says of itself."""

HEADINGS = {"h1": "govuk-heading-xl", "h2": "govuk-heading-l"}


@router.get("/template-reference")
def template_reference(visit: Reading, q: Annotated[str, Query(max_length=100)] = "") -> Response:
    """What a template may say and print; with a text, only the names that have it."""
    wanted = q.strip().lower()
    found = [_holding(group, wanted) for group in groups()] if wanted else list(groups())
    return page(
        visit,
        "formats/reference.html",
        "What a template may print",
        q=q,
        introduction=None if wanted else _introduction(),
        groups=[group for group in found if group.names],
    )


def _holding(group: Group, wanted: str) -> Group:
    names = (name for name in group.names if wanted in f"{name.way} {name.description} {name.tag}".lower())
    return replace(group, names=tuple(names))


@cache
def _introduction() -> Markup:
    """The manual up to the names, without its title: the page has one."""
    # Our own words, with raw HTML switched off.
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    # A link into the folder of documents leads nowhere here, the file is not this page, and this page marks in words.
    text = re.sub(r":? see \[[^\]]+\]\([a-z-]+\.md\)", "", introduction())
    text = text.replace(WRITTEN_BY, "").replace("marked with ●", "marked with “must”")
    tokens = reader.parse(text.partition("\n")[2])
    return Markup(reader.renderer.render(_dressed(tokens), reader.options, {}))  # noqa: S704


def _dressed(tokens: list[Token]) -> list[Token]:
    """With the classes of the Design System; what is wide scrolls by itself, and is called as the heading before it."""
    dressed: list[Token] = []
    heading = ""
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            heading = tokens[number + 1].content
            token.attrSet("class", HEADINGS[token.tag])
        elif token.type in CLASSES:
            token.attrSet("class", CLASSES[token.type])
        if token.type == "th_open":
            token.attrSet("scope", "col")
        if token.type == "td_open" and tokens[number - 1].type == "tr_open":
            # What a row is about.
            token.tag = tokens[number + 2].tag = "th"
            token.attrs = {"scope": "row", "class": "govuk-table__header govuk-!-font-weight-regular"}
        wide = token.type in {"table_open", "fence"}
        if wide:
            dressed.append(_region(heading, number))
        dressed.append(token)
        if token.type in {"table_close", "fence"}:
            dressed.append(Token("region_close", "div", -1))
    return dressed


def _region(heading: str, number: int) -> Token:
    attrs: dict[str, str | int | float] = {
        "class": "app-scroll",
        "role": "region",
        "aria-label": f"{heading or 'Beginning'} ({number})",
        "tabindex": "0",
    }
    return Token("region_open", "div", 1, attrs=attrs)
