"""What somebody can do and what they need: said by themselves, or by who may say it for them; once, for
every round of the programme, until they say something else.

They read it themselves, and whoever may say it for them; what two give each other, both and whoever pairs them.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan.facets.pair.block import PAIR, sort_of
from bihuan.facets.pair.events import SAID
from bihuan.facets.pair.models import PairCard
from bihuan.facets.pair.skills import SKILLS
from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import ConflictError, Happening, change, create
from bihuan.foundation.orgs.api import Org, Person, orgs_at, standing_org, standing_person
from bihuan.kernel.matters import membership
from bihuan.kernel.matters.cleaning import clean
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import GoneError, InputError, NotAllowedError
from bihuan.spec.schema import Programme

# Of one's own words: so many, each so long.
MORE, LONG = 5, 40
NAMES = ("can", "needs")


@dataclass(frozen=True)
class Whom:
    """Somebody who may be paired, by their key (`p17`, `o4`)."""

    person: Person | None = None
    org: Org | None = None

    @property
    def sort(self) -> str:
        """person or org."""
        return "person" if self.person is not None else "org"

    @property
    def key(self) -> str:
        """As rows name them."""
        return key_of(self.person.pk if self.person else None, self.org.pk if self.org else 0)

    @property
    def name(self) -> str:
        """What they are called."""
        return self.person.name if self.person is not None else self.org.name if self.org else ""

    def places(self, on: date) -> Collection[str]:
        """The organisations to which they belong on a day, or which they are."""
        if self.person is not None:
            return membership.places_of(self.person, on)
        return [self.org.path] if self.org is not None else []


def key_of(person_id: int | None, org_id: int) -> str:
    """The key of a person, or of an organisation itself."""
    return f"p{person_id}" if person_id is not None else f"o{org_id}"


def whom(key: str) -> Whom:
    """Who has a key. Raises LookupError for nobody."""
    number = key[1:]
    if not (number.isascii() and number.isdigit() and len(number) < 19 and key[0] in "po"):
        raise LookupError(key)
    if key[0] == "p":
        person = Person.objects.filter(pk=int(number)).first()
        return _found(Whom(person=person), person, key)
    org = Org.objects.filter(pk=int(number)).first()
    return _found(Whom(org=org), org, key)


def standing_whom(key: str) -> Whom:
    """The same of a key that a row holds, from standing data."""
    pk = int(key[1:])
    return Whom(person=standing_person(pk)) if key[0] == "p" else Whom(org=standing_org(pk))


def _found(one: Whom, row: Person | Org | None, key: str) -> Whom:
    if row is None:
        raise LookupError(key)
    return one


def name_of(key: str) -> str:
    """What somebody with a key is called today."""
    pk = int(key[1:])
    return standing_person(pk).name if key[0] == "p" else standing_org(pk).name


def of_programmes(paths: Iterable[str], sort: str, on: date) -> list[Programme]:
    """The programmes in force at some places that pair persons (organisations) by what they can and
    need, as they hold there."""
    found: dict[str, Programme] = {}
    for path in sorted(paths):
        for programme_id, force in sorted(programmes.in_force_at(path, on).items()):
            if programme_id in found:
                continue
            spec = programmes.spec_of(force.release_id)
            if dictionary(spec, sort) and any(
                sort_of(spec, block) == sort for _, block in PAIR.kinds(spec)
            ):
                found[programme_id] = spec
    return list(found.values())


def dictionary(spec: Programme, sort: str) -> list[str]:
    """The skills of persons (organisations) in a programme, in its order."""
    return [name for name, one in SKILLS.of(spec).items() if one.suits(sort)]


def roles(spec: Programme) -> set[str]:
    """The roles of a programme that say for others."""
    return {role for _, block in PAIR.kinds(spec) for role in block.said_by}


def is_own(who: Actor, one: Whom, spec: Programme) -> bool:
    """Whether it is about the reader, or an organisation for which they speak."""
    if one.person is not None:
        return one.person.pk == who.person_id
    return one.org is not None and one.org.path in membership.voices(who, spec)


def says_for(who: Actor, spec: Programme, places: Iterable[str]) -> bool:
    """Whether somebody says for others at one of some places."""
    return any(who.has(role, path, spec.id) for role in roles(spec) for path in places)


def may_say(who: Actor, one: Whom, spec: Programme, on: date) -> bool:
    """Whether somebody says what another, or they themselves, can and need."""
    if who.person_id is None:
        return False
    # Where somebody belongs is looked up for those alone who say it for others at all.
    return is_own(who, one, spec) or (
        bool(roles(spec) & who.roles()) and says_for(who, spec, one.places(on))
    )


def reads_pair(who: Actor, two: Iterable[str], spec: Programme, on: date, *, keeps: bool) -> bool:
    """Whether somebody reads what two, by their keys, give each other: who keeps the round that put them
    together, the two themselves, and who says for one of them what they can and need."""
    return keeps or any(may_say(who, standing_whom(key), spec, on) for key in two)


def opened(who: Actor, programme_id: str, key: str, on: date) -> tuple[Whom, Programme]:
    """Whose card it is, and the programme that holds where they are. Raises LookupError where there
    is none, or the reader may not know of it."""
    one = whom(key)
    places = one.places(on)
    for spec in of_programmes(places, one.sort, on):
        if spec.id == programme_id and (is_own(who, one, spec) or says_for(who, spec, places)):
            return one, spec
    raise LookupError(key)


def card(programme_id: str, key: str) -> PairCard | None:
    """What somebody said, or None."""
    return PairCard.objects.filter(programme=programme_id, whom=key).first()


def cards(programme_id: str, keys: Collection[str]) -> dict[str, PairCard]:
    """What several said, by their keys."""
    rows = PairCard.objects.filter(programme=programme_id)
    if len(keys) <= 500:
        rows = rows.filter(whom__in=list(keys))
    return {row.whom: row for row in rows if row.whom in keys}


def all_of(row: PairCard, name: str) -> list[str]:
    """Everything of one sort that somebody said: ids of skills, and own words as `=words`."""
    return [*getattr(row, name), *(f"={one}" for one in getattr(row, f"{name}_more"))]


def _taken(spec: Programme, sort: str, given: Mapping[str, Any]) -> dict[str, list[str]]:
    known = dictionary(spec, sort)
    bad: dict[str, tuple[str, dict[str, Any]]] = {}
    found: dict[str, list[str]] = {}
    for name in NAMES:
        said = {str(one) for one in given.get(name) or ()}
        if said - {*known}:
            told = {"choices": ", ".join(known)}
            bad[name] = ("input.not_a_choice", told)
        found[name] = [one for one in known if one in said]
        texts = [
            " ".join(clean(str(one)[: LONG * 4]).split()) for one in given.get(f"{name}_more") or ()
        ]
        found[f"{name}_more"] = list(dict.fromkeys(one for one in texts if one))
        if len(found[f"{name}_more"]) > MORE:
            bad[f"{name}_more"] = ("pair.too_many_words", {"limit": MORE})
        elif any(len(one) > LONG for one in texts):
            bad[f"{name}_more"] = (
                "input.too_long",
                {"limit": LONG, "length": max(map(len, texts))},
            )
    both = sorted({*found["can"]} & {*found["needs"]})
    if both and "needs" not in bad:
        bad["needs"] = ("pair.both_can_and_need", {"skill": skill_words(spec, both[0])})
    if bad:
        raise InputError(bad)
    return found


def skill_words(spec: Programme, name: str) -> str:
    """A skill as the programme calls it; own words as they are."""
    from bihuan.web import words  # noqa: PLC0415 - pages stand beside, and load this

    return name[1:] if name.startswith("=") else words.of(spec, f"skills.{name}")


def say(
    key: str,
    programme_id: str,
    given: Mapping[str, Any],
    *,
    actor: Actor,
    at: datetime,
    version: int | None = None,
) -> PairCard:
    """Somebody says what they, or whoever they say it for, can (`can`, `can_more`) and need (`needs`,
    `needs_more`): all of it, in place of what was said before. The same again changes nothing.

    Raises LookupError (nobody, or nobody they may know of), NotAllowedError, InputError, GoneError
    (another changed it since `version` was looked at). Source: seed 004 item 9.
    """
    one, spec = opened(actor, programme_id, key, timezone.localtime(at).date())
    if not actor.may_scope("matters:write"):
        raise NotAllowedError("pair.may_not_say")
    columns: dict[str, Any] = _taken(spec, one.sort, given)
    try:
        with transaction.atomic():
            return _written(one, spec, columns, actor=actor, at=at, version=version)
    except (IntegrityError, ConflictError):
        raise GoneError("pair.card_gone") from None


def _written(
    one: Whom,
    spec: Programme,
    columns: dict[str, Any],
    *,
    actor: Actor,
    at: datetime,
    version: int | None,
) -> PairCard:
    row = card(spec.id, one.key)
    said = {**columns, "said_by": actor.person_id, "said_at": at}
    if row is None:
        if version:
            raise GoneError("pair.card_gone")
        row = PairCard(
            programme=spec.id,
            whom=one.key,
            person_id=one.person.pk if one.person else None,
            org_id=one.org.pk if one.org else None,
            **said,
        )
        create(row, Happening(SAID, at, actor.ref))
        return row
    if version is not None and version != row.version:
        raise GoneError("pair.card_gone")
    if all(getattr(row, name) == value for name, value in columns.items()):
        return row
    return change(row, Happening(SAID, at, actor.ref, set=said))


def mine(who: Actor, on: date) -> list[tuple[Programme, Whom]]:
    """Whose cards are somebody's own: theirs, and those of the organisations they speak for."""
    found: list[tuple[Programme, Whom]] = []
    if who.person_id is None:
        return found
    self_ = Whom(person=standing_person(who.person_id))
    places = membership.places(who)
    found += [(spec, self_) for spec in of_programmes(places, "person", on)]
    for spec in of_programmes(places, "org", on):
        found += [(spec, Whom(org=org)) for org in orgs_at(sorted(membership.voices(who, spec)))]
    return found
