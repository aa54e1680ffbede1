from django.urls import path

from bihuan.facets.round import pages

app_name = "round"
urlpatterns = [
    path("rounds/", pages.index, name="index"),
    path("rounds/<int:pk>/nominate", pages.nominate, name="nominate"),
    path("rounds/<int:pk>/choose/<slug:kind>", pages.choose, name="choose"),
    path("rounds/<int:pk>/ballot", pages.ballot, name="ballot"),
]
