"""Everything that can be looked at of an installation, one line each: good, or what to do."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import DatabaseError

from bihuan.foundation.audit.api import security
from bihuan.lib import checkups
from bihuan.lib.checkups import Checkup, Looked, Said

# Days: a backup each night, and one night may fail.
BACKUP = 2


@dataclass(frozen=True)
class Line:
    """What a check said."""

    check: str
    said: Said


def _backup(asked: Looked) -> Iterator[Said]:
    made = security.entries(security.Wanted(None, types=("backup.made",)), 1)
    if not made:
        yield Said("never", good=False)
        return
    days = (asked.at - made[0][0].at).days
    yield Said("good" if days < BACKUP else "old", days < BACKUP, {"days": days})


def lines(asked: Looked) -> Iterator[Line]:
    """What all checks say. One that fails says that; without a database those that ask it are left
    out."""
    checkups.add(Checkup("backup", _backup, asks_database=True))
    answers = True
    for one in checkups.every():
        if one.asks_database and not answers:
            continue
        try:
            for said in one.look(asked):
                yield Line(one.name, said)
        except DatabaseError as error:
            why = " ".join(str(error).split())[:200]
            if one.name == "database":
                answers = False
                yield Line(one.name, Said("away", good=False, values={"why": why}))
            else:
                yield Line(one.name, Said("database", good=False, values={"why": why}))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are still to be looked at
            yield Line(
                one.name,
                Said(
                    "failed", good=False, values={"why": f"{type(error).__name__}: {error}"[:200]}
                ),
            )
