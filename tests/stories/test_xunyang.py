"""The hotline of Xunyang, one call in a hundred: the document's rates come out of events."""

import pytest

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.stories import xunyang
from bihuan.stories.stage import root_of

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_the_rates_are_the_documents_own(house, capsys):
    assert stories.run("xunyang-small") is True
    found = {one.name: one.computed for one in xunyang.figures_of_small()}
    assert found == {"calls": 567, "settled": 564, "settled_rate": 995, "petitions_fall": -427}
    printed = capsys.readouterr().out
    assert "99.5%" in printed
    assert "-42.7%" in printed
    rows = Matter.objects.filter(home_path__startswith=root_of("story-xunyang-small").path)
    assert rows.count() == 567 + 75 + 43
    assert rows.filter(state="dispatched").count() == 3
    assert list(audit.everything()) == []
    before = audit.Event.objects.count()
    assert stories.run("xunyang-small") is True
    assert audit.Event.objects.count() == before


def test_figures_before_the_telling_are_refused(house):
    with pytest.raises(LookupError):
        xunyang.figures_of()
