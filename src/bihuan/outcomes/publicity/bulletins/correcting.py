"""Late events: an issued bulletin stays as it is, and a correction of it is drafted."""

from datetime import datetime, timedelta

from django.db import transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import Happening, create
from bihuan.insight.api import InsightError
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.drafting import plain, source_of
from bihuan.outcomes.publicity.bulletins.layout_use import braced
from bihuan.outcomes.publicity.bulletins.numbers import Gathered, Kept, gather
from bihuan.outcomes.publicity.bulletins.papers.paper import called
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.models import Bulletin

# Late entries are looked for so long after a bulletin was issued.
WATCHED = timedelta(days=400)
_SAME = ("value", "numerator", "denominator", "reason")


def compare(at: datetime) -> int:
    """Drafts a correction for every issued bulletin whose numbers came out otherwise since;
    returns how many. Run twice it drafts once: an open or issued correction is compared itself."""
    rows = Bulletin.objects.filter(state="issued", corrects=None, issued_at__gte=at - WATCHED)
    return sum(_correct(row, at) for row in rows.order_by("pk"))


def _latest(row: Bulletin) -> Bulletin | None:
    """The bulletin or its newest correction, whose numbers stand; none while one is a draft."""
    last = Bulletin.objects.filter(corrects=row.pk).exclude(state="withdrawn").last()
    if last is None:
        return row
    return None if last.state == "drafted" else last


def _correct(row: Bulletin, at: datetime) -> bool:
    stands = _latest(row)
    if stands is None:
        return False
    source = source_of(row)
    try:
        # What its layout printed beside the words is among its numbers, and corrected as they are.
        now = gather(source, row.text + braced(row.numbers))
    except (BulletinError, InsightError):
        # Facts just being renewed, or a figure that is gone: the next round, or nobody, compares.
        return False
    known = row.numbers | {k: v for k, v in stands.numbers.items() if not k.endswith(":was")}
    changed = {
        tag: new
        for tag, new in now.numbers.items()
        if ":" not in tag and tag in known and _differs(known[tag], new)
    }
    if not changed:
        return False
    _draft(row, changed, known, now, at)
    return True


def _differs(old: Kept, new: Kept) -> bool:
    return any(old[name] != new[name] for name in _SAME)


@transaction.atomic
def _draft(
    row: Bulletin, changed: dict[str, Kept], known: dict[str, Kept], now: Gathered, at: datetime
) -> None:
    lines = "\n".join(
        words.text("correction_line", row.locale, title=new["title"], tag=tag)
        for tag, new in changed.items()
    )
    title = words.text("correction_title", row.locale).replace("{{corrected}}", called(row))
    create(
        Bulletin(
            programme=row.programme,
            kind=row.kind,
            org_id=row.org_id,
            home_path=row.home_path,
            unit_name=row.unit_name,
            period=row.period,
            locale=row.locale,
            public=row.public,
            title=plain(title, row.unit_name, ""),
            text=words.text("correction", row.locale, lines=lines),
            numbers=changed | {f"{tag}:was": known[tag] for tag in changed},
            table=list(changed),
            chart={},
            horizon=now.horizon,
            facts_hash=now.facts_hash,
            hands=[SYSTEM.ref],
            drafted_at=at,
            corrects=row.pk,
        ),
        Happening("bulletin.drafted", at, SYSTEM.ref),
    )
