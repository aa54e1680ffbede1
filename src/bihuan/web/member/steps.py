"""Steps that one press takes, without the page of their matter."""

from collections.abc import Iterable
from dataclasses import dataclass

from bihuan.kernel.matters.api import Matter, Offered
from bihuan.kernel.programmes import api as programmes
from bihuan.spec import answering
from bihuan.spec.schema import Input
from bihuan.web import fields, words

# More are no choice at a glance.
CHOICES = 4


@dataclass(frozen=True)
class Press:
    """A button that takes a step: of which action, what it says, what is posted with it ('' nothing), and
    whether it is what one came for."""

    action: str
    label: str
    field: str = ""
    value: str = ""
    first: bool = False


def presses(matter: Matter, offers: Iterable[Offered], *, choices: bool = True) -> list[Press]:
    """The buttons of steps that ask for nothing that must be filled in, or (with `choices`) for one of a few;
    none for what cannot be taken now, cannot be undone, or is looked through before it goes."""
    spec = programmes.spec_of(matter.release_id)
    found: list[Press] = []
    for one in offers:
        says = answering.said(spec, one.action)
        if one.refusal is not None or one.action.tone == "danger" or says & {"answer", "draft"}:
            continue
        label = words.of(spec, f"actions.{matter.kind}.{one.id}")
        required = [(name, each) for name, each in one.action.inputs.items() if each.required]
        if not required:
            found.append(Press(one.id, label, first=one.action.tone == "primary"))
        elif choices and len(required) == 1 and _few(required[0][1]):
            (name, each) = required[0]
            found += [
                Press(
                    one.id,
                    words.text(
                        "member.press", action=label, choice=words.choice_of(spec, name, choice)
                    ),
                    fields.posted_name(name),
                    choice,
                )
                for choice in each.choices
            ]
    return found


def _few(one: Input) -> bool:
    return one.type == "choice" and 0 < len(one.choices) <= CHOICES


def usual(matter: Matter, offers: Iterable[Offered]) -> list[Press]:
    """Those of steps that a matter waits for: its usual ones, else the only one that moves it on. What asks for
    a choice, and cannot be taken back, is chosen on the matter's page."""
    some = list(offers)
    primary = [one for one in some if one.action.tone == "primary"]
    moving = [one for one in some if one.action.to and one.action.tone != "danger"]
    return presses(matter, primary or (moving if len(moving) == 1 else []), choices=False)
