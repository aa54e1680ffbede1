"""Bar S3 around the body: hostile addresses, questions and headers at the doors that answer them.

What no form sends, scripts do: each gets a clear answer, in the reader's language, and writes nothing.
"""

import hostile
import pytest
from django.test import Client
from django.urls import resolve
from test_hostile_faces import IMPORTS, UPLOADS, wrong

pytestmark = pytest.mark.django_db

LONG = "9" * 400
# What stands where an address, or a question behind it, has a value.
ASKED = {
    "nothing": "", "a minus": "-1", "zero": "0", "beyond 64 bits": str(2**63), "beyond everything": LONG,
    "a fraction": "1.5", "an exponent": "1e9", "infinity": "inf", "not a number": "NaN", "hexadecimal": "0x10",
    "Arabic digits": "%D9%A1%D9%A2", "full-width digits": "%EF%BC%91", "a superscript": "%C2%B2", "NUL": "%00",
    "a NUL behind": "1%00", "a line end": "1%0d%0aX-Y:%20z", "half a character": "%ff", "overlong": "%c0%ae",
    "a surrogate": "%ed%a0%80", "double encoded": "%2500", "a percent alone": "%", "half an escape": "%4",
    "a quote": "%27", "a union": "1%20UNION%20SELECT%201", "a comment": "1--", "a page": "%3Cscript%3E", "a template": "%7B%7B7*7%7D%7D",
    "up": "..%2f..%2fetc%2fpasswd", "up twice encoded": "%252e%252e%252f", "a backslash": "..%5c..%5c", "a drive": "C:%5c",
    "a file": "file:%2f%2f%2fetc%2fpasswd", "an address": "http:%2f%2f127.0.0.1%2f", "brackets": "[]", "an object": "%7B%22a%22:1%7D",
    "a list of a thousand": ",".join(["1"] * 1000), "a day that is none": "2026-02-30", "a year none": "0000-01-01",
    "a year beyond": "99999-01-01", "a day and an hour": "2026-03-02T25:61:00Z", "a month": "2026-13", "a week": "2026-W99",
    "a quarter": "2026-Q9", "direction marks": "%E2%80%AE", "many blanks": "%20" * 300, "an emoji": "%F0%9F%98%80",
}  # fmt: skip
QUESTIONS = (
    "/published?q={}", "/published?before={}", "/published/{}", "/published?category={}", "/roundup/{}", "/services?q={}", "/services/{}",
    "/services/{}/book", "/halls/{}", "/notices/{}", "/bulletins/{}", "/bulletins/1/{}", "/feed.atom?{}", "/calendar/{}.ics",
    "/seals/{}.json", "/seals/consistency?old={}", "/seals/consistency?old=1&new={}", "/follow/file/{}", "/roundup/confirm/{}",
    "/roundup/end/{}", "/screen/{}", "/kept?org={}", "/honours?of={}", "/ask?home={}", "/promise?org={}",
    "/api/v1/public/answers?limit={}", "/api/v1/public/answers?before={}", "/api/v1/public/answers/{}",
    "/api/v1/public/roundups/{}", "/api/v1/public/halls/{}/slots", "/api/v1/public/visits?days={}", "/api/v1/public/kept?of={}",
    "/open311/v2/services.json?jurisdiction_id={}", "/open311/v2/requests.json?start_date={}",
    "/open311/v2/requests.json?page_size={}", "/open311/v2/requests.xml?status={}", "/open311/v2/requests/{}.json",
)  # fmt: skip
STAFF_QUESTIONS = (
    "/desk/?text={}", "/desk/?state={}", "/desk/?unit={}", "/desk/?before={}", "/desk/?page={}", "/desk/?since={}", "/desk/matters/{}",
    "/desk/figures/public_voice/{}", "/desk/figures/public_voice/received?period={}",
    "/desk/figures/public_voice/received?org={}", "/desk/figures/public_voice/received?by={}",
    "/desk/figures/public_voice/received/matters?after={}", "/desk/cockpit?period={}", "/desk/pressures?org={}",
    "/desk/bulletins/{}", "/desk/layouts/{}", "/desk/publications/{}", "/desk/export.xlsx?since={}",
    "/api/v1/matters/{}", "/api/v1/matters?size={}", "/api/v1/matters?since={}", "/api/v1/matters?before={}",
    "/api/v1/matters?order={}", "/api/v1/figures/received?period={}", "/api/v1/figures/{}", "/api/v1/figures/received?depth={}",
    "/api/v1/figures/received/matters?after={}", "/api/v1/orgs?limit={}", "/api/v1/orgs?q={}", "/api/v1/orgs/{}",
    "/api/v1/people?org={}", "/api/v1/programmes/{}", "/api/v1/programmes/public_voice?on={}", "/api/v1/halls/{}/timetables",
)  # fmt: skip
HEADERS = {
    "a language without end": {"Accept-Language": "zh-" * 3000},
    "a language that is none": {"Accept-Language": "\xff;q=x,,;q=1e9"},
    "languages by the thousand": {
        "Accept-Language": ",".join(f"x{n};q=0.{n}" for n in range(2000))
    },
    "a type that is none": {"Accept": "///;;,"},
    "a type of body that is none": {"Content-Type": "application/json; charset=nonsense"},
    "a boundary without end": {"Content-Type": "multipart/form-data; boundary=" + "x" * 5000},
    "no boundary": {"Content-Type": "multipart/form-data"},
    "a broken cookie": {"Cookie": "sessionid=\x7f; csrftoken=;;;=;"},
    "a session of somebody's making": {"Cookie": "sessionid=../../etc/passwd"},
    "cookies by the thousand": {"Cookie": "; ".join(f"a{n}=1" for n in range(3000))},
    "a basic log-in": {"Authorization": "Basic Og=="},
    "a token that is none": {"Authorization": "Bearer \x00"},
    "a token without end": {"Authorization": "Bearer " + "x" * 50_000},
    "two ways to log in": {"Authorization": "Bearer a, Basic b"},
    "a proxy that is none": {"X-Forwarded-For": "999.1.1.1, <script>, ::::"},
    "proxies by the thousand": {"X-Forwarded-For": ", ".join(["10.0.0.1"] * 3000)},
    "a host behind the host": {"X-Forwarded-Host": "x.example"},
    "another scheme": {"X-Forwarded-Proto": "gopher"},
    "a range without end": {"Range": "bytes=" + ",".join(["0-1"] * 2000)},
    "a tag without end": {"If-None-Match": '"' + "x" * 20_000},
    "a date that is none": {"If-Modified-Since": "yesterday"},
    "a method in the header": {"X-HTTP-Method-Override": "DELETE"},
    "a key without end": {"Idempotency-Key": "x" * 5000},
    "a key of controls": {"Idempotency-Key": "\x01\x02"},
    "a swap that is none": {"HX-Request": "maybe", "HX-Target": "#'\"<"},
    "a referrer from elsewhere": {"Referer": "http://x.example/\u202e"},
    "an agent that is a page": {"User-Agent": "<img src=x onerror=alert(1)>"},
    "an address in the address": {"X-Original-URL": "/studio/people"},
    "a rewritten address": {"X-Rewrite-URL": "/studio/people"},
    "a user of the proxy's": {"Remote-User": "admin"},
    "a user of somebody's": {"X-Remote-User": "admin"},
    "a forged token of the form": {"X-CSRFToken": "x" * 64},
    "an origin of nobody": {"Origin": "null"},
    "an origin from elsewhere": {"Origin": "https://x.example"},
    "a deletion expected": {"Expect": "100-continue"},
    "an upgrade": {"Upgrade": "websocket", "Connection": "Upgrade"},
    "a time that is none": {"traceparent": "00-zz-zz-zz"},
}


