"""What a sender may hold in hand: that their message and its answer stand in the published log."""

from dataclasses import dataclass
from typing import Any

from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit.api import Event, proofs, read
from bihuan.kernel.matters import filled
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.reading import shown_to_sender
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import answering

# What the sender's own page shows of an event's private half: their words, the answer, what is asked.
_ALWAYS = (["body"], ["set", "subject"])
_THEIRS = frozenset({"reason"})


@dataclass(frozen=True)
class Standing:
    """How many of the steps that a sender is shown are sealed, and under which seal."""

    sealed: int
    all: int
    head: proofs.Head | None


def _shown(matter: Matter, event: Event, told: frozenset[str]) -> proofs.Shown:
    inputs = told | (_THEIRS if event.actor == "sender" else frozenset())
    by = (event.actor, event.done_by)
    inputs &= filled.read_by(SENDER, matter, event.type, read(event), by).keys()

    def shown(path: list[str]) -> bool:
        return path in _ALWAYS or (path[0] == "inputs" and len(path) == 2 and path[1] in inputs)

    return shown


def standing_in_log(matter: Matter) -> Standing:
    """How far a sender's time line is sealed."""
    head = proofs.newest()
    events = shown_to_sender(matter)
    last = head.last_id if head else 0
    return Standing(sum(one.pk <= last for one in events), len(events), head)


def proof(matter: Matter) -> dict[str, Any]:
    """A proof for the sender: of every step that their time line shows and that is sealed, with the
    words that it shows, and with hashes for all else. Raises NoProofError when none is sealed."""
    programme = programmes.spec_of(matter.release_id)
    told = answering.told(programme, programme.kinds[matter.kind])
    return proofs.of_events([(one, _shown(matter, one, told)) for one in shown_to_sender(matter)])
