"""Workers that open one for each of a roster, killed with SIGKILL between their lots, two at a time."""

import contextlib
import json
import signal
import sqlite3
import subprocess
import sys
import time

import psycopg
import pytest
from place import HEAD, Place, Places, asked_of

MANY = 40
SEED = """
import lodges, house
from house import House
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs import org_types
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
h = House()
city = h.org("city")
org_types.install(at=house.BUILT, actor="system", also=("lodge",))
for n in range({count}):
    orgs.create_org(f"第{{n}}社", parent=city, at=house.BUILT, actor="system", code=f"l{{n}}", level="lodge")
release = programmes.install(lodges.FOLDER, at=house.BUILT, actor="system")
programmes.put_in_force(release.pk, city, start=house.SINCE, at=house.BUILT, actor=SYSTEM)
opening = matters.Opening(lodges.PROGRAMME, "campaign", city, "一起做。", fields={{"motto": "实干"}})
made = matters.open_matter(opening, actor=SYSTEM, at=h.at).matter
access.give(h.person("leader").pk, "ppp_chief", city.pk, start=house.SINCE, at=house.BUILT, actor="system")
given = {{"words": "各自作出承诺。", "days": 5}}
matters.act(made.pk, "start", actor=h.actor("leader"), at=h.at, data=given)
"""
# In lots of two, each slow enough to be killed in the middle of.
WORK = """
import time
from bihuan.facets.each import growing
growing.AT_ONCE = 2
opened = growing.matters.open_matter
def slowly(*given, **more):
    time.sleep(0.05)
    return opened(*given, **more)
growing.matters.open_matter = slowly
from bihuan.cli import main
main(["work", "--interval", "0.1"])
"""
RELEASED = """
from bihuan.foundation.notify.models import Duty, Task
Task.objects.update(leased_until=None); Duty.objects.update(leased_until=None)
"""
STATE = """
import json
from bihuan.facets.each.models import EachOf
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify.models import Task
from bihuan.kernel.matters.api import Matter
print(json.dumps([EachOf.objects.count(), EachOf.objects.values("whom").distinct().count(),
    Matter.objects.filter(kind="promise").count(),
    Task.objects.filter(name__startswith="each").count(), [str(f) for f in audit.everything()]]))
"""


def _workers(place: Place) -> list[subprocess.Popen]:
    return [
        subprocess.Popen([sys.executable, "-c", HEAD + WORK], env=place.environment())
        for _ in range(2)
    ]


def _database(place: Place) -> contextlib.closing:
    database = place.data / "bihuan.sqlite3"
    return contextlib.closing(
        psycopg.connect(place.url) if place.url else sqlite3.connect(database, timeout=20)
    )


def _opened(place: Place) -> int:
    with _database(place) as db:
        return db.execute("SELECT count(*) FROM each_eachof").fetchone()[0]


@pytest.mark.long
@pytest.mark.parametrize("vendor", asked_of("sqlite"))
def test_workers_killed_between_lots_leave_each_with_exactly_one(places: Places, vendor):
    place = places.built(vendor)
    place.python(SEED.format(count=MANY))
    both = _workers(place)
    until = time.monotonic() + 60
    while _opened(place) < 6 and time.monotonic() < until:
        time.sleep(0.01)
    for one in both:
        one.send_signal(signal.SIGKILL)
        one.wait()
    assert 0 < _opened(place) < MANY, "killed before or after, not between"
    *_, told = place.together(RELEASED, ["work", "--once"], ["work", "--once"], STATE)
    assert json.loads(told.stdout) == [MANY, MANY, MANY, 0, []]
