"""The sheet of members: looked at, taken in, given out. What may be is what `kernel.people` says."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from django.db import transaction
from typing_extensions import override

from bihuan.foundation.access.api import Actor, DeniedError
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import memberships
from bihuan.foundation.orgs.api import Org, tree
from bihuan.foundation.orgs.models import Exemption, Membership
from bihuan.foundation.orgs.models import Org as OrgRow
from bihuan.kernel.directory import member_texts
from bihuan.kernel.directory.belonging import Belongs, Freed, Keeping, Refused, Step, There
from bihuan.kernel.directory.finding import (
    current_memberships,
    current_posts,
    known,
    persons,
    some_of,
)
from bihuan.kernel.directory.kinds import Frame, Planned, SheetKind
from bihuan.kernel.directory.lines import Left, Line, Row, Said, why
from bihuan.kernel.directory.member_desk import Desk, way_of
from bihuan.kernel.directory.member_rows import Planner
from bihuan.kernel.directory.member_texts import Place, Read
from bihuan.kernel.directory.roles import Written
from bihuan.kernel.directory.whom import Known, People, Post
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Beginning
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import ProblemError

DAY = timedelta(days=1)


class MemberSheet(SheetKind):
    """A row is somebody's belonging to an organisation: in which status, since when, exempt or not."""

    name: ClassVar[str] = "members"
    names: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("姓名", "人员", "人员姓名", "名字", "name", "person"),
        "code": ("工号", "编号", "人员编号", "职工号", "警号", "staff number", "code"),
        "username": ("用户名", "账号", "登录名", "username", "user name", "account"),
        "org": (
            "单位",
            "机构",
            "组织",
            "所在组织",
            "所在单位",
            "所在机构",
            "所在支部",
            "支部",
            "organisation",
            "org",
        ),
        "membership": ("成员身份", "身份", "名册", "成员类别", "membership"),
        "status": ("状态", "成员状态", "组织状态", "status"),
        "start": ("起", "起始日期", "自", "开始日期", "from", "start"),
        "since": ("最早加入", "加入日期", "最初加入", "joined first", "joined", "since"),
        "end": ("止", "截止日期", "至", "结束日期", "until", "end"),
        "exempt": ("免除", "免除事由", "免除原因", "exempt"),
        "until": ("免除到", "免除至", "exempt until"),
    }
    wanted: ClassVar[tuple[str, ...]] = ("name", "org", "status")
    called: ClassVar[tuple[str, ...]] = ("名册", "成员", "member", "roster")
    batch: ClassVar[int] = 1_000

    @override
    def may(self, actor: Actor, under: Org, on: date) -> bool:
        """Whoever keeps a list there, or administers."""
        if super().may(actor, under, on):
            return True
        return any(people.keeps(actor, sort, under.path) for sort in people.sorts_at(under, on))

    @override
    def plan(self, rows: Sequence[Row], frame: Frame) -> list[Planned]:
        desk = Desk.of(frame)
        every = frame.rows.get(self.name, rows)
        if "members.read" not in frame.kept:
            # Words do not change while the workbook is taken in, batch by batch.
            frame.kept["members.read"] = member_texts.read(
                every, frame.tree, desk.ways_at, frame.day
            )
            frame.kept["members.named"] = frozenset(
                row.cell(column) for row in every for column in ("username", "code")
            ) - {""}
        read: Mapping[Place, Read] = frame.kept["members.read"]
        claimed: dict[int, list[Read]] = frame.kept.setdefault("members.claimed", {})
        for who in [who for who in claimed if who < 0]:
            # They have other numbers by now.
            del claimed[who]
        keeping = Keeping(desk.objections, desk.over)
        there = _there(rows, frame)
        refused = Refused.of(frame.refused)
        planner = Planner(
            frame.tree, there, keeping, frame.day, frame.kept["members.named"], claimed, refused
        )
        found = [planner.plan(read[row.place]) for row in rows]
        return [Planned(one.line, one.about, one.step) for one in found]

    @override
    def do(self, planned: Sequence[Planned], frame: Frame) -> list[Planned]:
        steps = [(nth, one.step) for nth, one in enumerate(planned) if isinstance(one.step, Step)]
        places = {one.pk: one for one in orgs.orgs_of({step.org for _, step in steps})}
        begun: dict[int, int | Said] = {}
        made: dict[int, int] = {}
        # Who is entered by one row may have another.
        for entered in (True, False):
            some = [
                (nth, step)
                for nth, step in steps
                if step.begins and step.moves is None and (step.enters or step.who > 0) is entered
            ]
            begun |= _begun(some, places, made, frame)
        done: dict[int, Planned] = {}
        for nth, step in steps:
            done[nth] = _carried_out(planned[nth], step, begun.get(nth), places, frame)
        return [done.get(nth, one) for nth, one in enumerate(planned)]

    @override
    def left(self, named: Collection[int], frame: Frame) -> list[Left]:
        """Members here, of the memberships that the sheet names, who are not among them."""
        read: Mapping[Place, Read] = frame.kept.get("members.read", {})
        kinds = {one.way.full for one in read.values() if one.way is not None}
        if not kinds:
            return []
        desk, kept = Desk.of(frame), set(named)
        rows = memberships.memberships_within(frame.under.path, frame.day, kinds=kinds)
        found = rows.values_list("pk", "kind", "person__name", "org__name", "org__path")
        return [
            Left(pk, name, where)
            for pk, kind, name, where, path in found
            if pk not in kept and desk.keeps(kind, path)
        ]

    @override
    def end(self, left: Sequence[Left], frame: Frame) -> list[Line]:
        return [_ended(one, frame) for one in left]

    @override
    def given_out(self, within: Sequence[str], on: date) -> list[list[str]]:
        found: list[list[str]] = []
        no_account = Written.no_account()
        for path in within:
            rows = list(memberships.memberships_within(path, on))
            people_of = {row.person_id for row in rows}
            exempt = {(one.person_id, one.kind): one for one in _exemptions(people_of, on)}
            named = orgs_as_written(path)
            for row in rows:
                sort = people.sort_of(row.kind)
                if sort is None:
                    continue
                who, free = row.person, exempt.get((row.person_id, row.kind))
                way = way_of(sort, DEFAULT)
                found.append(
                    [
                        who.name,
                        who.code,
                        who.username if who.username is not None else no_account,
                        named.get(row.org_id, row.org.name),
                        way.label,
                        way.label_of(row.status),
                        _day(row.start),
                        _day(row.since),
                        _day(row.end),
                        way.label_of(free.reason) if free else "",
                        _day(free.end) if free else "",
                    ]
                )
        return found


