"""From where a condition is known, as a reader may be told: what they do not see they are told of, not shown."""

from collections.abc import Iterable, Mapping
from typing import Any

from bihuan.facets.round.models import Criterion
from bihuan.foundation.access.api import Actor
from bihuan.foundation.orgs.api import org_if_any
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes


def by_matter(rows: Iterable[Criterion], who: Actor, found: Matter) -> dict[int, list[Any]]:
    """The conditions of nominations of a round, by the nomination, each with its words, whether it is met
    and its sources."""
    rows = list(rows)
    wanted = {seen[1] for row in rows for seen in row.seen if seen[0] == "matter"}
    seen = {one.pk: one for one in matters.by_ids(who, sorted(wanted))} if wanted else {}
    spec = programmes.spec_of(found.release_id)
    told: dict[int, list[Any]] = {}
    for row in rows:
        key = f"conditions.{found.kind}.{row.key}"
        told.setdefault(row.matter_id, []).append(
            {
                "condition": row.key,
                "label": {locale: text.get(key, key) for locale, text in spec.strings.items()},
                "is_met": row.is_met,
                "at": row.at,
                "sources": [_source(one, seen) for one in row.seen],
            }
        )
    return told


def _source(one: list[Any], seen: Mapping[int, Matter]) -> dict[str, Any]:
    """`sort` (matter, place, list), `id` and `text` as far as the reader may know it."""
    sort, which = one[0], one[1]
    if sort == "matter":
        matter = seen.get(which)
        if matter is None:
            return {"sort": "unseen", "id": None, "text": "", "state": None}
        spec = programmes.spec_of(matter.release_id)
        key = f"states.{matter.kind}.{matter.state}"
        state = {locale: text.get(key, key) for locale, text in spec.strings.items()}
        return {"sort": sort, "id": matter.pk, "text": matter.number, "state": state}
    if sort == "place":
        org = org_if_any(which)
        return {"sort": sort, "id": which, "text": org.name if org else "", "state": None}
    owner, _, name = str(which).partition(".")
    spec_of = next((one for one in programmes.known() if one.id == owner), None)
    words = spec_of.strings if spec_of is not None else {}
    label = {locale: text.get(f"honours.{name}", name) for locale, text in words.items()}
    return {"sort": sort, "id": None, "text": one[2], "state": label}
