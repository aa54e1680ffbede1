from django.urls import path

from bihuan.web.desk import openings
from bihuan.web.member import app, branch, joining, mine, saying, today

app_name = "member"

urlpatterns = [
    path("", today.index, name="today"),
    path("join", joining.index, name="join"),
    path("mine", mine.index, name="mine"),
    path("say", saying.index, name="say"),
    path("say/<slug:programme>/<slug:kind>", openings.one, name="open"),
    path("branch", branch.index, name="branch"),
    path("worker.js", app.worker, name="worker"),
    path("app.webmanifest", app.manifest, name="manifest"),
    path("icon-<int:size>-<slug:sort>.png", app.icon, name="icon"),
    path("offline/<str:language>", app.offline, name="offline"),
]
