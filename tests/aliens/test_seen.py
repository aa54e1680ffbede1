"""Who sees a matter, and who reads what was filled in, asked at every door of the house."""

import shutil
from datetime import date
from itertools import product

import house as city
import pyarrow.parquet as pq
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

import aliens
from aliens.test_types import chore
from bihuan.foundation.access import api as access
from bihuan.foundation.access.api import SYSTEM
from bihuan.foundation.audit import api as audit
from bihuan.foundation.audit.api import standing
from bihuan.foundation.notify import api as notify
from bihuan.foundation.notify.models import Task
from bihuan.insight import api as insight
from bihuan.kernel.exchange import api as exchange
from bihuan.kernel.matters import api as matters
from bihuan.kernel.matters.models import Matter
from bihuan.kernel.merging import api as merging
from bihuan.kernel.programmes import api as programmes
from bihuan.kernel.senders import api as senders
from bihuan.kernel.upkeep import api as upkeep
from bihuan.kernel.values import api as values
from bihuan.kernel.watches import watch_texts
from bihuan.kernel.workbench import api as workbench
from bihuan.lib import tables
from bihuan.outcomes.publicity import api as publicity
from bihuan.rules.periods import Grain, Period
from bihuan.spec import grouping
from bihuan.web.fields import TONGUE

pytestmark = pytest.mark.django_db
TALE = "家里三口人，冬天没有煤烧，老人还病着。"
DEBT = "8765.40"


@pytest.fixture
def house(house):
    return aliens.land()


def hardship(house, by="kkk_helper", **fields):
    opening = matters.Opening(
        "kkk_cares", "hardship", house.org("center"), TALE, fields={"need": "coal", **fields}
    )
    return matters.open_matter(opening, actor=house.actor(by), at=house.at)


def token(house, who):
    scopes = ["matters:read", "matters:write"]
    given = {"expires": date(2099, 1, 1), "at": house.at, "actor": "system"}
    secret = access.issue_token(house.person(who).pk, "t", scopes, **given)
    return {"authorization": f"Bearer {secret}"}


def listed(house, who, **wanted):
    found = matters.matters(house.actor(who), matters.Filter(**wanted))
    return {row.pk for row in found.rows}


def page(house, who, row):
    return house.client(who).get(f"/desk/matters/{row.pk}")


# Who sees a kind -------------------------------------------------------------------------------


def _does(verb, *args, **more):
    try:
        verb(*args, **more)
    except LookupError:
        return False
    return True


def _loads(house, who, row):
    return _does(matters.matter, house.actor(who), row.pk)


DOORS = {
    "the matter": _loads,
    "a list": lambda house, who, row: row.pk in listed(house, who, programme="kkk_cares"),
    "a count": lambda house, who, row: bool(
        matters.count(house.actor(who), matters.Filter(kind="hardship"))
    ),
    "search": lambda house, who, row: row.pk in listed(house, who, text="没有煤烧"),
    "its number": lambda house, who, row: row.pk in listed(house, who, text=row.number),
    "what is alike": lambda house, who, row: (
        row.pk in {one.pk for one, _ in merging.alike(house.actor(who), TALE)}
    ),
    "rows by their ids": lambda house, who, row: bool(matters.by_ids(house.actor(who), [row.pk])),
    "its page": lambda house, who, row: page(house, who, row).status_code == 200,
    "the queue": lambda house, who, row: (
        row.number in house.client(who).get("/desk/").content.decode()
    ),
    "the interface": lambda house, who, row: (
        house.client().get(f"/api/v1/matters/{row.pk}", headers=token(house, who)).status_code
        == 200
    ),
    "the interface's list": lambda house, who, row: (
        row.number
        in house.client().get("/api/v1/matters", headers=token(house, who)).content.decode()
    ),
    "the box over everything": lambda house, who, row: (
        row.number in house.client(who).get("/desk/find", {"q": "没有煤烧"}).content.decode()
    ),
    "a spreadsheet": lambda house, who, row: (
        exchange.listing.workbook(
            house.actor(who), matters.Filter(kind="hardship"), TONGUE, limit=10, at=house.at
        )[1]
        > 0
    ),
    "a note": lambda house, who, row: _does(
        matters.note, row.pk, "一句", actor=house.actor(who), at=house.at
    ),
    "a draft": lambda house, who, row: _does(
        workbench.save_draft, row.pk, "weigh", {}, actor=house.actor(who), at=house.at
    ),
    "something under it": lambda house, who, row: (
        house.client(who).get(f"/desk/matters/{row.pk}/dates").status_code == 200
    ),
}

