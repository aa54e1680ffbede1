"""The emblem as an icon of a phone, drawn once for each size."""

import io
from functools import lru_cache

from PIL import Image, ImageDraw

from bihuan.foundation.files import api as files
from bihuan.foundation.identity import api as identity

SIZES = (192, 512)
# As it is, and with room around it, of which a phone may cut off what it likes.
SORTS = ("any", "maskable")
# The colours of `tokens.css`.
ACCENTS = {"red": "#a51c21", "blue": "#1c5a9c", "green": "#1f6b4a", "ink": "#38424f"}
_ROOM = {"any": 0.06, "maskable": 0.2}
_FINE = 4


@lru_cache(maxsize=32)
def drawn(emblem: str, accent: str, size: int, sort: str) -> bytes:
    """A PNG of the emblem (a key of the house's, '' for its own sign, a ring in the accent) on white."""
    picture = _ring(accent, size, sort) if not emblem else _emblem(emblem, size, sort)
    out = io.BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _ring(accent: str, size: int, sort: str) -> Image.Image:
    big = size * _FINE
    picture = Image.new("RGB", (big, big), "white")
    room = big * (_ROOM[sort] + 0.04)
    box = (room, room, big - room, big - room)
    width = int((big - 2 * room) * 0.24)
    ImageDraw.Draw(picture).ellipse(box, outline=ACCENTS[accent], width=width)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


def _emblem(key: str, size: int, sort: str) -> Image.Image:
    with Image.open(files.path_of(identity.emblem(key).sha256)) as found:
        shown = found.convert("RGBA")
    inner = int(size * (1 - 2 * _ROOM[sort]))
    shown.thumbnail((inner, inner), Image.Resampling.LANCZOS)
    if max(shown.size) < inner:
        grown = inner / max(shown.size)
        wide, high = (max(1, round(side * grown)) for side in shown.size)
        shown = shown.resize((wide, high), Image.Resampling.LANCZOS)
    picture = Image.new("RGB", (size, size), "white")
    picture.paste(shown, ((size - shown.width) // 2, (size - shown.height) // 2), shown)
    return picture
