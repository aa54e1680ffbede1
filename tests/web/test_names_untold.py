"""No door that somebody without a log-in comes to says whether a name exists: not by what it answers, not
by cookies, not by the hashes that it works out."""

import re
from datetime import timedelta

import pytest
from answering import answering
from django.core import signing
from django.test import Client
from house import Quick

from bihuan.foundation.access import api as access
from bihuan.foundation.access import governing, inviting
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.access.providers import Provider
from bihuan.foundation.audit.api import vault
from bihuan.foundation.orgs import api as orgs
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import subscriptions
from bihuan.web.providers import wecom

# What stands in a page anew each time, or is what was typed there.
ANEW = re.compile(
    r'value="[^"]*"|nonce="[^"]*"|"(?:request_id|id)": "[^"]*"|(?:gone|here)@example\.org'
)
GONE = 2**31 - 7
WRONG = "Quite-another-71"
RIGHT = "Quiet-harbour-71"


class Counted(Quick):
    """The hash of the tests, counted."""

    worked_out = 0

    def encode(self, *given, **named):
        type(self).worked_out += 1
        return super().encode(*given, **named)


@pytest.fixture
def people(house):
    """Names of every sort: working, closed, without a password, without an account, unknown."""
    closed = house.person("other_handler")
    place = house.org("vehicles")
    governing.change_person(closed.pk, is_active=False, code="0002", email="x@example.org",
                            at=house.at, actor=SYSTEM)  # fmt: skip
    orgs.create_person("hollow", "石榴花", at=house.at, actor="system")
    bare = governing.add_person("买买提", place=place, code="0003", at=house.at, actor=SYSTEM)
    return {"working": "handler", "closed": "other_handler", "hollow": "hollow",
            "bare": bare.name, "unknown": "nobody", "strange": "' or 1=1 --", "odd": "no\0body"}  # fmt: skip


def origin():
    """An origin that nobody came from yet: paces are by origin, and are not what is asked here."""
    origin.last = getattr(origin, "last", 0) + 1
    return f"198.18.{origin.last // 250}.{origin.last % 250}"


def seen(answer):
    """What somebody outside learns of an answer."""
    cookies = tuple(sorted(answer.cookies))
    headers = tuple(sorted(name for name in answer.headers if name != "Content-Length"))
    text = ANEW.sub("", answer.content.decode())
    return answer.status_code, answer.headers.get("Location"), cookies, headers, text


def alike(answers):
    told = {name: seen(answer) for name, answer in answers.items()}
    first = next(iter(told.values()))
    assert {name for name, one in told.items() if one != first} == set()
    return first


def new(**extra):
    return Client(REMOTE_ADDR=origin(), **extra)


