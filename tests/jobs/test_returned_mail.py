"""Mail that came back shows on its matter, whoever says so: the server at once, or a report later."""

import smtplib
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.test import Client

from bihuan import cli
from bihuan.foundation.access.api import SENDER
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Notice, Task
from bihuan.jobs import returned
from bihuan.jobs.worker import Worker
from bihuan.kernel.matters import api as matters
from bihuan.lib.clock import now
from bihuan.outcomes.publicity.api import subscriptions
from bihuan.web import words

pytestmark = pytest.mark.django_db
WHO = "gan.tang@example.org"


REPORT = """\
From: MAILER-DAEMON@mx.example.net (Mail Delivery System)
To: bihuan@localhost
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=bound"

--=bound
Content-Type: text/plain; charset=us-ascii

<{who}>: host mx.example.org said: 550 {status} <{who}>: Recipient address rejected

--=bound
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net
Arrival-Date: Mon, 2 Mar 2026 09:00:00 +0800 (CST)

Final-Recipient: rfc822; {who}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 {status} <{who}>: Recipient address rejected

--=bound
Content-Type: {kind}

{original}

--=bound--
"""


def report(original, status="5.1.1", action="failed", kind="message/rfc822"):
    """A report as mail systems make it (RFC 3464)."""
    given = (
        original.as_string()
        if kind == "message/rfc822"
        else original.as_string().partition("\n\n")[0]
    )
    return REPORT.format(who=WHO, status=status, action=action, kind=kind, original=given).encode()


@pytest.fixture
def sent(house):
    """A matter and the mail that told its sender of an answer."""
    opened = house.open(contact=vault.Person("甘棠", "", WHO))
    house.answered(opened)
    assert Worker(now, words.text).round().troubles == 0
    original = next(one for one in mail.outbox if one.to == [WHO])
    return opened.matter, original.message()


def told(matter):
    return [e for e in audit.history(matter.stream) if e.type == "matter.mail_returned"]


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_report_is_noted_once_and_the_desk_is_told(house, sent, kind):
    matter, original = sent
    content = report(original, kind=kind)
    (first,) = returned.take(content, at=now())
    assert (first.about, first.status, first.news) == (matter.stream, "5.1.1", True)
    (again,) = returned.take(content, at=now())
    assert not again.news
    (event,) = told(matter)
    assert WHO not in str(vars(event))
    notices = Notice.objects.filter(text="notice.mail_returned")
    assert {one.person_id for one in notices} == {house.person("desk").pk, house.person("desk2").pk}
    page = house.client("desk").get(f"/desk/matters/{matter.pk}").content.decode()
    assert "邮箱地址不存在或写错了（5.1.1）" in page
    assert list(audit.everything()) == []


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_what_is_not_lost_is_not_noted(sent, action):
    matter, original = sent
    assert returned.take(report(original, "4.4.1", action), at=now()) == []
    assert told(matter) == []


def test_an_answer_by_hand_or_machine_is_no_return(sent):
    matter, original = sent
    answer = EmailMessage()
    answer["From"], answer["Subject"] = WHO, "Out of office"
    answer["In-Reply-To"] = answer["References"] = original["Message-ID"]
    answer.set_content(f"550 5.1.1 {original['Message-ID']}")
    assert returned.take(answer.as_bytes(), at=now()) == []
    forwarded = MIMEMultipart()
    forwarded["From"] = WHO
    forwarded.attach(MIMEMessage(original))
    assert returned.take(forwarded.as_bytes(), at=now()) == []
    assert told(matter) == []


def test_a_mail_given_back_without_a_report_counts(sent):
    matter, original = sent
    given = MIMEMultipart()
    given["From"] = "Mail Delivery System <PostMaster@qq.example>"
    given.attach(MIMEText("退信", "plain", "utf-8"))
    given.attach(MIMEMessage(original))
    (one,) = returned.take(given.as_bytes(), at=now())
    assert (one.status, one.news) == ("5.0.0", True)
    assert len(told(matter)) == 1


