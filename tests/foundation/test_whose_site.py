"""Whose site it is: said once, by who administers the whole house, shown on every page."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from PIL import Image

from bihuan.cli import main
from bihuan.foundation.access import api as access
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import ConflictError
from bihuan.foundation.identity import api as identity
from bihuan.foundation.orgs import api as orgs
from bihuan.lib.problems import InputError

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(house):
    """The city's administrator, who administers the other city too: all there is."""
    own = house.org("city").path
    for root in orgs.orgs_at(orgs.root_paths()):
        if root.path != own:
            access.give(
                house.person("admin").pk,
                "admin",
                root.pk,
                start=house.day,
                at=house.at,
                actor="system",
            )
    return house


def test_one_city_of_several_does_not_name_the_house(house):
    page = house.client("admin").post("/studio/site", {"name": "平安市"})
    assert page.status_code == 403
    assert identity.site().name == ""


def test_the_name_stands_on_every_page_and_in_the_title(whole):
    page = whole.client("admin").post(
        "/studio/site", {"name": " 平安  市 ", "hotline": "12345", "accent": "blue"}
    )
    assert page.status_code == 302
    for client, path in (
        (whole.client("desk"), "/desk/"),
        (whole.client("admin"), "/"),
        (whole.client("desk"), "/ask"),
    ):
        text = client.get(path).content.decode()
        assert "平安 市</span>" in text
        assert 'data-accent="blue"' in text
        assert "12345" in text
    assert [e.type for e in audit.history(identity.Identity.objects.get().stream)] == [
        "identity.set"
    ]


def test_only_who_administers_the_whole_house_says_it(house):
    for role in ("desk", "leader", "handler"):
        assert house.client(role).post("/studio/site", {"name": "别人的"}).status_code == 403
    assert identity.site().name == ""


@pytest.mark.parametrize(
    "given",
    [{"name": ""}, {"name": "长" * 41}, {"accent": "pink"}, {"name": "市", "address": "路" * 121}],
)
def test_what_does_not_fit_is_refused_and_nothing_written(whole, given):
    with pytest.raises(InputError):
        identity.put(given, at=whole.at, actor=whole.actor("admin"))
    assert identity.site() == identity.Site()


def test_a_refusal_keeps_what_was_typed(whole):
    page = whole.client("admin").post(
        "/studio/site", {"name": "", "address": "和平路1号", "accent": "red"}
    )
    assert page.status_code == 422
    text = page.content.decode()
    assert "和平路1号" in text
    assert 'id="site-name-error"' in text


def test_the_same_again_is_no_event(whole):
    admin = whole.actor("admin")
    for _ in range(2):
        identity.put({"name": "平安市"}, at=whole.at, actor=admin)
    row = identity.Identity.objects.get()
    assert [e.type for e in audit.history(row.stream)] == ["identity.set"]


def test_by_command(house, capsys):
    assert main(["site", "--name", "安和区", "--police-filing", "公网安备0号"]) == 0
    assert "police_filing: 公网安备0号" in capsys.readouterr().out
    assert identity.site().name == "安和区"
    assert main(["site", "--accent", "pink"]) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_say_it_first_at_one_instant_leave_one_row(whole):
    together, admin = threading.Barrier(2), whole.actor("admin")

    def say(name):
        together.wait()
        try:
            return identity.put({"name": name}, at=whole.at, actor=admin)
        except ConflictError:
            return None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        said = [one for one in pool.map(say, ("平安市", "安和区")) if one]
    assert said
    assert identity.Identity.objects.count() == 1
    assert identity.site().name in {"平安市", "安和区"}


def picture(form="PNG", side=40):
    out = io.BytesIO()
    Image.new("RGB", (side, side), (143, 23, 28)).save(out, form)
    return out.getvalue()


def test_an_emblem_is_a_picture_shown_on_every_page_and_taken_away_again(whole):
    client = whole.client("admin")
    client.post("/studio/site", {"name": "平安市", "accent": "red"})
    text = picture() + b"<script>alert(1)</script>"
    sent = {"emblem": "put", "picture": SimpleUploadedFile("a.html", text)}
    assert client.post("/studio/site", sent).status_code == 302
    key = identity.site().emblem
    page = whole.client().get("/").content.decode()
    assert f'src="/emblem/{key}"' in page
    shown = whole.client().get(f"/emblem/{key}")
    assert shown.headers["Content-Type"] == "image/png"
    assert b"script" not in b"".join(shown.streaming_content), "made anew from its points"
    client.post("/studio/site", {"emblem": "drop"})
    assert "/emblem/" not in whole.client().get("/").content.decode()
    assert whole.client().get(f"/emblem/{key}").status_code == 404


@pytest.mark.parametrize(
    "bad", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.4 x", b"", b"\x89PNG" * 200_000]
)
def test_what_is_no_small_picture_is_no_emblem(whole, bad):
    client = whole.client("admin")
    client.post("/studio/site", {"name": "平安市", "accent": "red"})
    sent = {"emblem": "put", "picture": SimpleUploadedFile("a.png", bad)}
    assert "notice-box bad" in client.post("/studio/site", sent, follow=True).content.decode()
    assert identity.site().emblem == ""


def test_one_city_of_several_shows_no_emblem_for_the_house(house):
    sent = {"emblem": "put", "picture": SimpleUploadedFile("a.png", picture())}
    assert house.client("admin").post("/studio/site", sent).status_code == 403
