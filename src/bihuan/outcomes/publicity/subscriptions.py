"""Who gets the round-up by mail: whoever asked, and said so again from the mailbox itself."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db import IntegrityError, transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, create, erase, register, vault
from bihuan.foundation.notify import api as notify
from bihuan.lib import codes, keyring, mailbox
from bihuan.lib.problems import ProblemError
from bihuan.outcomes.publicity.models import Subscription
from bihuan.outcomes.publicity.roundups import RHYTHMS
from bihuan.rules.periods import Grain

register(Subscription)

# Also the name of the task that mails the link.
ASKED = "subscription.asked"
ENDS = "subscription.ends"
VALID = timedelta(days=3)
# Nobody but the reader ends it.
FOR_EVER = date.max


class SubscriptionError(ProblemError):
    """A subscription that cannot be; `key` names the message."""


def ask(address: str, rhythm: str, locale: str, *, at: datetime) -> None:
    """Plans a mail to the address with a link; until that comes back nothing is kept.

    Raises SubscriptionError for what is no address or no rhythm.
    """
    address = mailbox.fold(address)
    if not mailbox.is_address(address):
        why, guess = mailbox.why_not(address)
        key = f"input.email_{why}" if why else "roundup.bad_address"
        raise SubscriptionError(key, address=address[:100], meant=guess)
    if rhythm not in RHYTHMS:
        raise SubscriptionError("roundup.bad_rhythm")
    sealed = vault.seal(vault.Person(email=address), ASKED)
    token = signing.dumps([sealed, rhythm, locale], salt=ASKED)
    # As long as one waits to be sent a second press of the button sends no second one; one that was
    # given up while no mail went out must not stand in the way of another day's.
    key = f"{ASKED}:{rhythm}:{_indexes(address)[0]}:{at:%Y%m%d}"
    notify.enqueue(ASKED, {"token": token}, key=key, run_at=at)


def asked(token: str) -> tuple[str, Grain, str]:
    """(address, rhythm, locale) that a link carries. Raises LookupError: forged or too old."""
    try:
        sealed, rhythm, locale = signing.loads(token, salt=ASKED, max_age=VALID)
    except signing.BadSignature:
        raise LookupError(token) from None
    return vault.unseal(sealed, ASKED).email, Grain(rhythm), locale


def confirm(token: str, *, at: datetime) -> Subscription:
    """Begins what was asked for; the same link twice, or two links, begin one.

    Raises LookupError as `asked` does.
    """
    address, rhythm, locale = asked(token)
    indexes = _indexes(address)
    running = Subscription.objects.filter(
        address_index__in=indexes, rhythm=rhythm, ended_at__isnull=True
    )
    row = running.first()
    if row is not None:
        return row
    try:
        with transaction.atomic():
            made = Subscription(
                rhythm=rhythm, locale=locale, address_index=indexes[0], started_at=at
            )
            create(made, Happening("subscription.started", at, "sender"))
            vault.store(
                made.stream,
                vault.Person(email=address),
                actor="sender",
                at=at,
                keep_until=FOR_EVER,
            )
    except IntegrityError:
        # The same link twice at one moment.
        return running.get()
    return made


def _indexes(address: str) -> list[str]:
    return codes.blinds(keyring.every(settings.SECRETS, "blind"), address.lower())


def running(rhythm: Grain, *, after: int, limit: int) -> list[int]:
    """Who gets the round-up, by id upwards from `after`."""
    rows = Subscription.objects.filter(rhythm=rhythm, ended_at__isnull=True, pk__gt=after)
    return list(rows.order_by("pk").values_list("pk", flat=True)[:limit])


def reader(pk: int) -> tuple[str, str, str] | None:
    """(address, locale, token that ends it), None when it has ended."""
    row = Subscription.objects.filter(pk=pk, ended_at__isnull=True).first()
    person = vault.for_delivery(row.stream) if row is not None else None
    if row is None or person is None:
        return None
    return person.email, row.locale, signing.dumps(row.pk, salt=ENDS)


def of_token(token: str) -> Subscription:
    """The one that a link in a mail ends. Raises LookupError for a forged one."""
    try:
        return Subscription.objects.get(pk=signing.loads(token, salt=ENDS))
    except (signing.BadSignature, Subscription.DoesNotExist):
        raise LookupError(token) from None


@transaction.atomic
def returned(pk: int, status: str, *, at: datetime) -> bool:
    """A mail to a reader was not delivered: ends it where there is no such address (5.1.x of RFC 3463);
    a full mailbox may be emptied. Returns whether it ended now."""
    row = Subscription.objects.filter(pk=pk, ended_at__isnull=True).first()
    if row is None or not status.startswith("5.1."):
        return False
    _end(row, at=at, actor=SYSTEM.ref)
    return True


@transaction.atomic
def end(token: str, *, at: datetime) -> None:
    """Ends it and forgets the address; again does nothing. Raises LookupError as `of_token`."""
    row = of_token(token)
    if row.ended_at is not None:
        return
    _end(row, at=at, actor="sender")


def _end(row: Subscription, *, at: datetime, actor: str) -> None:
    blank = {"ended_at": at, "address_index": ""}
    erase(row, Happening("subscription.ended", at, actor, set=blank))
    vault.erase(row.stream, actor=actor, at=at)
