"""The types that organisations may have."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field, StringConstraints

from bihuan.api import base
from bihuan.api.base import ERRORS, Flag, Strict
from bihuan.foundation.access import governing
from bihuan.foundation.orgs import org_types

router = Router(tags=["directory"])
admin = Router(tags=["admin"])
NameZh = Annotated[str, Field(min_length=1, max_length=40)]
NameEn = Annotated[str, Field(max_length=60)]


class OrgTypeIn(Strict):
    """A new type, the last of all; without a `code` it is the pinyin of its name."""

    name: NameZh
    name_en: NameEn = ""
    code: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,19})?$")] = ""


class OrgTypeChange(Strict):
    """Only what is given changes. `order` is its place among the others, from 1; one that is not `active`
    cannot be chosen any more, and organisations that have it keep it."""

    name: NameZh | None = None
    name_en: NameEn | None = None
    active: Flag | None = None
    order: int | None = Field(None, ge=1, le=1000)


class OrgTypeOut(Schema):
    """`code` is what organisations have as their `level`."""

    code: str
    name: str
    name_en: str
    order: int
    active: bool


class OrgTypeList(Schema):
    items: list[OrgTypeOut]


@router.get("/org-types", response={200: OrgTypeList, **ERRORS}, operation_id="list_org_types")
def list_org_types(request: HttpRequest) -> dict[str, Any]:
    """Every type that organisations may have, in order, retired ones too."""
    base.who(request, "matters:read")
    return {"items": [_told(one) for one in org_types.every()]}


@admin.post("/org-types", response={201: OrgTypeOut, **ERRORS}, operation_id="add_org_type")
def add_org_type(request: HttpRequest, given: OrgTypeIn) -> Status[Any]:
    """A new type of organisations."""
    made = governing.add_type(
        given.name,
        name_en=given.name_en,
        code=given.code,
        at=base.now(),
        actor=base.officer(request),
    )
    return Status(201, _told(made))


@admin.patch(
    "/org-types/{org_type}", response={200: OrgTypeOut, **ERRORS}, operation_id="change_org_type"
)
def change_org_type(request: HttpRequest, org_type: str, given: OrgTypeChange) -> dict[str, Any]:
    """Renames a type, retires it or offers it again, puts it at another place."""
    values = {k: v for k, v in given.model_dump(exclude_unset=True).items() if v is not None}
    actor = base.officer(request)
    governing.change_type(org_type, at=base.now(), actor=actor, **values)
    return _told(org_types.one(org_type))


def _told(one: Any) -> dict[str, Any]:
    return {name: getattr(one, name) for name in OrgTypeOut.model_fields}
