"""Seed 003 case 4: a street holds more than thirty open lectures, with more than a hundred volunteer lecturers and
1,500 people; who came scores each once, and a lecturer sees how their four averages moved."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.people import api as people
from bihuan.kernel.people.api import Beginning, Keeper
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.stories import figures, papers
from bihuan.stories.speaking import Telling, cast_of, names_of
from bihuan.stories.stage import Stage, build, local, ready, root_of, script, told_at, work

NAME = "open_lecture"
PARTY = "party_members.party"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SMALL = 10
SMALL_ITS = {"branches": 4, "members": 14, "accounts": 7, "offers": 6}
OFFICE, SECOND, LEADER = f"{NAME}-office-1", f"{NAME}-office-2", f"{NAME}-leader-1"
GRADES = ("very_good", "good", "fair")
# Each lecture is so long after the one before; it is held after its invitation, closed after its time.
APART, HELD, CLOSED = 9 * DAY, 5 * DAY, 13 * DAY
# How many forms come back of a lecture whose averages must not be told.
FEW = 3


def tell(part: int = 1) -> int:
    """Tells the story, or its small form, all of it or nothing; returns how many matters it opened, 0 when
    this database has heard it before."""
    plan = _plan(part)
    if root_of(plan["root"]["code"]) is not None:
        return 0
    at = local(plan["prepared"])
    with transaction.atomic():
        ready(at)
        telling = _Street(*_stage(plan, at))
        with standing.steady():
            telling.all()
    return telling.opened


def _plan(part: int) -> dict[str, Any]:
    plan = script(NAME)
    if part > 1:
        plan |= SMALL_ITS
        for said in plan["document"].values():
            said["value"] = said["small"]
    return plan


def _branch(n: int) -> str:
    return f"branch-{n}"


def host(n: int) -> str:
    """Who holds the lectures of a branch."""
    return f"{NAME}-host-{n}"


def listener(n: int, nth: int) -> str:
    """A member of a branch who has an account; the first of the first branch lectures."""
    return f"{NAME}-listener-{n}-{nth}"


LECTURER = listener(1, 1)


def _stage(
    plan: dict[str, Any], at: datetime
) -> tuple[Stage, dict[str, Any], dict[int, list[int]]]:
    """The street, its branches, whoever acts; and the members of each branch, who acts first."""
    names, numbers = names_of(plan["names"]), range(1, plan["branches"] + 1)
    cast = cast_of(NAME, plan["cast"])
    for n in numbers:
        place = {"unit": _branch(n), "title": "党支部书记"}
        cast[host(n)] = {**place, "role": "lecture_host", "name": next(names)}
        # Members with an account in those branches where the first lecturer speaks.
        for nth in range(1, plan["accounts"] + 1) if n <= len(plan["given"]) else ():
            cast[listener(n, nth)] = {"unit": _branch(n), "role": "", "name": next(names)}
    units = {_branch(n): {"name": f"第{n}社区党支部", "level": "party_branch"} for n in numbers}
    made = build({**plan, "units": units, "people": cast}, since=plan["since"], at=at)
    return made, plan, _enlisted(made, plan, cast, names, at)


def _enlisted(
    made: Stage, plan: dict[str, Any], cast: dict[str, Any], names: Iterator[str], at: datetime
) -> dict[int, list[int]]:
    wanted = []
    for n in range(1, plan["branches"] + 1):
        place, since = made.units[_branch(n)], plan["since"]
        own = [key for key, one in cast.items() if one["unit"] == _branch(n)]
        wanted += [
            Beginning(place, PARTY, "full", since, person_id=made.people[key].pk) for key in own
        ]
        wanted += [
            Beginning(place, PARTY, "full", since, name=next(names))
            for _ in range(plan["members"] - len(own))
        ]
    there: dict[int, list[int]] = {}
    for row in people.begin_all(wanted, Keeper(SYSTEM, plan["since"]), at=at):
        assert isinstance(row, people.Membership), row
        there.setdefault(row.org_id, []).append(row.person_id)
    return there


class _Street(Telling):
    def __init__(self, stage: Stage, plan: dict[str, Any], there: dict[int, list[int]]) -> None:
        super().__init__(stage, plan)
        self.words, self.given = plan["words"], plan["given"]
        self.begins = local(plan["begins"])
        self.there = there

    def all(self) -> None:
        """From the offers of January to the last lecture."""
        self.offers()
        for n in range(1, self.plan["branches"] + 1):
            self.lecture(n)
        self.called_off()

    def turn(self, name: str, n: int) -> str:
        """One of what is said by turns."""
        return str(self.words[name][n % len(self.words[name])])

    def place(self, n: int) -> Org:
        return self.stage.units[_branch(n)]

    def offers(self) -> None:
        """Members offer to lecture; the street's office takes them on, but for one of its own offer."""
        at = local(self.plan["offered"])
        for nth in range(self.plan["offers"]):
            n = nth % self.plan["branches"] + 1
            whom = self.there[self.place(n).pk][1 + nth // self.plan["branches"]]
            fields = {
                "who_lectures": whom,
                "good_at": self.words["good_at"],
                "lecturer_sort": self.turn("sorts", nth),
            }
            found = self.open(self._opening("lecturer_offer", n, "义务授课", fields), host(n), at)
            if nth == 0:
                self.refused(found.pk, "take_on_lecturer", host(n), at + HOUR)
            self.act(found.pk, "take_on_lecturer", OFFICE, at + DAY)

    def _opening(self, kind: str, n: int, subject: str, fields: dict[str, Any]) -> Opening:
        body = self.words["why"]
        return Opening(
            programme=NAME, kind=kind, home=self.place(n), subject=subject, body=body, fields=fields
        )

    def topic(self, n: int, at: datetime) -> Matter:
        """A member proposes a topic, others want it too; fewer than three are too few."""
        by = listener(n, 2)
        theme, fields = self.turn("themes", n), {"topic_field": self.turn("fields", n)}
        found = self.open(self._opening("lecture_topic", n, theme, fields), by, at)
        self.act(found.pk, "want", host(n), at + HOUR)
        self.act(found.pk, "want", listener(n, 3), at + HOUR)
        if n == 1:
            self.refused(found.pk, "choose_topic", host(n), at + HOUR)
        self.act(found.pk, "want", listener(n, 4), at + HOUR)
        return self.act(found.pk, "choose_topic", host(n), at + DAY)

    def lecture(self, n: int) -> None:
        """One lecture from its topic to what comes back to its lecturer."""
        at = self.begins + n * APART
        ours = n <= len(self.given)
        topics = [self.topic(n, at - 4 * DAY).pk] if ours else []
        them = self.there[self.place(n).pk]
        lecturer = self.stage.people[LECTURER].pk if ours else them[1]
        fields = {
            "topics_taken": topics,
            "lecturer": lecturer,
            "lecture_form": self.turn("forms", n),
            "lecture_day": f"{(at + HELD):%Y-%m-%d}",
            "lecture_from": "19:00",
            "lecture_to": "20:30",
            "lecture_place": "社区党群服务中心",
        }
        pk = self.open(self._opening("lecture", n, self.turn("themes", n), fields), host(n), at).pk
        outline = {"lecture_outline": self.words["outline"]}
        self.act(pk, "bring_material", LECTURER if ours else host(n), at + HOUR, **outline)
        self.act(pk, "send_invitations", host(n), at + DAY)
        if ours:
            work(at + DAY)
            asker = listener(n, 2)
            self.act(pk, "ask_lecturer", asker, at + 2 * DAY, asked_of_lecturer=self.words["asked"])
            said = {"said_to_listener": self.words["answered"]}
            self.act(pk, "answer_listener", LECTURER, at + 3 * DAY, **said)
        away = [one for one in them[-2:] if one != lecturer]
        evening = at + HELD + 11 * HOUR + HOUR / 2
        self.act(pk, "mark_all_but", host(n), evening, who_stayed_away=away)
        if n % 3 == 0:
            guests = [{"name": "某校教师", "whence": "兄弟街道", "speaks": True}]
            self.act(
                pk, "note_guests", host(n), evening, lecture_guests=guests, guests_counted=n % 7 + 1
            )
        self.act(pk, "end_lecture", host(n), evening + 2 * HOUR)
        self.scored(pk, n, evening + DAY)
        if n % 4 == 1:
            self.act(pk, "put_in_library", host(n), evening + DAY, what_was_told=self.words["told"])
            self.published(matters.matter(SYSTEM, pk), OFFICE, evening + 2 * DAY)
        if n == 1:
            # Nobody closes it: the house does when its time is over.
            matters.sweep(at + CLOSED)
        else:
            self.act(pk, "close_scoring", host(n), at + CLOSED)

    def scored(self, pk: int, n: int, at: datetime) -> None:
        """Who has an account scores by phone, the others on paper; once each, and only who came."""
        ours = n <= len(self.given)
        weights = self.given[(n - 1) % len(self.given)]
        came = self.plan["members"] - 2
        forms = came - 1 if n != self.plan["branches"] else FEW
        sheets = {item: _graded(forms, share) for item, share in weights.items()}
        own = self.plan["accounts"] if ours else 0
        for nth in range(1 if n > 1 else 2, own + 1):
            mine = {item: grades.pop(0) for item, grades in sheets.items()}
            self.act(pk, "score_lecture", listener(n, nth), at, **mine)
            if n == 1 and nth == 2:
                self.refused(pk, "score_lecture", listener(n, nth), at + HOUR, **mine)
                self.refused(pk, "score_lecture", LECTURER, at + HOUR, **mine)
        rows = [
            {"item": item, **{grade: grades.count(grade) for grade in GRADES}}
            for item, grades in sheets.items()
        ]
        self.act(pk, "count_paper_forms", host(n), at + DAY, paper_forms=rows)

    def called_off(self) -> None:
        """One that a storm prevents."""
        n, at = 1, self.begins + 3 * DAY
        fields = {
            "lecturer": self.stage.people[LECTURER].pk,
            "lecture_form": "on_site",
            "lecture_day": f"{(at + HELD):%Y-%m-%d}",
            "lecture_from": "09:00",
            "lecture_to": "10:30",
            "lecture_place": "烈士陵园",
        }
        pk = self.open(self._opening("lecture", n, "实地一课", fields), host(n), at).pk
        self.act(pk, "send_invitations", host(n), at + HOUR)
        self.act(pk, "call_off_lecture", host(n), at + DAY, reason=self.words["off"])


def _graded(forms: int, share: list[int]) -> list[str]:
    """So many grades in these shares of ten, the rest the best."""
    found = [grade for grade, n in zip(GRADES, share, strict=True) for _ in range(forms * n // 10)]
    # By turns, so that who scores by phone is like who scores on paper.
    found += [GRADES[0]] * (forms - len(found))
    return [one for start in range(3) for one in found[start::3]]


def figures_of(part: int = 1) -> list[figures.Figure]:
    """The document's figures beside those of this database's facts.

    Raises LookupError before the story was told."""
    plan = _plan(part)
    root = told_at(plan["root"]["code"], NAME)
    return figures.compare(plan["document"], plan["period"], root)


def bulletins() -> Iterator[Bulletin]:
    """The year's paper: drafted by the street's office, issued by its leader. Made once; raises LookupError
    before the story."""
    plan = script(NAME)
    root = told_at(plan["root"]["code"], NAME)
    insight.export(insight.store())
    at = local(plan["begins"]) + 400 * DAY
    yield papers.issued(f"{NAME}.yearly", root, plan["period"], by=(OFFICE, LEADER), at=at)
