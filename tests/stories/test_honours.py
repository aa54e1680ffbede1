"""25 five-star members: one refused with the source shown, a juror who is a candidate recused, one removed by an
objection so that the next one moves up, one revoked; names on the wall with consent only."""

from datetime import date

import pytest
from django.test import Client

from bihuan.facets.round import shown, wall
from bihuan.facets.round.models import Award, Candidacy, Conflict
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.programmes import api as programmes
from bihuan.outcomes.papers.models import IssuedPaper
from bihuan.rules.periods import Grain, Period
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS
from bihuan.stories import honours
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.either


@pytest.mark.django_db(transaction=True)
def test_25_are_chosen_and_what_was_wrong_is_undone(house):
    assert honours.tell() == 28
    assert all(one.equal for one in honours.figures_of())
    rows = Matter.objects.filter(home_path__startswith=root_of("story-honours").path)
    (round_,) = rows.filter(kind="selection")
    nominated = rows.filter(kind="person_candidate")
    states = sorted(nominated.values_list("state", flat=True))
    assert states == ["award_withdrawn"] + ["awarded"] * 24 + [
        "not_chosen",
        "not_eligible",
        "removed",
    ]
    assert {*Candidacy.objects.values_list("how", flat=True)} == {"self", "branch"}
    # The source of the refusal is the promise that is still to be put right, for whoever sees that.
    who = access.actor(account("honours-leader-1"), house.day)
    part = shown.of_round(round_, who, house.at)
    (bad,) = (one for one in part["nominees"] if one["state"] == "not_eligible")
    (why,) = (one for one in bad["conditions"] if one["is_met"] is False)
    assert why["condition"] == "nothing_to_put_right"
    assert Matter.objects.get(pk=why["sources"][0]["id"]).state == "putting_right"
    # The juror who is a candidate has a stake in all of them, and voted on none.
    juror = account("honours-juror-6")
    assert Conflict.objects.filter(person_id=juror.pk, why="contender").count() == 27
    voted = {
        e.actor
        for one in nominated
        for e in audit.history(one.stream)
        if audit.read(e).get("action") == "cast"
    }
    assert f"person:{juror.pk}" not in voted
    # On the wall: those who agreed, and how many more; the revoked one is gone from it.
    (row,) = wall.wall()
    assert row.count == 24 == Award.objects.filter(ended__isnull=True).count()
    assert 0 < len(row.named) < 24
    page = Client().get("/wall").content.decode()
    assert all(one.name in page for one in row.named)
    gone = Candidacy.objects.get(matter_id=nominated.get(state="award_withdrawn").pk)
    assert shown.whom(gone)["name"] not in page
    # Its certificate no longer holds; those of others do.
    held = {one.matter_id: one.state for one in IssuedPaper.objects.all()}
    assert sorted(held.values()) == ["issued", "issued", "withdrawn"]
    assert held[gone.matter_id] == "withdrawn"
    period = Period.of(Grain.YEAR, date(2011, 6, 1))
    spec = next(one for one in programmes.known() if one.id == "honours")
    block = BULLETIN_BLOCKS["honoured_list"]
    printed = block.gathered(spec, root_of("story-honours"), period, "zh-Hans")
    # Who is not named is a number there: neither where they belong nor the day is printed.
    assert len(printed.rows) == 1 + len(row.named) + 1
    assert printed.rows[-1] == ("五星级党员", f"另有{row.withheld}人不公开姓名。", "", "")
    assert list(audit.everything()) == []
    assert honours.tell() == 0
