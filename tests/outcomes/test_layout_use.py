"""Layouts in use: kept by those who issue, from a day to a day; papers keep what they were set in."""

import io
from datetime import UTC, date, datetime, timedelta
from functools import cache

import mammoth
import pytest
from docx import Document
from house import settled

from bihuan.foundation.access.api import DeniedError
from bihuan.foundation.audit import api as audit
from bihuan.foundation.files import api as files
from bihuan.insight import api as insight
from bihuan.outcomes.publicity.bulletins import api as bulletins
from bihuan.outcomes.publicity.bulletins.api import BulletinError, Layout, LayoutError
from bihuan.rules import periods
from bihuan.spec.bulletin_blocks import BULLETIN_BLOCKS, BulletinBlock, Printed, register

pytestmark = pytest.mark.django_db(transaction=True)

MARCH = periods.parse("2026-03")
APRIL = datetime(2026, 4, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 4, 2)
MONTHLY = ("public_voice", "monthly")


def made(*more):
    document = Document()
    for line in ("{{number}}", "{{title}}", "{{text}}", "{{date}}", "{{definitions}}", *more):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def usual():
    """The same file however often it is asked for: a document holds the second it was made in."""
    return made("{{unit}}专报")


def upload(house, content=None, org="city", by="leader", name="红头"):
    if content is None:
        content = usual()
    return bulletins.upload_layout(
        *MONTHLY, house.org(org), name, content, actor=house.actor(by), at=APRIL
    )


def start(house, row, on=TODAY, by="leader", at=APRIL):
    actor = house.actor(by)
    return bulletins.start_layout(row.pk, on, version=row.version, actor=actor, at=at)


def end(house, row, on=TODAY, by="leader", at=APRIL):
    actor = house.actor(by)
    return bulletins.end_layout(row.pk, on, version=row.version, actor=actor, at=at)


def draft(house, org="center"):
    return bulletins.draft(
        *MONTHLY, house.org(org), MARCH, actor=house.actor("supervisor"), at=APRIL
    )


def issue(house, row, by="leader", at=APRIL):
    return bulletins.issue(row.pk, version=row.version, actor=house.actor(by), at=at)


def printed(row):
    path = files.path_of(files.find(row.stream, "docx").sha256)
    return mammoth.extract_raw_text(io.BytesIO(path.read_bytes())).value


@pytest.fixture
@settled
def march(house):
    for _ in range(3):
        house.open()
    insight.export(insight.store())
    return house


def test_a_paper_is_set_in_the_layout_and_keeps_it(march):
    layout = upload(
        march, made("督办{{supervision.directives}}件", "上月{{received:last}}", "{{unit}}专报")
    )
    assert (layout.edition, layout.state(TODAY)) == (1, "new")
    assert layout.figures == ["supervision.directives", "received:last"]
    row = draft(march)
    assert "supervision.directives" not in row.numbers
    layout = start(march, layout)
    row = draft(march)
    directives = row.numbers["supervision.directives"]
    issued = issue(march, row)
    text = printed(issued)
    for words in (
        issued.number, issued.title, "受理中心专报", "共收到群众来信3件", "上月0", "2026年4月2日",
        f"督办{directives['shown']}件", directives["definition"].rstrip("。"),
    ):  # fmt: skip
        assert words in text
    assert "{{" not in text
    for kept in issued.numbers.values():
        assert kept["value"] is None or kept["shown"] in text
    assert audit.read(audit.history(issued.stream)[-1])["layout"] == layout.stream
    before = text
    end(march, layout)
    upload(march, made("另一版"))
    assert printed(issued) == before
    assert "受理中心专报" not in printed(issue(march, draft(march)))
    assert list(files.verify()) == []
    assert list(audit.everything()) == []


def test_a_number_nobody_asked_for_says_so(march):
    row = draft(march)
    start(march, upload(march, made("督办{{supervision.directives}}件")))
    assert "督办无数值（起草时没有取这个数字）件" in printed(issue(march, row))


