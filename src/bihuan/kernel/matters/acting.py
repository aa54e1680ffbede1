"""Acting on a matter: allowed? then one event, and everything that follows from it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import IntegrityError, OperationalError, transaction

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import (
    ConflictError,
    Event,
    change,
    earlier,
    history,
    on_behalf,
    read,
)
from bihuan.foundation.files import api as attachments
from bihuan.foundation.files.api import Stored
from bihuan.foundation.sql.statements import together
from bihuan.kernel.clocks.api import reckon
from bihuan.kernel.matters import access, attached, burden, inputs, query_code, verbs
from bihuan.kernel.matters.asked import Opened, Opening
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.matters.named_files import Sent
from bihuan.kernel.matters.opening import TRIES, open_matter
from bihuan.kernel.matters.repeating import event_key
from bihuan.kernel.matters.step import Step
from bihuan.kernel.matters.verbs import Refusal
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, NotAllowedError, ProblemError, RefusedError
from bihuan.spec.schema import Action, Kind, Programme, Turn


@dataclass(frozen=True)
class Offered:
    """An action as a person sees it: may they, and if not now, why."""

    id: str
    action: Action
    refusal: Refusal | None


def _spec(matter: Matter) -> tuple[Programme, Kind]:
    programme = programmes.spec_of(matter.release_id)
    return programme, programme.kinds[matter.kind]


def offered(matter: Matter, actor: Actor, at: datetime) -> list[Offered]:
    """The actions this actor may take on the matter as it stands, refusals included."""
    programme, kind = _spec(matter)
    found = []
    for action_id, action in kind.actions.items():
        if matter.state not in kind.sources_of(action):
            continue
        if not access.may_act(actor, matter, action, programme):
            continue
        # Guards over inputs cannot be asked before anything is typed.
        asked = tuple(g for g in action.guards if "input" not in g.args)
        step = Step(matter, programme, kind, actor, at, action_id)
        found.append(Offered(action_id, action, verbs.refusal(step, asked)))
    return found


def _turn(step: Step, action: Action) -> Turn | None:
    return next((t for t in action.turns if verbs.refusal(step, t.when) is None), None)


def _move(step: Step, target: str | None) -> None:
    if target is None or target == step.matter.state:
        return
    phase = step.kind.states[target].phase
    step.set["state"] = target
    step.set["phase"] = phase
    step.set["closed_at"] = step.at if phase == "done" else None
    if phase == "done":
        for name, clock in list(step.clocks().items()):
            step.change_clock(name, reckon.stopped(clock, step.at))


def _sent(matter: Matter, by: str, files: Sequence[Stored], seq: int) -> Sent:
    """The files of a step, which is the matter's event `seq`, as they are kept."""
    unsigned = by == "sender" and matter.anonymous
    kept = attachments.unsigned(files) if unsigned else files
    return Sent(kept, lambda index: f"{seq}-{index + 1}", [one.name for one in files])


def _attach(step: Step, sent: Sent, *, internal: bool) -> None:
    attachments.keep(sent.files)
    for index, stored in enumerate(sent.files):
        step.parts[("file", sent.key(index))] = stored.part(internal=internal)


def perform(
    matter: Matter,
    action_id: str,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any],
    files: Sequence[Stored] = (),
    key: str | None = None,
    own: Collection[str] = (),
) -> Matter:
    """Takes an action on a matter the actor was already found to see; in a transaction. `own` names
    the inputs that nobody typed for it.

    Raises ProblemError and its kinds; ConflictError when somebody was first.
    """
    programme, kind = _spec(matter)
    action = kind.actions.get(action_id)
    if action is None:
        raise ProblemError("matters.unknown_action", action=action_id)
    acts_as = access.acts_as(actor, matter, action, programme)
    if not acts_as:
        raise NotAllowedError("matters.may_not_act")
    if matter.state not in kind.sources_of(action):
        raise RefusedError("matters.wrong_state", state=matter.state)
    sent = _sent(matter, actor.ref, files, matter.version + 1)
    values = inputs.take(action.inputs, data, sent)
    # A machine's clock may be set back: within one matter time never runs backwards.
    at = max(at, matter.changed_at)
    step = Step(matter, programme, kind, actor, at, action_id, values)
    refused = verbs.refusal(step, action.guards)
    if refused is not None:
        raise RefusedError(refused.key, **refused.values)
    step.take_facts(action.inputs, values, action.sets())
    step.data |= burden.of_step(action.inputs, values, files, acts_as, own)
    turn = _turn(step, action)
    verbs.apply(step, action.effects)
    if turn is not None:
        verbs.apply(step, turn.effects)
    _move(step, turn.to if turn and turn.to else action.to)
    attached.within(step)
    _attach(step, sent, internal=not action.shown)
    if actor.ref == "sender" and matter.facts.get(query_code.RENEWED):
        step.data[query_code.RENEWED] = True
    with together():
        change(matter, step.happening("matter.acted", key))
        attached.written(step)
    attached.acted(matter, action, actor=actor.ref, at=at)
    return access.placed(matter)


