"""What all kinds of providers have in common."""

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from typing_extensions import override

from bihuan.foundation.access.providers import Provider

# What the operator's `addresses` are called, and what allauth calls them.
ADDRESSES = {
    "authorize": "authorize_url",
    "inside": "inside_url",
    "token": "access_token_url",
    "profile": "profile_url",
}


class AnsweredError(OAuth2Error):  # type: ignore[misc]  # allauth has no types
    """A provider said no; `code` is its own for why."""

    def __init__(self, code: object) -> None:
        self.code = code if isinstance(code, int) else repr(code)[:60]
        super().__init__(f"code {self.code}")


def back_address(key: str) -> str:
    """Where a provider sends people back to: the house's public address, whatever a request says."""
    return f"{settings.PUBLIC_URL}{reverse('desk:by_back', args=[key])}"


class Came(SocialLogin):  # type: ignore[misc]  # allauth has no types
    """Somebody who came back. Who that is here is asked of the house: allauth's tables are empty."""

    @override
    def lookup(self) -> None:
        """Nothing."""


class Declared(OAuth2Provider):  # type: ignore[misc]  # allauth has no types
    """What all kinds have in common."""

    def __init__(self, request: HttpRequest, app: Any, said: Provider) -> None:
        super().__init__(request, app)
        self.said = said

    def told(self, data: Mapping[str, Any], begun: Mapping[str, Any]) -> Mapping[str, Any]:
        """What the provider tells of somebody, by its own words; `begun` is what was kept here when they
        went. Raises OAuth2Error where it answers another question."""
        del begun
        return data

    @override
    def get_oauth2_adapter(self, request: HttpRequest) -> Any:
        made = self.oauth2_adapter_class(request)
        made.said = self.said
        # Each address is the operator's where they gave one.
        for name, address in self.said.addresses.items():
            setattr(made, ADDRESSES[name], address)
        return made

    @override
    def sociallogin_from_response(self, request: HttpRequest, response: Any) -> Came:
        uid = self.extract_uid(response)
        if not isinstance(uid, str) or not 0 < len(uid) <= 255:
            raise OAuth2Error("nobody is told")
        account = SocialAccount(uid=uid, provider=self.said.key, extra_data=response)
        return Came(provider=self, account=account)


class Back:
    """The address to come back to, of the house."""

    said: Provider

    def get_provider(self) -> Any:
        return get_adapter().get_provider(None, self.said.key)

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        del request, app
        return back_address(self.said.key)
