"""What makes the member face an app: how little its pages load, that an old phone reads it, what its manifest, icons
and worker say; and that none of it knows anybody."""

import io
import json
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.identity import api as identity
from bihuan.foundation.identity.api import Site
from bihuan.web.bundle import BUNDLED
from bihuan.web.member import app
from bihuan.web.member.icons import ACCENTS, drawn

TOKENS = Path(app.__file__).parents[1] / "assets" / "tokens.css"
MOST, PACKED = 100_000, 30_000
PLACES = ("/m/", "/m/join", "/m/mine", "/m/say", "/m/branch", "/desk/inbox", "/desk/me")
# Syntax that came after es2018; what stands in texts and patterns is no syntax.
LATER = re.compile(r"[\w)\]]\?\.[^\d]|[\w)\]]\?\?[\w(\[]|catch\{|[^\w.$]#[a-z]\w*[=(;]|\|\|=|&&=")
# What browsers of eight years ago do not have: a page would stop there.
UNKNOWN = (".replaceAll(", ".at(-", "structuredClone(", ".findLast(", "Object.groupBy(", ".toSorted(", "Object.hasOwn(")  # fmt: skip


@pytest.mark.django_db
def test_scripts_of_its_pages_weigh_little(house):
    client = house.client("stranger")
    for address in PLACES:
        names = re.findall(r'<script src="/static/([^"]+)"', client.get(address).content.decode())
        assert any("member" in name for name in names), address
        found = [Path(finders.find(name)) for name in names]
        whole = sum(one.stat().st_size for one in found)
        packed = sum(Path(f"{one}.br").stat().st_size for one in found)
        assert whole <= MOST, (address, whole)
        assert packed <= PACKED, (address, packed)


@pytest.mark.parametrize("name", ["site.js", "member.js", "member-worker.js"])
def test_an_old_phone_reads_its_scripts(name):
    text = (BUNDLED / name).read_text(encoding="utf-8")
    assert LATER.findall(text) == []
    assert [one for one in UNKNOWN if one in text] == []


def test_icons_have_the_colours_of_pages():
    text = TOKENS.read_text(encoding="utf-8")
    light = {"red": re.search(r"--accent: (#\w{6})", text)[1]}
    light |= dict(re.findall(r':root\[data-accent="(\w+)"\] \{ --accent: (#\w{6})', text))
    assert light == ACCENTS


def emblem(house):
    image = io.BytesIO()
    Image.new("RGB", (40, 20), "green").save(image, "PNG")
    given = SimpleUploadedFile("emblem.png", image.getvalue())
    identity.put_emblem(given, actor=SYSTEM, at=house.at)


@pytest.mark.django_db
def test_its_manifest_and_icons_are_the_organisations(house):
    def told():
        answer = Client().get("/m/app.webmanifest")
        assert answer["Content-Type"] == "application/manifest+json"
        assert answer["Cache-Control"] == "no-cache"
        return answer.json()

    before = told()
    identity.put({"name": "平安市政务服务中心", "accent": "blue"}, actor=SYSTEM, at=house.at)
    emblem(house)
    after = told()
    assert after["name"] == "平安市政务服务中心"
    assert after["theme_color"] == ACCENTS["blue"]
    assert {one["src"] for one in before["icons"]}.isdisjoint(one["src"] for one in after["icons"])
    for one in after["icons"]:
        picture = Image.open(io.BytesIO(Client().get(one["src"]).content))
        assert (f"{picture.width}x{picture.height}", picture.format) == (one["sizes"], "PNG")
        # An emblem wider than high stands in the middle, on white.
        assert picture.getpixel((picture.width // 2, picture.height // 2)) == (0, 128, 0)
        assert picture.getpixel((picture.width // 2, 2)) == (255, 255, 255)
    for wrong in ("/m/icon-64-any.png", "/m/icon-192-huge.png", "/m/icon-99999999-any.png"):
        assert Client().get(wrong).status_code == 404
    assert drawn("", "red", 192, "any") != drawn("", "red", 192, "maskable")


@pytest.mark.django_db
def test_its_worker_is_another_with_every_bundle_and_every_name(house):
    def worker():
        text = Client().get("/m/worker.js").content.decode()
        return json.loads(re.match(r"self\.TOLD = (.*?);\n", text)[1])

    one = worker()
    assert one == worker()
    assert all(finders.find(name.removeprefix("/static/")) for name in one["files"])
    assert set(one["pages"]) == {code for code, _ in settings.LANGUAGES}
    identity.put({"name": "另一个单位"}, actor=SYSTEM, at=house.at)
    assert worker()["version"] != one["version"]
    site = Site()
    versions = [app.version({"bihuan/site.js": name}, site) for name in ("a", "b", "a")]
    assert versions[0] == versions[2] != versions[1]


@pytest.mark.django_db
def test_what_stays_on_a_phone_names_nobody(house):
    name = house.person("desk").name
    for client in (Client(), house.client("desk")):
        for code, _ in settings.LANGUAGES:
            answer = client.get(f"/m/offline/{code}", headers={"Accept-Language": "en"})
            text = answer.content.decode()
            assert name not in text
            assert "data-person" not in text
            assert "csrf" not in text
            assert ("没有网络" in text) == (code == "zh-hans")
    assert Client().get("/m/offline/xx").status_code == 404
