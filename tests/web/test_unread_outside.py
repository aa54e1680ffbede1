"""Nothing that somebody typed reaches anybody outside before a person of the house has released it:
every public address, feed, calendar, wall, mail and webhook, with one sentence written everywhere."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from addresses import interface, names
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit.api import seal, vault
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.insight import api as insight
from bihuan.jobs.worker import Worker
from bihuan.kernel.matters import api as matters
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.watches import api as watches
from bihuan.outcomes.publicity import api as publicity
from bihuan.web import words
from bihuan.web.desk import cockpit
from bihuan.web.portal import calendar

pytestmark = pytest.mark.django_db
SAID = "独有之句甲乙丙"
# What is searched for stands in the answer; it is not all of it.
PART = "独有之句甲"
WEEK = timedelta(days=7)
SOURCE = Path(programmes.__file__).parents[2]


@pytest.fixture
def written(house):
    return write(house)


def write(house):
    """The sentence in every place where a sender or somebody of the house may write."""
    sender = vault.Person("安之若", "13700000009", "")
    target = house.open(
        SAID, subject=SAID, channel="open311", contact=sender, fields={"place": SAID}
    )
    joined = house.open("路灯不亮。")
    house.act(joined, "merge", "desk", into=target.matter.number)
    house.handling(target)
    matters.note(target.matter.pk, SAID, actor=house.actor("handler"), at=house.at)
    house.act(target, "supervise", "supervisor", words=SAID, days=5)
    (directive,) = matters.open_children(target.matter)
    house.act(directive, "report_progress", "handler", progress=SAID)
    last = (house.day + timedelta(days=30)).isoformat()
    asked = {"holder": "督查室", "purpose": "跟踪", "expires": last}
    _, watched = watches.watch(directive.pk, asked, actor=house.actor("leader"), at=house.at)
    house.act(directive, "report", "handler", result=SAID)
    house.act(directive, "send_back", "leader", reason=SAID)
    answered = house.answered(house.open(SAID, subject=SAID), SAID)
    house.act(answered, "publish", "desk")
    (draft,) = publicity.of_subject(answered.matter.stream)
    opening = matters.Opening(
        "public_notice", "notice", house.org("center"), SAID, subject=SAID,
        fields={"category": "list"},
    )  # fmt: skip
    desk = house.actor("desk")
    drawn = matters.open_matter(opening, actor=desk, at=house.at).matter
    shown = matters.Opening(
        "public_notice", "notice", house.org("center"), "拟评选三号窗口。", subject="窗口公示",
        fields={"category": "list"},
    )  # fmt: skip
    notice = matters.open_matter(shown, actor=desk, at=house.at).matter
    house.act(notice, "put_up", "publisher")
    objection = publicity.object_to(notice.pk, SAID, sender, at=house.at)
    house.act(objection, "reject", "leader", reply=SAID)
    insight.export(insight.store())
    return {
        "directive": directive,
        "watched": watched,
        "joined": joined,
        "draft": draft,
        "notice": notice,
        "pks": {
            target.matter.pk, directive.pk, answered.matter.pk, draft.pk, drawn.pk, notice.pk,
            objection.matter.pk,
        },
        "numbers": [target.matter.number, directive.number, answered.matter.number],
    }  # fmt: skip


def args_of(house, written):
    """What the public addresses with something in their path are asked for: everything there is."""
    every = [[pk] for pk in sorted(written["pks"])]
    leader = house.actor("leader")
    return {
        "portal:publication": every,
        "portal:notice": every,
        "portal:bulletin": every,
        "portal:bulletin_file": [[pk, "pdf"] for (pk,) in every],
        **{
            f"{name}:{what}": every
            for name in ("roll", "each", "pair")
            for what in ("all", "sheet")
        },
        "portal:service": [[house.service("plate").pk]],
        "portal:apply": [[house.service("plate").pk]],
        "portal:book": [[house.service("plate").pk]],
        "portal:hall": [[house.org("center").pk]],
        "portal:screen": [[house.org("center").pk]],
        "portal:roundup": [["2026-W10"], ["2026-03-02"]],
        "portal:seal": [[1]],
        "portal:file": [["forged"]],
        "emblem": [["forged"]],
        "member:icon": [[192, "any"]],
        "member:offline": [["zh-hans"]],
        "member:open": [["supervision", "plan"]],
        # Pages of facets are the desk's, whatever they are called.
        "plan:book": [[pk, "pdf"] for (pk,) in every],
        "pair:card": [["pairing", "p1"]],
        "plan:choose": [["org"]],
        "gathering:choose": [["org"]],
        **dict.fromkeys(("gathering:screen", "gathering:sign"), every),
        **dict.fromkeys(("quiz:answer", "quiz:people", "quiz:sheet", "quiz:bring"), every),
        "quiz:person": [[pk, 1] for (pk,) in every],
        "gatherings:calendar": [[calendar.secret(house.person("handler"))]],
        **dict.fromkeys(("plan:read", "round:nominate", "round:ballot"), every),
        "round:choose": [[pk, "person"] for (pk,) in every],
        "portal:subscribe_confirm": [["forged"]],
        "portal:unsubscribe": [["forged"]],
        "portal:queue_calendar": [[calendar.secret(house.person("handler"))]],
        "screen": [[cockpit.wall(leader, house.org("city"))]],
    }


def public_paths(house, written):
    args = args_of(house, written)
    for name in sorted(names()):
        if not name.startswith(("desk:", "studio:")):
            yield from (reverse(name, args=one) for one in args.get(name, [[]]))
    for template, methods in interface().items():
        if "get" in methods and "/public/" in template:
            filled = template.replace("{period}", "2026-W10")
            for pk in sorted(written["pks"]) if "{pk}" in filled else [0]:
                yield filled.replace("{pk}", str(pk))
    for form in ("json", "xml"):
        yield f"/open311/v2/services.{form}"
        yield f"/open311/v2/requests.{form}"
        yield from (f"/open311/v2/requests/{number}.{form}" for number in written["numbers"])
    yield from (f"/published?q={PART}", f"/api/v1/public/answers?q={PART}")


def posted(written):
    """What is looked at by sending something: somebody else's code, a link, a like text."""
    yield "/follow", {"code": written["joined"].code}
    yield "/watch", {"code": written["watched"]}
    yield "/watch/say", {"code": written["watched"], "opinion": "何时办结？"}
    yield reverse("portal:alike"), {"body": PART, "text": PART}
    yield "/api/v1/public/watch", {"code": written["watched"]}
    yield "/api/v1/public/likes", {"text": PART}


