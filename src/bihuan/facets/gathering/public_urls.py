from django.urls import path

from bihuan.facets.gathering import pages

app_name = "gatherings"
urlpatterns = [path("gatherings/<str:given>.ics", pages.dates, name="calendar")]
