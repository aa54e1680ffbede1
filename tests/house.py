"""The city every test lives in, and the people in it. All names are invented.

平安市 (root, level city)          leader, supervisor, admin, keeper
├── 受理中心                        desk, desk2, publisher
├── 车辆管理所                      handler, handler2
│     └── 业务一科
├── 城管局                          other_handler
└── 教育局
邻市 (a second root)               outsider; keeper administers this one too
nowhere                           stranger: an account without post or grant
"""

import sqlite3
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection, transaction
from django.test import Client, override_settings
from django.utils import timezone
from whitenoise.middleware import WhiteNoiseMiddleware

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SENDER, SYSTEM, Actor
from bihuan.foundation.audit.api import Event, as_told, standing, vault
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.foundation.orgs.api import Org, Person
from bihuan.foundation.search import index
from bihuan.foundation.sql.lookup import Lookup
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer, Service

# Monday 2 March 2026, 09:00 in Shanghai: a working day without a holiday near.
AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
BUILT = datetime(2025, 1, 1, 0, 0, tzinfo=UTC)
SINCE = date(2025, 1, 1)
PASSWORD = "Bihuan-loop-2026"
BODY = "人民路与建设街交叉口的红绿灯坏了三天，早晚高峰很堵，请尽快派人修理。"

ORGS = {
    "city": ("平安市", None, "city"),
    "center": ("受理中心", "city", ""),
    "vehicles": ("车辆管理所", "city", ""),
    "vehicles_one": ("业务一科", "vehicles", ""),
    "streets": ("城管局", "city", ""),
    "schools": ("教育局", "city", ""),
    "neighbour": ("邻市", None, "city"),
    "neighbour_center": ("邻市受理中心", "neighbour", ""),
}
# person: (name, organisation of the post, roles granted there)
PEOPLE = {
    "desk": ("周映棠", "center", ("desk",)),
    "desk2": ("吴听澜", "center", ("desk",)),
    "publisher": ("郑拾光", "center", ("publisher",)),
    "handler": ("林望舒", "vehicles", ("handler",)),
    "handler2": ("何砚秋", "vehicles", ("handler",)),
    "other_handler": ("许知远山", "streets", ("handler",)),
    "leader": ("沈南乔", "city", ("leader",)),
    "supervisor": ("顾青岚", "city", ("supervisor",)),
    "admin": ("苏木槿", "city", ("admin",)),
    "keeper": ("江守拙", "city", ("admin",)),
    "stranger": ("陆无名", None, ()),
    "outsider": ("温邻川", "neighbour", ("desk", "handler", "leader", "supervisor", "publisher")),
}
# service: (department, what it promises)
SERVICES = {
    "plate": ("vehicles", Offer("CG-001", "补领机动车号牌", 20, 5, "道路交通安全法 §8", ("申请表", "身份证"))),
    "notice": ("vehicles", Offer("CG-002", "变更联系方式备案", 1, 1, "机动车登记规定 §20", ("身份证",), immediate=True)),
}  # fmt: skip


class Quick(PBKDF2PasswordHasher):
    """The house's own hash of one round: a million, twelve times, cost more than the whole city."""

    iterations = 1


# Where axe is fetched: from the site itself, as a browser compiles what it is sent each time anew.
JUDGE = "/axe.js"


class Static(WhiteNoiseMiddleware):
    """The product's own, which each client of a test makes anew: the files are looked through once,
    not for each of them (four thousandths of a second). With what browsers are judged by (`JUDGE`)."""

    _found: dict[str, Any] = {}

    def add_files_from_finders(self) -> None:
        if not self._found:
            super().add_files_from_finders()
            self.add_file_to_dictionary(
                JUDGE, str(resources.files("axe_playwright_python") / "axe.min.js")
            )
            self._found.update(self.files)
        self.files.update(self._found)


_ORG = Lookup(Org.objects.filter(code="?"), "?")
_PERSON = Lookup(Person.objects.filter(username="?"), "?")


