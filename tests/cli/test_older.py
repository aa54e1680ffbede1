"""What older versions left behind: their backups, their databases stopped half-way to today's tables."""

import itertools
import json
import signal
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from older_place import UNSIGNED, killed_at
from place import TESTS, VENDORS, Place, Places, asked_of
from testing_settings import PROVING

OLDER = sorted((TESTS / "older").glob("*.tar.xz"))
ROWS = """
import hashlib, json
from bihuan.foundation.audit.models import Event, Seal
from bihuan.foundation.search import api as search
from bihuan.foundation.audit.api import vault, Contact
from bihuan.jobs.backup import _stored_files
from bihuan.kernel.matters.models import Matter
events = Event.objects.order_by("pk").values_list("pk", "stream", "seq", "type", "data", "private", "hash")
contacts = [vault.for_delivery(c.subject) for c in Contact.objects.order_by("pk")]
print(json.dumps([
    [list(e) for e in events if e[3] != "person.password_taken_up"],
    [list(m) for m in Matter.objects.order_by("pk").values_list("pk", "state", "version", "head", "facts")],
    [list(s) for s in Seal.objects.order_by("pk").values_list("first_id", "last_id", "signature")],
    {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in _stored_files()},
    sorted(search.find("m", "附照片")),
    ["someone@example.org" in str(c) for c in contacts].count(True),
]))
"""

LIVES = f"import runpy; runpy.run_path({str(TESTS / 'older' / 'lives.py')!r}, run_name='__main__')"


def _in_archive(source: Path) -> tuple[dict, dict[str, list[dict]], list[str]]:
    """The manifest, its tables' rows by column, the names of its files."""
    found, files = {}, []
    with tarfile.open(source) as archive:
        for entry in archive:
            content = archive.extractfile(entry).read()
            if entry.name == "manifest.json":
                manifest = json.loads(content)
            elif entry.name.startswith("files/"):
                files.append(Path(entry.name).name)
            elif entry.name.endswith(".jsonl"):
                names, *rows = map(json.loads, content.decode().splitlines())
                name = Path(entry.name).name.removesuffix(".jsonl")
                found[name] = [dict(zip(names, row, strict=True)) for row in rows]
    return manifest, found, files


def _columns(rows: list[dict], *names: str) -> list[list]:
    return [[row[name] for name in names] for row in rows]


def _lives() -> Iterator[object]:
    """What an archive holds does not hang on the database it is put into (`make bench-R4` crosses
    them): each goes into one. The unsigned one is restored and brought up to date below as well."""
    for archive, vendor in zip(OLDER, itertools.cycle(VENDORS[::-1]), strict=False):
        again = [pytest.mark.again] if archive == UNSIGNED else []
        yield pytest.param(archive, vendor, id=archive.name.partition(".")[0], marks=again)


@pytest.mark.long
@pytest.mark.parametrize(("archive", "vendor"), list(_lives()))
def test_a_backup_of_a_version_before_comes_back_whole_and_goes_on(places: Places, archive, vendor):
    place = places.empty(vendor)
    # The archive was made while an event waited for its seal: the first round seals it.
    came, told, *goes_on, lived = place.together(
        ["restore", archive, "--unsigned"], ROWS, ["init"], ["work", "--once"], ["verify"], LIVES
    )
    assert came.returncode == 0, came.stdout + came.stderr
    assert " 0 findings" in came.stdout
    events, rows, seals, files, searched, contacts = json.loads(told.stdout)
    _, tables, stored = _in_archive(archive)
    assert len(events) > 300
    told = ("id", "stream", "seq", "type", "data", "private", "hash")
    assert events == _columns(tables["audit.event"], *told)
    kept = _columns(tables["matters.matter"], "id", "state", "version", "head", "facts")
    assert rows == kept
    assert seals == _columns(tables["audit.seal"], "first_id", "last_id", "signature")
    assert [*files] == stored
    assert all(name == digest for name, digest in files.items())
    assert searched
    assert contacts == 1
    for done in goes_on:
        assert done.returncode == 0, done.stdout + done.stderr
    lived = json.loads(lived.stdout)
    assert lived["wrong"] == []
    assert lived["wanted"] > 40
    assert lived["opened"] > 400
    # What they see and the inputs that fit allow, they can do.
    left = {why for why in lived["not taken"].values() if "guard.person_elsewhere" not in why}
    assert left == set(), "at some units nobody works to whom a matter could be given"


def test_what_nobody_signed_is_refused(places: Places):
    refused, there = places.new().together(
        ["restore", UNSIGNED],
        "from django.conf import settings; print((settings.DATA / 'bihuan.sqlite3').exists())",
    )
    assert refused.returncode == 1
    assert "--unsigned" in refused.stderr
    assert there.stdout == "False\n"


