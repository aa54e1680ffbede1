"""Who has a duty of the house: by the roles of the programmes, never by a role's id.

Asked of the newest release of each programme, which is kept in memory; whoever holds a release asks
`spec.duties` for its own roles. A grant without a programme counts in every programme that has a
role of its name.
"""

from collections.abc import Iterable
from datetime import date

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org
from bihuan.kernel.programmes.held import known
from bihuan.spec import duties
from bihuan.spec.base import Duty

# Whoever decides and whoever looks over others: whom figures press on, who reads the cockpit.
LEADING: tuple[Duty, ...] = ("lead", "supervise")


@standing.kept
def _doing(programme: str, asked: tuple[Duty, ...]) -> frozenset[str]:
    some = (one for one in known() if programme in ("", one.id))
    return frozenset(role for one in some for role in duties.doing(one, *asked))


def roles(*asked: Duty, programme: str = "") -> frozenset[str]:
    """The roles of a programme, or of any, that have one of the duties asked for."""
    return _doing(programme, asked)


def anywhere(actor: Actor, *asked: Duty) -> bool:
    """Whether somebody has one of the duties, wherever it may be."""
    return any(role in _doing(programme, asked) for role, _, programme in actor.held)


def within(actor: Actor, programmes: Iterable[str], *asked: Duty) -> bool:
    """Whether somebody has one of the duties of one of these programmes, wherever it may be."""
    return any(
        role in _doing(programme, asked)
        for programme in programmes
        for role, _, held in actor.held
        if held in ("", programme)
    )


def has(actor: Actor, programme: str, path: str, *asked: Duty) -> bool:
    """Whether somebody has one of the duties of a programme over the organisation at `path`."""
    return any(actor.has(role, path, programme) for role in _doing(programme, asked))


def paths(actor: Actor, *asked: Duty) -> list[str]:
    """Roots of the subtrees on which somebody has one of the duties, of whatever programme."""
    held = actor.held
    return sorted({at for role, at, programme in held if role in _doing(programme, asked)})


def holders(programme: str, path: str, on: date, *asked: Duty) -> list[int]:
    """People who have one of the duties over an organisation, for each role the nearest to it."""
    names = sorted(_doing(programme, asked))
    found = (pk for name in names for pk in grants.holders(name, path, on, programme))
    return list(dict.fromkeys(found))


def there(programme: str, on: date, *asked: Duty) -> list[Org]:
    """Organisations on which somebody has one of the duties themselves, in tree order."""
    names = _doing(programme, asked)
    found = {org.pk: org for name in names for org in grants.orgs_with(name, on, programme)}
    return sorted(found.values(), key=lambda org: org.path)


def lost(on: date, *asked: Duty) -> list[tuple[Org, date | None]]:
    """Organisations on which somebody once had one of the duties and nobody does on a day, with the
    last day on which somebody had it (None where the grant runs and its person is gone)."""
    by_programme = {one.id: duties.doing(one, *asked) for one in known()}
    return grants.orgs_that_had({"": _doing("", asked), **by_programme}, on)
