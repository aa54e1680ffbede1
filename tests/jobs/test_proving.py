"""What stands outside the log and is proved all the same: passwords, search, notices, views, duties."""

import hashlib
import json

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection

from bihuan.cli import main
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit import forms
from bihuan.foundation.audit.models import Event, SecurityEntry
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Duty, Notice
from bihuan.foundation.orgs import api as orgs
from bihuan.foundation.orgs.models import Person
from bihuan.foundation.search import api as search
from bihuan.foundation.search.models import Document
from bihuan.foundation.sql import statements
from bihuan.jobs import proving, schedule
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.merging import api as merging
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.models import CountedDay, Views

pytestmark = pytest.mark.django_db


def named(**asked):
    return [one.where for one in proving.everything(**asked)]


@pytest.fixture
def published(house):
    """An answer that is published, opened on three days, two of which are over."""
    answered = house.answered()
    house.act(answered, "publish", "desk")
    row = publicity.of_subject(answered.matter.stream)[0]
    publicity.publish(row.pk, version=row.version, actor=house.actor("desk"), at=house.at)
    for days in range(3):
        publicity.read_public(row.pk, at=house.after(days=days))
    assert publicity.views.close_days(house.after(days=2)) == 2
    assert named() == []
    return row


def known_hash():
    return make_password("known-to-the-intruder")


def test_a_password_put_into_the_table_is_named(house):
    who, other = house.person("leader"), house.person("desk")
    Person.objects.filter(pk=who.pk).update(password=known_hash())
    assert named() == [who.stream]
    Person.objects.filter(pk=who.pk).update(password=other.password)
    assert named() == [who.stream]


def test_neither_an_event_nor_a_digest_made_without_the_key_helps(house):
    who = house.person("leader")
    fresh = known_hash()
    guess = hashlib.sha256(fresh.encode()).hexdigest()
    last = Event.objects.filter(stream=who.stream).latest("seq")
    forged = Event(
        stream=who.stream, seq=last.seq + 1, type="person.password_set", at=last.at,
        recorded=last.recorded, actor="system", prev=last.hash,
        data=json.dumps({"salt": "0", "set": {"password_digest": guess}}),
    )  # fmt: skip
    forged.hash = forms.event_hash(statements.columns(forged))
    forged.save(force_insert=True)
    Person.objects.filter(pk=who.pk).update(
        password=fresh, password_digest=guess, version=forged.seq, head=forged.hash
    )
    # The list of security events misses it too.
    assert set(named()) == {who.stream, f"{who.stream}#{forged.seq}"}


def test_a_password_set_through_the_door_or_under_an_earlier_key_is_none(house, settings):
    who = house.person("leader")
    orgs.set_password(who.pk, "Wq7-hop-lantern", at=house.at, actor="system")
    before = settings.SECRETS
    settings.SECRETS = {**before, "seal": "ab" * 32, "seal.before": before["seal"]}
    assert named() == []
    settings.SECRETS = {**before, "seal": "ab" * 32}
    assert who.stream in named()


def test_a_house_of_before_is_taken_up_once(house, unlocked):
    for who in Person.objects.all():
        Event.objects.filter(stream=who.stream).delete()
        SecurityEntry.objects.filter(stream=who.stream).delete()
        Person.objects.filter(pk=who.pk).update(password_digest="")
        who.password_digest = ""
        audit.adopt(who, audit.Happening("person.created", house.at, "system"))
    everybody = set(Person.objects.values_list("pk", flat=True))
    assert set(named()) == {f"person:{pk}" for pk in everybody}
    assert orgs.take_up_passwords(at=house.at, actor="system") == len(everybody)
    assert named() == []
    # Who puts in an account later does not get it taken up.
    assert orgs.take_up_passwords(at=house.at, actor="system") == 0


@pytest.mark.parametrize("more", [1000, -1])
def test_clicks_on_a_day_that_is_over_are_named_and_put_back(house, published, more):
    row = Views.objects.earliest("day")
    Views.objects.filter(pk=row.pk).update(count=row.count + more)
    made_up = house.after(days=-30).date()
    Views.objects.create(publication=published, day=made_up, count=1000)
    where = f"views of publication:{published.pk} on "
    assert named() == [f"{where}{made_up}", f"{where}{row.day}"]
    assert main(["views", "rebuild"]) == 0
    assert named() == []
    assert publicity.clicks([published.pk]) == {published.pk: 3}


