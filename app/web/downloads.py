"""Files as answers: downloads that no browser runs, shows or keeps."""

import unicodedata
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from fastapi.responses import Response

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

DOCX_CONTENT: dict[str, Any] = {DOCX: {"schema": {"type": "string", "format": "binary"}}}

DOWNLOAD: dict[str, Any] = {
    "Content-Disposition": {
        "description": "The file's name, in full as `filename*` (RFC 6266)",
        "schema": {"type": "string"},
    },
    "Repr-Digest": {"description": "SHA-256 of the file (RFC 9530)", "schema": {"type": "string"}},
    "ETag": {"description": "SHA-256 of the file, in hexadecimal digits", "schema": {"type": "string"}},
}


def download(
    content: bytes, file_name: str, headers: Mapping[str, str] | None = None, media_type: str = DOCX
) -> Response:
    """The file under its name; a browser saves it, and neither guesses its type, runs it nor keeps a copy."""
    digest = sha256(content).digest()
    return Response(
        content,
        media_type=media_type,
        headers={
            "Content-Disposition": disposition(file_name),
            "Content-Security-Policy": "sandbox",
            "Cache-Control": "no-store",
            "ETag": f'"{digest.hex()}"',
            "Repr-Digest": f"sha-256=:{b64encode(digest).decode()}:",
            **(headers or {}),
        },
    )


def disposition(file_name: str) -> str:
    """`Content-Disposition` with the name in full (RFC 6266, RFC 8187), and in ASCII for older clients."""
    letters = unicodedata.normalize("NFKD", file_name.replace("–", "-").replace("’", "'"))
    plain = letters.encode("ascii", "ignore").decode().replace("\\", "").replace('"', "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
