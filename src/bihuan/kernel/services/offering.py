"""Services as matters know them: the type of a field that names one, whose promise may limit a clock,
and the verb that gives a matter to the department that does it."""

from typing import Annotated, Any, ClassVar

from django.utils import timezone
from pydantic import Field

from bihuan.foundation.orgs.api import tree
from bihuan.kernel.matters import fieldtypes, verbs
from bihuan.kernel.matters.fieldtypes import (
    Asked,
    BadValueError,
    FieldType,
    Limited,
    Option,
    Words,
    by_name,
    row_of,
)
from bihuan.kernel.matters.step import Step
from bihuan.kernel.services import api as services
from bihuan.kernel.services.api import Service, standing_service
from bihuan.lib.problems import InputError
from bihuan.spec.arguments import Args, Names
from bihuan.spec.schema import Input

ServiceInput = Annotated[
    str,
    Names("input", ("service",)),
    Field(examples=["service"], description="an input of type service"),
]


class TakeService(Args):
    input: ServiceInput
    sets: ClassVar = ("immediate_capable",)


def service_take(step: Step, args: TakeService) -> None:
    """Gives the matter to the department whose service is applied for, as the catalogue has it.

    A common window takes what any department under the same root offers. Refuses a service that
    is not offered on the day, or only elsewhere.
    """
    one = standing_service(int(step.inputs[args.input]))
    over = one.end is not None and one.end <= step.day()
    elsewhere = not tree.covers(step.value("home_path")[: tree.STEP], one.org.path)
    if over or one.start > step.day() or elsewhere:
        raise InputError({args.input: ("input.service_not_offered", {})})
    step.set["unit_id"] = one.org_id
    step.set["unit_path"] = one.org.path
    step.facts()["immediate_capable"] = one.immediate


def _read(one: Input, raw: Any) -> int:
    del one
    pk = row_of(raw)
    try:
        return standing_service(pk).pk
    except Service.DoesNotExist:
        raise BadValueError("input.unknown_service") from None


def _options(name: str, one: Input, asked: Asked, words: Words) -> list[Option]:
    """What is offered under the same root on the day."""
    del name, one, words
    root = asked.home.path[: tree.STEP]
    rows = services.offered(root, timezone.localtime(asked.at).date())
    return [(str(row.pk), row.name) for row in rows]


def _promised(value: Any, who: str) -> Limited:
    """What the catalogue promises, and the rule whose limit it may not exceed."""
    del who
    one = standing_service(int(value))
    source = {"setting": "", "clause": one.clause, "grade": "promised", "origin": one.stream}
    return Limited(one.promised, "workdays", {**source, "statutory": one.statutory})


def register() -> None:
    """Declares the type and the verb of this module."""
    told = by_name(lambda pk: standing_service(pk).name)
    fieldtypes.register("service", FieldType(_read, told, "choice", _options, _promised))
    verbs.effect("service.take", TakeService, service_take)
