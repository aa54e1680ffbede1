"""A programme whose numbers cross thresholds, and the city with it: who reads at two offices, who watches."""

from datetime import datetime
from pathlib import Path

import house as city
from house import House

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes

FOLDER = Path(__file__).parent / "ttt_gauges"
CAST = {
    "ttt_s": ("streets", "ttt_reader"),
    "ttt_w": ("city", "ttt_watch"),
    "ttt_v": ("city", "ttt_watch"),
}


@city.landing
def land() -> House:
    """The city with the programme in force and its cast."""
    house = House()
    release = programmes.install(FOLDER, at=city.BUILT, actor="system")
    root = house.org("city")
    programmes.put_in_force(release.pk, root, start=city.SINCE, at=city.BUILT, actor=SYSTEM)
    for username, (place, role) in CAST.items():
        org = house.org(place).pk
        who = orgs.create_person(
            username, username, at=city.BUILT, actor="system", password=city.PASSWORD
        )
        orgs.give_post(who.pk, org, start=city.SINCE, at=city.BUILT, actor="system")
        access.give(who.pk, role, org, start=city.SINCE, at=city.BUILT, actor="system")
    return house


def read(house: House, at: datetime, day: str = "", **marks: int) -> matters.Matter:
    """Somebody at the streets office read so many marks of each colour."""
    fields = {"marks": [{"group": group, "n": n} for group, n in marks.items()]}
    if day:
        fields["read_on"] = day
    opening = matters.Opening(
        "ttt_gauges", "reading", house.org("streets"), "读数。", fields=fields
    )
    return matters.open_matter(opening, actor=house.actor("ttt_s"), at=at).matter


def looked(at: datetime) -> None:
    """The worker looks at what was read."""
    while notify.run(at, lanes=("inside",)):
        continue


def warnings() -> list[matters.Matter]:
    """What was opened, in order."""
    return list(matters.Matter.objects.filter(kind="warning").order_by("pk"))
