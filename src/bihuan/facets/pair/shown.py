"""A round on its page and in its JSON; beside each pair's matter who the partners are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from bihuan.facets.pair import board, cards
from bihuan.facets.pair.block import EDITS, PAIR, PARTNERS, effects
from bihuan.facets.pair.events import FORGOTTEN
from bihuan.facets.pair.models import PairBar, PairLink, PairOf, PairSide, PairWord
from bihuan.facets.pair.partners import key_of, partners
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, Part, change
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import access, subjects
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.attached import Attached, attach
from bihuan.kernel.matters.parts import blanked
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Action, Kind

# Rows on a page; the counts are of all.
ROWS = 20


def shown(found: Matter, who: Actor, at: datetime) -> dict[str, Any] | None:
    """Who is in a round and how many have somebody; the first pairs with their reasons, who is alone
    and why, as far as the reader may read it. None of kinds that pair nobody."""
    told = board.board(found, who, timezone.localtime(at).date())
    if told is None:
        return None
    links = board.seen(told, who)
    alone = told.alone() if told.keeps else []
    return {
        "sort": "org" if any(key[0] == "o" for key in told.sides) else "person",
        "kind": board.called(told.programme, f"kinds.{told.block.of}"),
        "gathered": min((one.at for one in told.sides.values()), default=None),
        **told.counts(),
        "found": {"at": run.at, "pairs": run.pairs, "short": run.short, "gap": run.gap}
        if (run := told.run) is not None and run.at is not None
        else None,
        "links": [board.link(told, one) for one in links[:ROWS]],
        "more": max(0, len(links) - ROWS),
        "lonely": [board.alone(told, key) for key in alone[:ROWS]],
        "lonely_more": max(0, len(alone) - ROWS),
        "keeps": told.keeps,
        "reads": bool(links) or told.keeps,
    }


def lists(found: Matter) -> tuple[str, ...]:
    """The kind of the matters that the board shows."""
    block = PAIR.of(programmes.spec_of(found.release_id).kinds[found.kind])
    return (block.of,) if block is not None else ()


def of_two(found: Matter, who: Actor, at: datetime) -> Mapping[str, Any] | None:
    """Both partners, what they give each other where the reader may read that, whether they were partners before, who has said their
    part in what. None of kinds without partners."""
    programme = programmes.spec_of(found.release_id)
    block = PARTNERS.of(programme.kinds[found.kind])
    if block is None:
        return None
    row = PairOf.objects.filter(stream=found.stream).first()
    if row is None:
        return None
    held = access.parties(found)
    two = partners(held)
    on, keeps = timezone.localtime(at).date(), bool(board.kept_by(who, [row]))
    reads = cards.reads_pair(who, (row.first, row.second), programme, on, keeps=keeps)
    words = PairWord.objects.filter(stream=found.stream).order_by("pk")
    said: dict[str, list[int]] = {}
    for one in words:
        action, _, side = one.key.rpartition(".")
        said.setdefault(action, []).append(int(side))
    names = [cards.name_of(key_of(one)) for one in two]
    return {
        "sort": block.is_,
        "two": [
            {"id": one.org_id or one.person_id, "name": names[n], "key": key_of(one)}
            for n, one in enumerate(two)
        ],
        "gives": board.labels(programme, row.gives if reads else ()),
        "takes": board.labels(programme, row.takes if reads else ()),
        "match": row.match,
        "mine": subjects.is_about(who, held),
        "said": [
            {
                "action": action,
                "label": board.called(programme, f"actions.{found.kind}.{action}"),
                "by": [names[n] for n in sorted(which) if n < len(names)],
                "waits_for": [name for n, name in enumerate(names) if n not in which],
            }
            for action, which in said.items()
        ],
        "written_by": sorted(
            {
                standing_person(one.person_id).name
                for one in words
                if one.person_id is not None and all(one.person_id != p.person_id for p in two)
            }
        ),
    }


def unsaid(kind: Kind, action: Action) -> set[str]:
    """Whom an edit names and why stands in the round, for who keeps it, and in no time line."""
    del kind
    return {
        str(name) for verb in effects(action) if verb.do in EDITS for name in verb.args.values()
    }


# What people wrote, by part, and what is left when it is erased.
_WORDS: dict[type[Part], dict[str, Any]] = {
    PairSide: {"reason": ""},
    PairLink: {"gives": [], "takes": [], "reason": ""},
    PairBar: {"reason": ""},
    PairOf: {"gives": [], "takes": []},
}


def forgotten(found: Matter, actor: str, at: datetime) -> None:
    """What people can and need, and why they are kept apart, goes; who were partners stays."""
    parts = blanked(found.stream, _WORDS)
    if parts:
        change(found, Happening(FORGOTTEN, at, actor, set={"changed_at": at}, parts=parts))


def register() -> None:
    """Puts the parts on every round, and on every matter that two are partners in."""
    attach(Attached(name="pair", shown=shown, lists=lists, unsaid=unsaid, forgotten=forgotten))
    attach(Attached(name="partners", shown=of_two))
