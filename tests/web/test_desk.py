"""The desk through HTTP: what each role sees, does, and is refused, in words and without loss."""

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from house import PASSWORD
from PIL import Image

from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.logins import SEEN
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.kernel.impartiality import api as impartiality
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opened
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.workbench import api as workbench
from bihuan.kernel.workbench.models import Habit
from bihuan.lib.clock import now

pytestmark = pytest.mark.django_db


def page(response):
    return response.content.decode()


def test_a_stranger_is_asked_to_log_in(house):
    answer = house.client().get("/desk/")
    assert answer.status_code == 302
    assert "/desk/login" in answer.headers["Location"]


def test_wrong_password_is_told_and_the_name_kept(house, client):
    answer = client.post("/desk/login", {"username": "desk", "password": "wrong"})
    assert answer.status_code == 403
    assert 'value="desk"' in page(answer)


def test_too_many_wrong_passwords_close_the_door(house, client):
    for _ in range(8):
        client.post("/desk/login", {"username": "nobody-here", "password": "wrong"})
    answer = client.post("/desk/login", {"username": "nobody-here", "password": "wrong"})
    assert answer.status_code == 429


def test_queue_shows_what_one_may_see_and_no_more(house):
    opened = house.open()
    assert opened.matter.number in page(house.client("desk").get("/desk/?tab=all"))
    assert opened.matter.number not in page(house.client("other_handler").get("/desk/?tab=all"))
    assert opened.matter.number not in page(house.client("outsider").get("/desk/?tab=all"))


def test_what_is_sent_to_a_unit_is_its_handlers_own_until_somebody_takes_it(house):
    opened = house.dispatched()
    mine = house.client("handler").get("/desk/?tab=mine")
    assert opened.matter.number in page(mine)
    assert opened.matter.number not in page(house.client("desk").get("/desk/?tab=mine"))
    # Received at the unit itself, nobody sent it: that is the desk's.
    assert house.open().matter.number not in page(house.client("handler").get("/desk/?tab=mine"))


def test_the_step_people_of_a_role_take_most_stands_first_and_open(house):
    Habit.objects.create(
        role="desk", programme="public_voice", kind="voice", action="merge", times=3
    )
    here = f"/desk/matters/{house.open().matter.pk}"
    first = house.client("desk").get(here).context["forms"][0]
    assert (first.id, first.usual) == ("merge", True)
    # What few matters ever see does not stand open.
    Habit.objects.create(
        role="desk", programme="public_voice", kind="voice", action="dispatch", times=40
    )
    standing.forget()
    forms = {one.id: one for one in house.client("desk").get(here).context["forms"]}
    assert not forms["merge"].usual
    # Who has another role is offered what the programme puts first.
    assert house.client("leader").get(here).context["forms"][0].id != "merge"
    house.dispatched()
    assert workbench.refresh_habits(house.after(hours=9)) > 0
    taken = {row.action for row in Habit.objects.filter(role="desk")}
    assert taken
    assert "merge" not in taken


def test_the_bell_counts_and_is_no_sign_of_life(house):
    house.dispatched()
    client = house.client("handler")
    told = client.get("/desk/bell").json()
    assert told["unread"] > 0
    assert str(told["unread"]) in told["said"]
    session = client.session
    session[SEEN] = old = session[SEEN] - 1000
    session.save()
    client.get("/desk/bell")
    assert client.session[SEEN] == old
    client.get("/desk/inbox")
    assert client.session[SEEN] > old


def test_every_tab_filter_and_order_answers(house):
    house.open()
    client = house.client("leader")
    for query in (
        "tab=mine",
        "tab=new",
        "tab=late",
        "tab=urgent",
        "tab=active",
        "tab=all",
        "text=路",
        "state=received&category=complaint",
        "since=2026-01-01",
        "since=nonsense",
        "before=99",
        "before=x",
        "page=9",
        "order=due&page=2",
        "text=%00%27",
        "tab=bogus",
    ):
        assert client.get(f"/desk/?{query}").status_code == 200, query


