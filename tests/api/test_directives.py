"""Directives by the API: under any matter, one for each organisation, once."""

import pytest

from bihuan.kernel.matters import api as matters

pytestmark = pytest.mark.django_db


def test_one_for_each_organisation_and_all_or_none(house, callers):
    parent, leader = house.handling().matter, callers("leader")
    path = f"/matters/{parent.number}/children"
    units = [house.org(key).pk for key in ("vehicles", "streets", "schools")]
    given = {
        "programme": "supervision", "kind": "directive", "units": units, "subject": "联合整治",
        "body": "各按职责办理。", "fields": {"days": 7, "report_every": 2},
    }  # fmt: skip
    first = leader.post(path, given, idempotency_key="k")
    again = leader.post(path, given, idempotency_key="k")
    assert (first.status_code, again.status_code) == (201, 201)
    assert [one["number"] for one in first.json()] == [one["number"] for one in again.json()]
    children = matters.open_children(matters.Matter.objects.get(pk=parent.pk))
    assert sorted(one.unit_id for one in children) == sorted(units)
    assert {one.facts["ordered_by"] for one in children} == {house.actor("leader").ref}
    elsewhere = {"person": house.person("handler").pk}
    wrong = leader.post(path, given | elsewhere)
    assert wrong.status_code == 422
    unknown = leader.post(path, given | {"units": [*units, 10**9]})
    assert unknown.status_code == 422
    assert len(matters.open_children(matters.Matter.objects.get(pk=parent.pk))) == 3
    alone = leader.post(path, given | {"units": []} | elsewhere).json()
    (one,) = [matters.Matter.objects.get(pk=row["id"]) for row in alone]
    assert (one.unit_id, one.assignee_id) == (parent.unit_id, house.person("handler").pk)
