"""A committee of twelve branches through a year: what was held, missed, made up for, what a branch on a mission was
freed of, a branch that was founded and one that joined another, leaders in their own branch, the year's report."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from typing_extensions import override

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Waiving
from bihuan.kernel.people import api as people
from bihuan.kernel.upkeep import api as upkeep
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.rules import owing
from bihuan.rules.owing import State
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, locale, ready, root_of, script, told_at
from bihuan.web import words

_Due = tuple[datetime, Callable[[], None]]
_Fields = Mapping[str, Any]
NAME, PARTY = "org_life", "party_members.party"
SMALL = 10
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
YEAR = 2025
OFFICE, HEAD, ADMIN = f"{NAME}-office-1", f"{NAME}-party_secretary-1", f"{NAME}-admin-1"
TINY, FOUNDED, MERGED, INTO = "b9", "b12", "b11", "b10"
# On which day of its month each is held.
ON = {"committee": 12, "theme_day": 18, "assembly": 24, "group_meeting": 14, "life_meeting": 26}
QUARTERS = (2, 5, 8, 11)
# The branch that missed a theme day, the one that made up for one, the one away on a mission, the one that missed a
# committee meeting, the one whose assembly had too few voices, the one whose theme day was none.
MISSED, LATE, AWAY = ("b3", 8), ("b4", 6), ("b5", (7, 8))
NO_COMMITTEE, TOO_FEW, RULED_OUT = ("b7", 2), ("b6", 2), ("b8", 10)
PARTS = {
    "assembly": ("topics", "discussed", "resolved"),
    "committee": ("topics", "discussed", "resolved"),
    "group_meeting": ("topics", "discussed"),
    "lecture": ("said_there", "discussed"),
    "theme_day": ("done_there", "came_of_it"),
    "life_meeting": ("prepared", "criticised", "to_mend"),
}


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it opened, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Year(_stage(plan, at), plan)
        telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    plan |= {"small_form": part > 1, "assemblies": [*plan["branches"]]}
    if part > 1:
        small = plan["small"]
        plan |= {name: small[name] for name in ("since", "prepared", "assemblies")}
        plan["branches"] = {b: plan["branches"][b] for b in small["branches"]}
        for said in (
            *plan["document"].values(),
            *(s for o in plan["owed"].values() for s in o.values()),
        ):
            said["value"] = said.get("small")
    return plan


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    """The committee and whoever acts there; the branches come with their members."""
    cast = cast_of(NAME, plan["cast"])
    return build({**plan, "units": {}, "people": cast}, since=plan["since"], at=at)


class _Year(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.names = plan["words"], names_of(plan["names"])
        self.who: dict[str, int] = {}
        self.actors: dict[str, Actor] = {}
        self.missing: dict[tuple[str, str, int], list[Mapping[str, Any]]] = {}
        for one in plan["missing"]:
            self.missing.setdefault((one["branch"], one["kind"], one["month"]), []).append(one)

    @override
    def actor(self, by: str) -> Actor:
        return self.actors.get(by) or self.stage.actor(by)

    def all(self) -> None:
        """Everything by its day: what is founded and joined changes what is owed and who should come."""
        begins = local(self.plan["prepared"])
        for branch in self.plan["branches"]:
            if branch != FOUNDED:
                self.branch(branch, begins)
        self.leaders(begins)
        founded, merged = local(self.plan["founded_at"]), local(self.plan["merged_at"])
        due = sorted(self.due(), key=lambda one: one[0])
        self.lived(due, begins, founded)
        self.waived()
        self.branch(FOUNDED, founded)
        self.lived(due, founded, merged)
        source, into = self.stage.units[MERGED].pk, self.stage.units[INTO].pk
        upkeep.merge_orgs(source, into, at=merged, actor=self.actor(ADMIN))
        self.lived(due, merged, local(self.plan["reported"]))

    def lived(self, due: Sequence[_Due], since: datetime, until: datetime) -> None:
        with standing.steady():
            for at, done in due:
                if since <= at < until:
                    done()

    def branch(self, branch: str, at: datetime) -> None:
        """A branch with its secretary, two of its committee, other members, one on probation, one away."""
        root = orgs.org(self.stage.root.pk)
        made = orgs.create_org(
            self.plan["branches"][branch],
            parent=root,
            at=at,
            actor="system",
            code=f"{self.plan['root']['code']}-{branch}",
            level="party_branch",
        )
        self.stage.units[branch] = made
        on = timezone.localtime(at).date()
        told: dict[str, Any] = {"start": on, "at": at, "actor": SYSTEM}
        for key, role, title in (
            (f"{NAME}-{branch}-secretary", "secretary", "支部书记"),
            (f"{NAME}-{branch}-writer", "committee_member", "组织委员"),
            (f"{NAME}-{branch}-w2", "committee_member", "宣传委员"),
        ):
            who = orgs.create_person(key, next(self.names), at=at, actor="system")
            orgs.give_post(who.pk, made.pk, start=on, at=at, actor="system", title=title)
            access.give(who.pk, role, made.pk, start=on, at=at, actor="system")
            people.begin(who.pk, made, PARTY, "full", **told)
            self.stage.people[key] = who
            self.who[key.removeprefix(f"{NAME}-")] = who.pk
            self.actors[key] = access.actor(who, on)
        for n in range(1 if branch == TINY else self.plan["full"]):
            row = people.admit(next(self.names), made, PARTY, "full", **told)
            self.who[f"{branch}-m{n + 1}"] = row.person_id
        people.admit(next(self.names), made, PARTY, "probationary", **told)
        away = people.admit(next(self.names), made, PARTY, "full", **told)
        people.exempt(away.pk, "away", **told)

    def leaders(self, at: datetime) -> None:
        """Leaders belong to a branch like everybody; the first branch has a group, too."""
        on, names = timezone.localtime(at).date(), self.plan["branches"]
        told: dict[str, Any] = {"start": on, "at": at, "actor": SYSTEM}
        for n, branch in ((1, "b1"), (2, "b2"), (3, "b3")):
            key = f"{NAME}-leader-{n}"
            self.who[f"leader-{n}"] = self.stage.people[key].pk
            if branch in names:
                people.begin(self.stage.people[key].pk, self.unit(branch), PARTY, "full", **told)
        if "b1" not in names:
            return
        head = self.stage.people[HEAD]
        self.who["party_secretary-1"] = head.pk
        people.begin(head.pk, self.unit("b1"), PARTY, "full", **told)
        group = orgs.create_org(
            "第一党小组",
            parent=orgs.org(self.unit("b1").pk),
            at=at,
            actor="system",
            code=f"{self.plan['root']['code']}-b1-g1",
            level="party_group",
        )
        self.stage.units["g1"] = group
        row = people.admit(next(self.names), group, PARTY, "full", **told)
        self.who["g1-m1"] = row.person_id
        for _ in range(2):
            people.admit(next(self.names), group, PARTY, "full", **told)

    def unit(self, key: str) -> Org:
        return self.stage.units[key]

    def waived(self) -> None:
        """The office frees the branch on its mission, and a leader who is ill, for their time."""
        at, root = local(self.plan["waived_at"]), orgs.org(self.stage.root.pk)
        theme, there = (obligations.find(f"{NAME}.{one}") for one in ("theme_day", "leaders_there"))
        for wanted in (
            Waiving(theme, self.unit(AWAY[0]), "on_mission", date(YEAR, 7, 1), date(YEAR, 8, 31)),
            Waiving(
                there, root, "ill", date(YEAR, 10, 1), date(YEAR, 12, 31), self.who["leader-3"]
            ),
        ):
            obligations.waive(wanted, actor=self.actor(OFFICE), at=at)

    def due(self) -> Iterator[_Due]:
        """What each branch holds, by its day."""
        begins = timezone.localtime(local(self.plan["prepared"])).date()
        start = 1 if begins.year < YEAR else begins.month + 1
        for branch in self.plan["branches"]:
            first, last = max(start, 7 if branch == FOUNDED else 1), 8 if branch == MERGED else 12
            for month in range(first, last + 1):
                yield from self.month(branch, month)
        if self.plan["small_form"]:
            return
        for month in range(1, 13):
            yield self.one("g1", "group_meeting", month)
        lecturer = {"lecturer": self.who["party_secretary-1"]}
        yield self.one("b1", "lecture", 7, day=1, fields=lecturer)
        yield self.one("b2", "lecture", 3, day=20)
        yield local(self.plan["talked_at"]), self.talks

    def month(self, branch: str, month: int) -> Iterator[_Due]:
        if (branch, month) == LATE:
            yield self.one(branch, "theme_day", month + 1, day=5)
        elif (branch, month) != MISSED and not (branch == AWAY[0] and month in AWAY[1]):
            yield self.one(branch, "theme_day", month)
        if (branch, month) == RULED_OUT:
            yield self.one(branch, "theme_day", month, day=28)
        if (branch, month) == TOO_FEW:
            yield self.one(branch, "assembly", 4, day=9)
        elif month in QUARTERS and branch in self.plan["assemblies"]:
            yield self.one(branch, "assembly", month)
        if self.plan["small_form"]:
            return
        if branch != TINY and (branch, month) != NO_COMMITTEE:
            yield self.one(branch, "committee", month)
        if month == (8 if branch == MERGED else 11):
            for nth, sort in enumerate(("life", "appraisal") if branch == "b2" else ("both",)):
                day = ON["life_meeting"] + nth
                yield self.one(branch, "life_meeting", month, day=day, fields={"category": sort})

    def one(
        self, branch: str, kind: str, month: int, day: int = 0, fields: _Fields | None = None
    ) -> _Due:
        on = date(YEAR, month, day or ON[kind])
        at = timezone.make_aware(datetime.combine(on, time(9)))
        return at, lambda: self.held(branch, kind, at, dict(fields or {}))

    def held(self, branch: str, kind: str, at: datetime, fields: dict[str, Any]) -> None:
        """Planned a week ahead and called; then who came, that it was held, minutes with two signatures
        (in the small story of assemblies alone)."""
        place = "b1" if branch == "g1" else branch
        chair, month = f"{NAME}-{place}-secretary", timezone.localtime(at).month
        if kind == "theme_day":
            fields["theme"] = self.words["themes"][month % len(self.words["themes"])]
        again = (branch, month, kind) == (TOO_FEW[0], 4, "assembly")
        found = self.planned(branch, kind, at - 14 * DAY if again else at, chair, fields)
        if again:
            self.too_few(found, chair, at)
        absent = self.missing.get((branch, kind, month), [])
        gone: dict[str, list[int]] = {"excused": [], "absent": [], "made_up": []}
        for one in absent:
            gone[one["how"]] += [self.who[key] for key in one["who"]]
        if gone["excused"]:
            why = {"who": gone["excused"], "why": "因公出差。"}
            self.act(found.pk, "excuse_for", chair, at - HOUR, **why)
        missing = gone["absent"] + gone["made_up"]
        self.act(found.pk, "all_but", chair, at + HOUR, missing=missing)
        self.act(found.pk, "hold", chair, at + 2 * HOUR)
        if gone["made_up"]:
            how = {"who": gone["made_up"], "how": "补学材料并交流。"}
            self.act(found.pk, "make_up_for", chair, at + 3 * DAY, **how)
        if not self.plan["small_form"] or kind == "assembly":
            said = {name: self.words[name] for name in PARTS[kind]}
            self.refused(found.pk, "sign", chair, at + 3 * HOUR)
            self.act(found.pk, "write_minutes", f"{NAME}-{place}-writer", at + 3 * HOUR, **said)
            self.act(found.pk, "sign", chair, at + 4 * HOUR)
        if (branch, month) == RULED_OUT and kind == "theme_day" and at.day == ON[kind]:
            why = {"ground": "business_only", "why": "通篇是业务工作部署。"}
            self.act(found.pk, "rule_out", OFFICE, at + 2 * DAY, **why)

    def planned(
        self, branch: str, kind: str, at: datetime, chair: str, fields: dict[str, Any]
    ) -> Matter:
        on = timezone.localtime(at).date()
        when = {"on_day": on.isoformat(), "begins": "09:00", "ends": "11:00"}
        opening = Opening(
            programme=NAME,
            kind=kind,
            home=orgs.standing_org(self.unit(branch).pk),
            subject=f"{on.month}月{self.plan['called'][kind]}",
            body="",
            fields={**when, "place": "党员活动室", **fields},
        )
        found = self.open(opening, chair, at - 7 * DAY)
        return self.act(found.pk, "call", chair, at - 7 * DAY + HOUR)

    def too_few(self, found: Matter, chair: str, at: datetime) -> None:
        """Fewer than half of those with a vote came: it is not held, but put off."""
        self.act(found.pk, "tick", chair, at - 14 * DAY + HOUR, who=[self.who["b6-secretary"]])
        self.refused(found.pk, "hold", chair, at - 14 * DAY + 2 * HOUR)
        self.act(
            found.pk, "untick", chair, at - 14 * DAY + 2 * HOUR, who=[self.who["b6-secretary"]]
        )
        new = {"on_day": timezone.localtime(at).date().isoformat(), "why": "到会人数不足，改期。"}
        self.act(found.pk, "put_off", chair, at - 14 * DAY + 3 * HOUR, **new)

    def talks(self) -> None:
        """The committee of one branch talks with each other and with members: each pair one slip."""
        at = local(self.plan["talked_at"])
        secretary, writer = f"{NAME}-b1-secretary", f"{NAME}-b1-writer"
        self.talked(writer, "b1-secretary", "of_committee", at, secretary)
        self.talked(f"{NAME}-b1-w2", "leader-1", "committee_and_member", at, f"{NAME}-leader-1")
        for n in range(1, self.plan["full"] + 1):
            self.talked(writer, f"b1-m{n}", "committee_and_member", at, "")

    def talked(self, by: str, whom: str, sort: str, at: datetime, confirms: str) -> None:
        fields = {"other_one": self.who[whom], "talked_on": f"{YEAR}-11-01", "among_whom": sort}
        opening = Opening(
            programme=NAME,
            kind="talk",
            home=self.unit("b1"),
            subject="谈心谈话",
            body="",
            fields=fields,
        )
        pk = self.open(opening, by, at).pk
        if confirms:
            self.act(pk, "confirm", confirms, at + HOUR)
            return
        self.refused(pk, "confirm_for", by, at + HOUR)
        self.act(pk, "confirm_for", f"{NAME}-b1-secretary", at + HOUR)


def figures_of(part: int = 1) -> list[figures.Figure]:
    """What was held by this database's facts and what became of what was owed by its matrix, each beside
    what the story says. Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    said = {name: one for name, one in plan["document"].items() if one["value"] is not None}
    found = figures.compare(said, plan["period"], root)
    for name, states in plan["owed"].items():
        one = obligations.find(f"{NAME}.{name}")
        run = owing.of_year(one.spec.grain, YEAR)
        lines, _ = obligations.lines(one, run, root.path, local(plan["reported"]).date())
        told = obligations.tally(lines)
        strings = one.programme.strings[locale()]
        for state, said in states.items():
            if said["value"] is not None:
                words_of = words.house().text(f"obligations.state.{state}", locale())
                title = f"{strings[f'obligations.{name}']} · {words_of}"
                count = told[State(state)]
                found.append(figures.Figure(f"{name}.{state}", title, said["value"], count))
    return found


def bulletins() -> Iterator[Bulletin]:
    """The year's report: drafted by the office, issued by the committee's secretary. Made once; raises
    LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    at = local(plan["reported"])
    yield papers.issued(f"{NAME}.yearly", root, plan["period"], by=(OFFICE, HEAD), at=at)