@dataclass(frozen=True)
class House:
    """Doors to the city. `at` is the instant at which everything happens unless told otherwise.

    What is done by them is done as in a request of its own: standing data is asked once."""

    at: datetime = AT

    @property
    def day(self) -> date:
        """The day in the city, which begins eight hours before that of UTC."""
        return timezone.localtime(self.at).date()

    def org(self, key: str) -> Org:
        """An organisation by its key in ORGS."""
        (found,) = _ORG(key)
        return found

    def person(self, key: str) -> Person:
        """A person by their key in PEOPLE."""
        (found,) = _PERSON(key)
        return found

    @standing.steady()
    def actor(self, key: str, on: date | None = None) -> Actor:
        """A person as actor with the grants of a day; also `sender` and `system`."""
        if key in ("sender", "system"):
            return SENDER if key == "sender" else SYSTEM
        return access.actor(self.person(key), on or self.day)

    def client(self, key: str | None = None, **extra: Any) -> Client:
        """A browser, logged in as a person when one is named."""
        client = Client(**extra)
        if key is not None:
            client.force_login(self.person(key))
        return client

    def after(self, **length: float) -> datetime:
        """An instant so long after `at`."""
        return self.at + timedelta(**length)

    def opening(
        self,
        body: str = BODY,
        *,
        category: str = "complaint",
        channel: str = "web",
        home: str = "center",
        contact: vault.Person | None = None,
        fields: dict[str, Any] | None = None,
        **more: Any,
    ) -> Opening:
        """What a message of the public voice programme looks like when it comes in."""
        return Opening(
            programme="public_voice",
            kind="voice",
            home=self.org(home),
            body=body,
            fields={"category": category, "channel": channel, **(fields or {})},
            contact=contact or vault.Person(),
            **more,
        )

    def service(self, key: str) -> Service:
        """A service by its key in SERVICES."""
        org, offer = SERVICES[key]
        rows = services.offered(self.org(org).path, self.day)
        return next(one for one in rows if one.code == offer.code)

    @standing.steady()
    def apply(
        self, service: str = "plate", *, by: str = "desk", at: datetime | None = None
    ) -> Opened:
        """Somebody applies for a service at the window of 受理中心."""
        opening = Opening(
            programme="service_window",
            kind="application",
            home=self.org("center"),
            body="申请办理。",
            fields={"service": self.service(service).pk, "channel": "window"},
        )
        return matters.open_matter(opening, actor=self.actor(by), at=at or self.at)

    @standing.steady()
    def open(
        self,
        body: str = BODY,
        *,
        by: str = "sender",
        at: datetime | None = None,
        key: str | None = None,
        **more: Any,
    ) -> Opened:
        """Opens a message; see `opening` for what may be given."""
        return matters.open_matter(
            self.opening(body, **more), actor=self.actor(by), at=at or self.at, key=key
        )

    @standing.steady()
    def act(
        self,
        matter: Matter | Opened | int,
        action: str,
        by: str,
        *,
        at: datetime | None = None,
        code: str | None = None,
        key: str | None = None,
        files: Any = (),
        **data: Any,
    ) -> Matter:
        """Takes an action; `by` is a person's key. Without `code`, a sender's is made anew."""
        pk = matter.matter.pk if isinstance(matter, Opened) else getattr(matter, "pk", matter)
        if by == "sender" and code is None:
            assert isinstance(matter, Opened), "the sender acts by the code of an Opened"
            code = matter.code
        return matters.act(
            pk,
            action,
            actor=self.actor(by),
            at=at or self.at,
            data=data,
            code=code,
            key=key,
            files=files,
        )

    def dispatched(self, opened: Opened | None = None, *, person: bool = False) -> Opened:
        """A message that lies with 车辆管理所, and with `handler` when `person`."""
        opened = opened or self.open()
        self.act(opened, "accept", "desk")
        data = {"unit": self.org("vehicles").pk}
        if person:
            data["person"] = self.person("handler").pk
        return Opened(self.act(opened, "dispatch", "desk", **data), opened.code)

    def handling(self, opened: Opened | None = None) -> Opened:
        """A message that `handler` has signed for."""
        opened = self.dispatched(opened)
        return Opened(self.act(opened, "sign", "handler"), opened.code)

    def answered(self, opened: Opened | None = None, reply: str = "经查，已修复。") -> Opened:
        """A message that `handler` has answered."""
        opened = self.handling(opened)
        return Opened(self.act(opened, "reply", "handler", reply=reply), opened.code)

    def closed(self, opened: Opened | None = None, rating: str = "satisfied") -> Opened:
        """A message answered and rated by its sender."""
        opened = self.answered(opened)
        return Opened(self.act(opened, "rate", "sender", rating=rating), opened.code)


