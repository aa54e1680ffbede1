"""A bulletin as a layout would print it: with the newest figures, or plainly marked as a sample."""

from dataclasses import dataclass, replace
from datetime import datetime

from bihuan.insight import api as insight
from bihuan.insight.api import InsightError
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.blocks import sample_blocks
from bihuan.outcomes.publicity.bulletins.drafting import gather_all, planned
from bihuan.outcomes.publicity.bulletins.layout_use import braced
from bihuan.outcomes.publicity.bulletins.numbers import Gathered, Kept, Source
from bihuan.outcomes.publicity.models import Bulletin
from bihuan.spec import tags
from bihuan.spec.tags import Number

_BARS = 3


@dataclass(frozen=True)
class Preview:
    """A bulletin that is not written, and whether its numbers are a sample's."""

    row: Bulletin
    sample: bool


def previewed(source: Source, kind: str, printed: str, at: datetime) -> Preview:
    """The bulletin of a period with the figures of now; without facts, a sample.

    `printed` holds the tags a layout prints beside the words. Raises BulletinError as `gather_all`.
    """
    text = words.of(source.programme, f"bulletins.{kind}.text", source.locale) + printed
    try:
        row = planned(source, kind, gather_all(source, text, public=source.spec.public), at)
    except InsightError:
        return Preview(sample_of(source, kind, printed, at), sample=True)
    row.title = words.text("preview_title", source.locale, title=row.title)
    return Preview(row, sample=False)


def sample_of(source: Source, kind: str, printed: str, at: datetime) -> Bulletin:
    """A bulletin whose every number is the word for a sample."""
    text = words.of(source.programme, f"bulletins.{kind}.text", source.locale) + printed
    asked = tags.numbers(text + braced(source.spec.table))
    found: dict[str, Kept] = {}
    for number in asked:
        name = number.text.partition(":")[0]
        plain = replace(number, text=name, side="")
        found |= {f"{name}{side}": _kept(plain, source) for side in ("", ":last", ":year_ago")}
    blocks = sample_blocks(source, text)
    made = Gathered(found, list(source.spec.table), _chart(source), 0, "", blocks)
    row = planned(source, kind, made, at)
    row.title = words.text("sample_title", source.locale, title=row.title)
    row.number = words.text("sample_number", source.locale)
    return row


def _kept(number: Number, source: Source) -> Kept:
    found = insight.definition(number.programme or source.programme.id, number.figure)
    return {
        "title": words.of(found.programme, found.title_key, source.locale),
        "definition": words.of(found.programme, found.text_key, source.locale),
        "version": found.spec.version,
        "denominator": None,
        "shown": words.text("sample", source.locale),
    }


def _chart(source: Source) -> dict[str, object]:
    spec = source.spec.chart
    if spec is None:
        return {}
    owner, _, figure = spec.figure.rpartition(".")
    kept = _kept(Number(spec.figure, owner, figure, ""), source)
    rows = [
        [words.text("sample_group", source.locale, number=n), _BARS + 1 - n, kept["shown"]]
        for n in range(1, _BARS + 1)
    ]
    return {"title": kept["title"], "by": spec.by, "rows": rows}
