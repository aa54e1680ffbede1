"""Seed 002 item 2: a centre, its townships, village posts. One post is silent, one crosses the threshold: found,
handled, looked back on; one alert is late and turns out to be nothing; an audit, a review and what they found."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter, Opening
from bihuan.kernel.obligations import api as obligations
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories import stage as stages
from bihuan.stories.speaking import Telling, cast_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "monitoring"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HEAD, DUTY, OTHER, QUALITY = (
    f"{NAME}-{one}" for one in ("head-1", "duty-1", "duty-2", "quality-1")
)


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many matters there are, 0 when this database has heard
    it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        stage = build({**plan, "people": cast_of(NAME, plan["cast"])}, since=plan["since"], at=at)
        telling = _Net(stage, plan)
        with standing.steady():
            telling.all()
    return matters.count(stage.actor(HEAD), Filter(programme=NAME))


class _Net(Telling):
    """The net of one centre."""

    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words = plan["words"]
        self.weekly = obligations.find(f"{NAME}.weekly")
        # The newest that each post handed in.
        self.reports: dict[str, Matter] = {}

    def all(self) -> None:
        """Three weeks, what they brought, and what the year asks of the centre."""
        self.prepared(local(self.plan["prepared"]) + HOUR)
        first, second, third = (local(one) for one in self.plan["weeks"])
        self.week(0, first)
        self.week(1, second)
        self.silent(local(self.plan["noticed"]))
        self.week(2, third)
        self.handled(third)
        self.quality(third + 8 * DAY)

    def _reporter(self, unit: str) -> str:
        sort, _, rest = unit.partition("-")
        return f"{NAME}-{'check' if sort == 'town' else 'post'}-{rest}-1"

    def week(self, n: int, at: datetime) -> None:
        """Every post but the silent one reports: what it found, or with one press that there was nothing."""
        found = self.plan["found"][n]
        for unit in self.stage.units:
            if unit == "root" or (n == 1 and unit == self.plan["silent"]):
                continue
            place, by = self.stage.units[unit], self.stage.actor(self._reporter(unit))
            if unit in found:
                self.cases(unit, found[unit], at)
            else:
                obligations.press(self.weekly, place, actor=by, at=at, key=f"{unit}:{n}")

    def cases(self, unit: str, rows: list[dict[str, Any]], at: datetime) -> None:
        opening = Opening(
            programme=NAME,
            kind="case_report",
            home=self.stage.units[unit],
            subject="本周监测报告",
            body=self.words["found"],
            fields={"seen_cases": rows},
        )
        found = self.open(opening, self._reporter(unit), at)
        self.reports[unit] = found
        checker = f"{NAME}-check-{unit.split('-')[1]}-1"
        self.refused(found.pk, "look_through", self._reporter(unit), at)
        self.act(found.pk, "look_through", checker, at + HOUR)

    def of(self, kind: str, category: str = "") -> Matter:
        """The one of a kind that there is."""
        wanted = Filter(programme=NAME, kind=kind, category=category)
        (found,) = matters.matters(self.actor(HEAD), wanted, 2).rows
        return found

    def silent(self, at: datetime) -> None:
        """Whoever was silent is found out by the house, says why, and is settled by the township."""
        obligations.remind(at)
        obligations.remind(at + HOUR)
        found, by = self.of("silent_post"), self._reporter(self.plan["silent"])
        self.act(
            found.pk, "explain", by, at + HOUR, why_silent="thought_none", what_was="nothing_was"
        )
        self.refused(found.pk, "settle", by, at + HOUR)
        self.act(found.pk, "settle", f"{NAME}-check-1-1", at + 2 * HOUR)

    def handled(self, at: datetime) -> None:
        """Both alerts open by themselves, in somebody's hands: one is true, one is late and ruled out."""
        stages.work(at)
        well, food = (
            self.of("early_warning", category="intestinal"),
            self.of("early_warning", category="food"),
        )
        by = {DUTY: OTHER, OTHER: DUTY}
        mine = next(one for one in by if self.stage.people[one].pk == well.assignee_id)
        self.act(
            well.pk,
            "find_true",
            mine,
            at + HOUR,
            found_there=self.words["there"],
            source_known="known",
        )
        self.act(well.pk, "take_measures", mine, at + 2 * HOUR, measures=self.words["measures"])
        matters.sweep(at + 3 * HOUR)
        said = {"reason": self.words["nothing_there"]}
        self.act(food.pk, "rule_out", by[mine], at + 5 * HOUR, **said)
        right = [{"group": "intestinal", "found": 1}]
        self.act(
            self.reports["village-2-2"].pk,
            "set_right",
            f"{NAME}-check-2-1",
            at + DAY,
            seen_cases=right,
            reason=self.words["twice"],
        )
        self.act(well.pk, "contain", mine, at + 7 * DAY, how_it_ended=self.words["ended"])
        office = self.stage.units["town-2"].pk
        back = {
            "went_well": self.words["well"],
            "to_better": [{"what": self.words["better"], "office": office}],
        }
        self.refused(well.pk, "look_back", mine, at + 8 * DAY, **back)
        found = self.act(well.pk, "look_back", QUALITY, at + 8 * DAY, **back)
        self.mended(found, f"{NAME}-check-2-1", at + 10 * DAY)

    def mended(self, found: Matter, by: str, at: datetime) -> None:
        """What was found under a matter is put right there, and verified by somebody else."""
        for one in matters.open_children(found):
            said = {"cause_found": self.words["cause"], "what_was_done": self.words["done"]}
            self.act(one.pk, "put_right", by, at, **said)
            self.refused(one.pk, "verify", by, at + HOUR)
            self.act(one.pk, "verify", QUALITY, at + DAY)

    def prepared(self, at: datetime) -> None:
        """The emergency plan: who is on the roster, what is at hand, a drill."""
        opening = Opening(
            programme=NAME,
            kind="emergency_plan",
            home=self.stage.root,
            subject="传染病应急预案",
            body="接报、核实、处置、复盘。",
            fields={"category": "outbreak"},
        )
        pk = self.open(opening, DUTY, at).pk
        people = self.stage.people
        crew = [
            {"person": people[DUTY].pk, "part": "现场调查", "lead": True},
            {"person": people[OTHER].pk, "part": "采样检验"},
        ]
        self.act(pk, "put_on_roster", DUTY, at, crew=crew)
        stores = [{"title": "采样箱两只", "by": f"{at + 20 * DAY:%Y-%m-%d}"}]
        self.act(pk, "lay_in", DUTY, at, stores=stores)
        self.refused(pk, "approve", DUTY, at)
        self.act(pk, "approve", HEAD, at + HOUR)
        day = f"{at + DAY:%Y-%m-%d}"
        said = {"drilled_on": day, "what_was_seen": self.words["drill"]}
        self.act(pk, "note_drill", DUTY, at + 2 * DAY, **said)

    def quality(self, at: datetime) -> None:
        """The year's internal audit and management review, each with a finding."""
        town, words = self.stage.units["town-1"].pk, self.words
        body, home = "年度安排", self.stage.root
        about = {"audited": town, "category": "whole_system"}
        opening = Opening(NAME, "internal_audit", home, body, subject="年度内审", fields=about)
        audit = self.open(opening, QUALITY, at)
        row = {"what": words["not_as_required"], "category": "not_as_required", "office": town}
        found = self.act(
            audit.pk, "look_into", QUALITY, at + DAY, seen_there=words["seen"], findings=[row]
        )
        said = {"conclusion": words["conclusion"]}
        self.refused(audit.pk, "write_up", QUALITY, at + DAY, **said)
        self.mended(found, f"{NAME}-check-1-1", at + 3 * DAY)
        self.act(audit.pk, "write_up", QUALITY, at + 5 * DAY, **said)
        fields = {"year": "2026"}
        opening = Opening(NAME, "management_review", home, body, subject="管理评审", fields=fields)
        review = self.open(opening, QUALITY, at + 6 * DAY)
        row = {"what": words["to_improve"], "category": "to_improve", "office": home.pk}
        decided = self.act(
            review.pk,
            "decide",
            HEAD,
            at + 7 * DAY,
            matters_reviewed=words["matters_reviewed"],
            findings=[row],
        )
        self.mended(decided, DUTY, at + 9 * DAY)


def figures_of() -> list[figures.Figure]:
    """What the story says of itself beside the figures of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    return figures.compare(plan["document"], plan["period"], told_at(plan["root"]["code"], NAME))


def bulletins() -> Iterator[Bulletin]:
    """The paper of the month: drafted by who is on duty, issued by the head. Made once; raises LookupError before
    the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    at = local(plan["weeks"][2]) + 20 * DAY
    yield papers.issued(f"{NAME}.monthly", root, "2026-03", by=(DUTY, HEAD), at=at)
