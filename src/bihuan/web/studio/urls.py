from django.urls import path

from bihuan.web.studio import (
    calendar,
    directory,
    invitations,
    local,
    org_types,
    parts,
    people,
    programmes,
    security,
    services,
    sheets,
    upkeep,
    whose,
    workbook,
)

app_name = "studio"

urlpatterns = [
    path("", directory.home, name="home"),
    path("orgs", directory.index, name="orgs"),
    path("orgs/<int:pk>", directory.org, name="org"),
    path("org-types", org_types.index, name="org_types"),
    path("orgs/<int:pk>/merge", directory.merge, name="merge"),
    path("choose/<slug:kind>", directory.choose, name="choose"),
    path("site", whose.index, name="site"),
    path("people", people.index, name="people"),
    path("workbook", workbook.take_in, name="workbook"),
    path("workbook.xlsx", workbook.out, name="workbook_out"),
    path("passwords", workbook.first_passwords, name="first_passwords"),
    path("people/<int:pk>", people.person, name="person"),
    path("people/<int:pk>/invite", invitations.invite, name="invite"),
    path("programmes", programmes.index, name="programmes"),
    path("programmes/<slug:programme>", programmes.one, name="programme"),
    path("programmes/<slug:programme>/local", local.local, name="local"),
    path("services", services.index, name="services"),
    path("services/import", sheets.take_in, name="services_import"),
    path("switches", local.switches, name="switches"),
    path("calendar", calendar.index, name="calendar"),
    path("security", security.index, name="security"),
    path("parts", parts.index, name="parts"),
    path("upkeep", upkeep.index, name="upkeep"),
]
