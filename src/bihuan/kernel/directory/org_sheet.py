"""The sheet of organisations: looked at, taken in, given out."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import ClassVar

from django.db import transaction
from typing_extensions import override

from bihuan.foundation.access import governing
from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.kernel.directory import org_rows
from bihuan.kernel.directory.kinds import Frame, Planned, SheetKind
from bihuan.kernel.directory.lines import Left, Line, Row, why
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import ProblemError

MAX_ORGS = 100_000


class OrgSheet(SheetKind):
    """A row is an organisation: its name, what it lies under, its code, short name and type."""

    name: ClassVar[str] = "orgs"
    names: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": (
            "名称",
            "机构名称",
            "单位名称",
            "部门名称",
            "机构全称",
            "单位全称",
            "全称",
            "单位",
            "机构",
            "部门",
            "name",
            "organisation",
        ),
        "parent": (
            "上级",
            "上级机构",
            "上级单位",
            "上级部门",
            "主管部门",
            "主管单位",
            "隶属",
            "隶属单位",
            "所属单位",
            "parent",
            "under",
        ),
        "code": ("编码", "机构编码", "单位编码", "机构代码", "单位代码", "代码", "code"),
        "short": ("简称", "机构简称", "单位简称", "short", "short name"),
        "level": (
            "机构类型",
            "类型",
            "单位类型",
            "组织类型",
            "层级",
            "级别",
            "机构层级",
            "单位级别",
            "type",
            "level",
        ),
    }
    wanted: ClassVar[tuple[str, ...]] = ("name",)
    called: ClassVar[tuple[str, ...]] = ("机构", "组织", "单位", "部门", "org")

    @override
    def plan(self, rows: Sequence[Row], frame: Frame) -> list[Planned]:
        def type_of(text: str, held: str) -> str:
            return org_types.meant(text, held=held)

        found = org_rows.plan(rows, frame.tree, type_of)
        return [Planned(one.line, one.key, one.step) for one in found]

    @override
    def do(self, planned: Sequence[Planned], frame: Frame) -> list[Planned]:
        made: dict[int, int] = {}
        done: dict[int, Planned] = {}
        steps = [(nth, one) for nth, one in enumerate(planned) if one.step is not None]
        # Parents were planned before those below, wherever their rows stand.
        for nth, one in sorted(steps, key=lambda pair: _order(pair[1])):
            assert isinstance(one.step, org_rows.Step)
            try:
                with transaction.atomic():
                    key = _carry_out(one.step, made, frame)
            except (ProblemError, DeniedError) as error:
                line = Line(one.line.row, one.line.name, "bad", (why(error),))
                done[nth] = Planned(line, one.about if (one.about or 0) > 0 else None)
                continue
            made[one.step.key] = key
            done[nth] = Planned(one.line, key)
        return [done.get(nth, one) for nth, one in enumerate(planned)]

    @override
    def left(self, named: Collection[int], frame: Frame) -> list[Left]:
        found = org_rows.left(frame.tree, [key for key in named if key in frame.tree])
        return [Left(one.key, one.name, frame.tree.way(one.key)) for one in found]

    @override
    def end(self, left: Sequence[Left], frame: Frame) -> list[Line]:
        return [_ended(one, frame) for one in left]

    @override
    def given_out(self, within: Sequence[str], on: date) -> list[list[str]]:
        found = {o.pk: o for path in within for o in orgs.find_orgs(within=path, limit=MAX_ORGS)}
        above = orgs.named_above(found.values())
        return [
            [o.name, above.get(o.pk, ""), o.code, o.short, org_types.called(o.level)]
            for o in sorted(found.values(), key=lambda o: o.path)
        ]


def _order(one: Planned) -> int:
    assert isinstance(one.step, org_rows.Step)
    return one.step.order


def _carry_out(step: org_rows.Step, made: Mapping[int, int], frame: Frame) -> int:
    parent = made.get(step.parent, step.parent)
    if parent < 0:
        # The one above was refused just before.
        raise ProblemError("directory.parent_refused")
    if step.key < 0:
        above = orgs.org(parent)
        return governing.create_org(parent=above, at=frame.at, actor=frame.actor, **step.values).pk
    row = orgs.org(step.key)
    if step.values:
        governing.change_org(row.pk, at=frame.at, actor=frame.actor, **step.values)
    above_now = orgs.parent_of(row)
    if row.pk != frame.under.pk and above_now is not None and above_now.pk != parent:
        upkeep.move_org(row.pk, under=parent, at=frame.at, actor=frame.actor)
    return row.pk


def _ended(one: Left, frame: Frame) -> Line:
    try:
        with transaction.atomic():
            governing.change_org(one.pk, active=False, at=frame.at, actor=frame.actor)
    except (ProblemError, DeniedError) as error:
        return Line(0, one.name, "bad", (why(error),))
    return Line(0, one.name, "changed")
