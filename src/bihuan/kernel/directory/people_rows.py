"""What rows of people mean beside those who are there: new, changed, moved, as they are, faulty. Pure.

One row is one post; somebody with two has two rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bihuan.kernel.directory.lines import Change, Line, Row, Said
from bihuan.kernel.directory.org_rows import Fault, place_of, too_long
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.lib.problems import ProblemError

LONGEST: Mapping[str, int] = {"name": 60, "username": 60, "title": 60, "email": 254}
# A role, and the programme it is narrowed to or ''.
Role = tuple[str, str]


@dataclass
class Post:
    """A place somebody has now; `pk` is 0 where it is to come."""

    pk: int
    org: int
    title: str = ""


@dataclass
class Known:
    """Somebody who is there, as far as the table is concerned; `pk` is below nothing for who is to
    come. `roles` are those held in this part of the tree or over it; `mine` whether the reader is over
    all they have, as (their names and posts, their roles)."""

    pk: int
    name: str
    username: str = ""
    email: str = ""
    active: bool = True
    posts: list[Post] = field(default_factory=list)
    roles: set[Role] = field(default_factory=set)
    mine: tuple[bool, bool] = (True, True)


@dataclass(frozen=True)
class Step:
    """What is to be done for one person: `who` is below nothing where they are to come."""

    who: int
    org: int
    username: str = ""
    post: bool = False
    title: str = ""
    ends: int | None = None
    roles: tuple[Role, ...] = ()
    email: str | None = None


@dataclass(frozen=True)
class PlannedPerson:
    """A row's line; what is to be done, if anything; whom it is about, if that is known."""

    line: Line
    step: Step | None = None
    who: int | None = None


@dataclass(frozen=True)
class Reader:
    """What the reader of a table may: over which organisations as (posts, roles), whether somebody is
    themselves; how a role's cell and an address are read."""

    over: Callable[[int], tuple[bool, bool]]
    roles: Callable[[str], tuple[Sequence[Role], Sequence[Said]]]
    address: Callable[[str, str, str], ProblemError | None]
    own: int | None = None


