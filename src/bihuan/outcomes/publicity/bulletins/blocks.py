"""The blocks of a bulletin that apps bring: gathered when its numbers are, and kept with them."""

from typing import Any

from bihuan.insight import api as insight
from bihuan.language import redact
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.bulletins.numbers import Source
from bihuan.outcomes.publicity.bulletins.problems import BulletinError
from bihuan.outcomes.publicity.bulletins.reading import senders_of
from bihuan.spec import tags
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS, BulletinBlock, Printed

# By name: a title, and rows of words, the first their heads. Plain data, frozen with the bulletin.
Blocks = dict[str, dict[str, Any]]


def gather_blocks(source: Source, text: str, *, public: bool, horizon: int) -> Blocks:
    """Every block that a text speaks of; who wrote to the organisation is masked in a public one's.

    Raises BulletinError: a block that not everybody may read in a public bulletin; facts that were
    renewed since `horizon`, the state that the bulletin's numbers are of.
    """
    asked = _asked(text)
    for one in asked:
        if public and not one.public:
            raise BulletinError("bulletins.block_not_public", block=one.name)
    known = senders_of(source.org.path, source.period) if public and asked else []
    found = {one.name: _kept(_printed(one, source), known) for one in asked}
    if any(one.facts for one in asked) and insight.store().manifest().horizon != horizon:
        raise BulletinError("bulletins.facts_moved")
    return found


def sample_blocks(source: Source, text: str) -> Blocks:
    """The blocks of a sample, where there are no facts: each says that it is one."""
    said = words.text("sample", source.locale)
    return {one.name: {"title": "", "rows": [[one.name], [said]]} for one in _asked(text)}


def is_silent(name: str, source: Source) -> bool:
    """Whether a block has nothing to do with a programme; not known while there are no facts."""
    try:
        return _printed(BULLETIN_BLOCKS[name], source) is None
    except insight.InsightError:
        return False


def _asked(text: str) -> list[BulletinBlock]:
    return [BULLETIN_BLOCKS[name] for name in tags.blocks(text)]


def _printed(one: BulletinBlock, source: Source) -> Printed | None:
    return one.gathered(source.programme, source.org, source.period, source.locale)


def _kept(printed: Printed | None, known: list[str]) -> dict[str, Any]:
    if printed is None:
        return {"title": "", "rows": []}
    rows = [[redact.mask_among(cell, known) for cell in row] for row in printed.rows]
    return {"title": redact.mask_among(printed.title, known), "rows": rows}


def words_of(blocks: Blocks) -> str:
    """All words of the blocks, a line each: to be looked through."""
    rows = [row for one in blocks.values() for row in ([one["title"]], *one["rows"])]
    return "\n".join(word for row in rows for word in row)
