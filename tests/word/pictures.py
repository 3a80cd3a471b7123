"""Pictures made for tests, by digest."""

import hashlib
import io

from PIL import Image


def a_picture(width: int, height: int, kind: str = "PNG") -> tuple[str, bytes]:
    """The digest and the bytes of a picture of this many pixels."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), (31, 78, 121)).save(out, kind)
    return hashlib.sha256(out.getvalue()).hexdigest(), out.getvalue()