SEES = {
    "kkk_helper": True,
    "kkk_elder": True,
    "kkk_watcher": False,
    "kkk_carer": False,
    "leader": False,
    "admin": False,
}


@pytest.mark.parametrize(("door", "who"), list(product(DOORS, SEES)))
def test_every_door_shows_a_kind_to_those_who_see_it_alone(house, door, who):
    row = hardship(house).matter
    assert DOORS[door](house, who, row) is SEES[who]


def test_whoever_has_it_or_opened_it_sees_it(house):
    row = hardship(house, by="kkk_watcher").matter
    assert _loads(house, "kkk_watcher", row)
    assert row.pk in listed(house, "kkk_watcher")
    other = hardship(house).matter
    assert not _loads(house, "handler", other)
    given = {"unit": house.org("vehicles").pk, "person": house.person("handler").pk}
    house.act(other, "pass_on", "kkk_elder", **given)
    assert _loads(house, "handler", other)
    assert listed(house, "handler") == {other.pk}
    assert listed(house, "kkk_watcher") == {row.pk}


def test_a_unit_that_helps_sees_it_by_a_role_that_sees_the_kind(house):
    """The list of a unit that works along is by its own roles; so is the page."""
    row = hardship(house).matter
    watcher = house.person("stranger")
    streets = house.org("streets")
    access.give(
        watcher.pk, "kkk_watcher", streets.pk, start=city.SINCE, at=city.BUILT, actor="system"
    )
    house.act(row, "pass_on", "kkk_helper", helping=[streets.pk])
    assert _loads(house, "kkk_carer", row)
    assert listed(house, "kkk_carer") == {row.pk}
    assert not _loads(house, "stranger", row)
    assert listed(house, "stranger") == set()


def test_lists_and_pages_agree_for_everybody(house):
    rows = [hardship(house).matter, hardship(house, by="kkk_watcher").matter, aliens.opinion(house)]
    rows.append(aliens.opinion(house, by="kkk_helper", home="center"))
    house.act(rows[0], "pass_on", "kkk_elder", unit=house.org("streets").pk)
    elder = house.actor("kkk_elder")
    word = matters.Opening("kkk_cares", "quiet_word", house.org("city"), "一句话。")
    rows.append(matters.open_under(rows[2].pk, word, actor=elder, at=house.at).matter)
    rows.append(house.open().matter)
    for who in (*aliens.PEOPLE, *city.PEOPLE):
        actor = house.actor(who)
        fresh = [Matter.objects.get(pk=row.pk) for row in rows]
        assert listed(house, who) == {row.pk for row in fresh if matters.sees(actor, row)}, who


def test_what_hangs_under_a_matter_is_hidden_by_its_own_kind(house):
    above = aliens.opinion(house)
    word = matters.Opening("kkk_cares", "quiet_word", house.org("city"), "一句话。")
    elder = house.actor("kkk_elder")
    below = matters.open_under(above.pk, word, actor=elder, at=house.at).matter
    assert below.number in page(house, "kkk_elder", above).content.decode()
    assert below.number not in page(house, "kkk_watcher", above).content.decode()
    told = house.client().get(f"/api/v1/matters/{above.pk}", headers=token(house, "kkk_watcher"))
    assert below.number not in told.content.decode()