class People:
    """Who is there, by user name and by name; what is planned is put in."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_username: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = {}
        self._last = 0
        for one in known:
            self.put(one)

    def put(self, one: Known) -> None:
        if one.username:
            self._by_username[one.username] = one
        self._by_name.setdefault(one.name, []).append(one)

    def add(self, name: str, username: str, email: str) -> Known:
        """Somebody who is to come."""
        self._last -= 1
        made = Known(self._last, name, username, email)
        self.put(made)
        return made

    def called(self, username: str) -> Known | None:
        return self._by_username.get(username)

    def named(self, name: str) -> list[Known]:
        return self._by_name.get(name, [])


@dataclass(frozen=True)
class Beside:
    """What only the whole table tells: the organisations of each user name, those of each name that
    stands without one; rows (by number) that say a name at an organisation as an earlier row does,
    without a user name to tell them apart."""

    of_username: Mapping[str, set[str]]
    of_name: Mapping[str, set[str]]
    again: Mapping[int, int]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Beside":
        """What a table tells."""
        of_username: dict[str, set[str]] = {}
        of_name: dict[str, set[str]] = {}
        first: dict[tuple[str, str], int] = {}
        again: dict[int, int] = {}
        for row in rows:
            name, org = row.cell("name"), row.cell("org")
            if row.cell("username"):
                of_username.setdefault(row.cell("username"), set()).add(org)
            elif name:
                of_name.setdefault(name, set()).add(org)
                if first.setdefault((name, org), row.number) != row.number:
                    again[row.number] = first[name, org]
        return cls(of_username, of_name, again)


@dataclass
class Planner:
    """Reads rows beside a tree and the people who are there."""

    tree: Tree
    people: People
    reader: Reader
    beside: Beside

    def plan(self, row: Row) -> PlannedPerson:
        """What a row means; the people are left as it would leave them."""
        faults = too_long(row, LONGEST)
        name, username = row.cell("name"), row.cell("username")
        if not name:
            faults.append(Said("directory.no_person"))
        if row.number in self.beside.again:
            faults.append(Said("directory.person_twice", {"row": self.beside.again[row.number]}))
        roles, unknown = self.reader.roles(row.cell("roles"))
        faults += unknown
        place, held = None, None
        try:
            held = self._by_username(username, name)
        except Fault as fault:
            faults.append(fault.said)
        try:
            place = self._place(row, held)
            if not username and place is not None and name:
                held = self._by_name(row, place)
        except Fault as fault:
            faults.append(fault.said)
        wrong = self.reader.address(username or "x", name or "x", row.cell("email"))
        if wrong is not None:
            faults.append(Said(wrong.key, wrong.values))
        if held is not None and not held.active:
            faults.append(Said("directory.person_closed", {"username": held.username}))
        if not faults:
            return self._meant(row, held, place, roles)
        line = Line(row.number, name, "bad", tuple(faults))
        return PlannedPerson(line, who=held.pk if held else None)

    def _by_username(self, username: str, name: str) -> Known | None:
        held = self.people.called(username) if username else None
        if held is not None and name and held.name != name:
            raise Fault("directory.username_of_another", username=username, name=held.name)
        return held

    def _place(self, row: Row, held: Known | None) -> Node | None:
        if row.cell("org"):
            return place_of(self.tree, row.cell("org"))
        if held is None:
            raise Fault("directory.no_org")
        return None

    def _by_name(self, row: Row, place: Node) -> Known | None:
        """Who is called so there; else below it, where no other row is about them."""
        name = row.cell("name")
        alike = [
            one
            for one in self.people.named(name)
            if one.active and one.username not in self.beside.of_username
        ]
        found = [one for one in alike if any(post.org == place.key for post in one.posts)]
        if not found:
            others = self._called(self.beside.of_name.get(name, set()) - {row.cell("org")})
            found = [
                one
                for one in alike
                if self._at(one, place) and not others & {post.org for post in one.posts}
            ]
        if len(found) > 1:
            names = ", ".join(one.username for one in found[:6])
            raise Fault("directory.person_ambiguous", name=name, names=names)
        return found[0] if found else None

    def _called(self, texts: Iterable[str]) -> set[int]:
        return {node.key for text in texts for node in self.tree.called(text)}

    def _at(self, one: Known, place: Node) -> bool:
        return any(self.tree.within(post.org, place.key) for post in one.posts)

    def _meant(
        self, row: Row, held: Known | None, place: Node | None, roles: Sequence[Role]
    ) -> PlannedPerson:
        if held is not None:
            return self._known(row, held, place, roles)
        assert place is not None
        may_post, may_grant = self.reader.over(place.key)
        if not may_post or (roles and not may_grant):
            return PlannedPerson(_bad(row, Said("access.denied")))
        notes = self._alike(row, place)
        made = self.people.add(row.cell("name"), row.cell("username"), row.cell("email"))
        made.posts.append(Post(0, place.key, row.cell("title")))
        made.roles |= set(roles)
        step = Step(
            made.pk,
            place.key,
            row.cell("username"),
            post=True,
            title=row.cell("title"),
            roles=tuple(roles),
            email=row.cell("email") or None,
        )
        line = Line(row.number, made.name, "new", notes=notes)
        return PlannedPerson(line, step, made.pk)

    def _alike(self, row: Row, place: Node) -> tuple[Said, ...]:
        """Others of the name: whether one of them is meant nobody guesses."""
        if row.cell("username"):
            return ()
        others = [one for one in self.people.named(row.cell("name")) if one.posts and one.active]
        ways = [self.tree.way(one.posts[0].org) for one in others if not self._at(one, place)]
        if not ways:
            return ()
        return (Said("directory.alike", {"name": row.cell("name"), "ways": ", ".join(ways[:3])}),)

    def _known(
        self, row: Row, held: Known, place: Node | None, roles: Sequence[Role]
    ) -> PlannedPerson:
        lacking = [r for r in roles if r not in held.roles and (r[0], "") not in held.roles]
        posting = place is not None and not self._stays(row, held, place)
        before = self._left_for(row, held) if posting else None
        retitled = self._other_title(row, held, place)
        email = row.cell("email")
        other = email if email and email != held.email else None
        if not (posting or lacking or retitled is not None or other):
            return PlannedPerson(Line(row.number, held.name, "same"), who=held.pk)
        at = place.key if place is not None else self.tree.root
        why = self._refusal(held, at, posts=posting or retitled is not None, grants=bool(lacking))
        if why is not None or (other and not held.mine[0]):
            return PlannedPerson(_bad(row, why or Said("access.denied")), who=held.pk)
        changes = self._changes(held, place, before, other, posting=posting)
        if retitled is not None:
            changes.append(Change("title", retitled.title, row.cell("title")))
        if lacking:
            changes.append(Change("roles", "", row.cell("roles")))
        step = Step(
            held.pk,
            retitled.org if retitled is not None else at,
            post=posting or retitled is not None,
            title=row.cell("title"),
            ends=before.pk if before is not None else None,
            roles=tuple(lacking),
            email=other,
        )
        self._put(held, step, before, retitled)
        status = "moved" if before is not None else "changed"
        return PlannedPerson(
            Line(row.number, held.name, status, changes=tuple(changes)), step, held.pk
        )

    def _stays(self, row: Row, held: Known, place: Node) -> bool:
        """Whether who is named by a user name works at the place itself; who is named by their name was
        found there, or below it."""
        if row.cell("username"):
            return any(post.org == place.key for post in held.posts)
        return self._at(held, place)

    def _left_for(self, row: Row, held: Known) -> Post | None:
        """The one post in this part of the tree that no other row names: who has it has moved."""
        others = self.beside.of_username.get(row.cell("username"), set())
        named = self._called(others - {row.cell("org")})
        free = [post for post in held.posts if post.org in self.tree and post.org not in named]
        return free[0] if len(free) == 1 and not named else None

    def _other_title(self, row: Row, held: Known, place: Node | None) -> Post | None:
        """The post at the place itself, where the row has another title for it."""
        title = row.cell("title")
        if not title or place is None:
            return None
        there = [post for post in held.posts if post.org == place.key]
        return there[0] if len(there) == 1 and there[0].title != title else None

    def _refusal(self, held: Known, place: int, *, posts: bool, grants: bool) -> Said | None:
        if (posts or grants) and held.pk == self.reader.own:
            return Said("access.to_oneself")
        over = self.reader.over(place)
        may_post, may_grant = (over[0] and held.mine[0]), (over[1] and held.mine[1])
        if (posts and not may_post) or (grants and not may_grant):
            return Said("access.denied")
        return None

    def _changes(
        self,
        held: Known,
        place: Node | None,
        before: Post | None,
        email: str | None,
        *,
        posting: bool,
    ) -> list[Change]:
        changes = []
        if posting and place is not None:
            was = self.tree.node(before.org).name if before is not None else ""
            changes.append(Change("org", was, place.name))
        if email is not None:
            changes.append(Change("email", held.email, email))
        return changes

    def _put(self, held: Known, step: Step, before: Post | None, retitled: Post | None) -> None:
        if before is not None:
            held.posts.remove(before)
        if retitled is not None:
            retitled.title = step.title
        elif step.post:
            held.posts.append(Post(0, step.org, step.title))
        held.roles |= set(step.roles)
        held.email = step.email if step.email is not None else held.email


def _bad(row: Row, said: Said) -> Line:
    return Line(row.number, row.cell("name"), "bad", (said,))
