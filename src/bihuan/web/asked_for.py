"""What a request asked for, in words that hold nothing of anybody's: how its page is called and its
method, for logs and metrics."""

from django.conf import settings
from django.http import HttpRequest

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# A file of the bundle; an address that leads nowhere.
STATIC, NOTHING = "static", "none"
# A client may send whatever word it likes.
OTHER = "other"


def page(request: HttpRequest) -> str:
    """The name of the address that answered, without what stood in it."""
    match = request.resolver_match
    if match is not None:
        return match.view_name or NOTHING
    return STATIC if request.path.startswith(settings.STATIC_URL) else NOTHING


def method(request: HttpRequest) -> str:
    """The method, if it is one that is known."""
    return request.method if request.method in METHODS else OTHER
