"""Cross checks of bulletins and the cockpit: every figure, role and tag they speak of exists."""

from collections.abc import Iterator

from bihuan.spec import tags
from bihuan.spec.bulletins import ChartSpec, PanelSpec
from bihuan.spec.checks.around import Around
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

# What a bulletin needs in words, besides its name in lists, which is `name`.
TEXTS = ("name", "series", "title", "text")
_CAUSES = {
    "unclosed": ("a tag is not closed", "write {{name}}, braces doubled on both sides"),
    "unknown": ("this is no tag", "name a figure, or one of {known}"),
    "block": ("this tag needs a line of its own", "put nothing else on its line"),
}


def required_strings(programme: Programme) -> list[str]:
    """The texts every bulletin needs."""
    return [f"bulletins.{one}.{text}" for one in programme.bulletins for text in TEXTS]


def problems(programme: Programme) -> Iterator[Problem]:
    """Everything wrong with the bulletins and the cockpit of a programme."""
    roles = {role.id for role in programme.manifest.roles}
    for bulletin_id, one in programme.bulletins.items():
        file = f"bulletins/{bulletin_id}.toml"
        for key in ("drafted_by", "issued_by"):
            for name in getattr(one, key):
                if name not in roles:
                    yield Problem(file, key, f"no role {name!r}", f"one of {sorted(roles)}")
        for index, figure in enumerate(one.table):
            yield from _figure(programme, file, f"table.{index}", figure)
        if one.chart is not None:
            yield from _chart(programme, file, "chart", one.chart, (one.chart.by,))
        for locale, words in sorted(programme.strings.items()):
            for part in ("title", "text"):
                key = f"bulletins.{bulletin_id}.{part}"
                yield from _text(programme, f"strings/{locale}.toml", key, words.get(key, ""))
    for panel, chart in programme.cockpit.items():
        yield from _chart(programme, "cockpit.toml", panel, chart, chart.groupings())


def foreign(programme: Programme, around: Around) -> Iterator[Problem]:
    """Figures of other programmes that bulletins and the cockpit speak of exist."""
    for file, path, name in _spoken_of(programme):
        owner, _, figure = name.rpartition(".")
        other = around.programme(owner) if owner in programme.manifest.needs else None
        if other is not None and figure not in other.figures:
            cause = f"{owner} has no figure {figure!r}"
            yield Problem(file, path, cause, f"one of {sorted(other.figures)}")


def _spoken_of(programme: Programme) -> Iterator[tuple[str, str, str]]:
    for bulletin_id, one in programme.bulletins.items():
        file = f"bulletins/{bulletin_id}.toml"
        yield from ((file, f"table.{index}", name) for index, name in enumerate(one.table))
        if one.chart is not None:
            yield file, "chart.figure", one.chart.figure
        for locale, words in sorted(programme.strings.items()):
            for part in ("title", "text"):
                key = f"bulletins.{bulletin_id}.{part}"
                for number in tags.numbers(words.get(key, "")):
                    name = f"{number.programme}.{number.figure}"
                    yield f"strings/{locale}.toml", key, name
    for panel, chart in programme.cockpit.items():
        yield "cockpit.toml", f"{panel}.figure", chart.figure


def _figure(programme: Programme, file: str, path: str, name: str) -> Iterator[Problem]:
    owner, _, figure = name.rpartition(".")
    if owner and owner != programme.id:
        if owner not in programme.manifest.needs:
            yield Problem(
                file, path, f"{owner!r} is not needed", "add it to needs in programme.toml"
            )
        return
    if figure not in programme.figures:
        known = sorted(programme.figures)
        yield Problem(file, path, f"there is no figure {name!r}", f"one of {known}")


def _chart(
    programme: Programme,
    file: str,
    path: str,
    chart: ChartSpec | PanelSpec,
    groupings: tuple[str, ...],
) -> Iterator[Problem]:
    yield from _figure(programme, file, f"{path}.figure", chart.figure)
    spec = programme.figures.get(chart.figure)
    if spec is not None and not set(groupings) <= set(spec.by):
        cause = f"{chart.figure} is not grouped by {chart.by}"
        yield Problem(file, f"{path}.by", cause, f"one of {list(spec.by)}")


def _text(programme: Programme, file: str, key: str, text: str) -> Iterator[Problem]:
    for fault in tags.faults(text):
        cause, remedy = _CAUSES[fault.kind]
        known = ", ".join(tags.INLINE + tags.BLOCKS)
        yield Problem(
            file, key, f"line {fault.line}: {fault.text}: {cause}", remedy.replace("{known}", known)
        )
    for number in tags.numbers(text):
        name = f"{number.programme}.{number.figure}" if number.programme else number.figure
        yield from _figure(programme, file, key, name)
