"""A supervisor outside follows one directive: what the link shows, hides, keeps and when it ends."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection

from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.watching import forget_watches

pytestmark = pytest.mark.django_db
REPORT = "已由林望舒现场修复，联系人王小明电话13900000001，身份证110101199003074477。"


@pytest.fixture
def directive(house):
    """Ordered under somebody's message, reported by 车辆管理所."""
    opened = house.handling()
    house.act(opened, "supervise", "supervisor", words="来信人王小明催了三次", days=5)
    (child,) = matters.open_children(opened.matter)
    house.act(child, "report_progress", "handler", progress=REPORT)
    return matters.Matter.objects.get(pk=child.pk)


def give(house, found, by="leader", days=30, key=None, **other):
    last = (house.at + timedelta(days=days)).date().isoformat()
    asked = {"holder": "省督查室 钱某", "purpose": "督查专项", "expires": last} | other
    return matters.watch(found.pk, asked, actor=house.actor(by), at=house.at, key=key)


def test_it_shows_its_course_without_a_name(house, directive):
    _, code = give(house, directive)
    seen = matters.look(code, at=house.after(hours=1))
    assert seen.matter.pk == directive.pk
    assert [line.action or line.type for line in seen.lines] == ["matter.opened", "report_progress"]
    assert [(due.key, due.done) for due in seen.dues] == [("directive", False)]
    (said,) = [text for line in seen.lines for _, text in line.reported]
    assert "现场修复" in said
    for hidden in ("林望舒", "王小明", "13900000001", "110101199003074477"):
        assert hidden not in said
    # Not what was ordered in words, nor the message above it, nor the sender.
    assert "催了三次" not in repr(seen.lines)
    assert "红绿灯" not in repr((seen.subject, seen.lines, seen.dues))


def test_each_look_is_written_down_and_the_secret_is_not(house, directive):
    row, code = give(house, directive)
    assert len(code) == 20
    for _ in range(2):
        matters.look(code.lower(), at=house.after(hours=1))
    row.refresh_from_db()
    assert (row.looks, row.looked_at) == (2, house.after(hours=1))
    events = audit.history(row.stream)
    assert [e.type for e in events] == ["watch.given", "watch.looked", "watch.looked"]
    assert {e.actor for e in events[1:]} == {f"watch:{row.pk}"}
    kept = repr([(e.data, e.private) for e in audit.Event.objects.all()]) + repr(vars(row))
    assert code not in kept
    assert list(audit.everything()) == []


def test_an_opinion_stands_on_the_time_line_once(house, directive):
    row, code = give(house, directive)
    for _ in range(2):
        matters.opine(code, "为何还没有换灯？", at=house.after(hours=2), key="k")
    lines = matters.timeline(matters.Matter.objects.get(pk=directive.pk), for_sender=False)
    said = [line for line in lines if line.type == "matter.opined"]
    assert [line.private["opinion"] for line in said] == ["为何还没有换灯？"]
    assert said[0].who == "watch"
    told = [n.text for n in notify.inbox(house.person("leader").pk)]
    assert told.count("notice.opined") == 1
    with pytest.raises(matters.RefusedError):
        matters.opine(code, "另一句", at=house.after(hours=2), key="k")
    with pytest.raises(matters.InputError):
        matters.opine(code, "  ", at=house.after(hours=2))
    # Somebody else who follows the same directive does not read it.
    _, other = give(house, directive, holder="市人大 孙某")
    assert "换灯" in repr(matters.look(code, at=house.at).lines)
    assert "换灯" not in repr(matters.look(other, at=house.at).lines)
    matters.end_watch(directive.pk, row.pk, actor=house.actor("leader"), at=house.after(days=1))
    with pytest.raises(LookupError):
        matters.opine(code, "还在吗", at=house.after(days=2))


def test_absent_ended_and_revoked_look_alike(house, directive):
    row, code = give(house, directive)
    assert matters.look(code, at=house.after(days=30))
    raised = []
    for tried, at in (("A" * 20, house.at), ("", house.at), (code, house.after(days=31))):
        with pytest.raises(LookupError) as caught:
            matters.look(tried, at=at)
        raised.append(caught.value.args)
    for _ in range(2):
        matters.end_watch(directive.pk, row.pk, actor=house.actor("supervisor"), at=house.at)
    with pytest.raises(LookupError) as caught:
        matters.look(code, at=house.at)
    assert [*raised, caught.value.args] == [()] * 4
    assert [e.type for e in audit.history(row.stream)].count("watch.ended") == 1


