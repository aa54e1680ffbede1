"""Whatever leaves the house, opened by readers others wrote: hostile texts arrive as texts, and every
address is the public one, whatever Host was asked for."""

import csv
import email
import email.policy
import io
import json
import re
from datetime import time, timedelta
from xml.etree import ElementTree as ET

import duckdb
import feedparser
import openpyxl
import pytest
from django.core import mail
from django.test import Client
from house import House
from python_calamine import CalamineWorkbook

from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.orgs import api as orgs
from bihuan.jobs.worker import Worker
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.exchange import intake
from bihuan.kernel.halls import api as halls
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.lib import tables
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import words
from bihuan.web.portal.calendar import secret

pytestmark = pytest.mark.django_db
PUBLIC = "https://voice.example.org:8443"
# What stands in a text and must stand in it afterwards, and what must be gone.
KEPT = (
    "<img src=x onerror=alert(1)>", "]]>", "&amp;", "<![CDATA[", "＝1+1", "\"quoted\"", "a;b,c\\n",
    "👨\u200d👩\u200d👧", "BEGIN:VEVENT", "%0d%0aBcc: x@example.org", "{{unit}}",
)  # fmt: skip
GONE = "\x00\x01\x07\x0b\x1b\x7f\x85\u202e\u2066\ufffe"
LINES = "行一\r\nBcc: evil@example.org\rSUMMARY:evil\nEND:VCALENDAR"
TEXT = f" =1+1 {' '.join(KEPT)} {GONE}{LINES} "
LONG = "长" * 10_000


@pytest.fixture
def asked(settings):
    """A visitor whose request names a host of their own."""
    settings.PUBLIC_URL = PUBLIC
    settings.ALLOWED_HOSTS = ["*"]
    return Client(headers={"host": "evil.example:99", "x-forwarded-host": "evil.example"})


@pytest.fixture
def today(house):
    """The city, whose receiving desk bears a hostile name."""
    today = House(at=now())
    orgs.change_org(today.org("center").pk, name=f"中心{TEXT}"[:100], at=today.at, actor="system")
    return today


def published(house, text):
    opened = house.open(text)
    house.answered(opened, text)
    house.act(opened, "publish", "desk")
    (draft,) = publicity.of_subject(opened.matter.stream)
    who = house.actor("publisher")
    draft = publicity.edit(
        draft.pk, title=text[:150], question=text, answer=text, actor=who, at=house.at
    )
    return publicity.publish(draft.pk, version=draft.version, actor=who, at=house.at)


def whole(text):
    """A text says all that it should, in one order, and nothing that it should not."""
    for piece in KEPT:
        assert piece in text, piece
    assert not set(GONE) & set(text)


def test_the_feed(today, asked):
    row = published(today, TEXT)
    published(today, LONG)
    content = asked.get("/feed.atom").content
    assert b"evil.example" not in content
    found = feedparser.parse(content, sanitize_html=False)
    assert not found.bozo
    assert len(found.entries) == 2
    longest, one = sorted(found.entries, key=lambda entry: -len(entry.summary))
    assert longest.summary == LONG
    assert one.link == f"{PUBLIC}/published/{row.pk}"
    assert one.id.startswith("tag:voice.example.org,2026:")
    assert found.feed.link == f"{PUBLIC}/published"
    # A reader that believes it to be HTML shows what was typed, and no element.
    assert "<img" not in one.summary
    assert "&lt;img src=x onerror=alert(1)&gt;" in one.summary
    assert one.title_detail.type == "text/plain"
    # Another parser, which takes no part of XML for granted.
    root = ET.fromstring(content)
    summary = root.findall(".//{*}entry/{*}summary")[-1].text
    assert not set(GONE) & set(content.decode()) - {"\n"}
    assert "<" not in summary


def test_the_feed_of_seals(today, asked):
    audit.seal(at=now(), until=now() + timedelta(seconds=1))
    content = asked.get("/seals.atom").content
    found = feedparser.parse(content)
    assert not found.bozo
    assert b"evil.example" not in content
    assert all(one.link.startswith(f"{PUBLIC}/seals/") for one in found.entries)
    assert all(one.id.startswith("tag:voice.example.org,2026:") for one in found.entries)


def events(asked, path):
    content = asked.get(path).content
    assert b"evil.example" not in content
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", content)
    # Lines end one way, and none is longer than the standard allows.
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(len(line) for line in content.split(b"\r\n")) <= 75
    # To load it takes half a second, of this one test and not of whoever collects it.
    from ical.calendar_stream import IcsCalendarStream

    calendar = IcsCalendarStream.calendar_from_ics(content.decode())
    for one in calendar.events:
        assert one.uid.endswith("@voice.example.org")
        assert str(one.url).startswith(f"{PUBLIC}/")
    return calendar.events


def test_the_calendar_of_notices(today, asked):
    opening = Opening(
        "public_notice", "notice", today.org("center"), TEXT, subject=TEXT[:180],
        fields={"category": "list"},
    )  # fmt: skip
    row = matters.open_matter(opening, actor=today.actor("desk"), at=today.at).matter
    today.act(row, "put_up", "publisher")
    (one,) = events(asked, "/notices.ics")
    assert "<img src=x onerror=alert(1)> ]]> &amp;" in one.summary
    assert "\n" not in one.summary