def test_call_is_registered_and_settled_in_one_action(house):
    client = house.client("desk")
    assert client.get("/desk/register").status_code == 200
    form = {
        "category": "consult",
        "channel": "hotline",
        "body": "周六办不办业务？",
        "phone": "13812345678",
        "answer": "周六上午九点到十二点办理。",
        "key": "call-1",
    }
    answer = client.post("/desk/register", form)
    assert answer.status_code == 302
    told = page(client.get(answer.headers["Location"]))
    assert "已办结" in told
    again = client.post("/desk/register", form)
    assert again.headers["Location"] == answer.headers["Location"]


def test_a_call_is_told_done_with_its_code_and_a_way_to_send_it(house, mailoutbox):
    client = house.client("desk")
    form = {
        "category": "consult",
        "channel": "hotline",
        "body": "周六办不办业务？",
        "phone": "13812345678",
        "email": "caller@example.org",
        "key": "call-2",
    }
    told = page(client.post("/desk/register", form, follow=True))
    code = re.search(r'code-big.*?nowrap">([^<]+)<', told, re.DOTALL)[1]
    assert code in re.search(r'id="code-told">([^<]+)<', told)[1]
    assert "13812345678" not in told
    assert "caller@example.org" not in told
    send = re.search(r'action="(/desk/matters/\d+/send-code)"', told)[1]
    assert "将发到来电人的邮箱" in page(client.post(send, follow=True))
    assert house.client("handler").post(send).status_code == 404
    while notify.run(now() + timedelta(minutes=1)):
        pass
    mails = [one for one in mailoutbox if code.replace(" ", "") in one.body.replace(" ", "")]
    assert [one.to for one in mails] == [["caller@example.org"]]
    # The next page does not show it again.
    assert code not in page(client.get("/desk/"))


def test_the_sheet_has_route_limits_room_to_write_and_a_square(house):
    opened = house.handling()
    matters.note(
        opened.matter.pk, "只给同事看", actor=house.actor("handler"), at=house.after(hours=2)
    )
    told = page(house.client("handler").get(f"/desk/matters/{opened.matter.pk}/slip"))
    for said in ("事项流转单", opened.matter.number, "流转经过", "拟办意见", "领导批示", "<svg"):
        assert said in told
    assert "只给同事看" not in told
    assert "13812345678" not in told


def test_call_with_nothing_said_keeps_what_was_typed(house):
    answer = house.client("desk").post(
        "/desk/register",
        {"category": "consult", "channel": "hotline", "body": "", "phone": "13812345678"},
    )
    assert answer.status_code == 422
    assert "13812345678" in page(answer)


def test_same_caller_is_found_before_registering(house):
    client = house.client("desk")
    form = {
        "category": "consult",
        "channel": "hotline",
        "body": "路灯不亮了，请派人修理",
        "phone": "138 1234 5678",
    }
    client.post("/desk/register", {**form, "key": "c1"})
    told = page(client.post("/desk/register", {**form, "look": "1"}))
    assert "同一来电人" in told


def test_handler_may_not_register(house):
    answer = house.client("handler").post(
        "/desk/register", {"category": "consult", "channel": "hotline", "body": "x"}
    )
    assert answer.status_code == 403


def test_answer_is_previewed_then_sent(house):
    opened = house.handling()
    pk = opened.matter.pk
    client = house.client("handler")
    assert client.get(f"/desk/matters/{pk}").status_code == 200
    url = f"/desk/matters/{pk}/act/reply"
    data = {"reply": "经查，信号灯已修复。联系人电话13812345678。", "key": "r1"}
    seen = page(client.post(url, data))
    assert "确认发出" in seen
    assert "13812345678" in seen
    opened.matter.refresh_from_db()
    assert opened.matter.state == "handling"
    assert client.post(url, {**data, "confirm": "1"}).status_code == 302
    opened.matter.refresh_from_db()
    assert opened.matter.state == "answered"


