"""Seed 000 part 2: two units with as many activities in a year, one month by month, the other in March; who was
there is confirmed, certified and checked, put right where it was wrong, and called back."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.lib.problems import InputError
from bihuan.outcomes.papers import api as printed
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import (
    Stage,
    build,
    local,
    ready,
    refused,
    root_of,
    script,
    told_at,
)

NAME = "volunteering"
SMALL = 2
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
UNITS = ("steady", "burst")
OFFICE, READER = f"{NAME}-office-1", f"{NAME}-office-2"
VOLUNTEERS = f"{NAME}.volunteer"
CERTIFICATE = "hours_certificate"


def tell(part: int = 1) -> int:
    """Tells the story, all of it or nothing; returns how many matters it opened, 0 when this database has
    heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Year(_stage(plan, at), plan)
        with standing.steady():
            telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    plan["volunteers"] = plan["volunteers"][int(part > 1)]
    small = plan["months"].pop("small")
    if part > 1:
        plan["months"] = small
        for unit in plan["document"].values():
            for said in unit.values():
                said["value"] = said["small"]
    return plan


def volunteer(unit: str, n: int) -> str:
    """The user name of the nth volunteer of a unit."""
    return f"{NAME}-{unit}-volunteer-{n}"


def organiser(unit: str) -> str:
    """The user name of whoever organises at a unit."""
    return f"{NAME}-{unit}-1"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    names, since = names_of(plan["names"]), plan["since"]
    cast = cast_of(NAME, plan["cast"])
    for unit in UNITS:
        for n in range(1, plan["volunteers"] + 1):
            cast[volunteer(unit, n)] = {"unit": unit, "role": "", "name": next(names)}
    stage = build({**plan, "people": cast}, since=since, at=at)
    told: dict[str, Any] = {"start": since, "at": at, "actor": SYSTEM}
    for unit in UNITS:
        for n in range(1, plan["volunteers"] + 1):
            who = stage.people[volunteer(unit, n)].pk
            people.begin(who, stage.units[unit], VOLUNTEERS, "registered", **told)
    return stage


