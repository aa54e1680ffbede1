"""What rows of memberships mean beside who belongs where: new, changed, moved, as it is, faulty. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bihuan.kernel.directory.belonging import (
    Belongs,
    Keeping,
    PlannedMember,
    Refused,
    Step,
    There,
    Wanted,
)
from bihuan.kernel.directory.lines import Change, Line, Said
from bihuan.kernel.directory.member_texts import Read, Way, contradiction
from bihuan.kernel.directory.org_rows import Fault
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.kernel.directory.whom import Known, People, Post, by_code, by_username, unsure
from bihuan.rules.spans import DAY, MeetsError, Span, followed


@dataclass
class Planner:
    """Reads rows beside a tree, who is there, and the rows before: `claimed` has those of each person."""

    tree: Tree
    there: There
    keeping: Keeping
    today: date
    named: frozenset[str]
    claimed: dict[int, list[Read]]
    refused: Refused

    def plan(self, one: Read) -> PlannedMember:
        """What a row means; who belongs where is left as it would leave it."""
        faults, notes = list(one.faults), list[Said]()
        held = None
        try:
            held = self._held(one, notes)
        except Fault as fault:
            faults.append(fault.said)
        if held is not None:
            faults += self._against(one, held)
        elif self.refused.may_be(one.who):
            faults.append(Said("directory.person_row", {"name": one.who.name}))
        if held is not None and not held.active:
            faults.append(Said("directory.person_closed", {"username": held.told}))
        about = self._about(one, held)
        if one.place is None or one.way is None or faults:
            return self._bad(one, faults, about)
        return self._meant(one, held, one.place, one.way, notes)

    def _bad(self, one: Read, faults: Sequence[Said], about: int | None) -> PlannedMember:
        line = Line(one.row.number, one.who.name, "bad", tuple(faults))
        return PlannedMember(line, about=about)

    def _against(self, one: Read, held: Known) -> list[Said]:
        """What rows before say of the same person, named otherwise, that cannot be so too."""
        before = self.claimed.setdefault(held.pk, [])
        met = [other for other in before if other.contradicts(one, self.today)]
        fault = contradiction(one, met[0]) if met else None
        if fault is None:
            before.append(one)
        return [fault] if fault is not None and not _told(one) else []

    def _about(self, one: Read, held: Known | None) -> int | None:
        if held is None or one.way is None:
            return None
        now = self._now(held.pk, one.way)
        here = [row for row in now if one.place is not None and row.org == one.place.key]
        return next((row.pk for row in (*here, *now)), None)

    def _now(self, who: int, way: Way) -> list[Belongs]:
        return [
            row
            for row in self.there.belongs.get(who, ())
            if row.kind == way.full and row.span.meets(Span(self.today, self.today + DAY))
        ]

    # Whom a row names

    def _held(self, one: Read, notes: list[Said]) -> Known | None:
        """Whom a row is about; None for who is new. Raises Fault."""
        who = one.who
        for people in (self.there.near, self.there.far):
            held = by_username(people, who) or by_code(people, who)
            if held is not None:
                return held
        if who.username:
            raise Fault("directory.no_username", username=who.username)
        return self._by_name(one, notes) if who.name and one.place is not None else None

    def _by_name(self, one: Read, notes: list[Said]) -> Known | None:
        """Who is called so there; else the one who is in this part and belongs nowhere yet."""
        who, place = one.who, one.place
        assert place is not None
        alike = self._alike(self.there.near, one)
        found = [each for each in alike if self._at(each, place)]
        if len(found) > 1:
            names = ", ".join(each.told for each in found[:6])
            raise Fault("directory.person_ambiguous", name=who.name, names=names)
        if found:
            return found[0]
        belongs = one.way is not None and any(self._now(each.pk, one.way) for each in alike)
        if len(alike) == 1 and not belongs:
            values = {"name": who.name, "way": self._ways(alike)}
            notes.append(Said("directory.taken_for", values))
            return alike[0]
        others = alike or self._alike(self.there.far, one)
        if others:
            raise Fault("directory.member_unsure", name=who.name, ways=self._ways(others))
        return None

    def _alike(self, people: People, one: Read) -> list[Known]:
        found = unsure(people.named(one.who.name), one.who)
        if one.who.plainly:
            found = [each for each in found if not each.account]
        # Who is named by more than the name in another row is not meant by the name alone.
        return [
            each
            for each in found
            if one.who.surely or not {each.username, each.code} - {""} & self.named
        ]

    def _at(self, one: Known, place: Node) -> bool:
        return any(self.tree.within(post.org, place.key) for post in one.posts)

    def _ways(self, people: Sequence[Known]) -> str:
        found = [
            self.tree.way(post.org) if post.org in self.tree else post.title
            for one in people[:3]
            for post in one.posts[:1]
        ]
        return ", ".join(way or "–" for way in found) or "–"

    # What a row means

    def _meant(
        self, one: Read, held: Known | None, place: Node, way: Way, notes: Sequence[Said]
    ) -> PlannedMember:
        rows = self.there.belongs.get(held.pk, []) if held is not None else []
        rows = [row for row in rows if row.kind == way.full]
        now = self._now(held.pk, way) if held is not None else []
        here = next((row for row in now if row.org == place.key), None)
        status = one.status or (here.status if here else "")
        start = one.day("start") or self.today
        wanted = Wanted(status, start, one.day("since"), one.day("end"))
        if not status:
            known = {"known": way.listed(way.statuses.values())}
            return self._bad(one, [Said("directory.no_status", known)], here.pk if here else None)
        told = [row for row in rows if _says(row, place, wanted)]
        if told or (here is not None and here.status == status and not self._over_before(one)):
            return self._stays(one, held, told[0] if told else here, way, wanted)
        return self._begins(one, held, (rows, now, here), wanted, notes)

    def _over_before(self, one: Read) -> bool:
        """Whether a row tells of days that are over and have both a first and a last."""
        end = one.day("end")
        return one.day("start") is not None and end is not None and end < self.today

    def _stays(
        self, one: Read, held: Known | None, row: Belongs | None, way: Way, wanted: Wanted
    ) -> PlannedMember:
        """Somebody who is in this status there already: at most it ends, or they are exempt."""
        assert row is not None
        assert held is not None
        faults, changes = [], list[Change]()
        for column, given, before in (
            ("start", one.day("start"), row.start),
            ("since", wanted.since, row.since or row.start),
        ):
            if given is not None and (given < before if column == "start" else given != before):
                faults.append(Said("directory.day_stays", {"column": column, "before": before}))
        leaves = False
        if wanted.end is not None and wanted.end != row.end:
            faults += self._no_end(row, wanted.end)
            changes.append(Change("end", _text(row.end), _text(wanted.end)))
            leaves = True
        exempts, frees = self._exempts(one, held.pk, way, faults, changes)
        if (leaves or exempts) and not faults:
            # Of somebody who stays nothing else is asked than whether one keeps the list.
            same = Wanted(row.status, self.today, None, row.end or self.today)
            faults += [
                said
                for said in self.keeping.objections(way, row.org, held.pk, same)
                if said.key in ("access.denied", "people.not_yourself")
            ]
        if faults:
            return self._bad(one, faults, row.pk)
        if not changes:
            return PlannedMember(Line(one.row.number, held.name, "same"), about=row.pk)
        step = Step(
            held.name,
            "",
            row.org,
            way.full,
            row.status,
            row.start,
            held.pk,
            end=wanted.end,
            about=row.pk,
            leaves=leaves,
            exempts=exempts,
            frees=frees,
        )
        line = Line(one.row.number, held.name, "changed", changes=tuple(changes))
        return PlannedMember(line, step, row.pk)

    def _no_end(self, row: Belongs, end: date) -> list[Said]:
        if end > self.today:
            values = {"day": end, "first": row.start, "last": self.today}
            return [Said("people.no_such_day", values)]
        if row.end is not None and end > row.end:
            return [Said("orgs.membership_ended", {"end": row.end})]
        return [Said("orgs.ends_before_start")] if end < row.start else []

    def _exempts(
        self, one: Read, who: int | None, way: Way, faults: list[Said], changes: list[Change]
    ) -> tuple[tuple[str, date | None] | None, int | None]:
        """The exemption that a row gives, and the one that ends before it."""
        now = self.there.freed.get((who, way.full)) if who is not None else None
        until = one.day("until")
        if not one.reason or (
            now is not None and now.reason == one.reason and until in (None, now.end)
        ):
            return None, None
        if until is not None and until < self.today:
            faults.append(Said("orgs.ends_before_start"))
        before = way.label_of(now.reason) if now is not None else ""
        changes.append(Change("exempt", before, way.label_of(one.reason)))
        return (one.reason, until), now.pk if now is not None else None

    def _begins(
        self,
        one: Read,
        held: Known | None,
        belonging: tuple[Sequence[Belongs], Sequence[Belongs], Belongs | None],
        wanted: Wanted,
        notes: Sequence[Said],
    ) -> PlannedMember:
        rows, now, here = belonging
        place, way = one.place, one.way
        assert place is not None
        assert way is not None
        elsewhere = [row for row in now if row.org != place.key] if way.alone and not here else []
        moved = elsewhere[0] if elsewhere else None
        about = here.pk if here is not None else moved.pk if moved is not None else None
        faults = list(self.keeping.objections(way, place.key, held.pk if held else None, wanted))
        if moved is not None:
            faults += self._no_move(moved, wanted)
        faults += self._meets(rows, place, way, wanted, moved)
        changes = list[Change]()
        if moved is not None:
            changes.append(Change("org", moved.org_name, place.name))
        before = here or moved
        if before is not None and before.status != wanted.status:
            to = way.label_of(wanted.status)
            changes.append(Change("status", way.label_of(before.status), to))
        exempts, frees = self._exempts(one, held.pk if held else None, way, faults, changes)
        if faults:
            different = [said for n, said in enumerate(faults) if said not in faults[:n]]
            return self._bad(one, different, about)
        said = [*notes, *self._entered(one)] if held is None else notes
        who = self._put(one, held, place, wanted, (way, before))
        step = Step(
            one.who.name,
            one.who.code,
            place.key,
            way.full,
            wanted.status,
            wanted.start,
            who.pk,
            enters=held is None,
            since=wanted.since,
            end=wanted.end,
            begins=True,
            moves=moved.pk if moved is not None else None,
            exempts=exempts,
            frees=frees,
        )
        told = "moved" if moved is not None else "changed" if here is not None else "new"
        shown = tuple(changes) if told != "new" else ()
        line = Line(one.row.number, one.who.name, told, changes=shown, notes=tuple(said))
        return PlannedMember(line, step, about)

    def _entered(self, one: Read) -> list[Said]:
        """That somebody is new here, and who else is called so."""
        others = [
            each for each in self.there.near.named(one.who.name) if each.active and each.posts
        ]
        if not others:
            return [Said("directory.entered")]
        values = {"name": one.who.name, "ways": self._ways(others)}
        return [Said("directory.entered"), Said("directory.alike", values)]

    def _no_move(self, moved: Belongs, wanted: Wanted) -> list[Said]:
        if not self.keeping.over(moved):
            return [Said("directory.needs_transfer", {"org": moved.org_name})]
        return [Said("orgs.ends_before_start")] if wanted.start <= moved.start else []

    def _meets(
        self,
        rows: Sequence[Belongs],
        place: Node,
        way: Way,
        wanted: Wanted,
        moved: Belongs | None,
    ) -> list[Said]:
        """What stands in the way of these days."""
        if wanted.end is not None and wanted.end < wanted.start:
            return [Said("orgs.ends_before_start")]
        span = Span.through(wanted.start, wanted.end)
        try:
            followed(span, [(row, row.span) for row in rows if row.org == place.key])
        except MeetsError as error:
            return [Said(error.key, error.values)]
        others = [
            row
            for row in rows
            if way.alone and row.org != place.key and row is not moved and row.span.meets(span)
        ]
        return [
            Said("orgs.member_elsewhere", {"org": row.org_name, "start": row.start})
            for row in others[:1]
        ]

    def _put(
        self,
        one: Read,
        held: Known | None,
        place: Node,
        wanted: Wanted,
        belonging: tuple[Way, Belongs | None],
    ) -> Known:
        way, before = belonging
        who = held
        if who is None:
            who = self.there.near.add(one.who.name, "", one.who.code, account=False)
            self.claimed.setdefault(who.pk, []).append(one)
        rows = self.there.belongs.setdefault(who.pk, [])
        since = wanted.since
        if before is not None:
            rows[rows.index(before)] = replace(before, end=wanted.start - DAY)
            since = since or before.since
        made = Belongs(
            0, place.key, place.name, way.full, wanted.status, wanted.start, since, wanted.end
        )
        rows.append(made)
        who.posts.append(Post(0, place.key))
        return who


def _told(one: Read) -> bool:
    """Whether a row says already that it contradicts another."""
    return any(said.key.startswith("directory.contradicts") for said in one.faults)


def _says(row: Belongs, place: Node, wanted: Wanted) -> bool:
    """Whether a membership is what a row with both its days says."""
    return (row.org, row.status, row.start, row.end) == (
        place.key,
        wanted.status,
        wanted.start,
        wanted.end,
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day is not None else ""