@pytest.mark.django_db
def test_doors_of_names_and_passwords(house, people, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.Counted"]
    hashes, answers = {}, {}
    for sort, name in people.items():
        Counted.worked_out = 0
        answers[sort] = new().post("/desk/login", {"username": name, "password": WRONG})
        hashes[sort] = Counted.worked_out
    assert alike(answers)[0] == 403
    # Each costs one, or the time of the answer would tell.
    assert set(hashes.values()) == {1}, hashes
    # Nor does waiting tell: each name waits as long, after as many.
    waits = {}
    for sort, name in people.items():
        client = new()
        for _ in range(20):
            last = client.post("/desk/login", {"username": name, "password": WRONG})
            if last.status_code == 429:
                break
        waits[sort] = last
    assert alike(waits)[0] == 429
    assert len({one["Retry-After"] for one in waits.values()}) == 1
    asked = {sort: new().post("/desk/forgotten", {"who": name}) for sort, name in people.items()}
    asked |= {
        mail: new().post("/desk/forgotten", {"who": mail})
        for mail in ("x@example.org", "no@example.org")
    }
    assert alike(asked)[0] == 200


@pytest.mark.django_db
def test_doors_of_codes_and_keys(house, people):
    at, handler = now(), house.person("handler")
    bearer = {"unknown": "bh_unknown", "strange": "x", "odd": "\u00e9"}
    last = at.date() + timedelta(days=9)
    for sort in ("revoked", "ended"):
        bearer[sort] = access.issue_token(
            handler.pk, "t", ["matters:read"], expires=last, at=at, actor="system"
        )
        if sort == "revoked":
            (row,) = access.tokens_of(handler.pk)
            governing.revoke_token(row.pk, at=at, actor=SYSTEM)
    governing.reset_password(handler.pk, RIGHT, at=at, actor=SYSTEM)
    for path in ("matters", f"people/{handler.pk}", f"people/{GONE}", "me"):
        said = {
            sort: new(HTTP_AUTHORIZATION=f"Bearer {key}").get(f"/api/v1/{path}")
            for sort, key in bearer.items()
        }
        said["none"] = new().get(f"/api/v1/{path}")
        assert alike(said)[0] == (404 if said["none"].status_code == 404 else 401)
    keyed = {}
    for sort, key in bearer.items():
        given = {
            "service_code": "public_voice.voice.complaint",
            "description": "路灯坏了",
            "api_key": key,
        }
        keyed[sort] = new().post("/open311/v2/requests.json", given)
    assert alike(keyed)[0] == 403
    _, ended = governing.invite(handler.pk, at=at, actor=SYSTEM)
    governing.end_invitation(handler.pk, at=at, actor=SYSTEM)
    page, told = {}, {}
    for sort, name in people.items():
        for code in (ended, "A" * 20):
            given = {"code": code, "username": name, "password": RIGHT}
            page[sort, code] = new().post("/desk/invited", given)
            told[sort, code] = new().post("/api/v1/invitation/accept", given, "application/json")
    assert alike(page)[0] == 404
    clean = {one: told[one] for one in told if one[0] != "odd"}
    assert alike(clean)[0] == 404
    assert inviting.open_of(handler.pk, at) is None
    # What a key names is signed first: a forged one is not looked for.
    forged = {pk: new().get(f"/calendar/{pk}:x:y.ics") for pk in (handler.pk, GONE)}
    assert alike(forged)[0] == 404


@pytest.mark.django_db
def test_doors_of_staff_lead_everybody_to_the_log_in(house, people):
    handler, place = house.person("handler"), house.org("vehicles")
    for path, known in {
        "/desk/people/{}": handler.pk, "/desk/orgs/{}": place.pk, "/studio/people/{}": handler.pk,
        "/studio/people/{}/invite": handler.pk, "/desk/find?q={}": handler.name,
        "/m/": "", "/desk/members/{}": handler.pk, "/desk/register?q={}": "x",
    }.items():  # fmt: skip
        answers = {pk: new().get(path.format(pk)) for pk in (known, GONE)}
        told = {one.headers.get("Location", "").partition("?")[0] for one in answers.values()}
        assert {one.status_code for one in answers.values()} <= {302, 404}, path
        assert len({one.status_code for one in answers.values()}) == 1, path
        assert len(told) == 1, path


@pytest.mark.django_db
def test_doors_of_providers_and_subscriptions(house, people, settings):
    wecom._KEPT.clear()
    paths = {"/token": lambda *_: (200, {"errcode": 0, "access_token": "t", "expires_in": 7200}),
             "/me": lambda said, _: (200, {"errcode": 0, "userid": said["code"]})}  # fmt: skip
    with answering(paths) as address:
        at_home = {"token": f"{address}/token", "profile": f"{address}/me"}
        said = Provider(key="wecom", kind="wecom", client="c", secret="s", agent="1",
                        proves={"code": "userid"}, addresses=at_home)  # fmt: skip
        settings.PROVIDERS = {"wecom": said}
        came = {}
        for sort, code in {"closed": "0002", "bare": "0003", "unknown": "0009"}.items():
            client = new()
            state = client.get("/desk/by/wecom")["Location"].partition("state=")[2]
            came[sort] = client.get("/desk/by/wecom/back", {"state": state, "code": code})
        assert alike(came)[0] == 403
    settings.PROOF_OF_WORK = "off"
    token = signing.dumps(
        [vault.seal(vault.Person(email="here@example.org"), subscriptions.ASKED), "day", "zh-hans"],
        salt=subscriptions.ASKED,
    )
    subscriptions.confirm(token, at=now())
    asked = {mail: new().post("/roundup/subscribe", {"email": f"{mail}@example.org", "rhythm": "day"})
             for mail in ("here", "gone")}  # fmt: skip
    assert alike(asked)[0] == 200
