"""The story's figures are the document's, and they come from what was done."""

import pytest

from bihuan import stories
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.stories import figures, xining
from bihuan.stories.stage import account, root_of, script

pytestmark = pytest.mark.django_db

DOCUMENT = {
    "consults": 24,
    "complaints": 8,
    "complaints_outside": 3,
    "suggestions": 9,
    "suggestions_outside": 4,
    "consults_answered": 24,
    "others_answered": 17,
    "clicks": 8596,
    "forms": 2800,
    "open_days": 3,
    "visitors": 1200,
    "symposiums": 5,
    "inspections": 13,
    "bulletins": 13,
}


def of_story():
    return Matter.objects.filter(home_path__startswith=root_of("story-xining").path)


def leader():
    return access.actor(account(xining.LEADER), script("xining")["prepared"].date())


def test_the_figures_are_the_documents_own(house, capsys):
    """Told, replayed, printed; then everything is proven to be as it was written."""
    assert stories.names() == ["xining"]
    assert stories.run("xining") is True
    printed = capsys.readouterr().out
    found = {one.name: one for one in xining.figures_of()}
    assert {name: one.document for name, one in found.items()} == DOCUMENT
    assert {n for n, one in found.items() if not one.equal} == set()
    assert {n for n, one in found.items() if one.computed != one.document} == {"visitors"}
    for number in ("8,596", "2,800", "1,224"):
        assert number in printed
    assert list(audit.everything()) == []

    # Nothing stays open, and both written instructions were reported and confirmed.
    assert set(of_story().values_list("phase", flat=True)) == {"done"}
    directives = of_story().filter(kind="directive")
    assert set(directives.values_list("state", flat=True)) == {"closed"}
    assert directives.count() == 2
    # One sender was not satisfied at first, and then was.
    reopened = [m for m in of_story().filter(kind="voice") if m.facts.get("reopened")]
    assert [m.facts["rating"] for m in reopened] == ["satisfied"]
    # What is public holds no one's name or number.
    for one in figures.told(leader()):
        for publication in one.publications:
            assert "13900000000" not in publication.question
            assert "我姓" not in publication.question


def test_a_second_telling_writes_nothing(house, capsys):
    stories.run("xining")
    before = of_story().count(), [f.computed for f in xining.figures_of()]
    heads = sorted(of_story().values_list("head", flat=True))
    capsys.readouterr()
    assert stories.run("xining") is True
    assert (of_story().count(), [f.computed for f in xining.figures_of()]) == before
    assert sorted(of_story().values_list("head", flat=True)) == heads
    assert root_of("story-xining") is not None


def test_a_figure_follows_the_events(house, capsys):
    """One consult more, and the table says so: nothing in it was typed in."""
    stories.run("xining")
    desk = access.actor(account(xining.DESK), house.at.date())
    center = next(m.home for m in of_story().filter(kind="voice"))
    opening = matters.Opening(
        "public_voice",
        "voice",
        center,
        "第二十五个问题。",
        fields={"category": "consult", "channel": "hotline"},
    )
    matters.open_matter(opening, actor=desk, at=house.at)
    found = {one.name: one for one in xining.figures_of()}
    assert (found["consults"].computed, found["consults"].equal) == (25, False)
    assert found["consults_answered"].equal
    capsys.readouterr()
    assert stories.run("xining") is False


def test_before_the_telling_there_are_no_figures(house):
    with pytest.raises(LookupError):
        xining.figures_of()


def test_more_than_is_more_than():
    assert figures.Figure("visitors", 1200, 1224, more=True).equal
    assert not figures.Figure("visitors", 1200, 1199, more=True).equal
    assert not figures.Figure("visitors", 1200, 1224).equal
