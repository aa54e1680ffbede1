"""What every story needs: an organisation of its own, its people, and a way to speak."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import tomli
from django.utils import timezone
from django.utils.translation import get_language

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org, Person
from bihuan.foundation.orgs.memberships import memberships_of
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels
from bihuan.lib.catalogue import DEFAULT, Catalogue
from bihuan.lib.problems import NotAllowedError, ProblemError, RefusedError

HERE = Path(__file__).parent


@lru_cache(maxsize=1)
def _words() -> Catalogue:
    return Catalogue.from_folder(HERE / "strings")


def locale() -> str:
    """The operator's language, as catalogues name it."""
    return "en" if get_language() == "en" else DEFAULT


def word(key: str, **values: Any) -> str:
    """A line of ours in the operator's language."""
    return _words().text(key, locale(), **values)


def say(text: str) -> None:
    """One line, or several, to whoever runs the story."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def script(name: str) -> dict[str, Any]:
    """The story's own data: what happens, when, and in which words."""
    return tomli.loads((HERE / "data" / f"{name}.toml").read_text(encoding="utf-8"))


def local(moment: datetime) -> datetime:
    """A script's wall-clock time as an instant."""
    return timezone.make_aware(moment)


def root_of(code: str) -> Org | None:
    """The root organisation a story took for itself, if it was told in this database."""
    return next((o for o in orgs.find_orgs(code) if o.code == code), None)


def refused(
    attempt: Callable[[], object],
    said: str,
    by: tuple[type[ProblemError], ...] = (RefusedError, NotAllowedError),
) -> None:
    """What the rule forbids is tried, and must be refused `by` one of these, or the story is not true:
    `said` tells what was let through."""
    try:
        attempt()
    except by:
        return
    raise AssertionError(said)


def told_at(code: str, name: str) -> Org:
    """The organisation of a story that was told in this database. Raises LookupError before."""
    found = root_of(code)
    if found is None:
        raise LookupError(name)
    return found


def account(username: str) -> Person | None:
    """The account with exactly this user name."""
    return next((p for p in orgs.find_people(username) if p.username == username), None)


@dataclass
class Stage:
    """The organisation and the cast; `units` and `people` go by the script's keys."""

    root: Org
    units: dict[str, Org]
    people: dict[str, Person]
    on: date
    _actors: dict[str, Actor] = field(default_factory=dict)

    def actor(self, key: str) -> Actor:
        """A member of the cast with the grants of the story's time."""
        if key not in self._actors:
            self._actors[key] = access.actor(self.people[key], self.on)
        return self._actors[key]


def work(at: datetime) -> None:
    """The worker does what is due."""
    while notify.run(at, lanes=("inside",)):
        continue


def ready(at: datetime) -> None:
    """The calendar and the shipped programmes, where they are missing."""
    orgs.calendars.install(at=at, actor="system")
    for folder in programmes.folders():
        programmes.install(folder, at=at, actor="system")
    levels.install(at=at, actor="system")


def build(
    plan: Mapping[str, Any], *, since: date, at: datetime, password: str | None = None
) -> Stage:
    """Builds a root, its units and its people, and puts the shipped programmes in force there.

    Only those of the cast marked `login` get the password; nobody can log in as the others."""
    head = plan["root"]
    root = orgs.create_org(
        head["name"], parent=None, at=at, actor="system", code=head["code"], level=head["level"]
    )
    units = {"root": root}
    for key, given in plan["units"].items():
        # A name, or a table of what a unit lies under and which level it has.
        one = given if isinstance(given, Mapping) else {"name": given}
        units[key] = orgs.create_org(
            one["name"],
            parent=orgs.org(units[one.get("under", "root")].pk),
            at=at,
            actor="system",
            code=f"{head['code']}-{key}",
            level=one.get("level", ""),
        )
    for release in _newest():
        programmes.put_in_force(release, root, start=since, at=at, actor=SYSTEM)
    cast = {}
    for username, one in plan["people"].items():
        secret = password if one.get("login") else None
        who = orgs.create_person(
            username, one["name"], at=at, actor="system", password=secret, published=True
        )
        place = units[one["unit"]].pk
        orgs.give_post(
            who.pk, place, start=since, at=at, actor="system", title=one.get("title", "")
        )
        for role in one["role"].split():
            access.give(who.pk, role, place, start=since, at=at, actor="system")
        cast[username] = who
    # The tree counts children on the parent's row: read the root as it stands now.
    return Stage(orgs.org(root.pk), {**units, "root": orgs.org(root.pk)}, cast, at.date())


def belong(made: Stage, said: Mapping[str, Any], *, at: datetime) -> None:
    """Those of the cast whom a script names belong to one of its units, but for who does already."""
    place, full, on = made.units[said["unit"]], said["membership"], timezone.localtime(at).date()
    for key in said["people"]:
        pk = made.people[key].pk
        if not any(row.kind == full for row in memberships_of(pk)):
            people.begin(pk, place, full, said["status"], start=on, at=at, actor=SYSTEM)


def _newest() -> list[int]:
    newest: dict[str, int] = {}
    for release in programmes.releases():
        newest.setdefault(release.programme, release.pk)
    return [pk for _, pk in sorted(newest.items())]
