"""The one door to the log: a row changes exactly by the event that says so."""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from django.apps import apps

from bihuan.foundation.audit import forms, recording, registry, security, standing
from bihuan.foundation.audit.models import Chained, Event, Part, SecurityEntry
from bihuan.foundation.sql import statements
from bihuan.foundation.sql.lookup import Lookup
from bihuan.lib import canonical

Row = TypeVar("Row", bound=Chained)

# Rows that go in with one statement.
_AT_ONCE = 200
# What an erasure itself says: which events it emptied.
_ERASED = "erased"
_PARTS: dict[str, type[Part]] = {}
_ROWS: dict[str, type[Chained]] = {}


class ConflictError(Exception):
    """Somebody else changed the row first; `stream` names it."""

    def __init__(self, stream: str) -> None:
        self.stream = stream
        super().__init__(f"{stream} was changed by somebody else")


@dataclass(frozen=True)
class Happening:
    """What is to be written.

    `set` holds new column values of the row, `parts` new column values of its parts by
    (part name, key) (None removes the part), `data` and `private` whatever else to remember.
    """

    type: str
    at: datetime
    actor: str
    set: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[tuple[str, str], Mapping[str, Any] | None] = field(default_factory=dict)
    data: Mapping[str, Any] = field(default_factory=dict)
    private: Mapping[str, Any] = field(default_factory=dict)
    key: str | None = None


def register(*models: type[Chained] | type[Part]) -> None:
    """Makes row and part models known to the log, so that `verify` walks them."""
    for model in models:
        if issubclass(model, Part):
            _PARTS[model.PART] = model
        else:
            _ROWS[model.STREAM] = model


def rows() -> Mapping[str, type[Chained]]:
    """Every row model by its stream's name, whether its door was opened yet or not."""
    found = {m.STREAM: m for m in apps.get_models() if issubclass(m, Chained)}
    return {**found, **_ROWS}


def part_models() -> Mapping[str, type[Part]]:
    """Every part model by its name."""
    found = {m.PART: m for m in apps.get_models() if issubclass(m, Part)}
    return {**found, **_PARTS}


def plain(value: Any) -> Any:
    """A column's value as it stands in an event."""
    if isinstance(value, datetime):
        return canonical.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    return value


def hash_of(event: Event) -> str:
    """The hash an event must have, from what it says."""
    return forms.event_hash(statements.columns(event))


def _compose(model: type[Chained], happening: Happening, *, seq: int, prev: str) -> dict[str, Any]:
    """An event's columns but its stream: made into a row of the database, never into an object."""
    registry.find(happening.type).check(happening.data.keys() - {_ERASED}, happening.private)
    open_set = {k: plain(v) for k, v in happening.set.items() if k not in model.PRIVATE}
    private_set = {k: plain(v) for k, v in happening.set.items() if k in model.PRIVATE}
    # Hashes are published, and who sees one must not be able to find by trying what it is of.
    private_parts: dict[str, dict[str, Any]] = {}
    data: dict[str, Any] = {**happening.data, forms.SALT: secrets.token_hex(16)}
    if open_set:
        data["set"] = open_set
    if happening.parts:
        data["parts"], private_parts = _halves(happening.parts)
    private: str | None = None
    if private_set or private_parts or happening.private:
        hidden = dict(happening.private)
        if private_set:
            hidden["set"] = private_set
        if private_parts:
            hidden["parts"] = private_parts
        # The salt goes when the text goes: a digest alone must not confirm a guess of it.
        hidden[forms.SALT] = secrets.token_hex(16)
        private = canonical.dumps(hidden)
    recorded = recording.instant(happening.at)
    event = {
        "seq": seq,
        "type": happening.type,
        "at": happening.at,
        "recorded": recorded,
        "actor": happening.actor,
        "done_by": recording.doer(happening.actor),
        "data": canonical.dumps(data),
        "private": private,
        "private_digest": forms.private_digest(private, recorded) if private is not None else "",
        "key": happening.key,
        "prev": prev,
    }
    return {**event, "hash": forms.event_hash(event)}