class _Year(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.asked = plan["words"], local(plan["asked"])
        self.count = plan["volunteers"]

    def all(self) -> None:
        """Both years; then who asks for a certificate, and what becomes of it."""
        held = {unit: [self.held(unit, day) for day in self.days(unit)] for unit in UNITS}
        self.put_right(held["steady"][0])
        self.called_back(held["burst"][0])
        self.kept_up()
        self.told_of()

    def days(self, unit: str) -> Iterator[date]:
        """The days of a unit's activities, so many in each month."""
        year = int(self.plan["year"])
        for month, many in enumerate(self.plan["months"][unit], 1):
            yield from (date(year, month, 2 + n * 26 // max(many, 1)) for n in range(many))

    def person(self, unit: str, n: int) -> int:
        return self.stage.people[volunteer(unit, n)].pk

    def turn(self, day: date) -> list[int]:
        """Whose turn it is: the numbers of the half of the volunteers that come, and of one more."""
        return [(day.month + n) % self.count + 1 for n in range(self.count // 2 + 1)]

    def opening(self, kind: str, unit: str, subject: str, **fields: Any) -> Opening:
        return Opening(NAME, kind, self.stage.units[unit], subject, subject=subject, fields=fields)

    def held(self, unit: str, day: date) -> Matter:
        """One activity: open to sign up, half of the volunteers come, one of them stays away; confirmed."""
        by, (first, *others) = organiser(unit), self.turn(day)
        late = others.pop()
        said = dict(self.plan["activity"][unit])
        fields = {"held_on": day.isoformat(), "room_for": 1 + len(others)}
        opening = self.opening("service_activity", unit, said.pop("subject"), **said, **fields)
        begun = local(datetime.fromisoformat(f"{day}T{said['from_time']}"))
        at = begun - 5 * DAY
        pk = self.open(opening, by, at).pk
        self.act(pk, "open_sign_up", by, at)
        self.act(pk, "put_name_down", volunteer(unit, first), at + HOUR)
        named = [self.person(unit, n) for n in others]
        self.act(pk, "enter_names", by, at + 2 * HOUR, volunteers_named=named)
        if day.month == 1:
            # No place is left until somebody gives theirs back.
            self.refused(pk, "put_name_down", volunteer(unit, late), at + 3 * HOUR)
            self.act(pk, "cannot_come", volunteer(unit, first), at + 4 * HOUR)
            self.act(pk, "put_name_down", volunteer(unit, late), at + 5 * HOUR)
        over = begun + 3 * HOUR
        self.act(pk, "note_rest_present", by, over, stayed_away=named[-1:])
        if unit == "burst":
            outsiders = [{"name": "某同学", "whence": self.words["outside"]}]
            self.act(pk, "note_outsiders", by, over, outsiders=outsiders)
        return self.act(pk, "confirm_hours", by, over)

    def put_right(self, found: Matter) -> None:
        """Somebody was there and is down as absent: they say so, it is put right, and their certificate has it.
        They ask for nobody else's, and do not certify their own."""
        unit = "steady"
        n, other = self.turn(date(int(self.plan["year"]), 1, 1))[-2:]
        who, by, at = volunteer(unit, n), organiser(unit), found.changed_at + DAY
        self.act(found.pk, "question_record", who, at, seems_wrong=self.words["seems_wrong"])
        right = {"volunteer_meant": self.person(unit, n), "really": "came"}
        self.act(
            found.pk, "put_record_right", by, at + DAY, reason=self.words["put_right"], **right
        )
        foreign = self.opening("hours_proof", unit, "记录证明", volunteer=self.person(unit, other))
        refused(
            lambda: matters.open_matter(foreign, actor=self.actor(who), at=self.asked),
            f"{who} was allowed to ask for the hours of somebody else",
            (InputError,),
        )
        proof = self.asked_for(unit, n)
        self.refused(proof.pk, "certify", who, self.asked)
        self.act(proof.pk, "certify", by, self.asked + HOUR)
        printed.issue(proof.pk, CERTIFICATE, actor=self.actor(who), at=self.asked + 2 * HOUR)

    def asked_for(self, unit: str, n: int) -> Matter:
        """A volunteer asks for a certificate of all their hours."""
        opening = self.opening("hours_proof", unit, "记录证明", volunteer=self.person(unit, n))
        return self.open(opening, volunteer(unit, n), self.asked)

    def called_back(self, found: Matter) -> None:
        """A certificate rests on somebody who was not there: the record is put right, the paper withdrawn."""
        unit, at = "burst", self.asked
        n = self.turn(date(int(self.plan["year"]), 3, 1))[1]
        by, proof = organiser(unit), self.asked_for(unit, n)
        self.act(proof.pk, "certify", by, at + HOUR)
        printed.issue(proof.pk, CERTIFICATE, actor=self.actor(by), at=at + 2 * HOUR)
        why = self.words["called_back"]
        wrong = {"volunteer_meant": self.person(unit, n), "really": "absent", "reason": why}
        self.act(found.pk, "put_record_right", by, at + DAY, **wrong)
        self.act(proof.pk, "call_back", by, at + DAY + HOUR, reason=why)

    def kept_up(self) -> None:
        """A project and a post of the steady unit, which somebody else says yes to."""
        by, at = organiser("steady"), local(self.plan["prepared"]) + DAY
        fields = {"category": "elderly", "for_whom": self.words["project"]}
        opening = self.opening("service_project", "steady", "常青陪伴", **fields)
        found = self.open(opening, by, at)
        self.refused(found.pk, "take_on_project", by, at + HOUR)
        self.act(found.pk, "take_on_project", OFFICE, at + DAY)
        opening = self.opening("service_post", "steady", "便民学雷锋岗", **self.words["place"])
        found = self.open(opening, by, at)
        self.act(found.pk, "set_up", OFFICE, at + DAY)
        printed.issue(found.pk, "post_plate", actor=self.actor(by), at=at + 2 * DAY)

    def told_of(self) -> None:
        """Somebody like everybody else is put forward, and told of once they agree."""
        fields = {"who_did_it": self.person("steady", 1), "good_of": "helping_others"}
        opening = self.opening("exemplar", "steady", "照看同楼老人", **fields)
        found = self.open(opening, volunteer("steady", 2), self.asked)
        said = {"what_was_found": self.words["found"]}
        self.act(found.pk, "look_into", OFFICE, self.asked + HOUR, **said)
        deed = {"good_deed": self.words["deed"]}
        self.refused(found.pk, "tell_of_them", OFFICE, self.asked + HOUR, **deed)
        self.act(found.pk, "be_told_of", volunteer("steady", 1), self.asked + 2 * HOUR)
        found = self.act(found.pk, "tell_of_them", OFFICE, self.asked + 3 * HOUR, **deed)
        self.published(found, READER, self.asked + 4 * HOUR)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """Of each unit how many activities and how evenly spread, beside those of this database's facts. Raises
    LookupError before the story was told."""
    plan = _plan(part)
    return [
        one
        for unit in UNITS
        for one in figures.compare(
            plan["document"][unit], plan["year"], told_at(f"{plan['root']['code']}-{unit}", NAME)
        )
    ]


def bulletins() -> Iterator[Bulletin]:
    """The year's report of both units: drafted by an organiser of the office, issued by its head. Made once;
    raises LookupError before the story."""
    plan = script(NAME)
    insight.export(insight.store())
    place = told_at(plan["root"]["code"], NAME)
    at = local(plan["asked"]) + 5 * DAY
    yield papers.issued(f"{NAME}.yearly", place, plan["year"], by=(OFFICE, READER), at=at)
