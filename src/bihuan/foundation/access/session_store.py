"""Where sessions are kept: Django's own store in the database, with whose each is beside it."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Plain
from typing_extensions import override

from bihuan.foundation.access.models import LoginSession
from bihuan.foundation.sql.lookup import Lookup

_by_key = Lookup(LoginSession.objects.filter(session_key="?"), "?")


class SessionStore(Plain):
    """The session engine that settings name."""

    @classmethod
    @override
    def get_model_class(cls) -> type[LoginSession]:
        return LoginSession

    @override
    def load(self) -> dict[str, Any]:
        """What is kept. Every page of whoever is logged in asks: composing the query took a twentieth of it."""
        for row in _by_key(self.session_key or ""):
            if self.get_expiry_age(expiry=row.expire_date) >= 0:
                found: dict[str, Any] = self.decode(row.session_data)
                return found
        self._session_key = None
        return {}

    @override
    def create_model_instance(self, data: dict[str, Any]) -> LoginSession:
        row = super().create_model_instance(data)
        assert isinstance(row, LoginSession)
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row
