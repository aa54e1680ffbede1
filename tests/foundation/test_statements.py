"""Statements: in one message where the database allows it, in order, all or none of them."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from bihuan.foundation.access.models import Answer
from bihuan.foundation.notify.models import Task
from bihuan.foundation.search.models import Frequency
from bihuan.foundation.sql import statements
from bihuan.foundation.sql.lookup import Lookup

pytestmark = [pytest.mark.django_db, pytest.mark.both]


@pytest.fixture(params=["client", "server"])
def binding(request, monkeypatch):
    """Values put in by the client, as by default, or by the server, which then takes one
    statement a message."""
    bound = request.param == "server"
    monkeypatch.setattr(connection.features, "uses_server_side_binding", bound, raising=False)
    if connection.vendor != "postgresql":
        monkeypatch.delattr(connection.features, "uses_server_side_binding", raising=False)
    return request.param


def task(house, key: str, **more) -> statements.Statement:
    row = Task(name="x", payload={"名": "百分之百 100%"}, key=key, run_at=house.at, **more)
    return statements.insert(Task, [statements.columns(row)], existing=statements.OR_LEAVE)


def messages(function) -> int:
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def test_what_is_sent_together_goes_at_the_end_and_in_order(house, binding):
    told = []

    def all_three():
        with statements.together():
            statements.send(task(house, "a"))
            change = statements.update(Task, {"attempts": 3}, {"key": ["a", "b"]}, told=told.append)
            statements.send(change)
            with statements.together():
                statements.send(task(house, "b"))
            assert not Task.objects.filter(key="a").exists(), "nothing is sent before the end"

    count = messages(all_three)
    once = connection.vendor == "postgresql" and binding == "client"
    assert count == (2 if once else 4), "the question above, and the statements"
    assert told == [1], "the second did not exist yet"
    assert list(Task.objects.order_by("key").values_list("key", "attempts")) == [("a", 3), ("b", 0)]
    assert Task.objects.get(key="a").payload == {"名": "百分之百 100%"}


def test_after_an_error_within_nothing_is_sent(house):
    def fails():
        with statements.together():
            statements.send(task(house, "a"))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert not Task.objects.exists()
    statements.send(task(house, "b"))
    assert Task.objects.get().key == "b", "and the next goes at once"


def test_one_that_the_database_refuses_takes_the_others_with_it(house, binding):
    row = statements.columns(Answer(index="i", request="r", at=house.at))

    @transaction.atomic
    def fails():
        with statements.together():
            statements.send(task(house, "a"))
            statements.send(statements.insert(Answer, [row]))
            statements.send(statements.insert(Answer, [row]))

    with pytest.raises(IntegrityError):
        fails()
    assert not Task.objects.exists()
    assert not Answer.objects.exists()


def test_a_row_that_is_there_is_left_or_set(house):
    assert statements.run(task(house, "a", attempts=1)) == 1
    assert statements.run(task(house, "a", attempts=2)) == 0
    assert Task.objects.get().attempts == 1
    later = Task(name="y", key="a", run_at=house.at + timedelta(days=1), attempts=5)
    both = [statements.columns(later), {**statements.columns(later), "key": "b"}]
    statements.send(statements.insert(Task, both, existing=statements.OR_SET, once=["key"]))
    assert list(Task.objects.order_by("key").values_list("key", "name", "attempts")) == [
        ("a", "y", 5),
        ("b", "y", 5),
    ]


def test_what_is_new_is_added_to_what_is_there(db):
    for more in (2, 3):
        row = {"token": "路灯", "documents": more}
        once = statements.insert(Frequency, [row], existing=statements.OR_ADD, once=["token"])
        statements.run(once)
    assert Frequency.objects.get().documents == 5


def test_an_added_row_knows_its_number(house):
    row = Task(name="x", key="a", run_at=house.at)
    statements.add(row)
    assert Task.objects.get(pk=row.pk).key == "a"
    row.attempts = 2
    row.save()
    assert Task.objects.get().attempts == 2, "it is that row, not a new one"


def test_several_questions_have_an_answer_each(house, binding):
    for key in ("a", "b"):
        statements.run(task(house, key))
    by_key = Lookup(Task.objects.filter(key="?"), "?")
    found = statements.answers([by_key.question(key) for key in ("b", "-", "a")])
    assert [[row.key for row in by_key.rows(answer)] for answer in found] == [["b"], [], ["a"]]
