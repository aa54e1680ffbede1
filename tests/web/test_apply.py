"""Applying online: the guide, the application, the receipt, and everything after it by the code."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.files import api as files
from bihuan.insight import api as insight
from bihuan.kernel.matters.api import Matter
from bihuan.kernel.services import api as services
from bihuan.rules import periods

pytestmark = pytest.mark.django_db
WHO = {"name": "甘棠", "phone": "13900000001"}


def picture(name="a.png"):
    image = io.BytesIO()
    Image.new("RGB", (20, 20), "green").save(image, "PNG")
    return SimpleUploadedFile(name, image.getvalue())


@pytest.fixture
def today(house):
    """The city at the server's own time, which the pages compare with."""
    from house import House

    from bihuan.lib.clock import now

    return House(at=now())


@pytest.fixture
def url(house):
    return f"/services/{house.service('plate').pk}"


def code_of(page):
    return re.sub(r"\s", "", re.search(r'code-big.*?nowrap">([^<]+)<', page, re.DOTALL)[1])


@pytest.mark.django_db(transaction=True)
def test_from_the_guide_to_the_rating_with_a_code_alone(today, url):
    """The whole way of an applicant who forgot one of two materials."""
    citizen = today.client()
    guide = citizen.get(url).content.decode()
    for text in (
        "补领机动车号牌",
        "申请表",
        "身份证",
        "不收费",
        "不限",
        "道路交通安全法第八条",
        "受理中心",
    ):
        assert text in guide
    assert "material-1" in citizen.get(f"{url}/apply").content.decode()
    sent = citizen.post(f"{url}/apply", {**WHO, "key": "k", "material-0": picture()})
    assert sent.status_code == 200
    code = code_of(sent.content.decode())
    matter = Matter.objects.get(kind="application")
    assert (matter.channel, matter.home, matter.unit, matter.subject) == (
        "web", today.org("center"), today.org("vehicles"), "补领机动车号牌",
    )  # fmt: skip
    assert [f.name for f in files.of(matter.stream)] == ["申请表.png"]

    desk = today.client("desk")
    assert matter.number in desk.get("/desk/?tab=all").content.decode()
    assert "未交材料：身份证" in desk.get(f"/desk/matters/{matter.pk}").content.decode()
    today.act(matter, "one_time_notice", "desk", missing="缺身份证复印件。")

    page = citizen.post("/follow", {"code": code}).content.decode()
    assert "缺身份证复印件。" in page
    given = {"code": code, "action": "supplement", "key": "s", "text": ""}
    assert citizen.post("/follow/act", given).status_code == 422, "neither words nor papers"
    citizen.post("/follow/act", {**given, "files": picture("证.png")})
    matter.refresh_from_db()
    assert (matter.state, len(files.of(matter.stream))) == ("applied", 2)

    today.act(matter, "accept", "desk")
    today.act(matter, "settle", "desk", result="已制作。")
    page = citizen.post("/follow", {"code": code}).content.decode()
    assert "领取" in page
    grades = re.findall(r'name="rating" value="(\w+)"', page)
    assert len(grades) == 5
    citizen.post("/follow/act", {"code": code, "action": "rate", "rating": grades[0], "key": "r"})
    today.act(matter, "collect", "desk")
    page = citizen.post("/follow", {"code": code}).content.decode()
    assert "已领取办理结果" in page
    assert "非常满意" in page

    insight.export(insight.store())
    definition = insight.definition("service_window", "accepted")
    month = periods.Period.of(periods.Grain.MONTH, today.day)
    found = insight.figure(definition, month, by=("channel",))
    assert [(r.key["channel"], r.value) for r in found.rows] == [("web", 1)]


def test_sent_twice_is_one_application_with_one_receipt(house, url):
    pages = [
        house.client().post(f"{url}/apply", {**WHO, "key": "k"}).content.decode() for _ in range(2)
    ]
    assert Matter.objects.filter(kind="application").count() == 1
    assert code_of(pages[0]) == code_of(pages[1])
    assert "没有重复登记" in pages[1]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"name": "甘棠"}, "apply-phone-error"),
        ({"phone": "13900000001", "body": "请快些"}, "请快些"),
        ({**WHO, "body": "请快些", "material-0": "bad"}, "请快些"),
    ],
)  # fmt: skip
def test_a_mistake_keeps_what_was_typed_and_writes_nothing(house, url, given, said):
    if "material-0" in given:
        given = {**given, "material-0": SimpleUploadedFile("x.exe", b"MZ not a picture")}
    answer = house.client().post(f"{url}/apply", given)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Matter.objects.filter(kind="application").exists()


def test_what_is_offered_no_longer_is_not_found(house, url):
    row = house.service("plate")
    services.end(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    for path in (url, f"{url}/apply", "/services/999999"):
        assert house.client().get(path).status_code == 404
