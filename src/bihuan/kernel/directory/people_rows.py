"""What rows of people mean beside those who are there: new, changed, moved, as they are, faulty. Pure.

One row is one post; somebody with two has two rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bihuan.kernel.directory.lines import Change, Line, Row, Said, as_row
from bihuan.kernel.directory.org_rows import Fault, place_of, too_long
from bihuan.kernel.directory.tree import Node, Tree
from bihuan.kernel.directory.whom import (
    Beside,
    Known,
    People,
    Post,
    Role,
    Who,
    by_code,
    by_username,
    unsure,
)
from bihuan.lib.problems import ProblemError

LONGEST: Mapping[str, int] = {"name": 60, "username": 60, "code": 40, "title": 60, "email": 254}


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
    code: str | None = None
    account: bool = True


@dataclass(frozen=True)
class PlannedPerson:
    """A row's line; what is to be done, if anything; whom it is about, if that is known."""

    line: Line
    step: Step | None = None
    who: int | None = None


@dataclass(frozen=True)
class Reader:
    """What the reader of a table may: over which organisations as (posts, roles), whether somebody is
    themselves; how a role's cell and an address are read; whether who comes without a user name gets an
    account."""

    over: Callable[[int], tuple[bool, bool]]
    roles: Callable[[str], tuple[Sequence[Role], Sequence[Said]]]
    address: Callable[[str, str, str], ProblemError | None]
    own: int | None = None
    opens: bool = True


@dataclass
class Planner:
    """Reads rows beside a tree and the people who are there."""

    tree: Tree
    people: People
    reader: Reader
    beside: Beside

    def plan(self, row: Row) -> PlannedPerson:
        """What a row means; the people are left as it would leave them."""
        who, faults = Who.of(row, opens=self.reader.opens), too_long(row, LONGEST)
        if not who.name:
            faults.append(Said("directory.no_person"))
        if row.place in self.beside.again:
            faults.append(as_row("directory.person_twice", row, self.beside.again[row.place]))
        faults += self.beside.of_several(who)
        roles, unknown = self.reader.roles(row.cell("roles"))
        faults += unknown
        place, held = None, None
        try:
            held = by_username(self.people, who) or by_code(self.people, who)
        except Fault as fault:
            faults.append(fault.said)
        try:
            place = self._place(row, held)
            if held is None and not who.username and place is not None and who.name:
                held = self._by_name(row, who, place)
        except Fault as fault:
            faults.append(fault.said)
        wrong = self.reader.address(who.username or "x", who.name or "x", row.cell("email"))
        if wrong is not None:
            faults.append(Said(wrong.key, wrong.values))
        if held is not None and not held.active:
            faults.append(Said("directory.person_closed", {"username": held.username}))
        if row.cell("roles") and not (who.account if held is None else held.account):
            faults.append(Said("access.no_account", {"name": who.name}))
        if not faults:
            return self._meant(row, who, held, place, roles)
        line = Line(row.number, who.name, "bad", tuple(faults))
        return PlannedPerson(line, who=held.pk if held else None)

    def _place(self, row: Row, held: Known | None) -> Node | None:
        if row.cell("org"):
            return place_of(self.tree, row.cell("org"))
        if held is None:
            raise Fault("directory.no_org")
        return None

    def _by_name(self, row: Row, who: Who, place: Node) -> Known | None:
        """Who is called so there; else below it, where no other row is about them."""
        name = who.name
        alike = [
            one
            for one in unsure(self.people.named(name), who)
            if one.username not in self.beside.of_username
            and (who.code or one.code not in self.beside.of_code)
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
            names = ", ".join(one.told for one in found[:6])
            raise Fault("directory.person_ambiguous", name=name, names=names)
        return found[0] if found else None

    def _called(self, texts: Iterable[str]) -> set[int]:
        return {node.key for text in texts for node in self.tree.called(text)}

    def _at(self, one: Known, place: Node) -> bool:
        return any(self.tree.within(post.org, place.key) for post in one.posts)

    def _meant(
        self, row: Row, who: Who, held: Known | None, place: Node | None, roles: Sequence[Role]
    ) -> PlannedPerson:
        if held is not None:
            return self._known(row, who, held, place, roles)
        assert place is not None
        may_post, may_grant = self.reader.over(place.key)
        if not may_post or (roles and not may_grant):
            return PlannedPerson(_bad(row, Said("access.denied")))
        notes = self._alike(who, place)
        made = self.people.add(who.name, who.username, who.code, account=who.account)
        made.email = row.cell("email")
        made.posts.append(Post(0, place.key, row.cell("title")))
        made.roles |= set(roles)
        step = Step(
            made.pk,
            place.key,
            who.username,
            post=True,
            title=row.cell("title"),
            roles=tuple(roles),
            email=row.cell("email") or None,
            code=who.code,
            account=who.account,
        )
        line = Line(row.number, made.name, "new", notes=notes)
        return PlannedPerson(line, step, made.pk)

    def _alike(self, who: Who, place: Node) -> tuple[Said, ...]:
        """Others of the name: whether one of them is meant nobody guesses."""
        others = [one for one in unsure(self.people.named(who.name), who) if one.posts]
        if who.username:
            # Whoever has an account has a user name of their own.
            others = [one for one in others if not one.account]
        ways = [
            self.tree.way(one.posts[0].org)
            for one in others
            if who.username or not self._at(one, place)
        ]
        if not ways:
            return ()
        return (Said("directory.alike", {"name": who.name, "ways": ", ".join(ways[:3])}),)

    def _known(
        self, row: Row, who: Who, held: Known, place: Node | None, roles: Sequence[Role]
    ) -> PlannedPerson:
        lacking = [r for r in roles if r not in held.roles and (r[0], "") not in held.roles]
        posting = place is not None and not self._stays(who, held, place)
        before = self._left_for(row, who, held) if posting else None
        retitled = self._other_title(row, held, place)
        email = row.cell("email")
        other = email if email and email != held.email else None
        code = who.code if who.code and who.code != held.code else None
        if not (posting or lacking or retitled is not None or other or code):
            return PlannedPerson(Line(row.number, held.name, "same"), who=held.pk)
        at = place.key if place is not None else self.tree.root
        why = self._refusal(held, at, posts=posting or retitled is not None, grants=bool(lacking))
        if why is not None or ((other or code) and not held.mine[0]):
            return PlannedPerson(_bad(row, why or Said("access.denied")), who=held.pk)
        changes = self._changes(held, place, before, other, posting=posting)
        if code is not None:
            changes.append(Change("code", held.code, code))
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
            code=code,
        )
        self._put(held, step, before, retitled)
        status = "moved" if before is not None else "changed"
        return PlannedPerson(
            Line(row.number, held.name, status, changes=tuple(changes)), step, held.pk
        )

    def _stays(self, who: Who, held: Known, place: Node) -> bool:
        """Whether who is named by a user name or a code works at the place itself; who is named by their
        name was found there, or below it."""
        if who.surely:
            return any(post.org == place.key for post in held.posts)
        return self._at(held, place)

    def _left_for(self, row: Row, who: Who, held: Known) -> Post | None:
        """The one post in this part of the tree that no other row names: who has it has moved."""
        others = self.beside.orgs_of((who.username, who.code), (held.username, held.code))
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
        if step.code:
            self.people.recode(held, step.code)
        self.people.fresh[held.pk] = held


def _bad(row: Row, said: Said) -> Line:
    return Line(row.number, row.cell("name"), "bad", (said,))
