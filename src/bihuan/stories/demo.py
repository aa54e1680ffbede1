"""The demonstration city: some fifty matters in every state, placed in time around today, and a year
behind them."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import ADMIN, SENDER, SYSTEM, Actor
from bihuan.foundation.audit.api import standing, vault
from bihuan.foundation.identity import api as identity
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench import api as workbench
from bihuan.lib import clock
from bihuan.outcomes.papers import api as printed
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules.periods import Grain, Period
from bihuan.stories import (
    branching,
    helping,
    history,
    honouring,
    lecturing,
    netting,
    papers,
    photographs,
    proposing,
    showing,
    stage,
    studying,
    windows,
)
from bihuan.stories.stage import Stage, account, root_of, script, word

NAME = "demo"
PASSWORD = "bihuan-demo-2026"  # noqa: S105 - printed for everybody who tries the demonstration
DAY = timedelta(days=1)
STEP = timedelta(minutes=25)
# How long before today the city was built, and from when the clocks are walked.
BUILT_BEFORE, SWEPT_BEFORE = 410 * DAY, 20
WEEK = 7


def stands() -> bool:
    """Whether the demonstration city, or an account of one of its names, is in this database."""
    plan = script(NAME)
    names = (*plan["people"], *plan["net"]["people"])
    taken = any(account(username) is not None for username in names)
    return taken or root_of(plan["root"]["code"]) is not None


def build() -> list[str]:
    """Builds the city, all of it or nothing; returns what to tell the operator."""
    plan, now = script(NAME), clock.now()
    with transaction.atomic():
        at = now - BUILT_BEFORE
        stage.ready(at)
        city = stage.build(plan, since=at.date(), at=at, password=PASSWORD)
        netting.grown(city, plan, now=now, password=PASSWORD)
        identity.put(plan["site"], at=at, actor=SYSTEM)
        _over_all(city, at)
        branching.belong(city, plan, at=at)
        studying.join(city, plan, now)
        living = _City(city, plan, now)
        living.house_rules()
        for part in ("belonging", "lecturers"):
            stage.belong(city, plan[part], at=at)
        stage.belong(city, plan["showers"], at=showing.begins(now))
        # Each changes standing data at its end, from where on nothing is remembered.
        with standing.steady():
            living.all()
        with standing.steady():
            living.opened += history.build(city, now=now)
    # The answers to merged messages are the worker's; nobody left an address to write to.
    while notify.run(now):
        pass
    # Day by day, so that a warning stands in the time line where it would have come.
    long = (BUILT_BEFORE - DAY).days
    for ago in (*range(long, SWEPT_BEFORE, -WEEK), *range(SWEPT_BEFORE, -1, -1)):
        matters.sweep(now - ago * DAY)
    _papers(city, now)
    return list(_told(city, plan, living.opened))


def _over_all(city: Stage, at: datetime) -> None:
    """Site and calendar are the whole house's: the city's administrator sets them, so is over the other
    roots as well."""
    for path in orgs.root_paths():
        if path != city.root.path:
            (other,) = orgs.orgs_at([path])
            who = city.people["admin"].pk
            access.give(who, ADMIN, other.pk, start=at.date(), at=at, actor="system")


def _papers(city: Stage, now: datetime) -> None:
    """Last month's bulletin, issued; this month's, a draft somebody else is to read."""
    insight.export(insight.store())
    month = Period.of(Grain.MONTH, timezone.localtime(now).date())
    what, by = "public_voice.monthly", ("supervisor", "leader")
    papers.issued(what, city.root, month.before().text, by=by, at=now)
    drafter = papers.cast("supervisor", now)
    bulletins.draft("public_voice", "monthly", city.root, month, actor=drafter, at=now)


def _told(city: Stage, plan: dict[str, Any], opened: int) -> Iterator[str]:
    yield word("demo.ready", city=city.root.name, matters=opened)
    yield word("demo.accounts", password=PASSWORD)
    for username, one in {**plan["people"], **plan["net"]["people"]}.items():
        if one.get("login"):
            place = city.units[one["unit"]].name
            yield word(
                "demo.account", username=username, name=one["name"], place=place, role=one["role"]
            )


class _Life:
    """One message under way: its matter, its sender's code, and its own time."""

    def __init__(self, city: "_City", one: dict[str, Any], at: datetime) -> None:
        self.city, self.one, self.at = city, one, at
        home = one.get("home", "center")
        self.desk = "anhe-desk" if home == "anhe" else "desk"
        unit = one.get("unit", "")
        self.handler = "handler" if unit in ("", "streets") else f"handler-{unit}"
        by = SENDER if one["channel"] == "web" else city.stage.actor(self.desk)
        sent = city.open(self._opening(home), by, at)
        self.matter, self.code = sent.matter, sent.code

    def _opening(self, home: str) -> Opening:
        one = self.one
        return Opening(
            programme="public_voice",
            kind="voice",
            home=self.city.stage.units[home],
            subject=one["subject"],
            body=one["body"],
            fields={"category": one["category"], "channel": one["channel"]},
            anonymous=one.get("anonymous", False),
            files=[photographs.taken(one["photo"], self.city.opened)] if "photo" in one else (),
        )

    def do(self, action: str, by: str, **data: Any) -> None:
        """An action by one of the cast, a little later than the one before."""
        self.at = min(self.at + STEP, self.city.now)
        actor = self.city.stage.actor(by)
        self.matter = matters.act(self.matter.pk, action, actor=actor, at=self.at, data=data)

    def send(self, action: str, **data: Any) -> None:
        """An action by the sender."""
        self.at = min(self.at + STEP, self.city.now)
        self.matter = matters.act(0, action, actor=SENDER, at=self.at, code=self.code, data=data)

    # The stretches of the way, each beginning where the one before ends.

    def accept(self) -> None:
        self.do("accept", self.desk)

    def dispatch(self) -> None:
        self.accept()
        unit = self.city.stage.units[self.one["unit"]].pk
        self.do("dispatch", self.desk, unit=unit, remark="请在时限内办理并答复。")

    def sign(self) -> None:
        self.dispatch()
        self.do("sign", self.handler)

    def received(self) -> None:
        """Nobody has looked at it yet."""

    def disputed(self) -> None:
        self.dispatch()
        self.do("dispute", self.handler, reason=self.one["dispute"])

    def handling(self) -> None:
        self.sign()
        if "answer_first" in self.one:
            self.do("reply", self.handler, reply=self.one["answer"])
            self.send("rate", rating=self.one["rating"], reason=self.one["why"])
        more = self.one.get("more", "")
        if more == "co_handle":
            self.do("co_handle", "desk", units=[self.city.stage.units["streets"].pk])
        elif more == "supervise":
            self.do("supervise", "supervisor", words="请三日内查清收费依据并报结果。", days=3)
        elif more == "instruct":
            self.instruct()
            self.report()
        elif more == "extension":
            reason = "水表需送法定机构检定，检定周期五个工作日。"
            self.do("request_extension", self.handler, reason=reason)

    def instruct(self) -> None:
        words = "群众安全无小事，请主要负责同志到现场，限期解决。"
        self.do("instruct", "leader", words=words, days=5)
        # On paper too, to be signed by whoever takes it in.
        directive, leader = matters.open_children(self.matter)[0], self.city.stage.actor("leader")
        printed.issue(directive.pk, "order", actor=leader, at=self.at)

    def report(self) -> Matter:
        directive = matters.open_children(self.matter)[0]
        actor = self.city.stage.actor(self.handler)
        result = {"result": "已到现场核查，整改方案已定，正在实施。"}
        return matters.act(directive.pk, "report", actor=actor, at=self.at + STEP, data=result)

    def waiting(self) -> None:
        self.sign()
        self.do("ask_more", self.handler, missing=self.one["ask"])

    def reviewing(self) -> None:
        self.sign()
        self.do("draft_reply", self.handler, draft=self.one["answer"])

    def answered(self) -> None:
        if "outside" in self.one:
            given = {"reply": self.one["answer"], "competent": self.one["outside"]}
            self.do("outside", self.desk, **given)
            return
        self.sign()
        if "main" in self.one:
            self.city.later.append(self.reply)
        else:
            self.reply()

    def reply(self) -> None:
        self.do("reply", self.handler, reply=self.one["answer"])
        self.publish()

    def closed(self) -> None:
        if "unit" not in self.one:
            self.do("settle", self.desk, reply=self.one["answer"])
            self.publish()
            return
        self.sign()
        if "more" in self.one:
            self.instruct()
            directive = self.report()
            leader = self.city.stage.actor("leader")
            matters.act(directive.pk, "confirm", actor=leader, at=self.at + 2 * STEP)
        self.do("reply", self.handler, reply=self.one["answer"])
        self.at += DAY
        self.send("rate", rating=self.one["rating"])
        self.publish()

    def publish(self) -> None:
        """Drafts what is to be published; with "yes" a person reads and confirms it."""
        if "publish" not in self.one:
            return
        self.do("publish", self.desk)
        if self.one["publish"] == "yes":
            reader = self.city.stage.actor("publisher")
            draft = publicity.draft_of(reader, publicity.of_subject(self.matter.stream)[0].pk)
            self.city.confirm(draft, reader, self.at + STEP)

    def merged(self) -> None:
        self.accept()
        self.do("merge", self.desk, into=self.city.mains[self.one["into"]].matter.pk)

    def withdrawn(self) -> None:
        self.send("withdraw", reason=self.one["why"])


