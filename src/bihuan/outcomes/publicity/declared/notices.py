"""The facet `notice`: what everybody reads of a kind and may object to; every name it speaks of exists."""

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from bihuan.spec import facets
from bihuan.spec.base import Name, Strict
from bihuan.spec.checks.around import Around
from bihuan.spec.facets import Facet
from bihuan.spec.load import Problem
from bihuan.spec.schema import Programme

FILE = "matters.toml"


class NoticeSpec(Strict):
    """Makes a kind a public notice 公示: everybody reads it in the states `shown`; its `clock` is the
    period; its text is what it was opened with, or the newest input `text`, and under it the newest of
    the inputs `beside`; `told` are the actions whose steps everybody reads.

    Objections are matters of the kind `objection` under it; each takes the action `object` here, so
    that whoever concludes at the same moment meets it. `named` is the switch that asks for a name.
    """

    shown: tuple[Name, ...] = Field(min_length=1)
    clock: Name
    text: Name
    told: tuple[Name, ...] = Field(min_length=1)
    objection: Name
    object: Name
    named: Name
    beside: tuple[Name, ...] = ()

    @model_serializer(mode="wrap")
    def _spread(self, dump: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Optional: a block without it keeps its digest.
        found: dict[str, Any] = dump(self)
        return {name: one for name, one in found.items() if name != "beside" or one}


def _problems(programme: Programme, kind_id: str, one: NoticeSpec) -> Iterator[Problem]:
    """Names in `notice` that are none."""
    kind = programme.kinds[kind_id]
    clocks = [name for name, clock in programme.clocks.items() if clock.kind == kind_id]
    inputs = {name for action in kind.actions.values() for name in action.inputs}
    switches = [name for name, found in programme.settings.items() if found.type == "switch"]
    known: list[tuple[str, tuple[str, ...], Collection[str]]] = [
        ("shown", one.shown, kind.states),
        ("clock", (one.clock,), clocks),
        ("text", (one.text,), inputs),
        ("beside", one.beside, inputs),
        ("told", one.told, kind.actions),
        ("objection", (one.objection,), programme.kinds),
        ("object", (one.object,), kind.actions),
        ("named", (one.named,), switches),
    ]
    for key, names, there_are in known:
        for name in names:
            if name not in there_are:
                path, cause = f"{kind_id}.notice.{key}", f"there is no {name!r}"
                yield Problem(FILE, path, cause, f"one of {sorted(there_are)}")


def _objected(
    programme: Programme, kind_id: str, one: NoticeSpec, around: Around
) -> Iterator[Problem]:
    """What an objection has the house do, the house may do."""
    del around
    found = programme.kinds[kind_id].actions.get(one.object)
    if found is not None and "system" not in found.by:
        cause = f"an objection has the house take {one.object!r}, which it may not"
        path = f"{kind_id}.notice.object"
        yield Problem(FILE, path, cause, "add system to the action's by")


NOTICE: Facet[NoticeSpec] = facets.register(
    Facet(
        "notice",
        NoticeSpec,
        problems=_problems,
        meant=_objected,
        calls=lambda one: (one.object,),
        settings=lambda one: (one.named,),
        apart=lambda kind_id, one: (one.objection,),
        orders=False,
    )
)
