"""`linked.act`: one action on every linked matter that is still open, at once or one by one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db import transaction
from django.utils import timezone
from pydantic import Field

from bihuan.facets.links import events, standing
from bihuan.facets.links.arguments import LinkArg, OfLinks, TheirAction
from bihuan.facets.links.verbs import given
from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import SYSTEM, Actor
from bihuan.foundation.audit.api import Happening, change, earlier, history, read
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import access, acting, verbs
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.matters.step import Step
from bihuan.lib.problems import GoneError, InputError, ProblemError, RefusedError
from bihuan.spec.arguments import AnyInput, MattersInput
from bihuan.web import words

TASK = "links.act"
_NAMED = 20


class LinkedAct(OfLinks):
    link: LinkArg
    action: TheirAction
    input: MattersInput | None = Field(None, description="only on those that an input names")
    inputs: dict[str, AnyInput] = Field(
        default_factory=dict,
        description="input of that action → input of this one",
    )
    given: dict[str, str | int | bool] = Field(
        default_factory=dict, description="input of that action → what it is always filled with"
    )
    by: Literal["house", "actor"] = Field("house", description="who takes it, and must be able to")
    later: bool = Field(
        default=False, description="one by one afterwards: those that can, and told which could not"
    )


@dataclass(frozen=True)
class _Missed:
    """A matter that could not take the action, and why; `number` is '' where the actor may not know it."""

    pk: int
    number: str
    key: str
    values: Mapping[str, Any]

    def text(self) -> str:
        """In the reader's words."""
        why = words.text(f"error.{self.key}", **self.values).partition("\n")[0]
        return f"{self.number}：{why}" if self.number else why


def linked_act(step: Step, args: LinkedAct) -> None:
    """Takes an action on every linked matter that is still open: on all of them, or on none, told
    which could not and why. `later`: one by one after this step, each that can; whoever acted is told
    when some could not, and the page shows which and why.
    """
    targets = _targets(step, args)
    if args.later:
        payload = {
            "matter": step.matter.pk,
            "seq": step.matter.version + 1,
            "link": args.link,
            "action": args.action,
            "inputs": args.inputs,
            "given": args.given,
            "by": step.actor.person_id if args.by == "actor" else None,
            "asked": step.actor.person_id,
            "targets": targets,
        }
        step.tasks.append((TASK, payload, f"linked:{args.link}:{args.action}"))
        return
    data = _filled(args.inputs, args.given, step.inputs)
    actor = step.actor if args.by == "actor" else SYSTEM
    missed = list(_each(targets, args.action, data, actor=actor, at=step.at))
    if missed:
        told = "；".join(one.text() for one in missed[:_NAMED])
        raise RefusedError("links.missed", n=len(missed), all=len(targets), told=told)


def _targets(step: Step, args: LinkedAct) -> list[int]:
    there = standing.linked(step, args.link)
    if args.input is not None:
        wanted = given(step, args.input)
        for nth, pk in enumerate(wanted, 1):
            if pk not in there:
                raise InputError({args.input: ("links.not_linked", {"nth": nth})})
        there = wanted
    return [one.pk for one in standing.rows_of(there) if one.phase != "done"]


def _filled(
    inputs: Mapping[str, str], fixed: Mapping[str, Any], ours: Mapping[str, Any]
) -> dict[str, Any]:
    taken = {theirs: ours[name] for theirs, name in inputs.items() if name in ours}
    return {**fixed, **taken}


def _each(
    targets: list[int], action: str, data: Mapping[str, Any], *, actor: Actor, at: datetime
) -> Iterator[_Missed]:
    """Acts on each in a savepoint of its own; yields those that could not."""
    for pk in targets:
        number = ""
        try:
            with transaction.atomic():
                found = access.matter(actor, pk, to_act=True)
                number = found.number
                acting.perform(found, action, actor=actor, at=at, data=data, own=tuple(data))
        except LookupError:
            yield _Missed(pk, "", "links.hidden", {})
        except GoneError:
            raise
        except InputError as error:
            key, values = next(iter(error.fields.values()))
            yield _Missed(pk, number, key, values)
        except ProblemError as error:
            yield _Missed(pk, number, error.key, error.values)


def act_later(payload: dict[str, Any], at: datetime, key: str) -> None:
    """Takes the action on each matter as the worker; each once, however often this runs."""
    told = f"{key}:told"
    if earlier(told) is not None:
        return
    holder = Matter.objects.get(pk=payload["matter"])
    actor = _actor(payload["by"], at)
    said = next(read(e) for e in history(holder.stream) if e.seq == payload["seq"])
    ours = {**said.get("inputs", {}), **said.get("private", {}).get("inputs", {})}
    data = _filled(payload["inputs"], payload["given"], ours)
    missed = list(_once_each(payload, data, actor, at, key))
    with transaction.atomic():
        _tell(holder, payload, missed, at=max(at, holder.changed_at), key=told)


def _actor(person_id: int | None, at: datetime) -> Actor:
    if person_id is None:
        return SYSTEM
    return grants.actor(standing_person(person_id), timezone.localtime(at).date())


def _once_each(
    payload: Mapping[str, Any], data: Mapping[str, Any], actor: Actor, at: datetime, key: str
) -> Iterator[_Missed]:
    for pk in payload["targets"]:
        number = ""
        try:
            number = access.matter(actor, pk).number
            acting.act(pk, payload["action"], actor=actor, at=at, data=data, key=f"{key}:{pk}")
        except LookupError:
            yield _Missed(pk, "", "links.hidden", {})
        except GoneError:
            # Somebody wrote to it this very moment: the outbox comes again, the key acts once.
            raise
        except InputError as error:
            why, values = next(iter(error.fields.values()))
            yield _Missed(pk, number, why, values)
        except ProblemError as error:
            yield _Missed(pk, number, error.key, error.values)


def _tell(
    holder: Matter, payload: Mapping[str, Any], missed: list[_Missed], *, at: datetime, key: str
) -> None:
    name, action = payload["link"], payload["action"]
    parts: dict[tuple[str, str], dict[str, Any]] = {}
    for one in missed:
        row = standing.kept(holder.stream, name, one.pk).values()
        # Its number stands beside it already; a programme's own words belong to that programme.
        values = {k: str(v) for k, v in one.values.items() if k != "own"}
        why = {"action": action, "key": one.key, "values": values}
        parts[standing.key_of(name, one.pk)] = {**row, "missed": why}
    data: dict[str, Any] = {
        "action": action,
        "link": name,
        "done": len(payload["targets"]) - len(missed),
    }
    if missed and payload["asked"]:
        data |= notify.told([payload["asked"]], "notice.linked_missed")
    happening = Happening(
        events.ACTED, at, SYSTEM.ref, set={"changed_at": at}, parts=parts, data=data, key=key
    )
    change(holder, happening)
    said = {"number": holder.number, "told_by": holder.programme}
    notify.tell_told(holder, data, at=at, ref=holder.stream, **said)


def register() -> None:
    """Declares the effect of this module, and what the worker does for it."""
    verbs.effect("linked.act", LinkedAct, linked_act)
    notify.task(TASK)(act_later)
