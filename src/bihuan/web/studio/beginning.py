"""The first morning at the head of the studio: five things, each leading to its page, and what stands."""

from collections.abc import Callable
from dataclasses import dataclass

from bihuan.foundation.access import holders
from bihuan.foundation.access.api import Actor
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.clock import now
from bihuan.web import choosing, words
from bihuan.web.studio import whom
from bihuan.web.studio.door import concerns, today

# Beyond that a number tells no more.
MOST = 500


@dataclass(frozen=True)
class Step:
    """A tick as the page shows it: `told` is what stands already, `set_by` whom to ask where it is not
    the reader's to do."""

    name: str
    done: bool
    page: str
    told: str
    set_by: str


def _site(_who: Actor) -> str:
    held = identity.site()
    return words.listed((one for one in (held.name, held.hotline) if one), by="between")


def _orgs(who: Actor) -> str:
    paths = choosing.of_admin(who, today()).paths
    found = {one.pk for path in paths for one in orgs.find_orgs(within=path, limit=MOST)}
    return words.text("studio.first.told.orgs", count=len(found))


def _people(who: Actor) -> str:
    found = holders.entries(who, holders.Wanted(), now(), limit=MOST)
    shut = sum(one.standing == holders.NONE for one in found)
    told = words.text("studio.first.told.people", count=len(found))
    return told + (words.text("studio.first.told.shut", count=shut) if shut else "")


def _programmes(who: Actor) -> str:
    held = {one.programme for one in programmes.all_in_force(today()) if concerns(who, one.org)}
    return words.listed(words.of(p, "title") for p in programmes.known() if p.id in held)


def _calendar(_who: Actor) -> str:
    years = orgs.calendars.years(orgs.calendars.default().pk)
    row = next((one for one in years if one.year == today().year), None)
    return words.text(f"studio.first.told.{row.status}", year=row.year) if row else ""


_PAGES: dict[str, tuple[str, Callable[[Actor], str]]] = {
    "site": ("studio:site", _site),
    "orgs": ("studio:orgs", _orgs),
    "people": ("studio:people", _people),
    "programmes": ("studio:programmes", _programmes),
    "calendar": ("studio:calendar", _calendar),
}


def steps(who: Actor) -> list[Step]:
    """The five, or none when nothing of them is left for the reader to do."""
    if not upkeep.is_beginning(who, today()):
        return []
    found = []
    for one in upkeep.first_steps(who, today()):
        page, told = _PAGES[one.name]
        set_by = "" if one.mine else _set_by(one.name, who)
        found.append(Step(one.name, one.done, page, told(who), set_by))
    return found


def _set_by(name: str, who: Actor) -> str:
    if name in ("site", "calendar"):
        return whom.sets_house()
    place = orgs.orgs_at(choosing.of_admin(who, today()).paths)[0]
    return whom.sets_at(place)
