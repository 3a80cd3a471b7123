# ruff: noqa: E501 - attacks are long
"""An uploaded template is a program: whatever it tries, it reaches nothing and costs little."""

import io
import sys
import time
import tracemalloc

import docx
import pytest
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part

from app.errors import Invalid, Problem
from app.word import (
    BrokenTemplate,
    Coloured,
    Narrative,
    TemplateNotAllowed,
    TemplateTooCostly,
    check,
    compile_template,
    render,
    templates,
    text_of,
)
from app.word.engine import compiled, inspected_text
from app.word.language import Budget
from tests.word.templates import DOCUMENT, a_template, printed, saved

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
KINDS = "application/vnd.openxmlformats-officedocument.wordprocessingml."

pytestmark = pytest.mark.trust(13)

ESCAPES = [
    "{{ x.__class__ }}",
    "{{ x.__class__.__mro__[1].__subclasses__() }}",
    "{{ ''.__class__.__base__.__subclasses__() }}",
    "{{ x['__class__'] }}",
    "{{ x|attr('__class__') }}",
    "{{ x|attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    "{{ x['\\x5f\\x5fclass\\x5f\\x5f'] }}",
    "{{ x|map(attribute='__class__')|list }}",
    "{{ x|map(attribute='a.__class__')|list }}",
    "{{ x|map('attr', '__class__')|list }}",
    "{{ x|selectattr('__class__')|list }}",
    "{{ x|sort(attribute='__class__') }}",
    "{{ x|sum(attribute='__init__') }}",
    "{{ x|groupby('__class__') }}",
    "{{ '{0.__class__}'|format(x) }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(x) }}",
    "{{ '%s'|format(x) }}",
    "{{ x.format_map }}{{ ''.join(x) }}",
    "{{ picture.tpl.save('/tmp/x') }}",
    "{{ picture.save() }}",
    "{{ self._TemplateReference__context }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ cycler('a') }}",
    "{{ joiner(', ') }}",
    "{{ namespace(a=1) }}",
    "{{ lipsum(1000) }}",
    "{{ lipsum.__globals__ }}",
    "{{ range(10) }}",
    "{{ dict(a=1) }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ config }}",
    "{{ x|tojson }}",
    "{{ x|pprint }}",
    "{{ x|xmlattr }}",
    "{{ x|safe }}",
    "{{ x|e }}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}",
    "{% from 'os' import path %}",
    "{% extends 'x' %}",
    "{% macro m() %}{{ caller() }}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% block b %}{% endblock %}",
    "{% filter upper %}x{% endfilter %}",
    "{% set a %}x{% endset %}",
    "{% set a.b = 1 %}",
    "{% set _a = x %}",
    "{{ loop.changed(1) }}",
    "{% for i in x %}{{ loop.cycle('a') }}{% endfor %}",
    "{% for i in x recursive %}{{ loop(i) }}{% endfor %}",
    "{% for i in x %}{{ loop._iterable }}{% endfor %}",
    "{% for i in x %}{{ loop.__init__ }}{% endfor %}",
    "{% for __a in x %}{{ __a }}{% endfor %}",
    "{{ x is sameas(x) }}",
    "{{ x.a is filter }}",
    "{{ _ }}",
    "{{ x[y] }}",
    "{{ x['a' ~ 'b'] }}",
    "{% do x.append(1) %}",
    "{% debug %}",
    "{{ x.mro() }}",
    "{{ x['__init__']['__globals__']['__builtins__'] }}",
    "{{ x|attr('__init__')|attr('__globals__')|attr('get')('__builtins__') }}",
    "{{ (x|attr('tpl')).docx }}",
    "{{ picture.tpl.get_docx().part.package.main_document_part.blob }}",
    "{{ picture.tpl.new_subdoc('/etc/passwd') }}",
    "{{ picture._insert_image() }}",
    "{{ (1).__class__.__base__ }}",
    "{{ [].__class__ }}",
    "{{ ().__class__.__bases__[0] }}",
    "{{ {}.__class__ }}",
    "{{ x.__doc__.__class__ }}",
    "{{ x|string|attr('format') }}",
    "{{ '%(a)s' % {'a': x} }}",
    "{{ ('%c' % 95) * 2 }}",
    "{{ x|map('format', x)|list }}",
    "{{ url_for.__globals__ }}",
    "{{ request }}",
    "{{ self }}",
    "{{ caller }}",
    "{{ varargs }}",
    "{{ document.custom.__class__ }}",
    "{{p picture._tpl }}",
    "{{r picture.__class__ }}",
    "{%p include 'x' %}",
    "{%- import 'os' as o -%}",
    "{% for k, v in x.__dict__ %}{% endfor %}",
    "{% for a in x if a.__class__ %}{% endfor %}",
    "{% set a = x.__class__ %}{{ a }}",
    "{% with a = x.__class__ %}{{ a }}{% endwith %}",
    "{% if x.__class__ %}y{% endif %}",
    "{% trans %}x{% endtrans %}",
    "{% for a in x %}{% break %}{% endfor %}",
]
BOMBS_BY_SYNTAX = [
    "{{ 'x' * 10**9 }}",
    "{{ 'x' * 1000000000 }}",
    "{{ x.name * 1000000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{{ 9 ** 9 ** 9 }}",
    "{{ 2 * 1000000 * 1000000 }}",
    "{{ [0] * 1000000000 }}",
    "{{ x + x }}",
    "{{ 1 / 0 }}",
    "{{ 1 // 0 }}",
    "{{ 5 % 0 }}",
    "{{ x ~ x }}",
    "{% set a = [x, x] %}",
    "{% set a = 'a' ~ 'b' %}",
    "{{ 'x'|center(1000000000) }}",
    "{{ 'x'|indent(1000000000) }}",
    "{{ 'x'|ljust(1000000000) }}",
    "{{ [1]|batch(1000000000, 'x')|list }}",
    "{{ [1]|slice(1000000000)|list }}",
    "{{ 'x'|wordwrap(1) }}",
    "{{ 'a'|urlize }}",
    "{{ x|random }}",
    "{{ [[1, 2], [3, 4]] }}",
    "{{ {'a': x} }}",
    "".join("{% for a in x %}" for _ in range(9)) + "".join("{% endfor %}" for _ in range(9)),
    "{{ " + "(" * 20000 + "x" + ")" * 20000 + " }}",
    "{{ x" + ".a" * 20000 + " }}",
    "{{ " + "not " * 20000 + "x }}",
    "{{ x" + "|list" * 20000 + " }}",
    "{{ 1" + "0" * 10000 + " }}",
]


