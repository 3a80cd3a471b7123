"""A template tried where it can do no harm: checked and filled in a process of its own, with little time and memory.

What a template costs is bounded twice: by the engine's own budgets, and, where those were mistaken, by the system
here. The process is started anew rather than forked, so that a server may ask for it from any of its threads; it gets
what it needs through its standard input, may write no file, and is killed when its time is over.
"""

import contextlib
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, BinaryIO

from app.errors import Invalid
from app.word.checking import Expected, check
from app.word.findings import Finding
from app.word.names import Vocabulary
from app.word.refusals import TemplateTooCostly
from app.word.rendering import render
from app.word.templates import compile_template
from app.word.values import (
    Chart,
    Coloured,
    Fact,
    Narrative,
    Picture,
    heading_level_of,
    is_numbered,
    key_of,
    list_labels_of,
    region_of,
    run_in_of,
    width_of,
)

try:
    import resource
except ImportError:  # pragma: no cover - Windows bounds no process this way; the time by the clock holds there too
    resource = None  # type: ignore[assignment]

_LENGTH = struct.Struct(">Q")
_SYSTEM = ("SYSTEMROOT", "LD_LIBRARY_PATH")  # what a process needs to start at all, and nothing else of ours


@dataclass(frozen=True, slots=True)
class Limits:
    """What a trial may take: seconds of the processor, seconds by the clock, and mebibytes of address space.

    The time by the clock includes the start of the process, about a second on a machine that is busy.
    """

    processor: float = 2
    clock: float = 20
    memory: int = 512


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of a trial: what is to be said of the template, and the sample document where one could be made."""

    findings: tuple[Finding, ...]
    document: bytes | None


def tried(
    template: bytes,
    vocabulary: Vocabulary,
    context: Mapping[str, Any] | None = None,
    files: Mapping[str, bytes] | None = None,
    *,
    expected: Expected | None = None,
    limits: Limits | None = None,
) -> Trial:
    """The template checked and, when it has no errors and there is a context, filled; in a limited process.

    With `expected`, it is also held against what it is made for, as `check` does. What the context cannot be printed
    with is a finding of the code `sample`. Raises `TemplateTooCostly` when the process passed its limits or ended
    without an answer.
    """
    limits = limits or Limits()
    stored = {**(expected.files if expected else {}), **(files or {})}
    asked = {
        "vocabulary": vocabulary,
        "context": None if context is None else _told(context),
        "expected": None if expected is None else _told_expected(expected),
        "limits": asdict(limits),
    }
    request = _framed([json.dumps({**asked, "files": list(stored)}).encode(), template, *stored.values()])
    try:
        done = subprocess.run(
            [sys.executable, "-P", "-m", "app.word.trial"],
            input=request,
            capture_output=True,
            timeout=limits.clock,
            env=_environment(),
            cwd=tempfile.gettempdir(),
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise TemplateTooCostly(f"trying it took more than {limits.clock:g} seconds.") from error
    if done.returncode:
        raise TemplateTooCostly("trying it took more time or memory than one template may have.")
    head, document = _unframed(done.stdout)
    answer = json.loads(head)
    return Trial(tuple(Finding(**finding) for finding in answer["findings"]), document if answer["printed"] else None)


def _environment() -> dict[str, str]:
    """No secret of the server's environment reaches the process; where our code lies does."""
    house = Path(__file__).resolve().parents[2]
    return {"PYTHONPATH": str(house), **{name: os.environ[name] for name in _SYSTEM if name in os.environ}}


# The process of its own


def main() -> None:
    """Answer one request on the standard input; ends with another code than 0 when the limits are passed."""
    asked, template, *contents = _unframed(sys.stdin.buffer.read())
    request = json.loads(asked)
    _limit(Limits(**request["limits"]))
    files = dict(zip(request["files"], contents, strict=True))
    expected = None if request["expected"] is None else _meant_expected(request["expected"], files)
    findings, document = _carried_out(template, request["vocabulary"], request["context"], files, expected)
    answer = {"findings": [asdict(finding) for finding in findings], "printed": document is not None}
    _write(sys.stdout.buffer, _framed([json.dumps(answer).encode(), document or b""]))


