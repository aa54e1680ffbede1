"""What somebody outside reads of a followed matter: nothing that no person of the house has read.

A mask finds what it knows; so each text waits, for each link, until somebody has read it and
released words for it (issue 12, as with publications). Where a matter stands and by when it is due
needs nobody's leave.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from bihuan.foundation.access import api as grants
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import Happening, change, create, erase, history, read, standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import standing_person
from bihuan.kernel.matters import access, filled, inputs
from bihuan.kernel.matters.hanging import hangs
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.kernel.senders.known import known_words
from bihuan.kernel.watches.models import Watch, WatchText
from bihuan.language import redact
from bihuan.lib.problems import RefusedError
from bihuan.spec.base import Duty
from bihuan.spec.duties import doing
from bihuan.spec.schema import Action, Input, Programme

SUBJECT = "subject"
WORDS = Input(type="longtext", required=True, max=20_000)
# At the desk that received the matter; beside them whoever may give the link.
READERS: tuple[Duty, ...] = ("publish", "receive")
MOST_TOLD = 20


@dataclass(frozen=True)
class Text:
    """A text as it was written: in which event of the matter, as which input of which action
    (SUBJECT of no action), by whom."""

    event: int
    name: str
    action: str
    words: str
    at: datetime
    actor: str


@dataclass(frozen=True)
class Reading:
    """A text before whoever may release it. `proposed` are the words shown already, or shown to
    others who follow the matter (`shown_to_others`), or else the text masked; `found` is what was
    masked, by its place in the text as it was written."""

    row: WatchText
    matter: Matter
    text: Text
    proposed: str
    found: tuple[redact.Found, ...]
    shown_to_others: bool


@dataclass(frozen=True)
class Shown:
    """A text as whoever holds the link meets it: its words, or '' while it is `waiting` or once it
    was `withdrawn`."""

    name: str
    words: str
    state: str


def is_report(programme: Programme, action: Action) -> bool:
    """Whether the action's words are a report, of whoever is responsible. Nothing else that was
    written is ever shown, nor whom it names."""
    return bool({"assignee", *doing(programme, "handle")} & {*action.by})


def texts(found: Matter) -> list[Text]:
    """What of a matter may be shown once it was read, oldest first: its subject as it is now, and
    the reports."""
    programme = programmes.spec_of(found.release_id)
    kind = programme.kinds[found.kind]
    titles: list[Text] = []
    reports: list[Text] = []
    for event in history(found.stream):
        content = read(event)
        if content.get("set", {}).get("subject"):
            titled = str(content["set"]["subject"])
            titles.append(Text(event.seq, SUBJECT, "", titled, event.at, event.actor))
        action = kind.actions.get(content.get("action", ""))
        if event.type != "matter.acted" or action is None or not is_report(programme, action):
            continue
        told = filled.for_all(found, event.type, content)
        reports += [
            Text(event.seq, name, content["action"], str(told[name]), event.at, event.actor)
            for name, one in action.inputs.items()
            if one.type == "longtext" and one.private and told.get(name)
        ]
    return [*titles[-1:], *reports]


def shown(row: Watch) -> dict[tuple[int, str], Shown]:
    """What a link shows of each text, by event and name; what is not in it waits."""
    return {
        (one.event, one.name): Shown(
            one.name, one.words if one.state == "released" else "", one.state
        )
        for one in WatchText.objects.filter(watch_id=row.pk)
    }


def _live(found: Matter, on: date) -> list[Watch]:
    return list(Watch.objects.filter(matter_id=found.pk, revoked=False, expires__gte=on))


def acted(found: Matter, action: Action, actor: str, at: datetime) -> None:
    """Somebody acted: a report waits for whoever follows."""
    programme = programmes.spec_of(found.release_id)
    if hangs(programme.kinds[found.kind]) and is_report(programme, action):
        arrive(found, actor=actor, at=at)


def retitled(found: Matter, actor: str, at: datetime) -> None:
    """Its subject says something else: so it waits again."""
    arrive(found, actor=actor, at=at)


def arrive(found: Matter, *, actor: str, at: datetime) -> int:
    """Puts every text that is new to a link before those who may release it, and tells them; in a
    transaction. Returns how many."""
    on = timezone.localtime(at).date()
    rows = _live(found, on)
    if not rows:
        return 0
    written = texts(found)
    still = {(text.event, text.name) for text in written}
    new: list[WatchText] = []
    for row in rows:
        known = {(one.event, one.name): one for one in WatchText.objects.filter(watch_id=row.pk)}
        for place, one in known.items():
            if place not in still and one.state == "waiting":
                # A subject that was rewritten before anybody had read it.
                gone = Happening("watch_text.withdrawn", at, actor, set={"state": "withdrawn"})
                change(one, gone)
        for text in written:
            if (text.event, text.name) in known:
                continue
            waiting = WatchText(watch=row, event=text.event, name=text.name, waits_since=at)
            new.append(create(waiting, Happening("watch_text.waits", at, actor)))
    if new:
        _tell(found, rows, on, at, besides=actor)
    return len(new)


def _tell(found: Matter, rows: list[Watch], on: date, at: datetime, *, besides: str) -> None:
    """Tells whoever may release what waits, once a day for each matter however much is written."""
    givers = [row.given_by.partition(":") for row in rows]
    asked = {int(number): None for kind, _, number in givers if kind == "person"}
    asked |= dict.fromkeys(duties.holders(found.programme, found.home_path, on, *READERS))
    told = []
    for pk in asked:
        person = standing_person(pk)
        who = grants.actor(person, on)
        if who.ref != besides and person.is_active and _may_release_any(who, found, rows):
            told.append(pk)
    notify.tell(
        told[:MOST_TOLD],
        "notice.watch_text",
        key=f"{found.stream}:watch_text:{on.isoformat()}",
        at=at,
        ref=found.stream,
        number=found.number,
    )


def await_watched(at: datetime) -> int:
    """Puts the texts of links that were given before texts waited before those who may release
    them. Returns how many."""
    on = timezone.localtime(at).date()
    old = Watch.objects.filter(revoked=False, expires__gte=on, texts=None)
    count = 0
    for pk in old.order_by("matter_id").values_list("matter_id", flat=True).distinct():
        with transaction.atomic():
            found = access.placed(Matter.objects.get(pk=pk))
            count += arrive(found, actor="system", at=max(at, found.changed_at))
    return count


def may_release(actor: Actor, found: Matter, row: Watch) -> bool:
    """Whether the actor may read a text for whoever holds the link, and release it: who gave the
    link or may give one, the desk that received the matter, its publisher. Who is kept away from
    the matter or complained of in it does not decide what is told of it."""
    if not actor.may_scope("matters:write") or not access.sees(actor, found):
        return False
    return (
        actor.ref == row.given_by
        or access.may_order(actor, found)
        or duties.has(actor, found.programme, found.home_path, *READERS)
    )


def _may_release_any(actor: Actor, found: Matter, rows: list[Watch]) -> bool:
    return any(may_release(actor, found, row) for row in rows)


def _row(actor: Actor, pk: int) -> tuple[WatchText, Matter]:
    """Raises LookupError alike for none and for one that is not the actor's to read."""
    row = None
    if 0 < pk < 2**63:
        row = WatchText.objects.filter(pk=pk).select_related("watch").first()
    if row is None:
        raise LookupError(pk)
    found = access.matter(actor, row.watch.matter_id)
    if not may_release(actor, found, row.watch):
        raise LookupError(pk)
    return row, found


