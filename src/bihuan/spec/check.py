"""The door of the checks: everything wrong with a programme beyond its schema, all at once."""

from collections.abc import Iterator

from bihuan.spec import facets, files
from bihuan.spec.checks import (
    actors,
    children,
    clocks,
    doors,
    facts,
    figures,
    inputs,
    needs,
    roles,
    seen,
    settings,
    states,
    told,
    verbs,
    words,
)
from bihuan.spec.checks import uses as using
from bihuan.spec.checks.around import Around, Verbs
from bihuan.spec.checks.scenarios import problems as scenarios
from bihuan.spec.checks.uses import Use
from bihuan.spec.checks.words import LOCALES, help_keys
from bihuan.spec.checks.words import missing as missing_strings
from bihuan.spec.checks.words import required as required_strings
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

__all__ = [
    "LOCALES",
    "Around",
    "Verbs",
    "help_keys",
    "missing_strings",
    "problems",
    "required_strings",
    "scenarios",
]


def problems(programme: Programme, known: Verbs, around: Around | None = None) -> list[Problem]:
    """Everything wrong with a programme that its schema alone cannot tell.

    Without `around` only what it could not run with, which is asked of local changes to a release
    that may be old; with it everything that `bihuan check` says to an author.
    """
    found = list(states.named(programme))
    # The graph is only worth drawing when its nodes exist.
    if not found:
        found += states.graph(programme)
    uses = using.of(programme, known)
    found += actors.problems(programme, uses)
    found += roles.problems(programme)
    found += clocks.problems(programme)
    found += settings.problems(programme)
    found += verbs.arguments(uses, known)
    found += verbs.mentions(programme, uses)
    for facet, kind_id, block in facets.blocks(programme):
        found += facet.problems(programme, kind_id, block)
    found += inputs.problems(programme)
    found += seen.problems(programme, uses)
    found += doors.problems(programme)
    found += figures.problems(programme)
    for file in files.registered():
        found += file.problems(programme)
    found += told.problems(programme)
    found += words.problems(programme)
    if around is not None:
        found += _authored(programme, uses, around)
    return found


def _authored(programme: Programme, uses: list[Use], around: Around) -> Iterator[Problem]:
    """What would run, and not do what somebody meant."""
    yield from states.openings(programme)
    yield from states.turns(programme)
    yield from states.taken(programme, uses)
    yield from actors.told(programme, uses)
    yield from actors.unused(programme, uses)
    yield from seen.meant(programme, uses)
    yield from doors.meant(programme)
    yield from clocks.running(programme, uses)
    yield from settings.asked(programme, uses)
    yield from verbs.fitting(programme, uses)
    yield from verbs.above(programme, uses)
    yield from facts.problems(programme, uses)
    yield from children.problems(programme, uses, around)
    for facet, kind_id, block in facets.blocks(programme):
        yield from facet.meant(programme, kind_id, block, around)
    yield from inputs.kept(programme)
    for file in files.registered():
        yield from file.meant(programme, uses, around)
    yield from figures.meant(programme, around)
    yield from words.empty(programme)
    yield from needs.problems(programme, around)
