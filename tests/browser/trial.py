"""A page with one narrative, in the frame of all pages: what the editor sends is kept, what is refused comes back."""

from dataclasses import dataclass, field

from fastapi import APIRouter
from fastapi.responses import Response

from app.web.pages.forms import NOTHING_TYPED, FaultyForm, Form, Typed
from app.web.pages.layout import PAGES, page, to
from app.web.pages.narrative import narrative_of
from app.web.pages.visit import Visit, Visiting

ADDRESS = "/trial-of-the-editor"

PAGE = """
{% extends "frame.html" %}
{% from "parts/narrative.html" import narrative_field, editor_assets %}
{% block head %}{{ editor_assets() }}{% endblock %}
{% block content %}
<form method="post" novalidate>
{{ narrative_field(form, "progress", "Progress", hint="What was done since the last update", value=kept) }}
<button class="govuk-button" type="submit">Save</button>
</form>
{% endblock %}
"""


@dataclass
class Trial:
    """The page: what it begins with, and what was sent last, as canonical HTML."""

    kept: str = ""
    sent: list[str] = field(default_factory=list)

    def router(self) -> APIRouter:
        router = APIRouter()

        @router.get(ADDRESS)
        def show(visit: Visiting) -> Response:
            return self.shown(visit, NOTHING_TYPED)

        @router.post(ADDRESS)
        def save(visit: Visiting, form: Typed) -> Response:
            try:
                self.kept = narrative_of(form, "progress")
            except FaultyForm as faulty:
                return self.shown(visit, form.refused(faulty))
            self.sent.append(self.kept)
            return to(ADDRESS, said="It was saved.")

        return router

    def shown(self, visit: Visit, form: Form) -> Response:
        return page(visit, PAGES.from_string(PAGE), "Trial of the editor", form=form, kept=self.kept)
