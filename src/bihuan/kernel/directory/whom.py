"""Whom rows of a workbook name, beside those who are there: by user name, by code, by name. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bihuan.kernel.directory.lines import Row, Said
from bihuan.kernel.directory.org_rows import Fault

# In the place of a user name: there is to be no account.
NO_ACCOUNT = frozenset({"无账号", "不开通", "无", "no account", "none"})
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
    come. `here`: they work in this part of the tree, or are members there, so that their code says who
    they are. `roles` are those held in this part of the tree or over it; `mine` whether the reader is
    over all they have, as (their names and posts, their roles)."""

    pk: int
    name: str
    username: str = ""
    code: str = ""
    email: str = ""
    active: bool = True
    account: bool = True
    here: bool = True
    posts: list[Post] = field(default_factory=list)
    roles: set[Role] = field(default_factory=set)
    mine: tuple[bool, bool] = (True, True)

    @property
    def told(self) -> str:
        """What tells them from others of their name, as far as there is anything."""
        return (
            f"{self.name} ({self.username or self.code})"
            if self.username or self.code
            else self.name
        )


class People:
    """Who is there, by user name, by code and by name; what is planned is put in."""

    def __init__(self, known: Iterable[Known]) -> None:
        self._by_username: dict[str, Known] = {}
        self._by_code: dict[str, list[Known]] = {}
        self._by_name: dict[str, list[Known]] = {}
        # Who is to come, or is not any more where or what they were.
        self.fresh: dict[int, Known] = {}
        self._last = 0
        for one in known:
            self.put(one)

    def put(self, one: Known) -> None:
        self._last = min(self._last, one.pk)
        if one.username:
            self._by_username[one.username] = one
        if one.code and one.here:
            self._by_code.setdefault(one.code, []).append(one)
        self._by_name.setdefault(one.name, []).append(one)

    def add(self, name: str, username: str, code: str, *, account: bool) -> Known:
        """Somebody who is to come."""
        self._last -= 1
        made = Known(self._last, name, username, code, account=account)
        self.put(made)
        self.fresh[made.pk] = made
        return made

    def recode(self, one: Known, code: str) -> None:
        """Somebody is known by another code from now on."""
        if one in self.coded(one.code):
            self._by_code[one.code].remove(one)
        one.code = code
        self._by_code.setdefault(code, []).append(one)

    def coded(self, code: str) -> list[Known]:
        return self._by_code.get(code, [])

    def called(self, username: str) -> Known | None:
        return self._by_username.get(username)

    def named(self, name: str) -> list[Known]:
        return self._by_name.get(name, [])


@dataclass(frozen=True)
class Who:
    """Whom a row names: by user name, by code, by name; whether they are to have an account where they
    are new, `plainly` where the row says itself that they are to have none."""

    name: str
    username: str = ""
    code: str = ""
    account: bool = True
    plainly: bool = False

    @classmethod
    def of(cls, row: Row, *, opens: bool = True) -> "Who":
        """Whom a row names; `opens`: without a user name they get an account."""
        username, code = row.cell("username"), row.cell("code")
        none = username.casefold() in NO_ACCOUNT
        username = "" if none else username
        account = bool(username) or (opens and not none)
        return cls(row.cell("name"), username, code, account, none)

    @property
    def surely(self) -> bool:
        """Whether more than a name says who it is."""
        return bool(self.username or self.code)


@dataclass(frozen=True)
class Beside:
    """What only the whole table tells: the organisations of each user name and code, those of each name
    that stands without either, the names of each code; rows (by their place) that say a name at an
    organisation as an earlier row does, without anything to tell them apart."""

    of_username: Mapping[str, set[str]]
    of_code: Mapping[str, set[str]]
    of_name: Mapping[str, set[str]]
    names: Mapping[str, set[str]]
    again: Mapping[tuple[str, int], tuple[str, int]]

    @classmethod
    def of(cls, rows: Iterable[Row]) -> "Beside":
        """What a table tells."""
        of_username: dict[str, set[str]] = {}
        of_code: dict[str, set[str]] = {}
        of_name: dict[str, set[str]] = {}
        names: dict[str, set[str]] = {}
        first: dict[tuple[str, str], tuple[tuple[str, int], bool]] = {}
        again: dict[tuple[str, int], tuple[str, int]] = {}
        for row in rows:
            who, org = Who.of(row), row.cell("org")
            if who.username:
                of_username.setdefault(who.username, set()).add(org)
            if who.code:
                of_code.setdefault(who.code, set()).add(org)
                names.setdefault(who.code, set()).add(who.name)
            if who.username or not who.name:
                continue
            if not who.code:
                of_name.setdefault(who.name, set()).add(org)
            before, coded = first.setdefault((who.name, org), (row.place, bool(who.code)))
            if before != row.place and not (coded and who.code):
                again[row.place] = before
        return cls(of_username, of_code, of_name, names, again)

    def of_several(self, who: Who) -> list[Said]:
        """That rows of the table give somebody's code to people of several names."""
        names = self.names.get(who.code, set()) - {""}
        if len(names) < 2:
            return []
        values = {"code": who.code[:40], "names": ", ".join(sorted(names)[:6])}
        return [Said("directory.code_of_several", values)]

    def orgs_of(self, *named: tuple[str, str]) -> set[str]:
        """The organisations of all rows of somebody, named as (user name, code), either of them ''."""
        found: set[str] = set()
        for username, code in named:
            found |= self.of_username.get(username, set()) | self.of_code.get(code, set())
        return found


def by_username(people: People, who: Who) -> Known | None:
    """Who has the user name. Raises Fault where that is somebody of another name, or where the code of
    the row is another's."""
    held = people.called(who.username) if who.username else None
    if held is not None and who.name and held.name != who.name:
        raise Fault("directory.username_of_another", username=who.username, name=held.name)
    others = [one for one in people.coded(who.code) if one is not held] if who.username else []
    if others:
        alone = others[0] if len(others) == 1 else None
        if held is None and alone is not None and not alone.account and alone.name == who.name:
            raise Fault("directory.account_by_invitation", name=alone.name, code=who.code[:40])
        raise _of_another(who, others)
    return held


def by_code(people: People, who: Who) -> Known | None:
    """Who has the code. Raises Fault where that is somebody of another name, or several."""
    found = people.coded(who.code) if who.code and not who.username else []
    if len(found) > 1 or (found and who.name and found[0].name != who.name):
        raise _of_another(who, found)
    return found[0] if found else None


def _of_another(who: Who, found: Sequence[Known]) -> Fault:
    names = ", ".join(one.told for one in found[:6])
    return Fault("directory.code_of_another", code=who.code[:40], names=names)


def unsure(alike: Iterable[Known], who: Who) -> list[Known]:
    """Of those of a name the ones a row may be about: with no other code than it has; where it says that
    they have no account, those without one before others."""
    found = [one for one in alike if one.active and not (who.code and one.code)]
    return [one for one in found if who.plainly and not one.account] or found
