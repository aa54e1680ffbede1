"""`bihuan upgrade`: from an older version, stopped in the middle, undone, and what it refuses."""

import json
import signal
import tarfile

import pytest
from older_place import killed_at
from place import Places, asked_of

# A row that no event tells of.
UNTOLD = """
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute("DELETE FROM matters_phrase")
"""
NEWER = """
from django.db.migrations.recorder import MigrationRecorder
from django.db import connection
MigrationRecorder(connection).record_applied("matters", "0999_of_tomorrow")
"""
# Every row of every table that a backup carries, as the tables stand.
WHOLE = """
import hashlib
from bihuan.jobs import older, tables
applied, models = older.as_they_stand("default")
told = hashlib.sha256(" ".join(applied).encode())
for model in models:
    for line in tables.lines(model, "default"):
        told.update(line.encode())
print(len(models), told.hexdigest())
"""


# What somebody else keeps beside our tables, and may do with them.
OTHERS = """
from django.db import connection
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE others_own (told text)")
        cursor.execute("GRANT SELECT ON orgs_org TO PUBLIC")
"""
KEPT = """
from django.db import connection
if connection.vendor == "postgresql":
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM others_own")
        cursor.execute("SELECT privilege_type FROM information_schema.role_table_grants"
            " WHERE table_name = 'orgs_org' AND grantee = 'PUBLIC'")
        assert cursor.fetchall() == [("SELECT",)]
"""
BROKEN = """
from django.conf import settings
folder = settings.DATA / "programmes" / "broken"
folder.mkdir(parents=True)
(folder / "programme.toml").write_text("nothing of the kind", encoding="utf-8")
"""
MENDED = """
import shutil
from django.conf import settings
shutil.rmtree(settings.DATA / "programmes" / "broken")
"""
STOPPED = """
from django.conf import settings
(settings.DATA / "update.unfinished").touch(mode=0o600)
"""
# What only somebody else at the same place can hold.
BESIDE = """
from bihuan.cli import main
from bihuan.foundation.audit.api import schema
with schema.in_use():
    print(main(["upgrade"]), main(["upgrade", "--undo"]))
with schema.unused():
    print(main(["work", "--once"]), main(["serve", "--no-work", "--port", "18761"]))
"""
OPENED = """
import sqlite3
from django.db import connection
from bihuan.cli import main
if connection.vendor == "sqlite":
    other = sqlite3.connect(connection.settings_dict["NAME"])
    other.execute("SELECT count(*) FROM audit_event").fetchall()
    print(main(["upgrade", "--undo"]))
    other.close()
"""


def _all_well(*done):
    for one in done:
        assert one.returncode == 0, one.stdout + one.stderr


@pytest.mark.long
@pytest.mark.parametrize("vendor", asked_of("postgresql"))
def test_an_older_installation_is_killed_goes_on_and_is_led_back(
    places: Places, older_places, vendor
):
    place = older_places(places, vendor)
    _, _, before = place.together(UNTOLD, OTHERS, WHOLE)
    assert killed_at(place, 60, "upgrade").returncode == -signal.SIGKILL
    refused, on, undone, after, again, _ = place.together(
        ["serve", "--no-work"],
        ["upgrade"],
        ["upgrade", "--undo"],
        WHOLE,
        ["upgrade", "--undo"],
        KEPT,
    )
    assert refused.returncode == 2
    assert "bihuan upgrade" in refused.stderr
    _all_well(on, undone, after)
    assert "goes on" in on.stdout
    assert "as it was written" in on.stdout
    assert after.stdout == before.stdout
    assert again.returncode == 1
    assert "no upgrade is known" in again.stderr


@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_it_leads_back_until_something_is_written(places: Places, vendor, tmp_path):
    place = places.built(vendor)
    archive = tmp_path / "kept.tar"
    before, done, held, undone, after, *rest = place.together(
        WHOLE,
        ["upgrade", "--backup", archive],
        OPENED,
        ["upgrade", "--undo"],
        WHOLE,
        ["restore", archive, "--force"],
        ["upgrade"],
        ["org", "create", "新处", "--parent", "city"],
        WHOLE,
        ["upgrade", "--undo"],
        WHOLE,
        ["upgrade", "--discard-backup"],
        ["upgrade", "--undo"],
        ["search", "rebuild"],
        ["verify"],
        NEWER,
        ["upgrade"],
    )
    _all_well(before, done, undone, after)
    assert after.stdout == before.stdout
    if vendor == "sqlite":
        assert held.stdout.split()[-1] == "1"
        assert "nothing was changed" in held.stderr
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as opened:
        manifest = json.loads(opened.extractfile(opened.next()).read())
    assert manifest["signature"]
    assert manifest["heads"]
    restored, again, wrote, written, refused, still, settled, gone, searched, verified, _, newer = (
        rest
    )
    _all_well(restored, again, wrote, written, still, settled, searched, verified)
    assert refused.returncode == gone.returncode == 1
    assert "was written since" in refused.stderr
    assert still.stdout == written.stdout
    assert not list((place.data / "upgrades").iterdir())
    assert newer.returncode == 1
    assert "by a newer version" in newer.stderr
    assert "matters.0999_of_tomorrow" in newer.stderr


@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_one_that_fails_is_held_back_until_it_is_gone_on_with_or_undone(places: Places, vendor):
    place = places.built(vendor)
    before, _, failed, refused, undone, after, again, _, finished, *rest = place.together(
        WHOLE,
        BROKEN,
        ["upgrade"],
        ["serve", "--no-work", "--port", "18760"],
        ["upgrade", "--undo"],
        WHOLE,
        ["upgrade"],
        MENDED,
        ["init"],
        ["org", "create", "新处", "--parent", "city"],
        STOPPED,
        ["upgrade", "--undo"],
        ["upgrade"],
        ["init", "--if-new"],
        BESIDE,
        ["init", "--if-new"],
        ["upgrade", "--discard-backup"],
    )
    _all_well(before, undone, after, finished)
    assert failed.returncode == again.returncode == 1
    assert "`bihuan upgrade` again" in failed.stderr
    assert refused.returncode == 2
    assert after.stdout == before.stdout
    wrote, _, kept, other, ready, beside, old, discarded = rest
    _all_well(wrote, ready, old, discarded)
    assert kept.returncode == other.returncode == 1
    # `init` brought that upgrade to its end; a later one that stopped makes it no younger.
    assert "was written since" in kept.stderr
    assert "an update by `bihuan init`" in other.stderr
    assert "left as it is" not in ready.stdout
    assert "left as it is" in old.stdout
    assert beside.stdout.splitlines() == ["1 1", "2 2"]
    assert "stop `serve` and `work` first" in beside.stderr
    assert not list((place.data / "upgrades").iterdir())


def test_where_nothing_is_there_is_nothing_to_upgrade(places: Places):
    done = places.new().run("upgrade")
    assert done.returncode == 1
    assert "run `bihuan init`" in done.stderr
