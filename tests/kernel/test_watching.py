"""A supervisor outside follows one directive: what the link shows, hides, keeps and when it ends."""

import threading
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.watches import api as watches
from bihuan.kernel.watches.watch_texts import arrive
from bihuan.kernel.watches.watching import forget
from bihuan.lib import codes, keyring
from bihuan.lib.problems import InputError, NotAllowedError, RefusedError

pytestmark = pytest.mark.django_db
REPORT = "已由林望舒现场修复，联系人王小明电话13900000001，身份证110101199003074477。"


@pytest.fixture
def directive(house):
    """Ordered under somebody's message, reported by 车辆管理所."""
    sender = audit.vault.Person("王小明", "13900000001", "")
    opened = house.handling(house.open(contact=sender))
    house.act(opened, "supervise", "supervisor", words="来信人王小明催了三次", days=5)
    (child,) = matters.open_children(opened.matter)
    house.act(child, "report_progress", "handler", progress=REPORT)
    return matters.Matter.objects.get(pk=child.pk)


def give(house, found, by="leader", days=30, key=None, **other):
    last = (house.at + timedelta(days=days)).date().isoformat()
    asked = {"holder": "省督查室 钱某", "purpose": "督查专项", "expires": last} | other
    return watches.watch(found.pk, asked, actor=house.actor(by), at=house.at, key=key)


def readings(house, found, by="leader", state="waiting"):
    """What somebody may read before it is shown, of the links to a matter."""
    every = watches.texts_of(found.pk, actor=house.actor(by))
    return [one for one in every if one.row.state == state]


def release(house, one, words=None, by="leader", **other):
    asked = {"version": one.row.version, "actor": house.actor(by), "at": house.at} | other
    return watches.release_text(one.row.pk, words or one.proposed, **asked)


def read_all(house, found):
    for one in readings(house, found):
        release(house, one)


def test_it_shows_its_course_at_once_and_texts_once_they_are_read(house, directive):
    _, code = give(house, directive)
    seen = watches.look(code, at=house.after(hours=1))
    assert seen.matter.pk == directive.pk
    assert [line.action or line.type for line in seen.lines] == ["matter.opened", "report_progress"]
    assert [(due.key, due.done) for due in seen.dues] == [("directive", False)]
    unread = [*(text for line in seen.lines for text in line.reported), seen.subject]
    assert [(text.words, text.state) for text in unread] == [("", "waiting")] * 2
    read_all(house, directive)
    seen = watches.look(code, at=house.after(hours=1))
    assert seen.subject.words == directive.subject
    (said,) = [text.words for line in seen.lines for text in line.reported]
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
        watches.look(code.lower(), at=house.after(hours=1))
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
        watches.opine(code, "为何还没有换灯？", at=house.after(hours=2), key="k")
    lines = matters.timeline(matters.Matter.objects.get(pk=directive.pk), SYSTEM)
    said = [line for line in lines if line.type == "matter.opined"]
    assert [line.private["opinion"] for line in said] == ["为何还没有换灯？"]
    assert said[0].who == "watch"
    told = [n.text for n in notify.inbox(house.person("leader").pk)]
    assert told.count("notice.opined") == 1
    with pytest.raises(RefusedError):
        watches.opine(code, "另一句", at=house.after(hours=2), key="k")
    with pytest.raises(InputError):
        watches.opine(code, "  ", at=house.after(hours=2))
    # Somebody else who follows the same directive does not read it.
    _, other = give(house, directive, holder="市人大 孙某")
    assert "换灯" in repr(watches.look(code, at=house.at).lines)
    assert "换灯" not in repr(watches.look(other, at=house.at).lines)
    watches.end_watch(directive.pk, row.pk, actor=house.actor("leader"), at=house.after(days=1))
    with pytest.raises(LookupError):
        watches.opine(code, "还在吗", at=house.after(days=2))


def test_absent_ended_and_revoked_look_alike(house, directive):
    row, code = give(house, directive)
    assert watches.look(code, at=house.after(days=30))
    raised = []
    for tried, at in (("A" * 20, house.at), ("", house.at), (code, house.after(days=31))):
        with pytest.raises(LookupError) as caught:
            watches.look(tried, at=at)
        raised.append(caught.value.args)
    for _ in range(2):
        watches.end_watch(directive.pk, row.pk, actor=house.actor("supervisor"), at=house.at)
    with pytest.raises(LookupError) as caught:
        watches.look(code, at=house.at)
    assert [*raised, caught.value.args] == [()] * 4
    assert [e.type for e in audit.history(row.stream)].count("watch.ended") == 1


