"""What `/api/v1/` itself answers: what this is, where it is told of, what one may begin with."""

from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from bihuan import __version__
from bihuan.foundation.identity import api as identity

# Name → address below this one. Those without `public/` ask for a token.
COLLECTIONS = {
    "kinds": "public/kinds",
    "answers": "public/answers",
    "notices": "public/notices",
    "services": "public/services",
    "kept": "public/kept",
    "bulletins": "public/bulletins",
    "matters": "matters",
    "figures": "figures",
    "programmes": "programmes",
    "orgs": "orgs",
    "inbox": "inbox",
}


@require_safe
def index(request: HttpRequest) -> JsonResponse:
    """Name, version, documentation, the OpenAPI document, and the collections, each as a whole address."""
    del request
    here = f"{settings.PUBLIC_URL}{reverse('index')}"
    return JsonResponse(
        {
            "name": "Bihuan",
            "site": identity.site().name,
            "version": __version__,
            "interface": "v1",
            "documentation": f"{settings.PUBLIC_URL}{reverse('portal:interface')}",
            "operations": f"{settings.PUBLIC_URL}{reverse('operations')}",
            "openapi": f"{settings.PUBLIC_URL}{reverse('openapi')}",
            "open311": f"{settings.PUBLIC_URL}/open311/v2/services.json",
            "collections": {
                name: {"href": f"{here}{path}", "token": not path.startswith("public/")}
                for name, path in COLLECTIONS.items()
            },
        },
        json_dumps_params={"ensure_ascii": False},
    )