def test_stale_page_is_told_and_text_survives(house):
    opened = house.open()
    pk, version = opened.matter.pk, opened.matter.version
    house.act(opened, "accept", "desk")
    answer = house.client("desk").post(
        f"/desk/matters/{pk}/act/outside",
        {"reply": "请向住建局反映。", "competent": "住建局", "confirm": "1", "version": version},
    )
    assert answer.status_code == 409
    assert "请向住建局反映。" in page(answer)


def test_unknown_and_foreign_matters_look_alike(house):
    pk = house.open().matter.pk
    foreign = house.client("outsider").get(f"/desk/matters/{pk}")
    absent = house.client("outsider").get("/desk/matters/999999")
    assert foreign.status_code == absent.status_code == 404
    said = [page(a).split("<h1 ")[1].split("</main>")[0] for a in (foreign, absent)]
    assert said[0] == said[1]


def test_contact_is_shown_for_a_reason_only_and_logged(house):
    client = house.client("desk")
    made = client.post(
        "/desk/register",
        {
            "category": "consult",
            "channel": "hotline",
            "body": "请回电",
            "phone": "13900001111",
            "key": "c2",
        },
    )
    url = made.headers["Location"]
    assert "13900001111" not in page(client.get(url))
    assert client.post(f"{url}/contact", {"reason": " "}).status_code == 422
    told = page(client.post(f"{url}/contact", {"reason": "回访"}))
    assert "13900001111" in told
    assert "1 次" in told


def test_note_slip_dates_and_new_code(house):
    opened = house.handling()
    client = house.client("handler")
    base = f"/desk/matters/{opened.matter.pk}"
    assert client.post(f"{base}/note", {"note": "已电话联系"}).status_code == 302
    assert "已电话联系" in page(client.get(base))
    assert client.post(f"{base}/note", {"note": ""}).status_code == 422
    assert opened.matter.number in page(client.get(f"{base}/slip"))
    assert client.get(f"{base}/dates").status_code == 200
    assert client.post(f"{base}/code").status_code == 403
    assert "查询码" in page(house.client("desk").post(f"{base}/code"))


def test_recused_person_no_longer_sees_it(house):
    opened = house.handling()
    client = house.client("handler")
    base = f"/desk/matters/{opened.matter.pk}"
    assert client.post(f"{base}/recuse", {"reason": "当事人是我亲属"}).status_code == 302
    assert client.get(base).status_code == 404


def test_what_is_to_be_done_stands_by_need(house):
    """Late first, then what is due sooner, then what is older; what has no limit last."""
    late = house.open("很久以前来的。", at=house.after(days=-60)).matter
    third, second = house.open(key="1").matter, house.open(key="2", at=house.after(days=-5)).matter
    fourth = house.open(key="3").matter
    listed = re.findall(
        r'name="pick" value="(\d+)"', page(house.client("desk").get("/desk/?tab=new"))
    )
    assert listed == [str(one.pk) for one in (late, second, third, fourth)]


def test_bulk_actions_are_there_when_they_are_asked_for(house):
    house.open()
    client = house.client("desk")
    look = page(client.get("/desk/?tab=all"))
    assert 'value="accept"' not in look
    assert "tab=all&amp;bulk=1" in look
    asked = page(client.get("/desk/?tab=all&bulk=1"))
    assert '<option value="accept">' in asked
    # What leads back to the list does not ask for them again.
    assert 'name="back" value="tab=all"' in asked
    # The newest stands first; what is picked counts, and does not stay in the way back.
    other = house.open(key="other").matter
    house.act(other.pk, "accept", "desk")
    assert '<option value="accept">' not in page(client.get("/desk/?tab=all&bulk=1"))
    first = client.get(f"/desk/?tab=all&bulk=1&pick={other.pk - 1}")
    assert '<option value="accept">' in page(first)
    assert 'name="back" value="tab=all"' in page(first)
    assert "没有可以批量办理的操作" in page(house.client("publisher").get("/desk/?tab=all&bulk=1"))


