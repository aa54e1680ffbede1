"""Bulletins of the stories: drafted by one of the cast, issued by another, once."""

from datetime import datetime

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import Bulletin
from bihuan.rules import periods
from bihuan.stories.stage import account


def cast(username: str, at: datetime) -> Actor:
    """One of a story's people with the grants of a day. Raises LookupError when nobody is called so."""
    person = account(username)
    if person is None:
        raise LookupError(username)
    return access.actor(person, at.date())


def issued(
    what: str,
    org: Org,
    period: str,
    *,
    by: tuple[str, str],
    at: datetime,
    title: str = "",
    lines: str = "",
) -> Bulletin:
    """The bulletin `programme.kind` of a period, drafted and issued by the two people named, or the
    one that was issued before. The drafter may give it another title and further lines."""
    drafter, issuer = (cast(name, at) for name in by)
    programme, _, kind = what.partition(".")
    for row in bulletins.of_actor(issuer):
        known = (row.programme, row.kind, row.org_id, row.period, row.state)
        if known == (programme, kind, org.pk, period, "issued"):
            return row
    row = bulletins.draft(programme, kind, org, periods.parse(period), actor=drafter, at=at)
    if title or lines:
        text = f"{row.text}\n{lines}" if lines else row.text
        row = bulletins.edit(
            row.pk, title=title or row.title, text=text, version=row.version, actor=drafter, at=at
        )
    return bulletins.issue(row.pk, version=row.version, actor=issuer, at=at)
