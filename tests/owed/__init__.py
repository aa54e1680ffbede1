"""A programme in which things are owed by period, and the city with it: three cells, who keeps them, who
belongs to them. The house was not written for it."""

from datetime import date, datetime
from pathlib import Path

import house as city
from house import House

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Line
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels
from bihuan.rules.periods import Period, parse

FOLDER = Path(__file__).parent / "vvv_owed"
GUILD = "vvv_owed.guild"
SITTINGS, LESSONS, WALKS = (f"vvv_owed.{name}" for name in ("sittings", "lessons", "walks"))
# cell: (name, where, who keeps it)
CELLS = {
    "cell_a": ("第一小组", "streets", "vvv_a"),
    "cell_b": ("第二小组", "streets", "vvv_b"),
    "cell_c": ("第三小组", "schools", "vvv_c"),
}


def person(username: str, name: str, role: str, org: Org) -> int:
    """Somebody with an account, a post and a role."""
    who = orgs.create_person(username, name, at=city.BUILT, actor="system", password=city.PASSWORD)
    orgs.give_post(who.pk, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
    access.give(who.pk, role, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
    return who.pk


@city.landing
def land() -> House:
    """The city with the programme in force, three cells with two members each, and who stands above them."""
    house = House()
    release = programmes.install(FOLDER, at=city.BUILT, actor="system")
    levels.install(at=city.BUILT, actor="system")
    root = house.org("city")
    programmes.put_in_force(release.pk, root, start=city.SINCE, at=city.BUILT, actor=SYSTEM)
    person("vvv_above", "庚庚一", "vvv_above", root)
    for code, (name, place, keeper) in CELLS.items():
        cell = orgs.create_org(
            name,
            parent=house.org(place),
            at=city.BUILT,
            actor="system",
            code=code,
            level="vvv-cell",
        )
        pk = person(keeper, f"庚庚{code[-1]}", "vvv_keeper", cell)
        other = orgs.create_person(f"{keeper}2", f"辛辛{code[-1]}", at=city.BUILT, actor="system")
        for one in (pk, other.pk):
            people.begin(one, cell, GUILD, "sworn", start=city.SINCE, at=city.BUILT, actor=SYSTEM)
    return house


def held(house: House, code: str, at: datetime, category: str = "plain") -> matters.Matter:
    """A cell sat at an instant, and wrote it up then."""
    keeper = CELLS[code][2]
    opening = matters.Opening(
        "vvv_owed", "sitting", house.org(code), "开会。", fields={"category": category}
    )
    found = matters.open_matter(opening, actor=house.actor(keeper), at=at).matter
    return house.act(found, "write_up", keeper, at=at)


def walked(
    house: House, who: str, code: str, at: datetime, beside: int | None = None
) -> matters.Matter:
    """Somebody of a cell walked at an instant, somebody `beside` them."""
    fields = {"beside": beside} if beside is not None else {}
    opening = matters.Opening("vvv_owed", "walk", house.org(code), "走访。", fields=fields)
    return matters.open_matter(opening, actor=house.actor(who), at=at).matter


def periods(*texts: str) -> list[Period]:
    """Periods by their texts."""
    return [parse(one) for one in texts]


def lines(full: str, texts: list[str], today: date, within: str = "") -> dict[str, Line]:
    """The lines of an obligation by name."""
    found, _ = obligations.lines(obligations.find(full), periods(*texts), within, today)
    return {one.name: one for one in found}


def states(line: Line) -> list[str]:
    """The states of a line's cells."""
    return [one.state.value for one in line.cells]
