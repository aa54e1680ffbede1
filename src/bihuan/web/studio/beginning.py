"""The first morning at the head of the studio: five things, each leading to its page."""

from dataclasses import dataclass

from bihuan.foundation.access.api import Actor
from bihuan.kernel.upkeep import api as upkeep
from bihuan.web.studio.door import today

_PAGES = {
    "site": "studio:site",
    "orgs": "studio:orgs",
    "people": "studio:people",
    "programmes": "studio:programmes",
    "calendar": "studio:calendar",
}


@dataclass(frozen=True)
class Step:
    """A tick as the page shows it."""

    name: str
    done: bool
    page: str


def steps(who: Actor) -> list[Step]:
    """The five, or none when all of them stand."""
    found = [Step(one.name, one.done, _PAGES[one.name]) for one in upkeep.first_steps(who, today())]
    return [] if all(one.done for one in found) else found
