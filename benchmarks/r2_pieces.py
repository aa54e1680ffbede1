"""What R2 tries at one place each, so that many stand side by side: a row, a file, a password, a notice.

A try returns the places (beginnings of a finding's `where`) of which one must be named, or None where it
could not be done.
"""

import hashlib
import json
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import connection, models

from bihuan.foundation.audit import forms
from bihuan.foundation.audit.models import Event
from bihuan.foundation.audit.record import part_models, rows
from bihuan.foundation.notify.models import Notice
from bihuan.foundation.orgs.models import Person
from bihuan.foundation.search.models import Document
from bihuan.foundation.sql import statements
from bihuan.outcomes.publicity.models import CountedDay, Views

Places = set[str] | None
Row = dict[str, Any]
ROWS, PARTS = dict(rows()), dict(part_models())
MODELS: list[type[models.Model]] = [*ROWS.values(), *PARTS.values()]
DATES = (models.DateField,)


def sql(text: str, *values: Any) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(text, list(values))
        if cursor.description is None:
            return []
        names = [one[0] for one in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def key_of(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def columns_of(model: type[models.Model]) -> list[models.Field]:
    """Columns a change of which means something: all but surrogate keys and the few that the design
    leaves to the machine (the tree library's counter, the last log-in)."""
    out = {model._meta.pk.attname, *getattr(model, "UNTRACKED", ())}
    return [one for one in model._meta.concrete_fields if one.attname not in out]


def _streams(model: type[models.Model], row: Row) -> set[str]:
    """The streams that a row belongs to; beside them how a row with a date that is none is named."""
    label = f"{model._meta.label} {row[key_of(model)]}"
    if "stream" in row:
        return {row["stream"], label}
    return {f"{model.STREAM}:{row[key_of(model)]}", label}


def all_of(model: type[models.Model]) -> list[Row]:
    return sql(f'SELECT * FROM "{model._meta.db_table}" ORDER BY "{key_of(model)}"')


def put(model: type[models.Model], pk: Any, column: str, value: Any) -> None:
    sql(
        f'UPDATE "{model._meta.db_table}" SET "{column}" = %s WHERE "{key_of(model)}" = %s',
        value,
        pk,
    )


class Pieces:
    """Tries at single pieces, with one source of chance."""

    def __init__(self, chance: random.Random, files: Callable[[], list[Path]]) -> None:
        self.chance = chance
        self.files = files

    # Values

    def other(self, one: models.Field, value: Any) -> Any:
        """Another value that the column might have."""
        if isinstance(one, models.JSONField):
            return json.dumps([value if not isinstance(value, str) else json.loads(value), 1])
        if isinstance(one, DATES):
            return self._other_instant(one, value)
        if isinstance(one, models.BooleanField):
            return not value
        if isinstance(value, int) or (value is None and isinstance(one, models.IntegerField)):
            return (value or 0) + self.chance.choice([1, 2, 1000])
        if isinstance(one, models.ForeignKey) and value is None:
            return 1
        text = str(value or "") or "~"
        place = self.chance.randrange(len(text))
        fresh = self.chance.choice([c for c in "0123456789" if c != text[place]])
        return text[:place] + fresh + text[place + 1 :]

    def _other_instant(self, one: models.Field, value: Any) -> Any:
        later = timedelta(days=self.chance.choice([1, 7, 400]))
        whole = isinstance(one, models.DateTimeField)
        if value is None:
            return "2026-03-02 08:00:00" if whole else "2026-03-02"
        if not isinstance(value, str):
            return value + later
        moved = (datetime if whole else date).fromisoformat(value) + later
        return str(moved)

    # Rows of the log and of what follows from it

    def _any(self) -> tuple[type[models.Model], list[Row]]:
        """A table that holds something, and its rows; half of all tries go at the events themselves."""
        model = Event if self.chance.random() < 0.5 else self.chance.choice(MODELS)
        return (model, found) if (found := all_of(model)) else self._any()

    def edit(self) -> Places:
        """One column of one row."""
        model, found = self._any()
        row, one = self.chance.choice(found), self.chance.choice(columns_of(model))
        fresh = self.other(one, row[one.column])
        put(model, row[key_of(model)], one.column, fresh)
        return _streams(model, row) | _streams(model, {**row, one.column: fresh})

    def delete(self) -> Places:
        """One row."""
        model, found = self._any()
        row = self.chance.choice(found)
        sql(
            f'DELETE FROM "{model._meta.db_table}" WHERE "{key_of(model)}" = %s', row[key_of(model)]
        )
        return _streams(model, row)

    def insert(self) -> Places:
        """A copy of a row."""
        model, found = self._any()
        key = key_of(model)
        row = self.chance.choice(found)
        # Beyond all that others of the same round put in.
        copy = {**row, key: max(one[key] for one in found) + self.chance.randint(1, 1_000_000)}
        for column in ("username", "code", "digest", "path", "number"):
            if isinstance(copy.get(column), str):
                copy[column] = f"{copy[column]}x"[-40:]
        if "day" in copy and model is CountedDay:
            copy["day"] = "2031-01-01"
        if model is Event:
            copy |= {"key": None, "seq": self.chance.choice([row["seq"] + 1000, 999])}
        elif "key" in copy:
            copy["key"] = f"{copy['key']}x"[-40:]
        names = ", ".join(f'"{one}"' for one in copy)
        marks = ", ".join(["%s"] * len(copy))
        table = model._meta.db_table
        sql(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', *copy.values())
        return _streams(model, copy)

    def swap(self) -> Places:
        """One column of two rows exchanged."""
        model, found = self._any()
        key = key_of(model)
        row = self.chance.choice(found)
        columns = [one.column for one in columns_of(model)]
        self.chance.shuffle(columns)
        for column in columns:
            others = [r for r in found if r[column] != row[column] and r[key] != row[key]]
            if others:
                break
        else:
            return None
        other = self.chance.choice(others)
        place = row[column]
        if isinstance(place, str) and model._meta.get_field(column).unique:
            # By way of a value nothing has.
            put(model, row[key], column, "~")
        put(model, other[key], column, place)
        put(model, row[key], column, other[column])
        named = _streams(model, row) | _streams(model, other)
        for one, value in ((row, other[column]), (other, place)):
            named |= _streams(model, {**one, column: value})
        return named

    def rewrite(self) -> Places:
        """What an event says, with its own plain hash made to fit."""
        row = self.chance.choice(list(Event.objects.all()))
        said = json.loads(row.data)
        row.data = json.dumps({**said, "action": "forged"}, ensure_ascii=False, sort_keys=True)
        put(Event, row.pk, "data", row.data)
        put(Event, row.pk, "hash", forms.event_hash(statements.columns(row)))
        return {row.stream}

    def blank(self) -> Places:
        """The private half of an event taken away, as an erasure would, without one."""
        rows = Event.objects.exclude(private=None).values_list("pk", "stream")
        pk, stream = self.chance.choice(list(rows))
        put(Event, pk, "private", None)
        return {stream}

    # Beside the log

    def stored_file(self) -> Places:
        """A stored file edited, removed, made longer, or exchanged for another."""
        one, two = self.chance.sample(self.files(), 2)
        content = one.read_bytes()
        how = self.chance.choice(["edit", "delete", "longer", "exchange"])
        if how == "delete":
            one.unlink()
        elif how == "longer":
            one.write_bytes(content + b"more")
        elif how == "exchange":
            one.write_bytes(two.read_bytes())
            two.write_bytes(content)
        else:
            text = bytearray(content)
            text[self.chance.randrange(len(text))] ^= 1 << self.chance.randrange(8)
            one.write_bytes(bytes(text))
        from bihuan.foundation.files.models import Attachment

        names = [one.name, two.name] if how == "exchange" else [one.name]
        used = Attachment.objects.filter(sha256__in=names).values_list("stream", "key")
        return {f"{stream} file/{key}" for stream, key in used}

    def password(self) -> Places:
        """A hash put in whose password is known, another account's taken, or one with a digest and an
        event made without the key."""
        who, other = self.chance.sample(list(Person.objects.all()), 2)
        how = self.chance.choice(["known", "another's", "with an event"])
        fresh = other.password if how == "another's" else KNOWN
        put(Person, who.pk, "password", fresh)
        if how == "with an event":
            guess = hashlib.sha256(fresh.encode()).hexdigest()
            _appended(who, "person.password_set", {"password_digest": guess})
            put(Person, who.pk, "password_digest", guess)
        return {who.stream}

    def clicks(self) -> Places:
        """A thousand clicks more on a day that is over; a day of clicks made up or taken away."""
        row = self.chance.choice(list(Views.objects.all()))
        how = self.chance.choice(["more", "gone", "made up"])
        day = row.day
        if how == "more":
            put(Views, row.pk, "count", row.count + 1000)
        elif how == "gone":
            sql('DELETE FROM "publicity_views" WHERE "id" = %s', row.pk)
        else:
            day = row.day - timedelta(days=self.chance.randint(5, 4000))
            Views.objects.create(publication_id=row.publication_id, day=day, count=1000)
        return {f"views of publication:{row.publication_id} on {day}"}

    def searched(self) -> Places:
        """A text of search altered, taken away, made up, or its words taken out of the index."""
        row = self.chance.choice(list(Document.objects.all()))
        kind = "matter" if row.kind == "m" else "publication"
        how = self.chance.choice(["altered", "gone", "made up", "words"])
        number = row.number
        if how == "altered":
            put(Document, row.pk, "body", f"{row.body}x")
        elif how == "gone":
            sql('DELETE FROM "search_document" WHERE "id" = %s', row.pk)
        elif how == "made up":
            number += self.chance.randint(1000, 10**6)
            put(Document, row.pk, "number", number)
        elif connection.vendor == "postgresql":
            sql('UPDATE "search_document" SET tokens = NULL WHERE "id" = %s', row.pk)
        else:
            sql("DELETE FROM search_token WHERE rowid = %s", row.pk)
        return {f"search, {kind}:{number}"}

    def notice(self) -> Places:
        """A notice taken away, its text altered, given to another, or made up."""
        row = self.chance.choice(list(Notice.objects.filter(key__contains="#")))
        how = self.chance.choice(["gone", "altered", "another's", "made up"])
        if how == "gone":
            sql('DELETE FROM "notify_notice" WHERE "id" = %s', row.pk)
        elif how == "altered":
            put(Notice, row.pk, "text", "notice.nothing")
        elif how == "another's":
            put(Notice, row.pk, "person_id", row.person_id + 1)
        else:
            row.pk, row.key = None, f"{row.key.partition('#')[0]}#1:notice.made_up"
            row.save(force_insert=True)
        return {f"notice {row.key}"}


KNOWN = ""
PIECES: Sequence[tuple[str, int]] = (
    ("edit", 30),
    ("delete", 12),
    ("insert", 12),
    ("swap", 12),
    ("rewrite", 8),
    ("blank", 4),
    ("stored_file", 1),
    ("password", 5),
    ("clicks", 3),
    ("searched", 8),
    ("notice", 5),
)


def prepare() -> None:
    """What takes long to make and is the same for every try."""
    global KNOWN  # noqa: PLW0603 - a hash of a password that the intruder knows
    KNOWN = make_password("known-to-the-intruder")


def _appended(row: Any, kind: str, fresh: dict[str, Any]) -> None:
    """An event that follows the rules of the chain, by who knows our code and has no key."""
    last = Event.objects.filter(stream=row.stream).order_by("-seq").first()
    forged = Event(
        stream=row.stream,
        seq=last.seq + 1,
        type=kind,
        at=last.at,
        recorded=last.recorded,
        actor="system",
        data=json.dumps({"salt": "0", "set": fresh}, sort_keys=True, separators=(",", ":")),
        prev=last.hash,
    )
    forged.hash = forms.event_hash(statements.columns(forged))
    forged.save(force_insert=True)
    put(type(row), row.pk, "version", forged.seq)
    put(type(row), row.pk, "head", forged.hash)
