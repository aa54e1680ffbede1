"""Bar R2: tamperings made directly in the database or the file store, one at a time, undone after.

    python benchmarks/r2_tampering.py [tamperings] [seed]

Edits one column, deletes a row, inserts a copy, swaps two rows' columns, in: events, every chained and
part table, seals; and edits, swaps and deletes stored files. `verify` must name each. Asked are the streams
touched (all of their events, row and parts), what belongs to no row, and the seals: what `everything` does,
narrowed to where the change was. Every 25th is also asked of `everything` itself.
"""

import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
FULL_EVERY = 25


def _prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    import house

    house.build()
    sys.path.insert(0, str(Path(__file__).parent))
    import io

    from PIL import Image

    from bihuan.foundation.access import api as access
    from bihuan.foundation.audit import api as audit
    from bihuan.foundation.audit.api import vault
    from bihuan.foundation.files import api as files
    from bihuan.foundation.notify import api as notify
    from bihuan.kernel.matters import api as matters
    from bihuan.kernel.programmes import api as programmes
    from bihuan.lib.clock import now

    h = house.House()
    for n in range(12):
        out = io.BytesIO()
        Image.new("RGB", (30, 30), (n * 9, 1, 2)).save(out, "PNG")
        held = [files.accept(f"{n}.png", out.getvalue())]
        who = vault.Person("甲", f"1390000{n:04d}", "a@example.org")
        opened = h.open(f"第{n}处路灯不亮，请修。", contact=who, files=held)
        if n % 3 == 0:
            closed = h.closed(opened)
            if "publish" in {
                o.id for o in matters.offered(closed.matter, h.actor("publisher"), h.at)
            }:
                h.act(closed, "publish", "publisher")
        elif n % 3 == 1:
            moved = h.handling(opened)
            h.act(moved, "co_handle", "desk", units=[h.org("streets").pk])
            matters.recuse(
                opened.matter.pk,
                h.person("handler2").pk,
                actor=h.actor("leader"),
                at=h.at,
                reason="回避",
            )
    matters.erase_contact(1, actor=h.actor("system"), at=h.after(days=1))
    matters.add_phrase(h.org("center"), "谢谢", "感谢来信。", at=h.at, actor=h.actor("system"))
    notify.add_webhook(
        "http://example.org/x", ["public_voice.accept"], at=h.at, actor=h.actor("system")
    )
    access.issue_token(1, "t", ["matters:read"], expires=h.at.date(), at=h.at, actor="system")
    programmes.override(
        next(one for one in programmes.known() if one.id == "public_voice"),
        "limit_answer",
        3,
        org=h.org("city"),
        start=h.at.date(),
        clause="测试",
        at=h.at,
        actor=h.actor("system"),
    )
    matters.sweep(h.after(days=20))
    for day in (30, 31, 32):
        h.open(f"第{day}天的来信。", at=h.after(days=day))
        # Seals go by when an event was recorded, which is now.
        audit.seal(at=now(), until=now() + timedelta(seconds=1))


