"""Open311 GeoReport v2: the six methods, both forms, and what never reads back."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from xml.etree import ElementTree as ET

import civicbot.open311
import civicbot.registry
import georeport
import pytest
import time_machine
from django.db import connection
from django.test import Client
from house import BODY

from bihuan.foundation.access import api as access
from bihuan.foundation.access import retries
from bihuan.foundation.access.models import Retry
from bihuan.foundation.audit.api import vault
from bihuan.kernel.matters.api import Matter
from bihuan.lib.clock import now
from bihuan.outcomes.publicity import api as publicity

BASE = "/open311/v2"
SERVICE = "public_voice.voice.complaint"
RAW = f"{BODY}我是王小明，电话13812345678。"


@pytest.fixture
def city(house):
    return Client(raise_request_exception=False, headers={"Accept-Language": "zh-CN"})


def send(city, **more):
    return city.post(f"{BASE}/requests.json", {"service_code": SERVICE, "description": RAW, **more})


def matter_of(answer):
    return Matter.objects.get(pk=int(answer.json()[0]["service_request_id"].rpartition("-")[2]))


def test_services_in_both_forms(city):
    listed = city.get(f"{BASE}/services.json").json()
    assert [s["service_code"] for s in listed] == [
        "public_voice.voice.consult", SERVICE, "public_voice.voice.suggestion",
    ]  # fmt: skip
    assert listed[1]["service_name"] == "投诉"
    assert {s["metadata"] for s in listed} == {False}
    root = ET.fromstring(city.get(f"{BASE}/services.xml").content)
    assert [s.findtext("service_code") for s in root] == [s["service_code"] for s in listed]
    assert root.tag == "services"
    assert root[0].findtext("metadata") == "false"
    one = city.get(f"{BASE}/services/{SERVICE}.json").json()
    assert one == {"service_code": SERVICE, "attributes": []}
    xml = ET.fromstring(city.get(f"{BASE}/services/{SERVICE}.xml").content)
    assert (xml.tag, xml.findtext("service_code")) == ("service_definition", SERVICE)


def test_what_is_sent_lands_at_a_desk_with_its_contact_in_the_vault(house, city):
    answer = send(
        city, address_string="人民路1号", lat="36.6", long="101.7", first_name="小明",
        last_name="王", phone="13812345678", email="a@example.org", media_url="http://x/y.jpg",
    )  # fmt: skip
    assert answer.status_code == 201, answer.content
    matter = matter_of(answer)
    assert (matter.home.code, matter.channel, matter.category) == ("center", "open311", "complaint")
    assert matter.facts["place"] == "人民路1号; 36.6, 101.7"
    assert matter.anonymous is False
    assert vault.for_delivery(matter.stream) == vault.Person(
        "王小明", "13812345678", "a@example.org"
    )
    code = answer.json()[0]["service_notice"].partition("查询码 ")[2].partition("。")[0]
    follow = city.post("/api/v1/public/follow", {"code": code}, content_type="application/json")
    assert follow.json()["number"] == matter.number
    bare = matter_of(send(city, address_string="长" * 200))
    assert bare.anonymous is True
    assert "place" not in bare.facts


def test_jurisdiction_names_the_receiver(house, city):
    assert matter_of(send(city, jurisdiction_id="neighbour")).home.code == "neighbour"
    # The city itself has no desk: what is sent to it comes to the one below that has.
    assert matter_of(send(city, jurisdiction_id="city")).home.code == "center"
    assert send(city, jurisdiction_id="schools").status_code == 404
    unknown = send(city, jurisdiction_id="atlantis")
    assert (unknown.status_code, unknown.json()[0]["code"]) == (404, 404)


def test_reads_back_without_a_word_of_the_raw_text(house, city):
    answer = send(city, last_name="王", phone="13812345678")
    number = answer.json()[0]["service_request_id"]
    for form in ("json", "xml"):
        for path in (f"requests/{number}", "requests"):
            body = city.get(f"{BASE}/{path}.{form}").content.decode()
            assert number in body
            for secret in ("红绿灯", "王", "13812345678"):
                assert secret not in body
    [one] = city.get(f"{BASE}/requests/{number}.json").json()
    assert (one["status"], one["description"], one["agency_responsible"]) == (
        "open",
        "",
        "受理中心",
    )
    assert one["status_notes"] == "待受理"


def test_published_text_reads_back_redacted(house, city):
    answer = send(city)
    matter = matter_of(answer)
    number = answer.json()[0]["service_request_id"]
    access.give(
        house.person("desk").pk, "desk", house.org("city").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip
    house.act(matter.pk, "settle", "desk", reply="已修好。")
    house.act(matter.pk, "publish", "desk")
    [row] = publicity.of_subject(matter.stream)
    assert city.get(f"{BASE}/requests/{number}.json").json()[0]["description"] == ""
    publicity.publish(row.pk, version=row.version, actor=house.actor("desk"), at=house.at)
    [one] = city.get(f"{BASE}/requests/{number}.json").json()
    assert "红绿灯" in one["description"]
    assert "13812345678" not in one["description"]
    assert one["status_notes"] == "已修好。"


def test_filters(house, city):
    first = send(city).json()[0]["service_request_id"]
    second = send(city, service_code="public_voice.voice.consult").json()[0]["service_request_id"]
    hidden = house.open().matter.number

    def listed(**query):
        found = city.get(f"{BASE}/requests.json", query)
        assert found.status_code == 200, found.content
        return [r["service_request_id"] for r in found.json()]

    assert listed() == [second, first]
    assert listed(service_code=SERVICE) == [first]
    assert listed(service_request_id=f"{first},{hidden}") == [first]
    assert listed(status="open") == [second, first]
    assert listed(status="closed") == []
    assert listed(status="open,closed") == [second, first]
    assert listed(status="OPEN") == listed(page_size=9999) == [second, first]
    assert listed(page_size=1) == [second]
    assert listed(page_size=1, page=2) == [first]
    day = (house.at + timedelta(days=1)).isoformat()
    assert listed(start_date=day) == []
    assert listed(end_date=day, start_date="2026-03-01T00:00:00Z") == [second, first]
    assert listed(end_date="2026-03-01T00:00:00Z") == []
    assert city.get(f"{BASE}/requests/{hidden}.json").status_code == 404


@pytest.mark.parametrize("zone", ["+08:00", "%2B08:00", "Z", ".000+08:00", ""])
def test_a_plus_that_arrives_as_a_blank_is_a_plus(city, zone):
    assert city.get(f"{BASE}/requests.json?start_date=2026-03-02T00:00:00{zone}").status_code == 200


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("requests.json?status=asleep", 400), ("requests.json?page=x", 400),
        ("requests.json?page_size=0", 400),
        ("requests.json?start_date=soon", 400),
        ("requests.json?start_date=0001-01-01T00:00:00Z", 400),
        ("requests/MY2026-999999.json", 404), ("services/none.json", 404),
        ("services.json?jurisdiction_id=atlantis", 404), ("nowhere.json", 404),
        ("requests.json?status=%00", 400),
    ],
)  # fmt: skip
def test_errors_have_open311s_shape(city, path, status):
    answer = city.get(f"{BASE}/{path}")
    assert answer.status_code == status
    for one in answer.json():
        assert set(one) == {"code", "description"}
        assert one["code"] == status
        assert one["description"]
    xml = city.get(f"{BASE}/{path.replace('.json', '.xml')}")
    assert xml.status_code == status
    root = ET.fromstring(xml.content)
    assert (root.tag, root[0].tag, root[0].findtext("code")) == ("errors", "error", str(status))


def test_refused_posts(house, city):
    url = f"{BASE}/requests.json"
    assert city.post(url, {"description": "x"}).status_code == 400
    assert send(city, service_code="none.of.this").status_code == 404
    assert send(city, description=" ").status_code == 400
    assert send(city, email="nobody").json()[0]["description"].startswith("email")
    assert send(city, api_key="bh_wrong").status_code == 403
    assert city.put(url).status_code == 405
    assert city.get(f"{BASE}/requests.yaml").status_code == 404
    for _ in range(15):
        last = send(city)
    assert last.status_code == 201
    shut = send(city)
    assert shut.status_code == 429
    assert int(shut.headers["Retry-After"]) > 0


def test_api_key_acts_as_its_person(house, city):
    access.give(
        house.person("desk").pk, "desk", house.org("city").pk,
        start=house.day, at=house.at, actor="system",
    )  # fmt: skip

    def key(who):
        return access.issue_token(
            house.person(who).pk, "k", ["matters:write"],
            expires=house.day, at=house.at, actor="system",
        )  # fmt: skip

    assert send(city, api_key=key("desk")).status_code == 201
    assert send(city, api_key=key("stranger")).status_code == 403


def test_same_key_and_same_words_open_once(city):
    def keyed(**more):
        return city.post(
            f"{BASE}/requests.json",
            {"service_code": SERVICE, "description": RAW, **more},
            headers={"Idempotency-Key": "1"},
        )

    first, again, other = keyed(), keyed(), keyed(phone="138")
    assert first.json() == again.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    assert other.json() != first.json()


def test_discovery(city):
    found = city.get(f"{BASE}/discovery.json").json()
    assert found["endpoints"][0]["url"].endswith("/open311/v2")
    root = ET.fromstring(city.get(f"{BASE}/discovery.xml").content)
    assert root.findtext("endpoints/endpoint/specification").endswith("GeoReport_v2")


def test_a_client_others_wrote_lists_posts_and_reads_back(house, transactional_db, live_server):
    """Bar E4, with the package civicbot as it comes from its authors."""
    place = civicbot.registry.Endpoint(
        "city", "平安市", f"{live_server.url}{BASE}", write=True, api_key_required_for_write=False
    )
    client = civicbot.open311.Open311Client(place)
    codes = [s["service_code"] for s in client.list_services()]
    assert SERVICE in codes
    made = client.create_request(
        SERVICE, dry_run=False, confirm="SEND", validate_remote=True,
        description=RAW, address_string="人民路1号",
    )  # fmt: skip
    number = made.response[0]["service_request_id"]
    back = client.get_request(number)
    assert (back["service_request_id"], back["status"]) == (number, "open")
    assert [r["service_request_id"] for r in client.list_requests(status="open")] == [number]


@pytest.mark.parametrize("form", ["json", "xml"])
def test_another_clients_reading(form, house, transactional_db, live_server):
    """The package georeport reads only, but in both forms."""
    number = house.open(channel="open311").matter.number
    client = georeport.GeoReport(f"{live_server.url}{BASE}", output_format=form)
    assert SERVICE in {s["service_code"] for s in client.get_service_list()}
    assert client.get_service_definition(SERVICE)["service_code"] == SERVICE
    one = client.get_service_request(number)
    assert (one["service_request_id"], one["status"]) == (number, "open")
    listed = client.get_service_requests(status="open")
    listed = listed if isinstance(listed, list) else [listed]
    assert [r["service_request_id"] for r in listed] == [number]


def test_the_same_again_without_a_key_is_one_message(city):
    first = send(city)
    again = send(city)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["Idempotency-Replayed"] == "true"
    others = [
        send(city, description=f"{RAW}！"),
        send(city, phone="13900000001"),
        send(city, lat="30", long="120"),
    ]
    others.append(
        city.post(
            f"{BASE}/requests.json",
            {"service_code": SERVICE, "description": RAW},
            REMOTE_ADDR="192.0.2.9",
        )
    )
    numbers = {one.json()[0]["service_request_id"] for one in (first, *others)}
    assert len(numbers) == 5


def test_the_same_after_a_while_is_another_message(city):
    with time_machine.travel(now(), tick=False) as clock:
        first = send(city).json()
        clock.shift(timedelta(minutes=9))
        assert send(city).json() == first
        clock.shift(timedelta(minutes=2))
        second = send(city).json()
        assert second != first
        clock.shift(timedelta(minutes=9))
        assert send(city).json() == second


def test_nothing_kept_tells_where_a_message_came_from(city):
    send(city)
    row = Retry.objects.get()
    assert "127.0.0.1" not in f"{row.digest}{row.key}"
    # The event's own key rests on the row's random one, and that is gone within the hour.
    with time_machine.travel(now() + timedelta(minutes=11), tick=False):
        retries.forget(now())
    assert not Retry.objects.exists()


def test_many_at_once_without_a_key_are_one_message(house, transactional_db):
    del house, transactional_db

    def one(_):
        try:
            return send(Client()).json()[0]["service_request_id"]
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        numbers = set(pool.map(one, range(8)))
    assert len(numbers) == 1
    assert Matter.objects.count() == 1
