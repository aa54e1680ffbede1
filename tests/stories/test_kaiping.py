"""The windows of Kaiping, one person in a hundred: the document's ratios come out of events."""

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.stories import kaiping
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either
COMPUTED = {
    "consults": 318,
    "accepted": 627,
    "settled": 623,
    "immediate": 321,
    "immediate_rate": 51,
    "on_time_rate": 100,
    "valid_complaints": 0,
}


@pytest.mark.django_db(transaction=True)
def test_the_ratios_are_the_documents_own(house, capsys):
    assert stories.run("kaiping-small") is True
    found = {one.name: one.computed for one in kaiping.figures_of(kaiping.SMALL)}
    assert found == COMPUTED
    printed = capsys.readouterr().out
    assert "51%" in printed
    assert "100%" in printed
    rows = Matter.objects.filter(home_path__startswith=root_of("story-kaiping-100").path)
    assert rows.count() == COMPUTED["consults"] + COMPUTED["accepted"]
    assert rows.values("unit_id").distinct().count() == 41
    assert list(audit.everything()) == []
    before = audit.Event.objects.count()
    assert stories.run("kaiping-small") is True
    assert audit.Event.objects.count() == before


def test_figures_before_the_telling_are_refused(house):
    with pytest.raises(LookupError):
        kaiping.figures_of()