def _halves(
    parts: Mapping[tuple[str, str], Mapping[str, Any] | None],
) -> tuple[dict[str, dict[str, Any] | None], dict[str, dict[str, Any]]]:
    """Columns of parts as they stand in an event's open half, and those of its private half."""
    said: dict[str, dict[str, Any] | None] = {}
    hidden: dict[str, dict[str, Any]] = {}
    for (name, key), values in parts.items():
        where, private = f"{name}/{key}", _PARTS[name].PRIVATE
        if values is None:
            said[where] = None
            continue
        said[where] = {k: plain(v) for k, v in values.items() if k not in private}
        if own := {k: plain(v) for k, v in values.items() if k in private}:
            hidden[where] = own
    return said, hidden


def _append(row: Chained, event: Mapping[str, Any]) -> None:
    statements.send(statements.insert(Event, [{"stream": row.stream, **event}]))
    if registry.find(event["type"]).security:
        entry = security.entry(row, event)
        statements.send(statements.insert(SecurityEntry, [entry]))


def _write_parts(stream: str, happening: Happening, *, first: bool = False) -> None:
    """Writes the parts in as few statements as may be: whole ones of a kind go in at once, and
    those that change alike (every clock stops when a matter closes) change at once. With the
    stream's `first` event none can be there before."""
    whole: dict[str, list[Mapping[str, Any]]] = {}
    alike: list[tuple[str, Mapping[str, Any], list[str]]] = []
    for (name, key), values in happening.parts.items():
        model = _PARTS[name]
        if values is None:
            model._default_manager.filter(stream=stream, key=key).delete()
        elif values.keys() == set(model.tracked()):
            part = {"stream": stream, "key": key, **model.derived(stream)}
            part |= {column: values[column] for column in model.tracked()}
            whole.setdefault(name, []).append(part)
        else:
            same = next((keys for n, v, keys in alike if n == name and v == values), None)
            if same is None:
                alike.append((name, values, [key]))
            else:
                same.append(key)
    for name, parts in whole.items():
        existing = statements.OR_FAIL if first else statements.OR_SET
        rows = statements.insert(_PARTS[name], parts, existing=existing, once=("stream", "key"))
        statements.send(rows)
    for name, values, keys in alike:
        _change_alike(_PARTS[name], stream, keys, values)


def _change_alike(
    model: type[Part], stream: str, keys: list[str], values: Mapping[str, Any]
) -> None:
    def changed(rows: int) -> None:
        if rows < len(keys):
            _create_missing(model, stream, keys, values)

    where = {"stream": [stream], "key": keys}
    statements.send(statements.update(model, values, where, told=changed))


def _create_missing(
    model: type[Part], stream: str, keys: list[str], values: Mapping[str, Any]
) -> None:
    manager = model._default_manager
    known = set(manager.filter(stream=stream, key__in=keys).values_list("key", flat=True))
    for key in keys:
        if key not in known:
            manager.create(stream=stream, key=key, **model.derived(stream), **values)


def earlier(key: str | None) -> Event | None:
    """The event an idempotency key already made, if any."""
    if key is None:
        return None
    return Event.objects.filter(key=key).first()


def create(row: Row, happening: Happening) -> Row:
    """Inserts `row` and its first event; `happening.set` is ignored.

    Must run inside a transaction. A happening with a key used before raises IntegrityError and
    spoils the transaction: who gives keys looks at `earlier(key)` when it has been rolled back.
    """
    model = type(row)
    whole = Happening(
        happening.type,
        happening.at,
        happening.actor,
        row.values(),
        happening.parts,
        happening.data,
        happening.private,
        happening.key,
    )
    event = _compose(model, whole, seq=1, prev="")
    if model.STANDING:
        standing.changed()
    row.version, row.head = 1, event["hash"]
    statements.add(row)
    with statements.together():
        _append(row, event)
        _write_parts(row.stream, whole, first=True)
    return row


