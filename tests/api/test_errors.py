"""One shape of error everywhere, in the caller's language, with the right status."""

import re
import tomllib
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db.utils import OperationalError
from django.test import RequestFactory
from test_life import opening

import bihuan
from bihuan.api import errors, words
from bihuan.foundation.access import api as access
from bihuan.lib.problems import ProblemError, RefusedError

SOURCE = Path(bihuan.__file__).parent
KEY = re.compile(
    r"""(?:Error|Refusal|_of_key)\(\s*(?:\d+,\s*)?"((?:input|guard|matters|files|orgs|access|"""
    r"""programmes|publicity|calendar|notify|api)\.[a-z0-9_]+)"|(?<!guard)\("(input\.[a-z_]+|files\.[a-z_]+)","""
)


def shape(response):
    """The error of a response, whose shape is checked."""
    assert response.headers["Content-Type"].startswith("application/json"), response.content
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"code", "message", "fields", "advice"}
    assert body["error"]["message"]
    assert not body["error"]["message"].startswith("error."), body
    return body["error"]


def raised_keys():
    found = set()
    for path in SOURCE.rglob("*.py"):
        for one in KEY.finditer(path.read_text(encoding="utf-8")):
            found.add(one.group(1) or one.group(2))
    return found | set(errors._OF_PYDANTIC.values()) | {k for _, _, k in errors._PLAIN}


def test_every_key_has_words_in_both_languages():
    keys = raised_keys()
    assert len(keys) > 60
    for locale in ("zh-Hans", "en"):
        known = words.catalogue().words[locale]
        missing = sorted(k for k in keys if f"error.{k}" not in known)
        assert missing == [], locale


def test_both_languages_say_the_same_things():
    for folder in (SOURCE / "kernel" / "strings", SOURCE / "api" / "strings"):
        for path in folder.glob("*zh-Hans.toml"):
            mine = tomllib.loads(path.read_text(encoding="utf-8"))
            other = path.with_name(path.name.replace("zh-Hans", "en"))
            theirs = tomllib.loads(other.read_text(encoding="utf-8"))
            flat = [dict(words.Catalogue.from_folder(folder).words[lo]) for lo in ("zh-Hans", "en")]
            assert mine.keys() == theirs.keys()
            assert flat[0].keys() == flat[1].keys()
            for key, text in flat[0].items():
                holes = set(re.findall(r"\{(\w+)\}", text))
                assert holes == set(re.findall(r"\{(\w+)\}", flat[1][key])), key
                if key.startswith("error."):
                    assert "\n" in text, f"{key} says what is wrong but not what to do"
                    assert "\n" in flat[1][key], key


@pytest.mark.parametrize("path", ["/nowhere", "/matters/", "/public/nowhere"])
def test_unknown_path(desk, path):
    found = desk.get(path)
    assert (found.status_code, shape(found)["code"]) == (404, "api.not_found")


def test_wrong_method_lists_the_right_ones(desk):
    found = desk.call("DELETE", "/matters")
    assert (found.status_code, shape(found)["code"]) == (405, "api.method")
    assert set(found.headers["Allow"].split(", ")) == {"GET", "POST"}


def test_tokens_that_do_not_work_are_all_alike(house, callers):
    gone, old = callers("desk"), callers("desk")
    newest = access.tokens()
    access.revoke_token(newest[1].pk, at=house.at, actor="system")
    old.secret = access.issue_token(
        house.person("desk").pk, "old", ["matters:read"],
        expires=house.day - timedelta(days=1), at=house.at, actor="system",
    )  # fmt: skip
    wrong = callers()
    wrong.secret = "bh_wrong"
    answers = [c.get("/matters") for c in (gone, old, wrong, callers())]
    assert {a.status_code for a in answers} == {401}
    assert len({a.content for a in answers}) == 1
    assert {a.headers["WWW-Authenticate"] for a in answers} == {"Bearer"}
    assert shape(answers[0])["code"] == "api.unauthorized"


def test_session_cookie_opens_nothing(house):
    client = house.client("admin")
    assert client.get("/api/v1/matters").status_code == 401
    assert client.get("/api/v1/admin/tokens").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        "{", '{"a": NaN}', '{"body": "\\ud800"}', b"\xff\xfe", "[" * 100_000, "1" * 5000,
        '{"a":' * 40 + "1" + "}" * 40,
    ],
    ids=["cut", "nan", "surrogate", "encoding", "deep", "number", "nested"],
)  # fmt: skip
def test_malformed_json(desk, body):
    found = desk.call("POST", "/matters", body)
    assert (found.status_code, shape(found)["code"]) == (400, "api.malformed")


