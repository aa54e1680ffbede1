"""A facet in one folder (`tests/planted`), installed beside the house by its name alone: block, file,
verbs, part, page, sheet, operation, figure, words. And what becomes of it when its app is taken away."""

import json
from collections.abc import Iterator

import pytest
from place import TESTS, VENDORS, Place, Places

FOLDER = TESTS / "planted" / "notches"
GROW = f"""
import json
from pathlib import Path
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
import house as city
from house import House
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import as_told
from bihuan.insight import api as insight
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Opening
from bihuan.kernel.programmes import api as programmes
from bihuan.lib.problems import RefusedError
from bihuan.rules.periods import parse
h = House()
with as_told():
    release = programmes.install(Path({str(FOLDER)!r}), at=city.BUILT, actor="system")
    programmes.put_in_force(release.pk, h.org("city"), start=city.SINCE, at=city.BUILT, actor=SYSTEM)
    desk, leader = h.person("desk"), h.person("leader")
    access.give(leader.pk, "carver", h.org("city").pk, start=city.SINCE, at=city.BUILT, actor="system")
    access.give(h.person("desk2").pk, "carver", h.org("city").pk, start=city.SINCE, at=city.BUILT, actor="system")
    access.give(desk.pk, "carver", h.org("center").pk, start=city.SINCE, at=city.BUILT, actor="system")
    who = h.actor("desk")
    opening = Opening(programme="notches", kind="stick", home=h.org("center"), body="一根木条")
    pk = matters.open_matter(opening, actor=who, at=h.at).matter.pk
    for n in range(3):
        matters.act(pk, "carve", actor=who, at=h.after(hours=n + 1))
    try:
        matters.act(pk, "carve", actor=who, at=h.after(hours=5))
        refused = ""
    except RefusedError as error:
        refused = error.key
    insight.export(insight.store())
"""
LOOK = """
from bihuan.foundation.access import api as tokens
def told(path):
    client = Client()
    client.force_login(h.person("desk"))
    answer = client.get(path)
    return answer.status_code, answer.content.decode()
"""
SEEN = """
import io
from datetime import UTC, datetime
import mammoth
from pypdf import PdfReader
from bihuan.api import shapes
from bihuan.foundation.files import api as files
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import BulletinError
page, index, sheet, opens = (told(p) for p in (f"/desk/matters/{pk}", "/desk/notches", f"/desk/notches/{pk}/sheet", "/desk/open"))
shown = shapes.matter(matters.matter(who, pk), who, h.after(days=1), "zh-Hans")["attached"]["notch"]
figures = {
    name: insight.figure(insight.definition("notches", name), parse("2026-03"), h.org("city")).total.value
    for name in ("carved", "strokes", "oldest")
}
client = Client()
client.force_login(h.person("leader"))
board = (0, client.get("/desk/cockpit").content.decode())
number = matters.matter(who, pk).number
APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
row = bulletins.draft("notches", "tally", h.org("city"), parse("2026-03"), actor=h.actor("leader"), at=APRIL)
try:
    bulletins.edit(row.pk, title=row.title, text=row.text + chr(10) + "{{sticks}}", version=row.version, actor=h.actor("leader"), at=APRIL)
    hidden = ""
except BulletinError as error:
    hidden = error.key
drafted = client.get(f"/desk/bulletins/{row.pk}").content.decode()
row = bulletins.issue(row.pk, version=row.version, actor=h.actor("desk2"), at=APRIL)
word, pdf = (files.path_of(files.find(row.stream, ending).sha256).read_bytes() for ending in ("docx", "pdf"))
read = json.loads(Client().get(f"/api/v1/public/bulletins/{row.pk}").content)
tables = [one["rows"] for one in read["blocks"] if one["kind"] == "table"]
faces = {
    "desk": drafted,
    "portal": Client().get(f"/bulletins/{row.pk}").content.decode(),
    "word": mammoth.convert_to_html(io.BytesIO(word)).value,
    "pdf": "".join(one.extract_text() for one in PdfReader(io.BytesIO(pdf)).pages),
}
print(json.dumps({
    "refused": refused,
    "page": [page[0], "已划 3 笔，至多 3 笔" in page[1], "不少" in page[1], "正字计数" in page[1]],
    "menu": "/desk/notches" in page[1],
    "why": "已划满 3 笔" in page[1],
    "index": [index[0], "已划 3 笔" in index[1]],
    "sheet": [sheet[0], "一根木条" in sheet[1]],
    "opens": "/desk/open/notches/stick" in opens[1],
    "shown": [shown["most"], len(shown["strokes"]), shown["scale"]],
    "cockpit": ["划得最多的木条" in board[1], f"{number}: 3" in board[1]],
    "paper": [name for name, text in faces.items() if "逐日笔数" in text and "2026-03-0" in text],
    "rows": [[len(one), one[0][-1]] for one in tables],
    "hidden": hidden,
    "figures": {**figures, "oldest": round(figures["oldest"] * 24)},
    "figure": ["0.1 天" in told("/desk/figures/notches/oldest?period=2026-03")[1], "最久的一根" in told("/desk/figures")[1]],
    "findings": [str(one) for one in audit.everything()],
}, ensure_ascii=False, default=str))
"""


