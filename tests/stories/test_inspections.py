"""Thirteen inspections and forty-two common problems: the documents' figures come out of events,
and what the rule forbids on the way was refused."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from bihuan import stories
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.stories import supervision
from bihuan.stories.stage import account, root_of

pytestmark = pytest.mark.either
# All papers are made by the command; a test looks at so many.
PAPERS = 2
COMPUTED = {
    "opinions": 205,
    "common_problems": 42,
    "findings": 42,
    "rectified": 42,
    "inspections": 13,
    "bulletins": PAPERS,
}


def who_did(matter, action):
    return [e.actor for e in audit.history(matter.stream) if audit.read(e).get("action") == action]


@pytest.mark.django_db(transaction=True)
def test_what_two_hundred_said_is_put_right_and_verified_by_others(house):
    opened = supervision.tell()
    issued = list(supervision.bulletins(PAPERS))
    found = supervision.figures_of()
    assert {one.name: one.computed for one in found} == COMPUTED
    assert [one.name for one in found if not one.equal] == ["bulletins"]
    rows = Matter.objects.filter(home_path__startswith=root_of("story-supervision").path)
    assert rows.count() == opened == 205 + 13 + 42

    notices = list(rows.filter(kind="rectification"))
    assert {notice.state for notice in notices} == {"closed"}
    verifier = f"person:{account('supervision-verifier').pk}"
    for notice in notices:
        assert who_did(notice, "verify") == [verifier]
        assert verifier not in who_did(notice, "report")
    assert sum(len(who_did(notice, "send_back")) for notice in notices) == 1
    objected = [notice for notice in notices if who_did(notice, "object")]
    assert [who_did(notice, "reject") for notice in objected] == [
        [f"person:{account('supervision-leader').pk}"]
    ]
    # Everybody who spoke was answered, most of them with what their common problem's matter said.
    opinions = rows.filter(kind="voice")
    assert set(opinions.values_list("state", flat=True)) == {"answered"}
    assert opinions.exclude(merged_into=None).count() == 205 - 42

    for row in issued:
        assert (row.state, row.public) == ("issued", True)
        assert row.issued_by not in row.hands
        assert bulletins.read_public(row.pk).number == row.number
        kept = {one.key: files.path_of(one.sha256).read_bytes() for one in files.of(row.stream)}
        assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(kept["docx"])).namelist()
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(kept["pdf"])).pages)
        for words in (row.number, row.title):
            assert words in "".join(text.split())
    assert [row.serial for row in issued] == [1, 2]
    assert [row.numbers["findings"]["value"] for row in issued] == [3, 3]
    assert len(publicity.published(board="bulletins", limit=50)) == 13
    assert list(audit.everything()) == []

    before = audit.Event.objects.count()
    assert supervision.tell() == 0
    assert [row.pk for row in supervision.bulletins(PAPERS)] == [row.pk for row in issued]
    assert audit.Event.objects.count() == before


def test_it_is_among_the_stories(house):
    assert "supervision" in stories.names()
    with pytest.raises(LookupError):
        supervision.figures_of()
    with pytest.raises(LookupError):
        next(supervision.bulletins())
