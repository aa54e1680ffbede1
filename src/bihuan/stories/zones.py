"""Seed 000 part 1: a drive over three nights, 26 posts, 391 people, 100 vehicles, ten findings of which one is grave.
Seed 002, a building company's items 3 and 5: a branch's zone, who is on duty there, the places that are let."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter, Matter, Opening
from bihuan.stories import figures
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "zones"
HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(days=7)
OFFICE, CHECKER, SECRETARY = (f"{NAME}-{one}-1" for one in ("office", "checker", "secretary"))
FIRST, SECOND, THIRD = (f"{NAME}-member-{n}" for n in (1, 2, 3))
ROUNDS = 12


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many matters there are, 0 when this database has heard
    it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        stage = _stage(plan, at)
        telling = _Force(stage, plan)
        with standing.steady():
            telling.all()
    return matters.count(stage.actor(CHECKER), Filter(programme=NAME))


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    names = names_of(plan["names"])
    units: dict[str, Any] = {f"squad-{n}": name for n, name in enumerate(plan["squads"])}
    units["branch"] = {"name": plan["branch"]["name"], "level": "party_branch"}
    cast = cast_of(NAME, plan["cast"])
    for n in range(len(plan["squads"])):
        post = {"role": "drive_squad", "unit": f"squad-{n}", "title": "中队长"}
        cast[_squad(n)] = {**post, "name": next(names)}
    return build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)


def _squad(n: int) -> str:
    return f"{NAME}-squad-{n}"


class _Force(Telling):
    """The force and the branch below it."""

    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words = plan["words"]
        self.begins = local(plan["begins"])

    def all(self) -> None:
        """The branch's spring, and the three nights of May."""
        self.zone()
        self.duty(self.begins + 2 * DAY)
        self.let(self.begins + 3 * DAY)
        self.drive([local(one) for one in self.plan["nights"]])

    def opened_as(self, kind: str, by: str, at: datetime, subject: str, **fields: Any) -> Matter:
        home = self.stage.root if by == OFFICE else self.stage.units["branch"]
        return self.open(Opening(NAME, kind, home, subject, subject=subject, fields=fields), by, at)

    def zone(self) -> None:
        """A round every week; an incident dealt with; three months later it is found clean, and not before."""
        at, words = self.begins, self.words
        pk = self.opened_as("members_zone", SECRETARY, at, "卫清路东侧", category="let_rooms").pk
        people = self.stage.people
        crew = [
            {"person": people[FIRST].pk, "part": "一至四号楼", "lead": True},
            {"person": people[SECOND].pk, "part": "五至八号楼"},
        ]
        self.refused(pk, "set_up", SECRETARY, at)
        self.act(pk, "put_in_charge", SECRETARY, at, crew=crew)
        self.act(pk, "set_up", SECRETARY, at + HOUR)
        for n in range(ROUNDS):
            by = (FIRST, SECOND)[n % 2]
            said = {"round_found": "all_well", "round_told": words["told"]}
            self.act(pk, "walk_round", by, at + DAY + n * WEEK, **said)
            if n == 0:
                # Whoever is not in charge of it walks no round.
                self.refused(pk, "walk_round", THIRD, at + DAY, **said)
                self.incident(pk, at + 5 * DAY)
        self.refused(pk, "find_clean", CHECKER, at + 80 * DAY, seen_there=words["clean"])
        self.act(pk, "find_clean", CHECKER, at + 100 * DAY, seen_there=words["clean"])

    def incident(self, pk: int, at: datetime) -> None:
        """Noted by who is in charge, dealt with, verified by somebody else."""
        said = {"category": "violation", "what_happened": self.words["happened"]}
        (found,) = matters.open_children(self.act(pk, "note_incident", FIRST, at, **said))
        self.act(found.pk, "see_to_it", FIRST, at + DAY, what_was_done=self.words["done"])
        self.refused(found.pk, "verify", FIRST, at + DAY)
        self.act(found.pk, "verify", CHECKER, at + 2 * DAY)

    def duty(self, at: datetime) -> None:
        """Three shifts: one as it was given, one taken by a colleague, one missed."""
        found = self.opened_as("duty_roster", SECRETARY, at, "二月值班", month=f"{at:%Y-%m}")
        people = self.stage.people
        rows = [
            {
                "day": f"{at + n * DAY:%Y-%m-%d}",
                "begins": "19:00",
                "ends": "22:00",
                "person": people[who].pk,
            }
            for n, who in enumerate((FIRST, SECOND, THIRD), 1)
        ]
        found = self.act(found.pk, "give_shifts", SECRETARY, at, shifts=rows)
        first, second, third = sorted(matters.open_children(found), key=lambda one: one.pk)
        self.act(second.pk, "ask_swap", SECOND, at + HOUR)
        self.refused(second.pk, "take_it", SECOND, at + HOUR)
        self.act(second.pk, "take_it", FIRST, at + 2 * HOUR)
        self.refused(second.pk, "begin", SECOND, at + 2 * DAY)
        for one, by, on in ((first, FIRST, at + DAY), (second, FIRST, at + 2 * DAY)):
            self.act(one.pk, "begin", by, on + 10 * HOUR)
            self.act(one.pk, "hand_over", by, on + 13 * HOUR, left_to_do=self.words["left"])
        self.act(third.pk, "note_missed", SECRETARY, at + 4 * DAY, reason=self.words["ill"])
        self.act(found.pk, "close_up", SECRETARY, at + 12 * DAY)

    def let(self, at: datetime) -> None:
        """Three places, by how many people live there and whether they are safe; nobody is named."""
        for n, category in enumerate(("dwelling", "dwelling", "shop_front")):
            found = self.opened_as(
                "let_place", SECOND, at, f"{n + 1}号楼{n + 2}01", category=category
            )
            safe = {"living_there": n + 1, "gas_safe": "safe", "wiring_safe": "safe"}
            self.act(found.pk, "look_in", SECOND, at + n * HOUR, **safe)
            if category == "shop_front":
                day = f"{at + DAY:%Y-%m-%d}"
                self.act(found.pk, "note_pledge", SECOND, at + DAY, signed_on=day)

    def drive(self, nights: list[datetime]) -> None:
        """Three nights at the same posts, each with who was out and what was found."""
        plan, words = self.plan, self.words
        at = nights[0] - DAY
        found = self.opened_as("drive", OFFICE, at, words["drive"], category="drink_driving")
        squads = len(plan["squads"])
        for n, night in enumerate(nights):
            rows = [
                {
                    "squad": self.stage.units[f"squad-{post % squads}"].pk,
                    "where": f"{post + 1}号夜查点",
                    "night": f"{night:%Y-%m-%d}",
                }
                for post in range(plan["posts"])
            ]
            self.act(found.pk, "call_night", OFFICE, night - 3 * HOUR, night_posts=rows)
            there = sorted(matters.open_children(found), key=lambda one: one.pk)
            for post, one in enumerate(there[n * plan["posts"] :]):
                self.night(n, post, one, night)
        self.refused(found.pk, "sum_up", OFFICE, nights[-1] + DAY, summing_up=words["summing_up"])
        for one in matters.open_children(found):
            self.act(one.pk, "read_it", OFFICE, nights[-1] + 3 * DAY)
        self.act(found.pk, "sum_up", OFFICE, nights[-1] + 4 * DAY, summing_up=words["summing_up"])

    def night(self, n: int, post: int, one: Matter, night: datetime) -> None:
        """One post in one night, from nine to one."""
        plan, by = self.plan, _squad(post % len(self.plan["squads"]))
        for night_of, where, category in plan["found"]:
            if (night_of, where) == (n, post):
                said = {"found_as": category, "what_was_found": self.words["found"]}
                found = self.act(one.pk, "note_found", by, night + 2 * HOUR, **said)
                (finding,) = matters.open_children(found)
                self.act(finding.pk, "pass_along", by, night + 4 * HOUR)
        nth, posts = n * plan["posts"] + post, 3 * plan["posts"]
        out = {
            group: (plan[group] * (nth + 1)) // posts - (plan[group] * nth) // posts
            for group in ("people", "vehicles")
        }
        at = night + 5 * HOUR
        extra = nth == 0
        rows = [
            {"group": group, "many": many + (extra and group == "people")}
            for group, many in out.items()
        ]
        self.act(one.pk, "report_back", by, at, sent_out=rows)
        if extra:
            right = [{"group": group, "many": many} for group, many in out.items()]
            self.act(one.pk, "set_right", by, at + HOUR, sent_out=right, reason=self.words["twice"])


def figures_of() -> list[figures.Figure]:
    """The documents' figures, the drive's as a whole and by night, the branch's, beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    branch = told_at(f"{plan['root']['code']}-branch", NAME)
    found = figures.compare(plan["document"], plan["period"], root)
    # A night ends on the day after, when its posts report back.
    for night in plan["nights"]:
        day = f"{night + 5 * HOUR:%Y-%m-%d}"
        found += figures.compare(plan["document_night"], day, root)
    return [*found, *figures.compare(plan["document_branch"], plan["period"], branch)]
