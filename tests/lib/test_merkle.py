"""The hash tree against the definition of RFC 6962, word by word, and against whoever lies."""

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.lib import merkle

SIZES = st.integers(1, 70)


def defined(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, 2.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = 1
    while k * 2 < len(entries):
        k *= 2
    return sha256(b"\x01" + defined(entries[:k]) + defined(entries[k:])).digest()


def path_defined(m: int, entries: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, 2.1.1."""
    if len(entries) == 1:
        return []
    k = 1
    while k * 2 < len(entries):
        k *= 2
    if m < k:
        return [*path_defined(m, entries[:k]), defined(entries[k:])]
    return [*path_defined(m - k, entries[k:]), defined(entries[:k])]


def proof_defined(m: int, entries: list[bytes], whole: bool = True) -> list[bytes]:
    """SUBPROOF of RFC 6962, 2.1.2."""
    n = len(entries)
    if m == n:
        return [] if whole else [defined(entries)]
    k = 1
    while k * 2 < n:
        k *= 2
    if m <= k:
        return [*proof_defined(m, entries[:k], whole), defined(entries[k:])]
    return [*proof_defined(m - k, entries[k:], False), defined(entries[:k])]


def entries(size: int) -> list[bytes]:
    return [str(n).encode() for n in range(size)]


def full(size: int) -> merkle.Full:
    known: dict[tuple[int, int], bytes] = {}
    tree = merkle.Growing(grown=lambda level, place, h: known.update({(level, place): h}))
    for one in entries(size):
        tree.add(merkle.leaf(one))
    return lambda level, place: known[level, place]


def test_known_roots():
    """Of the reference implementation's own tests (certificate-transparency, merkletree)."""
    given = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657"]
    tree = merkle.Growing()
    for text in given:
        tree.add(merkle.leaf(bytes.fromhex(text)))
    assert tree.root().hex() == "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
    assert merkle.Growing().root() == sha256(b"").digest()


@given(st.integers(0, 70))
def test_a_growing_tree_has_the_defined_root(size):
    tree = merkle.Growing()
    for one in entries(size):
        tree.add(merkle.leaf(one))
    assert tree.root() == defined(entries(size)) == merkle.root(size, full(size))


@given(st.data())
def test_inclusion_is_as_defined_and_leads_to_the_root(data):
    size = data.draw(SIZES)
    index = data.draw(st.integers(0, size - 1))
    all_of_it = entries(size)
    path = merkle.inclusion(index, size, full(size))
    assert path == path_defined(index, all_of_it)
    here = merkle.leaf(all_of_it[index])
    assert merkle.included(here, index, size, path) == defined(all_of_it)
    # Nobody else's leaf, no other place, no shorter or longer path leads there.
    assert merkle.included(merkle.leaf(b"x"), index, size, path) != defined(all_of_it)
    other = data.draw(
        st.integers(0, size - 1).filter(lambda n: n != index) if size > 1 else st.just(1)
    )
    assert merkle.included(here, other, size, path) != defined(all_of_it)
    assert merkle.included(here, index, size, [*path, b"\x00" * 32]) is None
    if path:
        assert merkle.included(here, index, size, path[:-1]) != defined(all_of_it)


@given(st.data())
def test_consistency_is_as_defined_and_holds_for_the_same_beginning_only(data):
    size = data.draw(SIZES)
    old = data.draw(st.integers(1, size))
    path = merkle.consistency(old, size, full(size))
    assert path == proof_defined(old, entries(size))
    was, now = defined(entries(old)), defined(entries(size))
    assert merkle.consistent(old, was, size, now, path)
    changed = [b"changed", *entries(old)[1:]]
    assert not merkle.consistent(old, defined(changed), size, now, path)
    forged = [b"changed", *entries(size)[1:]]
    assert not merkle.consistent(old, was, size, defined(forged), path)
    if old < size:
        assert not merkle.consistent(old, was, size, now, [*path, b"\x00" * 32])
        assert not merkle.consistent(old, was, size, now, path[:-1])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (1, 1), (-1, 3), (7, 3)])
def test_no_proof_of_what_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        merkle.inclusion(index, size, full(3))
    assert merkle.included(b"", index, size, []) is None


@pytest.mark.parametrize(("old", "size"), [(0, 3), (4, 3), (-1, 3)])
def test_nothing_continues_what_is_not_smaller(old, size):
    with pytest.raises(ValueError, match="cannot continue"):
        merkle.consistency(old, size, full(3))
    assert not merkle.consistent(old, b"a", size, b"b", [b"a"])