def known() -> dict[str, standing.Memory]:
    """What is remembered of the standing data of the city after a day of its work, which is undone."""
    standing.forget()
    with transaction.atomic():
        house = House()
        house.answered()
        house.apply()
        for who in (None, *PEOPLE):
            client = house.client(who)
            for address in ("/", "/ask") if who is None else ("/desk/today", "/desk/"):
                client.get(address)
        transaction.set_rollback(True)
    return standing.remembered()


def is_built() -> bool:
    """Whether the city stands in this database."""
    return Org.objects.filter(code="city").exists()


# A copy of the city, made when it was first built: another database, or another schema of the same.
_KEPT: list[sqlite3.Connection] = []
_KEPT_IN: dict[str, list[str]] = {}


def stand() -> None:
    """The city in an empty database: built the first time, copied in from then on, which takes a
    tenth of the time."""
    if connection.in_atomic_block:
        build()
    elif connection.vendor == "sqlite":
        _stand_by_backup()
    else:
        _stand_by_schema()


def _stand_by_backup() -> None:
    connection.ensure_connection()
    if _KEPT:
        _KEPT[0].backup(connection.connection)
        return
    # The index of words is no table of a model: emptying the database between tests left it.
    index.clear()
    build()
    _KEPT.append(sqlite3.connect(":memory:"))
    connection.connection.backup(_KEPT[0])


