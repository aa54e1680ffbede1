"""By which fields of its kinds a figure may be grouped: `field.<name>`, of a type of few values that are
nobody's name, one type wherever the field is meant."""

from bihuan.spec.schema import Input, Programme

PREFIX = "field."
_TYPES = ("choice", "bool", "org", "month")


def field_of(by: str) -> str:
    """The field that a grouping names, or ''."""
    return by.removeprefix(PREFIX) if by.startswith(PREFIX) else ""


def is_held(one: Input) -> bool:
    """Whether facts hold the values of a field."""
    return one.type in _TYPES and not one.apart


def typed(programme: Programme, kinds: tuple[str, ...], name: str) -> str:
    """The type of a field that kinds (all where none is named) may be grouped by; '' where there is
    none of the name, it has two types, or one that is no grouping."""
    named = [programme.kinds[one] for one in kinds or programme.kinds if one in programme.kinds]
    found = [kind.fields[name] for kind in named if name in kind.fields]
    types = {one.type if is_held(one) else "" for one in found}
    return types.pop() if len(types) == 1 else ""


def offered(programme: Programme, kinds: tuple[str, ...]) -> list[str]:
    """Every `field.<name>` that kinds may be grouped by."""
    named = [programme.kinds[one] for one in kinds or programme.kinds if one in programme.kinds]
    names = {name for kind in named for name in kind.fields}
    return [PREFIX + name for name in sorted(names) if typed(programme, kinds, name)]
