"""The installation of an older version, its tables as they were then; commands killed at a statement."""

import subprocess
import sys
import tarfile
from pathlib import Path

from place import TESTS, Place, Places

UNSIGNED = TESTS / "older" / "88c29a0.tar.xz"
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
code = main(sys.argv[2:])
print(seen)
sys.exit(code)
"""


def killed_at(place: Place, point: int, *argv: str) -> subprocess.CompletedProcess:
    """A command, killed as it changes the database for the `point`th time."""
    return subprocess.run(
        [sys.executable, "-c", KILLED, str(point), *argv],
        env=place.environment(),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def older_place(places: Places, vendor: str) -> Place:
    """The database of the version before with its rows, its keys and files, brought to nothing yet."""
    place = places.new(vendor)
    place.data.mkdir()
    folder = places.folder / f"{place.data.name}-unpacked"
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