def _stand_by_schema() -> None:
    database = connection.settings_dict["NAME"]
    if database in _KEPT_IN:
        with connection.cursor() as cursor:
            cursor.execute("; ".join(_KEPT_IN[database]))
        return
    build()
    again = ["SET session_replication_role = replica"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA kept")
        for name in connection.introspection.table_names(cursor):
            cursor.execute(f'CREATE UNLOGGED TABLE kept."{name}" AS TABLE public."{name}"')
            if cursor.rowcount and name != "django_migrations":
                again.append(f'DELETE FROM public."{name}"')
                again.append(f'INSERT INTO public."{name}" SELECT * FROM kept."{name}"')
        cursor.execute(
            "SELECT quote_ident(sequencename), last_value FROM pg_sequences"
            " WHERE schemaname = 'public' AND last_value IS NOT NULL"
        )
        again += [f"SELECT setval('{name}', {value})" for name, value in cursor.fetchall()]
    _KEPT_IN[database] = [*again, "SET session_replication_role = DEFAULT"]


Made = TypeVar("Made")
# By who lands and the last hash of the log before: what was said to the database, and what came of it.
_SAID: dict[tuple[Callable[[], Any], str], tuple[list[tuple[str, Any, bool]], Any]] = {}


def landing(land: Callable[[], Made]) -> Callable[[], Made]:
    """For those who build something of their own in every test of a file: told the first time; from
    then on, where the log is as it was and the test rolls back, its statements are said again, which
    takes a small part of the time."""

    @wraps(land)
    def landed() -> Made:
        log = Event.objects.order_by("-pk").values_list("hash", flat=True).first()
        known = (land, str(log))
        if not connection.in_atomic_block:
            return land()
        if known in _SAID:
            said, made = _SAID[known]
            with connection.cursor() as cursor:
                for sql, given, many in said:
                    (cursor.executemany if many else cursor.execute)(sql, given)
            return deepcopy(made)
        said = _numbers()

        def hear(execute: Any, sql: str, given: Any, many: bool, context: Any) -> Any:
            if sql.startswith(("INSERT", "UPDATE", "DELETE")):
                said.append((sql, given, many))
            assert not sql.startswith("ROLLBACK"), "what is taken back cannot be said again"
            return execute(sql, given, many, context)

        with connection.execute_wrapper(hear):
            made = land()
        _SAID[known] = said, deepcopy(made)
        return made

    return landed


# By who lands and the last hash of the log before: the database and the facts as they were left, and what
# came of it.
_LEFT: dict[tuple[Callable[..., Any], str], tuple[sqlite3.Connection, dict[Path, bytes], Any]] = {}


def settled(land: Callable[["House"], Made]) -> Callable[["House"], Made]:
    """As `landing`, for what is committed and exported before tests that commit: told the first time; from
    then on, where the log is as it was, the database is copied in with its facts. Another database than
    SQLite is told each time."""

    @wraps(land)
    def landed(house: "House") -> Made:
        if connection.in_atomic_block or connection.vendor != "sqlite":
            return land(house)
        log = Event.objects.order_by("-pk").values_list("hash", flat=True).first()
        known = (land, str(log))
        if known in _LEFT:
            rows, facts, made = _LEFT[known]
            rows.backup(connection.connection)
            for path, content in facts.items():
                where = settings.FACTS_ROOT / path
                where.parent.mkdir(parents=True, exist_ok=True)
                where.write_bytes(content)
            return deepcopy(made)
        made = land(house)
        rows = sqlite3.connect(":memory:")
        connection.connection.backup(rows)
        there = [one for one in settings.FACTS_ROOT.rglob("*") if one.is_file()]
        facts = {one.relative_to(settings.FACTS_ROOT): one.read_bytes() for one in there}
        _LEFT[known] = rows, facts, deepcopy(made)
        return made

    return landed


def _numbers() -> list[tuple[str, Any, bool]]:
    """What makes rows get the numbers again that they would get now: PostgreSQL does not give one twice,
    though what had it was rolled back."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT quote_ident(sequencename), coalesce(last_value, 1), last_value IS NOT NULL"
            " FROM pg_sequences WHERE schemaname = 'public'"
        )
        return [("SELECT setval(%s, %s, %s)", one, False) for one in cursor.fetchall()]


@override_settings(PASSWORD_HASHERS=["house.Quick"])
@as_told()
def build() -> None:
    """Builds the city through the public doors."""
    programmes.forget_cached()
    calendar = orgs.calendars.install(at=BUILT, actor="system")
    assert calendar.pk
    org_types.install(at=BUILT, actor="system")
    made: dict[str, Org] = {}
    for key, (name, parent, level) in ORGS.items():
        made[key] = orgs.create_org(
            name,
            parent=made[parent] if parent else None,
            at=BUILT,
            actor="system",
            code=key,
            level=level,
        )
    for folder in programmes.folders():
        release = programmes.install(folder, at=BUILT, actor="system")
        for root in ("city", "neighbour"):
            programmes.put_in_force(release.pk, made[root], start=SINCE, at=BUILT, actor=SYSTEM)
    for org, offer in SERVICES.values():
        services.offer(made[org], offer, start=SINCE, at=BUILT, actor=SYSTEM)
    for username, (name, place, roles) in PEOPLE.items():
        who = orgs.create_person(username, name, at=BUILT, actor="system", password=PASSWORD)
        if place is not None:
            orgs.give_post(who.pk, made[place].pk, start=SINCE, at=BUILT, actor="system")
        for role in roles:
            access.give(who.pk, role, made[place].pk, start=SINCE, at=BUILT, actor="system")
    keeper, other = Person.objects.get(username="keeper"), made["neighbour"]
    access.give(keeper.pk, "admin", other.pk, start=SINCE, at=BUILT, actor="system")
