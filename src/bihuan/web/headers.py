"""What every page tells the browser besides Django's and the content policy's own headers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here needs a sensor; a photo is taken by the file chooser, which asks for itself.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
STAFF = ("/desk/", "/studio/")
# Whoever knows the address sees what it opens. A page or feed named here is kept nowhere and its
# path told to nobody; "no-referrer" would have browsers send "Origin: null" with its forms.
SECRET = ("portal:queue_calendar", "portal:subscribe_confirm", "portal:unsubscribe", "portal:file")
CODES = ("/follow/", "/watch", "/screen")


class HeadersMiddleware:
    """Keeps what one person was shown out of the browser's own store: an answer to a form holds a
    query code, a staff page somebody's message, and computers in halls and offices are shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        found = request.resolver_match
        secret = found is not None and found.view_name in SECRET
        if secret or request.path.startswith(CODES):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "strict-origin"
        elif request.method == "POST" or request.path.startswith(STAFF):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
