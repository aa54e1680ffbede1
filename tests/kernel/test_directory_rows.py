"""What rows of a workbook mean, without a database: the same rows twice, in any order, faults apart."""

from hypothesis import given
from hypothesis import strategies as st

from bihuan.foundation.orgs.problems import OrgError
from bihuan.kernel.directory import org_rows
from bihuan.kernel.directory.lines import Row
from bihuan.kernel.directory.people_rows import Planner, Reader
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.kernel.directory.whom import Beside, Known, People, Post

ROOT = 1
NAMES = ("水务局", "办公室", "城管局", "一科", "二科", "")
CODES = ("a", "b", "c", "")


def type_of(text, held):
    del held
    if text != "team":
        raise OrgError("orgs.type_unknown", type=text, known="")
    return text


def tree(nodes=()):
    return Tree([Node(ROOT, None, "平安市"), *nodes], ROOT)


ORG_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(NAMES),
            "parent": st.sampled_from((*NAMES, "平安市")),
            "code": st.sampled_from(CODES),
            "short": st.sampled_from(("水务", "")),
            "level": st.sampled_from(("team", "nothing", "")),
        }
    ),
    max_size=12,
)


def rows_of(cells):
    return [Row(n, one) for n, one in enumerate(cells, 2)]


@given(ORG_ROWS)
def test_organisations_taken_in_twice_change_nothing_and_every_tree_stays_a_tree(cells):
    rows, held = rows_of(cells), tree()
    first = org_rows.plan(rows, held, type_of)
    assert [one.line.row for one in first] == [row.number for row in rows]
    for node in held:
        assert [one.key for one in held.above(node.key)][-1] == ROOT, "no circle, nothing lost"
    assert all((one.step is None) == (one.line.status in ("same", "bad")) for one in first)
    good = [row for row, one in zip(rows, first, strict=True) if one.line.status != "bad"]
    again = org_rows.plan(good, held, type_of)
    assert {one.line.status for one in again} <= {"same", "bad"}
    assert all(
        said.key in ("directory.org_ambiguous", "directory.twice", "directory.org_unknown")
        for one in again
        for said in one.line.faults
    ), "what is not the same is told, never guessed"


@given(st.integers(2, 30), st.randoms(use_true_random=False))
def test_a_tree_comes_in_wherever_its_rows_stand(size, chance):
    cells = [
        {"name": f"第{n}科", "code": f"k{n}", "parent": f"k{chance.randrange(n)}" if n else ""}
        for n in range(size)
    ]
    in_order, mixed = tree(), tree()
    org_rows.plan(rows_of(cells), in_order, type_of)
    shuffled = list(cells)
    chance.shuffle(shuffled)
    found = org_rows.plan(rows_of(shuffled), mixed, type_of)
    assert {one.line.status for one in found} == {"new"}
    ways = [{node.code: held.way(node.key) for node in held} for held in (in_order, mixed)]
    assert ways[0] == ways[1]
    steps = {one.step.key: one.step for one in found if one.step is not None}
    assert all(
        one.parent == ROOT or steps[one.parent].order < one.order for one in steps.values()
    ), "parents before those below"


def test_a_circle_and_what_lies_below_it_are_told():
    cells = [
        {"name": "甲", "parent": "乙"},
        {"name": "乙", "parent": "甲"},
        {"name": "丙", "parent": "乙"},
        {"name": "丁", "parent": ""},
    ]
    found = org_rows.plan(rows_of(cells), tree(), type_of)
    assert [one.line.status for one in found] == ["bad", "bad", "bad", "new"]
    assert "directory.circle" in {said.key for said in found[0].line.faults}


def test_what_is_left_is_told_without_those_that_hold_what_is_named():
    held = tree([Node(2, ROOT, "局"), Node(3, 2, "科"), Node(4, ROOT, "所"), Node(5, 4, "站")])
    assert [one.key for one in org_rows.left(held, [3])] == [5, 4]


def planner(people, rows):
    held = tree([Node(2, ROOT, "水务局"), Node(3, 2, "办公室"), Node(4, ROOT, "城管局")])
    reader = Reader(
        over=lambda _: (True, True),
        roles=lambda text: ([(one, "") for one in text.split()], []),
        address=lambda *_: None,
        own=99,
    )
    return Planner(held, People(people), reader, Beside.of(rows))


def read(people, cells):
    rows = rows_of(cells)
    one = planner(people, rows)
    return [one.plan(row) for row in rows]


PEOPLE_ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "name": st.sampled_from(("王芳", "李娜", "")),
            "username": st.sampled_from(("w1", "w2", "")),
            "org": st.sampled_from(("水务局", "办公室", "城管局", "无此局", "")),
            "title": st.sampled_from(("科员", "")),
            "roles": st.sampled_from(("desk", "desk handler", "")),
        }
    ),
    max_size=10,
)


@given(PEOPLE_ROWS)
def test_people_taken_in_twice_change_nothing(cells):
    rows = rows_of(cells)
    known: list[Known] = []
    one = planner(known, rows)
    first = [one.plan(row) for row in rows]
    assert all((p.step is None) == (p.line.status in ("same", "bad")) for p in first)
    good = [row for row, p in zip(rows, first, strict=True) if p.line.status != "bad"]
    one.beside = Beside.of(good)
    again = [one.plan(row) for row in good]
    told = [p.line for p in again if p.line.status != "same"]
    # One person's two titles at one place are two answers to one question: told each time.
    assert all(
        {c.column for c in line.changes} <= {"title"} or line.status == "bad" for line in told
    )


def test_nobody_is_guessed():
    there = [Known(n, "王芳", f"w{n}", posts=[Post(n, 2)]) for n in (1, 2)]
    (found,) = read(there, [{"name": "王芳", "org": "水务局"}])
    assert [said.key for said in found.line.faults] == ["directory.person_ambiguous"]
    (other,) = read(there[:1], [{"name": "王芳", "org": "城管局"}])
    assert (other.line.status, other.line.notes[0].key) == ("new", "directory.alike")
    (below,) = read(
        [Known(1, "王芳", "w1", posts=[Post(1, 3)])], [{"name": "王芳", "org": "水务局"}]
    )
    assert below.line.status == "same", "the table names the office above theirs"
    same = read([], [{"name": "王芳", "org": "水务局"}, {"name": "王芳", "org": "水务局"}])
    assert [one.line.status for one in same] == ["new", "bad"]


def test_who_has_one_post_moves_and_who_has_two_rows_has_two():
    who = {"name": "王芳", "username": "w1"}
    there = [Known(1, "王芳", "w1", posts=[Post(7, 2, "科员")])]
    (moved,) = read(there, [{**who, "org": "城管局"}])
    assert (moved.line.status, moved.step.ends) == ("moved", 7)
    there = [Known(1, "王芳", "w1", posts=[Post(7, 2)])]
    first, second = read(there, [{**who, "org": "城管局"}, {**who, "org": "水务局"}])
    assert (first.line.status, first.step.ends, second.line.status) == ("changed", None, "same")
    (own,) = read([Known(99, "王芳", "w1")], [{**who, "org": "城管局"}])
    assert own.line.faults[0].key == "access.to_oneself"


def test_every_fault_of_a_row_is_told_at_once():
    (found,) = read([], [{"name": "", "title": "长" * 61, "org": "无此局"}])
    assert {said.key for said in found.line.faults} == {
        "directory.no_person",
        "directory.too_long",
        "directory.org_unknown",
    }
