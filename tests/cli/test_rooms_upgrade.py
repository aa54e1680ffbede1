"""An installation of before the rooms: its tables take other names, and every row stays."""

import pytest
from place import VENDORS, Places

BEFORE = """
from django.core.management import call_command
from django.db import connection
from bihuan.foundation.audit.api import vault
from bihuan.kernel.workbench import api as workbench
from bihuan.kernel.absences import api as absences
from house import House
h = House()
workbench.add_phrase(h.org("city"), "谢谢", "感谢您的来信。", at=h.at, actor=h.actor("admin"))
workbench.save_filter(h.person("desk").pk, "投诉", "category=complaint")
m = h.open("路灯不亮。").matter
for app in ("absences", "afield", "exchange", "watches", "workbench"):
    call_command("migrate", app, "zero", verbosity=0, skip_checks=True)
call_command("migrate", "matters", "0011_phone_entry", verbosity=0, skip_checks=True)
tables = set(connection.introspection.table_names())
assert {"matters_phrase", "matters_watch", "matters_absence"} <= tables, sorted(tables)
assert not {"workbench_phrase", "watches_watch", "absences_absence"} & tables, sorted(tables)
"""
AFTER = """
import json
from bihuan.foundation.audit import api as audit
from bihuan.kernel.workbench import api as workbench
from house import House
h = House()
print(json.dumps([
    [one.body for one in workbench.phrases_for(h.org("city").path)],
    [one.query for one in workbench.filters_of(h.person("desk").pk)],
    [str(f) for f in audit.everything()],
], ensure_ascii=False))
"""


@pytest.mark.parametrize("vendor", VENDORS)
def test_tables_move_to_their_rooms_with_all_rows(places: Places, vendor):
    place = places.built(vendor)
    place.python(BEFORE)
    assert place.run("init").returncode == 0
    assert place.python(AFTER) == '[["感谢您的来信。"], ["category=complaint"], []]'
    # And work goes on in them.
    place.python(
        "from house import House; from bihuan.kernel.workbench import api as w; h = House();"
        "w.add_phrase(h.org('city'), '再见', '再见。', at=h.after(days=1), actor=h.actor('admin'))"
    )