def in_body(tag):
    return a_template(tag)


def in_header(tag):
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = tag
    return saved(document)


def in_footer(tag):
    document = docx.Document()
    document.sections[0].footer.paragraphs[0].text = tag
    return saved(document)


def in_property(tag):
    document = docx.Document()
    document.core_properties.title = tag[:255]
    return saved(document)


def in_part(kind):
    def made(tag):
        document = docx.Document()
        inner = {"footnotes": "footnote", "endnotes": "endnote", "comments": "comment"}[kind]
        xml = docx.oxml.parse_xml(
            f'<w:{kind} xmlns:w="{W}"><w:{inner} w:id="2"><w:p><w:r><w:t/></w:r></w:p></w:{inner}></w:{kind}>'
        )
        xml[0][0][0][0].text = tag
        part = Part(PackURI(f"/word/{kind}.xml"), f"{KINDS}{kind}+xml", docx.oxml.xmlchemy.serialize_for_reading(xml).encode(),
                    document.part.package)  # fmt: skip
        document.part.relate_to(part, getattr(RELATIONSHIP_TYPE, kind.upper()))
        return saved(document)

    return made


PLACES = {"body": in_body, "header": in_header, "footer": in_footer, "property": in_property} | {
    kind: in_part(kind) for kind in ("footnotes", "endnotes", "comments")
}