def _carried_out(
    template: bytes, vocabulary: Vocabulary, context: Any, files: Mapping[str, bytes], expected: Expected | None
) -> tuple[list[Finding], bytes | None]:
    findings = check(template, vocabulary, expected)
    if context is None or any(finding.severity == "error" for finding in findings):
        return findings, None
    try:
        return findings, render(compile_template(template, vocabulary), _meant(context), files)
    except Invalid as error:
        faults = [Finding("error", "sample", fault.where, f"{error.summary} {fault.what}") for fault in error.faults]
        return [*findings, *(faults or [Finding("error", "sample", "", error.summary)])], None


def _limit(limits: Limits) -> None:
    """From now on this process has so much left, and may write no file and leave no image of its memory behind."""
    if resource is None:  # pragma: no cover - see above
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime + limits.processor)
    size = limits.memory * 1024**2
    for what, most in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, size),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(ValueError, OSError):  # some systems know a limit and do not set it
            resource.setrlimit(what, (most, most))


def _write(out: BinaryIO, answer: bytes) -> None:
    out.write(answer)
    out.flush()


# What is said between the two


def _framed(pieces: list[bytes]) -> bytes:
    return b"".join(part for piece in pieces for part in (_LENGTH.pack(len(piece)), piece))


def _unframed(said: bytes) -> list[bytes]:
    pieces, place = [], 0
    while place < len(said):
        (length,) = _LENGTH.unpack_from(said, place)
        place += _LENGTH.size
        pieces.append(said[place : place + length])
        place += length
    return pieces


def _told(value: Any) -> Any:  # noqa: PLR0911 - a table of kinds, one line each
    """A value of a context as JSON: what is more than plain stands in a list after its kind."""
    match value:
        case Narrative():
            said = {
                "list_labels": list_labels_of(value),
                "numbered": is_numbered(value),
                "run_in": run_in_of(value),
                "region": region_of(value),
            }
            return ["narrative", value._html, key_of(value), heading_level_of(value), said]
        case Coloured():
            return ["coloured", value._text, value._background, value._foreground, region_of(value)]
        case Picture():
            return ["picture", value._digest, value._alt, width_of(value)]
        case Chart():
            return ["chart", value._html, value._key, width_of(value)]
        case Fact():
            return ["fact", str(value), region_of(value)]
        case Mapping():
            return {str(name): _told(inner) for name, inner in value.items()}
        case list() | tuple():
            return ["list", *map(_told, value)]
    return value


def _meant(told: Any) -> Any:  # noqa: PLR0911 - a table of kinds, one line each
    match told:
        case ["narrative", html, key, level, said]:
            labels = tuple(said.pop("list_labels"))
            return Narrative(html, key, level, list_labels=labels, **said)
        case ["coloured", text, background, foreground, region]:
            return Coloured(text, background, foreground, region=region)
        case ["fact", words, region]:
            return Fact(words, region=region)
        case ["picture", digest, alt, width]:
            return Picture(digest, alt, width=width)
        case ["chart", html, key, width]:
            return Chart(html, key, width=width)
        case ["list", *items]:
            return [_meant(item) for item in items]
        case dict():
            return {name: _meant(inner) for name, inner in told.items()}
    return told


def _told_expected(expected: Expected) -> dict[str, Any]:
    return {
        "sample": _told(expected.sample),
        "files": list(expected.files),
        "choices": {path: list(words) for path, words in expected.choices.items()},
        "on_every_page": list(expected.on_every_page),
    }


def _meant_expected(told: dict[str, Any], files: Mapping[str, bytes]) -> Expected:
    return Expected(
        sample=_meant(told["sample"]),
        files={digest: files[digest] for digest in told["files"]},
        choices=told["choices"],
        on_every_page=told["on_every_page"],
    )


if __name__ == "__main__":
    main()
