"""What rows of organisations mean for a tree: new, changed, moved, as it is, or faulty. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from bihuan.kernel.directory.lines import Change, Line, Row, Said, as_row
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.lib.problems import ProblemError

LONGEST: Mapping[str, int] = {"name": 120, "short": 40, "code": 40}
# The code of a type as a cell has it, and the one that is held. Raises ProblemError for none.
TypeOf = Callable[[str, str], str]


@dataclass(frozen=True)
class Step:
    """What is to be done to one organisation, `order` in which turn; `key` is below nothing where it is
    to come."""

    key: int
    parent: int
    values: Mapping[str, str] = field(default_factory=dict)
    order: int = 0


@dataclass(frozen=True)
class PlannedOrg:
    """A row's line; what is to be done, if anything; whom it is about, if that is known."""

    line: Line
    step: Step | None = None
    key: int | None = None


class Fault(Exception):  # noqa: N818 - a fault of a row, told with its others
    """One of the faults of a row."""

    def __init__(self, key: str, **values: object) -> None:
        self.said = Said(key, values)
        super().__init__(key)


def place_of(tree: Tree, text: str) -> Node:
    """The one organisation that a cell names. Raises Fault."""
    found = tree.called(text)
    if len(found) != 1:
        ways = ", ".join(_way(tree, one) for one in found[:6])
        key = "directory.org_ambiguous" if found else "directory.org_unknown"
        raise Fault(key, name=text[:60], ways=ways)
    return found[0]


def _way(tree: Tree, node: Node) -> str:
    way = tree.way(node.key)
    return f"{way} ({node.code})" if node.code else way


def plan(rows: Sequence[Row], tree: Tree, type_of: TypeOf) -> list[PlannedOrg]:
    """What each row means, parents before those below wherever they stand in the sheet; the tree is
    left as the rows would leave it."""
    order, circular = _ordered(rows)
    claimed: dict[int, tuple[str, int]] = {}
    found: dict[int, PlannedOrg] = {}
    for nth in order:
        one = _planned(rows[nth], tree, type_of, claimed, circular=nth in circular)
        step = replace(one.step, order=len(found)) if one.step is not None else None
        found[nth] = replace(one, step=step)
    return [found[nth] for nth in range(len(rows))]


def _ordered(rows: Sequence[Row]) -> tuple[list[int], set[int]]:
    """The places of the rows, each behind those that its parent's cell names; those in a circle, or
    below one."""
    naming: dict[str, list[int]] = {}
    for nth, row in enumerate(rows):
        for text in {row.cell("name"), row.cell("short"), row.cell("code").casefold()} - {""}:
            naming.setdefault(text, []).append(nth)

    sorter: TopologicalSorter[int] = TopologicalSorter()
    for nth, row in enumerate(rows):
        text = row.cell("parent")
        named = {*naming.get(text, ()), *naming.get(text.casefold(), ())} if text else set()
        sorter.add(nth, *sorted(named - {nth}))
    with suppress(CycleError):
        sorter.prepare()
    order: list[int] = []
    while ready := sorter.get_ready():
        order += sorted(ready)
        sorter.done(*ready)
    placed = {*order}
    rest = [nth for nth in range(len(rows)) if nth not in placed]
    return [*order, *rest], set(rest)


def _planned(
    row: Row,
    tree: Tree,
    type_of: TypeOf,
    claimed: dict[int, tuple[str, int]],
    *,
    circular: bool,
) -> PlannedOrg:
    faults = _faults(row, circular=circular)
    name = row.cell("name")
    above, held, level = None, None, ""
    try:
        above = None if circular else _above(row, tree)
        held = _held(row, tree, above) if name else None
    except Fault as fault:
        faults.append(fault.said)
    try:
        text = row.cell("level")
        level = type_of(text, held.level if held else "") if text else ""
    except ProblemError as error:
        faults.append(Said(error.key, error.values))
    if held is not None and held.key in claimed:
        faults.append(as_row("directory.twice", row, claimed[held.key]))
    if held is not None:
        claimed.setdefault(held.key, row.place)
    if held is not None and above is not None and tree.within(above.key, held.key):
        if held.key != tree.root:
            faults.append(Said("orgs.move_into_itself", {"name": held.name}))
        above = None
    if faults:
        line = Line(row.number, name, "bad", tuple(faults))
        return PlannedOrg(line, key=held.key if held else None)
    values = {"name": name, "code": row.cell("code"), "short": row.cell("short"), "level": level}
    said = {column: value for column, value in values.items() if value}
    if held is None:
        return _new(row, tree, above, said, claimed)
    return _changed(row, tree, held, above, said)


