"""Whole programs that use the interface, as its page shows them: they run as they stand."""

import json
import shlex
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from django.template.loader import render_to_string

from bihuan.kernel.receivers import api as receivers
from bihuan.kernel.receivers.api import Receiver
from bihuan.web import spans, words

# Example → the languages it is written in, by the ending of its template.
EXAMPLES: Final = {
    "send": ("sh", "py"),
    "register": ("sh", "py"),
    "pages": ("sh", "py"),
    "webhook": ("py",),
}


@dataclass(frozen=True)
class Written:
    """One example in one language of programming; `name` is told by `interface.example.<name>`."""

    name: str
    ending: str
    text: str


def receiving() -> list[Receiver]:
    """Who takes what anybody may send, by a page made from what it asks for."""
    return receivers.receivers(spans.today())


def _filled(one: Receiver, *, of_sender: bool) -> dict[str, str] | None:
    """The required fields of a kind with what may stand in each; None where one is neither a choice nor
    a text: an example cannot know it."""
    found = {}
    for name, asked in one.kind.asked(of_sender=of_sender).items():
        if not asked.required:
            continue
        if not asked.choices and asked.type not in ("text", "longtext"):
            return None
        found[name] = asked.choices[0] if asked.choices else words.text("interface.said")
    return found


def _message(one: Receiver, fields: dict[str, str]) -> dict[str, Any]:
    return {
        "programme": one.programme.id,
        "kind": one.kind_id,
        "home": one.org.pk,
        "fields": fields,
        "body": words.text("interface.said"),
    }


def _first_step(one: Receiver) -> str:
    """What staff may do with such a matter as it comes in, without being asked for anything; or nothing."""
    staff = {*one.kind.staff()}
    for name, action in one.kind.actions.items():
        asks = any(each.required for each in action.inputs.values())
        if one.kind.initial in action.from_ and staff & {*action.by} and action.to and not asks:
            return name
    return ""


def _sent() -> dict[str, Any]:
    """What anybody may send; nothing where nobody takes anything."""
    some = [one for one in receiving() if one.kind.anonymous]
    # What most offices take is what most people send.
    often = Counter((one.programme.id, one.kind_id) for one in some)
    some.sort(key=lambda one: -often[one.programme.id, one.kind_id])
    asked = ((one, _filled(one, of_sender=True)) for one in some)
    return next((_message(one, fields) for one, fields in asked if fields is not None), {})


def _registered() -> tuple[dict[str, Any], str]:
    """What staff may open for a caller, and the step that they may take then; or nothing."""
    for one in receiving():
        fields, step = _filled(one, of_sender=False), _first_step(one)
        if fields is not None and step:
            contact = {"name": words.text("interface.caller"), "phone": "13800000000"}
            return _message(one, fields) | {"contact": contact}, step
    return {}, ""


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False)


def all_of(root: str) -> list[tuple[str, list[Written]]]:
    """Every example by name, for an interface at `root`; none of sending where nobody takes anything."""
    sent, (registered, step) = _sent(), _registered()
    context = {
        "root": root,
        "locale": words.locale(),
        "said": _json(sent),
        # A quote within would end the shell's string.
        "opened": shlex.quote(_json(sent)[:-1]),
        "registered": _json(registered),
        "quoted": shlex.quote(_json(registered)),
        "action": step,
    }
    lacking = {name for name, there in (("send", sent), ("register", registered)) if not there}
    return [
        (
            name,
            [
                Written(
                    name, ending, render_to_string(f"portal/examples/{name}.{ending}.txt", context)
                )
                for ending in endings
            ],
        )
        for name, endings in EXAMPLES.items()
        if name not in lacking
    ]