def test_fields_of_a_bulk_step_stand_under_their_step(house):
    """Steps may ask for fields of one name: each has its own, and what another's holds is not sent."""
    opened = house.open()
    house.act(opened, "accept", "desk")
    client = house.client("desk")
    asked = page(client.get(f"/desk/?tab=all&bulk=1&pick={opened.matter.pk}"))
    found = re.findall(
        r'<fieldset class="step" data-step="(\w+)">(.*?)</fieldset>', asked, re.DOTALL
    )
    assert {"dispatch", "assign", "merge"} <= set(dict(found))
    for step, drawn in found:
        assert all(name.startswith(f"{step}.") for name in re.findall(r' name="([^"]+)"', drawn))
    data = {"pick": opened.matter.pk, "key": "b2", "assign.person-text": "没有这个人"}
    data["dispatch.unit"] = house.org("vehicles").pk
    assert "请先选择要执行的操作" in page(client.post("/desk/bulk", data, follow=True))
    data["action"] = "dispatch"
    assert "已处理 1 件" in page(client.post("/desk/bulk", data, follow=True))
    assert matters.matter(house.actor("leader"), opened.matter.pk).unit == house.org("vehicles")


def test_a_bulk_step_is_taken_again_by_another_form(house):
    """Only a form sent twice is one deed: what was done yesterday may be done again today."""
    opened = house.handling()
    client = house.client("leader")
    drawn = page(client.get("/desk/?tab=all&bulk=1"))
    assert re.search(r'name="key" value="[\w-]{20,}"', drawn)
    who = house.person("handler").pk
    for key, count in (("one", 1), ("one", 1), ("two", 2)):
        data = {"action": "assign", "assign.person": who, "pick": opened.matter.pk, "key": key}
        assert "已处理 1 件" in page(client.post("/desk/bulk", data, follow=True))
        lines = matters.timeline(
            matters.matter(house.actor("leader"), opened.matter.pk), house.actor("leader")
        )
        assert len([e for e in lines if e.data.get("action") == "assign"]) == count


def test_bulk_names_what_it_could_not_do(house):
    first, second = house.open(), house.open(key="second")
    house.act(second, "accept", "desk")
    client = house.client("desk")
    data = {"action": "accept", "pick": [first.matter.pk, second.matter.pk, 424242], "key": "b1"}
    told = page(client.post("/desk/bulk", data, follow=True))
    assert "已处理 1 件" in told
    assert second.matter.number in told
    assert "424242" in told


def test_list_is_exported_and_opens_again(house):
    opened = house.open()
    answer = house.client("desk").get("/desk/export.xlsx?tab=all")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    cells = [cell for row in sheet.iter_rows(values_only=True) for cell in row]
    assert opened.matter.number in cells


@pytest.mark.parametrize("where", ["tab=active&page=3", "tab=all&before=1"])
def test_a_list_is_exported_from_its_beginning(house, where):
    opened = house.open()
    answer = house.client("desk").get(f"/desk/export.xlsx?{where}")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    assert sheet["A2"].value == opened.matter.number


def test_saved_filter_comes_back_and_goes(house):
    client = house.client("desk")
    client.post("/desk/filters", {"name": "投诉", "query": "tab=all&category=complaint"})
    assert "★ 投诉" in page(client.get("/desk/"))


def test_publication_is_read_confirmed_published_withdrawn(house):
    opened = house.answered()
    house.act(opened, "publish", "desk")
    client = house.client("publisher")
    told = page(client.get("/desk/publications"))
    pk = told.split("/desk/publications/")[1].split('"')[0]
    url = f"/desk/publications/{pk}"
    assert client.post(url, {"do": "publish", "version": "99"}).status_code == 422
    assert client.get(f"/published/{pk}").status_code == 404
    assert client.post(url, {"do": "publish", "version": "1"}).status_code == 302
    assert house.client().get(f"/published/{pk}").status_code == 200
    assert client.post(url, {"do": "withdraw", "reason": "当事人要求"}).status_code == 302
    gone = house.client().get(f"/published/{pk}")
    assert gone.status_code == 410
    assert "当事人要求" in page(gone)
    assert house.client("handler").get(url).status_code == 404


