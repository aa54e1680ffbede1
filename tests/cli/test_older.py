"""What older versions left behind: their backups, their databases stopped half-way to today's tables."""

import itertools
import json
import shutil
import signal
import subprocess
import sys
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from place import TESTS, VENDORS, Place, Places, asked_of

OLDER = sorted((TESTS / "older").glob("*.tar.xz"))
UNSIGNED = TESTS / "older" / "88c29a0.tar.xz"
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
    place = places.new(vendor)
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


def test_what_nobody_signed_is_taken_only_when_said_so(places: Places, tmp_path):
    place = places.new()
    today = tmp_path / "today.tar"
    refused, there, done, made = place.together(
        ["restore", UNSIGNED],
        "from django.conf import settings; print((settings.DATA / 'bihuan.sqlite3').exists())",
        ["restore", UNSIGNED, "--unsigned"],
        ["backup", today, "--with-secrets"],
    )
    assert refused.returncode == 1
    assert "--unsigned" in refused.stderr
    assert there.stdout == "False\n"
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
    done = places.new().together(*steps)
    for (_, said), refused, empty in zip(FORGED, done[::2], done[1::2], strict=True):
        assert refused.returncode == 1
        assert said in refused.stderr
        assert empty.stdout == "True\n"


# An update that is stopped

BEFORE = """
import json
from pathlib import Path
from bihuan.jobs import older
folder = Path({folder!r})
older.put_in(folder, json.loads((folder / "manifest.json").read_text()))
# The index of words is no part of a backup; there it stood.
from bihuan.foundation.search import index
from bihuan.foundation.search.models import Document
from bihuan.language import tokens
for one in Document.objects.all():
    index.put(one.pk, one.kind, tokens.index_tokens(one.body), replace=False)
# What that archive has none of, in tables that take other names since.
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("INSERT INTO matters_phrase (version, head, org_id, shortcut, body, active)"
        " VALUES (1, '', 1, '谢谢', '感谢您的来信。', true)")
    cursor.execute("INSERT INTO matters_savedfilter (person_id, name, query)"
        " VALUES ((SELECT min(id) FROM orgs_person), '投诉', 'category=complaint')")
"""
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
KILLED = """
import os, signal, sys
from django.db.backends import utils
wanted, seen = int(sys.argv[1]), 0
def counted(name):
    whole = getattr(utils.CursorWrapper, name)
    def call(self, sql, *args, **more):
        global seen
        found = whole(self, sql, *args, **more)
        if not str(sql).lstrip().upper().startswith("SELECT"):
            seen += 1
            if seen == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
        return found
    setattr(utils.CursorWrapper, name, call)
counted("execute")
counted("executemany")
# Between the last statement of a change of tables and what comes next, as well.
from django.db.migrations import recorder
noted = recorder.MigrationRecorder.record_applied
def note(self, app, name):
    global seen
    seen += 1
    if seen == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
    return noted(self, app, name)
recorder.MigrationRecorder.record_applied = note
from bihuan.cli import main
code = main(["init"])
print(seen)
sys.exit(code)
"""
POINTS = 3


@pytest.fixture(scope="module")
def older_places(tmp_path_factory) -> Iterator[Callable[[Places, str], Place]]:
    """Makes copies of an installation of the version before, of either vendor."""
    folder = tmp_path_factory.mktemp("older")
    shelf, models = Places(folder), {}

    def copy(places: Places, vendor: str) -> Place:
        if vendor not in models:
            models[vendor] = _older_place(shelf, vendor, folder / f"unpacked-{vendor}")
        place = places.new(vendor, Path(models[vendor].url).name or "template1")
        shutil.copytree(models[vendor].data, place.data)
        return place

    yield copy
    shelf.close()


def _older_place(places: Places, vendor: str, folder: Path) -> Place:
    """The database of the version before with its rows, its keys and files, brought to nothing yet."""
    place = places.new(vendor)
    place.data.mkdir()
    folder.mkdir()
    with tarfile.open(UNSIGNED) as archive:
        for entry in archive:
            (folder / Path(entry.name).name).write_bytes(archive.extractfile(entry).read())
    keys = place.data / "secrets.json"
    keys.write_bytes((folder / "secrets.json").read_bytes())
    keys.chmod(0o600)
    for stored in folder.iterdir():
        if len(stored.name) == 64:
            target = place.data / "files" / stored.name[:2] / stored.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(stored.read_bytes())
    place.python(BEFORE.format(folder=str(folder)))
    return place


def _init(place: Place, point: int) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(point)],
        env=place.environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.mark.long
@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_an_update_stopped_anywhere_goes_on_where_it_was(places: Places, older_places, vendor):
    _, tables, _ = _in_archive(UNSIGNED)
    place = older_places(places, vendor)
    # One installation, stopped again and again, each time a bit further on.
    stopped = 0
    for n in range(POINTS):
        done = _init(place, 1 + n * 9)
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
