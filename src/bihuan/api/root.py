"""The interface as a whole: /api/v1/ and its OpenAPI document at /api/v1/openapi.json."""

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from bihuan.api import (
    absences,
    admin,
    bulletins,
    burden,
    common_problems,
    connections,
    desk,
    directory,
    entries,
    figures,
    governing,
    invitations,
    joining,
    kept,
    layouts,
    matters,
    members,
    notices,
    obligations,
    org_types,
    own_data,
    papers,
    pressures,
    programmes,
    public,
    publications,
    seals,
    security,
    services,
    tables,
    timetables,
    visits,
    watches,
    whose,
    workbooks,
)
from bihuan.api.base import Readable, SafeParser, Token
from bihuan.api.errors import handle
from bihuan.kernel.programmes import facet_apps

api = NinjaAPI(
    title="Bihuan",
    version="1",
    description=(
        "Everything the desk can do, and what the public may. Errors have one shape, in the "
        "language of Accept-Language (zh-Hans, zh-Hant, en). Instants are ISO 8601 with a zone."
    ),
    urls_namespace="api",
    docs_url=None,
    # Served by `openapi.serve`: Ninja would make it anew for everybody who asks.
    openapi_url="",
    auth=Token(),
    parser=SafeParser(),
    renderer=Readable(),
)
# Ninja has handlers of its own for some; ours says the same thing in one shape for all.
for _kind in (Exception, HttpError, ValidationError, Http404):
    api.add_exception_handler(_kind, handle)
api.add_router("/public", public.router)
api.add_router("/public", services.public)
api.add_router("/public", notices.router)
api.add_router("/public", watches.public)
api.add_router("/public", visits.public)
api.add_router("/public", bulletins.public)
api.add_router("/public", papers.public)
api.add_router("/public", kept.public)
api.add_router("/public", seals.router)
api.add_router("/public", invitations.public)
for _room in (admin, invitations, governing, security, connections, services, whose, workbooks):
    api.add_router("/admin", _room.router)
api.add_router("/admin", desk.admin)
api.add_router("/admin", org_types.admin)
for _room in (
    matters,
    joining,
    directory,
    own_data,
    org_types,
    figures,
    pressures,
    burden,
    programmes,
    publications,
    bulletins,
    layouts,
    watches,
    papers,
    visits,
    entries,
    timetables,
    common_problems,
    absences,
    members,
    obligations,
    desk,
    tables,
):
    api.add_router("", _room.router)
for _label, _module in facet_apps.modules("operations"):
    api.add_router(f"/{_label}", _module.router)
