"""What `bihuan doctor` looks at of the ground: database, its tables, its clock, the folder of data."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection

from bihuan.foundation.audit import schema
from bihuan.lib import private
from bihuan.lib.checkups import Checkup, Looked, Said, add

# Seconds by which clocks may differ; limits count minutes.
APART = 60
# The oldest version that is tested against.
POSTGRESQL = (15, 0)
_MORE = 1000


def _database(_: Looked) -> Iterator[Said]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    if connection.vendor == "postgresql":
        found = connection.get_database_version()
        values = {"version": ".".join(map(str, found)), "wanted": POSTGRESQL[0]}
        yield Said("postgresql" if found >= POSTGRESQL else "old", found >= POSTGRESQL, values)
    else:
        yield Said(
            "sqlite", values={"version": ".".join(map(str, connection.get_database_version()))}
        )


def _migrations(_: Looked) -> Iterator[Said]:
    if schema.unfinished():
        yield Said("unfinished", good=False)
        return
    lacking = schema.pending()
    yield Said("lacking", good=False, values={"count": lacking}) if lacking else Said("good")


def _folder(_: Looked) -> Iterator[Said]:
    where, open_ = settings.DATA, 0
    for _nth, first in zip(range(_MORE), private.left_open(settings.DATA), strict=False):
        where = where if open_ else first
        open_ += 1
    values = {"where": str(where), "count": open_}
    yield Said("open", good=False, values=values) if open_ else Said("good", values=values)


def _clock(asked: Looked) -> Iterator[Said]:
    if connection.vendor != "postgresql":
        yield Said("same")
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        theirs = datetime.fromtimestamp(float(cursor.fetchone()[0]), UTC)
    seconds = round((asked.at - theirs).total_seconds())
    good = abs(seconds) <= APART
    yield Said("good" if good else "apart", good, {"seconds": seconds})


def register() -> None:
    add(Checkup("database", _database))
    add(Checkup("migrations", _migrations, asks_database=True))
    add(Checkup("folder", _folder))
    add(Checkup("clock", _clock, asks_database=True))
