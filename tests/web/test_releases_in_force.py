"""Which release holds where: the nearest, at every door; ended and replaced from the studio's page."""

import shutil
from datetime import timedelta

import pytest

from bihuan.foundation.access.api import SYSTEM
from bihuan.kernel.openings import api as openings
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.models import InForce
from bihuan.lib.clock import now
from bihuan.web.studio.door import today

FOLDERS = {p.name: p for p in programmes.folders()}
WAIT = timedelta(days=30)


def next_version(house, tmp_path, name, version="9.1.0", *changes):
    folder = shutil.copytree(FOLDERS[name], tmp_path / version / name)
    manifest = folder / "programme.toml"
    text = manifest.read_text(encoding="utf-8")
    line = next(one for one in text.splitlines() if one.startswith("version"))
    manifest.write_text(text.replace(line, f'version = "{version}"'), encoding="utf-8")
    for file, before, after in changes:
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after), encoding="utf-8")
    return programmes.install(folder, at=house.at, actor="system")


def put(house, release, org, start=None):
    return programmes.put_in_force(
        release.pk, house.org(org), start=start or house.day, at=house.at, actor=SYSTEM
    )


def test_what_one_may_open_follows_the_nearest_release(house, tmp_path):
    release = next_version(house, tmp_path, "public_voice")
    put(house, release, "center")
    (one,) = [
        one
        for one in openings.openings(house.actor("desk"), house.day)
        if (one.programme.id, one.kind_id) == ("public_voice", "voice")
    ]
    assert one.org == house.org("center")
    assert one.programme.manifest.version == "9.1.0"
    assert house.open().matter.release_id == release.pk
    # Its neighbours go on by what holds above them.
    (other,) = [
        one
        for one in openings.openings(house.actor("outsider"), house.day)
        if (one.programme.id, one.kind_id) == ("public_voice", "voice")
    ]
    assert other.programme.manifest.version != "9.1.0"


def test_what_may_be_attached_follows_the_nearest_release(house, tmp_path):
    # Below, nobody but the supervisor orders anything.
    release = next_version(
        house,
        tmp_path,
        "supervision",
        "9.1.0",
        ("matters.toml", "attachable = true", "attachable = false"),
    )
    opened = house.open()
    page = f"/desk/matters/{opened.matter.pk}"
    leader = house.client("leader")
    assert leader.get(f"{page}/attach").status_code == 200
    assert f"{page}/attach" in leader.get(page).content.decode()
    put(house, release, "center", today())
    assert leader.get(f"{page}/attach").status_code == 403
    assert f"{page}/attach" not in leader.get(page).content.decode()


def test_nothing_is_offered_to_be_attached_where_no_programme_has_it(house):
    opened = house.open()
    page = f"/desk/matters/{opened.matter.pk}"
    assert f"{page}/attach" not in house.client("desk").get(page).content.decode()
    (row,) = [
        one
        for one in programmes.current("supervision", house.day)
        if house.org("center").path.startswith(one.org.path)
    ]
    programmes.end_in_force(row.pk, on=house.day, at=house.at, actor=SYSTEM)
    for where in (page, "/desk/pressures"):
        told = house.client("leader").get(where)
        assert told.status_code == 200
        assert "/attach" not in told.content.decode()


@pytest.fixture
def center(house, tmp_path):
    """A release that begins today at 受理中心, as the studio's page would put it there."""
    return put(house, next_version(house, tmp_path, "public_voice"), "center", today())


def test_what_begins_today_is_replaced_today(house, tmp_path, center):
    client = house.client("admin")
    better = next_version(house, tmp_path, "public_voice", "9.2.0")
    form = {
        "do": "put",
        "release": better.pk,
        "org-text": house.org("center").name,
        "start": str(today()),
    }
    first = house.open(at=now())
    # What was opened by it meanwhile is told before anything is replaced.
    asked = client.post("/studio/programmes", form)
    assert asked.status_code == 422
    assert "9.1.0版在这里已受理1件" in asked.content.decode()
    assert InForce.objects.get(pk=center.pk).end is None
    assert 'name="replacing"' in asked.content.decode()
    form["replacing"] = "on"
    assert client.post("/studio/programmes", form).status_code == 302
    then = house.open("第二件事，路灯不亮，晚上看不清路。", at=now())
    assert (first.matter.release_id, then.matter.release_id) == (center.release_id, better.pk)
    held = programmes.in_force_at(house.org("center").path, today())
    assert held["public_voice"].release_id == better.pk
    # A day that is over is not told anew.
    late = {**form, "start": str(today() - WAIT)}
    assert client.post("/studio/programmes", late).status_code == 422


def test_what_is_in_force_or_will_be_is_ended_from_the_page(house, tmp_path, center):
    client = house.client("admin")
    later = next_version(house, tmp_path, "public_voice", "9.2.0")
    put(house, later, "schools", today() + WAIT)
    page = client.get("/studio/programmes").content.decode()
    assert "民意直通" in page
    assert "9.2.0" in page, "what will be in force is told too"
    planned = InForce.objects.get(release=later)
    for row, day in ((center, today()), (planned, today() + WAIT)):
        assert f'name="end" value="{row.pk}"' in page
        given = {"end": row.pk, "on": str(day)}
        assert client.post("/studio/programmes", given).status_code == 302
    page = client.get("/studio/programmes").content.decode()
    assert f"{house.org('schools').name}</td>" not in page
    held = programmes.in_force_at(house.org("center").path, today())
    assert held["public_voice"].org == house.org("city"), "what holds above holds again"


def test_only_whoever_administers_there_ends_it(house, center):
    given = {"end": center.pk, "on": str(today())}
    assert house.client("leader").post("/studio/programmes", given).status_code == 403
    assert InForce.objects.get(pk=center.pk).end is None
    assert house.client("admin").post("/studio/programmes", {"end": "0"}).status_code == 404
