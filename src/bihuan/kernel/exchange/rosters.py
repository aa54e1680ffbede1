"""Organisations and people as tables: written out, and taken in again row by row."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language

from bihuan.foundation.access import api as access
from bihuan.foundation.access import doings, enrolling, governing, officers
from bihuan.foundation.access.api import AccessError, Actor, DeniedError
from bihuan.foundation.access.enrolling import Wanted
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, OrgError, Person, tree
from bihuan.kernel.exchange.export import sheet
from bihuan.kernel.programmes import api as programmes
from bihuan.language.tabular import taking
from bihuan.language.tabular.picking import Layout
from bihuan.language.tabular.taking import STATUSES, Form, Line, Result
from bihuan.lib.catalogue import DEFAULT
from bihuan.lib.problems import ProblemError

ORGS, PEOPLE = "orgs", "people"
NAMES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    ORGS: {
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
        "level": ("层级", "级别", "机构层级", "单位级别", "level"),
    },
    PEOPLE: {
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
    },
}
WANTED = {ORGS: ("name",), PEOPLE: ("name", "org")}
MAX_ROWS = 5_000
# Between roles of one cell, and between a programme and its role.
SEVERAL, WITHIN = "；", "·"
# In the place of a user name: there is to be no account.
NO_ACCOUNT = frozenset({"无账号", "不开通", "无", "no account", "none"})
_BETWEEN = re.compile(r"[；;、，,\n]+")
_DOTS = str.maketrans(dict.fromkeys("・•.-—:：/", WITHIN))
# A level's word says the same with and without what stands in brackets: 乡镇（街道）.
_BRACKETED = re.compile(r"(.+)[（(](.+)[）)]")


class RosterError(ProblemError):
    """A row that cannot be taken in."""


@dataclass(frozen=True)
class _Intake:
    under: Org
    at: datetime
    actor: Actor
    levels: Mapping[str, str]
    roles: Mapping[str, Wanted]

    def org_named(self, text: str) -> Org:
        found = orgs.orgs_called(text, within=self.under.path)
        if len(found) != 1:
            key = "rosters.org_ambiguous" if found else "rosters.org_unknown"
            raise RosterError(key, name=text[:60])
        return found[0]

    def orgs(self, cells: Mapping[str, str]) -> str:
        """One row of organisations. Returns its status."""
        if not cells["name"]:
            raise RosterError("rosters.no_name")
        above = self.org_named(cells["parent"]) if cells.get("parent") else self.under
        values = {key: cells[key] for key in ("code", "short") if cells.get(key)}
        if cells.get("level"):
            values["level"] = self._level(cells["level"])
        name = cells["name"]
        there = self._there(name, values.get("code", ""), above)
        if len(there) > 1:
            raise RosterError("rosters.org_ambiguous", name=name[:60])
        if not there:
            governing.create_org(name, parent=above, at=self.at, actor=self.actor, **values)
            return "new"
        held = there[0]
        fresh = {k: v for k, v in {"name": name, **values}.items() if getattr(held, k) != v}
        if not fresh or (fresh.keys() == {"name"} and name == held.short):
            return "same"
        governing.change_org(held.pk, at=self.at, actor=self.actor, **fresh)
        return "changed"

    def _there(self, name: str, code: str, above: Org) -> list[Org]:
        """The organisations that a row may be about: those of its code; else those of its name below the
        one above, which have another code only where the row has none."""
        coded = orgs.orgs_called(code, within=self.under.path) if code else []
        if coded:
            return coded
        named = orgs.orgs_called(name, within=above.path)
        return [one for one in named if not code or not one.code]

    def _level(self, text: str) -> str:
        found = self.levels.get(text.strip()) or _part_of(self.levels, text.strip())
        if found is None:
            known = "、".join(self.levels)
            raise RosterError("rosters.unknown_level", level=text[:20], levels=known)
        return found

    def people(self, cells: Mapping[str, str]) -> str:
        """One row of people. Returns its status."""
        if not cells["name"]:
            raise RosterError("rosters.no_person")
        if not cells["org"]:
            raise RosterError("rosters.no_org")
        place = self.org_named(cells["org"])
        held = self._held(cells, place)
        if held is not None:
            return self._given_more(held, cells, place)
        username = cells.get("username", "")
        none = username.lower() in NO_ACCOUNT
        enrolling.enrol(
            cells["name"],
            place=place,
            username="" if none else username,
            account=not none,
            code=cells.get("code", ""),
            title=cells.get("title", "")[:60],
            email=cells.get("email", ""),
            roles=list(self._wanted(cells.get("roles", ""))),
            at=self.at,
            actor=self.actor,
        )
        return "new"

    def _held(self, cells: Mapping[str, str], place: Org) -> Person | None:
        """Whom a row is about: by user name, else by code below `under`, else by name where the post
        is, who has no other code."""
        username, name, code = cells.get("username", ""), cells["name"], cells.get("code", "")
        if username and username.lower() not in NO_ACCOUNT:
            held = orgs.person_called(username)
            if held is not None and held.name != name:
                raise RosterError("rosters.username_of_another", username=username, name=held.name)
            return held
        on = governing.day_of(self.at)
        found = orgs.people_of(self.under.path, on, code) if code else ()
        if coded := [one for one in found if one.code == code]:
            if len(coded) > 1 or coded[0].name != name:
                names = "、".join(one.name for one in coded)
                raise RosterError("rosters.code_of_another", code=code[:40], name=names)
            return coded[0]
        alike = [
            one
            for one in orgs.people_of(place.path, on, name)
            if one.name == name and (not code or not one.code)
        ]
        if len(alike) > 1:
            raise RosterError("rosters.person_ambiguous", name=name)
        return alike[0] if alike else None

    def _given_more(self, held: Person, cells: Mapping[str, str], place: Org) -> str:
        """What a row says of somebody who is there: roles that they lack there, another address, a
        code that they lack."""
        on = governing.day_of(self.at)
        # Whatever they hold in this part already is not given once more, over more.
        near = [
            one
            for one in access.grants_of(held.pk, on)
            if tree.covers(one.org.path, place.path) or tree.covers(self.under.path, one.org.path)
        ]
        has = {(one.role, one.programme) for one in near}
        wanted = list(self._wanted(cells.get("roles", "")))
        lacking = [one for one in wanted if not has & {(one.role, one.programme), (one.role, "")}]
        enrolling.give_roles(held.pk, lacking, place, at=self.at, actor=self.actor)
        said = {name: cells[name] for name in ("email", "code") if cells.get(name)}
        other = {name: text for name, text in said.items() if getattr(held, name) != text}
        if other:
            governing.change_person(held.pk, at=self.at, actor=self.actor, **other)
        return "changed" if lacking or other else "same"

    def _wanted(self, text: str) -> Iterator[Wanted]:
        for one in filter(None, (part.strip() for part in _BETWEEN.split(text))):
            found = self.roles.get(one.replace(" ", "").translate(_DOTS))
            if found is None:
                raise RosterError("rosters.unknown_role", role=one[:40], example=_example())
            yield found


def _part_of(levels: Mapping[str, str], text: str) -> str | None:
    """The level of whose word a text is the part before or within the brackets."""
    for word, level in levels.items():
        parts = _BRACKETED.fullmatch(word)
        if parts and text in parts.groups():
            return level
    return None


def _example() -> str:
    """A role as a cell may name it, in the reader's language."""
    locale = "en" if get_language() == "en" else DEFAULT
    for one in programmes.known():
        words = one.strings.get(locale, one.strings[DEFAULT])
        role = one.manifest.roles[0].id
        return f"{words['title']}{WITHIN}{words[f'roles.{role}']}"
    return ""


