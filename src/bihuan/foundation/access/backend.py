"""Who is logged in, asked by every page."""

from django.contrib.auth.backends import ModelBackend
from typing_extensions import override

from bihuan.foundation.orgs.api import Person, standing_person


class StandingBackend(ModelBackend):
    """Django's own, with the person behind a session taken from standing data."""

    @override
    def get_user(self, user_id: int) -> Person | None:
        """The person of a session, or None once gone or inactive."""
        try:
            found = standing_person(int(user_id))
        except Person.DoesNotExist:
            return None
        return found if self.user_can_authenticate(found) else None
