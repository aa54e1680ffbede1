"""Every XML answer of Open311, read by a reader others wrote and held against GeoReport's own rules,
with hostile texts in whatever may stand in it."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client
from hostile import TEXTS
from house import BODY
from lxml import etree

from bihuan.foundation.orgs import api as orgs
from bihuan.kernel.matters.api import Matter
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.models import Publication

BASE = "/open311/v2"
SERVICE = "public_voice.voice.complaint"
RULES = etree.RelaxNG(file=str(Path(__file__).with_name("georeport_v2.rng")))
READER = etree.XMLParser(resolve_entities=False, no_network=True, recover=False)
# What reaches us at all: half a surrogate pair has no UTF-8.
SHORT = {
    name: text
    for name, text in TEXTS.items()
    if len(text) < 500 and not any("\ud800" <= c <= "\udfff" for c in text)
}
# Of a text that is kept as it is: whatever means something in XML, and what is no single unit of UTF-16.
KEPT = ("<script>alert(1)</script>", "]]>", "<![CDATA[", "&amp;", "&lt;", "&#0;", "--> ?>", "👨\u200d👩\u200d👧",
        "مرحبا", "𠮷", "\"'")  # fmt: skip
RAW = f"{' '.join(KEPT)} \x01\x08\x0b\x1f\x7f\x85\ufffe\uffff\U0001fffe一\r\n二\r三\t四"


@pytest.fixture
def city(house):
    del house
    return Client(raise_request_exception=False, headers={"Accept-Language": "zh-CN"})


def read(answer):
    """The root of an answer, once everything about it is as GeoReport says."""
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.lower().startswith(b"<?xml version='1.0' encoding='utf-8'?>")
    root = etree.fromstring(answer.content, READER)
    RULES.assertValid(root)
    assert not [e for e in root.iter() if e.attrib or e.nsmap or not isinstance(e.tag, str)]
    return root


def post(city, form="xml", **more):
    cache.clear()
    given = {"service_code": SERVICE, "description": BODY, **more}
    return city.post(f"{BASE}/requests.{form}", given)


def number_of(answer):
    return read(answer).findtext("request/service_request_id")


def test_the_rules_themselves_refuse_what_is_none():
    """A schema that takes anything would prove nothing."""
    for wrong in (
        "<services><service/></services>",
        "<errors/>",
        "<errors><error><code>200</code><description>x</description></error></errors>",
        "<errors><error><code>400</code><description> </description></error></errors>",
        "<service_requests><request/></service_requests>",
        "<service_requests><request><token> </token></request></service_requests>",
        "<service_definition><service_code>a</service_code></service_definition>",
        "<discovery/>",
        "<requests/>",
    ):
        assert not RULES.validate(etree.fromstring(wrong)), wrong
    for right in (
        "<services/>",
        "<service_requests/>",
        "<service_requests><request><token>7</token></request></service_requests>",
        "<service_definition><attributes/><service_code>a</service_code></service_definition>",
    ):
        RULES.assertValid(etree.fromstring(right))


def test_services_their_definitions_and_discovery(city):
    listed = read(city.get(f"{BASE}/services.xml"))
    codes = [one.findtext("service_code") for one in listed]
    assert SERVICE in codes
    for code in codes:
        assert read(city.get(f"{BASE}/services/{code}.xml")).findtext("service_code") == code
    found = read(city.get(f"{BASE}/discovery.xml"))
    formats = [one.text for one in found.findall("endpoints/endpoint/formats/format")]
    assert formats == ["text/xml", "application/json"]


def test_what_is_sent_is_answered_and_listed(house, city):
    numbers = [
        number_of(
            post(city, description=f"{BODY}{text}", address_string=text, first_name=name[:20])
        )
        for name, text in SHORT.items()
    ]
    assert len(set(numbers)) > 60
    listed = read(city.get(f"{BASE}/requests.xml?page_size=200"))
    assert {one.findtext("service_request_id") for one in listed} == set(numbers)
    assert read(city.get(f"{BASE}/requests/{numbers[0]}.xml")).findtext("request/status") == "open"
    later = (house.at + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert len(read(city.get(f"{BASE}/requests.xml?start_date={later}"))) == 0
    # One without any limit left: it has no date by which it may be expected.
    Matter.objects.update(due_at=None)
    without = read(city.get(f"{BASE}/requests/{numbers[0]}.xml"))
    assert without.find("request/expected_datetime") is None
    assert "expected_datetime" not in city.get(f"{BASE}/requests/{numbers[0]}.json").json()[0]


def test_published_texts_stand_there_as_they_are_and_no_longer_than_is_allowed(house, city):
    orgs.change_org(house.org("vehicles").pk, name=f"中心{RAW}"[:100], at=house.at, actor="system")
    opened = house.answered(house.open(BODY))
    house.act(opened, "publish", "desk")
    (draft,) = publicity.of_subject(opened.matter.stream)
    who = house.actor("publisher")
    draft = publicity.edit(draft.pk, title="题", question=RAW, answer=RAW, actor=who, at=house.at)
    row = publicity.publish(draft.pk, version=draft.version, actor=who, at=house.at)
    number = opened.matter.number

    def shown():
        (one,) = read(city.get(f"{BASE}/requests/{number}.xml"))
        told = city.get(f"{BASE}/requests/{number}.json").json()[0]
        return {e.tag: e.text or "" for e in one}, told

    def same(xml, told):
        # The same said twice: neither form says more than the other.
        assert {name: str(value) for name, value in told.items() if value is not None} == {
            name: text for name, text in xml.items() if told[name] is not None
        }

    xml, told = shown()
    same(xml, told)
    for name in ("description", "status_notes"):
        assert all(piece in xml[name] for piece in KEPT)
        assert "一\n二\n三" in xml[name]
    assert "<script>" in xml["agency_responsible"]
    # As an older house may have kept them, before texts were cleaned on their way in.
    Publication.objects.filter(pk=row.pk).update(question=RAW, answer=RAW)
    xml, told = shown()
    assert all(piece in xml["description"] for piece in KEPT)
    Publication.objects.filter(pk=row.pk).update(
        question="长" * 20_000, answer="👨\u200d👩\u200d👧" * 4_000
    )
    xml, told = shown()
    same(xml, told)
    assert len(xml["description"]) == 4_000
    assert xml["description"].endswith("…")
    assert len(xml["status_notes"]) == 20_000


ASKED = ("status", "start_date", "end_date", "page", "page_size", "jurisdiction_id", "service_code",
         "service_request_id")  # fmt: skip
SENT = (
    "service_code",
    "jurisdiction_id",
    "email",
    "phone",
    "first_name",
    "lat",
    "api_key",
    "description",
)


@pytest.mark.parametrize("field", ASKED)
def test_refusals_of_hostile_questions(city, field):
    for text in SHORT.values():
        cache.clear()
        root = read(city.get(f"{BASE}/requests.xml", {field: text}))
        assert root.tag in ("errors", "service_requests")
    for text in (
        "services/x",
        "services/none",
        "requests/none",
        "requests/%3Cx%3E",
        "nothing",
        "a/b/c",
    ):
        assert read(city.get(f"{BASE}/{text}.xml")).tag == "errors"


@pytest.mark.parametrize("field", SENT)
def test_refusals_of_hostile_messages(city, field):
    for text in SHORT.values():
        root = read(post(city, **{field: text}))
        assert root.tag in ("errors", "service_requests")
    assert read(post(city, **{field: "灯" * 30_000})).tag in ("errors", "service_requests")
