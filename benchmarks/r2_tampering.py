"""Bar R2: tampering made directly in the database or in files, and what `verify` says of it.

    python benchmarks/r2_tampering.py [--tries 10000] [--seed 2026] [--database sqlite|postgres|both] [--small]

Each try is a real edit and is named by a real run of all that `bihuan verify` asks (jobs/proving). Edits of
single pieces (a row, a file, a password, a notice …) are made many at a time, each at a place of its own, and
each must be named at its own place; one that is not is tried again alone. Edits of the log as a whole stand
alone. Then the same with the secrets: the forgery sealed anew with the true key and a new seals.log beside it;
an anchor from before (`verify --anchor`) must name every one.
"""

import argparse
import json
import random
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import ground

TRIES, SIDE_BY_SIDE = 10_000, 120
ALONE, BACK, RESEALED = 25, 4, 100


class Bench:
    """Changes the house behind the product's back, asks it, and puts everything back."""

    def __init__(self, seed: int, copies: list[dict[str, list[str]]]) -> None:
        import r2_pieces
        import r2_whole
        from django.conf import settings

        from bihuan.jobs.backup import _stored_files

        r2_pieces.prepare()
        self.chance = random.Random(seed)
        self.kinds = r2_whole.Kinds(self.chance, _stored_files)
        self.pieces, self.whole, self.copies = r2_pieces.PIECES, r2_whole, copies
        self.seals, self.files = Path(settings.SEALS_FILE), Path(settings.FILES_ROOT)
        self.tried: Counter[str] = Counter()
        self.missed: Counter[str] = Counter()
        self.runs = 0

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Whatever is done within, in database and files, is undone after."""
        from django.db import connection, transaction

        seals = self.seals.read_bytes()
        kept = self.files.with_name("files.kept")
        if not kept.exists():
            shutil.copytree(self.files, kept)
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":
                cursor.execute("PRAGMA foreign_keys=OFF")
        try:
            with transaction.atomic():
                self.unlock()
                yield
                transaction.set_rollback(True)
        finally:
            self.seals.write_bytes(seals)
            for one in kept.glob("??/*"):
                there = self.files / one.relative_to(kept)
                if not there.exists() or there.read_bytes() != one.read_bytes():
                    shutil.copy2(one, there)

    @staticmethod
    def unlock() -> None:
        """Takes off the triggers that refuse changes to the log, as who has the database's password
        would."""
        from django.db import connection

        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET LOCAL session_replication_role = replica")
                return
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')

    def asked(self, **more: Any) -> list[str]:
        """Where `verify` found something; it may not fall over."""
        from bihuan.jobs import proving
        from bihuan.kernel.programmes import api as programmes

        self.runs += 1
        programmes.forget_cached()
        try:
            return [one.where for one in proving.everything(**more)]
        except Exception as error:  # noqa: BLE001 - a proof that falls over has named nothing
            return [f"fell over: {error!r}"]
        finally:
            programmes.forget_cached()

    @staticmethod
    def named(found: list[str], places: set[str]) -> bool:
        return any(
            where == one
            or where.startswith((f"{one}#", f"{one} ", one if one.endswith(" ") else f"{one} "))
            for where in found
            for one in places
        )

    def one(self, kind: str) -> set[str] | None:
        """Makes one tampering; None, and nothing, where the database does not take it."""
        from django.db import DatabaseError, transaction

        try:
            with transaction.atomic():
                return getattr(self.kinds, kind)()
        except (DatabaseError, AttributeError, LookupError, OverflowError, TypeError, ValueError):
            return None

    def side_by_side(self, most: int) -> None:
        """Many pieces at once, each at a place of its own."""
        names, weights = zip(*self.pieces, strict=True)
        taken: set[str] = set()
        made: list[tuple[str, set[str], Any]] = []
        with self.undone():
            for _ in range(most * 4):
                if len(made) >= most:
                    break
                kind = self.chance.choices(names, weights)[0]
                state = self.chance.getstate()
                places = self.apart(kind, taken)
                if places:
                    taken |= places
                    made.append((kind, places, state))
            found = self.asked()
        fell = [one for one in found if one.startswith("fell over")]
        if fell:
            self.missed[f"side by side: {fell[0]}"] += 1
        for kind, places, state in made:
            self.tried[kind] += 1
            if not self.named(found, places) and not self.again(kind, state):
                self.missed[f"{kind} at {sorted(places)}"] += 1

    def apart(self, kind: str, taken: set[str]) -> set[str] | None:
        """One tampering, unless it touches what another of the round has."""
        from django.db import transaction

        files = (
            {one: one.read_bytes() for one in self.kinds.files()} if kind == "stored_file" else {}
        )
        with transaction.atomic():
            places = self.one(kind)
            meets = bool(places) and bool(self.owners(places) & self.owners(taken))
            transaction.set_rollback(meets)
        if meets:
            for path, content in files.items():
                path.write_bytes(content)
        return None if meets else places

    @staticmethod
    def owners(places: set[str]) -> set[str]:
        """What a place is part of: the stream, or the day, text, notice by itself."""
        return {one.partition(" file/")[0].partition("#")[0] for one in places}

    def again(self, kind: str, state: Any) -> bool:
        """The same alone: another of the round may have hidden it, or changed what it was."""
        kept = self.chance.getstate()
        self.chance.setstate(state)
        try:
            with self.undone():
                places = self.one(kind)
                return places is None or self.named(self.asked(), places)
        finally:
            self.chance.setstate(kept)

    def tell(self) -> None:
        """How far it is, for whoever waits."""
        done, missed = self.tried.total(), self.missed.total()
        print(f"  {done} tried in {self.runs} runs, {missed} missed", file=sys.stderr, flush=True)

    def alone(self, kind: str, make: Callable[[], set[str] | None]) -> None:
        """One tampering of the whole; nothing that is sealed may be sealed again either."""
        from bihuan.lib.clock import now

        with self.undone():
            places = make()
            if places is None:
                return
            found = self.asked(at=now() + timedelta(minutes=20))
            signed = kind in REFUSED and self.sealed()
        self.tried[kind] += 1
        if not self.named(found, places):
            self.missed[f"{kind}: {sorted(set(found))[:3]}"] += 1
        if signed:
            self.missed[f"{kind}: it was sealed"] += 1

    def sealed(self) -> bool:
        """Whether the next round would put the house's signature under it."""
        from bihuan.foundation.audit import api as audit
        from bihuan.lib.clock import now

        try:
            audit.seal(at=now(), until=now() + timedelta(seconds=1))
        except audit.BrokenLogError:
            return False
        return True

    def rolled_back(self, copy: int) -> set[str]:
        """The whole database as it was at an earlier seal."""
        self.load(self.copies[copy])
        return self.whole.OUTSIDE

    @staticmethod
    def load(copy: dict[str, list[str]]) -> None:
        from bihuan.foundation.search import api as search
        from bihuan.jobs import tables

        tables.clear("default")
        for model in tables.carried():
            lines = copy[model._meta.label_lower]
            tables.load(model, iter(lines), "default")
        search.rebuild()

    def with_secrets(self, kind: str, anchors: list[Any]) -> None:
        """A tampering by who has everything: sealed anew with the true key, seals.log written anew."""
        with self.undone():
            if kind == "rolled_back":
                self.rolled_back(self.chance.randrange(len(self.copies) - 1))
            else:
                getattr(self.kinds, kind)()
            self.whole.emptied()
            self.seals.unlink()
            again = self.sealed()
            found = self.asked(anchors=anchors)
        self.tried[f"with secrets: {kind}"] += 1
        if not again or not self.named(found, {"anchor "}):
            self.missed[f"with secrets: {kind}: {found[:3]}"] += 1


