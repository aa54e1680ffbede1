"""A programme nobody wrote the house for, in which people take stances and whoever opens a matter has a
part in it; and a city with people for it."""

from pathlib import Path

import house as city
from house import House

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.programmes import api as programmes

FOLDER = Path(__file__).parent / "qqq_motions"
MEMBERS = tuple(f"m{n:02d}" for n in range(1, 17))


@city.landing
def land() -> House:
    """The city with the programme in force, a chair and members at 受理中心, a doer at 城管局."""
    house = House()
    release = programmes.install(FOLDER, at=city.BUILT, actor="system")
    programmes.put_in_force(
        release.pk, house.org("city"), start=city.SINCE, at=city.BUILT, actor=SYSTEM
    )
    cast = dict.fromkeys(MEMBERS, ("center", "qqq_member"))
    cast |= {"chair": ("center", "qqq_chair"), "doer": ("streets", "qqq_doer")}
    for username, (place, role) in cast.items():
        who = orgs.create_person(
            username,
            f"议{username}",
            at=city.BUILT,
            actor="system",
            password=city.PASSWORD,
        )
        org = house.org(place)
        orgs.give_post(who.pk, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
        access.give(who.pk, role, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
    return house


def opening(house: House, kind: str = "motion", **more) -> Opening:
    """What one of a kind looks like when it is brought in."""
    home = house.org("center")
    return Opening("qqq_motions", kind, home, "装一盏路灯。", subject="路灯", **more)


@standing.steady()
def opened(house: House, kind: str = "motion", by: str = "m01", **more) -> Matter:
    """A matter of a kind."""
    actor = house.actor(by)
    return matters.open_matter(opening(house, kind, **more), actor=actor, at=house.at).matter


@standing.steady()
def act(house: House, found: Matter, action: str, by: str, **data) -> Matter:
    """A step by somebody, on the matter as it is now."""
    return matters.act(found.pk, action, actor=house.actor(by), at=house.at, data=data)


def leave(house: House, who: str) -> None:
    """Somebody's roles end today."""
    person = house.person(who)
    for grant in access.grants_within(house.org("city").path, house.day):
        if grant.person_id == person.pk:
            access.end(grant.pk, on=house.day, at=house.at, actor="system")
