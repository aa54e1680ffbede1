"""Who is complained of, said after the opening: who may say so, what it keeps from whom, how it is mended."""

import pytest

from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter, Opening
from bihuan.kernel.upkeep import api as upkeep
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db


def name(house, matter, by, words="车辆管理所"):
    return impartiality.naming.name(matter.pk, words, actor=house.actor(by), at=house.at)


def sees(house, who, matter):
    return matters.sees(house.actor(who), Matter.objects.get(pk=matter.pk))


def told(house, who):
    return [one.text for one in notify.inbox(house.person(who).pk)]


def test_what_the_caller_says_later_takes_it_from_the_unit_that_had_it(house):
    matter = house.handling().matter
    name(house, matter, "desk2")
    found = Matter.objects.get(pk=matter.pk)
    assert found.assignee_id is None
    assert [one.name for one in impartiality.naming.of(found)] == ["车辆管理所"]
    assert not sees(house, "handler", matter)
    assert not sees(house, "handler2", matter)
    assert sees(house, "leader", matter)
    assert "notice.recused" in told(house, "handler")
    assert "notice.named_unit" in told(house, "desk2")
    assert list(upkeep.unattended(house.at)) == []
    # It goes on elsewhere, and never back there.
    place = house.org("vehicles").pk
    with pytest.raises(RefusedError, match="unit_named"):
        house.act(matter, "transfer", "desk", unit=place, reason="被投诉")
    house.act(matter, "transfer", "desk", unit=house.org("streets").pk, reason="被投诉")
    assert sees(house, "other_handler", matter)


@pytest.mark.parametrize(
    "by", ["handler", "handler2", "publisher", "other_handler", "outsider", "admin"]
)
def test_only_the_desk_or_somebody_above_says_so(house, by):
    matter = house.handling().matter
    with pytest.raises((NotAllowedError, LookupError)):
        name(house, matter, by, "何砚秋")
    assert impartiality.naming.of(Matter.objects.get(pk=matter.pk)) == []


def test_who_answered_at_the_desk_names_nobody(house):
    opened = house.open()
    house.act(opened, "settle", "desk", reply="已电话答复。")
    with pytest.raises(NotAllowedError, match="may_not_name"):
        name(house, opened.matter, "desk", "吴听澜")
    assert name(house, opened.matter, "desk2", "周映棠")


@pytest.mark.parametrize("words", ["沈南乔", "顾青岚"])
@pytest.mark.parametrize("by", ["desk2", "leader", "supervisor"])
def test_who_oversees_is_kept_out_by_nobody(house, by, words):
    matter = house.handling().matter
    with pytest.raises(NotAllowedError, match="names_overseer"):
        name(house, matter, by, words)


def test_words_that_name_nobody_are_asked_again(house):
    matter = house.handling().matter
    for words, key in (
        ("一个办事员", "input.names_nobody"),
        ("", "input.required"),
        ("长" * 300, "input.too_long"),
    ):
        with pytest.raises(InputError) as caught:
            name(house, matter, "desk2", words)
        assert caught.value.fields["complained_of"][0] == key


def test_what_was_opened_under_it_is_kept_away_and_set_free_too(house):
    matter = house.handling().matter
    asked = Opening(
        "supervision", "directive", house.org("center"), "限期办结。",
        unit=house.org("vehicles"), fields={"days": 10},
    )  # fmt: skip
    child = matters.open_under(
        matter.pk, asked, actor=house.actor("supervisor"), at=house.at
    ).matter
    name(house, matter, "leader", "何砚秋")
    assert not sees(house, "handler2", child)
    (one,) = impartiality.naming.of(Matter.objects.get(pk=matter.pk))
    for by in ("desk2", "handler"):
        with pytest.raises(NotAllowedError, match="may_not_drop_name"):
            impartiality.naming.drop(matter.pk, one.key, "同名", actor=house.actor(by), at=house.at)
    leader = house.actor("leader")
    with pytest.raises(LookupError):
        impartiality.naming.drop(matter.pk, "recused-1", "同名", actor=leader, at=house.at)
    impartiality.naming.drop(matter.pk, one.key, "同名的另一个人", actor=leader, at=house.at)
    assert sees(house, "handler2", matter)
    assert sees(house, "handler2", child)


def test_a_sender_who_names_every_clerk_hides_it_from_nobody_above(house):
    clerks = [house.person(one).pk for one in ("desk", "desk2", "publisher")]
    opened = house.open(named_people=clerks)
    assert list(upkeep.unattended(house.at)) == []
    assert sees(house, "leader", opened.matter)


def test_where_all_above_are_named_too_who_gives_grants_is_told_once_a_day(house):
    named = ("desk", "desk2", "publisher", "leader", "supervisor")
    opened = house.open(named_people=[house.person(one).pk for one in named])
    (finding,) = upkeep.unattended(house.at)
    assert finding.where == opened.matter.stream
    assert upkeep.tell_unattended(house.at) == 1
    upkeep.tell_unattended(house.at)
    assert told(house, "admin").count("notice.unattended") == 1
    assert "notice.unattended" not in told(house, "desk")


def test_the_page_names_and_corrects(house):
    matter = house.handling().matter
    address = f"/desk/matters/{matter.pk}"
    client = house.client("desk2")
    again = client.post(f"{address}/named", {"complained_of": "某个办事员"})
    assert again.status_code == 422
    assert "某个办事员" in again.content.decode()
    assert client.post(f"{address}/named", {"complained_of": "何砚秋"}).status_code == 302
    page = client.get(address).content.decode()
    assert "何砚秋" in page
    assert house.client("handler2").get(address).status_code == 404
    (one,) = impartiality.naming.of(Matter.objects.get(pk=matter.pk))
    assert client.post(f"{address}/named/{one.key}/drop", {"reason": "同名"}).status_code == 403
    above = house.client("leader")
    assert above.post(f"{address}/named/{one.key}/drop", {"reason": ""}).status_code == 422
    assert above.post(f"{address}/named/{one.key}/drop", {"reason": "同名"}).status_code == 302
    assert house.client("handler2").get(address).status_code == 200