# Of these the next round must not seal anything.
REFUSED = {"chained_and_emptied", "matter_gone_emptied", "tail_and_seals", "rolled back"}


def _copied() -> dict[str, list[str]]:
    from bihuan.jobs import tables

    return {
        model._meta.label_lower: list(tables.lines(model, "default")) for model in tables.carried()
    }


def measure(arguments: argparse.Namespace) -> int:
    """All tries on the database of this process."""
    import r2_house
    from django.db import connection

    from bihuan.foundation.audit.api import proofs

    began = time.perf_counter()
    copies: list[dict[str, list[str]]] = []
    r2_house.build(lambda: copies.append(_copied()))
    bench = Bench(arguments.seed, copies)
    assert bench.asked() == [], bench.asked()
    built = time.perf_counter() - began
    alone = 2 if arguments.small else ALONE
    tries = arguments.tries or (300 if arguments.small else TRIES)
    for kind in bench.whole.WHOLE:
        for _ in range(alone):
            bench.alone(kind, getattr(bench.kinds, kind))
    for _ in range(alone):
        bench.alone("seals_file", lambda: bench.kinds.seals_file(bench.seals))
    for copy in range(len(copies) - 1):
        for _ in range(1 if arguments.small else BACK):
            bench.alone("rolled back", lambda copy=copy: bench.rolled_back(copy))
    bench.tell()
    while (left := tries - bench.tried.total()) > 0:
        bench.side_by_side(min(SIDE_BY_SIDE, left))
        bench.tell()
    without = bench.tried.total()
    forged = ["chained_anew", "matter_gone", "tail", "rolled_back"]
    anchors = [proofs.newest()]
    for n in range(8 if arguments.small else RESEALED):
        bench.with_secrets(forged[n % len(forged)], anchors)
    assert bench.asked() == [], "undone completely"
    took = time.perf_counter() - began
    shutil.rmtree(bench.files.with_name("files.kept"))
    named = bench.tried.total() - bench.missed.total()
    print(
        f"{connection.vendor}: built in {built:.0f} s, {took:.0f} s in all, {bench.runs} runs of verify; {ground.quiet()}"
    )
    print(json.dumps(bench.tried, indent=1))
    for what, times in bench.missed.most_common(40):
        print(f"  missed {times}×: {what}")
    print(
        f"R2 on {connection.vendor}: {named} of {bench.tried.total()} named "
        f"({without} without the secrets, {bench.tried.total() - without} with): "
        f"{ground.verdict(not bench.missed)}",
        flush=True,
    )
    return int(bool(bench.missed))


def _options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--tries", type=int, default=0, help=f"without the secrets ({TRIES})")
    parser.add_argument("--seed", type=int, default=2026)


if __name__ == "__main__":
    sys.exit(ground.main(__doc__, measure, _options, databases=("sqlite", "postgres")))