def test_a_list_asks_no_more_of_the_database(house):
    """The same statements as for somebody from whom nothing is hidden."""
    hardship(house, by="kkk_watcher")
    counted = {}
    for who in ("kkk_watcher", "kkk_elder"):
        actor = house.actor(who)
        # As in a process that has answered before: what is standing is known.
        for _ in range(2):
            with standing.steady(), CaptureQueriesContext(connection) as asked:
                rows = matters.matters(actor, matters.Filter()).rows
                matters.counts(actor, [matters.Filter(scope="mine"), matters.Filter()])
        counted[who] = [len(asked), len(rows)]
    assert counted["kkk_watcher"] == counted["kkk_elder"]
    with CaptureQueriesContext(connection) as asked:
        matters.matters(house.actor("leader"), matters.Filter())
    # Whoever has no role of the programme is asked nothing about its kinds that not everybody sees.
    assert "'opinion'" not in " ".join(one["sql"] for one in asked)


def test_only_those_who_see_it_are_told_of_it(house):
    row = hardship(house).matter
    unit = house.org("streets").pk
    house.act(row, "pass_on", "kkk_elder", unit=unit)
    told = {who: notify.inbox(house.person(who).pk) for who in aliens.PEOPLE}
    assert [n.text for n in told["kkk_carer"]] == ["notice.dispatched"]
    assert told["kkk_watcher"] == []