def test_fields_are_named_one_by_one(desk):
    found = desk.post("/matters", {"programme": 3, "home": "x", "extra": 1, "fields": []})
    told = shape(found)
    assert (found.status_code, told["code"]) == (422, "input.invalid")
    assert set(told["fields"]) == {"programme", "kind", "home", "body", "extra", "fields"}
    assert told["fields"]["kind"].startswith("This is required.")
    assert told["fields"]["extra"].startswith("There is no such field")
    many = desk.get("/matters?size=0&since=2026-01-01T00:00:00&level=red&before=x")
    assert set(shape(many)["fields"]) == {"size", "since", "level", "before"}


def test_programme_fields_are_named(house, desk):
    found = desk.post("/matters", opening(house, fields={"category": "gossip", "wrong": 1}))
    told = shape(found)
    assert (found.status_code, told["code"]) == (422, "matters.input")
    assert set(told["fields"]) == {"category", "channel", "wrong"}


def test_language_follows_the_request(nobody):
    def asked(language):
        found = nobody.get("/matters", Accept_Language=language)
        return shape(found)["message"], found.headers["Content-Language"]

    assert asked("en-GB,zh;q=0.5")[1] == "en"
    assert asked("fr,zh-CN;q=0.8") == (
        "没有令牌，或令牌无效、已过期、已吊销。", "zh-Hans",
    )  # fmt: skip
    assert asked("zh-TW") == ("沒有令牌，或令牌無效、已過期、已吊銷。", "zh-Hant")
    assert asked("")[1] == "zh-Hans"


def test_too_large_body(desk):
    found = desk.call("POST", "/matters", "x" * (2 * 1024 * 1024 + 1))
    assert (found.status_code, shape(found)["code"]) == (413, "api.too_large")


def test_characters_no_database_keeps(desk, nobody, house):
    assert desk.get("/matters?text=%00").status_code == 400
    assert desk.get("/matters/%00").status_code == 400
    sent = nobody.post("/public/matters", opening(house, body="灯\x00坏了"))
    assert sent.status_code == 201


def test_wrong_version_and_wrong_state(house, desk):
    opened = house.open()
    path = f"/matters/{opened.matter.pk}/actions"
    stale = desk.post(f"{path}/accept", {"version": 7})
    assert (stale.status_code, shape(stale)["code"]) == (409, "matters.gone")
    assert opened.matter.number in shape(stale)["message"]
    wrong = desk.post(f"{path}/close")
    assert (wrong.status_code, shape(wrong)["code"]) == (409, "matters.wrong_state")
    unknown = desk.post(f"{path}/sing")
    assert (unknown.status_code, shape(unknown)["code"]) == (404, "matters.unknown_action")
    missing = desk.post(f"{path}/settle")
    assert (missing.status_code, set(shape(missing)["fields"])) == (422, {"reply"})


def test_forbidden_and_absent(house, callers):
    opened = house.handling()
    path = f"/matters/{opened.matter.pk}"
    denied = callers("supervisor").post(f"{path}/actions/reply", {"inputs": {"reply": "好"}})
    assert (denied.status_code, shape(denied)["code"]) == (403, "matters.may_not_act")
    absent = callers("outsider").get(path)
    never = callers("outsider").get("/matters/99999999")
    assert absent.content == never.content
    assert absent.status_code == 404
    number = opened.matter.number.replace("2026", "2025")
    assert callers("desk").get(f"/matters/{number}").status_code == 404


def test_scopes_hold(house, callers):
    reader = callers("desk", scopes=["matters:read"])
    opened = house.open()
    refused = reader.post(f"/matters/{opened.matter.pk}/actions/accept")
    assert (refused.status_code, shape(refused)["code"]) == (403, "api.scope")
    assert callers("desk", scopes=["admin"]).get("/matters").status_code == 403
    assert callers("admin", scopes=["matters:read"]).get("/admin/tokens").status_code == 403