@pytest.fixture
def blocks():
    """Blocks of an app: one of any programme, one that has nothing to do with this, one for staff."""
    said = {
        "by_street": lambda *_: Printed("分街道", (("街道", "件"), ("东街", "四"))),
        "of_none": lambda *_: None,
        "inner": lambda *_: Printed("", (("内部",), ("某事",))),
    }
    for name, gathered in said.items():
        register(BulletinBlock(name, "a block", gathered, public=name != "inner"))
    yield
    for name in said:
        del BULLETIN_BLOCKS[name]


def test_a_block_is_printed_where_the_layout_wants_it(march, blocks):
    start(march, upload(march, made("附后：", "{{block.by_street}}", "完。")))
    row = draft(march)
    assert list(row.blocks) == ["by_street"]
    # Among the words too: it moves, and is not told twice.
    row = bulletins.edit(
        row.pk, title=row.title, text=row.text + "\n{{by_street}}", version=row.version,
        actor=march.actor("supervisor"), at=APRIL,
    )  # fmt: skip
    text = printed(issue(march, row))
    assert text.count("东街") == 1
    assert text.split("附后：")[1].split("完。")[0].split() == [
        "分街道",
        "街道",
        "件",
        "东街",
        "四",
    ]
    # Without the layout's tag it stands among the words.
    start(march, upload(march, made("另一版")), on=TODAY + timedelta(days=1))
    page = march.client("leader").get("/desk/layouts").content.decode()
    assert "{{block.by_street}}" in page


def test_a_layout_of_blocks_that_show_nothing_is_refused(march, blocks):
    for name, kind in (("of_none", "nothing"), ("nowhere", "unknown")):
        with pytest.raises(LayoutError) as caught:
            upload(march, made(f"{{{{block.{name}}}}}"))
        (fault,) = caught.value.faults
        assert (fault.kind, fault.what) == (kind, f"{{{{block.{name}}}}}")
    assert "{{block.by_street}}" in fault.instead
    assert not Layout.objects.exists()


def test_a_block_nobody_asked_for_says_so(march, blocks):
    row = draft(march)
    start(march, upload(march, made("附后：", "{{block.by_street}}", "完。")))
    told = printed(issue(march, row)).split("附后：")[1].split("完。")[0]
    assert told.strip()
    assert "东街" not in told


def test_a_figure_that_is_gone_says_so_and_stops_nobody(march, monkeypatch):
    start(march, upload(march, made("督办{{supervision.directives}}件")))
    figures = bulletins.programme_of("supervision").figures
    monkeypatch.delitem(figures, "directives")
    assert "督办无数值（起草时没有取这个数字）件" in printed(issue(march, draft(march)))


def test_late_events_correct_what_only_the_layout_printed(march):
    start(march, upload(march, made("{{consults}}")))
    row = draft(march)
    assert row.numbers["consults"]["value"] == 0
    row = issue(march, row)
    march.open(category="consult", at=datetime(2026, 3, 30, 2, 0, tzinfo=UTC))
    insight.export(insight.store())
    assert bulletins.compare(APRIL) == 1
    (found,) = [b for b in bulletins.of_actor(march.actor("leader")) if b.corrects == row.pk]
    assert found.numbers["consults"]["value"] == 1
    assert "{{" not in printed(issue(march, found))


def test_the_nearest_layout_holds_from_its_day_to_its_day(house):
    def of(org, on):
        return bulletins.layout_of(*MONTHLY, house.org(org).path, on)

    city = start(house, upload(house))
    tomorrow = TODAY + timedelta(days=1)
    assert of("center", TODAY) == of("city", TODAY) == city
    assert of("neighbour", TODAY) is of("center", TODAY - timedelta(days=1)) is None
    assert bulletins.layout_of("public_voice", "yearly", house.org("city").path, TODAY) is None
    newer = start(house, upload(house, made("新版")), tomorrow)
    assert (newer.edition, newer.state(TODAY), newer.state(tomorrow)) == (2, "planned", "used")
    assert (of("center", TODAY), of("center", tomorrow)) == (city, newer)
    third = upload(house, made("第三版"))
    with pytest.raises(BulletinError, match="meets"):
        start(house, third)
    end(house, newer, tomorrow)
    assert of("center", tomorrow) is None
    with pytest.raises(BulletinError, match="meets"):
        start(house, third)
    assert of("center", TODAY) == city
    third = start(house, third, tomorrow)
    assert of("center", tomorrow) == third
    assert list(audit.everything()) == []


