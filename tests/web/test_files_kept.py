"""Whatever a person sends along is kept, or refused with the reason, at every door."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from house import BODY
from PIL import Image

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.files import api as files
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Matter

pytestmark = pytest.mark.django_db
ASK = {"body": BODY, "category": "complaint"}
CALL = {**ASK, "channel": "hotline", "phone": "13900000001", "name": "甘棠"}
OPEN311 = {"service_code": "public_voice.voice.complaint", "description": BODY}


def pictures(count):
    found = []
    for n in range(count):
        out = io.BytesIO()
        Image.new("RGB", (20 + n, 20), "green").save(out, "PNG")
        found.append(SimpleUploadedFile(f"{n}.png", out.getvalue()))
    return found


def kept():
    return [files.of(m.stream) for m in Matter.objects.order_by("pk")]


def follow(house):
    opened = house.open()
    return house.client(), "/follow/act", {"code": opened.code, "action": "add", "text": "又坏了"}


def step(house):
    opened = house.open()
    path = f"/desk/matters/{opened.matter.pk}/act/accept"
    return house.client("desk"), path, {"version": opened.matter.version}


DOORS = {
    "portal": (lambda house: (house.client(), "/ask", ASK), "files"),
    "follow": (follow, "files"),
    "call": (lambda house: (house.client("desk"), "/desk/register", CALL), "files"),
    "step": (step, "files"),
    "open311": (lambda house: (house.client(), "/open311/v2/requests.json", OPEN311), "media"),
}


@pytest.mark.parametrize("door", DOORS)
def test_seven_are_refused_with_the_reason_five_are_kept(house, door):
    made, field = DOORS[door]
    client, path, given = made(house)
    before = Matter.objects.count()
    answer = client.post(path, {**given, field: pictures(7)})
    assert answer.status_code in {400, 422}, answer.status_code
    assert "5" in answer.content.decode()
    assert Matter.objects.count() == before
    assert not any(kept())
    astray = client.post(path, {**given, "stray": pictures(1)})
    assert astray.status_code in {400, 422}
    assert "stray" in astray.content.decode()
    assert not any(kept())
    done = client.post(path, {**given, field: pictures(5)})
    assert done.status_code in {200, 201, 302}, done.content.decode()
    assert [len(found) for found in kept()][-1] == 5


@pytest.mark.parametrize("door", ["portal", "call"])
def test_sent_back_and_sent_again_with_the_forgotten_photo(house, door):
    made, field = DOORS[door]
    client, path, given = made(house)
    given = {**given, "key": "one-form"}
    client.post(path, given)
    for _ in range(2):
        client.post(path, {**given, field: pictures(1)})
    assert [len(found) for found in kept()] == [0, 1], "the photo is kept, and once"


def test_a_call_sent_again_with_another_answer_keeps_both(house):
    client = house.client("desk")
    for reply in ("已答复：路灯已报修。", "已答复：路灯已修复。", "已答复：路灯已修复。"):
        client.post("/desk/register", {**CALL, "key": "one", "answer": reply})
    assert Matter.objects.count() == 2


def test_looking_first_says_that_files_must_be_chosen_again(house):
    client = house.client("desk")
    said = client.post("/desk/register", {**CALL, "look": "1", "files": pictures(1)})
    assert "重新选择附件" in said.content.decode()


def test_a_link_to_a_picture_reaches_whoever_reads(house):
    client = house.client()
    given = {**OPEN311, "media_url": "https://example.org/lamp.jpg"}
    assert client.post("/open311/v2/requests.json", given).status_code == 201
    (first, *_) = matters.timeline(Matter.objects.get(), SYSTEM)
    assert first.private["body"].endswith("https://example.org/lamp.jpg")


def test_a_remark_is_not_cut(house):
    path = f"/services/{house.service('plate').pk}/apply"
    who = {"name": "甘棠", "phone": "13900000001"}
    said = house.client().post(path, {**who, "body": "长" * 30_000})
    assert said.status_code == 422
    assert Matter.objects.count() == 0
