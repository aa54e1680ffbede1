"""Pages leave packed where the browser says that it can unpack them."""

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from typing_extensions import override

# Pictures, workbooks and papers are packed as they are.
WORDS = ("text/", "application/json", "application/geo+json", "application/atom+xml")


class PackedMiddleware(GZipMiddleware):
    """Packs what is words. Some bytes of chance in each answer keep its length from telling what
    is in it (BREACH)."""

    @override
    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.headers.get("Content-Type", "").startswith(WORDS):
            return response
        return super().process_response(request, response)