_WAYS: dict[str, Callable[[_Life], None]] = {
    "received": _Life.received,
    "accepted": _Life.accept,
    "dispatched": _Life.dispatch,
    "disputed": _Life.disputed,
    "handling": _Life.handling,
    "waiting": _Life.waiting,
    "reviewing": _Life.reviewing,
    "answered": _Life.answered,
    "closed": _Life.closed,
    "merged": _Life.merged,
    "withdrawn": _Life.withdrawn,
}


class _City:
    def __init__(self, city: Stage, plan: dict[str, Any], now: datetime) -> None:
        self.stage, self.plan, self.now = city, plan, now
        self.opened = 0
        self.mains: dict[str, _Life] = {}
        self.later: list[Callable[[], None]] = []
        self.days = orgs.calendars.load(orgs.calendars.default().pk)

    def all(self) -> None:
        for number, one in enumerate(self.plan["message"]):
            life = _Life(self, one, self.moment(one["ago"], number))
            if "main" in one:
                self.mains[one["main"]] = life
            _WAYS[one["path"]](life)
        for finish in self.later:
            finish()
        for number, one in enumerate(self.plan["outreach"]):
            self.outreach(one, self.moment(one["ago"], number))
        for number, one in enumerate(self.plan["inspection"]):
            self.inspection(one, self.moment(one["ago"], number))
        self.notice()
        built = self.now - BUILT_BEFORE
        self.opened += windows.build(self.stage, self.plan, built=built, now=self.now)
        self.opened += proposing.build(self.stage, self.plan, now=self.now)
        self.opened += honouring.build(self.stage, self.plan, now=self.now)
        self.opened += helping.build(self.stage, self.plan, built=built, now=self.now)
        self.opened += netting.build(self.stage, self.plan, now=self.now)
        self.opened += studying.build(self.stage, self.plan, now=self.now)
        self.opened += lecturing.build(self.stage, self.plan, now=self.now)
        self.opened += showing.build(self.stage, self.plan, now=self.now)
        self.opened += branching.build(self.stage, self.plan, now=self.now)

    def notice(self) -> None:
        """A list on notice, with an objection that is being looked into."""
        plan, at = self.plan["notice"], self.moment(self.plan["notice"]["ago"], 0)
        opening = Opening(
            programme="public_notice",
            kind="notice",
            home=self.stage.units["center"],
            subject=plan["subject"],
            body=plan["body"],
            fields={"category": "list"},
        )
        row = self.open(opening, self.stage.actor("desk"), at).matter
        at += STEP
        matters.act(row.pk, "put_up", actor=self.stage.actor("publisher"), at=at)
        self.opened += 1
        publicity.object_to(row.pk, plan["objection"], vault.Person(), at=at + DAY)

    def moment(self, ago: int, number: int) -> datetime:
        """A time in office hours so many working days back; for 0 within the last hours."""
        if ago <= 0:
            return self.now - 3 * STEP - timedelta(minutes=7 * (number % 10))
        local = timezone.localtime(self.now)
        day = local.date()
        left = ago
        while left:
            day -= DAY
            left -= self.days.is_working(day)
        minutes = 11 * number % 300
        start = local.replace(year=day.year, month=day.month, day=day.day, hour=9, minute=0)
        return start + timedelta(minutes=minutes)

    def house_rules(self) -> None:
        """The second signature at one office, and the text modules of the city."""
        at = self.now - BUILT_BEFORE
        rule = self.plan["second_signature"]
        voice = next(p for p in programmes.known() if p.id == "public_voice")
        programmes.override(
            voice,
            "second_signature",
            value=True,
            org=self.stage.units[rule["unit"]],
            start=at.date(),
            clause=rule["clause"],
            at=at,
            actor=SYSTEM,
        )
        for shortcut, body in self.plan["phrases"].items():
            workbench.add_phrase(self.stage.root, shortcut, body, at=at, actor=SYSTEM)

    def open(self, opening: Opening, by: Actor, at: datetime) -> Opened:
        self.opened += 1
        return matters.open_matter(opening, actor=by, at=at, key=f"story:{NAME}:{self.opened}")

    def confirm(self, draft: publicity.Publication, reader: Actor, at: datetime) -> None:
        at = min(at, self.now)
        publicity.publish(draft.pk, version=draft.version, actor=reader, at=at)
        for _ in range(3 + 11 * draft.pk % 37):
            publicity.read_public(draft.pk, at=self.now)

    def outreach(self, one: dict[str, Any], at: datetime) -> None:
        opening = Opening(
            programme="public_voice",
            kind="outreach",
            home=self.stage.units["center"],
            subject=one["subject"],
            body=one["subject"],
            fields={"category": one["category"], "channel": "on_site"},
        )
        desk = self.stage.actor("desk")
        planned = self.open(opening, desk, at).matter
        if one["ago"] > 0:
            counted: dict[str, Any] = {k: one[k] for k in ("forms_issued", "visitors") if k in one}
            matters.act(planned.pk, "report_held", actor=desk, at=at + STEP, data=counted)

    def inspection(self, one: dict[str, Any], at: datetime) -> None:
        opening = Opening(
            programme="supervision",
            kind="inspection",
            home=self.stage.units["center"],
            unit=self.stage.units[one["unit"]],
            subject=f"{one['place']}现场督导",
            body=f"到{one['place']}实地督导。",
            fields={"category": "spot", "place": one["place"]},
        )
        by = self.stage.actor("supervisor")
        planned = self.open(opening, by, at).matter
        if not one["found"]:
            return
        found = {"found": one["found"]}
        matters.act(planned.pk, "inspect", actor=by, at=at + STEP, data=found)
        text = {"reply": f"督察通报：{one['found']}"}
        matters.act(planned.pk, "issue_bulletin", actor=by, at=at + 2 * STEP, data=text)
        if one["unit"] == "streets":
            reader = self.stage.actor("publisher")
            draft = publicity.of_subject(planned.stream)[0]
            self.confirm(draft, reader, at + 3 * STEP)
