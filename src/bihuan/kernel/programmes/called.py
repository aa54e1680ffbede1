"""What programmes and their roles are called, in every language, for what is said without a reader present."""

from collections.abc import Iterable

from bihuan.lib.catalogue import DEFAULT, Worded
from bihuan.spec.schema import Programme


def programme(name: str, among: Iterable[Programme]) -> Worded:
    """A programme by its id, as one of some releases says; its id where there is none."""
    return _said(name, name, "title", among)


def role(name: str, of: str, among: Iterable[Programme]) -> Worded:
    """A role of a programme by its id, or ('') of the first that has one of this id."""
    return _said(name, of, f"roles.{name}", among)


def _said(name: str, of: str, key: str, among: Iterable[Programme]) -> Worded:
    for one in among:
        words = {locale: told[key] for locale, told in one.strings.items() if key in told}
        if of in ("", one.id) and DEFAULT in words:
            return Worded(words)
    return Worded({DEFAULT: name})
