"""Which types of organisations programmes name, so that there is a word for each to be chosen."""

from collections.abc import Callable, Iterable
from datetime import datetime

from bihuan.foundation.orgs import org_types
from bihuan.kernel.programmes.held import known
from bihuan.spec.registry import Registry
from bihuan.spec.schema import Programme

# What names types beside the scopes of settings, by the app that knows it.
NAMED: Registry[Callable[[Programme], Iterable[str]]] = Registry("source of types")


def named(programmes: Iterable[Programme]) -> set[str]:
    """The codes of types in scopes of settings, and in what apps registered."""
    some = list(programmes)
    scopes = {
        value.scope["level"]
        for one in some
        for setting in one.settings.values()
        for value in setting.values
        if "level" in value.scope
    }
    return scopes | {code for one in some for source in NAMED.values() for code in source(one)}


def install(*, at: datetime, actor: str) -> int:
    """Brings in the usual types of organisations and those that installed programmes name, as far as
    they are missing; returns how many."""
    return org_types.install(at=at, actor=actor, also=named(known()))
