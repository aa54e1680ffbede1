"""What is owed by period, in a reader's words: periods, states, reasons, where what counts is opened, and the
form by which it is done."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line, Obligation
from bihuan.kernel.openings.api import openings
from bihuan.lib.clock import now
from bihuan.rules.owing import Cell, State
from bihuan.rules.periods import Grain, Period
from bihuan.web import spans, words

# Of so many places somebody is asked whether they owe something there.
PLACES = 30
# Of which streams what counts may be, each with the page that opens one (its number) and what it is
# called to a reader; matters are told together.
Opens = Callable[[Actor, int], tuple[str, str] | None]
_OPENED: dict[str, Opens] = {}


def opened_by(stream: str, opens: Opens) -> None:
    """Registers what opens a thing of a stream that meets obligations: its name and its page, for a reader;
    None where they may not know of it."""
    _OPENED[stream] = opens


@dataclass(frozen=True)
class Shown:
    """Something that counts, as a reader is shown it: '' for what they may not know of."""

    day: str
    name: str
    address: str


def period_name(period: Period, *, short: bool = False) -> str:
    """A period in words; `short` within its year."""
    year, n = str(period.start.year), ""
    key = period.grain.value
    if period.grain is Grain.WEEK:
        iso, week, _ = period.start.isocalendar()
        year, n = str(iso), str(week)
    elif period.grain is Grain.MONTH:
        n = str(period.start.month)
    elif period.grain is Grain.QUARTER:
        n = str((period.start.month + 2) // 3)
    elif period.grain is Grain.HALF:
        key = f"half_{(period.start.month + 5) // 6}"
    return words.text(
        f"obligations.{'period_short' if short else 'period_name'}.{key}", year=year, n=n
    )


def name(one: Obligation) -> str:
    """What an obligation is called."""
    return words.of(one.programme, f"obligations.{one.name}")


def reason(one: Obligation, cell: Cell) -> str:
    """Why somebody is free of it."""
    if cell.reason == obligations.AS_MEMBER:
        return words.text("obligations.cell.as_member")
    return words.of(one.programme, f"exempted.{one.name}.{cell.reason}") if cell.reason else ""


def state(cell: Cell) -> str:
    """The state of a cell in words."""
    return words.text(f"obligations.state.{cell.state}")


@dataclass(frozen=True)
class Box:
    """A cell as it stands in a table: its mark, what it says in full, where it leads; its `label`
    stands beside it where there is no head."""

    state: str
    mark: str = ""
    said: str = ""
    address: str = ""
    label: str = ""


class Boxes:
    """The cells of one obligation in a table. The same is said in the same words: thousands of cells say
    one of a few things."""

    def __init__(self, one: Obligation) -> None:
        self.one, self.name = one, name(one)
        self._page = reverse("desk:obligation", args=[one.full])
        self._said: dict[tuple[State, str, str], tuple[str, str]] = {}
        self._labels: dict[Period, str] = {}

    def none(self) -> Box:
        """Where nothing is owed."""
        told = words.text(f"obligations.state.{State.NONE}")
        return Box(State.NONE.value, said=told, label=self.name)

    def box(
        self, cell: Cell, org_id: int, person_id: int | None = None, *, named: bool = False
    ) -> Box:
        """A cell, labelled by its period, or `named` by what is owed."""
        asks = cell.asked.there and cell.state is not State.AHEAD
        mark, said = self._words(cell)
        return Box(
            cell.state.value,
            mark,
            said,
            self.address(org_id, cell.period, person_id) if asks else "",
            self.name if named else self._label(cell.period),
        )

    def address(self, org_id: int, period: Period, person_id: int | None = None) -> str:
        """The page of a cell."""
        found = f"{self._page}/{org_id}/{period.text}"
        return found if person_id is None else f"{found}/{person_id}"

    def _label(self, period: Period) -> str:
        if period not in self._labels:
            self._labels[period] = period_name(period, short=True)
        return self._labels[period]

    def _words(self, cell: Cell) -> tuple[str, str]:
        counted = cell.owed > 1 and cell.state is not State.AHEAD
        count = (
            words.text("obligations.done_of", done=cell.done + cell.late, owed=cell.owed)
            if counted
            else ""
        )
        why = cell.reason if cell.state is State.SPARED else ""
        key = (cell.state, count, why)
        if key not in self._said:
            told = state(cell)
            mark = count or words.text(f"obligations.mark.{cell.state}")
            more = f"（{reason(self.one, cell)}）" if why else f" {count}" if count else ""
            self._said[key] = mark, f"{told}{more}"
        return self._said[key]


_LED = (
    '<td class="cell {}"><span class="of" aria-hidden="true">{}</span><a title="{}" href="|">'
    '<span aria-hidden="true">{}</span><span class="visually-hidden">{}</span></a></td>'
)
_STILL = (
    '<td class="cell {}"><span class="of" aria-hidden="true">{}</span><span title="{}"'
    ' aria-hidden="true">{}</span><span class="visually-hidden">{}</span></td>'
)


@lru_cache(maxsize=4096)
def _around(led: bool, said: tuple[str, str, str, str]) -> tuple[str, str]:  # noqa: FBT001 - a key of what is kept
    """What stands before and behind the address of a cell."""
    shape, label, mark, told = said
    found = str(format_html(_LED if led else _STILL, shape, label, told, mark, told))
    before, _, after = found.partition('href="|"') if led else (found, "", "")
    return before, after


def drawn(boxes: Iterable[Box]) -> SafeString:
    """The cells of a row: six hundred of them, each a template of its own, would be half of a page."""
    parts = []
    for one in boxes:
        before, after = _around(bool(one.address), (one.state, one.label, one.mark, one.said))
        led = f'href="{escape(one.address)}"' if one.address else ""
        parts.append(f"{before}{led}{after}")
    return mark_safe("".join(parts))  # noqa: S308 - made of what was escaped


def own(
    who: Actor, wanted: Sequence[tuple[Obligation, Sequence[Period]]], today: date
) -> list[tuple[Obligation, Line]]:
    """What somebody owes themselves of what people owe, each in some periods, and their line of it."""
    people = [(one, run) for one, run in wanted if not one.of_orgs]
    if who.person_id is None or not people:
        return []
    there = orgs.orgs_at(sorted(who.belongs)[:PLACES])
    return obligations.owed_by(people, there, who.person_id, today)


def units(lines: Sequence[Line]) -> dict[int, str]:
    """Where people of some lines belong, by number: there are several of a name."""
    pks = {line.org_id for line in lines if line.person_id is not None}
    return {pk: orgs.standing_org(pk).name for pk in pks}


def shown(who: Actor, one: Obligation, line: Line, cell: Cell) -> list[Shown]:
    """What counts in a cell, by day, as a reader may know of it."""
    found = obligations.things(one, line, cell)
    pks = [int(t.stream.partition(":")[2]) for t in found if t.stream.startswith("matter:")]
    seen = {m.stream: m for m in matters.by_ids(who, pks)}
    told = []
    for thing in found:
        day = thing.day.isoformat()
        stream, _, pk = thing.stream.partition(":")
        if thing.stream in seen:
            matter = seen[thing.stream]
            title = f"{matter.number} {matter.subject}"
            told.append(Shown(day, title, reverse("desk:matter", args=[matter.pk])))
            continue
        opened = _OPENED[stream](who, int(pk)) if stream in _OPENED else None
        told.append(Shown(day, *(opened or ("", ""))))
    # Several hours of one gathering are told once.
    return [*dict.fromkeys(told)] if one.spec.unit else told


def also(one: Obligation) -> list[str]:
    """The other obligations of the programme for which what counts here counts as well, where both share."""
    if not one.spec.shares:
        return []
    mine = _marks(one)
    others = (each for each in obligations.known(one.programme.id) if each.name != one.name)
    return [name(each) for each in others if each.spec.shares and _meet(mine, _marks(each))]


def _marks(one: Obligation) -> set[str]:
    uses = one.spec.uses()
    return {mark for way, args in uses for mark in way.marked(args, one.programme.id)}


def _meet(mine: set[str], theirs: set[str]) -> bool:
    return any(
        a == b or a.startswith(f"{b} ") or b.startswith(f"{a} ") for a in mine for b in theirs
    )


def doors(who: Actor, one: Obligation, org_id: int) -> list[tuple[str, str]]:
    """What a reader may open that meets an obligation of an organisation, but what one press opens: its name and
    its page."""
    press = one.spec.press
    pressed = (one.programme.id, press.kind) if press is not None else None
    wanted = {way.opens(args, one.programme.id) for way, args in one.spec.uses()} - {pressed}
    found: dict[tuple[str, str], tuple[str, str]] = {}
    for each in openings(who, spans.today()):
        key = (each.programme.id, each.kind_id)
        faces = each.programme.doors(each.kind_id)
        if key in wanted and (faces.desk or faces.member):
            page = reverse("desk:open", args=key)
            here = {"home": org_id} if each.org.pk == org_id else {}
            if key not in found or here:
                label = words.of(each.programme, f"kinds.{each.kind_id}")
                found[key] = (label, f"{page}?{urlencode(here)}" if here else page)
    return list(found.values())


def pressed(who: Actor, one: Obligation, place: orgs.Org) -> str:
    """What one press does that meets an obligation at a place, in words; '' where there is no such press for
    the reader."""
    if not obligations.may_press(who, one, place, now()):
        return ""
    return words.of(one.programme, f"pressed.{one.name}")
