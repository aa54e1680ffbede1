"""What R2 tries at the log as a whole: chains made anew, the tail cut, seals and their file, tables emptied.

Each stands alone; what it returns is told in `r2_pieces`.
"""

import json
from pathlib import Path

from django.db import connection
from r2_pieces import DATES, PARTS, ROWS, Pieces, Places, all_of, columns_of, key_of, put, sql

from bihuan.foundation.audit import forms
from bihuan.foundation.audit.models import Event, Node, Seal
from bihuan.foundation.notify.models import Duty, Notice
from bihuan.foundation.orgs.models import Person
from bihuan.foundation.sql import statements
from bihuan.kernel.matters.models import Matter
from bihuan.outcomes.publicity.models import CountedDay, Views

SEALED = {"seal "}
OUTSIDE = {"seals.log", "seals.log, ", "log, "}


class Kinds(Pieces):
    """All tries."""

    def chained_anew(self) -> Places:
        """What an event says, its stream's chain and row made to fit, the seals as they were."""
        stream = self.forged()
        assert stream
        return SEALED

    def chained_and_emptied(self) -> Places:
        """The same, and both tables of seals emptied."""
        self.forged()
        emptied()
        return OUTSIDE

    def matter_gone(self) -> Places:
        """A matter with its events, parts, text, contact and notices, the seals as they were."""
        self._take(self.chance.choice(list(Matter.objects.all())))
        return SEALED

    def matter_gone_emptied(self) -> Places:
        """The same, and both tables of seals emptied."""
        self.matter_gone()
        emptied()
        return OUTSIDE

    def tail(self) -> Places:
        """The newest matters with all their events, the seals as they were."""
        self._cut(self.chance.randint(1, 12))
        return SEALED

    def tail_and_seals(self) -> Places:
        """The newest matters, and all seals over them and all nodes."""
        first = self._cut(self.chance.randint(1, 12))
        sql("DELETE FROM audit_seal WHERE last_id >= %s", first)
        sql("DELETE FROM audit_node")
        return OUTSIDE

    def seal(self) -> Places:
        """A seal or a node: edited, deleted, copied, or two seals exchanged."""
        found = list(Seal.objects.order_by("pk"))
        one, two = self.chance.sample(found, 2)
        names = [f.column for f in columns_of(Seal)]
        how = self.chance.choice(["edit", "edit", "delete", "swap", "exchange", "insert"])
        if how == "edit":
            column = self.chance.choice(names)
            field = next(f for f in columns_of(Seal) if f.column == column)
            put(Seal, one.pk, column, self.other(field, getattr(one, field.attname)))
        elif how == "delete":
            sql("DELETE FROM audit_seal WHERE id = %s", one.pk)
        elif how == "insert":
            one.pk, one.last_id = None, one.last_id + self.chance.randint(1, 3)
            one.save(force_insert=True)
        else:
            # Whole seals exchanged, ids too, would be the same rows: what they say is exchanged.
            told = [n for n in names if n not in ("first_id", "last_id")]
            chosen = told if how == "exchange" else [self.chance.choice(names)]
            if all(getattr(one, name) == getattr(two, name) for name in chosen):
                return None
            for name in chosen:
                if name == "last_id":
                    put(Seal, one.pk, name, -1)
                put(Seal, two.pk, name, getattr(one, name))
                put(Seal, one.pk, name, getattr(two, name))
        return SEALED | OUTSIDE

    def node(self) -> Places:
        """A node of the tree altered, moved or taken away; one made up where there is none yet."""
        row = Node.objects.order_by("?").first()
        how = self.chance.choice(["hash", "place", "gone", "made up"])
        if row is None or how == "made up":
            Node.objects.create(level=9, place=self.chance.randint(10**6, 10**9), hash="0" * 64)
        elif how == "gone":
            sql("DELETE FROM audit_node WHERE id = %s", row.pk)
        elif how == "hash":
            put(Node, row.pk, "hash", self.other(Node._meta.get_field("hash"), row.hash))
        else:
            put(Node, row.pk, "place", row.place + 10**6)
        return {"nodes of the tree"}

    def seals_file(self, path: Path) -> Places:
        """`seals.log` cut, edited, emptied, removed, its lines exchanged, left out or put in twice."""
        lines = path.read_bytes().splitlines(keepends=True)
        how = self.chance.choice(["cut", "edit", "empty", "remove", "exchange", "less", "twice"])
        if how == "remove":
            path.unlink()
        elif how == "empty":
            path.write_bytes(b"")
        elif how == "cut":
            path.write_bytes(b"".join(lines[: self.chance.randint(1, len(lines) - 2)]))
        elif how == "less":
            del lines[self.chance.randrange(len(lines) - 1)]
            path.write_bytes(b"".join(lines))
        elif how == "twice":
            lines.append(self.chance.choice(lines))
            path.write_bytes(b"".join(lines))
        elif how == "exchange":
            one, two = self.chance.sample(range(len(lines)), 2)
            lines[one], lines[two] = lines[two], lines[one]
            path.write_bytes(b"".join(lines))
        else:
            number = self.chance.randrange(len(lines))
            line = bytearray(lines[number])
            place = self.chance.choice(
                [n for n, c in enumerate(line) if chr(c) in "0123456789abcdef"]
            )
            line[place] = ord(
                self.chance.choice([c for c in "0123456789" if ord(c) != line[place]])
            )
            lines[number] = bytes(line)
            path.write_bytes(b"".join(lines))
        return OUTSIDE

    def duties(self) -> Places:
        """Duties taken away: one of them, or all."""
        name = self.chance.choice(list(Duty.objects.values_list("name", flat=True)))
        if self.chance.random() < 0.5:
            sql("DELETE FROM notify_duty WHERE name = %s", name)
        else:
            sql("DELETE FROM notify_duty")
        return {f"duty {name}"}

    def table_emptied(self) -> Places:
        """A table emptied that stands outside the log: the index, its lists, texts, notices, views."""
        how = self.chance.choice(["index", "texts", "notices", "views"])
        if how == "notices":
            sql("DELETE FROM notify_notice")
            return {"notice "}
        if how == "views":
            sql("DELETE FROM publicity_views")
            return {"views of "}
        if how == "texts":
            sql("DELETE FROM search_document")
        elif connection.vendor == "postgresql":
            sql("UPDATE search_document SET tokens = NULL")
        elif self.chance.random() < 0.5:
            sql("DELETE FROM search_token")
        else:
            # The lists alone; the words beside them stay.
            sql("DELETE FROM search_token_data WHERE id > 1000")
        return {"search", "search, "}

    def no_date(self) -> Places:
        """A date that is none, which SQLite takes."""
        if connection.vendor != "sqlite":
            return None
        model = self.chance.choice([Event, Seal, Notice, Views, Duty, Matter, Person, CountedDay])
        dated = [one for one in model._meta.concrete_fields if isinstance(one, DATES)]
        found = all_of(model)
        if not dated or not found:
            return None
        row, one = self.chance.choice(found), self.chance.choice(dated)
        put(model, row["id"], one.column, self.chance.choice(["gestern", "", "2026-13-45", "7"]))
        return {f"{model._meta.label} {row['id']}"}

    # What these are made of

    def forged(self) -> str:
        """An event of a sealed stream rewritten, the stream's chain and row made to fit."""
        stream = self.chance.choice(
            list(Event.objects.filter(type__startswith="matter.").values_list("stream", flat=True))
        )
        events = list(Event.objects.filter(stream=stream).order_by("seq"))
        wrong = self.chance.choice(events)
        wrong.data = json.dumps({**json.loads(wrong.data), "why": "forged"}, sort_keys=True)
        put(Event, wrong.pk, "data", wrong.data)
        _chained(stream, events)
        return stream

    def _cut(self, count: int) -> int:
        """Takes the newest matters away; returns the id of the first event taken."""
        first = 2**62
        for matter in Matter.objects.order_by("-pk")[:count]:
            mine = Event.objects.filter(stream=matter.stream).order_by("pk").first()
            first = min(first, mine.pk)
            self._take(matter)
        return first

    def _take(self, matter: Matter) -> None:
        contacts = sql("SELECT id FROM audit_contact WHERE subject = %s", matter.stream)
        streams = [matter.stream, *(f"contact:{one['id']}" for one in contacts)]
        publications = sql("SELECT id FROM publicity_publication WHERE subject = %s", matter.stream)
        streams += [f"publication:{one['id']}" for one in publications]
        for one in publications:
            sql("DELETE FROM publicity_views WHERE publication_id = %s", one["id"])
            sql("DELETE FROM search_document WHERE kind = 'p' AND number = %s", one["id"])
        for stream in streams:
            for model in (Event, *PARTS.values()):
                sql(f'DELETE FROM "{model._meta.db_table}" WHERE stream = %s', stream)
            sql("DELETE FROM notify_notice WHERE key LIKE %s", f"{stream}#%")
            kind, _, pk = stream.partition(":")
            model = ROWS[kind]
            sql(f'DELETE FROM "{model._meta.db_table}" WHERE "{key_of(model)}" = %s', int(pk))
        sql("DELETE FROM search_document WHERE kind = 'm' AND number = %s", matter.pk)


WHOLE = (
    "chained_anew",
    "chained_and_emptied",
    "matter_gone",
    "matter_gone_emptied",
    "tail",
    "tail_and_seals",
    "seal",
    "node",
    "duties",
    "table_emptied",
    "no_date",
)


def emptied() -> None:
    """Both tables of seals emptied."""
    sql("DELETE FROM audit_seal")
    sql("DELETE FROM audit_node")


def _chained(stream: str, events: list[Event]) -> None:
    prev = ""
    for one in events:
        one.prev = prev
        one.hash = prev = forms.event_hash(statements.columns(one))
        put(Event, one.pk, "prev", one.prev)
        put(Event, one.pk, "hash", one.hash)
    kind, _, pk = stream.partition(":")
    put(ROWS[kind], int(pk), "head", prev)
