"""Our tables in a form that belongs to no database: which they are, their rows as JSON lines,
and the digest by which two databases are found equal."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.migrations.recorder import MigrationRecorder

from bihuan.foundation.audit.api import Chained, Event
from bihuan.lib import canonical

# Made by every installation for itself, or of a library of which something else is used: always empty.
LEFT_OUT = {"auth", "contenttypes", "account", "socialaccount"}
# A restore writes the index anew by the fold of its own version.
OWN = {"search.folded"}
# Counts of wrong tries live an hour, sessions a day; a backup would keep them for years.
FLEETING = {"access.loginsession", "access.tries"}
CHUNK = 2000


class CannotCarryError(TypeError):
    """A column of a type that has no neutral form yet."""


def carried() -> list[type[models.Model]]:
    """Every table that a backup carries, by name."""
    return carried_of(apps.get_models(include_auto_created=True))


def carried_of(models_there: Iterable[type[models.Model]]) -> list[type[models.Model]]:
    """Those of some tables that a backup carries, by name."""
    found = [
        model
        for model in models_there
        if model._meta.managed
        and not model._meta.proxy
        and model._meta.app_label not in LEFT_OUT
        and model._meta.label_lower not in OWN
        and model._meta.label_lower not in FLEETING
    ]
    return sorted(found, key=lambda model: model._meta.label_lower)


def columns(model: type[models.Model]) -> list[str]:
    """The names of a table's columns, as models call them."""
    return [f.attname for f in model._meta.concrete_fields]


def _neutral(value: Any) -> Any:
    if isinstance(value, datetime):
        return canonical.instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, (str, int, float, bool, list, dict)):
        return value
    raise CannotCarryError(type(value).__name__)


def lines(model: type[models.Model], alias: str) -> Iterator[str]:
    """A table as JSON lines: first the names of the columns, then a list for each row."""
    names = columns(model)
    yield json.dumps(names) + "\n"
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=CHUNK):
        yield json.dumps([_neutral(v) for v in row], ensure_ascii=False) + "\n"


def load(model: type[models.Model], source: Iterator[str], alias: str) -> int:
    """Inserts rows from `lines`; returns how many. Columns a newer release added get defaults.

    Raises ValueError, KeyError, TypeError or ValidationError on lines that cannot be rows.
    """
    names = json.loads(next(source))
    fields = {f.attname: f for f in model._meta.concrete_fields}
    readers = [
        None if isinstance(fields[n], models.JSONField) else fields[n].to_python for n in names
    ]
    held: list[models.Model] = []
    count = 0
    for line in source:
        values = json.loads(line)
        pairs = zip(names, readers, values, strict=True)
        held.append(model(**{n: read(v) if read and v is not None else v for n, read, v in pairs}))
        if len(held) >= CHUNK:
            count += _insert(model, held, alias)
            held = []
    return count + _insert(model, held, alias)


def _insert(model: type[models.Model], rows: list[models.Model], alias: str) -> int:
    model._base_manager.using(alias).bulk_create(rows, batch_size=500)
    return len(rows)


def empty(alias: str) -> bool:
    """Whether no carried table has a row."""
    return not any(model._base_manager.using(alias).exists() for model in carried())


def clear(alias: str) -> None:
    """Empties every carried table, in the caller's transaction."""
    connection = connections[alias]
    quote = connection.ops.quote_name
    names = [quote(model._meta.db_table) for model in carried()]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The log refuses DELETE, rightly; TRUNCATE is the owner's and is undone by a rollback.
            cursor.execute(f"TRUNCATE {', '.join(names)} CASCADE")
            return
        for name in names:
            cursor.execute(f"DELETE FROM {name}")  # noqa: S608 - names come from our models


def counts(alias: str) -> dict[str, int]:
    """Rows of every carried table."""
    return {m._meta.label_lower: m._base_manager.using(alias).count() for m in carried()}


def heads(alias: str, models_there: Iterable[type[models.Model]] | None = None) -> str:
    """One digest over all events and the heads of all chained rows, of today's tables or of `models_there`
    (those of a version before); nothing where one of these is not known today."""
    running = hashlib.sha256()
    found = Event.objects.using(alias).order_by("pk").values_list("pk", "stream", "seq", "hash")
    for row in found.iterator(chunk_size=CHUNK):
        running.update(("|".join(map(str, row)) + "\n").encode())
    today = carried()
    streams = {m._meta.label_lower: m.STREAM for m in today if issubclass(m, Chained)}
    for model in today if models_there is None else models_there:
        if not {"version", "head"} <= set(columns(model)):
            continue
        stream = streams.get(model._meta.label_lower)
        if stream is None:
            return ""
        rows = model._base_manager.using(alias).order_by("pk")
        for pk, version, head in rows.values_list("pk", "version", "head").iterator():
            running.update(f"{stream}|{pk}|{version}|{head}\n".encode())
    return running.hexdigest()


def newest_event(alias: str) -> int:
    """The key of the newest event; 0 where there is none."""
    newest = Event.objects.using(alias).order_by("-pk").values_list("pk", flat=True).first()
    return newest or 0


def told_since(event: int, but: str, alias: str) -> bool:
    """Whether anybody but the actor `but` did anything after the event with this key."""
    return Event.objects.using(alias).filter(pk__gt=event).exclude(actor=but).exists()


def migrations(alias: str) -> list[str]:
    """The migrations of the carried apps that a database has seen."""
    labels = {model._meta.app_label for model in carried()}
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    return sorted(f"{app}.{name}" for app, name in applied if app in labels)
