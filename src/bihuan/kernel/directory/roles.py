"""Roles as a cell names them, and as it is written out: 载体·角色, 全部载体·角色, 管理员."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

from bihuan.foundation.access import officers
from bihuan.foundation.access.enrolling import Wanted
from bihuan.kernel.directory.lines import Said
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.catalogue import DEFAULT, Catalogue

# Between roles of one cell, and between a programme and its role.
SEVERAL, WITHIN = "；", "·"
_STRINGS = Path(__file__).parents[1] / "strings"
_LOCALES = (DEFAULT, "en")
_BETWEEN = re.compile(r"[；;、，,\n]+")
_DOTS = str.maketrans(dict.fromkeys("・•.-—:：/", WITHIN))


@lru_cache(maxsize=1)
def _house() -> Catalogue:
    return Catalogue.from_folder(_STRINGS)


def _word(key: str, locale: str = DEFAULT) -> str:
    return _house().text(f"directory.{key}", locale)


def _plain(text: str) -> str:
    return text.replace(" ", "").translate(_DOTS).casefold()


class Roles:
    """Every role there is by the words for it: of a programme by its title and its own word, by that
    alone where only one has such a role; of all programmes; of the house by its own word."""

    def __init__(self) -> None:
        self._meant: dict[str, set[Wanted]] = {}
        alone: dict[str, set[Wanted]] = {}
        for one in programmes.known():
            for words in one.strings.values():
                title = words.get("title", "")
                for role in one.manifest.roles:
                    word = words.get(f"roles.{role.id}", "")
                    self._add(f"{title}{WITHIN}{word}", Wanted(role.id, one.id))
                    for locale in _LOCALES:
                        every = f"{_word('all_programmes', locale)}{WITHIN}{word}"
                        self._add(every, Wanted(role.id))
                    alone.setdefault(_plain(word), set()).add(Wanted(role.id, one.id))
        for word, some in alone.items():
            if word and len(some) == 1:
                self._meant.setdefault(word, some)
        for officer in officers.officer_roles():
            for locale in _LOCALES:
                self._add(_word(f"role.{officer}", locale), Wanted(officer))

    def _add(self, text: str, wanted: Wanted) -> None:
        self._meant.setdefault(_plain(text), set()).add(wanted)

    def wanted(self, text: str) -> tuple[list[Wanted], list[Said]]:
        """The roles that a cell names, and what is wrong with the others."""
        found: list[Wanted] = []
        faults: list[Said] = []
        for one in filter(None, (part.strip() for part in _BETWEEN.split(text))):
            meant = self._meant.get(_plain(one), set())
            if len(meant) == 1:
                found += meant
            else:
                key = "directory.role_ambiguous" if meant else "directory.unknown_role"
                faults.append(Said(key, {"role": one[:40], "example": _example()}))
        return list(dict.fromkeys(found)), faults


def _example() -> str:
    locale = "en" if get_language() == "en" else DEFAULT
    for one in programmes.known():
        words = one.strings.get(locale, one.strings[DEFAULT])
        role = one.manifest.roles[0].id
        return f"{words['title']}{WITHIN}{words[f'roles.{role}']}"
    return ""


class Written:
    """Roles as they are written out, so that `Roles` reads them again."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], str] = {}
        every = _word("all_programmes")
        for one in programmes.known():
            words = one.strings.get(DEFAULT, {})
            for role in one.manifest.roles:
                word = words.get(f"roles.{role.id}", role.id)
                self._of[one.id, role.id] = f"{words.get('title', one.id)}{WITHIN}{word}"
                self._of.setdefault(("", role.id), f"{every}{WITHIN}{word}")
        for officer in officers.OFFICERS.values():
            self._of["", officer] = _word(f"role.{officer}")

    def told(self, grants: Iterable[tuple[str, str]]) -> str:
        """A cell for grants given as (programme or '', role)."""
        return SEVERAL.join(dict.fromkeys(self._words(grants)))

    @staticmethod
    def no_account() -> str:
        """What stands in the place of a user name."""
        return _word("no_account")

    def _words(self, grants: Iterable[tuple[str, str]]) -> Iterator[str]:
        for programme, role in grants:
            word = self._of.get((programme, role))
            if word is not None:
                yield word