class Bench:
    """Changes the database behind the product's back, asks it, and puts everything back."""

    def __init__(self, seed: int) -> None:
        from django.conf import settings

        from bihuan.foundation.audit import api as audit
        from bihuan.foundation.audit.models import Event, Seal
        from bihuan.foundation.audit.record import part_models, rows

        self.random = random.Random(seed)
        self.path = settings.DATABASES["default"]["NAME"]
        self.rows, self.parts = dict(rows()), dict(part_models())
        self.audit = audit
        self.tables = {m._meta.db_table: m for m in self.rows.values()}
        self.tables |= {m._meta.db_table: m for m in self.parts.values()}
        self.event, self.seal = Event._meta.db_table, Seal._meta.db_table
        self.pk = {t: m._meta.pk.column for t, m in self.tables.items()} | {
            self.event: "id",
            self.seal: "id",
        }

    def columns(self, table: str) -> list[str]:
        """Columns a change of which means something: all but surrogate keys and the few that
        the design leaves to the machine (log-in data, the tree library's counter)."""
        model = self.tables.get(table)
        out = {self.pk[table]}
        if model is not None:
            out |= getattr(model, "UNTRACKED", frozenset())
        if table == self.event:
            out -= {"id"}
        with sqlite3.connect(self.path) as db:
            names = [r[1] for r in db.execute(f'PRAGMA table_info("{table}")')]
        return [n for n in names if n not in out]

    def whole(self, db: sqlite3.Connection, table: str) -> list[dict]:
        db.row_factory = sqlite3.Row
        return [dict(r) for r in db.execute(f'SELECT * FROM "{table}"')]

    def streams(self, table: str, row: dict) -> set[str]:
        model = self.tables.get(table)
        if table == self.event or table in {m._meta.db_table for m in self.parts.values()}:
            return {row["stream"]}
        if model is not None:
            return {f"{model.STREAM}:{row[self.pk[table]]}"}
        return set()

    def other(self, value: object) -> object:
        if value is None:
            return "1"
        if isinstance(value, int):
            return value + self.random.choice([1, -1, 1000]) if value not in (0, 1) else 1 - value
        text = str(value)
        if not text:
            return "x"
        place = self.random.randrange(len(text))
        fresh = self.random.choice([c for c in "0123456789" if c != text[place]])
        return text[:place] + fresh + text[place + 1 :]

    def change(self, db: sqlite3.Connection, table: str, how: str) -> tuple[set[str], str] | None:
        rows = self.whole(db, table)
        if not rows:
            return None
        key = self.pk[table]
        row = self.random.choice(rows)
        touched = self.streams(table, row)
        if how == "edit":
            column = self.random.choice(self.columns(table))
            fresh = self.other(row[column])
            changed = {**row, column: fresh}
            db.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?', [fresh, row[key]])
            return touched | self.streams(table, changed), f"{table}.{column} of {row[key]}"
        if how == "delete":
            db.execute(f'DELETE FROM "{table}" WHERE "{key}" = ?', [row[key]])
            return touched, f"{table} {row[key]}"
        if how == "insert":
            return self.insert(db, table, row)
        return self.swap(db, table, row, rows)

    def insert(self, db: sqlite3.Connection, table: str, row: dict) -> tuple[set[str], str]:
        key = self.pk[table]
        top = db.execute(f'SELECT max("{key}") FROM "{table}"').fetchone()[0]
        copy = {**row, key: top + self.random.randint(1, 50)}
        for column in ("username", "code", "digest", "key", "path", "last_id"):
            if column in copy and isinstance(copy[column], (str, int)):
                copy[column] = (
                    copy[column] + 1 if column == "last_id" else f"{copy[column]}x"[-255:]
                )
        if table == self.event:
            copy["key"] = None
            copy["seq"] = self.random.choice([row["seq"] + 1000, 999])
        names = ", ".join(f'"{c}"' for c in copy)
        marks = ", ".join("?" * len(copy))
        db.execute(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', list(copy.values()))
        return self.streams(table, copy), f"{table} copy of {row[key]} as {copy[key]}"

    def swap(self, db: sqlite3.Connection, table: str, row: dict, rows: list[dict]):
        key = self.pk[table]
        names = self.columns(table)
        self.random.shuffle(names)
        for column in names:
            others = [r for r in rows if r[column] != row[column] and r[key] != row[key]]
            if others:
                break
        else:
            return None
        other = self.random.choice(others)
        statement = f'UPDATE "{table}" SET "{column}" = ? WHERE "{key}" = ?'
        # By way of a value nothing has, since a column may be unique.
        db.execute(statement, [-77 if isinstance(row[column], int) else "~swap~", row[key]])
        db.execute(statement, [row[column], other[key]])
        db.execute(statement, [other[column], row[key]])
        touched = self.streams(table, row) | self.streams(table, other)
        for one, value in ((row, other[column]), (other, row[column])):
            touched |= self.streams(table, {**one, column: value})
        return touched, f"{table}.{column} of {row[key]} and {other[key]}"

    def narrow(self, touched: set[str]) -> list:
        from bihuan.foundation.audit import continuing, verify

        found = [f for name in sorted(touched) for f in verify.stream(name)]
        for name, model in self.parts.items():
            found += list(verify._lost_parts(name, model))
        return found + list(continuing.check())

    def tampering(self, number: int, table: str, how: str) -> tuple[str, bool] | None:
        """(what was done, whether it was named) or None when it could not be done."""
        db = sqlite3.connect(self.path, isolation_level=None, timeout=20)
        before = sqlite3.connect(":memory:")
        db.backup(before)
        try:
            db.execute("PRAGMA foreign_keys=OFF")
            db.execute("BEGIN IMMEDIATE")
            done = self.change(db, table, how)
            if done is None:
                db.execute("ROLLBACK")
                return None
            db.execute("COMMIT")
            touched, what = done
            found = self.asked(self.narrow, touched)
            named = bool(found)
            if number % FULL_EVERY == 0 or not named:
                found = self.asked(lambda: list(self.audit.everything()))
                named = bool(found)
            fell = f" (verify fell over: {found.error!r})" if isinstance(found, Failed) else ""
        except sqlite3.IntegrityError:
            db.execute("ROLLBACK")
            return None
        else:
            return what + fell, named
        finally:
            before.backup(db)
            before.close()
            db.close()

    @staticmethod
    def asked(question, *args) -> object:
        from django.db import connection

        from bihuan.kernel.programmes import api as programmes

        programmes.forget_cached()
        try:
            return question(*args)
        except Exception as error:  # noqa: BLE001 - a proof that falls over has named nothing
            return Failed(error)
        finally:
            connection.close()

    def of_file(self, how: str) -> tuple[str, bool] | None:
        from bihuan.foundation.files import api as files
        from bihuan.jobs.backup import _stored_files

        paths = _stored_files()
        one, two = self.random.sample(paths, 2)
        kept = {p: p.read_bytes() for p in (one, two)}
        if how == "delete":
            one.unlink()
        elif how == "swap":
            one.write_bytes(kept[two])
            two.write_bytes(kept[one])
        elif how == "edit":
            place = self.random.randrange(len(kept[one]))
            text = bytearray(kept[one])
            text[place] ^= 1 << self.random.randrange(8)
            one.write_bytes(bytes(text))
        else:
            one.write_bytes(kept[one] + b"more")
        named = bool(list(files.verify()))
        for path, content in kept.items():
            path.write_bytes(content)
        return f"file {one.name[:8]}", named


class Failed(list):
    """`verify` raised instead of naming: counted apart."""

    def __init__(self, error: Exception) -> None:
        super().__init__([])
        self.error = error


def main() -> None:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 2026
    with tempfile.TemporaryDirectory(prefix="r2-") as name:
        os.environ["BIHUAN_DATA"] = name
        os.environ.pop("BIHUAN_DATABASE_URL", None)
        os.environ["DJANGO_SETTINGS_MODULE"] = "bihuan.conf.settings"
        import django

        django.setup()
        _prepare()
        bench = Bench(seed)
        findings = list(bench.audit.everything())
        assert not findings, findings
        places = [*sorted(bench.tables), bench.event, bench.event, bench.event, bench.seal, "files"]
        tried: Counter[str] = Counter()
        missed: list[str] = []
        start = time.perf_counter()
        while sum(tried.values()) < wanted:
            table, how = (
                bench.random.choice(places),
                bench.random.choice(["edit", "edit", "delete", "insert", "swap"]),
            )
            number = sum(tried.values())
            done = bench.of_file(how) if table == "files" else bench.tampering(number, table, how)
            if done is None:
                continue
            tried[f"{how}"] += 1
            if not done[1]:
                missed.append(f"{how} {done[0]}")
        took = time.perf_counter() - start
        assert not list(bench.audit.everything()), "undone completely"
    print(json.dumps(tried), f"{took:.0f} s")
    for what, times in Counter(missed).most_common(40):
        print(f"  missed {times}×: {what}")
    print(f"R2: {wanted - len(missed)} of {wanted} named")
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
