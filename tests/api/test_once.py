"""Every write by token under `Idempotency-Key`: repeated, it has one effect and the same answer."""

import io

import pytest
from django.apps import apps
from django.db import connection
from house import BODY
from PIL import Image
from test_matrix import NEEDS_FACTS, TABLE, World, operations

from bihuan.foundation.access import answers
from bihuan.foundation.access.models import Answer
from bihuan.foundation.audit.api import Event, vault
from bihuan.insight import api as insight

# Reading in the form of a POST; strangers' keys have tests of their own.
READING = {"find_alike"}
# Each matter, each row counts for itself.
MANY = {"act_on_many", "import_matters"}
WRITES = sorted(
    name
    for name, (method, path) in operations().items()
    if method != "GET" and not path.startswith("/api/v1/public/") and name not in READING | MANY
)


def rows():
    """How many rows there are in each table, of all in one statement."""
    tables = [one._meta.db_table for one in apps.get_models() if one is not Answer]
    asked = (f"SELECT '{one}', count(*) FROM {connection.ops.quote_name(one)}" for one in tables)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return dict(cursor.fetchall())


def sent(caller, operation, path, body, key):
    method, template = operations()[operation]
    if template.endswith("/upload"):
        import json

        return caller.client.post(
            f"/api/v1{path}",
            {"data": json.dumps(body)},
            headers=caller.headers({"Idempotency-Key": key}),
        )
    return caller.call(method, path, body, Idempotency_Key=key)


def who(operation):
    expected = TABLE[operation][1]
    roles = ("admin", "desk", "handler", "leader")
    # What concerns every city is for who administers them all.
    return next((r for r in roles if expected[r] < 300), "keeper")


@pytest.mark.parametrize("operation", WRITES)
def test_a_repeated_write_has_one_effect_and_the_same_answer(operation, house, callers):
    caller = callers(who(operation))
    world = World(house, house.handling(house.open(contact=vault.Person("王某", "13800000000"))))
    if NEEDS_FACTS.search(operations()[operation][1]):
        insight.export(insight.store())
    path, body = TABLE[operation][0](world)
    first = sent(caller, operation, path, body, "k-1")
    assert first.status_code < 300, first.content
    before = rows()
    again = sent(caller, operation, path, body, "k-1")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert rows() == before
    if body == {} or not isinstance(body, dict):
        return
    other = {**body, **OTHER[operation](world)}
    refused = sent(caller, operation, path, other, "k-1")
    if operation == "open_matter_with_files":
        assert refused.status_code == 201, "bound to its contents: another matter"
        return
    assert refused.status_code == 409, refused.content
    assert refused.json()["error"]["code"] in ("api.key_reused", "matters.key_used")
    assert refused.json()["error"]["advice"]
    assert rows() == before


REPLY = {"inputs": {"reply": "已换新灯。"}}
OTHER = {
    "open_matter": lambda w: {"body": f"{BODY}！"},
    "open_matter_with_files": lambda w: {"body": f"{BODY}！"},
    "act_on_matter": lambda w: REPLY,
    "act_on_matter_with_files": lambda w: REPLY,
    "add_note": lambda w: {"text": "另记"},
    "open_under_matter": lambda w: {"body": "另办"},
    "issue_paper": lambda w: {"locale": "en"},
    "withdraw_paper": lambda w: {"reason": "另因"},
    "give_watch": lambda w: {"purpose": "另用"},
    "release_watch_text": lambda w: {"words": "另文。"},
    "withdraw_watch_text": lambda w: {"version": 3},
    "hand_in_entries": lambda w: {"entries": []},
    "hand_on_entry": lambda w: {"remark": "另址"},
    "give_up_entry": lambda w: {"reason": "另因"},
    "register_entry": lambda w: {"remark": "另址"},
    "drop_entry": lambda w: {"reason": "另因"},
    "save_filter": lambda w: {"query": "level=near"},
    "keep_form_draft": lambda w: {"inputs": {"reply": "另写"}},
    "add_phrase": lambda w: {"body": "另一段。"},
    "say_pair_card": lambda w: {"needs": ["policy"]},
    "say_away": lambda w: {"stand_in": w.person("desk")},
    "begin_membership": lambda w: {"status": "activist"},
    "exempt_member": lambda w: {"reason": "away"},
    "merge_org": lambda w: {"into": w.org("center")},
    "recuse_person": lambda w: {"reason": "同学"},
    "name_complained_of": lambda w: {"complained_of": "教育局"},
    "drop_complained_of": lambda w: {"reason": "另有其人"},
    "reveal_contact": lambda w: {"reason": "另有原因"},
    "edit_draft": lambda w: {"title": "另题"},
    "publish": lambda w: {"version": 2},
    "withdraw_publication": lambda w: {"reason": "另因"},
    "import_directory": lambda w: {"dry": True},
    "add_org_type": lambda w: {"name": "另一类"},
    "change_org_type": lambda w: {"name": "另一班"},
    "create_org": lambda w: {"name": "另一个"},
    "change_org": lambda w: {"short": "另"},
    "move_org": lambda w: {"under": w.org("center")},
    "create_person": lambda w: {"username": "n2"},
    "change_person": lambda w: {"digest": True},
    "give_post": lambda w: {"title": "另"},
    "end_post": lambda w: {"on": "2026-03-09"},
    "give_grant": lambda w: {"role": "handler"},
    "end_grant": lambda w: {"on": "2026-03-09"},
    "set_calendar_year": lambda w: {"status": "announced"},
    "set_override": lambda w: {"value": 4},
    "end_override": lambda w: {"on": "2026-03-09"},
    "put_in_force": lambda w: {"start": "2026-03-09"},
    "end_in_force": lambda w: {"on": "2026-03-09"},
    "set_site": lambda w: {"name": "另市"},
    "add_webhook": lambda w: {"types": ["x.z"]},
    "plan_visit": lambda w: {"place": "另处"},
    "cancel_visit": lambda w: {"reason": "另因"},
    "set_timetable": lambda w: {"places": 4},
    "merge_common": lambda w: {"subject": "另题"},
    "draft_bulletin": lambda w: {"period": "2026-01"},
    "edit_bulletin": lambda w: {"title": "另题"},
    "issue_bulletin": lambda w: {"version": 2},
    "withdraw_bulletin": lambda w: {"reason": "另因"},
    "upload_layout": lambda w: {"name": "另式"},
    "start_layout": lambda w: {"version": 2},
    "end_layout": lambda w: {"version": 2},
    "offer_service": lambda w: {"promised": 14},
    "end_service": lambda w: {"on": "2026-03-09"},
}


