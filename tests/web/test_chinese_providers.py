"""WeCom, DingTalk and Feishu: asked as their documents say, answered in the shapes that these show."""

from urllib.parse import parse_qs, urlsplit

import pytest
from answering import answering
from django.test import Client

from bihuan.foundation.access import governing
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.models import Connection
from bihuan.foundation.access.providers import Provider
from bihuan.web.providers import wecom

OK = {"errcode": 0, "errmsg": "ok"}


class WeCom:
    """The organisation's own token, and with it who a code is of; a code counts once."""

    def __init__(self):
        self.codes = {"c-1": {"userid": "zhangsan"}, "c-2": {"userid": "lisi"}}
        self.codes |= {"guest": {"openid": "o-1", "external_userid": "w-1"}}
        self.tokens, self.stale, self.asked = 0, set(), []

    def paths(self):
        return {"/gettoken": self.token, "/getuserinfo": self.who}

    def token(self, said, headers):
        self.asked.append("token")
        if said["corpsecret"] != "right":
            return 200, {"errcode": 40001, "errmsg": "invalid credential, hint: [17]"}
        self.tokens += 1
        return 200, {**OK, "access_token": f"t-{self.tokens}", "expires_in": 7200}

    def who(self, said, headers):
        self.asked.append("who")
        if said["access_token"] in self.stale:
            return 200, {"errcode": 42001, "errmsg": "access_token expired"}
        if said["code"] not in self.codes:
            return 200, {"errcode": 40029, "errmsg": "invalid code"}
        return 200, {**OK, **self.codes.pop(said["code"])}


class DingTalk:
    """A token for a code, in capital words; who it is of, without an address where they gave none."""

    def __init__(self):
        self.codes, self.corp = {"c-1"}, "ding1"
        self.me = {"nick": "周", "openId": "od-1", "unionId": "ud-1", "mobile": "13800000000"}

    def paths(self):
        return {"/token": self.token, "/me": self.who}

    def token(self, said, headers):
        assert said["clientId"] == "app"
        if said["code"] not in self.codes or said["clientSecret"] != "right":
            told = {"code": "invalidParameter.authCode.notFound", "message": "不存在的临时授权码"}
            return 400, {**told, "requestid": "0"}
        self.codes.discard(said["code"])
        told = {"accessToken": "t", "refreshToken": "r", "expireIn": 7200}
        return 200, {**told, "corpId": self.corp}

    def who(self, said, headers):
        if headers.get("x-acs-dingtalk-access-token") != "t":
            return 400, {"code": "InvalidAuthentication", "message": "不合法的access_token"}
        return 200, self.me


class Feishu:
    """OAuth 2 in JSON; a `code` other than 0 says what was wrong, with status 400 or 200."""

    def __init__(self):
        self.codes, self.expired = {"c-1"}, False
        self.me = {"name": "张三", "open_id": "ou-1", "union_id": "on-1", "tenant_key": "t-1"}

    def paths(self):
        return {"/token": self.token, "/me": self.who}

    def token(self, said, headers):
        assert said["grant_type"] == "authorization_code"
        if said["code"] not in self.codes:
            told = {"code": 20003, "error": "invalid_grant"}
            return 400, {**told, "error_description": "The authorization code has been used."}
        self.codes.discard(said["code"])
        return 200, {"code": 0, "access_token": "t", "expires_in": 7200, "token_type": "Bearer"}

    def who(self, said, headers):
        if self.expired or headers.get("authorization") != "Bearer t":
            return 200, {"code": 99991677, "msg": "token expired"}
        return 200, {"code": 0, "msg": "success", "data": self.me}


@pytest.fixture
def declared(settings):
    def put(kind, address, **given):
        names = {"wecom": ("gettoken", "getuserinfo")}.get(kind, ("token", "me"))
        token, profile = (f"{address}/{name}" for name in names)
        said = {"client": "app", "secret": "right"} | given
        addresses = {"token": token, "profile": profile}
        settings.PROVIDERS = {kind: Provider(key=kind, kind=kind, addresses=addresses, **said)}

    wecom._KEPT.clear()
    return put


def asked(client, kind, **extra):
    """What the browser is led to say to the provider."""
    answer = client.get(f"/desk/by/{kind}", **extra)
    assert answer.status_code == 302
    parts = urlsplit(answer["Location"])
    query = {name: one[0] for name, one in parse_qs(parts.query).items()}
    return f"{parts.scheme}://{parts.netloc}{parts.path}", query, parts.fragment


def come(client, kind, code, **more):
    state = asked(client, kind)[1]["state"]
    return client.get(f"/desk/by/{kind}/back", {"state": state, "code": code, **more})


def connected(client, kind, code):
    page = client.post(f"/desk/by/{kind}")
    query = parse_qs(urlsplit(page["Refresh"].removeprefix("0;url=")).query)
    sent = {"state": query["state"][0], "code": code}
    return client.get(f"/desk/by/{kind}/back", sent, follow=True)


def is_in(client, person):
    return client.session.get("_auth_user_id") == str(person.pk)


@pytest.mark.django_db
def test_wecom_by_qr_and_inside_its_app(house, declared):
    declared("wecom", "http://127.0.0.1:9", agent="1000002")
    address, query, _ = asked(Client(), "wecom")
    assert address == "https://login.work.weixin.qq.com/wwlogin/sso/login"
    back = "http://127.0.0.1:8000/desk/by/wecom/back"
    state = query.pop("state")
    assert state
    wanted = {"login_type": "CorpApp", "appid": "app", "agentid": "1000002", "redirect_uri": back}
    assert query == wanted
    phone = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) wxwork/4.1.22 MicroMessenger/7.0.1"}
    address, query, fragment = asked(Client(), "wecom", **phone)
    assert address == "https://open.weixin.qq.com/connect/oauth2/authorize"
    assert (query["response_type"], query["scope"]) == ("code", "snsapi_base")
    assert fragment == "wechat_redirect"


