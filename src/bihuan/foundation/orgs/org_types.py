"""Which types organisations may have: a dictionary, one column (`Org.level`), never typed.

See docs/adr/0073.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

import tomli
from django.db import transaction
from django.db.models import Count

from bihuan.foundation.audit.api import Happening, change, create, standing
from bihuan.foundation.orgs.models import Org, OrgType
from bihuan.foundation.orgs.problems import OrgError
from bihuan.language import letters
from bihuan.lib.legal import one_line

LONGEST = 20
NAMES: Mapping[str, int] = {"name": 40, "name_en": 60}
_USUAL = Path(__file__).with_name("usual_types.toml")
# What an older house called a type that is two today.
_EARLIER = {"village": ("村（社区）", "Village or community")}
_CODE = re.compile(r"[a-z][a-z0-9_]{0,19}\Z")
# A name says the same with and without what stands in brackets: 乡镇（街道）.
_BRACKETED = re.compile(r"(.+)[（(](.+)[）)]\Z")


@cache
def usual() -> Mapping[str, tuple[str, str]]:
    """The types every house begins with: code, name, English name."""
    raw = tomli.loads(_USUAL.read_text(encoding="utf-8"))
    return {code: (names[0], names[1]) for code, names in raw.items()}


@transaction.atomic
def install(*, at: datetime, actor: str, also: Iterable[str] = ()) -> int:
    """Brings in the usual types, those of organisations that stand and `also`, as far as they are
    missing; one without a word of ours is called by its code. Returns how many; what is there stays
    as it is."""
    held = {one.code for one in OrgType.objects.all()}
    stand = set(Org.objects.exclude(level="").values_list("level", flat=True).distinct())
    fresh = {code: names for code, names in usual().items() if code not in held}
    fresh |= {code: names for code, names in _EARLIER.items() if code in fresh and code in stand}
    for code in sorted(stand.union(also) - held - {""}):
        fresh.setdefault(code, (code, code))
    for order, (code, (name, name_en)) in enumerate(fresh.items(), _last() + 1):
        made = OrgType(code=code, name=name, name_en=name_en, order=order)
        create(made, Happening("org_type.added", at, actor))
    return len(fresh)


def _last() -> int:
    return OrgType.objects.order_by("-order").values_list("order", flat=True).first() or 0


@standing.kept
def every() -> tuple[OrgType, ...]:
    """All types in their order, retired ones too: to read from and never to change."""
    return tuple(OrgType.objects.order_by("order", "pk"))


def one(code: str) -> OrgType:
    """One type. Raises OrgType.DoesNotExist."""
    return OrgType.objects.get(code=code)


def uses() -> Mapping[str, int]:
    """How many organisations have each type."""
    rows = Org.objects.exclude(level="").values_list("level").annotate(Count("pk")).order_by()
    return dict(rows)


def choices(current: str = "", *, english: bool = False) -> list[tuple[str, str]]:
    """The types that may be chosen with their names, and the `current` one whatever it is."""
    offered = [one for one in every() if one.active or one.code == current]
    found = [(one.code, named(one, english=english)) for one in offered]
    if current and current not in {code for code, _ in found}:
        found.append((current, current))
    return found


def named(one: OrgType, *, english: bool) -> str:
    """What a type is called in either language."""
    return (one.name_en if english else "") or one.name


def called(code: str, *, english: bool = False) -> str:
    """The name of a type; of one that is none its code."""
    return next((named(one, english=english) for one in every() if one.code == code), code)


def meant(text: str, *, held: str = "") -> str:
    """The code of the type that somebody wrote by its code or by its name in either language.
    Raises OrgError: there is none; it is retired, and not the `held` one."""
    return chosen(_meant(text.strip(), every()), held=held)


def _meant(text: str, known: Sequence[OrgType]) -> str:
    asked = text.casefold()
    for one in known:
        if asked in (one.code, one.name.casefold(), one.name_en.casefold()):
            return one.code
    for one in known:
        parts = _BRACKETED.match(one.name)
        if parts and asked in parts.groups():
            return one.code
    return text


def chosen(code: str, *, held: str = "") -> str:
    """The code, where an organisation that has the `held` one may have it now. Raises OrgError."""
    if code in ("", held):
        return code
    found = next((one for one in every() if one.code == code), None)
    if found is None:
        raise OrgError("orgs.type_unknown", type=code[:40], known=_near(code))
    if not found.active:
        raise OrgError("orgs.type_retired", type=found.name, known=_near(found.name))
    return code


def _near(text: str) -> str:
    """Those that resemble what was written, else all that there are: name and code."""
    offered = [one for one in every() if one.active]
    near = [
        one
        for one in offered
        if set(text) & set(one.name) or letters.resembles(text, one.name) or text in one.name_en
    ]
    return ", ".join(f"{one.name} {one.code}" for one in near or offered)


@transaction.atomic
def add(name: str, *, at: datetime, actor: str, name_en: str = "", code: str = "") -> OrgType:
    """A new type, the last of all. Without a `code` it is the pinyin of its name. Raises OrgError: no
    name, one that another has, no code."""
    held = list(OrgType.objects.all())
    made = OrgType(
        name=_named(name, "name", held, None),
        name_en=_named(name_en, "name_en", held, None),
        order=_last() + 1,
    )
    made.code = code.strip() or _spelt(made.name, {one.code for one in held})
    if not _CODE.match(made.code):
        raise OrgError("orgs.type_code", code=made.code[:40])
    if any(one.code == made.code for one in held):
        raise OrgError("orgs.type_taken", name=made.code)
    return create(made, Happening("org_type.added", at, actor))


def _spelt(name: str, taken: set[str]) -> str:
    base = "".join(c for c in letters.spelt(name) if c.isascii() and c.isalnum())[: LONGEST - 2]
    tries = [base, *(f"{base}{n}" for n in range(2, 100))]
    return next((tried for tried in tries if tried not in taken), "")


def _named(text: str, column: str, held: Sequence[OrgType], mine: OrgType | None) -> str:
    said = one_line(text)
    if not said and column == "name":
        raise OrgError("orgs.type_nameless")
    if len(said) > NAMES[column]:
        raise OrgError("orgs.type_long", limit=NAMES[column])
    others = [one for one in held if mine is None or one.pk != mine.pk]
    if said and any(said.casefold() == getattr(one, column).casefold() for one in others):
        raise OrgError("orgs.type_taken", name=said)
    return said


@transaction.atomic
def change_type(
    code: str,
    *,
    at: datetime,
    actor: str,
    name: str | None = None,
    name_en: str | None = None,
    active: bool | None = None,
    order: int | None = None,
) -> OrgType:
    """Renames a type, retires or offers it again, or puts it at a place among the others, from 1. What
    is as it was stays without an event. Raises OrgError, OrgType.DoesNotExist."""
    held = list(OrgType.objects.order_by("order", "pk"))
    row = next((one for one in held if one.code == code), None)
    if row is None:
        raise OrgType.DoesNotExist(code)
    values: dict[str, object] = {}
    for column, said in (("name", name), ("name_en", name_en)):
        if said is not None:
            values[column] = _named(said, column, held, row)
    if active is not None:
        values["active"] = active
    fresh = {column: value for column, value in values.items() if getattr(row, column) != value}
    if fresh:
        change(row, Happening("org_type.changed", at, actor, set=fresh))
    if order is not None:
        _put(row, order, held, at, actor)
    return row


def _put(row: OrgType, order: int, held: list[OrgType], at: datetime, actor: str) -> None:
    held.remove(row)
    held.insert(max(order, 1) - 1, row)
    for place, one in enumerate(held, 1):
        if one.order != place:
            change(one, Happening("org_type.changed", at, actor, set={"order": place}))
