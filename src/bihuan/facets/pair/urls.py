from django.urls import path

from bihuan.facets.pair import pages

app_name = "pair"
urlpatterns = [
    path("pair/", pages.index, name="index"),
    path("pair/<slug:programme>/<slug:whom>", pages.card, name="card"),
    path("matters/<int:pk>/pairs", pages.every, name="all"),
    path("matters/<int:pk>/pairs.xlsx", pages.sheet, name="sheet"),
]