def create_all(rows: Sequence[Row], happening: Happening) -> list[Row]:
    """Inserts rows of one model, each with its first event, in as few statements as may be: for each
    what `create` does. `happening` says what is alike for all, without parts and key.

    Must run inside a transaction. Raises what the database raises; none is there then.
    """
    found = list(rows)
    if not found:
        return found
    model = type(found[0])
    if model.STANDING:
        standing.changed()
    is_listed = registry.find(happening.type).security
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        composed = [_compose(model, _first(row, happening), seq=1, prev="") for row in some]
        for row, event in zip(some, composed, strict=True):
            row.version, row.head = 1, event["hash"]
        statements.add(*some)
        events = [{"stream": r.stream, **e} for r, e in zip(some, composed, strict=True)]
        statements.send(statements.insert(Event, events))
        if is_listed:
            entries = [security.entry(r, e) for r, e in zip(some, composed, strict=True)]
            statements.send(statements.insert(SecurityEntry, entries))
    return found


def _first(row: Chained, told: Happening) -> Happening:
    return Happening(
        told.type, told.at, told.actor, row.values(), data=told.data, private=told.private
    )


def change(row: Row, happening: Happening) -> Row:
    """Changes `row` if nobody did since it was loaded, and appends the event that says how.

    Must run inside a transaction. Raises ConflictError when somebody was first.
    """
    model = type(row)
    event = _compose(model, happening, seq=row.version + 1, prev=row.head)
    if model.STANDING:
        # Before the row's own lock: whoever changes several rows takes the one they all share first.
        standing.changed()
    changed = {**happening.set, "version": event["seq"], "head": event["hash"]}
    mine = {row._meta.pk.attname: [row.pk], "version": [row.version]}
    # At once, whatever else is gathered: who was second has spoilt nothing and is told so.
    if not statements.run(statements.update(model, changed, mine)):
        raise ConflictError(row.stream)
    with statements.together():
        _append(row, event)
        _write_parts(row.stream, happening)
    for name, value in happening.set.items():
        setattr(row, name, value)
    row.version, row.head = event["seq"], event["hash"]
    return row


def adopt(row: Row, happening: Happening) -> Row:
    """First event of a row that another library has just inserted (a tree node, say)."""
    whole = Happening(
        happening.type, happening.at, happening.actor, row.values(), data=happening.data
    )
    event = _compose(type(row), whole, seq=1, prev="")
    if type(row).STANDING:
        standing.changed()
    type(row)._default_manager.filter(pk=row.pk).update(version=1, head=event["hash"])
    _append(row, event)
    row.version, row.head = 1, event["hash"]
    return row


_history = Lookup(Event.objects.filter(stream="?").order_by("seq"), "?")


def history(stream: str) -> list[Event]:
    """The events of one stream, oldest first."""
    return _history(stream)


def erase(row: Row, happening: Happening) -> Row:
    """Forgets the private half of every event so far, and says so in a new event."""
    seqs = list(
        Event.objects.filter(stream=row.stream, private__isnull=False)
        .order_by("seq")
        .values_list("seq", flat=True)
    )
    told = Happening(
        happening.type,
        happening.at,
        happening.actor,
        happening.set,
        happening.parts,
        {**happening.data, _ERASED: seqs},
    )
    change(row, told)
    Event.objects.filter(stream=row.stream, seq__in=seqs).update(private=None)
    # The erasing event's own new values (blanks) are the only private text left to keep.
    return row


def read(event: Event) -> dict[str, Any]:
    """What an event says, open and private half together; `erased` marks a forgotten half."""
    content: dict[str, Any] = json.loads(event.data)
    content.pop(forms.SALT, None)
    if event.private is not None:
        hidden = json.loads(event.private)
        hidden.pop(forms.SALT, None)
        content["set"] = {**content.get("set", {}), **hidden.pop("set", {})}
        for where, values in hidden.pop("parts", {}).items():
            # Whoever altered the open half is found by its hash, not by a failure to read it.
            said = content.setdefault("parts", {})
            said[where] = {**(said.get(where) or {}), **values}
        content["private"] = hidden
    return content
