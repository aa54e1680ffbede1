"""What makes the member face an app of its own on a phone: its manifest, its icons, its worker, and what it shows
without a network. Nothing of it names anybody: it is kept on the phone, whoever holds that."""

import hashlib
import json
from collections.abc import Mapping

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET

from bihuan.foundation.identity import api as identity
from bihuan.foundation.identity.api import Site
from bihuan.web import words
from bihuan.web.bundle import BUNDLED
from bihuan.web.member.icons import ACCENTS, SIZES, SORTS, drawn

WORKER = BUNDLED / "member-worker.js"
# What the page without a network is made of.
SHELL = ("site.css", "member.js", "icons.svg")
_HOUR = 3600


def _name(site: Site) -> str:
    return site.name or words.text("site.name")


def _address(site: Site, size: int, sort: str) -> str:
    # Another emblem, or another colour, is another address.
    mark = f"{site.emblem}-{site.accent}".strip("-")
    return f"{reverse('member:icon', args=[size, sort])}?v={mark}"


@require_GET
@cache_control(no_cache=True)
def manifest(request: HttpRequest) -> JsonResponse:
    """What a phone needs to keep it among its apps: whose it is, its icons, where it begins."""
    del request
    site = identity.site()
    icons = [
        {
            "src": _address(site, size, sort),
            "sizes": f"{size}x{size}",
            "type": "image/png",
            "purpose": sort,
        }
        for sort in SORTS
        for size in SIZES
    ]
    told = {
        "id": reverse("member:today"),
        "name": _name(site),
        "short_name": _name(site)[:12],
        "description": words.text("member.about"),
        "lang": words.locale(),
        "start_url": reverse("member:today"),
        # What it leads to (a matter, the notices) stays in its own window.
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f5f3",
        "theme_color": ACCENTS[site.accent],
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_GET
@cache_control(public=True, max_age=_HOUR)
def icon(request: HttpRequest, size: int, sort: str) -> HttpResponse:
    """The emblem as a phone shows it among its apps; without one, the house's own sign."""
    del request
    if size not in SIZES or sort not in SORTS:
        raise Http404
    site = identity.site()
    return HttpResponse(drawn(site.emblem, site.accent, size, sort), content_type="image/png")


def version(shell: Mapping[str, str], site: Site) -> str:
    """What changes with everything that a phone keeps."""
    told = json.dumps([dict(shell), _name(site), site.emblem, site.accent], sort_keys=True)
    text = f"{told}{WORKER.read_text(encoding='utf-8')}"
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _bundle() -> dict[str, str]:
    """Every file of the bundle under the name it has now: another one is another version."""
    return dict(getattr(staticfiles_storage, "hashed_files", {}))


@require_GET
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, from the folder it may answer for: its version, and what it keeps."""
    del request
    kept = [static(f"bihuan/{name}") for name in SHELL]
    pages = {code: reverse("member:offline", args=[code]) for code, _ in settings.LANGUAGES}
    told = {
        "version": f"member-{version(_bundle(), identity.site())}",
        "files": kept,
        "pages": pages,
        "language": settings.LANGUAGE_CODE,
    }
    text = f"self.TOLD = {json.dumps(told)};\n{WORKER.read_text(encoding='utf-8')}"
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@require_GET
@cache_control(no_cache=True)
def offline(request: HttpRequest, language: str) -> HttpResponse:
    """What stands there without a network, in a language: kept on the phone, it knows nobody."""
    if language not in dict(settings.LANGUAGES):
        raise Http404
    with translation.override(language):
        return render(request, "member/offline.html", {"unknown": True})
