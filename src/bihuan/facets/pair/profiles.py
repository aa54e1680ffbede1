"""On the page of a person or an organisation: with whom they are paired, what they can and need."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone

from bihuan.facets.pair import board, cards
from bihuan.facets.pair.cards import Whom
from bihuan.facets.pair.models import PairOf
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import Org, Person
from bihuan.kernel.matters import access
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.profiles import api as profiles
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Programme

LISTED = 50


def _of(one: Whom, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    if not who.may_scope("matters:read"):
        return None
    pairs = _pairs(one.key, who, timezone.localtime(at).date())
    told = _cards(one, who, at)
    return {"pairs": pairs, "cards": told} if pairs or told else None


def _pairs(key: str, who: Actor, on: date) -> list[dict[str, Any]]:
    """The pairs somebody is or was in, of those whose matter the reader sees, the newest first."""
    rows = PairOf.objects.filter(Q(first=key) | Q(second=key)).order_by("-pk")[:LISTED]
    by_matter = {row.matter_id: row for row in rows}
    if not by_matter:
        return []
    kept = board.kept_by(who, rows)
    seen = Matter.objects.filter(access.visible(who), pk__in=list(by_matter)).order_by("-pk")
    found = []
    for one in seen:
        row, spec = by_matter[one.pk], programmes.spec_of(one.release_id)
        keeps = row.parent_id in kept
        reads = cards.reads_pair(who, (row.first, row.second), spec, on, keeps=keeps)
        found.append(_pair(key, row, one, spec, reads=reads))
    return found


def _pair(
    key: str, row: PairOf, one: Matter, programme: Programme, *, reads: bool
) -> dict[str, Any]:
    first = row.first == key
    other = row.second if first else row.first
    gives, takes = (row.gives, row.takes) if first else (row.takes, row.gives)
    return {
        "id": one.pk,
        "number": one.number,
        "partner": {"key": other, "id": int(other[1:]), "name": cards.name_of(other)},
        "sort": "person" if other[0] == "p" else "org",
        "kind_label": board.called(programme, f"kinds.{one.kind}"),
        "state_label": board.called(programme, f"states.{one.kind}.{one.state}"),
        "phase": one.phase,
        "opened_at": one.opened_at,
        "gives": board.labels(programme, gives if reads else ()),
        "takes": board.labels(programme, takes if reads else ()),
    }


def _cards(one: Whom, who: Actor, at: datetime) -> list[dict[str, Any]]:
    """What they said in each programme, to whom may say it: themselves, and who says it for them."""
    on = timezone.localtime(at).date()
    found = []
    for spec in cards.of_programmes(one.places(on), one.sort, on):
        if not cards.may_say(who, one, spec, on):
            continue
        row = cards.card(spec.id, one.key)
        found.append(
            {
                "programme": spec.id,
                "whom": one.key,
                "title": {locale: text.get("title", "") for locale, text in spec.strings.items()},
                "can": board.labels(spec, cards.all_of(row, "can")) if row else [],
                "needs": board.labels(spec, cards.all_of(row, "needs")) if row else [],
                "said_at": row.said_at if row else None,
            }
        )
    return found


def _of_person(found: Person, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    return _of(Whom(person=found), who, at)


def _of_org(found: Org, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    return _of(Whom(org=found), who, at)


def register() -> None:
    """Puts the part on the pages of people and organisations."""
    profiles.register(profiles.Profile("pairs", of_person=_of_person, of_org=_of_org))
