from django.urls import path

from planted import pages

app_name = "planted"
urlpatterns = [
    path("notches", pages.index, name="index"),
    path("notches/<int:pk>/sheet", pages.sheet, name="sheet"),
]