def _day(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def orgs_as_written(path: str) -> dict[int, str]:
    """How a cell names each organisation of a subtree: by its name, and where that is not its alone by
    its code."""
    low, high = tree.bounds(path)
    rows = OrgRow.objects.filter(path__gte=low, path__lt=high, active=True)
    found = list(rows.values_list("pk", "name", "short", "code"))
    count: dict[str, int] = {}
    for _, name, short, code in found:
        for text in {name, short, code} - {""}:
            count[text] = count.get(text, 0) + 1
    return {
        pk: code if count[name] > 1 and code and count[code] == 1 else name
        for pk, name, _, code in found
    }


def _there(rows: Sequence[Row], frame: Frame) -> There:
    """Whom the rows may be about: who works or belongs in this part of the tree, who does below its
    root."""
    root = frame.under.path[: tree.STEP]
    found, here = persons(rows, frame, root)
    everybody = {pk: one for pk, one in found.items() if pk in here}
    belongs: dict[int, list[Belongs]] = {}
    posts: dict[int, list[Post]] = {}
    near: set[int] = set()
    for pks in some_of(everybody):
        for row in Membership.objects.filter(person_id__in=pks).select_related("org"):
            belongs.setdefault(row.person_id, []).append(
                Belongs(
                    row.pk,
                    row.org_id,
                    row.org.name,
                    row.kind,
                    row.status,
                    row.start,
                    row.since,
                    row.end,
                )
            )
        for rows_of in (current_posts(frame.day), current_memberships(frame.day)):
            there = rows_of.filter(person_id__in=pks).order_by("pk")
            for who, org, name, path in there.values_list(
                "person_id", "org_id", "org__name", "org__path"
            ):
                # The name says where that is, where it lies outside of this part of the tree.
                posts.setdefault(who, []).append(Post(0, org, name))
                if tree.covers(frame.under.path, path):
                    near.add(who)
    parts: dict[bool, list[Known]] = {True: [], False: []}
    for pk, one in everybody.items():
        if pk not in frame.fresh:
            parts[pk in near].append(replace(known(one, here=True), posts=posts.get(pk, [])))
    for pk, fresh in frame.fresh.items():
        mine = [post for post in posts.get(pk, []) if post.org not in {p.org for p in fresh.posts}]
        parts[True].append(replace(fresh, posts=[*fresh.posts, *mine], here=True))
    freed = {
        (one.person_id, one.kind): Freed(one.pk, one.reason, one.end)
        for one in _exemptions(everybody, frame.day)
    }
    return There(People(parts[True]), People(parts[False]), belongs, freed)


def _exemptions(people_of: Collection[int], on: date) -> Iterator[Exemption]:
    for pks in some_of(people_of):
        yield from memberships.exempt_on(pks, on)


def _begun(
    some: Sequence[tuple[int, Step]],
    places: Mapping[int, Org],
    made: dict[int, int],
    frame: Frame,
) -> dict[int, int | Said]:
    """What became of those who begin to belong: the membership by its number, or why there is none; who
    was entered is put into `made`."""
    found: dict[int, int | Said] = {}
    asked = []
    for nth, step in some:
        who = made.get(step.who, step.who)
        if who < 0 and not step.enters:
            found[nth] = Said("directory.person_refused")
        else:
            asked.append((nth, step, None if step.enters else who))
    wanted = [
        Beginning(
            places[step.org],
            step.full,
            step.status,
            step.start,
            who,
            step.name,
            step.code,
            since=step.since,
            end=step.end,
        )
        for _, step, who in asked
    ]
    begun = people.begin_all(wanted, Desk.of(frame).keeper, at=frame.at)
    for (nth, step, _), one in zip(asked, begun, strict=True):
        if isinstance(one, Membership):
            found[nth] = one.pk
            made[step.who] = one.person_id
        else:
            found[nth] = why(one)
    return found


def _carried_out(
    one: Planned,
    step: Step,
    begun: int | Said | None,
    places: Mapping[int, Org],
    frame: Frame,
) -> Planned:
    if isinstance(begun, Said):
        return _refused(one, begun)
    try:
        with transaction.atomic():
            pk = begun or _changed(step, places, frame)
            _exempt(pk, step, frame)
    except (ProblemError, DeniedError) as error:
        return _refused(one, why(error))
    return Planned(one.line, pk)


def _changed(step: Step, places: Mapping[int, Org], frame: Frame) -> int:
    """Moves, or ends, or leaves as it is: the membership by its number."""
    if step.moves is not None:
        beginning = Beginning(
            places[step.org],
            step.full,
            step.status,
            step.start,
            step.who,
            since=step.since,
            end=step.end,
        )
        return people.move(step.moves, beginning, at=frame.at, actor=frame.actor).pk
    assert step.about is not None
    if step.leaves:
        assert step.end is not None
        people.leave(step.about, last=step.end, at=frame.at, actor=frame.actor)
    return step.about


def _exempt(pk: int, step: Step, frame: Frame) -> None:
    if step.exempts is None:
        return
    reason, until = step.exempts
    if step.frees is not None:
        last = frame.day - DAY
        people.end_exemption(step.frees, last=last, at=frame.at, actor=frame.actor)
    people.exempt(pk, reason, start=frame.day, end=until, at=frame.at, actor=frame.actor)


def _refused(one: Planned, said: Said) -> Planned:
    return Planned(Line(one.line.row, one.line.name, "bad", (said,)), one.about)


def _ended(one: Left, frame: Frame) -> Line:
    """Ends a membership with the day before, as the sheet of today does not name it."""
    try:
        with transaction.atomic():
            row = people.member(frame.actor, one.pk)
            last = max(row.start, frame.day - DAY)
            people.leave(one.pk, last=last, at=frame.at, actor=frame.actor)
    except (ProblemError, DeniedError, LookupError) as error:
        said = Said("access.denied") if isinstance(error, LookupError) else why(error)
        return Line(0, one.name, "bad", (said,))
    return Line(0, one.name, "changed")
