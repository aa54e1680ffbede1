"""All addresses of the house."""

from django.urls import URLPattern, URLResolver, include, path

from bihuan.api import index, openapi
from bihuan.api.root import api
from bihuan.kernel.programmes import facet_apps
from bihuan.web import screen, setting_up, site
from bihuan.web.metrics.page import metrics
from bihuan.web.portal.operations import operations

handler400 = "bihuan.web.errors.bad_request"
handler404 = "bihuan.web.errors.not_found"
handler500 = "bihuan.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("bihuan.web.portal.urls")),
    path("desk/", include("bihuan.web.desk.urls")),
    *(path("desk/", include(module.__name__)) for _, module in facet_apps.modules("urls")),
    path("m/", include("bihuan.web.member.urls")),
    *(path("", include(module.__name__)) for _, module in facet_apps.modules("public_urls")),
    path("studio/", include("bihuan.web.studio.urls")),
    path("api/operations/", operations, {"document": openapi.made}, name="operations"),
    path("api/v1/", index.index, name="index"),
    path("api/v1/openapi.json", openapi.serve, name="openapi"),
    path("api/v1/", api.urls),
    path("open311/v2/", include("bihuan.api.open311.urls")),
    path("screen/<str:given>", screen.screen, name="screen"),
    path("language", site.language, name="language"),
    path("emblem/<slug:key>", site.emblem, name="emblem"),
    path("look", site.look, name="look"),
    path("setup", setting_up.setup, name="setup"),
    path("healthz", site.healthz, name="healthz"),
    path("readyz", site.readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
]
