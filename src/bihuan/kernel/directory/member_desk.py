"""What somebody may say of members at each organisation, and in which words."""

from collections.abc import Sequence

from django.utils.translation import get_language

from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.api import tree
from bihuan.foundation.orgs.models import Org as OrgRow
from bihuan.kernel.directory.belonging import Belongs, Wanted
from bihuan.kernel.directory.kinds import Frame
from bihuan.kernel.directory.lines import Said, why
from bihuan.kernel.directory.member_texts import Way, plain
from bihuan.kernel.people.api import Keeper, Sort
from bihuan.lib.catalogue import DEFAULT


def way_of(sort: Sort, locale: str) -> Way:
    """A membership as cells name it, labelled in a language."""
    strings = sort.programme.strings

    def words(key: str, name: str) -> set[str]:
        told = {one.get(key, "") for one in strings.values()}
        return {plain(text) for text in (*told, name) if text}

    def by_word(key: str, names: Sequence[str]) -> dict[str, str]:
        return {word: name for name in names for word in words(f"{key}.{sort.name}.{name}", name)}

    mine = strings.get(locale, strings[DEFAULT])
    labels = {
        name: mine.get(f"{key}.{sort.name}.{name}", name)
        for key, names in (("statuses", sort.spec.statuses), ("exempt", sort.spec.exempt))
        for name in names
    }
    return Way(
        sort.full,
        mine.get(f"memberships.{sort.name}", sort.name),
        sort.spec.alone,
        frozenset({*words(f"memberships.{sort.name}", sort.name), plain(sort.full)}),
        by_word("statuses", sort.spec.statuses),
        by_word("exempt", sort.spec.exempt),
        labels,
    )


class Desk:
    """What the actor may say at each organisation, asked once for the whole workbook."""

    def __init__(self, frame: Frame) -> None:
        self.keeper = Keeper(frame.actor, frame.day)
        self._locale = "en" if get_language() == "en" else DEFAULT
        self._ways: dict[int, Way] = {}
        self._at: dict[str, list[Way]] = {}
        self.frame = frame
        self._paths: dict[int, str] = {}

    @classmethod
    def of(cls, frame: Frame) -> "Desk":
        """The one of a workbook."""
        desk: Desk = frame.kept.setdefault("members.desk", cls(frame))
        desk.frame = frame
        return desk

    def _path(self, key: int) -> str:
        """Where an organisation is; one that is to come stands for where it will be."""
        if not self._paths:
            low, high = tree.bounds(self.frame.under.path)
            rows = OrgRow.objects.filter(path__gte=low, path__lt=high)
            self._paths = dict(rows.values_list("pk", "path"))
        if key in self._paths:
            return self._paths[key]
        if key > 0:
            self._paths[key] = orgs.org(key).path
            return self._paths[key]
        held = next(node for node in self.frame.tree.above(key) if node.key > 0)
        return self._paths[held.key]

    def ways_at(self, key: int) -> Sequence[Way]:
        path = self._path(key)
        if path not in self._at:
            self._at[path] = [self._way(one) for one in self.keeper.sorts(path).values()]
        return self._at[path]

    def _way(self, sort: Sort) -> Way:
        return self._ways.setdefault(id(sort.spec), way_of(sort, self._locale))

    def objections(self, way: Way, key: int, who: int | None, wanted: Wanted) -> list[Said]:
        path = self._path(key)
        sort = self.keeper.sorts(path)[way.full]
        found = self.keeper.objections(
            sort,
            path,
            who,
            wanted.status,
            start=wanted.start,
            since=wanted.since,
            end=wanted.end,
        )
        return [_worded(why(one), way) for one in found]

    def over(self, held: Belongs) -> bool:
        return self.keeper.over(self._path(held.org))

    def keeps(self, kind: str, path: str) -> bool:
        sort = self.keeper.sorts(path).get(kind)
        return sort is not None and self.keeper.keeps(sort, path)


def _worded(said: Said, way: Way) -> Said:
    if "status" not in said.values:
        return said
    return Said(said.key, {**said.values, "status": way.label_of(said.values["status"])})
