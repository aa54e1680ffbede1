"""One step of one matter while it is being made: what guards look at and effects fill in."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Org, calendars, standing_org
from bihuan.kernel.clocks import api as clocks
from bihuan.kernel.clocks.api import Clock, reckon
from bihuan.kernel.matters import fieldtypes
from bihuan.kernel.matters.fieldtypes import Limited, ordered
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.lib import canonical
from bihuan.rules.worktime import Calendar, Limit, Unit
from bihuan.spec.schema import ClockSpec, Input, Kind, Programme
from bihuan.spec.schema import Step as ClockStep

Side = Literal["home", "unit"]
# Three digits are what the format of a step's instant holds.
MOST_OF_A_STEP = 999


def side_of(spec: ClockSpec) -> Side:
    """Whose settings limit a clock: a slice is the handling unit's own, everything else is what
    the organisation that received the matter owes its sender."""
    return "unit" if spec.role == "slice" else "home"


@dataclass
class Step:
    """`set` and `parts` collect what the event will say; nothing is written before `happening`.

    `tasks` are planned in the same transaction once the event is in; each is told of which `matter`
    it is, and after which of its events (`seq`).
    """

    matter: Matter
    programme: Programme
    kind: Kind
    actor: Actor
    at: datetime
    action: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    set: dict[str, Any] = field(default_factory=dict)
    parts: dict[tuple[str, str], dict[str, Any] | None] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    private: dict[str, Any] = field(default_factory=dict)
    tasks: list[tuple[str, dict[str, Any], str]] = field(default_factory=list)
    _clocks: dict[str, Clock] | None = None
    _local: dict[str, Sequence[programmes.Override]] = field(default_factory=dict)
    _orgs: dict[int, Org] = field(default_factory=dict)
    _calendars: dict[str, tuple[int, Calendar]] = field(default_factory=dict)

    def facts(self) -> dict[str, Any]:
        """The matter's facts as this step leaves them."""
        if "facts" not in self.set:
            self.set["facts"] = dict(self.matter.facts)
        found: dict[str, Any] = self.set["facts"]
        return found

    def fact(self, name: str) -> Any:
        """One fact, without marking the facts as changed."""
        source = self.set.get("facts", self.matter.facts)
        return source.get(name)

    def value(self, name: str) -> Any:
        """A column as this step leaves it."""
        return self.set[name] if name in self.set else getattr(self.matter, name)

    def day(self) -> date:
        """The local day of this step."""
        return timezone.localtime(self.at).date()

    def setting(self, name: str, side: Side = "home") -> programmes.Resolved:
        """The setting in force for this matter on the day of this step, at the organisation that
        received it (what was promised) or at the one that handles it (its own slice and ways)."""
        path = self.value(f"{side}_path")
        if path not in self._local:
            self._local[path] = programmes.local_values(self.programme.id, path, self.day())
        return programmes.resolve(
            self.programme,
            name,
            org_path=path,
            on=self.day(),
            case={
                "category": str(self.value("category")),
                "channel": str(self.value("channel")),
                "level": self.org(self.value(f"{side}_id")).level,
            },
            rows=self._local[path],
        )

    def know_local(self, path: str, rows: Sequence[programmes.Override]) -> None:
        """Takes a place's local changes of this day from a caller who has read them already."""
        self._local[path] = rows

    def org(self, pk: int) -> Org:
        """An organisation, read once in a step. Raises Org.DoesNotExist."""
        found = self._orgs.get(pk)
        if found is None:
            found = self.matter.home if pk == self.matter.home_id else standing_org(pk)
            self._orgs[pk] = found
        return found

    def _calendar(self) -> tuple[int, Calendar]:
        path = self.value("unit_path")
        if path not in self._calendars:
            pk = calendars.of(path).pk
            self._calendars[path] = (pk, calendars.load(pk))
        return self._calendars[path]

    def take_facts(
        self, declared: Mapping[str, Input], values: Mapping[str, Any], sets: Mapping[str, str]
    ) -> None:
        """Spreads inputs: those that are not everybody's apart, those that set a field of the kind on to
        the matter (input → field)."""
        open_inputs = {k: v for k, v in values.items() if not declared[k].apart}
        hidden = {k: v for k, v in values.items() if declared[k].apart}
        if open_inputs:
            self.data["inputs"] = open_inputs
        if hidden:
            self.private["inputs"] = hidden
        for name in values.keys() & sets.keys():
            field = self.kind.fields.get(sets[name])
            if field is not None and not (field.apart or declared[name].apart):
                self.facts()[sets[name]] = values[name]
                if sets[name] in ("category", "channel"):
                    self.set[sets[name]] = values[name]

    def clocks(self) -> dict[str, Clock]:
        """The matter's clocks, changes of this step applied, read once."""
        if self._clocks is None:
            self._clocks = self._read_clocks()
        return self._clocks

    def _read_clocks(self) -> dict[str, Clock]:
        known, self.matter.known_clocks = self.matter.known_clocks, None
        # Taken away from the matter: this step changes them, and another must not go on from there.
        if known is not None and known[0] == self.matter.version:
            return {clock.key: clock for clock in known[1]}
        return clocks.of(self.matter.stream) if self.matter.pk else {}

    def know_clocks(self, rows: list[Clock]) -> None:
        """Takes the matter's clocks from a caller who has read them already."""
        self._clocks = {clock.key: clock for clock in rows}

    def change_clock(self, name: str, columns: dict[str, Any]) -> None:
        """Notes new columns of a clock and keeps the list's due date and colour in step."""
        if not columns:
            return
        known = self.clocks()
        if name not in known:
            known[name] = Clock(stream="", key=name)
        for column, value in columns.items():
            setattr(known[name], column, value)
        earlier = self.parts.get(("clock", name)) or {}
        self.parts[("clock", name)] = {**earlier, **columns}
        self._mirror()

    def _mirror(self) -> None:
        running = [c for c in self.clocks().values() if c.state != "stopped"]
        ranked = sorted(running, key=lambda c: (c.role != "promise", c.due_at))
        first = ranked[0] if ranked else None
        self.set["due_at"] = first.due_at if first else None
        self.set["paused"] = bool(first and first.state == "paused")
        order = ("none", "near", "urgent", "late")
        self.set["level"] = max((c.level for c in running), key=order.index, default="none")

    def start_clock(self, name: str, since: datetime | None = None) -> None:
        """Starts, or starts afresh, a clock by the setting or the input that limits it; counted
        from now, or from another instant."""
        spec = self.programme.clocks[name]
        n, unit, source = self._limit(spec)
        if n is None:
            return
        calendar_id, calendar = self._calendar()
        self.change_clock(
            name,
            reckon.started(
                self._placed(spec),
                n=n,
                unit=unit,
                source=source,
                at=since or self.at,
                calendar_id=calendar_id,
                calendar=calendar,
            ),
        )

    def fair_after_pause(self, name: str) -> Limit | None:
        """The least that a clock must have left when it runs on, as the setting holds today."""
        spec = self.programme.clocks[name]
        if spec.after_pause is None:
            return None
        found = self.setting(spec.after_pause, side_of(spec))
        return Limit(int(found.value), Unit(found.unit)) if found.unit else None

    def _placed(self, spec: ClockSpec) -> ClockSpec:
        """The clock with the settings that its steps name filled in, as they hold today."""
        if not any(one.setting() for one in spec.steps):
            return spec

        def at(one: ClockStep) -> str:
            name = one.setting()
            if name is None:
                return one.at
            value = min(int(self.setting(name, side_of(spec)).value), MOST_OF_A_STEP)
            return one.at.replace(f"{{{name}}}", str(value))

        placed = tuple(one.model_copy(update={"at": at(one)}) for one in spec.steps)
        return spec.model_copy(update={"steps": placed})

    def _limit(self, spec: ClockSpec) -> tuple[int | None, str, dict[str, Any]]:
        """What was ordered goes before the setting; without either the clock does not start."""
        if spec.from_input is not None:
            given = self.inputs.get(spec.from_input) or self.fact(spec.from_input)
            if given:
                found = self._limits(spec.from_input)(given, self.actor.ref)
                return found.n, found.unit, found.source
        if spec.setting is None:
            return None, "workdays", {}
        side = side_of(spec)
        value = self.setting(spec.setting, side)
        if value.unit is None:
            msg = f"{spec.setting} limits a clock without a unit; bihuan check refuses that"
            raise ValueError(msg)
        return int(value.value), value.unit, {**value.facts(), "follows": side}

    def _limits(self, name: str) -> Callable[[Any, str], Limited]:
        """How a value of an input or fact limits a clock; a number of days where none declares it."""
        action = self.kind.actions.get(self.action)
        one = self.kind.fields.get(name) or (action.inputs.get(name) if action else None)
        return (fieldtypes.of(one).limit if one else None) or ordered

    def tell(self, people: list[int], text: str) -> None:
        """Puts a notice about this step into inboxes, never into the actor's own."""
        others = [p for p in people if p and p != self.actor.person_id]
        if others:
            self.data.setdefault("told", []).append([text, others])

    def happening(self, event_type: str, key: str | None) -> Happening:
        """The event of this step."""
        self.set["changed_at"] = self.at
        return Happening(
            event_type,
            self.at,
            self.actor.ref,
            self.set,
            self.parts,
            {"action": self.action, **self.data},
            self.private,
            key,
        )

    def follow_up(self) -> None:
        """Plans what must happen after the event; called in its transaction."""
        matter = self.matter
        said = {"number": matter.number, "told_by": self.programme.id}
        notify.tell_told(matter, self.data, at=self.at, ref=matter.stream, **said)
        for name, payload, key in self.tasks:
            whole = {**payload, "matter": matter.pk, "seq": matter.version}
            notify.enqueue(
                name, whole, key=f"{matter.stream}#{matter.version}:{key}", run_at=self.at
            )
        # No machine outside is one of those who see a kind that not everybody does.
        if self.data.get("announce", True) and not self.kind.seen_by:
            notify.announce(
                f"{matter.programme}.{self.action}",
                matter.unit_path,
                f"{matter.stream}#{matter.version}",
                {
                    "number": matter.number,
                    "programme": matter.programme,
                    "kind": matter.kind,
                    "action": self.action,
                    "state": matter.state,
                    "at": canonical.instant(self.at),
                },
                self.at,
            )
