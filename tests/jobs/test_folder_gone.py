"""A programme of which the folder is gone while matters run: what is stored of it carries on."""

import argparse
import io
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

import bihuan.programmes
from bihuan.cli import proving as commands
from bihuan.foundation.notify.models import Duty
from bihuan.insight import api as insight
from bihuan.jobs import proving
from bihuan.jobs.worker import Worker
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.api import Filter
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.programmes.folders import without_folder
from bihuan.outcomes.publicity import api as publicity
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.rules.periods import parse
from bihuan.spec.load import BrokenProgrammeError
from bihuan.web import words

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]
APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)


@pytest.fixture
def taken_away(monkeypatch, tmp_path):
    """Takes the folders of shipped programmes away, as a version without them would."""

    def away(*names: str) -> Path:
        shipped = tmp_path / "shipped"
        shutil.copytree(
            next(iter(bihuan.programmes.__path__)), shipped, ignore=shutil.ignore_patterns(*names)
        )
        monkeypatch.setattr(bihuan.programmes, "__path__", [str(shipped)])
        words._shipped.cache_clear()
        return shipped

    yield away
    words._shipped.cache_clear()


def test_everything_goes_on(house, taken_away, capsys):
    running = house.handling()
    shown = house.answered()
    house.act(shown, "publish", "desk")
    taken_away("public_voice")
    assert [name for name, _ in without_folder()] == ["public_voice"]

    # Matters go on, new ones come, the worker does what is due, limits that pass among it.
    house.act(running, "reply", "handler", reply="经查，已修复。")
    late = [house.open() for _ in range(5)][-1]
    done = Worker(lambda: house.after(days=10), words.text).round()
    assert done.steps >= 1
    assert not done.troubles
    assert set(done.duties) == {one.name for one in Duty.objects.all()}
    assert matters.matter(house.actor("desk"), late.matter.pk).programme == "public_voice"

    # Facts and figures, a bulletin on paper, a list, the feed.
    insight.export(insight.store())
    assert not list(insight.findings(insight.store()))
    received = insight.figure(
        insight.definition("public_voice", "received"), parse("2026-03"), house.org("city")
    )
    assert received.total.value == 7
    (row,) = publicity.of_subject(shown.matter.stream)
    publicity.publish(row.pk, version=row.version, actor=house.actor("publisher"), at=house.at)
    assert row.title in house.client().get("/feed.atom").content.decode()
    drafted = bulletins.draft(
        "public_voice", "monthly", house.org("city"), parse("2026-03"),
        actor=house.actor("supervisor"), at=APRIL,
    )  # fmt: skip
    issued = bulletins.issue(
        drafted.pk, version=drafted.version, actor=house.actor("leader"), at=APRIL
    )
    assert issued.state == "issued"
    tongue = exchange.listing.Tongue(words.text, words.of)
    sheet, _ = exchange.listing.workbook(
        house.actor("desk"), Filter(), tongue, limit=99, at=house.at
    )
    book = openpyxl.load_workbook(io.BytesIO(sheet))
    listed = {cell for line in book.active.iter_rows(values_only=True) for cell in line}
    assert {running.matter.number, late.matter.number} <= listed

    # Its pages, in its own words.
    page = house.client("desk").get(f"/desk/matters/{late.matter.pk}").content.decode()
    assert "红绿灯" in page
    for where in ("/desk/", "/desk/figures", "/desk/bulletins", "/desk/open", "/studio/programmes"):
        who = "admin" if where.startswith("/studio") else "leader"
        assert house.client(who).get(where).status_code == 200, where

    # Nothing is wrong, and it is said what happened.
    assert not list(proving.everything())
    given = argparse.Namespace(anchor=None, stamp=None, tsa_roots=None)
    commands.verify(given)
    told = capsys.readouterr().out
    assert re.search(r"note: programme public_voice has no folder .* newest \d+\.\d+\.\d+;", told)
    assert "Traceback" not in told


def test_another_that_needs_it_is_installed_by_what_is_stored(house, taken_away):
    shipped = taken_away("supervision")
    manifest = shipped / "public_voice" / "programme.toml"
    text = manifest.read_text(encoding="utf-8")
    manifest.write_text(re.sub(r'(?m)^version = ".*"', 'version = "1.98.0"', text), "utf-8")
    release = programmes.install(manifest.parent, at=house.at, actor="system")
    assert release.tag == "1.98.0"
    # Whoever only reads folders, as `bihuan check` does, is told what is missing among them.
    assert any("supervision" in str(one) for one in programmes.check_folder(manifest.parent))


def test_half_a_folder_left_behind_breaks_no_page(house, taken_away):
    house.answered()
    shipped = taken_away("supervision")
    shutil.rmtree(shipped / "public_voice" / "strings")
    (shipped / "public_voice" / "matters.toml").write_text("[", encoding="utf-8")
    with pytest.raises(BrokenProgrammeError):
        programmes.install(shipped / "public_voice", at=house.at, actor="system")
    assert words.default_text("notice.never_heard_of", told_by="") == "notice.never_heard_of"
    assert house.client("desk").get("/desk/").status_code == 200


def test_an_outside_one_whose_package_is_gone(house, monkeypatch, tmp_path):
    there = tmp_path / "site"
    told = there / "gone_outside-1.0.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text("Metadata-Version: 2.1\nName: gone-outside\nVersion: 1.0\n")
    (told / "entry_points.txt").write_text("[bihuan.programmes]\ngone = gone_outside.programme\n")
    monkeypatch.syspath_prepend(str(there))
    assert {folder.name for folder in programmes.folders()} >= {"public_voice", "supervision"}
    assert "gone" not in {folder.name for folder in programmes.folders()}
    assert without_folder() == []
