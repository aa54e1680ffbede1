"""What a matter is linked to, both ways, as somebody who sees it may read it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q

from bihuan.facets.links.block import LINKS, owner_of
from bihuan.facets.links.models import Link
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import register as register_models
from bihuan.foundation.audit.api import standing
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind

register_models(Link)


def shown(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """The matters that one is linked to (`to`) and those that link it (`from`), each under the name
    of the link; only those that the reader sees. None where there are none."""
    del at
    if (found.programme, found.kind) not in _concerned():
        return None
    rows = list(Link.objects.filter(Q(holder_id=found.pk) | Q(target_id=found.pk)).order_by("pk"))
    if not rows:
        return None
    others = {row.holder_id if row.target_id == found.pk else row.target_id for row in rows}
    seen = {one.pk: one for one in matters.by_ids(who, sorted(others))}
    mine = [row for row in rows if row.holder_id == found.pk]
    theirs = [row for row in rows if row.holder_id != found.pk]
    out = [(row, seen[row.target_id], found) for row in mine if row.target_id in seen]
    back = [
        (row, seen[row.holder_id], seen[row.holder_id]) for row in theirs if row.holder_id in seen
    ]
    to, of = _grouped("links", out), _grouped("linked", back)
    return {"to": to, "from": of} if to or of else None


@standing.kept
def _concerned() -> frozenset[tuple[str, str]]:
    """Kinds that have links or are linked to, by any release ever: others are not looked up."""
    found: set[tuple[str, str]] = set()
    for row in programmes.releases():
        spec = programmes.spec_of(row.pk)
        for kind_id, links in LINKS.kinds(spec):
            found.add((spec.id, kind_id))
            found |= {owner_of(spec, one) for one in links.values()}
    return frozenset(found)


def _grouped(words: str, rows: Iterable[tuple[Link, Matter, Matter]]) -> list[dict[str, Any]]:
    """One group for each link of a kind, with what the programme calls it: of (link, the other
    matter, the one that holds the link)."""
    groups: dict[tuple[int, str, str], dict[str, Any]] = {}
    for row, other, holder in rows:
        key = (holder.release_id, holder.kind, row.name)
        if key not in groups:
            label = _called(holder, f"{words}.{holder.kind}.{row.name}")
            groups[key] = {"link": row.name, "label": label, "matters": [], "left": []}
        one = {
            "id": other.pk,
            "number": other.number,
            "subject": other.subject,
            "programme": other.programme,
            "kind": other.kind,
            "state": other.state,
            "state_label": _called(other, f"states.{other.kind}.{other.state}"),
            "since": row.since,
            "until": row.until,
        }
        if words == "links" and row.missed:
            one["missed"] = row.missed
        groups[key]["matters" if row.until is None else "left"].append(one)
    return list(groups.values())


def _called(found: Matter, key: str) -> dict[str, str]:
    """What its programme calls something, by locale."""
    spec = programmes.spec_of(found.release_id)
    return {locale: told.get(key, key) for locale, told in spec.strings.items()}


def _unsaid(kind: Kind, action: Action) -> set[str]:
    """Numbers that were typed to be linked stand in the part, for those who see those matters, and
    in no time line, which everybody reads who sees this one."""
    del kind
    verbs = (verb for verb in action.effects if verb.do in ("link.add", "link.drop"))
    return {str(verb.args["input"]) for verb in verbs if "input" in verb.args}


def register() -> None:
    """Puts the part on every matter that has links."""
    attach(Attached(name="links", shown=shown, unsaid=_unsaid))