def _readings(found: Matter, rows: list[WatchText]) -> Iterator[Reading]:
    written = {(one.event, one.name): one for one in texts(found)}
    known = known_words(found)
    every = WatchText.objects.filter(watch__matter_id=found.pk, state="released")
    released = {(one.event, one.name): one.words for one in every.order_by("released_at", "pk")}
    for row in rows:
        place = (row.event, row.name)
        text = written.get(place)
        if text is None:
            # A subject that has been replaced since, or what retention has forgotten.
            continue
        hits = tuple(redact.find(text.words, known))
        others = not row.words and place in released
        words = row.words or released.get(place) or redact.masked(text.words, hits)
        yield Reading(row, found, text, words, hits, others)


def reading(pk: int, *, actor: Actor) -> Reading:
    """One text before whoever may release it. Raises LookupError, also for a subject that has been
    replaced since."""
    row, found = _row(actor, pk)
    for one in _readings(found, [row]):
        return one
    raise LookupError(pk)


def found_in(pk: int, words: str, *, actor: Actor) -> list[redact.Found]:
    """What in some words for a text looks like personal data, or is what the house knows of the
    people in its matter. Raises LookupError."""
    _, found = _row(actor, pk)
    return redact.find(words, known_words(found))


@standing.kept
def _waited_for() -> frozenset[int]:
    """The matters of texts that wait: mostly none, and every page of the desk asks."""
    rows = WatchText.objects.filter(state="waiting")
    return frozenset(rows.values_list("watch__matter_id", flat=True))


