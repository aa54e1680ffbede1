from django.urls import path

from bihuan.facets.gathering import pages

app_name = "gathering"
urlpatterns = [
    path("gatherings/", pages.index, name="index"),
    path("gatherings/attendance", pages.attendance, name="attendance"),
    path("gatherings/attendance.xlsx", pages.export, name="export"),
    path("gatherings/choose/<slug:kind>", pages.choose, name="choose"),
    path("gatherings/<int:pk>/screen", pages.screen, name="screen"),
    path("gatherings/<int:pk>/sign", pages.sign, name="sign"),
]
