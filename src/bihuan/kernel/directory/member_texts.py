"""Rows of memberships as they are written: which membership, which status, from when. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from bihuan.kernel.directory.lines import Row, Said, as_row
from bihuan.kernel.directory.org_rows import Fault, place_of, too_long
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.kernel.directory.whom import Beside, Who
from bihuan.language.tabular import moments
from bihuan.rules.spans import Span

LONGEST: Mapping[str, int] = {"name": 60, "username": 60, "code": 40}
DAYS = ("start", "since", "end", "until")
Place = tuple[str, int]


@dataclass(frozen=True)
class Way:
    """A membership as cells name it: `words` for itself, for each status and each reason of an
    exemption, in either language or as ids; `labels` say them to the reader."""

    full: str
    label: str
    alone: bool
    words: frozenset[str]
    statuses: Mapping[str, str]
    reasons: Mapping[str, str]
    labels: Mapping[str, str]

    def label_of(self, name: str) -> str:
        return self.labels.get(name, name)

    def listed(self, names: Iterable[str]) -> str:
        return ", ".join(dict.fromkeys(self.label_of(one) for one in names))


@dataclass(frozen=True)
class Read:
    """A row that was read: whom it names, where, how they belong there, from when until when; what
    exempts them until when. `faults` are those of its words."""

    row: Row
    who: Who
    place: Node | None = None
    way: Way | None = None
    status: str = ""
    days: Mapping[str, date | None] = field(default_factory=dict)
    reason: str = ""
    faults: tuple[Said, ...] = ()

    def day(self, column: str) -> date | None:
        return self.days.get(column)

    def span(self, today: date) -> Span:
        """The days of which the row tells."""
        return Span.through(
            self.day("start") or min(today, self.day("end") or today), self.day("end")
        )

    def contradicts(self, other: "Read", today: date) -> bool:
        """Whether two rows of one person cannot both be so."""
        if self.way is None or other.way is None or self.way.full != other.way.full:
            return False
        if self.place is None or other.place is None:
            return False
        elsewhere = self.place.key != other.place.key
        if elsewhere and not self.way.alone:
            return False
        differ = bool(self.status and other.status) and self.status != other.status
        return (elsewhere or differ) and self.span(today).meets(other.span(today))

    def repeats(self, other: "Read", today: date) -> bool:
        """Whether two rows say the same of the same days."""
        if self.way is None or other.way is None or self.way.full != other.way.full:
            return False
        return self.status == other.status and self.span(today).meets(other.span(today))


def plain(text: str) -> str:
    """A word as it is compared."""
    return "".join(text.split()).casefold()


def read(
    rows: Sequence[Row], tree: Tree, ways_at: Callable[[int], Sequence[Way]], near: date
) -> dict[Place, Read]:
    """The rows as they are written, by their place; those that contradict others are faulty."""
    found = {row.place: _read(row, tree, ways_at, near) for row in rows}
    by_person: dict[str, list[Read]] = {}
    usernames = {one.who.code: one.who.username for one in found.values() if one.who.code}
    for one in found.values():
        by_person.setdefault(_identity(one, usernames), []).append(one)
    for some in by_person.values():
        for nth, one in enumerate(some if len(some) > 1 else ()):
            others = [other for m, other in enumerate(some) if m != nth]
            meets = next((other for other in others if one.contradicts(other, near)), None)
            if meets is not None:
                fault = contradiction(one, meets)
                found[one.row.place] = _faulty(one, fault)
    beside = Beside.of(rows)
    for place, one in found.items():
        found[place] = _faulty(one, *beside.of_several(one.who))
    for place, before in beside.again.items():
        one, other = found[place], found[before]
        # The same name at the same place, and nothing but the name.
        if not one.faults and one.repeats(other, near):
            found[place] = _faulty(one, as_row("directory.person_twice", one.row, before))
    return found


def _identity(one: Read, usernames: Mapping[str, str]) -> str:
    """Whom a row names, as far as its words tell."""
    who = one.who
    username = who.username or usernames.get(who.code, "")
    if username:
        return f"username {username}"
    if who.code:
        return f"code {who.code} {who.name}"
    return f"name {who.name} {one.place.key if one.place else one.row.place}"


def contradiction(one: Read, other: Read) -> Said:
    """That two rows of a person say different things of the same days."""
    sheet, number = other.row.place
    where = other.place.name if other.place else ""
    status = other.way.label_of(other.status) if other.way else ""
    values = {"row": number, "org": where, "status": status}
    if sheet == one.row.sheet:
        return Said("directory.contradicts", values)
    return Said("directory.contradicts_in", {**values, "sheet": sheet})


def _faulty(one: Read, *faults: Said) -> Read:
    if not faults:
        return one
    return Read(
        one.row,
        one.who,
        one.place,
        one.way,
        one.status,
        one.days,
        one.reason,
        (*one.faults, *faults),
    )


def _read(row: Row, tree: Tree, ways_at: Callable[[int], Sequence[Way]], near: date) -> Read:
    who, faults = Who.of(row, opens=False), too_long(row, LONGEST)
    if not who.name:
        faults.append(Said("directory.no_person"))
    place, way, status, reason = None, None, "", ""
    try:
        if not row.cell("org"):
            raise Fault("directory.no_org")  # noqa: TRY301 - told with the others
        place = place_of(tree, row.cell("org"))
        way = _way(row, place, ways_at(place.key))
    except Fault as fault:
        faults.append(fault.said)
    if way is not None:
        status, reason = _named(row, way, faults)
    days = {column: _day(row, column, near, faults) for column in DAYS}
    if days["until"] is not None and not row.cell("exempt"):
        faults.append(Said("directory.until_of_nothing"))
    return Read(row, who, place, way, status, days, reason, tuple(faults))


def _way(row: Row, place: Node, ways: Sequence[Way]) -> Way:
    """The membership that a row names; where it names none, the only one there, or the only one with
    such a status. Raises Fault."""
    if not ways:
        raise Fault("directory.no_memberships", org=place.name)
    text, known = row.cell("membership"), ", ".join(one.label for one in ways)
    if text:
        found = [one for one in ways if plain(text) in one.words]
        if not found:
            raise Fault("directory.unknown_membership", text=text[:40], known=known)
    else:
        with_it = [one for one in ways if plain(row.cell("status")) in one.statuses]
        found = with_it if len(ways) > 1 else list(ways)
    if len(found) != 1:
        raise Fault("directory.membership_wanted", known=known)
    return found[0]


def _named(row: Row, way: Way, faults: list[Said]) -> tuple[str, str]:
    """The status and the reason that a row names."""
    found = []
    for column, words in (("status", way.statuses), ("exempt", way.reasons)):
        text = row.cell(column)
        name = words.get(plain(text), "") if text else ""
        if text and not name:
            known = way.listed(words.values()) or "–"
            values = {"column": column, "text": text[:40], "known": known}
            faults.append(Said("directory.unknown_word", values))
        found.append(name)
    return found[0], found[1]


def _day(row: Row, column: str, near: date, faults: list[Said]) -> date | None:
    text = row.cell(column)
    if not text:
        return None
    try:
        moment = moments.understood(text, datetime.combine(near, time()))
    except ValueError:
        moment = None
    # A day of a life is not guessed.
    if moment is None or set(moment.guessed) - {"serial"}:
        faults.append(Said("directory.bad_day", {"column": column, "text": text[:40]}))
        return None
    return moment.local.date()