def _role_names() -> dict[str, Wanted]:
    """Roles by their programme's title and their own word; by the word alone where only one programme in
    the house has such a role."""
    found: dict[str, Wanted] = {}
    alone: dict[str, set[Wanted]] = {}
    for one in programmes.known():
        for words in one.strings.values():
            title = words.get("title", "").replace(" ", "").translate(_DOTS)
            for role in one.manifest.roles:
                word = words.get(f"roles.{role.id}", "").replace(" ", "").translate(_DOTS)
                found[f"{title}{WITHIN}{word}"] = Wanted(role.id, one.id)
                alone.setdefault(word, set()).add(Wanted(role.id, one.id))
    singly = {word: next(iter(some)) for word, some in alone.items() if len(some) == 1 and word}
    return {**found, **singly}


def preview(kind: str, content: bytes, filename: str, **given: Any) -> Result:
    """What `run` would do with each row, writing nothing. Raises what `run` raises."""
    with transaction.atomic():
        found = run(kind, content, filename, **given)
        # Rows stand on those before them, so they are made and taken back.
        transaction.set_rollback(True)
    return found


def run(
    kind: str,
    content: bytes,
    filename: str,
    *,
    under: Org,
    at: datetime,
    actor: Actor,
    levels: Mapping[str, str],
    layout: Layout | None = None,
) -> Result:
    """Takes in every good row of a table of `orgs` or `people` below `under`; the same table again
    changes nothing. `levels` are words for levels with their ids. People come without a password.

    Raises TableError when the file is no usable table (MissingColumnsError when somebody may say
    which column is which), DeniedError unless the actor administers `under`.
    """
    officers.require(actor, officers.SYSTEM, under)
    intake = _Intake(under, at, actor, levels, _role_names())
    take = intake.orgs if kind == ORGS else intake.people

    def row(number: int, cells: Mapping[str, str]) -> Line:
        try:
            with transaction.atomic():
                return Line(number, take(cells), cells["name"])
        except DeniedError:
            return Line(number, "bad", cells["name"], "access.denied")
        except (RosterError, OrgError, AccessError) as error:
            return Line(number, "bad", cells["name"], error.key, error.values)

    form = Form(NAMES[kind], WANTED[kind], MAX_ROWS)
    found = taking.take(content, filename, form, row, layout=layout)
    counts = {status: found.count(status) for status in STATUSES}
    doings.done(actor, "roster.imported", at, {"kind": kind, "org": under.pk, **counts})
    return found


