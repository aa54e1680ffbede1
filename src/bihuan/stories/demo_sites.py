"""Seed 004 item 1: demonstration sites of a committee over a year. One is raised and its practice spread to all
other branches; one is cautioned, helped and kept; one is struck off and appeals in vain."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at

NAME = "demo_sites"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFFICE, OTHER, LEADER, SECOND = (
    f"{NAME}-{one}" for one in ("office-1", "office-2", "leader-1", "leader-2")
)
PARTS = ("set_out_to", "carried_out", "self_checked", "improved")
FOLLOWED = 95 * DAY


def tell() -> int:
    """Tells the story, all of it or nothing; returns how many matters it opened, 0 when this database has
    heard it before."""
    plan = script(NAME)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Committee(_stage(plan, at), plan)
        with standing.steady():
            telling.all()
    return telling.opened


def _secretary(n: int) -> str:
    return f"{NAME}-secretary-{n}"


def _stage(plan: dict[str, Any], at: datetime) -> Stage:
    names = names_of(plan["names"])
    units = {
        f"branch-{n}": {"name": name, "level": "party_branch"}
        for n, name in enumerate(plan["branches"])
    }
    cast = cast_of(NAME, plan["cast"])
    post = {"role": "secretary", "title": "支部书记"}
    for n in range(len(units)):
        cast[_secretary(n)] = {**post, "unit": f"branch-{n}", "name": next(names)}
    return build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)


class _Committee(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any]) -> None:
        super().__init__(stage, plan)
        self.words, self.sites = plan["words"], plan["sites"]
        self.begins = local(plan["begins"])
        self.found: dict[int, Matter] = {}

    def all(self) -> None:
        """From the applications of January to the practice that took root in the autumn."""
        for n, one in enumerate(self.sites):
            self.applied(n, one)
        for quarter, when in enumerate(self.plan["examined"]):
            for n, one in enumerate(self.sites):
                if one["becomes"] != "refused":
                    self.quarter(n, one["becomes"], quarter, local(when))
        self.spread(local(self.plan["examined"][1]) + 2 * DAY)
        # Whoever was turned away did not appeal: the decision stands.
        matters.sweep(self.begins + 60 * DAY)

    def applied(self, n: int, one: dict[str, Any]) -> None:
        branch, by = self.stage.units[f"branch-{n}"], _secretary(n)
        fields = {"site_of": branch.pk, "site_theme": one["theme"]}
        opening = Opening(
            programme=NAME,
            kind="model_site",
            home=branch,
            subject=one["name"],
            body=one["feature"],
            fields=fields,
        )
        self.found[n] = self.open(opening, by, self.begins)
        pk, at = self.found[n].pk, self.begins + 2 * DAY
        goods = dict.fromkeys(("basis_good", "building_good", "effect_good"), "met")
        said = {**goods, "seen_there": self.words["looked"]}
        self.refused(pk, "look_over", by, at, **said)
        self.act(pk, "look_over", OFFICE, at, **said)
        if one["becomes"] == "refused":
            self.act(pk, "turn_away", LEADER, at + DAY, reason=self.words["refused"])
        else:
            self.act(pk, "enlist", LEADER, at + DAY)

    def report(self, n: int, quarter: int, at: datetime) -> None:
        """Plan, do, check, act of the quarter that is just over."""
        said = {name: self.words[name][(n + quarter) % len(self.words[name])] for name in PARTS}
        day = f"{at - 15 * DAY:%Y-%m-%d}"
        self.act(self.found[n].pk, "report_cycle", _secretary(n), at, day_in_it=day, **said)

    def quarter(self, n: int, becomes: str, quarter: int, at: datetime) -> None:
        """The end of a quarter of a site, by what becomes of it."""
        pk, words = self.found[n].pk, self.words
        after = {"helped": self.helped, "struck": self.struck}.get(becomes)
        if after is not None:
            after(n, quarter, at)
            return
        self.report(n, quarter, at - 3 * DAY)
        if becomes == "raised" and quarter == 1:
            self.act(pk, "raise_up", LEADER, at, seen_there=words["raised"])
            found = self.act(
                pk, "write_experience", _secretary(n), at + HOUR, experience=words["experience"]
            )
            self.published(found, OFFICE, at + DAY)
        else:
            self.act(pk, "keep_on", OFFICE, at, seen_there=words["kept"])

    def helped(self, n: int, quarter: int, at: datetime) -> None:
        """Cautioned, helped three ways, listed again, kept."""
        pk, words = self.found[n].pk, self.words
        if quarter == 0:
            # A quarter without a report, and everybody sees it.
            self.act(pk, "caution", OFFICE, at, reason=words["caution"])
            self.refused(pk, "take_back_in", OFFICE, at + HOUR, seen_there=words["mended"])
            for days, (kind, given) in enumerate(words["help"].items(), 1):
                on = at + 7 * days * DAY
                self.act(pk, "cook_apart", OTHER, on, help_kind=kind, help_given=given)
            self.act(pk, "take_back_in", OFFICE, at + 50 * DAY, seen_there=words["mended"])
            return
        self.report(n, quarter, at - 3 * DAY)
        self.act(pk, "keep_on", OFFICE, at, seen_there=words["kept"])

    def struck(self, n: int, quarter: int, at: datetime) -> None:
        """Cautioned, helped, struck off all the same by two people; another leader rejects the appeal."""
        pk, by, words = self.found[n].pk, _secretary(n), self.words
        if quarter == 0:
            self.report(n, quarter, at - 3 * DAY)
            self.act(pk, "caution", OFFICE, at, reason=words["caution"])
            given = {"help_kind": "guidance", "help_given": words["help"]["guidance"]}
            self.act(pk, "cook_apart", OTHER, at + 9 * DAY, **given)
        elif quarter == 1:
            self.act(pk, "propose_out", OFFICE, at, reason=words["out"])
            self.act(pk, "strike_off", LEADER, at + DAY, reason=words["out"])
            self.act(pk, "appeal", by, at + 3 * DAY, grounds=words["grounds"])
            self.refused(pk, "reject", LEADER, at + 4 * DAY, decision=words["rejected"])
            self.act(pk, "reject", SECOND, at + 5 * DAY, decision=words["rejected"])

    def spread(self, at: datetime) -> None:
        """The practice of the first is brought to all others, who are followed up."""
        opening = Opening(
            programme=NAME,
            kind="spreading",
            home=self.stage.root,
            subject=f"推广{self.words['practice']}",
            body=self.words["experience"],
            fields={
                "proven_by": self.stage.units["branch-0"].pk,
                "practice": self.words["practice"],
            },
        )
        round_ = self.open(opening, OFFICE, at)
        while notify.run(at + HOUR, lanes=("inside",)):
            continue
        brought = sorted(matters.open_children(round_), key=lambda one: one.pk)
        self.opened += len(brought)
        by_home = {self.stage.units[f"branch-{n}"].pk: n for n in range(len(self.plan["branches"]))}
        for one in brought:
            self.taken_up(one.pk, by_home[one.home_id], at + 5 * DAY)
        said = {"what_it_brought": self.words["brought"]}
        self.act(round_.pk, "round_off", OFFICE, at + 120 * DAY, **said)

    def taken_up(self, pk: int, n: int, at: datetime) -> None:
        """One does not fit, one is not rooted at first, one is let off; the others take root."""
        by, words = _secretary(n), self.words
        if n == 1:
            self.act(pk, "say_unfit", by, at, reason=words["unfit"])
            self.act(pk, "agree_unfit", OFFICE, at + DAY)
            return
        if n == 2:
            self.act(pk, "let_it_off", OFFICE, at, reason="支部正在改选。")
            return
        self.act(pk, "take_it_up", by, at, made_fit=words["made_fit"])
        self.act(pk, "put_to_use", by, at + 20 * DAY, what_changed=words["changed"])
        rooted = {"found_as": "rooted", "seen_there": words["rooted"]}
        if n == 3:
            missing = {"found_as": "not_rooted", "seen_there": words["not_rooted"]}
            self.act(pk, "follow_it_up", OTHER, at + 60 * DAY, **missing)
            self.act(pk, "put_to_use", by, at + 70 * DAY, what_changed=words["changed"])
        self.act(pk, "follow_it_up", OFFICE, at + FOLLOWED, **rooted)


def figures_of() -> list[figures.Figure]:
    """What the story says of itself beside the figures of this database's facts.

    Raises LookupError before the story was told."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The paper of the third quarter: drafted by the organisation office, issued by a leader. Made once;
    raises LookupError before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    at = local(plan["examined"][2]) + 3 * DAY
    yield papers.issued(f"{NAME}.quarterly", root, "2026-Q2", by=(OFFICE, LEADER), at=at)
