"""What allauth asks the house: which providers there are, and what becomes of who comes back.

allauth carries a log-in to a provider and back (state, proof of the code, tokens) and decides nothing:
every end of it is answered here, before it would look for accounts of its own.
"""

from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest
from typing_extensions import override

from bihuan.foundation.access.providers import Provider
from bihuan.foundation.notify.asking import Asking
from bihuan.web.providers import ends
from bihuan.web.providers.kinds import KINDS


def declared(key: str) -> Provider:
    """A provider of the operator's. Raises LookupError."""
    found: Provider | None = settings.PROVIDERS.get(key)
    if found is None:
        raise LookupError(key)
    return found


class Adapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """Providers come from the operator's file, log-ins are begun by the house."""

    @override
    def get_requests_session(self) -> Asking:
        return Asking()

    @override
    def list_apps(self, *given: Any, **named: Any) -> list[SocialApp]:
        return []

    @override
    def get_provider(self, request: HttpRequest, provider: str, client_id: object = None) -> Any:
        said = declared(provider)
        app = SocialApp(
            provider=said.kind,
            provider_id=said.key,
            name=said.name,
            client_id=said.client,
            secret=said.secret,
            settings={"server_url": said.address, "oauth_pkce_enabled": said.kind == "oidc"},
        )
        return KINDS[said.kind](request, app, said)

    @override
    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> NoReturn:
        provider = sociallogin.provider
        told = provider.told(sociallogin.account.extra_data, sociallogin.state["data"])
        answer = ends.came_back(
            request, provider.said, sociallogin.account.uid, told, sociallogin.state
        )
        raise ImmediateHttpResponse(answer)

    @override
    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: object = None,
    ) -> NoReturn:
        why = "cancelled" if error == AuthError.CANCELLED else "failed"
        raise ImmediateHttpResponse(ends.failed(request, provider.said, why, exception))