def test_a_day_is_written_once_and_without_a_gap(house, published):
    assert publicity.views.close_days(house.after(days=2)) == 0
    assert publicity.views.close_days(house.after(days=6)) == 4
    publicity.read_public(published.pk, at=house.after(days=6))
    assert named() == []


def _emptied(table):
    with connection.cursor() as cursor:
        cursor.execute(table)


def emptied_index():
    if connection.vendor == "postgresql":
        _emptied("UPDATE search_document SET tokens = NULL")
    else:
        _emptied("DELETE FROM search_token")


def emptied_lists():
    if connection.vendor == "postgresql":
        _emptied("UPDATE search_document SET tokens = ''::tsvector")
    else:
        _emptied("DELETE FROM search_token_data WHERE id > 1000")


def without_texts():
    Document.objects.all().delete()


def other_text():
    row = Document.objects.latest("pk")
    Document.objects.filter(pk=row.pk).update(body=f"{row.body}又")


def made_up():
    search.put_new("p", 987_654, "从未公布", "从未公布的答复")


@pytest.mark.parametrize(
    "attack", [emptied_index, emptied_lists, without_texts, other_text, made_up]
)
def test_a_search_that_finds_other_than_the_texts_is_named_and_made_anew(house, published, attack):
    house.open("滨河路的路灯坏了三天。")
    merging.retitle(
        matters.matters(house.actor("desk"), matters.Filter()).rows[0].pk,
        "路灯",
        actor=house.actor("desk"),
        at=house.after(days=1),
    )
    assert named() == []
    attack()
    found = named()
    assert found
    assert all(one.startswith("search") for one in found)
    assert main(["search", "rebuild"]) == 0
    assert named() == []
    assert list(search.find("m", "滨河路"))


def test_notices_gone_altered_or_made_up_are_named(house):
    house.handling()
    row = Notice.objects.filter(key__contains="#").earliest("pk")
    where = f"notice {row.key}"
    Notice.objects.filter(pk=row.pk).update(text="notice.nothing")
    assert named() == [where]
    Notice.objects.filter(pk=row.pk).delete()
    assert named() == [where]
    row.pk = None
    row.save(force_insert=True)
    assert named() == []
    row.pk, row.key = None, f"{row.key}2"
    row.save(force_insert=True)
    assert named() == [f"notice {row.key}"]


def test_a_recusal_an_absence_and_a_local_change_say_whom_they_told(house):
    opened = house.handling()
    impartiality.recuse(
        opened.matter.pk, house.person("handler2").pk, actor=house.actor("leader"),
        at=house.after(days=1), reason="回避",
    )  # fmt: skip
    assert named() == []
    assert Notice.objects.filter(text="notice.recused").delete()[0]
    assert [one.endswith(":notice.recused") for one in named()] == [True]


def test_duties_taken_away_or_put_back_are_named(house, unlocked):
    notify.note_duties(schedule.names())
    house.open()
    at = house.after(days=1)
    audit.seal(at=at, until=at)
    notify.finish_duty("seal", at=at)
    before = named(at=at)
    assert [one for one in before if one.startswith("duty")] == []
    Duty.objects.filter(name="seal").update(last_run=house.at)
    Duty.objects.filter(name="retention").delete()
    found = [one for one in named(at=at) if one.startswith("duty")]
    assert found == ["duty retention", "duty seal"]
    Duty.objects.all().delete()
    found = [one for one in named(at=at) if one.startswith("duty")]
    assert found == [f"duty {one}" for one in schedule.names()]


def test_counts_altered_beyond_reading_are_named_and_stop_nothing(house, published):
    row = CountedDay.objects.earliest("day")
    CountedDay.objects.filter(pk=row.pk).update(counts=[row.counts, 1])
    assert row.stream in named()
    assert any(one.startswith("views of ") for one in named())
