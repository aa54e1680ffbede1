"""Where sessions are kept: Django's own store in the database, with whose each is beside it."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Plain
from typing_extensions import override

from bihuan.foundation.access.models import LoginSession


class SessionStore(Plain):
    """The session engine that settings name."""

    @classmethod
    @override
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    @override
    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        row = super().create_model_instance(data)
        assert isinstance(row, LoginSession)
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
