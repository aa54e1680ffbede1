"""Three nights, 26 posts, 391 people, 100 vehicles, nine findings and a grave one: the figures come out of events; a
zone is found clean only when it has been, a shift is swapped by whoever takes it."""

from collections import Counter

import pytest

from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.stories import zones
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_three_nights_and_a_branchs_spring(house):
    # A drive, 78 posts of a night, ten findings; a zone and its incident, a roster and three shifts, three places.
    assert zones.tell() == 1 + 78 + 10 + 2 + 4 + 3
    found = zones.figures_of()
    assert [one for one in found if not one.equal] == []
    assert [one.computed for one in found if one.name == "posts"] == [26, 26, 26]
    root = root_of("story-zones")
    rows = Matter.objects.filter(home_path__startswith=root.path, programme="zones")
    states = Counter(f"{one.kind}.{one.state}" for one in rows)
    assert states["night_post.read"] == 78
    assert states["drive_finding.handed_on"] == 10
    assert states["drive.summed_up"] == states["duty_roster.over"] == 1
    zone = rows.get(kind="members_zone")
    assert (zone.state, zone.facts["times_clean"]) == ("kept", 1)
    # Of whoever lives somewhere nothing is kept but how many they are.
    for place in rows.filter(kind="let_place"):
        assert set(place.facts) <= {
            "category",
            "living_there",
            "gas_safe",
            "wiring_safe",
            "pledged",
        }
    assert list(audit.everything()) == []
    assert zones.tell() == 0
