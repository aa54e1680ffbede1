"""The kinds of providers: what each is asked, and what it tells."""

from collections.abc import Mapping
from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.dingtalk.provider import DingTalkProvider
from allauth.socialaccount.providers.dingtalk.views import DingTalkOAuth2Adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest
from typing_extensions import override

from bihuan.foundation.access.providers import Provider
from bihuan.web.providers.declared import AnsweredError, Back, Declared
from bihuan.web.providers.oidc import Oidc
from bihuan.web.providers.wecom import WeComAdapter


class DingTalkAdapter(Back, DingTalkOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """DingTalk; which organisation somebody chose comes with the token."""

    @override
    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        login = super().complete_login(request, app, token, **kwargs)
        _of_tenant(self.said, kwargs["response"].get("corpId"))
        return login


class DingTalk(Declared, DingTalkProvider):  # type: ignore[misc]  # allauth has no types
    """钉钉."""

    oauth2_adapter_class = DingTalkAdapter

    @override
    def get_auth_params(self) -> dict[str, str]:
        # Without it nothing is asked of whoever was asked before, and the code comes without an organisation.
        return {"prompt": "consent"}


class FeishuClient(OAuth2Client):  # type: ignore[misc]  # allauth has no types
    """Asks for a token as Feishu's second version has it: JSON both ways, `code` not 0 is an error."""

    @override
    def get_access_token(
        self, code: str, pkce_code_verifier: str | None = None, extra_data: object = None
    ) -> Any:
        asked = {
            "grant_type": "authorization_code",
            "client_id": self.consumer_key,
            "client_secret": self.consumer_secret,
            "code": code,
            "redirect_uri": self.callback_url,
        }
        with get_adapter().get_requests_session() as line:
            answer = line.request("POST", self.access_token_url, json=asked)
        # Feishu says what was wrong with status 400 and a code in the body.
        found = answer.json()
        if found.get("code") != 0 or not found.get("access_token"):
            raise AnsweredError(found.get("code"))
        return found


class FeishuAdapter(Back, OAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """Feishu and Lark, the second version of their log-in."""

    provider_id = "feishu"
    client_class = FeishuClient
    authorize_url = "https://accounts.feishu.cn/open-apis/authen/v1/authorize"
    access_token_url = "https://open.feishu.cn/open-apis/authen/v2/oauth/token"  # noqa: S105 - an address
    profile_url = "https://open.feishu.cn/open-apis/authen/v1/user_info"

    @override
    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        with get_adapter().get_requests_session() as line:
            headers = {"Authorization": f"Bearer {token.token}"}
            found = line.request("GET", self.profile_url, headers=headers).json()
        if found.get("code") != 0:
            raise AnsweredError(found.get("code"))
        _of_tenant(self.said, found["data"].get("tenant_key"))
        return self.get_provider().sociallogin_from_response(request, found["data"])


class Feishu(Declared):
    """飞书."""

    id = "feishu"
    name = "feishu"
    oauth2_adapter_class = FeishuAdapter

    @override
    def extract_uid(self, data: Mapping[str, Any]) -> str:
        return str(data["open_id"])


class _WeComAdapter(Back, WeComAdapter):
    """WeCom, coming back to the house."""


class WeCom(Declared):
    """企业微信."""

    id = "wecom"
    name = "wecom"
    oauth2_adapter_class = _WeComAdapter

    @override
    def extract_uid(self, data: Mapping[str, Any]) -> str:
        return str(data["userid"])


def _of_tenant(said: Provider, tenant: object) -> None:
    if said.tenant and tenant != said.tenant:
        raise OAuth2Error("of another organisation")


KINDS = {"oidc": Oidc, "dingtalk": DingTalk, "feishu": Feishu, "wecom": WeCom}
