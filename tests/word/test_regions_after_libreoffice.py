"""What a document says by region after LibreOffice opened it and saved it."""

import shutil
import subprocess
from pathlib import Path

import pytest

from app.assembly.assemble import make
from app.assembly.snapshot import Snapshot
from app.word import regions
from tests.conftest import ROOT

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


def said(document: bytes) -> dict[str, list[str]]:
    return {key: [reading.html for reading in region.readings] for key, region in regions(document).items()}


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
