"""One test for every verb that gives something a period: nothing is cut that was not named.

Each thing is asked for at one place again and again; whatever the verb answers, its rows never
overlap, no day on which it held is lost, and what is refused changes nothing.
"""

from datetime import date, time, timedelta

import pytest

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM, AccessError
from bihuan.foundation.access.models import Grant
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import OrgError
from bihuan.foundation.orgs.models import Post
from bihuan.kernel.halls import api as halls
from bihuan.kernel.halls.api import HallError
from bihuan.kernel.halls.models import Timetable
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.api import InForce, Override, ProgrammeError
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Offer, Service, ServiceError
from bihuan.rules.slots import Plan
from bihuan.rules.spans import Span

D = date.fromisoformat
# Asked for one after the other: (first day, day after the last or none, a verb that takes an end?)
ASKED = [
    (D("2026-08-19"), None),
    (D("2025-01-01"), D("2026-08-19")),  # the past filled in
    (D("2025-06-01"), None),  # an earlier beginning
    (D("2026-08-19"), None),  # the same day again
    (D("2026-10-01"), D("2026-11-01")),  # a hole in what holds
    (D("2027-01-01"), None),  # what follows it
    (D("2026-12-01"), None),  # within what has ended since
    (D("2026-12-31"), D("2027-02-01")),
]


def release(house, start, after, n):
    row = InForce.objects.filter(org=house.org("neighbour"), programme="public_voice").first()
    pk = row.release_id if row else programmes.releases()[0].pk
    programmes.put_in_force(
        pk, house.org("schools"), start=start, end=after, at=house.at, actor=SYSTEM
    )


def setting(house, start, after, n):
    spec = next(one for one in programmes.known() if one.id == "public_voice")
    programmes.override(
        spec,
        "limit_answer",
        n + 1,
        org=house.org("schools"),
        start=start,
        end=after,
        clause="办法第三条",
        at=house.at,
        actor=SYSTEM,
    )


def grant(house, start, after, n):
    last = after - timedelta(days=1) if after else None
    access.give(
        house.person("stranger").pk,
        "desk",
        house.org("schools").pk,
        start=start,
        end=last,
        at=house.at,
        actor="system",
    )


def post(house, start, after, n):
    orgs.give_post(
        house.person("stranger").pk,
        house.org("schools").pk,
        start=start,
        title=f"科员{n}",
        at=house.at,
        actor="system",
    )


def service(house, start, after, n):
    given = Offer("X-1", "办理社保卡", 20, n + 1, "社会保险法 §4")
    services.offer(house.org("schools"), given, start=start, at=house.at, actor=SYSTEM)


def timetable(house, start, after, n):
    plan = Plan("1号", (0, 1), ((time(9), time(12)),), n + 1)
    halls.set_timetable(house.org("schools"), plan, start=start, at=house.at, actor="system")


# name: (verb, rows, error, takes an end?, last day included?)
THINGS = {
    "release": (release, InForce, ProgrammeError, True, False),
    "setting": (setting, Override, ProgrammeError, True, False),
    "grant": (grant, Grant, AccessError, True, True),
    "post": (post, Post, OrgError, False, True),
    "service": (service, Service, ServiceError, False, False),
    "timetable": (timetable, Timetable, HallError, False, False),
}


def spans(house, model, *, inclusive):
    made = Span.through if inclusive else Span
    rows = model.objects.filter(org=house.org("schools"))
    if model in (Grant, Post):
        rows = rows.filter(person=house.person("stranger"))
    if model is InForce:
        rows = rows.filter(programme=programmes.releases()[0].programme)
    return [made(row.start, row.end) for row in rows]


def days(found):
    last = found.after or D("2028-01-01")
    return {found.start + timedelta(days=n) for n in range((last - found.start).days)}


@pytest.mark.parametrize("name", THINGS)
def test_periods_never_overlap_and_never_cut_each_other(house, name):
    verb, model, error, ends, inclusive = THINGS[name]
    refused = 0
    for n, (start, after) in enumerate(ASKED):
        if after is not None and not ends:
            continue
        before = spans(house, model, inclusive=inclusive)
        held = {d for one in before for d in days(one)}
        try:
            verb(house, start, after, n)
        except error as told:
            refused += told.key.startswith("periods.meets")
            kept = True
        else:
            kept = False
        found = spans(house, model, inclusive=inclusive)
        assert not [(a, b) for i, a in enumerate(found) for b in found[:i] if a.meets(b)], found
        assert not kept or found == before
        assert held <= {d for one in found for d in days(one)}, "a day was lost"
    assert refused >= 3


def test_what_ended_is_not_made_longer(house):
    org = house.org("schools")
    release(house, D("2026-01-01"), None, 0)
    release(house, D("2026-06-01"), None, 0)
    first = InForce.objects.filter(org=org).order_by("start").first()
    with pytest.raises(ProgrammeError, match=r"periods\.meets"):
        programmes.end_in_force(first.pk, on=D("2026-12-01"), at=house.at, actor=SYSTEM)
    grant(house, D("2026-01-01"), D("2026-06-01"), 0)
    row = Grant.objects.get(org=org, person=house.person("stranger"))
    with pytest.raises(AccessError, match=r"access\.ended"):
        access.end(row.pk, on=D("2026-12-01"), at=house.at, actor="system")