@pytest.fixture(scope="module")
def grown(tmp_path_factory) -> Iterator[tuple[Place, str]]:
    """An installation with the facet in it, and what was seen there."""
    shelf = Places(tmp_path_factory.mktemp("grown"))
    # It comes to a house that was there before it.
    place = shelf.built(VENDORS[-1])
    place.env["BIHUAN_APPS"] = "planted"
    yield place, place.python(GROW + LOOK + SEEN)
    shelf.close()


def test_a_facet_is_one_folder_beside_the_house(grown: tuple[Place, str]):
    assert json.loads(grown[1]) == {
        "refused": "guard.notch_full",
        "page": [200, True, True, True],
        "menu": True,
        "why": True,
        "index": [200, True],
        "sheet": [200, True],
        "opens": True,
        "shown": [3, 3, "fine"],
        "cockpit": [True, True],
        "paper": ["desk", "portal", "word", "pdf"],
        "rows": [[2, "笔数"], [2, "去年同期"]],
        "hidden": "bulletins.block_not_public",
        "figures": {"carved": 3, "strokes": 3, "oldest": 3},
        "figure": [True, True],
        "findings": [],
    }


def test_its_mistakes_are_named_and_without_its_app_its_key(places: Places, tmp_path):
    place = places.new()
    folder = tmp_path / "notches"
    folder.mkdir()
    for one in FOLDER.rglob("*.toml"):
        to = folder / one.relative_to(FOLDER)
        to.parent.mkdir(exist_ok=True)
        text = one.read_text(encoding="utf-8")
        text = text.replace('with = { kind = "stick"', 'with = { kind = "stock"')
        text = text.replace("本期共划", "{{day_by_days}}{{day_by_day}}\n{{sticks}}\n本期共划")
        text = text.replace("划痕情况", "划痕情况{{day_by_day}}")
        to.write_text(text.replace('by = "carve" }', 'by = "curve" }'), encoding="utf-8")
    without = place.run("check", folder)
    assert "stick.notch" in without.stdout
    assert "scales.toml" in without.stdout
    assert "oldest.measure" in without.stdout
    assert without.returncode == 1
    place.env["BIHUAN_APPS"] = "planted"
    found = place.run("check", folder)
    assert "no action 'curve'" in found.stdout
    assert "who_has_most.with.kind" in found.stdout
    assert "not everybody may read {{sticks}}" in found.stdout
    assert (
        "or a block: table, chart, changes, day_by_day, honoured_list, obligations, sticks"
        in found.stdout
    )
    assert "{{day_by_day}} cannot stand in a title" in found.stdout
    assert "this tag needs a line of its own" in found.stdout
    assert found.returncode == 1


APART = (
    LOOK
    + """
import json
from django.test import Client
import house as city
from house import House
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.lib.problems import RefusedError
h = House()
pk = Matter.objects.get(programme="notches").pk
who = h.actor("desk")
try:
    matters.act(pk, "carve", actor=who, at=h.after(days=2))
except RefusedError as error:
    refused = [error.key, error.values["verb"]]
pages = [told(p) for p in (f"/desk/matters/{pk}", "/desk/", "/desk/open", "/", "/desk/figures")]
gone = told("/desk/figures/notches/oldest")[0]
listed = [name in pages[-1][1] for name in ("划的笔数", "最久的一根")]
print(json.dumps([refused, [code for code, _ in pages], "没有安装" in pages[0][1], gone, listed]))
"""
)


def test_without_its_app_matters_are_read_and_the_step_is_refused(grown: tuple[Place, str]):
    place = Place(grown[0].data, grown[0].url)
    apart, verified = place.together(APART, ["verify"])
    assert json.loads(apart.stdout) == [
        ["guard.verb_missing", "notch.below"],
        [200, 200, 200, 200, 200],
        True,
        404,
        [True, False],
    ]
    told = verified.stdout
    assert "notches 0.1.0" in told
    assert "stick.notch" in told
    assert "scales" in told
    assert "stroke/01: no installed app knows such a part" in told
    assert "the row is gone" not in told
