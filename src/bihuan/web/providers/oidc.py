"""OpenID Connect: any provider, by the address at which it says where everything is."""

import secrets
from collections.abc import Mapping
from typing import Any

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.http import HttpRequest
from typing_extensions import override

from bihuan.web.providers.declared import Back, Declared

# Keys of which the public half is published; one that both know would let any of its holders sign.
SIGNED = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class OidcAdapter(Back, OpenIDConnectOAuth2Adapter):  # type: ignore[misc]  # allauth has no types
    """OpenID Connect, by discovery."""

    @override
    def _decode_id_token(self, app: Any, id_token: str) -> Any:
        # Also where it came straight from the provider: inside a house that is not always over TLS.
        with get_adapter().get_requests_session() as line:
            found = line.request("GET", self.openid_config["jwks_uri"]).json()
        try:
            keys = jwt.PyJWKSet.from_dict(found).keys
            wanted = jwt.get_unverified_header(id_token).get("kid")
            named = [one for one in keys if wanted is None or one.key_id == wanted]
            # Where none is named there must be one only.
            key = named[0] if len(named) == 1 else None
            if key is None:
                raise OAuth2Error("signed by an unknown key")
            data = jwt.decode(
                id_token,
                key=key.key,
                algorithms=SIGNED,
                issuer=self.openid_config["issuer"],
                audience=app.client_id,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            raise OAuth2Error(type(error).__name__) from error
        jwtkit.verify_jti(data)
        return data


class Oidc(Declared, OpenIDConnectProvider):  # type: ignore[misc]  # allauth has no types
    """Any OpenID Connect provider."""

    @override
    def get_oauth2_adapter(self, request: HttpRequest) -> OidcAdapter:
        made = OidcAdapter(request, self.said.key)
        made.said = self.said
        return made

    @override
    def extract_uid(self, data: Mapping[str, Any]) -> str:
        # Both tell of the same person, or somebody exchanged one (OpenID Connect Core, 5.3.2).
        found = {str(one["sub"]) for one in (data.get("userinfo"), data.get("id_token")) if one}
        if len(found) != 1 or not data.get("id_token"):
            raise OAuth2Error("the two answers tell of different people")
        return found.pop()

    @override
    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> Any:
        # It comes back inside what is signed: an answer to another question is no answer to this.
        nonce = secrets.token_urlsafe(16)
        kept = {**data, "nonce": nonce}
        asked = {"nonce": nonce}
        return super().redirect(request, process, next_url, kept, auth_params=asked, **kwargs)

    @override
    def told(self, data: Mapping[str, Any], begun: Mapping[str, Any]) -> Mapping[str, Any]:
        if data["id_token"].get("nonce") != begun["nonce"]:
            raise OAuth2Error("an answer to another question")
        found = {**data["id_token"], **data.get("userinfo", {})}
        # What does not say so is not: at many providers people type their address themselves.
        if found.get("email_verified") is not True:
            found.pop("email", None)
        return found
