"""What every page tells the browser besides Django's and the content policy's own headers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here needs a sensor; a photo is taken by the file chooser, which asks for itself.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
STAFF = ("/desk/", "/studio/")


class HeadersMiddleware:
    """Keeps what one person was shown out of the browser's own store: an answer to a form holds a
    query code, a staff page somebody's message, and computers in halls and offices are shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.method == "POST" or request.path.startswith((*STAFF, "/follow/")):
            response.headers.setdefault("Cache-Control", "no-store")
        return response
