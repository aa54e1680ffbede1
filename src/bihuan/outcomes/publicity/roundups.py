"""The round-up 手机报: what was made public in a day or a week, short enough for a phone.

Nothing of it is kept: what is withdrawn later is not in it any more (seed 003, 两网并行).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from django.utils import timezone

from bihuan.outcomes.publicity import notices
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.models import Publication, SentRoundup
from bihuan.rules import periods
from bihuan.rules.periods import Grain, Period

# What a webhook is told of one under.
MADE = "roundup.made"
# How often there may be one.
RHYTHMS = (Grain.DAY, Grain.WEEK)
# Of each kind so many are named; of the others it says how many there are.
NAMED = 10


@dataclass(frozen=True)
class Item:
    """One thing that was made public: `pk` of a publication, a bulletin or a notice's matter."""

    pk: int
    title: str
    unit: str


@dataclass(frozen=True)
class Section:
    """What was made public of one kind (`answers`, `notices` or `bulletins`), newest first: the
    first of them, and how many there are."""

    kind: str
    items: Sequence[Item]
    count: int

    @property
    def more(self) -> int:
        return self.count - len(self.items)


@dataclass(frozen=True)
class Roundup:
    """What was made public in a period; kinds of which there is nothing are left out."""

    period: Period
    sections: Sequence[Section]

    @property
    def count(self) -> int:
        return sum(one.count for one in self.sections)


def parse(text: str) -> Period:
    """A day or a week from `2026-03-02` or `2026-W10`. Raises LookupError for anything else."""
    try:
        period = periods.parse(text)
    except periods.PeriodError:
        raise LookupError(text) from None
    if period.grain not in RHYTHMS:
        raise LookupError(text)
    return period


def newest(grain: Grain, at: datetime) -> Period:
    """The last day or week that is over."""
    return Period.of(grain, timezone.localtime(at).date()).before()


def roundup(period: Period, *, at: datetime) -> Roundup:
    """What was made public in a period and still is."""
    first, after = _instant(period.start), _instant(period.after)
    answers = Publication.outside.filter(
        state="published", published_at__gte=first, published_at__lt=after
    ).order_by("-published_at", "-pk")
    papers = bulletins.issued_between(first, after)
    shown = [
        Item(one.matter.pk, one.title, one.matter.home.name)
        for one in notices.changed_since(first, at=at)
        if one.first_day is not None
        and period.start <= one.first_day < period.after
        and not one.is_withdrawn
    ]
    sections = (
        Section("notices", shown[:NAMED], len(shown)),
        Section(
            "bulletins",
            [Item(row.pk, row.title, row.unit_name) for row in papers[:NAMED]],
            papers.count(),
        ),
        Section(
            "answers",
            [Item(row.pk, row.title, row.unit_name) for row in answers[:NAMED]],
            answers.count(),
        ),
    )
    return Roundup(period, [one for one in sections if one.count])


def begin_sending(period: Period, at: datetime) -> bool:
    """Whether nobody began to send this one before. Inside the transaction that plans the mails."""
    _, created = SentRoundup.objects.get_or_create(period=period.text, defaults={"at": at})
    return created


def _instant(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
