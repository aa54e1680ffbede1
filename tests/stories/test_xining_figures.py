"""Xining's figures as insight computes them from committed events. A file of its own: the other
tests of the story share one telling in a transaction that stays open."""

import pytest

from bihuan import stories
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter
from bihuan.stories import xining
from bihuan.stories.stage import account, local, script

pytestmark = pytest.mark.either
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
# Where the bulletin's tag is not the document's own word.
DOCUMENT_TAGS = {"inspections": "supervision.inspections", "bulletins": "supervision.bulletins"}


@pytest.mark.django_db(transaction=True)
def test_the_figures_are_the_documents_own(house, capsys):
    """Computed by insight from facts that were exported from committed events; told twice, written
    once; and one consult more shows in them, for nothing was typed in."""
    assert stories.names() == [
        "commitments", "commitments-small", "contact_points", "contact_points-small", "demo_posts",
        "demo_posts-small", "demo_sites", "honours", "issues", "kaiping", "kaiping-small", "lesson_study", "lesson_study-small", "pairing", "pairing-small", "proposals",
        "proposals-small", "supervision",
        "task_force", "task_force-small", "volunteering", "volunteering-small", "xining", "xunyang",
        "xunyang-small",
    ]  # fmt: skip
    assert stories.run("xining") is True
    found = {one.name: one for one in xining.figures_of()}
    assert {name: one.document for name, one in found.items()} == DOCUMENT
    assert {n for n, one in found.items() if not one.equal} == set()
    assert {n for n, one in found.items() if one.computed != one.document} == {"visitors"}
    assert list(audit.everything()) == []

    before = audit.Event.objects.count()
    capsys.readouterr()
    assert stories.run("xining") is True
    assert audit.Event.objects.count() == before
    printed = capsys.readouterr().out
    for number in ("8,596", "2,800", "1,224"):
        assert number in printed

    paper = xining.bulletin()
    assert (paper.state, paper.number) == ("issued", "评警通报〔2026〕1号")
    printed = {tag: one["value"] for tag, one in paper.numbers.items() if ":" not in tag}
    document = {DOCUMENT_TAGS.get(name, name): value for name, value in DOCUMENT.items()}
    assert {n: printed[n] for n in document} == document | {"visitors": 1224}
    assert {one.key for one in files.of(paper.stream)} == {"docx", "pdf"}

    at = local(script("xining")["message"][0]["at"])
    opening = matters.Opening(
        "public_voice",
        "voice",
        Matter.objects.filter(kind="voice").first().home,
        "第二十五个问题。",
        fields={"category": "consult", "channel": "hotline"},
    )
    matters.open_matter(opening, actor=access.actor(account(xining.DESK), at.date()), at=at)
    found = {one.name: one for one in xining.figures_of()}
    assert (found["consults"].computed, found["consults"].equal) == (25, False)
    assert found["consults_answered"].equal
    assert stories.run("xining") is False
