"""What is owed, by several at one instant: two free the same, two workers remind."""

from collections import Counter
from datetime import UTC, date, datetime

import owed
import pytest
from at_once import at_once

from bihuan.foundation.notify.models import Notice
from bihuan.kernel.matters import api as matters
from bihuan.kernel.obligations import api as obligations
from bihuan.kernel.obligations.api import Waiving
from bihuan.lib.problems import RefusedError

pytestmark = pytest.mark.django_db(transaction=True)
# The day after the last of grace of March, and after the first quarter.
AT = datetime(2026, 4, 7, 2, tzinfo=UTC)


def test_one_waiver_one_notice_each_and_one_matter(house):
    owed.land()
    one, above = obligations.find(owed.SITTINGS), house.actor("vvv_above")
    wanted = Waiving(one, house.org("cell_a"), "flooded", date(2026, 3, 1), date(2026, 3, 31))
    free = at_once([lambda: obligations.waive(wanted, actor=above, at=AT)] * 3)
    assert sum(isinstance(each, obligations.Waiver) for each in free) == 1
    assert sum(isinstance(each, RefusedError) for each in free) == 2
    done = at_once([lambda: obligations.remind(AT)] * 3)
    # One that met the other's lock goes on the next time.
    assert any(isinstance(each, int) for each in done), done
    obligations.remind(AT)
    told = Counter(Notice.objects.values_list("person_id", "key"))
    assert told
    assert set(told.values()) == {1}
    slips = matters.Matter.objects.filter(kind="slip", subject="每季一课 2026-Q1")
    assert Counter(each.unit.code for each in slips) == {"cell_a": 1, "cell_b": 1, "cell_c": 1}