def workbook(
    kind: str, actor: Actor, *, name: str, levels: Mapping[str, str], at: datetime
) -> bytes:
    """The organisations or the people that the actor administers, as the bytes of an .xlsx that `run`
    reads again; `levels` are ids with their words. That they were taken out is noted."""
    paths = sorted({p for duty in officers.OFFICERS for p in officers.places(actor, duty)})
    if not paths:
        raise DeniedError(officers.role_for(officers.SYSTEM))
    day = governing.day_of(at)
    rows = _org_rows(paths, levels) if kind == ORGS else _people_rows(paths, day)
    titles = [words[0] for words in NAMES[kind].values()]
    author = next((org.name for org in orgs.orgs_at(paths[:1])), "")
    made = sheet(titles, rows, name=name, author=author, at=at)
    doings.done(actor, "roster.exported", at, {"kind": kind, "rows": len(rows)})
    return made


def _org_rows(paths: Iterable[str], levels: Mapping[str, str]) -> list[list[str]]:
    found = {o.pk: o for path in paths for o in orgs.find_orgs(within=path, limit=MAX_ROWS)}
    above = orgs.named_above(found.values())
    return [
        [o.name, above.get(o.pk, ""), o.code, o.short, levels.get(o.level, o.level)]
        for o in sorted(found.values(), key=lambda o: o.path)
    ]


def _people_rows(paths: Iterable[str], on: date) -> list[list[str]]:
    called = {
        (one.id, role.id): f"{words.get('title', '')}{WITHIN}{words.get(f'roles.{role.id}', '')}"
        for one in programmes.known()
        for role in one.manifest.roles
        for words in [one.strings.get(DEFAULT, {})]
    }
    found: dict[int, list[str]] = {}
    for path in paths:
        roles: dict[int, list[str]] = {}
        for grant in access.grants_within(path, on):
            if (told := called.get((grant.programme, grant.role))) is not None:
                roles.setdefault(grant.person_id, []).append(told)
        for one in enrolling.posted_within(path, on):
            mine, who = SEVERAL.join(roles.pop(one.person_id, ())), one.person
            called_as = who.username or ""
            row = [who.name, called_as, who.code, one.org.name, one.title, who.email, mine]
            found.setdefault(one.pk, row)
    return list(found.values())