def act(
    matter_id: int,
    action_id: str,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any] | None = None,
    files: Sequence[Stored] = (),
    key: str | None = None,
    version: int | None = None,
    code: str | None = None,
    own: Collection[str] = (),
) -> Matter:
    """Takes an action. With `code` the sender acts by their query code. `own` names the inputs that
    nobody typed for this one: a face wrote them, or they were typed once for several.

    The same key twice acts once. `version` is the one the actor looked at, if they say.
    Raises LookupError (absent or forbidden), InputError, NotAllowedError, RefusedError,
    GoneError (somebody else was first; nothing was written: not where all that others did since
    stands beside what the actor does).
    """
    attached.before(matter_id, action_id, actor, at)
    refused: ProblemError | None = None
    for _ in range(TRIES):
        try:
            with on_behalf(actor.ref):
                return _act(
                    matter_id,
                    action_id,
                    actor=actor,
                    at=at,
                    data=data or {},
                    files=files,
                    key=key,
                    version=version,
                    code=code,
                    own=own,
                )
        except IntegrityError as error:
            refused = attached.collided(error)
            if refused is None:
                raise
        except GoneError as error:
            if not _stands_beside(matter_id, action_id, version):
                raise
            refused = error
    assert refused is not None
    raise refused


def _stands_beside(matter_id: int, action_id: str, since: int | None) -> bool:
    """Whether an action may follow, unseen, what others did since a version was looked at: it and
    each of theirs stand beside the others, and none is what only one may do at a time."""
    found = Matter.objects.filter(pk=matter_id).first()
    if found is None:
        return False
    actions = _spec(found)[1].actions
    later = [e for e in history(found.stream) if since is not None and e.seq > since]
    done = [actions.get(read(event).get("action", "")) for event in later]
    own = actions.get(action_id)
    if any(verbs.alone(own) & verbs.alone(each) for each in done):
        return False
    return all(verbs.beside(each) for each in (own, *done))


def _act(
    matter_id: int,
    action_id: str,
    *,
    actor: Actor,
    at: datetime,
    data: Mapping[str, Any],
    files: Sequence[Stored],
    key: str | None,
    version: int | None,
    code: str | None,
    own: Collection[str],
) -> Matter:
    digest: str | None = None
    try:
        with transaction.atomic():
            found = (
                query_code.by_code(code)
                if code is not None
                else access.matter(actor, matter_id, to_act=True)
            )
            # Bound to the matter found: two senders may choose the same key.
            matter_id = found.pk
            digest = event_key(key, actor.ref, "act", found.stream, action_id)
            seen = version in (None, found.version)
            if not seen and not _stands_beside(matter_id, action_id, version):
                raise GoneError("matters.gone", number=found.number)
            return perform(
                found, action_id, actor=actor, at=at, data=data, files=files, key=digest, own=own
            )
    except LookupError as error:
        # What somebody did may have taken it out of their own sight: raised to a pool above, handed on.
        # Who repeats it under the same key, because the answer was lost, has done it.
        if key is None or code is not None:
            raise
        digest = event_key(key, actor.ref, "act", Matter(pk=matter_id).stream, action_id)
        return _unless_repeated(
            error, matter_id, digest, action_id=action_id, data=data, files=files
        )
    except attachments.FileError:
        # Of what came now, whatever was taken before: its sender is told what is wrong with the file.
        raise
    except (ProblemError, ConflictError, IntegrityError, OperationalError) as error:
        return _unless_repeated(
            error, matter_id, digest, action_id=action_id, data=data, files=files
        )


def _refuse_other_contents(
    found: Matter,
    action_id: str,
    done: Event,
    data: Mapping[str, Any],
    files: Sequence[Stored],
) -> None:
    """A retry says what it said the first time; anything else under its key was never done."""
    said = read(done)
    parts = said.get("parts", {}).items()
    kept = sorted(part["sha256"] for name, part in parts if name.startswith("file/"))
    if kept != sorted(one.sha256 for one in files):
        raise RefusedError("matters.key_used")
    if done.private is None and done.private_digest:
        return
    first = {**said.get("inputs", {}), **said.get("private", {}).get("inputs", {})}
    _, kind = _spec(found)
    action = kind.actions.get(action_id)
    again = _sent(found, done.actor, files, done.seq)
    if action is not None and inputs.take(action.inputs, data, again) != first:
        raise RefusedError("matters.key_used")


def _unless_repeated(
    error: Exception,
    matter_id: int,
    digest: str | None,
    *,
    action_id: str,
    data: Mapping[str, Any],
    files: Sequence[Stored] = (),
) -> Matter:
    """A request that came before, or just now, has changed what this one met: then all is well."""
    done: Event | None = earlier(digest)
    if done is not None:
        acted = Matter.objects.get(pk=int(done.stream.partition(":")[2]))
        _refuse_other_contents(acted, action_id, done, data, files)
        if isinstance(error, LookupError) and acted.version != done.seq:
            # They see it no more: that it is done they may know, what others did since not.
            raise RefusedError("matters.done_unseen")
        return acted
    if isinstance(error, (ProblemError, IntegrityError, LookupError)):
        raise error
    if isinstance(error, OperationalError) and "deadlock" not in str(error):
        raise error
    found = Matter.objects.filter(pk=matter_id).first()
    raise GoneError("matters.gone", number=found.number if found else "") from error


def open_and_act(
    opening: Opening,
    action_id: str,
    data: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    key: str | None = None,
) -> Opened:
    """Opens a matter and takes its first action, both or neither: a call settled on the spot.

    Raises what open_matter and act raise; after an error nothing was written.
    """
    act_on = partial(perform, action_id=action_id, actor=actor, at=at, data=data)
    if key is not None:
        # The same call with another answer is another request: none of the two may be lost.
        key = f"{key}|{action_id}|{sorted(data.items(), key=repr)!a}"
    return open_matter(opening, actor=actor, at=at, key=key, then=act_on)
