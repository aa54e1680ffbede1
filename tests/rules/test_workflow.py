"""Graphs of states."""

from bihuan.rules import workflow

EDGES = [
    ("a", "b"),
    ("b", "c"),
    ("c", "b"),
    ("x", "c"),
    ("b", "end"),
    ("c", "trap"),
    ("trap", "trap"),
]
STATES = ["a", "b", "c", "x", "trap", "end", "island"]


def test_reachable_includes_the_start():
    assert workflow.reachable(["a"], EDGES) == {"a", "b", "c", "trap", "end"}


def test_unreachable():
    assert workflow.unreachable(STATES, "a", EDGES) == {"x", "island"}


def test_dead_ends():
    assert workflow.dead_ends(STATES, ["end"], EDGES) == {"trap", "island"}


def test_a_circle_ends():
    assert workflow.reachable(["b"], [("b", "c"), ("c", "b")]) == {"b", "c"}
