"""Texts that were printed before: in every document, template and setting they are printed as if they were new."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.word import CompiledTemplate, Narrative, render, rendering
from app.word.prepared import Repertoire
from tests.narrative.markup import narratives
from tests.word.templates import DOCUMENT, compiled
from tests.word.test_narrated import PICTURES, as_printed
from tests.word.test_numbered_paragraphs import numbered_template

LIST = '<ol type="a" start="3"><li><p>one</p><ul><li><p>two</p></li></ul></li></ol>'
LINKED = '<p>See <a href="https://www.example.org/a">a</a> and <a href="https://www.example.org/b">b</a>.</p>'
TABLE = "<table><tbody><tr><td><ol><li><p>x</p></li></ol></td></tr></tbody></table>"


@pytest.fixture(scope="module")
def templates() -> list[CompiledTemplate]:
    """Two templates that print the same in different styles."""
    tags = ["{{p text }}", "{%p for one in more %}", "{{p one }}", "{%p endfor %}"]
    return [
        compiled(numbered_template(*tags, with_styles=with_styles), "text", "more") for with_styles in (True, False)
    ]


@pytest.fixture
def forgetful(monkeypatch):
    """Prints without anything that was printed before."""

    def print_new(template: CompiledTemplate, context: dict) -> bytes:
        with monkeypatch.context() as now:
            now.setattr(rendering, "REPERTOIRE", Repertoire(room=0))
            return render(template, context, dict(PICTURES))

    return print_new


def context_of(texts: list[Narrative]) -> dict:
    return {"document": DOCUMENT, "text": texts[0], "more": texts[1:]}


SETTINGS = st.fixed_dictionaries(
    {
        "heading_level": st.integers(1, 9),
        "list_labels": st.sampled_from([(), ("({})",), ("{}.", "({})")]),
        "numbered": st.booleans(),
        "run_in": st.sampled_from(["", "Progress", "Next & last"]),
        "region": st.sampled_from([None, "section/a/1"]),
    }
)


def test_what_was_printed_before_is_printed_as_if_it_were_new(templates, forgetful, full):
    texts = st.lists(narratives().map(as_printed).filter(bool), min_size=1, max_size=3)

    @given(texts, st.lists(SETTINGS, min_size=4, max_size=4), st.data())
    @settings(max_examples=1_000 if full else 60, deadline=None, database=None)
    def as_new(htmls, ways, data):
        for _ in range(2):
            chosen = data.draw(st.lists(st.sampled_from(htmls), min_size=1, max_size=5))
            told = [Narrative(html, f"text {n}", **ways[n % 4]) for n, html in enumerate(chosen)]
            for template in templates:
                document = render(template, context_of(told), dict(PICTURES))
                assert document == forgetful(template, context_of(told))

    as_new()


def test_lists_count_for_themselves_and_links_lead_where_they_led(templates, forgetful):
    told = [Narrative(html, "text") for html in (LINKED, LIST, TABLE, LIST, LINKED, TABLE)]
    for texts in (told, told[::-1], told[2:]):
        again = [render(templates[0], context_of(texts), {}) for _ in range(2)]
        assert again == [forgetful(templates[0], context_of(texts))] * 2


def test_threads_print_the_same(templates, forgetful):
    told = [[Narrative(f"{LIST}<p>{n} {m}</p>{LINKED}", "text") for m in range(8)] for n in range(8)]
    new = [forgetful(templates[0], context_of(texts)) for texts in told]
    with ThreadPoolExecutor(8) as threads:
        for _ in range(3):
            assert list(threads.map(lambda texts: render(templates[0], context_of(texts), {}), told)) == new


def test_what_is_kept_has_an_end(templates, monkeypatch):
    kept = Repertoire(room=1_000_000)
    monkeypatch.setattr(rendering, "REPERTOIRE", kept)
    for number in range(1_000):
        render(templates[0], context_of([Narrative(f"<p>{number} {'a' * 600}</p>", "text")]), {})
    assert 0 < kept.held() <= 1_000_000
    before = kept.held()
    render(templates[0], context_of([Narrative(f"<p>{'b' * 50_000}</p>", "text")]), {})  # too long to push out the rest
    assert kept.held() == before