# A signed one of before is restored in the ordinary run.
@pytest.mark.again
def test_what_nobody_signed_is_taken_when_said_so(places: Places, tmp_path):
    today = tmp_path / "today.tar"
    done, made = places.new().together(
        ["restore", UNSIGNED, "--unsigned"],
        ["backup", today, "--with-secrets"],
    )
    assert done.returncode == 0, done.stderr
    assert "not proved: that nobody changed the archive" in done.stdout
    assert "run `bihuan init`" in done.stderr
    assert made.returncode == 0, made.stderr
    # An archive of today with its signature taken off is none of before.
    bare = tmp_path / "bare.tar"
    with tarfile.open(today) as old, tarfile.open(bare, "w") as new:
        for entry in old:
            content = old.extractfile(entry).read()
            if entry.name == "manifest.json":
                manifest = json.loads(content)
                del manifest["signature"]
                content = json.dumps(manifest).encode()
            _add(new, entry.name, content)
    done = places.new().run("restore", bare, "--unsigned")
    assert done.returncode == 1
    assert "changed after it was made" in done.stderr


def _add(into: tarfile.TarFile, name: str, content: bytes) -> None:
    import io

    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    into.addfile(entry, io.BytesIO(content))


FORGED = [
    (lambda m: m["migrations"].append("matters.0999_of_tomorrow"), "does not know"),
    (lambda m: m["migrations"].remove("matters.0003_path_collation"), "no state"),
    (lambda m: m["counts"].update({"audit.event": 3}), "were backed up"),
    (lambda m: m["counts"].update({"audit.never": 0}), "does not know its table"),
]
EMPTY = "from bihuan.jobs import tables; print(tables.empty('default'))"


def test_tables_that_are_no_older_ones_are_refused(places: Places, tmp_path):
    steps = []
    with tarfile.open(UNSIGNED) as old:
        held = {entry.name: old.extractfile(entry).read() for entry in old}
    for n, (change, _) in enumerate(FORGED):
        forged = tmp_path / f"{n}.tar"
        with tarfile.open(forged, "w") as new:
            for name, content in held.items():
                if name == "manifest.json":
                    manifest = json.loads(content)
                    change(manifest)
                    content = json.dumps(manifest).encode()  # noqa: PLW2901 - the one that is changed
                _add(new, name, content)
        steps += [["restore", forged, "--unsigned"], EMPTY]
    done = places.empty().together(*steps)
    for (_, said), refused, empty in zip(FORGED, done[::2], done[1::2], strict=True):
        assert refused.returncode == 1
        assert said in refused.stderr
        assert empty.stdout == "True\n"


# An update that is stopped

MOVED = """
import json
from bihuan.kernel.workbench.models import Phrase, SavedFilter
from bihuan.kernel.workbench import api as workbench
from house import House
from django.db import connection
print(json.dumps([[*Phrase.objects.values_list("org_id", "shortcut", "body", "active")],
    [*SavedFilter.objects.values_list("name", "query")]]))
# No event tells of that phrase; one that is added now stands in the log.
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM workbench_phrase")
h = House()
workbench.add_phrase(h.org("city"), "再见", "再见。", at=h.after(days=1), actor=h.actor("admin"))
"""
# How often it is stopped before it may end.
POINTS = 3 if PROVING else 1


@pytest.mark.long
@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_an_update_stopped_anywhere_goes_on_where_it_was(places: Places, older_places, vendor):
    _, tables, _ = _in_archive(UNSIGNED)
    place = older_places(places, vendor)
    # One installation, stopped again and again, each time a bit further on.
    stopped = 0
    for n in range(POINTS):
        done = killed_at(place, 1 + n * 9, "init")
        assert done.returncode in (-signal.SIGKILL, 0), done.stderr
        stopped += done.returncode != 0
        if n == 0:
            for refused in place.together(["serve", "--no-work"], ["work", "--once"]):
                assert refused.returncode == 2, refused.stdout + refused.stderr
                assert "run `bihuan init`" in refused.stderr
    assert stopped == POINTS
    done, moved, verified, told, worked = place.together(
        ["init"], MOVED, ["verify"], ROWS, ["work", "--once"]
    )
    assert done.returncode == 0, done.stderr
    # Tables that moved to rooms of their own moved with their rows.
    assert json.loads(moved.stdout) == [
        [[1, "谢谢", "感谢您的来信。", True]],
        [["投诉", "category=complaint"]],
    ]
    assert verified.returncode == 0, verified.stdout
    events, rows, *_ = json.loads(told.stdout)
    told = ("id", "stream", "seq", "type", "data", "private", "hash")
    was = _columns(tables["audit.event"], *told)
    assert events[: len(was)] == was
    assert rows == _columns(tables["matters.matter"], "id", "state", "version", "head", "facts")
    assert worked.returncode == 0, worked.stderr


@pytest.mark.parametrize("vendor", asked_of("postgresql"))
def test_two_updates_at_once_take_turns(places: Places, older_places, vendor, tmp_path):
    place = older_places(places, vendor)
    others = [place]
    if vendor != "sqlite":
        # Another machine: the same database, the same keys, a data folder of its own.
        other = Place(tmp_path / "other", place.url)
        other.data.mkdir()
        (other.data / "secrets.json").write_bytes((place.data / "secrets.json").read_bytes())
        (other.data / "secrets.json").chmod(0o600)
        others.append(other)
    running = [
        one.start("init", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for one in (place, *others)
    ]
    for one in running:
        out, err = one.communicate(timeout=300)
        assert one.returncode == 0, out + err
    moved, verified = place.together(MOVED, ["verify"])
    assert "感谢您的来信。" in json.loads(moved.stdout)[0][0]
    assert verified.returncode == 0, verified.stdout
