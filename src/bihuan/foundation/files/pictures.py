"""Pictures: what one costs is read from its header, before anything is decoded."""

import io
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageFile, ImageOps, JpegImagePlugin, PngImagePlugin, WebPImagePlugin

MIMES = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}
# Nanoseconds of one core that all pictures of one request may take, as `weigh` estimates them.
MOST_WORK = 1_000_000_000
# A JPEG is decoded at the half, quarter or eighth that has no more pixels than this.
MOST_DECODED = 6_500_000
# Other formats are decoded whole; WebP's decoder holds the picture six times.
MOST_WHOLE = {"PNG": 9_000_000, "WEBP": 3_500_000}
# Squeezing photographs is slow in other formats than JPEG: what is larger becomes one.
MOST_IN_ITS_FORMAT = 1_000_000
# A JPEG of several scans is held whole, as coefficients of two bytes, and gone over for each scan.
MOST_COEFFICIENTS = 64_000_000
MOST_SCANS = 16
MOST_SIDE = 65_500
# Texts within a PNG are unpacked when it is opened; nobody wants them.
PngImagePlugin.MAX_TEXT_MEMORY = 1024 * 1024
# One picture at a time: memory for one is what is set aside, however many threads there are.
_ALONE = threading.Lock()
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_OPENERS = {
    "PNG": PngImagePlugin.PngImageFile,
    "WEBP": WebPImagePlugin.WebPImageFile,
}


class BrokenError(ValueError):
    """Bytes that are no such picture."""


class TooLargeError(ValueError):
    """A picture that cannot be decoded in the memory set aside for one."""


@dataclass(frozen=True)
class Plan:
    """How a picture will be decoded. `end` is where its bytes end, `work` nanoseconds, about."""

    format: str
    width: int
    height: int
    scale: int
    end: int
    work: int


def _u16(content: bytes, at: int) -> int:
    return int.from_bytes(content[at : at + 2], "big")


def _segments(content: bytes) -> Iterator[tuple[int, int]]:
    """The markers of a JPEG before its first scan, that one included, and where each stands."""
    at = 2
    while at + 4 <= len(content):
        if content[at] != 0xFF:
            raise BrokenError
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        yield marker, at
        if marker == 0xDA:
            return
        at += 2 if marker == 0x01 or 0xD0 <= marker <= 0xD8 else 2 + max(2, _u16(content, at + 2))
    raise BrokenError


