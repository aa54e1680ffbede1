"""The year behind the demonstration city: messages of every month, answered, rated and published as a
modest office would."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone

from bihuan.foundation.access.api import SENDER, Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opened, Opening
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules.periods import Grain, Period
from bihuan.rules.worktime import Calendar
from bihuan.stories import photographs
from bihuan.stories.stage import Stage, script

NAME = "history"
STEP = timedelta(minutes=35)
# One in so many answers is published, one in so many comes with a picture that was taken.
PUBLISHED, PICTURED = 4, 3


def _months(now: datetime, count: int) -> Iterator[Period]:
    """So many whole months before the running one, the last first."""
    month = Period.of(Grain.MONTH, timezone.localtime(now).date())
    for _ in range(count):
        month = month.before()
        yield month


def _working(days: Calendar, month: Period) -> list[date]:
    long = (month.after - month.start).days
    return [d for d in (month.start + timedelta(days=n) for n in range(long)) if days.is_working(d)]


class _NotYetError(Exception):
    """What would happen is in days to come."""


class _Year:
    def __init__(self, city: Stage, now: datetime) -> None:
        self.city, self.now, self.plan = city, now, script(NAME)
        self.days = orgs.calendars.load(orgs.calendars.default().pk)
        self.opened = 0

    def tell(self) -> int:
        for month, count in zip(
            _months(self.now, self.plan["months"]), self.plan["counts"], strict=True
        ):
            working = _working(self.days, month)
            for n in range(count):
                self.message(working[n * len(working) // count], n)
        return self.opened

    def at(self, day: date, minutes: int) -> datetime:
        """A time of a working day's morning."""
        return timezone.make_aware(datetime.combine(day, time(9))) + timedelta(minutes=minutes)

    def later(self, day: date, working: int) -> date:
        while working:
            day += timedelta(days=1)
            working -= self.days.is_working(day)
        return day

    def message(self, day: date, n: int) -> None:
        number = self.opened
        self.opened += 1
        messages, places = self.plan["message"], self.plan["places"]
        one, place = messages[number * 5 % len(messages)], places[number * 7 % len(places)]
        said = {name: one[name].format(place=place) for name in ("subject", "body", "answer")}
        at = self.at(day, 11 * n % 170)
        pictured = "photo" in one and number % PICTURED == 0
        taken = [photographs.taken(one["photo"], number)] if pictured else ()
        opening = Opening(
            programme="public_voice",
            kind="voice",
            home=self.city.units["center"],
            subject=said["subject"],
            body=said["body"],
            fields={"category": one["category"], "channel": one["channel"]},
            files=taken,
        )
        desk = self.city.actor("desk")
        by = SENDER if one["channel"] == "web" else desk
        sent = matters.open_matter(opening, actor=by, at=at, key=f"story:{NAME}:{number}")
        try:
            answered = self.answer(sent, one, said["answer"], at, number)
            self.rate(sent, answered, number)
            if number % PUBLISHED == 0:
                self.publish(sent, answered + STEP, number)
        except _NotYetError:
            return

    def act(self, pk: int, action: str, at: datetime, actor: Actor, **more: Any) -> Matter:
        """A step of the past."""
        self.past(at)
        return matters.act(pk, action, actor=actor, at=at, **more)

    def past(self, at: datetime) -> None:
        """Raises _NotYetError where something would be in days to come, as early in a month."""
        if at > self.now:
            raise _NotYetError

    def answer(
        self, sent: Opened, one: dict[str, Any], answer: str, at: datetime, number: int
    ) -> datetime:
        """What the desk settles at once, or an office answers some days later; returns when."""
        pk, desk = sent.matter.pk, self.city.actor("desk")
        self.act(pk, "accept", at + STEP, desk)
        if "unit" not in one:
            at += 2 * STEP
            self.act(pk, "settle", at, desk, data={"reply": answer})
            return at
        unit = self.city.units[one["unit"]].pk
        given = {"unit": unit, "remark": "请在时限内办理并答复。"}
        self.act(pk, "dispatch", at + 2 * STEP, desk, data=given)
        handler = self.city.actor(self.handler(one["unit"]))
        self.act(pk, "sign", at + 3 * STEP, handler)
        working = self.plan["days"][number % len(self.plan["days"])]
        at = self.at(self.later(timezone.localtime(at).date(), working), 100)
        self.act(pk, "reply", at, handler, data={"reply": answer})
        return at

    @staticmethod
    def handler(unit: str) -> str:
        return "handler" if unit == "streets" else f"handler-{unit}"

    def rate(self, sent: Opened, at: datetime, number: int) -> None:
        """What the sender says of it; who is not satisfied gets another answer."""
        ratings = self.plan["ratings"]
        rating, at = ratings[number % len(ratings)], at + timedelta(hours=20)
        if not rating or sent.matter.category == "consult":
            return
        given = {"rating": rating}
        if rating == "not_satisfied":
            again = {**given, "reason": self.plan["again"]}
            self.act(0, "rate", at, SENDER, code=sent.code, data=again)
            assigned = matters.by_code(sent.code).assignee_id
            who = next(u for u, p in self.city.people.items() if p.pk == assigned)
            reply = {"reply": "已再次到现场，全部处理完毕，并请来信人一起查看过。"}
            at += timedelta(days=1)
            self.act(sent.matter.pk, "reply", at, self.city.actor(who), data=reply)
            given, at = {"rating": "satisfied"}, at + STEP
        self.act(0, "rate", at, SENDER, code=sent.code, data=given)

    def publish(self, sent: Opened, at: datetime, number: int) -> None:
        """Drafted by the desk, read and confirmed by another, opened by some."""
        at += timedelta(days=3)
        matter = self.act(sent.matter.pk, "publish", at, self.city.actor("desk"))
        reader = self.city.actor("publisher")
        row = publicity.of_subject(matter.stream)[0]
        draft = publicity.draft_of(reader, row.pk)
        at += STEP
        self.past(at + timedelta(days=1))
        publicity.publish(draft.pk, version=draft.version, actor=reader, at=at)
        for _ in range(5 + 13 * number % 31):
            publicity.read_public(draft.pk, at=at + timedelta(days=1))


def build(city: Stage, *, now: datetime) -> int:
    """Twelve whole months before today; returns how many matters were opened."""
    return _Year(city, now).tell()
