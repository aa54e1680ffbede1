from django.urls import path

from bihuan.facets.each import pages

app_name = "each"
urlpatterns = [
    path("matters/<int:pk>/each", pages.every, name="all"),
    path("matters/<int:pk>/each.xlsx", pages.sheet, name="sheet"),
]