@pytest.mark.django_db
def test_wecom_members_come_in_once_a_code(house, declared, caplog):
    told, handler = WeCom(), house.person("handler")
    governing.change_person(handler.pk, code="zhangsan", at=house.at, actor=SYSTEM)
    with answering(told.paths()) as address:
        declared("wecom", address, agent="1", proves={"code": "userid"})
        client = Client()
        assert come(client, "wecom", "c-1").status_code == 302
        assert is_in(client, handler)
        # The code again: WeCom does not know it any more.
        answer = come(Client(), "wecom", "c-1")
        assert answer.status_code == 403
        assert "没有接上" in answer.content.decode()
        # Who is no member of the organisation, and who is nobody here.
        assert come(Client(), "wecom", "guest").status_code == 403
        answer = come(Client(), "wecom", "c-2")
        assert "不知道您是谁" in answer.content.decode()
        # The organisation's token was asked for once for all of them.
        assert told.asked == ["token", "who", "who", "who", "who"]
        told.codes["c-3"] = {"userid": "zhangsan"}
        told.stale.add("t-1")
        assert come(Client(), "wecom", "c-3").status_code == 302
        assert told.asked[5:] == ["who", "token", "who"]
        # A token that never holds is asked for once more, not for ever.
        told.stale |= {"t-2", "t-3"}
        told.codes["c-4"] = {"userid": "zhangsan"}
        assert come(Client(), "wecom", "c-4").status_code == 403
        assert "AnsweredError 42001" in caplog.text
        declared("wecom", address, agent="1", secret="wrong")
        assert come(Client(), "wecom", "c-4").status_code == 403
        assert "AnsweredError 40001" in caplog.text
    assert "zhangsan" not in caplog.text
    assert Connection.objects.get().by == "code"


@pytest.mark.django_db
def test_dingtalk_with_and_without_an_address(house, declared):
    told, handler = DingTalk(), house.person("handler")
    governing.change_person(handler.pk, email="lin@example.org", at=house.at, actor=SYSTEM)
    with answering(told.paths()) as address:
        declared("dingtalk", address, tenant="ding1", proves={"email": "email"})
        where, query, _ = asked(Client(), "dingtalk")
        assert where == "https://login.dingtalk.com/oauth2/auth"
        assert (query["client_id"], query["prompt"]) == ("app", "consent")
        assert set(query["scope"].split()) == {"openid", "corpid"}
        # DingTalk has no address of theirs: nobody is known by it, and nothing breaks.
        answer = come(Client(), "dingtalk", "ignored", authCode="c-1")
        assert "不知道您是谁" in answer.content.decode()
        told.codes, told.me["email"] = {"c-2", "c-3"}, "lin@example.org"
        told.corp = "ding2"
        assert "没有接上" in come(Client(), "dingtalk", "", authCode="c-2").content.decode()
        told.corp = "ding1"
        client = Client()
        assert come(client, "dingtalk", "", authCode="c-3").status_code == 302
        assert is_in(client, handler)
        assert come(Client(), "dingtalk", "", authCode="c-3").status_code == 403
        declared("dingtalk", address, secret="wrong")
        assert come(Client(), "dingtalk", "", authCode="c-4").status_code == 403


@pytest.mark.django_db
def test_feishu_is_connected_and_known(house, declared, caplog):
    told, handler = Feishu(), house.person("handler")
    with answering(told.paths()) as address:
        declared("feishu", address, tenant="t-1")
        where, query, _ = asked(Client(), "feishu")
        assert where == "https://accounts.feishu.cn/open-apis/authen/v1/authorize"
        assert (query["client_id"], query["response_type"]) == ("app", "code")
        assert "已连接飞书" in connected(house.client("handler"), "feishu", "c-1").content.decode()
        told.codes |= {"c-2", "c-3", "c-4"}
        client = Client()
        assert come(client, "feishu", "c-2").status_code == 302
        assert is_in(client, handler)
        assert come(Client(), "feishu", "c-2").status_code == 403
        assert "AnsweredError 20003" in caplog.text
        told.me["tenant_key"] = "t-2"
        assert come(Client(), "feishu", "c-3").status_code == 403
        told.expired = True
        assert come(Client(), "feishu", "c-4").status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_what_no_document_shows_breaks_nothing(house, declared, kind):
    odd = [
        (500, b""),
        (200, b"<html>"),
        (200, []),
        (200, {}),
        (200, None),
        (200, {"code": 0}),
        (302, {}),
    ]
    for status, said in odd:
        wecom._KEPT.clear()
        path = {"wecom": ("/gettoken", "/getuserinfo")}.get(kind, ("/token", "/me"))
        with answering(dict.fromkeys(path, lambda *_, s=status, t=said: (s, t))) as address:
            declared(kind, address, agent="1")
            client = Client()
            answer = come(client, kind, "c", authCode="c")
            assert answer.status_code in (403, 502), (status, said)
            assert "再试一次" in answer.content.decode()
            assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_another_states_answer_is_nobodys(house, declared):
    told = WeCom()
    with answering(told.paths()) as address:
        declared("wecom", address, agent="1", proves={"code": "userid"})
        for state in ("", "x", "0" * 16):
            answer = Client().get("/desk/by/wecom/back", {"state": state, "code": "c-1"})
            assert answer.status_code == 403
        assert Client().post("/desk/by/wecom/back").status_code == 405
        # Nothing was asked of WeCom, so the code counts still.
        assert told.asked == []
