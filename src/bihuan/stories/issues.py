"""Seed 003, case 3: eight types of issues, one that climbs three pools and becomes an entry of the
library, a batch of like ones that is solved once."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules import periods
from bihuan.stories import figures
from bihuan.stories.stage import Stage, build, local, ready, refused, root_of, script, told_at, word

NAME = "issues"
PROGRAMME = "issue_management"
ORGANIZER, OWNER, FINDER, PLANNING, PUBLISHER = (
    f"{NAME}-{who}" for who in ("organizer", "owner", "finder", "planning", "publisher")
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# When each thing happens, from the first working Monday of the year.
FOUND, CLASSED, SOLVED, CONFIRMED = 0 * DAY, 2 * DAY, 8 * DAY, 9 * DAY
PUSHED, JANUARY = 7 * DAY, 24 * DAY
GATHERED, SOLVED_ONCE, CONFIRMED_ALL = 29 * DAY, 32 * DAY, 35 * DAY
OVERDUE, FEBRUARY, RETURNED, MARCH, SHELVED = 45 * DAY, 52 * DAY, 70 * DAY, 80 * DAY, 84 * DAY


def tell(password: str | None = None) -> int:
    """Tells the story, all of it or nothing; returns how many matters it opened, 0 when this
    database has heard it before. With a password those of the cast who are marked may log in."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        stage = build(plan, since=plan["since"], at=at, password=password)
        telling = _Telling(stage, plan, at + DAY)
        with standing.steady():
            telling.all()
    return telling.opened