def test_import_previews_then_writes_good_rows_only(house):
    client = house.client("desk")
    table = "标题,内容,类别\n路灯,路灯坏了,投诉\n空,,投诉\n".encode()
    upload = io.BytesIO(table)
    upload.name = "rows.csv"
    seen = page(client.post("/desk/import", {"file": upload}))
    assert "路灯" in seen
    ticket = seen.split('name="ticket" value="')[1].split('"')[0]
    done = page(client.post("/desk/import", {"ticket": ticket, "confirm": "1"}))
    assert "已立件" in done
    assert client.post("/desk/import", {"ticket": "forged"}).status_code == 422


def test_who_works_at_two_desks_says_into_which_to_import(house):
    client, streets = house.client("desk"), house.org("streets")
    home = f"{streets.pk}.public_voice.voice"
    assert "<select" not in page(client.get("/desk/import")).partition("<h1>")[2]
    held = {"start": house.day, "at": house.at, "actor": "system"}
    grant = access.give(house.person("desk").pk, "desk", streets.pk, **held)
    assert streets.name in page(client.get("/desk/import"))
    upload = io.BytesIO("标题,内容,类别\n占道,摊贩占道,投诉\n".encode())
    upload.name = "rows.csv"
    seen = page(client.post("/desk/import", {"file": upload, "home": home}))
    assert f'name="home" value="{home}"' in seen
    ticket = seen.split('name="ticket" value="')[1].split('"')[0]
    sent = {"ticket": ticket, "confirm": "1", "home": home}
    access.end(grant.pk, on=house.day, at=house.at, actor="system")
    refused = client.post("/desk/import", sent)
    assert refused.status_code == 403, "not into another desk of theirs instead"
    access.give(house.person("desk").pk, "desk", streets.pk, **held)
    assert "已立件 1 行" in page(client.post("/desk/import", sent))
    assert matters.matters(house.actor("leader"), matters.Filter()).rows[0].home_id == streets.pk


def test_a_message_goes_to_nobody_else_than_was_told(house):
    sent = {"body": "路灯坏了很久", "category": "complaint", "key": "k"}
    gone = f"{house.org('streets').pk}.public_voice.voice"
    refused = house.client().post("/ask", {**sent, "to": gone})
    assert refused.status_code == 409
    assert "路灯坏了很久" in page(refused)
    assert "没有提交" in page(refused)
    assert matters.matters(house.actor("leader"), matters.Filter()).rows == []
    assert house.client().get(f"/ask?to={gone}").status_code == 200, (
        "an old link still opens the form"
    )
    assert house.client().post("/ask", sent).status_code == 200


def test_a_call_is_not_registered_at_another_desk_than_was_meant(house):
    client = house.client("desk")
    gone = f"{house.org('streets').pk}.public_voice.voice"
    sent = {"body": "路灯坏了很久", "category": "complaint", "channel": "hotline", "home": gone}
    refused = client.post("/desk/register", sent)
    assert refused.status_code == 403
    assert "路灯坏了很久" in page(refused)
    assert matters.matters(house.actor("leader"), matters.Filter()).rows == []


