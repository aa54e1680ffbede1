"""The public door of files: take a file in, give it out, prove it unharmed."""

import hashlib
import io
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Protocol

import filetype
from django.conf import settings

from bihuan.foundation.audit.api import Finding, register
from bihuan.foundation.files import pictures, store
from bihuan.foundation.files.models import Attachment
from bihuan.foundation.files.store import path_of
from bihuan.foundation.sql.lookup import Lookup
from bihuan.lib.problems import ProblemError

__all__ = [
    "Attachment",
    "FileError",
    "Given",
    "Stored",
    "accept",
    "collect_orphans",
    "find",
    "keep",
    "of",
    "only",
    "path_of",
    "take",
    "unsigned",
    "verify",
]

register(Attachment)
_of = Lookup(Attachment.objects.filter(stream="?").order_by("pk"), "?")

IMAGES = pictures.MIMES
ZIPPED = {
    "word/": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".docx"),
    "xl/": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ".xlsx"),
}
MAX_UNPACKED = 200 * 1024 * 1024
# Each is an object in memory as soon as the list of them is read.
MAX_MEMBERS = 2_000


class FileError(ProblemError):
    """A file that is not taken; `key` names the message, `values` fill it."""


class Given(Protocol):
    """A file somebody sent, as web frameworks hand it over."""

    @property
    def name(self) -> str | None: ...
    @property
    def size(self) -> int | None: ...
    def seek(self, offset: int, /) -> object: ...
    def read(self) -> bytes: ...


@dataclass(frozen=True)
class Stored:
    """A file that was checked and cleaned; `keep` writes it to the store, not before."""

    name: str
    mime: str
    size: int
    sha256: str
    content: bytes = field(repr=False)

    def part(self, *, internal: bool = False) -> dict[str, Any]:
        """The columns of the Attachment that an event will make."""
        return {
            "name": self.name,
            "mime": self.mime,
            "size": self.size,
            "sha256": self.sha256,
            "internal": internal,
        }


def _clean_name(name: str) -> str:
    folded = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    # Control and bidi characters can make photo_gpj.exe read as photo_exe.jpg.
    kept = "".join(c for c in folded if unicodedata.category(c)[0] != "C")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:100]}.{ending[:8]}" if dot else kept[:100] or "file"


def _zipped(content: bytes) -> str | None:
    if content.count(b"PK\x01\x02") > MAX_MEMBERS:
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return None
    names = [member.filename for member in members]
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        return None
    # Whoever opens it unpacks all of it: a small file that becomes a huge one is an attack.
    if sum(member.file_size for member in members) > MAX_UNPACKED:
        return None
    for folder, (mime, _) in ZIPPED.items():
        if any(name.startswith(folder) for name in names):
            return mime
    return None


def _sniff(content: bytes) -> str | None:
    guess = filetype.guess(content)
    mime: str | None = guess.mime if guess else None
    if mime in IMAGES or mime == "application/pdf":
        return mime
    if content[:4] == b"PK\x03\x04":
        return _zipped(content)
    return None


def _checked(name: str, size: int, content: bytes) -> tuple[str, pictures.Plan | None]:
    """The kind of a file, and what decoding it would take if it is a picture. Raises FileError."""
    if not content:
        raise FileError("files.empty", name=name)
    _small(name, size)
    mime = _sniff(content)
    if mime is None:
        key = "files.heic" if pictures.is_heic(content) else "files.not_allowed"
        raise FileError(key, name=name)
    if mime not in IMAGES:
        return mime, None
    try:
        return mime, pictures.weigh(content, mime)
    except pictures.TooLargeError:
        raise FileError("files.too_many_pixels", name=name) from None
    except pictures.BrokenError as error:
        raise FileError("files.broken_image", name=name) from error


def _small(name: str, size: int) -> None:
    if size > settings.FILE_MAX_BYTES:
        raise FileError(
            "files.too_large", name=name, limit=settings.FILE_MAX_BYTES // (1024 * 1024)
        )


