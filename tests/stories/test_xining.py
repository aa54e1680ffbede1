"""The story's figures are the document's, and they come from what was done."""

import pytest
from django.db import transaction

from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.stories import figures, stage, xining
from bihuan.stories.stage import account, root_of


def of_story():
    return Matter.objects.filter(home_path__startswith=root_of("story-xining").path)


def voice():
    return of_story().filter(kind="voice")


@pytest.fixture(scope="module")
def telling(django_db_setup, django_db_blocker):
    """The story told once for this file; taken back at its end. Holds how many it opened."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield xining.tell()
        transaction.set_rollback(True)


@pytest.fixture
def told(telling, db):
    """The told story, and a transaction of the test's own within."""
    return telling


def test_every_loop_is_closed(told):
    """Nothing stays open; both written instructions were reported and confirmed; the sender who
    was not satisfied at first was so in the end."""
    assert set(of_story().values_list("phase", flat=True)) == {"done"}
    directives = of_story().filter(kind="directive")
    assert list(directives.values_list("state", flat=True)) == ["closed"] * 2
    reopened = [m for m in voice() if m.facts.get("reopened")]
    assert [m.facts["rating"] for m in reopened] == ["satisfied"]
    assert set(voice().values_list("channel", flat=True)) == {
        "web", "letter_box", "radio", "hotline", "opinion_form", "open_day", "symposium",
        "home_visit",
    }  # fmt: skip


def test_leaders_answered_in_person(told):
    leaders = {f"person:{account(f'xining-{name}').pk}" for name in ("leader", "commissar")}
    replied = {
        event.actor
        for matter in voice()
        for event in audit.history(matter.stream)
        if audit.read(event).get("action") == "reply"
    }
    assert leaders <= replied


def test_what_is_public_holds_no_personal_data(told):
    assert told == 66
    shown = [p for matter in of_story() for p in publicity.of_subject(matter.stream)]
    assert len(shown) == 41 + 13
    for publication in shown:
        assert "13900000000" not in publication.question + publication.answer
        assert "我姓" not in publication.question
        assert publication.read_by.startswith("person:")


def test_more_than_is_more_than():
    assert figures.Figure("visitors", "", 1200, 1224, more=True).equal
    assert not figures.Figure("visitors", "", 1200, 1199, more=True).equal
    assert not figures.Figure("visitors", "", 1200, 1224).equal


def test_both_languages_have_every_word():
    words = stage._words().words
    assert set(words["zh-Hans"]) == set(words["en"])
