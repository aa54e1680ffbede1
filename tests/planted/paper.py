"""A block of bulletins: on which days of the period strokes were made, and how many."""

from collections import Counter
from datetime import datetime, time

from django.utils import timezone

from bihuan.kernel.matters.models import Matter
from bihuan.spec import bulletin_blocks
from bihuan.spec.bulletin_blocks import BulletinBlock, Printed
from planted.models import Stroke

TITLES = {
    "zh-Hans": ("逐日笔数", "日期", "笔数", "木条"),
    "en": ("Day by day", "Day", "Strokes", "Stick"),
}


def _streams(programme, org):
    there = Matter.objects.filter(programme=programme.id, home_path__startswith=org.path)
    return {row.stream: row.number for row in there}


def _made(programme, org, period):
    first, after = (
        timezone.make_aware(datetime.combine(day, time.min)) for day in (period.start, period.after)
    )
    streams = _streams(programme, org)
    rows = Stroke.objects.filter(stream__in=streams, made_at__gte=first, made_at__lt=after)
    return [(timezone.localtime(row.made_at).date(), streams[row.stream]) for row in rows]


def _days(programme, org, period, locale):
    title, day, strokes, _ = TITLES[locale]
    counted = sorted(Counter(on for on, _ in _made(programme, org, period)).items())
    return Printed(title, ((day, strokes), *((on.isoformat(), str(n)) for on, n in counted)))


def _sticks(programme, org, period, locale):
    _, day, _, stick = TITLES[locale]
    rows = tuple((on.isoformat(), text) for on, text in sorted(_made(programme, org, period)))
    return Printed("", ((day, stick), *rows))


def register():
    about = "on which days of the period strokes were made"
    bulletin_blocks.register(BulletinBlock("day_by_day", about, _days, public=True))
    about = "which sticks were carved"
    bulletin_blocks.register(BulletinBlock("sticks", about, _sticks, public=False))
