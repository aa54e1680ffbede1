"""Which organisations take messages from the public, and what they promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from bihuan.foundation.access.api import Actor
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs.api import Org, calendars, tree
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes import duties
from bihuan.rules.worktime import Limit, Unit, due
from bihuan.spec.schema import Kind, Programme


@dataclass(frozen=True)
class Receiver:
    """An organisation with a desk, and the programme by which it takes messages."""

    org: Org
    programme: Programme
    kind_id: str

    @property
    def kind(self) -> Kind:
        return self.programme.kinds[self.kind_id]

    @property
    def key(self) -> str:
        """What a form or an address names it by."""
        return f"{self.org.pk}.{self.programme.id}.{self.kind_id}"


def open_to_senders(on: date) -> list[Receiver]:
    """Every organisation that has a desk, with each kind that anybody may send there, by place in
    the tree. The one answer to who may receive: what a face narrows, it narrows from this."""
    return [
        Receiver(org, programme, kind_id)
        for org, programme in programmes.at_desks(on)
        for kind_id, kind in programme.kinds.items()
        if "sender" in kind.opened_by
    ]


@standing.kept
def _from_senders() -> frozenset[str]:
    kinds = ((one.id, kind) for one in programmes.known() for kind in one.kinds.values())
    return frozenset(name for name, kind in kinds if "sender" in kind.opened_by)


def takes_down(actor: Actor) -> bool:
    """Whether somebody receives what anybody may send, and so takes it down for them: what a menu asks
    on every page. Standing data."""
    return duties.within(actor, _from_senders(), "receive")


def receivers(on: date) -> list[Receiver]:
    """Those of them that the portal opens by a page made from what they ask for; what has a page of
    its own (a service, a ticket) is opened there."""
    return [one for one in open_to_senders(on) if one.programme.doors(one.kind_id).portal]


def receives(org: Org, programme: str, on: date) -> bool:
    """Whether the organisation has a desk of the programme of its own on a day: what is sent there
    is seen by somebody. Standing data."""
    return org.pk in _receiving(programme, on)


@standing.kept
def _receiving(programme: str, on: date) -> frozenset[int]:
    return frozenset(one.pk for one in duties.there(programme, on, "receive"))


def under(org: Org, on: date) -> list[Receiver]:
    """Who receives for a whole jurisdiction: the organisation itself where it has a desk, else
    those below it that have one."""
    here = [one for one in open_to_senders(on) if tree.covers(org.path, one.org.path)]
    own = [one for one in here if one.org.pk == org.pk]
    return own or here


def receiver_of(asked: str, among: Sequence[Receiver]) -> Receiver | None:
    """The one whose key is asked for, the first where none is. None when it is not (any more) among
    them: what was meant for one goes to no other instead."""
    if not asked:
        return next(iter(among), None)
    return next((one for one in among if one.key == asked), None)


def desks_of(actor: Actor, on: date) -> list[Receiver]:
    """Those of them at whose desk the actor works: where they may import messages."""
    return [r for r in receivers(on) if duties.has(actor, r.programme.id, r.org.path, "receive")]


@dataclass(frozen=True)
class Promise:
    """By when a message sent now is answered, and by what rule. `category` is '' where there are
    none."""

    category: str
    resolved: programmes.Resolved
    by: datetime


def promises(receiver: Receiver, at: datetime) -> list[Promise]:
    """The promise for every category open to senders, were it sent at `at`; none where a kind
    promises nothing, or what somebody orders in each case."""
    setting = next(
        (
            clock.setting
            for clock in receiver.programme.clocks.values()
            if clock.role == "promise" and clock.kind == receiver.kind_id
        ),
        None,
    )
    if setting is None:
        return []
    on = timezone.localtime(at).date()
    calendar = calendars.load(calendars.of(receiver.org.path).pk)
    asked = receiver.kind.asked(of_sender=True).get("category")
    found = []
    for category in asked.choices if asked is not None else ("",):
        value = programmes.resolve(
            receiver.programme,
            setting,
            org_path=receiver.org.path,
            on=on,
            case={"category": category, "channel": "web", "level": receiver.org.level},
        )
        limit = Limit(int(value.value), Unit(str(value.unit)))
        found.append(Promise(category, value, due(limit, at, calendar)))
    return found
