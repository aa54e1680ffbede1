from django.urls import path

from bihuan.facets.roll import pages

app_name = "roll"
urlpatterns = [
    path("matters/<int:pk>/roll", pages.every, name="all"),
    path("matters/<int:pk>/roll.xlsx", pages.sheet, name="sheet"),
]
