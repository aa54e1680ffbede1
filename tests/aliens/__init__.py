"""Programmes nobody wrote the house for: other ids, other roles, other fields, sorting before
and after the shipped ones. Whoever walks the house with them in it finds what it takes for granted."""

from pathlib import Path

import house as city
from house import House

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes

HERE = Path(__file__).parent
# person: (name, organisation of the post, roles granted there)
PEOPLE = {
    "aaa_counter": ("甲甲一", "center", ("aaa_counter", "desk")),
    "aaa_doer": ("甲甲二", "city", ("aaa_doer",)),
    "kkk_helper": ("丁丁一", "center", ("kkk_helper",)),
    "kkk_elder": ("丁丁二", "city", ("kkk_elder",)),
    "kkk_watcher": ("丁丁三", "city", ("kkk_watcher",)),
    "kkk_carer": ("丁丁四", "streets", ("kkk_carer",)),
    "mmm_caller": ("乙乙一", "center", ("mmm_caller",)),
    "mmm_judge": ("乙乙二", "city", ("mmm_judge",)),
    "ppp_office": ("戊戊一", "center", ("ppp_office",)),
    "ppp_head": ("戊戊二", "city", ("ppp_head",)),
    "ppp_hand": ("戊戊三", "streets", ("ppp_hand",)),
    "zzz_teller": ("丙丙一", "center", ("zzz_teller",)),
}


def folders() -> list[Path]:
    """The folders of the alien programmes."""
    return sorted(one.parent for one in HERE.glob("*/programme.toml"))


def land() -> House:
    """The city with the aliens in force beside what is shipped, and people for their roles."""
    house = House()
    for folder in folders():
        release = programmes.install(folder, at=city.BUILT, actor="system")
        programmes.put_in_force(
            release.pk, house.org("city"), start=city.SINCE, at=city.BUILT, actor=SYSTEM
        )
    for username, (name, place, roles) in PEOPLE.items():
        who = orgs.create_person(
            username, name, at=city.BUILT, actor="system", password=city.PASSWORD
        )
        org = house.org(place)
        orgs.give_post(who.pk, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
        for role in roles:
            access.give(who.pk, role, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
    return house


def opinion(house: House, by: str = "kkk_watcher", home: str = "city") -> Matter:
    """One of a kind whose fields not everybody reads."""
    told = {"about_what": "作风", "of_whom": "某位同事", "marks": [{"mark": "3", "why": "拖延"}]}
    opening = matters.Opening("kkk_cares", "opinion", house.org(home), "看法一条。", fields=told)
    return matters.open_matter(opening, actor=house.actor(by), at=house.at).matter
