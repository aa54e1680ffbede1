"""bulletins/<id>.toml: a paper that comes round, its figures, who drafts it and who issues it; every
figure, role and tag it speaks of exists."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from pydantic import Field

from bihuan.spec import charts, files, tags
from bihuan.spec.base import Name, Strict
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS
from bihuan.spec.charts import ChartSpec, FigureName
from bihuan.spec.checks.around import Around
from bihuan.spec.checks.uses import Use
from bihuan.spec.files import SpecFile
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme
from bihuan.spec.tags import Word

# What a bulletin needs in words, besides its name in lists, which is `name`.
TEXTS = ("name", "series", "title", "text")
_CAUSES = {
    "unclosed": ("a tag is not closed", "write {{name}}, braces doubled on both sides"),
    "unknown": ("this is no tag", "name a figure, or one of {known}"),
    "block": ("this tag needs a line of its own", "put nothing else on its line"),
}


class BulletinSpec(Strict):
    """One kind of bulletin. `grain` is how long its period is (`free`: any days); `table` the
    figures of its table, in order. `public` puts it on the portal when it is issued.

    The words are the programme's strings `bulletins.<id>.title`, `.series` (the word before the
    year in its number) and `.text`. Who drafted or edited a bulletin cannot issue it.
    """

    grain: Literal["month", "quarter", "half", "year", "free"]
    drafted_by: tuple[Name, ...] = Field(min_length=1)
    issued_by: tuple[Name, ...] = Field(min_length=1)
    table: tuple[FigureName, ...] = ()
    chart: ChartSpec | None = None
    public: bool = True
    clause: str = ""


def _words(programme: Programme) -> Iterator[str]:
    return (f"bulletins.{one}.{text}" for one in BULLETINS.of(programme) for text in TEXTS)


def _roles(programme: Programme) -> Iterator[str]:
    for one in BULLETINS.of(programme).values():
        yield from (*one.drafted_by, *one.issued_by)


def _problems(programme: Programme) -> Iterator[Problem]:
    """Everything wrong with the bulletins of a programme."""
    roles = {role.id for role in programme.manifest.roles}
    for bulletin_id, one in BULLETINS.of(programme).items():
        file = BULLETINS.file_of(bulletin_id)
        for key in ("drafted_by", "issued_by"):
            for name in getattr(one, key):
                if name not in roles:
                    yield Problem(file, key, f"no role {name!r}", f"one of {sorted(roles)}")
        for index, figure in enumerate(one.table):
            yield from charts.named(programme, file, f"table.{index}", figure)
        if (chart := one.chart) is not None:
            yield from charts.drawn(programme, file, "chart", chart.figure, (chart.by,))
        for locale, words in sorted(programme.strings.items()):
            for part in ("title", "text"):
                key = f"bulletins.{bulletin_id}.{part}"
                file = f"strings/{locale}.toml"
                yield from _text(programme, file, key, words.get(key, ""))
                yield from _placed(file, key, words.get(key, ""), part, public=one.public)
    yield from _named_twice(programme)


def _named_twice(programme: Programme) -> Iterator[Problem]:
    for name in sorted(programme.figures.keys() & BULLETIN_BLOCKS.keys()):
        if BULLETINS.of(programme):
            cause = f"{name!r} is also a block of bulletins"
            yield Problem("figures.toml", name, cause, "call the figure otherwise")


def _placed(file: str, key: str, text: str, part: str, *, public: bool) -> Iterator[Problem]:
    """Blocks in a title, and such as not everybody may read where everybody reads."""
    there = {one.text for one in tags.pieces(text) if isinstance(one, Word)}
    for name in tags.own_line():
        if name in there and part == "title":
            cause = f"{{{{{name}}}}} cannot stand in a title"
            yield Problem(file, key, cause, "put it on a line of the text")
    for name in tags.blocks(text):
        if public and not BULLETIN_BLOCKS[name].public:
            cause = f"not everybody may read {{{{{name}}}}}, and the bulletin is public"
            yield Problem(file, key, cause, "take it out, or set public = false in the bulletin")


def _meant(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """Figures of other programmes that bulletins speak of exist."""
    del uses
    yield from charts.foreign(programme, _spoken_of(programme), around)


def _spoken_of(programme: Programme) -> Iterator[tuple[str, str, str]]:
    for bulletin_id, one in BULLETINS.of(programme).items():
        file = BULLETINS.file_of(bulletin_id)
        yield from ((file, f"table.{index}", name) for index, name in enumerate(one.table))
        if one.chart is not None:
            yield file, "chart.figure", one.chart.figure
        for locale, words in sorted(programme.strings.items()):
            for part in ("title", "text"):
                key = f"bulletins.{bulletin_id}.{part}"
                for number in tags.numbers(words.get(key, "")):
                    name = f"{number.programme}.{number.figure}"
                    yield f"strings/{locale}.toml", key, name


def _text(programme: Programme, file: str, key: str, text: str) -> Iterator[Problem]:
    for fault in tags.faults(text):
        cause, remedy = _CAUSES[fault.kind]
        known = ", ".join((*tags.INLINE, *tags.own_line()))
        yield Problem(
            file, key, f"line {fault.line}: {fault.text}: {cause}", remedy.replace("{known}", known)
        )
    for number in tags.numbers(text):
        name = f"{number.programme}.{number.figure}" if number.programme else number.figure
        for problem in charts.named(programme, file, key, name):
            blocks = f", or a block: {', '.join(tags.own_line())}" if not number.programme else ""
            yield replace(problem, remedy=f"{problem.remedy}{blocks}")


BULLETINS: SpecFile[BulletinSpec] = files.register(
    SpecFile(
        "bulletins",
        BulletinSpec,
        folder=True,
        problems=_problems,
        meant=_meant,
        words=_words,
        roles=_roles,
    )
)
