"""Import: a table of messages from elsewhere becomes matters, each row once."""

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import earlier, vault
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import export
from bihuan.kernel.matters.opening import (
    Opening,
    check_opening,
    open_matter,
    opening_key,
)
from bihuan.kernel.matters.problems import InputError, MatterError
from bihuan.kernel.matters.said import SUBJECT_FROM_BODY
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import canonical, tables
from bihuan.lib.tables import TableError
from bihuan.spec.schema import Input, Programme

BATCH = 200
MAX_ROWS = 100_000
# What a face takes in one request; larger tables go by the command line.
MAX_BYTES = 1_000_000
NAMES = {
    "number": ("留言编号", "编号", "工单编号", "受理编号", "number", "id", "ticket"),
    "subject": ("留言主题", "主题", "标题", "事项标题", "subject", "title"),
    "body": (
        "留言详情",
        "内容",
        "详情",
        "正文",
        "诉求内容",
        "反映内容",
        "body",
        "text",
        "description",
    ),
    "category": ("类别", "类型", "诉求类型", "category", "type"),
    "channel": ("渠道", "来源", "channel", "source"),
    "place": ("地点", "地址", "place", "address", "location"),
    "name": ("姓名", "留言用户", "联系人", "反映人", "name"),
    "phone": ("电话", "手机", "联系电话", "手机号", "phone", "telephone", "mobile"),
    "email": ("邮箱", "电子邮箱", "email", "e-mail", "mail"),
    "complained_of": (
        "被反映单位",
        "被反映人",
        "被投诉单位",
        "被投诉人",
        "被投诉对象",
        "被举报人",
        "complained_of",
    ),
    "time": ("留言时间", "时间", "反映时间", "受理时间", "来电时间", "time", "date", "opened_at"),
}
_FIELD = {alias: name for name, aliases in NAMES.items() for alias in aliases}
FORMATS = (
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y年%m月%d日",
    "%Y年%m月%d日 %H:%M",
)
# First hit wins: who complains and suggests in one breath complains.
TELLING = (
    ("complaint", ("投诉", "举报", "反映", "违法", "扰民", "严重影响", "complain")),
    ("suggestion", ("建议", "希望增加", "呼吁", "suggest")),
    ("consult", ("咨询", "请问", "是否", "如何", "怎么", "什么时候", "吗", "question", "?", "？")),
)
Problem = tuple[str, dict[str, Any]]
Words = Callable[..., str]


