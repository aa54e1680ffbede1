from django.urls import path

from bihuan.web.desk import (
    account,
    bulletins,
    common,
    figures,
    intake,
    matter,
    publications,
    queue,
    register,
)

app_name = "desk"

urlpatterns = [
    path("login", account.login, name="login"),
    path("logout", account.logout, name="logout"),
    path("me", account.me, name="me"),
    path("inbox", account.inbox, name="inbox"),
    path("", queue.queue, name="queue"),
    path("export.xlsx", queue.export, name="export"),
    path("bulk", queue.bulk, name="bulk"),
    path("filters", queue.filters, name="filters"),
    path("register", register.register, name="register"),
    path("common", common.common, name="common"),
    path("import", intake.upload, name="import"),
    path("matters/<int:pk>", matter.show, name="matter"),
    path("matters/<int:pk>/act/<slug:action>", matter.act, name="act"),
    path("matters/<int:pk>/draft/<slug:action>", matter.draft, name="draft"),
    path("matters/<int:pk>/note", matter.note, name="note"),
    path("matters/<int:pk>/recuse", matter.recuse, name="recuse"),
    path("matters/<int:pk>/contact", matter.contact, name="contact"),
    path("matters/<int:pk>/code", matter.code, name="code"),
    path("matters/<int:pk>/slip", matter.slip, name="slip"),
    path("matters/<int:pk>/dates", matter.dates, name="dates"),
    path("matters/<int:pk>/choose/<slug:kind>", matter.choose, name="choose"),
    path("matters/<int:pk>/files/<slug:key>", matter.file, name="file"),
    path("figures", figures.index, name="figures"),
    path("figures/<slug:programme>/<slug:figure>", figures.one, name="figure"),
    path("figures/<slug:programme>/<slug:figure>/matters", figures.behind, name="figure_matters"),
    path("bulletins", bulletins.index, name="bulletins"),
    path("bulletins/<int:pk>", bulletins.one, name="bulletin"),
    path("bulletins/<int:pk>/<slug:ending>", bulletins.file, name="bulletin_file"),
    path("publications", publications.index, name="publications"),
    path("publications/<int:pk>", publications.one, name="publication"),
]
