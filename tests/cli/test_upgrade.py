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


def _all_well(*done):
    for one in done:
        assert one.returncode == 0, one.stdout + one.stderr


@pytest.mark.long
@pytest.mark.parametrize("vendor", asked_of("postgresql"))
def test_an_older_installation_is_killed_goes_on_and_is_led_back(
    places: Places, older_places, vendor
):
    place = older_places(places, vendor)
    _, before = place.together(UNTOLD, WHOLE)
    assert killed_at(place, 60, "upgrade").returncode == -signal.SIGKILL
    refused, on, undone, after, again = place.together(
        ["serve", "--no-work"], ["upgrade"], ["upgrade", "--undo"], WHOLE, ["upgrade", "--undo"]
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
    before, done, undone, after, *rest = place.together(
        WHOLE,
        ["upgrade", "--backup", archive],
        ["upgrade", "--undo"],
        WHOLE,
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
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as opened:
        manifest = json.loads(opened.extractfile(opened.next()).read())
    assert manifest["signature"]
    again, wrote, written, refused, still, settled, gone, searched, verified, _, newer = rest
    _all_well(again, wrote, written, still, settled, searched, verified)
    assert refused.returncode == gone.returncode == 1
    assert "was written since" in refused.stderr
    assert still.stdout == written.stdout
    assert not list((place.data / "upgrades").iterdir())
    assert newer.returncode == 1
    assert "by a newer version" in newer.stderr
    assert "matters.0999_of_tomorrow" in newer.stderr


def test_where_nothing_is_there_is_nothing_to_upgrade(places: Places):
    done = places.new().run("upgrade")
    assert done.returncode == 1
    assert "run `bihuan init`" in done.stderr