def test_who_may_give_one_and_of_what(house, directive):
    for who in ("handler", "admin", "outsider", "stranger", "desk", "publisher"):
        with pytest.raises((matters.NotAllowedError, LookupError)):
            give(house, directive, by=who)
    # A message of a citizen is not followed from outside: only what was ordered is.
    with pytest.raises(matters.NotAllowedError):
        give(house, directive.parent)
    row, _ = give(house, directive)
    other = house.handling()
    house.act(other, "supervise", "supervisor", words="速办", days=5)
    (foreign,) = matters.open_children(other.matter)
    with pytest.raises(LookupError):
        matters.end_watch(foreign.pk, row.pk, actor=house.actor("leader"), at=house.at)
    for wrong in ({"days": -1}, {"days": 367}, {"holder": " "}, {"purpose": ""}, {"expires": "x"}):
        with pytest.raises(matters.InputError):
            give(house, directive, **wrong)
    assert len(matters.watches(directive.pk, actor=house.actor("leader"))) == 1


def test_the_same_request_twice_gives_the_same_link(house, directive):
    first, again = (give(house, directive, key="k") for _ in range(2))
    assert first[0].pk == again[0].pk
    assert first[1] == again[1]
    assert give(house, directive, key="other")[1] != first[1]


def test_who_is_recused_is_not_heard_of(house, directive):
    """Their name is masked even where they no longer work."""
    _, code = give(house, directive)
    actor, person = house.actor("supervisor"), house.person("outsider").pk
    matters.recuse(directive.pk, person, actor=actor, at=house.at, reason="亲属温邻川")
    house.act(directive, "report_progress", "handler", progress="温邻川的亲属已回避。")
    seen = matters.look(code, at=house.after(hours=1))
    assert "温邻川" not in repr(seen.lines)
    assert "亲属已回避" in repr(seen.lines)
    assert "matter.recused" not in {line.type for line in seen.lines}


def test_retention_forgets_to_whom_it_was_given(house, directive):
    row, code = give(house, directive)
    forget_watches(directive, actor="system", at=house.after(days=2000))
    row.refresh_from_db()
    assert (row.holder, row.purpose, row.revoked) == ("", "", True)
    assert "督查室" not in repr([(e.data, e.private) for e in audit.history(row.stream)])
    with pytest.raises(LookupError):
        matters.look(code, at=house.at)
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_are_two_looks(house, directive):
    row, code = give(house, directive)

    def look():
        matters.look(code, at=house.after(hours=1))
        connection.close()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    row.refresh_from_db()
    assert row.looks == 4


def test_by_the_pages(house, directive, client):
    """Given on the desk, opened without an account, guessed in vain."""
    leader, url = house.client("leader"), f"/desk/matters/{directive.pk}/watches"
    page = leader.get(f"/desk/matters/{directive.pk}").content.decode()
    assert url in page
    last = (house.at + timedelta(days=90)).date().isoformat()
    bad = leader.post(url, {"holder": "督查室", "purpose": "", "expires": "1999-01-01"})
    assert bad.status_code == 422
    assert 'value="督查室"' in bad.content.decode()
    with time_machine.travel(house.at, tick=False):
        made = leader.post(url, {"holder": "督查室", "purpose": "专项", "expires": last})
        text = made.content.decode()
        code = text.partition("/watch#")[2][:20]
        assert "/watch#" not in leader.get(url).content.decode()
        seen = client.post("/watch", {"code": code})
        assert seen.status_code == 200
        shown = seen.content.decode()
        assert "现场修复" in shown
        assert "林望舒" not in shown
        assert "给 督查室，用于专项" in shown
        empty = client.post("/watch/say", {"code": code, "opinion": " "})
        assert empty.status_code == 422
        said = client.post("/watch/say", {"code": code, "opinion": "请说明进度。"})
        assert "请说明进度。" in said.content.decode()
        assert "请说明进度。" in leader.get(f"/desk/matters/{directive.pk}").content.decode()
        assert code not in "".join(e.data for e in audit.Event.objects.all())
        leader.post(url, {"end": matters.watches(directive.pk, actor=house.actor("leader"))[0].pk})
        answers = [client.post("/watch", {"code": c}) for c in (code, "A" * 20)]
        assert [one.status_code for one in answers] == [404, 404]
        cache.clear()
        for _ in range(20):
            client.post("/watch", {"code": "B" * 20})
        assert client.post("/watch", {"code": code}).status_code == 429
