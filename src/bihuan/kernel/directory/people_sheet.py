"""The sheet of people with their posts and roles: looked at, taken in, given out."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import ClassVar

from django.db import transaction
from django.db.models import Q
from typing_extensions import override

from bihuan.foundation.access import api as access
from bihuan.foundation.access import enrolling, governing, officers
from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.access.enrolling import Newcomer, Wanted
from bihuan.foundation.access.models import Grant
from bihuan.foundation.orgs import accounts
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Person, tree
from bihuan.foundation.orgs.models import Post as PostRow
from bihuan.kernel.directory.finding import current_posts, known, persons, some_of
from bihuan.kernel.directory.kinds import Frame, Planned, SheetKind
from bihuan.kernel.directory.lines import Left, Line, Row, Said, why
from bihuan.kernel.directory.people_rows import Planner, Reader, Step
from bihuan.kernel.directory.roles import Written
from bihuan.kernel.directory.whom import Beside, People, Post, Role, Who
from bihuan.lib.problems import ProblemError

DAY = timedelta(days=1)


class PeopleSheet(SheetKind):
    """A row is a person at an organisation: name, user name, code, organisation, title, e-mail, roles."""

    name: ClassVar[str] = "people"
    names: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "name": ("姓名", "人员", "人员姓名", "名字", "name", "person"),
        "username": ("用户名", "账号", "登录名", "username", "user name", "account"),
        "code": ("工号", "编号", "人员编号", "职工号", "警号", "staff number", "code"),
        "org": (
            "机构",
            "单位",
            "部门",
            "所在机构",
            "所在单位",
            "所在部门",
            "所属机构",
            "所属单位",
            "所属部门",
            "工作单位",
            "单位名称",
            "部门名称",
            "organisation",
            "org",
            "department",
        ),
        "title": ("职务", "岗位", "职位", "现任职务", "title", "position"),
        "email": ("邮箱", "电子邮箱", "电子邮件", "email", "e-mail"),
        "roles": ("角色", "授权", "roles"),
    }
    wanted: ClassVar[tuple[str, ...]] = ("name", "org")
    called: ClassVar[tuple[str, ...]] = ("人员", "干部", "职工", "员工", "people", "staff")
    batch: ClassVar[int] = 1_000

    @override
    def plan(self, rows: Sequence[Row], frame: Frame) -> list[Planned]:
        if "people.beside" not in frame.kept:
            frame.kept["people.beside"] = Beside.of(frame.rows.get(self.name, rows))
        beside: Beside = frame.kept["people.beside"]
        planner = Planner(frame.tree, _people(rows, frame), _reader(frame), beside)
        found = [planner.plan(row) for row in rows]
        frame.fresh |= planner.people.fresh
        frame.refused += [
            Who.of(row) for row, one in zip(rows, found, strict=True) if one.line.status == "bad"
        ]
        return [Planned(one.line, one.who, one.step) for one in found]

    @override
    def do(self, planned: Sequence[Planned], frame: Frame) -> list[Planned]:
        places = {one.pk: one for one in orgs.orgs_of(_places(planned))}
        fresh = [(nth, one.step) for nth, one in _steps(planned) if one.step.who < 0]
        newcomers = [(nth, step) for nth, step in fresh if step.post]
        first = {step.who: nth for nth, step in reversed(newcomers)}
        done: dict[int, Planned] = {}
        made: dict[int, int] = {}
        asked = [(nth, step) for nth, step in newcomers if first[step.who] == nth]
        enrolled = enrolling.enrol_all(
            [_newcomer(planned[nth], step, places) for nth, step in asked],
            at=frame.at,
            actor=frame.actor,
        )
        for (nth, step), who in zip(asked, enrolled, strict=True):
            if isinstance(who, Person):
                made[step.who] = who.pk
                done[nth] = Planned(planned[nth].line, who.pk)
            else:
                done[nth] = _refused(planned[nth], why(who))
        for nth, one in _steps(planned):
            if nth not in done:
                done[nth] = _carried_out(one, made, places, frame)
        frame.refused += [
            Who(planned[nth].line.name, code=one.step.code or "")
            for nth, one in _steps(planned)
            if done[nth].line.status == "bad"
        ]
        return [done.get(nth, one) for nth, one in enumerate(planned)]

    @override
    def left(self, named: Collection[int], frame: Frame) -> list[Left]:
        kept, found = set(named), dict[int, Left]()
        low, high = tree.bounds(frame.under.path)
        rows = current_posts(frame.day).filter(org__path__gte=low, org__path__lt=high)
        rows = rows.filter(person__is_active=True).order_by("org__path", "person__name", "pk")
        for pk, name, where in rows.values_list("person_id", "person__name", "org__name"):
            if pk not in kept:
                found.setdefault(pk, Left(pk, name, where))
        return list(found.values())

    @override
    def end(self, left: Sequence[Left], frame: Frame) -> list[Line]:
        return [_ended(one, frame) for one in left]

    @override
    def given_out(self, within: Sequence[str], on: date) -> list[list[str]]:
        written = Written()
        found: dict[int, list[str]] = {}
        for path in within:
            roles: dict[int, list[Role]] = {}
            for grant in access.grants_within(path, on):
                roles.setdefault(grant.person_id, []).append((grant.programme, grant.role))
            for one in enrolling.posted_within(path, on):
                mine, who = written.told(roles.pop(one.person_id, ())), one.person
                called = who.username if who.username is not None else written.no_account()
                row = [who.name, called, who.code, one.org.name, one.title, who.email, mine]
                found.setdefault(one.pk, row)
        return list(found.values())


def _steps(planned: Sequence[Planned]) -> Iterator[tuple[int, "_Doing"]]:
    for nth, one in enumerate(planned):
        if isinstance(one.step, Step):
            yield nth, _Doing(one, one.step)


class _Doing:
    """A planned row and its step."""

    def __init__(self, planned: Planned, step: Step) -> None:
        self.planned, self.step = planned, step


def _places(planned: Sequence[Planned]) -> set[int]:
    return {one.step.org for _, one in _steps(planned)}


def _newcomer(one: Planned, step: Step, places: Mapping[int, orgs.Org]) -> Newcomer:
    return Newcomer(
        one.line.name,
        places[step.org],
        username=step.username,
        title=step.title,
        email=step.email or "",
        code=step.code or "",
        account=step.account,
        roles=tuple(Wanted(role, programme) for role, programme in step.roles),
    )


def _refused(one: Planned, said: Said) -> Planned:
    about = one.about if one.about is not None and one.about > 0 else None
    return Planned(Line(one.line.row, one.line.name, "bad", (said,)), about)


def _carried_out(
    one: _Doing, made: Mapping[int, int], places: Mapping[int, orgs.Org], frame: Frame
) -> Planned:
    step = one.step
    who = made.get(step.who, step.who)
    if who < 0:
        return _refused(one.planned, Said("directory.person_refused"))
    try:
        with transaction.atomic():
            _change(who, step, places[step.org], frame)
    except (ProblemError, DeniedError) as error:
        return _refused(one.planned, why(error))
    return Planned(one.planned.line, who)


def _change(who: int, step: Step, place: orgs.Org, frame: Frame) -> None:
    at, actor, day = frame.at, frame.actor, frame.day
    if step.ends:
        _end_post(PostRow.objects.get(pk=step.ends), frame)
    if step.post:
        governing.give_post(who, place.pk, start=day, at=at, actor=actor, title=step.title)
    roles = [Wanted(role, programme) for role, programme in step.roles]
    enrolling.give_roles(who, roles, place, at=at, actor=actor)
    said = {"email": step.email, "code": step.code}
    other = {name: value for name, value in said.items() if value is not None}
    if other and step.who > 0:
        governing.change_person(who, at=at, actor=actor, **other)


def _end_post(row: PostRow, frame: Frame) -> None:
    last = max(row.start, frame.day - DAY)
    governing.end_post(row.pk, end=last, at=frame.at, actor=frame.actor)


def _ended(one: Left, frame: Frame) -> Line:
    """Ends the posts and roles of somebody in this part of the tree."""
    low, high = tree.bounds(frame.under.path)
    here = {"person_id": one.pk, "org__path__gte": low, "org__path__lt": high}
    lasting = Q(end__isnull=True) | Q(end__gte=frame.day)
    try:
        with transaction.atomic():
            if one.pk == frame.actor.person_id:
                raise ProblemError("directory.not_yourself")  # noqa: TRY301 - told as the others are
            for post in PostRow.objects.filter(lasting, start__lte=frame.day, **here):
                _end_post(post, frame)
            for grant in Grant.objects.filter(lasting, **here):
                governing.end(grant.pk, on=frame.day, at=frame.at, actor=frame.actor)
    except (ProblemError, DeniedError, LookupError) as error:
        said = Said("access.denied") if isinstance(error, LookupError) else why(error)
        return Line(0, one.name, "bad", (said,))
    return Line(0, one.name, "changed")


def _people(rows: Sequence[Row], frame: Frame) -> People:
    """Everybody whom the rows may be about: by user name; by code and by name in this part of the tree."""
    found, here = persons(rows, frame, frame.under.path)
    posts: dict[int, list[Post]] = {}
    roles: dict[int, set[Role]] = {}
    rights: dict[int, set[str]] = {}
    for pks in some_of(found):
        current = current_posts(frame.day).filter(person_id__in=pks).order_by("pk")
        for pk, who, org, title in current.values_list("pk", "person_id", "org_id", "title"):
            posts.setdefault(who, []).append(Post(pk, org, title))
        lasting = Q(end__isnull=True) | Q(end__gte=frame.day)
        held = Grant.objects.filter(lasting, person_id__in=pks)
        for who, role, programme, path in held.values_list(
            "person_id", "role", "programme", "org__path"
        ):
            # Whatever they hold in this part already is not given once more, over more.
            if tree.covers(path, frame.under.path) or tree.covers(frame.under.path, path):
                roles.setdefault(who, set()).add((role, programme))
        rights |= officers.rights(pks, frame.day)
    mine = Mine(frame)
    return People(
        replace(
            known(one, here=one.pk in here),
            posts=posts.get(one.pk, []),
            roles=roles.get(one.pk, set()),
            mine=mine.of(rights.get(one.pk)),
        )
        for one in found.values()
    )


class Mine:
    """Whether the actor is over all that somebody has, as (names and posts, roles)."""

    def __init__(self, frame: Frame) -> None:
        self._actor = frame.actor
        self._over: dict[tuple[str, str], bool] = {}

    def of(self, paths: Collection[str] | None) -> tuple[bool, bool]:
        """Of who has rights at these places; of who has none the whole house is asked."""
        system, security = (
            all(self._is_over(duty, path) for path in paths or ("",))
            for duty in (officers.SYSTEM, officers.SECURITY)
        )
        return system, security

    def _is_over(self, duty: str, path: str) -> bool:
        asked = (duty, path)
        if asked not in self._over:
            self._over[asked] = (
                officers.is_over(self._actor, duty, path)
                if path
                else officers.is_over_house(self._actor, duty)
            )
        return self._over[asked]


def _reader(frame: Frame) -> Reader:
    whole = {
        duty: officers.is_over(frame.actor, duty, frame.under.path)
        for duty in (officers.SYSTEM, officers.SECURITY)
    }

    def roles(text: str) -> tuple[list[Role], list[Said]]:
        wanted, faults = frame.roles.wanted(text)
        return [(one.role, one.programme) for one in wanted], faults

    def address(username: str, name: str, email: str) -> ProblemError | None:
        try:
            accounts.drafted(username, name, email)
        except ProblemError as error:
            return error
        return None

    return Reader(
        over=lambda _: (whole[officers.SYSTEM], whole[officers.SECURITY]),
        roles=roles,
        address=address,
        own=frame.actor.person_id,
        opens=frame.opens,
    )
