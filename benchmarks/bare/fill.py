"""Makes the tables, a logged-in session and some tickets; prints {"session": …, "page": …}.

python -m bare.fill TICKETS
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bare.settings")
django.setup()

from django.apps import apps  # noqa: E402 - Django must be set up first
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402 - as above
from django.contrib.auth.models import User  # noqa: E402 - as above
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402 - as above
from django.core.management import call_command  # noqa: E402 - as above
from django.db import connection  # noqa: E402 - as above
from django.utils import timezone  # noqa: E402 - as above


def main(count):
    call_command("migrate", verbosity=0)
    Ticket, Event = apps.get_model("bare", "Ticket"), apps.get_model("bare", "Event")
    with connection.schema_editor() as editor:
        editor.create_model(Ticket)
        editor.create_model(Event)
    user = User.objects.create_user("desk", password="not-used-here")
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    now = timezone.now()
    first = Ticket.objects.create(
        subject="红绿灯坏了",
        body="人民路的红绿灯坏了三天。",
        state="handling",
        unit="center",
        opened_at=now,
        due_at=now,
    )
    Event.objects.bulk_create(
        Event(
            ticket=first,
            action=f"note{n}",
            actor="desk",
            at=now,
            text="已联系养护单位，明日到场处理。",
        )
        for n in range(20)
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bare_ticket (subject, body, state, unit, person, opened_at, due_at) SELECT "
            "t.subject || n, t.body, t.state, t.unit, t.person, t.opened_at, t.due_at "
            "FROM generate_series(1, %s) AS n, bare_ticket AS t WHERE t.id = %s",
            [count, first.pk],
        )
        cursor.execute("VACUUM ANALYZE")
    print(json.dumps({"session": session.session_key, "page": first.pk}))


main(int(sys.argv[1]))
