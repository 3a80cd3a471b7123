"""What a document says by region after LibreOffice opened it and saved it.

Seen to be lost there (7.4), with whatever LibreOffice does to the document itself: the number formats of a chart whose
table is hidden; cells merged in every row, which become one column; white space at the edge of a bold cell; the last
letter of words marked in a line, where the next paragraph begins with a chart; the turned page that a narrative begins
with; a narrative that is one table of empty cells, at times.
"""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.assembly.assemble import make
from app.assembly.snapshot import Snapshot
from app.narrative import clean
from tests.conftest import ROOT
from tests.word.test_narrated import PICTURES, as_printed
from tests.word.test_regions import expected, in_places, said

GOLDEN = ROOT / "tests" / "assembly" / "golden"


@pytest.fixture
def through_libreoffice(cannot_run, tmp_path: Path):
    """Documents as LibreOffice saves them."""
    soffice = shutil.which("soffice")
    if soffice is None:
        cannot_run("LibreOffice is not installed.")

    def convert(documents: list[bytes]) -> list[bytes]:
        files = [tmp_path / f"{number}.docx" for number in range(len(documents))]
        for file, document in zip(files, documents, strict=True):
            file.write_bytes(document)
        saved = tmp_path / "saved"
        profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
        command = [soffice, profile, "--headless", "--convert-to", "docx", "--outdir", str(saved), *map(str, files)]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        return [(saved / file.name).read_bytes() for file in files]

    return convert


@pytest.mark.trust(11)
def test_the_demonstrations_papers_say_the_same_by_region(through_libreoffice):
    template = (GOLDEN / "template.docx").read_bytes()
    papers = [
        make(Snapshot.from_json((GOLDEN / f"{name}.json").read_text(encoding="utf-8")), template).content
        for name in ("quarterly", "one-subject")
    ]
    before = [said(paper) for paper in papers]
    assert [len(paper) for paper in before] == [99, 48]
    assert [said(paper) for paper in through_libreoffice(papers)] == before


GRAMMAR = """
<h3>Heading</h3>
<p>Words <strong>bold</strong>, <em>leaning</em>, <u>lined</u>, <s>struck</s>, H<sub>2</sub>O,
m<sup>2</sup>.<br>Next line, <a href="https://example.org/a?b=1">a link</a>.</p>
<p data-number="no">Bare.</p>
---
<ol><li><p>one</p><ul><li><p>point</p><p>more of it</p></li></ul></li><li><p>two</p><ol type="a"><li><p>a</p>
</li><li><p>b</p><ol type="i"><li><p>i</p></li><li><p>ii</p></li></ol></li></ol></li></ol><p>Between.</p>
<ol type="I" start="4"><li><p>four</p></li><li><p>five</p></li></ol>
---
<blockquote><p>Quoted.</p><p>On.</p></blockquote><h4>Low</h4><p>After.</p>
---
<table><caption>Table 1</caption><thead><tr><th>Area</th><th>State</th></tr>
</thead><tbody><tr><th scope="row" rowspan="2">North</th><td data-rag="green">Green</td></tr>
<tr><td data-rag="amber">Amber</td></tr><tr><td colspan="2"><ul><li><p>wide</p></li></ul></td></tr>
</tbody></table>
---
<table><tbody><tr><td>one cell</td></tr></tbody></table>
---
<p>After a table.</p><p>Two paragraphs.</p>
---
<p>Turned:</p><figure data-page="landscape"><table><thead><tr><th>Kind</th><th>2025</th></tr>
</thead><tbody><tr><th>Calls</th><td>1,250</td></tr></tbody></table></figure><p>Upright again.</p>
---
<p>See:</p><figure><img src="PICTURE" alt="A field"><figcaption>Figure 1</figcaption></figure>
---
<p>Drawn:</p><figure data-chart="column"><table><thead><tr><th>Quarter</th><th>Calls</th></tr>
</thead><tbody><tr><th>Q1</th><td>1,250</td></tr><tr><th>Q2</th><td>900</td></tr>
</tbody></table><figcaption>Figure 2</figcaption></figure>
""".replace("PICTURE", PICTURES[0][0])
"""Narratives, one after another."""


@pytest.mark.trust(11)
def test_the_whole_grammar_says_the_same_by_region(through_libreoffice):
    texts = [as_printed(clean(html, "html")) for html in GRAMMAR.split("---")]
    document = in_places(texts)
    assert said(document) == expected(texts)
    [saved] = through_libreoffice([document])
    assert said(saved) == expected(texts)