def test_wrong_codes_run_out(house, nobody):
    opened = house.open()
    for _ in range(10):
        wrong = nobody.post("/public/follow", {"code": "AAAAAAAAAA"})
        assert (wrong.status_code, shape(wrong)["code"]) == (404, "api.unknown_code")
    shut = nobody.post("/public/follow", {"code": opened.code})
    assert (shut.status_code, shape(shut)["code"]) == (429, "api.throttled")
    assert int(shut.headers["Retry-After"]) > 0
    elsewhere = nobody.client.post(
        "/api/v1/public/follow", {"code": opened.code},
        content_type="application/json", REMOTE_ADDR="10.0.0.9",
    )  # fmt: skip
    assert elsewhere.status_code == 200


def test_right_codes_are_not_counted(house, nobody):
    opened = house.open()
    for _ in range(15):
        assert nobody.post("/public/follow", {"code": opened.code}).status_code == 200


def test_opening_is_throttled(house, nobody, settings):
    for _ in range(20):
        assert nobody.post("/public/matters", opening(house)).status_code == 201
    assert nobody.post("/public/matters", opening(house)).status_code == 429
    settings.THROTTLE_FACTOR = 2
    assert nobody.post("/public/matters", opening(house)).status_code == 201


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (OperationalError("database is locked"), 503, "api.busy"),
        (KeyError("ours"), 500, "api.unexpected"),
        (RuntimeError("secret"), 500, "api.unexpected"),
        (LookupError("theirs"), 404, "api.not_found"),
        (access.DeniedError("x"), 403, "access.denied"),
        (RefusedError("guard.actor_differs"), 409, "guard.actor_differs"),
        (ProblemError("matters.not_anonymous"), 422, "matters.not_anonymous"),
    ],
)
def test_status_of_each_kind(db, error, status, code, caplog):
    request = RequestFactory().get("/api/v1/", headers={"Accept-Language": "en"})
    found = errors.handle(request, error)
    assert (found.status_code, shape_of(found)["code"]) == (status, code)
    assert b"secret" not in found.content
    # A fault of ours leaves a line that the reader can name and that holds nobody's words.
    assert "secret" not in caplog.text
    assert ("fault" in caplog.text) == (status == 500)
    if status == 500:
        assert caplog.text.split("fault ")[1][:8] in found.content.decode()
    assert (found.headers.get("Retry-After") == "1") == (status == 503)


def shape_of(response):
    import json

    return json.loads(response.content)["error"]


def test_nothing_is_kept_by_caches(nobody):
    found = nobody.get("/public/answers")
    assert found.headers["Cache-Control"] == "no-store"
    assert "sessionid" not in found.cookies


def test_expired_token_day(house, callers):
    assert date.fromisoformat("2026-03-02") == house.day
    last = callers()
    last.secret = access.issue_token(
        house.person("desk").pk, "today", ["matters:read"],
        expires=house.day, at=house.at, actor="system",
    )  # fmt: skip
    assert last.get("/matters").status_code == 200


def test_a_refusal_is_in_the_programme_s_words_and_the_reader_s_language(house, callers):
    opened = house.handling()
    path = f"/matters/{opened.matter.pk}/actions/request_extension"
    asked = {"inputs": {"reason": "配件未到。"}}
    handler = callers("handler")
    assert handler.post(path, asked).status_code == 200
    for language, said in (
        ("zh-CN", "这件事项已申请过延期。"),
        ("zh-TW", "這件事項已申請過延期。"),
        ("en", "An extension was asked for already."),
    ):
        refused = handler.post(path, asked, **{"Accept-Language": language})
        assert refused.status_code == 409
        assert refused.json()["error"]["message"] == said
        assert refused.json()["error"]["advice"]


def test_what_may_be_chosen_is_named(desk):
    """A program sees no list beside the field."""
    error = shape(desk.get("/matters?phase=broken"))
    assert error["fields"]["phase"].endswith("Pick one of: open, waiting, done, active.")
    opening = {"programme": "public_voice", "kind": "voice", "home": desk.house.org("center").pk}
    opening |= {"body": "x" * 20, "fields": {"category": "complain", "channel": "hotline"}}
    error = shape(desk.post("/matters", opening))
    assert "complaint" in error["fields"]["category"]


def test_fields_are_named_as_they_were_sent(desk):
    assert set(shape(desk.call("POST", "/absences"))["fields"]) == {"body"}
    wrong = desk.get("/figures/public_voice.on_time_rate?period=2026&by=unit")
    assert set(shape(wrong)["fields"]) == {"by.0"}
    told = shape(desk.get("/figures/on_time_rate?period=2026"))
    assert "“on_time_rate”" in told["message"]
