"""Cross checks of figures: every name they speak of exists, every measure has what it needs."""

from collections.abc import Collection, Iterator, Mapping

from bihuan.spec import facets, files, grouping
from bihuan.spec.checks.around import Around
from bihuan.spec.figures import FigureSpec, Where
from bihuan.spec.load import Problem
from bihuan.spec.measures import KEYS, MEASURES
from bihuan.spec.schema import Input, Kind, Programme

FILE = "figures.toml"
_CLAUSE = "say what is counted: an empty condition means everything that ever happened"


def problems(programme: Programme) -> Iterator[Problem]:
    """Everything wrong with the figures of a programme."""
    for figure_id, figure in programme.figures.items():
        yield from _measure(figure_id, figure)
        yield from _grouped(f"{figure_id}.by", programme, figure)
        for place, where in figure.conditions():
            path = f"{figure_id}.{place}"
            if where.is_empty():
                yield Problem(FILE, path, "no condition is given", _CLAUSE)
            yield from _names(path, programme, where)
        if figure.beside is not None:
            yield from _beside(f"{figure_id}.beside", programme, figure)
        if figure.input is not None:
            yield from _summed(f"{figure_id}.input", programme, figure)


def _beside(path: str, programme: Programme, figure: FigureSpec) -> Iterator[Problem]:
    """What is told with a share is a share of the same programme, with nothing to tell beside it."""
    other = programme.figures.get(figure.beside or "")
    shares = sorted(name for name, one in programme.figures.items() if one.measure == "share")
    if other is None or other.measure != "share":
        yield Problem(FILE, path, f"there is no share {figure.beside!r}", f"one of {shares}")
    elif figure.measure != "share" or other.beside is not None:
        cause = "one share stands beside another, and no third"
        yield Problem(FILE, path, cause, "remove beside")


def meant(programme: Programme, around: Around) -> Iterator[Problem]:
    """Events that no app declares; promises where there are none."""
    promising = {c.kind for c in programme.clocks.values() if c.role == "promise"}
    for figure_id, figure in programme.figures.items():
        for place, where in figure.conditions():
            path = f"{figure_id}.{place}"
            for name in where.events:
                if name not in around.events:
                    cause = f"there is no event {name!r}"
                    yield Problem(FILE, f"{path}.events", cause, f"one of {sorted(around.events)}")
            kinds = where.kinds or tuple(programme.kinds)
            if where.promise is not None and not promising & set(kinds):
                cause = "no clock of these kinds is a promise"
                remedy = "give one role promise in clocks.toml, or drop promise"
                yield Problem(FILE, f"{path}.promise", cause, remedy)


def _measure(figure_id: str, figure: FigureSpec) -> Iterator[Problem]:
    means = figure.means
    for key in KEYS:
        given = getattr(figure, key) is not None
        path = f"{figure_id}.{key}"
        if key == means.needs and not given:
            yield Problem(FILE, path, f"a {figure.measure} needs it", "add the key")
        if key != means.needs and given:
            yield Problem(FILE, path, f"a {figure.measure} has none", "remove the key")
    if figure.excluded and not means.excludes:
        path = f"{figure_id}.excluded"
        yield Problem(FILE, path, f"a {figure.measure} has none", "narrow `among` instead")
    if figure.rests_on_sample() and "from" in figure.by:
        fix = "remove from"
        yield Problem(FILE, f"{figure_id}.by", "a sample is withheld by one tree of places", fix)
    if means.of_year and "period" in figure.by:
        cause, fix = f"a {figure.measure} is told of a year", "write by without period"
        yield Problem(FILE, f"{figure_id}.by", cause, fix)
    yield from _standing(figure_id, figure)
    if means.needs == "tally" and "person" in figure.by:
        yield Problem(FILE, f"{figure_id}.by", "readers are nobody's merit", "remove person")


def _standing(figure_id: str, figure: FigureSpec) -> Iterator[Problem]:
    """What stands at the end of a period has an age, but no month of its own."""
    stands = figure.means.stands
    path = f"{figure_id}.by"
    if stands and "period" in figure.by:
        yield Problem(FILE, path, "what stands open is of no month", "remove period")
    if "age" in figure.by and not stands:
        yield Problem(FILE, path, f"a {figure.measure} has no age", "remove age")
    path = f"{figure_id}.bands"
    if ("age" in figure.by) != bool(figure.bands):
        yield Problem(FILE, path, "bands and the grouping by age go together", "give both")
    if list(figure.bands) != sorted(set(figure.bands)):
        yield Problem(FILE, path, "days do not go upwards", "put them in order")


