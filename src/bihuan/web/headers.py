"""What every page tells the browser besides Django's and the content policy's own headers."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

# Nothing here needs a sensor; a photo is taken by the file chooser, which asks for itself.
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
STAFF = ("/desk/", "/m/", "/studio/")
# Whoever knows the address sees what it opens. A page or feed named here is kept nowhere and its
# path told to nobody; "no-referrer" would have browsers send "Origin: null" with its forms.
SECRET = ("portal:queue_calendar", "portal:subscribe_confirm", "portal:unsubscribe", "portal:file")
CODES = ("/follow/", "/watch", "/paper", "/screen", "/desk/invited", "/setup")
TERMINAL = "terminal"
# Where a form is led to whose session ended, and who must change their password.
AGAIN = ("/desk/login", "/desk/me")


class HeadersMiddleware:
    """Keeps what one person was shown out of the browser's own store: an answer to a form holds a
    query code, a staff page somebody's message, and computers in halls and offices are shared."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        if request.method == "POST" and request.path.startswith(STAFF) and _leads_on(response):
            # The page's own script then lets go of what was typed (assets/drafts.js).
            response.set_cookie("taken", "1", max_age=60, samesite="Lax")
        found = request.resolver_match
        secret = found is not None and found.view_name in SECRET
        if secret or request.path.startswith(CODES):
            response.headers["Cache-Control"] = "no-store"
            response.headers["Referrer-Policy"] = "strict-origin"
        elif (
            request.method == "POST"
            or request.path.startswith(STAFF)
            # "Back" on a public computer asks again instead of showing what the last one saw.
            or TERMINAL in request.COOKIES
        ):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _leads_on(response: HttpResponse) -> bool:
    """Whether something was taken and the reader is led on: not to the log-in, nor to a password
    that has to be changed first."""
    to = response.headers.get("Location", "")
    return response.status_code in (302, 303) and not to.startswith(AGAIN)