def test_who_may_give_one_and_of_what(house, directive):
    for who in ("handler", "admin", "outsider", "stranger", "desk", "publisher"):
        with pytest.raises((NotAllowedError, LookupError)):
            give(house, directive, by=who)
    # A message of a citizen is not followed from outside: only what was ordered is.
    with pytest.raises(NotAllowedError):
        give(house, directive.parent)
    row, _ = give(house, directive)
    other = house.handling()
    house.act(other, "supervise", "supervisor", words="速办", days=5)
    (foreign,) = matters.open_children(other.matter)
    with pytest.raises(LookupError):
        watches.end_watch(foreign.pk, row.pk, actor=house.actor("leader"), at=house.at)
    for wrong in ({"days": -1}, {"days": 367}, {"holder": " "}, {"purpose": ""}, {"expires": "x"}):
        with pytest.raises(InputError):
            give(house, directive, **wrong)
    assert len(watches.watches(directive.pk, actor=house.actor("leader"))) == 1


def test_the_same_request_twice_gives_the_same_link(house, directive):
    first, again = (give(house, directive, key="k") for _ in range(2))
    assert first[0].pk == again[0].pk
    assert first[1] == again[1]
    assert give(house, directive, key="other")[1] != first[1]


def test_who_is_recused_is_not_heard_of(house, directive):
    """Their name is masked even where they no longer work."""
    _, code = give(house, directive)
    actor, person = house.actor("supervisor"), house.person("outsider").pk
    impartiality.recuse(directive.pk, person, actor=actor, at=house.at, reason="亲属温邻川")
    house.act(directive, "report_progress", "handler", progress="温邻川的亲属已回避。")
    read_all(house, directive)
    seen = watches.look(code, at=house.after(hours=1))
    assert "温邻川" not in repr(seen.lines)
    assert "亲属已回避" in repr(seen.lines)
    assert "matter.recused" not in {line.type for line in seen.lines}


def test_retention_forgets_to_whom_it_was_given_and_what_was_shown(house, directive):
    row, code = give(house, directive)
    read_all(house, directive)
    shown = watches.WatchText.objects.filter(watch=row)
    assert any("现场修复" in one.words for one in shown)
    forget(directive, "system", house.after(days=2000))
    row.refresh_from_db()
    assert (row.holder, row.purpose, row.revoked) == ("", "", True)
    kept = [(e.data, e.private) for one in (row, *shown) for e in audit.history(one.stream)]
    assert "督查室" not in repr(kept)
    assert "现场修复" not in repr(kept)
    assert {(one.words, one.state) for one in shown.all()} == {("", "withdrawn")}
    with pytest.raises(LookupError):
        watches.look(code, at=house.at)
    assert list(audit.everything()) == []


@pytest.mark.django_db(transaction=True)
def test_two_looks_at_once_are_two_looks(house, directive):
    row, code = give(house, directive)

    def look():
        watches.look(code, at=house.after(hours=1))
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
        assert "现场修复" not in shown
        assert directive.subject not in shown
        assert "正由工作人员审看，放行后显示" in shown
        assert directive.number in shown
        assert "到期" in shown
        read_all(house, directive)
        shown = client.post("/watch", {"code": code}).content.decode()
        assert "现场修复" in shown
        assert "林望舒" not in shown
        assert "监督人：督查室；用途：专项" in shown
        empty = client.post("/watch/say", {"code": code, "opinion": " "})
        assert empty.status_code == 422
        said = client.post("/watch/say", {"code": code, "opinion": "请说明进度。"})
        assert "请说明进度。" in said.content.decode()
        assert "请说明进度。" in leader.get(f"/desk/matters/{directive.pk}").content.decode()
        assert code not in "".join(e.data for e in audit.Event.objects.all())
        leader.post(url, {"end": watches.watches(directive.pk, actor=house.actor("leader"))[0].pk})
        answers = [client.post("/watch", {"code": c}) for c in (code, "A" * 20)]
        assert [one.status_code for one in answers] == [404, 404]
        cache.clear()
        for _ in range(20):
            client.post("/watch", {"code": "B" * 20})
        assert client.post("/watch", {"code": code}).status_code == 429


def test_who_may_release_a_text(house, directive):
    """Who gave it or may give it, the receiving desk and its publisher; never those who wrote the
    report as such, of elsewhere, or complained of."""
    give(house, directive)
    one = readings(house, directive)[-1]
    for who in ("handler", "admin", "outsider", "stranger"):
        with pytest.raises(LookupError):
            release(house, one, by=who)
        with pytest.raises(LookupError):
            watches.reading(one.row.pk, actor=house.actor(who))
        assert watches.waiting_texts(house.actor(who), at=house.at) == []
    for who in ("leader", "supervisor", "desk", "publisher"):
        found = [row.pk for row, _ in watches.waiting_texts(house.actor(who), at=house.at)]
        assert one.row.pk in found, who
        assert watches.reading(one.row.pk, actor=house.actor(who)).proposed == one.proposed
    barred = house.actor("publisher")
    impartiality.recuse(directive.pk, barred.person_id, actor=barred, at=house.at, reason="亲属")
    with pytest.raises(LookupError):
        release(house, one, by="publisher")
    assert watches.waiting_texts(house.actor("publisher"), at=house.at) == []
    row = release(house, one, by="desk")
    assert (row.state, row.released_by) == ("released", house.actor("desk").ref)
    told = [e.type for e in audit.history(directive.stream)]
    assert told[-1] == "matter.text_released"
    assert list(audit.everything()) == []


