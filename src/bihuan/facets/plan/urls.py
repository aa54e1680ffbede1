from django.urls import path

from bihuan.facets.plan import pages

app_name = "plan"
urlpatterns = [
    path("plan/", pages.index, name="index"),
    path("plan/export", pages.export, name="export"),
    path("plan/choose/<slug:kind>", pages.choose, name="choose"),
    path("plan/<int:pk>/book", pages.read, name="read"),
    path("plan/<int:pk>/book.<slug:ending>", pages.book, name="book"),
]
