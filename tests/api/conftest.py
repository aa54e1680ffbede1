"""The city seen through the interface: tokens, and a client that speaks JSON."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from house import House

from bihuan.foundation.access import api as access

ALL = ["matters:read", "matters:write", "contacts:reveal", "admin"]
V1 = "/api/v1"


@dataclass
class Caller:
    """Somebody who calls the interface; `secret` is their token, '' for nobody."""

    house: House
    secret: str = ""
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def headers(self, extra: dict[str, str] | None = None) -> dict[str, str]:
        held = {"Accept-Language": "en"}
        if self.secret:
            held["Authorization"] = f"Bearer {self.secret}"
        return {**held, **(extra or {})}

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request to /api/v1; a dict as body goes as JSON."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        content = {}
        if body is not None:
            text = body if isinstance(body, (str, bytes)) else json.dumps(body)
            content = {"data": text, "content_type": "application/json"}
        return self.client.generic(method, f"{V1}{path}", headers=self.headers(given), **content)

    def get(self, path: str, **headers: str) -> Any:
        return self.call("GET", path, **headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.call("POST", path, {} if body is None else body, **headers)

    def put(self, path: str, body: Any) -> Any:
        return self.call("PUT", path, body)

    def patch(self, path: str, body: Any) -> Any:
        return self.call("PATCH", path, body)

    def upload(self, path: str, data: Any, files: list[Any], **headers: str) -> Any:
        """A multipart request with one JSON part and files."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"{V1}{path}",
            {"data": json.dumps(data), "files": files},
            headers=self.headers(given),
        )


@dataclass
class Callers:
    """Makes callers: `callers("desk")`, `callers("desk", scopes=[…])`, `callers()` for nobody."""

    house: House

    def __call__(self, key: str | None = None, scopes: list[str] | None = None) -> Caller:
        if key is None:
            return Caller(self.house)
        secret = access.issue_token(
            self.house.person(key).pk,
            "test",
            scopes or ALL,
            expires=(self.house.at + timedelta(days=3650)).date(),
            at=self.house.at,
            actor="system",
        )
        return Caller(self.house, secret)


@pytest.fixture(autouse=True)
def _on_the_day() -> Iterator[None]:
    """The interface reads the wall clock; here it stands at the city's morning."""
    with time_machine.travel(House().at, tick=True):
        yield


@pytest.fixture
def callers(house: House) -> Callers:
    return Callers(house)


@pytest.fixture
def desk(callers: Callers) -> Caller:
    return callers("desk")


@pytest.fixture
def nobody(callers: Callers) -> Caller:
    return callers()
