"""Addresses of Open311 below /open311/v2/; the ending chooses the form."""

from django.urls import re_path

from bihuan.api.open311 import views

_FORM = r"\.(?P<form>json|xml)\Z"

urlpatterns = [
    re_path(rf"^discovery{_FORM}", views.discovery),
    re_path(rf"^services{_FORM}", views.services),
    re_path(rf"^services/(?P<code>[a-z0-9_.]{{1,130}}){_FORM}", views.service),
    re_path(rf"^requests{_FORM}", views.requests),
    re_path(rf"^requests/(?P<number>[A-Za-z0-9-]{{1,30}}){_FORM}", views.one_request),
]
