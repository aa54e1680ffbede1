"""Standing data: remembered within one request, never beyond the event that changed it."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from bihuan.foundation.access import api as access
from bihuan.foundation.audit.api import standing
from bihuan.foundation.orgs import api as orgs

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = date(2026, 3, 2)


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    standing.forget()


def asked(function) -> int:
    with CaptureQueriesContext(connection) as captured:
        function()
    return len(captured)


def test_within_a_spell_the_second_question_is_free(house):
    pk = house.org("center").pk
    with standing.steady():
        assert asked(lambda: orgs.standing_org(pk)) == 2
        assert asked(lambda: orgs.standing_org(pk)) == 0
    with standing.steady():
        assert asked(lambda: orgs.standing_org(pk)) == 1, "only the edition"


def test_without_a_spell_nothing_is_remembered(house):
    pk = house.org("center").pk
    assert asked(lambda: orgs.standing_org(pk)) == 1
    assert asked(lambda: orgs.standing_org(pk)) == 1


def test_a_change_is_seen_by_who_made_it_and_by_the_next(house):
    pk = house.org("center").pk
    with standing.steady():
        assert orgs.standing_org(pk).name != "新名"
        orgs.change_org(pk, at=house.at, actor="system", name="新名")
        assert orgs.standing_org(pk).name == "新名"
    with standing.steady():
        assert orgs.standing_org(pk).name == "新名"


def test_after_a_rollback_the_old_answers_hold(house):
    pk = house.org("center").pk
    with standing.steady():
        before = orgs.standing_org(pk).name
    with standing.steady(), transaction.atomic():
        orgs.change_org(pk, at=house.at, actor="system", name="新名")
        assert orgs.standing_org(pk).name == "新名"
        transaction.set_rollback(True)
    with standing.steady():
        assert orgs.standing_org(pk).name == before
        assert asked(lambda: orgs.standing_org(pk)) == 0


def test_an_ended_grant_counts_from_the_next_request_on(house):
    who = house.person("desk")
    client = house.client("desk")
    assert client.get("/desk/register").status_code == 200
    grants = [g for g in access.grants_within("", DAY) if g.person_id == who.pk]
    for grant in grants:
        access.end(grant.pk, on=DAY, at=house.at, actor="system")
    with standing.steady():
        assert access.actor(who, DAY).held == ()


def test_a_revoked_token_is_refused_at_once(house):
    secret = access.issue_token(
        house.person("desk").pk, "t", ["matters:read"], expires=DAY, at=house.at, actor="system"
    )
    with standing.steady():
        assert access.token_actor(secret, DAY) is not None
    access.revoke_token(access.tokens()[0].pk, at=house.at, actor="system")
    with standing.steady():
        assert access.token_actor(secret, DAY) is None
