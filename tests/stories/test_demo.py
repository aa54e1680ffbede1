"""The demonstration city, as an operator makes it: every state is there."""

import json
from collections.abc import Iterator

import pytest
from django.utils import timezone
from place import Place, Places

from bihuan.lib.clock import now
from bihuan.stories import xining

STATES = {
    "received", "accepted", "dispatched", "disputed", "handling", "waiting", "reviewing",
    "answered", "merged", "closed", "withdrawn",
}  # fmt: skip
# How long a password takes to guess is proved elsewhere; here each of them is made and tried.
QUICK = """
from django.conf import settings
settings.PASSWORD_HASHERS = ["house.Quick"]
"""
LOOK = """
import json
from collections import Counter
from bihuan.foundation.audit.api import Event
from bihuan.foundation.files import api as files
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs.api import Person
from bihuan.jobs import proving
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity.api import Publication
from bihuan.stories.stage import root_of
from bihuan.kernel.receivers.api import open_to_senders
from django.utils import timezone
city = root_of("demo-city")
ours = list(Matter.objects.filter(home_path__startswith=city.path))
voice = [m for m in ours if m.kind == "voice"]
print(json.dumps({
    "states": Counter(m.state for m in voice),
    "kinds": Counter(m.kind for m in ours),
    "levels": Counter(m.level for m in voice),
    "paused": sum(m.paused for m in voice),
    "supervised": sum(bool(m.facts.get("supervised")) for m in voice),
    "instructed": sum(bool(m.facts.get("instructed")) for m in voice),
    "joined": sorted(m.facts["joined"] for m in voice if "joined" in m.facts),
    "joined_answered": sum(m.state == "answered" for m in voice if m.merged_into_id),
    "files": sum(len(files.of(m.stream)) for m in voice),
    "publications": Counter(
        f"{p.board} {p.state}" for p in Publication.objects.filter(home_path__startswith=city.path)
    ),
    "passwords": sorted(
        p.username for p in Person.objects.all()
        if p.has_usable_password() and p.check_password("bihuan-demo-2026")
    ),
    "failed": len(notify.failed()),
    "months": len({timezone.localtime(m.opened_at).strftime("%Y-%m") for m in voice}),
    "receivers": len(open_to_senders(timezone.localdate())),
    "wrong": [str(f) for f in proving.everything()],
    "to_come": Event.objects.filter(at__gt=timezone.now()).count(),
}))
"""
COUNT = """
from bihuan.foundation.audit.api import Event
print(Event.objects.count())
"""


@pytest.fixture(scope="module")
def place(tmp_path_factory) -> Iterator[Place]:
    """An installation filled by the real command. The stories in it are told on both databases by
    tests of their own."""
    places = Places(tmp_path_factory.mktemp("demo"))
    one = places.new()
    _, done = one.together(QUICK, ["demo"])
    assert done.returncode == 0, done.stderr
    assert "bihuan-demo-2026" in done.stdout
    yield one
    places.close()


def test_the_city_shows_everything(place):
    found = json.loads(place.python(QUICK + LOOK))
    assert found["wrong"] == []
    assert found["to_come"] == 0, "what is sealed waits for what is to come"
    assert set(found["states"]) == STATES
    assert sum(found["states"].values()) >= 40
    assert {
        "directive",
        "inspection",
        "outreach",
        "application",
        "appointment",
        "ticket",
        "proposal",
        "council",
        "nil_report",
        "early_warning",
        "members_zone",
        "shift",
        "theme_day",
    } <= set(found["kinds"])
    assert {"none", "near", "urgent", "late"} == set(found["levels"])
    assert found["paused"] >= 1
    assert found["supervised"] >= 2
    assert found["instructed"] >= 1
    assert found["joined"] == [2, 3]
    assert found["joined_answered"] == 2
    assert found["files"] >= 15
    # A year behind them: every month has its messages, and most of them an end.
    # (On the first day of this one it may have none yet.)
    assert found["months"] in ({12, 13} if timezone.localtime(now()).day == 1 else {13})
    assert found["states"]["closed"] > 100
    assert found["receivers"] < 12, "a newcomer need not look for the city among strange offices"
    assert found["publications"]["answers drafted"] >= 1
    assert found["publications"]["answers published"] >= 5
    assert found["publications"]["bulletins published"] == 1
    assert found["failed"] == 0
    assert found["passwords"] == [
        *(
            "admin",
            "anhe-desk",
            "branch-writer",
            "desk",
            "handler",
            "issues-finder",
            "issues-organizer",
            "issues-owner",
        ),
        *(
            "leader",
            "member",
            "on-call",
            "publisher",
            "secretary",
            "supervisor",
            "town-doctor",
            "village-doctor",
        ),
        *("zone-lead", "zone-member"),
    ]


def test_a_second_demo_writes_nothing(place):
    before, again, after = place.together(COUNT, ["demo"], COUNT)
    assert again.returncode == 1
    assert "created only once" in again.stdout
    assert int(after.stdout) == int(before.stdout) > 1000


def test_figures_before_the_telling_are_refused(house):
    with pytest.raises(LookupError):
        xining.figures_of()