def body_of(answer):
    assert answer.status_code < 500
    if answer.headers.get("Content-Type", "").startswith("application/json"):
        # Its letters may be written as escapes.
        return repr(answer.json())
    found = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found.decode(errors="ignore")


def told_outside(house, written):
    """path → what anybody reads there."""
    found = {}
    client = Client()
    for path in public_paths(house, written):
        cache.clear()
        found[path] = body_of(client.get(path))
    for path, data in posted(written):
        cache.clear()
        kind = {"content_type": "application/json"} if path.startswith("/api/") else {}
        answer = client.post(path, data, **kind)
        assert answer.status_code == 200, path
        found[f"POST {path}"] = body_of(answer)
    return found


def test_nothing_unread_is_told_at_any_public_address(house, written):
    with time_machine.travel(house.after(hours=1), tick=False):
        told = told_outside(house, written)
        assert [path for path, text in told.items() if SAID in text] == []
        # They were looked at: what may be told without anybody's leave stands there.
        directive = written["directive"]
        for path in ("POST /watch", "POST /api/v1/public/watch"):
            assert directive.number in told[path]
        assert written["numbers"][0] in told["/open311/v2/requests.json"]
        assert written["numbers"][0] in body_of(house.client("handler").get("/desk/?tab=all"))
        assert "窗口公示" in told["/notices"]
        assert any("BEGIN:VEVENT" in text for text in told.values())


def test_what_a_person_releases_is_told_where_it_was_released(house, written):
    """The other way round: the sentence is found as soon as somebody has released it."""
    who = house.actor("publisher")
    draft = written["draft"]
    publicity.publish(draft.pk, version=draft.version, actor=who, at=house.at)
    for one in watches.texts_of(written["directive"].pk, actor=who):
        if SAID in one.proposed:
            watches.release_text(one.row.pk, SAID, version=1, actor=who, at=house.at)
    with time_machine.travel(house.after(hours=1), tick=False):
        told = told_outside(house, written)
    where = {re.sub(r"\d+(?=\Z|/pdf)", "N", path) for path, text in told.items() if SAID in text}
    assert where >= {
        "/published", "/published/N", "/feed.atom", "POST /watch", "POST /api/v1/public/watch",
        "/api/v1/public/answers", "/api/v1/public/answers/N",
    }  # fmt: skip
    assert not any(path.startswith(("/notices", "/screen", "/calendar")) for path in where)