class _Telling:
    def __init__(self, stage: Stage, plan: dict[str, Any], begins: datetime) -> None:
        self.stage, self.plan, self.begins = stage, plan, begins
        self.opened = 0

    def all(self) -> None:
        stream = [self.found(one, FOUND + n * MINUTE) for n, one in enumerate(self.plan["stream"])]
        climbing = self.found(self.plan["climb"], FOUND + HOUR)
        for issue, one in zip(stream, self.plan["stream"], strict=True):
            self.solved_there(issue, one)
        self.act(climbing, "push_up", "shift_one", PUSHED, reason=self.plan["climb"]["reason"])
        self.meeting(JANUARY, told=stream)
        batch = self.batch()
        self.pass_time(OVERDUE)
        for one in self.plan["open"]:
            self.left_open(one)
        self.returns(climbing, told=batch)

    # What each step is made of.

    def at(self, offset: timedelta) -> datetime:
        return self.begins + offset

    def act(self, on: Matter, action: str, by: str, after: timedelta, **data: Any) -> Matter:
        name = by if by in self.stage.people else f"{NAME}-{by}"
        actor = self.stage.actor(name)
        return matters.act(on.pk, action, actor=actor, at=self.at(after), data=data)

    def open(self, opening: Opening, by: str, after: timedelta) -> Matter:
        self.opened += 1
        key = f"story:{NAME}:{self.opened}"
        actor = self.stage.actor(by)
        return matters.open_matter(opening, actor=actor, at=self.at(after), key=key).matter

    def opening(self, kind: str, subject: str, body: str, unit: str, **fields: Any) -> Opening:
        home = self.stage.units[unit]
        return Opening(PROGRAMME, kind, home, body, subject=subject, fields=fields)

    def found(self, one: dict[str, Any], after: timedelta) -> Matter:
        given = {name: one[name] for name in ("category", "channel")}
        said = one.get("body", f"{one['subject']}。")
        return self.open(
            self.opening("issue", one["subject"], said, one["unit"], **given), FINDER, after
        )

    def pass_time(self, until: timedelta) -> None:
        """The house does what is due by then."""
        matters.sweep(self.at(until))
        self.work(until)

    def work(self, until: timedelta) -> None:
        while notify.run(self.at(until), lanes=("inside",)):
            continue

    # An issue that is solved where it was found 流处理; one of them is sent back first.

    def solved_there(self, issue: Matter, one: dict[str, Any]) -> None:
        owner = one["unit"]
        given = {"gravity": one["gravity"], "cause": "与有关员工谈话后查明。"}
        self.act(issue, "classify", owner, CLASSED, **given)
        person = self.stage.people[f"{NAME}-{owner}"].pk
        self.act(issue, "plan_it", owner, CLASSED + HOUR, scheme="本级解决。", person=person)
        if "returned" in one:
            self.act(issue, "solve", owner, CLASSED + DAY, result=one["poor"])
            self.act(issue, "not_solved", FINDER, CLASSED + DAY + HOUR, reason=one["returned"])
        self.act(issue, "solve", owner, SOLVED - 5 * DAY, result=one["result"])
        self.act(issue, "confirm_end", FINDER, CONFIRMED - 5 * DAY, contentment="content")

    # A meeting: its agenda is there when it opens.

    def meeting(self, after: timedelta, *, told: list[Matter]) -> Matter:
        fields = {"held_on": self.at(after).date().isoformat()}
        head = self.opening("meeting", "三方会议", "三方会议", "root", **fields)
        row = self.open(head, ORGANIZER, after - DAY)
        present = [self.stage.people[who].pk for who in (FINDER, PLANNING, OWNER)]
        self.act(row, "hold", ORGANIZER, after, present=present)
        numbers = "、".join(one.number for one in told)
        return self.act(row, "tell_results", ORGANIZER, after + HOUR, issues=numbers)

    # A batch 批处理: four gathered, one that joins, solved once, confirmed one by one.

    def batch(self) -> list[Matter]:
        one = self.plan["batch"]
        like = [
            self.found({**one, "unit": unit}, GATHERED + n * MINUTE)
            for n, unit in enumerate(one["units"])
        ]
        first, late = like[: one["joined_late"]], like[one["joined_late"] :]
        fields = {"issues": [issue.pk for issue in first]}
        head = self.opening("batch", one["subject"], one["subject"], "root", **fields)
        batch = self.open(head, ORGANIZER, GATHERED + DAY)
        more = [issue.number for issue in late]
        self.act(batch, "join_in", ORGANIZER, GATHERED + DAY + HOUR, joining=more)
        self.act(batch, "solve_all", ORGANIZER, SOLVED_ONCE, result=one["result"])
        self.work(SOLVED_ONCE)
        for issue in like:
            self.act(issue, "confirm_end", FINDER, CONFIRMED_ALL, contentment="mostly")
        self.refused(batch, "settle_batch", ORGANIZER, CONFIRMED_ALL + HOUR)
        self.gathered = batch
        return like

    # The one that climbed comes back with a result.

    def returns(self, issue: Matter, *, told: list[Matter]) -> None:
        one = self.plan["climb"]
        february = self.meeting(FEBRUARY, told=told)
        given = {"gravity": "major", "cause": one["cause"], "scheme": one["scheme"]}
        person = self.stage.people[PLANNING].pk
        after = FEBRUARY + 2 * HOUR
        said = {**given, "issues": [issue.number], "person": person}
        self.act(february, "decide_on", ORGANIZER, after, **said)
        self.act(february, "write_up", ORGANIZER, after + HOUR, minutes="议定源数据表方案。")
        self.act(self.gathered, "settle_batch", ORGANIZER, after + HOUR)
        self.act(issue, "solve", PLANNING, RETURNED, result=one["result"])
        self.refused(issue, "confirm_end", PLANNING, RETURNED + HOUR, contentment="content")
        self.act(issue, "confirm_end", FINDER, RETURNED + DAY, contentment="content")
        self.meeting(MARCH, told=[issue])
        self.shelved("experience", one, [issue], SHELVED)
        self.shelved("experience", self.plan["batch"], told, SHELVED + DAY)

    def shelved(
        self, shelf: str, one: dict[str, Any], issues: list[Matter], after: timedelta
    ) -> None:
        """What worked goes into the library, redacted and read by somebody else."""
        fields = {
            "category": one["category"],
            "shelf": shelf,
            "issues": [issue.pk for issue in issues],
        }
        head = self.opening("case", one["subject"], f"{one['subject']}。", "root", **fields)
        entry = self.open(head, ORGANIZER, after)
        self.act(entry, "hand_in", ORGANIZER, after + HOUR, reply=one["library"].strip())
        reader, draft = self.stage.actor(PUBLISHER), publicity.of_subject(entry.stream)[0]
        at = self.at(after + 2 * HOUR)
        publicity.publish(draft.pk, version=draft.version, actor=reader, at=at)
        self.act(entry, "shelve", PUBLISHER, after + 3 * HOUR)

    def left_open(self, one: dict[str, Any]) -> None:
        issue = self.found(one, OVERDUE)
        self.act(issue, "push_up", one["unit"], OVERDUE + HOUR, reason=one["reason"])
        self.act(issue, "push_up", "supply", OVERDUE + DAY, reason=one["reason"])

    def refused(self, on: Matter, action: str, by: str, after: timedelta, **data: Any) -> None:
        """What the rule forbids is tried, and must fail, or the story is not true."""
        refused(
            lambda: self.act(on, action, by, after, **data),
            f"{by} was allowed to {action} {on.number}",
        )


def figures_of() -> list[figures.Figure]:
    """The document's figures beside those of this database's facts; the first is how many types of
    issues were found. Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    compared = figures.compare(plan["document"], plan["period"], root)
    definition = insight.definition(PROGRAMME, "issues_found")
    period = periods.parse(plan["period"])
    found = insight.figure(definition, period, root, by=("category",))
    types = sum(bool(row.value) for row in found.rows)
    first = figures.Figure("types", word("types"), plan["types"], types)
    return [first, *compared]


def accounts() -> Iterator[str]:
    """A line about each of the cast who may log in in the demonstration."""
    plan = script(NAME)
    places = {"root": plan["root"], **plan["units"]}
    for username, one in plan["people"].items():
        if one.get("login"):
            place = places[one["unit"]]["name"]
            yield word(
                "demo.account", username=username, name=one["name"], place=place, role=one["role"]
            )
