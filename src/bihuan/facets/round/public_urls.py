from django.urls import path

from bihuan.facets.round import pages

app_name = "wall"
urlpatterns = [path("wall", pages.public_wall, name="wall")]