@pytest.mark.parametrize("tag", ESCAPES)
def test_an_escape_is_refused_before_any_paper(tag):
    with pytest.raises(Invalid) as caught:
        compile_template(a_template(tag), {"x": None, "y": None, "picture": None})
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("tag", ESCAPES)
def test_an_escape_is_found_by_the_check_of_an_upload(tag):
    findings = check(a_template(tag), {"x": None, "y": None, "picture": None})
    assert [finding for finding in findings if finding.severity == "error"]


WATCHED: list[str] = []
"""What the interpreter is asked for while a paper is printed from a template that nobody checked."""


def watch(event, arguments):
    if WATCHED and event.split(".")[0] in {"open", "os", "subprocess", "socket", "shutil", "ctypes", "import", "pty"}:
        WATCHED.append(f"{event} {arguments!r}")


sys.addaudithook(watch)
FACTS = {
    "document": DOCUMENT,
    "x": {"a": [1], "name": "word"},
    "y": "__class__",
    "picture": Narrative("<p>secret</p>", "k"),
}
REACHED = ("<class", "<function", "<built-in", "<bound", "<module", "object at 0x", "root:", "__builtins__", "secret")


@pytest.fixture
def unchecked(monkeypatch):
    """The allow-list passes everything, and nothing of that is kept for other tests."""
    monkeypatch.setattr(templates, "_SHELF", templates.Shelf(1))
    faults = templates.tag_faults
    monkeypatch.setattr(
        templates,
        "tag_faults",
        lambda *asked: templates.TagFaults(broken=faults(*asked).broken, refused=(), unknown=()),
    )


@pytest.mark.parametrize("tag", [tag for tag in ESCAPES if "picture" not in tag or "." in tag])
def test_a_paper_of_an_unchecked_template_reaches_reads_and_writes_nothing(tag, unchecked):
    try:
        template = compile_template(a_template(tag, "{{p picture }}"), {})
    except Problem:
        return  # Jinja itself, without the allow-list, does not know it
    WATCHED.append("begun")
    try:
        words = "".join(text_of(render(template, FACTS, {})))
        assert words.endswith("secret")  # where it is printed, and nowhere else
        words = words.removesuffix("secret")
    except Problem as refused:
        words = str(refused).replace(tag, "")
    finally:
        watched = WATCHED[1:]
        WATCHED.clear()
    assert watched == []
    assert not any(reached in words for reached in REACHED)


def test_the_watch_sees_what_a_template_must_not_do(tmp_path):
    WATCHED.append("begun")
    (tmp_path / "written").write_text("x", encoding="utf-8")
    watched, _ = WATCHED[1:], WATCHED.clear()
    assert any("written" in seen for seen in watched)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("tag", ["{{ x.__class__ }}", "{{ x|attr('y') }}", "{{ x() }}", "{% include 'y' %}"])
def test_every_part_is_checked(place, tag):
    with pytest.raises(Invalid):
        compile_template(PLACES[place](tag), {"x": None})
    compile_template(PLACES[place]("{{ x }}"), {"x": None})


@pytest.mark.parametrize("tag", [tag for tag in ESCAPES if "." in tag or "[" in tag])
def test_an_escape_reaches_nothing_even_when_nobody_checks(tag):
    found = inspected_text("unchecked", tag)
    if found.tree is None:
        return
    facts = {"x": {"a": [1]}, "y": "__class__", "picture": Narrative("<p>secret</p>", "k")}
    try:
        words = compiled(found, is_xml=False).filled(facts, Nobody(), Budget())
    except Invalid as refused:
        words = str(refused.faults and refused.faults[0].what)
    assert not any(reached in words for reached in ("<class", "<function", "<built-in", "object at 0x", "secret"))


class Nobody:
    """A press that is not to be used."""

    def enter(self, part): ...

    def print(self, narrative):
        raise AssertionError


@pytest.mark.parametrize("tag", BOMBS_BY_SYNTAX, ids=lambda tag: tag[:30])
def test_a_bomb_is_refused_before_it_is_lit(tag):
    assert peak_of(lambda: refused(tag)) < 64


def refused(tag):
    with pytest.raises(Invalid):
        compile_template(a_template(tag), {"x": None})