def test_bad_rows_are_downloaded_with_their_reasons_and_taken_when_corrected(house):
    client = house.client("desk")
    rows = "\n".join(f"好{i},路灯坏了{i},投诉" for i in range(60))
    upload = io.BytesIO(f"标题,内容,类别,备注栏\n{rows}\n井盖,井盖没了,表扬\n".encode())
    upload.name = "rows.csv"
    seen = page(client.post("/desk/import", {"file": upload}))
    assert 'name="rejects"' not in seen
    ticket = seen.split('name="ticket" value="')[1].split('"')[0]
    done = page(client.post("/desk/import", {"ticket": ticket, "confirm": "1"}))
    assert "已立件 60 行，有问题 1 行" in done
    assert "没有认出的列（不会导入）：备注栏" in done
    ticket = done.split('name="ticket" value="')[1].split('"')[0]
    answer = client.post("/desk/import", {"ticket": ticket, "rejects": "1"})
    assert answer.headers["Cache-Control"] == "no-store"
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    titles, bad = list(sheet.iter_rows(values_only=True))
    assert titles == ("标题", "内容", "类别", "备注栏", "未导入的原因")
    assert bad[:2] == ("井盖", "井盖没了")
    assert bad[4].startswith("类别：")

    sheet["C2"] = "投诉"
    corrected = io.BytesIO()
    sheet.parent.save(corrected)
    corrected.seek(0)
    corrected.name = "corrected.xlsx"
    seen = page(client.post("/desk/import", {"file": corrected}))
    ticket = seen.split('name="ticket" value="')[1].split('"')[0]
    assert "已立件 1 行" in page(client.post("/desk/import", {"ticket": ticket, "confirm": "1"}))


def test_own_password_needs_the_present_one(house):
    client = house.client("desk")
    answer = client.post(
        "/desk/me", {"old_password": "nope", "new_password": "a-long-new-password-1"}
    )
    assert answer.status_code == 422
    assert client.get("/desk/inbox").status_code == 200


def test_a_matter_kept_from_somebody_is_not_named_beside_one_they_see(house):
    matter = house.act(house.dispatched(), "instruct", "leader", words="请办", days=3)
    (child,) = matters.open_children(matter)
    handler = house.actor("handler")
    client = house.client("handler")
    assert child.number in page(client.get(f"/desk/matters/{matter.pk}"))
    assert matter.number in page(client.get(f"/desk/matters/{child.pk}"))
    impartiality.recuse(
        child.pk, handler.person_id, actor=handler, at=house.at, reason="当事人亲属"
    )
    assert child.number not in page(client.get(f"/desk/matters/{matter.pk}"))


def told_to(house, who, matter):
    """What each door tells somebody: pages, tables, files, notices."""
    client = house.client(who)
    told = {
        address: page(client.get(address))
        for address in (
            "/desk/?tab=all",
            "/desk/?tab=all&text=红绿灯",
            "/desk/inbox",
        )
    }
    book = openpyxl.load_workbook(io.BytesIO(client.get("/desk/export.xlsx?tab=all").content))
    told["export"] = str([[c.value for c in row] for row in book.active.iter_rows()])
    shown = client.get(f"/desk/matters/{matter.pk}/files/open-1")
    content = b"".join(shown.streaming_content) if shown.streaming else b""
    told["file"] = matter.number if content else ""
    return {door for door, text in told.items() if matter.number in text}


