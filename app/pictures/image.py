"""Checking a picture and encoding it anew, without metadata. Never trusts a file's name or the type it claims."""

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

from app.errors import Invalid

READABLE = ("PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF")
"""The kinds of picture that are taken in, as Pillow names them."""

JPEG_QUALITY = 90

MODES = {"PNG": {"1", "L", "LA", "P", "RGB", "RGBA"}, "JPEG": {"L", "RGB"}}
"""The pixel modes that are kept in files of each kind; any other becomes RGB, or RGBA where it can be seen through."""

MEBIBYTE = 1024 * 1024
MEGAPIXEL = 1_000_000


class PictureTooLarge(Invalid):
    """The file or its picture is larger than what is taken in."""


class NotAPicture(Invalid):
    """The file is not a picture of a kind that is taken in."""

    def __init__(self) -> None:
        super().__init__(f"This file is not a picture that can be used. Send one of {', '.join(READABLE)}.")


class DamagedPicture(Invalid):
    """The file begins like a picture, but cannot be read to its end."""

    def __init__(self) -> None:
        super().__init__("This picture is damaged or incomplete. Save it again from where it was made, and send that.")


class MovingPicture(Invalid):
    """The file holds more than one picture."""

    def __init__(self, frames: int) -> None:
        super().__init__(f"This file holds {frames} pictures, one after the other. A paper shows one: send that one.")


@dataclass(frozen=True)
class CleanPicture:
    """A picture as it is kept: encoded by us, without metadata; width and height in pixels."""

    content: bytes
    media_type: str
    width: int
    height: int


def clean(data: bytes, *, max_bytes: int, max_pixels: int) -> CleanPicture:
    """The picture in `data`, turned as it is meant to be seen, without metadata; equal bytes give an equal picture.

    A PNG stays a PNG, a JPEG a JPEG of quality 90; anything else becomes a PNG. The size is checked before anything
    is decoded.

    Raises:
        PictureTooLarge, NotAPicture, MovingPicture, DamagedPicture: what their names say.
    """
    if len(data) > max_bytes:
        raise PictureTooLarge(f"This picture is larger than {max_bytes / MEBIBYTE:g} MiB. Send a smaller one.")
    with _opened(data, max_pixels) as image:
        kind = "JPEG" if image.format in {"JPEG", "MPO"} else "PNG"
        upright = _bare(ImageOps.exif_transpose(image), kind)
        content = _encoded(upright, kind)
    return CleanPicture(content, f"image/{kind.lower()}", upright.width, upright.height)


@contextmanager
def _opened(data: bytes, max_pixels: int) -> Iterator[Image.Image]:
    """The picture, not yet decoded and small enough to be; whatever goes wrong while it is read is said in words."""
    try:
        with Image.open(BytesIO(data), formats=READABLE) as image:
            if image.width * image.height > max_pixels:
                raise _too_many_pixels(max_pixels)
            frames = getattr(image, "n_frames", 1)
            if frames > 1:
                raise MovingPicture(frames)
            yield image
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels(max_pixels) from error
    except UnidentifiedImageError as error:
        raise NotAPicture from error
    except (
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
        IndexError,
        KeyError,
        TypeError,
        OverflowError,
        struct.error,
        zlib.error,
    ) as error:
        # What Pillow's readers raise for files that end early or contradict themselves.
        raise DamagedPicture from error


def _too_many_pixels(max_pixels: int) -> PictureTooLarge:
    return PictureTooLarge(f"This picture has more than {max_pixels / MEGAPIXEL:g} megapixels. Send a smaller one.")


def _bare(image: Image.Image, kind: str) -> Image.Image:
    """The pixels alone, in a mode that files of this kind have; of what came with them only the transparency stays."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda grey: grey * (1 / 256)).convert("L")  # 16 bits of grey to 8
    seen_through = image.mode in {"LA", "PA", "RGBA", "RGBa", "La"} or "transparency" in image.info
    if image.mode not in MODES[kind] or (seen_through and image.mode == "P"):
        image = image.convert("RGBA" if seen_through and kind == "PNG" else "RGB")
    bare = image.copy()
    transparency = image.info.get("transparency")
    # A picture that has an alpha channel, or that is no PNG, has no use for the colour that was transparent.
    keeps = kind == "PNG" and transparency is not None and image.mode in {"1", "L", "RGB"}
    bare.info = {"transparency": transparency} if keeps else {}
    return bare


def _encoded(image: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    if kind == "JPEG":
        image.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    else:
        image.save(file, "PNG", compress_level=6)
    return file.getvalue()