@pytest.mark.parametrize("kind", ["hardship", "opinion"])
def test_no_machine_outside_hears_of_a_kind_that_not_everybody_sees(house, kind, settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    root = house.org("city").path
    keeper = house.actor("admin")
    types = [f"kkk_cares.{name}" for name in ("open", "weigh")]
    notify.add_webhook("http://127.0.0.1:9/", types, at=house.at, actor=keeper, org_path=root)
    row = hardship(house).matter if kind == "hardship" else aliens.opinion(house)
    heard = [t for t in Task.objects.filter(name="notify.webhook") if row.number in str(t.payload)]
    assert bool(heard) is (kind == "opinion")


@pytest.mark.django_db(transaction=True)
def test_figures_count_it_and_name_it_to_nobody_else(house):
    row = hardship(house).matter
    insight.export(insight.store())
    one = insight.definition("kkk_cares", "hardships")
    asked = one, Period.of(Grain.MONTH, house.day), house.org("city")
    assert insight.figure(*asked).total.value == 1
    ids = insight.matters_behind(*asked)
    assert ids == [row.pk]

    def behind(who):
        found, _ = insight.seen_behind(
            house.actor(who), lambda **more: insight.matters_behind(*asked, **more)
        )
        return [m.pk for m in found]

    assert behind("kkk_elder") == [row.pk]
    assert behind("kkk_watcher") == []


def installed(house, folder, tmp_path, version, **edits):
    """A further version of an alien, edited, in force in its place."""
    made = tmp_path / version / folder.name
    shutil.copytree(folder, made)
    text = (made / "programme.toml").read_text(encoding="utf-8")
    text = text.replace('version = "0.1.0"', f'version = "{version}"')
    (made / "programme.toml").write_text(text, encoding="utf-8")
    path = made / "matters.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in edits.values():
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    release = programmes.install(made, at=house.at, actor="system")
    programmes.put_in_force(
        release.pk, house.org("city"), start=house.day, at=house.at, actor=SYSTEM
    )
    return release


CARES = next(f for f in aliens.folders() if f.name == "kkk_cares")
SEEN = 'seen_by = ["kkk_helper", "kkk_carer", "lead", "opener"]\n'


def test_each_matter_is_seen_by_the_release_it_is_under(house, tmp_path):
    old = hardship(house).matter
    installed(house, CARES, tmp_path, "0.2.0", all=(SEEN, ""))
    new = hardship(house).matter
    assert listed(house, "kkk_watcher") == {new.pk}
    assert [_loads(house, "kkk_watcher", row) for row in (old, new)] == [False, True]
    assert listed(house, "kkk_elder") == {old.pk, new.pk}
    # One under local changes is seen as the release that was changed.
    programmes.override(
        next(one for one in programmes.known() if one.id == "kkk_cares"),
        "hardship.need",
        {"help": {"zh-Hans": "说明", "en": "Help"}},
        part="field",
        org=house.org("city"),
        start=house.day,
        clause="第1条",
        at=house.at,
        actor=SYSTEM,
    )
    adapted = hardship(house).matter
    assert adapted.release.base_id == new.release_id
    assert listed(house, "kkk_watcher") == {new.pk, adapted.pk}


def test_nothing_open_is_out_of_the_sight_of_all_who_could_act(house):
    for row in (hardship(house).matter, aliens.opinion(house)):
        assert row.phase == "open"
    assert list(upkeep.unattended(house.at)) == []


# Who reads what was filled in --------------------------------------------------------------------


def api_of(house, who, row):
    return house.client().get(f"/api/v1/matters/{row.pk}", headers=token(house, who))


def filled(house):
    """A hardship with everything filled in, and what stands nowhere but in it."""
    opened = hardship(house, debts=DEBT, illness="grave")
    house.act(opened, "weigh", "kkk_elder", gravity="heavy", candid="坦白的一段话", kindly="客气话")
    return opened


SECRETS = {"debts": "8,765.40", "illness": "grave", "gravity": "heavy", "candid": "坦白的一段话"}
READ = {
    # By role or duty; by having filled it in.
    "kkk_elder": {"debts", "illness", "gravity", "candid"},
    "kkk_helper": {"debts", "illness"},
}


def told_by(house, answer):
    """Which of the secrets a body of text tells, as kept or in words."""
    spec = next(one for one in programmes.known() if one.id == "kkk_cares")
    words = {n: {v, TONGUE.of(spec, f"choices.{n}.{v}")} for n, v in SECRETS.items()}
    words["debts"] |= {"8765.4", "876540"}
    return {n for n, each in words.items() if any(f"{w}" in answer for w in each)}


@pytest.mark.parametrize("who", READ)
def test_the_page_and_the_interface_tell_values_to_their_readers(house, who):
    row = filled(house).matter
    html = page(house, who, row).content.decode()
    # The form to weigh it offers the choices themselves.
    html = html.replace("<option", "\n<option")
    html = "\n".join(line for line in html.split("\n") if not line.lstrip().startswith("<option"))
    assert told_by(house, html) == READ[who]
    given = api_of(house, who, row).json()
    given["actions"] = []
    assert told_by(house, str(given)) == READ[who]
    assert "客气话" in html
    assert "客气话" in str(given)


def test_who_has_it_reads_what_is_for_whoever_has_it(house):
    row = filled(house).matter
    house.act(row, "take", "kkk_helper")
    given = api_of(house, "kkk_helper", row).json()
    given["actions"] = []
    assert told_by(house, str(given)) == {"debts", "illness", "candid"}


def test_a_sender_reads_what_is_for_senders_and_what_they_wrote(house):
    opened = filled(house)
    html = house.client().post("/follow", {"code": opened.code}).content.decode()
    assert told_by(house, html) == {"illness"}
    told = house.client().post(
        "/api/v1/public/follow", {"code": opened.code}, content_type="application/json"
    )
    assert told.status_code == 200, told.content
    given = told.json()
    given["actions"] = []
    assert told_by(house, str(given)) == {"illness"}
    mine = matters.Opening(
        "kkk_cares", "hardship", house.org("center"), TALE, fields={"need": "coal", "debts": DEBT}
    )
    sent = matters.open_matter(mine, actor=house.actor("sender"), at=house.at)
    html = house.client().post("/follow", {"code": sent.code}).content.decode()
    assert told_by(house, html) == {"debts"}


def test_lists_and_sheets_hold_nothing_that_is_not_everybodys(house):
    filled(house)
    actor = house.actor("kkk_elder")
    made, count = exchange.listing.workbook(
        actor, matters.Filter(kind="hardship"), TONGUE, limit=10, at=house.at
    )
    assert count == 1
    cells = [str(c) for sheet in tables.read(made, "a.xlsx") for line in sheet.lines for c in line]
    assert "词语" in "".join(cells)
    assert told_by(house, "\n".join(cells)) == set()


def test_no_door_names_a_matter_that_the_reader_may_not_see(house):
    """Its number stands in a field of one that they see: page, slip, interface, sheet."""
    hidden = aliens.opinion(house, home="city")
    given = chore(house, because_of=hidden.pk)
    opening = matters.Opening(
        given["programme"], given["kind"], house.org("city"), given["body"], fields=given["fields"]
    )
    row = matters.open_matter(opening, actor=SYSTEM, at=house.at).matter
    doer = house.actor("aaa_doer")
    assert matters.sees(doer, row)
    assert not matters.sees(doer, hidden)
    client = house.client("aaa_doer")
    made, count = exchange.listing.workbook(
        doer, matters.Filter(kind="chore"), TONGUE, limit=10, at=house.at
    )
    cells = [str(c) for sheet in tables.read(made, "a.xlsx") for line in sheet.lines for c in line]
    told = {
        "page": client.get(f"/desk/matters/{row.pk}").content.decode(),
        "slip": client.get(f"/desk/matters/{row.pk}/slip").content.decode(),
        "interface": api_of(house, "aaa_doer", row).content.decode(),
        "sheet": "\n".join(cells),
    }
    assert count == 1
    assert [door for door, text in told.items() if hidden.number in text] == []
    assert f'"because_of": {hidden.pk}' not in told["interface"]
    for door in ("page", "sheet"):
        assert "（无权查看的事项）" in told[door], door
    # Whoever sees both reads its number.
    assert matters.timeline(row, SYSTEM)[0].inputs["because_of"] == hidden.pk


def test_no_paper_and_no_sheet_of_figures_prints_what_is_not_everybodys(house):
    """The printed slip; a figure cannot be grouped by it."""
    row = filled(house).matter
    for who, may in READ.items():
        told = house.client(who).get(f"/desk/matters/{row.pk}/slip")
        assert told.status_code == 200
        assert told_by(house, told.content.decode()) <= may, who
    spec = next(one for one in programmes.known() if one.id == "kkk_cares")
    apart = {name for name, one in spec.kinds["hardship"].fields.items() if one.apart}
    assert {"debts", "illness"} <= apart
    assert not {f"field.{name}" for name in apart} & {*grouping.offered(spec, ("hardship",))}


def test_search_finds_no_text_that_is_not_everybodys(house):
    filled(house)
    for who in ("kkk_elder", "kkk_helper"):
        assert listed(house, who, text="坦白的一段话") == set()
    kept = list(matters.searched())
    assert told_by(house, str(kept)) == set()


@pytest.mark.django_db(transaction=True)
def test_facts_hold_nothing_that_is_not_everybodys(house):
    row = filled(house).matter
    insight.export(insight.store())
    files = insight.store().manifest().steps
    rows = [
        r
        for f in files
        for r in pq.read_table(insight.store().path(f), partitioning=None).to_pylist()
    ]
    mine = [r for r in rows if r["row"] == row.pk and r["source"] == "matter"]
    assert len(mine) == 2
    assert told_by(house, str(mine)) == set()
    # The open half of the log, which facts, proofs and machines are given.
    event = audit.history(row.stream)[0]
    assert told_by(house, event.data) == set()


def test_what_is_to_be_published_quotes_no_answer_that_is_not_everybodys(house):
    row = filled(house).matter
    house.act(row, "ease", "kkk_elder", reply="只给领导看的答复")
    (draft,) = publicity.of_subject(row.stream)
    assert draft.answer == ""
    assert [one.pk for one in publicity.drafts(house.actor("kkk_elder"))] == [draft.pk]
    assert publicity.drafts(house.actor("kkk_watcher")) == []


def test_what_goes_outside_quotes_nothing_that_is_not_everybodys(house):
    """Whoever follows from outside, other senders answered with it, the proof a sender is given."""
    opened = hardship(house)
    house.act(opened, "pass_on", "kkk_elder", unit=house.org("streets").pk)
    house.act(
        opened, "weigh", "kkk_carer", gravity="heavy", candid="坦白的一段话", plainly="可以说的"
    )
    row = house.act(opened, "ease", "kkk_elder", reply="只给领导看的答复")
    told = [text.words for text in watch_texts.texts(row)]
    assert "可以说的" in told
    assert "坦白的一段话" not in told
    assert senders.last_reply(row) == ""
    audit.seal(at=house.after(days=2), until=house.after(days=2))
    proof = str(senders.proof(row))
    assert TALE in proof
    assert "只给领导看的答复" not in proof


def test_rows_and_what_the_opener_reads(house):
    row = aliens.opinion(house)
    for who, sees in (("kkk_elder", (True, True)), ("kkk_watcher", (True, True))):
        html = page(house, who, row).content.decode()
        assert ("某位同事" in html, "拖延" in html) == sees
    other = aliens.opinion(house, by="kkk_helper", home="center")
    html = page(house, "kkk_watcher", other).content.decode()
    assert "作风" in html
    assert "某位同事" not in html
    assert "拖延" not in html
    assert "某位同事" in page(house, "kkk_helper", other).content.decode()


def test_a_matter_moved_to_a_release_that_hides_a_field_hides_it(house, tmp_path):
    """What was open when it was written is told to nobody new from then on."""
    seen = 'need = { type = "choice", choices = ["coal", "company"], required = true }'
    hidden = seen.replace(" }", ', seen_by = ["kkk_elder"] }')
    old = hardship(house).matter
    release = installed(house, CARES, tmp_path, "0.2.0", need=(seen, hidden))
    upkeep.move_release(old.release_id, release.pk, actor=house.actor("admin"), at=house.at)
    row = Matter.objects.get(pk=old.pk)
    assert row.facts["need"] == "coal"
    spec = programmes.spec_of(release.pk)
    word = TONGUE.of(spec, "choices.need.coal")
    for who, told in (("kkk_elder", True), ("kkk_carer", False)):
        if who == "kkk_carer":
            house.act(row, "pass_on", "kkk_elder", unit=house.org("streets").pk)
        given = api_of(house, who, row).json()
        assert ("coal" in str([given["facts"], given["timeline"]])) is told
        assert (word in page(house, who, row).content.decode()) is told
    made, _ = exchange.listing.workbook(
        house.actor("kkk_elder"), matters.Filter(kind="hardship"), TONGUE, limit=9, at=house.at
    )
    cells = [str(c) for sheet in tables.read(made, "a.xlsx") for line in sheet.lines for c in line]
    assert word not in cells


def test_the_form_says_who_will_read_it(house):
    html = house.client("kkk_helper").get("/desk/open/kkk_cares/hardship").content.decode()
    spec = next(one for one in programmes.known() if one.id == "kkk_cares")
    elder = TONGUE.of(spec, "roles.kkk_elder")
    assert f"只有承办人、{elder}看得到" in html
    held = values.declared(spec.kinds["hardship"], "debts")
    assert held.apart


def test_people_in_rows_are_forgotten_with_the_text(house, tmp_path):
    """Of a table that its kind keeps private no cell is left anywhere once the matter is forgotten: not the
    words in it, not whom it names."""
    wishes = next(f for f in aliens.folders() if f.name == "aaa_wishes")
    kept = ('\ntools = { type = "rows",', '\ntools = { type = "rows", private = true,')
    installed(house, wishes, tmp_path, "0.2.0", tools=kept)
    whom = house.person("kkk_carer")
    lines = [{"what": "独有之铁锹", "lent_by": whom.pk, "from_whom": house.org("streets").pk}]
    given = chore(house, tools=lines)
    opening = matters.Opening(
        given["programme"], given["kind"], house.org("city"), given["body"], fields=given["fields"]
    )
    row = matters.open_matter(opening, actor=house.actor("aaa_doer"), at=house.at).matter
    assert "tools" not in row.facts

    def doors():
        found = Matter.objects.get(pk=row.pk)
        events = audit.history(found.stream)
        return {
            "page": page(house, "aaa_doer", found).content.decode(),
            "interface": str(api_of(house, "aaa_doer", found).json()["told"]),
            "log": "".join(f"{one.data}{one.private}" for one in events),
        }

    told = doors()
    assert [door for door, text in told.items() if "独有之铁锹" not in text] == []
    assert whom.name in told["interface"]
    house.act(row, "finish", "aaa_doer")
    assert upkeep.erase_due(house.after(days=365 * 5 + 10), words="已清除") == 1
    told = doors()
    assert [door for door, text in told.items() if "独有之铁锹" in text or whom.name in text] == []
    assert f'"lent_by":{whom.pk}' not in told["log"].replace(" ", "")
    assert list(audit.everything()) == []