def client_of(house, who=None):
    made = (
        house.client(who, raise_request_exception=False)
        if who
        else Client(raise_request_exception=False)
    )
    made.defaults["HTTP_ACCEPT_LANGUAGE"] = "zh-CN"
    return made


def questions(client, addresses):
    """Every address with a third of the values, each value at a third of the addresses."""
    asked = {
        f"{where}: {name}": where.format(value)
        for n, where in enumerate(addresses)
        for m, (name, value) in enumerate(ASKED.items())
        if value and (n + m) % 3 == 0
    }
    return {name: lambda a=address: client.get(a) for name, address in asked.items()}


def test_the_addresses_are_there():
    plain = {"{}": "1", "/bulletins/1/{}": "/bulletins/1/pdf"}
    for where in (*QUESTIONS, *STAFF_QUESTIONS):
        resolve(plain.get(where, where.format("1")).split("?")[0])


def test_questions_anybody_may_ask(house):
    assert wrong(questions(client_of(house), QUESTIONS)) == {}


def test_questions_of_staff(house):
    house.handling()
    assert wrong(questions(client_of(house, "leader"), STAFF_QUESTIONS)) == {}


@pytest.mark.parametrize(
    "where",
    [
        "/",
        "/ask",
        "/desk/",
        "/api/v1/public/answers",
        "/api/v1/matters",
        "/open311/v2/requests.json",
    ],
)
def test_headers(house, where):
    client = client_of(house, "desk") if "matters" in where or "desk" in where else client_of(house)
    cases = {name: lambda h=held: client.get(where, headers=h) for name, held in HEADERS.items()}
    cases |= {
        f"posted: {name}": lambda h=held: client.generic(
            "POST", where, b"x", **{f"HTTP_{k.upper().replace('-', '_')}": v for k, v in h.items()}
        )
        for name, held in HEADERS.items()
    }
    assert wrong(cases) == {}


def test_a_method_that_an_address_does_not_take_is_explained(house):
    answer = client_of(house).post("/published")
    assert answer.status_code == 405
    assert "GET" in answer["Allow"]
    assert "请返回上一页" in answer.content.decode()


def test_there_are_enough_of_them():
    """Bar S3: four hundred by name, here and in the bodies."""
    bodies = len(hostile.TEXTS) + len(hostile.VALUES) + len(UPLOADS) + len(IMPORTS)
    assert bodies + len(ASKED) + len(HEADERS) >= 400
