"""Posts report, one is silent, one crosses the threshold: the house finds out both, people handle and look back; the
figures come out of events."""

from collections import Counter

import pytest

from bihuan.facets.thresholds.models import Crossing
from bihuan.facets.thresholds.shown import shown
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.stories import monitoring
from bihuan.stories.stage import account, local, root_of, script

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_a_silent_post_and_an_alert_are_found_handled_and_looked_back_on(house):
    assert monitoring.tell() == 32
    found = monitoring.figures_of()
    assert [one for one in found if not one.equal] == []
    root = root_of("story-monitoring")
    rows = Matter.objects.filter(home_path__startswith=root.path, programme="monitoring")
    states = Counter(f"{one.kind}.{one.state}" for one in rows.exclude(kind="nil_report"))
    assert states["early_warning.looked_back"] == states["early_warning.ruled_out"] == 1
    assert states["silent_post.settled"] == 1
    assert rows.get(kind="silent_post").home.name == "柳溪村卫生站"
    alert = rows.get(kind="early_warning", state="looked_back")
    assert alert.home.name == "塘尾村卫生站"
    assert (alert.facts["counted_then"], alert.facts["alert_from"]) == (4, 3)
    # Each alert had one hand, the two of them two.
    assert rows.filter(kind="early_warning").values("assignee_id").distinct().count() == 2
    assert Crossing.objects.filter(place_id__in=rows.values("home_id")).count() == 2
    at = local(script("monitoring")["weeks"][2])
    told = shown(alert, access.actor(account("monitoring-duty-1"), at.date()), at)
    assert told["times"] == [
        {"period": "2026-W12", "crossed_by": "limit", "value": 4, "least": 3, "now": 4}
    ]
    assert [one["value"] for one in told["run"]][-3:] == [0, 0, 4]
    assert [(one["org"], one["value"]) for one in told["counted"]] == [("塘尾村卫生站", 4)]
    (paper,) = monitoring.bulletins()
    assert paper.state == "issued"
    assert list(audit.everything()) == []
    assert monitoring.tell() == 0
