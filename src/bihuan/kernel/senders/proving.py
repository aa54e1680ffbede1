"""What a sender may hold in hand: that their message and its answer stand in the published log."""

from dataclasses import dataclass
from typing import Any

from bihuan.foundation.audit.api import Event, proofs, read
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.reading import shown_to_sender
from bihuan.kernel.programmes import api as programmes
from bihuan.spec.schema import Kind

# What the sender's own page shows of an event's private half: their words, the answer, what is asked.
_ALWAYS = (["body"], ["set", "subject"])
_INPUTS = {"missing", "text"}
_THEIRS = {"reason"}


@dataclass(frozen=True)
class Standing:
    """How many of the steps that a sender is shown are sealed, and under which seal."""

    sealed: int
    all: int
    head: proofs.Head | None


def _shown(event: Event, kind: Kind) -> proofs.Shown:
    action = kind.actions.get(read(event).get("action", ""))
    inputs = _INPUTS | set(action.giving("answer") if action is not None else ())
    inputs |= _THEIRS if event.actor == "sender" else set()

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
    kind = programmes.spec_of(matter.release_id).kinds[matter.kind]
    return proofs.of_events([(one, _shown(one, kind)) for one in shown_to_sender(matter)])