def _jpeg(content: bytes) -> Plan:
    width = height = held = scan = 0
    for marker, at in _segments(content):
        scan = at
        if marker in _FRAMES:
            height, width = _u16(content, at + 5), _u16(content, at + 7)
            parts = [content[at + 11 + 3 * n : at + 12 + 3 * n] for n in range(content[at + 9])]
            shares = [(part[0] >> 4, part[0] & 15) for part in parts if part]
            if not width or not height or not shares or any(0 in share for share in shares):
                raise BrokenError
            most = max(h for h, _ in shares) * max(v for _, v in shares)
            held = width * height * 2 * sum(h * v for h, v in shares) // most
    if not width:
        raise BrokenError
    # Within a scan no FF D9 can stand. What comes behind (a phone's second picture) is left out,
    # so that what is counted here is all that will be decoded.
    found = content.find(b"\xff\xd9", scan)
    end = len(content) if found < 0 else found + 2
    scans = content.count(b"\xff\xda", scan, end)
    area = width * height
    scale = next((s for s in (1, 2, 4, 8) if area // (s * s) <= MOST_DECODED), 0)
    if (
        not scale
        or scans > MOST_SCANS
        or (_buffered(content, scan, scans) and held > MOST_COEFFICIENTS)
    ):
        raise TooLargeError
    work = 12 * end + area * (1 + 2 * scans) // 2 + 20 * area // (scale * scale)
    return Plan("JPEG", width, height, scale, end, work)


def _buffered(content: bytes, scan: int, scans: int) -> bool:
    progressive = any(m in {0xC2, 0xC6, 0xCA, 0xCE} for m, at in _segments(content) if at < scan)
    return progressive or scans > 1


def _whole(content: bytes, shape: str, width: int, height: int) -> Plan:
    area = width * height
    if not area:
        raise BrokenError
    if area > MOST_WHOLE[shape] or max(width, height) > MOST_SIDE:
        raise TooLargeError
    each = (40 if shape == "PNG" else 80) + (240 if area <= MOST_IN_ITS_FORMAT else 20)
    return Plan(shape, width, height, 1, len(content), 12 * len(content) + each * area)


def _png(content: bytes) -> Plan:
    size = content[16:24]
    return _whole(content, "PNG", int.from_bytes(size[:4], "big"), int.from_bytes(size[4:], "big"))


def _webp(content: bytes) -> Plan:
    kind, head = content[12:16], content[20:30]
    if len(head) < 10:
        raise BrokenError
    if kind == b"VP8X":
        width, height = (int.from_bytes(head[n : n + 3], "little") + 1 for n in (4, 7))
    elif kind == b"VP8L":
        bits = int.from_bytes(head[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (int.from_bytes(head[n : n + 2], "little") & 0x3FFF for n in (6, 8))
    else:
        raise BrokenError
    return _whole(content, "WEBP", width, height)


_READERS = {"JPEG": _jpeg, "PNG": _png, "WEBP": _webp}


def weigh(content: bytes, mime: str) -> Plan:
    """What decoding a picture would take, by its header alone; no pixel is touched.

    Raises BrokenError, TooLargeError.
    """
    try:
        return _READERS[MIMES[mime]](content)
    except IndexError:
        raise BrokenError from None


def is_heic(content: bytes) -> bool:
    """Whether it is a picture as iPhones keep them (ISO 23008-12), which is not decoded here."""
    brands = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif")
    return content[4:8] == b"ftyp" and content[8:12] in brands


def plain(content: bytes, plan: Plan) -> tuple[bytes, str]:
    """The picture alone, upright, and its MIME: no EXIF, no position, nothing behind the pixels.

    Raises BrokenError.
    """
    with _ALONE:
        try:
            return _plain(content, plan)
        except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
            raise BrokenError from error


def _opened(content: bytes, plan: Plan) -> ImageFile.ImageFile:
    source = io.BytesIO(content[: plan.end])
    if plan.format != "JPEG":
        return _OPENERS[plan.format](source)
    picture = JpegImagePlugin.JpegImageFile(source)
    if plan.scale > 1:
        picture.draft(None, (picture.width // plan.scale, picture.height // plan.scale))
    return picture


def _plain(content: bytes, plan: Plan) -> tuple[bytes, str]:
    with _opened(content, plan) as picture:
        if picture.width * picture.height > max(MOST_DECODED, MOST_WHOLE.get(plan.format, 0)):
            raise BrokenError
        picture.load()
        upright = ImageOps.exif_transpose(picture)
    stays = plan.format == "JPEG" or upright.width * upright.height <= MOST_IN_ITS_FORMAT
    shape = plan.format if stays else "JPEG"
    if shape == "JPEG" and upright.has_transparency_data:
        clear = upright.convert("RGBA")
        upright = Image.new("RGB", clear.size, "white")
        upright.paste(clear, mask=clear)
    wanted = "RGBA" if shape == "PNG" else "RGB"
    bare = upright if upright.mode == wanted else upright.convert(wanted)
    # A JPEG's comment and profiles travel in `info`, beside the EXIF.
    bare.info.clear()
    out = io.BytesIO()
    how = {"PNG": {"compress_level": 3}, "WEBP": {"method": 1}, "JPEG": {"quality": 85}}
    bare.save(out, shape, **how[shape])
    return out.getvalue(), next(mime for mime, name in MIMES.items() if name == shape)