def test_a_forged_mark_is_nobody_s(sent, house):
    matter, original = sent
    other = house.open("别的事情").matter
    for name in ("Message-ID", "Bihuan-Mail"):
        mark = original[name].replace(f"matter-{matter.pk}.", f"matter-{other.pk}.")
        del original[name]
        original[name] = mark
    assert returned.take(report(original), at=now()) == []
    assert told(other) == []


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\x00\xff", b"From: mailer-daemon@x\n\n", b"Content-Type: multipart/report\n\n--\n",
        b"Content-Type: message/rfc822\n" * 3000, b"Content-Type: multipart/mixed; boundary=a\n\n" + b"--a\nContent-Type: multipart/mixed; boundary=a\n\n" * 3000,
        b"From: postmaster@x\nContent-Type: text/rfc822-headers; charset=none\nContent-Transfer-Encoding: base64\n\n!!!",
    ],
)  # fmt: skip
def test_what_is_no_report_does_no_harm(content):
    assert returned.take(content, at=now()) == []


class Refusing(EmailBackend):
    """A mail server that says what it is told to."""

    says: Exception

    def send_messages(self, messages):
        raise self.says


@pytest.fixture
def refusing(settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    return Refusing


def tasks():
    return list(Task.objects.filter(name__startswith="matters.mail"))


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (smtplib.SMTPRecipientsRefused({WHO: (550, b"5.1.1 no such user")}), "5.1.1"),
        (smtplib.SMTPRecipientsRefused({WHO: (553, b"no")}), "5.0.0"),
        (smtplib.SMTPDataError(552, b"5.2.2 mailbox full"), "5.2.2"),
    ],
)
def test_a_final_refusal_ends_there_and_shows(house, refusing, error, status):
    refusing.says = error
    opened = house.open(contact=vault.Person("甘棠", "", WHO))
    house.answered(opened)
    assert Worker(now, words.text).round().troubles == 0
    found = told(opened.matter)
    assert found
    assert {audit.read(one)["status"] for one in found} == {status}
    assert tasks() == []


@pytest.mark.parametrize(
    "error",
    [
        smtplib.SMTPRecipientsRefused({WHO: (450, b"4.2.1 try later")}),
        smtplib.SMTPAuthenticationError(535, b"5.7.8 wrong password"),
        smtplib.SMTPSenderRefused(550, b"5.7.1 not you", "bihuan@localhost"),
        ConnectionRefusedError("nobody there"),
    ],
)
def test_what_may_pass_is_tried_again(house, refusing, error):
    refusing.says = error
    opened = house.open(contact=vault.Person("甘棠", "", WHO))
    house.answered(opened)
    Worker(now, words.text).round()
    assert told(opened.matter) == []
    waiting = tasks()
    assert waiting
    assert {one.state for one in waiting} == {"waiting"}
    assert all(WHO not in one.error for one in waiting)


def test_a_reader_s_address_that_does_not_exist_ends_the_subscription():
    subscriptions.ask(WHO, "week", "zh-Hans", at=now())
    Worker(now, words.text).round()
    token = Task.objects.filter(name="subscription.asked").values_list("payload", flat=True).first()
    assert token is None, "it was sent"
    link = next(one.body for one in mail.outbox if "/roundup/confirm/" in one.body)
    path = link.partition("/roundup/confirm/")[2].split()[0]
    row = subscriptions.confirm(path, at=now())
    for status, ended in (("5.2.2", False), ("5.1.1", True), ("5.1.1", False)):
        assert subscriptions.returned(row.pk, status, at=now()) is ended
    assert subscriptions.reader(row.pk) is None
    assert not vault.has(row.stream)


def test_the_command_reads_a_message_a_mailbox_and_a_folder(sent, tmp_path, capsys):
    matter, original = sent
    content = report(original)
    (tmp_path / "one.eml").write_bytes(content)
    (tmp_path / "box").write_bytes(
        b"From MAILER-DAEMON Mon Mar  2 09:00:00 2026\n" + content + b"\n"
    )
    folder = tmp_path / "Maildir" / "new"
    folder.mkdir(parents=True)
    (folder / "1").write_bytes(content)
    files = [str(tmp_path / name) for name in ("one.eml", "box", "Maildir")]
    assert cli.main(["mail", "returned", *files]) == 0
    out = capsys.readouterr().out
    assert "3 messages, 3 mails of ours that came back, 1 of them news" in out
    assert WHO not in out
    assert len(told(matter)) == 1
    assert cli.main(["mail", "returned", str(tmp_path / "nothing")]) == 2


def test_a_sender_sees_nothing_of_it(sent):
    matter, original = sent
    returned.take(report(original), at=now())
    shown = matters.timeline(matter, SENDER)
    assert "matter.mail_returned" not in {one.type for one in shown}
    assert Client().get("/").status_code == 200
    assert notify.read_returned(b"") == []