def test_a_recused_person_finds_it_through_no_door(house):
    """Every door shows it to a colleague, so that this test can fail."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "PNG")
    sent = SimpleUploadedFile("现场.png", picture.getvalue())
    form = {"category": "complaint", "body": "红绿灯坏了三天没有人修。", "key": "k"}
    assert house.client().post("/ask", {**form, "files": sent}).status_code == 200
    matter = matters.Matter.objects.latest("pk")
    house.dispatched(Opened(matter, ""))
    both = [told_to(house, who, matter) for who in ("handler", "handler2")]
    assert both[0] == both[1]
    assert len(both[0]) == 5
    leader = house.actor("leader")
    handler = house.person("handler").pk
    impartiality.recuse(matter.pk, handler, actor=leader, at=house.at, reason="当事人亲属")
    house.act(matter, "instruct", "leader", words="请抓紧", days=3)
    assert told_to(house, "handler2", matter) == both[1]
    # What they were told before stays in their inbox.
    assert told_to(house, "handler", matter) == {"/desk/inbox"}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("desk", True),
        ("handler", True),
        ("leader", True),
        ("supervisor", False),
        ("publisher", False),
    ],
)
def test_the_contact_is_for_the_roles_the_programme_names(house, role, may):
    from bihuan.foundation.audit.api import Event, vault

    person = vault.Person("乔映雪", "13912345678", "")
    opened = house.handling(house.open(contact=person))
    client, address = house.client(role), f"/desk/matters/{opened.matter.pk}"
    shown = page(client.get(address))
    # A query code is renewed by the receiving desk alone.
    renews = role == "desk"
    assert (f"{address}/contact" in shown, f"{address}/code" in shown) == (may, renews)
    before = Event.objects.count()
    answer = client.post(f"{address}/contact", {"reason": "回访"})
    assert answer.status_code == (200 if may else 403)
    assert may or "您的岗位不能查看来信人的联系方式" in page(answer)
    assert ("13912345678" in page(answer)) == may
    answer = client.post(f"{address}/code")
    assert answer.status_code == (200 if renews else 403)
    assert "13912345678" not in page(answer)
    assert Event.objects.count() == before + may + renews
    assert house.client("stranger").post(f"{address}/contact", {"reason": "x"}).status_code == 404


def test_explanation_says_by_whose_rules_a_limit_runs(house):
    voice = next(p for p in programmes.known() if p.id == "public_voice")
    programmes.override(
        voice, "limit_slice", 2, org=house.org("vehicles"), start=date(2026, 1, 1),
        clause="所发〔2026〕3号", at=house.at, actor=SYSTEM,
    )  # fmt: skip
    opened = house.dispatched()
    told = page(house.client("handler").get(f"/desk/matters/{opened.matter.pk}/dates"))
    assert "所发〔2026〕3号" in told
    assert "车辆管理所规定" in told
    assert "承办单位：这是单位内部的办理期限" in told
    assert "受理单位：这是对来信人的承诺期限" in told


def test_a_filter_shows_what_was_chosen_and_nothing_that_was_typed(house):
    """Lists of choices are kept: one reader's must not become another's."""
    house.open(category="consult")
    client = house.client("desk")
    chosen = client.get("/desk/?tab=all&category=consult").content.decode()
    assert '<option value="consult" selected>' in chosen
    forged = client.get("/desk/", {"tab": "all", "category": '"><script>x</script>'})
    told = forged.content.decode()
    assert "<script>x" not in told
    for page in (told, client.get("/desk/?tab=all").content.decode()):
        assert " selected>" not in page
        assert '<option value="consult">' in page


def test_a_wrong_guesser_keeps_nobody_else_out(house, client):
    wrong = {"username": "desk", "password": "wrong"}
    for _ in range(9):
        shut = client.post("/desk/login", wrong, REMOTE_ADDR="203.0.113.5")
    assert shut.status_code == 429
    assert int(shut.headers["Retry-After"]) > 0
    right = {"username": "desk", "password": PASSWORD}
    # Not a header of the guesser's own helps the guesser, and the person elsewhere comes in.
    forged = {"REMOTE_ADDR": "203.0.113.5", "HTTP_X_FORWARDED_FOR": "192.0.2.1"}
    assert client.post("/desk/login", right, **forged).status_code == 429
    assert client.post("/desk/login", right, REMOTE_ADDR="203.0.113.6").status_code == 302


def test_a_question_in_the_box_finds_matters_about_the_same(house):
    """Nobody's words are its words; what it asks about stands in them. While one types nothing is guessed."""
    lamp, other = (
        house.open("人民路的路灯不亮，晚上看不见。").matter,
        house.open("食堂饭菜凉。").matter,
    )
    client = house.client("desk")
    found = page(client.get("/desk/find", {"q": "路灯坏了怎么报修"}))
    assert "类似的事项" in found
    assert lamp.number in found
    assert other.number not in found
    typed = page(
        client.get("/desk/find", {"q": "路灯坏了怎么报修"}, headers={"hx-request": "true"})
    )
    assert lamp.number not in typed
    assert lamp.number not in page(house.client("outsider").get("/desk/find?q=路灯怎么报修"))
