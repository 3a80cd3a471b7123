"""A browser without JavaScript: it follows links and redirections, and sends forms with what stands in their fields."""

from dataclasses import dataclass, field
from urllib.parse import urljoin

import httpx2
from lxml import html
from starlette.testclient import TestClient

HEADERS = {"Accept": "text/html,application/xhtml+xml", "Sec-Fetch-Site": "same-origin"}


@dataclass
class Page:
    """An answer, as a reader meets it."""

    answer: httpx2.Response
    tree: html.HtmlElement = field(init=False)

    def __post_init__(self) -> None:
        self.tree = html.fromstring(self.answer.text)

    @property
    def status(self) -> int:
        return self.answer.status_code

    @property
    def path(self) -> str:
        return self.answer.request.url.raw_path.decode()

    @property
    def title(self) -> str:
        return self.tree.findtext(".//title")

    @property
    def heading(self) -> str:
        (only,) = self.tree.xpath("//h1")
        return _text(only)

    @property
    def text(self) -> str:
        """Everything in the main part, white space told once."""
        (main,) = self.tree.xpath("//main")
        return _text(main)

    @property
    def errors(self) -> list[str]:
        """What the error summary lists."""
        return (
            [_text(item) for item in self.tree.find_class("govuk-error-summary")[0].iter("li")] if self.faulty else []
        )

    @property
    def faulty(self) -> bool:
        return bool(self.tree.find_class("govuk-error-summary"))

    @property
    def told(self) -> str | None:
        """What the banner says that was just done."""
        found = self.tree.find_class("govuk-notification-banner__content")
        return _text(found[0]) if found else None

    @property
    def navigation(self) -> list[str]:
        return [_text(link) for link in self.tree.find_class("govuk-service-navigation__link")]

    def links(self) -> dict[str, str]:
        """Text of every link in the main part → its address."""
        return {_text(link): link.get("href") for link in self.tree.xpath("//main//a[@href]")}

    def rows(self, number: int = 0) -> list[list[str]]:
        """The cells of a table's body, row by row."""
        table = self.tree.xpath("//main//table")[number]
        return [[_text(cell) for cell in row.xpath("./th|./td")] for row in table.xpath("./tbody/tr")]

    def form(self, action: str) -> html.FormElement:
        """The form that is sent to this path."""
        found = [
            form for form in self.tree.forms if urljoin(self.path, form.get("action") or "").split("?")[0] == action
        ]
        assert len(found) == 1, f"{len(found)} forms to {action} on {self.path}: {self.text}"
        return found[0]


class Browser:
    """One person's browser."""

    def __init__(self, client: TestClient) -> None:
        self.client = client
        self.client.headers.update(HEADERS)
        self.page: Page

    def visit(self, address: str) -> "Browser":
        """The page at this address is shown, or that to which it leads."""
        return self._shown(self.client.get(address))

    def follow(self, text: str) -> "Browser":
        """The link with this text was followed."""
        return self.visit(urljoin(self.page.path, self.page.links()[text]))

    def send(
        self, action: str, /, *, press: str | None = None, files=None, **typed: str | list[str] | None
    ) -> "Browser":
        """The form to this path was sent with this typed into its fields (None: left out), by the button name=value.

        A field's dots are written as two underscores.
        """
        form = self.page.form(action)
        data: dict[str, list[str]] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in typed.items():
            key = name.replace("__", ".")
            data.pop(key, None)
            if value is not None:
                data[key] = value if isinstance(value, list) else [value]
        if press:
            name, _, value = press.partition("=")
            data[name] = [value]
        if (form.get("method") or "get").lower() == "get":
            return self._shown(self.client.get(action, params=data))
        return self._shown(self.client.post(urljoin(self.page.path, form.get("action") or ""), data=data, files=files))

    def press(self, words: str, /, *, files=None, **typed: str | list[str] | None) -> "Browser":
        """The button with these words was pressed, with this typed into the fields of its form (None: nothing ticked).

        As in `send`, a field's dots are written as two underscores. Nothing is typed that the form does not offer.
        """
        shown = self.page.tree.xpath("//main//form//button[not(@aria-hidden)]")
        found = [one for one in shown if _text(one) == words]
        assert len(found) == 1, f"{len(found)} buttons “{words}” on {self.page.path}: {self.page.text}"
        (button,) = found
        (form, *_) = button.iterancestors("form")
        data: dict[str, list[str]] = {}
        for name, value in form.form_values():
            data.setdefault(name, []).append(value)
        for name, value in typed.items():
            key = name.replace("__", ".")
            chosen = [] if value is None else value if isinstance(value, list) else [value]
            offered = _offered(form, key)
            assert offered is None or set(chosen) <= offered, f"{key} is {chosen} of {offered}"
            data[key] = chosen
        if button.get("name"):
            data[button.get("name")] = [button.get("value") or ""]
        action = urljoin(self.page.path, button.get("formaction") or form.get("action") or "")
        if (form.get("method") or "get").lower() == "get":
            return self._shown(self.client.get(action, params=data))
        return self._shown(self.client.post(action, data=data, files=files))

    def _shown(self, answer: httpx2.Response) -> "Browser":
        for _ in range(5):
            if answer.status_code not in {301, 302, 303, 307}:
                break
            answer = self.client.get(urljoin(str(answer.url), answer.headers["location"]))
        self.page = Page(answer)
        return self


def _text(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def _offered(form: html.FormElement, name: str) -> set[str] | None:
    """What can be chosen of the field of this name; None: anything can be typed. The form has the field."""
    fields = [field for field in form.xpath(".//input | .//select | .//textarea") if field.get("name") == name]
    assert fields, f"there is no field {name}"
    if fields[0].tag == "select":
        return {option.get("value") for option in fields[0].iter("option")}
    return {field.get("value") for field in fields} if fields[0].get("type") in {"radio", "checkbox"} else None
