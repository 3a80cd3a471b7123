"""Headers and footers that do not show what every page must show."""

from collections.abc import Iterator, Mapping, Sequence

from app.word.check_tags import PartRead
from app.word.findings import Finding
from app.word.passages import TemplateRead

_BEHIND_THE_BODY = (0, 1_000_000)


def pages_without(
    template: TemplateRead, reads: Mapping[str, PartRead], on_every_page: Sequence[str]
) -> Iterator[Finding]:
    """An error for each kind of pages whose header and footer print one of these facts nowhere."""
    for name in on_every_page:
        path = tuple(name.split("."))
        holders = {part for part, read in reads.items() if any(use.path == path for use in read.uses)}
        for page in template.pages:
            if not holders & set(page.parts):
                what = (
                    f"The {name} must stand on every page, and does not stand here: write “{{{{ {name} }}}}” into the "
                    "header or footer. A first page and even pages may have headers and footers of their own."
                )
                yield Finding("error", f"{name}-not-on-page", what, page.title, order=_BEHIND_THE_BODY)
