"""What a bulletin says, in the order it is read: the same for screen, Word and PDF."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from bihuan.outcomes.press.blocks import Block, Imprint, Run
from bihuan.outcomes.publicity import words
from bihuan.outcomes.publicity.models import Bulletin
from bihuan.rules import periods
from bihuan.spec import tags


@dataclass(frozen=True)
class Line:
    """One line of the text, and what it is on the paper. `fixed` lines are a tag alone (`source`),
    which may be nothing on this paper; all others are words that somebody may change."""

    source: str
    blocks: tuple[Block, ...]
    fixed: bool = False


@dataclass(frozen=True)
class Definition:
    """How one number came about, in one line."""

    tag: str
    line: str
    kept: dict[str, Any] = field(repr=False)


@dataclass(frozen=True)
class Paper:
    """A bulletin ready to be set. `date` is empty before it is issued."""

    head: str
    number: str
    title: str
    lines: tuple[Line, ...]
    definitions_title: str
    definitions: tuple[Definition, ...]
    horizon: str
    date: str
    chart: dict[str, Any] = field(repr=False)
    imprint: Imprint

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Everything under the title, in order."""
        return tuple(block for line in self.lines for block in line.blocks)


@dataclass(frozen=True)
class Filling:
    """What is put into a layout: the paper, the words of every tag inside a line, the table, and by
    their tags the blocks that have a place of their own in it."""

    paper: Paper
    words: Mapping[str, str]
    table: tuple[tuple[Run, ...], ...]
    blocks: Mapping[str, tuple[Block, ...]] = field(default_factory=dict)


def called(row: Bulletin) -> str:
    """How other papers name it: 《title》（number）."""
    return (
        f"《{row.title}》（{row.number}）" if row.locale != "en" else f"{row.title} ({row.number})"
    )


def compose(row: Bulletin, corrects: Bulletin | None = None, also: Sequence[str] = ()) -> Paper:
    """The paper a bulletin makes; `corrects` is the bulletin a correction speaks of, `also` names
    tags that a layout prints beside the words: definitions of its figures are told too, blocks that
    have a place there stand in no other.

    A tag without a number, which `draft` and `edit` refuse, stays visible as it was written.
    """
    placed = {*filter(None, map(tags.block_of, also))}
    date = ""
    if row.issued_at is not None:
        day = timezone.localtime(row.issued_at).date()
        parts = {"year": day.year, "month": day.month, "day": day.day}
        date = words.text("date", row.locale, **parts)
    return Paper(
        head=row.unit_name,
        number=row.number or words.text("draft", row.locale),
        title=row.title,
        lines=tuple(_lines(row, corrects, placed)),
        definitions_title=words.text("definitions", row.locale),
        definitions=tuple(_definitions(row, also)),
        horizon=words.text("horizon", row.locale, horizon=row.horizon),
        date=date,
        chart=row.chart,
        imprint=Imprint(row.title, row.unit_name, row.issued_at or row.drafted_at, row.locale),
    )


def filling(row: Bulletin, printed: Sequence[str]) -> Filling:
    """What a bulletin puts into a layout that prints these figures; one that was not among its
    numbers when they were frozen says so."""
    paper = compose(row, also=printed)
    absent = words.text("absent", row.locale)
    placed = {tag: tags.block_of(tag) for tag in printed if tags.block_of(tag)}
    figures = [tag for tag in printed if tag not in placed]
    told = {tag: row.numbers[tag]["shown"] if tag in row.numbers else absent for tag in figures}
    unsaid = [Block("paragraph", (Run(absent),))]
    blocks = {
        tag: tuple(_brought(row, f"{{{{{name}}}}}") or unsaid) for tag, name in placed.items()
    }
    names = _names(row, None) | {
        "number": paper.number,
        "title": paper.title,
        "date": paper.date or paper.number,
    }
    return Filling(paper, told | names, tuple(_rows(row)) if row.table else (), blocks)


def _names(row: Bulletin, corrects: Bulletin | None) -> dict[str, str]:
    return {
        "unit": row.unit_name,
        "period": words.period(periods.parse(row.period), row.locale),
        "corrected": called(corrects) if corrects else "",
    }


def _lines(row: Bulletin, corrects: Bulletin | None, placed: Collection[str]) -> Iterator[Line]:
    names = _names(row, corrects)
    for line in row.text.splitlines():
        said = line.strip()
        if said == "{{table}}":
            yield Line(said, (Block("table", rows=tuple(_rows(row))),), fixed=True)
        elif said == "{{chart}}":
            drawn = (Block("chart", (Run(row.chart["title"]),)),) if row.chart.get("rows") else ()
            yield Line(said, drawn, fixed=True)
        elif (brought := _brought(row, said)) is not None:
            here = () if said[2:-2].strip() in placed else tuple(brought)
            yield Line(said, here, fixed=True)
        elif said.startswith("# "):
            yield Line(said, (Block("heading", tuple(_runs(row, said[2:], names))),))
        elif said:
            yield Line(said, (Block("paragraph", tuple(_runs(row, said, names))),))


def _brought(row: Bulletin, line: str) -> list[Block] | None:
    """What a block of another app said, as it was kept, whether its app is still there or not."""
    kept = row.blocks.get(line[2:-2].strip()) if line[:2] + line[-2:] == "{{}}" else None
    if kept is None:
        return None
    title = [Block("heading", (Run(kept["title"]),))] if kept["title"] else []
    if len(kept["rows"]) < 2:
        return [*title, Block("paragraph", (Run(words.text("no_rows", row.locale)),))]
    rows = tuple(tuple(Run(cell) for cell in line) for line in kept["rows"])
    return [*title, Block("table", rows=rows)]


def _runs(row: Bulletin, line: str, names: dict[str, str]) -> Iterator[Run]:
    for piece in tags.pieces(line):
        if isinstance(piece, str):
            yield Run(piece)
        elif piece.text in row.numbers:
            yield _number(row, piece.text)
        elif piece.text in names:
            yield Run(names[piece.text], wrote=piece.text)
        else:
            yield Run(f"{{{{{piece.text}}}}}", wrote=piece.text)


def _number(row: Bulletin, tag: str) -> Run:
    return Run(row.numbers[tag]["shown"], tag, tag)


def _rows(row: Bulletin) -> Iterator[tuple[Run, ...]]:
    columns = (":was", "") if row.corrects else ("", ":last", ":year_ago")
    heads = ("was", "now") if row.corrects else ("value", "last", "year_ago")
    yield tuple(Run(words.text(name, row.locale)) for name in ("figure", *heads))
    for tag in row.table:
        cells = (_number(row, f"{tag}{column}") for column in columns)
        yield (Run(row.numbers[tag]["title"]), *cells)


def _definitions(row: Bulletin, also: Sequence[str]) -> Iterator[Definition]:
    """One a figure, in the order of the table, then of the text, then of the layout."""
    told = set()
    asked = [n.text for n in tags.numbers(row.text)]
    for tag in (*row.table, *asked, *also):
        name = tag.partition(":")[0]
        kept = row.numbers.get(name) or row.numbers.get(tag)
        if name in told or kept is None:
            continue
        told.add(name)
        parts = ""
        if kept["denominator"]:
            given = {part: kept[part] for part in ("numerator", "denominator")}
            parts = words.text("parts", row.locale, **given)
        line = words.text(
            "definition",
            row.locale,
            title=kept["title"],
            text=kept["definition"].rstrip("。."),
            version=kept["version"],
            parts=parts,
        )
        yield Definition(name, line, kept)
