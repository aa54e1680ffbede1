"""WeCom: log-in of an organisation's own members, by QR on a computer and at once inside its app.

It is OAuth 2 but for the names: the organisation's token is asked for, kept for as long as it holds,
and with it who the code is of (developer.work.weixin.qq.com, 网页授权登录 and 企业微信 Web 登录).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2Adapter
from django.http import HttpRequest
from typing_extensions import override

from bihuan.foundation.access.providers import Provider
from bihuan.lib.clock import now
from bihuan.web.providers.declared import AnsweredError

# The organisation's token does not hold (any more).
STALE = (40014, 42001)
# What the app calls itself; WeChat alone, where one is no member, does not.
APP = "wxwork"
_KEPT: dict[tuple[str, str, str], tuple[str, datetime]] = {}


class WeComClient(OAuth2Client):  # type: ignore[misc]  # allauth has no types
    """Leads to the page with the QR, or, inside the app, to the one that asks nothing."""

    said: Provider
    inside_url: str

    @override
    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        asked = {"appid": self.consumer_key, "redirect_uri": self.callback_url}
        asked |= {"agentid": self.said.agent, "state": self.state}
        if APP in self.request.headers.get("User-Agent", "").lower():
            asked |= {"response_type": "code", "scope": "snsapi_base"}
            return f"{self.inside_url}?{urlencode(asked)}#wechat_redirect"
        return f"{authorization_url}?{urlencode({'login_type': 'CorpApp', **asked})}"


class WeComAdapter(OAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """What WeCom is asked once somebody is back."""

    said: Provider
    provider_id = "wecom"
    client_class = WeComClient
    authorize_url = "https://login.work.weixin.qq.com/wwlogin/sso/login"
    inside_url = "https://open.weixin.qq.com/connect/oauth2/authorize"
    access_token_url = "https://qyapi.weixin.qq.com/cgi-bin/gettoken"  # noqa: S105 - an address
    profile_url = "https://qyapi.weixin.qq.com/cgi-bin/auth/getuserinfo"

    @override
    def get_client(self, request: HttpRequest, app: Any) -> WeComClient:
        made: WeComClient = super().get_client(request, app)
        made.said, made.inside_url = self.said, self.inside_url
        return made

    @override
    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, str]:
        return {"access_token": self._token(), "code": request.GET["code"]}

    @override
    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        code = kwargs["response"]["code"]
        try:
            found = self._asked(self.profile_url, {"access_token": token.token, "code": code})
        except AnsweredError as error:
            if error.code not in STALE:
                raise
            fresh = self._token(fresh=True)
            found = self._asked(self.profile_url, {"access_token": fresh, "code": code})
        if not found.get("userid"):
            # Somebody of WeChat who is no member has an `openid` here.
            raise OAuth2Error("no member")
        return self.get_provider().sociallogin_from_response(request, {"userid": found["userid"]})

    def _token(self, *, fresh: bool = False) -> str:
        whose = (self.access_token_url, self.said.client, self.said.secret)
        token, until = _KEPT.get(whose, ("", now()))
        if fresh or until <= now():
            asked = {"corpid": self.said.client, "corpsecret": self.said.secret}
            found = self._asked(self.access_token_url, asked)
            token = str(found["access_token"])
            # A little less than it says: it is used a moment later.
            _KEPT[whose] = token, now() + timedelta(seconds=int(found["expires_in"]) - 60)
        return token

    def _asked(self, url: str, asked: Mapping[str, str]) -> Mapping[str, Any]:
        with get_adapter().get_requests_session() as line:
            found = line.request("GET", url, params=asked).json()
        if found.get("errcode", 0) != 0:
            raise AnsweredError(found["errcode"])
        told: Mapping[str, Any] = found
        return told
