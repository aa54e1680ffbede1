"""Programmes nobody wrote the house for: other ids, other roles, other fields, sorting before
and after the shipped ones. Whoever walks the house with them in it finds what it takes for granted."""

from pathlib import Path

import house as city
from house import House

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.people import api as people
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import levels

HERE = Path(__file__).parent
GUILD, CIRCLE, TABLE = "ppp_pledges.guild", "qqq_evenings.circle", "rrr_riddles.table"
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
    "ppp_keeper": ("己己一", "center", ("ppp_keeper", "ppp_sworn")),
    "ppp_chief": ("己己二", "city", ("ppp_chief",)),
    "qqq_warden": ("庚庚一", "center", ("qqq_warden", "qqq_scribe")),
    "qqq_elder": ("庚庚二", "city", ("qqq_elder",)),
    "rrr_riddler": ("辛辛一", "center", ("rrr_riddler",)),
    "rrr_sage": ("辛辛二", "city", ("rrr_sage",)),
    "zzz_teller": ("丙丙一", "center", ("zzz_teller",)),
}


def folders() -> list[Path]:
    """The folders of the alien programmes."""
    return sorted(one.parent for one in HERE.glob("*/programme.toml"))


@city.landing
def land() -> House:
    """The city with the aliens in force beside what is shipped, and people for their roles."""
    _landed("")
    return House()


def land_one(only: str) -> House:
    """The city with one of the aliens in force, and people for its roles."""
    _landed(only)
    return House()


def _landed(only: str) -> None:
    house = House()
    for folder in [one for one in folders() if only in ("", one.name)]:
        release = programmes.install(folder, at=city.BUILT, actor="system")
        programmes.put_in_force(
            release.pk, house.org("city"), start=city.SINCE, at=city.BUILT, actor=SYSTEM
        )
    levels.install(at=city.BUILT, actor="system")
    cast = {key: one for key, one in PEOPLE.items() if key.startswith(only[:3])}
    for username, (name, place, roles) in cast.items():
        who = orgs.create_person(
            username, name, at=city.BUILT, actor="system", password=city.PASSWORD
        )
        org = house.org(place)
        orgs.give_post(who.pk, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
        for role in roles:
            access.give(who.pk, role, org.pk, start=city.SINCE, at=city.BUILT, actor="system")
    told = {"start": city.SINCE, "at": city.BUILT, "actor": SYSTEM}
    for programme, sort, status, names in (
        ("qqq_evenings", CIRCLE, "singer", ("qqq_warden", "qqq_elder")),
        ("rrr_riddles", TABLE, "regular", ("rrr_riddler", "rrr_sage")),
    ):
        for name in names if only in ("", programme) else ():
            people.begin(house.person(name).pk, house.org("center"), sort, status, **told)
    if only not in ("", "ppp_pledges"):
        return
    center = house.org("center")
    lodge = orgs.create_org("甲甲分会", parent=center, at=city.BUILT, actor="system", level="lodge")
    who = house.person("ppp_keeper").pk
    for place in (center, lodge):
        people.begin(who, place, GUILD, "sworn", start=city.SINCE, at=city.BUILT, actor=SYSTEM)


def pledging(house: House) -> dict[str, Matter]:
    """A roll that was taken, one of organisations, and matters that were opened for each."""
    found = {
        kind: matters.open_matter(
            matters.Opening("ppp_pledges", kind, house.org(home), "一起做。", fields=fields),
            actor=house.actor(by),
            at=house.at,
        ).matter
        for kind, home, by, fields in (
            ("drive", "center", "ppp_keeper", {}),
            ("survey", "city", "ppp_chief", {}),
            ("campaign", "city", "ppp_chief", {"motto": "实干"}),
            ("calling", "city", "ppp_chief", {}),
            ("outing", "center", "ppp_keeper", {"whereto": "海边"}),
        )
    }
    house.act(found["drive"], "call_roll", "ppp_keeper")
    house.act(found["campaign"], "start", "ppp_chief", words="各自承诺。", days=5)
    while notify.run(house.at, lanes=("inside",)):
        continue
    of = {one.kind: one for one in Matter.objects.filter(kind__in=("promise", "vow"))}
    return found | of


def singing(house: House) -> Matter:
    """A rehearsal that goes on today: somebody is there, somebody asks to be excused, a guest speaks; one
    signs in by the code."""
    center, warden = house.org("center"), house.actor("qqq_warden")
    spec = next(one for one in programmes.known() if one.id == "qqq_evenings")
    said = {"value": True, "start": house.day, "clause": "§1", "at": house.at, "actor": SYSTEM}
    programmes.override(spec, "by_digits", org=center, **said)
    times = {"sung_from": "08:00", "sung_to": "23:59", "sung_at": "小礼堂"}
    fields = {"sung_on": f"{house.day}", **times}
    opening = matters.Opening("qqq_evenings", "rehearsal", center, "一起唱。", fields=fields)
    found = matters.open_matter(opening, actor=warden, at=house.at).matter
    songs = [{"title": "第一首", "person": house.person("qqq_elder").pk}, {"title": "第二首"}]
    guests = [{"name": "某老师", "whence": "音乐学院", "speaks": True}]
    house.act(found, "call_out", "qqq_warden")
    house.act(found, "set_songs", "qqq_warden", songs=songs, about_these=[found.number])
    house.act(found, "beg_off", "qqq_elder", why_not_there="夜班。")
    house.act(found, "strike_up", "qqq_warden")
    house.act(found, "note_guests", "qqq_warden", guests_here=guests)
    return found


def riddling(house: House) -> Matter:
    """A contest of riddles that goes on: one has guessed wrong, and may try again."""
    center, riddler = house.org("center"), house.actor("rrr_riddler")
    opening = matters.Opening("rrr_riddles", "contest", center, "猜一猜。", subject="猜谜")
    found = matters.open_matter(opening, actor=riddler, at=house.at).matter
    riddles = [
        {"text": "什么越洗越脏？", "a": "水", "b": "布", "right": "A"},
        {"text": "哪些会飞？", "a": "鸟", "b": "鱼", "c": "蜂", "right": "AC"},
        {"text": "天会塌吗？", "right": "错"},
        {"text": "一加一是几？", "right": "2"},
        {"text": "谁最高？", "right": "山|大山"},
    ]
    house.act(found, "put_in", "rrr_riddler", riddles=riddles)
    house.act(found, "begin_guessing", "rrr_riddler")
    answers = {1: "B", 2: "AB", 3: "对", 4: "3", 5: "水"}
    guessed = [{"question": n, "answer": one} for n, one in answers.items()]
    return house.act(found, "guess", "rrr_sage", guessed=guessed, nth_guess=1)


def boxed(house: House) -> Matter:
    """An empty box of riddles."""
    opening = matters.Opening("rrr_riddles", "box", house.org("center"), "谜箱一只。")
    return matters.open_matter(opening, actor=house.actor("rrr_riddler"), at=house.at).matter


def opinion(house: House, by: str = "kkk_watcher", home: str = "city") -> Matter:
    """One of a kind whose fields not everybody reads."""
    told = {"about_what": "作风", "of_whom": "某位同事", "marks": [{"mark": "3", "why": "拖延"}]}
    opening = matters.Opening("kkk_cares", "opinion", house.org(home), "看法一条。", fields=told)
    return matters.open_matter(opening, actor=house.actor(by), at=house.at).matter