def test_the_calendar_of_outings(today, asked):
    given = halls.Outing(
        f"广场 {TEXT}"[:110], today.day + timedelta(days=1), time(9), time(12),
        [today.service("plate").pk], f"带{TEXT}"[:190],
    )  # fmt: skip
    row = halls.plan(today.org("center"), given, at=today.at, actor="system")
    (one,) = events(asked, "/visits.ics")
    assert one.location.startswith("广场 =1+1 <img src=x onerror=alert(1)> ]]>")
    halls.cancel(row.pk, f"雨{TEXT}", at=today.at, actor="system")
    (one,) = events(asked, "/visits.ics")
    assert one.status == "CANCELLED"
    assert "evil" in one.description, "a word in a text, and no property of its own"
    assert one.summary != "evil"


def test_the_calendar_of_ones_own(today, asked):
    row = today.open(TEXT).matter
    link = secret(today.person("desk"))
    today.act(row, "accept", "desk")
    assert row.number in next(one.summary for one in events(asked, f"/calendar/{link}.ics"))


@pytest.mark.parametrize("form", ["json", "xml"])
def test_open311(today, asked, form):
    published(today, TEXT)
    (matter,) = matters.matters(today.actor("leader"), matters.Filter(), 1).rows
    number = matter.number
    content = asked.get(f"/open311/v2/requests/{number}.{form}").content
    assert b"evil.example" not in content
    if form == "json":
        one = json.loads(content)[0]
    else:
        one = {child.tag: child.text for child in ET.fromstring(content)[0]}
    whole(one["description"])
    whole(one["status_notes"])
    found = asked.get(f"/open311/v2/discovery.{form}").content.decode()
    assert f"{PUBLIC}/open311/v2" in found
    assert "evil.example" not in found


def test_mail(today, settings):
    settings.PUBLIC_URL = PUBLIC
    notify.mail("who@example.org", f"标题{TEXT}", f"{TEXT}\n.\n{LONG}", "a key")
    (sent,) = mail.outbox
    raw = sent.message().as_bytes()
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read.defects == []
    assert set(read.keys()) == {
        "Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To",
        "Date", "Message-ID",
    }  # fmt: skip
    assert read["Message-ID"].endswith("@voice.example.org>")
    assert read["To"] == "who@example.org"
    assert "img src=x" in read["Subject"]
    text = read.get_content()
    for piece in KEPT:
        assert piece in text
    assert LONG in text
    assert not set("\x00\x01\x07\x0b\x1b") & set(text)
    # No line is longer than a mail server takes (RFC 5322 2.1.1).
    assert max(len(line) for line in raw.splitlines()) <= 998


def test_tables(today):
    for text in (TEXT, "=cmd|' /C calc'!A0", "＝1+1", "\t@SUM(1)", LONG[:9000]):
        today.open(f"{text} 路灯")
    tongue = exchange.listing.Tongue(words.text, words.of)
    content, count = exchange.listing.workbook(
        today.actor("leader"), matters.Filter(), tongue, limit=99, at=today.at
    )
    for row in openpyxl.load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2):
        for cell in row:
            assert cell.data_type in ("s", "n")
            assert cell.hyperlink is None
    assert (
        len(CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python())
        == count + 1
    )


def test_rejected_rows(today, tmp_path):
    out = io.StringIO()
    csv.writer(out).writerows(
        [["内容", "渠道", "类别"], ["=1+1", "没有", '"a",b'], ["\t+1\n二", "没有", "＠x"]]
    )
    home = today.org("center")
    result = intake.preview(
        out.getvalue().encode(),
        "a.csv",
        home=home,
        actor=today.actor("desk"),
        at=today.at,
        programme="public_voice",
        kind="voice",
    )
    for ending in ("csv", "xlsx"):
        back = intake.rejects(
            result,
            f"r.{ending}",
            reason="原因",
            tongue=exchange.listing.Tongue(words.text, words.of),
            home=home,
            at=today.at,
        )
        path = tmp_path / f"r.{ending}"
        path.write_bytes(back)
        if ending == "csv":
            read = duckdb.read_csv(str(path), header=True, all_varchar=True).fetchall()
            cells = [cell for row in read for cell in row if cell]
            assert len(read) == 2
            assert not any(tables.starts_formula(cell) for cell in cells)
        else:
            sheet = openpyxl.load_workbook(path).active
            assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)


def test_the_sender_s_mail_names_the_public_address(today, settings):
    settings.PUBLIC_URL = PUBLIC
    opened = today.open(TEXT, contact=vault.Person("甘棠", "", "who@example.org"))
    today.answered(opened)
    assert Worker(lambda: now() + timedelta(minutes=1), words.text).round().troubles == 0
    assert mail.outbox
    for one in mail.outbox:
        for link in re.findall(r"https?://[^\s<>，。]+", one.body):
            assert link.startswith(PUBLIC)