def test_what_a_board_keeps_for_staff_is_told_inside_only(house, tmp_path):
    """Published, and at no public door: not in lists, search, feeds, round-ups, likes or Open311."""
    shipped = next(one for one in programmes.folders() if one.name == "public_voice")
    folder = tmp_path / "public_voice"
    shutil.copytree(shipped, folder)
    manifest = folder / "programme.toml"
    told = re.sub(r'version = "[\d.]+"', 'version = "9.9.0"', manifest.read_text("utf-8"))
    manifest.write_text(told, "utf-8")
    with (folder / "boards.toml").open("a", encoding="utf-8") as board:
        board.write("for_staff = true\n")
    made = programmes.install(folder, at=house.at, actor="system")
    programmes.put_in_force(made.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM)
    written = write(house)
    pk, who = written["draft"].pk, house.actor("publisher")
    draft = publicity.draft_of(who, pk)
    assert "只有本载体的工作人员" in body_of(
        house.client("publisher").get(f"/desk/publications/{pk}")
    )
    publicity.publish(pk, version=draft.version, actor=who, at=house.at)
    with time_machine.travel(house.after(hours=1), tick=False):
        told = told_outside(house, written)
        assert [path for path, text in told.items() if SAID in text] == []
        assert "board=answers" not in told["/published"], "nor is its board listed"
        assert [*publicity.searched()] == []
        desk = house.client("handler")
        for path in ("/desk/publications", f"/desk/publications/{pk}"):
            assert SAID in body_of(desk.get(path)), path
        for person, listed in (("handler", [pk]), ("stranger", [])):
            token = access.issue_token(
                house.person(person).pk, "test", ["matters:read"], at=house.at, actor="system",
                expires=(house.day + timedelta(days=30)),
            )  # fmt: skip
            bearer = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
            answer = Client().get("/api/v1/publications/inside", **bearer).json()
            assert [one["id"] for one in answer["items"]] == listed
        stranger = house.client("stranger")
        assert SAID not in body_of(stranger.get("/desk/publications"))
        assert stranger.get(f"/desk/publications/{pk}").status_code == 404
        assert (
            desk.post(f"/desk/publications/{pk}", {"do": "withdraw", "reason": "x"}).status_code
            == 404
        )
        publicity.withdraw(pk, SAID, actor=who, at=house.after(hours=1))
        for path in (f"/published/{pk}", f"/api/v1/public/answers/{pk}"):
            assert Client().get(path).status_code == 404
        assert desk.get(f"/desk/publications/{pk}").status_code == 404


def test_public_doors_ask_for_publications_in_one_place():
    """Only these modules ask for publications of boards for staff too."""
    asks = [
        str(path.relative_to(SOURCE))
        for path in sorted(SOURCE.rglob("*.py"))
        if re.search(r"\bPublication\.objects\b", path.read_text("utf-8"))
    ]
    assert asks == ["outcomes/publicity/api.py", "outcomes/publicity/inside.py"]


@pytest.mark.django_db(transaction=True)
def test_no_mail_and_no_webhook_carries_it(house, settings):
    """Sent to subscribers, senders, staff and receivers: numbers and what was released."""
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    types = sorted(
        f"{one}.{action}"
        for one, kind, actions in (
            ("public_voice", "voice", ("open", "accept", "dispatch", "sign", "reply", "supervise")),
            ("supervision", "directive", ("open", "report", "report_progress", "send_back")),
        )
        for action in actions
        if kind
    )
    at = house.at
    notify.add_webhook("http://127.0.0.1:9/hook", types, at=at, actor=SYSTEM)
    sender = vault.Person("安之若", "", "sender@example.org")
    target = house.open(SAID, subject=SAID, contact=sender)
    house.handling(target)
    house.act(target, "supervise", "supervisor", words=SAID, days=5)
    (directive,) = matters.open_children(target.matter)
    house.act(directive, "report_progress", "handler", progress=SAID)
    house.act(target, "reply", "handler", reply=SAID)
    house.act(target, "publish", "desk")
    seal(at=at, until=at)
    mail.outbox.clear()
    hooks = [task.payload for task in Task.objects.filter(name="notify.webhook")]
    assert {one["body"]["action"] for one in hooks} >= {"accept", "report_progress", "reply"}
    Task.objects.filter(name="notify.webhook").delete()
    with time_machine.travel(house.after(hours=1), tick=False):
        for later in (1, 25, 24 * 7):
            Worker(lambda hours=later: house.after(hours=hours), words.text).round()
    assert "sender@example.org" in [one.to[0] for one in mail.outbox]
    sent = [f"{one.subject}\n{one.body}" for one in mail.outbox]
    assert SAID not in repr((hooks, sent))
