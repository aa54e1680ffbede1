"""The organisations of a part of the tree, as they stand and as a workbook would leave them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

# Between the names of a way down the tree.
STEP = " / "


@dataclass(frozen=True)
class Node:
    """An organisation: `key` is its number, below nothing for one that is to come."""

    key: int
    parent: int | None
    name: str
    short: str = ""
    code: str = ""
    level: str = ""


class Tree:
    """Everything at and below `root`; what is planned is put in."""

    def __init__(self, nodes: Iterable[Node], root: int) -> None:
        self.root = root
        self._nodes: dict[int, Node] = {}
        self._called: dict[str, set[int]] = {}
        self._coded: dict[str, set[int]] = {}
        for node in nodes:
            self.put(node)

    def __iter__(self) -> Iterator[Node]:
        return iter(self._nodes.values())

    def __contains__(self, key: object) -> bool:
        return key in self._nodes

    def node(self, key: int) -> Node:
        return self._nodes[key]

    def put(self, node: Node) -> None:
        """Puts an organisation in, or another in its place."""
        before = self._nodes.get(node.key)
        if before is not None:
            for text in {before.name, before.short} - {""}:
                self._called[text].discard(node.key)
            if before.code:
                self._coded[before.code.casefold()].discard(node.key)
        self._nodes[node.key] = node
        for text in {node.name, node.short} - {""}:
            self._called.setdefault(text, set()).add(node.key)
        if node.code:
            self._coded.setdefault(node.code.casefold(), set()).add(node.key)

    def add(self, parent: int, name: str) -> Node:
        """A new one that is to come."""
        node = Node(min(0, *self._nodes) - 1, parent, name)
        self.put(node)
        return node

    def change(self, node: Node, **values: object) -> Node:
        changed = replace(node, **values)  # type: ignore[arg-type]  # columns of Node
        self.put(changed)
        return changed

    def coded(self, code: str) -> list[Node]:
        """Those with this code."""
        return self._of(self._coded.get(code.casefold(), ()))

    def named(self, text: str) -> list[Node]:
        """Those with this name or short name."""
        return self._of(self._called.get(text, ()))

    def called(self, text: str) -> list[Node]:
        """Those with this code, name or short name."""
        codes = self._coded.get(text.casefold(), ())
        return self._of({*codes, *self._called.get(text, ())})

    def _of(self, keys: Iterable[int]) -> list[Node]:
        return [self._nodes[key] for key in sorted(keys, reverse=True)]

    def above(self, key: int) -> Iterator[Node]:
        """An organisation and all above it, up to the root."""
        at: int | None = key
        while at is not None and at in self._nodes:
            node = self._nodes[at]
            yield node
            at = node.parent if node.key != self.root else None

    def within(self, key: int, above: int) -> bool:
        """Whether one is another or lies below it."""
        return any(node.key == above for node in self.above(key))

    def way(self, key: int) -> str:
        """The names from below the root down to one."""
        names = [node.name for node in self.above(key)]
        return STEP.join(reversed(names[:-1] or names))