def _faults(row: Row, *, circular: bool) -> list[Said]:
    faults = [] if row.cell("name") else [Said("directory.no_name")]
    faults += too_long(row, LONGEST)
    if circular:
        faults.append(Said("directory.circle", {"parent": row.cell("parent")[:60]}))
    return faults


def too_long(row: Row, longest: Mapping[str, int]) -> list[Said]:
    """The cells that no column would hold."""
    return [
        Said("directory.too_long", {"column": column, "limit": most})
        for column, most in longest.items()
        if len(row.cell(column)) > most
    ]


def _above(row: Row, tree: Tree) -> Node | None:
    """The one that a row names as its parent, or None. The root's own parent is not ours to know."""
    text = row.cell("parent")
    if not text:
        return None
    root = tree.node(tree.root)
    own = {row.cell("code").casefold()} if row.cell("code") else {row.cell("name")}
    if own & ({root.code.casefold()} if row.cell("code") else {root.name, root.short}) - {""}:
        return None
    return place_of(tree, text)


def _held(row: Row, tree: Tree, above: Node | None) -> Node | None:
    """The organisation a row is about: the one of its code; else of its name below the one above, which
    has another code only where the row has none. Raises Fault for several."""
    code, name = row.cell("code"), row.cell("name")
    coded = tree.coded(code) if code else []
    if not coded:
        named = [one for one in tree.named(name) if not code or not one.code]
        base = above.key if above is not None else tree.root
        direct = [
            one for one in named if one.parent == base or (one.key == tree.root and above is None)
        ]
        coded = direct or ([] if above is not None else named)
    if len(coded) > 1:
        ways = ", ".join(_way(tree, one) for one in coded[:6])
        raise Fault("directory.org_ambiguous", name=name[:60], ways=ways)
    return coded[0] if coded else None


def _new(
    row: Row,
    tree: Tree,
    above: Node | None,
    said: Mapping[str, str],
    claimed: dict[int, tuple[str, int]],
) -> PlannedOrg:
    parent = above.key if above is not None else tree.root
    sisters = [one for one in tree.named(said["name"]) if one.parent == parent]
    notes = tuple(
        Said("directory.org_alike", {"name": one.name, "code": one.code}) for one in sisters[:1]
    )
    made = tree.change(tree.add(parent, said["name"]), **said)
    claimed[made.key] = row.place
    line = Line(row.number, made.name, "new", notes=notes)
    return PlannedOrg(line, Step(made.key, parent, said), made.key)


def _changed(
    row: Row, tree: Tree, held: Node, above: Node | None, said: Mapping[str, str]
) -> PlannedOrg:
    fresh = {column: value for column, value in said.items() if getattr(held, column) != value}
    if fresh.get("name") == held.short:
        # Named by its short name, which is no other name.
        del fresh["name"]
    moved = above is not None and held.key != tree.root and held.parent != above.key
    changes = [Change(column, getattr(held, column), value) for column, value in fresh.items()]
    if moved and above is not None and held.parent is not None:
        changes.append(Change("parent", tree.node(held.parent).name, above.name))
    parent = above.key if moved and above is not None else held.parent
    status = "moved" if moved else "changed" if fresh else "same"
    line = Line(row.number, row.cell("name"), status, changes=tuple(changes))
    if status == "same":
        return PlannedOrg(line, key=held.key)
    tree.change(held, parent=parent, **fresh)
    return PlannedOrg(line, Step(held.key, parent or tree.root, fresh), held.key)


def left(tree: Tree, named: Iterable[int]) -> list[Node]:
    """Those below the root that no row names, nor anything below them, the lowest first."""
    kept = {node.key for key in named for node in tree.above(key)} | {tree.root}
    found = [node for node in tree if node.key not in kept]
    return sorted(found, key=lambda one: -sum(1 for _ in tree.above(one.key)))