def _made(name: str, content: bytes, mime: str, plan: pictures.Plan | None) -> Stored:
    if plan is not None:
        before = mime
        try:
            content, mime = pictures.plain(content, plan)
        except pictures.BrokenError as error:
            raise FileError("files.broken_image", name=name) from error
        if mime != before:
            name = f"{name.rpartition('.')[0] or name}.jpg"
    return Stored(name, mime, len(content), hashlib.sha256(content).hexdigest(), content)


def accept(name: str, content: bytes) -> Stored:
    """Checks and cleans a file; its kind is what its bytes say, not its name.

    Pictures (JPEG, PNG, WebP), PDF, Word and Excel without macros are taken; a large picture is
    kept smaller. Nothing is written: what the request is refused for leaves nothing behind.
    Raises FileError: empty, too large, not one of these, or broken.
    """
    shown = _clean_name(name)
    return _made(shown, content, *_checked(shown, len(content), content))


def take(given: Sequence[Given], most: int | None = None) -> list[Stored]:
    """All files of one request, each as `accept` makes it, or none of them.

    Everything is counted before anything is decoded: how many there are (at most `most`, a
    message's without it), their bytes, and the work that all pictures together would be.
    Raises FileError; no file is ever left out in silence.
    """
    limit = settings.FILES_PER_MESSAGE if most is None else most
    if len(given) > limit:
        raise FileError("files.too_many", limit=limit)
    names = [_clean_name(one.name or "file") for one in given]
    for one, name in zip(given, names, strict=True):
        _small(name, one.size or 0)
    plans = []
    for one, name in zip(given, names, strict=True):
        content = one.read()
        plans.append(_checked(name, len(content), content))
    if sum(plan.work for _, plan in plans if plan is not None) > pictures.MOST_WORK:
        raise FileError("files.too_much_at_once")
    found = []
    for one, name, (mime, plan) in zip(given, names, plans, strict=True):
        one.seek(0)
        found.append(_made(name, one.read(), mime, plan))
    return found


def only(sent: Mapping[str, Given], *known: str) -> None:
    """Refuses a request with a file under a name that its door does not look at: it would be lost.

    Raises FileError.
    """
    for name, one in sent.items():
        if name not in known:
            raise FileError("files.not_here", name=_clean_name(one.name or "file"), field=name[:40])


def unsigned(given: Sequence[Stored]) -> list[Stored]:
    """The files as an anonymous sender's are kept: pictures only, and without their names.

    A document names its author in dozens of places (properties, tracked changes, paths, fonts);
    a re-encoded picture in none. Raises FileError for a document.
    """
    for one in given:
        if one.mime not in IMAGES:
            raise FileError("files.signed", name=one.name)
    return [
        replace(one, name=f"{number}.{IMAGES[one.mime].lower()}")
        for number, one in enumerate(given, 1)
    ]


def keep(given: Sequence[Stored]) -> None:
    """Writes files to the store, in the transaction whose event will name them."""
    for one in given:
        store.write(one.sha256, one.content)


def collect_orphans(at: datetime) -> int:
    """Removes files that no attachment names and no request can still be about to name."""
    return store.collect(at, lambda sha256: Attachment.objects.filter(sha256=sha256).exists())


def of(stream: str) -> list[Attachment]:
    """The attachments of a stream, in the order they came."""
    return _of(stream)


def find(stream: str, key: str) -> Attachment:
    """One attachment. Raises Attachment.DoesNotExist."""
    return Attachment.objects.get(stream=stream, key=key)


def verify() -> Iterator[Finding]:
    """Every attachment whose stored bytes are gone or are not what they were."""
    seen: set[str] = set()
    for row in Attachment.objects.order_by("pk").iterator():
        if row.sha256 in seen:
            continue
        seen.add(row.sha256)
        where = f"{row.stream} file/{row.key}"
        try:
            content = path_of(row.sha256).read_bytes()
        except OSError:
            yield Finding(where, "the stored file is gone")
            continue
        if hashlib.sha256(content).hexdigest() != row.sha256:
            yield Finding(where, "the stored file was altered")
