"""A block of bulletins: who was honoured in a period, by award; a name only where its holder wants it."""

from bihuan.facets.round import wall
from bihuan.foundation.orgs.api import Org
from bihuan.lib.catalogue import DEFAULT
from bihuan.rules.periods import Period
from bihuan.spec import bulletin_blocks
from bihuan.spec.bulletin_blocks import BulletinBlock, Printed
from bihuan.spec.schema import Programme
from bihuan.web import words


def _honoured(programme: Programme, org: Org, period: Period, locale: str) -> Printed | None:
    def said(key: str, **values: object) -> str:
        return words.house().text(f"round.{key}", locale, **values)

    there = wall.holders(programme, org.path, period.start, period.after)
    heads = (said("column.award"), said("column.whom"), said("column.place"), said("column.given"))

    def called(award: dict[str, str]) -> str:
        return award.get(locale) or award.get(DEFAULT, "")

    rows = [
        (called(one["award"]), 0, one["place"], one["name"], one["given"].isoformat())
        for one in wall.names(there)
    ]
    # Where they belong, or the day, could tell who they are: only how many there are is printed.
    rows += [
        (called(award), 1, "", said("withheld_n", n=n), "") for award, n in wall.withheld(there)
    ]
    if not rows:
        return None
    lines = ((award, name, place, given) for award, _, place, name, given in sorted(rows))
    return Printed(said("honoured"), (heads, *lines))


def register() -> None:
    """Registers the block."""
    about = "who was honoured in the period: award, name and organisation (how many without consent), day"
    bulletin_blocks.register(BulletinBlock("honoured_list", about, _honoured, public=True))