def test_who_is_complained_of_releases_nothing(house):
    """Named in the message above, by a post of theirs: the matter and its texts are not theirs."""
    opened = house.handling(house.open(named_people=[house.person("publisher").pk]))
    house.act(opened, "supervise", "supervisor", words="速办", days=5)
    (child,) = matters.open_children(opened.matter)
    house.act(child, "report_progress", "handler", progress=REPORT)
    give(house, child)
    (_, one) = readings(house, child)
    with pytest.raises(LookupError):
        release(house, one, by="publisher")
    told = [n.text for n in notify.inbox(house.person("publisher").pk)]
    assert "notice.watch_text" not in told


def test_the_proposal_is_masked_and_what_the_house_knows_never_leaves(house, directive):
    give(house, directive)
    (_, one) = readings(house, directive)
    assert {hit.text for hit in one.found} >= {"林望舒", "王小明", "13900000001"}
    for hidden in ("林望舒", "王小明", "13900000001", "110101199003074477"):
        assert hidden not in one.proposed
    for words in (REPORT, "联系人 王 小 明。", "林望舒已到场"):
        with pytest.raises(RefusedError) as caught:
            release(house, one, words)
        assert caught.value.key == "matters.watch_known_left"
    for words in (" ", "长" * 20_001):
        with pytest.raises(InputError):
            release(house, one, words)
    assert release(house, one, "已修复，费用由区里承担。").words == "已修复，费用由区里承担。"


def test_two_who_read_at_once_decide_once(house, directive):
    row, code = give(house, directive)
    (_, one) = readings(house, directive)
    release(house, one, "已修复。")
    with pytest.raises(RefusedError) as caught:
        release(house, one, "别的话。", by="desk")
    assert caught.value.key == "matters.watch_text_changed"
    # Corrected later, taken back, and released once more.
    (now_shown,) = readings(house, directive, state="released")
    assert now_shown.proposed == "已修复。"
    release(house, now_shown, "昨日已修复。")
    told = [text.words for line in watches.look(code, at=house.at).lines for text in line.reported]
    assert told == ["昨日已修复。"]
    (now_shown,) = readings(house, directive, state="released")
    pk, asked = now_shown.row.pk, {"actor": house.actor("desk"), "at": house.at}
    with pytest.raises(RefusedError):
        watches.withdraw_text(pk, version=one.row.version, **asked)
    watches.withdraw_text(pk, version=now_shown.row.version, **asked)
    (told,) = [text for line in watches.look(code, at=house.at).lines for text in line.reported]
    assert (told.words, told.state) == ("", "withdrawn")
    (back,) = readings(house, directive, state="withdrawn")
    with pytest.raises(RefusedError):
        watches.withdraw_text(pk, version=back.row.version, **asked)
    release(house, back)
    assert "昨日已修复" in repr(watches.look(code, at=house.at).lines)
    watches.end_watch(directive.pk, row.pk, actor=house.actor("leader"), at=house.at)
    (over,) = readings(house, directive, state="released")
    with pytest.raises(RefusedError) as caught:
        release(house, over, "再改。")
    assert caught.value.key == "matters.watch_over"
    assert list(audit.everything()) == []


def test_each_link_shows_what_was_released_for_it(house, directive):
    _, code = give(house, directive)
    read_all(house, directive)
    _, other = give(house, directive, holder="市人大 孙某")
    assert "现场修复" in repr(watches.look(code, at=house.at))
    assert "现场修复" not in repr(watches.look(other, at=house.at))
    # The words that others read already are offered, and are read once more.
    (_, one) = readings(house, directive)
    assert one.shown_to_others
    release(house, one)
    assert "现场修复" in repr(watches.look(other, at=house.at))