def test_many_at_once_under_one_key(house, callers):
    desk = callers("desk")
    opened = [house.open(f"{BODY}{n}") for n in range(3)]
    ids = [house.act(one, "accept", "desk").pk for one in opened]
    body = {"ids": ids, "action": "dispatch", "inputs": {"unit": house.org("vehicles").pk}}
    first = desk.post("/matters/bulk", body, Idempotency_Key="k")
    before = rows()
    again = desk.post("/matters/bulk", body, Idempotency_Key="k")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    other = desk.post(
        "/matters/bulk", {**body, "inputs": {"unit": house.org("streets").pk}}, Idempotency_Key="k"
    )
    codes = {item["error"]["code"] for item in other.json()["items"]}
    assert codes == {"matters.key_used"}
    assert rows() == before


def test_other_files_are_other_contents(house, callers):
    desk = callers("desk")
    pk = house.open().matter.pk

    def sent(colour):
        content = io.BytesIO()
        Image.new("RGB", (8, 8), colour).save(content, "PNG")
        content.seek(0)
        content.name = "现场.png"
        address = f"/matters/{pk}/actions/accept/upload"
        return desk.upload(address, {"inputs": {}}, [content], Idempotency_Key="k")

    assert sent("red").status_code == 200
    before = rows()
    assert sent("red").status_code == 200
    assert sent("blue").json()["error"]["code"] == "matters.key_used"
    assert rows() == before


def test_what_was_refused_may_be_corrected_under_the_same_key(callers):
    admin = callers("admin")
    ask = {"username": "n", "name": ""}
    assert admin.post("/admin/people", ask, Idempotency_Key="k").status_code == 422
    made = admin.post("/admin/people", {**ask, "name": "新"}, Idempotency_Key="k")
    assert made.status_code == 201


def test_a_key_is_its_token_s_own_and_ends_with_it(house, callers):
    admin, other = callers("keeper"), callers("keeper")
    hook = {"url": "http://a.example/", "types": ["x.y"]}
    first = admin.post("/admin/webhooks", hook, Idempotency_Key="k").json()
    assert other.post("/admin/webhooks", hook, Idempotency_Key="k").json()["id"] != first["id"]
    from bihuan.foundation.access import api as access

    for token in access.tokens():
        access.revoke_token(token.pk, at=house.at, actor="system")
    assert admin.post("/admin/webhooks", hook, Idempotency_Key="k").status_code == 401


def test_the_table_alone_tells_nothing(house, callers):
    opened = house.handling(house.open(contact=vault.Person("乔映雪", "13912345678")))
    desk, path = callers("desk"), f"/matters/{opened.matter.pk}"
    code = desk.post(f"{path}/code", {}, Idempotency_Key="k-secret").json()["code"]
    desk.post(f"{path}/contact", {"reason": "回访"}, Idempotency_Key="k-other")
    stored = repr(list(Answer.objects.values()))
    for secret in (code, "乔映雪", "13912345678", "k-secret", desk.secret, "回访"):
        assert secret not in stored
    reveals = Event.objects.filter(type="contact.revealed").count()
    desk.post(f"{path}/contact", {"reason": "回访"}, Idempotency_Key="k-other")
    assert Event.objects.filter(type="contact.revealed").count() == reveals
    answers.forget(house.after(days=2))
    assert Answer.objects.count() == 2
    answers.forget(house.after(days=4))
    assert Answer.objects.count() == 0


@pytest.mark.parametrize(("key", "word"), [("", ""), ("k" * 201, "200")], ids=["none", "too long"])
def test_a_key_that_is_none_is_refused_not_passed_over(desk, key, word):
    """Passed over, a repeated write would have two effects while its sender counts on one."""
    told = desk.post("/filters", {"name": "省", "query": "tab=late"}, Idempotency_Key=key)
    assert told.status_code == 422
    assert word in told.json()["error"]["fields"]["Idempotency-Key"]
    assert desk.get("/filters").json()["items"] == []


def test_what_is_no_operation_is_told_so_whatever_its_key_was_used_for(desk):
    asked = {"name": "省", "query": "tab=late"}
    assert desk.post("/filters", asked, Idempotency_Key="k").status_code == 201
    assert desk.call("PUT", "/filters", asked, Idempotency_Key="k").status_code == 405
    assert desk.call("PUT", "/nowhere", asked, Idempotency_Key="k").status_code == 404
    assert desk.call("PUT", "/filters", asked, Idempotency_Key="k" * 201).status_code == 405


@pytest.mark.parametrize("value", [True, "1", 1.0])
def test_a_whole_number_in_a_body_is_one(desk, value):
    """Not a truth value, a text or a fraction that might stand for it: the document promises a number."""
    told = desk.post("/matters/alike", {"text": "路灯", "exclude": value})
    assert told.status_code == 422
    assert "exclude" in told.json()["error"]["fields"]