@dataclass(frozen=True)
class Line:
    """What became, or would become, of one row. `row` counts as a spreadsheet does, from 1. `status`: `ready` (preview), `opened`, `repeated` (was there), `bad` with `problems`."""

    row: int
    status: str
    subject: str = ""
    category: str = ""
    at: datetime | None = None
    matter_id: int | None = None
    number: str = ""
    problems: Mapping[str, Problem] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A whole file. `columns` maps what was understood; `ignored` are headers that were not."""

    columns: Mapping[str, str]
    ignored: tuple[str, ...]
    lines: tuple[Line, ...]
    table: tables.Table

    def count(self, status: str) -> int:
        return sum(line.status == status for line in self.lines)


@dataclass(frozen=True)
class _Source:
    table: tables.Table
    columns: dict[str, int]
    programme: Programme
    home: Org
    kind: str
    at: datetime
    own_time: bool


def check_size(name: str, size: int) -> None:
    """Raises MatterError for a table that is too large to be taken in while somebody waits."""
    if size > MAX_BYTES:
        raise MatterError("files.too_large", name=name, limit=MAX_BYTES // 1_000_000)


def _norm(header: str) -> str:
    return header.strip().lstrip("\ufeff").lower().replace("（", "(").partition("(")[0].strip()


def _columns(header: Sequence[str], mapping: Mapping[str, str] | None) -> dict[str, int]:
    """field → column; an explicit mapping {header: field} goes before the names we know."""
    found: dict[str, int] = {}
    for index, title in enumerate(header):
        name = (mapping or {}).get(title) or _FIELD.get(_norm(title))
        if name in NAMES and name not in found:
            found[name] = index
    return found


def _open(
    content: bytes,
    filename: str,
    *,
    home: Org,
    programme: str,
    kind: str,
    at: datetime,
    mapping: Mapping[str, str] | None,
    own_time: bool,
) -> _Source:
    table = tables.read(content, filename)
    columns = _columns(table.header, mapping)
    if not {"body", "subject"} & columns.keys():
        raise TableError("intake.no_text_column", headers="、".join(table.header[:20]))
    if len(table.rows) > MAX_ROWS:
        raise TableError("intake.too_many_rows", limit=MAX_ROWS)
    try:
        found = programmes.held(programme, home.path, timezone.localtime(at).date()).programme
    except programmes.ProgrammeError as error:
        raise MatterError(error.key, **error.values) from error
    if kind not in found.kinds:
        raise MatterError("matters.unknown_kind", kind=kind)
    return _Source(table, columns, found, home, kind, at, own_time)


def _instant(text: str, default: datetime) -> datetime:
    if not text.strip():
        return default
    plain = " ".join(text.replace("T", " ").split())
    for form in FORMATS:
        try:
            local = datetime.strptime(plain, form)  # noqa: DTZ007 - made aware in the next line
        except ValueError:
            continue
        return min(timezone.make_aware(local), default)
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError({"time": ("intake.not_a_time", {"text": text[:40]})}) from None
    return min(found if found.tzinfo else timezone.make_aware(found), default)


def _choice(source: _Source, name: str, typed: str) -> str:
    """A choice by its id or its word in any language; what is neither is left to be refused."""
    one: Input | None = source.programme.kinds[source.kind].fields.get(name)
    if one is None or typed in one.choices:
        return typed
    for words in source.programme.strings.values():
        for choice in one.choices:
            if words.get(f"choices.{name}.{choice}", "").lower() == typed.lower():
                return choice
    return typed


def _guess(source: _Source, text: str) -> str:
    fields = source.programme.kinds[source.kind].fields
    choices = fields["category"].choices if "category" in fields else ()
    for choice, words in TELLING:
        if choice in choices and any(word in text for word in words):
            return choice
    if "consult" in choices:
        return "consult"
    return choices[0] if choices else ""


def _fields(source: _Source, cells: Mapping[str, str]) -> dict[str, str]:
    declared = source.programme.kinds[source.kind].fields
    text = f"{cells.get('subject', '')}\n{cells.get('body', '')}"
    typed = cells.get("category", "")
    values = {
        "category": _choice(source, "category", typed) if typed else _guess(source, text),
        "channel": _choice(source, "channel", cells.get("channel", "")) or "imported",
        "place": cells.get("place", ""),
    }
    return {name: value for name, value in values.items() if name in declared and value}


def _opening(source: _Source, cells: Mapping[str, str], row: int) -> Opening:
    origin: dict[str, Any] = {"row": row}
    if cells.get("number"):
        origin["number"] = cells["number"][:60]
    return Opening(
        programme=source.programme.id,
        kind=source.kind,
        home=source.home,
        body=cells.get("body") or cells.get("subject", ""),
        subject=cells.get("subject", ""),
        fields=_fields(source, cells),
        contact=vault.Person(cells.get("name", ""), cells.get("phone", ""), cells.get("email", "")),
        complained_of=cells.get("complained_of", ""),
        origin=origin,
    )


def _rows(source: _Source) -> Iterator[tuple[int, dict[str, str], str]]:
    """(row number, cells by field, key) of every row; equal rows get keys of their own."""
    seen: Counter[str] = Counter()
    for row, line in zip(source.table.numbers, source.table.rows, strict=True):
        cells = {name: line[index].strip() for name, index in source.columns.items()}
        digest = canonical.digest(canonical.dumps(cells))[:40]
        seen[digest] += 1
        yield row, cells, f"import:{source.home.pk}:{digest}:{seen[digest]}"


def _understood(source: _Source, row: int, cells: Mapping[str, str]) -> tuple[Opening, datetime]:
    """The matter a row asks for and the instant it is opened at. Raises InputError."""
    came = _instant(cells.get("time", ""), source.at)
    opening = _opening(source, cells, row)
    if source.own_time:
        return opening, came
    return replace(opening, origin={**opening.origin, "at": canonical.instant(came)}), source.at


def _problems(error: MatterError | programmes.ProgrammeError | LookupError) -> dict[str, Problem]:
    if isinstance(error, InputError):
        return dict(error.fields)
    if isinstance(error, LookupError):
        return {"": ("intake.no_rule_then", {})}
    return {"": (error.key, error.values)}


def _preview(source: _Source, row: int, cells: dict[str, str], key: str) -> Line:
    shown = cells.get("subject") or cells.get("body", "")[:SUBJECT_FROM_BODY]
    try:
        opening, at = _understood(source, row, cells)
        check_opening(opening, actor=SYSTEM, at=at)
    except (MatterError, programmes.ProgrammeError, LookupError) as error:
        return Line(row, "bad", shown, problems=_problems(error))
    known = earlier(opening_key(opening, SYSTEM, key)) is not None
    status = "repeated" if known else "ready"
    return Line(row, status, shown, str(opening.fields.get("category", "")), at)


def _take(source: _Source, row: int, cells: dict[str, str], key: str) -> Line:
    shown = cells.get("subject") or cells.get("body", "")[:SUBJECT_FROM_BODY]
    try:
        opening, at = _understood(source, row, cells)
        opened = open_matter(opening, actor=SYSTEM, at=at, key=key)
    except (MatterError, programmes.ProgrammeError, LookupError) as error:
        return Line(row, "bad", shown, problems=_problems(error))
    matter = opened.matter
    status = "repeated" if opened.repeated else "opened"
    return Line(row, status, shown, matter.category, at, matter.pk, matter.number)


def _result(source: _Source, lines: Sequence[Line]) -> Result:
    used = set(source.columns.values())
    return Result(
        {name: source.table.header[index] for name, index in source.columns.items()},
        tuple(t for i, t in enumerate(source.table.header) if i not in used),
        tuple(lines),
        source.table,
    )


def preview(
    content: bytes,
    filename: str,
    *,
    home: Org,
    at: datetime,
    programme: str,
    kind: str,
    mapping: Mapping[str, str] | None = None,
    own_time: bool = True,
    limit: int | None = None,
) -> Result:
    """What `run` would do with each row (or the first `limit`), writing nothing.

    `mapping` {header: field of NAMES} goes before the headers we know.
    Raises TableError when the file is no usable table, MatterError for the wrong kind.
    """
    source = _open(
        content,
        filename,
        home=home,
        programme=programme,
        kind=kind,
        at=at,
        mapping=mapping,
        own_time=own_time,
    )
    lines: list[Line] = []
    for row, cells, key in _rows(source):
        if limit is not None and len(lines) >= limit:
            break
        lines.append(_preview(source, row, cells, key))
    return _result(source, lines)


def run(
    content: bytes,
    filename: str,
    *,
    home: Org,
    at: datetime,
    programme: str,
    kind: str,
    mapping: Mapping[str, str] | None = None,
    own_time: bool = True,
    progress: Callable[[int, int], None] | None = None,
) -> Result:
    """Opens a matter for every good row, as of the row's own time (never later than `at`).

    With `own_time` off all are opened at `at`, their own time kept as origin: for a backlog whose
    limits shall run from now. Bad rows are left out and said why. The same file again opens nothing twice; so does a file
    whose import was cut off. `progress` is called with (rows done, rows in all).
    Raises TableError and MatterError as `preview` does.
    """
    source = _open(
        content,
        filename,
        home=home,
        programme=programme,
        kind=kind,
        at=at,
        mapping=mapping,
        own_time=own_time,
    )
    rows = list(_rows(source))
    lines: list[Line] = []
    for start in range(0, len(rows), BATCH):
        # One flush to the disk for a batch; each matter is a savepoint of its own within.
        with transaction.atomic():
            lines += [_take(source, *one) for one in rows[start : start + BATCH]]
        if progress is not None:
            progress(len(lines), len(rows))
    return _result(source, lines)


def describe(line: Line, words: Words) -> str:
    """Why a row is bad, in one line of the words given."""
    said = []
    for name, (key, values) in line.problems.items():
        text = " ".join(words(f"error.{key}", **values).split("\n"))
        said.append(
            words("import.problem", field=words(f"field.{name}"), text=text) if name else text
        )
    return words("import.between").join(said)


def rejects(result: Result, filename: str, *, reason: str, words: Words) -> bytes:
    """The bad rows as they came, with a last column titled `reason`; corrected there, the file
    can be imported again. XLSX when `filename` ends so, else CSV in UTF-8."""
    cells = dict(zip(result.table.numbers, result.table.rows, strict=True))
    bad = [line for line in result.lines if line.status == "bad"]
    titles = [*result.table.header, reason]
    rows = [[*cells[line.row], describe(line, words)] for line in bad]
    if filename.lower().endswith(".xlsx"):
        return export.sheet(titles, rows, name=reason)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(titles)
    writer.writerows([[tables.guarded(cell) for cell in row] for row in rows])
    # Spreadsheet programs take a CSV file for the local code page unless it starts with this.
    return b"\xef\xbb\xbf" + out.getvalue().encode()
