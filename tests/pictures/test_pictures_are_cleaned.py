"""What comes in as a picture: turned upright, stripped of what nobody meant to send, or refused in a sentence."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from app.pictures.image import DamagedPicture, MovingPicture, NotAPicture, PictureTooLarge, clean

LIMITS = {"max_bytes": 10 * 1024 * 1024, "max_pixels": 40_000_000}


def encoded(image: Image.Image, kind: str, **options) -> bytes:
    file = BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def left_red_right_blue() -> Image.Image:
    image = Image.new("RGB", (40, 20), "red")
    image.paste("blue", (20, 0, 40, 20))
    return image


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_where_a_photograph_was_taken_is_not_kept_and_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held on its side
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (51.0, 44.0, 8.0)
    sent = encoded(left_red_right_blue(), "JPEG", exif=exif, comment=b"from the phone of A. Person", quality=95)
    kept = clean(sent, **LIMITS)
    assert (kept.media_type, kept.width, kept.height) == ("image/jpeg", 20, 40)
    again = Image.open(BytesIO(kept.content))
    assert dict(again.getexif()) == {}
    assert again.info.keys() & {"exif", "comment", "xmp", "icc_profile"} == set()
    assert b"phone" not in kept.content
    red, _, blue = again.getpixel((10, 5))
    assert red > 200
    assert blue < 60


def test_a_drawing_keeps_its_transparency_and_loses_its_notes():
    notes = PngInfo()
    notes.add_text("Author", "A. Person")
    kept = clean(encoded(Image.new("RGBA", (3, 3), (10, 20, 30, 40)), "PNG", pnginfo=notes), **LIMITS)
    again = Image.open(BytesIO(kept.content))
    assert again.getpixel((1, 1)) == (10, 20, 30, 40)
    assert b"Person" not in kept.content
    assert not again.info


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "BMP", "TIFF"])
def test_other_kinds_become_png(kind):
    options = {"lossless": True} if kind == "WEBP" else {}
    kept = clean(encoded(left_red_right_blue(), kind, **options), **LIMITS)
    assert kept.media_type == "image/png"
    again = Image.open(BytesIO(kept.content)).convert("RGB")
    assert (again.getpixel((5, 5)), again.getpixel((35, 5))) == ((255, 0, 0), (0, 0, 255))


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA"])
def test_every_mode_of_a_png_stays_as_it_is(mode):
    kept = clean(encoded(Image.new(mode, (5, 4)), "PNG"), **LIMITS)
    assert Image.open(BytesIO(kept.content)).mode == mode


def test_a_scan_in_fine_greys_stays_grey():
    kept = clean(encoded(Image.new("I;16", (5, 4), 0x8000), "PNG"), **LIMITS)
    assert Image.open(BytesIO(kept.content)).getpixel((0, 0)) == 0x80


def test_a_picture_for_the_press_becomes_one_for_the_screen():
    kept = clean(encoded(Image.new("CMYK", (5, 4), (0, 255, 255, 0)), "JPEG"), **LIMITS)
    assert Image.open(BytesIO(kept.content)).mode == "RGB"


def test_the_same_picture_twice_is_the_same_bytes():
    sent = encoded(left_red_right_blue(), "JPEG")
    assert clean(sent, **LIMITS) == clean(sent, **LIMITS)


@pytest.mark.parametrize(("width", "height"), [(6_400, 6_400), (14_000, 14_000), (60_000, 60_000)])
def test_a_small_file_that_would_unfold_into_a_huge_picture_is_refused_before_it_does(width, height):
    with pytest.raises(PictureTooLarge, match="40 megapixels"):
        clean(png_that_claims(width, height), **LIMITS)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(PictureTooLarge, match="10 MiB"):
        clean(b"\0" * (10 * 1024 * 1024 + 1), **LIMITS)


def test_what_is_no_picture_is_refused():
    for data in (b"", b"MZ\x90\0", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", b"%!PS-Adobe-3.0 EPSF"):
        with pytest.raises(NotAPicture):
            clean(data, **LIMITS)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "TIFF", "BMP"])
def test_a_file_that_ends_early_is_refused(kind):
    whole = encoded(Image.effect_noise((64, 64), 90).convert("RGB"), kind)
    for length in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        with pytest.raises((DamagedPicture, NotAPicture)):
            clean(whole[:length], **LIMITS)


def test_a_moving_picture_is_refused():
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "green", "blue")]
    with pytest.raises(MovingPicture, match="holds 3 pictures"):
        clean(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]), **LIMITS)