def test_a_new_text_waits_and_those_who_may_release_it_are_told_once_a_day(house, directive):
    give(house, directive)
    read_all(house, directive)

    def told(who):
        inbox = notify.inbox(house.person(who).pk)
        return sum(n.text == "notice.watch_text" for n in inbox)

    # When it was given its texts waited; who gave it knew.
    assert [told(who) for who in ("leader", "desk", "publisher", "handler")] == [0, 1, 1, 0]
    house.act(directive, "report_progress", "handler", progress="已约施工队。")
    house.act(directive, "report_progress", "handler", progress="明日动工。")
    assert [told(who) for who in ("leader", "desk", "publisher", "handler")] == [1, 1, 1, 0]
    house.act(directive, "report_progress", "handler", progress="完工。", at=house.after(days=1))
    assert [told(who) for who in ("leader", "desk", "publisher", "handler")] == [2, 2, 2, 0]
    assert len(watches.waiting_texts(house.actor("desk"), at=house.at)) == 3
    # What was ordered in words is no report: it never waits and is never shown.
    house.act(directive, "report", "handler", result="办结。")
    house.act(directive, "send_back", "leader", reason="照片呢？")
    waiting = [one.text.words for one in readings(house, directive)]
    assert waiting == ["已约施工队。", "明日动工。", "完工。", "办结。"]
    # After the last day of the link nobody need read any more.
    assert watches.waiting_texts(house.actor("desk"), at=house.after(days=31)) == []


def test_a_matter_that_nobody_follows_waits_for_nobody(house, directive):
    house.act(directive, "report_progress", "handler", progress="已约施工队。")
    assert not watches.WatchText.objects.exists()


def test_links_of_before_show_nothing_until_it_is_read(house, directive, settings):
    """A link from a house where texts were not read: its texts wait from the next hour on."""
    code = "A" * 20
    (digest, *_) = codes.blinds(keyring.every(settings.SECRETS, "blind"), f"watch|{code}")
    asked = {"holder": "省督查室", "purpose": "专项", "expires": house.after(days=9).date()}
    who = house.actor("leader").ref
    old = watches.Watch(matter=directive, digest=digest, given_by=who, **asked)
    audit.create(old, audit.Happening("watch.given", house.at, who))
    assert "现场修复" not in repr(watches.look(code, at=house.at))
    assert watches.await_watched(house.at) == 2
    assert watches.await_watched(house.at) == 0
    assert "现场修复" not in repr(watches.look(code, at=house.at))
    read_all(house, directive)
    assert "现场修复" in repr(watches.look(code, at=house.at))


def title(house, found):
    return next(one for one in readings(house, found) if not one.text.action)


def test_a_rewritten_subject_is_read_anew(house, directive):
    _, code = give(house, directive)
    first = title(house, directive)

    def rewrite(subject):
        found = matters.Matter.objects.get(pk=directive.pk)
        told = audit.Happening("matter.retitled", house.at, "system", set={"subject": subject})
        with transaction.atomic():
            audit.change(found, told)
            arrive(found, actor="system", at=house.at)

    rewrite("改过的标题")
    with pytest.raises(LookupError):
        watches.reading(first.row.pk, actor=house.actor("leader"))
    release(house, title(house, directive))
    assert watches.look(code, at=house.at).subject.words == "改过的标题"
    rewrite("又改的标题")
    assert watches.look(code, at=house.at).subject.words == ""
    assert len(watches.waiting_texts(house.actor("desk"), at=house.at)) == 2


def test_read_and_released_by_the_pages(house, directive):
    _, code = give(house, directive)
    desk = house.client("desk")
    (_, one) = readings(house, directive)
    url = f"/desk/watch-texts/{one.row.pk}"
    with time_machine.travel(house.at, tick=False):
        for page in ("/desk/publications", f"/desk/matters/{directive.pk}"):
            assert url in desk.get(page).content.decode(), page
        assert "/desk/publications#watched" in desk.get("/desk/").content.decode()
        leader = house.client("leader")
        assert url in leader.get(f"/desk/matters/{directive.pk}/watches").content.decode()
        text = desk.get(url).content.decode()
        assert "<mark>王小明</mark>" in text
        assert "王小明" not in text.partition("<textarea")[2].partition("</textarea>")[0]
        assert "省督查室 钱某" in text
        asked = {"version": one.row.version, "do": "release"}
        wrong = desk.post(url, asked | {"words": "王小明说已修好，电话 13812345678。"})
        assert wrong.status_code == 409
        text = wrong.content.decode()
        assert "王小明说已修好" in text
        assert "<mark>13812345678</mark>" in text
        assert desk.post(url, asked | {"words": " "}).status_code == 422
        done = desk.post(url, asked | {"words": "已修好。"}, follow=True)
        assert url not in done.content.decode()
        assert "已修好。" in house.client().post("/watch", {"code": code}).content.decode()
        assert "放行一段文字" in desk.get(f"/desk/matters/{directive.pk}").content.decode()
        assert desk.post(url, asked | {"words": "再放一次。"}).status_code == 409
        assert house.client("handler").get(url).status_code == 404
        taken = {"version": one.row.version + 1, "do": "withdraw"}
        assert desk.post(url, taken).status_code == 302
        shown = house.client().post("/watch", {"code": code}).content.decode()
        assert "已修好。" not in shown
        assert "这段文字已收回" in shown