def test_what_cannot_be_leaves_everything_as_it_was(house):
    layout = upload(house)
    assert upload(house).pk == layout.pk
    events = audit.Event.objects.count()
    tries = {
        "name_missing": lambda: upload(house, name=" \u202e\n"),
        "refused": lambda: upload(house, made("{{nothing}}")),
        "no_day": lambda: start(house, layout, None),
        "past_day": lambda: start(house, layout, TODAY - timedelta(days=1)),
        "changed_since_read": lambda: bulletins.start_layout(
            layout.pk, TODAY, version=9, actor=house.actor("leader"), at=APRIL
        ),
    }
    for key, attempt in tries.items():
        with pytest.raises(BulletinError, match=key):
            attempt()
    for who in ("desk", "publisher", "handler", "admin", "stranger", "outsider"):
        with pytest.raises(DeniedError):
            upload(house, by=who)
        with pytest.raises(LookupError):
            start(house, layout, by=who)
        assert bulletins.layouts(house.actor(who)) == []
    assert audit.Event.objects.count() == events
    used = start(house, layout)
    with pytest.raises(BulletinError, match="begun"):
        start(house, used)
    ended = end(house, used)
    with pytest.raises(BulletinError, match="ended"):
        end(house, ended)
    assert ended.state(TODAY) == "ended"


def test_a_damaged_file_prints_nothing(march):
    layout = start(march, upload(march))
    path = files.path_of(files.find(layout.stream, "docx").sha256)
    whole = path.read_bytes()
    row = draft(march)
    for broken in (whole + b"x", None):
        path.write_bytes(broken) if broken else path.unlink()
        with pytest.raises(BulletinError, match="damaged"):
            issue(march, row)
        assert bulletins.read(march.actor("leader"), row.pk).state == "drafted"
    path.write_bytes(whole)
    assert issue(march, row).state == "issued"


def test_a_preview_has_the_figures_of_now_or_is_a_sample(march, tmp_path, settings):
    layout = upload(march, made("上月{{received:last}}件"))
    proof = bulletins.layout_proof(march.actor("leader"), layout.pk, MARCH, APRIL)
    text = mammoth.extract_raw_text(io.BytesIO(proof.content)).value
    assert not proof.sample
    assert "【预览】平安市2026年3月" in text
    assert "共收到群众来信3件" in text
    with pytest.raises(BulletinError, match="wrong_grain"):
        bulletins.layout_proof(march.actor("leader"), layout.pk, periods.parse("2026"), APRIL)
    settings.FACTS_ROOT = tmp_path / "none"
    proof = bulletins.layout_proof(march.actor("leader"), layout.pk, MARCH, APRIL)
    text = mammoth.extract_raw_text(io.BytesIO(proof.content)).value
    assert proof.sample
    for words in (
        "【样例】平安市2026年3月",
        "样例，不作依据",
        "共收到群众来信样例件",
        "上月样例件",
    ):
        assert words in text
    assert Layout.objects.count() == 1
    assert bulletins.of_actor(march.actor("leader")) == []


def test_every_kind_has_a_layout_to_begin_with(house):
    leader, org = house.actor("leader"), house.org("city")
    offers = bulletins.layout_offers(leader)
    assert len(offers) >= 7
    for offer in offers:
        kind = (offer.programme.id, offer.kind, org)
        content = bulletins.starting_layout(leader, *kind, APRIL)
        bulletins.upload_layout(*kind, "起始", content, actor=leader, at=APRIL)
    assert len(bulletins.layouts(leader)) == len(offers)
    with pytest.raises(LayoutError):
        upload(house, b"nothing")
