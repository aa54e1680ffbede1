"""What an action may ask and do."""

from bihuan.kernel.matters import verbs
from bihuan.kernel.matters.verbs import Refusal
from bihuan.spec.arguments import Nothing
from planted.block import NOTCH
from planted.models import Stroke


def strokes_of(stream):
    return Stroke.objects.filter(stream=stream).order_by("made_at", "pk")


def below(step, args):
    """Fewer strokes than the kind allows were made."""
    del args
    full = strokes_of(step.matter.stream).count() >= NOTCH.of(step.kind).most
    return Refusal("guard.notch_full", {"most": NOTCH.of(step.kind).most}) if full else None


def cut(step, args):
    """Makes a stroke in the name of whoever acts."""
    del args
    number = strokes_of(step.matter.stream).count() + 1
    columns = {"made_at": step.at, "person_id": step.actor.person_id or 0}
    step.parts[("stroke", f"{number:02}")] = columns


def register():
    verbs.guard("notch.below", Nothing, below)
    verbs.effect("notch.cut", Nothing, cut)
