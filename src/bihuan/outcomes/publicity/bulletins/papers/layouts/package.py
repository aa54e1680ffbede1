"""The file around the words: what must not be in it is refused before a word of it is read."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

from docx.oxml.parser import parse_xml

from bihuan.outcomes.publicity.bulletins.papers.layouts.faults import (
    MOST_TOLD,
    Fault,
    LayoutError,
)

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_XML = 4 * 1024 * 1024
MAX_PARTS = 300
# Elements and attributes of all parts together: an element of four bytes takes a hundred and more
# once it is parsed.
MAX_MARKS = 500_000
BODY = "word/document.xml"
TYPES = "[Content_Types].xml"
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OLE = b"\xd0\xcf\x11\xe0"
_MACRO = re.compile(r"vba(project|data)|macro", re.IGNORECASE)
_EMBEDDED = re.compile(r"(^|/)(embeddings|activex|ctrlprops)/|oleobject|\.bin\s*\Z", re.IGNORECASE)
# Elements that bring in something from elsewhere, or that only a draft has.
_ELEMENTS = {
    "altChunk": "embedded",
    "subDoc": "embedded",
    "object": "embedded",
    "OLEObject": "embedded",
    "control": "embedded",
    "ins": "tracked",
    "del": "tracked",
    "moveFrom": "tracked",
    "moveTo": "tracked",
    "commentReference": "comment",
}
# Fields that only count what is in the paper itself; any other may say something new when opened.
_FIELDS = {"PAGE", "NUMPAGES", "SECTION", "SECTIONPAGES", "PAGEREF", "REF", "STYLEREF", "SEQ"}


def opened(content: bytes) -> Mapping[str, Any]:
    """The XML parts of a Word file by name, parsed.

    Raises LayoutError: no Word file, too large, broken, or with macros, links to elsewhere,
    embedded objects, fields, tracked changes or comments.
    """
    if len(content) > MAX_BYTES:
        raise _refused("too_large", str(MAX_BYTES // 1024 // 1024))
    if content.startswith(_OLE):
        raise _refused("old_format")
    parts = _unpacked(content)
    _weigh(parts)
    trees = {name: _parsed(name, text) for name, text in parts.items() if _is_xml(name)}
    _check_type(trees)
    found = dict.fromkeys([*_by_name(parts), *_by_words(trees)])
    if found:
        raise LayoutError("layouts.refused", list(found)[:MOST_TOLD])
    return trees


def _refused(kind: str, what: str = "") -> LayoutError:
    return LayoutError("layouts.refused", [Fault(kind, what)])


def _unpacked(content: bytes) -> dict[str, bytes]:
    """Every part, read no further than the limits whatever the file says of itself."""
    found: dict[str, bytes] = {}
    left = MAX_UNPACKED
    try:
        # Counted before the list is made: each member of it costs half a kilobyte.
        if content.count(b"PK\x01\x02") > MAX_PARTS:
            raise _refused("bomb")
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
            if len(members) > MAX_PARTS or sum(one.file_size for one in members) > left:
                raise _refused("bomb")
            for one in members:
                if one.filename in found or one.flag_bits & 1:
                    raise _refused("broken", one.filename)
                with archive.open(one) as part:
                    most = min(left, MAX_XML if _is_xml(one.filename) else left)
                    found[one.filename] = part.read(most + 1)
                if len(found[one.filename]) > most:
                    raise _refused("bomb")
                left -= len(found[one.filename])
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise _refused("not_word") from error
    if not {TYPES, BODY, "_rels/.rels"} <= found.keys():
        raise _refused("not_word")
    return found


def _weigh(parts: Mapping[str, bytes]) -> None:
    """Before any part is parsed: entities are declared in a DOCTYPE, which no Word file has."""
    marks = 0
    for name, text in parts.items():
        if not _is_xml(name):
            continue
        # In UTF-16 every other byte is none.
        if b"<!DOCTYPE" in text.replace(b"\0", b""):
            raise _refused("broken", name)
        marks += text.count(b"<") + text.count(b"=")
    if marks > MAX_MARKS:
        raise _refused("bomb")


def _is_xml(name: str) -> bool:
    return name.endswith((".xml", ".rels"))


def _parsed(name: str, text: bytes) -> Any:
    try:
        root = parse_xml(text)
    # lxml's own error of syntax is a SyntaxError.
    except (SyntaxError, ValueError) as error:
        raise _refused("broken", name) from error
    if root.getroottree().docinfo.doctype:
        raise _refused("broken", name)
    return root


def _check_type(trees: Mapping[str, Any]) -> None:
    types = {
        one.get("PartName"): one.get("ContentType", "")
        for one in trees[TYPES]
        if one.get("PartName")
    }
    main = types.get(f"/{BODY}", "")
    if "macroEnabled" in main:
        raise _refused("macro", BODY)
    if main != _MAIN or trees[BODY].tag != f"{_W}document":
        raise _refused("not_word")


def _by_name(parts: Mapping[str, bytes]) -> Iterator[Fault]:
    for name, content in parts.items():
        if _MACRO.search(name):
            yield Fault("macro", name)
        elif (
            _EMBEDDED.search(name)
            or content.startswith((_OLE, b"PK\x03\x04"))
            or "afchunk" in name.lower()
        ):
            yield Fault("embedded", name)


def _by_words(trees: Mapping[str, Any]) -> Iterator[Fault]:
    for name, root in trees.items():
        if name.endswith(".rels"):
            yield from _relations(root)
            continue
        if not name.startswith("word/"):
            continue
        for element in root.iter():
            local = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
            if local in _ELEMENTS:
                yield Fault(_ELEMENTS[local], element.get(f"{_W}author", ""))
        yield from _fields(root)


def _relations(root: Any) -> Iterator[Fault]:
    for one in root:
        kind = one.get("Type", "").rpartition("/")[2]
        if one.get("TargetMode", "").lower() == "external":
            yield Fault("external", one.get("Target", "")[:120])
        elif kind.lower() in ("afchunk", "oleobject", "package", "control", "subdocument"):
            yield Fault("embedded", one.get("Target", "")[:120])


def _fields(root: Any) -> Iterator[Fault]:
    said = [one.get(f"{_W}instr", "") for one in root.iter(f"{_W}fldSimple")]
    for paragraph in root.iter(f"{_W}p"):
        text = ""
        # A field's order may be cut into pieces by formatting, as a tag may.
        for one in paragraph.iter(f"{_W}instrText", f"{_W}fldChar"):
            if one.tag == f"{_W}instrText":
                text += one.text or ""
            elif text:
                said.append(text)
                text = ""
        said.append(text)
    for text in said:
        word = text.split()[0] if text.split() else ""
        if word and word.upper() not in _FIELDS:
            yield Fault("field", word[:40])