def peak_of(deed) -> float:
    """The most memory in MiB that Python holds during the deed, which takes no longer than is promised."""
    begun = time.process_time()
    deed()
    assert time.process_time() - begun < 2
    tracemalloc.start()
    try:
        deed()
        return tracemalloc.get_traced_memory()[1] / 2**20
    finally:
        tracemalloc.stop()


LONG = "x" * 10_000
MANY = [{"name": LONG, "inner": list(range(1000))} for _ in range(1000)]


@pytest.mark.parametrize(
    "tags",
    [
        "{% for a in x %}{% for b in x %}{% for c in x %}{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{% for c in a.inner %}y{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{{ a.name }}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{{ x|map(attribute='name')|join }}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{{ x|sort(attribute='name')|length }}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{{ 'q' in x }}{% endfor %}{% endfor %}",
        "{{ x[0].name" + "|replace('x', 'xxxxxxxxxxxxxxxxxxxx')" * 9 + " }}",
        "{{ x[0].name" + "|replace('', 'yyyyyyyyyyyyyyyyyyyy')" * 9 + " }}",
        "{% set a = x[0].name %}" + "{% set a = a|replace('x', 'xx') %}" * 40 + "{{ a }}",
        "{% for a in x|list %}{% for b in a.name|list %}{% for c in a.name|list %}y{% endfor %}{% endfor %}{% endfor %}",
        "{% for a in x %}{% for b in x %}{{ a.name|upper|lower|title }}{% endfor %}{% endfor %}",
    ],
    ids=range(11),
)
def test_a_bomb_of_loops_and_filters_ends_by_its_budget(tags):
    def deed():
        with pytest.raises(TemplateTooCostly):
            printed(a_template(tags), x=MANY)

    assert peak_of(deed) < 256


def test_a_number_too_long_to_print_is_refused():
    with pytest.raises(Invalid):
        printed(a_template("{{ x }}"), x=10**5000)


def test_rounding_to_absurd_places_costs_nothing():
    printed(a_template("{{ x|round(1000000000) }}{{ x|round(-1000000000) }}"), x=1.5)


@pytest.mark.parametrize(
    "tag", ["{{ 1 }}", "{{ loop.index * 2 }}", "{{ x is defined }}", "{{ x[0] }}", "{{ x[:2]|join }}"]
)
def test_what_is_harmless_is_allowed(tag):
    compile_template(a_template("{% for a in x %}" + tag + "{% endfor %}"), {"x": None})


def test_braces_in_a_value_are_never_a_tag():
    for words in (
        "{{ 7*7 }}",
        "{_{ 7*7 }_}",
        "{_% if x %_}",
        "{% for a in b %}",
        "}}{{",
        "<?cell?></w:tc>",
        "<?grid?>",
    ):
        assert words in docx.Document(io.BytesIO(printed(a_template("{{ x }}"), x=words))).paragraphs[0].text
        narrated = printed(
            a_template("{{p x }}"), x=Narrative(f"<p>{words.replace('<', '&lt;').replace('>', '&gt;')}</p>", "k")
        )
        assert words in "".join(text_of(narrated))


def test_opaque_values_pass_through_no_filter_loop_or_lookup():
    for value in (Narrative("<p>secret</p>", "k"), Coloured("secret", "2E7D32", "FFFFFF")):
        for tag in ("{{ x|string }}", "{{ x|list }}", "{{ x.key }}", "{{ x[0] }}", "{% for a in x %}{% endfor %}",
                    "{{ x|length }}", "{{ [x]|join }}", "{{ x|default('')|upper }}"):  # fmt: skip
            with pytest.raises(Invalid) as caught:
                printed(a_template(tag), x=value)
            assert not isinstance(caught.value, BrokenTemplate | TemplateNotAllowed)


def test_no_state_passes_from_one_paper_to_the_next():
    template = compile_template(a_template("{% set a = x %}{{ a }}"), {"x": None})
    first, second, again = (render(template, {"document": DOCUMENT, "x": x}, {}) for x in ("one", "two", "one"))
    assert first == again != second