def _grouped(path: str, programme: Programme, figure: FigureSpec) -> Iterator[Problem]:
    """Groupings by fields that there are not, that are filled in by two types, or whose values are
    somebody's words or number."""
    kinds = figure.among.kinds
    for by in figure.by:
        name = grouping.field_of(by)
        if name and not grouping.typed(programme, kinds, name):
            there = grouping.offered(programme, kinds)
            cause = f"{name!r} is no field of what is counted that figures can group by"
            remedy = (
                f"one of {there}" if there else "declare one of type choice, bool, org or month"
            )
            yield Problem(FILE, path, cause, remedy)
        if name and not figure.either():
            cause = "publications and readers have no fields"
            yield Problem(FILE, path, cause, f"remove {by}")


def _kinds(programme: Programme, where: Where) -> list[Kind]:
    named = where.kinds or tuple(programme.kinds)
    return [programme.kinds[name] for name in named if name in programme.kinds]


def _inputs(kinds: list[Kind]) -> Mapping[str, list[Input]]:
    found: dict[str, list[Input]] = {}
    for kind in kinds:
        for inputs in (kind.fields, *(action.inputs for action in kind.actions.values())):
            for name, one in inputs.items():
                found.setdefault(name, []).append(one)
    return found


def _choices(inputs: Mapping[str, list[Input]], name: str) -> set[str]:
    return {choice for one in inputs.get(name, []) if not one.apart for choice in one.choices}


def _said(kinds: list[Kind], inputs: Mapping[str, list[Input]], name: str) -> set[str]:
    """What steps of these kinds may have said under a name: as an input, or because of a facet."""
    return _choices(inputs, name) | _of_facets(kinds, name)


def _of_facets(kinds: list[Kind], name: str) -> set[str]:
    """What parts of these kinds say under a name because of a facet."""
    found: set[str] = set()
    for facet in facets.registered():
        for kind in kinds:
            if (block := facet.of(kind)) is not None:
                found.update(facet.said(block).get(name, ()))
    return found


def _counted(kinds: list[Kind], name: str) -> bool:
    """Whether parts of these kinds hold a whole number of a name because of a facet."""
    return any(
        name in facet.numbers(block)
        for facet in facets.registered()
        for kind in kinds
        if (block := facet.of(kind)) is not None
    )


def _facts(kinds: list[Kind]) -> set[str]:
    verbs = (
        verb
        for kind in kinds
        for action in kind.actions.values()
        for verb in (*action.effects, *(e for turn in action.turns for e in turn.effects))
    )
    set_true = {
        str(v.args.get("fact")) for v in verbs if v.do == "fact.set" and v.args.get("value") is True
    }
    return set_true | {
        name
        for kind in kinds
        for name, one in kind.fields.items()
        if one.type == "bool" and not one.apart
    }


def _names(path: str, programme: Programme, where: Where) -> Iterator[Problem]:
    kinds = _kinds(programme, where)
    inputs = _inputs(kinds)
    states = {state for kind in kinds for state in kind.states}
    known: list[tuple[str, tuple[str, ...], Collection[str]]] = [
        ("kinds", where.kinds, programme.kinds),
        ("actions", where.actions, {a for kind in kinds for a in kind.actions}),
        ("ever", where.ever, {a for kind in kinds for a in kind.actions}),
        ("from", where.from_, states),
        ("to", where.to, states),
        ("categories", where.categories, _choices(inputs, "category")),
        ("channels", where.channels, _choices(inputs, "channel")),
        ("boards", where.boards, files.nouns(programme).get("board", {})),
        ("flags", where.flags, _facts(kinds)),
        ("without", where.without, _facts(kinds)),
        *(
            (f"said.{name}", values, _said(kinds, inputs, name))
            for name, values in where.said.items()
        ),
        *((f"last.{name}", values, _of_facets(kinds, name)) for name, values in where.last.items()),
    ]
    for key, names, there_are in known:
        for name in names:
            if name not in there_are:
                remedy = (
                    f"one of {sorted(there_are)}" if there_are else "declare it in matters.toml"
                )
                yield Problem(FILE, f"{path}.{key}", f"there is no {name!r}", remedy)


def _summed(path: str, programme: Programme, figure: FigureSpec) -> Iterator[Problem]:
    kinds = _kinds(programme, figure.among)
    found = _inputs(kinds).get(str(figure.input), [])
    wanted = figure.means.sums
    numbers = [one for one in found if one.type == wanted and not one.apart]
    if not numbers and wanted == "int" and _counted(kinds, str(figure.input)):
        return
    if not numbers:
        cause = f"no number {figure.input!r} is filled in as {wanted}"
        ways = {one.sums: name for name, one in MEASURES.items() if one.sums}
        way = next((ways[one.type] for one in found if one.type in ways), "")
        remedy = f"measure = {way!r} adds it up" if way else f"name an input of type {wanted}"
        yield Problem(FILE, path, cause, remedy)
    others = sorted({one.type for one in found} - {wanted})
    if numbers and others:
        cause = f"{figure.input!r} is filled in as {wanted} and as {', '.join(others)}"
        yield Problem(FILE, path, cause, "give the others a name of their own, or narrow `kinds`")