def waiting(
    actor: Actor,
    *,
    at: datetime,
    of: int | None = None,
    sight: Q | None = None,
    limit: int = 100,
) -> list[tuple[WatchText, Matter]]:
    """Texts of links that work, which wait for somebody like the actor, with their matters, or
    those `of` one; the oldest first. `sight` is `visible(actor)` of a caller who has it."""
    if not actor.may_scope("matters:write"):
        return []
    held = _waited_for() if of is None else _waited_for() & {of}
    if not held:
        return []
    on = timezone.localtime(at).date()
    seen = Matter.objects.filter(access.visible(actor) if sight is None else sight, pk__in=held)
    rows = list(
        WatchText.objects.filter(
            state="waiting",
            watch__revoked=False,
            watch__expires__gte=on,
            watch__matter__in=seen,
        )
        .select_related("watch__matter")
        .order_by("pk")[: limit * 4]
    )
    access.know_parties([row.watch.matter for row in rows])
    found = [(row, row.watch.matter) for row in rows]
    return [one for one in found if may_release(actor, one[1], one[0].watch)][:limit]


def texts_of(pk: int, *, actor: Actor) -> list[Reading]:
    """All texts of a matter's links that the actor may release, in every state: by link, and in
    each in the order in which they were written. Raises LookupError."""
    found = access.matter(actor, pk)
    rows = WatchText.objects.filter(watch__matter_id=found.pk).select_related("watch")
    mine = [
        row
        for row in rows.order_by("-watch_id", "event", "pk")
        if may_release(actor, found, row.watch)
    ]
    return list(_readings(found, mine)) if mine else []


@transaction.atomic
def release_text(pk: int, words: str, *, version: int, actor: Actor, at: datetime) -> WatchText:
    """Shows words for a text to whoever holds the link, in place of those shown before, if any.
    `version` is that of the row the person has read.

    Raises LookupError, InputError, RefusedError when somebody was first, the link has ended, or
    the words show whom the house knows; ConflictError.
    """
    one = reading(pk, actor=actor)
    row, found = one.row, one.matter
    if row.version != version:
        raise RefusedError("matters.watch_text_changed")
    if row.watch.revoked or row.watch.expires < timezone.localtime(at).date():
        raise RefusedError("matters.watch_over")
    taken = str(inputs.take({"words": WORDS}, {"words": words})["words"])
    left = redact.find_known(taken, known_words(found))
    if left:
        named = "、".join(dict.fromkeys(hit.text for hit in left))
        raise RefusedError("matters.watch_known_left", words=named)
    values = {"words": taken, "released_by": actor.ref}
    return _decided(row, found, "released", values, actor=actor, at=at)


@transaction.atomic
def withdraw_text(pk: int, *, version: int, actor: Actor, at: datetime) -> WatchText:
    """Takes a text back: whoever holds the link no longer reads it, until it is released again.

    Raises LookupError, RefusedError when it is not shown or somebody was first; ConflictError.
    """
    row, found = _row(actor, pk)
    if row.version != version:
        raise RefusedError("matters.watch_text_changed")
    if row.state != "released":
        raise RefusedError("matters.watch_text_not_shown")
    return _decided(row, found, "withdrawn", {}, actor=actor, at=at)


def _decided(
    row: WatchText,
    found: Matter,
    state: str,
    values: dict[str, Any],
    *,
    actor: Actor,
    at: datetime,
) -> WatchText:
    at = max(at, found.changed_at)
    if state == "released":
        values = values | {"released_at": at}
    told = Happening(
        f"matter.text_{state}",
        at,
        actor.ref,
        set={"changed_at": at},
        data={"watch": row.watch_id, "text": row.pk},
    )
    change(found, told)
    return change(
        row, Happening(f"watch_text.{state}", at, actor.ref, set={"state": state, **values})
    )


def forget_texts(row: Watch, *, actor: str, at: datetime) -> None:
    """Forgets what a link showed."""
    for one in WatchText.objects.filter(watch_id=row.pk):
        gone = {"words": "", "state": "withdrawn"}
        erase(one, Happening("watch_text.erased", at, actor, set=gone))
