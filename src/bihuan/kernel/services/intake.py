"""A table of services becomes a catalogue: good rows in, bad rows named with their reasons."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from bihuan.foundation.access import officers
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, orgs_called
from bihuan.kernel.services import api
from bihuan.kernel.services.problems import ServiceError
from bihuan.language.tabular import taking
from bihuan.language.tabular.picking import Layout
from bihuan.language.tabular.taking import Form, Line, Result

NAMES = {
    "org": ("部门", "实施机构", "单位", "department", "org"),
    "code": ("事项编码", "编码", "基本编码", "code"),
    "name": ("事项名称", "名称", "事项", "name", "service"),
    "statutory": ("法定时限", "法定办结时限", "法定期限", "statutory"),
    "promised": ("承诺时限", "承诺办结时限", "承诺期限", "promised"),
    "clause": ("设定依据", "依据", "法律依据", "clause", "basis"),
    "materials": ("申请材料", "材料", "所需材料", "materials"),
    "immediate": ("即办件", "是否即办", "即办", "immediate"),
    "fee": ("收费", "收费标准", "费用", "fee"),
    "applicants": ("服务对象", "受理对象", "申请条件", "谁可以申请", "applicants"),
    "place": ("办理地点", "办事地址", "地址", "place", "address"),
    "hours": ("办理时间", "办公时间", "工作时间", "hours"),
    "phone": ("咨询电话", "联系电话", "电话", "phone"),
    "forms": ("申请表单", "表单", "表格下载", "forms"),
    "result": ("办理结果", "结果名称", "审批结果", "result"),
}
WANTED = ("code", "name", "statutory", "promised", "clause")
_YES = {"是", "1", "yes", "true", "y", "即办件", "√"}
_BETWEEN = str.maketrans({"；": "\n", ";": "\n", "、": "\n"})
FORM = Form(NAMES, WANTED, most=20_000)


def _days(text: str) -> int:
    """The number in `5`, `5个工作日`, `5 working days`; 1 for what is done at once."""
    if text.strip() in ("即办", "当场", "当日", "0"):
        return 1
    digits = "".join(c for c in text if c.isdecimal())
    if not digits or len(digits) > 5:
        raise ServiceError("services.not_days", text=text[:40])
    return int(digits)


def _org(cells: Mapping[str, str], under: Org) -> Org:
    name = cells.get("org", "")
    if not name:
        return under
    found = orgs_called(name, within=under.path)
    if len(found) != 1:
        key = "services.org_ambiguous" if found else "services.org_unknown"
        raise ServiceError(key, name=name[:60])
    return found[0]


def _offer(cells: Mapping[str, str]) -> api.Offer:
    return api.Offer(
        code=cells["code"],
        name=cells["name"],
        statutory=_days(cells["statutory"]),
        promised=_days(cells["promised"]),
        clause=cells["clause"],
        materials=tuple(cells.get("materials", "").translate(_BETWEEN).split("\n")),
        immediate=cells.get("immediate", "").strip().lower() in _YES,
        fee=cells.get("fee", ""),
        applicants=cells.get("applicants", ""),
        place=cells.get("place", ""),
        hours=cells.get("hours", ""),
        phone=cells.get("phone", ""),
        forms=tuple(cells.get("forms", "").translate(_BETWEEN).split("\n")),
        result=cells.get("result", ""),
    )


def preview(content: bytes, filename: str, **given: Any) -> Result:
    """What `run` would do with each row, writing nothing. Raises what `run` raises."""
    with transaction.atomic():
        found = run(content, filename, **given)
        # The rows are judged against each other too, so they are offered and taken back.
        transaction.set_rollback(True)
    return found


def run(
    content: bytes,
    filename: str,
    *,
    under: Org,
    start: date,
    at: datetime,
    actor: Actor,
    layout: Layout | None = None,
) -> Result:
    """Offers every good row from a day on, at the department it names below `under`.

    The same table again changes nothing. Raises TableError when the file is no usable table
    (MissingColumnsError when somebody may say which column is which), DeniedError unless the actor
    administers `under`.
    """
    officers.require(actor, officers.SYSTEM, under)

    def row(number: int, cells: Mapping[str, str]) -> Line:
        try:
            _, fresh = api.offer(_org(cells, under), _offer(cells), start=start, at=at, actor=actor)
        except ServiceError as error:
            return Line(number, "bad", cells["name"], error.key, error.values)
        return Line(number, "new" if fresh else "same", cells["name"])

    return taking.take(content, filename, FORM, row, layout=layout)
