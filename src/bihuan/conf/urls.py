"""All addresses of the house."""

from django.urls import URLPattern, URLResolver, include, path

handler404 = "bihuan.web.errors.not_found"
handler500 = "bihuan.web.errors.server_error"

urlpatterns: list[URLPattern | URLResolver] = []
